/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-json.h"
#include "cg-ctl-table.h"
#include "cg-nearest.h"

static JsonObject *
get_camera (JsonArray *cameras, guint i)
{
  JsonNode *node = json_array_get_element (cameras, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
describe_contact (JsonObject *camera)
{
  if (cg_ctl_json_bool (camera, "contacted"))
    return "yes";
  return cg_ctl_json_string (camera, "reason") ?: "no";
}

static void
add_row (CgCtlTable *table, JsonObject *camera)
{
  JsonObject *stream = cg_ctl_json_object (camera, "stream");

  cg_ctl_table_add_row (table, (const char *const[]){
                                   cg_ctl_json_string (camera, "did"),
                                   cg_ctl_json_string (camera, "name"),
                                   cg_ctl_json_string (camera, "address"),
                                   describe_contact (camera),
                                   cg_ctl_json_string (camera, "modelNumber"),
                                   cg_ctl_json_string (stream, "state"),
                                   cg_ctl_json_string (camera, "source"),
                               });
}

/* Prints a result without the code that says that it is one. */
static void
print_result (CgCtl *self, JsonObject *result)
{
  g_autofree char *text = NULL;

  if (json_object_has_member (result, "code"))
    json_object_remove_member (result, "code");
  cg_ctl_print_json (self, result);
  text = cg_ctl_json_to_text (result, &self->screen);
  cg_ctl_say (self, "%s", text);
}

/**
 * cg_cmd_cameras:
 * @self: a run
 *
 * Lists the cameras that are bound to this gateway.
 *
 * Returns: %FALSE with error if camgated does not answer
 */
gboolean
cg_cmd_cameras (CgCtl *self, GError **error)
{
  static const char *const titles[] = {"did",   "name",   "address", "contact",
                                       "model", "stream", "source",  NULL};
  g_autoptr (CgCtlTable) table = cg_ctl_table_new (titles);
  g_autoptr (CgCtlAnswer) answer = cg_ctl_ask_gateway (self, "cameras", error);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;
  JsonArray *cameras;

  if (answer == NULL)
    return FALSE;
  cameras = cg_ctl_json_array (answer->body, "cameras");
  for (guint i = 0; cameras != NULL && i < json_array_get_length (cameras); i++)
    add_row (table, get_camera (cameras, i));
  json_object_set_array_member (object, "cameras",
                                cameras != NULL ? json_array_ref (cameras) : json_array_new ());
  cg_ctl_print_json (self, object);
  text = cg_ctl_table_to_string (table, &self->screen);
  if (cameras == NULL || json_array_get_length (cameras) == 0)
    cg_ctl_say (self, "no camera is bound; camgatectl discover shows what there is\n");
  else
    cg_ctl_say (self, "%s", text);
  return TRUE;
}

static gboolean
fail_no_camera (CgCtl *self, JsonArray *cameras, GError **error)
{
  g_autoptr (GPtrArray) dids = g_ptr_array_new ();
  const char *nearest;

  for (guint i = 0; cameras != NULL && i < json_array_get_length (cameras); i++) {
    const char *did = cg_ctl_json_string (get_camera (cameras, i), "did");

    if (did != NULL)
      g_ptr_array_add (dids, (char *)did);
  }
  nearest = cg_nearest_find (self->did, (const char *const *)dids->pdata, dids->len);
  g_set_error (error, CG_CTL_ERROR, CG_CTL_NO_CAMERA, "no camera %s is bound%s%s%s", self->did,
               nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
               nearest != NULL ? "?" : "; camgatectl cameras lists them");
  return FALSE;
}

/* Milliseconds since 1970, as a person reads them. */
static void
make_readable (JsonObject *object, const char *member)
{
  const gint64 at_ms = cg_ctl_json_int (object, member, 0);
  g_autoptr (GDateTime) time = at_ms > 0 ? g_date_time_new_from_unix_local (at_ms / 1000) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%F %T") : NULL;

  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

/**
 * cg_cmd_show:
 * @self: a run
 *
 * All that is known of one camera.
 *
 * Returns: %FALSE with error if there is none such
 */
gboolean
cg_cmd_show (CgCtl *self, GError **error)
{
  g_autoptr (CgCtlAnswer) answer = NULL;
  JsonArray *cameras;

  if (self->did == NULL)
    return cg_cmd_status (self, error);
  answer = cg_ctl_ask_gateway (self, "cameras", error);
  if (answer == NULL)
    return FALSE;
  cameras = cg_ctl_json_array (answer->body, "cameras");
  for (guint i = 0; cameras != NULL && i < json_array_get_length (cameras); i++) {
    JsonObject *camera = get_camera (cameras, i);

    JsonObject *stream = cg_ctl_json_object (camera, "stream");

    if (g_strcmp0 (cg_ctl_json_string (camera, "did"), self->did) != 0)
      continue;
    if (!self->options->json) {
      make_readable (stream, "since");
      make_readable (stream, "next");
    }
    print_result (self, camera);
    return TRUE;
  }
  return fail_no_camera (self, cameras, error);
}

/* Where no cloud is configured there is no door to it that could tell so. */
static void
make_cloud_readable (JsonObject *status)
{
  JsonObject *cloud = cg_ctl_json_object (status, "cloud");

  if (cloud != NULL && !cg_ctl_json_bool (cloud, "configured"))
    json_object_set_string_member (status, "cloud",
                                   "none is configured: `servers` in [cloud] is empty");
}

/**
 * cg_cmd_status:
 * @self: a run
 *
 * How camgated itself is.
 *
 * Returns: %FALSE with error if it does not answer
 */
gboolean
cg_cmd_status (CgCtl *self, GError **error)
{
  g_autoptr (CgCtlAnswer) answer = cg_ctl_ask_gateway (self, "status", error);

  if (answer == NULL)
    return FALSE;
  if (!self->options->json)
    make_cloud_readable (answer->body);
  print_result (self, answer->body);
  return TRUE;
}
