/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz-look.h"

/**
 * cg_ptz_axis_get_word:
 * @axis: pan, tilt or zoom
 *
 * Returns: that word, as in messages and state files
 */
const char *
cg_ptz_axis_get_word (CgPtzAxis axis)
{
  static const char *const words[] = {
      [CG_PTZ_PAN] = "pan", [CG_PTZ_TILT] = "tilt", [CG_PTZ_ZOOM] = "zoom"};

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CG_PTZ_N_AXES);
  g_return_val_if_fail ((guint)axis < CG_PTZ_N_AXES, "");
  return words[axis];
}

/**
 * cg_ptz_look_get:
 * @self: a look
 * @axis: pan, tilt or zoom
 * @value: (out): where it is
 *
 * Returns: whether the camera tells that
 */
gboolean
cg_ptz_look_get (const CgPtzLook *self, CgPtzAxis axis, double *value)
{
  const double values[] = {self->pan, self->tilt, self->zoom};

  if (axis == CG_PTZ_ZOOM ? !self->has_zoom : !self->has_position)
    return FALSE;
  *value = values[axis];
  return TRUE;
}

/**
 * cg_ptz_look_is_moving:
 * @self: a look
 *
 * Returns: whether the camera says that anything moves
 */
gboolean
cg_ptz_look_is_moving (const CgPtzLook *self)
{
  return self->has_move_status && (self->moving_pan_tilt || self->moving_zoom);
}

/**
 * cg_ptz_look_tells_same:
 * @self: a look
 * @other: another
 *
 * Returns: whether both tell the place of the same axes
 */
gboolean
cg_ptz_look_tells_same (const CgPtzLook *self, const CgPtzLook *other)
{
  return self->has_position == other->has_position && self->has_zoom == other->has_zoom;
}
