/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that watches a move: what it teaches, whether it has begun, and what has to
 * follow it up while its lease runs. */
#include "cg-motion-private.h"

/* After the camera has agreed to a move, and from look to look of one that is waited for. */
#define PROBE_MS 250
/* So long after it has agreed, a camera that does not move is not going to. */
#define BEGUN_MS 450
/* From look to look of a lease: also the time after which a command counts as slept through (Q37).
 */
#define WATCH_MS 1000
/* Between two looks that shall show that something stands. */
#define STAND_MS 700
/* Timers and answers take their time. */
#define SLACK_MS 100
/* The reply goes out before the time for it is over. */
#define REPLY_MARGIN_MS 200
/* A diagonal is split into slices of this length (Q38); steps follow each other after it. */
#define SLICE_MS 500
/* Each axis has had two turns by then. */
#define SLICES_ENOUGH 4
/* Whether it is still true that the axes need to take turns is tried with each such diagonal. */
#define TRY_BOTH_EACH 8

static gint64
get_now_ms (CgMotion *self)
{
  return cg_clock_get_monotonic_ms (self->clock);
}

static gboolean
is_continuous (CgMotion *self)
{
  return self->move.zooming ? self->facts.continuous_zoom : self->facts.continuous_pan_tilt;
}

static gboolean
is_relative (CgMotion *self)
{
  return !is_continuous (self) &&
         (self->move.zooming ? self->facts.relative_zoom : self->facts.relative_pan_tilt);
}

static gboolean
is_diagonal (CgMotion *self)
{
  return is_continuous (self) && cg_ptz_move_is_diagonal (&self->move);
}

static gboolean
is_split (CgMotion *self)
{
  return self->sense.one_axis_only && !self->follow_up.tries_both && is_diagonal (self);
}

static gboolean
was_asked_again (CgMotion *self)
{
  return self->watch.asked >= CG_MOTION_ASKED_AGAIN;
}

/**
 * cg_motion_get_slice:
 * @self: a camera's motion
 *
 * Returns: what is to be sent now of the move that was asked for (Q38)
 */
CgPtzMove
cg_motion_get_slice (CgMotion *self)
{
  CgPtzMove slice = self->move;

  if (!is_split (self))
    return slice;
  if (self->follow_up.slice % 2 == 0)
    slice.tilt = 0;
  else
    slice.pan = 0;
  return slice;
}

/**
 * cg_motion_settle_probe:
 * @self: a camera's motion
 *
 * Replies to a move that was accepted, and is not waited for any longer.
 */
void
cg_motion_settle_probe (CgMotion *self)
{
  CgMotionStart *start = g_steal_pointer (&self->probe.start);

  self->probe.is_on = FALSE;
  cg_clear_source (&self->probe.timer);
  if (start != NULL)
    cg_motion_answer_start (start, NULL);
}

static gboolean
on_probe_end (gpointer user_data)
{
  cg_motion_settle_probe (user_data);
  return G_SOURCE_REMOVE;
}

static void plan_follow_up (CgMotion *self);

/* What the camera does after the second try counts from its answer on (Q37); without one nothing
 * can be concluded from it. */
static void
settle_resend (CgMotion *self, const GError *error)
{
  if (self->watch.asked != CG_MOTION_ASKED_AGAIN)
    return;
  self->watch.asked = CG_MOTION_ANSWERED_AGAIN;
  self->watch.answered_at_ms = get_now_ms (self);
  if (error != NULL)
    cg_motion_end_watch (self);
}

static void
on_followed_up (CgMotion *self, const GError *error)
{
  settle_resend (self, error);
  plan_follow_up (self);
}

/* The same move, its other axis, or the next step: only while the lease runs, and one at a time.
 * Returns: whether it was sent. */
static gboolean
follow_up (CgMotion *self)
{
  CgPtzMove slice = cg_motion_get_slice (self);

  if (!self->leased || self->lease.timer == NULL || self->moves_in_flight > 0 ||
      self->stops_in_flight > 0 || self->pending != NULL)
    return FALSE;
  slice.stop_others = FALSE;
  self->place.has_moved = TRUE;
  self->stop.holds_until_ms = 0;
  cg_motion_move_on (self, &slice, on_followed_up);
  return TRUE;
}

/* Q37: the first command after a rest was slept through. */
static guint
resend (CgMotion *self)
{
  g_debug ("%s: has not moved: asking once more", self->name);
  if (follow_up (self))
    self->watch.asked = CG_MOTION_ASKED_AGAIN;
  return PROBE_MS;
}

/* The next step of one that has not moved is its second try. */
static gboolean
on_follow_up (gpointer user_data)
{
  CgMotion *self = user_data;

  cg_clear_source (&self->follow_up.timer);
  self->follow_up.slice++;
  if (is_relative (self) && !self->watch.has_begun && !was_asked_again (self))
    resend (self);
  else
    follow_up (self);
  return G_SOURCE_REMOVE;
}

static void
plan_follow_up (CgMotion *self)
{
  cg_clear_source (&self->follow_up.timer);
  if (self->lease.timer != NULL && (is_split (self) || is_relative (self)))
    self->follow_up.timer = cg_clock_add_timeout (self->clock, SLICE_MS, on_follow_up, self);
}

/* Whether the camera may stand at its limit, as far as @look shows: where there is no position,
 * only MoveStatus can tell, after the move (Q36); not of a diagonal, whose other axis may wait for
 * this one (Q38). */
static gboolean
may_be_at_limit (CgMotion *self, const CgPtzLook *look)
{
  if (cg_ptz_sense_get_code (&self->move) == CG_N_ERRORS)
    return FALSE;
  if (cg_ptz_sense_has_place (&self->sense, look))
    return cg_ptz_sense_get_limit (&self->sense, look, &self->move).code != CG_N_ERRORS;
  return look->has_move_status && self->sense.move_status == CG_PTZ_TRUTH_HONEST &&
         is_continuous (self) && !cg_ptz_move_is_diagonal (&self->move);
}

static void
remember_end (CgMotion *self, const CgPtzLook *look)
{
  if (cg_ptz_sense_has_place (&self->sense, look) || !is_continuous (self) ||
      cg_ptz_move_is_diagonal (&self->move))
    return;
  self->end.code = cg_ptz_sense_get_code (&self->move);
  self->end.move = self->move;
  self->end.at_ms = get_now_ms (self);
}

/* It was asked to move, and was seen not to: the command is withdrawn, and the request answered. */
static void
refuse_probe (CgMotion *self, const CgPtzLook *look)
{
  CgMotionStart *start = g_steal_pointer (&self->probe.start);
  const CgErrorBasis basis = cg_ptz_sense_knows_ways (&self->sense, &self->move)
                                 ? CG_ERROR_BASIS_MEASURED
                                 : CG_ERROR_BASIS_ASSUMED;

  cg_ptz_sense_note_end (&self->sense, look, &self->move);
  cg_motion_settle_probe (self);
  cg_motion_note_stands (self, look);
  remember_end (self, look);
  cg_motion_tell_learnt (self);
  cg_motion_refuse_at_limit (self, start, cg_ptz_sense_get_code (&self->move), basis);
}

static void
note_begun (CgMotion *self)
{
  if (!self->watch.has_begun && was_asked_again (self))
    cg_ptz_sense_note_second_try (&self->sense, TRUE);
  self->watch.has_begun = TRUE;
}

/* Whether a command that was slept through would look the same as a limit (Q37): where it stands is
 * no end as long as that was not tried. */
static gboolean
may_have_slept (CgMotion *self, const CgPtzLook *look)
{
  if (was_asked_again (self))
    return FALSE;
  return self->sense.loses_first || !cg_ptz_sense_has_place (&self->sense, look) ||
         !cg_ptz_sense_get_limit (&self->sense, look, &self->move).is_sure;
}

/* A camera that takes steps is asked by the next one. Returns: when to look again */
static guint
ask_again (CgMotion *self)
{
  return is_relative (self) && self->follow_up.timer != NULL ? PROBE_MS : resend (self);
}

/* Returns: when to look again; 0: it is over */
static guint
judge_probe (CgMotion *self, const CgPtzLook *look, CgPtzSeen seen, gint64 age_ms)
{
  if (seen == CG_PTZ_SEEN_MOVING)
    note_begun (self);
  if (seen == CG_PTZ_SEEN_MOVING || !may_be_at_limit (self, look)) {
    cg_motion_settle_probe (self);
    return WATCH_MS - PROBE_MS;
  }
  if (age_ms < BEGUN_MS)
    return PROBE_MS;
  if (seen == CG_PTZ_SEEN_NOTHING) {
    cg_motion_settle_probe (self);
    return WATCH_MS;
  }
  if (may_have_slept (self, look))
    return ask_again (self);
  refuse_probe (self, look);
  return 0;
}

/* What the axes of a diagonal do decides whether they go on together or in turns (Q38): from now on
 * they do, or need not any more. */
static void
judge_turns (CgMotion *self, gint64 age_ms)
{
  if (age_ms >= BEGUN_MS && self->follow_up.tries_both) {
    self->follow_up.tries_both = FALSE;
    self->watch.record.is_split = is_split (self);
  }
  if (is_split (self) && self->follow_up.slice >= SLICES_ENOUGH &&
      cg_ptz_sense_refute_turns (&self->sense, &self->watch.record)) {
    g_debug ("%s: moves both axes at a time", self->name);
    cg_clear_source (&self->follow_up.timer);
    self->watch.record.is_split = FALSE;
    follow_up (self);
  }
  if (is_split (self) && self->follow_up.timer == NULL && self->moves_in_flight == 0) {
    self->watch.record.is_split = TRUE;
    plan_follow_up (self);
  }
}

/* Under its lease it stands: there is an end. */
static guint
note_end_of_move (CgMotion *self, const CgPtzLook *look)
{
  self->lease.stands = TRUE;
  cg_motion_note_place (self, look);
  remember_end (self, look);
  return 0;
}

/* It has not begun to move. Returns: when to look again; 0: it is over */
static guint
judge_start (CgMotion *self, const CgPtzLook *look, gint64 age_ms)
{
  const gboolean may_resend =
      self->watch.from_rest && !was_asked_again (self) && !is_relative (self);

  if (cg_ptz_sense_has_place (&self->sense, look) && may_be_at_limit (self, look)) {
    if (age_ms < BEGUN_MS)
      return PROBE_MS;
    if (may_have_slept (self, look))
      return ask_again (self);
    cg_ptz_sense_note_end (&self->sense, look, &self->move);
    return note_end_of_move (self, look);
  }
  if (age_ms < WATCH_MS - SLACK_MS && !(may_resend && self->sense.loses_first))
    return (guint)MAX (WATCH_MS - age_ms, PROBE_MS);
  if (may_resend)
    return resend (self);
  if (was_asked_again (self)) {
    cg_ptz_sense_note_second_try (&self->sense, FALSE);
    cg_ptz_sense_note_unmoved (&self->sense, look, &self->move);
  }
  return note_end_of_move (self, look);
}

/* Returns: when to look again; 0: it is over */
static guint
judge_move (CgMotion *self, const CgPtzLook *look, CgPtzSeen seen, gint64 age_ms)
{
  switch (seen) {
  case CG_PTZ_SEEN_NOTHING:
    return WATCH_MS;
  case CG_PTZ_SEEN_MOVING:
    note_begun (self);
    judge_turns (self, age_ms);
    return age_ms < WATCH_MS - SLACK_MS ? WATCH_MS - PROBE_MS : WATCH_MS;
  case CG_PTZ_SEEN_STILL:
    if (!self->watch.has_begun)
      return judge_start (self, look, age_ms);
    if (get_now_ms (self) - self->watch.seen_at_ms < STAND_MS)
      return WATCH_MS;
    return note_end_of_move (self, look);
  }
  g_return_val_if_reached (0);
}

/* @before: (nullable): where it stood */
static void
init_watch (CgMotion *self, const CgPtzLook *before)
{
  cg_ptz_watch_init (&self->watch.record, &self->move, before);
  self->watch.record.is_split = is_split (self);
}

/* What is seen while the move goes out shows where it began. */
static guint
see_beginning (CgMotion *self, const CgPtzLook *look)
{
  self->watch.wants_beginning = FALSE;
  init_watch (self, look);
  if (self->probe.is_on && !may_be_at_limit (self, look))
    cg_motion_settle_probe (self);
  return PROBE_MS;
}

static guint
see_nothing (CgMotion *self)
{
  self->watch.wants_beginning = FALSE;
  cg_motion_settle_probe (self);
  return cg_ptz_eye_is_worth (self->eye) ? WATCH_MS : 0;
}

static guint
see_move (CgMotion *self, const CgPtzLook *look)
{
  const gint64 age_ms = cg_ptz_eye_get_asked_ms (self->eye) - self->watch.answered_at_ms;
  const CgPtzSeen seen = cg_ptz_sense_watch (&self->sense, &self->watch.record, look);
  const guint delay_ms = self->probe.is_on ? judge_probe (self, look, seen, age_ms)
                                           : judge_move (self, look, seen, age_ms);

  cg_motion_tell_learnt (self);
  return cg_ptz_eye_is_worth (self->eye) ? delay_ms : 0;
}

static guint
on_watch (const CgPtzLook *look, gpointer user_data)
{
  g_autoptr (CgMotion) self = g_object_ref (user_data);
  guint delay_ms;

  if (look == NULL)
    delay_ms = see_nothing (self);
  else if (self->watch.wants_beginning)
    delay_ms = see_beginning (self, look);
  else if (self->watch.asked == CG_MOTION_ASKED || self->watch.asked == CG_MOTION_ASKED_AGAIN)
    delay_ms = PROBE_MS;
  else
    delay_ms = see_move (self, look);
  self->watch.seen_at_ms = get_now_ms (self);
  if (delay_ms == 0 && self->sight.phase == CG_MOTION_WATCH)
    cg_motion_close_eye (self);
  return delay_ms;
}

/**
 * cg_motion_end_watch:
 * @self: a camera's motion
 *
 * Nobody watches the move any more.
 */
void
cg_motion_end_watch (CgMotion *self)
{
  cg_motion_settle_probe (self);
  if (self->sight.phase == CG_MOTION_WATCH)
    cg_motion_close_eye (self);
}

/* A habit may have been learnt by mistake, or be over: now and then a diagonal is sent whole. */
static void
choose_turns (CgMotion *self)
{
  self->follow_up.tries_both = self->sense.one_axis_only && is_diagonal (self) &&
                               self->watch.from_rest && cg_ptz_eye_is_worth (self->eye) &&
                               ++self->follow_up.diagonals % TRY_BOTH_EACH == 0;
}

/**
 * cg_motion_begin_watch:
 * @self: a camera's motion
 * @start: a start
 * @goes_on: whether it goes the same way as the one before
 *
 * The camera is about to be asked for self->move.
 */
void
cg_motion_begin_watch (CgMotion *self, const CgMotionStart *start, gboolean goes_on)
{
  const gboolean is_fresh =
      self->place.is_known && get_now_ms (self) - self->place.at_ms < CG_MOTION_PLACE_FRESH_MS;

  if (goes_on && start->was_moving && !self->lease.stands && self->sight.phase == CG_MOTION_WATCH)
    return;
  cg_motion_close_eye (self);
  self->watch.from_rest = !start->was_moving || self->lease.stands || start->is_looked;
  self->watch.has_begun = self->probe.is_on = FALSE;
  self->watch.asked = CG_MOTION_ASKED;
  self->watch.wants_beginning =
      self->watch.from_rest && !is_fresh && cg_ptz_eye_is_worth (self->eye);
  choose_turns (self);
  init_watch (self, self->watch.from_rest && is_fresh ? &self->place.look : NULL);
  if (self->watch.wants_beginning) {
    self->probe.is_on = cg_ptz_sense_get_code (&self->move) != CG_N_ERRORS;
    cg_motion_open_eye (self, CG_MOTION_WATCH, 0, on_watch);
  } else if (self->watch.from_rest && is_fresh && cg_ptz_eye_is_worth (self->eye)) {
    self->probe.is_on = may_be_at_limit (self, &self->place.look);
  }
}

/**
 * cg_motion_watch_answered:
 * @self: a camera's motion
 * @start: a start
 *
 * The camera has agreed to the move.
 *
 * Returns: whether @start was taken over: its reply waits until it is seen what the camera does
 */
gboolean
cg_motion_watch_answered (CgMotion *self, CgMotionStart *start)
{
  const gint64 left_ms = cg_motion_get_left_ms (self, start) - REPLY_MARGIN_MS;

  plan_follow_up (self);
  settle_resend (self, NULL); /* a refresh is a second try, too */
  if (self->watch.asked != CG_MOTION_ASKED)
    return FALSE;
  self->watch.asked = CG_MOTION_ANSWERED;
  self->watch.answered_at_ms = get_now_ms (self);
  if (!cg_ptz_eye_is_worth (self->eye))
    self->probe.is_on = FALSE;
  else if (!self->watch.wants_beginning)
    cg_motion_open_eye (self, CG_MOTION_WATCH, PROBE_MS, on_watch);
  if (!self->probe.is_on || left_ms <= 0) {
    self->probe.is_on = FALSE;
    return FALSE;
  }
  self->probe.start = start;
  self->probe.timer = cg_clock_add_timeout (self->clock, left_ms, on_probe_end, self);
  return TRUE;
}
