/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a camera that restarts it. */
#include "cg-camera-private.h"
#include "cg-main.h"

static void
on_reboot_started (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (cg_reboot_start_finish (CG_REBOOT (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * cg_camera_reboot_async:
 * @self: a camera
 * @callback: called when the camera has agreed or refused
 * @user_data: for @callback
 *
 * Restarts the camera (ONVIF SystemReboot). Whether it comes back is told by
 * #CgCamera::reboot-ended.
 */
void
cg_camera_reboot_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_camera_reboot_async);
  cg_reboot_start_async (self->reboot, on_reboot_started, task);
}

/**
 * cg_camera_reboot_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR; %CG_ERROR_BAD_REQUEST: it is restarting already
 *
 * Returns: whether it has agreed
 */
gboolean
cg_camera_reboot_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
