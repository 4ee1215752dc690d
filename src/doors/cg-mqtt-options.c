/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-mqtt-options.h"

#include "cg-server.h"

#define UP_TIMEOUT_MS 10000 /* a server that takes longer is as good as dead */

/**
 * cg_mqtt_options_new:
 * @cloud: the configuration of the link
 * @own_topic: where the gateway's own actions come from
 *
 * Returns: (transfer full): a copy of what the thread needs
 */
CgMqttOptions *
cg_mqtt_options_new (const CgCloudConfig *cloud, const char *own_topic)
{
  CgMqttOptions *options = g_new0 (CgMqttOptions, 1);

  options->servers = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_server_free);
  for (guint i = 0; i < cloud->servers->len; i++)
    g_ptr_array_add (options->servers, cg_server_copy (cloud->servers->pdata[i]));
  options->username = g_strdup (cloud->username);
  options->password = g_strdup (cloud->password);
  options->client_id = g_strdup (cloud->client_id);
  options->own_topic = g_strdup (own_topic);
  options->ca_file = g_strdup (cloud->ca_file);
  options->cert_file = g_strdup (cloud->cert_file);
  options->key_file = g_strdup (cloud->key_file);
  options->subscribe_qos = cloud->qos >= 0 ? cloud->qos : 1;
  options->keep_alive_s = cloud->keep_alive_s;
  options->reconnect_max_ms = cloud->reconnect_max_s * 1000;
  options->up_timeout_ms = UP_TIMEOUT_MS;
  return options;
}

/**
 * cg_mqtt_options_free:
 * @self: (transfer full): options
 */
void
cg_mqtt_options_free (CgMqttOptions *self)
{
  g_ptr_array_unref (self->servers);
  g_free (self->username);
  g_free (self->password);
  g_free (self->client_id);
  g_free (self->own_topic);
  g_free (self->ca_file);
  g_free (self->cert_file);
  g_free (self->key_file);
  g_free (self);
}
