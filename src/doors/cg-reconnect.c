/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-reconnect.h"

#define MIN_MS 1000
#define STEADY_MS 10000 /* a link that lived shorter does not shorten the pauses */

/**
 * cg_reconnect_is_steady:
 * @lived_ms: how long a link was up
 *
 * Returns: whether that is long enough to trust its server
 */
gboolean
cg_reconnect_is_steady (gint64 lived_ms)
{
  return lived_ms >= STEADY_MS;
}

/**
 * cg_reconnect_init:
 * @self: to be filled in
 * @n_servers: at least one
 * @max_ms: setting `reconnect-max`: no pause is longer
 */
void
cg_reconnect_init (CgReconnect *self, guint n_servers, guint max_ms)
{
  *self = (CgReconnect){.backoff = CG_BACKOFF_INIT (MIN_MS, max_ms), .n_servers = n_servers};
}

/**
 * cg_reconnect_next_ms:
 * @self: what has been tried
 * @was_up: whether the link to `server` has ever been up
 * @lived_ms: how long, if it was
 * @rand: (nullable): where chance comes from; a test gives a seeded one
 *
 * The next server is tried at once; the first one again, when all have had their turn or a link was
 * lost, after a pause: 1 s, doubling, with full jitter.
 *
 * Returns: milliseconds until `server` is to be tried
 */
guint
cg_reconnect_next_ms (CgReconnect *self, gboolean was_up, gint64 lived_ms, GRand *rand)
{
  if (was_up && cg_reconnect_is_steady (lived_ms))
    cg_backoff_reset (&self->backoff);
  self->server = was_up ? 0 : (self->server + 1) % self->n_servers;
  return self->server == 0 ? cg_backoff_next_ms (&self->backoff, rand) : 0;
}
