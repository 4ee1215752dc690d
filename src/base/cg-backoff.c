/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-backoff.h"

/**
 * cg_backoff_next_ms:
 * @self: a back-off
 * @rand: (nullable): where chance comes from; a test gives a seeded one
 *
 * The pauses double from `min_ms` to `max_ms`. Each is drawn evenly from what it could be at this
 * step, so that a thousand boxes do not come back in the same second when a cloud does, but it is
 * never below half of `min_ms`: a pause of nothing is no pause.
 *
 * Returns: milliseconds to wait before the next try
 */
guint
cg_backoff_next_ms (CgBackoff *self, GRand *rand)
{
  guint64 ceiling_ms = self->min_ms;

  for (guint i = 0; i < self->attempt && ceiling_ms < self->max_ms; i++)
    ceiling_ms *= 2;
  ceiling_ms = MIN (ceiling_ms, self->max_ms);
  self->attempt = MIN (self->attempt + 1, 64); /* 2^64 is past every maximum */

  const double floor_ms = MIN (self->min_ms / 2.0, ceiling_ms);
  const double share = rand != NULL ? g_rand_double (rand) : g_random_double ();

  return (guint)(floor_ms + share * (ceiling_ms - floor_ms));
}

/**
 * cg_backoff_reset:
 * @self: a back-off
 *
 * It has worked: the next failure begins with the shortest pause again.
 */
void
cg_backoff_reset (CgBackoff *self)
{
  self->attempt = 0;
}
