/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-presets.h"

#include "cg-log.h"
#include "cg-main.h"
#include "cg-onvif-ptz.h"
#include "cg-preset-map.h"

struct _CgPresets {
  GObject parent_instance;

  CgJobs *jobs;
  CgStore *store; /* (nullable) */
  char *did;
  char *state_name; /* of the state file */
  char *profile;    /* (nullable): the camera has no PTZ */
  guint timeout_ms;
  CgPresetMap *map;
};

/* One request: copies for the worker, then what it found. */
typedef struct {
  guint index;
  char *name; /* (nullable) */
  char *profile;
  char *token; /* (nullable): %NULL: not mapped */
} Request;

/* What a worker brings back. */
typedef struct {
  char *token;        /* (nullable): of the preset that was set */
  char *name;         /* (nullable): it was given */
  GPtrArray *presets; /* (nullable) (element-type CgOnvifPreset): if they were read */
} Outcome;

G_DEFINE_FINAL_TYPE (CgPresets, cg_presets, G_TYPE_OBJECT)

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->name);
  g_free (self->profile);
  g_free (self->token);
  g_free (self);
}

static void
outcome_free (gpointer data)
{
  Outcome *self = data;

  g_free (self->token);
  g_free (self->name);
  g_clear_pointer (&self->presets, g_ptr_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Outcome, outcome_free)

static Outcome *
read_presets (CgOnvifSession *session, const Request *request, GError **error)
{
  GPtrArray *presets = cg_onvif_ptz_get_presets_in_thread (session, request->profile, error);
  Outcome *outcome;

  if (presets == NULL)
    return NULL;
  outcome = g_new0 (Outcome, 1);
  outcome->presets = presets;
  return outcome;
}

static gpointer
list_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  return read_presets (session, data, error);
}

static gboolean
has_token (GPtrArray *presets, const char *token)
{
  for (guint i = 0; i < presets->len; i++) {
    const CgOnvifPreset *preset = g_ptr_array_index (presets, i);

    if (g_str_equal (preset->token, token))
      return TRUE;
  }
  return FALSE;
}

/* An index that is not mapped takes the camera's preset of that number, else a new one without
 * token: some refuse a token of our choice (Q31). */
static gpointer
set_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const Request *request = data;
  g_autofree char *number = g_strdup_printf ("%u", request->index);
  g_autoptr (Outcome) outcome = read_presets (session, request, error);
  const char *token = request->token;

  if (outcome == NULL)
    return NULL;
  if (token != NULL && !has_token (outcome->presets, token))
    token = NULL;
  if (token == NULL && has_token (outcome->presets, number))
    token = number;
  outcome->token =
      cg_onvif_ptz_set_preset_in_thread (session, request->profile, token, request->name, error);
  if (outcome->token == NULL)
    return NULL;
  outcome->name = g_strdup (request->name);
  g_clear_pointer (&outcome->presets, g_ptr_array_unref);
  outcome->presets = cg_onvif_ptz_get_presets_in_thread (session, request->profile, NULL);
  return g_steal_pointer (&outcome);
}

static gpointer
goto_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const Request *request = data;

  if (!cg_onvif_ptz_goto_preset_in_thread (session, request->profile, request->token, error))
    return NULL;
  return g_new0 (Outcome, 1);
}

static gpointer
remove_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const Request *request = data;

  if (!cg_onvif_ptz_remove_preset_in_thread (session, request->profile, request->token, error))
    return NULL;
  return g_new0 (Outcome, 1);
}

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
     CgJobKind kind,
     guint index,
     const char *name,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  Request *request = g_new0 (Request, 1);
  const CgJob job = {
      .kind = kind,
      .timeout_ms = self->timeout_ms,
      .run_in_thread = func,
      .data = request,
      .free_data = request_free,
      .free_result = outcome_free,
  };

  request->index = index;
  request->name = g_strdup (name);
  request->profile = g_strdup (self->profile);
  request->token = index > 0 ? g_strdup (cg_preset_map_get_token (self->map, index)) : NULL;
  cg_jobs_run_async (self->jobs, &job, callback, user_data);
}

/* The presets of a camera without PTZ do not exist, whatever is asked of them. */
static GTask *
begin (CgPresets *self, guint index, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, begin);
  g_task_set_task_data (task, GUINT_TO_POINTER (index), NULL);
  if (self->profile != NULL)
    return g_steal_pointer (&task);
  g_task_return_new_error (task, CG_ERROR, CG_ERROR_NO_PTZ, "camera %s has no PTZ", self->did);
  return NULL;
}

static Outcome *
end (GObject *jobs, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  Outcome *outcome = cg_jobs_run_finish (CG_JOBS (jobs), result, &error);

  if (outcome == NULL)
    g_task_return_error (task, error);
  return outcome;
}

static void
on_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = g_task_get_source_object (task);
  const guint index = GPOINTER_TO_UINT (g_task_get_task_data (task));
  g_autoptr (Outcome) outcome = end (object, result, task);

  if (outcome == NULL)
    return;
  cg_preset_map_put (self->map, index, outcome->token, outcome->name);
  if (outcome->presets != NULL)
    reconcile (self, outcome->presets);
  save (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = g_task_get_source_object (task);
  g_autoptr (Outcome) outcome = end (object, result, task);

  if (outcome == NULL)
    return;
  reconcile (self, outcome->presets);
  save (self);
  g_task_return_pointer (task, cg_preset_map_list (self->map), (GDestroyNotify)g_ptr_array_unref);
}

static void
on_called (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (Outcome) outcome = end (object, result, task);

  if (outcome != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
on_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgPresets *self = g_task_get_source_object (task);
  g_autoptr (Outcome) outcome = end (object, result, task);

  if (outcome == NULL)
    return;
  cg_preset_map_remove (self->map, GPOINTER_TO_UINT (g_task_get_task_data (task)));
  save (self);
  g_task_return_boolean (task, TRUE);
}

/* What is done to a preset that must exist. */
typedef struct {
  CgJobFunc run_in_thread;
  CgJobKind kind;
  GAsyncReadyCallback done;
  GTask *task;
} Use;

static void
use_token (CgPresets *self, const Use *use)
{
  const guint index = GPOINTER_TO_UINT (g_task_get_task_data (use->task));

  if (cg_preset_map_get_token (self->map, index) == NULL) {
    g_autoptr (GTask) task = use->task;

    g_task_return_new_error (task, CG_ERROR, CG_ERROR_NO_SUCH_PRESET, "camera %s has no preset %u",
                             self->did, index);
    return;
  }
  run (self, use->run_in_thread, use->kind, index, NULL, use->done, use->task);
}

static void
on_read_for_use (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Use *use = user_data;
  CgPresets *self = g_task_get_source_object (use->task);
  g_autoptr (Outcome) outcome = end (object, result, use->task);

  if (outcome == NULL) {
    g_object_unref (use->task);
    return;
  }
  reconcile (self, outcome->presets);
  use_token (self, use);
}

/* An index that is not mapped may still be a preset that somebody else made: look first. */
static void
use_preset (CgPresets *self, const Use *use)
{
  const guint index = GPOINTER_TO_UINT (g_task_get_task_data (use->task));

  if (cg_preset_map_get_token (self->map, index) != NULL) {
    use_token (self, use);
    return;
  }
  run (self, list_in_thread, CG_JOB_READ, 0, NULL, on_read_for_use, g_memdup2 (use, sizeof *use));
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
  else if (error != NULL)
    g_debug ("%s: no stored preset map: %s", self->did, error->message);
}

static void
cg_presets_finalize (GObject *object)
{
  CgPresets *self = CG_PRESETS (object);

  g_clear_object (&self->jobs);
  g_clear_object (&self->store);
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
 * @did: of the camera
 * @timeout_ms: until an answer
 *
 * Returns: (transfer full): the presets of one camera, by index (Q31)
 */
CgPresets *
cg_presets_new (CgJobs *jobs, CgStore *store, const char *did, guint timeout_ms)
{
  CgPresets *self = g_object_new (CG_TYPE_PRESETS, NULL);
  g_autofree char *escaped = g_uri_escape_string (did, NULL, FALSE);

  self->jobs = g_object_ref (jobs);
  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->did = g_strdup (did);
  self->state_name = g_strdup_printf ("presets-%s", escaped);
  self->timeout_ms = timeout_ms;
  load (self);
  return self;
}

/**
 * cg_presets_set_timeout_ms:
 * @self: presets
 * @timeout_ms: until an answer, from the next request on
 */
void
cg_presets_set_timeout_ms (CgPresets *self, guint timeout_ms)
{
  CG_ON_MAIN ();
  self->timeout_ms = timeout_ms;
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
 * @callback: finish with cg_presets_finish()
 * @user_data: for @callback
 *
 * Keeps where the camera stands. Source: PROTOCOL.md section 4, preset; ONVIF PTZ 5.4.1.
 */
void
cg_presets_set_async (CgPresets *self,
                      guint index,
                      const char *name,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = begin (self, index, callback, user_data);

  if (task != NULL)
    run (self, set_in_thread, CG_JOB_READ, index, name, on_set, task);
}

/**
 * cg_presets_goto_async:
 * @self: a camera's presets
 * @index: 1…128
 * @callback: finish with cg_presets_finish(): the camera has begun to move
 * @user_data: for @callback
 *
 * Source: PROTOCOL.md section 4, preset; ONVIF PTZ 5.4.3.
 */
void
cg_presets_goto_async (CgPresets *self,
                       guint index,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  const Use use = {goto_in_thread, CG_JOB_MOVE, on_called,
                   begin (self, index, callback, user_data)};

  if (use.task != NULL)
    use_preset (self, &use);
}

/**
 * cg_presets_remove_async:
 * @self: a camera's presets
 * @index: 1…128
 * @callback: finish with cg_presets_finish()
 * @user_data: for @callback
 *
 * Source: PROTOCOL.md section 4, preset; ONVIF PTZ 5.4.4.
 */
void
cg_presets_remove_async (CgPresets *self,
                         guint index,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  const Use use = {remove_in_thread, CG_JOB_READ, on_removed,
                   begin (self, index, callback, user_data)};

  if (use.task != NULL)
    use_preset (self, &use);
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
 * @callback: finish with cg_presets_list_finish()
 * @user_data: for @callback
 *
 * Reads the camera's presets and brings the map in line. Source: PROTOCOL.md section 4, preset.
 */
void
cg_presets_list_async (CgPresets *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = begin (self, 0, callback, user_data);

  if (task != NULL)
    run (self, list_in_thread, CG_JOB_READ, 0, NULL, on_listed, task);
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
