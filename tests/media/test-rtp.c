/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-rtcp.h"
#include "cg-rtp-packet.h"
#include "cg-rtp-time.h"

#define FRAME_US 40000
#define FRAME_TICKS 3600
#define HOUR_TICKS (3600u * 90000u)

static void
test_packet (void)
{
  static const struct {
    const char *bytes;
    gsize size;
    int payload; /* -1: no packet */
    gsize offset;
  } rows[] = {
      {"\x80\xe0\x12\x34\x01\x02\x03\x04\x05\x06\x07\x08zz", 14, 2, 12},
      {"\x80\xe0\x12\x34\x01\x02\x03\x04\x05\x06\x07\x08", 12, 0, 12},
      {"\x81\xe0\x12\x34\x01\x02\x03\x04\x05\x06\x07\x08"
       "cccczz",
       18, 2, 16},
      {"\x90\xe0\x12\x34\x01\x02\x03\x04\x05\x06\x07\x08\xab\xac\x00\x01"
       "eeeez",
       21, 1, 20},
      {"\xa0\xe0\x12\x34\x01\x02\x03\x04\x05\x06\x07\x08z\x00\x00\x03", 16, 1, 12},
      {"\xa0\xe0\x12\x34\x01\x02\x03\x04\x05\x06\x07\x08\x00\x00\x00\x05", 16, -1, 0},
      {"\x90\xe0\x12\x34\x01\x02\x03\x04\x05\x06\x07\x08\xab\xac\xff\xff", 16, -1, 0},
      {"\x8f\xe0\x12\x34\x01\x02\x03\x04\x05\x06\x07\x08", 12, -1, 0},
      {"\x00\xe0\x12\x34\x01\x02\x03\x04\x05\x06\x07\x08", 12, -1, 0},
      {"\x80\xe0\x12\x34\x01\x02\x03\x04\x05\x06\x07", 11, -1, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const guint8 *data = (const guint8 *)rows[i].bytes;
    CgRtpPacket packet;

    g_assert_cmpint (cg_rtp_packet_parse (data, rows[i].size, &packet), ==, rows[i].payload >= 0);
    if (rows[i].payload < 0)
      continue;
    g_assert_true (packet.marker);
    g_assert_cmpuint (packet.payload_type, ==, 96);
    g_assert_cmpuint (packet.number, ==, 0x1234);
    g_assert_cmpuint (packet.time, ==, 0x01020304);
    g_assert_cmpuint (packet.source, ==, 0x05060708);
    g_assert_cmpuint (packet.size, ==, rows[i].payload);
    g_assert_true (packet.data == data + rows[i].offset);
  }
}

static void
test_reports (void)
{
  static const guint8 compound[] = {
      0x80, 200, 0, 6, 1, 2, 3, 4, 0x10, 0x20, 0x30, 0x40, 0x80, 0, 0, 0, 0, 0,
      0x10, 0,   0, 0, 0, 1, 0, 0, 0,    9,    0x81, 203,  0,    1, 1, 2, 3, 4,
  };
  CgRtcpNews news;

  cg_rtcp_parse (compound, sizeof compound, &news);
  g_assert_true (news.has_report);
  g_assert_cmpuint (news.source, ==, 0x01020304);
  g_assert_cmpuint (news.ntp, ==, G_GUINT64_CONSTANT (0x1020304080000000));
  g_assert_cmpuint (news.time, ==, 0x1000);
  g_assert_true (news.is_goodbye);
  cg_rtcp_parse (compound, 28, &news);
  g_assert_false (news.is_goodbye);
  cg_rtcp_parse (compound, 27, &news);
  g_assert_false (news.has_report);
}

static void
test_own_report (void)
{
  const CgRtcpReport report = {.self = 1, .source = 2, .number = 3, .last_ntp = 4, .delay = 5};
  guint8 data[CG_RTCP_MAX_SIZE];

  const gsize size = cg_rtcp_write (&report, data);

  static const guint8 expected[] = {
      0x81, 201, 0, 7, 0, 0, 0,   1,   0,   0,   0,   2,   0,   0, 0,    0,   0, 0,
      0,    3,   0, 0, 0, 0, 0,   0,   0,   4,   0,   0,   0,   5, 0x81, 202, 0, 4,
      0,    0,   0, 1, 1, 7, 'c', 'a', 'm', 'g', 'a', 't', 'e', 0, 0,    0,
  };
  g_assert_cmpmem (data, size, expected, sizeof expected);
}

/* RFC 4585, 6.3.1; with a report there is room for both. */
static void
test_picture_loss (void)
{
  static const guint8 expected[] = {0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
  const CgRtcpReport report = {.self = 1, .source = 2, .number = 3};
  guint8 data[CG_RTCP_MAX_SIZE];

  const gsize before = cg_rtcp_write (&report, data);
  const gsize size = cg_rtcp_write_loss (&report, data + before);

  g_assert_cmpmem (data + before, size, expected, sizeof expected);
  g_assert_cmpuint (before + size, <=, sizeof data);
}

typedef struct {
  CgRtpTime time;
  gint64 now_us;
  gint64 dts_us;
  gint64 pts_us;
} Track;

static gboolean
stamp (Track *track, guint32 time)
{
  track->now_us += FRAME_US;
  return cg_rtp_time_stamp (&track->time, time, track->now_us, &track->dts_us, &track->pts_us);
}

/* Goes on past the end of 32 bits. */
static void
test_wraps (void)
{
  Track track = {.now_us = 0};
  guint32 time = G_MAXUINT32 - 10 * FRAME_TICKS;

  cg_rtp_time_init (&track.time, 90000);
  for (gint64 i = 1; i <= 100; i++, time += FRAME_TICKS) {
    stamp (&track, time);
    g_assert_cmpint (track.pts_us, ==, i * FRAME_US);
    g_assert_cmpint (track.dts_us, ==, i * FRAME_US);
  }
  g_assert_cmpuint (cg_rtp_time_get_jumps (&track.time), ==, 0);
}

/* Q20: by hours, back to 0, by the step of a clock that was set; one wrong time among good ones. */
static void
test_jumps (void)
{
  static const struct {
    guint32 from;
    guint32 to;
    guint length; /* how many pictures stay there */
    guint jumps;
  } rows[] = {
      {5 * HOUR_TICKS, 5 * HOUR_TICKS + HOUR_TICKS, 20, 1},
      {5 * HOUR_TICKS, 3 * HOUR_TICKS, 20, 1},
      {5 * HOUR_TICKS, 0, 20, 1},
      {5 * HOUR_TICKS, 5 * HOUR_TICKS + 3 * 90000, 20, 1},
      {5 * HOUR_TICKS, 5 * HOUR_TICKS + HOUR_TICKS, 1, 0},
      {5 * HOUR_TICKS, 0, 1, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Track track = {.now_us = 0};
    guint n = 0;

    cg_rtp_time_init (&track.time, 90000);
    for (; n < 10; n++)
      stamp (&track, rows[i].from + n * FRAME_TICKS);
    for (guint there = 0; there < rows[i].length; there++, n++) {
      stamp (&track, rows[i].to + there * FRAME_TICKS);
      g_assert_cmpint (track.pts_us, ==, (n + 1) * FRAME_US);
    }
    const guint32 next = rows[i].length > 1 ? rows[i].to + rows[i].length * FRAME_TICKS
                                            : rows[i].from + n * FRAME_TICKS;
    stamp (&track, next);
    g_assert_cmpint (track.pts_us, ==, (n + 1) * FRAME_US);
    g_assert_cmpuint (cg_rtp_time_get_jumps (&track.time), ==, rows[i].jumps);
  }
}

static guint64
make_ntp (gint64 us)
{
  const guint64 seconds = (guint64)(us / G_USEC_PER_SEC) + 3900000000u;
  const guint64 rest = (guint64)(us % G_USEC_PER_SEC);

  return seconds << 32 | ((rest << 32) / G_USEC_PER_SEC);
}

/* Sound arrives late by 300 ms; the reports tell what belongs together. */
static void
test_in_step (void)
{
  static const struct {
    gint64 ntp_us; /* of the sound, at the time of its first packet; the picture's is 0 */
    gint64 start_us;
    gint64 expected_us; /* of the sound's first packet, as it should have been */
  } rows[] = {
      {0, 300000, FRAME_US},
      {300000, 300000, 300000 + FRAME_US},
      {10 * G_USEC_PER_SEC, 300000, 300000 + FRAME_US}, /* absurd */
      {100000, 0, 100000 + FRAME_US},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Track video = {.now_us = 0}, audio = {.now_us = rows[i].start_us};

    cg_rtp_time_init (&video.time, 90000);
    cg_rtp_time_init (&audio.time, 8000);
    stamp (&video, 1000);
    stamp (&audio, 77);
    cg_rtp_time_follow (&audio.time, &video.time);
    cg_rtp_time_report (&video.time, 1000, make_ntp (10 * G_USEC_PER_SEC));
    cg_rtp_time_follow (&audio.time, &video.time);
    cg_rtp_time_report (&audio.time, 77, make_ntp (10 * G_USEC_PER_SEC + rows[i].ntp_us));
    cg_rtp_time_follow (&audio.time, &video.time);
    gint64 last_us = audio.pts_us;
    g_test_message ("row %u", i);
    for (gint64 n = 1; n < 20; n++) {
      if (!stamp (&audio, 77 + (guint32)n * 320))
        continue;
      g_assert_cmpint (audio.pts_us, >, last_us);
      g_assert_cmpint (ABS (audio.pts_us - rows[i].expected_us - n * FRAME_US), <=, 1000);
      g_assert_cmpint (audio.dts_us, ==, audio.pts_us);
      last_us = audio.pts_us;
    }
    g_assert_cmpint (ABS (last_us - rows[i].expected_us - 19 * FRAME_US), <=, 1000);
  }
}

/* Where both begin, as the answer to PLAY tells it: before or after the first packet, and not where
 * it is nonsense (Q20). */
static void
test_starts (void)
{
  static const struct {
    gint64 video_ms; /* from the start to its first packet */
    gint64 audio_ms;
    gint64 arrives_ms;  /* sound after the picture */
    gint64 expected_ms; /* the same, as it should have been */
  } rows[] = {
      {0, 0, 0, 0},
      {0, 0, 300, 0},
      {0, 120, 0, 120},
      {40, 160, 300, 120},
      {1500, 0, 0, -1500},
      {0, 0, 1900, 0},
      {0, 0, 2100, 2100},      /* never */
      {2100, 0, 100, 100},     /* not of this session */
      {0, -3600000, 100, 100}, /* nor this */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows) * 2; i++) {
    const gint64 begin_us = 10 * (gint64)G_USEC_PER_SEC;
    const guint row = i / 2;
    const gboolean comes_late = i % 2 != 0;
    Track video = {.now_us = begin_us}, audio = {.now_us = begin_us + rows[row].arrives_ms * 1000};
    const guint32 video_start = 0u - (guint32)(rows[row].video_ms * 90);
    const guint32 audio_start = 77u - (guint32)(rows[row].audio_ms * 8);

    g_test_message ("row %u", i);
    cg_rtp_time_init (&video.time, 90000);
    cg_rtp_time_init (&audio.time, 8000);
    if (comes_late)
      stamp (&video, 0);
    cg_rtp_time_set_start (&video.time, video_start);
    cg_rtp_time_set_start (&audio.time, audio_start);
    if (!comes_late)
      stamp (&video, 0);
    cg_rtp_time_begin (&audio.time, 77, audio.now_us + FRAME_US);
    cg_rtp_time_follow (&audio.time, &video.time);
    stamp (&audio, 77);

    g_assert_cmpint (audio.pts_us - video.pts_us, ==, rows[row].expected_ms * 1000);
  }
}

/* Reports know better than the start. */
static void
test_reports_after_start (void)
{
  Track video = {.now_us = 0}, audio = {.now_us = 0};

  cg_rtp_time_init (&video.time, 90000);
  cg_rtp_time_init (&audio.time, 8000);
  cg_rtp_time_set_start (&video.time, 0);
  cg_rtp_time_set_start (&audio.time, 0);
  stamp (&video, 0);
  stamp (&audio, 0);
  cg_rtp_time_report (&video.time, 0, make_ntp (G_USEC_PER_SEC));
  cg_rtp_time_report (&audio.time, 0, make_ntp (G_USEC_PER_SEC + 100000));
  cg_rtp_time_follow (&audio.time, &video.time);
  stamp (&audio, 320);

  g_assert_cmpint (ABS (audio.pts_us - video.pts_us - FRAME_US - 100000), <=, 1);
}

/* A report from before a jump is not believed after it. */
static void
test_old_report (void)
{
  Track video = {.now_us = 0}, audio = {.now_us = 0};

  cg_rtp_time_init (&video.time, 90000);
  cg_rtp_time_init (&audio.time, 8000);
  stamp (&video, 0);
  stamp (&audio, 0);
  cg_rtp_time_report (&video.time, 0, make_ntp (G_USEC_PER_SEC));
  for (guint i = 0; i < 3; i++)
    stamp (&video, HOUR_TICKS + i * FRAME_TICKS);
  g_assert_cmpuint (cg_rtp_time_get_jumps (&video.time), ==, 1);
  cg_rtp_time_report (&audio.time, 0, make_ntp (2 * G_USEC_PER_SEC));
  cg_rtp_time_follow (&audio.time, &video.time);
  stamp (&audio, 320);

  g_assert_cmpint (audio.pts_us, ==, 2 * FRAME_US);
}

static void
test_nonsense (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  CgRtpTime video, audio;
  gint64 last_us = G_MININT64;

  cg_rtp_time_init (&video, 0);
  cg_rtp_time_init (&audio, 1);
  for (guint i = 0; i < 20000; i++) {
    gint64 dts_us, pts_us;

    g_assert_true (
        cg_rtp_time_stamp (&video, g_rand_int (rand), (gint64)i * FRAME_US, &dts_us, &pts_us));
    g_assert_cmpint (pts_us, >=, dts_us);
    g_assert_true (last_us == G_MININT64 || dts_us > last_us);
    last_us = dts_us;
    cg_rtp_time_report (&video, g_rand_int (rand), (guint64)g_rand_int (rand) << 32);
    cg_rtp_time_stamp (&audio, g_rand_int (rand), (gint64)i * FRAME_US, &dts_us, &pts_us);
    cg_rtp_time_report (&audio, g_rand_int (rand), (guint64)g_rand_int (rand) << 32);
    cg_rtp_time_follow (&audio, &video);
  }
}

/* Leaps made up so that the time comes to its end: seen where arithmetic is watched. */
static void
test_leaps_without_end (void)
{
  static const guint32 leaps[] = {0x7fffffff, 0x80000000};

  for (gsize i = 0; i < G_N_ELEMENTS (leaps); i++) {
    Track track = {0};
    guint32 time = 0;

    cg_rtp_time_init (&track.time, 1000);
    for (guint n = 0; n < 5 * 1000 * 1000; n++)
      stamp (&track, time += leaps[i]);
    g_assert_cmpint (ABS (track.time.ticks), <=, G_GINT64_CONSTANT (1) << 51);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rtp/packet", test_packet);
  g_test_add_func ("/rtp/reports", test_reports);
  g_test_add_func ("/rtp/own-report", test_own_report);
  g_test_add_func ("/rtp/picture-loss", test_picture_loss);
  g_test_add_func ("/rtp/wraps", test_wraps);
  g_test_add_func ("/rtp/q20-jumps", test_jumps);
  g_test_add_func ("/rtp/in-step", test_in_step);
  g_test_add_func ("/rtp/starts", test_starts);
  g_test_add_func ("/rtp/reports-after-start", test_reports_after_start);
  g_test_add_func ("/rtp/old-report", test_old_report);
  g_test_add_func ("/rtp/nonsense", test_nonsense);
  g_test_add_func ("/rtp/leaps-without-end", test_leaps_without_end);
  return g_test_run ();
}
