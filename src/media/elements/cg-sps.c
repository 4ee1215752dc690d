/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sps.h"

#include "cg-bits.h"

/* No camera's picture is larger; a set that says so is damaged. */
#define MAX_SIDE 16384

/* Nor faster. */
#define MAX_RATE 480

/* Neither standard has room for more pictures (ITU-T H.264, A.3.1; H.265, A.4.2). */
#define MAX_DEPTH 16

#define BASELINE 66

/* Pictures are shown in the order in which they come (ITU-T H.264, 8.2.1.3). */
#define ORDER_OF_DECODING 2

/* Profiles with fields for chroma (ITU-T H.264, 7.3.2.1.1). */
static gboolean
is_high_profile (guint profile)
{
  static const guint8 high[] = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};

  for (gsize i = 0; i < G_N_ELEMENTS (high); i++) {
    if (high[i] == profile)
      return TRUE;
  }
  return FALSE;
}

/* ITU-T H.264, 7.3.2.1.1.1 */
static void
skip_scaling_list (CgBits *bits, guint size)
{
  gint32 last = 8, next = 8;

  for (guint i = 0; i < size && !bits->is_over; i++) {
    if (next != 0)
      next = (gint32)(((gint64)last + cg_bits_read_se (bits) + 256) % 256);
    last = next == 0 ? last : next;
  }
}

static void
read_chroma (CgBits *bits, CgSps *sps)
{
  sps->chroma = cg_bits_read_ue (bits);
  if (sps->chroma == 3)
    cg_bits_skip (bits, 1);
  sps->luma_depth = cg_bits_read_ue (bits);
  sps->chroma_depth = cg_bits_read_ue (bits);
  cg_bits_skip (bits, 1);
  if (cg_bits_read (bits, 1) == 0)
    return;
  for (guint i = 0; i < (sps->chroma == 3 ? 12u : 8u); i++) {
    if (cg_bits_read (bits, 1) != 0)
      skip_scaling_list (bits, i < 6 ? 16 : 64);
  }
}

/* Returns: its type */
static guint32
skip_order (CgBits *bits)
{
  const guint32 type = cg_bits_read_ue (bits);

  if (type == 0)
    cg_bits_read_ue (bits);
  if (type != 1)
    return type;
  cg_bits_skip (bits, 1);
  cg_bits_read_se (bits);
  cg_bits_read_se (bits);
  const guint32 count = cg_bits_read_ue (bits);
  for (guint32 i = 0; i < MIN (count, 255); i++)
    cg_bits_read_se (bits);
  return type;
}

static void
read_rate (CgBits *bits, CgSps *sps)
{
  const guint64 units = cg_bits_read (bits, 32);
  const guint64 scale = cg_bits_read (bits, 32);

  cg_bits_skip (bits, 1);
  if (bits->is_over || units == 0 || scale < units / 8 || scale / units > 2 * MAX_RATE ||
      units > G_MAXINT / 2 || scale > G_MAXINT)
    return;
  sps->rate_n = (guint)scale;
  sps->rate_d = (guint)(2 * units);
}

/* ITU-T H.264, E.1.2 */
static void
skip_buffers (CgBits *bits)
{
  const guint32 count = cg_bits_read_ue (bits);

  cg_bits_skip (bits, 8);
  for (guint32 i = 0; i <= MIN (count, 31); i++) {
    cg_bits_read_ue (bits);
    cg_bits_read_ue (bits);
    cg_bits_skip (bits, 1);
  }
  cg_bits_skip (bits, 20);
}

/* bitstream_restriction; nonsense is not taken. */
static void
read_restriction (CgBits *bits, CgSps *sps)
{
  cg_bits_skip (bits, 1);
  for (guint i = 0; i < 4; i++)
    cg_bits_read_ue (bits);
  const guint32 depth = cg_bits_read_ue (bits), buffers = cg_bits_read_ue (bits);

  if (!bits->is_over && depth <= buffers && buffers <= MAX_DEPTH)
    sps->depth = depth;
}

/* ITU-T H.264, E.1.1 */
static void
read_usability (CgBits *bits, CgSps *sps)
{
  gboolean has_buffers = FALSE;

  if (cg_bits_read (bits, 1) != 0 && cg_bits_read (bits, 8) == 255)
    cg_bits_skip (bits, 32);
  if (cg_bits_read (bits, 1) != 0)
    cg_bits_skip (bits, 1);
  if (cg_bits_read (bits, 1) != 0) {
    cg_bits_skip (bits, 4);
    if (cg_bits_read (bits, 1) != 0)
      cg_bits_skip (bits, 24);
  }
  if (cg_bits_read (bits, 1) != 0) {
    cg_bits_read_ue (bits);
    cg_bits_read_ue (bits);
  }
  if (cg_bits_read (bits, 1) != 0)
    read_rate (bits, sps);
  for (guint i = 0; i < 2; i++) {
    if (cg_bits_read (bits, 1) == 0)
      continue;
    skip_buffers (bits);
    has_buffers = TRUE;
  }
  cg_bits_skip (bits, has_buffers ? 2 : 1);
  if (cg_bits_read (bits, 1) != 0)
    read_restriction (bits, sps);
}

/* Where the set does not say it, a picture that waits for others needs them and one more as
 * references. The standard's own guess, as many as the level has room for (E.2.1), would put off
 * every stream without B pictures. */
static guint
guess_depth (guint32 profile, guint32 order, guint32 references)
{
  if (profile == BASELINE || order == ORDER_OF_DECODING || references == 0)
    return 0;
  return MIN (references - 1, MAX_DEPTH);
}

static guint
crop (guint side, guint32 before, guint32 after, guint unit)
{
  const guint64 cut = ((guint64)before + after) * unit;

  return cut < side ? side - (guint)cut : side;
}

static void
crop_picture (CgBits *bits, CgSps *sps, guint unit_x, guint unit_y)
{
  const guint32 left = cg_bits_read_ue (bits), right = cg_bits_read_ue (bits);
  const guint32 top = cg_bits_read_ue (bits), bottom = cg_bits_read_ue (bits);

  sps->width = crop (sps->width, left, right, unit_x);
  sps->height = crop (sps->height, top, bottom, unit_y);
}

static gboolean
is_sane (const CgBits *bits, const CgSps *sps)
{
  return !bits->is_over && sps->width > 0 && sps->width <= MAX_SIDE && sps->height > 0 &&
         sps->height <= MAX_SIDE && sps->chroma <= 3 && sps->luma_depth <= 8 &&
         sps->chroma_depth <= 8;
}

/**
 * cg_sps_parse_h264:
 * @nal: a NAL unit of type 7
 * @size: its bytes
 * @sps: (out): what it says
 *
 * Source: ITU-T H.264, 7.3.2.1.1.
 *
 * Returns: whether it makes sense
 */
gboolean
cg_sps_parse_h264 (const guint8 *nal, gsize size, CgSps *sps)
{
  CgBits bits;

  if (size < 5)
    return FALSE;
  *sps = (CgSps){.chroma = 1};
  cg_bits_init (&bits, nal + 1, size - 1);
  const guint32 profile = cg_bits_read (&bits, 8);
  cg_bits_skip (&bits, 16);
  sps->id = cg_bits_read_ue (&bits);
  if (is_high_profile (profile))
    read_chroma (&bits, sps);
  cg_bits_read_ue (&bits);
  const guint32 order = skip_order (&bits), references = cg_bits_read_ue (&bits);
  sps->depth = guess_depth (profile, order, references);
  cg_bits_skip (&bits, 1);
  const guint32 columns = cg_bits_read_ue (&bits), rows = cg_bits_read_ue (&bits);
  sps->is_interlaced = cg_bits_read (&bits, 1) == 0;
  const guint fields = sps->is_interlaced ? 2 : 1;
  cg_bits_skip (&bits, sps->is_interlaced ? 2 : 1);
  sps->width = (MIN (columns, MAX_SIDE) + 1) * 16;
  sps->height = (MIN (rows, MAX_SIDE) + 1) * 16 * fields;
  if (cg_bits_read (&bits, 1) != 0)
    crop_picture (&bits, sps, sps->chroma == 1 || sps->chroma == 2 ? 2 : 1,
                  (sps->chroma == 1 ? 2 : 1) * fields);
  if (!is_sane (&bits, sps) || sps->id > 31)
    return FALSE;
  if (cg_bits_read (&bits, 1) != 0)
    read_usability (&bits, sps);
  return TRUE;
}

/* ITU-T H.265, 7.3.3: what follows for each layer. */
static void
skip_layers (CgBits *bits, guint layers)
{
  gboolean has_profile[8] = {FALSE}, has_level[8] = {FALSE};

  for (guint i = 0; i + 1 < layers; i++) {
    has_profile[i] = cg_bits_read (bits, 1) != 0;
    has_level[i] = cg_bits_read (bits, 1) != 0;
  }
  if (layers > 1)
    cg_bits_skip (bits, 2 * (8 - (layers - 1)));
  for (guint i = 0; i + 1 < layers; i++)
    cg_bits_skip (bits, (has_profile[i] ? 88 : 0) + (has_level[i] ? 8 : 0));
}

/* The last word is that of all layers together. */
static void
read_layer_orders (CgBits *bits, CgSps *sps)
{
  const guint count = cg_bits_read (bits, 1) != 0 ? sps->layers : 1;
  guint32 buffers = 0, depth = 0;

  for (guint i = 0; i < count; i++) {
    buffers = cg_bits_read_ue (bits);
    depth = cg_bits_read_ue (bits);
    cg_bits_read_ue (bits);
  }
  if (!bits->is_over && depth <= buffers && buffers <= MAX_DEPTH)
    sps->depth = depth;
}

/**
 * cg_sps_parse_h265:
 * @nal: a NAL unit of type 33
 * @size: its bytes
 * @sps: (out): what it says
 *
 * Source: ITU-T H.265, 7.3.2.2.1.
 *
 * Returns: whether it makes sense
 */
gboolean
cg_sps_parse_h265 (const guint8 *nal, gsize size, CgSps *sps)
{
  CgBits bits;

  if (size < 16)
    return FALSE;
  *sps = (CgSps){0};
  cg_bits_init (&bits, nal + 2, size - 2);
  cg_bits_skip (&bits, 4);
  sps->layers = cg_bits_read (&bits, 3) + 1;
  sps->is_nested = cg_bits_read (&bits, 1) != 0;
  for (gsize i = 0; i < G_N_ELEMENTS (sps->profile); i++)
    sps->profile[i] = (guint8)cg_bits_read (&bits, 8);
  skip_layers (&bits, sps->layers);
  sps->id = cg_bits_read_ue (&bits);
  sps->chroma = cg_bits_read_ue (&bits);
  if (sps->chroma == 3)
    cg_bits_skip (&bits, 1);
  sps->width = cg_bits_read_ue (&bits);
  sps->height = cg_bits_read_ue (&bits);
  if (cg_bits_read (&bits, 1) != 0)
    crop_picture (&bits, sps, sps->chroma == 1 || sps->chroma == 2 ? 2 : 1,
                  sps->chroma == 1 ? 2 : 1);
  sps->luma_depth = cg_bits_read_ue (&bits);
  sps->chroma_depth = cg_bits_read_ue (&bits);
  if (!is_sane (&bits, sps) || sps->id > 15)
    return FALSE;
  cg_bits_read_ue (&bits);
  read_layer_orders (&bits, sps);
  return TRUE;
}
