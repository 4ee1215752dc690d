/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-format.h"

static CgFormat *
format_new (CgCodec codec, GBytes *codec_data)
{
  CgFormat *self = g_new0 (CgFormat, 1);

  g_atomic_ref_count_init (&self->references);
  self->codec = codec;
  self->codec_data = g_bytes_ref (codec_data);
  return self;
}

static CgFormat *
format_new_video (CgCodec codec, GBytes *codec_data, guint width, guint height, double fps)
{
  CgFormat *self = format_new (codec, codec_data);

  self->width = width;
  self->height = height;
  self->fps = fps;
  return self;
}

/**
 * cg_format_new_h264:
 * @codec_data: AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1)
 * @width: in pixels
 * @height: in pixels
 * @fps: pictures a second; 0: not known
 *
 * Returns: (transfer full): a format
 */
CgFormat *
cg_format_new_h264 (GBytes *codec_data, guint width, guint height, double fps)
{
  g_return_val_if_fail (codec_data != NULL, NULL);

  return format_new_video (CG_CODEC_H264, codec_data, width, height, fps);
}

/**
 * cg_format_new_h265:
 * @codec_data: HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1)
 * @width: in pixels
 * @height: in pixels
 * @fps: pictures a second; 0: not known
 *
 * Returns: (transfer full): a format
 */
CgFormat *
cg_format_new_h265 (GBytes *codec_data, guint width, guint height, double fps)
{
  g_return_val_if_fail (codec_data != NULL, NULL);

  return format_new_video (CG_CODEC_H265, codec_data, width, height, fps);
}

/**
 * cg_format_new_aac:
 * @codec_data: AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1)
 * @rate: samples a second
 * @channels: number of channels
 *
 * Returns: (transfer full): a format
 */
CgFormat *
cg_format_new_aac (GBytes *codec_data, guint rate, guint channels)
{
  g_return_val_if_fail (codec_data != NULL, NULL);

  CgFormat *self = format_new (CG_CODEC_AAC, codec_data);
  self->rate = rate;
  self->channels = channels;
  return self;
}

/**
 * cg_format_ref:
 * @self: a format
 *
 * Returns: (transfer full): @self; any thread
 */
CgFormat *
cg_format_ref (CgFormat *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * cg_format_unref:
 * @self: (transfer full): a format; any thread
 */
void
cg_format_unref (CgFormat *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_bytes_unref (self->codec_data);
  g_free (self);
}

/**
 * cg_format_equal:
 * @a: (nullable): a format
 * @b: (nullable): another
 *
 * Returns: %TRUE if a decoder set up for @a decodes @b
 */
gboolean
cg_format_equal (const CgFormat *a, const CgFormat *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL)
    return FALSE;
  return a->codec == b->codec && g_bytes_equal (a->codec_data, b->codec_data);
}
