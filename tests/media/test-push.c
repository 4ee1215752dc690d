/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gio/gio.h>
#include <string.h>
#include <sys/resource.h>

#include "cg-error.h"
#include "cg-media.h"
#include "cg-push.h"
#include "fake-rtmp.h"
#include "media-fixture.h"

typedef struct {
  CgClock *clock;
  CgHub *hub;
  guint input;
  CgPush *push;
  guint published;
  guint failed;
  GError *error;
  gboolean stopped;
} Fixture;

static void
fixture_init (Fixture *fixture)
{
  *fixture = (Fixture){.clock = cg_clock_new (), .hub = cg_hub_new ()};
  fixture->input = cg_hub_open_input (fixture->hub);
}

static void
fixture_clear (Fixture *fixture)
{
  g_clear_object (&fixture->push);
  g_clear_object (&fixture->hub);
  g_clear_object (&fixture->clock);
  g_clear_error (&fixture->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
on_publishing (CgPush *push, Fixture *fixture)
{
  fixture->published++;
}

static void
on_failed (CgPush *push, const GError *error, Fixture *fixture)
{
  fixture->failed++;
  fixture->error = g_error_copy (error);
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (cg_push_stop_finish (CG_PUSH (object), result, NULL));
  *(gboolean *)user_data = TRUE;
}

static void
start_push (Fixture *fixture, const char *url, guint connect_timeout_ms, guint stall_timeout_ms)
{
  const CgPushOptions options = {
      .url = url,
      .connect_timeout_ms = connect_timeout_ms,
      .stall_timeout_ms = stall_timeout_ms,
      .clock = fixture->clock,
  };

  fixture->push = cg_push_new (fixture->hub, &options);
  g_signal_connect (fixture->push, "publishing", G_CALLBACK (on_publishing), fixture);
  g_signal_connect (fixture->push, "failed", G_CALLBACK (on_failed), fixture);
  cg_push_start (fixture->push);
}

static void
stop_push (Fixture *fixture)
{
  fixture->stopped = FALSE;
  cg_push_stop_async (fixture->push, on_stopped, &fixture->stopped);
  media_wait_until (fixture->stopped);
}

static void
assert_body (FakeRtmp *fake, CgRtmpType type, guint32 timestamp_ms, const char *start)
{
  g_autoptr (CgRtmpMessage) message = fake_rtmp_pop (fake, type);

  g_assert_nonnull (message);
  g_assert_cmpuint (message->timestamp_ms, ==, timestamp_ms);
  g_assert_cmpuint (message->stream, ==, 1);
  g_assert_cmpuint (message->body->len, >=, 2);
  g_assert_cmpmem (message->body->data, 2, start, 2);
}

static void
test_publishes (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_ACCEPT);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam?x=y");
  g_auto (Fixture) fixture;
  CgPushStats stats;

  fixture_init (&fixture);
  media_feed_pictures (fixture.hub, fixture.input, 100, 13, 10, 200000);
  start_push (&fixture, url, 5000, 5000);
  media_wait_until (fixture.published == 1);
  media_wait_until (fake_rtmp_count (fake, CG_RTMP_VIDEO) == 4);

  g_assert_true (cg_push_is_publishing (fixture.push));
  g_assert_cmpuint (fake_rtmp_count (fake, CG_RTMP_DATA), ==, 1);
  assert_body (fake, CG_RTMP_VIDEO, 0, "\x17\0");
  assert_body (fake, CG_RTMP_VIDEO, 0, "\x17\1");
  assert_body (fake, CG_RTMP_VIDEO, 40, "\x27\1");
  assert_body (fake, CG_RTMP_VIDEO, 80, "\x27\1");
  cg_push_get_stats (fixture.push, &stats);
  g_assert_cmpuint (stats.frames, ==, 3);
  stop_push (&fixture);
  media_wait_until (fake_rtmp_is_idle (fake));
  g_autofree char *commands = fake_rtmp_get_commands (fake);
  g_assert_cmpstr (commands, ==,
                   "connect(live) releaseStream(cam?x=y) FCPublish(cam?x=y) createStream() "
                   "publish(cam?x=y) FCUnpublish(cam?x=y) deleteStream()");
  g_assert_cmpuint (fixture.failed, ==, 0);
}

static void
test_audio (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_ACCEPT);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
  g_autoptr (CgFormat) sound = media_make_audio_format ();
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  media_feed_pictures (fixture.hub, fixture.input, 0, 1, 10, 100);
  cg_hub_feed (fixture.hub, fixture.input, media_make_audio (sound), 21000, 2);
  start_push (&fixture, url, 5000, 5000);
  media_wait_until (fake_rtmp_count (fake, CG_RTMP_AUDIO) == 2);

  assert_body (fake, CG_RTMP_AUDIO, 21, "\xaf\0");
  assert_body (fake, CG_RTMP_AUDIO, 21, "\xaf\1");
  g_assert_cmpuint (fake_rtmp_count (fake, CG_RTMP_DATA), ==, 2);
  stop_push (&fixture);
}

/* Q25 */
static void
test_new_parameters (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_ACCEPT);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
  g_autoptr (CgFormat) small = media_make_video_format (64);
  g_autoptr (CgFormat) large = media_make_video_format (128);
  g_autoptr (CgFormat) large_too = media_make_video_format (128);
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  start_push (&fixture, url, 5000, 5000);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (small, TRUE, 10), 0, 1);
  media_wait_until (fake_rtmp_count (fake, CG_RTMP_VIDEO) == 2);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (large, TRUE, 10), 40000, 40001);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (large_too, FALSE, 10), 80000, 80001);
  media_wait_until (fake_rtmp_count (fake, CG_RTMP_VIDEO) == 5);

  assert_body (fake, CG_RTMP_VIDEO, 0, "\x17\0");
  assert_body (fake, CG_RTMP_VIDEO, 0, "\x17\1");
  assert_body (fake, CG_RTMP_VIDEO, 40, "\x17\0");
  assert_body (fake, CG_RTMP_VIDEO, 40, "\x17\1");
  assert_body (fake, CG_RTMP_VIDEO, 80, "\x27\1");
  g_assert_cmpuint (fake_rtmp_count (fake, CG_RTMP_DATA), ==, 2);
  stop_push (&fixture);
}

/* Q21: 24 bits of milliseconds, then 32 */
static void
test_wraps (void)
{
  static const gint64 wraps_ms[] = {0xffffff, 0x80000000, 0x100000000};

  for (guint i = 0; i < G_N_ELEMENTS (wraps_ms); i++) {
    g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_ACCEPT);
    g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
    g_autoptr (CgFormat) format = media_make_video_format (64);
    g_auto (Fixture) fixture;

    fixture_init (&fixture);
    start_push (&fixture, url, 5000, 5000);
    cg_hub_feed (fixture.hub, fixture.input, media_make_video (format, TRUE, 10), 0, 1);
    media_wait_until (fake_rtmp_count (fake, CG_RTMP_VIDEO) == 2);
    for (gint64 step = -2; step <= 2; step++) {
      const gint64 time_us = (wraps_ms[i] + step) * 1000;
      cg_hub_feed (fixture.hub, fixture.input, media_make_video (format, TRUE, 150000), time_us,
                   time_us + 1);
    }
    media_wait_until (fake_rtmp_count (fake, CG_RTMP_VIDEO) == 7);

    assert_body (fake, CG_RTMP_VIDEO, 0, "\x17\0");
    assert_body (fake, CG_RTMP_VIDEO, 0, "\x17\1");
    for (gint64 step = -2; step <= 2; step++)
      assert_body (fake, CG_RTMP_VIDEO, (guint32)(wraps_ms[i] + step), "\x17\1");
    stop_push (&fixture);
  }
}

/* The pull is lost and comes again: the publisher stays and time goes on. */
static void
test_new_input (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_ACCEPT);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
  g_autoptr (CgFormat) format = media_make_video_format (64);
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  start_push (&fixture, url, 5000, 5000);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (format, TRUE, 10), 777000, 1000);
  cg_hub_close_input (fixture.hub, fixture.input);
  fixture.input = cg_hub_open_input (fixture.hub);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (format, TRUE, 10), 5, 3001000);
  media_wait_until (fake_rtmp_count (fake, CG_RTMP_VIDEO) == 2);

  assert_body (fake, CG_RTMP_VIDEO, 0, "\x17\0");
  g_assert_cmpuint (fake_rtmp_count_connections (fake), ==, 1);
  stop_push (&fixture);
}

static void
test_ping (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_ACCEPT);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  media_feed_pictures (fixture.hub, fixture.input, 0, 1, 10, 100);
  start_push (&fixture, url, 5000, 5000);
  media_wait_until (fixture.published == 1);
  fake_rtmp_ping (fake, 1);
  media_wait_until (fake_rtmp_count_pongs (fake) == 1);

  /* So many come in one read that not all answers can wait to be sent. */
  fake_rtmp_ping (fake, 220);
  media_wait_until (fake_rtmp_count_pongs (fake) == 221);
  g_assert_cmpuint (fixture.failed, ==, 0);
  stop_push (&fixture);
}

/* What RTMP has no number for is not sent with a wrong one. */
static void
test_giant (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_ACCEPT);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  media_feed_pictures (fixture.hub, fixture.input, 0, 1, 10, 100);
  start_push (&fixture, url, 5000, 5000);
  media_wait_until (fixture.published == 1);
  media_feed_pictures (fixture.hub, fixture.input, 1, 1, 10, 17 * 1024 * 1024);
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_nonnull (strstr (fixture.error->message, "RTMP"));
}

typedef struct {
  FakeRtmpMode mode;
  CgError error;
  const char *text;
} FailureRow;

/* Q10, Q56: told apart */
static const FailureRow failures[] = {
    {FAKE_RTMP_BAD_NAME, CG_ERROR_STREAM_BUSY, "Already publishing"},
    {FAKE_RTMP_REJECT, CG_ERROR_LOGIN_REFUSED, "need auth"},
    {FAKE_RTMP_CLOSE_ON_CONNECT, CG_ERROR_PEER_FAULT, "instead of taking the publisher"},
    {FAKE_RTMP_CLOSE_ON_PUBLISH, CG_ERROR_PEER_FAULT, "instead of taking the publisher"},
    {FAKE_RTMP_SILENT, CG_ERROR_TIMED_OUT, "within 300 ms"},
    {FAKE_RTMP_SILENT_CONNECT, CG_ERROR_TIMED_OUT, "within 300 ms"},
    {FAKE_RTMP_GARBAGE, CG_ERROR_PEER_FAULT, "handshake"},
    {FAKE_RTMP_NOISE, CG_ERROR_PEER_FAULT, "chunk size"},
};

static void
test_failures (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    const FailureRow *row = &failures[i];
    g_autoptr (FakeRtmp) fake = fake_rtmp_new (row->mode);
    g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
    g_auto (Fixture) fixture;
    const gboolean is_slow = row->error == CG_ERROR_TIMED_OUT;

    g_test_message ("%s", row->text);
    fixture_init (&fixture);
    media_feed_pictures (fixture.hub, fixture.input, 0, 5, 10, 100);
    start_push (&fixture, url, is_slow ? 300 : 20000, 20000);
    media_wait_until (fixture.failed == 1);

    g_assert_error (fixture.error, CG_ERROR, (int)row->error);
    g_assert_nonnull (strstr (fixture.error->message, row->text));
    g_assert_cmpuint (fixture.published, ==, 0);
    stop_push (&fixture);
  }
}

/* A login in the URL is shown as the server asks for it, and nowhere else. */
static void
test_login (void)
{
  static const FakeRtmpMode modes[] = {FAKE_RTMP_ADOBE, FAKE_RTMP_LLNW, FAKE_RTMP_ACCEPT};

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (FakeRtmp) fake = fake_rtmp_new (modes[i]);
    g_autofree char *plain = fake_rtmp_get_url (fake, "live/cam");
    g_autofree char *url = g_strdup_printf ("rtmp://" FAKE_RTMP_USER ":" FAKE_RTMP_PASSWORD "@%s",
                                            plain + strlen ("rtmp://"));
    g_auto (Fixture) fixture;

    fixture_init (&fixture);
    media_feed_pictures (fixture.hub, fixture.input, 0, 5, 10, 100);
    start_push (&fixture, url, 5000, 5000);
    media_wait_until (fixture.published == 1 || fixture.failed == 1);

    g_assert_no_error (fixture.error);
    g_assert_cmpuint (fake_rtmp_count_connections (fake), ==, modes[i] == FAKE_RTMP_ACCEPT ? 1 : 3);
    g_autofree char *commands = fake_rtmp_get_commands (fake);
    g_assert_null (strstr (commands, FAKE_RTMP_PASSWORD));
    stop_push (&fixture);
  }
}

static void
test_login_refused (void)
{
  static const FakeRtmpMode modes[] = {FAKE_RTMP_ADOBE, FAKE_RTMP_LLNW};
  static const struct {
    const char *login;
    guint connections;
  } rows[] = {
      {FAKE_RTMP_USER ":wrong@", 3},
      {"jim:" FAKE_RTMP_PASSWORD "@", 3},
      {FAKE_RTMP_USER "@", 1},
      {"", 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (modes) * G_N_ELEMENTS (rows); i++) {
    g_autoptr (FakeRtmp) fake = fake_rtmp_new (modes[i % 2]);
    g_autofree char *plain = fake_rtmp_get_url (fake, "live/cam");
    g_autofree char *url =
        g_strdup_printf ("rtmp://%s%s", rows[i / 2].login, plain + strlen ("rtmp://"));
    g_auto (Fixture) fixture;

    fixture_init (&fixture);
    start_push (&fixture, url, 5000, 5000);
    media_wait_until (fixture.published == 1 || fixture.failed == 1);

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    g_assert_cmpuint (fake_rtmp_count_connections (fake), ==, rows[i / 2].connections);
  }
}

/* Numbers that are none are nobody's. */
static void
test_mad_numbers (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_MAD_NUMBERS);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  media_feed_pictures (fixture.hub, fixture.input, 0, 5, 10, 100);
  start_push (&fixture, url, 5000, 5000);
  media_wait_until (fixture.published == 1 || fixture.failed == 1);

  g_assert_no_error (fixture.error);
  stop_push (&fixture);
}

/* Where the machine has no more to give, this push fails and nothing else. */
static void
test_no_descriptors (void)
{
  g_auto (Fixture) fixture;
  struct rlimit limit;

  fixture_init (&fixture);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  const struct rlimit none = {0, limit.rlim_max};
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  start_push (&fixture, "rtmp://127.0.0.1:9/live/cam", 5000, 5000);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_INTERNAL);
}

static void
test_unreachable (void)
{
  static const char *const hosts[] = {"127.0.0.1", "[::1]", "no-such-host.invalid"};

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autofree char *url = g_strdup_printf ("rtmp://%s:9/live/cam", hosts[i]);
    g_auto (Fixture) fixture;

    fixture_init (&fixture);
    start_push (&fixture, url, 10000, 5000);
    media_wait_until (fixture.failed == 1);

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_UNREACHABLE);
  }
}

static void
test_hang_up (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_ACCEPT);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  media_feed_pictures (fixture.hub, fixture.input, 0, 5, 10, 100);
  start_push (&fixture, url, 5000, 5000);
  media_wait_until (fixture.published == 1);
  fake_rtmp_hang_up (fake);
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_UNREACHABLE);
  g_assert_false (cg_push_is_publishing (fixture.push));
}

static void
test_unpublished (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_ACCEPT);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  media_feed_pictures (fixture.hub, fixture.input, 0, 5, 10, 100);
  start_push (&fixture, url, 5000, 5000);
  media_wait_until (fixture.published == 1);
  fake_rtmp_send_status (fake, "NetStream.Unpublish.Success");
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
}

/* Fills the server's and our kernel's buffers, and then some. */
static void
feed_until_stuck (Fixture *fixture)
{
  media_wait_until (fixture->published == 1 || fixture->failed == 1);
  media_feed_pictures (fixture->hub, fixture->input, 1, 100, 10, 150000);
}

/* Nothing is taken: as much as the buffers hold, and more than that. */
static void
test_deaf (void)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_DEAF);
    g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
    g_auto (Fixture) fixture;

    fixture_init (&fixture);
    media_feed_pictures (fixture.hub, fixture.input, 0, 1, 10, i == 0 ? 1500000 : 100);
    start_push (&fixture, url, 5000, 400);
    if (i == 1)
      feed_until_stuck (&fixture);
    media_wait_until (fixture.failed == 1);

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_TIMED_OUT);
    g_assert_cmpint (cg_error_get_cause (fixture.error), ==, CG_ERROR_CAUSE_SLOW);
  }
}

/* Stopping does not wait for a server that takes nothing. */
static void
test_stop_while_stuck (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_DEAF);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  media_feed_pictures (fixture.hub, fixture.input, 0, 1, 10, 100);
  start_push (&fixture, url, 5000, 60000);
  feed_until_stuck (&fixture);
  const gint64 start_us = g_get_monotonic_time ();
  stop_push (&fixture);

  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (fixture.failed, ==, 0);
}

static void
test_stop_while_connecting (void)
{
  static const FakeRtmpMode modes[] = {FAKE_RTMP_SILENT, FAKE_RTMP_SILENT_CONNECT};

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (FakeRtmp) fake = fake_rtmp_new (modes[i]);
    g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
    g_auto (Fixture) fixture;

    fixture_init (&fixture);
    start_push (&fixture, url, 60000, 60000);
    media_wait_until (fake_rtmp_count_connections (fake) == 1);
    const gint64 start_us = g_get_monotonic_time ();
    stop_push (&fixture);

    g_assert_cmpint (g_get_monotonic_time () - start_us, <, G_USEC_PER_SEC);
    g_assert_cmpuint (fixture.failed, ==, 0);
  }
}

/* Nobody is left to wait for a server that never answers. */
static void
test_drop_while_connecting (void)
{
  static const FakeRtmpMode modes[] = {FAKE_RTMP_SILENT, FAKE_RTMP_SILENT_CONNECT};

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (FakeRtmp) fake = fake_rtmp_new (modes[i]);
    g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
    g_auto (Fixture) fixture;

    fixture_init (&fixture);
    start_push (&fixture, url, 60000, 60000);
    media_wait_until (fake_rtmp_count_connections (fake) == 1);
    g_clear_object (&fixture.push);

    media_wait_until (fake_rtmp_is_idle (fake));
  }
}

/* The last reference is dropped in the middle of everything. */
static void
test_drop (void)
{
  static const FakeRtmpMode modes[] = {FAKE_RTMP_ACCEPT, FAKE_RTMP_BAD_NAME};

  for (guint i = 0; i < 20; i++) {
    g_autoptr (FakeRtmp) fake = fake_rtmp_new (modes[i % 2]);
    g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
    g_auto (Fixture) fixture;

    fixture_init (&fixture);
    media_feed_pictures (fixture.hub, fixture.input, 0, 5, 10, 100);
    start_push (&fixture, url, 5000, 5000);
    if (i % 4 >= 2)
      media_wait_until (fake_rtmp_count_connections (fake) == 1);
    if (i % 8 == 4)
      media_wait_until (fixture.published == 1);
    g_clear_object (&fixture.push);
    fake_rtmp_hang_up (fake);
  }
}

/* Q54, in little */
static void
test_cycles (void)
{
  g_autoptr (FakeRtmp) fake = fake_rtmp_new (FAKE_RTMP_ACCEPT);
  g_autofree char *url = fake_rtmp_get_url (fake, "live/cam");
  g_auto (Fixture) fixture;
  guint fds = 0, threads = 0;

  fixture_init (&fixture);
  media_feed_pictures (fixture.hub, fixture.input, 0, 5, 10, 100);
  for (guint i = 1; i <= 200; i++) {
    start_push (&fixture, url, 5000, 5000);
    media_wait_until (fixture.published == i);
    stop_push (&fixture);
    g_clear_object (&fixture.push);
    media_wait_until (fake_rtmp_is_idle (fake));
    if (i == 20) {
      fds = media_count_fds ();
      threads = media_count_threads ();
    }
  }

  media_wait_until (media_count_fds () <= fds);
  media_wait_until (media_count_threads () <= threads);
  g_assert_cmpuint (fake_rtmp_count_connections (fake), ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/push/publishes", test_publishes);
  g_test_add_func ("/push/audio", test_audio);
  g_test_add_func ("/push/q25-new-parameters", test_new_parameters);
  g_test_add_func ("/push/q21-wraps", test_wraps);
  g_test_add_func ("/push/new-input", test_new_input);
  g_test_add_func ("/push/ping", test_ping);
  g_test_add_func ("/push/giant", test_giant);
  g_test_add_func ("/push/q56-failures", test_failures);
  g_test_add_func ("/push/login", test_login);
  g_test_add_func ("/push/login-refused", test_login_refused);
  g_test_add_func ("/push/mad-numbers", test_mad_numbers);
  g_test_add_func ("/push/no-descriptors", test_no_descriptors);
  g_test_add_func ("/push/unreachable", test_unreachable);
  g_test_add_func ("/push/hang-up", test_hang_up);
  g_test_add_func ("/push/unpublished", test_unpublished);
  g_test_add_func ("/push/deaf", test_deaf);
  g_test_add_func ("/push/stop-while-stuck", test_stop_while_stuck);
  g_test_add_func ("/push/stop-while-connecting", test_stop_while_connecting);
  g_test_add_func ("/push/drop-while-connecting", test_drop_while_connecting);
  g_test_add_func ("/push/drop", test_drop);
  g_test_add_func ("/push/q54-cycles", test_cycles);
  return media_test_run ();
}
