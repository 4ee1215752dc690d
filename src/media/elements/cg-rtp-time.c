/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtp-time.h"

/* What video has, and a camera that names no sensible clock rate means. */
#define DEFAULT_RATE 90000
#define MIN_RATE 1000

/* Tracks of one camera arrive within this of each other. Reports that say otherwise are wrong. */
#define MAX_CORRECTION_US (2 * G_USEC_PER_SEC)

/* Below this nobody hears it, and every report would move the track a little. */
#define MIN_CORRECTION_US 10000

static gint64
unfold (const CgRtpTime *self, guint32 time)
{
  const gint32 step = (gint32)(time - self->last);

  return (gint64)((guint64)self->ticks + (guint64)(gint64)step);
}

static gint64
to_us (const CgRtpTime *self, gint64 ticks)
{
  const gint64 rate = self->rate;

  return ticks / rate * G_USEC_PER_SEC + ticks % rate * G_USEC_PER_SEC / rate;
}

/* 32 bits behind the point of a second. */
static gint64
ntp_to_us (guint64 ntp)
{
  return (gint64)(ntp >> 32) * G_USEC_PER_SEC +
         (gint64)(((ntp & G_MAXUINT32) * G_USEC_PER_SEC) >> 32);
}

/**
 * cg_rtp_time_init:
 * @self: (out caller-allocates): a track's time
 * @rate: ticks a second
 */
void
cg_rtp_time_init (CgRtpTime *self, guint rate)
{
  *self = (CgRtpTime){.rate = rate >= MIN_RATE ? rate : DEFAULT_RATE, .skip_us = G_MININT64};
  cg_timeline_init (&self->timeline);
}

/**
 * cg_rtp_time_stamp:
 * @self: a track's time
 * @time: of the next unit in the order of decoding
 * @now_us: when it came, on the clock that all tracks begin by
 * @dts_us: (out): decoding time; strictly rises
 * @pts_us: (out): presentation time, not before @dts_us
 *
 * Returns: whether it is wanted: a track that was put back in time would play a piece twice
 */
gboolean
cg_rtp_time_stamp (CgRtpTime *self, guint32 time, gint64 now_us, gint64 *dts_us, gint64 *pts_us)
{
  if (!self->has_begun) {
    self->has_begun = TRUE;
    self->shift_us = now_us;
  } else {
    self->ticks = unfold (self, time);
  }
  self->last = time;
  const gint64 in_us = to_us (self, self->ticks) + self->shift_us;
  if (in_us + self->timeline.offset_us <= self->skip_us)
    return FALSE;
  self->skip_us = G_MININT64;
  cg_timeline_stamp (&self->timeline, in_us, now_us, dts_us, pts_us);
  self->last_us = *pts_us;
  return TRUE;
}

/**
 * cg_rtp_time_report:
 * @self: a track's time
 * @time: of a sender report
 * @ntp: the same moment on the camera's clock; 0: it has none
 */
void
cg_rtp_time_report (CgRtpTime *self, guint32 time, guint64 ntp)
{
  if (!self->has_begun || ntp == 0)
    return;
  self->has_report = TRUE;
  self->report_us = to_us (self, unfold (self, time));
  self->report_ntp = ntp_to_us (ntp);
  self->report_jumps = self->timeline.jumps;
}

/* A report from before a jump says nothing any more. */
static gboolean
is_reported (const CgRtpTime *self)
{
  return self->has_report && self->report_jumps == self->timeline.jumps;
}

/**
 * cg_rtp_time_follow:
 * @self: a track's time
 * @leader: that of the track which it goes with
 *
 * Puts what comes next in step with @leader by the last reports of both. Without them, or where
 * they contradict what is seen, nothing changes.
 */
void
cg_rtp_time_follow (CgRtpTime *self, const CgRtpTime *leader)
{
  if (!is_reported (self) || !is_reported (leader))
    return;
  const gint64 leader_us = leader->report_us + leader->shift_us + leader->timeline.offset_us;
  const gint64 wanted_us = leader_us + self->report_ntp - leader->report_ntp;
  const gint64 shift_us = wanted_us - self->report_us - self->timeline.offset_us;
  const gint64 correction_us = ABS (shift_us - self->shift_us);

  if (correction_us < MIN_CORRECTION_US || correction_us > MAX_CORRECTION_US)
    return;
  if (shift_us < self->shift_us)
    self->skip_us = self->last_us;
  self->shift_us = shift_us;
}

/**
 * cg_rtp_time_get_jumps:
 * @self: a track's time
 *
 * Returns: how often the camera's time jumped (Q20)
 */
guint
cg_rtp_time_get_jumps (const CgRtpTime *self)
{
  return self->timeline.jumps;
}
