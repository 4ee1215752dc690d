/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-config.h"
#include "cg-onvif-stop.h"
#include "cg-ptz.h"

G_BEGIN_DECLS

/**
 * CgPtzMove:
 * @pan_tilt: whether @pan and @tilt are asked for
 * @zooming: whether @zoom is asked for
 * @pan: −1 left … 1 right, fraction of the camera's velocity range
 * @tilt: −1 down … 1 up
 * @zoom: −1 out … 1 in
 * @stop_others: stop first what this move does not ask for
 * @stop_form: how
 * @lease_ms: after which the camera is told to end the move by itself
 */
typedef struct {
  gboolean pan_tilt;
  gboolean zooming;
  double pan;
  double tilt;
  double zoom;
  gboolean stop_others;
  CgOnvifStopForm stop_form;
  guint lease_ms;
} CgPtzMove;

void
cg_ptz_move_from_request (CgPtzMove *self, const CgMoveRequest *request, const CgPtzConfig *config);
CgDirection cg_ptz_move_find_direction (double pan, double tilt, double zoom);
gboolean cg_ptz_move_leaves_axis (const CgPtzMove *self, const CgPtzMove *next);
gboolean cg_ptz_move_is_diagonal (const CgPtzMove *self);
gboolean cg_ptz_move_is_like (const CgPtzMove *self, const CgPtzMove *other);

G_END_DECLS
