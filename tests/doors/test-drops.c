/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "broker.h"
#include "cg-mqtt-door.h"

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

static CgDoor *
make_door_to_nobody (void)
{
  g_autofree char *text = g_strdup_printf ("[gateway]\ndid=gw\n"
                                           "[cloud]\nservers=mqtt://127.0.0.1:%u\n",
                                           broker_find_free_port ());
  g_autoptr (GError) error = NULL;
  g_autoptr (CgConfig) config = cg_config_parse (text, -1, "test.conf", NULL, &error);

  g_assert_no_error (error);
  return CG_DOOR (cg_mqtt_door_new (&config->gateway, &config->cloud));
}

/* PROTOCOL.md section 1: a thousand wait while the link is down. */
static void
test_drops_are_counted_and_logged_once (void)
{
  g_autoptr (CgDoor) door = make_door_to_nobody ();
  g_autoptr (GBytes) message = g_bytes_new_static ("{}", 2);

  for (guint i = 0; i < 1500; i++)
    cg_door_send (door, "gw", CG_DOOR_REPLY, message);

  g_assert_cmpuint (cg_mqtt_door_get_n_queued (CG_MQTT_DOOR (door)), ==, 1000);
  g_assert_cmpuint (cg_mqtt_door_get_n_dropped (CG_MQTT_DOOR (door)), ==, 500);
  g_assert_cmpuint (n_drop_lines, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_drop_lines, NULL, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_test_add_func ("/drops/are-counted-and-logged-once", test_drops_are_counted_and_logged_once);
  return g_test_run ();
}
