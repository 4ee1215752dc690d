/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-request.h"

#include "cg-main.h"

static void
on_moved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  cg_motion_start_finish (CG_MOTION (object), result, &error);
  cg_camera_request_finish (user_data, error);
}

static void
go_move (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const CgCameraRequest *request = g_task_get_task_data (task);

  if (cg_camera_request_is_reached (task, error) && cg_camera_request_take_turn (task))
    cg_motion_start_async (self->motion, &request->move, request->asked_at_ms, on_moved, task);
}

/**
 * cg_camera_move_async:
 * @self: a camera
 * @request: copied
 * @callback: finish with cg_camera_move_finish(); called after reply-timeout at the latest
 * @user_data: for @callback
 *
 * Starts a move, or refreshes or replaces the one under way; see cg_motion_start_async().
 * Source: PROTOCOL.md section 4, ptz.
 */
void
cg_camera_move_async (CgCamera *self,
                      const CgMoveRequest *request,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  CgCameraRequest *copy = g_new0 (CgCameraRequest, 1);

  copy->move = *request;
  copy->source = g_strdup (request->source);
  copy->move.source = copy->source;
  cg_camera_request_begin (self, go_move, copy, cg_camera_move_async, callback, user_data);
}

/**
 * cg_camera_move_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera accepted the move
 */
gboolean
cg_camera_move_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return cg_camera_request_propagate (self, result, error);
}

static void
on_halted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  cg_motion_halt_finish (CG_MOTION (object), result, &error);
  cg_camera_request_finish (user_data, error);
}

static void
go_halt (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);

  if (error == NULL)
    cg_motion_halt_async (self->motion, on_halted, task);
  else
    cg_camera_request_finish (task, g_error_copy (error));
}

/**
 * cg_camera_halt_async:
 * @self: a camera
 * @callback: finish with cg_camera_halt_finish()
 * @user_data: for @callback
 *
 * Stops all axes; overtakes what waits, and drops the moves among it. A camera that was never
 * reached is waited for, as by a start: what moves it may be older than we are. Source: PROTOCOL.md
 * section 4, ptz.
 */
void
cg_camera_halt_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_camera_halt_async);
  if (!cg_camera_check_ptz (self, &error)) {
    g_task_return_error (task, error);
    return;
  }
  cg_presence_drop (self->presence, go_move, NULL, NULL, CG_CAMERA_OVERTAKEN);
  cg_camera_drop_goto (self);
  if (cg_presence_get_contact (self->presence) == NULL)
    cg_presence_await (self->presence, self->ptz.reply_timeout_ms, go_halt,
                       g_steal_pointer (&task));
  else
    go_halt (g_steal_pointer (&task), NULL);
}

/**
 * cg_camera_halt_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera accepted the stop
 */
gboolean
cg_camera_halt_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return cg_camera_request_propagate (self, result, error);
}

static gboolean
is_from (gpointer user_data, gpointer test_data)
{
  const CgCameraRequest *request = g_task_get_task_data (user_data);

  return g_strcmp0 (request->source, test_data) == 0;
}

/**
 * cg_camera_link_lost:
 * @self: a camera
 * @source: the name of a link, as in #CgMoveRequest
 *
 * Ends the move that came by that link, after the grace time. One that waits for the camera to be
 * reached is not begun.
 */
void
cg_camera_link_lost (CgCamera *self, const char *source)
{
  cg_presence_drop (self->presence, go_move, is_from, (gpointer)source,
                    "the link that it came by is lost");
  cg_motion_link_lost (self->motion, source);
}
