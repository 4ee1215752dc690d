/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/rtsp-server/rtsp-server.h>

#include "cg-sim-state.h"

G_BEGIN_DECLS

#define CG_SIM_TYPE_DOORMAN (cg_sim_doorman_get_type ())
G_DECLARE_FINAL_TYPE (CgSimDoorman, cg_sim_doorman, CG_SIM, DOORMAN, GstRTSPAuth)

GstRTSPAuth *cg_sim_doorman_new (CgSimState *state, GstRTSPToken *token);

G_END_DECLS
