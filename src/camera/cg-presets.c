/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-presets.h"

#include "cg-log.h"
#include "cg-main.h"
#include "cg-onvif-ptz.h"
#include "cg-preset-book.h"

/* Reading the list again after a change: nobody waits for it. */
#define REREAD_TIMEOUT_MS 10000

struct _CgPresets {
  GObject parent_instance;

  CgJobs *jobs;
  CgClock *clock;
  char *did;
  char *profile; /* (nullable): the camera has no PTZ */
  CgPresetBook book;
  guint set_last;      /* index of it, until the list was read again; 0: none */
  gboolean is_reading; /* the list is read again behind a reply */
  gboolean read_again; /* and has changed since */
};

/* What was asked of us: the task's own data. */
typedef struct {
  guint index;
  char *name;         /* (nullable) */
  gint64 deadline_ms; /* monotonic */
} Call;

enum { SIGNAL_LEARNT, SIGNAL_SETTLED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgPresets, cg_presets, G_TYPE_OBJECT)

static void
call_free (gpointer data)
{
  Call *self = data;

  g_free (self->name);
  g_free (self);
}

static void
run (CgPresets *self,
     CgJobFunc func,
     const Call *call,
     guint timeout_ms,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  CgPresetRequest *request = g_new0 (CgPresetRequest, 1);
  const CgJob job = {
      .kind = CG_JOB_READ,
      .timeout_ms = timeout_ms,
      .run_in_thread = func,
      .data = request,
      .free_data = cg_preset_request_free,
      .free_result = cg_preset_outcome_free,
  };

  request->profile = g_strdup (self->profile);
  if (call != NULL && call->index > 0)
    cg_preset_book_fill (&self->book, request, call->index, call->name);
  cg_jobs_run_async (self->jobs, &job, callback, user_data);
}

/* One step of @task, in what is left of its time. Takes a reference of @task over. */
static void
run_step (CgPresets *self, GTask *task, CgJobFunc func, GAsyncReadyCallback callback)
{
  const Call *call = g_task_get_task_data (task);
  const gint64 left_ms = call->deadline_ms - cg_clock_get_monotonic_ms (self->clock);

  if (left_ms > 0) {
    run (self, func, call, (guint)left_ms, callback, task);
    return;
  }
  g_task_return_new_error (task, CG_ERROR, CG_ERROR_EXPIRED,
                           "it could not be sent to the camera in time");
  g_object_unref (task);
}

/* The presets of a camera without PTZ do not exist, whatever is asked of them. */
static GTask *
begin (CgPresets *self,
       guint index,
       const char *name,
       guint timeout_ms,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Call *call = g_new (Call, 1);

  CG_ON_MAIN ();
  *call = (Call){index, g_strdup (name), cg_clock_get_monotonic_ms (self->clock) + timeout_ms};
  g_task_set_source_tag (task, begin);
  g_task_set_task_data (task, call, call_free);
  if (self->profile != NULL)
    return g_steal_pointer (&task);
  g_task_return_new_error (task, CG_ERROR, CG_ERROR_NO_PTZ, "camera %s has no PTZ", self->did);
  return NULL;
}

static guint
get_index (GTask *task)
{
  const Call *call = g_task_get_task_data (task);

  return call->index;
}

static const char *
get_name (GTask *task)
{
  const Call *call = g_task_get_task_data (task);

  return call->name;
}

static CgPresetOutcome *
end (GObject *jobs, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  CgPresetOutcome *outcome = cg_jobs_run_finish (CG_JOBS (jobs), result, &error);

  if (outcome == NULL)
    g_task_return_error (task, error);
  return outcome;
}

static void reread (CgPresets *self);

static void
tell_settled (CgPresets *self)
{
  const guint index = self->set_last;

  self->set_last = 0;
  if (index > 0)
    g_signal_emit (self, signals[SIGNAL_SETTLED], 0, index);
}

static void
on_reread (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgPresets) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CgPresetOutcome) outcome = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  self->is_reading = FALSE;
  if (outcome == NULL) {
    g_debug ("%s: the presets are not read again: %s", self->did, error->message);
  } else if (!self->read_again) {
    cg_preset_book_reconcile (&self->book, outcome->presets);
    cg_preset_book_save (&self->book);
    tell_settled (self);
  }
  if (self->read_again && outcome != NULL)
    reread (self);
  self->read_again = FALSE;
}

/* A change may change the rest of the list (Q31): it is read again behind the reply. A list that
 * was asked for before the last change is out of date. */
static void
reread (CgPresets *self)
{
  self->read_again = self->is_reading;
  if (self->is_reading || self->profile == NULL)
    return;
  self->is_reading = TRUE;
  run (self, cg_preset_list_in_thread, NULL, REREAD_TIMEOUT_MS, on_reread, g_object_ref (self));
}

static void
on_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = g_task_get_source_object (task);
  g_autoptr (CgPresetOutcome) outcome = end (object, result, task);

  if (outcome == NULL)
    return;
  cg_preset_book_put (&self->book, get_index (task), get_name (task), outcome);
  self->set_last = get_index (task);
  if (cg_preset_book_reserve (&self->book, outcome->refused)) {
    g_info ("%s: keeps the preset %s for itself", self->did, outcome->refused);
    g_signal_emit (self, signals[SIGNAL_LEARNT], 0);
  }
  reread (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = g_task_get_source_object (task);
  g_autoptr (CgPresetOutcome) outcome = end (object, result, task);

  if (outcome == NULL)
    return;
  cg_preset_book_reconcile (&self->book, outcome->presets);
  cg_preset_book_save (&self->book);
  g_task_return_pointer (task, cg_preset_map_list (self->book.map),
                         (GDestroyNotify)g_ptr_array_unref);
}

static void
on_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (CgPresetOutcome) outcome = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (outcome != NULL)
    cg_preset_map_remove (self->book.map, get_index (task));
  self->book.is_shaky = self->book.is_shaky || outcome != NULL;
  if (outcome != NULL || g_error_matches (error, CG_ERROR, CG_ERROR_NO_SUCH_PRESET)) {
    cg_preset_book_save (&self->book);
    reread (self);
  }
  if (outcome == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* Takes the task over. Of a slot that looks empty the camera knows best whether it is. */
static void
return_token (CgPresets *self, GTask *task)
{
  const guint index = get_index (task);
  const char *token = cg_preset_map_get_token (self->book.map, index);

  if (token != NULL)
    g_task_return_pointer (task, g_strdup (token), g_free);
  else if (cg_preset_map_has_slot (self->book.map, index))
    g_task_return_pointer (task, g_strdup_printf ("%u", index), g_free);
  else
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_NO_SUCH_PRESET, "camera %s has no preset %u",
                             self->did, get_index (task));
  g_object_unref (task);
}

static void
on_read_to_find (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = g_task_get_source_object (task);
  g_autoptr (CgPresetOutcome) outcome = end (object, result, task);

  if (outcome == NULL)
    return;
  cg_preset_book_reconcile (&self->book, outcome->presets);
  return_token (self, g_steal_pointer (&task));
}

/* The last change may have given other tokens to the presets (Q31). */
static void
on_read_to_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = g_task_get_source_object (task);
  g_autoptr (CgPresetOutcome) outcome = end (object, result, task);

  if (outcome == NULL)
    return;
  cg_preset_book_reconcile (&self->book, outcome->presets);
  run_step (self, g_steal_pointer (&task), cg_preset_set_in_thread, on_set);
}

static void
on_found_to_remove (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = CG_PRESETS (object);
  GError *error = NULL;
  g_autofree char *token = cg_presets_find_finish (self, result, &error);

  if (token != NULL)
    run_step (self, g_object_ref (task), cg_preset_remove_in_thread, on_removed);
  else
    g_task_return_error (task, error);
}

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
 * cg_presets_get_index:
 * @self: a camera's presets
 * @token: of a preset
 *
 * Returns: its index; 0: it has none
 */
guint
cg_presets_get_index (CgPresets *self, const char *token)
{
  return cg_preset_map_find (self->book.map, token);
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
 * cg_presets_read_again:
 * @self: a camera's presets
 *
 * The camera does not know a preset that we know: brings the map in line, behind the reply.
 */
void
cg_presets_read_again (CgPresets *self)
{
  CG_ON_MAIN ();
  reread (self);
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
  GTask *task = begin (self, index, name, timeout_ms, callback, user_data);

  if (task == NULL)
    return;
  if (self->book.is_shaky)
    run_step (self, task, cg_preset_list_in_thread, on_read_to_set);
  else
    run_step (self, task, cg_preset_set_in_thread, on_set);
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
  GTask *task = begin (self, index, NULL, timeout_ms, callback, user_data);

  if (task == NULL)
    return;
  if (cg_preset_map_get_token (self->book.map, index) != NULL && !self->book.is_shaky)
    return_token (self, task);
  else
    run_step (self, task, cg_preset_list_in_thread, on_read_to_find);
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
  GTask *task = begin (self, index, NULL, timeout_ms, callback, user_data);

  if (task != NULL)
    cg_presets_find_async (self, index, timeout_ms, on_found_to_remove, task);
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
  GTask *task = begin (self, 0, NULL, timeout_ms, callback, user_data);

  if (task != NULL)
    run_step (self, task, cg_preset_list_in_thread, on_listed);
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
