/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-access-unit.h"

G_BEGIN_DECLS

/**
 * CgStreamFindings:
 * @frames: pictures
 * @key_frames: of them, those where decoding can start
 * @b_frames: of them, those that are made of a later picture too (Q22)
 * @reordered: pictures are shown in another order than they come in
 * @span_ms: from the first picture to the last, by their own time
 * @fps: pictures a second; 0: not known
 * @bitrate_kbps: of the picture alone; 0: not known
 * @gop_frames: pictures of the longest group between two key frames; 0: none has ended
 * @gop_ms: the longest time between two key frames; 0: none has ended
 * @open_ms: how long the last group lasts by now (Q14)
 * @gap_ms: the longest silence between two pictures
 * @codec: of the picture, if there was one
 * @formats: how often size or parameter sets were told anew (Q25); 1: they stayed
 * @audio_frames: of sound
 *
 * What a stream was measured to be.
 */
typedef struct {
  guint frames;
  guint key_frames;
  guint b_frames;
  gboolean reordered;
  guint span_ms;
  double fps;
  guint bitrate_kbps;
  guint gop_frames;
  guint gop_ms;
  guint open_ms;
  guint gap_ms;
  CgCodec codec;
  guint width;
  guint height;
  guint formats;
  guint audio_frames;
  guint audio_rate;
} CgStreamFindings;

/**
 * CgStreamSurvey:
 *
 * Measures a stream by its access units, not by what the camera tells of it. Begins as zeroes. A
 * plain value but for the format it remembers; all members are private.
 */
typedef struct {
  CgStreamFindings findings; /* what is counted, the rest is made when asked */
  CgFormat *format;          /* (owned) (nullable) of the last picture */
  guint64 bytes;
  gint64 first_us;
  gint64 last_us;
  gint64 key_us;
  guint key_frame; /* number of the last key frame */
  gint64 highest_pts_us;
  gint64 arrived_us;
} CgStreamSurvey;

void cg_stream_survey_clear (CgStreamSurvey *self);
void cg_stream_survey_take (CgStreamSurvey *self, const CgAccessUnit *unit, gint64 now_us);
void cg_stream_survey_report (const CgStreamSurvey *self, CgStreamFindings *findings);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CgStreamSurvey, cg_stream_survey_clear)

G_END_DECLS
