/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-backoff.h"

G_BEGIN_DECLS

/**
 * CgReconnect:
 * @backoff: pauses since the last link that has held
 * @n_servers: that are tried in turn
 * @server: whose turn it is, from 0
 *
 * Which server is tried when: PROTOCOL.md section 1, servers and reconnect. A plain value.
 */
typedef struct {
  CgBackoff backoff;
  guint n_servers;
  guint server;
} CgReconnect;

gboolean cg_reconnect_is_steady (gint64 lived_ms);
void cg_reconnect_init (CgReconnect *self, guint n_servers, guint max_ms);
guint cg_reconnect_next_ms (CgReconnect *self, gboolean was_up, gint64 lived_ms, GRand *rand);

G_END_DECLS
