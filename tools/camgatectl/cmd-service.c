/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-json.h"
#include "cg-ctl-target.h"

static void
print_body (CgCtl *self, const CgCtlAnswer *answer)
{
  g_autoptr (JsonObject) shown = json_object_new ();
  g_autoptr (GList) members = json_object_get_members (answer->body);
  g_autofree char *text = NULL;

  for (GList *l = members; l != NULL; l = l->next) {
    if (strcmp (l->data, "code") != 0)
      json_object_set_member (shown, l->data, json_object_dup_member (answer->body, l->data));
  }
  text = cg_ctl_json_to_text (shown, &self->screen);
  cg_ctl_say (self, "%s", *text != '\0' ? text : "done\n");
}

/* What the contract has as text, also where it reads as a number: `did=001122334455`,
 * `version=2.10`. */
static gboolean
is_text (const char *name)
{
  static const char *const texts[] = {"did",      "version", "md5sum",  "uri", "url",    "name",
                                      "protocol", "address", "host",    "ip",  "reason", "username",
                                      "password", "secret",  "profile", NULL};

  return g_strv_contains (texts, name);
}

/* json-glib also takes octal and hexadecimal numbers, which no JSON has. */
static gboolean
is_no_json (JsonNode *node, const char *text)
{
  const GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;

  return (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE) &&
         !g_regex_match_simple ("^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?$", text, 0, 0);
}

/* `delay=3` is a number, `note=gate` a text: what reads as JSON is JSON. */
static gboolean
take_member (CgCtl *self, JsonObject *parameters, const char *word, GError **error)
{
  const char *equals = strchr (word, '=');
  g_autoptr (JsonNode) value = NULL;
  g_autofree char *name = NULL;

  if (equals == NULL || equals == word)
    return cg_ctl_fail_usage (self, error, "a member is given as NAME=VALUE, not \"%s\"", word);
  name = g_strndup (word, (gsize)(equals - word));
  if (!is_text (name))
    value = json_from_string (equals + 1, NULL);
  if (value != NULL && is_no_json (value, equals + 1))
    g_clear_pointer (&value, json_node_unref);
  if (value == NULL) {
    value = json_node_alloc ();
    json_node_init_string (value, equals + 1);
  }
  json_object_set_member (parameters, name, g_steal_pointer (&value));
  return TRUE;
}

static JsonObject *
read_parameters (CgCtl *self, GError **error)
{
  g_autoptr (JsonObject) parameters = NULL;

  if (self->n_words == 2 && self->words[1][0] == '{')
    return cg_ctl_json_parse (self->words[1], -1, error);
  parameters = json_object_new ();
  for (guint i = 1; i < self->n_words; i++) {
    if (!take_member (self, parameters, self->words[i], error))
      return NULL;
  }
  return g_steal_pointer (&parameters);
}

/**
 * cg_cmd_device:
 * @self: a run of a command that is named after its service
 *
 * Any method of a service, with its members as NAME=VALUE.
 *
 * Returns: %FALSE with error if not done
 */
gboolean
cg_cmd_device (CgCtl *self, GError **error)
{
  g_autoptr (JsonObject) parameters = read_parameters (self, error);
  g_autoptr (CgCtlTarget) target = NULL;
  g_autoptr (CgCtlAnswer) answer = NULL;

  if (parameters == NULL)
    return FALSE;
  target = cg_ctl_target_open (self, error);
  if (target == NULL)
    return FALSE;
  answer = cg_ctl_target_ask (target, self->command->name, self->words[0],
                              g_steal_pointer (&parameters), error);
  if (answer == NULL || !cg_ctl_finish (self, answer, error))
    return FALSE;
  print_body (self, answer);
  return TRUE;
}

/* The first method a service names; NULL for one without methods, such as play. */
static const char *
find_method (JsonObject *data, const char *service)
{
  JsonObject *content = cg_ctl_json_object (data, service);
  g_autoptr (GList) methods = content != NULL ? json_object_get_members (content) : NULL;

  if (methods == NULL || cg_ctl_json_object (content, methods->data) == NULL)
    return NULL;
  return methods->data;
}

static const char *
find_service (JsonObject *reply)
{
  JsonObject *result = cg_ctl_json_object (reply, "result");
  g_autoptr (GList) services = result != NULL ? json_object_get_members (result) : NULL;

  return services != NULL ? services->data : "";
}

/* One reply for each service that was asked (PROTOCOL.md section 2). */
static gboolean
take_replies (CgCtl *self, CgCtlClient *client, const char *mid, JsonObject *data, GError **error)
{
  const guint n_services = MAX (json_object_get_size (data), 1);
  g_autoptr (GError) first_error = NULL;

  for (guint i = 0; i < n_services; i++) {
    g_autoptr (CgCtlAnswer) answer = NULL;
    g_autoptr (JsonObject) reply =
        cg_ctl_client_wait_reply (client, mid, cg_ctl_get_timeout_ms (self, 10000), error);
    const char *service;

    if (reply == NULL)
      return FALSE;
    service = find_service (reply);
    answer = cg_ctl_answer_from_message (reply, service, find_method (data, service));
    if (!cg_ctl_finish (self, answer, first_error == NULL ? &first_error : NULL))
      continue;
    cg_ctl_say (self, "%s%s", n_services > 1 ? service : "", n_services > 1 ? ": " : "");
    print_body (self, answer);
  }
  if (first_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first_error));
  return FALSE;
}

static gboolean
send_to_camera (CgCtl *self, JsonObject *data, GError **error)
{
  g_autoptr (GList) services = json_object_get_members (data);
  const char *service = services != NULL ? services->data : "";
  const char *method = services != NULL ? find_method (data, service) : NULL;
  g_autoptr (CgCtlTarget) target = NULL;
  g_autoptr (CgCtlAnswer) answer = NULL;
  JsonObject *parameters;

  if (method == NULL || services->next != NULL)
    return cg_ctl_fail_usage (self, error, "a camera takes one service with one method");
  parameters = cg_ctl_json_object (cg_ctl_json_object (data, service), method);
  target = cg_ctl_target_open (self, error);
  if (target == NULL)
    return FALSE;
  answer = cg_ctl_target_ask (target, service, method, json_object_ref (parameters), error);
  if (answer == NULL || !cg_ctl_finish (self, answer, error))
    return FALSE;
  print_body (self, answer);
  return TRUE;
}

/**
 * cg_cmd_send:
 * @self: a run
 *
 * Any action as JSON: what stands under `data`, or a whole message, of which `data` is taken.
 *
 * Returns: %FALSE with error if not done
 */
gboolean
cg_cmd_send (CgCtl *self, GError **error)
{
  g_autoptr (JsonObject) object = cg_ctl_json_parse (self->words[0], -1, error);
  JsonObject *data = cg_ctl_json_object (object, "data");
  g_autoptr (CgCtlClient) client = NULL;
  g_autofree char *mid = NULL;

  if (object == NULL)
    return FALSE;
  if (data == NULL)
    data = object;
  if (self->options->camera != NULL)
    return send_to_camera (self, data, error);
  client = cg_ctl_open_client (self, error);
  if (client == NULL)
    return FALSE;
  mid = cg_ctl_client_send (client, self->did, data, error);
  return mid != NULL && take_replies (self, client, mid, data, error);
}
