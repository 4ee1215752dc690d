/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { CG_PTZ_PAN, CG_PTZ_TILT, CG_PTZ_ZOOM, CG_PTZ_N_AXES } CgPtzAxis;

/**
 * CgPtzRange:
 * @min: left, down, wide
 * @max: right, up, near
 */
typedef struct {
  double min;
  double max;
} CgPtzRange;

/**
 * CgPtzLook:
 * @has_position: whether @pan and @tilt were told
 * @has_zoom: whether @zoom was told
 * @has_move_status: whether the camera says if it moves
 * @pan: in the units of the camera's position space
 * @tilt: the same
 * @zoom: the same
 * @moving_pan_tilt: as the camera says it
 * @moving_zoom: the same
 *
 * What a camera tells when it is looked at (GetStatus): PTZ Service Specification, 5.3.7. What it
 * does not tell is FALSE in has_… (Q36).
 */
typedef struct {
  gboolean has_position;
  gboolean has_zoom;
  gboolean has_move_status;
  double pan;
  double tilt;
  double zoom;
  gboolean moving_pan_tilt;
  gboolean moving_zoom;
} CgPtzLook;

/**
 * CgPtzFacts:
 * @position: of each axis; the standard's generic one where it was not told
 * @is_told: whether the camera advertises the range of an axis
 * @continuous_pan_tilt: it moves until it is stopped
 * @continuous_zoom: the same
 * @relative_pan_tilt: it moves by steps
 * @relative_zoom: the same
 * @max_presets: 0: not told
 *
 * What a camera's PTZ says that it can do.
 */
typedef struct {
  CgPtzRange position[CG_PTZ_N_AXES];
  gboolean is_told[CG_PTZ_N_AXES];
  gboolean continuous_pan_tilt;
  gboolean continuous_zoom;
  gboolean relative_pan_tilt;
  gboolean relative_zoom;
  guint max_presets;
} CgPtzFacts;

const char *cg_ptz_axis_get_word (CgPtzAxis axis);
gboolean cg_ptz_look_get (const CgPtzLook *self, CgPtzAxis axis, double *value);
gboolean cg_ptz_look_is_moving (const CgPtzLook *self);
gboolean cg_ptz_look_tells_same (const CgPtzLook *self, const CgPtzLook *other);

G_END_DECLS
