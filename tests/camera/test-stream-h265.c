/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Q11: a camera that sends H.265, and a media server that takes it or does not. */
#include "stream-fixture.h"

static const CgStreamConfig automatic = {STREAM_CONFIG, .h265 = CG_H265_AUTO};
static const CgStreamConfig sending = {STREAM_CONFIG, .h265 = CG_H265_SEND};
static const CgStreamConfig transcoding = {STREAM_CONFIG, .h265 = CG_H265_TRANSCODE};

static void
pull (StreamFixture *fixture)
{
  cg_stream_play (fixture->stream, STREAM_URL);
  fake_media_go_live (FAKE_PULL);
}

static void
test_q11_server_takes_no_h265 (StreamFixture *fixture, gconstpointer data)
{
  pull (fixture);
  g_assert_false (fake_media_insists_on_h265 ());
  fake_media_fail (FAKE_PUSH, CG_ERROR_STREAM_FORMAT);
  stream_settle ();

  g_assert_cmpstr (fixture->events->str, ==, "failed(codec)");
  g_assert_false (fake_media_is_transcoding ());
  g_assert_true (fake_media_is_started (FAKE_PULL));
}

static void
test_q11_sent_in_any_case (StreamFixture *fixture, gconstpointer data)
{
  pull (fixture);

  g_assert_true (fake_media_insists_on_h265 ());
}

/* Nobody is told of the try: the next one begins at once. */
static void
test_q11_transcodes_when_asked (StreamFixture *fixture, gconstpointer data)
{
  pull (fixture);
  g_assert_false (fake_media_is_transcoding ());
  fake_media_fail (FAKE_PUSH, CG_ERROR_STREAM_FORMAT);
  stream_settle ();
  g_assert_true (fake_media_is_transcoding ());
  fake_media_go_live (FAKE_PUSH);
  g_assert_cmpstr (fixture->events->str, ==, "playing");

  /* the camera has H.264 now */
  fake_media_fail_transcode ();
  stream_settle ();
  g_assert_false (fake_media_is_transcoding ());
  stream_advance (fixture, 2000);
  fake_media_go_live (FAKE_PUSH);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 3);
}

static void
test_q11_no_encoder (StreamFixture *fixture, gconstpointer data)
{
  pull (fixture);
  fake_media_has_encoder (FALSE);
  fake_media_fail (FAKE_PUSH, CG_ERROR_STREAM_FORMAT);
  stream_settle ();

  g_assert_cmpstr (fixture->events->str, ==, "failed(codec)");
}

int
main (int argc, char **argv)
{
  static const StreamTest tests[] = {
      {"/camera/stream/q11-server-takes-no-h265", test_q11_server_takes_no_h265},
      {"/camera/stream/q11-sent-in-any-case", test_q11_sent_in_any_case, &sending},
      {"/camera/stream/q11-transcodes-when-asked", test_q11_transcodes_when_asked, &transcoding},
      {"/camera/stream/q11-no-encoder", test_q11_no_encoder, &transcoding},
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
  stream_add_tests (&automatic, tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
