/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-ptz.h"
#include "cg-onvif-session-private.h"
#include "onvif-fixture.h"

#define HALF_A_YEAR_S (183 * 24 * 3600)

/* Whatever login the camera takes and however it refuses, it is found, and then remembered. */
static void
test_ladder (void)
{
  static const struct {
    guint logins;
    FakeRefusal refusal;
    gboolean has_authorization;
    gboolean has_token;
    guint max_passwords; /* until connected */
  } rows[] = {
      {0, FAKE_REFUSE_401, FALSE, FALSE, 0},
      {FAKE_LOGIN_DIGEST, FAKE_REFUSE_401, TRUE, FALSE, 2},
      {FAKE_LOGIN_TOKEN, FAKE_REFUSE_401, FALSE, TRUE, 2},
      {FAKE_LOGIN_TOKEN, FAKE_REFUSE_FAULT, FALSE, TRUE, 2},
      {FAKE_LOGIN_TOKEN, FAKE_REFUSE_400, FALSE, TRUE, 2},
      {FAKE_LOGIN_TOKEN, FAKE_REFUSE_EMPTY, FALSE, TRUE, 2},
      {FAKE_LOGIN_DIGEST | FAKE_LOGIN_TOKEN, FAKE_REFUSE_401, TRUE, FALSE, 2},
      {FAKE_LOGIN_BOTH, FAKE_REFUSE_401, TRUE, TRUE, 4},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    onvif_fixture_set_up_login (&fixture, NULL);
    fake_camera_require (fixture.camera, rows[i].logins, rows[i].refusal);
    g_test_message ("row %u", i);

    gboolean ok = cg_onvif_session_connect_in_thread (fixture.session, &error);

    g_assert_no_error (error);
    g_assert_true (ok);
    g_assert_cmpuint (fake_camera_count_passwords (fixture.camera), <=, rows[i].max_passwords);

    fake_camera_forget (fixture.camera);
    ok = onvif_fixture_get_profiles (fixture.session, &error);

    g_assert_no_error (error);
    g_autoptr (FakeRequest) request = fake_camera_pop (fixture.camera);
    g_assert_cmpstr (request->operation, ==, "GetProfiles");
    g_assert_cmpint (request->has_authorization, ==, rows[i].has_authorization);
    g_assert_cmpint (request->has_token, ==, rows[i].has_token);
    g_assert_cmpuint (fake_camera_count (fixture.camera, NULL), ==, 0);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

/* A wrong password is sent twice and then no more: cameras lock accounts (Q6). */
static void
test_q6_wrong_password (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fake_camera_require (fixture->camera, FAKE_LOGIN_DIGEST | FAKE_LOGIN_TOKEN | FAKE_LOGIN_BOTH,
                       FAKE_REFUSE_401);
  fake_camera_set_password (fixture->camera, "another");

  const gboolean ok = cg_onvif_session_connect_in_thread (fixture->session, &error);

  g_assert_false (ok);
  g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  g_assert_null (strstr (error->message, ONVIF_FIXTURE_PASSWORD));
  g_assert_cmpuint (fake_camera_count_passwords (fixture->camera), ==, 2);
  g_assert_nonnull (strstr (error->message, "30 min"));

  g_clear_error (&error);
  g_autoptr (CgOnvifSession) copy = cg_onvif_session_copy (fixture->session);
  g_assert_false (onvif_fixture_get_profiles (copy, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  g_assert_nonnull (strstr (error->message, "30 min"));
  g_assert_cmpuint (fake_camera_count_passwords (fixture->camera), ==, 2);
}

static void
test_no_login (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = fake_camera_dup_address (fixture->camera);
  g_autoptr (CgOnvifSession) stranger = cg_onvif_session_new (address, NULL, NULL);
  fake_camera_require (fixture->camera, FAKE_LOGIN_TOKEN, FAKE_REFUSE_FAULT);

  const gboolean ok = cg_onvif_session_connect_in_thread (stranger, &error);

  g_assert_false (ok);
  g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  g_assert_cmpuint (fake_camera_count_passwords (fixture->camera), ==, 0);
}

/* Q4: a clock that is wrong by half a year, in either direction. */
static void
test_wrong_clock (void)
{
  static const gint64 skews_s[] = {HALF_A_YEAR_S, -HALF_A_YEAR_S, 20};

  for (guint i = 0; i < G_N_ELEMENTS (skews_s); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    onvif_fixture_set_up_login (&fixture, NULL);
    fake_camera_require (fixture.camera, FAKE_LOGIN_TOKEN, FAKE_REFUSE_FAULT);
    fake_camera_set_skew_s (fixture.camera, skews_s[i]);

    const gboolean ok = onvif_fixture_get_profiles (fixture.session, &error);

    g_assert_no_error (error);
    g_assert_true (ok);
    const gint64 offset_ms = cg_onvif_session_get_clock_offset_ms (fixture.session);
    g_assert_cmpint (ABS (offset_ms - skews_s[i] * 1000), <, 2000);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

/* Q4: the clock was set after we had measured it. */
static void
test_clock_is_set (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fake_camera_require (fixture->camera, FAKE_LOGIN_TOKEN, FAKE_REFUSE_FAULT);
  g_assert_true (onvif_fixture_get_profiles (fixture->session, NULL));
  fake_camera_set_skew_s (fixture->camera, HALF_A_YEAR_S);
  fixture->session->clock_measured_us = 1; /* long ago */
  fake_camera_forget (fixture->camera);

  const gboolean ok = onvif_fixture_get_profiles (fixture->session, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpuint (fake_camera_count (fixture->camera, "GetSystemDateAndTime"), ==, 1);
  g_assert_cmpuint (fake_camera_count (fixture->camera, "GetProfiles"), ==, 2);
}

/* Another login is taken than the one that was learnt, from a camera that reads no token now. */
static void
test_login_kind_changes (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fake_camera_require (fixture->camera, FAKE_LOGIN_TOKEN, FAKE_REFUSE_401);
  g_assert_true (onvif_fixture_get_profiles (fixture->session, NULL));
  fake_camera_require (fixture->camera, FAKE_LOGIN_DIGEST | FAKE_LOGIN_BOTH, FAKE_REFUSE_401);

  const gboolean ok = onvif_fixture_get_profiles (fixture->session, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

/* A nonce that is used up is replaced, and nobody notices. */
static void
test_stale_nonce (OnvifFixture *fixture, gconstpointer data)
{
  fake_camera_require (fixture->camera, FAKE_LOGIN_DIGEST, FAKE_REFUSE_401);
  fake_camera_set_stale_after (fixture->camera, 2);

  for (guint i = 0; i < 7; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (onvif_fixture_get_profiles (fixture->session, &error));
    g_assert_no_error (error);
  }
}

static void
test_copy (void)
{
  static const guint logins[] = {FAKE_LOGIN_DIGEST, FAKE_LOGIN_TOKEN, FAKE_LOGIN_BOTH};

  for (guint i = 0; i < G_N_ELEMENTS (logins); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    onvif_fixture_set_up_login (&fixture, NULL);
    fake_camera_require (fixture.camera, logins[i], FAKE_REFUSE_401);
    fake_camera_set_skew_s (fixture.camera, HALF_A_YEAR_S);
    g_assert_true (onvif_fixture_get_profiles (fixture.session, NULL));
    fake_camera_forget (fixture.camera);

    g_autoptr (CgOnvifSession) copy = cg_onvif_session_copy (fixture.session);
    const gboolean moved = onvif_fixture_move (copy, &error);

    g_assert_no_error (error);
    g_assert_true (moved);
    g_assert_cmpuint (fake_camera_count (fixture.camera, "GetServices"), ==, 0);
    g_assert_cmpuint (fake_camera_count (fixture.camera, "GetSystemDateAndTime"), ==, 0);
    g_assert_cmpuint (fake_camera_count_passwords (fixture.camera), <=, 2);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

/* Q7: the path is the camera's, host and port are those on which we reached it. Q40: the action is
 * always there. Q2: WS-Addressing never is. */
static void
test_request (OnvifFixture *fixture, gconstpointer data)
{
  g_autofree char *host = fake_camera_dup_address (fixture->camera);

  g_assert_true (onvif_fixture_move (fixture->session, NULL));

  for (;;) {
    g_autoptr (FakeRequest) request = fake_camera_pop (fixture->camera);
    if (request == NULL)
      break;
    const gboolean is_move = strcmp (request->operation, "ContinuousMove") == 0;
    g_autofree char *action = g_strdup_printf ("/wsdl/%s\"", request->operation);
    g_assert_cmpstr (request->host, ==, host);
    g_assert_cmpstr (request->target, ==, is_move ? "/onvif/ptz?x=1" : "/onvif/device_service");
    g_assert_false (request->has_addressing);
    g_assert_true (g_str_has_prefix (request->content_type, "application/soap+xml; charset=utf-8"));
    g_assert_nonnull (strstr (request->content_type, action));
    g_assert_cmpuint (request->connection, ==, 1);
  }
}

/* Q26: a login in the address is neither sent nor kept. */
static void
test_login_in_address (OnvifFixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://admin:secret@127.0.0.1:%u/onvif/device_service",
                                          fake_camera_get_port (fixture->camera));
  g_autoptr (CgOnvifSession) session = cg_onvif_session_new (url, NULL, NULL);

  g_assert_true (onvif_fixture_get_profiles (session, NULL));

  g_assert_null (strstr (cg_onvif_session_get_address (session), "secret"));
  g_autoptr (FakeRequest) request = fake_camera_pop (fixture->camera);
  g_assert_null (strstr (request->host, "secret"));
  g_assert_false (request->has_authorization);
}

static void
test_bad_address (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CgOnvifSession) session = cg_onvif_session_new ("ftp://x", NULL, NULL);

  const gboolean ok = onvif_fixture_get_profiles (session, &error);

  g_assert_false (ok);
  g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
}

/* Q45: no GetServices, then GetCapabilities. PTZ, which is not told of, is looked for where it
 * usually is before it is said to be missing (Q44). */
static void
test_capabilities (OnvifFixture *fixture, gconstpointer data)
{
  g_autofree char *fault = fake_fault ("Receiver", "ActionNotSupported", NULL, "no");
  g_autofree char *capabilities =
      fake_envelope ("<tds:GetCapabilitiesResponse><tds:Capabilities>"
                     "<tt:Device><tt:XAddr>http://0.0.0.0/d</tt:XAddr></tt:Device>"
                     "<tt:Media><tt:XAddr>http://0.0.0.0/m</tt:XAddr></tt:Media>"
                     "</tds:Capabilities></tds:GetCapabilitiesResponse>");
  g_autoptr (GError) error = NULL;
  fake_camera_answer (fixture->camera, "GetServices", 500, fault);
  fake_camera_answer (fixture->camera, "GetCapabilities", 200, capabilities);
  fake_camera_answer (fixture->camera, "ContinuousMove", 404, "<html/>");

  g_assert_true (cg_onvif_session_connect_in_thread (fixture->session, NULL));
  fake_camera_forget (fixture->camera);
  g_assert_true (onvif_fixture_get_profiles (fixture->session, NULL));
  const gboolean moved = onvif_fixture_move (fixture->session, &error);

  g_autoptr (FakeRequest) request = fake_camera_pop (fixture->camera);
  g_assert_cmpstr (request->target, ==, "/m");
  g_assert_false (moved);
  g_assert_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED);
  g_assert_cmpuint (fake_camera_count (fixture->camera, "ContinuousMove"), ==, 4);
}

/* Q45: neither, then well-known paths, one after the other; a move is not tried twice on a path
 * that speaks PTZ. */
static void
test_well_known_paths (OnvifFixture *fixture, gconstpointer data)
{
  g_autofree char *unknown = fake_fault ("Receiver", "ActionNotSupported", NULL, "no");
  g_autofree char *empty = fake_envelope ("<trt:GetProfilesResponse/>");
  g_autofree char *busy = fake_fault ("Receiver", "Action", "MovingPTZ", "busy");
  g_autoptr (GError) error = NULL;
  fake_camera_answer (fixture->camera, "GetServices", 500, unknown);
  fake_camera_answer (fixture->camera, "GetCapabilities", 404, "");
  fake_camera_answer (fixture->camera, "GetProfiles", 404, "<html/>");
  fake_camera_answer_once (fixture->camera, "GetProfiles", 200, empty);
  fake_camera_answer (fixture->camera, "ContinuousMove", 500, busy);
  g_assert_true (cg_onvif_session_connect_in_thread (fixture->session, NULL));
  fake_camera_forget (fixture->camera);

  g_assert_true (onvif_fixture_get_profiles (fixture->session, NULL));
  g_assert_true (onvif_fixture_get_profiles (fixture->session, NULL));
  const gboolean moved = onvif_fixture_move (fixture->session, &error);

  static const char *const targets[] = {"/onvif/media_service", "/onvif/Media", "/onvif/Media",
                                        "/onvif/ptz_service"};
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autoptr (FakeRequest) request = fake_camera_pop (fixture->camera);
    g_assert_cmpstr (request->target, ==, targets[i]);
  }
  g_assert_false (moved);
  g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_null (fake_camera_pop (fixture->camera));
}

#define ADD(path, function)                                                                        \
  g_test_add (path, OnvifFixture, NULL, onvif_fixture_set_up_login, function,                      \
              onvif_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/session/ladder", test_ladder);
  ADD ("/onvif/session/q6-wrong-password", test_q6_wrong_password);
  ADD ("/onvif/session/no-login", test_no_login);
  g_test_add_func ("/onvif/session/wrong-clock", test_wrong_clock);
  ADD ("/onvif/session/clock-is-set", test_clock_is_set);
  ADD ("/onvif/session/login-kind-changes", test_login_kind_changes);
  ADD ("/onvif/session/stale-nonce", test_stale_nonce);
  g_test_add_func ("/onvif/session/copy", test_copy);
  ADD ("/onvif/session/request", test_request);
  ADD ("/onvif/session/login-in-address", test_login_in_address);
  g_test_add_func ("/onvif/session/bad-address", test_bad_address);
  ADD ("/onvif/session/capabilities", test_capabilities);
  ADD ("/onvif/session/well-known-paths", test_well_known_paths);
  return g_test_run ();
}
