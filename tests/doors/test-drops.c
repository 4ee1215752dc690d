/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-test.h"
#include "mqtt-fixture.h"

#define LIMIT 1000

static guint n_drop_lines;

static GLogWriterOutput
count_drop_lines (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, "MESSAGE") && fields[i].length < 0 &&
        strstr (fields[i].value, "cloud: dropped ") != NULL)
      n_drop_lines++;
  }
  return g_log_writer_default (level, fields, n_fields, user_data);
}

/* PROTOCOL.md section 1: a thousand wait while the link is down. */
static void
test_drops_are_counted_and_logged_once (void)
{
  g_autoptr (CgDoor) door = mqtt_door_new_to (broker_find_free_port (), NULL);

  for (guint i = 0; i < 1500; i++)
    mqtt_door_send (door, "gw", CG_DOOR_REPLY, "{}");

  g_assert_cmpuint (cg_mqtt_door_get_n_queued (CG_MQTT_DOOR (door)), ==, LIMIT);
  g_assert_cmpuint (cg_mqtt_door_get_n_dropped (CG_MQTT_DOOR (door)), ==, 500);
  g_assert_cmpuint (n_drop_lines, ==, 1);
}

/* The same: of what waited the streams go first, then the oldest events, never a reply; all else
 * comes once, in its order. */
static void
test_what_waited_goes_out (void)
{
  g_auto (MqttFixture) fixture;

  mqtt_fixture_init (&fixture, "allow_anonymous true\nmax_queued_messages 0\n", NULL);
  mqtt_door_send_many (fixture.door, CG_DOOR_REPLY, "first", 10);
  mqtt_door_send_many (fixture.door, CG_DOOR_STREAM, "stream", 50);
  mqtt_door_send_many (fixture.door, CG_DOOR_EVENT, "event", 100);
  mqtt_door_send_many (fixture.door, CG_DOOR_REPLY, "reply", LIMIT - 60);
  door_open (fixture.door);
  door_log_wait_for_up (&fixture.log);
  mqtt_door_send_many (fixture.door, CG_DOOR_REPLY, "last", 1);

  cloud_expect_many (fixture.cloud, "first", 0, 10);
  cloud_expect_many (fixture.cloud, "event", 50, 100);
  cloud_expect_many (fixture.cloud, "reply", 0, LIMIT - 60);
  cloud_expect_many (fixture.cloud, "last", 0, 1);
  g_assert_cmpuint (cg_mqtt_door_get_n_dropped (CG_MQTT_DOOR (fixture.door)), ==, 100);
  door_log_close (&fixture.log);
}

/* Without a turn of the main loop: what the cloud has published before is in the door then, for the
 * server's receipt for the echo comes behind it. */
static void
await_delivery (Cloud *cloud, CgDoor *door)
{
  g_autoptr (CloudMessage) end = NULL;
  const gint64 until_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  cloud_publish (cloud, "messages/gw", "end", 3, FALSE);
  while (end == NULL && g_get_monotonic_time () < until_us) {
    g_thread_yield ();
    end = cloud_poll_message (cloud);
  }
  g_assert_nonnull (end);
  mqtt_door_send (door, "gw", CG_DOOR_REPLY, "echo");
  while (cg_mqtt_door_get_n_queued (CG_MQTT_DOOR (door)) > 0 && g_get_monotonic_time () < until_us)
    g_thread_yield ();
  g_assert_cmpuint (cg_mqtt_door_get_n_queued (CG_MQTT_DOOR (door)), ==, 0);
}

/* The broker has our word for what came in before the goodbye: it is handed up all the same. */
static void
test_what_came_in_before_the_goodbye (void)
{
  g_auto (MqttFixture) fixture;

  mqtt_fixture_open (&fixture, NULL);
  for (guint i = 0; i < 10; i++)
    cloud_publish (fixture.cloud, "actions/gw", "{}", 2, FALSE);
  await_delivery (fixture.cloud, fixture.door);

  door_log_close (&fixture.log);

  g_assert_cmpuint (fixture.log.messages.length, ==, 10);
}

static gboolean
was_refused_twice (gpointer user_data)
{
  DoorLog *log = user_data;

  return log->n_refused == 2;
}

static void
send_filled (CgDoor *door, gsize length)
{
  g_autofree char *text = g_strnfill (length, 'x');

  mqtt_door_send (door, "gw", CG_DOOR_REPLY, text);
}

/* A server that cuts the link at a message too large for it gets it no more, and all else. */
static void
test_what_the_server_cuts_the_link_for (void)
{
  g_auto (MqttFixture) fixture;

  mqtt_fixture_open (&fixture, "allow_anonymous true\nmax_packet_size 20000\n");
  send_filled (fixture.door, 30000);
  mqtt_door_send_many (fixture.door, CG_DOOR_REPLY, "small", 3);
  cloud_expect_many (fixture.cloud, "small", 0, 3);

  g_assert_cmpuint (fixture.log.n_refused, ==, 1);
  g_assert_cmpuint (fixture.log.n_downs, ==, 3);
  g_assert_cmpuint (cg_mqtt_door_get_n_dropped (CG_MQTT_DOOR (fixture.door)), ==, 1);

  send_filled (fixture.door, 30000);
  send_filled (fixture.door, 19000);
  cg_test_wait_for (was_refused_twice, &fixture.log, "the second refusal");
  g_autoptr (CloudMessage) message = cloud_wait_for_message (fixture.cloud);
  g_assert_cmpuint (strlen (message->text), ==, 19000);
  g_assert_cmpuint (fixture.log.n_downs, ==, 3);
  door_log_close (&fixture.log);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_drop_lines, NULL, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_test_add_func ("/drops/are-counted-and-logged-once", test_drops_are_counted_and_logged_once);
  g_test_add_func ("/drops/what-waited-goes-out", test_what_waited_goes_out);
  g_test_add_func ("/drops/what-came-in-before-the-goodbye", test_what_came_in_before_the_goodbye);
  g_test_add_func ("/drops/what-the-server-cuts-the-link-for",
                   test_what_the_server_cuts_the_link_for);
  return g_test_run ();
}
