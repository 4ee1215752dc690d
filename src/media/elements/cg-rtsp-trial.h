/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-breaker.h"

G_BEGIN_DECLS

/**
 * CgRtspTrial:
 * @breaker: (owned) (nullable): of the camera
 * @is_asking: it waits for a try of our own
 * @is_counted: it knows that a showing was refused, and waits for another
 *
 * One showing of a login by RTSP, or several in a row, as the camera's breaker counts them (Q6).
 * Whoever begins has asked for the first, and ends one try, with what became of the last: those
 * between are counted here. All zeroes: nobody counts.
 */
typedef struct {
  CgBreaker *breaker;
  gboolean is_asking;
  gboolean is_counted;
} CgRtspTrial;

void cg_rtsp_trial_init (CgRtspTrial *self, CgBreaker *breaker);
void cg_rtsp_trial_clear (CgRtspTrial *self);

void cg_rtsp_trial_accept (CgRtspTrial *self);
void cg_rtsp_trial_refuse (CgRtspTrial *self);
gboolean cg_rtsp_trial_may_show_again (CgRtspTrial *self);
gboolean cg_rtsp_trial_begin (CgRtspTrial *self);
gboolean cg_rtsp_trial_is_proven (const CgRtspTrial *self);

G_END_DECLS
