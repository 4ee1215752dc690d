/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/rtsp/rtsp.h>

G_BEGIN_DECLS

/* The HTTP server that stands before a camera's RTSP server: what it answers if not 200. */
void cg_rtsp_tunnel_attach (GstElement *source, const char *username, const char *password);
void cg_rtsp_tunnel_take_answer (GstRTSPConnection *connection, GstRTSPMessage *answer);

G_END_DECLS
