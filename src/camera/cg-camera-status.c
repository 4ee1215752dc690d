/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a camera that tells how it moves. */
#include "cg-camera-request.h"
#include "cg-main.h"

/* Who asks sits at a terminal: what is known already comes after so long, with its age. */
#define LOOK_TIMEOUT_MS 1000

/* Motion knows presets by their numbers; people, by name as well. */
static void
name_preset (CgCamera *self, const CgPtzLook *look, CgPtzStatus *status)
{
  const guint called = cg_motion_get_called (self->motion);
  guint index = called;

  if (called == 0 && look != NULL && !cg_motion_is_moving (self->motion))
    index = cg_camera_find_preset_at (self, look);
  if (index == 0)
    return;
  status->preset_state = called != 0 ? CG_PTZ_PRESET_CALLING : CG_PTZ_PRESET_AT;
  status->preset_index = index;
  status->preset_name = g_strdup (cg_presets_get_name (self->presets, index));
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  CgPtzLook look = {0};
  CgPtzStatus *status;

  if (!cg_ptz_eye_look_finish (CG_PTZ_EYE (object), result, &look, &error))
    g_debug ("%s: not looked at: %s", self->config->did, error->message);
  if (cg_error_is_silence (error))
    cg_presence_doubt (self->presence, error);
  if (g_error_matches (error, CG_ERROR, CG_ERROR_NO_PTZ)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  status = cg_motion_get_status (self->motion);
  status->is_contacted = cg_camera_is_contacted (self);
  name_preset (self, error == NULL ? &look : NULL, status);
  g_task_return_pointer (task, status, (GDestroyNotify)cg_ptz_status_free);
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
    cg_ptz_eye_look_async (cg_motion_get_eye (self->motion), LOOK_TIMEOUT_MS, on_looked,
                           g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/**
 * cg_camera_ptz_status_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: (transfer full) (nullable): what is known of how the camera moves
 */
CgPtzStatus *
cg_camera_ptz_status_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
