/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pull without a push: for viewers on the LAN, or so that the picture is there (Q13); and whether
 * those who want the picture get any (Q14). */
#include "stream-fixture.h"

#define GRACE_MS 30000
#define STALL_MS 10000

static const CgStreamConfig config = {
    .retry_max_s = 60,
    .stall_timeout_ms = STALL_MS,
    .h265 = CG_H265_TRANSCODE,
    .publisher_wait_ms = 20000,
    .publish_grace_ms = GRACE_MS,
};

static void
watch (StreamFixture *fixture, gboolean is_watched)
{
  cg_stream_hold (fixture->stream, CG_STREAM_HOLD_VIEWERS, is_watched);
  stream_settle ();
}

static void
test_viewers_bring_a_pull_and_no_push (StreamFixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);
  stream_settle ();

  g_assert_true (fake_media_is_started (FAKE_PULL));
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 0);
  g_assert_cmpstr (fixture->events->str, ==, "");
  g_assert_false (cg_stream_is_active (fixture->stream));
}

/* Where the camera takes no SetSynchronizationPoint, its session is asked. */
static void
test_q13_a_key_frame_is_asked_of_the_pull (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_request_key (fixture->stream);
  g_assert_cmpuint (fake_media_count_keys_asked (), ==, 0);

  watch (fixture, TRUE);
  cg_stream_request_key (fixture->stream);

  g_assert_cmpuint (fake_media_count_keys_asked (), ==, 1);
}

static void
test_who_comes_back_within_the_grace_finds_it (StreamFixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);

  watch (fixture, FALSE);
  stream_advance (fixture, GRACE_MS - 1);
  watch (fixture, TRUE);
  stream_advance (fixture, GRACE_MS);
  g_assert_true (fake_media_is_started (FAKE_PULL));
  watch (fixture, FALSE);
  stream_advance (fixture, GRACE_MS);

  g_assert_false (fake_media_is_started (FAKE_PULL));
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
}

static void
test_one_pull_for_push_and_viewers (StreamFixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);

  cg_stream_play (fixture->stream, STREAM_URL);
  fake_media_go_live (FAKE_PUSH);
  cg_stream_stop (fixture->stream);
  stream_settle ();

  g_assert_true (fake_media_is_started (FAKE_PULL));
  g_assert_false (fake_media_is_started (FAKE_PUSH));
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpstr (fixture->events->str, ==, "playing stopped");
}

static void
test_stop_ends_what_nobody_watches_any_more (StreamFixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);
  cg_stream_play (fixture->stream, STREAM_URL);

  watch (fixture, FALSE);
  stream_advance (fixture, GRACE_MS);
  g_assert_true (fake_media_is_started (FAKE_PULL));
  cg_stream_stop (fixture->stream);
  stream_settle ();

  g_assert_false (fake_media_is_started (FAKE_PULL));
}

static void
test_a_lost_camera_is_tried_again_while_watched (StreamFixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);

  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  stream_advance (fixture, 1000);
  g_assert_true (fake_media_is_started (FAKE_PULL));
  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  watch (fixture, FALSE);
  stream_advance (fixture, 3600 * 1000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  g_assert_cmpstr (fixture->events->str, ==, "");
}

/* Q19: whom nobody waits for gives way; who asks now does not wait for him. */
static void
test_q19_standby_gives_way (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_hold (fixture->stream, CG_STREAM_HOLD_STANDBY, TRUE);
  fake_media_fail (FAKE_PULL, CG_ERROR_TOO_MANY_STREAMS);
  stream_advance (fixture, 4 * 60 * 1000);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);

  cg_stream_play (fixture->stream, STREAM_URL);
  stream_settle ();
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  fake_media_fail (FAKE_PULL, CG_ERROR_TOO_MANY_STREAMS);
  stream_advance (fixture, 60 * 1000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 3);
}

/* However many viewers come and go meanwhile, a camera that fails is not asked again at once. */
static void
test_viewers_do_not_hurry_a_failing_camera (StreamFixture *fixture, gconstpointer data)
{
  static const struct {
    CgError error;
    guint most_tries;
  } rows[] = {
      {CG_ERROR_UNREACHABLE, 11},
      {CG_ERROR_TOO_MANY_STREAMS, 8},
      {CG_ERROR_LOGIN_REFUSED, 1},
  };

  for (guint row = 0; row < G_N_ELEMENTS (rows); row++) {
    const guint before = fake_media_count_ever (FAKE_PULL);

    cg_stream_play (fixture->stream, STREAM_URL);
    for (guint i = 0; i < 30; i++) {
      watch (fixture, i % 2 == 0);
      if (fake_media_is_started (FAKE_PULL))
        fake_media_fail (FAKE_PULL, rows[row].error);
      stream_advance (fixture, 333);
    }
    g_assert_cmpuint (fake_media_count_ever (FAKE_PULL) - before, <=, rows[row].most_tries);
    watch (fixture, FALSE);
    cg_stream_stop (fixture->stream);
    stream_settle ();
  }
}

/* Who asks waits no longer than the camera needs, however long the pause has become. */
static void
test_who_asks_shortens_a_long_pause (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_hold (fixture->stream, CG_STREAM_HOLD_STANDBY, TRUE);
  for (guint i = 0; i < 12; i++) {
    fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
    while (!fake_media_is_started (FAKE_PULL))
      stream_advance (fixture, 1000);
  }
  const guint before = fake_media_count_ever (FAKE_PULL);

  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  watch (fixture, TRUE);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, before);
  stream_advance (fixture, 1000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, before + 1);
}

static void
starve (gint64 any_ms, gint64 fresh_ms, gint64 urgent_ms)
{
  const CgHubStarvation now = {any_ms * 1000, fresh_ms * 1000, urgent_ms * 1000};

  fake_media_set_starvation (&now, FALSE);
}

static void
quench (void)
{
  fake_media_set_starvation (&CG_HUB_NO_STARVATION, TRUE);
}

static const char *
get_reason (StreamFixture *fixture)
{
  return cg_stream_get_report (fixture->stream)->reason;
}

/* Q14: what the hub has kept of a long group is of no use any more: who comes now asks. */
static void
test_q14_who_comes_late_asks_for_a_key_frame (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_hold (fixture->stream, CG_STREAM_HOLD_STANDBY, TRUE);
  fake_media_go_live (FAKE_PULL);
  g_assert_cmpuint (fixture->keys_wanted, ==, 1); /* the pull has begun */
  stream_advance (fixture, 60000);
  g_assert_cmpuint (fixture->keys_wanted, ==, 1);

  fake_media_set_starvation (&CG_HUB_NO_STARVATION, FALSE);
  cg_stream_play (fixture->stream, STREAM_URL);
  g_assert_cmpuint (fixture->keys_wanted, ==, 2);
  watch (fixture, TRUE); /* and who comes a moment later has asked as well */
  g_assert_cmpuint (fixture->keys_wanted, ==, 2);

  /* a second viewer: nobody tells the stream */
  quench ();
  stream_advance (fixture, 10000);
  starve (0, 0, -1);
  stream_advance (fixture, 1000);
  g_assert_cmpuint (fixture->keys_wanted, ==, 3);
}

/* Q14: a slow consumer in short groups is none of it. */
static void
test_q14_short_groups_are_left_alone (StreamFixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);
  stream_advance (fixture, 10000);

  starve (900, -1, 900);
  stream_advance (fixture, 1000);
  quench ();
  stream_advance (fixture, 60000);

  g_assert_cmpuint (fixture->keys_wanted, ==, 1);
}

/* Q14: the line was slow, all that was queued is lost, and the next key frame is minutes away. */
static void
test_q14_what_starves_is_told_and_mended (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, STREAM_URL);
  fake_media_go_live (FAKE_PULL);
  fake_media_go_live (FAKE_PUSH);
  stream_advance (fixture, 60000);

  starve (2000, -1, 2000);
  stream_advance (fixture, 1000);
  g_assert_cmpuint (fixture->keys_wanted, ==, 2);
  g_assert_cmpint (cg_stream_get_report (fixture->stream)->state, ==, CG_STREAM_PLAYING);
  starve (STALL_MS, -1, STALL_MS);
  stream_advance (fixture, 1000);
  g_assert_cmpint (cg_stream_get_report (fixture->stream)->state, ==, CG_STREAM_RETRYING);
  g_assert_cmpstr (get_reason (fixture), ==, "no-key-frame");
  quench ();
  stream_advance (fixture, 2000);
  fake_media_go_live (FAKE_PULL);

  g_assert_cmpint (cg_stream_get_report (fixture->stream)->state, ==, CG_STREAM_PLAYING);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
}

/* Nobody's picture is broken off for a viewer that does not follow. */
static void
test_q14_a_slow_viewer_disturbs_nobody (StreamFixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);

  starve (10 * STALL_MS, -1, -1);
  stream_advance (fixture, 60000);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fixture->keys_wanted, >=, 6);
  g_assert_cmpuint (fixture->keys_wanted, <=, 13);

  /* one that has had nothing yet, of a camera that gives no key frame when it is asked */
  starve (STALL_MS / 2, STALL_MS / 2, -1);
  stream_advance (fixture, 1000);
  stream_advance (fixture, 2000);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
}

/* Q11, Q55: an encoder that hangs. */
static void
test_q55_transcode_that_yields_nothing (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, STREAM_URL);
  fake_media_go_live (FAKE_PULL);
  fake_media_fail (FAKE_PUSH, CG_ERROR_STREAM_FORMAT);
  stream_settle ();
  g_assert_true (fake_media_is_transcoding ());

  for (guint i = 0; i < 14; i++)
    stream_advance (fixture, 1000);
  g_assert_true (fake_media_is_transcoding ());
  for (guint i = 0; i < 4; i++)
    stream_advance (fixture, 1000);

  g_assert_cmpint (cg_stream_get_report (fixture->stream)->state, ==, CG_STREAM_RETRYING);
  g_assert_cmpstr (get_reason (fixture), ==, "no-data");
}

int
main (int argc, char **argv)
{
  static const StreamTest tests[] = {
      {"/camera/stream-hold/viewers-bring-a-pull-and-no-push",
       test_viewers_bring_a_pull_and_no_push},
      {"/camera/stream-hold/who-comes-back-within-the-grace-finds-it",
       test_who_comes_back_within_the_grace_finds_it},
      {"/camera/stream-hold/q13-a-key-frame-is-asked-of-the-pull",
       test_q13_a_key_frame_is_asked_of_the_pull},
      {"/camera/stream-hold/one-pull-for-push-and-viewers", test_one_pull_for_push_and_viewers},
      {"/camera/stream-hold/stop-ends-what-nobody-watches-any-more",
       test_stop_ends_what_nobody_watches_any_more},
      {"/camera/stream-hold/a-lost-camera-is-tried-again-while-watched",
       test_a_lost_camera_is_tried_again_while_watched},
      {"/camera/stream-hold/q19-standby-gives-way", test_q19_standby_gives_way},
      {"/camera/stream-hold/viewers-do-not-hurry-a-failing-camera",
       test_viewers_do_not_hurry_a_failing_camera},
      {"/camera/stream-hold/who-asks-shortens-a-long-pause", test_who_asks_shortens_a_long_pause},
      {"/camera/stream-hold/q14-who-comes-late-asks-for-a-key-frame",
       test_q14_who_comes_late_asks_for_a_key_frame},
      {"/camera/stream-hold/q14-short-groups-are-left-alone", test_q14_short_groups_are_left_alone},
      {"/camera/stream-hold/q14-what-starves-is-told-and-mended",
       test_q14_what_starves_is_told_and_mended},
      {"/camera/stream-hold/q14-a-slow-viewer-disturbs-nobody",
       test_q14_a_slow_viewer_disturbs_nobody},
      {"/camera/stream-hold/q55-transcode-that-yields-nothing",
       test_q55_transcode_that_yields_nothing},
  };

  g_test_init (&argc, &argv, NULL);
  stream_add_tests (&config, tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
