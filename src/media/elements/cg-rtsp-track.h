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

typedef void (*CgRtspTrackFunc) (CgRtspTrack *track, GstBuffer *buffer, gpointer user_data);

CgRtspTrack *cg_rtsp_track_new (const GstCaps *media, CgRtspTrackFunc func, gpointer user_data);
void cg_rtsp_track_free (CgRtspTrack *self);

void cg_rtsp_track_receive (CgRtspTrack *self, const guint8 *data, gsize size, gint64 now_us);
gboolean
cg_rtsp_track_take_report (CgRtspTrack *self, const guint8 *data, gsize size, gint64 now_us);
void cg_rtsp_track_set_start (CgRtspTrack *self, guint32 start);
void cg_rtsp_track_follow (CgRtspTrack *self, const CgRtspTrack *leader);
gsize cg_rtsp_track_write_report (CgRtspTrack *self, gint64 now_us, guint8 *data);

gboolean cg_rtsp_track_is_video (const CgRtspTrack *self);
guint cg_rtsp_track_get_payload_type (const CgRtspTrack *self);
GstCaps *cg_rtsp_track_get_caps (const CgRtspTrack *self);
guint cg_rtsp_track_get_dropped (const CgRtspTrack *self);
guint cg_rtsp_track_get_jumps (const CgRtspTrack *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtspTrack, cg_rtsp_track_free)

G_END_DECLS
