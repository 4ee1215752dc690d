/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock.h"
#include "cg-ptz-driver.h"
#include "cg-sim-position.h"

G_BEGIN_DECLS

/**
 * CgModelNature:
 *
 * What a camera of the model does wrong, and how its network is. All 0 is a good one.
 */
typedef struct {
  guint latency_min_ms, latency_max_ms; /* one way */
  double lost_requests, lost_answers;   /* probabilities; an error tells soon */
  double hanging;                       /* no answer until the time-out, done all the same */
  guint look_ms;                        /* GetStatus takes so much longer (Q36) */
  gboolean ignores_timeout;             /* Q1 */
  gboolean ignores_stop[CG_ONVIF_N_STOP_FORMS];
  gboolean refuses_stop[CG_ONVIF_N_STOP_FORMS]; /* Q33 */
  guint coast_ms;                               /* after a stop */
  gboolean no_position, frozen, mirrored;       /* Q36 */
  guint late_ms;
  gboolean no_move_status, always_idle, always_moving;
  gboolean inverted;
  double reach;          /* where pan and tilt end; 0: at 1, as told */
  gboolean untold;       /* it tells no ranges */
  guint sleeps_ms;       /* Q37 */
  gboolean one_axis;     /* Q38 */
  gboolean relative;     /* it moves by steps only */
  gboolean fails_status; /* GetStatus is refused */
} CgModelNature;

/* A camera on simulated time, which does what a real one would, with the faults that it was given.
 */
typedef struct _CgModelCamera CgModelCamera;

CgModelCamera *cg_model_camera_new (CgClock *clock, const CgModelNature *nature);
void cg_model_camera_free (CgModelCamera *self);
CgClock *cg_model_camera_get_clock (CgModelCamera *self);
const CgModelNature *cg_model_camera_get_nature (CgModelCamera *self);

void cg_model_camera_place (CgModelCamera *self, double pan, double tilt, double zoom);
void cg_model_camera_keep_place (CgModelCamera *self, const char *preset);
void cg_model_camera_read (CgModelCamera *self, CgSimPosition *position);

/* What it is told, and asked. */
void cg_model_camera_move (CgModelCamera *self, const CgPtzMove *move);
gboolean cg_model_camera_goto (CgModelCamera *self, const char *preset);
CgOnvifStopForm cg_model_camera_stop (CgModelCamera *self, CgOnvifStopForm form);
void cg_model_camera_look (CgModelCamera *self, CgPtzLook *look);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgModelCamera, cg_model_camera_free)

G_END_DECLS
