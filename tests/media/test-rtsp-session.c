/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/resource.h>

#include "cg-error.h"
#include "media-certificate.h"
#include "media-fixture.h"
#include "session-fixture.h"

/* Q19, Q47, Q48, Q52 */
static void
test_dialogue (void)
{
  Behaviour behaviour = {.after_play = "$\x00\x00\x0c" RTP, .after_play_size = 16};
  g_auto (SessionFixture) fixture;

  session_fixture_init (&fixture, &behaviour);
  session_begin (&fixture);
  g_assert_no_error (fixture.error);
  g_assert_no_error (fixture.error);
  while (fixture.packets->len == 0)
    g_assert_true (session_receive_for (&fixture, 10));
  cg_rtsp_session_interrupt (fixture.session);
  g_assert_false (session_receive_for (&fixture, 20000));
  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_CANCELLED);
  cg_rtsp_session_close_in_thread (fixture.session, 20000);

  g_assert_cmpstr (fixture.packets->str, ==, "0:12 ");
  g_assert_cmpuint (script_rtsp_count (fixture.camera, "OPTIONS "), ==, 1);
  g_assert_cmpuint (script_rtsp_count (fixture.camera, "DESCRIBE "), ==, 1);
  g_assert_cmpuint (script_rtsp_count (fixture.camera, "/stream/track1 RTSP/1.0"), ==, 1);
  g_assert_cmpuint (script_rtsp_count (fixture.camera, "TEARDOWN "), ==, 1);
  g_assert_cmpuint (script_rtsp_count (fixture.camera, "Session: 77"), ==, 2);
  g_assert_cmpuint (script_rtsp_count (fixture.camera, "Authorization"), ==, 0);
}

/* Q19: who leaves while a SETUP is on its way may have a session, and ends it. */
static void
test_q19_leaves_during_setup (void)
{
  Behaviour behaviour = {.leaves_on = "SETUP"};
  g_auto (SessionFixture) fixture;

  session_fixture_init (&fixture, &behaviour);
  behaviour.ours = fixture.session;
  g_assert_false (session_begin (&fixture));
  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_CANCELLED);
  cg_rtsp_session_close_in_thread (fixture.session, 20000);

  g_assert_cmpuint (script_rtsp_count (fixture.camera, "TEARDOWN "), ==, 1);
  g_assert_cmpuint (script_rtsp_count (fixture.camera, "Session: 77"), ==, 1);
}

/* Q19: the goodbye is said to its end, though whoever waits for it gets impatient; the camera may
 * want it again with a fresh nonce. */
static void
test_q19_goodbye_is_awaited (void)
{
  Behaviour behaviour = {.challenges = MD5,
                         .taken = "Digest",
                         .checksum = G_CHECKSUM_MD5,
                         .play = "455 Method Not Valid In This State",
                         .leaves_on = "TEARDOWN"};
  g_auto (SessionFixture) fixture;

  session_fixture_init (&fixture, &behaviour);
  behaviour.ours = fixture.session;
  g_assert_false (session_begin (&fixture));
  g_atomic_int_set (&behaviour.is_stale, TRUE);
  cg_rtsp_session_close_in_thread (fixture.session, 20000);

  g_assert_cmpuint (script_rtsp_count (fixture.camera, "TEARDOWN "), ==, 2);
}

/* Q17: at half of the time-out, by what the camera knows. */
static void
test_signs_of_life (void)
{
  static const struct {
    const char *public;
    const char *parameter;
    const char *method;
  } rows[] = {
      {"OPTIONS, GET_PARAMETER", NULL, "GET_PARAMETER "},
      {"OPTIONS, SET_PARAMETER", NULL, "OPTIONS "},
      {"OPTIONS, GET_PARAMETER", "501 Not Implemented", "OPTIONS "},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Behaviour behaviour = {
        .public = rows[i].public, .parameter = rows[i].parameter, .session = "9 ; timeout=1"};
    g_auto (SessionFixture) fixture;

    session_fixture_init (&fixture, &behaviour);
    session_begin (&fixture);
    g_assert_no_error (fixture.error);
    const guint before = script_rtsp_count (fixture.camera, rows[i].method);
    const gint64 start_us = g_get_monotonic_time ();
    while (script_rtsp_count (fixture.camera, rows[i].method) < before + 2)
      g_assert_true (session_receive_for (&fixture, 10));
    const gint64 took_ms = (g_get_monotonic_time () - start_us) / 1000;

    g_assert_no_error (fixture.error);
    g_assert_cmpint (took_ms, >=, 900);
    g_assert_cmpuint (script_rtsp_count (fixture.camera, "Session: 9\r\n"), >=, 3);
  }
}

static void
test_forgotten_session (void)
{
  Behaviour behaviour = {
      .public = "GET_PARAMETER", .parameter = "454 Session Not Found", .session = "1;timeout=1"};
  g_auto (SessionFixture) fixture;

  session_fixture_init (&fixture, &behaviour);
  session_begin (&fixture);
  g_assert_no_error (fixture.error);
  g_assert_false (session_receive_for (&fixture, 20000));

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_cmpuint (cg_rtsp_session_get_status (fixture.session), ==, 454);
}

static void
test_start (void)
{
  Behaviour behaviour = {
      .play = "200 OK\r\nRTP-Info: url=rtsp://elsewhere/track1;seq=1;rtptime=4000000000"};
  g_auto (SessionFixture) fixture;
  guint32 start = 0;

  session_fixture_init (&fixture, &behaviour);
  session_begin (&fixture);
  g_assert_no_error (fixture.error);

  g_assert_true (cg_rtsp_session_get_start (fixture.session, 0, &start));
  g_assert_cmpuint (start, ==, 4000000000);
}

static void
test_statuses (void)
{
  static const struct {
    const char *describe;
    const char *setup;
    const char *play;
    const char *transport;
    CgError error;
    guint status;
  } rows[] = {
      {"404 Not Found", NULL, NULL, NULL, CG_ERROR_PEER_FAULT, 404},
      {"403 Forbidden", NULL, NULL, NULL, CG_ERROR_LOGIN_REFUSED, 403},
      {"503 Service Unavailable", NULL, NULL, NULL, CG_ERROR_TOO_MANY_STREAMS, 503},
      {NULL, "453 Not Enough Bandwidth", NULL, NULL, CG_ERROR_TOO_MANY_STREAMS, 453},
      {NULL, "461 Unsupported Transport", NULL, NULL, CG_ERROR_PEER_FAULT, 461},
      {NULL, NULL, "503 Service Unavailable", NULL, CG_ERROR_TOO_MANY_STREAMS, 503},
      {NULL, NULL, NULL, "RTP/AVP;unicast;client_port=1-2", CG_ERROR_PEER_FAULT, 461},
      {"200 OK", NULL, NULL, NULL, CG_ERROR_PEER_FAULT, 0},
      {"200 OK\r\nContent-Length: 2000000000", NULL, NULL, NULL, CG_ERROR_PEER_FAULT, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Behaviour behaviour = {.describe = rows[i].describe,
                           .setup = rows[i].setup,
                           .play = rows[i].play,
                           .transport = rows[i].transport};
    g_auto (SessionFixture) fixture;

    session_fixture_init (&fixture, &behaviour);
    g_assert_false (session_begin (&fixture));

    g_test_message ("row %u: %s", i, fixture.error->message);
    g_assert_error (fixture.error, CG_ERROR, (int)rows[i].error);
    g_assert_cmpuint (cg_rtsp_session_get_status (fixture.session), ==, rows[i].status);
  }
}

/* Q29 */
static void
test_query (void)
{
  static const char *const statuses[] = {"404 Not Found", "401 Unauthorized\r\n" MD5};

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    Behaviour behaviour = {.describe = statuses[i], .refuses_query = TRUE};
    g_auto (SessionFixture) fixture;

    session_fixture_init_options (&fixture, &behaviour, "stream?profile=1",
                                  (CgRtspOptions){.username = USER, .password = PASSWORD}, NULL);
    session_begin (&fixture);

    g_assert_no_error (fixture.error);
    g_assert_cmpuint (script_rtsp_count (fixture.camera, "/stream/track1 "), ==, 1);
  }
}

/* Not for ever, and the login goes to no other host, nor out of TLS. */
static void
test_redirects (void)
{
  Behaviour circle = {.redirect = ""};
  Behaviour other = {.challenges = MD5, .taken = "Digest", .checksum = G_CHECKSUM_MD5};
  g_autoptr (ScriptRtsp) elsewhere = script_rtsp_new (session_on_request, &other, NULL);
  g_autofree char *uri = script_rtsp_get_uri (elsewhere, "there");
  g_autofree char *by_number = g_strdup_printf ("rtsp://127.0.0.1%s", strrchr (uri, ':'));
  g_autoptr (GTlsCertificate) certificate = media_certificate_new ();
  const struct {
    const char *to;
    GTlsCertificate *certificate; /* (nullable) of the camera */
    gboolean is_shown;
  } ways[] = {{by_number, NULL, FALSE}, {uri, certificate, FALSE}, {uri, NULL, TRUE}};
  Behaviour open = {0};
  g_autoptr (ScriptRtsp) door = script_rtsp_new (session_on_request, &open, NULL);
  g_autofree char *door_uri = script_rtsp_get_uri (door, "there");
  Behaviour good = {.redirect = door_uri};

  {
    g_auto (SessionFixture) fixture;
    session_fixture_init (&fixture, &circle);
    g_assert_false (session_begin (&fixture));
    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
    g_assert_cmpuint (script_rtsp_count (fixture.camera, "DESCRIBE"), ==, 6);
  }
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    Behaviour behaviour = {.redirect = ways[i].to};
    g_auto (SessionFixture) fixture;
    session_fixture_init_options (&fixture, &behaviour, "stream",
                                  (CgRtspOptions){.username = USER, .password = PASSWORD},
                                  ways[i].certificate);
    g_test_message ("way %u", i);
    g_assert_true (session_begin (&fixture) == ways[i].is_shown);
    if (!ways[i].is_shown)
      g_assert_error (fixture.error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    g_assert_true ((script_rtsp_count (elsewhere, "Authorization") > 0) == ways[i].is_shown);
  }
  {
    g_auto (SessionFixture) fixture;
    session_fixture_init (&fixture, &good);
    session_begin (&fixture);
    g_assert_no_error (fixture.error);
    g_assert_cmpuint (script_rtsp_count (door, "SETUP"), ==, 1);
    cg_rtsp_session_close_in_thread (fixture.session, 20000);
  }
}

/* Q46: a camera that hangs up after it has asked for a login. */
static void
test_hangs_up (void)
{
  Behaviour behaviour = {
      .challenges = MD5, .taken = "Digest", .checksum = G_CHECKSUM_MD5, .hangs_up = TRUE};
  g_auto (SessionFixture) fixture;

  session_fixture_init (&fixture, &behaviour);
  session_begin (&fixture);

  g_assert_no_error (fixture.error);
  g_assert_cmpuint (script_rtsp_count (fixture.camera, "DESCRIBE"), ==, 1);
}

/* Q51, Q53: packets before the answer, on other channels, with noise between them. */
static void
test_noise (void)
{
  static const char before[] = "$\x04\x00\x0c" RTP;
  static const char after[] = "noise$\x04\x00\x0c" RTP "\r\n$\x04\x00\x0c" RTP
                              "OPTIONS * RTSP/1.0\r\nCSeq: 5\r\n\r\n$\x05\x00\x0c" RTP;
  Behaviour behaviour = {.transport = "RTP/AVP;interleaved=4-5",
                         .before_play = before,
                         .before_play_size = sizeof before - 1,
                         .after_play = after,
                         .after_play_size = sizeof after - 1};
  g_auto (SessionFixture) fixture;

  session_fixture_init (&fixture, &behaviour);
  session_begin (&fixture);
  g_assert_no_error (fixture.error);
  while (fixture.packets->len < 20)
    g_assert_true (session_receive_for (&fixture, 10));

  g_assert_cmpstr (fixture.packets->str, ==, "4:12 4:12 4:12 5:12 ");
  g_assert_cmpuint (cg_rtsp_session_get_skipped (fixture.session), ==, 5);
}

static gpointer
interrupt_in_thread (gpointer data)
{
  SessionFixture *fixture = data;

  while (script_rtsp_count (fixture->camera, "DESCRIBE") == 0)
    g_thread_yield ();
  cg_rtsp_session_interrupt (fixture->session);
  return NULL;
}

static void
test_silent (void)
{
  Behaviour behaviour = {.is_silent = TRUE};
  {
    g_auto (SessionFixture) fixture;
    session_fixture_init_options (&fixture, &behaviour, "stream",
                                  (CgRtspOptions){.timeout_ms = 200}, NULL);
    g_assert_false (session_begin (&fixture));
    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_TIMED_OUT);
  }
  {
    g_auto (SessionFixture) fixture;
    session_fixture_init (&fixture, &behaviour);
    GThread *thread = g_thread_new (NULL, interrupt_in_thread, &fixture);
    g_assert_false (session_begin (&fixture));
    g_thread_join (thread);
    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_CANCELLED);
  }
}

/* Also where there is always more to read. */
static void
test_interrupted_flood (void)
{
  g_autoptr (GTlsCertificate) certificate = media_certificate_new ();
  g_autoptr (GString) flood = g_string_new (NULL);

  for (guint i = 0; i < 50000; i++)
    g_string_append_len (flood, "$\x00\x00\x0c" RTP, 16);
  for (guint i = 0; i < 2; i++) {
    Behaviour behaviour = {.after_play = flood->str, .after_play_size = flood->len};
    g_auto (SessionFixture) fixture;

    session_fixture_init_options (&fixture, &behaviour, "stream", (CgRtspOptions){0},
                                  i == 0 ? NULL : certificate);
    session_begin (&fixture);
    g_assert_no_error (fixture.error);
    fixture.interrupts = TRUE;
    g_assert_false (session_receive_for (&fixture, 20000));

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_CANCELLED);
    g_assert_cmpstr (fixture.packets->str, ==, "0:12 ");
  }
}

/* One that could not be interrupted does not begin. */
static void
test_no_descriptor (void)
{
  const CgRtspOptions options = {.location = "rtsp://127.0.0.1:9/stream", .timeout_ms = 20000};
  g_autoptr (GError) error = NULL;
  struct rlimit before;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  const struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  g_autoptr (CgRtspSession) session = cg_rtsp_session_new (&options, NULL, NULL);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);

  g_assert_null (cg_rtsp_session_describe_in_thread (session, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_INTERNAL);
  cg_rtsp_session_interrupt (session);
  cg_rtsp_session_close_in_thread (session, 1000);
}

static void
test_unreachable (void)
{
  static const struct {
    const char *location;
    CgError error;
  } rows[] = {
      {"rtsp://127.0.0.1:9/stream", CG_ERROR_UNREACHABLE},
      {"rtsp://no-such-host.invalid/stream", CG_ERROR_UNREACHABLE},
      {"http://127.0.0.1/stream", CG_ERROR_BAD_REQUEST},
      {"", CG_ERROR_BAD_REQUEST},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgRtspOptions options = {.location = rows[i].location, .timeout_ms = 20000};
    g_autoptr (CgRtspSession) session = cg_rtsp_session_new (&options, NULL, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (cg_rtsp_session_describe_in_thread (session, &error));
    g_assert_error (error, CG_ERROR, (int)rows[i].error);
    cg_rtsp_session_close_in_thread (session, 1000);
  }
}

/* Q57 */
static void
test_tls (void)
{
  g_autoptr (GTlsCertificate) certificate = media_certificate_new ();
  g_autoptr (GByteArray) der = NULL;
  g_object_get (certificate, "certificate", &der, NULL);
  g_autofree char *pin = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  g_autofree char *other = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, 10);
  const struct {
    GTlsCertificateFlags flags;
    const char *pin;
    gboolean is_taken;
  } rows[] = {
      {G_TLS_CERTIFICATE_VALIDATE_ALL, NULL, FALSE},
      {0, NULL, TRUE},
      {G_TLS_CERTIFICATE_VALIDATE_ALL, pin, TRUE},
      {0, other, FALSE},
      {0, "", FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Behaviour behaviour = {.after_play = "$\x00\x00\x0c" RTP, .after_play_size = 16};
    g_auto (SessionFixture) fixture;

    g_test_message ("row %u", i);
    session_fixture_init_options (
        &fixture, &behaviour, "stream",
        (CgRtspOptions){.tls_flags = rows[i].flags, .tls_fingerprint = rows[i].pin}, certificate);
    const gboolean is_taken = session_begin (&fixture);

    if (rows[i].is_taken)
      g_assert_no_error (fixture.error);
    else
      g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
    while (is_taken && fixture.packets->len == 0)
      g_assert_true (session_receive_for (&fixture, 10));
    g_assert_cmpuint (script_rtsp_count (fixture.camera, "PLAY"), ==, rows[i].is_taken);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rtsp-session/dialogue", test_dialogue);
  g_test_add_func ("/rtsp-session/q19-leaves-during-setup", test_q19_leaves_during_setup);
  g_test_add_func ("/rtsp-session/q19-goodbye-is-awaited", test_q19_goodbye_is_awaited);
  g_test_add_func ("/rtsp-session/q17-signs-of-life", test_signs_of_life);
  g_test_add_func ("/rtsp-session/forgotten-session", test_forgotten_session);
  g_test_add_func ("/rtsp-session/start", test_start);
  g_test_add_func ("/rtsp-session/statuses", test_statuses);
  g_test_add_func ("/rtsp-session/q29-query", test_query);
  g_test_add_func ("/rtsp-session/redirects", test_redirects);
  g_test_add_func ("/rtsp-session/q46-hangs-up", test_hangs_up);
  g_test_add_func ("/rtsp-session/q53-noise", test_noise);
  g_test_add_func ("/rtsp-session/silent", test_silent);
  g_test_add_func ("/rtsp-session/interrupted-flood", test_interrupted_flood);
  g_test_add_func ("/rtsp-session/no-descriptor", test_no_descriptor);
  g_test_add_func ("/rtsp-session/unreachable", test_unreachable);
  g_test_add_func ("/rtsp-session/q57-tls", test_tls);
  return media_test_run ();
}
