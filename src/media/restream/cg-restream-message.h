/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/rtsp/rtsp.h>

G_BEGIN_DECLS

/* RTSP requests as a viewer makes them, and the answers: RFC 2326. Addresses are
 * rtsp://host:port/did/… */

char *cg_restream_message_get_base (const GstRTSPMessage *request);
char *cg_restream_message_get_stream (const GstRTSPMessage *request);
char *cg_restream_message_get_did (const GstRTSPMessage *request);
gboolean cg_restream_message_get_track (const GstRTSPMessage *request, guint *number);
char *cg_restream_message_get_ways (const GstRTSPMessage *request);

void cg_restream_message_init_answer (GstRTSPMessage *answer,
                                      const GstRTSPMessage *request,
                                      GstRTSPStatusCode status);
GBytes *cg_restream_message_to_bytes (const GstRTSPMessage *answer);

G_END_DECLS
