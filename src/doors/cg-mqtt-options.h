/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-config.h"

G_BEGIN_DECLS

/* What a connection needs to know; nobody changes it once a thread has it. */
typedef struct {
  GPtrArray *servers; /* (owned) (element-type CgServer) */
  char *username;     /* (nullable) */
  char *password;     /* (nullable) */
  char *client_id;
  char *own_topic; /* (nullable) a server that refuses this one is of no use to us */
  char *ca_file;   /* (nullable) */
  char *cert_file; /* (nullable) */
  char *key_file;  /* (nullable) */
  int subscribe_qos;
  guint keep_alive_s;
  guint reconnect_max_ms;
  guint up_timeout_ms; /* from the first packet to the last SUBACK */
} CgMqttOptions;

CgMqttOptions *cg_mqtt_options_new (const CgCloudConfig *cloud, const char *own_topic);
void cg_mqtt_options_free (CgMqttOptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgMqttOptions, cg_mqtt_options_free)

G_END_DECLS
