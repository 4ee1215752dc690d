/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One answer, given by a camera to each operation it may belong to: whatever it says, the call ends
 * with a result or with an error that can be put into words. */
#include "fuzz-main.h"

#include <stdlib.h>
#include <string.h>

#include "cg-onvif-care.h"
#include "cg-onvif-device.h"
#include "cg-onvif-events.h"
#include "cg-onvif-ptz.h"
#include "fake-camera.h"

/* A new camera so often: it keeps its threads to its end. */
#define INPUTS_OF_ONE 100

/* An answer from memory comes at once; one that does not is a fault of ours. */
#define TIMEOUT_MS 20000
#define LIFE_MS 60000

#define SERVICE(uri, path)                                                                         \
  "<tds:Service><tds:Namespace>" uri "</tds:Namespace><tds:XAddr>http://192.0.2.1/" path           \
  "</tds:XAddr></tds:Service>"
#define SERVICES                                                                                   \
  "<tds:GetServicesResponse>" SERVICE ("http://www.onvif.org/ver10/media/wsdl", "media")           \
      SERVICE ("http://www.onvif.org/ver20/media/wsdl", "media2")                                  \
          SERVICE ("http://www.onvif.org/ver20/ptz/wsdl", "ptz") SERVICE (                         \
              "http://www.onvif.org/ver10/events/wsdl", "events") "</tds:GetServicesResponse>"

static const CgOnvifPullPoint point = {.address = (char *)"http://127.0.0.1/pull"};
static const CgOnvifVelocity velocity = {.move_pan_tilt = TRUE, .pan = 0.5};

static void
drop_list (GPtrArray *list)
{
  g_clear_pointer (&list, g_ptr_array_unref);
}

static void
drop_text (char *text)
{
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
  g_free (text);
}

static void
get_device_information (CgOnvifSession *session, GError **error)
{
  g_autoptr (CgOnvifDeviceInformation) information =
      cg_onvif_device_get_information_in_thread (session, error);
}

static void
get_time (CgOnvifSession *session, GError **error)
{
  g_autoptr (CgOnvifDateTime) time =
      cg_onvif_device_get_system_date_and_time_in_thread (session, error);
}

static void
set_time (CgOnvifSession *session, GError **error)
{
  cg_onvif_device_set_date_and_time_in_thread (session, LIFE_MS, error);
}

static void
get_services (CgOnvifSession *session, GError **error)
{
  drop_list (cg_onvif_device_get_services_in_thread (session, error));
}

static void
get_capabilities (CgOnvifSession *session, GError **error)
{
  drop_list (cg_onvif_device_get_capabilities_in_thread (session, error));
}

static void
get_interfaces (CgOnvifSession *session, GError **error)
{
  g_auto (GStrv) macs = cg_onvif_device_get_macs_in_thread (session, error);
}

static void
get_place (CgOnvifSession *session, GError **error)
{
  CgOnvifPlace place = {0};

  cg_onvif_device_get_geo_location_in_thread (session, &place, error);
}

static void
start_upgrade (CgOnvifSession *session, GError **error)
{
  g_autoptr (CgOnvifUpgrade) upgrade = cg_onvif_device_start_upgrade_in_thread (session, error);
}

static void
reboot (CgOnvifSession *session, GError **error)
{
  cg_onvif_device_reboot_in_thread (session, error);
}

static void
get_profiles (CgOnvifSession *session, GError **error)
{
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, error);

  for (guint i = 0; profiles != NULL && i < profiles->len; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    g_assert_true (g_utf8_validate (profile->token, -1, NULL));
    g_assert_true (g_utf8_validate (profile->name, -1, NULL));
  }
  if (profiles != NULL)
    cg_onvif_profile_choose (profiles, NULL);
}

static void
get_stream_uri (CgOnvifSession *session, GError **error)
{
  drop_text (cg_onvif_media_get_stream_uri_in_thread (session, "p", error));
}

static void
get_snapshot_uri (CgOnvifSession *session, GError **error)
{
  drop_text (cg_onvif_media_get_snapshot_uri_in_thread (session, "p", error));
}

static void
synchronize (CgOnvifSession *session, GError **error)
{
  cg_onvif_media_set_synchronization_point_in_thread (session, "p", error);
}

static void
set_encoder (CgOnvifSession *session, GError **error)
{
  const CgOnvifEncoderWish wish = {.fps = 10};

  cg_onvif_media_set_encoder_in_thread (session, "v", &wish, error);
}

static void
get_facts (CgOnvifSession *session, GError **error)
{
  CgOnvifProfile profile = {.token = (char *)"p",
                            .name = (char *)"p",
                            .ptz_configuration = (char *)"ptz",
                            .ptz_node = (char *)"node"};
  g_autoptr (CgOnvifPtzFacts) facts = cg_onvif_ptz_get_facts_in_thread (session, &profile, error);
}

static void
get_status (CgOnvifSession *session, GError **error)
{
  CgOnvifPtzStatus status = {0};

  cg_onvif_ptz_get_status_in_thread (session, "p", &status, error);
}

static void
move (CgOnvifSession *session, GError **error)
{
  cg_onvif_ptz_continuous_move_in_thread (session, "p", &velocity, 1000, error);
}

static void
step (CgOnvifSession *session, GError **error)
{
  cg_onvif_ptz_relative_move_in_thread (session, "p", &velocity, error);
}

static void
stop (CgOnvifSession *session, GError **error)
{
  cg_onvif_ptz_stop_in_thread (session, "p", TRUE, TRUE, error);
}

static void
get_presets (CgOnvifSession *session, GError **error)
{
  drop_list (cg_onvif_ptz_get_presets_in_thread (session, "p", error));
}

static void
set_preset (CgOnvifSession *session, GError **error)
{
  drop_text (cg_onvif_ptz_set_preset_in_thread (session, "p", NULL, "name", error));
}

static void
go_to_preset (CgOnvifSession *session, GError **error)
{
  cg_onvif_ptz_goto_preset_in_thread (session, "p", "1", error);
}

static void
remove_preset (CgOnvifSession *session, GError **error)
{
  cg_onvif_ptz_remove_preset_in_thread (session, "p", "1", error);
}

static void
subscribe (CgOnvifSession *session, GError **error)
{
  g_autoptr (CgOnvifPullPoint) made = cg_onvif_events_subscribe_in_thread (session, LIFE_MS, error);
}

static void
pull (CgOnvifSession *session, GError **error)
{
  drop_list (cg_onvif_events_pull_in_thread (session, &point, 0, 10, error));
}

static void
renew (CgOnvifSession *session, GError **error)
{
  g_autoptr (CgOnvifPullPoint) copy = cg_onvif_pull_point_copy (&point);

  cg_onvif_events_renew_in_thread (session, copy, LIFE_MS, error);
}

static void
unsubscribe (CgOnvifSession *session, GError **error)
{
  cg_onvif_events_unsubscribe_in_thread (session, &point, error);
}

static const struct {
  const char *operation;
  void (*call) (CgOnvifSession *session, GError **error);
} rows[] = {
    {"GetProfiles", get_profiles},
    {"GetDeviceInformation", get_device_information},
    {"GetSystemDateAndTime", get_time},
    {"SetSystemDateAndTime", set_time},
    {"GetServices", get_services},
    {"GetCapabilities", get_capabilities},
    {"GetNetworkInterfaces", get_interfaces},
    {"GetGeoLocation", get_place},
    {"StartFirmwareUpgrade", start_upgrade},
    {"SystemReboot", reboot},
    {"GetStreamUri", get_stream_uri},
    {"GetSnapshotUri", get_snapshot_uri},
    {"SetSynchronizationPoint", synchronize},
    {"GetVideoEncoderConfiguration", set_encoder},
    {"GetConfigurations", get_facts},
    {"GetNodes", get_facts},
    {"GetStatus", get_status},
    {"ContinuousMove", move},
    {"RelativeMove", step},
    {"Stop", stop},
    {"GetPresets", get_presets},
    {"SetPreset", set_preset},
    {"GotoPreset", go_to_preset},
    {"RemovePreset", remove_preset},
    {"CreatePullPointSubscription", subscribe},
    {"PullMessages", pull},
    {"Renew", renew},
    {"Unsubscribe", unsubscribe},
};

static FakeCamera *camera;
static CgOnvifSession *pristine;

static void
tear_down (void)
{
  g_clear_pointer (&pristine, cg_onvif_session_free);
  g_clear_pointer (&camera, fake_camera_free);
}

static void
set_up (void)
{
  static gboolean is_registered;
  g_autofree char *services = fake_envelope (SERVICES);
  g_autoptr (GError) error = NULL;

  tear_down ();
  if (!is_registered)
    atexit (tear_down);
  is_registered = TRUE;
  camera = fake_camera_new ();
  fake_camera_answer (camera, "GetServices", 200, services);
  g_autofree char *address = fake_camera_dup_address (camera);
  pristine = cg_onvif_session_new (address, NULL, NULL);
  cg_onvif_session_set_timeout_ms (pristine, TIMEOUT_MS);
  cg_onvif_session_connect_in_thread (pristine, &error);
  g_assert_no_error (error);
}

static void
try_row (guint row, const char *text)
{
  g_autoptr (CgOnvifSession) session = cg_onvif_session_copy (pristine);
  g_autoptr (GError) error = NULL;

  fake_camera_answer (camera, rows[row].operation, 200, text);
  rows[row].call (session, &error);
  if (error != NULL) {
    g_assert_true (error->domain == CG_ERROR);
    g_assert_cmpint (error->code, !=, CG_ERROR_TIMED_OUT);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
  fake_camera_forget (camera);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static guint count;
  g_autofree char *text = g_strndup ((const char *)data, size);
  gboolean was_tried = FALSE;

  if (count++ % INPUTS_OF_ONE == 0)
    set_up ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *response = g_strconcat (rows[i].operation, "Response", NULL);

    if (strstr (text, response) == NULL)
      continue;
    try_row (i, text);
    was_tried = TRUE;
  }
  if (!was_tried)
    try_row (0, text);
  return 0;
}
