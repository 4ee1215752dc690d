/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-presets.h"

#include "cg-main.h"
#include "cg-presets-private.h"

enum { SIGNAL_LEARNT, SIGNAL_SETTLED, SIGNAL_REMOVING, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgPresets, cg_presets, G_TYPE_OBJECT)

static void
cg_presets_finalize (GObject *object)
{
  CgPresets *self = CG_PRESETS (object);

  g_clear_object (&self->jobs);
  g_clear_object (&self->clock);
  g_free (self->did);
  g_free (self->profile);
  cg_preset_book_close (&self->book);
  G_OBJECT_CLASS (cg_presets_parent_class)->finalize (object);
}

static void
cg_presets_class_init (CgPresetsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cg_presets_finalize;
  signals[SIGNAL_SETTLED] = g_signal_new ("settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_LEARNT] = g_signal_new ("learnt", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REMOVING] = g_signal_new ("removing", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cg_presets_init (CgPresets *self)
{
}

/**
 * cg_presets_new:
 * @jobs: of the camera
 * @store: (nullable): where the map survives a restart
 * @clock: for deadlines
 * @did: of the camera
 *
 * Returns: (transfer full): the presets of one camera, by index (Q31)
 */
CgPresets *
cg_presets_new (CgJobs *jobs, CgStore *store, CgClock *clock, const char *did)
{
  CgPresets *self = g_object_new (CG_TYPE_PRESETS, NULL);

  self->jobs = g_object_ref (jobs);
  self->clock = g_object_ref (clock);
  self->did = g_strdup (did);
  cg_preset_book_open (&self->book, store, did);
  return self;
}

/**
 * cg_presets_set_guard:
 * @self: a camera's presets
 * @guard: (nullable)
 * @user_data: for @guard; outlives @self
 */
void
cg_presets_set_guard (CgPresets *self, CgPresetsGuard guard, gpointer user_data)
{
  self->guard = guard;
  self->guard_data = user_data;
}

/**
 * cg_presets_set_profile:
 * @self: a camera's presets
 * @ptz_profile: (nullable): token of the profile that moves; %NULL: the camera has no PTZ
 * @max_presets: MaximumNumberOfPresets; 0: not told
 */
void
cg_presets_set_profile (CgPresets *self, const char *ptz_profile, guint max_presets)
{
  g_free (self->profile);
  self->profile = g_strdup (ptz_profile);
  self->book.max_presets = max_presets;
}

/**
 * cg_presets_set_reserved:
 * @self: a camera's presets
 * @reserved: (nullable): slots that the camera keeps for itself, as they stand in the learnt
 *   profile: tokens and ranges of numbers, separated by ";" (Q32)
 */
void
cg_presets_set_reserved (CgPresets *self, const char *reserved)
{
  g_free (self->book.reserved);
  self->book.reserved = g_strdup (reserved);
}

/**
 * cg_presets_get_reserved:
 * @self: a camera's presets
 *
 * Returns: (transfer none) (nullable): with what was learnt since
 */
const char *
cg_presets_get_reserved (CgPresets *self)
{
  return self->book.reserved;
}

/**
 * cg_presets_get_name:
 * @self: a camera's presets
 * @index: 1…128
 *
 * Returns: (transfer none) (nullable): as it is listed
 */
const char *
cg_presets_get_name (CgPresets *self, guint index)
{
  return cg_preset_map_get_shown_name (self->book.map, index);
}

/**
 * cg_presets_set_tolerance:
 * @self: a camera's presets
 * @tolerance: as for cg_preset_map_set_tolerance()
 */
void
cg_presets_set_tolerance (CgPresets *self, const CgPresetPlace *tolerance)
{
  cg_preset_map_set_tolerance (self->book.map, tolerance);
}

/**
 * cg_presets_get_place:
 * @self: a camera's presets
 * @index: 1…128
 * @place: (out): where the camera stands there
 *
 * Returns: whether it is known
 */
gboolean
cg_presets_get_place (CgPresets *self, guint index, CgPresetPlace *place)
{
  return cg_preset_map_get_place (self->book.map, index, place);
}

/**
 * cg_presets_note_place:
 * @self: a camera's presets
 * @index: 1…128
 * @place: where the camera came to rest after that preset was set or called
 *
 * Keeps it, over a restart too.
 */
void
cg_presets_note_place (CgPresets *self, guint index, const CgPresetPlace *place)
{
  CG_ON_MAIN ();
  cg_preset_map_put_place (self->book.map, index, place);
  cg_preset_book_save (&self->book);
}

/**
 * cg_presets_tell_settled:
 * @self: a camera's presets
 *
 * Emits #CgPresets::settled for the preset that was set last, if there is one.
 */
void
cg_presets_tell_settled (CgPresets *self)
{
  const guint index = self->set_last;

  self->set_last = 0;
  if (index > 0)
    g_signal_emit (self, signals[SIGNAL_SETTLED], 0, index);
}

/**
 * cg_presets_tell_removing:
 * @self: a camera's presets
 *
 * Emits #CgPresets::removing.
 */
void
cg_presets_tell_removing (CgPresets *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVING], 0);
}

/**
 * cg_presets_tell_learnt:
 * @self: a camera's presets
 *
 * Emits #CgPresets::learnt.
 */
void
cg_presets_tell_learnt (CgPresets *self)
{
  g_signal_emit (self, signals[SIGNAL_LEARNT], 0);
}

/**
 * cg_presets_set_async:
 * @self: a camera's presets
 * @index: 1…128
 * @name: (nullable)
 * @timeout_ms: until an answer
 * @callback: finish with cg_presets_finish()
 * @user_data: for @callback
 *
 * Keeps where the camera stands. Source: PROTOCOL.md section 4, preset; ONVIF PTZ 5.4.1.
 */
void
cg_presets_set_async (CgPresets *self,
                      guint index,
                      const char *name,
                      guint timeout_ms,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  cg_presets_begin (self, CG_PRESETS_SET, index, name, timeout_ms, callback, user_data);
}

/**
 * cg_presets_find_async:
 * @self: a camera's presets
 * @index: 1…128
 * @timeout_ms: until an answer
 * @callback: finish with cg_presets_find_finish()
 * @user_data: for @callback
 *
 * Which preset of the camera that is. An index that is not mapped may still be a preset that
 * somebody else made, and the last change may have given it another token (Q31): then the camera is
 * asked.
 */
void
cg_presets_find_async (CgPresets *self,
                       guint index,
                       guint timeout_ms,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  cg_presets_begin (self, CG_PRESETS_FIND, index, NULL, timeout_ms, callback, user_data);
}

/**
 * cg_presets_find_finish:
 * @self: a camera's presets
 * @result: what the callback got
 * @error: return location for a #CG_ERROR: %CG_ERROR_NO_SUCH_PRESET, %CG_ERROR_NO_PTZ, or why the
 *   camera could not be asked
 *
 * Returns: (transfer full) (nullable): its token
 */
char *
cg_presets_find_finish (CgPresets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cg_presets_remove_async:
 * @self: a camera's presets
 * @index: 1…128
 * @timeout_ms: until an answer
 * @callback: finish with cg_presets_finish()
 * @user_data: for @callback
 *
 * Source: PROTOCOL.md section 4, preset; ONVIF PTZ 5.4.4.
 */
void
cg_presets_remove_async (CgPresets *self,
                         guint index,
                         guint timeout_ms,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  cg_presets_begin (self, CG_PRESETS_REMOVE, index, NULL, timeout_ms, callback, user_data);
}

/**
 * cg_presets_finish:
 * @self: a camera's presets
 * @result: what the callback got
 * @error: return location for a #CG_ERROR: %CG_ERROR_NO_SUCH_PRESET,
 *   %CG_ERROR_TOO_MANY_PRESETS, %CG_ERROR_NO_PTZ, or why the camera could not be asked
 *
 * Returns: whether it was done
 */
gboolean
cg_presets_finish (CgPresets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_presets_list_async:
 * @self: a camera's presets
 * @timeout_ms: until an answer
 * @callback: finish with cg_presets_list_finish()
 * @user_data: for @callback
 *
 * Reads the camera's presets and brings the map in line. Source: PROTOCOL.md section 4, preset.
 */
void
cg_presets_list_async (CgPresets *self,
                       guint timeout_ms,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  cg_presets_begin (self, CG_PRESETS_LIST, 0, NULL, timeout_ms, callback, user_data);
}

/**
 * cg_presets_list_finish:
 * @self: a camera's presets
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: (transfer full) (element-type CgPresetEntry): by rising index
 */
GPtrArray *
cg_presets_list_finish (CgPresets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
