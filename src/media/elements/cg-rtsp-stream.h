/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-rtsp-pad.h"
#include "cg-rtsp-session.h"
#include "cg-rtsp-track.h"

G_BEGIN_DECLS

#define CG_RTSP_MAX_STREAMS 4

/**
 * CgRtspStream:
 * @track: (owned): takes its packets apart
 * @transport: where they come
 * @pad: where what they carry goes
 * @is_over: nobody takes it
 * @pending: bytes that came since the last unit
 *
 * One media that was set up.
 */
typedef struct {
  CgRtspTrack *track;
  CgRtspTransport transport;
  CgRtspPad pad;
  gboolean is_over;
  gsize pending;
} CgRtspStream;

/**
 * CgRtspStreams:
 * @list: in the order in which they were set up
 * @n: how many
 *
 * All of one camera. All zeroes: none.
 */
typedef struct {
  CgRtspStream list[CG_RTSP_MAX_STREAMS];
  guint n;
} CgRtspStreams;

void cg_rtsp_streams_clear (CgRtspStreams *self);
CgRtspStream *cg_rtsp_streams_find_video (CgRtspStreams *self);
CgRtspStream *
cg_rtsp_streams_adopt_channel (CgRtspStreams *self, guint channel, const guint8 *data, gsize size);
void cg_rtsp_streams_put_in_step (CgRtspStreams *self, const CgRtspSession *session);
gboolean cg_rtsp_streams_send_reports_in_thread (const CgRtspStreams *self,
                                                 CgRtspSession *session,
                                                 gboolean wants_key,
                                                 GError **error);

G_END_DECLS
