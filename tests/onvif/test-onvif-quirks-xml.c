/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Q39 and Q40 against the simulated camera: bad XML, and what it wants to be asked like. */
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-learnt.h"
#include "cg-onvif-ptz.h"
#include "sim-fixture.h"

/* Everything a contact needs is read, and a move goes through. */
static void
check_contact (CgOnvifSession *session)
{
  const CgOnvifVelocity right = {.move_pan_tilt = TRUE, .pan = 1};
  g_autoptr (GError) error = NULL;

  g_autoptr (CgOnvifDeviceInformation) information =
      cg_onvif_device_get_information_in_thread (session, &error);
  g_assert_no_error (error);
  g_assert_true (g_utf8_validate (information->manufacturer, -1, NULL));
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, &error);
  g_assert_no_error (error);
  const CgOnvifProfile *ptz = cg_onvif_profile_choose_ptz (profiles);
  g_assert_nonnull (ptz);
  g_assert_cmpstr (ptz->encoding, ==, "H264");
  g_assert_true (g_utf8_validate (ptz->name, -1, NULL));
  g_autoptr (CgOnvifPtzFacts) facts = cg_onvif_ptz_get_facts_in_thread (session, ptz, &error);
  g_assert_no_error (error);
  g_assert_true (facts->has_continuous_pan_tilt);
  g_autofree char *uri = cg_onvif_media_get_stream_uri_in_thread (session, ptz->token, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (uri, "rtsp://127.0.0.1:"));
  g_assert_true (
      cg_onvif_ptz_continuous_move_in_thread (session, ptz->token, &right, 5000, &error));
  g_assert_no_error (error);
}

static const CgSimAuth auths[] = {CG_SIM_AUTH_NONE, CG_SIM_AUTH_DIGEST, CG_SIM_AUTH_TOKEN,
                                  CG_SIM_AUTH_BOTH};

static void
test_bad_xml (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (auths); i++) {
    SimFixture fixture = {NULL, NULL};
    sim_fixture_init_login (&fixture, auths[i], "Q39", data);

    check_contact (fixture.session);

    g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "ContinuousMove"), ==, 1);
    g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "LoginRefused"), ==, 0);
    sim_fixture_clear (&fixture);
  }
}

static void
test_too_large (void)
{
  SimFixture fixture = {NULL, NULL};
  g_autoptr (GError) error = NULL;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_NONE, "Q39", "large");

  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (fixture.session, &error);

  g_assert_null (profiles);
  g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_nonnull (strstr (error->message, "larger than"));
  sim_fixture_clear (&fixture);
}

/* No password goes out in vain on the way to the right version. */
static void
test_soap_version (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (auths); i++) {
    SimFixture fixture = {NULL, NULL};
    sim_fixture_init_login (&fixture, auths[i], "Q40", data);

    check_contact (fixture.session);

    g_autoptr (CgOnvifLearnt) learnt = cg_onvif_session_get_learnt (fixture.session);
    g_assert_cmpint (learnt->soap11, ==, strcmp (data, "action") != 0);
    g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "ContinuousMove"), ==, 1);
    g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "LoginRefused"), ==, 0);
    sim_fixture_clear (&fixture);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/onvif/quirks/q39-utf8", "utf8", test_bad_xml);
  g_test_add_data_func ("/onvif/quirks/q39-prefix", "prefix", test_bad_xml);
  g_test_add_data_func ("/onvif/quirks/q39-unknown", "unknown", test_bad_xml);
  g_test_add_func ("/onvif/quirks/q39-large", test_too_large);
  g_test_add_data_func ("/onvif/quirks/q40-nothing", "nothing", test_soap_version);
  g_test_add_data_func ("/onvif/quirks/q40-400", "400", test_soap_version);
  g_test_add_data_func ("/onvif/quirks/q40-mismatch", "mismatch", test_soap_version);
  g_test_add_data_func ("/onvif/quirks/q40-action", "action", test_soap_version);
  return g_test_run ();
}
