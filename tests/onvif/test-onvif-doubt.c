/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-clock-dummy.h"
#include "onvif-fixture.h"

/* As if the pause of a breaker had passed. For the new one no call takes long. */
static void
renew_breaker (CgOnvifSession *session)
{
  g_autoptr (CgClock) clock = CG_CLOCK (cg_clock_dummy_new ());
  g_autoptr (CgBreaker) fresh = cg_breaker_new (clock);

  cg_onvif_session_set_breaker (session, fresh);
}

/* Q35: one call is forbidden. That is no bad password, as another call shows. */
static void
test_forbidden_call (void)
{
  static const guint logins[] = {FAKE_LOGIN_DIGEST, FAKE_LOGIN_TOKEN};

  for (guint i = 0; i < G_N_ELEMENTS (logins); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    onvif_fixture_set_up_login (&fixture, NULL);
    fake_camera_require (fixture.camera, logins[i], FAKE_REFUSE_401);
    fake_camera_forbid (fixture.camera, "ContinuousMove");
    g_assert_true (onvif_fixture_get_profiles (fixture.session, NULL));
    fake_camera_forget (fixture.camera);

    const gboolean moved = onvif_fixture_move (fixture.session, &error);

    g_assert_false (moved);
    g_assert_error (error, CG_ERROR, CG_ERROR_NOT_PERMITTED);
    g_assert_cmpuint (fake_camera_count (fixture.camera, "ContinuousMove"), ==, 1);
    g_assert_cmpuint (fake_camera_count (fixture.camera, "GetDeviceInformation"), ==,
                      logins[i] == FAKE_LOGIN_DIGEST ? 0 : 1);
    g_assert_cmpuint (fake_camera_count (fixture.camera, NULL), <=, 3);
    for (guint k = 0; k < 5; k++)
      g_assert_false (onvif_fixture_move (fixture.session, NULL));
    g_assert_true (onvif_fixture_get_profiles (fixture.session, NULL));
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

/* Every kind of login that a camera may want. */
static const guint LOGINS[] = {FAKE_LOGIN_DIGEST, FAKE_LOGIN_TOKEN, FAKE_LOGIN_BOTH,
                               FAKE_LOGIN_DIGEST | FAKE_LOGIN_TOKEN};

static void
set_up_and_change_password (OnvifFixture *fixture, guint logins)
{
  onvif_fixture_set_up_login (fixture, NULL);
  fake_camera_require (fixture->camera, logins, FAKE_REFUSE_401);
  g_assert_true (onvif_fixture_get_profiles (fixture->session, NULL));
  fake_camera_set_password (fixture->camera, "another");
  fake_camera_forget (fixture->camera);
}

/* The password was changed while we were logged in: a call that was allowed a moment ago meets it,
 * which looks forbidden (Q35), and is not. */
static void
test_password_is_changed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (LOGINS); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    set_up_and_change_password (&fixture, LOGINS[i]);

    g_assert_false (onvif_fixture_get_profiles (fixture.session, &error));

    g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    g_assert_cmpuint (fake_camera_count_passwords (fixture.camera), ==, 2);
    g_assert_false (onvif_fixture_move (fixture.session, NULL));
    g_assert_cmpuint (fake_camera_count_passwords (fixture.camera), ==, 2);

    fake_camera_set_password (fixture.camera, ONVIF_FIXTURE_PASSWORD);
    renew_breaker (fixture.session);
    g_clear_error (&error);
    g_assert_true (onvif_fixture_get_profiles (fixture.session, &error));
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

/* Nobody can tell whether it is forbidden (Q35) or the password is wrong: the call fails for what
 * kept us from knowing, and counts against the password (Q6). */
static void
test_nobody_can_tell (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fake_camera_require (fixture->camera, FAKE_LOGIN_TOKEN, FAKE_REFUSE_401);
  g_assert_true (onvif_fixture_move (fixture->session, NULL));
  fake_camera_forbid (fixture->camera, "ContinuousMove");
  fake_camera_behave (fixture->camera, "GetDeviceInformation", FAKE_HANG);
  cg_onvif_session_set_timeout_ms (fixture->session, 100);

  g_assert_false (onvif_fixture_move (fixture->session, &error));

  g_assert_error (error, CG_ERROR, CG_ERROR_TIMED_OUT);
  g_assert_false (
      cg_breaker_is_proven (cg_onvif_session_get_breaker (fixture->session), CG_BREAKER_SOAP));
}

/* Q6: the password was changed, and the first call that meets it was never made before: it looks
 * forbidden (Q35), and is not. */
static void
test_q6_password_is_changed_before_a_new_call (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (LOGINS); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    set_up_and_change_password (&fixture, LOGINS[i]);

    g_assert_false (onvif_fixture_move (fixture.session, &error));

    g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    for (guint k = 0; k < 5; k++)
      g_assert_false (onvif_fixture_move (fixture.session, NULL));
    g_assert_cmpuint (fake_camera_count_passwords (fixture.camera), ==, 2);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

/* A call in a thread of its own. */
typedef struct {
  CgOnvifSession *session;
  gboolean (*ask) (CgOnvifSession *session, GError **error);
  GError *error;
} Caller;

static gpointer
call_at_once (gpointer data)
{
  Caller *caller = data;

  caller->ask (caller->session, &caller->error);
  return NULL;
}

static void
caller_init (Caller *self, OnvifFixture *fixture)
{
  self->session = cg_onvif_session_copy (fixture->session);
  g_assert_true (onvif_fixture_get_profiles (self->session, NULL));
}

static void
caller_clear (Caller *self)
{
  g_clear_error (&self->error);
  cg_onvif_session_free (self->session);
}

/* Two calls are refused at once, which may be for the password or for what they want (Q35). One
 * question tells for both, and is the last that shows a wrong password (Q6). */
static void
test_q6_two_calls_at_once (void)
{
  static const struct {
    guint login;
    gboolean is_forbidden; /* else the password was changed */
    CgError code;
  } rows[] = {
      {FAKE_LOGIN_DIGEST, FALSE, CG_ERROR_LOGIN_REFUSED},
      {FAKE_LOGIN_TOKEN, FALSE, CG_ERROR_LOGIN_REFUSED},
      {FAKE_LOGIN_BOTH, FALSE, CG_ERROR_LOGIN_REFUSED},
      {FAKE_LOGIN_TOKEN, TRUE, CG_ERROR_NOT_PERMITTED},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    OnvifFixture fixture = {NULL, NULL};
    Caller callers[] = {{.ask = onvif_fixture_move}, {.ask = onvif_fixture_move}};
    GThread *threads[G_N_ELEMENTS (callers)];
    g_test_message ("row %u", i);
    onvif_fixture_set_up_login (&fixture, NULL);
    fake_camera_require (fixture.camera, rows[i].login, FAKE_REFUSE_401);
    renew_breaker (fixture.session);
    g_assert_true (onvif_fixture_move (fixture.session, NULL));
    g_assert_true (onvif_fixture_get_profiles (fixture.session, NULL));
    for (guint k = 0; k < G_N_ELEMENTS (callers); k++)
      caller_init (&callers[k], &fixture);
    if (rows[i].is_forbidden)
      fake_camera_forbid (fixture.camera, "ContinuousMove");
    else
      fake_camera_set_password (fixture.camera, "another");
    fake_camera_forget (fixture.camera);

    fake_camera_gather (fixture.camera, G_N_ELEMENTS (callers));
    for (guint k = 0; k < G_N_ELEMENTS (callers); k++)
      threads[k] = g_thread_new ("caller", call_at_once, &callers[k]);
    for (guint k = 0; k < G_N_ELEMENTS (callers); k++) {
      g_thread_join (threads[k]);
      g_assert_error (callers[k].error, CG_ERROR, (int)rows[i].code);
      caller_clear (&callers[k]);
    }

    g_assert_cmpint (onvif_fixture_get_profiles (fixture.session, NULL), ==, rows[i].is_forbidden);
    g_assert_cmpuint (fake_camera_count_passwords (fixture.camera), ==,
                      rows[i].is_forbidden ? 4 : 3);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

/* Q6: while one session asks whether the login is still right, the calls of others wait; until they
 * are given up, or know. */
static void
test_q6_others_wait (OnvifFixture *fixture, gconstpointer data)
{
  Caller asker = {.ask = onvif_fixture_move}, waiting = {.ask = onvif_fixture_get_profiles};
  fake_camera_require (fixture->camera, FAKE_LOGIN_TOKEN, FAKE_REFUSE_401);
  g_assert_true (onvif_fixture_get_profiles (fixture->session, NULL));
  caller_init (&asker, fixture);
  caller_init (&waiting, fixture);
  fake_camera_forbid (fixture->camera, "ContinuousMove");
  fake_camera_behave (fixture->camera, "GetDeviceInformation", FAKE_HANG);
  fake_camera_forget (fixture->camera);
  GThread *asking = g_thread_new ("asker", call_at_once, &asker);
  g_assert_true (fake_camera_wait_for (fixture->camera, "GetDeviceInformation"));

  cg_onvif_session_set_timeout_ms (fixture->session, 1);
  g_autoptr (GError) error = NULL;
  g_assert_false (onvif_fixture_get_profiles (fixture->session, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_TIMED_OUT);
  cg_onvif_session_begin_job (waiting.session);
  GThread *giving_up = g_thread_new ("waiting", call_at_once, &waiting);
  cg_onvif_session_abort (waiting.session);
  g_thread_join (giving_up);
  g_assert_error (waiting.error, CG_ERROR, CG_ERROR_CANCELLED);
  cg_onvif_session_end_job (waiting.session);
  g_clear_error (&waiting.error);
  GThread *patient = g_thread_new ("waiting", call_at_once, &waiting);
  cg_onvif_session_abort (asker.session);
  g_thread_join (patient);

  g_assert_no_error (waiting.error);
  g_thread_join (asking);
  g_assert_error (asker.error, CG_ERROR, CG_ERROR_CANCELLED);
  g_assert_cmpuint (fake_camera_count (fixture->camera, "GetProfiles"), ==, 1);
  caller_clear (&asker);
  caller_clear (&waiting);
}

/* Q35: what the camera has refused for want of a digest says nothing: a session that has no
 * challenge yet meets a call that is forbidden now. */
static void
test_q35_no_challenge_yet (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fake_camera_require (fixture->camera, FAKE_LOGIN_BOTH, FAKE_REFUSE_401);
  g_assert_true (onvif_fixture_move (fixture->session, NULL));
  g_autoptr (CgOnvifSession) copy = cg_onvif_session_copy (fixture->session);
  fake_camera_forbid (fixture->camera, "ContinuousMove");

  g_assert_false (onvif_fixture_move (copy, &error));

  g_assert_error (error, CG_ERROR, CG_ERROR_NOT_PERMITTED);
  g_assert_true (onvif_fixture_get_profiles (fixture->session, NULL));
}

/* Q35: nobody could tell once, which counts as one refusal. A call that was never allowed is not
 * to be the other: the question goes before it. */
static void
test_q35_forbidden_after_doubt (OnvifFixture *fixture, gconstpointer data)
{
  fake_camera_require (fixture->camera, FAKE_LOGIN_TOKEN, FAKE_REFUSE_401);
  fake_camera_forbid (fixture->camera, "ContinuousMove");
  g_assert_true (onvif_fixture_get_profiles (fixture->session, NULL));
  fake_camera_behave (fixture->camera, "GetDeviceInformation", FAKE_HANG);
  cg_onvif_session_set_timeout_ms (fixture->session, 100);
  g_assert_false (onvif_fixture_move (fixture->session, NULL));
  fake_camera_behave (fixture->camera, "GetDeviceInformation", FAKE_ANSWER);
  cg_onvif_session_set_timeout_ms (fixture->session, 5000);
  fake_camera_forget (fixture->camera);

  for (guint i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (onvif_fixture_move (fixture->session, &error));
    g_assert_error (error, CG_ERROR, CG_ERROR_NOT_PERMITTED);
    g_assert_cmpuint (fake_camera_count (fixture->camera, "GetDeviceInformation"), ==, i + 1);
  }
}

/* Q41: a call hangs, as a pull does. It keeps no forbidden call from being told apart (Q35). */
static void
test_q41_a_call_hangs (OnvifFixture *fixture, gconstpointer data)
{
  Caller hanging = {.ask = onvif_fixture_get_profiles};
  g_autoptr (GError) error = NULL;
  fake_camera_require (fixture->camera, FAKE_LOGIN_TOKEN, FAKE_REFUSE_401);
  fake_camera_forbid (fixture->camera, "ContinuousMove");
  g_assert_true (onvif_fixture_get_profiles (fixture->session, NULL));
  caller_init (&hanging, fixture);
  fake_camera_behave (fixture->camera, "GetProfiles", FAKE_HANG);
  fake_camera_forget (fixture->camera);
  GThread *thread = g_thread_new ("hanging", call_at_once, &hanging);
  g_assert_true (fake_camera_wait_for (fixture->camera, "GetProfiles"));

  g_assert_false (onvif_fixture_move (fixture->session, &error));

  g_assert_error (error, CG_ERROR, CG_ERROR_NOT_PERMITTED);
  cg_onvif_session_abort (hanging.session);
  g_thread_join (thread);
  caller_clear (&hanging);
}

#define ADD(path, function)                                                                        \
  g_test_add (path, OnvifFixture, NULL, onvif_fixture_set_up_login, function,                      \
              onvif_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/doubt/q35-forbidden-call", test_forbidden_call);
  g_test_add_func ("/onvif/doubt/password-is-changed", test_password_is_changed);
  ADD ("/onvif/doubt/nobody-can-tell", test_nobody_can_tell);
  g_test_add_func ("/onvif/doubt/q6-password-is-changed-before-a-new-call",
                   test_q6_password_is_changed_before_a_new_call);
  g_test_add_func ("/onvif/doubt/q6-two-calls-at-once", test_q6_two_calls_at_once);
  ADD ("/onvif/doubt/q6-others-wait", test_q6_others_wait);
  ADD ("/onvif/doubt/q35-no-challenge-yet", test_q35_no_challenge_yet);
  ADD ("/onvif/doubt/q35-forbidden-after-doubt", test_q35_forbidden_after_doubt);
  ADD ("/onvif/doubt/q41-a-call-hangs", test_q41_a_call_hangs);
  return g_test_run ();
}
