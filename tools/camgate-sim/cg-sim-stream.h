/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/rtsp-server/rtsp-server.h>

#include "cg-sim-clip.h"
#include "cg-sim-state.h"

G_BEGIN_DECLS

typedef struct _CgSimStream CgSimStream;

CgSimStream *cg_sim_stream_new (CgSimState *state, const CgSimProfile *profile, CgSimClip *clip);
void cg_sim_stream_unref (CgSimStream *self);
GstRTSPMediaFactory *cg_sim_stream_make_factory (CgSimStream *self);
void cg_sim_stream_played (CgSimStream *self);
void cg_sim_stream_request_key_frame (CgSimStream *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimStream, cg_sim_stream_unref)

G_END_DECLS
