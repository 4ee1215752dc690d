/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that brings a start to the camera, and its answer back. */
#include "cg-motion-private.h"

/* What is sent without being asked for: a move that goes on, a preset that is called again. */
typedef struct {
  CgMotion *motion; /* (owned) */
  guint serial;
  CgMotionAnsweredFunc answered;
} Again;

static void
start_free (CgMotionStart *self)
{
  g_clear_object (&self->task);
  g_free (self->source);
  g_free (self->preset);
  g_free (self);
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

/**
 * cg_motion_drop_pending:
 * @self: a camera's motion
 *
 * Something newer takes the place of the start that waits, if one does.
 */
void
cg_motion_drop_pending (CgMotion *self)
{
  CgMotionStart *start = g_steal_pointer (&self->pending);

  cg_clear_source (&self->doubt.timer);
  if (start != NULL)
    cg_motion_answer_start (
        start, g_error_new_literal (CG_ERROR, CG_ERROR_CANCELLED, CG_MOTION_OVERTAKEN));
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

/* Whether the camera may have got it although we were told that it failed: what answers with
 * nonsense has not refused it (Q39). */
static gboolean
is_uncertain (const GError *error)
{
  return cg_error_is_silence (error) || (g_error_matches (error, CG_ERROR, CG_ERROR_PEER_FAULT) &&
                                         cg_error_get_cause (error) == CG_ERROR_CAUSE_GARBLED);
}

/* A move that was dropped may have been on the wire by then. */
static gboolean
may_move (const CgMotionStart *start, const GError *error)
{
  return start->preset == NULL &&
         (is_uncertain (error) || g_error_matches (error, CG_ERROR, CG_ERROR_CANCELLED));
}

/* A preset that was called moves the camera on its own account. When a start fails while the camera
 * was moving, nobody would end that move any more: it ends now. */
static void
settle_failure (CgMotion *self, const CgMotionStart *start, const GError *error)
{
  if (start->owes_stop || may_move (start, error)) {
    cg_motion_halt (self, NULL);
    return;
  }
  if (start->preset != NULL && is_uncertain (error)) {
    cg_motion_call_answered (self, TRUE);
    return;
  }
  cg_motion_end_watch (self);
  cg_motion_end_call (self);
  cg_motion_end_lease (self);
  self->place.has_moved = start->had_moved;
  cg_motion_set_leased (self, FALSE);
}

/* A move, or a call, that was not answered in time may arrive after the stop that follows it: until
 * it is too late for that, one stop is not enough. */
static void
note_doubt (CgMotion *self, const GError *error)
{
  if (!g_error_matches (error, CG_ERROR, CG_ERROR_TIMED_OUT))
    return;
  self->doubt.until_ms = cg_clock_get_monotonic_ms (self->clock) + CG_MOTION_DOUBT_MS;
  self->doubt.may_stray = TRUE;
}

/* What was sent is on its way no more. One that was overtaken lets go out what was to follow it:
 * a start that has waited for it, or another stop, as the camera may have got the move after the
 * first.
 *
 * Returns: whether it is of the newest command */
static gboolean
end_flight (CgMotion *self, guint serial, const GError *error)
{
  self->moves_in_flight--;
  note_doubt (self, error);
  if (serial == self->serial)
    return TRUE;
  if (self->moves_in_flight > 0)
    return FALSE;
  if (self->pending != NULL && self->pending->wait == CG_MOTION_WAIT_MOVE)
    cg_motion_send_start (self, g_steal_pointer (&self->pending));
  else if (self->stop.repeats && self->pending == NULL)
    cg_motion_halt (self, NULL);
  return FALSE;
}

/* Returns: whether the reply waits until it is seen what the move does */
static gboolean
settle_start (CgMotion *self, CgMotionStart *start, const GError *error)
{
  if (!end_flight (self, start->serial, error))
    return FALSE;
  if (error != NULL) {
    settle_failure (self, start, error);
    return FALSE;
  }
  if (start->preset == NULL) {
    cg_motion_set_leased (self, TRUE);
    return cg_motion_watch_answered (self, start);
  }
  cg_motion_set_leased (self, FALSE);
  cg_motion_set_unproven (self, FALSE);
  cg_motion_call_answered (self, FALSE);
  return FALSE;
}

static void
on_moved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgMotionStart *start = user_data;
  g_autoptr (CgMotion) self = g_object_ref (g_task_get_source_object (start->task));
  g_autoptr (GError) error = NULL;

  cg_ptz_driver_move_finish (CG_PTZ_DRIVER (object), result, &error);
  if (!settle_start (self, start, error))
    cg_motion_answer_start (start, g_steal_pointer (&error));
  cg_motion_check_rest (self);
}

static void
send_move (CgMotion *self, CgMotionStart *start, guint timeout_ms)
{
  const CgPtzMove before = self->move;
  gboolean goes_on;

  cg_ptz_move_from_request (&self->move, &start->request, &self->config);
  self->move.stop_others = start->was_moving && cg_ptz_move_leaves_axis (&before, &self->move);
  self->move.stop_form = self->form.chosen;
  cg_motion_end_call (self);
  goes_on = cg_ptz_move_is_like (&before, &self->move);
  cg_motion_begin_watch (self, start, goes_on);
  cg_motion_take_lease (self, start->source);
  cg_motion_forget_place (self);
  self->follow_up.slice = goes_on && start->was_moving ? self->follow_up.slice + 1 : 0;
  const CgPtzMove slice = cg_motion_get_slice (self);
  cg_ptz_driver_move_async (self->driver, &slice, timeout_ms, on_moved, start);
}

/* Until the camera has answered, nothing but the answer ends what moved before. */
static void
send_goto (CgMotion *self, CgMotionStart *start, guint timeout_ms)
{
  cg_motion_end_watch (self);
  cg_motion_end_call (self);
  cg_motion_close_eye (self); /* what it saw from now on would be the way to the preset */
  cg_motion_end_lease (self);
  cg_motion_begin_call (self, start);
  cg_motion_forget_place (self);
  self->stop.repeats = FALSE;
  cg_ptz_driver_goto_async (self->driver, start->preset, timeout_ms, on_moved, start);
}

static void
on_sent_again (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Again *again = user_data;
  g_autoptr (CgMotion) self = again->motion;
  g_autoptr (GError) error = NULL;

  if (!cg_ptz_driver_move_finish (CG_PTZ_DRIVER (object), result, &error))
    g_debug ("%s: what was sent once more has failed: %s", self->name, error->message);
  if (end_flight (self, again->serial, error))
    again->answered (self, error);
  cg_motion_check_rest (self);
}

static Again *
begin_again (CgMotion *self, CgMotionAnsweredFunc answered)
{
  Again *again = g_new (Again, 1);

  *again = (Again){g_object_ref (self), self->serial, answered};
  self->moves_in_flight++;
  return again;
}

/**
 * cg_motion_move_on:
 * @self: a camera's motion
 * @slice: of the move that is under way
 * @answered: called when the camera has answered, unless it was given another command since
 *
 * Sends more of a move, or the same again; nobody has asked for it.
 */
void
cg_motion_move_on (CgMotion *self, const CgPtzMove *slice, CgMotionAnsweredFunc answered)
{
  cg_ptz_driver_move_async (self->driver, slice, self->config.reply_timeout_ms, on_sent_again,
                            begin_again (self, answered));
}

/**
 * cg_motion_call_again:
 * @self: a camera's motion
 * @answered: as for cg_motion_move_on()
 *
 * Calls the preset that is being called. To call twice is to call once.
 */
void
cg_motion_call_again (CgMotion *self, CgMotionAnsweredFunc answered)
{
  cg_ptz_driver_goto_async (self->driver, self->call.token, self->config.reply_timeout_ms,
                            on_sent_again, begin_again (self, answered));
}

/**
 * cg_motion_expire_start:
 * @self: a camera's motion
 * @start: (transfer full): a start for which there is no time left
 *
 * Whoever asked is told so. What moved before has been replaced, and ends.
 */
void
cg_motion_expire_start (CgMotion *self, CgMotionStart *start)
{
  if (self->leased || self->is_unproven)
    cg_motion_halt (self, NULL);
  cg_motion_answer_start (start, g_error_new_literal (CG_ERROR, CG_ERROR_EXPIRED,
                                                      "it could not be sent to the camera in "
                                                      "time"));
}

/**
 * cg_motion_send_start:
 * @self: a camera's motion
 * @start: (transfer full): a start
 *
 * Takes @start over: sends it, unless there is no time left, it is refused, or the camera is to be
 * looked at or stopped first.
 */
void
cg_motion_send_start (CgMotion *self, CgMotionStart *start)
{
  const guint timeout_ms = (guint)MAX (cg_motion_get_left_ms (self, start), 0);

  start->wait = CG_MOTION_WAIT_NONE;
  start->was_moving = self->leased || self->call.token != NULL;
  start->owes_stop = start->was_moving || self->is_unproven;
  start->had_moved = self->place.has_moved;
  if (timeout_ms == 0) {
    cg_motion_expire_start (self, start);
    return;
  }
  if (cg_motion_refuse_start (self, start))
    return;
  if (cg_motion_wants_look (self, start)) {
    cg_motion_look_first (self, start);
    return;
  }
  if (cg_motion_wants_stop (self, start)) {
    cg_motion_stop_first (self, start);
    return;
  }
  self->moves_in_flight++;
  self->stop.is_newest = FALSE;
  cg_ptz_driver_cancel_moves (self->driver);
  if (start->preset != NULL)
    send_goto (self, start, timeout_ms);
  else
    send_move (self, start, timeout_ms);
}

/**
 * cg_motion_begin_start:
 * @self: a camera's motion
 * @start: (transfer full): a start
 *
 * Takes @start over. While a stop is under way it waits, so that the camera sees them in order.
 */
void
cg_motion_begin_start (CgMotion *self, CgMotionStart *start)
{
  if (cg_motion_refuse_busy (self, start))
    return;
  cg_motion_settle_probe (self);
  cg_motion_drop_pending (self);
  cg_clear_source (&self->stop.retry);
  start->serial = ++self->serial;
  if (self->stops_in_flight > 0) {
    start->wait = CG_MOTION_WAIT_TURN;
    self->pending = start;
  } else {
    cg_motion_send_start (self, start);
  }
}
