/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-silence.h"

#define RATE 44100
#define SAMPLES_PER_FRAME 1024

/* A picture that is further away than this begins a new run of silence. */
#define MAX_GAP_US (2 * G_USEC_PER_SEC)

/* AudioSpecificConfig: AAC-LC (2), 44100 Hz (index 4), one channel, 1024 samples. */
static const guint8 config[] = {0x12, 0x08};

/* A raw_data_block (ISO/IEC 14496-3, 4.4.2.1): one single_channel_element whose
 * ics_info has max_sfb = 0, so that no spectral data follow; then ID_END. */
static const guint8 frame[] = {0x00, 0xc8, 0x00, 0x80, 0x23, 0x80};

struct _CgSilence {
  CgFormat *format; /* (owned) */
  GBytes *frame;    /* (owned) */
  gboolean started;
  gint64 start_us;
  gint64 count;
};

static gint64
get_next_us (CgSilence *self)
{
  return self->start_us + self->count * SAMPLES_PER_FRAME * G_USEC_PER_SEC / RATE;
}

/**
 * cg_silence_new:
 *
 * Returns: (transfer full): a silence that begins with the first picture
 */
CgSilence *
cg_silence_new (void)
{
  CgSilence *self = g_new0 (CgSilence, 1);
  g_autoptr (GBytes) codec_data = g_bytes_new_static (config, sizeof config);

  self->format = cg_format_new_aac (codec_data, RATE, 1);
  self->frame = g_bytes_new_static (frame, sizeof frame);
  return self;
}

/**
 * cg_silence_free:
 * @self: (transfer full): a silence
 */
void
cg_silence_free (CgSilence *self)
{
  cg_format_unref (self->format);
  g_bytes_unref (self->frame);
  g_free (self);
}

/**
 * cg_silence_next:
 * @self: a silence
 * @video_us: presentation time of the newest picture
 * @frame_us: (out): presentation time of a frame that is due
 *
 * Returns: %TRUE if a frame is due; call again until it is not
 */
gboolean
cg_silence_next (CgSilence *self, gint64 video_us, gint64 *frame_us)
{
  if (!self->started || ABS (video_us - get_next_us (self)) > MAX_GAP_US) {
    self->started = TRUE;
    self->start_us = video_us;
    self->count = 0;
  }
  const gint64 next_us = get_next_us (self);
  if (next_us > video_us)
    return FALSE;
  self->count++;
  *frame_us = next_us;
  return TRUE;
}

/**
 * cg_silence_make_unit:
 * @self: a silence
 *
 * Returns: (transfer full): one frame
 */
CgAccessUnit *
cg_silence_make_unit (CgSilence *self)
{
  return cg_access_unit_new (CG_TRACK_AUDIO, self->format, self->frame, TRUE);
}
