/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

#include "cg-breaker.h"

G_BEGIN_DECLS

#define CG_TYPE_RTSP_SRC (cg_rtsp_src_get_type ())
G_DECLARE_FINAL_TYPE (CgRtspSrc, cg_rtsp_src, CG, RTSP_SRC, GstElement)

void cg_rtsp_src_set_breaker (CgRtspSrc *self, CgBreaker *breaker);
void cg_rtsp_src_request_key (CgRtspSrc *self);
guint cg_rtsp_src_get_packets (CgRtspSrc *self);

G_END_DECLS
