/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that tells the camera to stop, until it has agreed (Q1). */
#include "cg-motion-private.h"

/* A stop that failed is repeated, more and more slowly. */
#define RETRY_MIN_MS 250
#define RETRY_MAX_MS 10000
/* By then the camera has been silent for a minute, or has refused it as often: people are told. */
#define TRIES_MAX 12
/* What is lost on its way is sent again as it was. */
#define TRIES_OF_ONE_FORM 2
/* One that is silent is told so often from then on: a moving camera must not be left alone. */
#define RETRY_LATER_MS 30000
/* So long after a stop a camera is awake (Q37). */
#define AWAKE_MS 1000

/* One stop on its way: the data of its task. */
typedef struct {
  guint serial;
  GQueue sharing; /* (element-type GTask) each owned: the same answer is theirs */
} Stop;

static void send_stop (CgMotion *self, GTask *task);

static gboolean
on_halt_retry (gpointer user_data)
{
  CgMotion *self = user_data;

  cg_clear_source (&self->stop.retry);
  send_stop (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
plan_retry (CgMotion *self, guint delay_ms)
{
  cg_clear_source (&self->stop.retry);
  self->stop.retry = cg_clock_add_timeout (self->clock, delay_ms, on_halt_retry, self);
}

static void
tell_failure (CgMotion *self, const char *reason)
{
  g_autofree char *text = g_strdup_printf ("%s could not be stopped: %s", self->name, reason);

  g_warning ("%s: could not be stopped: %s", self->name, reason);
  cg_motion_tell_not_stopped (self, text);
}

/**
 * cg_motion_give_up:
 * @self: a camera's motion
 * @reason: for people
 *
 * The camera does answer, and whatever else it could be told was tried.
 */
void
cg_motion_give_up (CgMotion *self, const char *reason)
{
  cg_motion_set_leased (self, FALSE);
  tell_failure (self, reason);
}

/* A form that is not answered, or is refused, may be the one thing that is wrong: it takes turns
 * with another (Q1, Q33). */
static void
take_turns (CgMotionForm *self)
{
  if (self->chosen != self->works)
    self->chosen = self->works;
  else
    self->chosen = self->works == CG_ONVIF_STOP_ZERO ? CG_ONVIF_STOP_NAMED : CG_ONVIF_STOP_ZERO;
}

/* It may know how to stop, and let us in again one day. */
static gboolean
is_shut_out (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_NOT_PERMITTED) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
}

/* One that refuses every stop is looked at from time to time, and stopped at its next contact. */
static void
retry_halt (CgMotion *self, const GError *error)
{
  self->stop.tries++;
  if (self->stop.tries >= TRIES_MAX && !cg_error_is_silence (error)) {
    self->stop.refuses_us = is_shut_out (error);
    cg_motion_set_unproven (self, TRUE);
    cg_motion_give_up (self, error->message);
    cg_motion_look_later (self);
    return;
  }
  if (self->stop.tries == TRIES_MAX)
    tell_failure (self, error->message);
  if (self->stop.tries >= TRIES_OF_ONE_FORM)
    take_turns (&self->form);
  plan_retry (self, self->stop.tries < TRIES_MAX ? cg_backoff_next_ms (&self->stop.backoff, NULL)
                                                 : RETRY_LATER_MS);
}

static gint64
get_doubt_ms (CgMotion *self)
{
  return self->doubt.until_ms - cg_clock_get_monotonic_ms (self->clock);
}

/* The camera has agreed. A move that it may get afterwards is stopped again. */
static void
settle_agreed (CgMotion *self)
{
  const gint64 doubt_ms = get_doubt_ms (self);

  if (!self->stop.repeats && doubt_ms <= 0) {
    cg_motion_prove_stop (self);
    cg_motion_set_leased (self, FALSE);
    return;
  }
  cg_motion_set_leased (self, TRUE);
  if (!self->stop.repeats)
    plan_retry (self, (guint)doubt_ms);
}

/* Where there is no PTZ, or none for us, no start of ours was taken either. */
static gboolean
is_refused (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_NO_PTZ) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED) || is_shut_out (error);
}

/* What answers a stop, when no start has come since. */
static void
settle_stop (CgMotion *self, const GError *error)
{
  if (error == NULL) {
    settle_agreed (self);
  } else if (!self->leased && is_refused (error)) {
    self->place.has_moved = FALSE;
    cg_motion_set_unproven (self, FALSE);
  } else if (self->leased || self->place.has_moved) {
    self->form.tried &= ~(1u << self->form.chosen); /* what was not answered was not tried */
    cg_motion_set_leased (self, TRUE);
    retry_halt (self, error);
  }
}

/* A start waits for the stop of a camera that was seen to stand: it begins from rest. */
static void
settle_before_start (CgMotion *self, const GError *error)
{
  if (error == NULL && self->stops_in_flight == 0 && !self->stop.repeats && self->place.is_known &&
      !self->place.has_moved)
    cg_motion_set_leased (self, FALSE);
}

static void
note_agreed (CgMotion *self, CgOnvifStopForm taken)
{
  self->form.tried |= 1u << taken;
  self->form.chosen = taken;
  if (self->moves_in_flight == 0 && get_doubt_ms (self) <= 0)
    self->stop.holds_until_ms = cg_clock_get_monotonic_ms (self->clock) + AWAKE_MS;
}

/* What has waited for the stop goes out; a preset is not called by a camera that may be moving, and
 * does not say. */
static void
send_pending (CgMotion *self, const GError *error)
{
  CgMotionStart *start = g_steal_pointer (&self->pending);

  if (start->is_stopped && cg_error_is_silence (error)) {
    settle_stop (self, error);
    cg_motion_answer_start (start, g_error_copy (error));
    return;
  }
  cg_motion_send_start (self, start);
}

static void
answer_stop (GTask *task, const GError *error)
{
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

/* All that were asked for while it waited for another one. */
static void
answer_stops (CgMotion *self, GTask *task, const GError *error)
{
  Stop *stop = g_task_get_task_data (task);
  GTask *other;

  if (self->stop.last == task)
    self->stop.last = NULL;
  answer_stop (task, error);
  while ((other = g_queue_pop_head (&stop->sharing)) != NULL) {
    answer_stop (other, error);
    g_object_unref (other);
  }
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (CgMotion) self = g_object_ref (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  CgOnvifStopForm taken = CG_ONVIF_STOP_UNKNOWN;

  if (cg_ptz_driver_stop_finish (CG_PTZ_DRIVER (object), result, &taken, &error))
    note_agreed (self, taken);
  else if (cg_error_is_silence (error))
    self->stop.late_until_ms = cg_clock_get_monotonic_ms (self->clock) + CG_MOTION_DOUBT_MS;
  self->stops_in_flight--;
  if (self->pending != NULL)
    settle_before_start (self, error);
  else if (((const Stop *)g_task_get_task_data (task))->serial == self->serial)
    settle_stop (self, error);
  if (cg_error_is_silence (error))
    cg_motion_tell_silent (self, error);
  answer_stops (self, task, error);
  if (self->stops_in_flight == 0 && self->pending != NULL)
    send_pending (self, error);
  cg_motion_check_rest (self);
}

/* What waits for the stop is answered in time. */
static guint
get_timeout_ms (CgMotion *self)
{
  gint64 left_ms = self->config.reply_timeout_ms;

  if (self->pending != NULL)
    left_ms = CLAMP (cg_motion_get_left_ms (self, self->pending), 1, left_ms);
  return (guint)left_ms;
}

static void
send_stop (CgMotion *self, GTask *task)
{
  GTask *own = task != NULL ? task : g_task_new (self, NULL, NULL, NULL);
  Stop *stop = g_new (Stop, 1);

  *stop = (Stop){self->serial, G_QUEUE_INIT};
  g_task_set_task_data (own, stop, g_free);
  self->stops_in_flight++;
  self->form.tried |= 1u << self->form.chosen;
  cg_ptz_driver_stop_async (self->driver, self->form.chosen, get_timeout_ms (self), on_stopped,
                            own);
}

/**
 * cg_motion_send_stop:
 * @self: a camera's motion
 * @task: (transfer full) (nullable): told of the outcome
 *
 * Sends a stop in the form that is chosen, for the newest serial. It is repeated until it is
 * answered, and once more when a move is answered that is on the wire now.
 */
void
cg_motion_send_stop (CgMotion *self, GTask *task)
{
  cg_clear_source (&self->stop.retry);
  self->stop.tries = 0;
  self->stop.refuses_us = FALSE;
  self->stop.backoff = (CgBackoff)CG_BACKOFF_INIT (RETRY_MIN_MS, RETRY_MAX_MS);
  self->stop.repeats = self->moves_in_flight > 0;
  send_stop (self, task);
}

/**
 * cg_motion_share_stop:
 * @self: a camera's motion
 * @task: (transfer full) on %TRUE: a stop that is asked for
 *
 * One that has not been sent yet, since another one is on the wire, stops what this one would: the
 * camera gets one message, however many ask. Not where a move was answered since then: what has
 * waited for the repeated stop is gone, and a new one is sent.
 *
 * Returns: whether @task gets the answer to that
 */
gboolean
cg_motion_share_stop (CgMotion *self, GTask *task)
{
  const gboolean owes_another = self->stop.repeats && self->moves_in_flight == 0;
  Stop *stop;

  if (self->stop.last == NULL || !self->stop.is_newest || self->stops_in_flight < 2 || owes_another)
    return FALSE;
  stop = g_task_get_task_data (self->stop.last);
  stop->serial = ++self->serial;
  g_queue_push_tail (&stop->sharing, task);
  cg_motion_drop_pending (self);
  return TRUE;
}

/**
 * cg_motion_note_last_stop:
 * @self: a camera's motion
 * @task: a stop that was asked for, and has just been given to the driver
 *
 * For cg_motion_share_stop().
 */
void
cg_motion_note_last_stop (CgMotion *self, GTask *task)
{
  self->stop.last = task;
  self->stop.is_newest = TRUE;
}

/**
 * cg_motion_stop_stray:
 * @self: a camera's motion
 *
 * The camera moves, as far as we know, and nobody has told us: it is stopped as if by a move of
 * ours.
 */
void
cg_motion_stop_stray (CgMotion *self)
{
  self->place.has_moved = TRUE;
  cg_motion_set_leased (self, TRUE);
  cg_motion_halt (self, NULL);
}

/**
 * cg_motion_hurry_stop:
 * @self: the motion of a camera that has just been reached
 *
 * A stop that it still owes us is sent now.
 */
void
cg_motion_hurry_stop (CgMotion *self)
{
  if (self->stop.retry != NULL)
    on_halt_retry (self);
  else if (self->is_unproven && !cg_motion_is_moving (self) && self->call.token == NULL)
    cg_motion_stop_stray (self);
}

/**
 * cg_motion_wants_stop:
 * @self: a camera's motion
 * @start: a start
 *
 * A camera that sleeps through the call of a preset (Q37) would go on with the move that was under
 * way, and nobody would end that any more.
 *
 * Returns: whether it is to be stopped before @start is sent
 */
gboolean
cg_motion_wants_stop (CgMotion *self, const CgMotionStart *start)
{
  return start->preset != NULL && !start->is_stopped && (self->leased || self->is_unproven) &&
         cg_clock_get_monotonic_ms (self->clock) >= self->stop.holds_until_ms;
}

/* What was not answered in time has come by now, or never will. */
static gboolean
on_doubt_over (gpointer user_data)
{
  g_autoptr (CgMotion) self = g_object_ref (user_data);

  cg_clear_source (&self->doubt.timer);
  cg_motion_stop_first (self, g_steal_pointer (&self->pending));
  return G_SOURCE_REMOVE;
}

/**
 * cg_motion_stop_first:
 * @self: a camera's motion
 * @start: (transfer full): a start
 *
 * Takes @start over: it is sent when the camera has agreed to stop, which it is told when it has
 * all moves that were sent.
 */
void
cg_motion_stop_first (CgMotion *self, CgMotionStart *start)
{
  const gint64 doubt_ms = get_doubt_ms (self);

  if (doubt_ms >= cg_motion_get_left_ms (self, start)) {
    cg_motion_expire_start (self, start);
    return;
  }
  self->pending = start;
  cg_motion_end_watch (self);
  cg_motion_end_proof (self);
  cg_motion_end_lease (self);
  cg_ptz_driver_cancel_moves (self->driver);
  if (self->moves_in_flight > 0) {
    start->wait = CG_MOTION_WAIT_MOVE;
  } else if (doubt_ms > 0) {
    start->wait = CG_MOTION_WAIT_DOUBT;
    self->doubt.timer = cg_clock_add_timeout (self->clock, (guint)doubt_ms, on_doubt_over, self);
  } else {
    start->wait = CG_MOTION_WAIT_STOP;
    start->is_stopped = TRUE;
    cg_motion_renew_forms (self);
    cg_motion_send_stop (self, NULL);
  }
}
