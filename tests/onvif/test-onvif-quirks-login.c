/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The login rows of the quirks, against the simulated camera: each test bears the number of its
 * row. */
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-learnt.h"
#include "cg-onvif-media.h"
#include "cg-onvif-ptz.h"
#include "cg-onvif-session-private.h"
#include "sim-fixture.h"

#define HOUR_S 3600

static gboolean
read_profiles (CgOnvifSession *session, GError **error)
{
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, error);

  return profiles != NULL && profiles->len > 0;
}

static void
assert_works (CgOnvifSession *session)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (read_profiles (session, &error));
  g_assert_no_error (error);
}

/* A restart: a new session that was told what the old one had learnt. */
static CgOnvifSession *
make_heir (const SimFixture *fixture, const char *password)
{
  g_autoptr (CgOnvifLearnt) learnt = cg_onvif_session_get_learnt (fixture->session);
  CgOnvifSession *heir =
      cg_onvif_session_new (cg_sim_get_onvif_url (fixture->sim), "admin", password);

  cg_onvif_session_set_learnt (heir, learnt);
  return heir;
}

static guint
count_refused (const SimFixture *fixture)
{
  return cg_sim_count_requests (fixture->sim, "LoginRefused");
}

/* Q3, Q5, Q26, Q27: whatever the camera wants is found within what Q6 allows, and is known to the
 * next session from its first call on. */
static void
test_ladder (void)
{
  static const struct {
    CgSimAuth auth;
    const char *fault;
    const char *arg;
    double skew_s;
    CgOnvifLogin login;
    const char *digest;
    CgOnvifClockMode mode;
    guint max_refused;
  } rows[] = {
      {CG_SIM_AUTH_TOKEN, "Q3", "empty", 0, CG_ONVIF_LOGIN_TOKEN, NULL, 0, 0},
      {CG_SIM_AUTH_TOKEN, "Q3", "400", 0, CG_ONVIF_LOGIN_TOKEN, NULL, 0, 0},
      {CG_SIM_AUTH_TOKEN, "Q3", "401", 0, CG_ONVIF_LOGIN_TOKEN, NULL, 0, 0},
      {CG_SIM_AUTH_BOTH, "Q3", "both", 0, CG_ONVIF_LOGIN_BOTH, "MD5", 0, 0},
      {CG_SIM_AUTH_BOTH, "Q3", "both", -7 * HOUR_S, CG_ONVIF_LOGIN_BOTH, "MD5", 0, 0},
      {CG_SIM_AUTH_DIGEST, NULL, NULL, HOUR_S, CG_ONVIF_LOGIN_DIGEST, "MD5", 0, 0},
      {CG_SIM_AUTH_TOKEN, "Q5", "tells", 0, CG_ONVIF_LOGIN_TOKEN, NULL, CG_ONVIF_CLOCK_LESS_ZONE,
       1},
      {CG_SIM_AUTH_TOKEN, "Q5", "tells", 600, CG_ONVIF_LOGIN_TOKEN, NULL, CG_ONVIF_CLOCK_LESS_ZONE,
       1},
      {CG_SIM_AUTH_TOKEN, "Q5", "checks", 0, CG_ONVIF_LOGIN_TOKEN, NULL, CG_ONVIF_CLOCK_MORE_ZONE,
       1},
      {CG_SIM_AUTH_DIGEST, "Q27", "alone", 0, CG_ONVIF_LOGIN_DIGEST, "SHA-256", 0, 0},
      {CG_SIM_AUTH_DIGEST, "Q27", "beside", 0, CG_ONVIF_LOGIN_DIGEST, "SHA-256", 0, 0},
      {CG_SIM_AUTH_DIGEST, "Q27", "failing", 0, CG_ONVIF_LOGIN_DIGEST, "MD5", 0, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    SimFixture fixture = {NULL, NULL};
    g_test_message ("row %u", i);
    sim_fixture_init_login (&fixture, rows[i].auth, rows[i].fault, rows[i].arg);
    cg_sim_set_clock_skew (fixture.sim, rows[i].skew_s);

    assert_works (fixture.session);

    g_autoptr (CgOnvifLearnt) learnt = cg_onvif_session_get_learnt (fixture.session);
    const guint refused = count_refused (&fixture);
    g_assert_cmpint (learnt->login, ==, rows[i].login);
    g_assert_cmpstr (learnt->digest, ==, rows[i].digest);
    g_assert_cmpint (learnt->clock_mode, ==, rows[i].mode);
    g_assert_cmpstr (learnt->firmware, ==, "V1.0.0");
    g_assert_cmpuint (refused, <=, rows[i].max_refused);
    g_autoptr (CgOnvifSession) copy = cg_onvif_session_copy (fixture.session);
    g_autoptr (CgOnvifSession) heir = make_heir (&fixture, SIM_PASSWORD);
    assert_works (copy);
    assert_works (heir);
    g_assert_cmpuint (count_refused (&fixture), ==, refused);
    sim_fixture_clear (&fixture);
  }
}

/* The box has no clock of its own, and gets the time from the network while it works: to us the
 * camera's clock jumps. */
static void
test_q4_our_clock_is_set (void)
{
  static const double jumps_s[] = {24 * HOUR_S, -24 * HOUR_S};

  for (guint i = 0; i < G_N_ELEMENTS (jumps_s); i++) {
    SimFixture fixture = {NULL, NULL};
    sim_fixture_init_login (&fixture, CG_SIM_AUTH_TOKEN, NULL, NULL);
    assert_works (fixture.session);

    cg_sim_set_clock_skew (fixture.sim, jumps_s[i]);
    fixture.session->clock_base_ms += (gint64)(jumps_s[i] * 1000);
    assert_works (fixture.session);

    g_assert_cmpuint (count_refused (&fixture), ==, 0);
    sim_fixture_clear (&fixture);
  }
}

/* Q5: where the breaker cuts the climb short, the next one goes on with what is left. */
static void
test_q5_goes_on_later (void)
{
  SimFixture fixture = {NULL, NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (CgBreaker) fresh = cg_breaker_new (NULL);
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_TOKEN, "Q5", "checks");
  cg_sim_set_clock_skew (fixture.sim, 9 * HOUR_S); /* its own clock is wrong as well */

  g_assert_false (read_profiles (fixture.session, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  g_assert_cmpuint (count_refused (&fixture), ==, 2);
  cg_onvif_session_set_breaker (fixture.session, fresh); /* half an hour later */

  assert_works (fixture.session);

  g_autoptr (CgOnvifLearnt) learnt = cg_onvif_session_get_learnt (fixture.session);
  g_assert_cmpint (learnt->clock_mode, ==, CG_ONVIF_CLOCK_MORE_ZONE);
  g_assert_cmpuint (count_refused (&fixture), ==, 3);
  sim_fixture_clear (&fixture);
}

/* Q6: whatever the camera offers, two wrong passwords and not one more, however often it is
 * asked, through copies and by whoever inherits the breaker. The account is never locked. */
static void
test_q6_two_wrong_passwords (void)
{
  static const struct {
    CgSimAuth auth;
    const char *fault;
    const char *arg;
    gboolean leaves_room; /* the right one is taken at its first showing */
  } rows[] = {
      {CG_SIM_AUTH_BOTH, NULL, NULL, TRUE},       {CG_SIM_AUTH_DIGEST, NULL, NULL, TRUE},
      {CG_SIM_AUTH_TOKEN, NULL, NULL, TRUE},      {CG_SIM_AUTH_BOTH, "Q3", "both", TRUE},
      {CG_SIM_AUTH_TOKEN, "Q3", "empty", TRUE},   {CG_SIM_AUTH_TOKEN, "Q5", "tells", FALSE},
      {CG_SIM_AUTH_TOKEN, "Q5", "checks", FALSE}, {CG_SIM_AUTH_BOTH, "Q27", "alone", TRUE},
      {CG_SIM_AUTH_BOTH, "Q27", "beside", TRUE},  {CG_SIM_AUTH_DIGEST, "Q27", "failing", FALSE},
      {CG_SIM_AUTH_TOKEN, "Q45", "login", TRUE},  {CG_SIM_AUTH_DIGEST, "Q3", "stale", FALSE},
      {CG_SIM_AUTH_BOTH, "Q3", "stale", FALSE},   {CG_SIM_AUTH_DIGEST, "Q3", "closes", TRUE},
      {CG_SIM_AUTH_TOKEN, "Q3", "closes", TRUE},  {CG_SIM_AUTH_BOTH, "Q3", "closes", TRUE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    SimFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    g_test_message ("row %u", i);
    sim_fixture_init_login (&fixture, rows[i].auth, rows[i].fault, rows[i].arg);
    sim_fixture_set_fault (&fixture, "Q6", "3");
    g_autoptr (CgOnvifSession) stranger =
        cg_onvif_session_new (cg_sim_get_onvif_url (fixture.sim), "admin", "wrong");
    g_autoptr (CgOnvifSession) copy = cg_onvif_session_copy (stranger);

    for (guint k = 0; k < 4; k++) {
      g_clear_error (&error);
      g_assert_false (read_profiles (k % 2 == 0 ? stranger : copy, &error));
      g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    }

    g_assert_cmpuint (count_refused (&fixture), >, 0);
    g_assert_cmpuint (count_refused (&fixture), <=, 2);
    g_assert_null (strstr (error->message, "wrong\""));
    if (rows[i].leaves_room)
      assert_works (fixture.session);
    sim_fixture_clear (&fixture);
  }
}

/* Q6: a login that was learnt and is no longer right costs no more. */
static void
test_q6_learnt_and_changed (void)
{
  static const CgSimAuth auths[] = {CG_SIM_AUTH_BOTH, CG_SIM_AUTH_DIGEST, CG_SIM_AUTH_TOKEN};

  for (guint i = 0; i < G_N_ELEMENTS (auths); i++) {
    SimFixture fixture = {NULL, NULL};
    sim_fixture_init_login (&fixture, auths[i], NULL, NULL);
    assert_works (fixture.session);
    g_autoptr (CgOnvifSession) heir = make_heir (&fixture, "wrong");

    for (guint k = 0; k < 4; k++) {
      g_autoptr (GError) error = NULL;
      g_assert_false (read_profiles (heir, &error));
      g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    }

    g_assert_cmpuint (count_refused (&fixture), <=, 2);
    sim_fixture_clear (&fixture);
  }
}

/* Q6: a camera that has taken the login and from then on calls every nonce old, as one may whose
 * password was changed. Another session may have used up the first; what was given just now was
 * not. */
static void
test_q6_stale_for_ever (void)
{
  SimFixture fixture = {NULL, NULL};
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_DIGEST, NULL, NULL);
  assert_works (fixture.session);
  g_autoptr (CgOnvifSession) copy = cg_onvif_session_copy (fixture.session);

  sim_fixture_set_fault (&fixture, "Q3", "stale");
  for (guint k = 0; k < 6; k++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (read_profiles (k % 2 == 0 ? fixture.session : copy, &error));
    g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  }

  g_assert_cmpuint (count_refused (&fixture), <=, 3);
  sim_fixture_clear (&fixture);
}

static gboolean
move (CgOnvifSession *session, const char *profile, GError **error)
{
  const CgOnvifVelocity right = {.move_pan_tilt = TRUE, .pan = 1};

  return cg_onvif_ptz_continuous_move_in_thread (session, profile, &right, 1000, error);
}

/* Q35: forbidden moves, ever so many, are no wrong passwords, whether or not they were allowed
 * before. */
static void
test_q35_is_no_lockout (void)
{
  static const CgSimAuth auths[] = {CG_SIM_AUTH_BOTH, CG_SIM_AUTH_DIGEST, CG_SIM_AUTH_TOKEN};
  static const char *const forms[] = {"fault", "401", "403"};

  for (guint i = 0; i < 2 * G_N_ELEMENTS (auths) * G_N_ELEMENTS (forms); i++) {
    const gboolean was_allowed = i % 2 == 1;
    const char *form = forms[i / 2 % G_N_ELEMENTS (forms)];
    SimFixture fixture = {NULL, NULL};
    g_test_message ("row %u", i);
    sim_fixture_init_login (&fixture, auths[i / 2 / G_N_ELEMENTS (forms)], NULL, NULL);
    g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (fixture.session, NULL);
    const char *profile = cg_onvif_profile_choose_ptz (profiles)->token;
    g_assert_true (!was_allowed || move (fixture.session, profile, NULL));
    sim_fixture_set_fault (&fixture, "Q35", form);

    for (guint k = 0; k < 5; k++) {
      g_autoptr (GError) error = NULL;
      g_assert_false (move (fixture.session, profile, &error));
      g_assert_error (error, CG_ERROR, CG_ERROR_NOT_PERMITTED);
    }

    assert_works (fixture.session);
    g_assert_cmpuint (count_refused (&fixture), ==, 0);
    sim_fixture_clear (&fixture);
  }
}

/* What was learnt from another firmware is forgotten. */
static void
test_firmware_changes (void)
{
  SimFixture fixture = {NULL, NULL};
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_TOKEN, NULL, NULL);
  const CgOnvifLearnt old = {
      .firmware = (char *)"V0.9",
      .login = CG_ONVIF_LOGIN_BOTH,
      .digest = (char *)"MD5",
      .refuses_timeout = TRUE,
      .stop_form = CG_ONVIF_STOP_ZERO,
      .media = CG_ONVIF_MEDIA_1,
  };
  cg_onvif_session_set_learnt (fixture.session, &old);

  assert_works (fixture.session);

  g_autoptr (CgOnvifLearnt) learnt = cg_onvif_session_get_learnt (fixture.session);
  g_assert_cmpstr (learnt->firmware, ==, "V1.0.0");
  g_assert_cmpint (learnt->login, ==, CG_ONVIF_LOGIN_TOKEN);
  g_assert_null (learnt->digest);
  g_assert_false (learnt->refuses_timeout);
  g_assert_cmpint (learnt->stop_form, ==, CG_ONVIF_STOP_UNKNOWN);
  g_assert_cmpint (learnt->media, ==, CG_ONVIF_MEDIA_BOTH);
  sim_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/quirks/q3-q4-q5-q26-q27-ladder", test_ladder);
  g_test_add_func ("/onvif/quirks/q4-our-clock-is-set", test_q4_our_clock_is_set);
  g_test_add_func ("/onvif/quirks/q5-goes-on-later", test_q5_goes_on_later);
  g_test_add_func ("/onvif/quirks/q6-two-wrong-passwords", test_q6_two_wrong_passwords);
  g_test_add_func ("/onvif/quirks/q6-learnt-and-changed", test_q6_learnt_and_changed);
  g_test_add_func ("/onvif/quirks/q6-stale-for-ever", test_q6_stale_for_ever);
  g_test_add_func ("/onvif/quirks/q35-is-no-lockout", test_q35_is_no_lockout);
  g_test_add_func ("/onvif/quirks/firmware-changes", test_firmware_changes);
  return g_test_run ();
}
