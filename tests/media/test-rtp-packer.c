/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is packed for viewers is what they take apart again. */
#include <string.h>

#include "cg-audio-depay.h"
#include "cg-rtp-packer.h"
#include "cg-video-depay.h"
#include "media-fixture.h"

typedef struct {
  GByteArray *frames;
  GPtrArray *units; /* (element-type GBytes) */
  guint packets;
  guint markers;
  gsize largest;
} Fixture;

static void
on_unit (guint8 *data, gsize size, gboolean is_key, guint32 time, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_ptr_array_add (fixture->units, g_bytes_new_take (data, size));
}

static void
fixture_init (Fixture *fixture)
{
  *fixture = (Fixture){.frames = g_byte_array_new ()};
  fixture->units = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
}

static void
fixture_clear (Fixture *fixture)
{
  g_byte_array_unref (fixture->frames);
  g_ptr_array_unref (fixture->units);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

typedef void (*PushFunc) (gpointer depay, const CgRtpPacket *packet);

static void
unpack (Fixture *fixture, PushFunc push, gpointer depay)
{
  for (guint at = 0; at < fixture->frames->len;) {
    const guint8 *frame = fixture->frames->data + at;
    const gsize size = cg_rtp_frame_get_size (frame);
    CgRtpPacket packet;

    g_assert_cmpuint (frame[0], ==, '$');
    g_assert_true (cg_rtp_packet_parse (frame + CG_RTP_FRAME_HEAD, size, &packet));
    push (depay, &packet);
    fixture->packets++;
    fixture->markers += packet.marker;
    fixture->largest = MAX (fixture->largest, size);
    at += CG_RTP_FRAME_HEAD + (guint)size;
  }
  g_byte_array_set_size (fixture->frames, 0);
}

static void
add_nal (GByteArray *unit, const guint8 *head, guint head_size, gsize size)
{
  const guint8 length[] = {(guint8)(size >> 24), (guint8)(size >> 16), (guint8)(size >> 8),
                           (guint8)size};

  g_byte_array_append (unit, length, sizeof length);
  g_byte_array_append (unit, head, head_size);
  for (gsize i = head_size; i < size; i++)
    g_byte_array_append (unit, (const guint8[]){(guint8)(i % 251 + 1)}, 1);
}

static CgAccessUnit *
make_unit (CgFormat *format, gboolean key, const GByteArray *bytes)
{
  g_autoptr (GBytes) data = g_bytes_new (bytes->data, bytes->len);

  return cg_access_unit_new (CG_TRACK_VIDEO, format, data, key);
}

/* Just below, at and above what fits in one packet, and far above. */
static const gsize sizes[] = {3, 1359, 1360, 1361, 1362, 2719, 2720, 200000};

static void
run_picture (CgNalCodec codec, CgFormat *format, const guint8 *head, guint head_size)
{
  g_auto (Fixture) fixture;
  g_autoptr (CgParameterSets) sets = cg_parameter_sets_new (codec);
  CgRtpPacker packer;

  fixture_init (&fixture);
  g_autoptr (CgVideoDepay) depay = cg_video_depay_new (codec, sets, on_unit, &fixture);
  cg_rtp_packer_init (&packer, 96, 90000);
  packer.number = 65530; /* it wraps */
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    add_nal (bytes, head, head_size, sizes[i]);
    g_autoptr (CgAccessUnit) unit = make_unit (format, TRUE, bytes);
    cg_rtp_packer_add (&packer, unit, (gint64)i * 40000, fixture.frames);
    unpack (&fixture, (PushFunc)cg_video_depay_push, depay);
    g_assert_cmpuint (fixture.markers, ==, i + 1);
    if (i == 0)
      continue; /* the depayloader waits for the second to believe in marks */
    g_assert_cmpuint (fixture.units->len, ==, i + 1);
    gsize length;
    const guint8 *seen = g_bytes_get_data (fixture.units->pdata[i], &length);
    g_assert_cmpmem (seen, length, bytes->data, bytes->len);
  }
  g_assert_cmpuint (fixture.largest, <=, 1372);
  g_assert_cmpuint (cg_video_depay_get_dropped (depay), ==, 0);
  g_assert_nonnull (cg_parameter_sets_get_sps (sets));
}

static void
test_h264 (void)
{
  static const guint8 record[] = {1,    0x42, 0xc0, 0x15, 0xff, 0xe1, 0,    15,   0x67, 0x42,
                                  0xc0, 0x15, 0xd9, 0x01, 0x41, 0xfb, 0x01, 0x6a, 0x0c, 0x0c,
                                  0x0d, 0x4a, 0x80, 1,    0,    4,    0x68, 0xcb, 0x8c, 0xb2};
  g_autoptr (GBytes) codec_data = g_bytes_new_static (record, sizeof record);
  g_autoptr (CgFormat) format = cg_format_new_h264 (codec_data, 320, 240, 25);

  run_picture (CG_NAL_H264, format, (const guint8 *)"\x65\x88", 2);
}

/* Without a record: the sets of H.265 are in the stream. */
static void
test_h265_fragments (void)
{
  g_auto (Fixture) fixture;
  g_autoptr (CgParameterSets) sets = cg_parameter_sets_new (CG_NAL_H265);
  g_autoptr (GBytes) codec_data = g_bytes_new_static ("", 0);
  g_autoptr (CgFormat) format = cg_format_new_h265 (codec_data, 320, 240, 25);
  CgRtpPacker packer;

  fixture_init (&fixture);
  g_autoptr (CgVideoDepay) depay = cg_video_depay_new (CG_NAL_H265, sets, on_unit, &fixture);
  cg_rtp_packer_init (&packer, 96, 90000);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    add_nal (bytes, (const guint8 *)"\x26\x01\xaf", 3, sizes[i]);
    g_autoptr (CgAccessUnit) unit = make_unit (format, TRUE, bytes);
    cg_rtp_packer_add (&packer, unit, (gint64)i * 40000, fixture.frames);
  }
  const guint length = fixture.frames->len;
  unpack (&fixture, (PushFunc)cg_video_depay_push, depay);

  g_assert_cmpuint (fixture.markers, ==, G_N_ELEMENTS (sizes));
  g_assert_cmpuint (fixture.largest, <=, 1372);
  g_assert_cmpuint (length, >, 200000);
  /* Each but the last, whose end the next would tell. */
  for (guint i = 0; i < fixture.units->len; i++)
    g_assert_cmpuint (g_bytes_get_size (fixture.units->pdata[i]), ==, sizes[i] + 4);
}

/* Lengths that lie, and units of nothing but a delimiter. */
static void
test_damage (void)
{
  static const struct {
    const char *bytes;
    gsize size;
  } rows[] = {
      {"", 0},
      {"\x00\x00\x00", 3},
      {"\x00\x00\x00\x00", 4},
      {"\xff\xff\xff\xff\x65\x88", 6},
      {"\x00\x00\x00\x02\x09\x10", 6},
      {"\x00\x00\x00\x00\x00\x00\x00\x00\x65", 9},
  };
  g_autoptr (CgFormat) format = media_make_video_format (64);
  g_auto (Fixture) fixture;
  CgRtpPacker packer;

  fixture_init (&fixture);
  cg_rtp_packer_init (&packer, 96, 90000);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) data = g_bytes_new (rows[i].bytes, rows[i].size);
    g_autoptr (CgAccessUnit) unit = cg_access_unit_new (CG_TRACK_VIDEO, format, data, FALSE);

    cg_rtp_packer_add (&packer, unit, 0, fixture.frames);
    g_assert_cmpuint (fixture.frames->len, ==, 0);
  }
}

/* A length that there is no room to tell would be told as another one. */
static void
test_endless_sound (void)
{
  g_autoptr (CgFormat) format = media_make_audio_format ();
  g_auto (Fixture) fixture;
  CgRtpPacker packer;

  fixture_init (&fixture);
  cg_rtp_packer_init (&packer, 97, 48000);
  for (gsize size = 8191; size <= 8192; size++) {
    g_autoptr (GBytes) data = g_bytes_new_take (g_malloc0 (size), size);
    g_autoptr (CgAccessUnit) unit = cg_access_unit_new (CG_TRACK_AUDIO, format, data, TRUE);

    g_byte_array_set_size (fixture.frames, 0);
    cg_rtp_packer_add (&packer, unit, 0, fixture.frames);
    g_assert_true ((fixture.frames->len > 0) == (size == 8191));
  }
}

static void
test_aac (void)
{
  const CgAudioDepayOptions options = {.is_aac = TRUE, .clock_rate = 48000, .config = "1188"};
  g_autoptr (CgFormat) format = media_make_audio_format ();
  g_auto (Fixture) fixture;
  CgRtpPacker packer;

  fixture_init (&fixture);
  g_autoptr (CgAudioDepay) depay = cg_audio_depay_new (&options, on_unit, &fixture);
  cg_rtp_packer_init (&packer, 97, 48000);
  for (guint size = 1; size < 1300; size += 100) {
    g_autofree char *bytes = g_strnfill (size, 'a');
    g_autoptr (GBytes) data = g_bytes_new (bytes, size);
    g_autoptr (CgAccessUnit) unit = cg_access_unit_new (CG_TRACK_AUDIO, format, data, TRUE);

    cg_rtp_packer_add (&packer, unit, size, fixture.frames);
    unpack (&fixture, (PushFunc)cg_audio_depay_push, depay);
    g_assert_cmpuint (fixture.units->len, ==, fixture.markers);
    g_assert_true (g_bytes_equal (fixture.units->pdata[fixture.units->len - 1], data));
  }
}

/* RFC 3550, 6.4.1: the same moment on both clocks. */
static void
test_report (void)
{
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  CgRtpPacker packer;

  cg_rtp_packer_init (&packer, 96, 90000);
  packer.source = 0x01020304;
  packer.first_time = 0xffffffff;
  packer.channel = 2;
  cg_rtp_packer_add_report (&packer, 2000000, 1500000, frames);

  g_assert_cmpuint (frames->len, ==, 4 + 48);
  g_assert_cmpmem (frames->data, 8, "$\x03\x00\x30\x80\xc8\x00\x06", 8);
  g_assert_cmpmem (frames->data + 8, 16,
                   "\x01\x02\x03\x04\x83\xaa\x7e\x81\x80\x00\x00\x00\x00\x02\xbf\x1f", 16);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp-packer/h264", test_h264);
  g_test_add_func ("/rtp-packer/h265-fragments", test_h265_fragments);
  g_test_add_func ("/rtp-packer/aac", test_aac);
  g_test_add_func ("/rtp-packer/damage", test_damage);
  g_test_add_func ("/rtp-packer/endless-sound", test_endless_sound);
  g_test_add_func ("/rtp-packer/report", test_report);
  return g_test_run ();
}
