/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtmps: the push against a media server with a certificate. */
#include <glib/gstdio.h>

#include "cg-error.h"
#include "cg-media.h"
#include "media-certificate.h"
#include "media-fixture.h"
#include "push-fixture.h"

static char *trusted; /* the certificate's file */

static void
begin (PushFixture *fixture, FakeRtmpMode mode, guint stall_timeout_ms)
{
  push_fixture_open_tls (fixture, mode);
  push_fixture_start_options (
      fixture, (CgPushOptions){.connect_timeout_ms = 10000, .stall_timeout_ms = stall_timeout_ms});
}

static void
test_publishes (void)
{
  g_auto (PushFixture) fixture;

  media_certificate_trust (trusted);
  begin (&fixture, FAKE_RTMP_ACCEPT, 5000);
  push_fixture_feed (&fixture, 0, 25, 200000);
  push_fixture_wait (&fixture);
  g_assert_no_error (fixture.error);
  media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 6);
  push_fixture_stop (&fixture);
  media_wait_until (fake_rtmp_is_idle (fixture.fake));

  g_autofree char *commands = fake_rtmp_get_commands (fixture.fake);
  g_assert_true (g_str_has_suffix (commands, "FCUnpublish(cam) deleteStream()"));
  g_assert_no_error (fixture.error);
}

static void
test_untrusted (void)
{
  g_auto (PushFixture) fixture;

  media_certificate_trust (NULL);
  begin (&fixture, FAKE_RTMP_ACCEPT, 5000);
  push_fixture_feed (&fixture, 0, 5, 100);
  push_fixture_wait (&fixture);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_autofree char *commands = fake_rtmp_get_commands (fixture.fake);
  g_assert_cmpstr (commands, ==, "");
}

static void
test_hang_up (void)
{
  g_auto (PushFixture) fixture;

  media_certificate_trust (trusted);
  begin (&fixture, FAKE_RTMP_ACCEPT, 5000);
  push_fixture_feed (&fixture, 0, 5, 100);
  push_fixture_wait (&fixture);
  fake_rtmp_hang_up (fixture.fake);
  media_wait_until (fixture.error != NULL);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_UNREACHABLE);
}

static void
test_deaf (void)
{
  g_auto (PushFixture) fixture;

  media_certificate_trust (trusted);
  begin (&fixture, FAKE_RTMP_DEAF, 400);
  push_fixture_feed (&fixture, 0, 100, 150000);
  media_wait_until (fixture.error != NULL);
  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_TIMED_OUT);
}

static guint64
count_frames (CgPush *push)
{
  CgPushStats stats;

  cg_push_get_stats (push, &stats);
  return stats.frames;
}

/* A server that takes nothing more does not hold up the end: its goodbye is given up long before
 * the line is. */
static void
test_deaf_at_the_end (void)
{
  g_auto (PushFixture) fixture;

  media_certificate_trust (trusted);
  begin (&fixture, FAKE_RTMP_DEAF, 20000);
  push_fixture_feed (&fixture, 0, 3, 100);
  media_wait_until (fixture.published == 1);
  push_fixture_feed (&fixture, 3, 100, 150000);
  media_wait_until (count_frames (fixture.push) > 3);

  const gint64 before_us = g_get_monotonic_time ();
  push_fixture_stop (&fixture);

  g_assert_cmpint (g_get_monotonic_time () - before_us, <, 8 * G_USEC_PER_SEC);
  g_assert_no_error (fixture.error);
}

static void
test_cycles (void)
{
  guint fds = 0;

  media_certificate_trust (trusted);
  for (guint i = 0; i < 30; i++) {
    g_auto (PushFixture) fixture;
    begin (&fixture, FAKE_RTMP_ACCEPT, 5000);
    push_fixture_feed (&fixture, 0, 5, 100);
    if (i % 2 == 0)
      media_wait_until (fixture.published == 1);
    push_fixture_stop (&fixture);
    push_fixture_clear (&fixture);
    if (i == 4)
      fds = media_count_fds ();
  }

  media_wait_until (media_count_fds () <= fds);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));
  trusted = media_certificate_save ();
  g_test_add_func ("/push-tls/publishes", test_publishes);
  g_test_add_func ("/push-tls/untrusted", test_untrusted);
  g_test_add_func ("/push-tls/hang-up", test_hang_up);
  g_test_add_func ("/push-tls/deaf", test_deaf);
  g_test_add_func ("/push-tls/deaf-at-the-end", test_deaf_at_the_end);
  g_test_add_func ("/push-tls/cycles", test_cycles);
  const int result = media_test_run ();
  g_remove (trusted);
  g_free (trusted);
  return result;
}
