/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-survey.h"

#include "cg-bits.h"

/* ITU-T H.264, table 7-1: slices of a picture that is no IDR picture, whole or in partitions. */
#define NAL_SLICE 1
#define NAL_PARTITION_A 2
#define NAL_TYPE_MASK 0x1f
#define NAL_LENGTH_SIZE 4

/* ITU-T H.264, table 7-6: 1 and 6 are B. */
#define N_SLICE_KINDS 5
#define SLICE_KIND_B 1

static gboolean
is_b_slice (const guint8 *nal, gsize size)
{
  const guint type = nal[0] & NAL_TYPE_MASK;
  CgBits head;

  if (type != NAL_SLICE && type != NAL_PARTITION_A)
    return FALSE;
  cg_bits_init (&head, nal + 1, size - 1);
  cg_bits_read_ue (&head); /* first_mb_in_slice */
  const guint32 kind = cg_bits_read_ue (&head);
  return !head.is_over && kind % N_SLICE_KINDS == SLICE_KIND_B;
}

static gboolean
has_b_slice (const CgAccessUnit *unit)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (unit->data, &size);

  while (size > NAL_LENGTH_SIZE) {
    const gsize length =
        (gsize)data[0] << 24 | (gsize)data[1] << 16 | (gsize)data[2] << 8 | data[3];

    data += NAL_LENGTH_SIZE;
    size -= NAL_LENGTH_SIZE;
    if (length == 0 || length > size)
      return FALSE;
    if (is_b_slice (data, length))
      return TRUE;
    data += length;
    size -= length;
  }
  return FALSE;
}

/* H.265 codes pictures that wait for no later one as B slices as well (its Main profile has them
 * save bits where H.264 has P): there a B-frame is what is shown before one that came before it. */
static gboolean
is_b_frame (const CgStreamSurvey *self, const CgAccessUnit *unit)
{
  if (unit->format->codec == CG_CODEC_H265)
    return self->findings.frames > 0 && unit->pts_us < self->highest_pts_us;
  return has_b_slice (unit);
}

static void
follow_format (CgStreamSurvey *self, CgFormat *format)
{
  if (cg_format_equal (self->format, format))
    return;
  g_clear_pointer (&self->format, cg_format_unref);
  self->format = cg_format_ref (format);
  self->findings.formats++;
  self->findings.codec = format->codec;
  self->findings.width = format->width;
  self->findings.height = format->height;
}

static void
end_group (CgStreamSurvey *self, const CgAccessUnit *unit)
{
  CgStreamFindings *findings = &self->findings;

  if (findings->key_frames++ > 0) {
    findings->gop_frames = MAX (findings->gop_frames, findings->frames - self->key_frame);
    findings->gop_ms = MAX (findings->gop_ms, (guint)((unit->dts_us - self->key_us + 500) / 1000));
  }
  self->key_frame = findings->frames;
  self->key_us = unit->dts_us;
}

static void
take_picture (CgStreamSurvey *self, const CgAccessUnit *unit, gint64 now_us)
{
  CgStreamFindings *findings = &self->findings;

  follow_format (self, unit->format);
  if (findings->frames == 0) {
    self->first_us = unit->dts_us;
  } else {
    findings->reordered = findings->reordered || unit->pts_us < self->highest_pts_us;
    findings->gap_ms = MAX (findings->gap_ms, (guint)((now_us - self->arrived_us) / 1000));
  }
  if (unit->key)
    end_group (self, unit);
  findings->frames++;
  findings->b_frames += is_b_frame (self, unit);
  self->bytes += cg_access_unit_get_size (unit);
  self->last_us = unit->dts_us;
  self->highest_pts_us = MAX (self->highest_pts_us, unit->pts_us);
  self->arrived_us = now_us;
}

static void
take_sound (CgStreamSurvey *self, const CgAccessUnit *unit)
{
  self->findings.audio_frames++;
  self->findings.audio_rate = unit->format->rate;
}

/**
 * cg_stream_survey_clear:
 * @self: a survey
 *
 * Drops what it holds; it is new again.
 */
void
cg_stream_survey_clear (CgStreamSurvey *self)
{
  g_clear_pointer (&self->format, cg_format_unref);
  *self = (CgStreamSurvey){{0}};
}

/**
 * cg_stream_survey_take:
 * @self: a survey
 * @unit: the hub's next unit
 * @now_us: when it arrived, on a monotonic clock
 */
void
cg_stream_survey_take (CgStreamSurvey *self, const CgAccessUnit *unit, gint64 now_us)
{
  if (unit->track == CG_TRACK_VIDEO)
    take_picture (self, unit, now_us);
  else
    take_sound (self, unit);
}

/**
 * cg_stream_survey_report:
 * @self: a survey
 * @findings: (out caller-allocates): what is known by now
 *
 * May be asked at any time. A picture counts for as long as it lasts to the next one, so that rates
 * are right for a short look too.
 */
void
cg_stream_survey_report (const CgStreamSurvey *self, CgStreamFindings *findings)
{
  const gint64 span_us = self->last_us - self->first_us;

  *findings = self->findings;
  findings->span_ms = (guint)(span_us / 1000);
  if (findings->frames == 0)
    return;
  findings->open_ms = (guint)((self->last_us - self->key_us) / 1000);
  if (findings->frames < 2 || span_us <= 0)
    return;
  const double picture_us = (double)span_us / (findings->frames - 1);
  findings->fps = G_USEC_PER_SEC / picture_us;
  findings->bitrate_kbps =
      (guint)((double)self->bytes * 8 * 1000 / (picture_us * findings->frames) + 0.5);
}
