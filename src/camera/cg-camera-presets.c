/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a camera that keeps places. */
#include "cg-camera-request.h"
#include "cg-main.h"

/* A set is answered in what is left of the reply's time after the camera has come to rest. */
#define SET_MS 800
/* Where it stands after a set, for 60010: nobody waits for it. */
#define LOOK_TIMEOUT_MS 2000
/* Of each axis's range: gears are not more exact than that, and nobody mistakes more. */
#define TOLERANCE_PART 0.01

/* A look at where a preset was set. */
typedef struct {
  CgCamera *camera; /* (owned) */
  guint index;
} Look;

static void
look_free (Look *self)
{
  g_object_unref (self->camera);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static CgPresetPlace
place_from_look (const CgPtzLook *look)
{
  return (CgPresetPlace){look->has_position, look->has_zoom, look->pan, look->tilt, look->zoom};
}

static CgPtzLook
look_from_place (const CgPresetPlace *place)
{
  return (CgPtzLook){
      .has_position = place->has_position,
      .has_zoom = place->has_zoom,
      .pan = place->pan,
      .tilt = place->tilt,
      .zoom = place->zoom,
  };
}

/* Places are in the units in which the camera tells them, which it may show with its first look. */
static void
take_units (CgCamera *self)
{
  CgPtzFacts facts;
  double parts[CG_PTZ_N_AXES];

  cg_ptz_driver_get_facts (CG_PTZ_DRIVER (self->driver), &facts);
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++)
    parts[i] = TOLERANCE_PART * (facts.position[i].max - facts.position[i].min);
  const CgPresetPlace tolerance = {
      .pan = parts[CG_PTZ_PAN], .tilt = parts[CG_PTZ_TILT], .zoom = parts[CG_PTZ_ZOOM]};
  cg_presets_set_tolerance (self->presets, &tolerance);
}

/* Where a preset is, if as much is known of it as the camera tells of itself: at the same pan and
 * tilt with another zoom it is not there. */
static gboolean
get_place (CgCamera *self, guint index, CgPtzLook *there)
{
  CgPresetPlace place;
  CgPtzLook look;

  take_units (self);
  if (!cg_presets_get_place (self->presets, index, &place))
    return FALSE;
  *there = look_from_place (&place);
  return !cg_motion_get_place (self->motion, &look, NULL) || cg_ptz_look_tells_same (&look, there);
}

/**
 * cg_camera_find_preset_at:
 * @self: a camera
 * @look: where it is
 *
 * Returns: the preset at whose place that is; 0: none that is known
 */
guint
cg_camera_find_preset_at (CgCamera *self, const CgPtzLook *look)
{
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    CgPtzLook there;

    if (get_place (self, i, &there) && cg_motion_is_same_place (self->motion, look, &there))
      return i;
  }
  return 0;
}

/* Since a preset was set last, or just now. */
static gboolean
was_moved (CgCamera *self)
{
  return self->turns != self->turns_at_set || cg_motion_is_moving (self->motion) ||
         cg_motion_is_calling (self->motion, NULL);
}

static void
note_place (CgCamera *self, guint index, const CgPtzLook *look)
{
  const CgPresetPlace place = place_from_look (look);

  if (!place.has_position && !place.has_zoom)
    return;
  take_units (self);
  cg_presets_note_place (self->presets, index, &place);
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Look) look = user_data;
  CgPtzLook seen = {0};

  if (cg_ptz_eye_look_finish (CG_PTZ_EYE (object), result, &seen, NULL) &&
      !was_moved (look->camera))
    note_place (look->camera, look->index, &seen);
}

/* Where a camera that does not tell all of a preset's place rests now is where that preset is, if
 * nobody has moved it. */
static void
on_settled (CgPresets *presets, guint index, CgCamera *self)
{
  CgPtzLook there;
  Look *look;

  if (get_place (self, index, &there) || was_moved (self))
    return;
  look = g_new (Look, 1);
  *look = (Look){g_object_ref (self), index};
  cg_ptz_eye_look_async (cg_motion_get_eye (self->motion), LOOK_TIMEOUT_MS, on_looked, look);
}

static void
on_preset_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgCamera *self = g_task_get_source_object (user_data);
  const CgCameraRequest *request = g_task_get_task_data (user_data);
  GError *error = NULL;

  if (cg_presets_finish (CG_PRESETS (object), result, &error))
    self->turns_at_set = request->turn;
  cg_camera_request_finish (user_data, error);
}

static void
on_preset_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  cg_presets_finish (CG_PRESETS (object), result, &error);
  cg_camera_request_finish (user_data, error);
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

/* Somebody may have moved it while the set waited for its turn: what it passes by is no place. */
static GError *
check_stands (gpointer user_data)
{
  CgCamera *self = user_data;

  if (cg_motion_is_moving (self->motion))
    return g_error_new (CG_ERROR, CG_ERROR_CANCELLED, "camera %s is moved again",
                        self->config->did);
  return cg_motion_make_busy (self->motion);
}

static void
on_rested (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  CgCameraRequest *request = g_task_get_task_data (task);
  GError *error = NULL;

  request->turn = self->turns;
  if (cg_motion_await_rest_finish (CG_MOTION (object), result, &error))
    error = cg_motion_make_busy (self->motion);
  if (error != NULL) {
    g_task_return_error (task, error); /* that it moves on is no doubt about the contact */
    g_object_unref (task);
  } else if (cg_camera_request_is_reached (task, NULL)) {
    cg_presets_set_async (self->presets, request->index, request->name,
                          (guint)cg_camera_request_get_left_ms (task), on_preset_set, task);
  }
}

/* What a camera passes by is no place: it is set once the camera stands. */
static void
go_preset_set (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  GError *busy;

  if (!cg_camera_request_is_reached (task, error))
    return;
  busy = cg_motion_make_busy (self->motion);
  if (busy != NULL)
    cg_camera_request_finish (task, busy);
  else
    cg_motion_await_rest_async (self->motion,
                                (guint)MAX (cg_camera_request_get_left_ms (task) - SET_MS, 0),
                                on_rested, task);
}

/* The camera knows best: what it does not have is forgotten. */
static void
on_gone (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgCamera *self = g_task_get_source_object (user_data);
  GError *error = NULL;

  cg_motion_start_finish (CG_MOTION (object), result, &error);
  if (g_error_matches (error, CG_ERROR, CG_ERROR_NO_SUCH_PRESET))
    cg_presets_read_again (self->presets);
  cg_camera_request_finish (user_data, error);
}

static void
on_preset_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const CgCameraRequest *request = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *token = cg_presets_find_finish (CG_PRESETS (object), result, &error);
  CgPtzLook there;

  if (token == NULL) {
    cg_camera_request_finish (task, error);
    return;
  }
  const gboolean is_known = get_place (self, request->index, &there);
  const CgMotionTarget target = {request->index, token, is_known ? &there : NULL, request->source};
  cg_motion_goto_async (self->motion, &target, request->turn, request->asked_at_ms, on_gone, task);
}

/* Its turn is now, though it may have to be looked for first. */
static void
go_preset_goto (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  CgCameraRequest *request = g_task_get_task_data (task);

  if (!cg_camera_request_is_reached (task, error) || !cg_camera_request_take_turn (task))
    return;
  request->turn = cg_motion_take_turn (self->motion);
  cg_presets_find_async (self->presets, request->index, (guint)cg_camera_request_get_left_ms (task),
                         on_preset_found, task);
}

/**
 * cg_camera_drop_goto:
 * @self: a camera
 *
 * Presets that wait for the camera to be reached are not called any more.
 */
void
cg_camera_drop_goto (CgCamera *self)
{
  cg_presence_drop (self->presence, go_preset_goto, NULL, NULL, CG_CAMERA_OVERTAKEN);
}

static void
go_preset_remove (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const CgCameraRequest *request = g_task_get_task_data (task);

  if (cg_camera_request_is_reached (task, error))
    cg_presets_remove_async (self->presets, request->index,
                             (guint)cg_camera_request_get_left_ms (task), on_preset_removed, task);
}

static void
go_preset_list (gpointer user_data, const GError *error)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);

  if (cg_camera_request_is_reached (task, error))
    cg_presets_list_async (self->presets, (guint)cg_camera_request_get_left_ms (task),
                           on_preset_list, task);
}

static void
begin_preset (CgCamera *self,
              CgPresenceFunc go,
              guint index,
              const char *name,
              const char *source,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  CgCameraRequest *request = g_new0 (CgCameraRequest, 1);

  request->index = index;
  request->name = g_strdup (name);
  request->source = g_strdup (source);
  cg_camera_request_begin (self, go, request, begin_preset, callback, user_data);
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
  begin_preset (self, go_preset_set, index, name, NULL, callback, user_data);
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
  return cg_camera_request_propagate (self, result, error);
}

/**
 * cg_camera_preset_goto_async:
 * @self: a camera
 * @index: 1…128
 * @source: (nullable): who asks: the name of the link it came by
 * @callback: finish with cg_camera_preset_goto_finish(): the camera has begun to move
 * @user_data: for @callback
 *
 * Source: PROTOCOL.md section 4, preset.
 */
void
cg_camera_preset_goto_async (CgCamera *self,
                             guint index,
                             const char *source,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  begin_preset (self, go_preset_goto, index, NULL, source, callback, user_data);
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
  return cg_camera_request_propagate (self, result, error);
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
  begin_preset (self, go_preset_remove, index, NULL, NULL, callback, user_data);
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
  return cg_camera_request_propagate (self, result, error);
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
  begin_preset (self, go_preset_list, 0, NULL, NULL, callback, user_data);
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

static void
on_presets_learnt (CgPresets *presets, CgCamera *self)
{
  cg_profile_note_reserved (self->profile, cg_presets_get_reserved (presets));
}

static void
on_arrived (CgMotion *motion, guint index, const CgPtzLook *look, CgCamera *self)
{
  if (look != NULL)
    note_place (self, index, look);
}

/**
 * cg_camera_watch_presets:
 * @self: a camera that is being made
 *
 * Connects its presets with what moves it and with what is kept of it.
 */
void
cg_camera_watch_presets (CgCamera *self)
{
  cg_presets_set_guard (self->presets, check_stands, self);
  cg_presets_set_reserved (self->presets, cg_profile_get_learnt (self->profile)->reserved_presets);
  g_signal_connect_object (self->presets, "learnt", G_CALLBACK (on_presets_learnt), self, 0);
  g_signal_connect_object (self->presets, "settled", G_CALLBACK (on_settled), self, 0);
  g_signal_connect_object (self->presets, "removing", G_CALLBACK (cg_motion_tokens_change),
                           self->motion, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->motion, "arrived", G_CALLBACK (on_arrived), self, 0);
}
