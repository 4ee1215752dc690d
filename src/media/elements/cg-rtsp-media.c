/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-media.h"

#include <stdlib.h>

/**
 * cg_rtsp_media_get_caps:
 * @media: of a description
 *
 * Returns: (transfer full) (nullable): what it carries, by its first payload type; %NULL: it does
 *   not say
 */
GstCaps *
cg_rtsp_media_get_caps (const GstSDPMedia *media)
{
  const char *format = gst_sdp_media_get_format (media, 0);
  const int type = format != NULL ? atoi (format) : -1;

  return type >= 0 ? gst_sdp_media_get_caps_from_media (media, type) : NULL;
}

/**
 * cg_rtsp_media_get_control:
 * @media: of a description
 *
 * Returns: (transfer none) (nullable): where it is set up (RFC 2326, C.1.1)
 */
const char *
cg_rtsp_media_get_control (const GstSDPMedia *media)
{
  return gst_sdp_media_get_attribute_val (media, "control");
}

static gboolean
is_sent_by_us (const GstSDPMedia *media, const char *kind)
{
  return g_strcmp0 (gst_sdp_media_get_media (media), kind) == 0 &&
         gst_sdp_media_get_attribute_val (media, "sendonly") != NULL;
}

/**
 * cg_rtsp_media_is_back_channel:
 * @media: of a description
 * @description: of which
 *
 * Some cameras write all directions as they see them: then the picture has the same one.
 *
 * Returns: whether it is a door speaker that waits for our sound, which is never opened (Q48)
 */
gboolean
cg_rtsp_media_is_back_channel (const GstSDPMedia *media, const GstSDPMessage *description)
{
  if (!is_sent_by_us (media, "audio"))
    return FALSE;
  for (guint i = 0; i < gst_sdp_message_medias_len (description); i++) {
    if (is_sent_by_us (gst_sdp_message_get_media (description, i), "video"))
      return FALSE;
  }
  return TRUE;
}
