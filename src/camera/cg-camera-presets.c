/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a camera that keeps places. */
#include "cg-camera-request.h"
#include "cg-main.h"

/* A set is answered in what is left of the reply's time after the camera has come to rest. */
#define SET_MS 800
/* Where it stands after a set, for 60010: nobody waits for it. */
#define LOOK_TIMEOUT_MS 2000

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

/**
 * cg_camera_look_from_place:
 * @place: of a preset
 *
 * Returns: what a look at a camera that stands there tells
 */
CgPtzLook
cg_camera_look_from_place (const CgPresetPlace *place)
{
  return (CgPtzLook){
      .has_position = place->has_position,
      .has_zoom = place->has_zoom,
      .pan = place->pan,
      .tilt = place->tilt,
      .zoom = place->zoom,
  };
}

/* Since a preset was set last. */
static gboolean
was_moved (CgCamera *self)
{
  return self->leases != self->leases_at_set || cg_motion_is_moving (self->motion);
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Look) look = user_data;
  CgPtzLook seen = {0};
  CgPresetPlace place;

  if (!cg_motion_look_finish (CG_MOTION (object), result, &seen, NULL) || was_moved (look->camera))
    return;
  place = place_from_look (&seen);
  if (place.has_position || place.has_zoom)
    cg_presets_note_place (look->camera->presets, look->index, &place);
}

/* Where a camera that tells no places of presets rests now is where that preset is, if nobody has
 * moved it. */
static void
on_settled (CgPresets *presets, guint index, CgCamera *self)
{
  CgPresetPlace place;
  Look *look;

  if (cg_presets_get_place (presets, index, &place) || was_moved (self))
    return;
  look = g_new (Look, 1);
  *look = (Look){g_object_ref (self), index};
  cg_motion_look_async (self->motion, LOOK_TIMEOUT_MS, on_looked, look);
}

static void
on_preset_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgCamera *self = g_task_get_source_object (user_data);
  GError *error = NULL;

  if (cg_presets_finish (CG_PRESETS (object), result, &error))
    self->leases_at_set = self->leases;
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

static GError *
make_busy (CgCamera *self)
{
  CgErrorBasis basis = CG_ERROR_BASIS_NONE;

  if (!cg_motion_is_calling (self->motion, &basis))
    return NULL;
  return cg_error_new_with_basis (CG_ERROR_PRESET_BUSY, basis, "camera %s is going to a preset",
                                  self->config->did);
}

static void
on_rested (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const CgCameraRequest *request = g_task_get_task_data (task);
  GError *error = NULL;

  if (cg_motion_await_rest_finish (CG_MOTION (object), result, &error))
    error = make_busy (self);
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
  busy = make_busy (self);
  if (busy != NULL)
    cg_camera_request_finish (task, busy);
  else
    cg_motion_await_rest_async (self->motion,
                                (guint)MAX (cg_camera_request_get_left_ms (task) - SET_MS, 0),
                                on_rested, task);
}

/* Motion knows presets by their tokens; who asks, by their numbers. */
static GError *
name_preset (CgCamera *self, guint index, GError *error)
{
  const CgErrorBasis basis = cg_error_get_basis (error);

  if (!g_error_matches (error, CG_ERROR, CG_ERROR_AT_PRESET))
    return error;
  g_error_free (error);
  return cg_error_new_with_basis (CG_ERROR_AT_PRESET, basis, "camera %s stands at preset %u",
                                  self->config->did, index);
}

/* The camera knows best: what it does not have is forgotten. */
static void
on_gone (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgCamera *self = g_task_get_source_object (user_data);
  const CgCameraRequest *request = g_task_get_task_data (user_data);
  GError *error = NULL;

  if (cg_motion_start_finish (CG_MOTION (object), result, &error))
    cg_camera_request_tell_loser (user_data);
  if (g_error_matches (error, CG_ERROR, CG_ERROR_NO_SUCH_PRESET))
    cg_presets_read_again (self->presets);
  cg_camera_request_finish (user_data, name_preset (self, request->index, error));
}

static void
on_preset_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const CgCameraRequest *request = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *token = cg_presets_find_finish (CG_PRESETS (object), result, &error);
  CgPresetPlace place;
  gboolean has_place;
  CgPtzLook look;

  if (token == NULL) {
    cg_camera_request_finish (task, error);
    return;
  }
  has_place = cg_presets_get_place (self->presets, request->index, &place);
  if (has_place)
    look = cg_camera_look_from_place (&place);
  cg_motion_goto_async (self->motion, token, has_place ? &look : NULL, request->turn,
                        request->asked_at_ms, on_gone, task);
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
  cg_presence_drop (self->presence, go_preset_goto);
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
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
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
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
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
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
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
on_arrived (CgMotion *motion, const char *token, const CgPtzLook *look, CgCamera *self)
{
  const guint index = cg_presets_get_index (self->presets, token);
  const CgPresetPlace place = look != NULL ? place_from_look (look) : (CgPresetPlace){0};

  if (index != 0 && (place.has_position || place.has_zoom))
    cg_presets_note_place (self->presets, index, &place);
}

static void
on_leased (CgMotion *motion, gboolean is_leased, CgCamera *self)
{
  self->leases++;
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
  cg_presets_set_reserved (self->presets, cg_profile_get_learnt (self->profile)->reserved_presets);
  g_signal_connect_object (self->presets, "learnt", G_CALLBACK (on_presets_learnt), self, 0);
  g_signal_connect_object (self->presets, "settled", G_CALLBACK (on_settled), self, 0);
  g_signal_connect_object (self->motion, "arrived", G_CALLBACK (on_arrived), self, 0);
  g_signal_connect_object (self->motion, "leased", G_CALLBACK (on_leased), self, 0);
}
