/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-media.h"

#include <stdlib.h>

/* RFC 3551, tables 4 and 5: what a camera need not name. */
static const struct {
  int type;
  const char *name;
  guint rate;
} plain_types[] = {
    {0, "PCMU", 8000}, {8, "PCMA", 8000},   {9, "G722", 8000},
    {14, "MPA", 0},    {26, "JPEG", 90000}, {32, "MPV", 90000},
};

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
 * cg_rtsp_media_get_encoding:
 * @caps: from cg_rtsp_media_get_caps()
 * @rate: (out): of its clock; 0: not told
 *
 * Returns: (transfer none) (nullable): the encoding name of RFC 3551, 3640, 6184 or 7798, in
 *   whatever case; %NULL: nobody says
 */
const char *
cg_rtsp_media_get_encoding (const GstCaps *caps, guint *rate)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const char *name = gst_structure_get_string (structure, "encoding-name");
  int clock_rate = 0, type = -1;

  gst_structure_get_int (structure, "clock-rate", &clock_rate);
  gst_structure_get_int (structure, "payload", &type);
  *rate = (guint)MAX (clock_rate, 0);
  for (gsize i = 0; name == NULL && i < G_N_ELEMENTS (plain_types); i++) {
    if (plain_types[i].type != type)
      continue;
    *rate = plain_types[i].rate;
    name = plain_types[i].name;
  }
  return name;
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
