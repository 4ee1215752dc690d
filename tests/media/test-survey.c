/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a stream is measured to be, and what its description offers. */
#include <string.h>

#include "cg-stream-offer.h"
#include "cg-stream-survey.h"

#define FRAME_US 40000

/* Slice headers as ITU-T H.264 codes them: first_mb_in_slice 0, then slice_type. */
#define KEY "\x65\x88\x84\x00"  /* IDR, slice_type 7: I */
#define P_SLICE "\x41\x9a\x02"  /* 5: P */
#define P_PLAIN "\x41\xe0"      /* 0: P */
#define B_SLICE "\x01\x9e\x41"  /* 6: B */
#define B_PLAIN "\x01\xa8"      /* 1: B */
#define SEI "\x06\x05\x01\x1b"  /* its payload is not looked at */
#define CUT_SHORT "\x41\x01"    /* ends within the number */
#define SECOND_B "\x01\x12\x70" /* first_mb_in_slice 8, 6: B */

static GBytes *
pack (const char *const *nals)
{
  GByteArray *array = g_byte_array_new ();

  for (; *nals != NULL; nals++) {
    const gsize length = strlen (*nals) + ((*nals)[0] == '\x65' ? 1 : 0);
    const guint8 head[] = {0, 0, 0, (guint8)length};

    g_byte_array_append (array, head, sizeof head);
    g_byte_array_append (array, (const guint8 *)*nals, (guint)length);
  }
  return g_byte_array_free_to_bytes (array);
}

typedef struct {
  CgStreamSurvey survey;
  CgFormat *format;
  gint64 time_us; /* of the next picture */
  gint64 now_us;
} Fixture;

static CgFormat *
make_format (guint8 level, guint width, guint height)
{
  const guint8 record[] = {1, 66, 0, level, 255, 225, 0};
  g_autoptr (GBytes) codec_data = g_bytes_new (record, sizeof record);

  return cg_format_new_h264 (codec_data, width, height, 0);
}

static void
fixture_init (Fixture *self)
{
  *self = (Fixture){.format = make_format (30, 640, 360)};
}

static void
fixture_clear (Fixture *self)
{
  cg_stream_survey_clear (&self->survey);
  cg_format_unref (self->format);
}

static void
take (Fixture *self, const char *nal, gint64 pts_us)
{
  const char *const nals[] = {SEI, nal, NULL};
  g_autoptr (GBytes) data = pack (nals);
  g_autoptr (CgAccessUnit) unit =
      cg_access_unit_new (CG_TRACK_VIDEO, self->format, data, strncmp (nal, KEY, 2) == 0);

  unit->dts_us = self->time_us;
  unit->pts_us = pts_us;
  self->time_us += FRAME_US;
  self->now_us += FRAME_US;
  cg_stream_survey_take (&self->survey, unit, self->now_us);
}

static void
take_in_order (Fixture *self, const char *nal)
{
  take (self, nal, self->time_us);
}

static CgStreamFindings
report (Fixture *self)
{
  CgStreamFindings findings;

  cg_stream_survey_report (&self->survey, &findings);
  return findings;
}

static void
test_nothing (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  const CgStreamFindings findings = report (&fixture);
  g_assert_cmpuint (findings.frames, ==, 0);
  g_assert_cmpfloat (findings.fps, ==, 0);
  fixture_clear (&fixture);
}

static void
test_plain (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  for (guint i = 0; i < 101; i++)
    take_in_order (&fixture, i % 50 == 0 ? KEY : P_SLICE);

  const CgStreamFindings findings = report (&fixture);
  g_assert_cmpuint (findings.frames, ==, 101);
  g_assert_cmpuint (findings.key_frames, ==, 3);
  g_assert_cmpuint (findings.b_frames, ==, 0);
  g_assert_false (findings.reordered);
  g_assert_cmpuint (findings.gop_frames, ==, 50);
  g_assert_cmpuint (findings.gop_ms, ==, 2000);
  g_assert_cmpuint (findings.open_ms, ==, 0);
  g_assert_cmpuint (findings.gap_ms, ==, 40);
  g_assert_cmpfloat_with_epsilon (findings.fps, 25, 0.001);
  g_assert_cmpuint (findings.width, ==, 640);
  g_assert_cmpuint (findings.formats, ==, 1);
  fixture_clear (&fixture);
}

/* A picture of 15 bytes a 25th of a second. */
static void
test_rate (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  for (guint i = 0; i < 50; i++)
    take_in_order (&fixture, P_SLICE);

  g_assert_cmpuint (report (&fixture).bitrate_kbps, ==, 3);
  fixture_clear (&fixture);
}

static void
test_q14_no_second_key_frame (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  for (guint i = 0; i < 251; i++)
    take_in_order (&fixture, i == 0 ? KEY : P_SLICE);

  const CgStreamFindings findings = report (&fixture);
  g_assert_cmpuint (findings.key_frames, ==, 1);
  g_assert_cmpuint (findings.gop_ms, ==, 0);
  g_assert_cmpuint (findings.open_ms, ==, 10000);
  fixture_clear (&fixture);
}

static void
test_q14_longest_group_counts (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  for (guint i = 0; i <= 60; i++)
    take_in_order (&fixture, i == 0 || i == 10 || i == 50 || i == 60 ? KEY : P_SLICE);

  g_assert_cmpuint (report (&fixture).gop_frames, ==, 40);
  g_assert_cmpuint (report (&fixture).gop_ms, ==, 1600);
  fixture_clear (&fixture);
}

static void
test_q22_b_frames (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  take_in_order (&fixture, KEY);
  take (&fixture, P_SLICE, 3 * FRAME_US);
  take (&fixture, B_SLICE, 1 * FRAME_US);
  take (&fixture, B_PLAIN, 2 * FRAME_US);

  const CgStreamFindings findings = report (&fixture);
  g_assert_cmpuint (findings.b_frames, ==, 2);
  g_assert_true (findings.reordered);
  fixture_clear (&fixture);
}

/* Q11, Q22: B slices of H.265 may wait for nothing; what is shown before another that came before
 * it has waited. */
static void
test_h265_b_frames (void)
{
  const guint8 record[23] = {1};
  g_autoptr (GBytes) codec_data = g_bytes_new (record, sizeof record);
  Fixture fixture;

  fixture_init (&fixture);
  cg_format_unref (fixture.format);
  fixture.format = cg_format_new_h265 (codec_data, 640, 360, 0);
  take_in_order (&fixture, KEY);
  take (&fixture, B_SLICE, 3 * FRAME_US);
  take (&fixture, B_SLICE, 1 * FRAME_US);
  take (&fixture, B_SLICE, 2 * FRAME_US);
  take (&fixture, B_SLICE, 4 * FRAME_US);

  const CgStreamFindings findings = report (&fixture);
  g_assert_cmpint (findings.codec, ==, CG_CODEC_H265);
  g_assert_cmpuint (findings.b_frames, ==, 2);
  g_assert_true (findings.reordered);
  fixture_clear (&fixture);
}

static void
test_kinds_of_slices (void)
{
  const struct {
    const char *nal;
    guint b_frames;
  } table[] = {
      {KEY, 0},     {P_SLICE, 0}, {P_PLAIN, 0},   {B_SLICE, 1},
      {B_PLAIN, 1}, {SEI, 0},     {CUT_SHORT, 0}, {SECOND_B, 1},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    Fixture fixture;

    fixture_init (&fixture);
    take_in_order (&fixture, table[i].nal);
    g_assert_cmpuint (report (&fixture).b_frames, ==, table[i].b_frames);
    fixture_clear (&fixture);
  }
}

/* Lengths that lead nowhere: nothing is read beyond the end. */
static void
test_broken_units (void)
{
  static const struct {
    guint8 bytes[8];
    gsize size;
  } table[] = {
      {{0}, 0},
      {{0, 0, 0, 9}, 4},
      {{0, 0, 0, 9, 1, 0x9e}, 6},
      {{0xff, 0xff, 0xff, 0xff, 1, 0x9e}, 6},
      {{0, 0, 0, 0, 1, 0x9e}, 6},
      {{0, 0, 0, 1, 1}, 5},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    Fixture fixture;
    g_autoptr (GBytes) data = g_bytes_new (table[i].bytes, table[i].size);

    fixture_init (&fixture);
    g_autoptr (CgAccessUnit) unit =
        cg_access_unit_new (CG_TRACK_VIDEO, fixture.format, data, FALSE);
    cg_stream_survey_take (&fixture.survey, unit, 0);
    g_assert_cmpuint (report (&fixture).b_frames, ==, 0);
    fixture_clear (&fixture);
  }
}

static void
test_q25_size_changes (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  take_in_order (&fixture, KEY);
  cg_format_unref (fixture.format);
  fixture.format = make_format (40, 1280, 720);
  take_in_order (&fixture, KEY);

  g_assert_cmpuint (report (&fixture).formats, ==, 2);
  g_assert_cmpuint (report (&fixture).height, ==, 720);
  fixture_clear (&fixture);
}

static void
test_sound (void)
{
  const guint8 config[] = {0x14, 0x08};
  g_autoptr (GBytes) codec_data = g_bytes_new (config, sizeof config);
  g_autoptr (CgFormat) format = cg_format_new_aac (codec_data, 16000, 1);
  g_autoptr (CgAccessUnit) unit = cg_access_unit_new (CG_TRACK_AUDIO, format, codec_data, TRUE);
  Fixture fixture;

  fixture_init (&fixture);
  cg_stream_survey_take (&fixture.survey, unit, 0);

  g_assert_cmpuint (report (&fixture).audio_frames, ==, 1);
  g_assert_cmpuint (report (&fixture).audio_rate, ==, 16000);
  g_assert_cmpuint (report (&fixture).frames, ==, 0);
  fixture_clear (&fixture);
}

#define HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n"
#define H264 "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
#define H265 "m=video 0 RTP/AVP 98\r\na=rtpmap:98 H265/90000\r\n"
#define AAC "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 mpeg4-generic/16000/1\r\n"
#define PCMA "m=audio 0 RTP/AVP 8\r\n"
#define BACK "m=audio 0 RTP/AVP 0\r\na=sendonly\r\n"

static void
test_offers (void)
{
  const struct {
    const char *description, *video, *audio;
    guint audio_rate;
  } table[] = {
      {HEAD H264 AAC, "H264", "AAC", 16000},
      {HEAD H265, "H265", NULL, 0},
      {HEAD H265 H264, "H264", NULL, 0},
      {HEAD PCMA H264, "H264", "PCMA", 8000}, /* Q47 */
      {HEAD H264 BACK, "H264", NULL, 0},      /* Q48 */
      {HEAD H264 "a=sendonly\r\n" BACK, "H264", "PCMU", 8000},
      {HEAD H264 "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MP4A-LATM/16000/1\r\n", "H264", "MP4A-LATM",
       16000},
      {HEAD "m=video 0 RTP/AVP 26\r\n", "JPEG", NULL, 0},
      {HEAD "m=video 0 RTP/AVP 99\r\n", "UNKNOWN", NULL, 0},
      {HEAD, NULL, NULL, 0},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CgStreamOffer) offer = cg_stream_offer_parse (table[i].description, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (offer->video, ==, table[i].video);
    g_assert_cmpstr (offer->audio, ==, table[i].audio);
    g_assert_cmpuint (offer->audio_rate, ==, table[i].audio_rate);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/survey/nothing", test_nothing);
  g_test_add_func ("/media/survey/plain", test_plain);
  g_test_add_func ("/media/survey/rate", test_rate);
  g_test_add_func ("/media/survey/q14-no-second-key-frame", test_q14_no_second_key_frame);
  g_test_add_func ("/media/survey/q14-longest-group", test_q14_longest_group_counts);
  g_test_add_func ("/media/survey/q22-b-frames", test_q22_b_frames);
  g_test_add_func ("/media/survey/h265-b-frames", test_h265_b_frames);
  g_test_add_func ("/media/survey/slices", test_kinds_of_slices);
  g_test_add_func ("/media/survey/broken", test_broken_units);
  g_test_add_func ("/media/survey/q25-size", test_q25_size_changes);
  g_test_add_func ("/media/survey/sound", test_sound);
  g_test_add_func ("/media/survey/offers", test_offers);
  return g_test_run ();
}
