/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock.h"

G_BEGIN_DECLS

#define CG_TYPE_CLOCK_DUMMY (cg_clock_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CgClockDummy, cg_clock_dummy, CG, CLOCK_DUMMY, CgClock)

/* Where a dummy's clock stands when it is made: 2023-11-14 22:13:20 UTC. */
#define CG_CLOCK_DUMMY_EPOCH_MS G_GINT64_CONSTANT (1700000000000)

CgClockDummy *cg_clock_dummy_new (void);

void cg_clock_dummy_advance (CgClockDummy *self, gint64 ms);
gint64 cg_clock_dummy_get_next_ms (CgClockDummy *self);
guint cg_clock_dummy_count_sources (CgClockDummy *self);

G_END_DECLS
