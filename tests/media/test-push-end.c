/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a push ends: it fails, it is stopped, it is dropped. */
#include <string.h>
#include <sys/resource.h>

#include "cg-error.h"
#include "cg-media.h"
#include "media-fixture.h"
#include "push-fixture.h"

/* What RTMP has no number for is not sent with a wrong one. */
static void
test_giant (void)
{
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
  push_fixture_publish (&fixture, 1);
  push_fixture_feed (&fixture, 1, 1, 17 * 1024 * 1024);
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
    g_auto (PushFixture) fixture;
    const gboolean is_slow = row->error == CG_ERROR_TIMED_OUT;

    g_test_message ("%s", row->text);
    push_fixture_open (&fixture, row->mode);
    push_fixture_feed (&fixture, 0, 5, 100);
    push_fixture_start_options (
        &fixture,
        (CgPushOptions){.connect_timeout_ms = is_slow ? 300 : 20000, .stall_timeout_ms = 20000});
    media_wait_until (fixture.failed == 1);

    g_assert_error (fixture.error, CG_ERROR, (int)row->error);
    g_assert_nonnull (strstr (fixture.error->message, row->text));
    g_assert_cmpuint (fixture.published, ==, 0);
    push_fixture_stop (&fixture);
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
    g_auto (PushFixture) fixture;

    push_fixture_open (&fixture, modes[i % 2]);
    push_fixture_set_login (&fixture, rows[i / 2].login);
    push_fixture_start (&fixture);
    push_fixture_wait (&fixture);

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    g_assert_cmpuint (fake_rtmp_count_connections (fixture.fake), ==, rows[i / 2].connections);
  }
}

/* Where the machine has no more to give, this push fails and nothing else. */
static void
test_no_descriptors (void)
{
  g_auto (PushFixture) fixture;
  struct rlimit limit;

  push_fixture_init (&fixture);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  const struct rlimit none = {0, limit.rlim_max};
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  push_fixture_start_options (&fixture, (CgPushOptions){.url = "rtmp://127.0.0.1:9/live/cam"});
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
    g_auto (PushFixture) fixture;

    push_fixture_init (&fixture);
    push_fixture_start_options (&fixture, (CgPushOptions){.url = url, .connect_timeout_ms = 10000});
    media_wait_until (fixture.failed == 1);

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_UNREACHABLE);
  }
}

static void
unpublish (FakeRtmp *fake)
{
  fake_rtmp_send_status (fake, "NetStream.Unpublish.Success");
}

static void
test_server_ends (void)
{
  static const struct {
    void (*end) (FakeRtmp *fake);
    CgError error;
  } rows[] = {{fake_rtmp_hang_up, CG_ERROR_UNREACHABLE}, {unpublish, CG_ERROR_PEER_FAULT}};

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (PushFixture) fixture;

    push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
    push_fixture_publish (&fixture, 5);
    g_assert_no_error (fixture.error);
    rows[i].end (fixture.fake);
    media_wait_until (fixture.failed == 1);

    g_assert_error (fixture.error, CG_ERROR, (int)rows[i].error);
  }
}

/* Fills the server's and our kernel's buffers, and then some. */
static void
feed_until_stuck (PushFixture *fixture)
{
  push_fixture_wait (fixture);
  push_fixture_feed (fixture, 1, 100, 150000);
}

/* Nothing is taken: as much as the buffers hold, and more than that. */
static void
test_deaf (void)
{
  for (guint i = 0; i < 2; i++) {
    g_auto (PushFixture) fixture;

    push_fixture_open (&fixture, FAKE_RTMP_DEAF);
    push_fixture_feed (&fixture, 0, 1, i == 0 ? 1500000 : 100);
    push_fixture_start_options (&fixture, (CgPushOptions){.stall_timeout_ms = 400});
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
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_DEAF);
  push_fixture_feed (&fixture, 0, 1, 100);
  push_fixture_start_options (&fixture, (CgPushOptions){.stall_timeout_ms = 60000});
  feed_until_stuck (&fixture);
  const gint64 start_us = g_get_monotonic_time ();
  push_fixture_stop (&fixture);

  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (fixture.failed, ==, 0);
}

static void
stop_at_once (PushFixture *fixture)
{
  const gint64 start_us = g_get_monotonic_time ();

  push_fixture_stop (fixture);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, G_USEC_PER_SEC);
}

/* Nobody is left to wait for a server that never answers. */
static void
drop (PushFixture *fixture)
{
  g_clear_object (&fixture->push);
}

static void (*const ends[]) (PushFixture *fixture) = {stop_at_once, drop};

static void
test_end_while_connecting (gconstpointer data)
{
  static const FakeRtmpMode modes[] = {FAKE_RTMP_SILENT, FAKE_RTMP_SILENT_CONNECT};
  void (*const *end) (PushFixture * fixture) = data;

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_auto (PushFixture) fixture;

    push_fixture_open (&fixture, modes[i]);
    push_fixture_start_options (
        &fixture, (CgPushOptions){.connect_timeout_ms = 60000, .stall_timeout_ms = 60000});
    media_wait_until (fake_rtmp_count_connections (fixture.fake) == 1);
    (*end) (&fixture);

    g_assert_cmpuint (fixture.failed, ==, 0);
    media_wait_until (fake_rtmp_is_idle (fixture.fake));
  }
}

/* The last reference is dropped in the middle of everything. */
static void
test_drop (void)
{
  static const FakeRtmpMode modes[] = {FAKE_RTMP_ACCEPT, FAKE_RTMP_BAD_NAME};

  for (guint i = 0; i < 20; i++) {
    g_auto (PushFixture) fixture;

    push_fixture_open (&fixture, modes[i % 2]);
    push_fixture_feed (&fixture, 0, 5, 100);
    push_fixture_start (&fixture);
    if (i % 4 >= 2)
      media_wait_until (fake_rtmp_count_connections (fixture.fake) == 1);
    if (i % 8 == 4)
      media_wait_until (fixture.published == 1);
    g_clear_object (&fixture.push);
    fake_rtmp_hang_up (fixture.fake);
  }
}

/* Q54, in little */
static void
test_cycles (void)
{
  g_auto (PushFixture) fixture;
  guint fds = 0, threads = 0;

  push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
  push_fixture_feed (&fixture, 0, 5, 100);
  for (guint i = 1; i <= 200; i++) {
    push_fixture_start (&fixture);
    media_wait_until (fixture.published == i);
    push_fixture_stop (&fixture);
    g_clear_object (&fixture.push);
    media_wait_until (fake_rtmp_is_idle (fixture.fake));
    if (i == 20) {
      fds = media_count_fds ();
      threads = media_count_threads ();
    }
  }

  media_wait_until (media_count_fds () <= fds);
  media_wait_until (media_count_threads () <= threads);
  g_assert_cmpuint (fake_rtmp_count_connections (fixture.fake), ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/push/giant", test_giant);
  g_test_add_func ("/push/q56-failures", test_failures);
  g_test_add_func ("/push/login-refused", test_login_refused);
  g_test_add_func ("/push/no-descriptors", test_no_descriptors);
  g_test_add_func ("/push/unreachable", test_unreachable);
  g_test_add_func ("/push/server-ends", test_server_ends);
  g_test_add_func ("/push/deaf", test_deaf);
  g_test_add_func ("/push/stop-while-stuck", test_stop_while_stuck);
  g_test_add_data_func ("/push/stop-while-connecting", &ends[0], test_end_while_connecting);
  g_test_add_data_func ("/push/drop-while-connecting", &ends[1], test_end_while_connecting);
  g_test_add_func ("/push/drop", test_drop);
  g_test_add_func ("/push/q54-cycles", test_cycles);
  return media_test_run ();
}
