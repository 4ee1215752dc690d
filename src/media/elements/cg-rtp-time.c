/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtp-time.h"

/* What video has, and a camera that names no sensible clock rate means. */
#define DEFAULT_RATE 90000
#define MIN_RATE 1000

/* Tracks of one camera arrive within this of each other. Reports that say otherwise are wrong. */
#define MAX_CORRECTION_US (2 * G_USEC_PER_SEC)

/* A start further away than this from the first packet is none: 0, or that of another viewer. */
#define MAX_START_US (2 * G_USEC_PER_SEC)

/* Below this nobody hears it, and every report would move the track a little. */
#define MIN_CORRECTION_US 10000

/* In seconds at the slowest clock still to be counted in microseconds, with room for sums: 71,000
 * years. Only leaps made up by the camera come to it. */
#define MAX_TICKS (G_GINT64_CONSTANT (1) << 51)

static gint64
unfold (const CgRtpTime *self, guint32 time)
{
  const gint32 step = (gint32)(time - self->last);

  return CLAMP (self->ticks + step, -MAX_TICKS, MAX_TICKS);
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
  *self = (CgRtpTime){
      .rate = rate >= MIN_RATE ? rate : DEFAULT_RATE, .last_us = G_MININT64, .skip_us = G_MININT64};
  cg_timeline_init (&self->timeline);
}

/**
 * cg_rtp_time_expect_depth:
 * @self: a track's time
 * @depth: so many pictures at most come before one that is shown before them (Q22)
 */
void
cg_rtp_time_expect_depth (CgRtpTime *self, guint depth)
{
  cg_timeline_expect_depth (&self->timeline, depth);
}

static void
take_start (CgRtpTime *self)
{
  const gint64 us = to_us (self, unfold (self, self->start));

  self->started = (CgRtpMoment){
      .is_known = self->has_start && ABS (us) <= MAX_START_US,
      .us = us,
      .jumps = self->timeline.jumps,
  };
}

/**
 * cg_rtp_time_set_start:
 * @self: a track's time, which may have begun
 * @start: `rtptime` of the answer to PLAY: the moment that all tracks begin at
 *
 * Source: RFC 2326, 12.33. Where the first packet is far from it, it is not believed.
 */
void
cg_rtp_time_set_start (CgRtpTime *self, guint32 start)
{
  self->has_start = TRUE;
  self->start = start;
  if (self->has_begun)
    take_start (self);
}

/**
 * cg_rtp_time_begin:
 * @self: a track's time
 * @time: of its first unit
 * @now_us: when it came, on the clock that all tracks begin by
 *
 * Does nothing where it has begun.
 */
void
cg_rtp_time_begin (CgRtpTime *self, guint32 time, gint64 now_us)
{
  if (self->has_begun)
    return;
  self->has_begun = TRUE;
  self->shift_us = now_us;
  self->last = time;
  if (self->has_start)
    take_start (self);
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
  cg_rtp_time_begin (self, time, now_us);
  self->ticks = unfold (self, time);
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
  self->reported = (CgRtpMoment){
      .is_known = TRUE,
      .us = to_us (self, unfold (self, time)),
      .camera_us = ntp_to_us (ntp),
      .jumps = self->timeline.jumps,
  };
}

/* What was told before a jump says nothing any more. */
static gboolean
is_valid (const CgRtpTime *self, const CgRtpMoment *moment)
{
  return moment->is_known && moment->jumps == self->timeline.jumps;
}

/* Returns: by how much @self has to be shifted for @moment to be where @other is */
static gint64
get_shift_us (const CgRtpTime *self,
              const CgRtpMoment *moment,
              const CgRtpTime *leader,
              const CgRtpMoment *other)
{
  const gint64 leader_us = other->us + leader->shift_us + leader->timeline.offset_us;

  return leader_us + moment->camera_us - other->camera_us - moment->us - self->timeline.offset_us;
}

/**
 * cg_rtp_time_follow:
 * @self: a track's time
 * @leader: that of the track which it goes with
 *
 * Puts what comes next in step with @leader by the last reports of both, or else by where both
 * were said to begin. Without them, or where they contradict what is seen, nothing changes.
 */
void
cg_rtp_time_follow (CgRtpTime *self, const CgRtpTime *leader)
{
  gint64 shift_us = self->shift_us;

  if (is_valid (self, &self->reported) && is_valid (leader, &leader->reported))
    shift_us = get_shift_us (self, &self->reported, leader, &leader->reported);
  else if (is_valid (self, &self->started) && is_valid (leader, &leader->started))
    shift_us = get_shift_us (self, &self->started, leader, &leader->started);
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
