/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgLag:
 *
 * How long things wait for the main loop. It looks twice a second how late it is called itself,
 * every four seconds where nobody else wakes the loop, and measures how long each turn of the loop
 * takes: nothing that blocks it goes unseen. That the whole process stood still is seen where a
 * look was due meanwhile.
 */
typedef struct _CgLag CgLag;

/* What is told is of the last minute. */
#define CG_LAG_PERIOD_S 60

/**
 * CgLagFigures:
 * @max_ms: the longest that something has waited, or may have
 * @p99_ms: 99 of 100 looks were not later
 * @own_max_ms: the longest, without what the thread had to wait for a processor: of our own making
 * @ever_max_ms: as @max_ms, since the beginning
 * @ever_own_max_ms: as @own_max_ms, since the beginning
 */
typedef struct {
  double max_ms;
  double p99_ms;
  double own_max_ms;
  double ever_max_ms;
  double ever_own_max_ms;
} CgLagFigures;

CgLag *cg_lag_new (void);
void cg_lag_free (CgLag *self);
void cg_lag_read (CgLag *self, CgLagFigures *figures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgLag, cg_lag_free)

G_END_DECLS
