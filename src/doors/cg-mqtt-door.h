/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-config.h"
#include "cg-door.h"

G_BEGIN_DECLS

#define CG_TYPE_MQTT_DOOR (cg_mqtt_door_get_type ())
G_DECLARE_FINAL_TYPE (CgMqttDoor, cg_mqtt_door, CG, MQTT_DOOR, GObject)

CgMqttDoor *cg_mqtt_door_new (const CgGatewayConfig *gateway, const CgCloudConfig *cloud);
void cg_mqtt_door_set_will (CgMqttDoor *self, GBytes *message);
void cg_mqtt_door_adopt (CgMqttDoor *self, CgMqttDoor *from);
const char *cg_mqtt_door_get_server (CgMqttDoor *self);
const char *cg_mqtt_door_get_trouble (CgMqttDoor *self);
guint cg_mqtt_door_get_n_queued (CgMqttDoor *self);
guint64 cg_mqtt_door_get_n_dropped (CgMqttDoor *self);

G_END_DECLS
