/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgSps:
 * @id: its number
 * @rate_n: pictures in @rate_d seconds; 0: not told
 * @is_interlaced: pictures may be halves of a frame
 * @depth: so many pictures at most come before one that is shown before them (Q22)
 * @profile: H.265: general profile, tier and level as they stand
 * @chroma: chroma_format_idc
 * @luma_depth: bits over 8
 * @layers: H.265: temporal layers
 *
 * What we want to know of a sequence parameter set.
 */
typedef struct {
  guint id;
  guint width;
  guint height;
  guint rate_n;
  guint rate_d;
  gboolean is_interlaced;
  guint depth;
  guint8 profile[12];
  guint chroma;
  guint luma_depth;
  guint chroma_depth;
  guint layers;
  gboolean is_nested;
} CgSps;

gboolean cg_sps_parse_h264 (const guint8 *nal, gsize size, CgSps *sps);
gboolean cg_sps_parse_h265 (const guint8 *nal, gsize size, CgSps *sps);

G_END_DECLS
