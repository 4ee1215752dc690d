/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-timeline.h"

G_BEGIN_DECLS

/* A moment that a camera has told of: by the track's ticks, and by a clock of its tracks. */
typedef struct {
  gboolean is_known;
  gint64 us;
  gint64 camera_us;
  guint jumps; /* of the track before it */
} CgRtpMoment;

/**
 * CgRtpTime:
 *
 * From the RTP time of one track to times that its tracks have in common: wrapped counters are
 * unfolded, jumps joined (Q20), decoding times derived where pictures are reordered (Q22). Tracks
 * begin when they arrive; what the camera says of its start (RFC 2326, 12.33) puts them in step,
 * and its sender reports do it better (RFC 3550, 6.4.1).
 * Pure: a value without references. All members are private.
 */
typedef struct {
  CgTimeline timeline;
  guint rate;
  gboolean has_begun;
  guint32 last;
  gint64 ticks;       /* unfolded */
  gint64 shift_us;    /* from ticks to common time */
  gboolean has_start; /* the camera has told it */
  guint32 start;
  CgRtpMoment started;
  CgRtpMoment reported;
  gint64 last_us;
  gint64 skip_us; /* what is not later than this was there already */
} CgRtpTime;

void cg_rtp_time_init (CgRtpTime *self, guint rate);
void cg_rtp_time_expect_depth (CgRtpTime *self, guint depth);
void cg_rtp_time_set_start (CgRtpTime *self, guint32 start);
void cg_rtp_time_begin (CgRtpTime *self, guint32 time, gint64 now_us);
gboolean
cg_rtp_time_stamp (CgRtpTime *self, guint32 time, gint64 now_us, gint64 *dts_us, gint64 *pts_us);
void cg_rtp_time_report (CgRtpTime *self, guint32 time, guint64 ntp);
void cg_rtp_time_follow (CgRtpTime *self, const CgRtpTime *leader);
guint cg_rtp_time_get_jumps (const CgRtpTime *self);

G_END_DECLS
