/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-model-camera.h"

#include "cg-sim-ptz.h"

/* What one relative step covers at full speed, as the ONVIF driver has it. */
#define STEP_FRACTION 0.1
#define MAX_PRESETS 16

struct _CgModelCamera {
  CgClock *clock; /* (owned) */
  CgModelNature nature;
  CgSimPtz *head;
  gint64 last_command_ms;
};

static gint64
now_ms (CgModelCamera *self)
{
  return cg_clock_get_monotonic_ms (self->clock);
}

static CgSimVector
get_vector (CgModelCamera *self, const CgPtzMove *move)
{
  const double sign = self->nature.inverted ? -1 : 1;
  CgSimVector vector = {
      .has_pan_tilt = move->pan_tilt,
      .has_zoom = move->zooming,
      .pan = sign * move->pan,
      .tilt = sign * move->tilt,
      .zoom = move->zoom,
  };

  if (self->nature.one_axis && vector.pan != 0)
    vector.tilt = 0;
  return vector;
}

/* Q37 */
static gboolean
is_awake (CgModelCamera *self)
{
  const gint64 rested_ms = now_ms (self) - self->last_command_ms;

  self->last_command_ms = now_ms (self);
  return self->nature.sleeps_ms == 0 || rested_ms < self->nature.sleeps_ms;
}

/* As src/onvif does: what is refused is followed by the next form (Q33). */
static CgOnvifStopForm
choose_form (CgModelCamera *self, CgOnvifStopForm form)
{
  if (form == CG_ONVIF_STOP_UNKNOWN)
    form = CG_ONVIF_STOP_NAMED;
  while (form < CG_ONVIF_STOP_ZERO && self->nature.refuses_stop[form])
    form++;
  return form;
}

/* Returns: the form that it took */
CgOnvifStopForm
cg_model_camera_stop (CgModelCamera *self, CgOnvifStopForm form)
{
  const CgOnvifStopForm taken = choose_form (self, form);

  is_awake (self);
  if (!self->nature.ignores_stop[taken])
    cg_sim_ptz_stop (self->head, now_ms (self), TRUE, TRUE, self->nature.coast_ms);
  return taken;
}

void
cg_model_camera_move (CgModelCamera *self, const CgPtzMove *move)
{
  CgSimVector vector = get_vector (self, move);

  if (move->stop_others && !self->nature.ignores_stop[choose_form (self, move->stop_form)])
    cg_sim_ptz_stop (self->head, now_ms (self), !move->pan_tilt, !move->zooming, 0);
  if (!is_awake (self))
    return;
  if (self->nature.relative) {
    vector.pan *= STEP_FRACTION;
    vector.tilt *= STEP_FRACTION;
    vector.zoom *= STEP_FRACTION;
    cg_sim_ptz_relative (self->head, now_ms (self), &vector);
    return;
  }
  cg_sim_ptz_continuous (self->head, now_ms (self), &vector,
                         self->nature.ignores_timeout ? 0 : move->lease_ms);
}

void
cg_model_camera_look (CgModelCamera *self, CgPtzLook *look)
{
  const CgModelNature *nature = &self->nature;
  CgSimPosition now, then;

  cg_sim_ptz_read (self->head, now_ms (self), &now);
  cg_sim_ptz_read (self->head, now_ms (self) - nature->late_ms, &then);
  if (nature->frozen)
    then.pan = then.tilt = then.zoom = 0;
  *look = (CgPtzLook){
      .has_position = !nature->no_position,
      .has_zoom = !nature->no_position,
      .has_move_status = !nature->no_move_status,
      .pan = nature->mirrored ? -then.pan : then.pan,
      .tilt = then.tilt,
      .zoom = then.zoom,
      .moving_pan_tilt = nature->always_moving || (now.moving_pan_tilt && !nature->always_idle),
      .moving_zoom = nature->always_moving || (now.moving_zoom && !nature->always_idle),
  };
}

/* Returns: %FALSE: it has no such preset */
gboolean
cg_model_camera_goto (CgModelCamera *self, const char *preset)
{
  return !is_awake (self) ||
         cg_sim_ptz_goto_preset (self->head, now_ms (self), preset) == CG_SIM_PTZ_DONE;
}

/* Returns: (transfer full): a camera that looks at 0, 0, 0 */
CgModelCamera *
cg_model_camera_new (CgClock *clock, const CgModelNature *nature)
{
  CgModelCamera *self = g_new0 (CgModelCamera, 1);

  self->clock = g_object_ref (clock);
  self->nature = *nature;
  self->head = cg_sim_ptz_new (MAX_PRESETS);
  if (nature->reach > 0)
    cg_sim_ptz_set_reach (self->head, nature->reach);
  return self;
}

void
cg_model_camera_free (CgModelCamera *self)
{
  cg_sim_ptz_free (self->head);
  g_object_unref (self->clock);
  g_free (self);
}

CgClock *
cg_model_camera_get_clock (CgModelCamera *self)
{
  return self->clock;
}

const CgModelNature *
cg_model_camera_get_nature (CgModelCamera *self)
{
  return &self->nature;
}

void
cg_model_camera_place (CgModelCamera *self, double pan, double tilt, double zoom)
{
  const CgSimVector place = {TRUE, TRUE, pan, tilt, zoom};

  cg_sim_ptz_place (self->head, now_ms (self), &place);
}

/* As a preset with this token. */
void
cg_model_camera_keep_place (CgModelCamera *self, const char *preset)
{
  const CgSimPreset *made;

  cg_sim_ptz_add_preset (self->head, now_ms (self), preset, NULL, &made);
}

void
cg_model_camera_read (CgModelCamera *self, CgSimPosition *position)
{
  cg_sim_ptz_read (self->head, now_ms (self), position);
}
