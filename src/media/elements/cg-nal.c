/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-nal.h"

#include <string.h>

#include "cg-bits.h"

/* ITU-T H.264, table 7-1 */
enum { H264_SLICE = 1, H264_IDR = 5, H264_SEI, H264_SPS, H264_PPS, H264_AUD, H264_END, H264_EOS };
enum { H264_SPS_EXTENSION = 13, H264_PREFIX, H264_SUBSET_SPS, H264_LAST_RESERVED = 18 };
enum { SEI_RECOVERY_POINT = 6 };

/* ITU-T H.265, table 7-1 */
enum { H265_FIRST_KEY = 16, H265_LAST_KEY = 23, H265_LAST_SLICE = 31, H265_VPS, H265_SPS };
enum { H265_PPS = 34, H265_AUD, H265_EOS, H265_EOB, H265_PREFIX_SEI = 39 };

/* first_mb_in_slice and slice_type (ITU-T H.264, 7.3.3) */
static void
read_slice_h264 (CgNal *nal, const guint8 *data, gsize size)
{
  CgBits bits;

  cg_bits_init (&bits, data + 1, size - 1);
  nal->is_first = cg_bits_read_ue (&bits) == 0;
  const guint32 type = cg_bits_read_ue (&bits) % 5;
  nal->is_intra = !bits.is_over && (type == 2 || type == 4);
}

static void
read_h264 (CgNal *nal, const guint8 *data, gsize size)
{
  nal->type = data[0] & 0x1f;
  nal->role = CG_NAL_SUFFIX;
  if (nal->type >= H264_SLICE && nal->type <= H264_IDR) {
    nal->role = CG_NAL_SLICE;
    nal->is_key = nal->type == H264_IDR;
    /* Partitions B and C (3, 4) begin with other fields and never a picture. */
    if (nal->type <= 2 || nal->is_key)
      read_slice_h264 (nal, data, size);
  } else if (nal->type == H264_SPS || nal->type == H264_PPS) {
    nal->role = CG_NAL_PARAMETERS;
  } else if (nal->type == H264_AUD || nal->type == H264_END || nal->type == H264_EOS) {
    nal->role = CG_NAL_DELIMITER;
  } else if (nal->type == H264_SEI ||
             (nal->type >= H264_PREFIX && nal->type <= H264_LAST_RESERVED)) {
    nal->role = CG_NAL_PREFIX;
    nal->is_recovery = nal->type == H264_SEI && size > 1 && data[1] == SEI_RECOVERY_POINT;
  }
}

static void
read_h265 (CgNal *nal, const guint8 *data, gsize size)
{
  nal->type = (data[0] >> 1) & 0x3f;
  nal->role = CG_NAL_SUFFIX;
  if (nal->type <= H265_LAST_SLICE) {
    nal->role = CG_NAL_SLICE;
    nal->is_first = size > 2 && (data[2] & 0x80) != 0;
    nal->is_key = nal->type >= H265_FIRST_KEY && nal->type <= H265_LAST_KEY;
    nal->is_intra = nal->is_key;
  } else if (nal->type >= H265_VPS && nal->type <= H265_PPS) {
    nal->role = CG_NAL_PARAMETERS;
  } else if (nal->type >= H265_AUD && nal->type <= H265_EOB) {
    nal->role = CG_NAL_DELIMITER;
  } else if (nal->type == H265_PREFIX_SEI) {
    nal->role = CG_NAL_PREFIX;
  }
}

/**
 * cg_nal_read:
 * @codec: H.264 or H.265
 * @data: the beginning of a NAL unit
 * @size: what there is of it, if less than %CG_NAL_HEAD: all
 * @nal: (out): what it says
 *
 * Returns: whether it is a NAL unit
 */
gboolean
cg_nal_read (CgNalCodec codec, const guint8 *data, gsize size, CgNal *nal)
{
  *nal = (CgNal){0};
  if (size < (codec == CG_NAL_H264 ? 1u : 2u) || (data[0] & 0x80) != 0)
    return FALSE;
  size = MIN (size, CG_NAL_HEAD);
  if (codec == CG_NAL_H264)
    read_h264 (nal, data, size);
  else
    read_h265 (nal, data, size);
  return codec == CG_NAL_H265 || nal->type != 0;
}

/**
 * cg_nal_find_start_code:
 * @data: bytes
 * @size: how many
 * @length: (out): of the start code, leading zeroes included
 *
 * Inside a NAL unit there is none; cameras put several units into one packet all the same, with
 * start codes between them (Q49; ITU-T H.264, B.1).
 *
 * Returns: where the first start code begins; @size: there is none
 */
gsize
cg_nal_find_start_code (const guint8 *data, gsize size, gsize *length)
{
  const guint8 *end = data + size;

  *length = 0;
  for (const guint8 *p = data; p + 2 < end; p++) {
    const guint8 *one = memchr (p + 2, 1, (gsize)(end - p - 2));
    if (one == NULL)
      break;
    if (one[-1] == 0 && one[-2] == 0) {
      const guint8 *start = one - 2;
      while (start > data && start[-1] == 0)
        start--;
      *length = (gsize)(one + 1 - start);
      return (gsize)(start - data);
    }
    p = one - 2;
  }
  return size;
}
