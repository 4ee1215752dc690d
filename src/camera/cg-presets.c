/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-presets.h"

#include "cg-log.h"
#include "cg-main.h"
#include "cg-onvif-ptz.h"
#include "cg-preset-calls.h"
#include "cg-preset-map.h"

/* Reading the list again after a change: nobody waits for it. */
#define REREAD_TIMEOUT_MS 10000

struct _CgPresets {
  GObject parent_instance;

  CgJobs *jobs;
  CgStore *store; /* (nullable) */
  CgClock *clock;
  char *did;
  char *state_name; /* of the state file */
  char *profile;    /* (nullable): the camera has no PTZ */
  CgPresetMap *map;
};

/* What was asked of us: the task's own data. */
typedef struct {
  guint index;
  gint64 deadline_ms; /* monotonic */
} Call;

G_DEFINE_FINAL_TYPE (CgPresets, cg_presets, G_TYPE_OBJECT)

static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *did = user_data;
  g_autoptr (GError) error = NULL;

  if (!cg_store_save_finish (CG_STORE (object), result, &error))
    g_warning ("%s: the preset map is not stored: %s", did, error->message);
}

static void
save (CgPresets *self)
{
  g_autoptr (JsonNode) node = NULL;

  if (self->store == NULL)
    return;
  node = cg_preset_map_to_json (self->map);
  cg_store_save_async (self->store, self->state_name, node, NULL, on_saved, g_strdup (self->did));
}

static void
reconcile (CgPresets *self, GPtrArray *presets)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < presets->len; i++) {
    const CgOnvifPreset *preset = g_ptr_array_index (presets, i);

    g_ptr_array_add (tokens, preset->token);
    g_ptr_array_add (names, preset->name);
  }
  g_ptr_array_add (tokens, NULL);
  g_ptr_array_add (names, NULL);
  cg_preset_map_reconcile (self->map, (const char *const *)tokens->pdata,
                           (const char *const *)names->pdata);
}

static void
run (CgPresets *self,
     CgJobFunc func,
     guint index,
     const char *name,
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

  request->index = index;
  request->name = g_strdup (name);
  request->profile = g_strdup (self->profile);
  request->token = index > 0 ? g_strdup (cg_preset_map_get_token (self->map, index)) : NULL;
  cg_jobs_run_async (self->jobs, &job, callback, user_data);
}

/* One step of @task, in what is left of its time. Takes a reference of @task over. */
static void
run_step (
    CgPresets *self, GTask *task, CgJobFunc func, const char *name, GAsyncReadyCallback callback)
{
  const Call *call = g_task_get_task_data (task);
  const gint64 left_ms = call->deadline_ms - cg_clock_get_monotonic_ms (self->clock);

  if (left_ms > 0) {
    run (self, func, call->index, name, (guint)left_ms, callback, task);
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
       guint timeout_ms,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Call *call = g_new (Call, 1);

  CG_ON_MAIN ();
  *call = (Call){index, cg_clock_get_monotonic_ms (self->clock) + timeout_ms};
  g_task_set_source_tag (task, begin);
  g_task_set_task_data (task, call, g_free);
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

static CgPresetOutcome *
end (GObject *jobs, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  CgPresetOutcome *outcome = cg_jobs_run_finish (CG_JOBS (jobs), result, &error);

  if (outcome == NULL)
    g_task_return_error (task, error);
  return outcome;
}

static void
on_reread (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgPresets) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CgPresetOutcome) outcome = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (outcome == NULL) {
    g_debug ("%s: the presets are not read again: %s", self->did, error->message);
    return;
  }
  reconcile (self, outcome->presets);
  save (self);
}

/* A change may change the rest of the list (Q31): it is read again behind the reply. */
static void
reread (CgPresets *self)
{
  run (self, cg_preset_list_in_thread, 0, NULL, REREAD_TIMEOUT_MS, on_reread, g_object_ref (self));
}

static void
on_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = g_task_get_source_object (task);
  g_autoptr (CgPresetOutcome) outcome = end (object, result, task);

  if (outcome == NULL)
    return;
  cg_preset_map_put (self->map, get_index (task), outcome->token, outcome->name);
  save (self);
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
  reconcile (self, outcome->presets);
  save (self);
  g_task_return_pointer (task, cg_preset_map_list (self->map), (GDestroyNotify)g_ptr_array_unref);
}

static void
on_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = g_task_get_source_object (task);
  g_autoptr (CgPresetOutcome) outcome = end (object, result, task);

  if (outcome == NULL)
    return;
  cg_preset_map_remove (self->map, get_index (task));
  save (self);
  reread (self);
  g_task_return_boolean (task, TRUE);
}

/* Takes the task over. */
static void
return_token (CgPresets *self, GTask *task)
{
  const char *token = cg_preset_map_get_token (self->map, get_index (task));

  if (token != NULL)
    g_task_return_pointer (task, g_strdup (token), g_free);
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
  reconcile (self, outcome->presets);
  return_token (self, g_steal_pointer (&task));
}

static void
on_found_to_remove (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = CG_PRESETS (object);
  GError *error = NULL;
  g_autofree char *token = cg_presets_find_finish (self, result, &error);

  if (token != NULL)
    run_step (self, g_object_ref (task), cg_preset_remove_in_thread, NULL, on_removed);
  else
    g_task_return_error (task, error);
}

static void
load (CgPresets *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (self->store == NULL)
    return;
  node = cg_store_load (self->store, self->state_name, &error);
  if (node != NULL && !cg_preset_map_from_json (self->map, node))
    g_warning ("%s: %s holds no preset map, starting anew", self->did, self->state_name);
  else if (error != NULL && !g_error_matches (error, CG_ERROR, CG_ERROR_UNKNOWN_THING))
    g_warning ("%s: the preset map cannot be read: %s", self->did, error->message);
}

static void
cg_presets_finalize (GObject *object)
{
  CgPresets *self = CG_PRESETS (object);

  g_clear_object (&self->jobs);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_free (self->did);
  g_free (self->state_name);
  g_free (self->profile);
  cg_preset_map_free (self->map);
  G_OBJECT_CLASS (cg_presets_parent_class)->finalize (object);
}

static void
cg_presets_class_init (CgPresetsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cg_presets_finalize;
}

static void
cg_presets_init (CgPresets *self)
{
  self->map = cg_preset_map_new ();
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
  g_autofree char *escaped = g_uri_escape_string (did, NULL, FALSE);

  self->jobs = g_object_ref (jobs);
  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->clock = g_object_ref (clock);
  self->did = g_strdup (did);
  self->state_name = g_strdup_printf ("presets-%s", escaped);
  load (self);
  return self;
}

/**
 * cg_presets_set_profile:
 * @self: a camera's presets
 * @ptz_profile: (nullable): token of the profile that moves; %NULL: the camera has no PTZ
 */
void
cg_presets_set_profile (CgPresets *self, const char *ptz_profile)
{
  g_free (self->profile);
  self->profile = g_strdup (ptz_profile);
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
  GTask *task = begin (self, index, timeout_ms, callback, user_data);

  if (task != NULL)
    run_step (self, task, cg_preset_set_in_thread, name, on_set);
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
 * somebody else made: then the camera is asked.
 */
void
cg_presets_find_async (CgPresets *self,
                       guint index,
                       guint timeout_ms,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = begin (self, index, timeout_ms, callback, user_data);

  if (task == NULL)
    return;
  if (cg_preset_map_get_token (self->map, index) != NULL)
    return_token (self, task);
  else
    run_step (self, task, cg_preset_list_in_thread, NULL, on_read_to_find);
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
  GTask *task = begin (self, index, timeout_ms, callback, user_data);

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
  GTask *task = begin (self, 0, timeout_ms, callback, user_data);

  if (task != NULL)
    run_step (self, task, cg_preset_list_in_thread, NULL, on_listed);
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
