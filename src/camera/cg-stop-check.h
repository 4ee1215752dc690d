/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-jobs.h"

G_BEGIN_DECLS

/**
 * CgStopVerdict:
 * @CG_STOP_STANDS: the camera stands still
 * @CG_STOP_MOVES: it has agreed to stop, and moves on (Q1)
 * @CG_STOP_UNKNOWN: it does not tell (Q36)
 */
typedef enum {
  CG_STOP_STANDS,
  CG_STOP_MOVES,
  CG_STOP_UNKNOWN,
} CgStopVerdict;

typedef void (*CgStopCheckFunc) (CgStopVerdict verdict, gpointer user_data);

#define CG_TYPE_STOP_CHECK (cg_stop_check_get_type ())
G_DECLARE_FINAL_TYPE (CgStopCheck, cg_stop_check, CG, STOP_CHECK, GObject)

CgStopCheck *
cg_stop_check_new (CgJobs *jobs, CgClock *clock, CgStopCheckFunc func, gpointer user_data);
void cg_stop_check_begin (CgStopCheck *self, const char *profile);
void cg_stop_check_cancel (CgStopCheck *self);

G_END_DECLS
