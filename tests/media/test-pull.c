/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gio/gio.h>
#include <gst/gst.h>
#include <string.h>

#include "cg-media.h"
#include "cg-pull-error.h"
#include "cg-pull.h"
#include "fake-rtsp.h"
#include "media-fixture.h"
#include "pull-fixture.h"

static void
test_plays (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_VIDEO FAKE_RTSP_AAC);
  g_auto (PullFixture) fixture;
  CgHubStats stats;

  pull_fixture_init (&fixture);
  pull_fixture_start (&fixture, fake, (CgPullOptions){.stall_timeout_ms = 2000});
  media_wait_until (fixture.live + fixture.failed == 1);
  g_assert_no_error (fixture.error);
  pull_fixture_wait_for_frames (&fixture, 30, 0);

  g_assert_cmpuint (fixture.running, ==, 1);
  g_assert_cmpuint (fixture.live, ==, 1);
  g_assert_cmpint (cg_pull_get_transport (fixture.pull), ==, CG_TRANSPORT_TCP);
  g_assert_cmpuint (fake_rtsp_count_sessions (fake), ==, 1);
  g_autofree char *transport = fake_rtsp_get_transport (fake);
  g_assert_nonnull (strstr (transport, "interleaved=0-1"));
  cg_hub_get_stats (fixture.hub, &stats);
  g_assert_cmpuint (stats.width, ==, 320);
  g_assert_cmpuint (stats.height, ==, 240);
  g_assert_cmpuint (stats.audio_frames, ==, 0);
  g_assert_cmpuint (stats.key_frames, >=, 3);
  g_autoptr (CgAccessUnit) unit = pull_fixture_pop (&fixture, CG_TRACK_VIDEO);
  g_assert_true (unit->key);
  pull_fixture_stop (&fixture);
  media_wait_until (fake_rtsp_count_sessions (fake) == 0);
  g_assert_cmpuint (fixture.failed, ==, 0);
}

static void
test_b_frames (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_B_FRAMES);
  g_auto (PullFixture) fixture;
  CgHubStats stats;
  gint64 dts_us, pts_us, last_us = -1;

  pull_fixture_init (&fixture);
  pull_fixture_start (&fixture, fake, (CgPullOptions){.stall_timeout_ms = 2000});
  pull_fixture_wait_for_frames (&fixture, 30, 0);

  for (;;) {
    g_autoptr (CgAccessUnit) unit = cg_hub_output_pop (fixture.output, &dts_us, &pts_us);
    if (unit == NULL)
      break;
    g_assert_cmpint (dts_us, >, last_us);
    g_assert_cmpint (pts_us, >=, dts_us);
    g_assert_cmpint ((pts_us + 500) % 40000, <, 1000); /* not one is late */
    last_us = dts_us;
  }
  cg_hub_get_stats (fixture.hub, &stats);
  g_assert_true (stats.reordered);
  pull_fixture_stop (&fixture);
}

/* Q26: the password goes where it belongs, whatever is in it. */
static void
test_login (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new_with_login (FAKE_RTSP_VIDEO, "admin", "p@#%?^/:ss");
  g_auto (PullFixture) fixture;

  pull_fixture_init (&fixture);
  pull_fixture_start (
      &fixture, fake,
      (CgPullOptions){.username = "admin", .password = "p@#%?^/:ss", .stall_timeout_ms = 2000});
  media_wait_until (fixture.live + fixture.failed == 1);

  g_assert_no_error (fixture.error);
  pull_fixture_stop (&fixture);
}

typedef struct {
  const char *username;
  const char *password;
} LoginRow;

static void
test_login_refused (void)
{
  static const LoginRow rows[] = {{"admin", "wrong"}, {"nobody", "right"}, {NULL, NULL}};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (FakeRtsp) fake = fake_rtsp_new_with_login (FAKE_RTSP_VIDEO, "admin", "right");
    g_auto (PullFixture) fixture;

    pull_fixture_init (&fixture);
    pull_fixture_start (
        &fixture, fake,
        (CgPullOptions){.username = rows[i].username, .password = rows[i].password});
    media_wait_until (fixture.failed == 1);

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    g_assert_null (strstr (fixture.error->message, "wrong"));
    pull_fixture_stop (&fixture);
  }
}

static void
test_not_found (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_VIDEO);
  g_autofree char *uri = fake_rtsp_get_uri (fake);
  g_autofree char *location = g_strconcat (uri, "-not", NULL);
  g_auto (PullFixture) fixture;

  pull_fixture_init (&fixture);
  pull_fixture_start_options (&fixture, (CgPullOptions){.location = location});
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_cmpint (cg_error_get_cause (fixture.error), ==, CG_ERROR_CAUSE_NO_STREAM);
  g_assert_nonnull (strstr (fixture.error->message, "404"));
}

static void
test_unreachable (void)
{
  static const struct {
    const char *location;
    CgErrorCause cause;
  } rows[] = {
      {"rtsp://127.0.0.1:9/stream", CG_ERROR_CAUSE_REFUSED},
      {"rtsp://no-such-host.invalid/stream", CG_ERROR_CAUSE_NAME},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (PullFixture) fixture;

    pull_fixture_init (&fixture);
    pull_fixture_start_options (&fixture, (CgPullOptions){.location = rows[i].location});
    media_wait_until (fixture.failed == 1);

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_UNREACHABLE);
    g_assert_cmpint (cg_error_get_cause (fixture.error), ==, rows[i].cause);
    pull_fixture_stop (&fixture);
  }
}

/* A camera that takes the connection and says nothing. */
/* Whatever a camera takes for a status. */
static void
test_odd_status (void)
{
  static const guint statuses[] = {0, 1, 199, 299, 700, G_MAXUINT};

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    g_autoptr (GError) error = cg_pull_error_from_status (statuses[i]);

    g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  }
}

static void
test_silent (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  const guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *location = g_strdup_printf ("rtsp://127.0.0.1:%u/stream", port);
  g_auto (PullFixture) fixture;

  pull_fixture_init (&fixture);
  pull_fixture_start_options (&fixture,
                              (CgPullOptions){.location = location, .start_timeout_ms = 300});
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_TIMED_OUT);
  pull_fixture_stop (&fixture);
}

/* Q8 */
static void
test_freezes (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_VIDEO);
  g_auto (PullFixture) fixture;

  pull_fixture_init (&fixture);
  pull_fixture_start (&fixture, fake, (CgPullOptions){.stall_timeout_ms = 1000});
  media_wait_until (fixture.live + fixture.failed == 1);
  g_assert_no_error (fixture.error);
  fake_rtsp_freeze (fake);
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_STREAM_STALLED);
  g_assert_false (media_has_key_frame (fixture.hub));
  pull_fixture_stop (&fixture);
}

static void
test_hangs_up (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_VIDEO);
  g_auto (PullFixture) fixture;

  pull_fixture_init (&fixture);
  pull_fixture_start (&fixture, fake, (CgPullOptions){.location = NULL});
  media_wait_until (fixture.live + fixture.failed == 1);
  g_assert_no_error (fixture.error);
  fake_rtsp_hang_up (fake);
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_UNREACHABLE);
  pull_fixture_stop (&fixture);
}

/* Q18 */
static void
test_only_udp (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_VIDEO);
  g_auto (PullFixture) fixture;

  pull_fixture_init (&fixture);
  fake_rtsp_only_udp (fake);
  pull_fixture_start (&fixture, fake, (CgPullOptions){.stall_timeout_ms = 2000});
  pull_fixture_wait_for_frames (&fixture, 40, 0); /* longer than its packets may stay away */

  g_assert_cmpint (cg_pull_get_transport (fixture.pull), ==, CG_TRANSPORT_UDP);
  pull_fixture_stop (&fixture);
}

/* Q29: the camera refuses the query of the address that it gave. */
static void
test_refused_query (void)
{
  static const guint statuses[] = {404, 401};

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_VIDEO);
    g_autofree char *uri = fake_rtsp_get_uri (fake);
    g_autofree char *location = g_strconcat (uri, "?transportmode=unicast", NULL);
    g_auto (PullFixture) fixture;

    pull_fixture_init (&fixture);
    fake_rtsp_refuse_query (fake, statuses[i]);
    pull_fixture_start_options (&fixture, (CgPullOptions){.location = location});
    pull_fixture_wait_for_frames (&fixture, 5, 0);

    g_assert_cmpuint (fixture.failed, ==, 0);
    pull_fixture_stop (&fixture);
  }
}

/* Q14: the one key frame went by before we came. */
static void
test_no_key_frame (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_ONE_KEY);
  g_auto (PullFixture) first, second;

  pull_fixture_init (&first);
  pull_fixture_start (&first, fake, (CgPullOptions){.audio = CG_AUDIO_DROP});
  pull_fixture_wait_for_frames (&first, 5, 0);
  pull_fixture_init (&second);
  pull_fixture_start (&second, fake, (CgPullOptions){.start_timeout_ms = 1500});
  media_wait_until (second.failed == 1);

  g_assert_error (second.error, CG_ERROR, CG_ERROR_STREAM_STALLED);
  g_assert_cmpint (cg_error_get_cause (second.error), ==, CG_ERROR_CAUSE_NO_KEY_FRAME);
  pull_fixture_stop (&second);
  pull_fixture_stop (&first);
}

static void
ask_for_key (CgPull *pull, gpointer user_data)
{
  cg_pull_request_key (pull);
}

/* Q13, Q14: who comes late gets a key frame all the same, where the camera can be asked. */
static void
test_key_by_rtcp (gconstpointer transport)
{
  const CgPullOptions options = {.transport = GPOINTER_TO_INT (transport)};
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_ASKED_KEY);
  g_auto (PullFixture) first, second;

  pull_fixture_init (&first);
  pull_fixture_start (&first, fake, options);
  pull_fixture_wait_for_frames (&first, 5, 0);
  pull_fixture_init (&second);
  pull_fixture_start (&second, fake, options);
  g_signal_connect (second.pull, "running", G_CALLBACK (ask_for_key), NULL);
  pull_fixture_wait_for_frames (&second, 5, 0);

  g_assert_cmpuint (second.live, ==, 1);
  pull_fixture_stop (&second);
  pull_fixture_stop (&first);
}

static void
test_only_udp_refused (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_VIDEO);
  g_auto (PullFixture) fixture;

  pull_fixture_init (&fixture);
  fake_rtsp_only_udp (fake);
  pull_fixture_start (&fixture, fake, (CgPullOptions){.transport = CG_TRANSPORT_TCP});
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
}

/* Q11: apart from how it goes out, H.265 comes in like H.264. */
static void
test_q11_h265 (void)
{
  static const CgTransport transports[] = {CG_TRANSPORT_TCP, CG_TRANSPORT_UDP};

  for (guint i = 0; i < G_N_ELEMENTS (transports); i++) {
    g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_H265);
    g_auto (PullFixture) fixture;
    CgHubStats stats;

    g_test_message ("row %u", i);
    pull_fixture_init (&fixture);
    pull_fixture_start (&fixture, fake, (CgPullOptions){.transport = transports[i]});
    pull_fixture_wait_for_frames (&fixture, 25, 0);

    g_autoptr (CgAccessUnit) unit = pull_fixture_pop (&fixture, CG_TRACK_VIDEO);
    g_assert_true (unit->key);
    g_assert_cmpint (unit->format->codec, ==, CG_CODEC_H265);
    g_assert_cmpuint (unit->format->width, ==, 320);
    g_assert_cmpuint (unit->format->height, ==, 240);
    g_assert_cmpuint (*(const guint8 *)g_bytes_get_data (unit->format->codec_data, NULL), ==, 1);
    cg_hub_get_stats (fixture.hub, &stats);
    g_assert_cmpuint (stats.key_frames, >=, 2);
    g_assert_cmpuint (stats.gop_ms, ==, 400);
    pull_fixture_stop (&fixture);
  }
}

/* Q11: a description with both. */
static void
test_q11_h264_goes_first (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_H265 FAKE_RTSP_SECOND);
  g_auto (PullFixture) fixture;

  pull_fixture_init (&fixture);
  pull_fixture_start (&fixture, fake, (CgPullOptions){.stall_timeout_ms = 5000});
  pull_fixture_wait_for_frames (&fixture, 5, 0);

  g_autoptr (CgAccessUnit) unit = pull_fixture_pop (&fixture, CG_TRACK_VIDEO);
  g_assert_cmpint (unit->format->codec, ==, CG_CODEC_H264);
  g_assert_cmpuint (unit->format->width, ==, 160);
  pull_fixture_stop (&fixture);
}

/* Q11: what nothing of ours carries. */
static void
test_codec (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_JPEG FAKE_RTSP_AAC);
  g_auto (PullFixture) fixture;

  pull_fixture_init (&fixture);
  pull_fixture_start (&fixture, fake, (CgPullOptions){.audio = CG_AUDIO_PASS});
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_STREAM_FORMAT);
  g_assert_nonnull (strstr (fixture.error->message, "JPEG"));
  pull_fixture_stop (&fixture);
}

typedef struct {
  const char *description;
  CgAudioPolicy policy;
  gboolean has_sound;
  guint rate;
} AudioRow;

/* Q12, Q47 */
static void
test_audio (void)
{
  static const AudioRow rows[] = {
      {FAKE_RTSP_VIDEO FAKE_RTSP_AAC, CG_AUDIO_PASS, TRUE, 48000},
      {FAKE_RTSP_VIDEO FAKE_RTSP_PCMA, CG_AUDIO_PASS, FALSE, 0},
      {FAKE_RTSP_VIDEO FAKE_RTSP_AAC, CG_AUDIO_AAC, TRUE, 48000},
      {FAKE_RTSP_VIDEO FAKE_RTSP_PCMA, CG_AUDIO_AAC, TRUE, 48000},
      {FAKE_RTSP_VIDEO FAKE_RTSP_PCMA, CG_AUDIO_SILENT, TRUE, 44100},
      {FAKE_RTSP_VIDEO, CG_AUDIO_SILENT, TRUE, 44100},
      {FAKE_RTSP_VIDEO, CG_AUDIO_PASS, FALSE, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (FakeRtsp) fake = fake_rtsp_new (rows[i].description);
    g_auto (PullFixture) fixture;

    g_test_message ("row %u", i);
    pull_fixture_init (&fixture);
    pull_fixture_start (&fixture, fake,
                        (CgPullOptions){.audio = rows[i].policy, .stall_timeout_ms = 1000});
    pull_fixture_wait_for_frames (&fixture, 25, rows[i].has_sound ? 25 : 0);

    g_autoptr (CgAccessUnit) unit = pull_fixture_pop (&fixture, CG_TRACK_AUDIO);
    g_assert_cmpint (unit != NULL, ==, rows[i].has_sound);
    if (unit != NULL) {
      g_assert_cmpint (unit->format->codec, ==, CG_CODEC_AAC);
      g_assert_cmpuint (unit->format->rate, ==, rows[i].rate);
    }
    pull_fixture_stop (&fixture);
  }
}

static void
test_stop_at_once (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_VIDEO);

  for (guint i = 0; i < 10; i++) {
    g_auto (PullFixture) fixture;
    pull_fixture_init (&fixture);
    pull_fixture_start (&fixture, fake, (CgPullOptions){.location = NULL});
    if (i % 2 == 0)
      pull_fixture_stop (&fixture);
    g_clear_object (&fixture.pull);
    g_assert_cmpuint (fixture.failed, ==, 0);
  }
}

static guint
get_length (const GstStructure *structure, const char *name)
{
  const GValue *list = gst_structure_get_value (structure, name);

  return list != NULL ? gst_value_list_get_size (list) : 0;
}

/* By the tracer that main() asked for: it knows of our source, of which each pull has one. */
static void
count_branches (GstTracer *tracer, guint *made, guint *gone)
{
  GstStructure *structure = NULL;

  g_signal_emit_by_name (tracer, "activity-get-checkpoint", &structure);
  *made = get_length (structure, "objects-created-list");
  *gone = get_length (structure, "objects-removed-list");
  gst_structure_free (structure);
}

/* Q54: nothing of a pull stays behind, also where a leak checker still finds it reachable. */
static void
test_leaves_nothing (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_VIDEO);
  GList *tracers = gst_tracing_get_active_tracers ();
  guint made = 0, gone = 0;

  g_assert_nonnull (tracers);
  g_signal_emit_by_name (tracers->data, "activity-start-tracking");
  for (guint i = 0; i < 4; i++) {
    g_auto (PullFixture) fixture;

    pull_fixture_init (&fixture);
    pull_fixture_start (&fixture, fake, (CgPullOptions){.stall_timeout_ms = 1000});
    pull_fixture_wait_for_frames (&fixture, 1, 0);
    pull_fixture_stop (&fixture);
  }
  count_branches (tracers->data, &made, &gone);
  g_signal_emit_by_name (tracers->data, "activity-stop-tracking");
  g_list_free_full (tracers, gst_object_unref);

  g_assert_cmpuint (made, ==, 4);
  g_assert_cmpuint (gone, >=, 4); /* one of the test before may have gone just now */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("GST_TRACERS", "leaks(filters=CgRtspSrc)", TRUE);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/pull/plays", test_plays);
  g_test_add_func ("/pull/q22-b-frames", test_b_frames);
  g_test_add_func ("/pull/q26-login", test_login);
  g_test_add_func ("/pull/login-refused", test_login_refused);
  g_test_add_func ("/pull/not-found", test_not_found);
  g_test_add_func ("/pull/unreachable", test_unreachable);
  g_test_add_func ("/pull/odd-status", test_odd_status);
  g_test_add_func ("/pull/silent", test_silent);
  g_test_add_func ("/pull/q8-freezes", test_freezes);
  g_test_add_func ("/pull/hangs-up", test_hangs_up);
  g_test_add_func ("/pull/q18-only-udp", test_only_udp);
  g_test_add_func ("/pull/q29-refused-query", test_refused_query);
  g_test_add_func ("/pull/only-udp-refused", test_only_udp_refused);
  g_test_add_func ("/pull/q11-h265", test_q11_h265);
  g_test_add_func ("/pull/q11-h264-first", test_q11_h264_goes_first);
  g_test_add_func ("/pull/q14-no-key-frame", test_no_key_frame);
  g_test_add_data_func ("/pull/q13-key-by-rtcp/tcp", GINT_TO_POINTER (CG_TRANSPORT_TCP),
                        test_key_by_rtcp);
  g_test_add_data_func ("/pull/q13-key-by-rtcp/udp", GINT_TO_POINTER (CG_TRANSPORT_UDP),
                        test_key_by_rtcp);
  g_test_add_func ("/pull/q11-codec", test_codec);
  g_test_add_func ("/pull/q12-audio", test_audio);
  g_test_add_func ("/pull/stop-at-once", test_stop_at_once);
  g_test_add_func ("/pull/q54-leaves-nothing", test_leaves_nothing);
  return media_test_run ();
}
