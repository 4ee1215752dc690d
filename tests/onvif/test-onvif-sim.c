/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our client and the simulated camera, each of which judges the other. */
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-ptz.h"
#include "sim-fixture.h"

/* The whole way of a contact: who it is, what it streams, where, and what its PTZ can do. */
static CgOnvifProfile *
make_contact (CgOnvifSession *session)
{
  g_autoptr (GError) error = NULL;

  g_autoptr (CgOnvifDeviceInformation) information =
      cg_onvif_device_get_information_in_thread (session, &error);
  g_assert_no_error (error);
  g_assert_nonnull (information->firmware_version);
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, &error);
  g_assert_no_error (error);
  const CgOnvifProfile *chosen = cg_onvif_profile_choose (profiles, NULL);
  g_assert_cmpstr (chosen->encoding, ==, "H264");
  g_assert_true (
      cg_onvif_media_set_synchronization_point_in_thread (session, chosen->token, &error));
  g_assert_no_error (error);
  const CgOnvifProfile *ptz = cg_onvif_profile_choose_ptz (profiles);
  g_assert_nonnull (ptz);
  g_autoptr (CgOnvifPtzFacts) facts = cg_onvif_ptz_get_facts_in_thread (session, ptz, &error);
  g_assert_no_error (error);
  g_assert_true (facts->has_continuous_pan_tilt && facts->has_pan_tilt_limits);
  return cg_onvif_profile_copy (ptz);
}

static void
test_contact (void)
{
  static const struct {
    CgSimAuth auth;
    const char *fault;
    const char *arg;
  } rows[] = {
      {CG_SIM_AUTH_NONE, NULL, NULL},       {CG_SIM_AUTH_BOTH, NULL, NULL},
      {CG_SIM_AUTH_DIGEST, NULL, NULL},     {CG_SIM_AUTH_TOKEN, NULL, NULL},
      {CG_SIM_AUTH_TOKEN, "Q3", NULL},      {CG_SIM_AUTH_TOKEN, "Q4", "-15000000"},
      {CG_SIM_AUTH_TOKEN, "Q4", "40"},      {CG_SIM_AUTH_BOTH, "Q7", NULL},
      {CG_SIM_AUTH_DIGEST, "Q34", NULL},    {CG_SIM_AUTH_TOKEN, "Q46", "after"},
      {CG_SIM_AUTH_DIGEST, "Q46", "after"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    SimFixture fixture = {NULL, NULL};
    CgSimOptions options = CG_SIM_OPTIONS_INIT;
    g_autoptr (GError) error = NULL;
    options.password = SIM_PASSWORD;
    options.auth = rows[i].auth;
    g_test_message ("row %u", i);
    sim_fixture_init (&fixture, &options, rows[i].fault, rows[i].arg);

    g_autoptr (CgOnvifProfile) profile = make_contact (fixture.session);
    g_autofree char *uri =
        cg_onvif_media_get_stream_uri_in_thread (fixture.session, profile->token, &error);

    g_assert_no_error (error);
    g_assert_true (g_str_has_prefix (uri, "rtsp://127.0.0.1:"));
    sim_fixture_clear (&fixture);
  }
}

static void
test_wrong_password (void)
{
  static const CgSimAuth auths[] = {CG_SIM_AUTH_BOTH, CG_SIM_AUTH_DIGEST, CG_SIM_AUTH_TOKEN};

  for (guint i = 0; i < G_N_ELEMENTS (auths); i++) {
    SimFixture fixture = {NULL, NULL};
    CgSimOptions options = CG_SIM_OPTIONS_INIT;
    g_autoptr (GError) error = NULL;
    options.password = SIM_PASSWORD;
    options.auth = auths[i];
    sim_fixture_init (&fixture, &options, NULL, NULL);
    g_autoptr (CgOnvifSession) stranger =
        cg_onvif_session_new (cg_sim_get_onvif_url (fixture.sim), "admin", "wrong");

    const gboolean ok = cg_onvif_session_connect_in_thread (stranger, &error);

    g_assert_false (ok);
    g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    sim_fixture_clear (&fixture);
  }
}

/* It moves, one sees it move, and it stops. */
static void
test_move (void)
{
  SimFixture fixture = {NULL, NULL};
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  const CgOnvifVelocity right = {.move_pan_tilt = TRUE, .pan = 1};
  CgOnvifPtzStatus status = {0};
  CgSimPosition position = {0};
  g_autoptr (GError) error = NULL;
  sim_fixture_init (&fixture, &options, NULL, NULL);
  g_autoptr (CgOnvifProfile) profile = make_contact (fixture.session);

  g_assert_true (cg_onvif_ptz_continuous_move_in_thread (fixture.session, profile->token, &right,
                                                         5000, &error));
  g_assert_no_error (error);
  g_assert_true (
      cg_onvif_ptz_get_status_in_thread (fixture.session, profile->token, &status, &error));
  g_assert_true (status.has_move_status && status.moving_pan_tilt && status.has_position);
  g_assert_true (cg_onvif_ptz_stop_in_thread (fixture.session, profile->token, TRUE, TRUE, &error));

  g_assert_no_error (error);
  cg_sim_get_position (fixture.sim, &position);
  g_assert_false (position.moving_pan_tilt || position.moving_zoom);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "ContinuousMove"), ==, 1);
  sim_fixture_clear (&fixture);
}

static void
test_presets (void)
{
  SimFixture fixture = {NULL, NULL};
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  options.max_presets = 1;
  sim_fixture_init (&fixture, &options, NULL, NULL);
  g_autoptr (CgOnvifProfile) profile = make_contact (fixture.session);
  const char *p = profile->token;

  g_autofree char *token =
      cg_onvif_ptz_set_preset_in_thread (fixture.session, p, NULL, "gate", &error);
  g_assert_no_error (error);
  g_autofree char *none = cg_onvif_ptz_set_preset_in_thread (fixture.session, p, NULL, "x", &error);
  g_assert_null (none);
  g_assert_error (error, CG_ERROR, CG_ERROR_TOO_MANY_PRESETS);
  g_clear_error (&error);
  g_assert_true (cg_onvif_ptz_goto_preset_in_thread (fixture.session, p, token, &error));
  g_autoptr (GPtrArray) presets = cg_onvif_ptz_get_presets_in_thread (fixture.session, p, &error);
  g_assert_cmpuint (presets->len, ==, 1);
  g_assert_true (cg_onvif_ptz_remove_preset_in_thread (fixture.session, p, token, &error));
  g_assert_no_error (error);
  g_assert_false (cg_onvif_ptz_goto_preset_in_thread (fixture.session, p, token, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_NO_SUCH_PRESET);

  g_autoptr (JsonArray) left = cg_sim_list_presets (fixture.sim);
  g_assert_cmpuint (json_array_get_length (left), ==, 0);
  sim_fixture_clear (&fixture);
}

/* Q35: it lets us read and not move. */
static void
test_forbidden_move (void)
{
  SimFixture fixture = {NULL, NULL};
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  const CgOnvifVelocity right = {.move_pan_tilt = TRUE, .pan = 1};
  g_autoptr (GError) error = NULL;
  options.password = SIM_PASSWORD;
  sim_fixture_init (&fixture, &options, "Q35", NULL);
  g_autoptr (CgOnvifProfile) profile = make_contact (fixture.session);

  const gboolean moved = cg_onvif_ptz_continuous_move_in_thread (fixture.session, profile->token,
                                                                 &right, 5000, &error);

  g_assert_false (moved);
  g_assert_error (error, CG_ERROR, CG_ERROR_NOT_PERMITTED);
  sim_fixture_clear (&fixture);
}

static void
test_no_ptz (void)
{
  SimFixture fixture = {NULL, NULL};
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  const CgOnvifVelocity right = {.move_pan_tilt = TRUE, .pan = 1};
  g_autoptr (GError) error = NULL;
  options.ptz = FALSE;
  sim_fixture_init (&fixture, &options, NULL, NULL);

  const gboolean moved =
      cg_onvif_ptz_continuous_move_in_thread (fixture.session, "main", &right, 5000, &error);

  g_assert_false (moved);
  g_assert_error (error, CG_ERROR, CG_ERROR_NO_PTZ);
  sim_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/sim/contact", test_contact);
  g_test_add_func ("/onvif/sim/wrong-password", test_wrong_password);
  g_test_add_func ("/onvif/sim/move", test_move);
  g_test_add_func ("/onvif/sim/presets", test_presets);
  g_test_add_func ("/onvif/sim/forbidden-move", test_forbidden_move);
  g_test_add_func ("/onvif/sim/no-ptz", test_no_ptz);
  return g_test_run ();
}
