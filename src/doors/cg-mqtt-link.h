/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-door.h"
#include "cg-mqtt-inbox.h"
#include "cg-mqtt-session.h"

G_BEGIN_DECLS

/* The network thread, and what it shares with the main loop. The thread alone touches the MQTT
 * library. Reference-counted: a thread that hangs in a name look-up may outlive its door. */
typedef struct _CgMqttLink CgMqttLink;

CgMqttLink *cg_mqtt_link_new (CgMqttOptions *options, CgMqttListener listener, gpointer user_data);
void cg_mqtt_link_unref (CgMqttLink *self);

gboolean cg_mqtt_link_start (CgMqttLink *self, GError **error);
void cg_mqtt_link_stop (CgMqttLink *self, guint flush_ms);
void cg_mqtt_link_detach (CgMqttLink *self);
void cg_mqtt_link_set_topics (CgMqttLink *self, const char *const *topics);
void cg_mqtt_link_set_will (CgMqttLink *self, const char *topic, GBytes *message);
void cg_mqtt_link_publish (
    CgMqttLink *self, const char *topic, int qos, CgDoorKind kind, GBytes *message);
GPtrArray *cg_mqtt_link_take_waiting (CgMqttLink *self);
void cg_mqtt_link_adopt (CgMqttLink *self, GPtrArray *items);
guint cg_mqtt_link_get_n_queued (CgMqttLink *self);
guint64 cg_mqtt_link_get_n_dropped (CgMqttLink *self);

G_END_DECLS
