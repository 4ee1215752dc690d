/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CG_CODEC_H264, /* access units of length-prefixed NAL units, four bytes of length */
  CG_CODEC_H265, /* likewise; parameter sets in the record only (hvc1) */
  CG_CODEC_AAC,  /* raw AAC-LC frames, no ADTS */
} CgCodec;

/**
 * CgFormat:
 * @codec_data: (owned): AVCDecoderConfigurationRecord, HEVCDecoderConfigurationRecord (ISO/IEC
 *   14496-15) or AudioSpecificConfig (ISO/IEC 14496-3)
 * @fps: 0: not known
 * @depth: so many pictures at most come before one that is shown before them (Q22)
 *
 * What a decoder must know before the first access unit. Immutable and reference-counted; every
 * access unit carries its own, so that a change in mid-stream is seen by whoever consumes it (Q25).
 */
typedef struct {
  CgCodec codec;
  GBytes *codec_data;
  guint width; /* video */
  guint height;
  double fps;
  guint depth;
  guint rate; /* audio, Hz */
  guint channels;
  /*< private >*/
  gatomicrefcount references;
} CgFormat;

CgFormat *cg_format_new_h264 (GBytes *codec_data, guint width, guint height, double fps);
CgFormat *cg_format_new_h265 (GBytes *codec_data, guint width, guint height, double fps);
CgFormat *cg_format_new_aac (GBytes *codec_data, guint rate, guint channels);
CgFormat *cg_format_ref (CgFormat *self);
void cg_format_unref (CgFormat *self);
gboolean cg_format_equal (const CgFormat *a, const CgFormat *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgFormat, cg_format_unref)

G_END_DECLS
