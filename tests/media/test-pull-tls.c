/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtsps: which certificate a pull takes. */
#include <glib/gstdio.h>

#include "cg-error.h"
#include "cg-media.h"
#include "cg-pull.h"
#include "media-fixture.h"
#include "session-fixture.h"

typedef struct {
  guint running;
  GError *error;
  gboolean stopped;
} Seen;

static void
on_running (CgPull *pull, Seen *seen)
{
  seen->running++;
}

static void
on_failed (CgPull *pull, const GError *error, Seen *seen)
{
  seen->error = g_error_copy (error);
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ((Seen *)user_data)->stopped = TRUE;
}

static void
pull_once (ScriptRtsp *camera, CgTransport transport, CgTlsPolicy tls, const char *pin, Seen *seen)
{
  g_autoptr (CgClock) clock = cg_clock_new ();
  g_autoptr (CgHub) hub = cg_hub_new ();
  g_autofree char *location = script_rtsp_get_uri (camera, "stream");
  const CgPullOptions options = {
      .location = location,
      .username = USER,
      .password = PASSWORD,
      .tls = tls,
      .tls_fingerprint = pin,
      .transport = transport,
      .clock = clock,
      .start_timeout_ms = 20000,
      .stall_timeout_ms = 20000,
  };
  g_autoptr (CgPull) pull = cg_pull_new (hub, &options);

  g_signal_connect (pull, "running", G_CALLBACK (on_running), seen);
  g_signal_connect (pull, "failed", G_CALLBACK (on_failed), seen);
  cg_pull_start (pull);
  media_wait_until (seen->running > 0 || seen->error != NULL);
  cg_pull_stop_async (pull, on_stopped, seen);
  media_wait_until (seen->stopped);
}

/* From here on the system trusts the camera's certificate. Returns: (transfer full): a file that it
 * looks into whenever it likes */
static char *
trust (GTlsCertificate *certificate)
{
  char *path = NULL;
  g_autofree char *pem = NULL;
  g_autoptr (GError) error = NULL;

  g_object_get (certificate, "certificate-pem", &pem, NULL);
  g_close (g_file_open_tmp (NULL, &path, NULL), NULL);
  g_assert_true (g_file_set_contents (path, pem, -1, NULL));
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
  return path;
}

/* Q57: a pin before all, then the policy; the login is shown to nobody else. By our own source and
 * by GStreamer's, whose pictures would come by UDP. */
static void
test_certificates (void)
{
  g_autoptr (GTlsCertificate) certificate = script_rtsp_make_certificate ();
  g_autoptr (GByteArray) der = NULL;
  g_object_get (certificate, "certificate", &der, NULL);
  g_autofree char *pin = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  const struct {
    CgTlsPolicy tls;
    const char *pin;
    gboolean is_trusted;
    gboolean is_taken;
    gboolean is_taken_by_udp;
  } rows[] = {
      {CG_TLS_ACCEPT, NULL, FALSE, TRUE, TRUE},     {CG_TLS_STRICT, NULL, FALSE, FALSE, FALSE},
      {CG_TLS_STRICT, pin, FALSE, TRUE, TRUE},      {CG_TLS_ACCEPT, "AA:BB", FALSE, FALSE, FALSE},
      {CG_TLS_STRICT, NULL, TRUE, TRUE, TRUE},      {CG_TLS_STRICT, pin, TRUE, TRUE, FALSE},
      {CG_TLS_STRICT, "AA:BB", TRUE, FALSE, FALSE}, {CG_TLS_ACCEPT, "AA:BB", TRUE, FALSE, FALSE},
  };
  g_autofree char *trusted = NULL;

  for (guint i = 0; i < 2 * G_N_ELEMENTS (rows); i++) {
    const CgTransport transport = i % 2 == 0 ? CG_TRANSPORT_TCP : CG_TRANSPORT_UDP;
    const guint row = i / 2;
    const gboolean is_taken =
        transport == CG_TRANSPORT_UDP ? rows[row].is_taken_by_udp : rows[row].is_taken;
    Behaviour behaviour = {.challenges = "WWW-Authenticate: Basic realm=\"r\"", .taken = "Basic"};
    g_autoptr (ScriptRtsp) camera = script_rtsp_new (session_on_request, &behaviour, certificate);
    Seen seen = {0};

    g_test_message ("row %u by %s", row, transport == CG_TRANSPORT_TCP ? "TCP" : "UDP");
    if (rows[row].is_trusted && trusted == NULL)
      trusted = trust (certificate);
    pull_once (camera, transport, rows[row].tls, rows[row].pin, &seen);

    if (!is_taken)
      g_assert_error (seen.error, CG_ERROR, CG_ERROR_PEER_FAULT);
    else if (transport == CG_TRANSPORT_TCP)
      g_assert_no_error (seen.error);
    g_assert_cmpint (script_rtsp_count (camera, "Authorization") > 0, ==, is_taken);
    g_clear_error (&seen.error);
  }
  g_unlink (trusted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/pull/q57-certificates", test_certificates);
  return media_test_run ();
}
