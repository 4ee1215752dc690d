/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-message-build.h"

#include <string.h>

#include "cg-json.h"

/**
 * cg_message_build:
 * @root: a message
 *
 * Returns: (transfer full): its bytes: one line, without the newline
 */
GBytes *
cg_message_build (JsonObject *root)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), root);
  char *text = cg_json_to_string (node, FALSE);

  return g_bytes_new_take (text, strlen (text));
}

/**
 * cg_message_build_event:
 * @did: who tells
 * @token: (nullable): its registration's token
 * @service: what about
 * @content: what happened
 *
 * Returns: (transfer full): an event of PROTOCOL.md section 2
 */
GBytes *
cg_message_build_event (const char *did,
                        const char *token,
                        const char *service,
                        JsonObject *content)
{
  g_autoptr (JsonObject) event = json_object_new ();
  JsonObject *data = json_object_new ();

  json_object_set_string_member (event, "did", did);
  json_object_set_string_member (event, "type", "event");
  if (token != NULL)
    json_object_set_string_member (event, "token", token);
  json_object_set_object_member (data, service, json_object_ref (content));
  json_object_set_object_member (event, "data", data);
  return cg_message_build (event);
}

/**
 * cg_message_build_stream:
 * @did: who tells
 * @token: (nullable): its registration's token
 * @stream: (nullable): its name
 * @data: what is told
 *
 * Returns: (transfer full): a stream of PROTOCOL.md section 2
 */
GBytes *
cg_message_build_stream (const char *did, const char *token, const char *stream, JsonObject *data)
{
  g_autoptr (JsonObject) message = json_object_new ();

  json_object_set_string_member (message, "did", did);
  json_object_set_string_member (message, "type", "stream");
  if (token != NULL)
    json_object_set_string_member (message, "token", token);
  if (stream != NULL)
    json_object_set_string_member (message, "stream", stream);
  json_object_set_object_member (message, "data", json_object_ref (data));
  return cg_message_build (message);
}

/**
 * cg_message_build_will:
 * @did: the gateway
 *
 * Returns: (transfer full): what the cloud is told in our name when the link is lost (PROTOCOL.md
 *   section 1, session)
 */
GBytes *
cg_message_build_will (const char *did)
{
  g_autoptr (JsonObject) content = json_object_new ();

  json_object_set_boolean_member (content, "online", FALSE);
  return cg_message_build_event (did, NULL, "connectivity", content);
}

/**
 * cg_message_sign:
 * @did: a device
 * @secret: its secret
 *
 * Returns: (transfer full): the `sign` of PROTOCOL.md section 2, register
 */
char *
cg_message_sign (const char *did, const char *secret)
{
  g_autofree char *text = g_strconcat (did, ":", secret, NULL);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);

  return g_strconcat (sum, ":md5", NULL);
}

/**
 * cg_message_build_register:
 * @did: who registers
 * @secret: (nullable): its secret; without one there is no sign
 * @data: what it says of itself
 *
 * Returns: (transfer full): a registration of PROTOCOL.md section 2
 */
GBytes *
cg_message_build_register (const char *did, const char *secret, JsonObject *data)
{
  g_autoptr (JsonObject) message = json_object_new ();

  json_object_set_string_member (message, "did", did);
  json_object_set_string_member (message, "type", "register");
  if (secret != NULL) {
    g_autofree char *sign = cg_message_sign (did, secret);

    json_object_set_string_member (message, "sign", sign);
  }
  json_object_set_object_member (message, "data", json_object_ref (data));
  return cg_message_build (message);
}
