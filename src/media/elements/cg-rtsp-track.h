/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * CgRtspTrack:
 *
 * One media of a session: RTP packets in, GStreamer buffers out, one for each picture or piece of
 * sound, with caps that say all that a decoder must know. For one thread.
 */
typedef struct _CgRtspTrack CgRtspTrack;

/**
 * CgRtspTrackPlace:
 * @CG_RTSP_TRACK_AHEAD: no picture has come
 * @CG_RTSP_TRACK_KEY: the last was one that a decoder can begin with
 * @CG_RTSP_TRACK_DELTA: it was none
 *
 * Where in a group of pictures a track is.
 */
typedef enum { CG_RTSP_TRACK_AHEAD, CG_RTSP_TRACK_KEY, CG_RTSP_TRACK_DELTA } CgRtspTrackPlace;

typedef void (*CgRtspTrackFunc) (CgRtspTrack *track, GstBuffer *buffer, gpointer user_data);

CgRtspTrack *cg_rtsp_track_new (const GstCaps *media, CgRtspTrackFunc func, gpointer user_data);
void cg_rtsp_track_free (CgRtspTrack *self);

void cg_rtsp_track_receive (CgRtspTrack *self, const guint8 *data, gsize size, gint64 now_us);
gboolean
cg_rtsp_track_take_report (CgRtspTrack *self, const guint8 *data, gsize size, gint64 now_us);
void cg_rtsp_track_set_start (CgRtspTrack *self, guint32 start);
void cg_rtsp_track_follow (CgRtspTrack *self, const CgRtspTrack *leader);
gsize
cg_rtsp_track_write_report (CgRtspTrack *self, gint64 now_us, gboolean wants_key, guint8 *data);

gboolean cg_rtsp_track_is_video (const CgRtspTrack *self);
gboolean cg_rtsp_track_can_be_asked (const CgRtspTrack *self);
CgRtspTrackPlace cg_rtsp_track_get_place (const CgRtspTrack *self);
guint cg_rtsp_track_get_payload_type (const CgRtspTrack *self);
GstCaps *cg_rtsp_track_get_caps (const CgRtspTrack *self);
guint cg_rtsp_track_get_dropped (const CgRtspTrack *self);
guint cg_rtsp_track_get_jumps (const CgRtspTrack *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtspTrack, cg_rtsp_track_free)

G_END_DECLS
