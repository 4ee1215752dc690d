/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-clock-dummy.h"
#include "cg-stream.h"
#include "fake-media.h"

#define URL "rtmp://127.0.0.1/live/a"
#define OTHER_URL "rtmp://127.0.0.1/live/b"

static const CgStreamConfig config = {
    .max_streams = 4,
    .retry_max_s = 30,
    .stall_timeout_ms = 5000,
    .start_timeout_ms = 10000,
    .publisher_wait_ms = 20000,
    .publish_grace_ms = 30000,
};

typedef struct {
  CgClock *clock;
  CgBreaker *breaker;
  CgStreamTransport *transport;
  CgStream *stream;
  GString *events;  /* "playing retrying(unreachable) …" */
  gboolean answers; /* whether the test's camera tells its address */
} Fixture;

static void
on_source_wanted (CgStream *stream, Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  if (fixture->answers) {
    cg_stream_set_source (stream, "rtsp://127.0.0.1/main");
    return;
  }
  error = g_error_new_literal (CG_ERROR, CG_ERROR_UNREACHABLE, "test");
  cg_stream_source_failed (stream, error);
}

static void
on_changed (CgStream *stream, CgStreamReport *report, Fixture *fixture)
{
  if (fixture->events->len > 0)
    g_string_append_c (fixture->events, ' ');
  g_string_append (fixture->events, cg_stream_state_get_word (report->state));
  if (report->reason != NULL)
    g_string_append_printf (fixture->events, "(%s)", report->reason);
  g_assert_nonnull (report->url);
}

static void
set_up_with_config (Fixture *fixture, const CgStreamConfig *stream_config)
{
  g_autoptr (CgCameraConfig) camera = cg_camera_config_new ("001122334455");

  fake_media_reset ();
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  camera->username = g_strdup ("admin");
  camera->password = g_strdup ("secret");
  fixture->breaker = cg_breaker_new (fixture->clock);
  fixture->transport = cg_stream_transport_new (camera->transport);
  fixture->stream =
      cg_stream_new (camera, stream_config, fixture->clock, fixture->breaker, fixture->transport);
  fixture->events = g_string_new (NULL);
  fixture->answers = TRUE;
  g_signal_connect (fixture->stream, "source-wanted", G_CALLBACK (on_source_wanted), fixture);
  g_signal_connect (fixture->stream, "changed", G_CALLBACK (on_changed), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_with_config (fixture, &config);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->stream, fixture);
  fake_media_hold_goodbyes (FALSE);
  cg_stream_stop (fixture->stream);
  settle ();
  g_assert_finalize_object (fixture->stream);
  g_assert_finalize_object (fixture->transport);
  g_clear_pointer (&fixture->breaker, cg_breaker_unref);
  g_object_unref (fixture->clock);
  g_string_free (fixture->events, TRUE);
  fake_media_reset ();
}

static void
advance (Fixture *fixture, gint64 ms)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), ms);
  settle ();
}

static void
play_until_live (Fixture *fixture)
{
  cg_stream_play (fixture->stream, URL);
  fake_media_go_live (FAKE_PULL);
  fake_media_go_live (FAKE_PUSH);
}

static void
test_play_then_stop (Fixture *fixture, gconstpointer data)
{
  play_until_live (fixture);
  cg_stream_stop (fixture->stream);
  settle ();

  g_assert_cmpstr (fixture->events->str, ==, "playing stopped");
  g_assert_false (fake_media_is_started (FAKE_PULL));
  g_assert_false (fake_media_is_started (FAKE_PUSH));
}

static void
test_same_url_restarts_nothing (Fixture *fixture, gconstpointer data)
{
  play_until_live (fixture);

  for (guint i = 0; i < 10; i++)
    cg_stream_play (fixture->stream, URL);
  settle ();

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
  g_assert_cmpstr (fixture->events->str, ==, "playing");
}

static void
test_other_url_moves_push_only (Fixture *fixture, gconstpointer data)
{
  play_until_live (fixture);

  cg_stream_play (fixture->stream, OTHER_URL);
  settle ();
  fake_media_go_live (FAKE_PUSH);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 2);
  g_assert_cmpstr (fake_media_get_address (FAKE_PUSH), ==, OTHER_URL);
  g_assert_cmpstr (fixture->events->str, ==, "playing playing");
}

/* Another picture of the camera: one session at a time (Q19), one publisher, and the reason told.
 */
static void
test_other_picture (Fixture *fixture, gconstpointer data)
{
  CgStreamCounters counters;
  play_until_live (fixture);

  fake_media_hold_goodbyes (TRUE);
  cg_stream_change_source (fixture->stream, "uplink-too-slow", "because");
  settle ();
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpint (cg_stream_get_report (fixture->stream)->state, ==, CG_STREAM_STARTING);
  fake_media_hold_goodbyes (FALSE);
  fake_media_say_goodbyes ();
  settle ();
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  fake_media_go_live (FAKE_PULL);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
  g_assert_cmpstr (cg_stream_get_report (fixture->stream)->text, ==, "because");
  cg_stream_change_source (fixture->stream, NULL, NULL);
  settle ();
  fake_media_go_live (FAKE_PULL);

  g_assert_cmpstr (fixture->events->str, ==, "playing playing(uplink-too-slow) playing");
  cg_stream_get_counters (fixture->stream, &counters);
  g_assert_cmpuint (counters.uplink_changes, ==, 2);
  g_assert_cmpuint (counters.reconnects, ==, 0);
}

/* Chosen while nothing plays, it disturbs nothing. */
static void
test_other_picture_while_stopped (Fixture *fixture, gconstpointer data)
{
  cg_stream_change_source (fixture->stream, "uplink-budget", "because");
  settle ();
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 0);

  play_until_live (fixture);

  g_assert_cmpstr (fixture->events->str, ==, "playing(uplink-budget)");
}

/* Q18: UDP is begun with where it has worked, and given up where it does not work any more. */
static void
test_q18_remembers_udp (Fixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, URL);
  g_assert_cmpint (fake_media_get_wanted_transport (), ==, CG_TRANSPORT_AUTO);
  fake_media_go_live_by (CG_TRANSPORT_UDP);
  g_assert_cmpint (cg_stream_transport_get_learnt (fixture->transport), ==, CG_TRANSPORT_UDP);

  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  advance (fixture, 1000);
  g_assert_cmpint (fake_media_get_wanted_transport (), ==, CG_TRANSPORT_UDP);
  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  advance (fixture, 4000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 3);
  g_assert_cmpint (fake_media_get_wanted_transport (), ==, CG_TRANSPORT_AUTO);
}

/* Q9: one end failing never restarts the other. */
static void
test_q9_lost_server_keeps_pull (Fixture *fixture, gconstpointer data)
{
  play_until_live (fixture);

  fake_media_fail (FAKE_PUSH, CG_ERROR_UNREACHABLE);
  settle ();
  g_assert_true (fake_media_is_started (FAKE_PULL));
  advance (fixture, 1000);
  fake_media_go_live (FAKE_PUSH);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpstr (fixture->events->str, ==, "playing retrying(unreachable) playing");
}

static void
test_q9_lost_camera_keeps_push (Fixture *fixture, gconstpointer data)
{
  play_until_live (fixture);

  fake_media_fail (FAKE_PULL, CG_ERROR_STREAM_STALLED);
  settle ();
  advance (fixture, 1000);
  g_assert_true (fake_media_is_started (FAKE_PUSH));
  fake_media_go_live (FAKE_PULL);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
  g_assert_cmpstr (fixture->events->str, ==, "playing retrying(no-data) playing");
}

static void
test_grace_ends_publishing (Fixture *fixture, gconstpointer data)
{
  play_until_live (fixture);
  fake_media_fail (FAKE_PULL, CG_ERROR_UNREACHABLE);
  fixture->answers = FALSE;

  advance (fixture, 29000);
  g_assert_true (fake_media_is_started (FAKE_PUSH));
  advance (fixture, 2000);
  g_assert_false (fake_media_is_started (FAKE_PUSH));
  fixture->answers = TRUE;
  advance (fixture, 30000);
  fake_media_go_live (FAKE_PULL);

  g_assert_true (fake_media_is_started (FAKE_PUSH));
  g_assert_cmpstr (fixture->events->str, ==, "playing retrying(unreachable)");
}

/* Q10: the server still holds the dead publisher. */
static void
test_q10_publisher_exists_waits (Fixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, URL);
  fake_media_go_live (FAKE_PULL);

  fake_media_fail (FAKE_PUSH, CG_ERROR_STREAM_BUSY);
  advance (fixture, 19999);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
  advance (fixture, 1);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 2);
  /* Its refusal is none of the camera's, and is asked about again soon. */
  fake_media_fail (FAKE_PUSH, CG_ERROR_LOGIN_REFUSED);
  advance (fixture, 1000);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 3);
  g_assert_cmpstr (fixture->events->str, ==,
                   "retrying(publisher-exists) failed(media-server-refused)");
}

/* Q6: a wrong password is not repeated. */
static void
test_q6_refused_login_waits (Fixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, URL);

  fake_media_fail (FAKE_PULL, CG_ERROR_LOGIN_REFUSED);
  advance (fixture, 9 * 60 * 1000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpstr (fixture->events->str, ==, "failed(login-refused)");
}

/* Q6, Q29: an address that is tried in two forms shows the login twice, and counts twice. */
static void
test_q6_second_form_counts (Fixture *fixture, gconstpointer data)
{
  cg_stream_play (fixture->stream, URL);

  g_assert_true (fake_media_ask_login_again ());
  g_assert_false (fake_media_ask_login_again ());

  g_assert_cmpuint (cg_breaker_get_pause_ms (fixture->breaker), >, 0);
  fake_media_fail (FAKE_PULL, CG_ERROR_LOGIN_REFUSED);
  g_assert_cmpstr (fixture->events->str, ==, "failed(login-refused)");
}

/* Q19: the camera allows one session: the next one waits for the TEARDOWN of the last. */
static void
test_q19_next_pull_waits_for_goodbye (Fixture *fixture, gconstpointer data)
{
  fake_media_hold_goodbyes (TRUE);
  play_until_live (fixture);
  cg_stream_stop (fixture->stream);

  cg_stream_play (fixture->stream, URL);
  settle ();
  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 1);
  fake_media_say_goodbyes ();
  settle ();

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 2);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 2);
}

static void
test_unknown_address_is_tried_again (Fixture *fixture, gconstpointer data)
{
  fixture->answers = FALSE;
  cg_stream_play (fixture->stream, URL);
  g_assert_cmpstr (fixture->events->str, ==, "retrying(unreachable)");

  fixture->answers = TRUE;
  advance (fixture, 1000);
  fake_media_go_live (FAKE_PULL);
  fake_media_go_live (FAKE_PUSH);

  g_assert_cmpstr (fixture->events->str, ==, "retrying(unreachable) playing");
}

static void
test_stop_while_retrying (Fixture *fixture, gconstpointer data)
{
  fixture->answers = FALSE;
  cg_stream_play (fixture->stream, URL);

  cg_stream_stop (fixture->stream);
  fixture->answers = TRUE;
  advance (fixture, 3600 * 1000);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 0);
  g_assert_cmpstr (fixture->events->str, ==, "retrying(unreachable) stopped");
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  gboolean *closed = user_data;

  *closed = cg_stream_close_finish (CG_STREAM (object), result, NULL);
}

static void
test_close_waits_for_goodbyes (Fixture *fixture, gconstpointer data)
{
  gboolean closed = FALSE;

  fake_media_hold_goodbyes (TRUE);
  play_until_live (fixture);

  cg_stream_close_async (fixture->stream, on_closed, &closed);
  settle ();
  g_assert_false (closed);
  fake_media_say_goodbyes ();
  settle ();

  g_assert_true (closed);
}

static void
test_lease (void)
{
  CgStreamConfig leased = config;
  Fixture fixture = {0};

  leased.play_lease_s = 60;
  set_up_with_config (&fixture, &leased);
  play_until_live (&fixture);

  advance (&fixture, 59000);
  cg_stream_play (fixture.stream, URL);
  advance (&fixture, 59000);
  g_assert_true (cg_stream_is_active (fixture.stream));
  advance (&fixture, 1000);

  g_assert_false (cg_stream_is_active (fixture.stream));
  g_assert_cmpstr (fixture.events->str, ==, "playing stopped");
  tear_down (&fixture, NULL);
}

static void
test_since_when_and_when_again (Fixture *fixture, gconstpointer data)
{
  const CgStreamReport *report;

  cg_stream_play (fixture->stream, URL);
  advance (fixture, 5000);
  const gint64 began_ms = cg_clock_get_real_ms (fixture->clock);
  fake_media_fail (FAKE_PULL, CG_ERROR_TOO_MANY_STREAMS);
  settle ();

  report = cg_stream_get_report (fixture->stream);
  g_assert_cmpstr (report->reason, ==, "session-limit");
  g_assert_cmpint (report->since_ms, ==, began_ms);
  g_assert_cmpint (report->next_ms, >, began_ms);
  g_assert_cmpint (report->next_ms, <=, began_ms + 2000);

  /* The same again: since when it lasts, and another next time. */
  const gint64 next_ms = report->next_ms;
  advance (fixture, 2000);
  fake_media_fail (FAKE_PULL, CG_ERROR_TOO_MANY_STREAMS);
  settle ();
  report = cg_stream_get_report (fixture->stream);
  g_assert_cmpint (report->since_ms, ==, began_ms);
  g_assert_cmpint (report->next_ms, >, next_ms);
  g_assert_cmpstr (fixture->events->str, ==, "retrying(session-limit)");
}

static gint64
get_stage (Fixture *fixture, CgMediaStep step)
{
  return cg_stream_get_report (fixture->stream)->stages.took_ms[step];
}

static void
step (Fixture *fixture, gint64 after_ms, FakeEnd end, CgMediaStep step)
{
  advance (fixture, after_ms);
  fake_media_step (end, step);
}

/* Q13 */
static void
test_stages (Fixture *fixture, gconstpointer data)
{
  CgStreamCounters counters;

  cg_stream_play (fixture->stream, URL);
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
  settle ();
  step (fixture, 30, FAKE_PUSH, CG_MEDIA_STEP_ACCEPTED);
  fake_media_go_live (FAKE_PUSH);
  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_KEY), ==, -1);
  g_assert_cmpint (get_stage (fixture, CG_MEDIA_STEP_ACCEPTED), ==, 30);
}

static void
set_up_h265 (Fixture *fixture, CgH265Policy policy)
{
  CgStreamConfig other = config;

  other.h265 = policy;
  set_up_with_config (fixture, &other);
  cg_stream_play (fixture->stream, URL);
  fake_media_go_live (FAKE_PULL);
}

static void
test_q11_server_takes_no_h265 (void)
{
  Fixture fixture = {0};

  set_up_h265 (&fixture, CG_H265_AUTO);
  g_assert_false (fake_media_insists_on_h265 ());
  fake_media_fail (FAKE_PUSH, CG_ERROR_STREAM_FORMAT);
  settle ();

  g_assert_cmpstr (fixture.events->str, ==, "failed(codec)");
  g_assert_false (fake_media_is_transcoding ());
  g_assert_true (fake_media_is_started (FAKE_PULL));
  tear_down (&fixture, NULL);
}

static void
test_q11_sent_in_any_case (void)
{
  Fixture fixture = {0};

  set_up_h265 (&fixture, CG_H265_SEND);

  g_assert_true (fake_media_insists_on_h265 ());
  tear_down (&fixture, NULL);
}

/* Nobody is told of the try: the next one begins at once. */
static void
test_q11_transcodes_when_asked (void)
{
  Fixture fixture = {0};

  set_up_h265 (&fixture, CG_H265_TRANSCODE);
  g_assert_false (fake_media_is_transcoding ());
  fake_media_fail (FAKE_PUSH, CG_ERROR_STREAM_FORMAT);
  settle ();
  g_assert_true (fake_media_is_transcoding ());
  fake_media_go_live (FAKE_PUSH);
  g_assert_cmpstr (fixture.events->str, ==, "playing");

  /* the camera has H.264 now */
  fake_media_fail_transcode ();
  settle ();
  g_assert_false (fake_media_is_transcoding ());
  advance (&fixture, 2000);
  fake_media_go_live (FAKE_PUSH);

  g_assert_cmpuint (fake_media_count_ever (FAKE_PULL), ==, 1);
  g_assert_cmpuint (fake_media_count_ever (FAKE_PUSH), ==, 3);
  tear_down (&fixture, NULL);
}

static void
test_q11_no_encoder (void)
{
  Fixture fixture = {0};

  set_up_h265 (&fixture, CG_H265_TRANSCODE);
  fake_media_has_encoder (FALSE);
  fake_media_fail (FAKE_PUSH, CG_ERROR_STREAM_FORMAT);
  settle ();

  g_assert_cmpstr (fixture.events->str, ==, "failed(codec)");
  tear_down (&fixture, NULL);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
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
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  g_test_add_func ("/camera/stream/lease", test_lease);
  g_test_add_func ("/camera/stream/q11-server-takes-no-h265", test_q11_server_takes_no_h265);
  g_test_add_func ("/camera/stream/q11-sent-in-any-case", test_q11_sent_in_any_case);
  g_test_add_func ("/camera/stream/q11-transcodes-when-asked", test_q11_transcodes_when_asked);
  g_test_add_func ("/camera/stream/q11-no-encoder", test_q11_no_encoder);
  return g_test_run ();
}
