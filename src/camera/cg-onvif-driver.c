/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-driver.h"

#include "cg-error.h"
#include "cg-main.h"
#include "cg-ptz-velocity.h"

struct _CgOnvifDriver {
  GObject parent_instance;

  CgJobs *jobs;
  char *did;
  gboolean contacted;
  gboolean has_ptz;      /* as the last contact told */
  char *profile;         /* (nullable): it never had PTZ; else the last that it had */
  CgOnvifPtzFacts facts; /* of that */
  gboolean refuses_timeout;
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

static gpointer
look_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  g_autofree CgOnvifPtzStatus *status = g_new0 (CgOnvifPtzStatus, 1);

  if (!cg_onvif_ptz_get_status_in_thread (session, data, status, error))
    return NULL;
  return g_steal_pointer (&status);
}

static Request *
build_move (CgOnvifDriver *self, const CgPtzMove *move)
{
  const CgOnvifPtzFacts *facts = &self->facts;
  Request *request = g_new0 (Request, 1);
  request->profile = g_strdup (self->profile);
  request->relative = cg_ptz_velocity_take (&request->velocity, facts, move);
  request->lease_ms = move->lease_ms;
  request->stop_pan_tilt = move->stop_others && !move->pan_tilt && facts->has_continuous_pan_tilt;
  request->stop_zoom = move->stop_others && !move->zooming && facts->has_continuous_zoom;
  request->stop_form = move->stop_form;
  return request;
}

/* Moves teach it (Q33). */
static void
note_timeout (CgOnvifDriver *self, gboolean refuses_timeout)
{
  if (self->refuses_timeout == refuses_timeout)
    return;
  self->refuses_timeout = refuses_timeout;
  g_signal_emit (self, signals[SIGNAL_LEARNT], 0);
}

static void
on_move_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autofree Outcome *outcome = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (outcome == NULL) {
    g_task_return_error (task, error);
    return;
  }
  note_timeout (g_task_get_source_object (task), outcome->refuses_timeout);
  g_task_return_boolean (task, TRUE);
}

static void
on_stop_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autofree Outcome *outcome = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (outcome == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, outcome->stop_form);
}

static void
on_look_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  CgOnvifPtzStatus *status = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (status == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, status, g_free);
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
build_stop (CgOnvifDriver *self, CgOnvifStopForm form)
{
  const CgOnvifPtzFacts *facts = &self->facts;
  Request *request = g_new0 (Request, 1);

  request->profile = g_strdup (self->profile);
  request->stop_form = form;
  request->stop_pan_tilt = facts->has_continuous_pan_tilt || facts->has_relative_pan_tilt;
  request->stop_zoom = facts->has_continuous_zoom || facts->has_relative_zoom;
  return request;
}

static GTask *
begin (CgPtzDriver *driver, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (driver, NULL, callback, user_data);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, tag);
  return task;
}

/* What was moved is stopped, and looked at, by the profile that it had: it may have lost it in a
 * reboot, and find it again. */
static gboolean
had_ptz (CgOnvifDriver *self)
{
  return self->profile != NULL;
}

/* Returns: whether it is worth asking the camera; @move is %NULL for anything but a move */
static gboolean
check (CgOnvifDriver *self, const CgPtzMove *move, GError **error)
{
  const CgOnvifPtzFacts *facts = &self->facts;

  if (!self->contacted)
    g_set_error (error, CG_ERROR, CG_ERROR_UNREACHABLE, "camera %s has not been reached yet",
                 self->did);
  else if (!self->has_ptz)
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

/* Takes the task over when the camera cannot be asked. */
static gboolean
can_ask (CgOnvifDriver *self, const CgPtzMove *move, GTask *task)
{
  GError *error = NULL;

  if (check (self, move, &error))
    return TRUE;
  g_task_return_error (task, error);
  g_object_unref (task);
  return FALSE;
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

  if (can_ask (self, move, task))
    run (self, move_in_thread, build_move (self, move), timeout_ms, task);
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

  if (!can_ask (self, NULL, task))
    return;
  Request *request = g_new0 (Request, 1);
  request->profile = g_strdup (self->profile);
  request->preset = g_strdup (preset);
  run (self, goto_in_thread, request, timeout_ms, task);
}

static void
driver_stop_async (CgPtzDriver *driver,
                   CgOnvifStopForm form,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CgOnvifDriver *self = CG_ONVIF_DRIVER (driver);
  GTask *task = begin (driver, driver_stop_async, callback, user_data);

  if (had_ptz (self) || can_ask (self, NULL, task))
    run (self, stop_in_thread, build_stop (self, form), timeout_ms, task);
}

static gboolean
driver_move_finish (CgPtzDriver *driver, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, driver), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
driver_stop_finish (CgPtzDriver *driver,
                    GAsyncResult *result,
                    CgOnvifStopForm *taken,
                    GError **error)
{
  GError *reason = NULL;
  gssize form;

  g_return_val_if_fail (g_task_is_valid (result, driver), FALSE);
  form = g_task_propagate_int (G_TASK (result), &reason);
  if (reason == NULL)
    *taken = (CgOnvifStopForm)form;
  else
    g_propagate_error (error, reason);
  return reason == NULL;
}

static void
driver_look_async (CgPtzDriver *driver,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CgOnvifDriver *self = CG_ONVIF_DRIVER (driver);
  GTask *task = begin (driver, driver_look_async, callback, user_data);

  if (!had_ptz (self) && !can_ask (self, NULL, task))
    return;
  const CgJob job = {
      .kind = CG_JOB_LOOK,
      .timeout_ms = timeout_ms,
      .run_in_thread = look_in_thread,
      .data = g_strdup (self->profile),
      .free_data = g_free,
      .free_result = g_free,
  };
  cg_jobs_run_async (self->jobs, &job, on_look_done, task);
}

static gboolean
driver_look_finish (CgPtzDriver *driver, GAsyncResult *result, CgPtzLook *look, GError **error)
{
  g_autofree CgOnvifPtzStatus *status = NULL;

  g_return_val_if_fail (g_task_is_valid (result, driver), FALSE);
  status = g_task_propagate_pointer (G_TASK (result), error);
  if (status == NULL)
    return FALSE;
  cg_onvif_ptz_facts_use_spaces (&CG_ONVIF_DRIVER (driver)->facts, status);
  *look = (CgPtzLook){
      .has_position = status->has_position,
      .has_zoom = status->has_zoom,
      .has_move_status = status->has_move_status,
      .pan = status->pan,
      .tilt = status->tilt,
      .zoom = status->zoom,
      .moving_pan_tilt = status->moving_pan_tilt,
      .moving_zoom = status->moving_zoom,
  };
  return TRUE;
}

static CgPtzRange
copy_range (const CgOnvifRange *range)
{
  return (CgPtzRange){range->min, range->max};
}

static void
driver_get_facts (CgPtzDriver *driver, CgPtzFacts *facts)
{
  const CgOnvifDriver *self = CG_ONVIF_DRIVER (driver);
  const CgOnvifPtzFacts *told = &self->facts;

  *facts = (CgPtzFacts){
      .position = {[CG_PTZ_PAN] = copy_range (&told->pan_position),
                   [CG_PTZ_TILT] = copy_range (&told->tilt_position),
                   [CG_PTZ_ZOOM] = copy_range (&told->zoom_position)},
      .is_told = {[CG_PTZ_PAN] = told->has_pan_tilt_limits,
                  [CG_PTZ_TILT] = told->has_pan_tilt_limits,
                  [CG_PTZ_ZOOM] = told->has_zoom_limits},
      .continuous_pan_tilt = self->has_ptz && told->has_continuous_pan_tilt,
      .continuous_zoom = self->has_ptz && told->has_continuous_zoom,
      .relative_pan_tilt = self->has_ptz && told->has_relative_pan_tilt,
      .relative_zoom = self->has_ptz && told->has_relative_zoom,
      .max_presets = told->max_presets,
  };
}

static void
driver_cancel_moves (CgPtzDriver *driver)
{
  cg_jobs_cancel_moves (CG_ONVIF_DRIVER (driver)->jobs);
}

static void
driver_iface_init (CgPtzDriverInterface *iface)
{
  iface->move_async = driver_move_async;
  iface->goto_async = driver_goto_async;
  iface->move_finish = driver_move_finish;
  iface->stop_async = driver_stop_async;
  iface->stop_finish = driver_stop_finish;
  iface->look_async = driver_look_async;
  iface->look_finish = driver_look_finish;
  iface->get_facts = driver_get_facts;
  iface->cancel_moves = driver_cancel_moves;
}

static void
cg_onvif_driver_dispose (GObject *object)
{
  CgOnvifDriver *self = CG_ONVIF_DRIVER (object);

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
 * @did: of the camera, for messages
 *
 * Returns: (transfer full): a driver that refuses until a contact has been made
 */
CgOnvifDriver *
cg_onvif_driver_new (CgJobs *jobs, const char *did)
{
  CgOnvifDriver *self = g_object_new (CG_TYPE_ONVIF_DRIVER, NULL);

  self->jobs = g_object_ref (jobs);
  self->did = g_strdup (did);
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
  self->refuses_timeout = learnt->refuses_timeout;
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
  self->has_ptz = contact->ptz_profile != NULL;
  if (!self->has_ptz)
    return;
  g_free (self->profile);
  self->profile = g_strdup (contact->ptz_profile);
  self->facts = contact->ptz != NULL ? *contact->ptz : (CgOnvifPtzFacts){0};
}
