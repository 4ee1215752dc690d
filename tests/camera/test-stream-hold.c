/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pull without a push: for viewers on the LAN, or so that the picture is there (Q13). */
#include "cg-clock-dummy.h"
#include "cg-stream.h"
#include "fake-media.h"

#define URL "rtmp://media.example.com/live/one"
#define GRACE_MS 30000

typedef struct {
  CgClock *clock;
  CgBreaker *breaker;
  CgStreamTransport *transport;
  CgStream *stream;
  guint events;
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
set_up (Fixture *fixture, gconstpointer data)
{
  const CgStreamConfig config = {
      .retry_max_s = 60, .publisher_wait_ms = 20000, .publish_grace_ms = GRACE_MS};
  g_autoptr (CgCameraConfig) camera = cg_camera_config_new ("001122334455");

  fake_media_reset ();
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  fixture->breaker = cg_breaker_new (fixture->clock);
  fixture->transport = cg_stream_transport_new (camera->transport);
  fixture->stream =
      cg_stream_new (camera, &config, fixture->clock, fixture->breaker, fixture->transport);
  g_signal_connect (fixture->stream, "source-wanted", G_CALLBACK (on_source_wanted), fixture);
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

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"viewers-bring-a-pull-and-no-push", test_viewers_bring_a_pull_and_no_push},
      {"who-comes-back-within-the-grace-finds-it", test_who_comes_back_within_the_grace_finds_it},
      {"one-pull-for-push-and-viewers", test_one_pull_for_push_and_viewers},
      {"stop-ends-what-nobody-watches-any-more", test_stop_ends_what_nobody_watches_any_more},
      {"a-lost-camera-is-tried-again-while-watched",
       test_a_lost_camera_is_tried_again_while_watched},
      {"q19-standby-gives-way", test_q19_standby_gives_way},
      {"viewers-do-not-hurry-a-failing-camera", test_viewers_do_not_hurry_a_failing_camera},
      {"who-asks-shortens-a-long-pause", test_who_asks_shortens_a_long_pause},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/camera/stream-hold/", tests[i].path, NULL);

    g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
  }
  return g_test_run ();
}
