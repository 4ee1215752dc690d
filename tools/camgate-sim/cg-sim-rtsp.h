/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-state.h"

G_BEGIN_DECLS

typedef struct _CgSimRtsp CgSimRtsp;

CgSimRtsp *cg_sim_rtsp_new (CgSimState *state, GError **error);
void cg_sim_rtsp_free (CgSimRtsp *self);
gboolean cg_sim_rtsp_start (CgSimRtsp *self, GMainContext *context, GError **error);
void cg_sim_rtsp_stop (CgSimRtsp *self);
void cg_sim_rtsp_request_key_frame (CgSimRtsp *self, guint profile);
void cg_sim_rtsp_get_sessions (CgSimRtsp *self, guint *now, guint *ever);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimRtsp, cg_sim_rtsp_free)

G_END_DECLS
