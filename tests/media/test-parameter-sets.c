/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-parameter-sets.h"

static GBytes *
from_hex (const char *text)
{
  const gsize size = strlen (text) / 2;
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] =
        (guint8)(g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
  return g_bytes_new_take (data, size);
}

static void
add (CgParameterSets *sets, const char *hex)
{
  g_autoptr (GBytes) nal = from_hex (hex);

  cg_parameter_sets_add (sets, g_bytes_get_data (nal, NULL), g_bytes_get_size (nal));
}

static void
add_described (CgParameterSets *sets, const char *hex)
{
  g_autoptr (GBytes) nal = from_hex (hex);
  g_autofree char *text = g_base64_encode (g_bytes_get_data (nal, NULL), g_bytes_get_size (nal));

  cg_parameter_sets_add_described (sets, text);
}

static void
assert_record (const CgParameterSets *sets, const char *hex)
{
  g_autoptr (GBytes) record = cg_parameter_sets_make_record (sets);
  g_autoptr (GBytes) expected = from_hex (hex);

  g_assert_nonnull (record);
  g_assert_cmpmem (g_bytes_get_data (record, NULL), g_bytes_get_size (record),
                   g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

/* By x264 and x265. */
#define SPS "6742c015d90141fb016a0c0c0d4a000003000200000300651e2c5c90"
#define PPS "68cb8cb2"
#define RECORD "0142c015ffe1001c" SPS "010004" PPS
#define HD_SPS "67640028acd940780227e5c05a808080a000007d20001d4c11e30632c0"
#define HD_PPS "68ebecb22c"
#define VPS265 "40010c01ffff01600000030090000003000003003f959809"
#define SPS265                                                                                     \
  "42010101600000030090000003000003003fa005120171c9265959a4932bffc00040005a830303020000030002000"  \
  "0030032"                                                                                        \
  "10"
#define PPS265 "4401c172b46240"

static void
test_sps (void)
{
  static const struct {
    const char *nal;
    guint width;
    guint height;
    guint rate_n;
    guint rate_d;
    gboolean is_interlaced;
    guint depth; /* as ffmpeg's trace_headers has it */
  } rows[] = {
      {SPS, 320, 240, 50, 2, FALSE, 0},
      {HD_SPS, 1920, 1080, 60000, 2002, FALSE, 2},
      {"674d401eeca05a126c05283030352800000300080000030194f8a14cb0", 720, 576, 50, 2, TRUE, 2},
      {"67f40016919b281487fc7c7e02d41818190000030001000003001e8f162d96", 642, 482, 30, 2, FALSE, 2},
      /* with nal_hrd_parameters */
      {"67f4000d919a20283f602200000300020000030064c0400249e000927d261803c50a4480", 320, 240, 50, 2,
       FALSE, 1},
      /* without vui_parameters: profile, pic_order_cnt_type and references tell */
      {"674d001eed0283f2", 320, 240, 0, 0, FALSE, 0},
      {"674d001eec80a0fc80", 320, 240, 0, 0, FALSE, 2},
      {"6764001eacdb0507e4", 320, 240, 0, 0, FALSE, 1},
      {"6742001eec80a0fc80", 320, 240, 0, 0, FALSE, 0},
      {"674d001ed90141f9", 320, 240, 0, 0, FALSE, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) nal = from_hex (rows[i].nal);
    gsize size;
    const guint8 *data = g_bytes_get_data (nal, &size);
    CgSps sps;

    g_assert_true (cg_sps_parse_h264 (data, size, &sps));
    g_assert_cmpuint (sps.width, ==, rows[i].width);
    g_assert_cmpuint (sps.height, ==, rows[i].height);
    g_assert_cmpuint (sps.rate_n, ==, rows[i].rate_n);
    g_assert_cmpuint (sps.rate_d, ==, rows[i].rate_d);
    g_assert_cmpint (sps.is_interlaced, ==, rows[i].is_interlaced);
    g_assert_cmpuint (sps.depth, ==, rows[i].depth);
    for (gsize cut = 0; cut < 6; cut++)
      g_assert_false (cg_sps_parse_h264 (data, cut, &sps));
  }
}

static void
test_h264_record (void)
{
  g_autoptr (CgParameterSets) sets = cg_parameter_sets_new (CG_NAL_H264);

  add (sets, SPS);
  g_assert_null (cg_parameter_sets_make_record (sets));
  add (sets, PPS);
  assert_record (sets, RECORD);

  /* ISO/IEC 14496-15: the chroma format belongs to it from profile High on. */
  g_autoptr (CgParameterSets) high = cg_parameter_sets_new (CG_NAL_H264);
  add (high, HD_SPS);
  add (high, HD_PPS);
  assert_record (high, "01640028ffe1001d" HD_SPS "010005" HD_PPS "fdf8f800");
}

static void
test_h265_record (void)
{
  g_autoptr (CgParameterSets) sets = cg_parameter_sets_new (CG_NAL_H265);

  add (sets, VPS265);
  add (sets, PPS265);
  g_assert_null (cg_parameter_sets_make_record (sets));
  add (sets, SPS265);
  assert_record (sets, "0101600000009000000000003ff000fcfdf8f800000f03"
                       "a000010018" VPS265 "a100010033" SPS265 "a200010007" PPS265);
  g_assert_cmpuint (cg_parameter_sets_get_sps (sets)->width, ==, 642);
  g_assert_cmpuint (cg_parameter_sets_get_sps (sets)->height, ==, 362);
  g_assert_cmpuint (cg_parameter_sets_get_sps (sets)->depth, ==, 2);
}

/* Q24: half of it in the description, half in the stream, and the stream is right. */
static void
test_merge (void)
{
  g_autoptr (CgParameterSets) sets = cg_parameter_sets_new (CG_NAL_H264);

  add_described (sets, HD_SPS);
  add_described (sets, PPS);
  g_assert_cmpuint (cg_parameter_sets_get_sps (sets)->width, ==, 1920);
  add (sets, SPS);
  g_assert_cmpuint (cg_parameter_sets_get_sps (sets)->width, ==, 320);
  assert_record (sets, RECORD);

  /* What is described after that changes nothing; the same again is nothing new. */
  const guint serial = cg_parameter_sets_get_serial (sets);
  add (sets, SPS);
  g_assert_cmpuint (cg_parameter_sets_get_serial (sets), ==, serial);
}

/* Q25 */
static void
test_change (void)
{
  g_autoptr (CgParameterSets) sets = cg_parameter_sets_new (CG_NAL_H264);

  add (sets, SPS);
  add (sets, PPS);
  const guint serial = cg_parameter_sets_get_serial (sets);
  add (sets, HD_SPS);

  g_assert_cmpuint (cg_parameter_sets_get_serial (sets), !=, serial);
  g_assert_cmpuint (cg_parameter_sets_get_sps (sets)->width, ==, 1920);
}

static void
test_described (void)
{
  g_autoptr (CgParameterSets) sets = cg_parameter_sets_new (CG_NAL_H264);
  g_autoptr (GBytes) sps = from_hex ("00000001" SPS "00");
  g_autoptr (GBytes) pps = from_hex (PPS);
  g_autofree char *first = g_base64_encode (g_bytes_get_data (sps, NULL), g_bytes_get_size (sps));
  g_autofree char *second = g_base64_encode (g_bytes_get_data (pps, NULL), g_bytes_get_size (pps));
  g_autofree char *list = g_strconcat (" ", first, ",", second, ",", NULL);

  cg_parameter_sets_add_described (sets, NULL);
  cg_parameter_sets_add_described (sets, ",,%%%,AAAA");
  g_assert_null (cg_parameter_sets_make_record (sets));
  cg_parameter_sets_add_described (sets, list);
  assert_record (sets, RECORD);
}

/* Not more of them than a record can hold. */
static void
test_many (void)
{
  g_autoptr (CgParameterSets) sets = cg_parameter_sets_new (CG_NAL_H264);

  add (sets, SPS);
  for (guint i = 0; i < 255; i++) {
    /* ue (i) of at most 17 bits, left-aligned */
    guint8 pps[] = {0x68, 0, 0, 0, 0x80};
    const guint code = i + 1;
    const guint bits = g_bit_storage (code);
    const guint32 word = code << (24 - (2 * bits - 1));
    pps[1] = (guint8)(word >> 16);
    pps[2] = (guint8)(word >> 8);
    pps[3] = (guint8)word;
    cg_parameter_sets_add (sets, pps, sizeof pps);
  }
  g_autoptr (GBytes) record = cg_parameter_sets_make_record (sets);
  g_assert_cmpuint (g_bytes_get_size (record), ==, 8 + 28 + 1 + 64 * (2 + 5));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parameter-sets/sps", test_sps);
  g_test_add_func ("/parameter-sets/h264-record", test_h264_record);
  g_test_add_func ("/parameter-sets/h265-record", test_h265_record);
  g_test_add_func ("/parameter-sets/q24-merge", test_merge);
  g_test_add_func ("/parameter-sets/q25-change", test_change);
  g_test_add_func ("/parameter-sets/described", test_described);
  g_test_add_func ("/parameter-sets/many", test_many);
  return g_test_run ();
}
