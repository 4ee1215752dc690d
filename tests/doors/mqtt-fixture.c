/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mqtt-fixture.h"

#include <string.h>

CgDoor *
mqtt_door_new (const char *settings)
{
  g_autofree char *text = g_strdup_printf ("[gateway]\ndid=gw\nsecret=geheim\n"
                                           "[cloud]\nreconnect-max=1\n%s\n",
                                           settings);
  g_autoptr (GError) error = NULL;
  g_autoptr (CgConfig) config = cg_config_parse (text, -1, "test.conf", NULL, &error);

  g_assert_no_error (error);
  return CG_DOOR (cg_mqtt_door_new (&config->gateway, &config->cloud));
}

CgDoor *
mqtt_door_new_to (guint16 port, const char *settings)
{
  g_autofree char *text =
      g_strdup_printf ("servers=mqtt://127.0.0.1:%u\n%s", port, settings != NULL ? settings : "");

  return mqtt_door_new (text);
}

void
mqtt_door_send (CgDoor *door, const char *did, CgDoorKind kind, const char *text)
{
  g_autoptr (GBytes) message = g_bytes_new (text, strlen (text));

  cg_door_send (door, did, kind, message);
}

void
mqtt_door_send_many (CgDoor *door, CgDoorKind kind, const char *name, guint count)
{
  for (guint i = 0; i < count; i++) {
    g_autofree char *text = g_strdup_printf ("%s %u", name, i);

    mqtt_door_send (door, "gw", kind, text);
  }
}

void
cloud_expect (Cloud *cloud, const char *topic, const char *text, int qos)
{
  g_autoptr (CloudMessage) message = cloud_wait_for_message (cloud);

  g_assert_cmpstr (message->topic, ==, topic);
  g_assert_cmpstr (message->text, ==, text);
  g_assert_cmpint (message->qos, ==, qos);
  g_assert_false (message->retained);
}

void
cloud_expect_many (Cloud *cloud, const char *name, guint from, guint to)
{
  for (guint i = from; i < to; i++) {
    g_autofree char *text = g_strdup_printf ("%s %u", name, i);

    cloud_expect (cloud, "messages/gw", text, 1);
  }
}

void
mqtt_fixture_init (MqttFixture *self, const char *broker, const char *door)
{
  *self = (MqttFixture){.port = broker_find_free_port ()};
  self->broker = broker_new (self->port, broker);
  self->cloud = cloud_new (self->port, NULL, NULL);
  self->door = mqtt_door_new_to (self->port, door);
  door_log_init (&self->log, self->door);
}

void
mqtt_fixture_open (MqttFixture *self, const char *broker)
{
  mqtt_fixture_init (self, broker, NULL);
  door_open (self->door);
  door_log_wait_for_up (&self->log);
}

void
mqtt_fixture_clear (MqttFixture *self)
{
  door_log_clear (&self->log);
  g_clear_object (&self->door);
  g_clear_pointer (&self->cloud, cloud_free);
  g_clear_pointer (&self->broker, broker_free);
}
