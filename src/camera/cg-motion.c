/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-motion-private.h"

#include "cg-main.h"
#include "cg-motion-sources.h"

G_DEFINE_FINAL_TYPE (CgMotion, cg_motion, G_TYPE_OBJECT)

static void
note_held (CgMotion *self)
{
  const gboolean is_held = self->leased || self->is_unproven;

  if (self->is_held == is_held)
    return;
  self->is_held = is_held;
  cg_motion_tell_held (self);
}

/**
 * cg_motion_set_leased:
 * @self: a camera's motion
 * @leased: whether the camera may be moving on our behalf
 */
void
cg_motion_set_leased (CgMotion *self, gboolean leased)
{
  if (self->leased == leased)
    return;
  self->leased = leased;
  cg_motion_tell_leased (self);
  note_held (self);
}

/**
 * cg_motion_set_unproven:
 * @self: a camera's motion
 * @is_unproven: whether a camera that was told to stop has not been seen to stand yet
 *
 * Nobody waits for that; but a camera that moves on is still ours to stop (Q1).
 */
void
cg_motion_set_unproven (CgMotion *self, gboolean is_unproven)
{
  self->is_unproven = is_unproven;
  if (!is_unproven)
    cg_clear_source (&self->proof.later);
  note_held (self);
}

/**
 * cg_motion_end_lease:
 * @self: a camera's motion
 *
 * Ends all that runs under the lease; the camera may move on.
 */
void
cg_motion_end_lease (CgMotion *self)
{
  cg_clear_source (&self->lease.timer);
  cg_clear_source (&self->lease.grace);
  cg_clear_source (&self->follow_up.timer);
  g_clear_pointer (&self->lease.source, g_free);
  self->lease.stands = FALSE;
}

/**
 * cg_motion_halt_now:
 * @self: a camera's motion
 * @task: (transfer full) (nullable): told of the outcome
 *
 * Everything that ends a move goes through here, in the form of stop that is chosen.
 */
void
cg_motion_halt_now (CgMotion *self, GTask *task)
{
  self->serial++;
  cg_motion_settle_probe (self);
  cg_motion_drop_pending (self);
  cg_motion_end_watch (self);
  cg_motion_end_call (self);
  cg_motion_end_proof (self);
  cg_motion_end_lease (self);
  cg_ptz_driver_cancel_moves (self->driver);
  cg_motion_send_stop (self, task);
}

/**
 * cg_motion_halt:
 * @self: a camera's motion
 * @task: (transfer full) (nullable): told of the outcome
 *
 * Ends a move: the form of stop that works is tried first.
 */
void
cg_motion_halt (CgMotion *self, GTask *task)
{
  cg_motion_renew_forms (self);
  cg_motion_halt_now (self, task);
}

static gboolean
on_lease_over (gpointer user_data)
{
  CgMotion *self = user_data;

  g_debug ("%s: the move ends by itself", self->name);
  cg_motion_halt (self, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_grace_over (gpointer user_data)
{
  CgMotion *self = user_data;

  g_info ("%s: the link a move came by is lost: stopping", self->name);
  cg_motion_halt (self, NULL);
  return G_SOURCE_REMOVE;
}

/**
 * cg_motion_take_lease:
 * @self: a camera's motion
 * @source: (nullable): link it comes by
 *
 * A move is about to be sent, in place of the one before.
 */
void
cg_motion_take_lease (CgMotion *self, const char *source)
{
  cg_motion_end_lease (self);
  cg_motion_set_leased (self, TRUE);
  cg_motion_set_unproven (self, FALSE);
  self->stop.repeats = FALSE;
  self->lease.source = g_strdup (source);
  self->lease.ends_ms = cg_clock_get_monotonic_ms (self->clock) + self->config.move_timeout_ms;
  self->lease.timer =
      cg_clock_add_timeout (self->clock, self->config.move_timeout_ms, on_lease_over, self);
}

static void
cg_motion_dispose (GObject *object)
{
  CgMotion *self = CG_MOTION (object);

  cg_motion_end_lease (self);
  cg_clear_source (&self->stop.retry);
  cg_clear_source (&self->proof.later);
  cg_motion_settle_probe (self);
  cg_motion_drop_pending (self);
  if (self->eye != NULL)
    cg_motion_dispose_rest (self);
  g_clear_object (&self->eye);
  g_clear_object (&self->driver);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_motion_parent_class)->dispose (object);
}

static void
cg_motion_finalize (GObject *object)
{
  g_free (CG_MOTION (object)->name);
  G_OBJECT_CLASS (cg_motion_parent_class)->finalize (object);
}

static void
cg_motion_class_init (CgMotionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_motion_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_motion_finalize;

  cg_motion_add_signals (klass);
}

static void
cg_motion_init (CgMotion *self)
{
  self->end.code = CG_N_ERRORS;
  cg_ptz_sense_init (&self->sense);
  cg_ptz_sense_init (&self->told);
}

/**
 * cg_motion_new:
 * @driver: who moves the camera
 * @clock: for the lease
 * @name: of the camera, for the log
 * @config: copied
 *
 * Returns: (transfer full): the lease that keeps one camera moving (Q61)
 */
CgMotion *
cg_motion_new (CgPtzDriver *driver, CgClock *clock, const char *name, const CgPtzConfig *config)
{
  CgMotion *self = g_object_new (CG_TYPE_MOTION, NULL);

  self->driver = g_object_ref (driver);
  self->clock = g_object_ref (clock);
  self->eye = cg_ptz_eye_new (driver, clock);
  g_signal_connect_object (self->eye, "looked", G_CALLBACK (cg_motion_take_facts), self,
                           G_CONNECT_SWAPPED);
  self->name = g_strdup (name);
  self->config = *config;
  return self;
}

/**
 * cg_motion_apply:
 * @self: a camera's motion
 * @config: copied: what holds from the next start or stop on
 */
void
cg_motion_apply (CgMotion *self, const CgPtzConfig *config)
{
  CG_ON_MAIN ();
  self->config = *config;
}

static CgMotionStart *
make_start (CgMotion *self, gint64 asked_at_ms, GAsyncReadyCallback callback, gpointer user_data)
{
  CgMotionStart *start = g_new0 (CgMotionStart, 1);

  CG_ON_MAIN ();
  start->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (start->task, make_start);
  start->asked_at_ms = asked_at_ms;
  return start;
}

/**
 * cg_motion_start_async:
 * @self: a camera's motion
 * @request: copied
 * @asked_at_ms: monotonic, when it was asked for: what is left of the reply time-out counts
 * @callback: finish with cg_motion_start_finish(); called once the camera has answered, or the
 *   reply time-out has passed
 * @user_data: for @callback
 *
 * Moves until the lease is over: by time (move-timeout), by cg_motion_halt_async(), or after the
 * loss of the link that @request came by. A start while moving refreshes or replaces the lease; if
 * it fails, the camera is stopped. A camera that stands at its limit is not moved, or stopped
 * again: %CG_ERROR_LIMIT_UP and its like, which tell their basis. Source: PROTOCOL.md section 4,
 * ptz.
 */
void
cg_motion_start_async (CgMotion *self,
                       const CgMoveRequest *request,
                       gint64 asked_at_ms,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  CgMotionStart *start = make_start (self, asked_at_ms, callback, user_data);

  self->commands++;
  start->request = *request;
  start->source = g_strdup (request->source);
  start->request.source = start->source;
  cg_motion_begin_start (self, start);
}

/**
 * cg_motion_take_turn:
 * @self: a camera's motion
 *
 * Returns: the place in line of a command that is given now, but has to be prepared before it can
 *   be sent: for cg_motion_goto_async()
 */
guint
cg_motion_take_turn (CgMotion *self)
{
  CG_ON_MAIN ();
  return ++self->commands;
}

/**
 * cg_motion_goto_async:
 * @self: a camera's motion
 * @target: copied; a camera that is seen to stand there already is not asked, %CG_ERROR_AT_PRESET
 * @turn: from cg_motion_take_turn(): whatever was asked for since then overtakes this
 * @asked_at_ms: as for cg_motion_start_async()
 * @callback: finish with cg_motion_start_finish(); called once the camera has answered, or the
 *   reply time-out has passed
 * @user_data: for @callback
 *
 * Calls a preset, in order with moves and stops. A move that is under way is stopped first: the
 * stop wakes a camera that would sleep through the call (Q37). There is no lease: the camera stands
 * still when it is there, which #CgMotion::arrived tells. Until then other starts are refused:
 * %CG_ERROR_PRESET_BUSY, unless `goto-interrupt` lets them through. Source: PROTOCOL.md section 4,
 * preset.
 */
void
cg_motion_goto_async (CgMotion *self,
                      const CgMotionTarget *target,
                      guint turn,
                      gint64 asked_at_ms,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  CgMotionStart *start = make_start (self, asked_at_ms, callback, user_data);

  if (turn != self->commands) {
    cg_motion_answer_start (
        start, g_error_new_literal (CG_ERROR, CG_ERROR_CANCELLED, CG_MOTION_OVERTAKEN));
    return;
  }
  start->preset = g_strdup (target->token);
  start->preset_index = target->index;
  start->source = g_strdup (target->source);
  start->has_target = target->place != NULL;
  if (start->has_target)
    start->target = *target->place;
  cg_motion_begin_start (self, start);
}

/**
 * cg_motion_start_finish:
 * @self: a camera's motion
 * @result: what the callback got
 * @error: return location for a #CG_ERROR; %CG_ERROR_CANCELLED when overtaken
 *
 * Returns: whether the camera accepted the move, or the call of the preset
 */
gboolean
cg_motion_start_finish (CgMotion *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_motion_halt_async:
 * @self: a camera's motion
 * @callback: called once the camera has answered, or the reply time-out has passed
 * @user_data: for @callback
 *
 * Stops, whether or not we know of a motion. Waiting moves are dropped; a move that was on the
 * wire is followed by another stop; a stop that fails is repeated in the background (Q1). Those
 * that wait for the same camera share one message and its answer.
 */
void
cg_motion_halt_async (CgMotion *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_motion_halt_async);
  self->commands++;
  if (cg_motion_share_stop (self, task))
    return;
  cg_motion_halt (self, task);
  cg_motion_note_last_stop (self, task);
}

/**
 * cg_motion_halt_finish:
 * @self: a camera's motion
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera accepted the stop
 */
gboolean
cg_motion_halt_finish (CgMotion *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_motion_recover:
 * @self: the motion of a camera that has just been reached
 *
 * Ends a move that the last life of the daemon has left behind, as surely as one of its own.
 */
void
cg_motion_recover (CgMotion *self)
{
  CG_ON_MAIN ();
  if (!cg_motion_is_moving (self))
    cg_motion_stop_stray (self);
}

/**
 * cg_motion_link_lost:
 * @self: a camera's motion
 * @source: the name of a link, as in #CgMoveRequest
 *
 * A move that came by that link ends after the grace time unless it is asked for again; one that
 * still waits for a stop or a look is not sent any more. Source: PROTOCOL.md section 4, ptz.
 */
void
cg_motion_link_lost (CgMotion *self, const char *source)
{
  CG_ON_MAIN ();
  if (self->pending != NULL && self->pending->preset == NULL &&
      cg_motion_sources_are_same (self->pending->source, source)) {
    cg_motion_halt (self, NULL);
    return;
  }
  if (self->lease.source == NULL || g_strcmp0 (self->lease.source, source) != 0 ||
      self->lease.grace != NULL)
    return;
  self->lease.grace =
      cg_clock_add_timeout (self->clock, self->config.link_grace_ms, on_grace_over, self);
}

/**
 * cg_motion_get_source:
 * @self: a camera's motion
 *
 * Returns: (transfer none) (nullable): the link whose move, or call of a preset, is under way or
 *   waits to be sent; not of a call that nobody may interrupt
 */
const char *
cg_motion_get_source (CgMotion *self)
{
  if (self->pending != NULL)
    return self->pending->source;
  if (self->call.token != NULL)
    return self->config.goto_interrupt ? self->call.source : NULL;
  return self->lease.timer != NULL ? self->lease.source : NULL;
}

/**
 * cg_motion_is_held:
 * @self: a camera's motion
 *
 * Returns: whether the camera may be moving on our behalf, or was told to stop and has not been
 *   seen to stand since (Q1)
 */
gboolean
cg_motion_is_held (CgMotion *self)
{
  return self->is_held || cg_motion_is_moving (self);
}

/**
 * cg_motion_is_sending:
 * @self: a camera's motion
 *
 * Returns: whether a move is on its way to the camera, which may begin after a stop that was
 *   answered
 */
gboolean
cg_motion_is_sending (CgMotion *self)
{
  return self->moves_in_flight > 0;
}

/**
 * cg_motion_is_moving:
 * @self: a camera's motion
 *
 * Returns: whether the camera may be moving on our behalf
 */
gboolean
cg_motion_is_moving (CgMotion *self)
{
  return self->leased || self->pending != NULL || self->moves_in_flight > 0 ||
         self->stops_in_flight > 0;
}
