/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-request.h"

#include "cg-main.h"
#include "cg-motion-sources.h"

static void
request_free (gpointer data)
{
  CgCameraRequest *self = data;

  g_free (self->source);
  g_free (self->loser);
  g_free (self->name);
  g_free (self);
}

/**
 * cg_camera_check_ptz:
 * @self: a camera
 * @error: return location
 *
 * Returns: whether this camera may be moved at all: policy before facts
 */
gboolean
cg_camera_check_ptz (CgCamera *self, GError **error)
{
  if (!self->config->ptz_allowed)
    g_set_error (error, CG_ERROR, CG_ERROR_NOT_PERMITTED,
                 "the configuration forbids PTZ for camera %s", self->config->did);
  else if (self->config->protocol == CG_PROTOCOL_RTSP)
    g_set_error (error, CG_ERROR, CG_ERROR_NO_PTZ, "camera %s is known by its stream only",
                 self->config->did);
  else
    return TRUE;
  return FALSE;
}

/**
 * cg_camera_request_begin:
 * @self: a camera
 * @go: called with a task once the camera is reached, or for as long as a reply may take
 * @request: (transfer full): the task's data
 * @tag: of the task
 * @callback: of the task
 * @user_data: for @callback
 *
 * Refuses at once what policy forbids.
 */
void
cg_camera_request_begin (CgCamera *self,
                         CgPresenceFunc go,
                         CgCameraRequest *request,
                         gpointer tag,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;

  CG_ON_MAIN ();
  g_task_set_source_tag (task, tag);
  request->asked_at_ms = cg_clock_get_monotonic_ms (self->clock);
  g_task_set_task_data (task, request, request_free);
  if (cg_camera_check_ptz (self, &error))
    cg_presence_await (self->presence, self->ptz.reply_timeout_ms, go, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/* Whose move is over because of this request is told so by an event, also when it has failed: his
 * camera stands, or somebody else moves it. */
static void
tell_loser (CgCamera *self, const CgCameraRequest *request, const GError *error)
{
  const char *winner = request->source != NULL ? request->source : "somebody";
  g_autoptr (GError) told = NULL;

  if (request->loser == NULL ||
      cg_motion_sources_are_same (cg_motion_get_source (self->motion), request->loser))
    return;
  if (error == NULL)
    told = g_error_new (CG_ERROR, CG_ERROR_CANCELLED, "%s moves the camera in place of %s", winner,
                        request->loser);
  else
    told = g_error_new (CG_ERROR, CG_ERROR_CANCELLED, "%s has ended the move of %s, and failed: %s",
                        winner, request->loser, error->message);
  g_signal_emit_by_name (self, "ptz-failed", told);
}

/**
 * cg_camera_request_finish:
 * @task: (transfer full): of a request
 * @error: (nullable) (transfer full): what became of it
 *
 * An operation is over. One that the camera did not answer casts a doubt on the contact.
 */
void
cg_camera_request_finish (GTask *task, GError *error)
{
  CgCamera *self = g_task_get_source_object (task);
  const CgCameraRequest *request = g_task_get_task_data (task);

  if (request != NULL)
    tell_loser (self, request, error);
  if (cg_error_is_silence (error))
    cg_presence_doubt (self->presence, error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/**
 * cg_camera_request_propagate:
 * @self: a camera
 * @result: of a request
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera has done it
 */
gboolean
cg_camera_request_propagate (CgCamera *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_camera_request_get_left_ms:
 * @task: of a request
 *
 * Returns: how long its reply may still take; all its steps share that time
 */
gint64
cg_camera_request_get_left_ms (GTask *task)
{
  CgCamera *self = g_task_get_source_object (task);
  const CgCameraRequest *request = g_task_get_task_data (task);
  const gint64 deadline_ms = request->asked_at_ms + self->ptz.reply_timeout_ms;

  return deadline_ms - cg_clock_get_monotonic_ms (self->clock);
}

/**
 * cg_camera_request_is_reached:
 * @task: of a request; taken over if it is not
 * @error: (nullable): why the camera is not reached
 *
 * Else the task is over: what has been answered is not done afterwards. PROTOCOL.md section 1.
 *
 * Returns: whether the camera was reached while there is time
 */
gboolean
cg_camera_request_is_reached (GTask *task, const GError *error)
{
  if (error == NULL && cg_camera_request_get_left_ms (task) > 0)
    return TRUE;
  cg_camera_request_finish (task, error != NULL
                                      ? g_error_copy (error)
                                      : g_error_new_literal (CG_ERROR, CG_ERROR_EXPIRED,
                                                             "the camera was not reached in time"));
  return FALSE;
}

/**
 * cg_camera_request_take_turn:
 * @task: of a request that moves; taken over if it may not
 *
 * Settings `arbitration` and `priority`: who moves a camera that two links want to move. The loser
 * is told 60006. PROTOCOL.md section 3.
 *
 * Returns: whether the request may move the camera now
 */
gboolean
cg_camera_request_take_turn (GTask *task)
{
  CgCamera *self = g_task_get_source_object (task);
  CgCameraRequest *request = g_task_get_task_data (task);
  const char *holder = cg_motion_get_source (self->motion);
  GError *error = NULL;

  if (!cg_motion_sources_may_take (&self->ptz, holder, request->source, &error)) {
    cg_camera_request_finish (task, error);
    return FALSE;
  }
  if (holder != NULL && !cg_motion_sources_are_same (holder, request->source))
    request->loser = g_strdup (holder);
  self->turns++;
  return TRUE;
}
