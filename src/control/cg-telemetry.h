/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-channel.h"

G_BEGIN_DECLS

#define CG_TYPE_TELEMETRY (cg_telemetry_get_type ())
G_DECLARE_FINAL_TYPE (CgTelemetry, cg_telemetry, CG, TELEMETRY, GObject)

/* What a cloud is told unasked, by streams: PROTOCOL.md section 6. */

CgTelemetry *cg_telemetry_new (CgDispatcher *dispatcher, CgChannel *channel);
void cg_telemetry_forget (CgTelemetry *self);
void cg_telemetry_close (CgTelemetry *self);

G_END_DECLS
