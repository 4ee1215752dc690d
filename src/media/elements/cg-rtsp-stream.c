/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-stream.h"

#include "cg-rtcp.h"

/**
 * cg_rtsp_streams_clear:
 * @self: streams
 */
void
cg_rtsp_streams_clear (CgRtspStreams *self)
{
  for (guint i = 0; i < self->n; i++) {
    cg_rtsp_pad_clear (&self->list[i].pad);
    cg_rtsp_track_free (self->list[i].track);
    self->list[i] = (CgRtspStream){NULL};
  }
  self->n = 0;
}

/**
 * cg_rtsp_streams_find_video:
 * @self: streams
 *
 * Returns: (transfer none) (nullable): the picture
 */
CgRtspStream *
cg_rtsp_streams_find_video (CgRtspStreams *self)
{
  for (guint i = 0; i < self->n; i++) {
    if (cg_rtsp_track_is_video (self->list[i].track))
      return &self->list[i];
  }
  return NULL;
}

/**
 * cg_rtsp_streams_adopt_channel:
 * @self: streams
 * @channel: that none of them has
 * @data: a packet that came there
 * @size: its bytes
 *
 * The camera does not keep to the channels that it named itself: the type tells (Q51).
 *
 * Returns: (transfer none) (nullable): whose channel it is from here on
 */
CgRtspStream *
cg_rtsp_streams_adopt_channel (CgRtspStreams *self, guint channel, const guint8 *data, gsize size)
{
  for (guint i = 0; i < self->n && size > 1; i++) {
    CgRtspStream *stream = &self->list[i];

    if (cg_rtsp_track_get_payload_type (stream->track) != (data[1] & 0x7fu))
      continue;
    g_info ("camera sends on channel %u what it announced for %u", channel,
            stream->transport.rtp_channel);
    stream->transport.rtp_channel = channel;
    return stream;
  }
  return NULL;
}

/**
 * cg_rtsp_streams_put_in_step:
 * @self: streams
 * @session: theirs; it plays
 *
 * From here on sound goes with the picture: by where the camera says that both begin, until its
 * reports say it better.
 */
void
cg_rtsp_streams_put_in_step (CgRtspStreams *self, const CgRtspSession *session)
{
  const CgRtspStream *leader = cg_rtsp_streams_find_video (self);

  for (guint i = 0; i < self->n; i++) {
    guint32 start;

    if (cg_rtsp_session_get_start (session, i, &start))
      cg_rtsp_track_set_start (self->list[i].track, start);
    if (leader != NULL && leader != &self->list[i])
      cg_rtsp_track_follow (self->list[i].track, leader->track);
  }
}

/**
 * cg_rtsp_streams_send_reports_in_thread:
 * @self: streams
 * @session: theirs; it plays
 * @wants_key: those that can be asked for a key frame are
 * @error: return location: as cg_rtsp_session_send_packet_in_thread()
 *
 * Returns: whether they are on their way
 */
gboolean
cg_rtsp_streams_send_reports_in_thread (const CgRtspStreams *self,
                                        CgRtspSession *session,
                                        gboolean wants_key,
                                        GError **error)
{
  for (guint i = 0; i < self->n; i++) {
    const CgRtspStream *stream = &self->list[i];
    const gboolean is_asked = wants_key && cg_rtsp_track_can_be_asked (stream->track);
    guint8 data[CG_RTCP_MAX_SIZE];
    const gsize size =
        cg_rtsp_track_write_report (stream->track, g_get_monotonic_time (), is_asked, data);

    if (size > 0 && !cg_rtsp_session_send_packet_in_thread (session, stream->transport.rtcp_channel,
                                                            data, size, error))
      return FALSE;
  }
  return TRUE;
}
