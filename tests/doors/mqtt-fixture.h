/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "broker.h"
#include "cg-mqtt-door.h"
#include "door-log.h"

G_BEGIN_DECLS

/* Returns: (transfer full): a door, closed, with these lines in its section [cloud] */
CgDoor *mqtt_door_new (const char *settings);
/* The same to a server at this port. @settings: (nullable) */
CgDoor *mqtt_door_new_to (guint16 port, const char *settings);
void mqtt_door_send (CgDoor *door, const char *did, CgDoorKind kind, const char *text);
/* As "gw": "name 0", "name 1" and so on. */
void mqtt_door_send_many (CgDoor *door, CgDoorKind kind, const char *name, guint count);

/* The next message there. */
void cloud_expect (Cloud *cloud, const char *topic, const char *text, int qos);
/* The next ones: "name FROM" to the one before "name TO". */
void cloud_expect_many (Cloud *cloud, const char *name, guint from, guint to);

/* A broker, the cloud at one end of it, and a door at the other. */
typedef struct {
  guint16 port;
  Broker *broker;
  Cloud *cloud;
  CgDoor *door;
  DoorLog log;
} MqttFixture;

/* The door is closed. @broker, @door: (nullable): their settings */
void mqtt_fixture_init (MqttFixture *self, const char *broker, const char *door);
/* The door's link is up. */
void mqtt_fixture_open (MqttFixture *self, const char *broker);
void mqtt_fixture_clear (MqttFixture *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MqttFixture, mqtt_fixture_clear)

G_END_DECLS
