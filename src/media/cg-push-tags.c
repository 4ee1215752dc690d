/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-push-tags.h"

#include "cg-error.h"
#include "cg-flv.h"

/* FLV has 24 bits with a sign for it (E.4.3.1). */
#define MAX_COMPOSITION_MS 0x7fffff

/* What a message has 24 bits for (RTMP 1.0, 5.3.1.2.1), without the head of a tag. */
#define MAX_UNIT_BYTES (0xffffff - 32)

struct _CgPushTags {
  CgRtmpSession *session; /* (not owned) */
  gboolean insists_on_h265;
  CgFormat *sent[CG_N_TRACKS]; /* (owned) (nullable) what the server's decoders were told */
};

/**
 * cg_push_tags_new:
 * @session: (transfer none): publishes; outlives the tags
 * @insists_on_h265: send it though the server does not say that it takes it
 *
 * Returns: (transfer full): a publisher's tags, none of which has been made
 */
CgPushTags *
cg_push_tags_new (CgRtmpSession *session, gboolean insists_on_h265)
{
  CgPushTags *self = g_new0 (CgPushTags, 1);

  self->session = session;
  self->insists_on_h265 = insists_on_h265;
  return self;
}

/**
 * cg_push_tags_free:
 * @self: (transfer full) (nullable): tags
 */
void
cg_push_tags_free (CgPushTags *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < CG_N_TRACKS; i++)
    g_clear_pointer (&self->sent[i], cg_format_unref);
  g_free (self);
}

static CgRtmpType
get_type (CgTrack track)
{
  return track == CG_TRACK_VIDEO ? CG_RTMP_VIDEO : CG_RTMP_AUDIO;
}

/* A picture that the server cannot take is not sent (Q11); another codec than before is another
 * publisher's (Q25). */
static gboolean
check_codec (CgPushTags *self, const CgFormat *format, GError **error)
{
  const CgFormat *before = self->sent[CG_TRACK_VIDEO];

  if (before != NULL && before->codec != format->codec) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                         "camera has changed its codec: publishing anew");
    return FALSE;
  }
  if (format->codec != CG_CODEC_H265 || self->insists_on_h265 ||
      cg_rtmp_session_takes_h265 (self->session))
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_STREAM_FORMAT,
                       "camera sends H.265, and the media server does not say that it takes it");
  return FALSE;
}

/* New parameters, new sequence header (Q25). */
static gboolean
queue_format (CgPushTags *self, CgTrack track, CgFormat *format, guint32 dts_ms, GError **error)
{
  if (cg_format_equal (format, self->sent[track]))
    return TRUE;
  if (track == CG_TRACK_VIDEO && !check_codec (self, format, error))
    return FALSE;
  g_clear_pointer (&self->sent[track], cg_format_unref);
  self->sent[track] = cg_format_ref (format);

  if (self->sent[CG_TRACK_VIDEO] != NULL) {
    cg_flv_append_metadata (cg_rtmp_session_begin (self->session), self->sent[CG_TRACK_VIDEO],
                            self->sent[CG_TRACK_AUDIO]);
    cg_rtmp_session_queue (self->session, CG_RTMP_DATA, dts_ms, NULL);
  }
  cg_flv_append_config (cg_rtmp_session_begin (self->session), format);
  cg_rtmp_session_queue (self->session, get_type (track), dts_ms, NULL);
  return TRUE;
}

static gboolean
check_size (const CgAccessUnit *unit, GError **error)
{
  if (cg_access_unit_get_size (unit) <= MAX_UNIT_BYTES)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT,
               "camera sends a picture of %" G_GSIZE_FORMAT
               " bytes, more than RTMP has numbers for",
               cg_access_unit_get_size (unit));
  return FALSE;
}

/**
 * cg_push_tags_queue:
 * @self: tags
 * @unit: (transfer none): the next, of either track
 * @dts_us: when it is decoded, since the publisher began
 * @pts_us: when it is shown
 * @error: return location: #CG_ERROR_STREAM_FORMAT where the server does not take the codec (Q11),
 *   #CG_ERROR_PEER_FAULT where the camera has changed it (Q25), or where a unit is too large
 *
 * cg_rtmp_session_flush() sends it.
 *
 * Returns: whether it can be sent
 */
gboolean
cg_push_tags_queue (
    CgPushTags *self, CgAccessUnit *unit, gint64 dts_us, gint64 pts_us, GError **error)
{
  const gint64 composition_ms = pts_us / 1000 - dts_us / 1000;
  const guint32 dts_ms = (guint32)(dts_us / 1000);

  if (!check_size (unit, error) || !queue_format (self, unit->track, unit->format, dts_ms, error))
    return FALSE;
  cg_flv_append_unit_head (cg_rtmp_session_begin (self->session), unit,
                           (guint32)CLAMP (composition_ms, 0, MAX_COMPOSITION_MS));
  cg_rtmp_session_queue (self->session, get_type (unit->track), dts_ms, unit);
  return TRUE;
}
