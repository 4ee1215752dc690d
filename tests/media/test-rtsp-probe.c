/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A description without a session: login and address count as in a pull. */
#include "cg-error.h"
#include "cg-rtsp-probe.h"
#include "session-fixture.h"

#define ANSWER_MS 5000

static char *
describe_at (ScriptRtsp *camera, CgRtspProbeOptions options, char **found, GError **error)
{
  g_autofree char *location = script_rtsp_get_uri (camera, "stream?channel=1");

  options.location = location;
  options.username = USER;
  options.timeout_ms = ANSWER_MS;
  return cg_rtsp_describe_in_thread (&options, found, error);
}

static char *
describe (ScriptRtsp *camera, CgRtspProbeOptions options, GError **error)
{
  return describe_at (camera, options, NULL, error);
}

/* Q27: what GStreamer cannot answer is no wrong password. */
static void
test_q27_sha256 (void)
{
  Behaviour behaviour = {
      .challenges = SHA, .taken = "algorithm=SHA-256", .checksum = G_CHECKSUM_SHA256};
  g_autoptr (ScriptRtsp) camera = script_rtsp_new (session_on_request, &behaviour, NULL);
  g_autoptr (CgBreaker) breaker = cg_breaker_new (NULL);
  g_autoptr (GError) error = NULL;

  g_autofree char *description =
      describe (camera, (CgRtspProbeOptions){.password = PASSWORD, .breaker = breaker}, &error);

  g_assert_no_error (error);
  g_assert_nonnull (description);
  g_assert_cmpuint (cg_breaker_get_pause_ms (breaker), ==, 0);
  g_assert_cmpuint (script_rtsp_count (camera, "SETUP"), ==, 0);
}

/* Q6: it counts as any other, and ends with the second. */
static void
test_q6_wrong_passwords (void)
{
  Behaviour behaviour = {.challenges = SHA};
  g_autoptr (ScriptRtsp) camera = script_rtsp_new (session_on_request, &behaviour, NULL);
  g_autoptr (CgBreaker) breaker = cg_breaker_new (NULL);

  for (guint i = 0; i < 4; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *description =
        describe (camera, (CgRtspProbeOptions){.password = "wrong", .breaker = breaker}, &error);

    g_assert_null (description);
    g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  }

  g_assert_cmpuint (script_rtsp_count (camera, "Authorization"), ==, 2);
}

static void
test_q29_query (void)
{
  Behaviour behaviour = {.describe = "404 Not Found", .refuses_query = TRUE};
  g_autoptr (ScriptRtsp) camera = script_rtsp_new (session_on_request, &behaviour, NULL);
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) error = NULL;

  g_autofree char *none = describe (camera, (CgRtspProbeOptions){.drops_query = FALSE}, &unknown);
  g_autofree char *found = NULL;
  g_autofree char *description =
      describe_at (camera, (CgRtspProbeOptions){.drops_query = TRUE}, &found, &error);

  g_assert_null (none);
  g_assert_error (unknown, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_no_error (error);
  g_assert_nonnull (description);
  g_assert_true (g_str_has_suffix (found, "/stream"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtsp-probe/q27-sha256", test_q27_sha256);
  g_test_add_func ("/rtsp-probe/q6-wrong-passwords", test_q6_wrong_passwords);
  g_test_add_func ("/rtsp-probe/q29-query", test_q29_query);
  return g_test_run ();
}
