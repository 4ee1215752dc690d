/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-audio-depay.h"
#include "cg-video-depay.h"

typedef struct {
  guint32 time;
  gboolean marker;
  const char *bytes;
  gsize size;
} Piece;

#define P(time, marker, bytes)                                                                     \
  {                                                                                                \
    time, marker, bytes, sizeof (bytes) - 1                                                        \
  }
#define LOST                                                                                       \
  {                                                                                                \
    0, FALSE, NULL, 0                                                                              \
  }

/* One byte of slice data each; first_mb_in_slice and slice_type are in the second byte. */
#define SPS "\x67\x42\xc0\x15\xd9\x01\x41\xfb\x01\x6a\x0c\x0c\x0d\x4a\x80"
#define PPS "\x68\xcb\x8c\xb2"
#define AUD "\x09\x10"
#define SEI "\x06\x05\x01\xff\x80"
#define RECOVERY "\x06\x06\x01\xc4\x80"
#define IDR "\x65\x88\x11"
#define IDR_2 "\x65\x42\x04"
#define INTRA "\x41\x88\x11"
#define INTER "\x41\x98\x11"
#define INTER_2 "\x41\x46\x11"

typedef struct {
  CgParameterSets *sets;
  CgVideoDepay *video;
  CgNalCodec codec;
  GString *seen;
} Fixture;

/* Key or not, the types of its units, its time. */
static void
on_picture (guint8 *data, gsize size, gboolean is_key, guint32 time, gpointer user_data)
{
  Fixture *fixture = user_data;
  gsize at = 0;

  g_string_append (fixture->seen, is_key ? "K" : "d");
  while (at + 4 < size) {
    const gsize length =
        (gsize)data[at] << 24 | (gsize)data[at + 1] << 16 | (gsize)data[at + 2] << 8 | data[at + 3];
    const guint head = data[at + 4];

    g_assert_cmpuint (length, <=, size - at - 4);
    g_string_append_printf (fixture->seen, " %u/%" G_GSIZE_FORMAT,
                            fixture->codec == CG_NAL_H264 ? head & 0x1f : (head >> 1) & 0x3f,
                            length);
    at += 4 + length;
  }
  g_assert_cmpuint (at, ==, size);
  g_string_append_printf (fixture->seen, " @%u, ", time);
  g_free (data);
}

static void
fixture_init (Fixture *fixture, CgNalCodec codec)
{
  fixture->codec = codec;
  fixture->seen = g_string_new (NULL);
  fixture->sets = cg_parameter_sets_new (codec);
  fixture->video = cg_video_depay_new (codec, fixture->sets, on_picture, fixture);
}

static void
fixture_clear (Fixture *fixture)
{
  cg_video_depay_free (fixture->video);
  cg_parameter_sets_free (fixture->sets);
  g_string_free (fixture->seen, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
push (Fixture *fixture, const Piece *piece)
{
  const CgRtpPacket packet = {.time = piece->time,
                              .marker = piece->marker,
                              .data = (const guint8 *)piece->bytes,
                              .size = piece->size};

  if (piece->bytes == NULL)
    cg_video_depay_lose (fixture->video);
  else
    cg_video_depay_push (fixture->video, &packet);
}

typedef struct {
  const char *name;
  Piece pieces[16];
  const char *seen;
  guint dropped;
} Row;

static void
run_rows (CgNalCodec codec, const Row *rows, guint count)
{
  for (guint i = 0; i < count; i++) {
    g_auto (Fixture) fixture;

    g_test_message ("%s", rows[i].name);
    fixture_init (&fixture, codec);
    for (guint p = 0; p < 16 && (rows[i].pieces[p].bytes != NULL || rows[i].pieces[p + 1].bytes);
         p++)
      push (&fixture, &rows[i].pieces[p]);

    g_assert_cmpstr (fixture.seen->str, ==, rows[i].seen);
    g_assert_cmpuint (cg_video_depay_get_dropped (fixture.video), ==, rows[i].dropped);
  }
}

/* The first picture waits for the second; then the marker is known to be right. */
static void
test_h264_forms (void)
{
  static const Row rows[] = {
      {"single units",
       {P (1, FALSE, SPS), P (1, FALSE, PPS), P (1, TRUE, IDR), P (2, TRUE, INTER)},
       "K 5/3 @1, d 1/3 @2, ",
       0},
      {"aggregates",
       {P (1, TRUE, "\x18\x00\x0f" SPS "\x00\x04" PPS "\x00\x03" IDR), P (2, TRUE, INTER)},
       "K 5/3 @1, d 1/3 @2, ",
       0},
      {"aggregate that lies about its length",
       {P (1, TRUE, "\x18\x00\x03" IDR "\xff\xff" INTER_2), P (2, TRUE, INTER)},
       "K 5/3 1/3 @1, d 1/3 @2, ",
       0},
      {"fragments",
       {P (1, FALSE, "\x7c\x85\x88zzz"), P (1, FALSE, "\x7c\x05yyyy"), P (1, TRUE, "\x7c\x45x"),
        P (2, TRUE, INTER)},
       "K 5/10 @1, d 1/3 @2, ",
       0},
      {"fragments without an end",
       {P (1, FALSE, "\x7c\x85\x88zzz"), P (1, TRUE, "\x7c\x05yyyy"), P (2, FALSE, "\x5c\x81\x98"),
        P (2, FALSE, INTER_2), P (3, TRUE, INTER)},
       "K 5/9 @1, d 1/2 1/3 @2, d 1/3 @3, ",
       0},
      {"several slices",
       {P (1, FALSE, IDR), P (1, TRUE, IDR_2), P (2, FALSE, INTER), P (2, TRUE, INTER_2)},
       "K 5/3 5/3 @1, d 1/3 1/3 @2, ",
       0},
      {"SEI stays, delimiters go",
       {P (1, FALSE, AUD), P (1, FALSE, SEI), P (1, TRUE, IDR),
        P (2, TRUE, "\x18\x00\x02" AUD "\x00\x03" INTER)},
       "K 6/5 5/3 @1, d 1/3 @2, ",
       0},
      {"never a key that says so: intra pictures with a recovery point",
       {P (1, FALSE, RECOVERY), P (1, TRUE, INTRA), P (2, TRUE, INTER), P (3, TRUE, INTRA)},
       "K 6/5 1/3 @1, d 1/3 @2, d 1/3 @3, ",
       0},
      {"never a key that says so, nor a recovery point",
       {P (1, TRUE, INTRA), P (2, TRUE, INTRA), P (3, TRUE, INTRA), P (4, TRUE, INTER)},
       "d 1/3 @1, d 1/3 @2, K 1/3 @3, d 1/3 @4, ",
       0},
      {"with real keys an intra picture is none",
       {P (1, TRUE, IDR), P (2, TRUE, INTRA), P (3, TRUE, INTRA), P (4, TRUE, INTRA)},
       "K 5/3 @1, d 1/3 @2, d 1/3 @3, d 1/3 @4, ",
       0},
      {"empty and unknown",
       {P (1, FALSE, ""), P (1, FALSE, "\x18"), P (1, FALSE, "\x7c"), P (1, FALSE, "\x7c\x05"),
        P (1, FALSE, "\x18\x00\x00"), P (1, FALSE, "\x80zz"), P (1, TRUE, IDR), P (2, TRUE, INTER)},
       "K 0/3 5/3 @1, d 1/3 @2, ",
       0},
  };

  run_rows (CG_NAL_H264, rows, G_N_ELEMENTS (rows));
}

/* Q49 */
static void
test_h264_lies (void)
{
  static const Row rows[] = {
      {"marker on sets and SEI",
       {P (1, TRUE, SPS), P (1, TRUE, PPS), P (1, TRUE, SEI), P (1, TRUE, IDR), P (2, TRUE, SEI),
        P (2, TRUE, INTER)},
       "K 6/5 5/3 @1, d 6/5 1/3 @2, ",
       0},
      {"marker on each slice",
       {P (1, TRUE, IDR), P (1, TRUE, IDR_2), P (2, TRUE, INTER), P (2, TRUE, INTER_2),
        P (3, TRUE, INTER)},
       "K 5/3 5/3 @1, d 1/3 1/3 @2, ",
       0},
      {"marker on each slice, but not from the beginning",
       {P (1, TRUE, IDR), P (2, TRUE, INTER), P (3, TRUE, INTER), P (3, TRUE, INTER_2),
        P (4, TRUE, INTER), P (4, TRUE, INTER_2), P (5, TRUE, INTER)},
       "K 5/3 @1, d 1/3 @2, d 1/3 @3, d 1/3 1/3 @4, ",
       1},
      {"marker within fragments",
       {P (1, TRUE, "\x7c\x85\x88zzz"), P (1, TRUE, "\x7c\x45yyyy"), P (2, TRUE, INTER)},
       "K 5/9 @1, ",
       0},
      {"no marker at all",
       {P (1, FALSE, IDR), P (2, FALSE, INTER), P (3, FALSE, INTER)},
       "K 5/3 @1, d 1/3 @2, ",
       0},
      {"no marker, one time for all",
       {P (1, FALSE, IDR), P (1, FALSE, INTER), P (1, FALSE, AUD), P (1, FALSE, INTER)},
       "K 5/3 @1, d 1/3 @1, ",
       0},
      {"start code in front",
       {P (1, TRUE, "\x00\x00\x00\x01" IDR), P (2, TRUE, "\x00\x00\x01" INTER), P (3, TRUE, INTER)},
       "K 5/3 @1, d 1/3 @2, d 1/3 @3, ",
       0},
      {"all in one packet",
       {P (1, TRUE, SPS "\x00\x00\x00\x01" PPS "\x00\x00\x01" IDR "\x00\x00\x01" IDR_2),
        P (2, TRUE, INTER)},
       "K 5/3 5/3 @1, d 1/3 @2, ",
       0},
      {"slices stuck together",
       {P (1, TRUE, IDR "\x00\x00\x01" IDR_2), P (2, TRUE, INTER "\x00\x00\x01" INTER_2)},
       "K 5/3 5/3 @1, d 1/3 1/3 @2, ",
       0},
      {"packets missing in a picture",
       {P (1, TRUE, IDR), P (2, TRUE, INTER), P (3, FALSE, "\x5c\x81\x98"), LOST,
        P (3, TRUE, "\x5c\x41z"), P (4, TRUE, INTER)},
       "K 5/3 @1, d 1/3 @2, d 1/3 @4, ",
       1},
      {"packets missing before a picture",
       {P (1, TRUE, IDR), P (2, TRUE, INTER), LOST, P (4, TRUE, INTER)},
       "K 5/3 @1, d 1/3 @2, d 1/3 @4, ",
       0},
      {"packets missing at the beginning of a picture",
       {P (1, TRUE, IDR), P (2, TRUE, INTER), LOST, P (4, TRUE, INTER_2), P (5, TRUE, INTER)},
       "K 5/3 @1, d 1/3 @2, d 1/3 @5, ",
       1},
  };

  run_rows (CG_NAL_H264, rows, G_N_ELEMENTS (rows));
}

/* Frame and field: two fields of one time go together. */
static void
test_h264_fields (void)
{
  static const char sps[] =
      "\x67\x4d\x40\x1e\xec\xa0\x5a\x12\x6c\x05\x28\x30\x30\x35\x28\x00\x00\x03"
      "\x00\x08\x00\x00\x03\x01\x94\xf8\xa1\x4c\xb0";
  static const Row rows[] = {
      {"two fields",
       {{1, FALSE, sps, sizeof sps - 1},
        P (1, TRUE, IDR),
        P (1, TRUE, INTER),
        P (2, TRUE, INTER),
        P (2, TRUE, INTER),
        P (3, TRUE, INTER)},
       "K 5/3 1/3 @1, d 1/3 1/3 @2, ",
       0},
  };

  run_rows (CG_NAL_H264, rows, G_N_ELEMENTS (rows));
}

static void
test_h265_forms (void)
{
  static const Row rows[] = {
      {"single units",
       {P (1, FALSE, "\x46\x01\x50"), P (1, FALSE, "\x4e\x01\x05\x80"), P (1, TRUE, "\x26\x01\xaf"),
        P (2, TRUE, "\x02\x01\xd0")},
       "K 39/4 19/3 @1, d 1/3 @2, ",
       0},
      {"aggregates",
       {P (1, TRUE, "\x60\x01\x00\x04\x4e\x01\x05\x80\x00\x03\x26\x01\xaf"),
        P (2, TRUE, "\x02\x01\xd0")},
       "K 39/4 19/3 @1, d 1/3 @2, ",
       0},
      {"fragments",
       {P (1, FALSE, "\x62\x01\x93\xafxx"), P (1, FALSE, "\x62\x01\x13yyy"),
        P (1, TRUE, "\x62\x01\x53z"), P (2, TRUE, "\x02\x01\xd0")},
       "K 19/9 @1, d 1/3 @2, ",
       0},
      {"several slices, marker on each",
       {P (1, TRUE, "\x26\x01\xaf"), P (1, TRUE, "\x26\x01\x2f"), P (2, TRUE, "\x02\x01\xd0")},
       "K 19/3 19/3 @1, ",
       0},
      {"a clean random access picture is a key; a suffix stays",
       {P (1, FALSE, "\x2a\x01\xaf"), P (1, TRUE, "\x50\x01\x05"), P (2, TRUE, "\x02\x01\xd0")},
       "K 21/3 40/3 @1, d 1/3 @2, ",
       0},
      {"too short", {P (1, TRUE, "\x26\x01"), P (1, TRUE, "\x62\x01"), P (1, TRUE, "x")}, "", 0},
  };

  run_rows (CG_NAL_H265, rows, G_N_ELEMENTS (rows));
}

/* Q49: memory has an end, and so has a picture. */
static void
test_cap (void)
{
  g_autofree char *big = g_strnfill (60000, 'z');
  g_auto (Fixture) fixture;

  fixture_init (&fixture, CG_NAL_H264);
  push (&fixture, &(Piece)P (1, FALSE, "\x7c\x85\x88zzz"));
  big[0] = '\x7c';
  big[1] = '\x05';
  for (guint i = 0; i < 200; i++)
    push (&fixture, &(Piece){1, FALSE, big, 60000});
  push (&fixture, &(Piece)P (2, TRUE, IDR));
  push (&fixture, &(Piece)P (3, TRUE, INTER));

  g_assert_cmpstr (fixture.seen->str, ==, "K 5/3 @2, d 1/3 @3, ");
  g_assert_cmpuint (cg_video_depay_get_dropped (fixture.video), ==, 1);
}

static void
on_sound (guint8 *data, gsize size, gboolean is_key, guint32 time, gpointer user_data)
{
  GString *seen = user_data;

  g_assert_true (is_key);
  g_string_append_printf (seen, "%.*s@%u, ", (int)size, (char *)data, time);
  g_free (data);
}

#define ADTS(body) "\xff\xf1\x60\x40\x01\x3f\xfc" body

typedef struct {
  const char *name;
  const char *config;
  Piece pieces[3];
  const char *seen;
  guint rate; /* 0: nothing is known of it */
  guint constant_size;
} AacRow;

static const AacRow aac_rows[] = {
    {"one frame",
     "1408",
     {P (10,
         TRUE,
         "\x00\x10\x00\x18"
         "abc")},
     "abc@10, ",
     16000},
    {"two frames",
     "1408",
     {P (10,
         TRUE,
         "\x00\x20\x00\x10\x00\x08"
         "abc")},
     "ab@10, c@1034, ",
     16000},
    {"fragments",
     "1408",
     {P (10,
         FALSE,
         "\x00\x10\x00\x28"
         "abc"),
      P (10,
         TRUE,
         "\x00\x10\x00\x28"
         "de")},
     "abcde@10, ",
     16000},
    {"a fragment that is never finished",
     "1408",
     {P (10,
         FALSE,
         "\x00\x10\x00\x28"
         "abc"),
      P (20,
         TRUE,
         "\x00\x10\x00\x18"
         "xyz")},
     "xyz@20, ",
     16000},
    {"damaged",
     "1408",
     {P (1, TRUE, ""), P (2, TRUE, "\x00\x80\x00"), P (3, TRUE, "\x00\x10\xff\xf8z")},
     "",
     16000},
    /* Q50 */
    {"ADTS within", NULL, {P (10, TRUE, "\x00\x10\x00\x48" ADTS ("ab"))}, "ab@10, ", 16000},
    {"ADTS within, against what is described",
     "1190",
     {P (10, TRUE, "\x00\x10\x00\x48" ADTS ("ab"))},
     "ab@10, ",
     16000},
    {"bare ADTS", NULL, {P (10, TRUE, ADTS ("ab") ADTS ("cd"))}, "ab@10, cd@1034, ", 16000},
    {"a bad description",
     "zz",
     {P (10,
         TRUE,
         "\x00\x10\x00\x18"
         "abc")},
     "abc@10, ",
     0},
    /* RFC 3640, 3.2.1 */
    {"frames of constant size", "1408", {P (10, TRUE, "aaabbb")}, "aaa@10, bbb@1034, ", 16000, 3},
    {"one of constant size", "1408", {P (10, TRUE, "aaa")}, "aaa@10, ", 16000, 3},
    {"of another size than told", "1408", {P (10, TRUE, "aaabb")}, "aaabb@10, ", 16000, 3},
};

static void
test_aac (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (aac_rows); i++) {
    const CgAudioDepayOptions options = {
        .is_aac = TRUE,
        .clock_rate = 16000,
        .config = aac_rows[i].config,
        .constant_size = aac_rows[i].constant_size,
    };
    g_autoptr (GString) seen = g_string_new (NULL);
    g_autoptr (CgAudioDepay) depay = cg_audio_depay_new (&options, on_sound, seen);
    guint rate = 0, channels = 0;

    g_test_message ("%s", aac_rows[i].name);
    for (guint p = 0; p < 3 && aac_rows[i].pieces[p].bytes != NULL; p++) {
      const Piece *piece = &aac_rows[i].pieces[p];
      const CgRtpPacket packet = {.time = piece->time,
                                  .marker = piece->marker,
                                  .data = (const guint8 *)piece->bytes,
                                  .size = piece->size};
      cg_audio_depay_push (depay, &packet);
    }
    g_autoptr (GBytes) config = cg_audio_depay_get_config (depay, &rate, &channels);
    g_assert_cmpstr (seen->str, ==, aac_rows[i].seen);
    g_assert_cmpuint (rate, ==, aac_rows[i].rate);
    g_assert_cmpint (config != NULL, ==, aac_rows[i].rate != 0);
  }
}

static void
test_g711 (void)
{
  const CgAudioDepayOptions options = {.clock_rate = 8000};
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (CgAudioDepay) depay = cg_audio_depay_new (&options, on_sound, seen);
  const CgRtpPacket packet = {.time = 5, .data = (const guint8 *)"abc", .size = 3};

  cg_audio_depay_push (depay, &packet);

  g_assert_cmpstr (seen->str, ==, "abc@5, ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/depay/h264-forms", test_h264_forms);
  g_test_add_func ("/depay/q49-h264-lies", test_h264_lies);
  g_test_add_func ("/depay/h264-fields", test_h264_fields);
  g_test_add_func ("/depay/h265-forms", test_h265_forms);
  g_test_add_func ("/depay/q49-cap", test_cap);
  g_test_add_func ("/depay/q50-aac", test_aac);
  g_test_add_func ("/depay/g711", test_g711);
  return g_test_run ();
}
