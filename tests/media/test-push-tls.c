/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtmps: the push against a media server with a certificate. */
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "cg-error.h"
#include "cg-media.h"
#include "cg-push.h"
#include "fake-rtmp.h"
#include "media-fixture.h"

/* For localhost, signed by itself, good until 2126; made for this test alone. */
static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
                          "MIIBlTCCATugAwIBAgIUfYRctlzPRbL6B58oU/ZkHbmsUz4wCgYIKoZIzj0EAwIw\n"
                          "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA0MDUyNVoYDzIxMjYxMDI4\n"
                          "MDQwNTI1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
                          "PQMBBwNCAATmG6X+tTvQrevnWOU46xHeESvtF3w5Gt0CqrE6pdtFkUnmgJylRRAS\n"
                          "Vy7/kPTjTbErSCh4dVg+fJExqHn/mNEFo2kwZzAdBgNVHQ4EFgQUzM54WS3UU3nq\n"
                          "m6JALPX6exDeLB4wHwYDVR0jBBgwFoAUzM54WS3UU3nqm6JALPX6exDeLB4wFAYD\n"
                          "VR0RBA0wC4IJbG9jYWxob3N0MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID\n"
                          "SAAwRQIgZ17c0T8RlzgJKLqSp2jOv4DcoK8ggzRk5B5ESV4BE0cCIQCnoi1qjIhW\n"
                          "JarRvrHJaxty33fJ1qctNAc9J6dUmQI9Vw==\n"
                          "-----END CERTIFICATE-----\n"
                          "-----BEGIN PRIVATE KEY-----\n"
                          "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgen5zNBr+Ht8ZMyCp\n"
                          "eKC5WdasS9LrPW+9llQ7Gp7+AHihRANCAATmG6X+tTvQrevnWOU46xHeESvtF3w5\n"
                          "Gt0CqrE6pdtFkUnmgJylRRASVy7/kPTjTbErSCh4dVg+fJExqHn/mNEF\n"
                          "-----END PRIVATE KEY-----\n";

static char *pem_path;

typedef struct {
  CgClock *clock;
  CgHub *hub;
  guint input;
  FakeRtmp *fake;
  CgPush *push;
  guint published;
  GError *error;
  gboolean stopped;
} Fixture;

static void
on_publishing (CgPush *push, Fixture *fixture)
{
  fixture->published++;
}

static void
on_failed (CgPush *push, const GError *error, Fixture *fixture)
{
  fixture->error = g_error_copy (error);
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = cg_push_stop_finish (CG_PUSH (object), result, NULL);
}

/* The whole process trusts what is in this file from here on. */
static void
trust (const char *path)
{
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, NULL);

  g_assert_nonnull (database);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}

static void
fixture_init (Fixture *fixture, FakeRtmpMode mode, guint stall_timeout_ms)
{
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, -1, NULL);

  *fixture = (Fixture){
      .clock = cg_clock_new (),
      .hub = cg_hub_new (),
      .fake = fake_rtmp_new_tls (mode, certificate),
  };
  fixture->input = cg_hub_open_input (fixture->hub);
  g_autofree char *url = fake_rtmp_get_url (fixture->fake, "live/cam");
  fixture->push = cg_push_new (fixture->hub, &(CgPushOptions){
                                                 .url = url,
                                                 .connect_timeout_ms = 10000,
                                                 .stall_timeout_ms = stall_timeout_ms,
                                                 .clock = fixture->clock,
                                             });
  g_signal_connect (fixture->push, "publishing", G_CALLBACK (on_publishing), fixture);
  g_signal_connect (fixture->push, "failed", G_CALLBACK (on_failed), fixture);
  cg_push_start (fixture->push);
}

static void
fixture_clear (Fixture *fixture)
{
  g_clear_object (&fixture->push);
  g_clear_object (&fixture->hub);
  g_clear_object (&fixture->clock);
  g_clear_pointer (&fixture->fake, fake_rtmp_free);
  g_clear_error (&fixture->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
stop_push (Fixture *fixture)
{
  cg_push_stop_async (fixture->push, on_stopped, &fixture->stopped);
  media_wait_until (fixture->stopped);
}

static void
test_publishes (void)
{
  g_auto (Fixture) fixture;

  trust (pem_path);
  fixture_init (&fixture, FAKE_RTMP_ACCEPT, 5000);
  media_feed_pictures (fixture.hub, fixture.input, 0, 25, 10, 200000);
  media_wait_until (fixture.published == 1 || fixture.error != NULL);
  g_assert_no_error (fixture.error);
  media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 6);
  stop_push (&fixture);
  media_wait_until (fake_rtmp_is_idle (fixture.fake));

  g_autofree char *commands = fake_rtmp_get_commands (fixture.fake);
  g_assert_true (g_str_has_suffix (commands, "FCUnpublish(cam) deleteStream()"));
  g_assert_no_error (fixture.error);
}

static void
test_untrusted (void)
{
  g_auto (Fixture) fixture;

  g_tls_backend_set_default_database (g_tls_backend_get_default (), NULL);
  fixture_init (&fixture, FAKE_RTMP_ACCEPT, 5000);
  media_feed_pictures (fixture.hub, fixture.input, 0, 5, 10, 100);
  media_wait_until (fixture.published == 1 || fixture.error != NULL);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_autofree char *commands = fake_rtmp_get_commands (fixture.fake);
  g_assert_cmpstr (commands, ==, "");
}

static void
test_hang_up (void)
{
  g_auto (Fixture) fixture;

  trust (pem_path);
  fixture_init (&fixture, FAKE_RTMP_ACCEPT, 5000);
  media_feed_pictures (fixture.hub, fixture.input, 0, 5, 10, 100);
  media_wait_until (fixture.published == 1 || fixture.error != NULL);
  fake_rtmp_hang_up (fixture.fake);
  media_wait_until (fixture.error != NULL);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_UNREACHABLE);
}

static void
test_deaf (void)
{
  g_auto (Fixture) fixture;

  trust (pem_path);
  fixture_init (&fixture, FAKE_RTMP_DEAF, 400);
  media_feed_pictures (fixture.hub, fixture.input, 0, 100, 10, 150000);
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
  g_auto (Fixture) fixture;

  trust (pem_path);
  fixture_init (&fixture, FAKE_RTMP_DEAF, 20000);
  media_feed_pictures (fixture.hub, fixture.input, 0, 3, 10, 100);
  media_wait_until (fixture.published == 1);
  media_feed_pictures (fixture.hub, fixture.input, 3, 100, 10, 150000);
  media_wait_until (count_frames (fixture.push) > 3);

  const gint64 before_us = g_get_monotonic_time ();
  stop_push (&fixture);

  g_assert_cmpint (g_get_monotonic_time () - before_us, <, 8 * G_USEC_PER_SEC);
  g_assert_no_error (fixture.error);
}

static void
test_cycles (void)
{
  guint fds = 0;

  trust (pem_path);
  for (guint i = 0; i < 30; i++) {
    g_auto (Fixture) fixture;
    fixture_init (&fixture, FAKE_RTMP_ACCEPT, 5000);
    media_feed_pictures (fixture.hub, fixture.input, 0, 5, 10, 100);
    if (i % 2 == 0)
      media_wait_until (fixture.published == 1);
    stop_push (&fixture);
    fixture_clear (&fixture);
    fixture = (Fixture){0};
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

  const int fd = g_file_open_tmp ("camgate-XXXXXX.pem", &pem_path, NULL);
  g_assert_true (g_file_set_contents (pem_path, pem, -1, NULL));
  g_close (fd, NULL);

  g_test_add_func ("/push-tls/publishes", test_publishes);
  g_test_add_func ("/push-tls/untrusted", test_untrusted);
  g_test_add_func ("/push-tls/hang-up", test_hang_up);
  g_test_add_func ("/push-tls/deaf", test_deaf);
  g_test_add_func ("/push-tls/deaf-at-the-end", test_deaf_at_the_end);
  g_test_add_func ("/push-tls/cycles", test_cycles);
  const int result = media_test_run ();
  g_remove (pem_path);
  g_free (pem_path);
  return result;
}
