/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-ptz.h"
#include "onvif-fixture.h"

/* After what was said before. */
static void
answer_next (OnvifFixture *fixture, const char *operation, const char *body)
{
  g_autofree char *envelope = fake_envelope (body);

  fake_camera_answer_once (fixture->camera, operation, 200, envelope);
}

static void
refuse (OnvifFixture *fixture, const char *operation, const char *subcode, const char *nested)
{
  g_autofree char *fault = fake_fault ("Sender", subcode, nested, "no");

  fake_camera_answer (fixture->camera, operation, 400, fault);
}

/* The body of the next request of that name must hold each of @words, and none of @unwanted. */
static void
assert_asked (OnvifFixture *fixture, const char *operation, const char *words, const char *unwanted)
{
  g_autoptr (FakeRequest) request = fake_camera_pop (fixture->camera);
  g_auto (GStrv) wanted_list = g_strsplit (words, "|", -1);
  g_auto (GStrv) unwanted_list = g_strsplit (unwanted, "|", -1);

  g_assert_nonnull (request);
  g_assert_cmpstr (request->operation, ==, operation);
  for (guint i = 0; wanted_list[i] != NULL; i++) {
    if (strstr (request->body, wanted_list[i]) == NULL)
      g_error ("%s is not in %s", wanted_list[i], request->body);
  }
  for (guint i = 0; unwanted_list[i] != NULL; i++) {
    if (strstr (request->body, unwanted_list[i]) != NULL)
      g_error ("%s is in %s", unwanted_list[i], request->body);
  }
}

static void
test_information (OnvifFixture *fixture, gconstpointer data)
{
  onvif_fixture_answer (
      fixture, "GetDeviceInformation",
      "<tds:GetDeviceInformationResponse><tds:Manufacturer> A &amp; B </tds:Manufacturer>"
      "<tds:FirmwareVersion>V5.5.82</tds:FirmwareVersion><tds:SerialNumber/>"
      "<tds:Unknown>x</tds:Unknown></tds:GetDeviceInformationResponse>");

  g_autoptr (CgOnvifDeviceInformation) information =
      cg_onvif_device_get_information_in_thread (fixture->session, NULL);

  g_assert_cmpstr (information->manufacturer, ==, "A & B");
  g_assert_cmpstr (information->firmware_version, ==, "V5.5.82");
  g_assert_null (information->model);
  g_assert_null (information->serial_number);
}

/* "year month day hour minute second" as an element */
static void
append_date (GString *body, const char *name, const char *date)
{
  if (date == NULL)
    return;
  g_auto (GStrv) p = g_strsplit (date, " ", -1);
  g_string_append_printf (
      body,
      "<tt:%s><tt:Time><tt:Hour>%s</tt:Hour><tt:Minute>%s</tt:Minute><tt:Second>%s</tt:Second>"
      "</tt:Time><tt:Date><tt:Year>%s</tt:Year><tt:Month>%s</tt:Month><tt:Day>%s</tt:Day></tt:Date>"
      "</tt:%s>",
      name, p[3], p[4], p[5], p[0], p[1], p[2], name);
}

static char *
make_date_answer (const char *utc, const char *local, const char *zone)
{
  GString *body = g_string_new (
      "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>"
      "<tt:DateTimeType>Sundial</tt:DateTimeType><tt:DaylightSavings>maybe</tt:DaylightSavings>");

  if (zone != NULL)
    g_string_append_printf (body, "<tt:TimeZone><tt:TZ>%s</tt:TZ></tt:TimeZone>", zone);
  append_date (body, "UTCDateTime", utc);
  append_date (body, "LocalDateTime", local);
  g_string_append (body, "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>");
  return g_string_free (body, FALSE);
}

static void
test_date (void)
{
  static const struct {
    const char *utc;
    const char *local;
    const char *zone;
    gint64 seconds; /* -1: no valid date */
  } rows[] = {
      {"2024 2 29 12 0 1", NULL, NULL, 1709208001},
      {"2024 2 29 12 0 1", "1999 1 1 0 0 0", "CST-8", 1709208001},
      {NULL, "2024 2 29 20 0 1", "CST-8", 1709208001},
      {NULL, "2024 2 29 12 0 1", NULL, 1709208001},
      {"2023 2 29 12 0 1", NULL, NULL, -1},
      {"1969 1 1 0 0 0", NULL, NULL, -1},
      {"2024 13 1 0 0 0", NULL, NULL, -1},
      {"2024 1 1 24 60 61", NULL, NULL, -1},
      {"99999 1 1 0 0 0", NULL, NULL, -1},
      {NULL, NULL, NULL, -1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    g_autofree char *body = make_date_answer (rows[i].utc, rows[i].local, rows[i].zone);
    onvif_fixture_set_up (&fixture, NULL);
    onvif_fixture_answer (&fixture, "GetSystemDateAndTime", body);

    g_autoptr (CgOnvifDateTime) date =
        cg_onvif_device_get_system_date_and_time_in_thread (fixture.session, &error);

    g_test_message ("row %u", i);
    if (rows[i].seconds < 0) {
      g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
    } else {
      g_assert_no_error (error);
      g_assert_cmpint (date->utc_ms, ==, rows[i].seconds * 1000);
      g_assert_cmpstr (date->timezone, ==, rows[i].zone);
    }
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

#define PROFILE                                                                                    \
  "<trt:GetProfilesResponse>"                                                                      \
  "<trt:Profiles token=\"p1\" fixed=\"true\"><tt:Name>main</tt:Name>"                              \
  "<tt:VideoSourceConfiguration token=\"vs\"><tt:Name>v</tt:Name><tt:UseCount>2</tt:UseCount>"     \
  "<tt:SourceToken>src1</tt:SourceToken><tt:Bounds x=\"0\" y=\"0\" width=\"1\" height=\"1\"/>"     \
  "</tt:VideoSourceConfiguration>"                                                                 \
  "<tt:VideoEncoderConfiguration token=\"ve\"><tt:Encoding>h265</tt:Encoding><tt:Resolution>"      \
  "<tt:Width>1920</tt:Width><tt:Height>1080</tt:Height></tt:Resolution><tt:RateControl>"           \
  "<tt:FrameRateLimit>12.5</tt:FrameRateLimit><tt:EncodingInterval>4294967295"                     \
  "</tt:EncodingInterval><tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl>"                 \
  "<tt:H264><tt:GovLength>50</tt:GovLength><tt:H264Profile>Strange</tt:H264Profile></tt:H264>"     \
  "<tt:SessionTimeout>60</tt:SessionTimeout></tt:VideoEncoderConfiguration>"                       \
  "<tt:AudioEncoderConfiguration token=\"ae\"><tt:Encoding>Aac</tt:Encoding>"                      \
  "</tt:AudioEncoderConfiguration>"                                                                \
  "<tt:PTZConfiguration token=\"pc\"><tt:Name/><tt:NodeToken>n1</tt:NodeToken>"                    \
  "<tt:DefaultPTZTimeout>soon</tt:DefaultPTZTimeout></tt:PTZConfiguration>"                        \
  "<tt:Extension><x:y xmlns:x=\"urn:x\">z</x:y></tt:Extension></trt:Profiles>"                     \
  "<trt:Profiles token=\"p2\"/><trt:Profiles><tt:Name>no token</tt:Name></trt:Profiles>"           \
  "</trt:GetProfilesResponse>"

static void
test_profiles (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  onvif_fixture_answer (fixture, "GetProfiles", PROFILE);

  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (fixture->session, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (profiles->len, ==, 2);
  g_autoptr (CgOnvifProfile) profile = cg_onvif_profile_copy (g_ptr_array_index (profiles, 0));
  g_assert_cmpstr (profile->token, ==, "p1");
  g_assert_cmpstr (profile->name, ==, "main");
  g_assert_cmpstr (profile->video_source, ==, "src1");
  g_assert_cmpstr (profile->encoding, ==, "H265");
  g_assert_cmpuint (profile->width, ==, 1920);
  g_assert_cmpuint (profile->height, ==, 1080);
  g_assert_cmpfloat (profile->fps, ==, 12.5);
  g_assert_cmpuint (profile->bitrate_kbps, ==, 4096);
  g_assert_cmpuint (profile->gop, ==, 50);
  g_assert_cmpstr (profile->audio_encoding, ==, "AAC");
  g_assert_cmpstr (profile->ptz_configuration, ==, "pc");
  g_assert_cmpstr (profile->ptz_node, ==, "n1");
  const CgOnvifProfile *bare = g_ptr_array_index (profiles, 1);
  g_assert_cmpstr (bare->name, ==, "");
  g_assert_null (bare->encoding);
  g_assert_null (bare->ptz_configuration);
}

/* Q7, Q26, Q29 */
static void
test_stream_uri (void)
{
  static const struct {
    const char *uri;
    const char *repaired; /* NULL: no RTSP address */
  } rows[] = {
      {"rtsp://192.0.2.7:554/s?a=1&amp;b=2", "rtsp://127.0.0.1:554/s?a=1&b=2"},
      {" rtsp://admin:secret@127.0.1.1/s ", "rtsp://127.0.0.1/s"},
      {"RTSP://x/s", "rtsp://127.0.0.1/s"},
      {"http://x/s", NULL},
      {"", NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    g_autofree char *body = g_strdup_printf (
        "<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>%s</tt:Uri></trt:MediaUri>"
        "</trt:GetStreamUriResponse>",
        rows[i].uri);
    onvif_fixture_set_up (&fixture, NULL);
    onvif_fixture_answer (&fixture, "GetStreamUri", body);

    g_autofree char *uri =
        cg_onvif_media_get_stream_uri_in_thread (fixture.session, "p<1>", &error);

    g_assert_cmpstr (uri, ==, rows[i].repaired);
    if (rows[i].repaired == NULL)
      g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
    assert_asked (&fixture, "GetStreamUri",
                  "<tt:Stream>RTP-Unicast</tt:Stream>|<tt:Protocol>RTSP</tt:Protocol>|"
                  "<trt:ProfileToken>p&lt;1&gt;</trt:ProfileToken>",
                  "tptz:");
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

/* Q33: only what was asked for is said. */
static void
test_moves (OnvifFixture *fixture, gconstpointer data)
{
  const CgOnvifVelocity pan = {.move_pan_tilt = TRUE, .pan = 0.5, .tilt = -1, .zoom = 0.25};
  const CgOnvifVelocity zoom = {.move_zoom = TRUE, .pan = 0.5, .tilt = -1, .zoom = 0.25};
  onvif_fixture_answer (fixture, "ContinuousMove", "<tptz:ContinuousMoveResponse/>");
  onvif_fixture_answer (fixture, "RelativeMove", "<tptz:RelativeMoveResponse/>");

  g_assert_true (cg_onvif_ptz_continuous_move_in_thread (fixture->session, "p", &pan, 4500, NULL));
  g_assert_true (cg_onvif_ptz_continuous_move_in_thread (fixture->session, "p", &zoom, 0, NULL));
  g_assert_true (cg_onvif_ptz_relative_move_in_thread (fixture->session, "p", &pan, NULL));

  assert_asked (fixture, "ContinuousMove",
                "<tptz:ProfileToken>p</tptz:ProfileToken>|x=\"0.5\" y=\"-1\"|"
                "<tptz:Timeout>PT5S</tptz:Timeout>",
                "tt:Zoom|space=");
  assert_asked (fixture, "ContinuousMove", "<tt:Zoom x=\"0.25\"", "tt:PanTilt|Timeout");
  assert_asked (fixture, "RelativeMove", "<tptz:Translation><tt:PanTilt x=\"0.5\" y=\"-1\"",
                "tt:Zoom|Speed");
}

/* Q33: a camera that does not take a timeout is asked without, from then on at once. */
static void
test_refused_timeout (OnvifFixture *fixture, gconstpointer data)
{
  const CgOnvifVelocity pan = {.move_pan_tilt = TRUE, .pan = 0.5};
  g_autofree char *fault = fake_fault ("Sender", "InvalidArgVal", "TimeoutNotSupported", "no");
  g_autofree char *done = fake_envelope ("<tptz:ContinuousMoveResponse/>");
  g_autoptr (GError) error = NULL;
  fake_camera_answer (fixture->camera, "ContinuousMove", 400, fault);
  fake_camera_answer_once (fixture->camera, "ContinuousMove", 200, done);

  g_assert_true (
      cg_onvif_ptz_continuous_move_in_thread (fixture->session, "p", &pan, 5000, &error));
  g_assert_no_error (error);
  g_assert_true (
      cg_onvif_ptz_continuous_move_in_thread (fixture->session, "p", &pan, 5000, &error));

  assert_asked (fixture, "ContinuousMove", "Timeout>PT5S", "tt:Zoom");
  assert_asked (fixture, "ContinuousMove", "tt:PanTilt", "Timeout");
  assert_asked (fixture, "ContinuousMove", "tt:PanTilt", "Timeout");
  g_assert_null (fake_camera_pop (fixture->camera));
}

/* Refused for another reason: once is enough. */
static void
test_refused_move (void)
{
  static const struct {
    const char *subcode;
    const char *nested;
    CgError error;
    guint n_requests;
  } rows[] = {
      {"InvalidArgVal", "NoPTZProfile", CG_ERROR_NO_PTZ, 1},
      {"InvalidArgVal", "SpaceNotSupported", CG_ERROR_PEER_FAULT, 2},
      {"Action", "MovingPTZ", CG_ERROR_PEER_FAULT, 1},
      {"ActionNotSupported", NULL, CG_ERROR_NOT_SUPPORTED, 1},
      {"ActionNotSupported", "OptionalActionNotSupported", CG_ERROR_NO_PTZ, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    OnvifFixture fixture = {NULL, NULL};
    const CgOnvifVelocity pan = {.move_pan_tilt = TRUE, .pan = 0.5};
    g_autoptr (GError) error = NULL;
    onvif_fixture_set_up (&fixture, NULL);
    refuse (&fixture, "ContinuousMove", rows[i].subcode, rows[i].nested);

    const gboolean ok =
        cg_onvif_ptz_continuous_move_in_thread (fixture.session, "p", &pan, 5000, &error);

    g_test_message ("row %u", i);
    g_assert_false (ok);
    g_assert_error (error, CG_ERROR, (int)rows[i].error);
    g_assert_cmpuint (fake_camera_count (fixture.camera, NULL), ==, rows[i].n_requests);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

static void
test_stop (OnvifFixture *fixture, gconstpointer data)
{
  g_autofree char *fault = fake_fault ("Sender", "InvalidArgVal", NULL, "no");
  g_autofree char *done = fake_envelope ("<tptz:StopResponse/>");
  fake_camera_answer (fixture->camera, "Stop", 200, done);
  fake_camera_answer_once (fixture->camera, "Stop", 400, fault);
  fake_camera_answer_once (fixture->camera, "Stop", 200, done);

  g_assert_true (cg_onvif_ptz_stop_in_thread (fixture->session, "p", TRUE, FALSE, NULL));
  g_assert_true (cg_onvif_ptz_stop_in_thread (fixture->session, "p", TRUE, TRUE, NULL));

  assert_asked (fixture, "Stop", "<tptz:PanTilt>true</tptz:PanTilt>|<tptz:Zoom>false</tptz:Zoom>",
                "addressing");
  assert_asked (fixture, "Stop", "<tptz:PanTilt>true</tptz:PanTilt>|<tptz:Zoom>true</tptz:Zoom>",
                "addressing");
  assert_asked (fixture, "Stop", "<tptz:ProfileToken>p</tptz:ProfileToken>", "PanTilt|Zoom");
}

/* Q36 */
static const struct {
  const char *body;
  CgOnvifPtzStatus status;
} statuses[] = {
    {"<tt:Position><tt:PanTilt x=\"0.5\" y=\"-0.25\" space=\"urn:x\"/><tt:Zoom x=\"1\"/>"
     "</tt:Position><tt:MoveStatus><tt:PanTilt>MOVING</tt:PanTilt><tt:Zoom>IDLE</tt:Zoom>"
     "</tt:MoveStatus><tt:UtcTime>whenever</tt:UtcTime>",
     {.has_position = TRUE,
      .pan = 0.5,
      .tilt = -0.25,
      .has_zoom = TRUE,
      .zoom = 1,
      .has_move_status = TRUE,
      .moving_pan_tilt = TRUE,
      .pan_tilt_space = "urn:x"}},
    {"<tt:Position><tt:PanTilt x=\"0\" y=\"0\"/></tt:Position>", {.has_position = TRUE}},
    {"<tt:Position><tt:PanTilt x=\"NaN\" y=\"0\"/><tt:Zoom x=\"INF\"/></tt:Position>",
     {.has_position = FALSE}},
    {"<tt:Position/><tt:MoveStatus/>", {.has_position = FALSE}},
    {"<tt:MoveStatus><tt:PanTilt>UNKNOWN</tt:PanTilt></tt:MoveStatus>", {.has_move_status = FALSE}},
    {"<tt:MoveStatus><tt:PanTilt>UNKNOWN</tt:PanTilt><tt:Zoom> moving </tt:Zoom></tt:MoveStatus>",
     {.has_move_status = TRUE, .moving_zoom = TRUE}},
    {"<tt:MoveStatus><tt:PanTilt>Turning</tt:PanTilt></tt:MoveStatus>", {.has_move_status = FALSE}},
    {"", {.has_move_status = FALSE}},
};

static void
test_status (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    OnvifFixture fixture = {NULL, NULL};
    CgOnvifPtzStatus status = {.pan = 7};
    g_autofree char *body =
        g_strdup_printf ("<tptz:GetStatusResponse><tptz:PTZStatus>%s</tptz:PTZStatus>"
                         "</tptz:GetStatusResponse>",
                         statuses[i].body);
    g_autoptr (GError) error = NULL;
    onvif_fixture_set_up (&fixture, NULL);
    onvif_fixture_answer (&fixture, "GetStatus", body);

    const gboolean ok = cg_onvif_ptz_get_status_in_thread (fixture.session, "p", &status, &error);

    g_test_message ("row %u", i);
    g_assert_no_error (error);
    g_assert_true (ok);
    g_assert_cmpmem (&status, sizeof status, &statuses[i].status, sizeof status);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

#define SPACE_2D(name, uri, x0, x1, y0, y1)                                                        \
  "<tt:" name "><tt:URI>" uri "</tt:URI><tt:XRange><tt:Min>" x0 "</tt:Min><tt:Max>" x1             \
  "</tt:Max></tt:XRange><tt:YRange><tt:Min>" y0 "</tt:Min><tt:Max>" y1                             \
  "</tt:Max></tt:YRange></tt:" name ">"

#define NODES                                                                                      \
  "<tptz:GetNodesResponse><tptz:PTZNode token=\"other\"/><tptz:PTZNode token=\"n1\">"              \
  "<tt:SupportedPTZSpaces>" SPACE_2D ("AbsolutePanTiltPositionSpace", "urn:Degrees", "-180",       \
                                      "180", "-5", "90")                                           \
      SPACE_2D ("AbsolutePanTiltPositionSpace", "urn:PositionGenericSpace", "-1", "1", "-0.5",     \
                "1")                                                                               \
          SPACE_2D ("ContinuousPanTiltVelocitySpace", "urn:VelocityGenericSpace", "-0.8", "0.8",   \
                    "0", "0") "</tt:SupportedPTZSpaces><tt:MaximumNumberOfPresets>128</"           \
                              "tt:MaximumNumberOfPresets>"                                         \
                              "<tt:HomeSupported>perhaps</tt:HomeSupported></tptz:PTZNode></"      \
                              "tptz:GetNodesResponse>"

#define CONFIGURATIONS                                                                             \
  "<tptz:GetConfigurationsResponse><tptz:PTZConfiguration token=\"zz\"/>"                          \
  "<tptz:PTZConfiguration token=\"pc\"><tt:NodeToken>n1</tt:NodeToken>"                            \
  "<tt:DefaultPTZTimeout>PT10S</tt:DefaultPTZTimeout><tt:PanTiltLimits>" SPACE_2D (                \
      "Range", "urn:PositionGenericSpace", "-0.9", "0.9", "-0.4",                                  \
      "0.8") "</tt:PanTiltLimits></tptz:PTZConfiguration></tptz:GetConfigurationsResponse>"

static void
test_facts (OnvifFixture *fixture, gconstpointer data)
{
  CgOnvifProfile profile = {
      .token = (char *)"p", .ptz_configuration = (char *)"pc", .ptz_node = (char *)"n1"};
  g_autoptr (GError) error = NULL;
  onvif_fixture_answer (fixture, "GetNodes", NODES);
  onvif_fixture_answer (fixture, "GetConfigurations", CONFIGURATIONS);

  g_autoptr (CgOnvifPtzFacts) facts =
      cg_onvif_ptz_get_facts_in_thread (fixture->session, &profile, &error);

  g_assert_no_error (error);
  g_assert_true (facts->has_continuous_pan_tilt);
  g_assert_false (facts->has_continuous_zoom || facts->has_relative_pan_tilt);
  g_assert_true (facts->has_pan_tilt_limits);
  g_assert_false (facts->has_zoom_limits);
  g_assert_cmpfloat_with_epsilon (facts->pan_velocity.max, 0.8, 1e-6);
  g_assert_cmpfloat (facts->tilt_velocity.max, ==, 1); /* 0..0 says nothing (Q33) */
  g_assert_cmpfloat_with_epsilon (facts->pan_position.min, -0.9, 1e-6);
  g_assert_cmpfloat_with_epsilon (facts->tilt_position.max, 0.8, 1e-6);
  g_assert_cmpfloat (facts->zoom_position.min, ==, 0);
  g_assert_cmpuint (facts->max_presets, ==, 128);
}

static void
test_no_facts (OnvifFixture *fixture, gconstpointer data)
{
  CgOnvifProfile profile = {.token = (char *)"p", .ptz_configuration = (char *)"pc"};
  CgOnvifProfile fixed = {.token = (char *)"p"};
  g_autoptr (GError) error = NULL;
  refuse (fixture, "GetNodes", "ActionNotSupported", NULL);
  refuse (fixture, "GetConfigurations", "ActionNotSupported", NULL);

  g_autoptr (CgOnvifPtzFacts) facts =
      cg_onvif_ptz_get_facts_in_thread (fixture->session, &profile, &error);
  g_assert_no_error (error);
  g_autoptr (CgOnvifPtzFacts) none =
      cg_onvif_ptz_get_facts_in_thread (fixture->session, &fixed, &error);

  g_assert_true (facts->has_continuous_pan_tilt && facts->has_continuous_zoom);
  g_assert_false (facts->has_pan_tilt_limits);
  g_assert_null (none);
  g_assert_error (error, CG_ERROR, CG_ERROR_NO_PTZ);
}

/* Q31: a name that is refused is left out; one that is too long is cut before an accent; a camera
 * that does not say how it calls a new one has set it all the same. */
static void
test_q31_names (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) long_name = g_string_new (NULL);
  for (guint i = 0; i < 63; i++)
    g_string_append_c (long_name, 'x');
  g_string_append (long_name, "e\u0301z");
  refuse (fixture, "SetPreset", "InvalidArgVal", "InvalidPresetName");
  answer_next (
      fixture, "SetPreset",
      "<tptz:SetPresetResponse><tptz:PresetToken>7</tptz:PresetToken></tptz:SetPresetResponse>");
  answer_next (fixture, "SetPreset",
               "<tptz:SetPresetResponse><tptz:PresetToken/></tptz:SetPresetResponse>");

  g_autofree char *unnamed =
      cg_onvif_ptz_set_preset_in_thread (fixture->session, "p", NULL, "gate", &error);
  g_autofree char *silent =
      cg_onvif_ptz_set_preset_in_thread (fixture->session, "p", NULL, long_name->str, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (unnamed, ==, "7");
  g_assert_cmpstr (silent, ==, "");
  assert_asked (fixture, "SetPreset", "PresetName>gate<", "PresetToken");
  assert_asked (fixture, "SetPreset", "ProfileToken>p<", "PresetName");
  g_string_truncate (long_name, 63);
  g_autofree char *cut = g_strdup_printf ("PresetName>%s<", long_name->str);
  assert_asked (fixture, "SetPreset", cut, "PresetToken");
}

static void
test_presets (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  onvif_fixture_answer (
      fixture, "GetPresets",
      "<tptz:GetPresetsResponse><tptz:Preset token=\"1\"><tt:Name>gate</tt:Name>"
      "</tptz:Preset><tptz:Preset><tt:Name>no token</tt:Name></tptz:Preset>"
      "<tptz:Preset token=\"x\"><tt:PTZPosition/></tptz:Preset></tptz:GetPresetsResponse>");
  onvif_fixture_answer (
      fixture, "SetPreset",
      "<tptz:SetPresetResponse><tptz:PresetToken>7</tptz:PresetToken></tptz:SetPresetResponse>");
  onvif_fixture_answer (fixture, "GotoPreset", "<tptz:GotoPresetResponse/>");
  refuse (fixture, "RemovePreset", "InvalidArgVal", "NoToken");

  g_autoptr (GPtrArray) presets =
      cg_onvif_ptz_get_presets_in_thread (fixture->session, "p", &error);
  g_autofree char *token =
      cg_onvif_ptz_set_preset_in_thread (fixture->session, "p", NULL, "a<b", &error);
  g_autofree char *same =
      cg_onvif_ptz_set_preset_in_thread (fixture->session, "p", "7", NULL, &error);
  const gboolean goes = cg_onvif_ptz_goto_preset_in_thread (fixture->session, "p", "7", &error);
  g_assert_no_error (error);
  const gboolean removed =
      cg_onvif_ptz_remove_preset_in_thread (fixture->session, "p", "8", &error);

  g_assert_cmpuint (presets->len, ==, 2);
  g_assert_cmpstr (((CgOnvifPreset *)g_ptr_array_index (presets, 0))->name, ==, "gate");
  g_assert_cmpstr (((CgOnvifPreset *)g_ptr_array_index (presets, 1))->token, ==, "x");
  g_assert_cmpstr (((CgOnvifPreset *)g_ptr_array_index (presets, 1))->name, ==, "");
  g_assert_cmpstr (token, ==, "7");
  g_assert_cmpstr (same, ==, "7");
  g_assert_true (goes);
  g_assert_false (removed);
  g_assert_error (error, CG_ERROR, CG_ERROR_NO_SUCH_PRESET);
  assert_asked (fixture, "GetPresets", "ProfileToken>p<", "PresetToken");
  assert_asked (fixture, "SetPreset", "PresetName>a&lt;b<", "PresetToken");
  assert_asked (fixture, "SetPreset", "PresetToken>7<", "PresetName");
  assert_asked (fixture, "GotoPreset", "PresetToken>7<", "Speed");
  assert_asked (fixture, "RemovePreset", "PresetToken>8<", "PresetName");
}

static void
test_synchronization_point (OnvifFixture *fixture, gconstpointer data)
{
  onvif_fixture_answer (fixture, "SetSynchronizationPoint",
                        "<trt:SetSynchronizationPointResponse/>");

  g_assert_true (cg_onvif_media_set_synchronization_point_in_thread (fixture->session, "p", NULL));

  assert_asked (fixture, "SetSynchronizationPoint", "<trt:ProfileToken>p</trt:ProfileToken>",
                "tptz:");
}

#define ADD(path, function)                                                                        \
  g_test_add (path, OnvifFixture, NULL, onvif_fixture_set_up, function, onvif_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/onvif/calls/information", test_information);
  g_test_add_func ("/onvif/calls/date", test_date);
  ADD ("/onvif/calls/profiles", test_profiles);
  g_test_add_func ("/onvif/calls/stream-uri", test_stream_uri);
  ADD ("/onvif/calls/synchronization-point", test_synchronization_point);
  ADD ("/onvif/calls/moves", test_moves);
  ADD ("/onvif/calls/refused-timeout", test_refused_timeout);
  g_test_add_func ("/onvif/calls/refused-move", test_refused_move);
  ADD ("/onvif/calls/stop", test_stop);
  g_test_add_func ("/onvif/calls/status", test_status);
  ADD ("/onvif/calls/facts", test_facts);
  ADD ("/onvif/calls/no-facts", test_no_facts);
  ADD ("/onvif/calls/presets", test_presets);
  ADD ("/onvif/calls/q31-names", test_q31_names);
  return g_test_run ();
}
