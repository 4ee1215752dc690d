/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a camera's PTZ teaches. */
#include <math.h>

#include "cg-ptz-sense-private.h"

/* So often in a row, and it is a habit. */
#define HABIT 2
/* A position that stands still while the camera says that it moves. */
#define FROZEN_LOOKS 3

/**
 * cg_ptz_watch_init:
 * @self: (out): a watch that has seen nothing yet
 * @move: what is asked of the camera
 * @before: (nullable): where it stood before
 */
void
cg_ptz_watch_init (CgPtzWatch *self, const CgPtzMove *move, const CgPtzLook *before)
{
  *self = (CgPtzWatch){.move = *move, .has_last = before != NULL};
  if (before != NULL)
    self->last = *before;
}

/* Where it was seen, it can be: an end short of that is none. */
static void
note_beyond (CgPtzSense *self, CgPtzAxis i, double value)
{
  CgPtzAxisSense *axis = &self->axes[i];
  const double tolerance = cg_ptz_sense_get_tolerance (self, i);

  for (int side = 0; side < CG_PTZ_N_SIDES; side++) {
    CgPtzEnd *end = &axis->ends[side];
    const double excess = side == CG_PTZ_LOW ? end->at - value : value - end->at;

    if (!cg_ptz_end_is_known (end) || excess <= tolerance)
      continue;
    const gboolean was_told = end->kind == CG_PTZ_END_ADVERTISED;
    cg_ptz_axis_reset_end (axis, side);
    const double rest = side == CG_PTZ_LOW ? end->at - value : value - end->at;
    if (was_told || rest > tolerance)
      end->kind = CG_PTZ_END_LYING;
  }
}

/* Which way a command leads is believed after the first move, and doubted after two. */
static void
note_way (CgPtzAxisSense *axis, double way, double command)
{
  const int sign = way * command > 0 ? 1 : -1;

  if (sign == axis->sign) {
    axis->contrary = 0;
  } else if (axis->sign == 0 || ++axis->contrary >= HABIT) {
    axis->sign = sign;
    axis->contrary = 0;
  }
}

/* It moved by itself, and stands by itself: there is an end, where the camera says so or not. The
 * axis of a diagonal may be waiting for the other one (Q38). */
static void
note_stand (CgPtzSense *self, CgPtzAxis i, double value, double command)
{
  CgPtzAxisSense *axis = &self->axes[i];
  const CgPtzSide side = axis->sign * command > 0 ? CG_PTZ_HIGH : CG_PTZ_LOW;
  const double tolerance = cg_ptz_sense_get_tolerance (self, i);
  CgPtzEnd *end = &axis->ends[side];

  if (axis->sign == 0 || (cg_ptz_end_is_known (end) && end->kind != CG_PTZ_END_ADVERTISED &&
                          fabs (end->at - value) <= tolerance))
    return;
  const gboolean is_told =
      end->kind == CG_PTZ_END_ADVERTISED && fabs (end->at - value) <= tolerance;
  *end = (CgPtzEnd){is_told ? CG_PTZ_END_VERIFIED : CG_PTZ_END_LEARNT, value};
}

static CgPtzSeen
see_axis (const CgPtzSense *self, CgPtzAxis i, double way)
{
  if (fabs (way) > cg_ptz_axis_get_step (&self->axes[i]))
    return CG_PTZ_SEEN_MOVING;
  return cg_ptz_sense_is_frozen (self, i) ? CG_PTZ_SEEN_NOTHING : CG_PTZ_SEEN_STILL;
}

/* An axis that jumps from end to end turns on and on. */
static void
note_motion (CgPtzAxisSense *axis, double way, double command)
{
  axis->truth = CG_PTZ_TRUTH_HONEST;
  axis->unmoved = 0;
  if (command == 0)
    return;
  if (axis->is_told && fabs (way) > cg_ptz_axis_get_width (axis) / 2)
    axis->ends[CG_PTZ_LOW].kind = axis->ends[CG_PTZ_HIGH].kind = CG_PTZ_END_LYING;
  else
    note_way (axis, way, command);
}

static void
watch_axis (CgPtzSense *self, CgPtzWatch *watch, CgPtzAxis i, const CgPtzLook *look)
{
  const double command = cg_ptz_move_get_axis (&watch->move, i);
  double value = 0;
  double way;

  watch->seen[i] = CG_PTZ_SEEN_NOTHING;
  if (!cg_ptz_look_get (look, i, &value))
    return;
  note_beyond (self, i, value);
  if (!watch->has_last || !cg_ptz_look_get_way (i, &watch->last, look, &way))
    return;
  watch->seen[i] = see_axis (self, i, way);
  if (watch->seen[i] == CG_PTZ_SEEN_MOVING) {
    note_motion (&self->axes[i], way, command);
    watch->moved[i] |= command != 0;
  } else if (watch->seen[i] == CG_PTZ_SEEN_STILL && watch->moved[i] &&
             !cg_ptz_move_is_diagonal (&watch->move)) {
    note_stand (self, i, value, command);
  }
}

/* Whether @i moves, and the other axis of a diagonal does not, though it is not at its end. */
static gboolean
is_lone (const CgPtzSense *self, const CgPtzWatch *watch, const CgPtzLook *look, CgPtzAxis i)
{
  const CgPtzAxis other = i == CG_PTZ_PAN ? CG_PTZ_TILT : CG_PTZ_PAN;
  const double command = cg_ptz_move_get_axis (&watch->move, other);
  CgPtzSide side;

  return watch->seen[i] == CG_PTZ_SEEN_MOVING && watch->seen[other] == CG_PTZ_SEEN_STILL &&
         !cg_ptz_sense_is_axis_at_limit (self, other, look, command,
                                         cg_ptz_sense_get_tolerance (self, other), &side);
}

/* A diagonal that moves one axis (Q38) counts once, when the other one has had time to begin. That
 * of a camera which moves both refutes what was learnt. */
static void
note_diagonal (CgPtzSense *self, CgPtzWatch *watch, const CgPtzLook *look)
{
  if (watch->is_split || !cg_ptz_move_is_diagonal (&watch->move))
    return;
  if (watch->moved[CG_PTZ_PAN] && watch->moved[CG_PTZ_TILT]) {
    self->lone_axes = 0;
    self->one_axis_only = FALSE;
    return;
  }
  if (!is_lone (self, watch, look, CG_PTZ_PAN) && !is_lone (self, watch, look, CG_PTZ_TILT))
    return;
  if (++watch->lone_looks == HABIT)
    self->one_axis_only |= ++self->lone_axes >= HABIT;
}

/**
 * cg_ptz_sense_refute_turns:
 * @self: what is known; learns
 * @watch: a diagonal whose axes have taken turns, each of them once at least
 *
 * An axis that does not move when it is its turn stands at an end, or for good: that the camera
 * moves one axis at a time (Q38) does not explain it. There it is, as far as is known, an end.
 *
 * Returns: whether the axes need not take turns any more
 */
gboolean
cg_ptz_sense_refute_turns (CgPtzSense *self, const CgPtzWatch *watch)
{
  const CgPtzAxis still = watch->moved[CG_PTZ_PAN] ? CG_PTZ_TILT : CG_PTZ_PAN;
  const double command = cg_ptz_move_get_axis (&watch->move, still);
  double value;
  CgPtzSide side;

  if (watch->moved[CG_PTZ_PAN] == watch->moved[CG_PTZ_TILT] ||
      watch->seen[still] != CG_PTZ_SEEN_STILL || !cg_ptz_look_get (&watch->last, still, &value) ||
      cg_ptz_sense_is_axis_at_limit (self, still, &watch->last, command,
                                     cg_ptz_sense_get_tolerance (self, still), &side))
    return FALSE;
  note_stand (self, still, value, command);
  self->one_axis_only = FALSE;
  self->lone_axes = 0;
  return TRUE;
}

/* MoveStatus, beside what the position shows. */
static void
note_move_status (CgPtzSense *self, const CgPtzLook *look, CgPtzSeen seen)
{
  if (!look->has_move_status)
    return;
  if (cg_ptz_look_is_moving (look)) {
    self->said_moving = TRUE;
    self->idle_lies = 0;
  } else if (seen == CG_PTZ_SEEN_MOVING && ++self->idle_lies >= HABIT) {
    self->move_status = CG_PTZ_TRUTH_FROZEN;
  }
}

/* What the position shows of the axes that were asked for. */
static CgPtzSeen
judge_axes (const CgPtzSense *self, const CgPtzWatch *watch, gboolean *is_honest)
{
  CgPtzSeen seen = CG_PTZ_SEEN_NOTHING;

  *is_honest = TRUE;
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    if (cg_ptz_move_get_axis (&watch->move, i) == 0)
      continue;
    if (watch->seen[i] == CG_PTZ_SEEN_MOVING)
      return CG_PTZ_SEEN_MOVING;
    seen = MAX (seen, watch->seen[i]);
    *is_honest &= self->axes[i].truth == CG_PTZ_TRUTH_HONEST;
  }
  return seen;
}

static void
note_frozen (CgPtzSense *self, const CgPtzWatch *watch, guint enough)
{
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    CgPtzAxisSense *axis = &self->axes[i];

    if (cg_ptz_move_get_axis (&watch->move, i) != 0 && watch->seen[i] == CG_PTZ_SEEN_STILL &&
        axis->truth == CG_PTZ_TRUTH_UNKNOWN && ++axis->unmoved >= enough)
      axis->truth = CG_PTZ_TRUTH_FROZEN;
  }
}

/* The position is believed where it has been seen to change; else MoveStatus, where that was. */
static CgPtzSeen
judge (CgPtzSense *self, const CgPtzWatch *watch, const CgPtzLook *look)
{
  gboolean is_honest;
  const CgPtzSeen shown = judge_axes (self, watch, &is_honest);

  if (shown == CG_PTZ_SEEN_MOVING ||
      (shown == CG_PTZ_SEEN_STILL && (is_honest || self->move_status != CG_PTZ_TRUTH_HONEST)))
    return shown;
  if (self->move_status != CG_PTZ_TRUTH_HONEST || !look->has_move_status)
    return CG_PTZ_SEEN_NOTHING;
  if (!cg_ptz_look_is_moving (look))
    return CG_PTZ_SEEN_STILL;
  note_frozen (self, watch, FROZEN_LOOKS);
  return CG_PTZ_SEEN_MOVING;
}

/**
 * cg_ptz_sense_watch:
 * @self: what is known; learns
 * @watch: a move that is under way
 * @look: what is seen of it now
 *
 * Learns from what the move does which way it leads, where it ends, and what of all that the camera
 * tells is true (Q36, Q38).
 *
 * Returns: whether the axes that were asked for have moved since the look before
 */
CgPtzSeen
cg_ptz_sense_watch (CgPtzSense *self, CgPtzWatch *watch, const CgPtzLook *look)
{
  CgPtzSeen seen;

  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++)
    watch_axis (self, watch, i, look);
  note_diagonal (self, watch, look);
  seen = judge (self, watch, look);
  note_move_status (self, look, seen);
  watch->last = *look;
  watch->has_last = TRUE;
  return seen;
}

/**
 * cg_ptz_sense_note_end:
 * @self: what is known; learns
 * @look: where the camera stands
 * @move: towards an end; it did not move
 *
 * A position that has never changed, though it was to, proves nothing; neither does a diagonal
 * whose ways are not known.
 */
void
cg_ptz_sense_note_end (CgPtzSense *self, const CgPtzLook *look, const CgPtzMove *move)
{
  if (!cg_ptz_sense_knows_ways (self, move))
    return;
  for (CgPtzAxis i = CG_PTZ_PAN; i <= CG_PTZ_TILT; i++) {
    CgPtzAxisSense *axis = &self->axes[i];
    const double command = cg_ptz_move_get_axis (move, i);
    const double margin = cg_ptz_sense_get_tolerance (self, i);
    CgPtzSide side;
    double value;

    if (command == 0 || axis->truth == CG_PTZ_TRUTH_FROZEN || axis->unmoved > 0 ||
        !cg_ptz_look_get (look, i, &value) ||
        !cg_ptz_axis_find_side (axis, command, value, margin, &side))
      continue;
    if (axis->sign == 0)
      axis->sign = (side == CG_PTZ_HIGH) == (command > 0) ? 1 : -1;
    axis->ends[side] = (CgPtzEnd){CG_PTZ_END_VERIFIED, value};
  }
}

/**
 * cg_ptz_sense_note_unmoved:
 * @self: what is known; learns
 * @look: where the camera stands
 * @move: not towards any end that is known; it did not move, asked twice
 *
 * A position that never changes tells nothing; an end that it cannot be moved away from was none.
 */
void
cg_ptz_sense_note_unmoved (CgPtzSense *self, const CgPtzLook *look, const CgPtzMove *move)
{
  CgPtzWatch watch;

  cg_ptz_watch_init (&watch, move, look);
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    CgPtzAxisSense *axis = &self->axes[i];
    const double command = cg_ptz_move_get_axis (move, i);
    double value;

    if (!cg_ptz_look_get (look, i, &value))
      continue;
    watch.seen[i] = CG_PTZ_SEEN_STILL;
    if (command == 0 || axis->sign == 0)
      continue;
    const CgPtzSide behind = axis->sign * command > 0 ? CG_PTZ_LOW : CG_PTZ_HIGH;
    if (!cg_ptz_axis_is_at_end (axis, behind, value, cg_ptz_sense_get_tolerance (self, i)))
      continue;
    axis->sign = 0;
    cg_ptz_axis_reset_end (axis, behind);
  }
  note_frozen (self, &watch, HABIT);
}

/**
 * cg_ptz_sense_note_change:
 * @self: what is known; learns
 * @before: a look
 * @after: a later one
 *
 * A position that was another one before is told truly, whatever has moved the camera (Q36).
 */
void
cg_ptz_sense_note_change (CgPtzSense *self, const CgPtzLook *before, const CgPtzLook *after)
{
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    CgPtzAxisSense *axis = &self->axes[i];
    double way;

    if (!cg_ptz_look_get_way (i, before, after, &way) || fabs (way) <= cg_ptz_axis_get_step (axis))
      continue;
    axis->truth = CG_PTZ_TRUTH_HONEST;
    axis->unmoved = 0;
  }
}

/**
 * cg_ptz_sense_note_rest:
 * @self: what is known; learns
 * @a: a look at the camera, which stands
 * @b: the next one
 */
void
cg_ptz_sense_note_rest (CgPtzSense *self, const CgPtzLook *a, const CgPtzLook *b)
{
  if (!b->has_move_status)
    return;
  if (!cg_ptz_look_is_moving (b)) {
    self->moving_lies = 0;
    if (self->move_status == CG_PTZ_TRUTH_RESTLESS)
      self->move_status = CG_PTZ_TRUTH_UNKNOWN;
    if (self->said_moving && self->move_status == CG_PTZ_TRUTH_UNKNOWN)
      self->move_status = CG_PTZ_TRUTH_HONEST;
  } else if (self->axes[CG_PTZ_PAN].truth == CG_PTZ_TRUTH_HONEST ||
             self->axes[CG_PTZ_TILT].truth == CG_PTZ_TRUTH_HONEST) {
    if (++self->moving_lies >= HABIT)
      self->move_status = CG_PTZ_TRUTH_RESTLESS;
  }
}

/**
 * cg_ptz_sense_note_second_try:
 * @self: what is known; learns
 * @has_moved: whether the same command, given again, moved the camera
 */
void
cg_ptz_sense_note_second_try (CgPtzSense *self, gboolean has_moved)
{
  self->second_tries = has_moved ? self->second_tries + 1 : 0;
  if (self->second_tries >= HABIT)
    self->loses_first = TRUE;
}

/**
 * cg_ptz_sense_note_unstoppable:
 * @self: what is known; learns
 * @look: what the camera shows after every form of stop
 *
 * A camera without position that has said MOVING whatever it was told is no longer believed, until
 * it says something else.
 *
 * Returns: whether it is not believed
 */
gboolean
cg_ptz_sense_note_unstoppable (CgPtzSense *self, const CgPtzLook *look)
{
  if (cg_ptz_sense_has_place (self, look) || self->move_status != CG_PTZ_TRUTH_UNKNOWN)
    return FALSE;
  self->move_status = CG_PTZ_TRUTH_RESTLESS;
  return TRUE;
}
