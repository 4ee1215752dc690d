/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gio/gio.h>
#include <glob.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "cg-test.h"
#include "mqtt-fixture.h"

/* A server that takes the login and refuses a subscription, a link that breaks while something is
 * sent, and a door that replaces another. */

/* Of ours; the tests have fewer. */
#define MAX_FDS 1024

#define PLUGIN "/usr/lib/*/mosquitto_dynamic_security.so"

static gint n_refusals; /* atomic: camera topics, as told in the log */

static const char rules[] =
    "{\"defaultACLAccess\":{\"publishClientSend\":true,\"publishClientReceive\":true,"
    "\"subscribe\":true,\"unsubscribe\":true},\"clients\":[],\"anonymousGroup\":\"all\","
    "\"groups\":[{\"groupname\":\"all\",\"roles\":[{\"rolename\":\"deaf\"}]}],"
    "\"roles\":[{\"rolename\":\"deaf\",\"acls\":[{\"acltype\":\"subscribeLiteral\","
    "\"topic\":\"%s\",\"priority\":10,\"allow\":false}]}]}";

/* Returns: (nullable): where mosquitto's plugin stands */
static char *
find_plugin (void)
{
  glob_t found;
  char *path = NULL;

  if (glob (PLUGIN, 0, NULL, &found) == 0)
    path = g_strdup (found.gl_pathv[0]);
  globfree (&found);
  return path;
}

/* Returns: (transfer full) (nullable): a broker that refuses subscriptions to @topic */
static Broker *
make_broker_deaf_to (const char *topic, guint16 port, const char *dir)
{
  g_autofree char *plugin = find_plugin ();
  g_autofree char *text = g_strdup_printf (rules, topic);
  g_autofree char *path = cg_test_write_file (dir, "rules.json", text, 0600);
  g_autofree char *settings =
      g_strdup_printf ("allow_anonymous true\nplugin %s\nplugin_opt_config_file %s", plugin, path);

  return plugin != NULL ? broker_new (port, settings) : NULL;
}

static gboolean
has_trouble (gpointer user_data)
{
  return cg_mqtt_door_get_trouble (user_data) != NULL;
}

/* Who cannot hear an action is not connected, whatever the server said to the login. */
static void
test_own_subscription_refused (void)
{
  const guint16 port = broker_find_free_port ();
  g_autofree char *dir = cg_test_make_dir ();
  g_autoptr (Broker) broker = make_broker_deaf_to ("actions/gw", port, dir);
  g_autoptr (CgDoor) door = mqtt_door_new_to (port, "username=\n");
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);
  if (broker == NULL) {
    g_test_skip ("mosquitto's dynamic security plugin is not here");
    return;
  }

  door_open (door);
  cg_test_wait_for (has_trouble, door, "the refusal");

  g_assert_nonnull (strstr (cg_mqtt_door_get_trouble (CG_MQTT_DOOR (door)),
                            "the subscription to actions/gw is refused"));
  g_assert_cmpuint (log.n_ups, ==, 0);
  door_log_close (&log);
  cg_test_remove_dir (dir);
}

/* It is told once, however often the link comes back. */
static void
test_subscription_of_a_camera_refused (void)
{
  static const char *const dids[] = {"c1", "c2", NULL};
  const guint16 port = broker_find_free_port ();
  g_autofree char *dir = cg_test_make_dir ();
  g_autoptr (Broker) broker = make_broker_deaf_to ("actions/c1", port, dir);
  g_autoptr (CgDoor) door = mqtt_door_new_to (port, "username=\n");
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);
  if (broker == NULL) {
    g_test_skip ("mosquitto's dynamic security plugin is not here");
    return;
  }
  g_autoptr (Cloud) cloud = cloud_new (port, NULL, NULL);
  cg_door_set_dids (door, dids);

  door_open (door);
  door_log_wait_for_up (&log);
  cloud_publish (cloud, "actions/c1", "{1}", 3, FALSE);
  cloud_publish (cloud, "actions/c2", "{2}", 3, FALSE);

  g_autofree char *message = door_log_wait_for_message (&log);
  g_assert_cmpstr (message, ==, "{2}");
  broker_kill (broker);
  door_log_wait_for_down (&log);
  g_autoptr (Broker) again G_GNUC_UNUSED = make_broker_deaf_to ("actions/c1", port, dir);
  door_log_wait_for_up (&log);
  g_assert_cmpint (g_atomic_int_get (&n_refusals), ==, 1);
  door_log_close (&log);
  cg_test_remove_dir (dir);
}

/* Returns: our end of the one connection to @port */
static int
find_socket_to (guint16 port)
{
  for (int fd = 0; fd < MAX_FDS; fd++) {
    struct sockaddr_in peer = {0};
    socklen_t size = sizeof peer;

    if (getpeername (fd, (struct sockaddr *)&peer, &size) == 0 && peer.sin_family == AF_INET &&
        ntohs (peer.sin_port) == port)
      return fd;
  }
  g_assert_not_reached ();
}

/* A server that dies while messages go out: the first that hears of it is who writes. What was not
 * taken is no bad message; it goes out on the next connection, once and in its order. */
static void
test_broken_while_sending (void)
{
  static const char *const texts[] = {"first", "second", "third", "fourth"};
  const guint16 port = broker_find_free_port ();
  g_autoptr (Broker) broker = broker_new (port, NULL);
  g_autoptr (CgDoor) door = mqtt_door_new_to (port, "username=\n");
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);
  door_open (door);
  door_log_wait_for_up (&log);
  const int fd = find_socket_to (port);
  g_autoptr (Cloud) cloud = cloud_new (port, NULL, NULL);

  broker_freeze (broker);
  g_assert_cmpint (shutdown (fd, SHUT_WR), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    mqtt_door_send (door, "c1", CG_DOOR_REPLY, texts[i]);
  door_log_wait_for_down (&log);
  broker_thaw (broker);
  door_log_wait_for_up (&log);
  mqtt_door_send (door, "c1", CG_DOOR_REPLY, "last");

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    cloud_expect (cloud, "messages/c1", texts[i], 1);
  cloud_expect (cloud, "messages/c1", "last", 1);
  door_log_close (&log);
  g_assert_no_error (log.close_error);
}

/* Another server, another topic, another quality: what was not sent still arrives, and before what
 * came later. */
static void
test_adopt (void)
{
  g_autoptr (CgDoor) old = mqtt_door_new_to (broker_find_free_port (), "publish-topic=old/%s/up\n");
  g_auto (DoorLog) old_log = {0};
  g_auto (MqttFixture) fixture;

  door_log_init (&old_log, old);
  mqtt_fixture_init (&fixture, NULL, "publish-topic=messages/%s/new\nqos=2\n");
  door_open (old);
  mqtt_door_send (old, "c1", CG_DOOR_REPLY, "first");
  mqtt_door_send (old, "gw", CG_DOOR_REGISTER, "old registration");
  mqtt_door_send (old, "c2", CG_DOOR_EVENT, "second");
  mqtt_door_send (fixture.door, "gw", CG_DOOR_REPLY, "third");
  door_log_close (&old_log);

  cg_mqtt_door_adopt (CG_MQTT_DOOR (fixture.door), CG_MQTT_DOOR (old));
  door_open (fixture.door);

  cloud_expect (fixture.cloud, "messages/c1/new", "first", 2);
  cloud_expect (fixture.cloud, "messages/c2/new", "second", 2);
  cloud_expect (fixture.cloud, "messages/gw/new", "third", 2);
  g_assert_cmpuint (cg_mqtt_door_get_n_queued (CG_MQTT_DOOR (old)), ==, 0);
  door_log_close (&fixture.log);
  g_assert_no_error (fixture.log.close_error);
}

static GLogWriterOutput
count_refusals (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++) {
    if ((level & G_LOG_LEVEL_WARNING) != 0 && g_str_equal (fields[i].key, "MESSAGE") &&
        strstr (fields[i].value, "the subscription to actions/c1") != NULL)
      g_atomic_int_inc (&n_refusals);
  }
  return g_log_writer_default (level, fields, n_fields, user_data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_refusals, NULL, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
  g_test_add_func ("/trouble/own-subscription-refused", test_own_subscription_refused);
  g_test_add_func ("/trouble/subscription-of-a-camera-refused",
                   test_subscription_of_a_camera_refused);
  g_test_add_func ("/trouble/broken-while-sending", test_broken_while_sending);
  g_test_add_func ("/trouble/adopt", test_adopt);
  return g_test_run ();
}
