/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-refusal.h"

#include <json-glib/json-glib.h>

#include "cg-error.h"
#include "cg-message-build.h"
#include "cg-services.h"

/* What is shorter was hardly refused for its length: then no answer would fare better. */
#define MIN_BYTES 1024

static JsonObject *
make_body (void)
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
  JsonObject *body = make_body ();
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
 * cg_refusal_build:
 * @reply: a reply of ours that the other end does not take, for it is too long there
 * @all_flat: whether it was made for the 2019 cloud: setting `reply-shape`
 *
 * PROTOCOL.md section 2: every request gets exactly one reply, whatever happens.
 *
 * Returns: (transfer full) (nullable): what is said in its place, in the same envelope and shape:
 *   code 500; %NULL if that is not much shorter
 */
GBytes *
cg_refusal_build (GBytes *reply, gboolean all_flat)
{
  gsize length;
  const char *text = g_bytes_get_data (reply, &length);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GBytes) refusal = NULL;
  JsonNode *root;
  JsonObject *object;

  if (length < MIN_BYTES || !json_parser_load_from_data (parser, text, length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  object = json_node_get_object (root);
  json_object_set_object_member (object, "result",
                                 make_result (json_object_get_member (object, "result"), all_flat));
  refusal = cg_message_build (object);
  return g_bytes_get_size (refusal) * 2 < length ? g_steal_pointer (&refusal) : NULL;
}
