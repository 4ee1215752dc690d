/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgBackoff:
 * @min_ms: the first pause
 * @max_ms: no pause is longer
 * @attempt: how many pauses were handed out since the last reset
 *
 * Pauses between tries: doubling, with jitter. A plain value; two equal ones behave alike.
 */
typedef struct {
  guint min_ms;
  guint max_ms;
  guint attempt;
} CgBackoff;

#define CG_BACKOFF_INIT(min, max)                                                                  \
  {                                                                                                \
    (min), (max), 0                                                                                \
  }

guint cg_backoff_next_ms (CgBackoff *self, GRand *rand);
void cg_backoff_reset (CgBackoff *self);

G_END_DECLS
