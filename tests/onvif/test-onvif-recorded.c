/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-events.h"
#include "cg-onvif-ptz.h"

/* The answers of real cameras, played back by the script that lies beside them. Where they are not
 * at hand there is nothing to test. */
typedef struct {
  const char *folder;
  const char *model;
  const char *profiles; /* (nullable): were not recorded; as describe_profile() has them */
  const char *chosen;   /* (nullable) which of them is played */
  const char *uri;      /* (nullable): was not recorded */
  const char *ptz;      /* (nullable) the first profile with a PTZ configuration */
  const char *facts;    /* (nullable): with @ptz, as describe_facts() has them */
  gint n_presets;       /* -1: they were not recorded */
  const char *preset;   /* (nullable) the first, token=name */
  gboolean has_move_status;
} Row;

#define GO "onvif-go-captures/"
/* Read in the files by eye. */
static const Row rows[] = {
    {.folder = "easy_onvif/DCS-6511",
     .model = "DCS-6511",
     .profiles = "Profile1 H264 1280x1024 7/s gop 30 G711; Profile2 H264 640x480 30/s gop 30 G711",
     .chosen = "Profile1",
     .n_presets = -1},
    {.folder = "easy_onvif/IPD-H4K8M05-BS",
     .model = "IPD-H4K8M05-BS",
     .profiles = "MainStream H264 2592x1944 25/s gop 50 ptz PTZCFG_CH0; "
                 "SubStream H264 640x480 25/s gop 50 ptz PTZCFG_CH0",
     .chosen = "MainStream",
     .uri = "rtsp://127.0.0.1:8554/1/h264major",
     .ptz = "MainStream",
     .facts = "continuous pan-tilt zoom relative; pan -1..1 zoom 0..1; presets 0",
     .n_presets = 255,
     .preset = "1=1"},
    {.folder = "easy_onvif/IPG-8150PSS",
     .model = "IPG-8150PSS",
     .profiles = "PROFILE_000 H264 2560x1920 20/s gop 100 G711 ptz PTZConfigurationToken; "
                 "PROFILE_001 H264 800x448 20/s gop 100 G711 ptz PTZConfigurationToken",
     .chosen = "PROFILE_000",
     .uri = "rtsp://127.0.0.1:8554/live/0/MAIN",
     .ptz = "PROFILE_000",
     .facts = "continuous pan-tilt zoom relative; pan -1..1 zoom -1..1; presets 0",
     .n_presets = 100,
     .preset = "z_ovf_ptz_01=z_ovf_ptz_01",
     .has_move_status = TRUE},
    {.folder = "ex_onvif", .model = "MS-C8165-PE", .n_presets = -1},
    {.folder = GO "AXIS_P3818-PVE_11.9.60_20260113-142527",
     .model = "P3818-PVE",
     .profiles = "profile_1_h264 H264 1920x960 30/s gop 100; profile_1_jpeg JPEG 5120x2560 30/s",
     .chosen = "profile_1_h264",
     .uri = "rtsp://127.0.0.1:8554/onvif-media/media.amp?profile=profile_1_h264&sessiontimeout=60&"
            "streamtype=unicast",
     .n_presets = -1},
    {.folder = GO "AXIS_Q3819-PVE_11.11.181_20260113-142550",
     .model = "Q3819-PVE",
     .profiles = "profile_1_h264 H264 8192x1728 30/s gop 32; profile_1_jpeg JPEG 8192x1728 30/s",
     .chosen = "profile_1_h264",
     .uri = "rtsp://127.0.0.1:8554/onvif-media/media.amp?profile=profile_1_h264&sessiontimeout=60&"
            "streamtype=unicast",
     .n_presets = -1},
    {.folder = GO "Bosch_AUTODOME_IP_starlight_5000i_7.80.0128_20260113-142522",
     .model = "AUTODOME IP starlight 5000i",
     .profiles = "0 H264 1536x864 30/s gop 60 ptz 1; 1 H264 1536x864 30/s gop 60 ptz 1; "
                 "2 JPEG 1536x864 1/s ptz 1",
     .chosen = "0",
     .uri = "rtsp://127.0.0.1:8554/rtsp_tunnel?p=0&h26x=4&vcd=2",
     .ptz = "0",
     .facts = "continuous pan-tilt zoom; no limits; presets 0",
     .n_presets = 2,
     .preset = "1=tabletop",
     .has_move_status = TRUE},
    {.folder = GO "Bosch_FLEXIDOME_IP_starlight_8000i_7.70.0126_20260113-142539",
     .model = "FLEXIDOME IP starlight 8000i",
     .profiles = "0 H264 1536x864 30/s gop 60; 1 H264 1536x864 30/s gop 60; 2 JPEG 1536x864 1/s",
     .chosen = "0",
     .uri = "rtsp://127.0.0.1:8554/rtsp_tunnel?p=0&h26x=4&vcd=2",
     .n_presets = -1},
    {.folder = GO "REOLINK_E1_Zoom_v3.1.0.2649_23083101_20260113-142518",
     .model = "E1 Zoom",
     .profiles = "000 H264 2048x1536 15/s gop 30 AAC ptz 000; 001 H264 640x480 15/s gop 60 AAC "
                 "ptz 000",
     .chosen = "000",
     .uri = "rtsp://127.0.0.1:8554/",
     .ptz = "000",
     .facts = "continuous pan-tilt zoom; no limits; presets 0",
     .n_presets = 0,
     .has_move_status = TRUE},
    {.folder = "onvif-nvt/axis",
     .model = "AXIS Q6045-E",
     .profiles = "profile_1_h264 H264 1280x720 30/s gop 32 ptz 0; "
                 "profile_1_jpeg JPEG 1280x720 30/s ptz 0",
     .chosen = "profile_1_h264",
     /* of both profiles one address was recorded: that of the other one */
     .uri = "rtsp://127.0.0.1:8554/onvif-media/media.amp?profile=profile_1_jpeg&sessiontimeout=60&"
            "streamtype=unicast",
     .ptz = "profile_1_h264",
     .facts = "continuous pan-tilt zoom relative; pan -1..1 zoom 0..1; presets 256",
     .n_presets = 21,
     .preset = "22=Living Room",
     .has_move_status = TRUE},
    {.folder = "onvif-nvt/hikvision-fixed",
     .model = "DS-2CD2012-I",
     .profiles = "Profile_1 H264 1280x720 10/s gop 2; Profile_2 H264 352x240 30/s gop 50",
     .chosen = "Profile_1",
     .uri = "rtsp://127.0.0.1:8554/Streaming/Channels/2?transportmode=unicast&profile=Profile_2",
     .n_presets = -1},
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
describe_profile (GString *text, const CgOnvifProfile *profile)
{
  g_string_append_printf (text, "%s%s %s %ux%u %g/s", text->len > 0 ? "; " : "", profile->token,
                          profile->encoding, profile->width, profile->height, profile->fps);
  if (profile->gop > 0)
    g_string_append_printf (text, " gop %u", profile->gop);
  if (profile->audio_encoding != NULL)
    g_string_append_printf (text, " %s", profile->audio_encoding);
  if (profile->ptz_configuration != NULL)
    g_string_append_printf (text, " ptz %s", profile->ptz_configuration);
}

static char *
describe_facts (const CgOnvifPtzFacts *facts)
{
  GString *text = g_string_new ("continuous");

  g_string_append (text, facts->has_continuous_pan_tilt ? " pan-tilt" : "");
  g_string_append (text, facts->has_continuous_zoom ? " zoom" : "");
  g_string_append (text, facts->has_relative_pan_tilt ? " relative; " : "; ");
  if (facts->has_pan_tilt_limits && facts->has_zoom_limits)
    g_string_append_printf (text, "pan %g..%g zoom %g..%g", facts->pan_position.min,
                            facts->pan_position.max, facts->zoom_position.min,
                            facts->zoom_position.max);
  else
    g_string_append (text, "no limits");
  g_string_append_printf (text, "; presets %u", facts->max_presets);
  return g_string_free (text, FALSE);
}

static void
check_presets (CgOnvifSession *session, const Row *row, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) presets = cg_onvif_ptz_get_presets_in_thread (session, token, &error);
  g_autofree char *first = NULL;

  g_assert_no_error (error);
  if (presets->len > 0) {
    const CgOnvifPreset *preset = g_ptr_array_index (presets, 0);

    first = g_strconcat (preset->token, "=", preset->name, NULL);
  }
  g_assert_cmpint (presets->len, ==, row->n_presets);
  g_assert_cmpstr (first, ==, row->preset);
}

static void
check_ptz (CgOnvifSession *session, const Row *row, const CgOnvifProfile *profile)
{
  CgOnvifPtzStatus status;
  g_autoptr (GError) error = NULL;

  g_autoptr (CgOnvifPtzFacts) facts = cg_onvif_ptz_get_facts_in_thread (session, profile, &error);
  g_assert_no_error (error);
  g_autofree char *text = describe_facts (facts);
  g_assert_cmpstr (text, ==, row->facts);
  check_presets (session, row, profile->token);
  g_assert_true (cg_onvif_ptz_get_status_in_thread (session, profile->token, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status.has_move_status, ==, row->has_move_status);
}

static void
check_profiles (const GPtrArray *profiles, const Row *row)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < profiles->len; i++)
    describe_profile (text, g_ptr_array_index (profiles, i));
  g_assert_cmpstr (text->str, ==, row->profiles);
}

static void
check_media (CgOnvifSession *session, const Row *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, &error);

  if (row->profiles == NULL) {
    g_assert_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED);
    return;
  }
  g_assert_no_error (error);
  check_profiles (profiles, row);
  const CgOnvifProfile *chosen = cg_onvif_profile_choose (profiles, NULL);
  g_assert_cmpstr (chosen->token, ==, row->chosen);

  g_autofree char *uri = cg_onvif_media_get_stream_uri_in_thread (session, chosen->token, &error);
  g_assert_cmpstr (uri, ==, row->uri);

  const CgOnvifProfile *ptz =
      cg_onvif_profile_choose_ptz_beside (profiles, chosen, &(CgOnvifWish){0});
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

/* Two conversations of pull points, and two cameras that refuse one. */
typedef struct {
  const char *folder;
  guint n_pulls;
  guint n_notifications;
  guint n_motions; /* changes of VideoSource/MotionAlarm */
  CgError error;   /* with @n_pulls 0 */
} EventRow;

#define EVENTS "onvif-event-listener/"

static const EventRow event_rows[] = {
    {EVENTS "unvr_cell_motion_119_20260321", 8, 19, 6, 0},
    {EVENTS "hikvision_compatible_20260219", 15, 20, 0, 0},
    {EVENTS "hikvision_pullpoint_notauthorized", 0, 0, 0, CG_ERROR_LOGIN_REFUSED},
    {EVENTS "html_404_camera_20260321", 0, 0, 0, CG_ERROR_PEER_FAULT},
};

static void
count_notifications (const GPtrArray *list, guint *n_notifications, guint *n_motions)
{
  for (guint i = 0; i < list->len; i++) {
    const CgOnvifNotification *notification = g_ptr_array_index (list, i);

    *n_notifications += 1;
    if (!notification->is_first && g_str_has_suffix (notification->topic, "MotionAlarm"))
      *n_motions += 1;
    g_assert_cmpuint (notification->data->len, >, 0);
  }
}

static void
test_events (gconstpointer data)
{
  const EventRow *row = data;
  Player player = {NULL, NULL};
  guint n_notifications = 0, n_motions = 0;
  g_autoptr (GError) error = NULL;
  player_start (&player, row->folder);
  g_autoptr (CgOnvifSession) session = cg_onvif_session_new (player.url, "admin", "x");

  g_autoptr (CgOnvifPullPoint) point = cg_onvif_events_subscribe_in_thread (session, 60000, &error);
  for (guint i = 0; i < row->n_pulls && error == NULL; i++) {
    g_autoptr (GPtrArray) list = cg_onvif_events_pull_in_thread (session, point, 1000, 100, &error);

    g_assert_no_error (error);
    count_notifications (list, &n_notifications, &n_motions);
  }
  if (row->n_pulls > 0)
    cg_onvif_events_renew_in_thread (session, point, 60000, &error);

  if (row->n_pulls > 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, CG_ERROR, (int)row->error);
  g_assert_cmpuint (n_notifications, ==, row->n_notifications);
  g_assert_cmpuint (n_motions, ==, row->n_motions);
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
  for (guint i = 0; i < G_N_ELEMENTS (event_rows); i++) {
    g_autofree char *path = g_strconcat ("/onvif/recorded/", event_rows[i].folder, NULL);

    g_test_add_data_func (path, &event_rows[i], test_events);
  }
  return g_test_run ();
}
