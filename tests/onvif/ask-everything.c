/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks a simulated camera everything camgate can ask, and leaves requests and answers in a folder:
 *
 *   ask-everything FOLDER
 *
 * for check-requests.py, and as seeds of the fuzzers. */
#include "cg-onvif-care.h"
#include "cg-onvif-device.h"
#include "cg-onvif-events.h"
#include "cg-onvif-ptz.h"
#include "cg-sim.h"

#define PASSWORD "p@ss:#%w/rd"
#define LIFE_MS 60000
#define UTC_MS (G_GINT64_CONSTANT (1900000000) * 1000)

static void
ask_device (CgOnvifSession *session, GError **error)
{
  CgOnvifPlace place = {0};

  g_autoptr (CgOnvifDeviceInformation) information =
      cg_onvif_device_get_information_in_thread (session, error);
  g_assert_no_error (*error);
  g_autoptr (CgOnvifDateTime) time =
      cg_onvif_device_get_system_date_and_time_in_thread (session, error);
  g_assert_no_error (*error);
  g_autoptr (GPtrArray) services = cg_onvif_device_get_services_in_thread (session, error);
  g_assert_no_error (*error);
  g_autoptr (GPtrArray) capabilities = cg_onvif_device_get_capabilities_in_thread (session, error);
  g_assert_no_error (*error);
  g_auto (GStrv) macs = cg_onvif_device_get_macs_in_thread (session, error);
  g_assert_no_error (*error);
  g_assert_true (cg_onvif_device_set_date_and_time_in_thread (session, UTC_MS, error));
  cg_onvif_device_get_geo_location_in_thread (session, &place, error);
  g_assert_no_error (*error);
  g_autoptr (CgOnvifUpgrade) upgrade = cg_onvif_device_start_upgrade_in_thread (session, error);
  g_assert_no_error (*error);
}

static void
ask_media (CgOnvifSession *session, const char *profile, GError **error)
{
  const CgOnvifEncoderWish wish = {.fps = 10, .bitrate_kbps = 1000, .gop = 20};

  g_autofree char *stream = cg_onvif_media_get_stream_uri_in_thread (session, profile, error);
  g_assert_no_error (*error);
  g_autofree char *snapshot = cg_onvif_media_get_snapshot_uri_in_thread (session, profile, error);
  g_assert_no_error (*error);
  g_assert_true (cg_onvif_media_set_synchronization_point_in_thread (session, profile, error));
  cg_onvif_media_set_encoder_in_thread (session, "main", &wish, error);
  g_assert_no_error (*error);
}

static void
ask_ptz (CgOnvifSession *session, const CgOnvifProfile *profile, GError **error)
{
  const CgOnvifVelocity both = {
      .move_pan_tilt = TRUE, .pan = 0.5, .tilt = -0.25, .move_zoom = TRUE, .zoom = 1e-5};
  const CgOnvifVelocity zoom = {.move_zoom = TRUE, .zoom = -1};
  const char *token = profile->token;
  CgOnvifPtzStatus status = {0};

  g_autoptr (CgOnvifPtzFacts) facts = cg_onvif_ptz_get_facts_in_thread (session, profile, error);
  g_assert_no_error (*error);
  g_assert_true (cg_onvif_ptz_get_status_in_thread (session, token, &status, error));
  g_assert_true (cg_onvif_ptz_continuous_move_in_thread (session, token, &both, 1500, error));
  g_assert_true (cg_onvif_ptz_continuous_move_in_thread (session, token, &zoom, 0, error));
  g_assert_true (cg_onvif_ptz_stop_in_thread (session, token, TRUE, FALSE, error));
  cg_onvif_ptz_relative_move_in_thread (session, token, &both, error);
  g_clear_error (error); /* asked is enough */
  g_autofree char *preset =
      cg_onvif_ptz_set_preset_in_thread (session, token, NULL, "<T\xc3\xbcr & Tor>", error);
  g_assert_no_error (*error);
  g_autofree char *again = cg_onvif_ptz_set_preset_in_thread (session, token, preset, NULL, error);
  g_assert_no_error (*error);
  g_autoptr (GPtrArray) presets = cg_onvif_ptz_get_presets_in_thread (session, token, error);
  g_assert_no_error (*error);
  g_assert_true (cg_onvif_ptz_goto_preset_in_thread (session, token, preset, error));
  g_assert_true (cg_onvif_ptz_remove_preset_in_thread (session, token, preset, error));
}

static void
ask_events (CgOnvifSession *session, GError **error)
{
  g_autoptr (CgOnvifPullPoint) point =
      cg_onvif_events_subscribe_in_thread (session, LIFE_MS, error);

  g_assert_no_error (*error);
  g_autoptr (GPtrArray) list = cg_onvif_events_pull_in_thread (session, point, 1000, 10, error);
  g_assert_no_error (*error);
  g_assert_true (cg_onvif_events_renew_in_thread (session, point, LIFE_MS, error));
  g_assert_true (cg_onvif_events_unsubscribe_in_thread (session, point, error));
}

/* The same camera with one media service or the other. */
static void
ask_everything (CgSimAuth auth, const char *fault, const char *arg)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  options.password = PASSWORD;
  options.auth = auth;
  g_autoptr (CgSim) sim = cg_sim_new (&options);
  g_assert_true (fault == NULL || cg_sim_set_fault (sim, fault, arg, NULL));
  g_assert_true (cg_sim_start (sim, NULL));
  g_autoptr (CgOnvifSession) session =
      cg_onvif_session_new (cg_sim_get_onvif_url (sim), "admin", PASSWORD);

  ask_device (session, &error);
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, &error);
  g_assert_no_error (error);
  const CgOnvifProfile *profile = cg_onvif_profile_choose_ptz (profiles);
  ask_media (session, profile->token, &error);
  ask_ptz (session, profile, &error);
  ask_events (session, &error);
  g_assert_true (cg_onvif_device_reboot_in_thread (session, &error));
}

int
main (int argc, char **argv)
{
  if (argc != 2) {
    g_printerr ("usage: %s FOLDER\n", argv[0]);
    return 64;
  }
  g_setenv ("CAMGATE_SIM_RECORD", argv[1], TRUE);
  ask_everything (CG_SIM_AUTH_TOKEN, NULL, NULL);
  ask_everything (CG_SIM_AUTH_DIGEST, NULL, NULL);
  ask_everything (CG_SIM_AUTH_NONE, "Q28", "fails2");
  return 0;
}
