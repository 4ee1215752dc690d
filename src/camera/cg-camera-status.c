/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a camera that tells how it moves. */
#include "cg-camera-request.h"
#include "cg-main.h"

/* Who asks sits at a terminal: what is known already comes after so long, with its age. */
#define LOOK_TIMEOUT_MS 1000

static void
add_preset (JsonObject *status, guint index, const char *name, const char *state)
{
  JsonObject *preset = json_object_new ();

  if (index > 0)
    json_object_set_int_member (preset, "index", index);
  if (name != NULL)
    json_object_set_string_member (preset, "name", name);
  json_object_set_string_member (preset, "state", state);
  json_object_set_object_member (status, "preset", preset);
}

/* The preset at whose place the camera stands; 0: at none that is known. */
static guint
find_place (CgCamera *self, const CgPtzLook *look)
{
  CgPresetPlace place;

  if (look == NULL || cg_motion_is_moving (self->motion))
    return 0;
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    if (!cg_presets_get_place (self->presets, i, &place))
      continue;
    const CgPtzLook known = cg_camera_look_from_place (&place);
    if (cg_motion_is_same_place (self->motion, look, &known))
      return i;
  }
  return 0;
}

/* Motion knows presets by their tokens; people, by number and name. */
static void
name_preset (CgCamera *self, const CgPtzLook *look, JsonObject *status)
{
  const char *token = json_object_get_string_member_with_default (status, "calling", NULL);
  const guint index =
      token != NULL ? cg_presets_get_index (self->presets, token) : find_place (self, look);

  if (token != NULL || index > 0)
    add_preset (status, index, index > 0 ? cg_presets_get_name (self->presets, index) : NULL,
                token != NULL ? "calling" : "at");
  if (json_object_has_member (status, "calling"))
    json_object_remove_member (status, "calling");
}

/* As the camera moves at all, whoever moves it. */
static void
name_position (JsonObject *status)
{
  JsonNode *place = json_object_get_member (status, "place");
  JsonObject *position;

  if (place == NULL)
    return;
  position = json_node_get_object (place);
  if (json_object_has_member (position, "moving")) {
    if (json_object_get_boolean_member (position, "moving"))
      json_object_set_boolean_member (status, "moving", TRUE);
    json_object_remove_member (position, "moving");
  }
  json_object_set_object_member (status, "position", json_object_ref (position));
  json_object_remove_member (status, "place");
}

static void
add_end (JsonObject *limit, JsonObject *axis, const char *end, const char *name, const char *known)
{
  JsonObject *object =
      json_object_has_member (axis, end) ? json_object_get_object_member (axis, end) : NULL;

  if (object == NULL || !json_object_has_member (object, "at"))
    return;
  json_object_set_double_member (limit, name, json_object_get_double_member (object, "at"));
  json_object_set_string_member (
      limit, known, json_object_get_string_member_with_default (object, "kind", "none"));
}

/* Where the axes end, and how that is known. */
static void
add_limits (JsonObject *status)
{
  static const char *const axes[] = {"pan", "tilt", "zoom"};
  JsonNode *learnt = json_object_get_member (status, "learnt");
  JsonObject *limits = json_object_new ();

  for (gsize i = 0; learnt != NULL && i < G_N_ELEMENTS (axes); i++) {
    JsonNode *axis = json_object_get_member (json_node_get_object (learnt), axes[i]);
    JsonObject *limit;

    if (axis == NULL || !JSON_NODE_HOLDS_OBJECT (axis))
      continue;
    limit = json_object_new ();
    add_end (limit, json_node_get_object (axis), "low", "min", "minKnown");
    add_end (limit, json_node_get_object (axis), "high", "max", "maxKnown");
    json_object_set_object_member (limits, axes[i], limit);
  }
  json_object_set_object_member (status, "limits", limits);
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  CgPtzLook look = {0};
  JsonObject *status;

  if (!cg_motion_look_finish (CG_MOTION (object), result, &look, &error))
    g_debug ("%s: not looked at: %s", self->config->did, error->message);
  if (g_error_matches (error, CG_ERROR, CG_ERROR_NO_PTZ)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  node = cg_motion_describe (self->motion);
  status = json_node_dup_object (node);
  json_object_set_boolean_member (status, "contacted", cg_camera_is_contacted (self));
  name_position (status);
  add_limits (status);
  name_preset (self, error == NULL ? &look : NULL, status);
  g_task_return_pointer (task, status, (GDestroyNotify)json_object_unref);
}

/**
 * cg_camera_ptz_status_async:
 * @self: a camera
 * @callback: finish with cg_camera_ptz_status_finish()
 * @user_data: for @callback
 *
 * Looks at the camera; where it does not answer soon, what was seen last counts.
 */
void
cg_camera_ptz_status_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_camera_ptz_status_async);
  if (cg_camera_check_ptz (self, &error))
    cg_motion_look_async (self->motion, LOOK_TIMEOUT_MS, on_looked, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/**
 * cg_camera_ptz_status_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: (transfer full) (nullable): what is known of how the camera moves, as in
 *   cg_motion_describe(), with the preset that it stands at or goes to
 */
JsonObject *
cg_camera_ptz_status_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
