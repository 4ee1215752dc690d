/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that tells how it stands. */
#include "cg-main.h"
#include "cg-motion-private.h"

static const char *
get_word (const CgPtzEnd *end)
{
  return end->kind != CG_PTZ_END_NONE ? cg_ptz_end_kind_get_word (end->kind) : NULL;
}

static void
tell_limits (const CgPtzAxisSense *axis, CgPtzLimits *limits)
{
  const CgPtzEnd *low = &axis->ends[CG_PTZ_LOW];
  const CgPtzEnd *high = &axis->ends[CG_PTZ_HIGH];

  *limits = (CgPtzLimits){{low->at, high->at}, get_word (low), get_word (high)};
}

/**
 * cg_motion_get_status:
 * @self: a camera's motion
 *
 * Returns: (transfer full): how it stands; contact and preset are for the camera to tell
 */
CgPtzStatus *
cg_motion_get_status (CgMotion *self)
{
  CgPtzStatus *status = g_new0 (CgPtzStatus, 1);

  CG_ON_MAIN ();
  status->is_measurable = cg_motion_is_measurable (self);
  status->has_look = cg_ptz_eye_get_last (self->eye, &status->look, &status->look_age_ms);
  status->is_moving =
      (self->leased && !self->lease.stands) ||
      (status->has_look && status->look.has_move_status && cg_ptz_look_is_moving (&status->look));
  status->has_lease = self->lease.timer != NULL;
  if (status->has_lease) {
    status->lease_left_ms = MAX (self->lease.ends_ms - cg_clock_get_monotonic_ms (self->clock), 0);
    status->source = g_strdup (self->lease.source);
    status->speeds[CG_PTZ_PAN] = self->move.pan;
    status->speeds[CG_PTZ_TILT] = self->move.tilt;
    status->speeds[CG_PTZ_ZOOM] = self->move.zoom;
  }
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++)
    tell_limits (&self->sense.axes[i], &status->limits[i]);
  status->learnt = cg_ptz_sense_write (&self->sense);
  status->stop_form = cg_onvif_stop_form_get_word (self->form.works);
  return status;
}

/**
 * cg_motion_get_called:
 * @self: a camera's motion
 *
 * Returns: index of the preset that it is on its way to; 0: none
 */
guint
cg_motion_get_called (CgMotion *self)
{
  return self->call.token != NULL ? self->call.index : 0;
}
