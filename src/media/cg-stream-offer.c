/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-offer.h"

#include <gst/sdp/gstsdpmessage.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3551, tables 4 and 5: what a camera need not name. */
static const struct {
  int type;
  const char *name;
  guint rate;
} plain_types[] = {
    {0, "PCMU", 8000}, {8, "PCMA", 8000},   {9, "G722", 8000},
    {14, "MPA", 0},    {26, "JPEG", 90000}, {32, "MPV", 90000},
};

static char *
get_plain_encoding (int type, guint *rate)
{
  for (gsize i = 0; i < G_N_ELEMENTS (plain_types); i++) {
    if (plain_types[i].type != type)
      continue;
    *rate = plain_types[i].rate;
    return g_strdup (plain_types[i].name);
  }
  *rate = 0;
  return g_strdup ("UNKNOWN");
}

static char *
get_encoding (const GstSDPMedia *media, guint *rate)
{
  const char *payload = gst_sdp_media_get_format (media, 0);
  const int type = payload != NULL ? atoi (payload) : -1;
  g_autoptr (GstCaps) caps = type >= 0 ? gst_sdp_media_get_caps_from_media (media, type) : NULL;
  const GstStructure *structure = caps != NULL ? gst_caps_get_structure (caps, 0) : NULL;
  const char *name =
      structure != NULL ? gst_structure_get_string (structure, "encoding-name") : NULL;
  int clock_rate = 0;

  if (name == NULL)
    return get_plain_encoding (type, rate);
  gst_structure_get_int (structure, "clock-rate", &clock_rate);
  *rate = (guint)MAX (clock_rate, 0);
  return g_ascii_strup (name, -1);
}

/* RFC 3640 and RFC 6416 both carry AAC; its name is not in the name. */
static const char *
get_plain_name (const char *encoding)
{
  if (strcmp (encoding, "MPEG4-GENERIC") == 0 || strcmp (encoding, "MP4A-LATM") == 0)
    return "AAC";
  return encoding;
}

/* Sound that we are to send is none that the camera offers (Q48). */
static gboolean
is_back_channel (const GstSDPMedia *media)
{
  return gst_sdp_media_get_attribute_val (media, "sendonly") != NULL;
}

static void
take_video (CgStreamOffer *self, const GstSDPMedia *media)
{
  guint rate;
  g_autofree char *encoding = get_encoding (media, &rate);

  if (self->video != NULL && strcmp (encoding, "H264") != 0)
    return;
  g_free (self->video);
  self->video = g_steal_pointer (&encoding);
}

static void
take_audio (CgStreamOffer *self, const GstSDPMedia *media)
{
  guint rate;
  g_autofree char *encoding = get_encoding (media, &rate);

  if (self->audio != NULL || is_back_channel (media))
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
