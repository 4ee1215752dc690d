/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-motion-private.h"

#include "cg-main.h"

#define OVERTAKEN "overtaken by a later command"

/* A stop that failed is repeated, more and more slowly. */
#define HALT_RETRY_MIN_MS 250
#define HALT_RETRY_MAX_MS 10000

G_DEFINE_FINAL_TYPE (CgMotion, cg_motion, G_TYPE_OBJECT)

static void
start_free (CgMotionStart *self)
{
  g_clear_object (&self->task);
  g_free (self->source);
  g_free (self->preset);
  g_free (self);
}

static void
drop_pending (CgMotion *self)
{
  CgMotionStart *start = g_steal_pointer (&self->pending);

  if (start == NULL)
    return;
  g_task_return_new_error (start->task, CG_ERROR, CG_ERROR_CANCELLED, OVERTAKEN);
  start_free (start);
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
  cg_clear_source (&self->lease);
  cg_clear_source (&self->grace);
  cg_clear_source (&self->follow_up);
  g_clear_pointer (&self->source, g_free);
  self->stands = FALSE;
}

/**
 * cg_motion_get_left_ms:
 * @self: a camera's motion
 * @start: a start
 *
 * Returns: what is left of the reply time-out; may be negative
 */
gint64
cg_motion_get_left_ms (CgMotion *self, const CgMotionStart *start)
{
  const gint64 waited_ms = cg_clock_get_monotonic_ms (self->clock) - start->asked_at_ms;

  return (gint64)self->config.reply_timeout_ms - waited_ms;
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
  drop_pending (self);
  cg_motion_end_watch (self);
  cg_motion_end_call (self);
  cg_motion_end_lease (self);
  cg_clear_source (&self->halt_retry);
  self->halt_tries = 0;
  self->halt_backoff = (CgBackoff)CG_BACKOFF_INIT (HALT_RETRY_MIN_MS, HALT_RETRY_MAX_MS);
  self->halt_again = self->moves_in_flight > 0;
  cg_ptz_driver_cancel_moves (self->driver);
  cg_motion_send_stop (self, task);
}

static void
halt (CgMotion *self, GTask *task)
{
  self->forms = 0;
  cg_motion_halt_now (self, task);
}

static gboolean
on_lease_over (gpointer user_data)
{
  CgMotion *self = user_data;

  g_debug ("%s: the move ends by itself", self->name);
  halt (self, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_grace_over (gpointer user_data)
{
  CgMotion *self = user_data;

  g_info ("%s: the link a move came by is lost: stopping", self->name);
  halt (self, NULL);
  return G_SOURCE_REMOVE;
}

/* Whether the camera may have got the move although we were told that it failed. */
static gboolean
is_uncertain (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_TIMED_OUT) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_UNREACHABLE) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_CANCELLED);
}

/* A preset that was called moves the camera on its own account. When a start fails while the camera
 * was moving, nobody would end that move any more: it ends now. */
static void
settle_failure (CgMotion *self, const CgMotionStart *start, const GError *error)
{
  if (start->was_moving || (start->preset == NULL && is_uncertain (error))) {
    halt (self, NULL);
    return;
  }
  cg_motion_end_watch (self);
  cg_motion_end_call (self);
  cg_motion_end_lease (self);
  cg_motion_set_leased (self, FALSE);
}

/**
 * cg_motion_settle_overtaken:
 * @self: a camera's motion
 *
 * A move that a stop has overtaken may have come after it: the stop is repeated.
 */
void
cg_motion_settle_overtaken (CgMotion *self)
{
  if (self->halt_again && self->moves_in_flight == 0 && self->pending == NULL)
    halt (self, NULL);
}

/**
 * cg_motion_answer_start:
 * @start: (transfer full): a start
 * @error: (transfer full) (nullable): why it failed
 *
 * Replies, and frees @start.
 */
void
cg_motion_answer_start (CgMotionStart *start, GError *error)
{
  if (error != NULL)
    g_task_return_error (start->task, error);
  else
    g_task_return_boolean (start->task, TRUE);
  start_free (start);
}

/* Returns: whether the reply waits until it is seen what the move does */
static gboolean
settle_start (CgMotion *self, CgMotionStart *start, const GError *error)
{
  if (start->serial != self->serial) {
    cg_motion_settle_overtaken (self);
    return FALSE;
  }
  if (error != NULL) {
    settle_failure (self, start, error);
    return FALSE;
  }
  cg_motion_set_leased (self, start->preset == NULL);
  if (start->preset == NULL)
    return cg_motion_watch_answered (self, start);
  cg_motion_call_answered (self);
  return FALSE;
}

static void
on_moved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgMotionStart *start = user_data;
  g_autoptr (CgMotion) self = g_object_ref (g_task_get_source_object (start->task));
  g_autoptr (GError) error = NULL;

  cg_ptz_driver_move_finish (self->driver, result, &error);
  self->moves_in_flight--;
  if (!settle_start (self, start, error))
    cg_motion_answer_start (start, g_steal_pointer (&error));
  cg_motion_check_rest (self);
}

static void
take_lease (CgMotion *self, const CgMotionStart *start)
{
  cg_motion_end_lease (self);
  cg_motion_set_leased (self, TRUE);
  self->halt_again = FALSE;
  self->source = g_strdup (start->source);
  self->lease_ends_ms = cg_clock_get_monotonic_ms (self->clock) + self->config.move_timeout_ms;
  self->lease =
      cg_clock_add_timeout (self->clock, self->config.move_timeout_ms, on_lease_over, self);
}

static void
send_move (CgMotion *self, CgMotionStart *start, guint timeout_ms)
{
  const CgPtzMove before = self->move;

  cg_ptz_move_from_request (&self->move, &start->request, &self->config);
  self->move.stop_others = start->was_moving && cg_ptz_move_leaves_axis (&before, &self->move);
  self->move.stop_form = self->stop_form;
  cg_motion_begin_watch (self, start, cg_ptz_move_is_like (&before, &self->move));
  take_lease (self, start);
  cg_motion_forget_place (self);
  self->slice = 0;
  const CgPtzMove slice = cg_motion_get_slice (self);
  cg_ptz_driver_move_async (self->driver, &slice, timeout_ms, on_moved, start);
}

/* Until the camera has answered, nothing but the answer ends what moved before. */
static void
send_goto (CgMotion *self, CgMotionStart *start, guint timeout_ms)
{
  cg_motion_end_watch (self);
  cg_motion_end_lease (self);
  cg_motion_forget_place (self);
  self->halt_again = FALSE;
  cg_motion_begin_call (self, start);
  cg_ptz_driver_goto_async (self->driver, start->preset, timeout_ms, on_moved, start);
}

/**
 * cg_motion_send_start:
 * @self: a camera's motion
 * @start: (transfer full): a start
 *
 * Takes @start over: sends it, unless there is no time left, it is refused, or the camera is to be
 * looked at first.
 */
void
cg_motion_send_start (CgMotion *self, CgMotionStart *start)
{
  const guint timeout_ms = (guint)MAX (cg_motion_get_left_ms (self, start), 0);

  start->was_moving = self->leased;
  if (timeout_ms == 0) {
    if (start->was_moving)
      halt (self, NULL);
    cg_motion_answer_start (start, g_error_new_literal (CG_ERROR, CG_ERROR_EXPIRED,
                                                        "it could not be sent to the camera in "
                                                        "time"));
    return;
  }
  if (cg_motion_refuse_start (self, start))
    return;
  if (cg_motion_wants_look (self, start)) {
    cg_motion_look_first (self, start);
    return;
  }
  self->moves_in_flight++;
  cg_ptz_driver_cancel_moves (self->driver);
  if (start->preset != NULL)
    send_goto (self, start, timeout_ms);
  else
    send_move (self, start, timeout_ms);
}

static void
cg_motion_dispose (GObject *object)
{
  CgMotion *self = CG_MOTION (object);

  cg_motion_end_lease (self);
  cg_clear_source (&self->halt_retry);
  cg_motion_settle_probe (self);
  drop_pending (self);
  if (self->eye != NULL)
    cg_motion_dispose_rest (self);
  g_clear_object (&self->eye);
  g_clear_object (&self->driver);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->random, g_rand_free);
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
  self->random = g_rand_new ();
  self->end = CG_N_ERRORS;
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

/* Takes @start over. While a stop is under way it waits, so that the camera sees them in order. */
static void
begin_start (CgMotion *self, CgMotionStart *start)
{
  if (cg_motion_refuse_busy (self, start))
    return;
  cg_motion_settle_probe (self);
  drop_pending (self);
  cg_clear_source (&self->halt_retry);
  start->serial = ++self->serial;
  if (self->stops_in_flight > 0)
    self->pending = start;
  else
    cg_motion_send_start (self, start);
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
  begin_start (self, start);
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
 * @preset: token
 * @place: (nullable): where it is, if that is known: a camera that is seen to stand there already
 *   is not asked, %CG_ERROR_AT_PRESET
 * @turn: from cg_motion_take_turn(): whatever was asked for since then overtakes this
 * @asked_at_ms: as for cg_motion_start_async()
 * @callback: finish with cg_motion_start_finish(); called once the camera has answered, or the
 *   reply time-out has passed
 * @user_data: for @callback
 *
 * Calls a preset, in order with moves and stops. There is no lease: the camera stands still when it
 * is there, which #CgMotion::arrived tells. Until then other starts are refused:
 * %CG_ERROR_PRESET_BUSY, unless `goto-interrupt` lets them through. Source: PROTOCOL.md section 4,
 * preset.
 */
void
cg_motion_goto_async (CgMotion *self,
                      const char *preset,
                      const CgPtzLook *place,
                      guint turn,
                      gint64 asked_at_ms,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  CgMotionStart *start = make_start (self, asked_at_ms, callback, user_data);

  if (turn != self->commands) {
    cg_motion_answer_start (start, g_error_new_literal (CG_ERROR, CG_ERROR_CANCELLED, OVERTAKEN));
    return;
  }
  start->preset = g_strdup (preset);
  start->has_target = place != NULL;
  if (place != NULL)
    start->target = *place;
  begin_start (self, start);
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
 * wire is followed by another stop; a stop that fails is repeated in the background (Q1).
 */
void
cg_motion_halt_async (CgMotion *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_motion_halt_async);
  self->commands++;
  halt (self, task);
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
 * A move that came by that link ends after the grace time unless it is asked for again.
 */
void
cg_motion_link_lost (CgMotion *self, const char *source)
{
  CG_ON_MAIN ();
  if (self->source == NULL || g_strcmp0 (self->source, source) != 0 || self->grace != NULL)
    return;
  self->grace = cg_clock_add_timeout (self->clock, self->config.link_grace_ms, on_grace_over, self);
}

/**
 * cg_motion_get_source:
 * @self: a camera's motion
 *
 * Returns: (transfer none) (nullable): the link whose move is under way
 */
const char *
cg_motion_get_source (CgMotion *self)
{
  return self->lease != NULL ? self->source : NULL;
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
