/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz-sense-private.h"

#include <math.h>

/* Two places are the same within this part of the range; never finer than this. */
#define TOLERANCE_PART 0.005
#define TOLERANCE_MIN 0.001
/* Near enough to an end to look before a move: of the range. */
#define NEAR_PART 0.02
/* What moves has moved by so much from look to look: the slowest speed shows in it, and the noise
 * of a measured position does not. Positions are 32 bit floats. */
#define STEP_PART 0.0005
#define STEP_MIN 0.001

/**
 * cg_ptz_sense_init:
 * @self: (out): nothing is known
 */
void
cg_ptz_sense_init (CgPtzSense *self)
{
  *self = (CgPtzSense){0};
}

/**
 * cg_ptz_axis_get_width:
 * @axis: of a camera
 *
 * Returns: the width of its range
 */
double
cg_ptz_axis_get_width (const CgPtzAxisSense *axis)
{
  return axis->range.max - axis->range.min;
}

/**
 * cg_ptz_sense_get_tolerance:
 * @self: what is known
 * @axis: pan, tilt or zoom
 *
 * Returns: within which two places are the same
 */
double
cg_ptz_sense_get_tolerance (const CgPtzSense *self, CgPtzAxis axis)
{
  return MAX (TOLERANCE_PART * cg_ptz_axis_get_width (&self->axes[axis]), TOLERANCE_MIN);
}

/**
 * cg_ptz_axis_get_step:
 * @axis: of a camera
 *
 * Returns: what has moved from look to look has moved by more than that
 */
double
cg_ptz_axis_get_step (const CgPtzAxisSense *axis)
{
  return MAX (STEP_PART * cg_ptz_axis_get_width (axis), STEP_MIN);
}

static double
get_advertised (const CgPtzAxisSense *axis, CgPtzSide side)
{
  return side == CG_PTZ_LOW ? axis->range.min : axis->range.max;
}

/**
 * cg_ptz_axis_reset_end:
 * @axis: of a camera
 * @side: which end
 *
 * Forgets what was learnt of an end.
 */
void
cg_ptz_axis_reset_end (CgPtzAxisSense *axis, CgPtzSide side)
{
  axis->ends[side] = (CgPtzEnd){
      .kind = axis->is_told ? CG_PTZ_END_ADVERTISED : CG_PTZ_END_NONE,
      .at = get_advertised (axis, side),
  };
}

static gboolean
is_same_range (const CgPtzRange *a, const CgPtzRange *b)
{
  return fabs (a->min - b->min) < TOLERANCE_MIN && fabs (a->max - b->max) < TOLERANCE_MIN;
}

/**
 * cg_ptz_sense_set_facts:
 * @self: what is known
 * @facts: what the camera says of itself now
 *
 * What was learnt of an end holds in the range that it was learnt in.
 */
void
cg_ptz_sense_set_facts (CgPtzSense *self, const CgPtzFacts *facts)
{
  for (int i = 0; i < CG_PTZ_N_AXES; i++) {
    CgPtzAxisSense *axis = &self->axes[i];
    const gboolean is_other = !is_same_range (&axis->range, &facts->position[i]);

    axis->range = facts->position[i];
    axis->is_told = facts->is_told[i];
    for (int side = 0; side < CG_PTZ_N_SIDES; side++) {
      if (is_other || axis->ends[side].kind <= CG_PTZ_END_ADVERTISED)
        cg_ptz_axis_reset_end (axis, side);
    }
  }
}

/**
 * cg_ptz_sense_has_facts:
 * @self: what is known
 *
 * Returns: whether the ranges of the axes are known, be it from another life
 */
gboolean
cg_ptz_sense_has_facts (const CgPtzSense *self)
{
  return cg_ptz_axis_get_width (&self->axes[CG_PTZ_PAN]) > 0;
}

/**
 * cg_ptz_move_get_axis:
 * @move: a move
 * @axis: pan, tilt or zoom
 *
 * Returns: the speed that it asks for; 0: none
 */
double
cg_ptz_move_get_axis (const CgPtzMove *move, CgPtzAxis axis)
{
  switch (axis) {
  case CG_PTZ_PAN:
    return move->pan_tilt ? move->pan : 0;
  case CG_PTZ_TILT:
    return move->pan_tilt ? move->tilt : 0;
  case CG_PTZ_ZOOM:
    return move->zooming ? move->zoom : 0;
  case CG_PTZ_N_AXES:
    break;
  }
  g_return_val_if_reached (0);
}

/**
 * cg_ptz_look_get_way:
 * @axis: pan, tilt or zoom
 * @from: a look
 * @to: a later one
 * @way: (out): how far it has gone
 *
 * Returns: whether both tell the axis
 */
gboolean
cg_ptz_look_get_way (CgPtzAxis axis, const CgPtzLook *from, const CgPtzLook *to, double *way)
{
  double a;
  double b;

  if (!cg_ptz_look_get (from, axis, &a) || !cg_ptz_look_get (to, axis, &b))
    return FALSE;
  *way = b - a;
  return TRUE;
}

/**
 * cg_ptz_sense_is_frozen:
 * @self: what is known
 * @axis: pan, tilt or zoom
 *
 * Returns: whether its position is not believed (Q36)
 */
gboolean
cg_ptz_sense_is_frozen (const CgPtzSense *self, CgPtzAxis axis)
{
  return self->axes[axis].truth == CG_PTZ_TRUTH_FROZEN;
}

/**
 * cg_ptz_sense_has_place:
 * @self: what is known
 * @look: a look
 *
 * Returns: whether @look tells where the camera points, as far as is known
 */
gboolean
cg_ptz_sense_has_place (const CgPtzSense *self, const CgPtzLook *look)
{
  return look->has_position && !cg_ptz_sense_is_frozen (self, CG_PTZ_PAN) &&
         !cg_ptz_sense_is_frozen (self, CG_PTZ_TILT);
}

/**
 * cg_ptz_sense_is_same_place:
 * @self: what is known
 * @a: a look
 * @b: another
 *
 * Returns: whether both show the camera pointing to the same place, within tolerance; %FALSE if
 *   they do not tell
 */
gboolean
cg_ptz_sense_is_same_place (const CgPtzSense *self, const CgPtzLook *a, const CgPtzLook *b)
{
  gboolean is_told = FALSE;

  for (CgPtzAxis axis = 0; axis < CG_PTZ_N_AXES; axis++) {
    double way;

    if (cg_ptz_sense_is_frozen (self, axis) || !cg_ptz_look_get_way (axis, a, b, &way))
      continue;
    if (fabs (way) > cg_ptz_sense_get_tolerance (self, axis))
      return FALSE;
    is_told |= axis != CG_PTZ_ZOOM || !a->has_position;
  }
  return is_told;
}

/* What MoveStatus is worth, for a camera whose position tells nothing. */
static CgPtzSeen
read_move_status (const CgPtzSense *self, const CgPtzLook *look)
{
  if (!look->has_move_status || self->move_status == CG_PTZ_TRUTH_FROZEN ||
      self->move_status == CG_PTZ_TRUTH_RESTLESS)
    return CG_PTZ_SEEN_NOTHING;
  return cg_ptz_look_is_moving (look) ? CG_PTZ_SEEN_MOVING : CG_PTZ_SEEN_STILL;
}

/**
 * cg_ptz_sense_compare:
 * @self: what is known
 * @a: a look
 * @b: the next one
 *
 * The position is believed before MoveStatus, which may say anything (Q36).
 *
 * Returns: whether anything moved between the two, whoever moved it
 */
CgPtzSeen
cg_ptz_sense_compare (const CgPtzSense *self, const CgPtzLook *a, const CgPtzLook *b)
{
  gboolean is_told = FALSE;
  gboolean is_honest = TRUE;

  for (CgPtzAxis axis = 0; axis < CG_PTZ_N_AXES; axis++) {
    double way;

    if (!cg_ptz_look_get_way (axis, a, b, &way))
      continue;
    if (fabs (way) > cg_ptz_axis_get_step (&self->axes[axis]))
      return CG_PTZ_SEEN_MOVING;
    if (cg_ptz_sense_is_frozen (self, axis))
      continue;
    is_told |= axis != CG_PTZ_ZOOM || !a->has_position;
    is_honest &= axis == CG_PTZ_ZOOM || self->axes[axis].truth == CG_PTZ_TRUTH_HONEST;
  }
  if (is_told && (is_honest || self->move_status != CG_PTZ_TRUTH_HONEST))
    return CG_PTZ_SEEN_STILL;
  return read_move_status (self, b);
}

/**
 * cg_ptz_sense_proves_rest:
 * @self: what is known
 * @look: the second of two that are the same
 * @move: what the camera was asked for last; none: anything may have moved it
 *
 * What has never been seen to change may be frozen, and proves nothing (Q36).
 *
 * Returns: whether @look would be another one if the camera still moved
 */
gboolean
cg_ptz_sense_proves_rest (const CgPtzSense *self, const CgPtzLook *look, const CgPtzMove *move)
{
  const gboolean is_any = !move->pan_tilt && !move->zooming;

  if (look->has_move_status && self->move_status == CG_PTZ_TRUTH_HONEST)
    return TRUE;
  for (CgPtzAxis axis = 0; axis < CG_PTZ_N_AXES; axis++) {
    double value;

    if ((is_any || cg_ptz_move_get_axis (move, axis) != 0) &&
        cg_ptz_look_get (look, axis, &value) && self->axes[axis].truth == CG_PTZ_TRUTH_HONEST)
      return TRUE;
  }
  return FALSE;
}

/**
 * cg_ptz_end_is_known:
 * @end: of an axis
 *
 * Returns: whether there is one, as far as is known
 */
gboolean
cg_ptz_end_is_known (const CgPtzEnd *end)
{
  return end->kind == CG_PTZ_END_ADVERTISED || end->kind == CG_PTZ_END_LEARNT ||
         end->kind == CG_PTZ_END_VERIFIED;
}

/**
 * cg_ptz_axis_is_at_end:
 * @axis: of a camera
 * @side: which end
 * @value: where it is
 * @margin: within which it counts as there
 *
 * Returns: whether it is there, or beyond
 */
gboolean
cg_ptz_axis_is_at_end (const CgPtzAxisSense *axis, CgPtzSide side, double value, double margin)
{
  const CgPtzEnd *end = &axis->ends[side];

  if (!cg_ptz_end_is_known (end))
    return FALSE;
  return side == CG_PTZ_LOW ? value <= end->at + margin : value >= end->at - margin;
}

/* The end that a command leads to; the one it stands at, while it is not known which way it goes.
 */
/**
 * cg_ptz_axis_find_side:
 * @axis: of a camera
 * @command: a speed
 * @value: where it is
 * @margin: within which it counts as at an end
 * @side: (out): the end that @command leads to; the one it stands at, while it is not known
 *   which way that goes
 *
 * Returns: whether it is there
 */
gboolean
cg_ptz_axis_find_side (
    const CgPtzAxisSense *axis, double command, double value, double margin, CgPtzSide *side)
{
  if (axis->sign != 0) {
    *side = axis->sign * command > 0 ? CG_PTZ_HIGH : CG_PTZ_LOW;
    return cg_ptz_axis_is_at_end (axis, *side, value, margin);
  }
  const CgPtzSide likely = command > 0 ? CG_PTZ_HIGH : CG_PTZ_LOW;
  *side = cg_ptz_axis_is_at_end (axis, likely, value, margin) ? likely : (CgPtzSide)!likely;
  return cg_ptz_axis_is_at_end (axis, *side, value, margin);
}

/**
 * cg_ptz_sense_is_axis_at_limit:
 * @self: what is known
 * @axis: pan, tilt or zoom
 * @look: where the camera stands
 * @command: a speed
 * @margin: within which it counts as at an end
 * @side: (out): that end
 *
 * Returns: whether the axis stands at the end that @command leads to
 */
gboolean
cg_ptz_sense_is_axis_at_limit (const CgPtzSense *self,
                               CgPtzAxis axis,
                               const CgPtzLook *look,
                               double command,
                               double margin,
                               CgPtzSide *side)
{
  const CgPtzAxisSense *sense = &self->axes[axis];
  double value;

  return !cg_ptz_sense_is_frozen (self, axis) && cg_ptz_look_get (look, axis, &value) &&
         cg_ptz_axis_find_side (sense, command, value, margin, side);
}

/**
 * cg_ptz_sense_is_near_limit:
 * @self: what is known
 * @look: where the camera stood
 * @move: what is asked of it
 *
 * Zoom has no limit that the contract could tell.
 *
 * Returns: whether it may stand at its limits in all directions that @move asks for
 */
gboolean
cg_ptz_sense_is_near_limit (const CgPtzSense *self, const CgPtzLook *look, const CgPtzMove *move)
{
  gboolean is_near = FALSE;

  for (CgPtzAxis axis = CG_PTZ_PAN; axis <= CG_PTZ_TILT; axis++) {
    const double command = cg_ptz_move_get_axis (move, axis);
    const double margin =
        MAX (NEAR_PART * cg_ptz_axis_get_width (&self->axes[axis]), TOLERANCE_MIN);
    CgPtzSide side;

    if (command == 0)
      continue;
    if (!cg_ptz_sense_is_axis_at_limit (self, axis, look, command, margin, &side))
      return FALSE;
    is_near = TRUE;
  }
  return is_near;
}

/**
 * cg_ptz_sense_knows_ways:
 * @self: what is known
 * @move: a move that did not move the camera
 *
 * An axis of a diagonal that counts the other way, and is not at its end, may be waiting for the
 * one that is (Q38).
 *
 * Returns: whether that shows that the camera stands at its limits
 */
gboolean
cg_ptz_sense_knows_ways (const CgPtzSense *self, const CgPtzMove *move)
{
  return !cg_ptz_move_is_diagonal (move) ||
         (self->axes[CG_PTZ_PAN].sign != 0 && self->axes[CG_PTZ_TILT].sign != 0);
}

/**
 * cg_ptz_sense_get_code:
 * @move: a move of pan or tilt
 *
 * Returns: the limit that it leads to, the vertical one first (PROTOCOL.md section 3);
 *   %CG_N_ERRORS for a zoom, which has none
 */
CgError
cg_ptz_sense_get_code (const CgPtzMove *move)
{
  const double pan = cg_ptz_move_get_axis (move, CG_PTZ_PAN);
  const double tilt = cg_ptz_move_get_axis (move, CG_PTZ_TILT);

  if (tilt != 0)
    return tilt > 0 ? CG_ERROR_LIMIT_UP : CG_ERROR_LIMIT_DOWN;
  if (pan != 0)
    return pan > 0 ? CG_ERROR_LIMIT_RIGHT : CG_ERROR_LIMIT_LEFT;
  return CG_N_ERRORS;
}

/**
 * cg_ptz_sense_get_limit:
 * @self: what is known
 * @look: where the camera stands
 * @move: what is asked of it
 *
 * Returns: the limit at which it stands; a diagonal stands at one only if both axes do, and not if
 * one of them would have to count the other way: it may be waiting for the other one (Q38)
 */
CgPtzLimit
cg_ptz_sense_get_limit (const CgPtzSense *self, const CgPtzLook *look, const CgPtzMove *move)
{
  CgPtzLimit limit = {.code = CG_N_ERRORS, .is_sure = TRUE};

  for (CgPtzAxis axis = CG_PTZ_PAN; axis <= CG_PTZ_TILT; axis++) {
    const CgPtzAxisSense *sense = &self->axes[axis];
    const double command = cg_ptz_move_get_axis (move, axis);
    CgPtzSide side;

    if (command == 0)
      continue;
    if (!cg_ptz_sense_is_axis_at_limit (self, axis, look, command,
                                        cg_ptz_sense_get_tolerance (self, axis), &side))
      return (CgPtzLimit){.code = CG_N_ERRORS};
    if (cg_ptz_move_is_diagonal (move) && sense->sign == 0 &&
        (side == CG_PTZ_HIGH) != (command > 0))
      return (CgPtzLimit){.code = CG_N_ERRORS};
    limit.code = cg_ptz_sense_get_code (move);
    limit.is_sure &= sense->sign != 0 && sense->ends[side].kind == CG_PTZ_END_VERIFIED;
  }
  return limit;
}
