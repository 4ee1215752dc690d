/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pull without a push: for viewers on the LAN, or so that the picture is there (Q13); and whether
 * those who want the picture get any (Q14). */
#include "cg-clock-dummy.h"
#include "cg-stream.h"
#include "fake-media.h"

#define URL "rtmp://media.example.com/live/one"
#define GRACE_MS 30000
#define STALL_MS 10000

typedef struct {
  CgClock *clock;
  CgBreaker *breaker;
  CgStreamTransport *transport;
  CgStream *stream;
  guint events;
  guint keys_wanted;
} Fixture;

static void
on_source_wanted (CgStream *stream, Fixture *fixture)
{
  cg_stream_set_source (stream, "rtsp://127.0.0.1/main");
}

static void
on_changed (CgStream *stream, CgStreamReport *report, Fixture *fixture)
{
  fixture->events++;
}

static void
on_key_wanted (CgStream *stream, Fixture *fixture)
{
  fixture->keys_wanted++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const CgStreamConfig config = {.retry_max_s = 60,
                                 .stall_timeout_ms = STALL_MS,
                                 .h265 = CG_H265_TRANSCODE,
                                 .publisher_wait_ms = 20000,
                                 .publish_grace_ms = GRACE_MS};
  g_autoptr (CgCameraConfig) camera = cg_camera_config_new ("001122334455");

  fake_media_reset ();
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  fixture->breaker = cg_breaker_new (fixture->clock);
  fixture->transport = cg_stream_transport_new (camera->transport);
  fixture->stream =
      cg_stream_new (camera, &config, fixture->clock, fixture->breaker, fixture->transport);
  g_signal_connect (fixture->stream, "source-wanted", G_CALLBACK (on_source_wanted), fixture);
  g_signal_connect (fixture->stream, "key-wanted", G_CALLBACK (on_key_wanted), fixture);
  g_signal_connect (fixture->stream, "changed", G_CALLBACK (on_changed), fixture);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = cg_stream_close_finish (CG_STREAM (object), result, NULL);
}

/* However it is wanted: nothing is left. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gboolean closed = FALSE;

  cg_stream_close_async (fixture->stream, on_closed, &closed);
  settle ();
  g_assert_true (closed);
  g_assert_false (fake_media_is_started (FAKE_PULL));
  g_assert_false (fake_media_is_started (FAKE_PUSH));
  g_signal_handlers_disconnect_by_data (fixture->stream, fixture);
  g_assert_finalize_object (fixture->stream);
  g_assert_finalize_object (fixture->transport);
  g_clear_pointer (&fixture->breaker, cg_breaker_unref);
  g_object_unref (fixture->clock);
  fake_media_reset ();
}

static void
advance (Fixture *fixture, gint64 ms)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), ms);
  settle ();
}

static void
watch (Fixture *fixture, gboolean is_watched)
{
  cg_stream_hold (fixture->stream, CG_STREAM_HOLD_VIEWERS, is_watched);
  settle ();
}

static void
test_viewers_bring_a_pull_and_no_push (Fixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);
  settle ();

  g_assert_true (fake_media_is_started (FAKE_PULL));
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 0);
  g_assert_cmpuint (fixture->events, ==, 0);
  g_assert_false (cg_stream_is_active (fixture->stream));
}

/* Where the camera takes no SetSynchronizationPoint, its session is asked. */
static void
test_q13_a_key_frame_is_asked_of_the_pull (Fixture *fixture, gconstpointer data)
{
  cg_stream_request_key (fixture->stream);
  g_assert_cmpuint (fake_media_count_keys_asked (), ==, 0);

  watch (fixture, TRUE);
  cg_stream_request_key (fixture->stream);

  g_assert_cmpuint (fake_media_count_keys_asked (), ==, 1);
}

static void
test_who_comes_back_within_the_grace_finds_it (Fixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);

  watch (fixture, FALSE);
  advance (fixture, GRACE_MS - 1);
  watch (fixture, TRUE);
  advance (fixture, GRACE_MS);
  g_assert_true (fake_media_is_started (FAKE_PULL));
  watch (fixture, FALSE);
  advance (fixture, GRACE_MS);

  g_assert_false (fake_media_is_started (FAKE_PULL));
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
}

static void
test_one_pull_for_push_and_viewers (Fixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);

  cg_stream_play (fixture->stream, URL);
  fake_media_go_live (FAKE_PUSH);
  cg_stream_stop (fixture->stream);
  settle ();

  g_assert_true (fake_media_is_started (FAKE_PULL));
  g_assert_false (fake_media_is_started (FAKE_PUSH));
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fixture->events, ==, 2); /* playing, stopped */
}

static void
test_stop_ends_what_nobody_watches_any_more (Fixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);
  cg_stream_play (fixture->stream, URL);

  watch (fixture, FALSE);
  advance (fixture, GRACE_MS);
  g_assert_true (fake_media_is_started (FAKE_PULL));
  cg_stream_stop (fixture->stream);
  settle ();

  g_assert_false (fake_media_is_started (FAKE_PULL));
}

static void
test_a_lost_camera_is_tried_again_while_watched (Fixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);

  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  advance (fixture, 1000);
  g_assert_true (fake_media_is_started (FAKE_PULL));
  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  watch (fixture, FALSE);
  advance (fixture, 3600 * 1000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  g_assert_cmpuint (fixture->events, ==, 0);
}

/* Q19: whom nobody waits for gives way; who asks now does not wait for him. */
static void
test_q19_standby_gives_way (Fixture *fixture, gconstpointer data)
{
  cg_stream_hold (fixture->stream, CG_STREAM_HOLD_STANDBY, TRUE);
  fake_media_fail (FAKE_PULL, CG_ERROR_TOO_MANY_STREAMS);
  advance (fixture, 4 * 60 * 1000);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);

  cg_stream_play (fixture->stream, URL);
  settle ();
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  fake_media_fail (FAKE_PULL, CG_ERROR_TOO_MANY_STREAMS);
  advance (fixture, 60 * 1000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 3);
}

/* However many viewers come and go meanwhile, a camera that fails is not asked again at once. */
static void
test_viewers_do_not_hurry_a_failing_camera (Fixture *fixture, gconstpointer data)
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

    cg_stream_play (fixture->stream, URL);
    for (guint i = 0; i < 30; i++) {
      watch (fixture, i % 2 == 0);
      if (fake_media_is_started (FAKE_PULL))
        fake_media_fail (FAKE_PULL, rows[row].error);
      advance (fixture, 333);
    }
    g_assert_cmpuint (fake_media_count_ever (FAKE_PULL) - before, <=, rows[row].most_tries);
    watch (fixture, FALSE);
    cg_stream_stop (fixture->stream);
    settle ();
  }
}

/* Who asks waits no longer than the camera needs, however long the pause has become. */
static void
test_who_asks_shortens_a_long_pause (Fixture *fixture, gconstpointer data)
{
  cg_stream_hold (fixture->stream, CG_STREAM_HOLD_STANDBY, TRUE);
  for (guint i = 0; i < 12; i++) {
    fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
    while (!fake_media_is_started (FAKE_PULL))
      advance (fixture, 1000);
  }
  const guint before = fake_media_count_ever (FAKE_PULL);

  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  watch (fixture, TRUE);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, before);
  advance (fixture, 1000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, before + 1);
}

static void
thirst (gint64 any_ms, gint64 fresh_ms, gint64 urgent_ms)
{
  const CgHubThirst now = {any_ms * 1000, fresh_ms * 1000, urgent_ms * 1000};

  fake_media_set_thirst (&now, FALSE);
}

static void
quench (void)
{
  fake_media_set_thirst (&CG_HUB_NO_THIRST, TRUE);
}

static const char *
get_reason (Fixture *fixture)
{
  return cg_stream_get_report (fixture->stream)->reason;
}

/* Q14: what the hub has kept of a long group is of no use any more: who comes now asks. */
static void
test_q14_who_comes_late_asks_for_a_key_frame (Fixture *fixture, gconstpointer data)
{
  cg_stream_hold (fixture->stream, CG_STREAM_HOLD_STANDBY, TRUE);
  fake_media_go_live (FAKE_PULL);
  g_assert_cmpuint (fixture->keys_wanted, ==, 1); /* the pull has begun */
  advance (fixture, 60000);
  g_assert_cmpuint (fixture->keys_wanted, ==, 1);

  fake_media_set_thirst (&CG_HUB_NO_THIRST, FALSE);
  cg_stream_play (fixture->stream, URL);
  g_assert_cmpuint (fixture->keys_wanted, ==, 2);
  watch (fixture, TRUE); /* and who comes a moment later has asked as well */
  g_assert_cmpuint (fixture->keys_wanted, ==, 2);

  /* a second viewer: nobody tells the stream */
  quench ();
  advance (fixture, 10000);
  thirst (0, 0, -1);
  advance (fixture, 1000);
  g_assert_cmpuint (fixture->keys_wanted, ==, 3);
}

/* Q14: a slow consumer in short groups is none of it. */
static void
test_q14_short_groups_are_left_alone (Fixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);
  advance (fixture, 10000);

  thirst (900, -1, 900);
  advance (fixture, 1000);
  quench ();
  advance (fixture, 60000);

  g_assert_cmpuint (fixture->keys_wanted, ==, 1);
}

/* Q14: the line was slow, all that was queued is lost, and the next key frame is minutes away. */
static void
test_q14_what_starves_is_told_and_mended (Fixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, URL);
  fake_media_go_live (FAKE_PULL);
  fake_media_go_live (FAKE_PUSH);
  advance (fixture, 60000);

  thirst (2000, -1, 2000);
  advance (fixture, 1000);
  g_assert_cmpuint (fixture->keys_wanted, ==, 2);
  g_assert_cmpint (cg_stream_get_report (fixture->stream)->state, ==, CG_STREAM_PLAYING);
  thirst (STALL_MS, -1, STALL_MS);
  advance (fixture, 1000);
  g_assert_cmpint (cg_stream_get_report (fixture->stream)->state, ==, CG_STREAM_RETRYING);
  g_assert_cmpstr (get_reason (fixture), ==, "no-key-frame");
  quench ();
  advance (fixture, 2000);
  fake_media_go_live (FAKE_PULL);

  g_assert_cmpint (cg_stream_get_report (fixture->stream)->state, ==, CG_STREAM_PLAYING);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
}

/* Nobody's picture is broken off for a viewer that does not follow. */
static void
test_q14_a_slow_viewer_disturbs_nobody (Fixture *fixture, gconstpointer data)
{
  watch (fixture, TRUE);
  fake_media_go_live (FAKE_PULL);

  thirst (10 * STALL_MS, -1, -1);
  advance (fixture, 60000);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fixture->keys_wanted, >=, 6);
  g_assert_cmpuint (fixture->keys_wanted, <=, 13);

  /* one that has had nothing yet, of a camera that gives no key frame when it is asked */
  thirst (STALL_MS / 2, STALL_MS / 2, -1);
  advance (fixture, 1000);
  advance (fixture, 2000);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
}

/* Q11, Q55: an encoder that hangs. */
static void
test_q55_transcode_that_yields_nothing (Fixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, URL);
  fake_media_go_live (FAKE_PULL);
  fake_media_fail (FAKE_PUSH, CG_ERROR_STREAM_FORMAT);
  settle ();
  g_assert_true (fake_media_is_transcoding ());

  for (guint i = 0; i < 14; i++)
    advance (fixture, 1000);
  g_assert_true (fake_media_is_transcoding ());
  for (guint i = 0; i < 4; i++)
    advance (fixture, 1000);

  g_assert_cmpint (cg_stream_get_report (fixture->stream)->state, ==, CG_STREAM_RETRYING);
  g_assert_cmpstr (get_reason (fixture), ==, "no-data");
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"viewers-bring-a-pull-and-no-push", test_viewers_bring_a_pull_and_no_push},
      {"who-comes-back-within-the-grace-finds-it", test_who_comes_back_within_the_grace_finds_it},
      {"q13-a-key-frame-is-asked-of-the-pull", test_q13_a_key_frame_is_asked_of_the_pull},
      {"one-pull-for-push-and-viewers", test_one_pull_for_push_and_viewers},
      {"stop-ends-what-nobody-watches-any-more", test_stop_ends_what_nobody_watches_any_more},
      {"a-lost-camera-is-tried-again-while-watched",
       test_a_lost_camera_is_tried_again_while_watched},
      {"q19-standby-gives-way", test_q19_standby_gives_way},
      {"viewers-do-not-hurry-a-failing-camera", test_viewers_do_not_hurry_a_failing_camera},
      {"who-asks-shortens-a-long-pause", test_who_asks_shortens_a_long_pause},
      {"q14-who-comes-late-asks-for-a-key-frame", test_q14_who_comes_late_asks_for_a_key_frame},
      {"q14-short-groups-are-left-alone", test_q14_short_groups_are_left_alone},
      {"q14-what-starves-is-told-and-mended", test_q14_what_starves_is_told_and_mended},
      {"q14-a-slow-viewer-disturbs-nobody", test_q14_a_slow_viewer_disturbs_nobody},
      {"q55-transcode-that-yields-nothing", test_q55_transcode_that_yields_nothing},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/camera/stream-hold/", tests[i].path, NULL);

    g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
  }
  return g_test_run ();
}
