/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 2326, 12.37: what a session lasts when the camera does not say. */
#define CG_RTSP_DEFAULT_TIMEOUT_S 60

/**
 * CgRtspTransport:
 * @rtp_channel: where packets come
 * @rtcp_channel: where reports come and go
 *
 * What a camera answers to SETUP.
 */
typedef struct {
  guint rtp_channel;
  guint rtcp_channel;
} CgRtspTransport;

gboolean cg_rtsp_transport_parse (const char *text, CgRtspTransport *transport);
char *cg_rtsp_session_parse (const char *text, guint *timeout_s);
gboolean cg_rtsp_info_find (const char *text, const char *uri, guint number, guint32 *start);
gboolean cg_rtsp_public_has (const char *text, const char *method);

G_END_DECLS
