/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/sdp/gstsdpmessage.h>

G_BEGIN_DECLS

/* What a description says of one media. */

GstCaps *cg_rtsp_media_get_caps (const GstSDPMedia *media);
const char *cg_rtsp_media_get_encoding (const GstCaps *caps, guint *rate);
const char *cg_rtsp_media_get_control (const GstSDPMedia *media);
gboolean cg_rtsp_media_is_back_channel (const GstSDPMedia *media, const GstSDPMessage *description);

G_END_DECLS
