/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-rtsp.h"
#include "cg-sim-state.h"

G_BEGIN_DECLS

typedef struct _CgSimHttp CgSimHttp;

CgSimHttp *cg_sim_http_new (CgSimState *state, CgSimRtsp *rtsp);
void cg_sim_http_free (CgSimHttp *self);
gboolean cg_sim_http_start (CgSimHttp *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimHttp, cg_sim_http_free)

G_END_DECLS
