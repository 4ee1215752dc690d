/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz-velocity.h"

/* One relative step at full speed, as a fraction of the translation range: about what a
 * continuous move covers in half a second. */
#define STEP_FRACTION 0.1

/* Fractions of the camera's own range, whose two ends need not be equally far (Q33: an advertised
 * range of nothing counts as the generic −1…1). */
static double
scale (double fraction, const CgOnvifRange *range)
{
  if (range->max <= 0 || range->min >= 0)
    return fraction;
  return fraction >= 0 ? fraction * range->max : fraction * -range->min;
}

/**
 * cg_ptz_velocity_take:
 * @self: (out): what the camera is to be told, in its own units
 * @facts: what it can do
 * @move: in fractions of that
 *
 * PTZ Service Specification, 5.3.2 and 5.3.3, and 5.7 for the ranges.
 *
 * Returns: whether it is a step, since the camera knows no speeds
 */
gboolean
cg_ptz_velocity_take (CgOnvifVelocity *self, const CgOnvifPtzFacts *facts, const CgPtzMove *move)
{
  const gboolean is_step =
      move->zooming ? !facts->has_continuous_zoom : !facts->has_continuous_pan_tilt;
  const double part = is_step ? STEP_FRACTION : 1;

  *self = (CgOnvifVelocity){
      .move_pan_tilt = move->pan_tilt,
      .move_zoom = move->zooming,
      .pan = part * scale (move->pan, is_step ? &facts->pan_step : &facts->pan_velocity),
      .tilt = part * scale (move->tilt, is_step ? &facts->tilt_step : &facts->tilt_velocity),
      .zoom = part * scale (move->zoom, is_step ? &facts->zoom_step : &facts->zoom_velocity),
  };
  return is_step;
}
