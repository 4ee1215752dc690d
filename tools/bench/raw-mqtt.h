/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As much of MQTT 3.1.1 as the other end of the contract needs, on a blocking socket. Whatever goes
 * wrong returns FALSE, with errno where there is one. */

int raw_mqtt_open (guint16 port, const char *user, const char *password);
gboolean raw_mqtt_subscribe (int fd, const char *topic);
gboolean raw_mqtt_publish (int fd, const char *topic, const char *text);
char *raw_mqtt_wait (int fd, const char *word);

G_END_DECLS
