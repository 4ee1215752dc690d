/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gio/gio.h>
#include <string.h>

#include "cg-test.h"
#include "mqtt-fixture.h"

static void
expect_at_door (DoorLog *log, const char *text)
{
  g_autofree char *message = door_log_wait_for_message (log);

  g_assert_cmpstr (message, ==, text);
}

static void
test_both_ways (void)
{
  static const char *const dids[] = {"c1", "c2", NULL};
  g_auto (MqttFixture) fixture;

  mqtt_fixture_init (&fixture, NULL, NULL);
  cg_door_set_dids (fixture.door, dids);

  door_open (fixture.door);
  g_assert_false (fixture.log.is_up);
  door_log_wait_for_up (&fixture.log);
  cloud_publish (fixture.cloud, "actions/gw", "{1}", 3, FALSE);
  cloud_publish (fixture.cloud, "actions/c1", "{2}", 3, FALSE);
  cloud_publish (fixture.cloud, "actions/other", "{3}", 3, FALSE);
  cloud_publish (fixture.cloud, "actions/c2", "{4}", 3, FALSE);
  mqtt_door_send (fixture.door, "c1", CG_DOOR_REPLY, "reply");
  mqtt_door_send (fixture.door, "gw", CG_DOOR_REGISTER, "register");
  mqtt_door_send (fixture.door, "c1", CG_DOOR_EVENT, "event");
  mqtt_door_send (fixture.door, "c2", CG_DOOR_STREAM, "stream");

  expect_at_door (&fixture.log, "{1}");
  expect_at_door (&fixture.log, "{2}");
  expect_at_door (&fixture.log, "{4}");
  cloud_expect (fixture.cloud, "messages/c1", "reply", 1);
  cloud_expect (fixture.cloud, "messages/gw", "register", 1);
  cloud_expect (fixture.cloud, "messages/c1", "event", 1);
  cloud_expect (fixture.cloud, "messages/c2", "stream", 0);
  g_assert_nonnull (
      strstr (cg_mqtt_door_get_server (CG_MQTT_DOOR (fixture.door)), "mqtt://127.0.0.1:"));
  g_assert_null (cg_mqtt_door_get_trouble (CG_MQTT_DOOR (fixture.door)));
  g_assert_cmpint (door_log_close (&fixture.log), <, 2000);
  g_assert_no_error (fixture.log.close_error);
  g_assert_cmpuint (fixture.log.n_ups, ==, 1);
  g_assert_cmpuint (fixture.log.n_downs, ==, 1);
}

static void
test_topics_and_qos_settings (void)
{
  g_auto (MqttFixture) fixture;

  mqtt_fixture_init (&fixture, NULL,
                     "qos=2\npublish-topic=messages/box/%s/up\nsubscribe-topic=box/%s/down\n");
  door_open (fixture.door);
  door_log_wait_for_up (&fixture.log);
  cloud_publish (fixture.cloud, "box/gw/down", "{}", 2, FALSE);
  mqtt_door_send (fixture.door, "c", CG_DOOR_STREAM, "stream");

  expect_at_door (&fixture.log, "{}");
  cloud_expect (fixture.cloud, "messages/box/c/up", "stream", 2);
  door_log_close (&fixture.log);
}

static void
test_set_dids_while_up (void)
{
  static const char *const before[] = {"c1", "c2", NULL};
  static const char *const after[] = {"c2", "c3", NULL};
  g_auto (MqttFixture) fixture;

  mqtt_fixture_init (&fixture, NULL, NULL);
  cg_door_set_dids (fixture.door, before);
  door_open (fixture.door);
  door_log_wait_for_up (&fixture.log);

  cg_door_set_dids (fixture.door, after);
  /* The broker works in order: what comes after this echo comes after the new subscriptions. */
  mqtt_door_send (fixture.door, "gw", CG_DOOR_REPLY, "echo");
  cloud_expect (fixture.cloud, "messages/gw", "echo", 1);
  cloud_publish (fixture.cloud, "actions/c1", "{1}", 3, FALSE);
  cloud_publish (fixture.cloud, "actions/c2", "{2}", 3, FALSE);
  cloud_publish (fixture.cloud, "actions/c3", "{3}", 3, FALSE);

  expect_at_door (&fixture.log, "{2}");
  expect_at_door (&fixture.log, "{3}");
  g_assert_cmpuint (fixture.log.n_ups, ==, 1);
  door_log_close (&fixture.log);
}

static void
test_broker_killed_and_back (void)
{
  static const char *const dids[] = {"c1", NULL};
  const guint16 port = broker_find_free_port ();
  g_autoptr (Broker) broker G_GNUC_UNUSED = broker_new (port, NULL);
  g_autoptr (CgDoor) door = mqtt_door_new_to (port, NULL);
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);
  cg_door_set_dids (door, dids);
  door_open (door);
  door_log_wait_for_up (&log);

  broker_kill (broker);
  door_log_wait_for_down (&log);
  g_assert_nonnull (cg_mqtt_door_get_trouble (CG_MQTT_DOOR (door)));
  mqtt_door_send (door, "c1", CG_DOOR_REPLY, "made while down");
  g_assert_cmpuint (cg_mqtt_door_get_n_queued (CG_MQTT_DOOR (door)), ==, 1);
  g_autoptr (Broker) again G_GNUC_UNUSED = broker_new (port, NULL);
  g_autoptr (Cloud) cloud = cloud_new (port, NULL, NULL);
  door_log_wait_for_up (&log);
  cloud_publish (cloud, "actions/c1", "{}", 2, FALSE);

  expect_at_door (&log, "{}");
  cloud_expect (cloud, "messages/c1", "made while down", 1);
  g_assert_cmpuint (log.n_ups, ==, 2);
  g_assert_cmpuint (log.n_downs, ==, 1);
  door_log_close (&log);
}

static void
test_second_server (void)
{
  const guint16 dead_port = broker_find_free_port ();
  const guint16 port = broker_find_free_port ();
  g_autoptr (Broker) broker G_GNUC_UNUSED = broker_new (port, NULL);
  g_autofree char *settings =
      g_strdup_printf ("servers=mqtt://127.0.0.1:%u;mqtt://localhost:%u", dead_port, port);
  g_autoptr (CgDoor) door = mqtt_door_new (settings);
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);

  door_open (door);
  door_log_wait_for_up (&log);

  g_assert_nonnull (strstr (cg_mqtt_door_get_server (CG_MQTT_DOOR (door)), "localhost"));
  g_autoptr (Broker) first G_GNUC_UNUSED = broker_new (dead_port, NULL);
  broker_kill (broker);
  door_log_wait_for_down (&log);
  door_log_wait_for_up (&log);
  g_assert_nonnull (strstr (cg_mqtt_door_get_server (CG_MQTT_DOOR (door)), "127.0.0.1"));
  door_log_close (&log);
}

static gboolean
has_trouble (gpointer user_data)
{
  return cg_mqtt_door_get_trouble (user_data) != NULL;
}

static void
expect_trouble (DoorLog *log, const char *text)
{
  cg_test_wait_for (has_trouble, log->door, text);
  const char *trouble = cg_mqtt_door_get_trouble (CG_MQTT_DOOR (log->door));
  if (strstr (trouble, text) == NULL)
    g_error ("'%s' lacks '%s'", trouble, text);
  g_assert_false (log->is_up);
}

static char *
make_password_file (const char *dir)
{
  g_autofree char *path = cg_test_write_file (dir, "passwords", "", 0600);
  g_autoptr (GError) error = NULL;
  int status = 0;
  const char *argv[] = {"mosquitto_passwd", "-b", path, "gw", "geheim", NULL};

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return g_steal_pointer (&path);
}

static void
test_login (void)
{
  const guint16 port = broker_find_free_port ();
  g_autofree char *dir = cg_test_make_dir ();
  g_autofree char *passwords = make_password_file (dir);
  g_autofree char *settings =
      g_strdup_printf ("allow_anonymous false\npassword_file %s\n", passwords);
  g_autoptr (Broker) broker G_GNUC_UNUSED = broker_new (port, settings);
  g_autoptr (CgDoor) right = mqtt_door_new_to (port, NULL);
  g_autoptr (CgDoor) wrong = mqtt_door_new_to (port, "password=falsch\n");
  g_auto (DoorLog) right_log = {0};
  g_auto (DoorLog) wrong_log = {0};
  door_log_init (&right_log, right);
  door_log_init (&wrong_log, wrong);

  door_open (wrong);
  expect_trouble (&wrong_log, "not authorised");
  g_assert_cmpint (door_log_close (&wrong_log), <, 2000);
  door_open (right);
  door_log_wait_for_up (&right_log);

  door_log_close (&right_log);
  cg_test_remove_dir (dir);
}

static void
test_retained_message_is_dropped (void)
{
  g_auto (MqttFixture) fixture;

  mqtt_fixture_init (&fixture, NULL, NULL);
  cloud_publish (fixture.cloud, "actions/gw", "old", 3, TRUE);
  cloud_publish (fixture.cloud, "messages/x", "y", 1, FALSE);
  cloud_expect (fixture.cloud, "messages/x", "y", 1); /* the broker has the first one, too */
  door_open (fixture.door);
  door_log_wait_for_up (&fixture.log);
  cloud_publish (fixture.cloud, "actions/gw", "new", 3, FALSE);
  expect_at_door (&fixture.log, "new");
  g_assert_cmpuint (fixture.log.n_dropped, ==, 1);
  door_log_close (&fixture.log);
}

static void
test_large_messages (void)
{
  g_autofree char *text = g_strnfill (CG_DOOR_MAX_MESSAGE + 1, 'x');
  g_auto (MqttFixture) fixture;

  mqtt_fixture_open (&fixture, NULL);

  cloud_publish (fixture.cloud, "actions/gw", text, CG_DOOR_MAX_MESSAGE, FALSE);
  cloud_publish (fixture.cloud, "actions/gw", text, CG_DOOR_MAX_MESSAGE + 1, FALSE);
  cloud_publish (fixture.cloud, "actions/gw", "", 0, FALSE);

  g_autoptr (GBytes) whole = door_log_wait_for_bytes (&fixture.log);
  g_autoptr (GBytes) cut = door_log_wait_for_bytes (&fixture.log);
  g_autoptr (GBytes) empty = door_log_wait_for_bytes (&fixture.log);
  g_assert_cmpuint (g_bytes_get_size (whole), ==, CG_DOOR_MAX_MESSAGE);
  g_assert_cmpuint (g_bytes_get_size (cut), ==, CG_DOOR_CUT_MESSAGE);
  g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);
  door_log_close (&fixture.log);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const gint64 one = *(const gint64 *)a;
  const gint64 other = *(const gint64 *)b;

  return (one > other) - (one < other);
}

/* A message does not wait for the loop's next turn. */
static void
test_publish_is_prompt (void)
{
  enum { N = 50 };
  gint64 delays_us[N];
  g_auto (MqttFixture) fixture;

  mqtt_fixture_open (&fixture, NULL);

  for (guint i = 0; i < N; i++) {
    const gint64 begin_us = g_get_monotonic_time ();
    mqtt_door_send (fixture.door, "gw", CG_DOOR_REPLY, "{}");
    g_autoptr (CloudMessage) message = cloud_wait_for_message (fixture.cloud);
    delays_us[i] = message->at_us - begin_us;
  }
  qsort (delays_us, N, sizeof delays_us[0], compare_times);

  g_test_message ("door to cloud: median %.2f ms, worst %.2f ms", delays_us[N / 2] / 1000.0,
                  delays_us[N - 1] / 1000.0);
  /* 0.2 ms alone on a machine; the bound leaves room for a busy one, and none for a timer. */
  g_assert_cmpint (delays_us[N / 2], <, 20 * 1000);
  door_log_close (&fixture.log);
}

static void
test_many_messages_in_order (void)
{
  g_auto (MqttFixture) fixture;

  mqtt_fixture_init (&fixture, "allow_anonymous true\nmax_queued_messages 0", NULL);

  mqtt_door_send_many (fixture.door, CG_DOOR_REPLY, "reply", 900);
  door_open (fixture.door);

  cloud_expect_many (fixture.cloud, "reply", 0, 900);
  door_log_close (&fixture.log);
  g_assert_no_error (fixture.log.close_error);
}

/* More at once than waits for a link that is down: nothing is lost. */
static void
test_burst_while_up (void)
{
  g_auto (MqttFixture) fixture;

  mqtt_fixture_open (&fixture, "allow_anonymous true\nmax_queued_messages 0");

  mqtt_door_send_many (fixture.door, CG_DOOR_REPLY, "reply", 8000);

  cloud_expect_many (fixture.cloud, "reply", 0, 8000);
  g_assert_cmpuint (cg_mqtt_door_get_n_dropped (CG_MQTT_DOOR (fixture.door)), ==, 0);
  door_log_close (&fixture.log);
}

static void
test_close_sends_what_waits (void)
{
  g_auto (MqttFixture) fixture;

  mqtt_fixture_open (&fixture, NULL);

  for (guint i = 0; i < 300; i++)
    mqtt_door_send (fixture.door, "gw", CG_DOOR_EVENT, "last words");
  door_log_close (&fixture.log);

  g_assert_no_error (fixture.log.close_error);
  for (guint i = 0; i < 300; i++)
    cloud_expect (fixture.cloud, "messages/gw", "last words", 1);
}

static void
test_will (void)
{
  g_autoptr (GBytes) will = g_bytes_new_static ("gone", 4);
  g_auto (MqttFixture) fixture;
  g_auto (DoorLog) twin_log = {0};

  mqtt_fixture_init (&fixture, NULL, NULL);
  g_autoptr (CgDoor) twin = mqtt_door_new_to (fixture.port, NULL);
  door_log_init (&twin_log, twin);
  cg_mqtt_door_set_will (CG_MQTT_DOOR (fixture.door), will);
  door_open (fixture.door);
  door_log_wait_for_up (&fixture.log);

  door_open (twin); /* the same client id: the broker throws the first one out */
  cloud_expect (fixture.cloud, "messages/gw", "gone", 1);

  door_log_close (&fixture.log);
  door_log_close (&twin_log);
  g_assert_null (cloud_poll_message (fixture.cloud));
}

static GSocket *
make_listener (guint16 *port, int backlog)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  g_socket_set_listen_backlog (socket, backlog);
  g_assert_true (g_socket_listen (socket, NULL));
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return socket;
}

/* Connected by the kernel, and then nothing. */
static void
test_close_while_server_is_silent (void)
{
  guint16 port = 0;
  g_autoptr (GSocket) silent = make_listener (&port, 5);
  g_autoptr (CgDoor) door = mqtt_door_new_to (port, NULL);
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);

  door_open (door);
  g_autoptr (GSocket) client G_GNUC_UNUSED = g_socket_accept (silent, NULL, NULL);

  g_assert_cmpint (door_log_close (&log), <, 2000);
  g_assert_cmpuint (log.n_ups, ==, 0);
}

static GSocket *
begin_to_connect (guint16 port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_socket_set_blocking (socket, FALSE);
  g_socket_connect (socket, address, NULL, NULL);
  return socket;
}

/* A full backlog swallows connection requests, as a firewall does. */
static void
test_close_while_connecting_to_a_black_hole (void)
{
  guint16 port = 0;
  g_autoptr (GSocket) full G_GNUC_UNUSED = make_listener (&port, 0);
  g_autoptr (GPtrArray) fillers = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < 4; i++)
    g_ptr_array_add (fillers, begin_to_connect (port));
  g_autoptr (CgDoor) door = mqtt_door_new_to (port, NULL);
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);

  door_open (door);
  cg_test_run_for (100);
  g_assert_null (cg_mqtt_door_get_trouble (CG_MQTT_DOOR (door)));

  g_assert_cmpint (door_log_close (&log), <, 2000);
}

static void
test_close_with_messages_left (void)
{
  g_autoptr (CgDoor) door = mqtt_door_new_to (broker_find_free_port (), NULL);
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);
  mqtt_door_send (door, "gw", CG_DOOR_REPLY, "never arrives");
  door_open (door);
  expect_trouble (&log, "refused");

  g_assert_cmpint (door_log_close (&log), <, 2000);

  g_assert_error (log.close_error, CG_ERROR, CG_ERROR_TIMED_OUT);
}

static void
test_drop_without_close (void)
{
  g_auto (MqttFixture) fixture;

  mqtt_fixture_open (&fixture, NULL);

  door_log_clear (&fixture.log);
  g_assert_finalize_object (g_steal_pointer (&fixture.door));
  cg_test_run_for (100);
}

static void
test_name_unknown (void)
{
  g_autoptr (CgDoor) door = mqtt_door_new ("servers=mqtt://does-not-exist.invalid");
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);

  door_open (door);
  expect_trouble (&log, "does-not-exist.invalid");

  g_assert_cmpint (door_log_close (&log), <, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
  g_test_add_func ("/mqtt/both-ways", test_both_ways);
  g_test_add_func ("/mqtt/topics-and-qos-settings", test_topics_and_qos_settings);
  g_test_add_func ("/mqtt/set-dids-while-up", test_set_dids_while_up);
  g_test_add_func ("/mqtt/broker-killed-and-back", test_broker_killed_and_back);
  g_test_add_func ("/mqtt/second-server", test_second_server);
  g_test_add_func ("/mqtt/login", test_login);
  g_test_add_func ("/mqtt/retained-message-is-dropped", test_retained_message_is_dropped);
  g_test_add_func ("/mqtt/large-messages", test_large_messages);
  g_test_add_func ("/mqtt/publish-is-prompt", test_publish_is_prompt);
  g_test_add_func ("/mqtt/many-messages-in-order", test_many_messages_in_order);
  g_test_add_func ("/mqtt/burst-while-up", test_burst_while_up);
  g_test_add_func ("/mqtt/close-sends-what-waits", test_close_sends_what_waits);
  g_test_add_func ("/mqtt/will", test_will);
  g_test_add_func ("/mqtt/close-while-server-is-silent", test_close_while_server_is_silent);
  g_test_add_func ("/mqtt/close-while-connecting-to-a-black-hole",
                   test_close_while_connecting_to_a_black_hole);
  g_test_add_func ("/mqtt/close-with-messages-left", test_close_with_messages_left);
  g_test_add_func ("/mqtt/drop-without-close", test_drop_without_close);
  g_test_add_func ("/mqtt/name-unknown", test_name_unknown);
  return g_test_run ();
}
