/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pull and a push: when they begin, when they end, when they are tried again. */
#include "stream-fixture.h"

#define OTHER_URL "rtmp://127.0.0.1/live/b"

static const CgStreamConfig config = {STREAM_CONFIG};
static const CgStreamConfig leased = {STREAM_CONFIG, .play_lease_s = 60};

static void
test_play_then_stop (StreamFixture *fixture, gconstpointer data)
{
  stream_play_until_live (fixture);
  cg_stream_stop (fixture->stream);
  stream_settle ();

  g_assert_cmpstr (fixture->events->str, ==, "playing stopped");
  g_assert_false (fake_media_is_started (FAKE_PULL));
  g_assert_false (fake_media_is_started (FAKE_PUSH));
}

static void
test_same_url_restarts_nothing (StreamFixture *fixture, gconstpointer data)
{
  stream_play_until_live (fixture);

  for (guint i = 0; i < 10; i++)
    cg_stream_play (fixture->stream, STREAM_URL);
  stream_settle ();

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
  g_assert_cmpstr (fixture->events->str, ==, "playing");
}

static void
test_other_url_moves_push_only (StreamFixture *fixture, gconstpointer data)
{
  stream_play_until_live (fixture);

  cg_stream_play (fixture->stream, OTHER_URL);
  stream_settle ();
  fake_media_go_live (FAKE_PUSH);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 2);
  g_assert_cmpstr (fake_media_get_address (FAKE_PUSH), ==, OTHER_URL);
  g_assert_cmpstr (fixture->events->str, ==, "playing playing");
}

/* Another picture of the camera: one session at a time (Q19), one publisher, and the reason told.
 */
static void
test_other_picture (StreamFixture *fixture, gconstpointer data)
{
  CgStreamCounters counters;
  stream_play_until_live (fixture);

  fake_media_hold_goodbyes (TRUE);
  cg_stream_change_source (fixture->stream, "uplink-too-slow", "because");
  stream_settle ();
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpint (cg_stream_get_report (fixture->stream)->state, ==, CG_STREAM_STARTING);
  fake_media_hold_goodbyes (FALSE);
  fake_media_say_goodbyes ();
  stream_settle ();
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  fake_media_go_live (FAKE_PULL);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
  g_assert_cmpstr (cg_stream_get_report (fixture->stream)->text, ==, "because");
  cg_stream_change_source (fixture->stream, NULL, NULL);
  stream_settle ();
  fake_media_go_live (FAKE_PULL);

  g_assert_cmpstr (fixture->events->str, ==, "playing playing(uplink-too-slow) playing");
  cg_stream_get_counters (fixture->stream, &counters);
  g_assert_cmpuint (counters.uplink_changes, ==, 2);
  g_assert_cmpuint (counters.reconnects, ==, 0);
}

/* Chosen while nothing plays, it disturbs nothing. */
static void
test_other_picture_while_stopped (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_change_source (fixture->stream, "uplink-budget", "because");
  stream_settle ();
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 0);

  stream_play_until_live (fixture);

  g_assert_cmpstr (fixture->events->str, ==, "playing(uplink-budget)");
}

/* Q18: UDP is begun with where it has worked, and given up where it does not work any more. */
static void
test_q18_remembers_udp (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, STREAM_URL);
  g_assert_cmpint (fake_media_get_wanted_transport (), ==, CG_TRANSPORT_AUTO);
  fake_media_go_live_by (CG_TRANSPORT_UDP);
  g_assert_cmpint (cg_stream_transport_get_learnt (fixture->transport), ==, CG_TRANSPORT_UDP);

  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  stream_advance (fixture, 1000);
  g_assert_cmpint (fake_media_get_wanted_transport (), ==, CG_TRANSPORT_UDP);
  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  stream_advance (fixture, 4000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 3);
  g_assert_cmpint (fake_media_get_wanted_transport (), ==, CG_TRANSPORT_AUTO);
}

/* Q9: one end failing never restarts the other. */
static void
test_q9_lost_server_keeps_pull (StreamFixture *fixture, gconstpointer data)
{
  stream_play_until_live (fixture);

  fake_media_fail (FAKE_PUSH, CG_ERROR_UNREACHABLE);
  stream_settle ();
  g_assert_true (fake_media_is_started (FAKE_PULL));
  stream_advance (fixture, 1000);
  fake_media_go_live (FAKE_PUSH);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpstr (fixture->events->str, ==, "playing retrying(unreachable) playing");
}

static void
test_q9_lost_camera_keeps_push (StreamFixture *fixture, gconstpointer data)
{
  stream_play_until_live (fixture);

  fake_media_fail (FAKE_PULL, CG_ERROR_STREAM_STALLED);
  stream_settle ();
  stream_advance (fixture, 1000);
  g_assert_true (fake_media_is_started (FAKE_PUSH));
  fake_media_go_live (FAKE_PULL);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
  g_assert_cmpstr (fixture->events->str, ==, "playing retrying(no-data) playing");
}

static void
test_grace_ends_publishing (StreamFixture *fixture, gconstpointer data)
{
  stream_play_until_live (fixture);
  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  fixture->answers = FALSE;

  stream_advance (fixture, 29000);
  g_assert_true (fake_media_is_started (FAKE_PUSH));
  stream_advance (fixture, 2000);
  g_assert_false (fake_media_is_started (FAKE_PUSH));
  fixture->answers = TRUE;
  stream_advance (fixture, 30000);
  fake_media_go_live (FAKE_PULL);

  g_assert_true (fake_media_is_started (FAKE_PUSH));
  g_assert_cmpstr (fixture->events->str, ==, "playing retrying(unreachable)");
}

/* Q10: the server still holds the dead publisher. */
static void
test_q10_publisher_exists_waits (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, STREAM_URL);
  fake_media_go_live (FAKE_PULL);

  fake_media_fail (FAKE_PUSH, CG_ERROR_STREAM_BUSY);
  stream_advance (fixture, 19999);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
  stream_advance (fixture, 1);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 2);
  /* Its refusal is none of the camera's, and is asked about again soon. */
  fake_media_fail (FAKE_PUSH, CG_ERROR_LOGIN_REFUSED);
  stream_advance (fixture, 1000);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 3);
  g_assert_cmpstr (fixture->events->str, ==,
                   "retrying(publisher-exists) failed(media-server-refused)");
}

/* Q6: a wrong password is not repeated. */
static void
test_q6_refused_login_waits (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, STREAM_URL);

  fake_media_fail (FAKE_PULL, CG_ERROR_LOGIN_REFUSED);
  stream_advance (fixture, 9 * 60 * 1000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpstr (fixture->events->str, ==, "failed(login-refused)");
}

/* Q6, Q29: an address that is tried in two forms shows the login twice, and counts twice. */
static void
test_q6_second_form_counts (StreamFixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, STREAM_URL);

  g_assert_true (fake_media_ask_login_again ());
  g_assert_false (fake_media_ask_login_again ());

  g_assert_cmpuint (cg_breaker_get_pause_ms (fixture->breaker), >, 0);
  fake_media_fail (FAKE_PULL, CG_ERROR_LOGIN_REFUSED);
  g_assert_cmpstr (fixture->events->str, ==, "failed(login-refused)");
}

/* Q19: the camera allows one session: the next one waits for the TEARDOWN of the last. */
static void
test_q19_next_pull_waits_for_goodbye (StreamFixture *fixture, gconstpointer data)
{
  fake_media_hold_goodbyes (TRUE);
  stream_play_until_live (fixture);
  cg_stream_stop (fixture->stream);

  cg_stream_play (fixture->stream, STREAM_URL);
  stream_settle ();
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
  fake_media_say_goodbyes ();
  stream_settle ();

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 2);
}

static void
test_unknown_address_is_tried_again (StreamFixture *fixture, gconstpointer data)
{
  fixture->answers = FALSE;
  cg_stream_play (fixture->stream, STREAM_URL);
  g_assert_cmpstr (fixture->events->str, ==, "retrying(unreachable)");

  fixture->answers = TRUE;
  stream_advance (fixture, 1000);
  fake_media_go_live (FAKE_PULL);
  fake_media_go_live (FAKE_PUSH);

  g_assert_cmpstr (fixture->events->str, ==, "retrying(unreachable) playing");
}

static void
test_stop_while_retrying (StreamFixture *fixture, gconstpointer data)
{
  fixture->answers = FALSE;
  cg_stream_play (fixture->stream, STREAM_URL);

  cg_stream_stop (fixture->stream);
  fixture->answers = TRUE;
  stream_advance (fixture, 3600 * 1000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 0);
  g_assert_cmpstr (fixture->events->str, ==, "retrying(unreachable) stopped");
}

static void
test_close_waits_for_goodbyes (StreamFixture *fixture, gconstpointer data)
{
  gboolean closed = FALSE;

  fake_media_hold_goodbyes (TRUE);
  stream_play_until_live (fixture);

  stream_close_async (fixture, &closed);
  g_assert_false (closed);
  fake_media_say_goodbyes ();
  stream_settle ();

  g_assert_true (closed);
}

static void
test_lease (StreamFixture *fixture, gconstpointer data)
{
  stream_play_until_live (fixture);

  stream_advance (fixture, 59000);
  cg_stream_play (fixture->stream, STREAM_URL);
  stream_advance (fixture, 59000);
  g_assert_true (cg_stream_is_active (fixture->stream));
  stream_advance (fixture, 1000);

  g_assert_false (cg_stream_is_active (fixture->stream));
  g_assert_cmpstr (fixture->events->str, ==, "playing stopped");
}

static void
test_since_when_and_when_again (StreamFixture *fixture, gconstpointer data)
{
  const CgStreamReport *report;

  cg_stream_play (fixture->stream, STREAM_URL);
  stream_advance (fixture, 5000);
  const gint64 began_ms = cg_clock_get_real_ms (fixture->clock);
  fake_media_fail (FAKE_PULL, CG_ERROR_TOO_MANY_STREAMS);
  stream_settle ();

  report = cg_stream_get_report (fixture->stream);
  g_assert_cmpstr (report->reason, ==, "session-limit");
  g_assert_cmpint (report->since_ms, ==, began_ms);
  g_assert_cmpint (report->next_ms, >, began_ms);
  g_assert_cmpint (report->next_ms, <=, began_ms + 2000);

  /* The same again: since when it lasts, and another next time. */
  const gint64 next_ms = report->next_ms;
  stream_advance (fixture, 2000);
  fake_media_fail (FAKE_PULL, CG_ERROR_TOO_MANY_STREAMS);
  stream_settle ();
  report = cg_stream_get_report (fixture->stream);
  g_assert_cmpint (report->since_ms, ==, began_ms);
  g_assert_cmpint (report->next_ms, >, next_ms);
  g_assert_cmpstr (fixture->events->str, ==, "retrying(session-limit)");
}

static gint64
get_stage (StreamFixture *fixture, CgMediaStep step)
{
  return cg_stream_get_report (fixture->stream)->stages.took_ms[step];
}

static void
step (StreamFixture *fixture, gint64 after_ms, FakeEnd end, CgMediaStep step)
{
  stream_advance (fixture, after_ms);
  fake_media_step (end, step);
}

/* Q13 */
static void
test_stages (StreamFixture *fixture, gconstpointer data)
{
  CgStreamCounters counters;

  cg_stream_play (fixture->stream, STREAM_URL);
  step (fixture, 20, FAKE_PUSH, CG_MEDIA_STEP_ACCEPTED);
  step (fixture, 20, FAKE_PULL, CG_MEDIA_STEP_DESCRIBED);
  step (fixture, 10, FAKE_PULL, CG_MEDIA_STEP_DATA);
  step (fixture, 100, FAKE_PULL, CG_MEDIA_STEP_KEY);
  fake_media_go_live (FAKE_PULL);
  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_KEY), ==, -1); /* it does not play yet */
  step (fixture, 1, FAKE_PUSH, CG_MEDIA_STEP_WRITTEN);
  fake_media_go_live (FAKE_PUSH);

  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_CONTACT), ==, 0);
  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_ACCEPTED), ==, 20);
  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_DESCRIBED), ==, 40);
  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_DATA), ==, 50);
  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_KEY), ==, 150);
  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_WRITTEN), ==, 151);
  cg_stream_get_counters (fixture->stream, &counters);
  g_assert_cmpint (counters.first_picture.took_ms[CG_MEDIA_STEP_WRITTEN], ==, 151);

  /* Another server: the camera's side need not begin again. */
  cg_stream_play (fixture->stream, OTHER_URL);
  stream_settle ();
  step (fixture, 30, FAKE_PUSH, CG_MEDIA_STEP_ACCEPTED);
  fake_media_go_live (FAKE_PUSH);
  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_KEY), ==, -1);
  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_ACCEPTED), ==, 30);
}

int
main (int argc, char **argv)
{
  static const StreamTest tests[] = {
      {"/camera/stream/play-then-stop", test_play_then_stop},
      {"/camera/stream/same-url-restarts-nothing", test_same_url_restarts_nothing},
      {"/camera/stream/q18-remembers-udp", test_q18_remembers_udp},
      {"/camera/stream/other-url-moves-push-only", test_other_url_moves_push_only},
      {"/camera/stream/other-picture", test_other_picture},
      {"/camera/stream/other-picture-while-stopped", test_other_picture_while_stopped},
      {"/camera/stream/q9-lost-server-keeps-pull", test_q9_lost_server_keeps_pull},
      {"/camera/stream/q9-lost-camera-keeps-push", test_q9_lost_camera_keeps_push},
      {"/camera/stream/grace-ends-publishing", test_grace_ends_publishing},
      {"/camera/stream/q10-publisher-exists-waits", test_q10_publisher_exists_waits},
      {"/camera/stream/q6-refused-login-waits", test_q6_refused_login_waits},
      {"/camera/stream/q6-second-form-counts", test_q6_second_form_counts},
      {"/camera/stream/q19-next-pull-waits-for-goodbye", test_q19_next_pull_waits_for_goodbye},
      {"/camera/stream/unknown-address-is-tried-again", test_unknown_address_is_tried_again},
      {"/camera/stream/stop-while-retrying", test_stop_while_retrying},
      {"/camera/stream/close-waits-for-goodbyes", test_close_waits_for_goodbyes},
      {"/camera/stream/q13-stages", test_stages},
      {"/camera/stream/since-when-and-when-again", test_since_when_and_when_again},
      {"/camera/stream/lease", test_lease, &leased},
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
  stream_add_tests (&config, tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
