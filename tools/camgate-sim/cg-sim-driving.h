/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-state.h"

G_BEGIN_DECLS

/**
 * CgSimTold:
 *
 * What a camera tells of where it looks, true or not.
 */
typedef struct {
  gboolean has_pan_tilt;
  gboolean has_zoom;
  double pan, tilt, zoom;
  gboolean in_degrees;
  gboolean has_move_status;
  gboolean moving_pan_tilt;
  gboolean moving_zoom;
} CgSimTold;

/* What pan and tilt go to and fro between, told in degrees. */
#define CG_SIM_PAN_DEGREES 170.0
#define CG_SIM_TILT_LOW_DEGREES -5.0
#define CG_SIM_TILT_HIGH_DEGREES 90.0

gboolean cg_sim_driving_has_pan_tilt (CgSimState *state);
gboolean cg_sim_driving_has_zoom (CgSimState *state);
gboolean cg_sim_driving_has_continuous (CgSimState *state);
gboolean cg_sim_driving_has_relative (CgSimState *state);

void cg_sim_driving_continuous (CgSimState *state, const CgSimVector *velocity, gint64 timeout_ms);
void cg_sim_driving_relative (CgSimState *state, const CgSimVector *translation);
gboolean
cg_sim_driving_stop (CgSimState *state, gboolean is_bare, gboolean pan_tilt, gboolean zoom);
CgSimPtzResult cg_sim_driving_goto (CgSimState *state, const char *token);
void cg_sim_driving_tell (CgSimState *state, CgSimTold *told);
void cg_sim_driving_tell_preset (CgSimState *state, const CgSimPreset *preset, CgSimTold *told);

G_END_DECLS
