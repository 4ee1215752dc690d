/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtsps: which certificate a pull takes. */
#include <glib/gstdio.h>

#include "cg-error.h"
#include "cg-media.h"
#include "media-certificate.h"
#include "media-fixture.h"
#include "pull-fixture.h"
#include "session-fixture.h"

/* Returns when it plays, or does not. */
static void
pull_once (PullFixture *fixture, ScriptRtsp *camera, CgPullOptions options)
{
  g_autofree char *location = script_rtsp_get_uri (camera, "stream");

  options.location = location;
  options.username = USER;
  options.password = PASSWORD;
  pull_fixture_start_options (fixture, options);
  media_wait_until (fixture->running > 0 || fixture->failed > 0);
  pull_fixture_stop (fixture);
}

/* Q57: a pin before all, then the policy; the login is shown to nobody else. By our own source and
 * by GStreamer's, whose pictures would come by UDP. */
static void
test_certificates (void)
{
  g_autoptr (GTlsCertificate) certificate = media_certificate_new ();
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
  g_autofree char *trusted = media_certificate_save ();

  for (guint i = 0; i < 2 * G_N_ELEMENTS (rows); i++) {
    const CgTransport transport = i % 2 == 0 ? CG_TRANSPORT_TCP : CG_TRANSPORT_UDP;
    const guint row = i / 2;
    const gboolean is_taken =
        transport == CG_TRANSPORT_UDP ? rows[row].is_taken_by_udp : rows[row].is_taken;
    Behaviour behaviour = {.challenges = "WWW-Authenticate: Basic realm=\"r\"", .taken = "Basic"};
    g_autoptr (ScriptRtsp) camera = script_rtsp_new (session_on_request, &behaviour, certificate);
    g_auto (PullFixture) fixture;

    g_test_message ("row %u by %s", row, transport == CG_TRANSPORT_TCP ? "TCP" : "UDP");
    media_certificate_trust (rows[row].is_trusted ? trusted : NULL);
    pull_fixture_init (&fixture);
    pull_once (&fixture, camera,
               (CgPullOptions){
                   .transport = transport, .tls = rows[row].tls, .tls_fingerprint = rows[row].pin});

    if (!is_taken)
      g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
    else if (transport == CG_TRANSPORT_TCP)
      g_assert_no_error (fixture.error);
    g_assert_cmpint (script_rtsp_count (camera, "Authorization") > 0, ==, is_taken);
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
