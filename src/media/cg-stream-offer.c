/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-offer.h"

#include <string.h>

#include "cg-rtsp-media.h"

static char *
dup_encoding (const GstSDPMedia *media, guint *rate)
{
  g_autoptr (GstCaps) caps = cg_rtsp_media_get_caps (media);
  const char *name = caps != NULL ? cg_rtsp_media_get_encoding (caps, rate) : NULL;

  return g_ascii_strup (name != NULL ? name : "UNKNOWN", -1);
}

/* RFC 3640 carries AAC; its name is not in the name. */
static const char *
get_plain_name (const char *encoding)
{
  return strcmp (encoding, "MPEG4-GENERIC") == 0 ? "AAC" : encoding;
}

static void
take_video (CgStreamOffer *self, const GstSDPMedia *media)
{
  guint rate = 0;
  g_autofree char *encoding = dup_encoding (media, &rate);

  if (self->video != NULL && strcmp (encoding, "H264") != 0)
    return;
  g_free (self->video);
  self->video = g_steal_pointer (&encoding);
}

static void
take_audio (CgStreamOffer *self, const GstSDPMedia *media)
{
  guint rate = 0;
  g_autofree char *encoding = dup_encoding (media, &rate);

  if (self->audio != NULL)
    return;
  self->audio = g_strdup (get_plain_name (encoding));
  self->audio_rate = rate;
}

/**
 * cg_stream_offer_parse:
 * @description: SDP, as DESCRIBE gave it
 * @error: return location: %CG_ERROR_PEER_FAULT
 *
 * Returns: (transfer full): what is offered; nothing of a kind is %NULL there
 */
CgStreamOffer *
cg_stream_offer_parse (const char *description, GError **error)
{
  CgStreamOffer *self;
  GstSDPMessage *message = NULL;

  gst_sdp_message_new (&message);
  if (gst_sdp_message_parse_buffer ((const guint8 *)description, (guint)strlen (description),
                                    message) != GST_SDP_OK) {
    gst_sdp_message_free (message);
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                         "the camera's description of its stream cannot be read");
    return NULL;
  }
  self = g_new0 (CgStreamOffer, 1);
  for (guint i = 0; i < gst_sdp_message_medias_len (message); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (message, i);

    if (cg_rtsp_media_is_back_channel (media, message))
      continue;
    if (g_strcmp0 (gst_sdp_media_get_media (media), "video") == 0)
      take_video (self, media);
    else if (g_strcmp0 (gst_sdp_media_get_media (media), "audio") == 0)
      take_audio (self, media);
  }
  gst_sdp_message_free (message);
  return self;
}

/**
 * cg_stream_offer_free:
 * @self: (transfer full): an offer
 */
void
cg_stream_offer_free (CgStreamOffer *self)
{
  g_free (self->video);
  g_free (self->audio);
  g_free (self);
}
