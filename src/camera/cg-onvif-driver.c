/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-driver.h"

#include "cg-error.h"
#include "cg-main.h"
#include "cg-stop-check.h"

/* One relative step at full speed, as a fraction of the translation range: about what a
 * continuous move covers in half a second. */
#define STEP_FRACTION 0.1

/* A camera that agrees to each stop and moves on is asked so often in other forms (Q1). */
#define OTHER_FORMS_MAX 2
/* So many stops of a contact are looked at: one may have come when the camera stood anyway. */
#define CHECKS_A_CONTACT 3

struct _CgOnvifDriver {
  GObject parent_instance;

  CgJobs *jobs;
  char *did;
  gboolean contacted;
  char *profile; /* (nullable): the camera has no PTZ */
  CgOnvifPtzFacts facts;

  CgOnvifStopForm stop_form; /* tried first */
  gboolean refuses_timeout;
  CgOnvifStopForm told_form; /* what has been told of that */
  gboolean told_timeout;
  CgStopCheck *check;
  guint moves;        /* sent so far: a stop before the last one is no longer looked after */
  gboolean has_moved; /* since the last stop */
  guint checks_left;
  guint other_forms; /* tried since the last move */
};

/* What a job has taught. */
typedef struct {
  CgOnvifStopForm stop_form;
  gboolean refuses_timeout;
} Outcome;

enum { SIGNAL_LEARNT, N_SIGNALS };

static guint signals[N_SIGNALS];

/* Copies for the worker. */
typedef struct {
  char *profile;
  char *preset; /* (nullable) token of the preset to be called */
  gboolean relative;
  gboolean stop_pan_tilt;
  gboolean stop_zoom;
  CgOnvifVelocity velocity;
  guint lease_ms;
  CgOnvifStopForm stop_form;
} Request;

static void driver_iface_init (CgPtzDriverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CgOnvifDriver,
                               cg_onvif_driver,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CG_TYPE_PTZ_DRIVER, driver_iface_init))

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->profile);
  g_free (self->preset);
  g_free (self);
}

static Outcome *
make_outcome (const CgOnvifSession *session)
{
  Outcome *outcome = g_new (Outcome, 1);

  *outcome = (Outcome){
      .stop_form = cg_onvif_session_get_stop_form (session),
      .refuses_timeout = cg_onvif_session_refuses_timeout (session),
  };
  return outcome;
}

static gpointer
move_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const Request *request = data;
  gboolean done;

  cg_onvif_session_set_stop_form (session, request->stop_form);
  if ((request->stop_pan_tilt || request->stop_zoom) &&
      !cg_onvif_ptz_stop_in_thread (session, request->profile, request->stop_pan_tilt,
                                    request->stop_zoom, error))
    return NULL;
  if (request->relative)
    done =
        cg_onvif_ptz_relative_move_in_thread (session, request->profile, &request->velocity, error);
  else
    done = cg_onvif_ptz_continuous_move_in_thread (session, request->profile, &request->velocity,
                                                   request->lease_ms, error);
  return done ? make_outcome (session) : NULL;
}

static gpointer
goto_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const Request *request = data;

  cg_onvif_session_set_stop_form (session, request->stop_form);
  return cg_onvif_ptz_goto_preset_in_thread (session, request->profile, request->preset, error)
             ? make_outcome (session)
             : NULL;
}

static gpointer
stop_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const Request *request = data;

  cg_onvif_session_set_stop_form (session, request->stop_form);
  return cg_onvif_ptz_stop_in_thread (session, request->profile, request->stop_pan_tilt,
                                      request->stop_zoom, error)
             ? make_outcome (session)
             : NULL;
}

/* Fractions of the camera's own range, whose two ends need not be equally far (Q33: an advertised
 * range of nothing counts as the generic −1…1). */
static double
scale (double fraction, const CgOnvifRange *range)
{
  if (range->max <= 0 || range->min >= 0)
    return fraction;
  return fraction >= 0 ? fraction * range->max : fraction * -range->min;
}

static CgOnvifVelocity
scale_velocity (const CgOnvifPtzFacts *facts, const CgPtzMove *move)
{
  return (CgOnvifVelocity){
      .move_pan_tilt = move->pan_tilt,
      .move_zoom = move->zooming,
      .pan = scale (move->pan, &facts->pan_velocity),
      .tilt = scale (move->tilt, &facts->tilt_velocity),
      .zoom = scale (move->zoom, &facts->zoom_velocity),
  };
}

static CgOnvifVelocity
scale_step (const CgOnvifPtzFacts *facts, const CgPtzMove *move)
{
  return (CgOnvifVelocity){
      .move_pan_tilt = move->pan_tilt,
      .move_zoom = move->zooming,
      .pan = STEP_FRACTION * scale (move->pan, &facts->pan_step),
      .tilt = STEP_FRACTION * scale (move->tilt, &facts->tilt_step),
      .zoom = STEP_FRACTION * scale (move->zoom, &facts->zoom_step),
  };
}

static Request *
build_move (CgOnvifDriver *self, const CgPtzMove *move)
{
  const CgOnvifPtzFacts *facts = &self->facts;
  Request *request = g_new0 (Request, 1);
  request->profile = g_strdup (self->profile);
  request->relative = move->zooming ? !facts->has_continuous_zoom : !facts->has_continuous_pan_tilt;
  request->lease_ms = move->lease_ms;
  request->stop_pan_tilt = move->stop_others && !move->pan_tilt && facts->has_continuous_pan_tilt;
  request->stop_zoom = move->stop_others && !move->zooming && facts->has_continuous_zoom;
  request->stop_form = self->stop_form;
  request->velocity = request->relative ? scale_step (facts, move) : scale_velocity (facts, move);
  return request;
}

static void
tell_learnt (CgOnvifDriver *self)
{
  if (self->stop_form == self->told_form && self->refuses_timeout == self->told_timeout)
    return;
  self->told_form = self->stop_form;
  self->told_timeout = self->refuses_timeout;
  g_signal_emit (self, signals[SIGNAL_LEARNT], 0);
}

static void
on_move_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgOnvifDriver *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree Outcome *outcome = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (outcome == NULL) {
    g_task_return_error (task, error);
    return;
  }
  self->stop_form = outcome->stop_form;
  self->refuses_timeout = outcome->refuses_timeout;
  tell_learnt (self);
  g_task_return_boolean (task, TRUE);
}

/* The camera has agreed to stop. Whether it does is looked at while it has not shown it yet. */
static void
note_stop (CgOnvifDriver *self, const Outcome *outcome, guint moves)
{
  self->stop_form = outcome->stop_form;
  if (self->other_forms == 0)
    tell_learnt (self);
  if (moves == self->moves && self->has_moved && self->checks_left > 0)
    cg_stop_check_begin (self->check, self->profile);
}

static void
on_stop_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgOnvifDriver *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree Outcome *outcome = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (outcome == NULL) {
    g_task_return_error (task, error);
    return;
  }
  note_stop (self, outcome, GPOINTER_TO_UINT (g_task_get_task_data (task)));
  g_task_return_boolean (task, TRUE);
}

static void
run (CgOnvifDriver *self, CgJobFunc func, Request *request, guint timeout_ms, GTask *task)
{
  const gboolean is_stop = func == stop_in_thread;
  const CgJob job = {
      .kind = is_stop ? CG_JOB_STOP : CG_JOB_MOVE,
      .timeout_ms = timeout_ms,
      .run_in_thread = func,
      .data = request,
      .free_data = request_free,
      .free_result = g_free,
  };

  cg_jobs_run_async (self->jobs, &job, is_stop ? on_stop_done : on_move_done, task);
}

static Request *
build_stop (CgOnvifDriver *self)
{
  const CgOnvifPtzFacts *facts = &self->facts;
  Request *request = g_new0 (Request, 1);

  request->profile = g_strdup (self->profile);
  request->stop_form = self->stop_form;
  request->stop_pan_tilt = facts->has_continuous_pan_tilt || facts->has_relative_pan_tilt;
  request->stop_zoom = facts->has_continuous_zoom || facts->has_relative_zoom;
  return request;
}

static void
choose_other_form (CgOnvifDriver *self)
{
  if (self->other_forms++ >= OTHER_FORMS_MAX) {
    g_warning ("%s: agrees to stop, and moves on", self->did);
    return;
  }
  self->stop_form = self->stop_form == CG_ONVIF_STOP_ZERO ? CG_ONVIF_STOP_BARE : CG_ONVIF_STOP_ZERO;
  g_info ("%s: moves on after a stop: trying the form %s", self->did,
          cg_onvif_stop_form_get_word (self->stop_form));
  g_signal_emit_by_name (self, "moves-on");
}

static void
on_verdict (CgStopVerdict verdict, gpointer user_data)
{
  CgOnvifDriver *self = user_data;

  switch (verdict) {
  case CG_STOP_STANDS:
    self->checks_left--;
    self->has_moved = FALSE;
    self->other_forms = 0;
    tell_learnt (self);
    break;
  case CG_STOP_MOVES:
    choose_other_form (self);
    break;
  case CG_STOP_UNKNOWN:
    self->checks_left = 0;
    break;
  }
}

static GTask *
begin (CgPtzDriver *driver, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (driver, NULL, callback, user_data);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, tag);
  return task;
}

/* What was learnt of earlier stops no longer tells whether the camera stands. */
static void
note_move (CgOnvifDriver *self)
{
  cg_stop_check_cancel (self->check);
  self->moves++;
  self->other_forms = 0;
  self->has_moved = TRUE;
}

static void
driver_move_async (CgPtzDriver *driver,
                   const CgPtzMove *move,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CgOnvifDriver *self = CG_ONVIF_DRIVER (driver);
  GTask *task = begin (driver, driver_move_async, callback, user_data);
  GError *error = NULL;

  if (cg_onvif_driver_check (self, move, &error)) {
    note_move (self);
    run (self, move_in_thread, build_move (self, move), timeout_ms, task);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
driver_goto_async (CgPtzDriver *driver,
                   const char *preset,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CgOnvifDriver *self = CG_ONVIF_DRIVER (driver);
  GTask *task = begin (driver, driver_goto_async, callback, user_data);
  GError *error = NULL;

  if (!cg_onvif_driver_check (self, NULL, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  Request *request = g_new0 (Request, 1);
  request->profile = g_strdup (self->profile);
  request->preset = g_strdup (preset);
  request->stop_form = self->stop_form;
  note_move (self);
  run (self, goto_in_thread, request, timeout_ms, task);
}

static void
driver_stop_async (CgPtzDriver *driver,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CgOnvifDriver *self = CG_ONVIF_DRIVER (driver);
  GTask *task = begin (driver, driver_stop_async, callback, user_data);
  GError *error = NULL;

  if (!cg_onvif_driver_check (self, NULL, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  cg_stop_check_cancel (self->check);
  g_task_set_task_data (task, GUINT_TO_POINTER (self->moves), NULL);
  run (self, stop_in_thread, build_stop (self), timeout_ms, task);
}

static gboolean
driver_finish (CgPtzDriver *driver, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, driver), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
driver_cancel_moves (CgPtzDriver *driver)
{
  CgOnvifDriver *self = CG_ONVIF_DRIVER (driver);

  cg_stop_check_cancel (self->check);
  cg_jobs_cancel_moves (self->jobs);
}

static void
driver_iface_init (CgPtzDriverInterface *iface)
{
  iface->move_async = driver_move_async;
  iface->goto_async = driver_goto_async;
  iface->move_finish = driver_finish;
  iface->stop_async = driver_stop_async;
  iface->stop_finish = driver_finish;
  iface->cancel_moves = driver_cancel_moves;
}

static void
cg_onvif_driver_dispose (GObject *object)
{
  CgOnvifDriver *self = CG_ONVIF_DRIVER (object);

  if (self->check != NULL)
    cg_stop_check_cancel (self->check);
  g_clear_object (&self->check);
  g_clear_object (&self->jobs);
  G_OBJECT_CLASS (cg_onvif_driver_parent_class)->dispose (object);
}

static void
cg_onvif_driver_finalize (GObject *object)
{
  CgOnvifDriver *self = CG_ONVIF_DRIVER (object);

  g_free (self->did);
  g_free (self->profile);
  G_OBJECT_CLASS (cg_onvif_driver_parent_class)->finalize (object);
}

static void
cg_onvif_driver_class_init (CgOnvifDriverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_onvif_driver_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_onvif_driver_finalize;
  signals[SIGNAL_LEARNT] = g_signal_new ("learnt", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cg_onvif_driver_init (CgOnvifDriver *self)
{
}

/**
 * cg_onvif_driver_new:
 * @jobs: of the camera
 * @clock: for looking after a stop
 * @did: of the camera, for messages
 *
 * Returns: (transfer full): a driver that refuses until a contact has been made
 */
CgOnvifDriver *
cg_onvif_driver_new (CgJobs *jobs, CgClock *clock, const char *did)
{
  CgOnvifDriver *self = g_object_new (CG_TYPE_ONVIF_DRIVER, NULL);

  self->jobs = g_object_ref (jobs);
  self->did = g_strdup (did);
  self->check = cg_stop_check_new (jobs, clock, on_verdict, self);
  return self;
}

/**
 * cg_onvif_driver_set_learnt:
 * @self: a driver
 * @learnt: what is known of the camera
 */
void
cg_onvif_driver_set_learnt (CgOnvifDriver *self, const CgOnvifLearnt *learnt)
{
  self->stop_form = self->told_form = learnt->stop_form;
  self->refuses_timeout = self->told_timeout = learnt->refuses_timeout;
}

/**
 * cg_onvif_driver_get_stop_form:
 * @self: a driver
 *
 * Returns: the form of stop that the camera has taken and, as far as it tells, obeyed
 */
CgOnvifStopForm
cg_onvif_driver_get_stop_form (CgOnvifDriver *self)
{
  return self->stop_form;
}

/**
 * cg_onvif_driver_refuses_timeout:
 * @self: a driver
 *
 * Returns: whether the camera takes moves only without Timeout (Q33)
 */
gboolean
cg_onvif_driver_refuses_timeout (CgOnvifDriver *self)
{
  return self->refuses_timeout;
}

/**
 * cg_onvif_driver_set_contact:
 * @self: a driver
 * @contact: what is known of the camera now; copied
 */
void
cg_onvif_driver_set_contact (CgOnvifDriver *self, const CgContact *contact)
{
  self->contacted = TRUE;
  self->checks_left = CHECKS_A_CONTACT;
  g_free (self->profile);
  self->profile = g_strdup (contact->ptz_profile);
  self->facts = contact->ptz != NULL ? *contact->ptz : (CgOnvifPtzFacts){0};
}

/**
 * cg_onvif_driver_check:
 * @self: a driver
 * @move: (nullable): a move; %NULL for anything else that needs PTZ
 * @error: return location: %CG_ERROR_UNREACHABLE before the first contact, %CG_ERROR_NO_PTZ, or
 *   %CG_ERROR_UNKNOWN_COMMAND if the camera lacks what @move needs
 *
 * Returns: whether it is worth asking the camera
 */
gboolean
cg_onvif_driver_check (CgOnvifDriver *self, const CgPtzMove *move, GError **error)
{
  const CgOnvifPtzFacts *facts = &self->facts;

  if (!self->contacted)
    g_set_error (error, CG_ERROR, CG_ERROR_UNREACHABLE, "camera %s has not been reached yet",
                 self->did);
  else if (self->profile == NULL)
    g_set_error (error, CG_ERROR, CG_ERROR_NO_PTZ, "camera %s has no PTZ", self->did);
  else if (move != NULL && move->zooming && !facts->has_continuous_zoom &&
           !facts->has_relative_zoom)
    g_set_error (error, CG_ERROR, CG_ERROR_UNKNOWN_COMMAND, "camera %s has no zoom", self->did);
  else if (move != NULL && move->pan_tilt && !facts->has_continuous_pan_tilt &&
           !facts->has_relative_pan_tilt)
    g_set_error (error, CG_ERROR, CG_ERROR_UNKNOWN_COMMAND, "camera %s neither pans nor tilts",
                 self->did);
  else
    return TRUE;
  return FALSE;
}
