/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of a camera's presets: one call after the other, each in a few steps. */
#include "cg-main.h"
#include "cg-presets-private.h"

/* Reading the list again after a change: nobody waits for it. */
#define REREAD_TIMEOUT_MS 10000

/* What was asked of us: the task's own data. */
typedef struct {
  CgPresetsVerb verb;
  guint index;
  char *name;         /* (nullable) */
  gint64 deadline_ms; /* monotonic */
} Call;

static void
call_free (gpointer data)
{
  Call *self = data;

  g_free (self->name);
  g_free (self);
}

static CgPresetRequest *
make_request (CgPresets *self)
{
  CgPresetRequest *request = g_new0 (CgPresetRequest, 1);

  request->profile = g_strdup (self->profile);
  return request;
}

/* Takes @request over. */
static void
run (CgPresets *self,
     CgJobKind kind,
     CgJobFunc func,
     CgPresetRequest *request,
     guint timeout_ms,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  const CgJob job = {
      .kind = kind,
      .timeout_ms = timeout_ms,
      .run_in_thread = func,
      .data = request,
      .free_data = cg_preset_request_free,
      .free_result = cg_preset_outcome_free,
  };

  cg_jobs_run_async (self->jobs, &job, callback, user_data);
}

static void begin_next (CgPresets *self);

static void
fail_call (CgPresets *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->call);

  g_task_return_error (task, error);
  begin_next (self);
}

/* Takes @value over. */
static void
finish_call (CgPresets *self, gpointer value, GDestroyNotify free_value)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->call);

  if (free_value != NULL)
    g_task_return_pointer (task, value, free_value);
  else
    g_task_return_boolean (task, TRUE);
  begin_next (self);
}

/* One step of the call that is under way, in what is left of its time, on what is known now. */
static void
run_step (CgPresets *self, CgJobFunc func, const char *token, GAsyncReadyCallback callback)
{
  const Call *call = g_task_get_task_data (self->call);
  const gint64 left_ms = call->deadline_ms - cg_clock_get_monotonic_ms (self->clock);
  CgPresetRequest *request;

  if (left_ms <= 0) {
    fail_call (self, g_error_new_literal (CG_ERROR, CG_ERROR_EXPIRED,
                                          "it could not be sent to the camera in time"));
    return;
  }
  request = make_request (self);
  if (call->index > 0)
    cg_preset_book_fill (&self->book, request, call->index, call->name);
  if (token != NULL && request->token == NULL)
    request->token = g_strdup (token);
  run (self, CG_JOB_READ, func, request, (guint)left_ms, callback, g_object_ref (self));
}

/* Returns: (nullable): of a call that failed, which is over then */
static CgPresetOutcome *
end_step (CgPresets *self, GObject *jobs, GAsyncResult *result)
{
  GError *error = NULL;
  CgPresetOutcome *outcome = cg_jobs_run_finish (CG_JOBS (jobs), result, &error);

  if (outcome == NULL)
    fail_call (self, error);
  return outcome;
}

static void
take_list (CgPresets *self, const CgPresetOutcome *outcome)
{
  cg_preset_book_reconcile (&self->book, outcome->presets);
  cg_preset_book_save (&self->book);
  cg_presets_tell_settled (self);
}

static void
on_reread (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgPresets) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CgPresetOutcome) outcome = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  self->is_reading = FALSE;
  if (outcome == NULL)
    g_debug ("%s: the presets are not read again: %s", self->did, error->message);
  else if (!self->read_again)
    take_list (self, outcome);
  if (self->read_again && outcome != NULL)
    cg_presets_read_again (self);
  self->read_again = FALSE;
}

/**
 * cg_presets_read_again:
 * @self: a camera's presets
 *
 * A change may change the rest of the list (Q31), or the camera does not know a preset that we
 * know: brings the map in line, behind the reply and all that somebody waits for. A list that was
 * asked for before the last change is out of date.
 */
void
cg_presets_read_again (CgPresets *self)
{
  CG_ON_MAIN ();
  self->read_again = self->is_reading;
  if (self->is_reading || self->profile == NULL)
    return;
  self->is_reading = TRUE;
  run (self, CG_JOB_SPARE, cg_preset_list_in_thread, make_request (self), REREAD_TIMEOUT_MS,
       on_reread, g_object_ref (self));
}

static void
on_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgPresets) self = user_data;
  g_autoptr (CgPresetOutcome) outcome = end_step (self, object, result);
  const Call *call;

  if (outcome == NULL)
    return;
  call = g_task_get_task_data (self->call);
  cg_preset_book_put (&self->book, call->index, call->name, outcome);
  self->set_last = call->index;
  if (cg_preset_book_reserve (&self->book, outcome->refused)) {
    g_info ("%s: keeps the preset %s for itself", self->did, outcome->refused);
    cg_presets_tell_learnt (self);
  }
  cg_presets_read_again (self);
  finish_call (self, NULL, NULL);
}

static void
on_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgPresets) self = user_data;
  const Call *call = g_task_get_task_data (self->call);
  GError *error = NULL;
  g_autoptr (CgPresetOutcome) outcome = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (outcome != NULL)
    cg_preset_map_remove (self->book.map, call->index);
  self->book.is_shaky = self->book.is_shaky || outcome != NULL;
  if (outcome != NULL || g_error_matches (error, CG_ERROR, CG_ERROR_NO_SUCH_PRESET)) {
    cg_preset_book_save (&self->book);
    cg_presets_read_again (self);
  }
  if (outcome == NULL)
    fail_call (self, error);
  else
    finish_call (self, NULL, NULL);
}

static void
find_or_remove (CgPresets *self, const Call *call)
{
  g_autofree char *token = cg_preset_map_dup_token (self->book.map, call->index);

  if (token == NULL) {
    fail_call (self, g_error_new (CG_ERROR, CG_ERROR_NO_SUCH_PRESET, "camera %s has no preset %u",
                                  self->did, call->index));
  } else if (call->verb == CG_PRESETS_REMOVE) {
    cg_presets_tell_removing (self);
    run_step (self, cg_preset_remove_in_thread, token, on_removed);
  } else {
    finish_call (self, g_steal_pointer (&token), g_free);
  }
}

static void
set (CgPresets *self)
{
  GError *error = self->guard != NULL ? self->guard (self->guard_data) : NULL;

  if (error != NULL)
    fail_call (self, error);
  else
    run_step (self, cg_preset_set_in_thread, NULL, on_set);
}

/* The list is as the camera has it, as far as is needed. */
static void
act (CgPresets *self)
{
  const Call *call = g_task_get_task_data (self->call);

  switch (call->verb) {
  case CG_PRESETS_SET:
    set (self);
    break;
  case CG_PRESETS_FIND:
  case CG_PRESETS_REMOVE:
    find_or_remove (self, call);
    break;
  case CG_PRESETS_LIST:
    finish_call (self, cg_preset_map_list (self->book.map), (GDestroyNotify)g_ptr_array_unref);
    break;
  }
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgPresets) self = user_data;
  g_autoptr (CgPresetOutcome) outcome = end_step (self, object, result);

  if (outcome == NULL)
    return;
  take_list (self, outcome);
  act (self);
}

/* The last change may have given other tokens to the presets (Q31), and an index that is not mapped
 * may be a preset that somebody else made. */
static gboolean
needs_list (CgPresets *self, const Call *call)
{
  switch (call->verb) {
  case CG_PRESETS_SET:
    return self->book.is_shaky;
  case CG_PRESETS_FIND:
  case CG_PRESETS_REMOVE:
    return self->book.is_shaky || cg_preset_map_get_token (self->book.map, call->index) == NULL;
  case CG_PRESETS_LIST:
    break;
  }
  return TRUE;
}

/* One at a time: what the next one asks for depends on what this one brings. */
static void
begin_next (CgPresets *self)
{
  if (self->call != NULL || g_queue_is_empty (&self->calls))
    return;
  self->call = g_queue_pop_head (&self->calls);
  if (needs_list (self, g_task_get_task_data (self->call)))
    run_step (self, cg_preset_list_in_thread, NULL, on_listed);
  else
    act (self);
}

/**
 * cg_presets_begin:
 * @self: a camera's presets
 * @verb: what is asked for
 * @index: 1…128; 0: all
 * @name: (nullable): that it shall have
 * @timeout_ms: until an answer
 * @callback: of the task
 * @user_data: for @callback
 *
 * The presets of a camera without PTZ do not exist, whatever is asked of them.
 */
void
cg_presets_begin (CgPresets *self,
                  CgPresetsVerb verb,
                  guint index,
                  const char *name,
                  guint timeout_ms,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Call *call = g_new (Call, 1);

  CG_ON_MAIN ();
  *call =
      (Call){verb, index, g_strdup (name), cg_clock_get_monotonic_ms (self->clock) + timeout_ms};
  g_task_set_source_tag (task, cg_presets_begin);
  g_task_set_task_data (task, call, call_free);
  if (self->profile == NULL) {
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_NO_PTZ, "camera %s has no PTZ", self->did);
    return;
  }
  g_queue_push_tail (&self->calls, g_steal_pointer (&task));
  begin_next (self);
}
