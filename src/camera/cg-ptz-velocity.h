/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-ptz.h"
#include "cg-ptz-move.h"

G_BEGIN_DECLS

gboolean
cg_ptz_velocity_take (CgOnvifVelocity *self, const CgOnvifPtzFacts *facts, const CgPtzMove *move);

G_END_DECLS
