/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-mqtt-options.h"

G_BEGIN_DECLS

/**
 * CgMqttHandlers:
 * @message: came in
 * @retained: a message that was meant for another day came in
 * @published: the server has what was sent
 * @subscribed: the server has answered; of the gateway's own topic only if it is granted
 */
typedef struct {
  void (*message) (GBytes *message, gpointer user_data);
  void (*retained) (const char *topic, gpointer user_data);
  void (*published) (int mid, gpointer user_data);
  void (*subscribed) (const char *topic, gboolean is_granted, gpointer user_data);
} CgMqttHandlers;

/* One connection to one server, from the name look-up to its end. One thread. */
typedef struct _CgMqttSession CgMqttSession;

CgMqttSession *cg_mqtt_session_new (const CgMqttOptions *options,
                                    const CgServer *server,
                                    const CgMqttHandlers *handlers,
                                    gpointer user_data,
                                    GError **error);
void cg_mqtt_session_free (CgMqttSession *self);

gboolean
cg_mqtt_session_set_will (CgMqttSession *self, const char *topic, GBytes *message, GError **error);
gboolean
cg_mqtt_session_connect_in_thread (CgMqttSession *self, gboolean ipv4_only, GError **error);
gboolean cg_mqtt_session_can_fall_back_in_thread (const CgServer *server, const GError *error);
int cg_mqtt_session_get_fd (CgMqttSession *self);
short cg_mqtt_session_get_events (CgMqttSession *self);
gboolean cg_mqtt_session_process (CgMqttSession *self, short events, GError **error);
gboolean
cg_mqtt_session_set_topics (CgMqttSession *self, const char *const *topics, GError **error);
gboolean cg_mqtt_session_is_accepted (CgMqttSession *self);
gboolean cg_mqtt_session_is_subscribed (CgMqttSession *self);
gboolean cg_mqtt_session_publish (
    CgMqttSession *self, const char *topic, int qos, GBytes *message, int *mid, GError **error);
void cg_mqtt_session_disconnect (CgMqttSession *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgMqttSession, cg_mqtt_session_free)

G_END_DECLS
