/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-stream.h"

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
