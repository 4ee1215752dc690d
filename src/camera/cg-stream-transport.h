/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-config.h"

G_BEGIN_DECLS

/**
 * CgStreamTransport:
 *
 * How a camera wants its pictures asked for: as the configuration says, else as it has worked
 * before (Q18).
 */
#define CG_TYPE_STREAM_TRANSPORT (cg_stream_transport_get_type ())
G_DECLARE_FINAL_TYPE (CgStreamTransport, cg_stream_transport, CG, STREAM_TRANSPORT, GObject)

/*
 * Signals:
 *   "learnt"  ()  what works is not what worked before
 */

CgStreamTransport *cg_stream_transport_new (CgTransport configured);
void cg_stream_transport_set_learnt (CgStreamTransport *self, CgTransport learnt);
CgTransport cg_stream_transport_get_learnt (CgStreamTransport *self);

CgTransport cg_stream_transport_choose (CgStreamTransport *self);
void cg_stream_transport_succeed (CgStreamTransport *self, CgTransport transport);
void cg_stream_transport_fail (CgStreamTransport *self);

G_END_DECLS
