/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-ptz.h"

/* The answers of real cameras, played back by the script that lies beside them. Where they are not
 * at hand there is nothing to test. */
typedef struct {
  const char *folder;
  const char *model;
  guint n_profiles;     /* 0: they were not recorded */
  const char *encoding; /* of the profile we choose */
  guint width;
  const char *uri;   /* (nullable): was not recorded */
  const char *ptz;   /* (nullable) the first profile with a PTZ configuration */
  gint n_presets;    /* -1: they were not recorded */
  guint max_presets; /* 0: was not told */
  gboolean has_move_status;
} Row;

static const Row rows[] = {
    {"easy_onvif/DCS-6511", "DCS-6511", 2, "H264", 1280, NULL, NULL, -1, 0, FALSE},
    {"easy_onvif/IPD-H4K8M05-BS", "IPD-H4K8M05-BS", 2, "H264", 2592,
     "rtsp://127.0.0.1:8554/1/h264major", "MainStream", 255, 0, FALSE},
    {"easy_onvif/IPG-8150PSS", "IPG-8150PSS", 2, "H264", 2560, "rtsp://127.0.0.1:8554/live/0/MAIN",
     "PROFILE_000", 100, 0, TRUE},
    {"ex_onvif", "MS-C8165-PE", 0, NULL, 0, NULL, NULL, -1, 0, FALSE},
    {"onvif-go-captures/AXIS_P3818-PVE_11.9.60_20260113-142527", "P3818-PVE", 2, "H264", 1920,
     "rtsp://127.0.0.1:8554/onvif-media/media.amp?profile=profile_1_h264&sessiontimeout=60&"
     "streamtype=unicast",
     NULL, -1, 0, FALSE},
    {"onvif-go-captures/AXIS_Q3819-PVE_11.11.181_20260113-142550", "Q3819-PVE", 2, "H264", 8192,
     "rtsp://127.0.0.1:8554/onvif-media/media.amp?profile=profile_1_h264&sessiontimeout=60&"
     "streamtype=unicast",
     NULL, -1, 0, FALSE},
    {"onvif-go-captures/Bosch_AUTODOME_IP_starlight_5000i_7.80.0128_20260113-142522",
     "AUTODOME IP starlight 5000i", 3, "H264", 1536,
     "rtsp://127.0.0.1:8554/rtsp_tunnel?p=0&h26x=4&vcd=2", "0", 2, 0, TRUE},
    {"onvif-go-captures/Bosch_FLEXIDOME_IP_starlight_8000i_7.70.0126_20260113-142539",
     "FLEXIDOME IP starlight 8000i", 3, "H264", 1536,
     "rtsp://127.0.0.1:8554/rtsp_tunnel?p=0&h26x=4&vcd=2", NULL, -1, 0, FALSE},
    {"onvif-go-captures/REOLINK_E1_Zoom_v3.1.0.2649_23083101_20260113-142518", "E1 Zoom", 2, "H264",
     2048, "rtsp://127.0.0.1:8554/", "000", 0, 0, TRUE},
    {"onvif-nvt/axis", "AXIS Q6045-E", 2, "H264", 1280,
     "rtsp://127.0.0.1:8554/onvif-media/media.amp?profile=profile_1_jpeg&sessiontimeout=60&"
     "streamtype=unicast",
     "profile_1_h264", 21, 256, TRUE},
    {"onvif-nvt/hikvision-fixed", "DS-2CD2012-I", 2, "H264", 1280,
     "rtsp://127.0.0.1:8554/Streaming/Channels/2?transportmode=unicast&profile=Profile_2", NULL, -1,
     0, FALSE},
};

typedef struct {
  GSubprocess *process;
  char *url;
} Player;

static void
player_stop (Player *player)
{
  g_subprocess_force_exit (player->process);
  g_subprocess_wait (player->process, NULL, NULL);
  g_object_unref (player->process);
  g_free (player->url);
}

static void
player_start (Player *player, const char *folder)
{
  const char *root = g_getenv ("CAMGATE_RECORDED_DIR");
  g_autofree char *script = g_build_filename (root, "replay.py", NULL);
  g_autofree char *path = g_build_filename (root, folder, NULL);
  g_autoptr (GError) error = NULL;

  player->process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                        "python3", "-B", script, path, NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) output =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (player->process));
  g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (JsonNode) node = json_from_string (line, &error);
  g_assert_no_error (error);
  player->url = g_strdup (json_object_get_string_member (json_node_get_object (node), "onvif"));
}

static void
check_ptz (CgOnvifSession *session, const Row *row, const CgOnvifProfile *profile)
{
  CgOnvifPtzStatus status;
  g_autoptr (GError) error = NULL;

  g_autoptr (CgOnvifPtzFacts) facts = cg_onvif_ptz_get_facts_in_thread (session, profile, &error);
  g_assert_no_error (error);
  g_assert_true (facts->has_continuous_pan_tilt);
  g_assert_cmpuint (facts->max_presets, ==, row->max_presets);

  g_autoptr (GPtrArray) presets =
      cg_onvif_ptz_get_presets_in_thread (session, profile->token, &error);
  g_assert_no_error (error);
  g_assert_cmpint (presets->len, ==, row->n_presets);

  g_assert_true (cg_onvif_ptz_get_status_in_thread (session, profile->token, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status.has_move_status, ==, row->has_move_status);
}

static void
check_media (CgOnvifSession *session, const Row *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, &error);

  if (row->n_profiles == 0) {
    g_assert_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED);
    return;
  }
  g_assert_no_error (error);
  g_assert_cmpuint (profiles->len, ==, row->n_profiles);
  const CgOnvifProfile *chosen = cg_onvif_profile_choose (profiles, NULL);
  g_assert_cmpstr (chosen->encoding, ==, row->encoding);
  g_assert_cmpuint (chosen->width, ==, row->width);

  g_autofree char *uri = cg_onvif_media_get_stream_uri_in_thread (session, chosen->token, &error);
  g_assert_cmpstr (uri, ==, row->uri);

  const CgOnvifProfile *ptz = cg_onvif_profile_choose_ptz (profiles);
  g_assert_cmpstr (ptz != NULL ? ptz->token : NULL, ==, row->ptz);
  if (ptz != NULL)
    check_ptz (session, row, ptz);
}

static void
test_camera (gconstpointer data)
{
  const Row *row = data;
  Player player = {NULL, NULL};
  g_autoptr (GError) error = NULL;
  player_start (&player, row->folder);
  g_autoptr (CgOnvifSession) session = cg_onvif_session_new (player.url, "admin", "x");

  g_autoptr (CgOnvifDeviceInformation) information =
      cg_onvif_device_get_information_in_thread (session, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (information->model, ==, row->model);
  g_assert_nonnull (information->firmware_version);
  check_media (session, row);
  player_stop (&player);
}

static void
test_nothing (void)
{
  g_test_skip ("no recorded cameras here");
}

int
main (int argc, char **argv)
{
  const char *root = g_getenv ("CAMGATE_RECORDED_DIR");

  g_test_init (&argc, &argv, NULL);
  if (root == NULL || !g_file_test (root, G_FILE_TEST_IS_DIR)) {
    g_test_add_func ("/onvif/recorded", test_nothing);
    return g_test_run ();
  }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strconcat ("/onvif/recorded/", rows[i].folder, NULL);

    g_test_add_data_func (path, &rows[i], test_camera);
  }
  return g_test_run ();
}
