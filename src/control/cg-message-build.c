/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-message-build.h"

#include <string.h>

#include "cg-error.h"
#include "cg-json.h"
#include "cg-services.h"

/* What is shorter was hardly refused for its length: then no answer would fare better. */
#define MIN_TOO_LONG_BYTES 1024

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

static JsonObject *
make_too_long (void)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_INTERNAL, "Reply too long");
  JsonObject *body = json_object_new ();

  json_object_set_int_member (body, "code", cg_error_get_code (error, CG_ERROR_SCOPE_GENERAL));
  json_object_set_string_member (body, "error", error->message);
  return body;
}

/* Returns: (nullable): the name of the only member of @node */
static const char *
get_only_member (JsonNode *node)
{
  g_autoptr (GList) names = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  names = json_object_get_members (json_node_get_object (node));
  return names != NULL && names->next == NULL ? names->data : NULL;
}

/* The place of a result is its service, and its method where that is wrapped. */
static JsonObject *
make_result (JsonNode *result, gboolean all_flat)
{
  const char *name = get_only_member (result);
  const CgServiceRow *service = cg_services_find (name);
  JsonNode *content =
      name != NULL ? json_object_get_member (json_node_get_object (result), name) : NULL;
  const char *method = get_only_member (content);
  JsonObject *body = make_too_long ();
  JsonObject *made = json_object_new ();

  if (name == NULL) {
    json_object_unref (made);
    return body;
  }
  if (service != NULL && service->is_wrapped && !all_flat && method != NULL) {
    JsonObject *wrap = json_object_new ();

    json_object_set_object_member (wrap, method, body);
    body = wrap;
  }
  json_object_set_object_member (made, name, body);
  return made;
}

/**
 * cg_message_build_too_long:
 * @reply: a reply of ours that the other end does not take, for it is too long there
 * @all_flat: whether it was made for the 2019 cloud: setting `reply-shape`
 *
 * PROTOCOL.md section 2: every request gets exactly one reply, whatever happens.
 *
 * Returns: (transfer full) (nullable): what is said in its place, in the same envelope and shape:
 *   code 500; %NULL if that is not much shorter
 */
GBytes *
cg_message_build_too_long (GBytes *reply, gboolean all_flat)
{
  gsize length;
  const char *text = g_bytes_get_data (reply, &length);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GBytes) shorter = NULL;
  JsonNode *root;
  JsonObject *object;

  if (length < MIN_TOO_LONG_BYTES || !json_parser_load_from_data (parser, text, length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  object = json_node_get_object (root);
  json_object_set_object_member (object, "result",
                                 make_result (json_object_get_member (object, "result"), all_flat));
  shorter = cg_message_build (object);
  return g_bytes_get_size (shorter) * 2 < length ? g_steal_pointer (&shorter) : NULL;
}
