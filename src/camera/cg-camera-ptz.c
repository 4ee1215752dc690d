/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-private.h"

#include "cg-main.h"

/* One request on its way to the camera. */
typedef struct {
  CgMoveRequest move;
  char *source;
  guint index;
  char *name;
  gint64 asked_at_ms; /* monotonic */
  guint turn;         /* of a preset that is to be called */
} Request;

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->source);
  g_free (self->name);
  g_free (self);
}

/* Whether this camera may be moved at all: policy before facts. */
static gboolean
check_ptz (CgCamera *self, GError **error)
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

/* Takes the task over: it waits until the camera is reached, or for as long as a reply may take. */
static void
begin (CgCamera *self,
       CgPresenceFunc go,
       Request *request,
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
  if (check_ptz (self, &error))
    cg_presence_await (self->presence, self->ptz.reply_timeout_ms, go, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static gboolean
is_silence (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_UNREACHABLE) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_TIMED_OUT);
}

/* An operation is over: takes the task and its outcome. */
static void
finish_task (GTask *task, GError *error)
{
  CgCamera *self = g_task_get_source_object (task);

  if (is_silence (error))
    cg_presence_doubt (self->presence, error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_moved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  cg_motion_start_finish (CG_MOTION (object), result, &error);
  finish_task (user_data, error);
}

static gint64
get_left_ms (GTask *task)
{
  CgCamera *self = g_task_get_source_object (task);
  const Request *request = g_task_get_task_data (task);
  const gint64 deadline_ms = request->asked_at_ms + self->ptz.reply_timeout_ms;

  return deadline_ms - cg_clock_get_monotonic_ms (self->clock);
}

/* Whether the camera was reached while there is time; else the task is over. All steps of a request
 * share its time: what has been answered is not done afterwards. PROTOCOL.md section 1. */
static gboolean
is_reached (GTask *task, const GError *error)
{
  if (error == NULL && get_left_ms (task) > 0)
    return TRUE;
  finish_task (task, error != NULL ? g_error_copy (error)
                                   : g_error_new_literal (CG_ERROR, CG_ERROR_EXPIRED,
                                                          "the camera was not reached in time"));
  return FALSE;
}

static void
go_move (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const Request *request = g_task_get_task_data (task);

  if (is_reached (task, error))
    cg_motion_start_async (self->motion, &request->move, request->asked_at_ms, on_moved, task);
}

static void
on_preset_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  cg_presets_finish (CG_PRESETS (object), result, &error);
  finish_task (user_data, error);
}

static void
on_preset_list (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *list = cg_presets_list_finish (CG_PRESETS (object), result, &error);

  if (list != NULL)
    g_task_return_pointer (task, list, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
go_preset_set (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const Request *request = g_task_get_task_data (task);

  if (is_reached (task, error))
    cg_presets_set_async (self->presets, request->index, request->name, (guint)get_left_ms (task),
                          on_preset_done, task);
}

static void
on_preset_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *token = cg_presets_find_finish (CG_PRESETS (object), result, &error);

  if (token != NULL)
    cg_motion_goto_async (self->motion, token, request->turn, request->asked_at_ms, on_moved, task);
  else
    finish_task (task, error);
}

/* Its turn is now, though it may have to be looked for first. */
static void
go_preset_goto (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);

  if (!is_reached (task, error))
    return;
  request->turn = cg_motion_take_turn (self->motion);
  cg_presets_find_async (self->presets, request->index, (guint)get_left_ms (task), on_preset_found,
                         task);
}

static void
go_preset_remove (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const Request *request = g_task_get_task_data (task);

  if (is_reached (task, error))
    cg_presets_remove_async (self->presets, request->index, (guint)get_left_ms (task),
                             on_preset_done, task);
}

static void
go_preset_list (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);

  if (is_reached (task, error))
    cg_presets_list_async (self->presets, (guint)get_left_ms (task), on_preset_list, task);
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
  Request *copy = g_new0 (Request, 1);

  copy->move = *request;
  copy->source = g_strdup (request->source);
  copy->move.source = copy->source;
  begin (self, go_move, copy, cg_camera_move_async, callback, user_data);
}

static gboolean
finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
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
  return finish (self, result, error);
}

static void
on_halted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  cg_motion_halt_finish (CG_MOTION (object), result, &error);
  finish_task (user_data, error);
}

/**
 * cg_camera_halt_async:
 * @self: a camera
 * @callback: finish with cg_camera_halt_finish()
 * @user_data: for @callback
 *
 * Stops all axes; overtakes what waits, and drops the moves among it. Source: PROTOCOL.md section
 * 4, ptz.
 */
void
cg_camera_halt_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_camera_halt_async);
  if (!check_ptz (self, &error)) {
    g_task_return_error (task, error);
    return;
  }
  cg_presence_drop (self->presence, go_move);
  cg_presence_drop (self->presence, go_preset_goto);
  cg_motion_halt_async (self->motion, on_halted, g_steal_pointer (&task));
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
  return finish (self, result, error);
}

/**
 * cg_camera_link_lost:
 * @self: a camera
 * @source: the name of a link, as in #CgMoveRequest
 *
 * Ends the move that came by that link, after the grace time.
 */
void
cg_camera_link_lost (CgCamera *self, const char *source)
{
  cg_motion_link_lost (self->motion, source);
}

static void
begin_preset (CgCamera *self,
              CgPresenceFunc go,
              guint index,
              const char *name,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  Request *request = g_new0 (Request, 1);

  request->index = index;
  request->name = g_strdup (name);
  begin (self, go, request, begin_preset, callback, user_data);
}

/**
 * cg_camera_preset_set_async:
 * @self: a camera
 * @index: 1…128
 * @name: (nullable)
 * @callback: finish with cg_camera_preset_set_finish()
 * @user_data: for @callback
 *
 * Keeps where the camera stands. Source: PROTOCOL.md section 4, preset.
 */
void
cg_camera_preset_set_async (
    CgCamera *self, guint index, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  begin_preset (self, go_preset_set, index, name, callback, user_data);
}

/**
 * cg_camera_preset_set_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether it is kept
 */
gboolean
cg_camera_preset_set_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}

/**
 * cg_camera_preset_goto_async:
 * @self: a camera
 * @index: 1…128
 * @callback: finish with cg_camera_preset_goto_finish(): the camera has begun to move
 * @user_data: for @callback
 *
 * Source: PROTOCOL.md section 4, preset.
 */
void
cg_camera_preset_goto_async (CgCamera *self,
                             guint index,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  begin_preset (self, go_preset_goto, index, NULL, callback, user_data);
}

/**
 * cg_camera_preset_goto_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera accepted it
 */
gboolean
cg_camera_preset_goto_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}

/**
 * cg_camera_preset_remove_async:
 * @self: a camera
 * @index: 1…128
 * @callback: finish with cg_camera_preset_remove_finish()
 * @user_data: for @callback
 *
 * Source: PROTOCOL.md section 4, preset.
 */
void
cg_camera_preset_remove_async (CgCamera *self,
                               guint index,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  begin_preset (self, go_preset_remove, index, NULL, callback, user_data);
}

/**
 * cg_camera_preset_remove_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether it is gone
 */
gboolean
cg_camera_preset_remove_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}

/**
 * cg_camera_preset_list_async:
 * @self: a camera
 * @callback: finish with cg_camera_preset_list_finish()
 * @user_data: for @callback
 *
 * Source: PROTOCOL.md section 4, preset.
 */
void
cg_camera_preset_list_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  begin_preset (self, go_preset_list, 0, NULL, callback, user_data);
}

/**
 * cg_camera_preset_list_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: (transfer full) (element-type CgPresetEntry): by rising index
 */
GPtrArray *
cg_camera_preset_list_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
