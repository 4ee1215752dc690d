/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stall.h"

/* No deadline of a point is shorter than this, unless `stall-timeout` itself is: so long a machine
 * that does other things may take for a packet that is there. */
#define MIN_TIMEOUT_MS 1000

/* Of `stall-timeout`, which is meant for pictures. A line that brings nothing at all is known to be
 * dead sooner. A server is given longer: TCP shows it what was lost for the last time 12.6 s after
 * the first (at doubling pauses from 0.2 s on), and a session that is given up costs the wait for
 * our own ghost (Q10). */
static const guint percents[] = {
    [CG_STALL_PACKETS] = 50,
    [CG_STALL_PICTURES] = 100,
    [CG_STALL_SERVER] = 150,
};

G_STATIC_ASSERT (G_N_ELEMENTS (percents) == CG_N_STALL_POINTS);

/**
 * cg_stall_get_timeout_ms:
 * @point: where a stream can stand still
 * @stall_timeout_ms: as configured
 *
 * Returns: after how long of standing still there it is built anew (Q8)
 */
guint
cg_stall_get_timeout_ms (CgStallPoint point, guint stall_timeout_ms)
{
  const guint timeout_ms = (guint)((guint64)stall_timeout_ms * percents[point] / 100);

  return MAX (timeout_ms, MIN (stall_timeout_ms, MIN_TIMEOUT_MS));
}
