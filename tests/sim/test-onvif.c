/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ONVIF side of a camera in this process, asked over HTTP. */
#include <string.h>

#include "sim-client.h"

#define MOVE_RIGHT SIM_MAIN "<tptz:Velocity><tt:PanTilt x=\"1\" y=\"0\"/></tptz:Velocity>"
#define STREAM_SETUP                                                                               \
  "<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream>"                                            \
  "<tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></trt:StreamSetup>"

static CgSimOptions
make_options (CgSimAuth auth)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;

  options.password = SIM_PASSWORD;
  options.auth = auth;
  return options;
}

static guint
get_status (SimClient *client, const char *op, const char *body)
{
  g_autoptr (SimAnswer) answer = sim_client_call (client, op, body);

  return answer->status;
}

static void
test_time_needs_no_login (void)
{
  const CgSimOptions options = make_options (CG_SIM_AUTH_BOTH);
  g_auto (SimClient) client = {0};

  sim_client_start (&client, &options, SIM_LOGIN_NONE);

  sim_client_expect (&client, "tds:GetSystemDateAndTime", "", "<tt:UTCDateTime>");
  g_assert_cmpuint (get_status (&client, "tds:GetDeviceInformation", ""), ==, 401);
}

static void
test_logins (void)
{
  const struct {
    CgSimAuth auth;
    SimLogin login;
    const char *password;
    guint status;
  } table[] = {
      {CG_SIM_AUTH_BOTH, SIM_LOGIN_DIGEST, SIM_PASSWORD, 200},
      {CG_SIM_AUTH_BOTH, SIM_LOGIN_TOKEN, SIM_PASSWORD, 200},
      {CG_SIM_AUTH_BOTH, SIM_LOGIN_NONE, SIM_PASSWORD, 401},
      {CG_SIM_AUTH_BOTH, SIM_LOGIN_DIGEST, "wrong", 401},
      {CG_SIM_AUTH_BOTH, SIM_LOGIN_TOKEN, "wrong", 400},
      {CG_SIM_AUTH_DIGEST, SIM_LOGIN_DIGEST, SIM_PASSWORD, 200},
      {CG_SIM_AUTH_DIGEST, SIM_LOGIN_TOKEN, SIM_PASSWORD, 401},
      {CG_SIM_AUTH_TOKEN, SIM_LOGIN_TOKEN, SIM_PASSWORD, 200},
      {CG_SIM_AUTH_TOKEN, SIM_LOGIN_DIGEST, SIM_PASSWORD, 400},
      {CG_SIM_AUTH_NONE, SIM_LOGIN_NONE, SIM_PASSWORD, 200},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    const CgSimOptions options = make_options (table[i].auth);
    g_auto (SimClient) client = {0};

    sim_client_start (&client, &options, table[i].login);
    client.password = table[i].password;

    g_assert_cmpuint (get_status (&client, "tds:GetDeviceInformation", ""), ==, table[i].status);
    g_assert_cmpuint (cg_sim_count_requests (client.sim, "GetDeviceInformation"), ==,
                      table[i].status == 200);
    g_assert_cmpuint (cg_sim_count_requests (client.sim, "LoginRefused"), ==,
                      !g_str_equal (table[i].password, SIM_PASSWORD));
  }
}

static void
test_wrong_clock_refuses_token (void)
{
  const CgSimOptions options = make_options (CG_SIM_AUTH_TOKEN);
  g_auto (SimClient) client = {0};

  sim_client_start (&client, &options, SIM_LOGIN_TOKEN);

  sim_client_set_fault (&client, "Q4", "60");
  sim_client_expect (&client, "tds:GetDeviceInformation", "", "ter:NotAuthorized");
  cg_sim_set_clock_skew (client.sim, -60);
  sim_client_expect (&client, "tds:GetDeviceInformation", "", "camgate-sim");
}

static void
test_answers (void)
{
  const struct {
    const char *op, *body, *part;
  } table[] = {
      {"tds:GetServices", "<tds:IncludeCapability>false</tds:IncludeCapability>", "/ptz_service"},
      {"tds:GetCapabilities", "<tds:Category>Media</tds:Category>", "/media_service"},
      {"trt:GetProfiles", "", "<tt:Width>1280</tt:Width>"},
      {"trt:GetProfiles", "", "<tt:Width>640</tt:Width>"},
      {"trt:GetProfiles", "", "<tt:PTZConfiguration token=\"ptz0\">"},
      {"trt:GetStreamUri", STREAM_SETUP "<trt:ProfileToken>sub</trt:ProfileToken>",
       "/sub</tt:Uri>"},
      {"tptz:GetNodes", "", "<tt:MaximumNumberOfPresets>16</tt:MaximumNumberOfPresets>"},
      {"tptz:GetConfigurations", "", "<tt:DefaultPTZTimeout>PT10S"},
      {"tptz:GetStatus", SIM_MAIN, "<tt:PanTilt>IDLE</tt:PanTilt>"},
  };
  const CgSimOptions options = make_options (CG_SIM_AUTH_BOTH);
  g_auto (SimClient) client = {0};

  sim_client_start (&client, &options, SIM_LOGIN_DIGEST);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    sim_client_expect (&client, table[i].op, table[i].body, table[i].part);
}

/* Bad questions: each gets the fault that the standard names. */
static void
test_faults_of_the_standard (void)
{
  const struct {
    const char *op, *body, *part;
  } table[] = {
      {"tptz:AbsoluteMove", "", "ter:ActionNotSupported"},
      {"tds:GetStatus", "", "ter:ActionNotSupported"},
      {"tptz:GetStatus", "", "ter:NoProfile"},
      {"tptz:GetStatus", "<tptz:ProfileToken>x</tptz:ProfileToken>", "ter:NoProfile"},
      {"tptz:ContinuousMove", SIM_MAIN, "ter:InvalidVelocity"},
      {"tptz:ContinuousMove", SIM_MAIN "<tptz:Velocity/>", "ter:InvalidVelocity"},
      {"tptz:ContinuousMove",
       SIM_MAIN "<tptz:Velocity><tt:PanTilt x=\"1.1\" y=\"0\"/></tptz:Velocity>",
       "ter:InvalidVelocity"},
      {"tptz:ContinuousMove",
       SIM_MAIN "<tptz:Velocity><tt:PanTilt x=\"NaN\" y=\"0\"/></tptz:Velocity>",
       "ter:InvalidVelocity"},
      {"tptz:ContinuousMove",
       SIM_MAIN "<tptz:Velocity><tt:Zoom x=\"1\" space=\"urn:x\"/></tptz:Velocity>",
       "ter:SpaceNotSupported"},
      {"tptz:ContinuousMove", MOVE_RIGHT "<tptz:Timeout>PT61S</tptz:Timeout>",
       "ter:TimeoutNotSupported"},
      {"tptz:ContinuousMove", MOVE_RIGHT "<tptz:Timeout>5</tptz:Timeout>", "ter:InvalidArgVal"},
      {"tptz:RelativeMove", SIM_MAIN, "ter:InvalidTranslation"},
      {"tptz:GotoPreset", SIM_MAIN "<tptz:PresetToken>9</tptz:PresetToken>", "ter:NoToken"},
      {"tptz:GotoPreset", SIM_MAIN, "ter:NoToken"},
      {"tptz:RemovePreset", SIM_MAIN "<tptz:PresetToken>9</tptz:PresetToken>", "ter:NoToken"},
      {"tptz:SetPreset", SIM_MAIN "<tptz:PresetToken>9</tptz:PresetToken>", "ter:NoToken"},
      {"trt:GetStreamUri", "<trt:ProfileToken>main</trt:ProfileToken>", "ter:InvalidStreamSetup"},
      {"trt:GetStreamUri", STREAM_SETUP, "ter:NoProfile"},
      {"trt:SetSynchronizationPoint", "", "ter:NoProfile"},
      {"tds:GetServices", "<x", "ter:WellFormed"},
  };
  const CgSimOptions options = make_options (CG_SIM_AUTH_NONE);
  g_auto (SimClient) client = {0};
  CgSimPosition position;

  sim_client_start (&client, &options, SIM_LOGIN_NONE);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    sim_client_expect (&client, table[i].op, table[i].body, table[i].part);
  cg_sim_get_position (client.sim, &position);
  g_assert_false (position.moving_pan_tilt || position.moving_zoom);
}

static void
test_requests_are_recorded (void)
{
  const CgSimOptions options = make_options (CG_SIM_AUTH_BOTH);
  g_auto (SimClient) client = {0};
  const gint64 before_ms = g_get_real_time () / 1000;

  sim_client_start (&client, &options, SIM_LOGIN_DIGEST);
  get_status (&client, "tptz:ContinuousMove",
              SIM_MAIN "<tptz:Velocity><tt:PanTilt x=\"0.66\" y=\"0\"/></tptz:Velocity>"
                       "<tptz:Timeout>PT5S</tptz:Timeout>");
  get_status (&client, "tptz:Stop", SIM_MAIN "<tptz:Zoom>true</tptz:Zoom>");
  g_autoptr (JsonArray) requests = cg_sim_take_requests (client.sim);
  g_assert_cmpuint (json_array_get_length (requests), ==, 2);
  JsonObject *move = json_array_get_object_element (requests, 0);
  JsonObject *args = json_object_get_object_member (move, "args");
  JsonObject *stop = json_array_get_object_element (requests, 1);
  JsonObject *stop_args = json_object_get_object_member (stop, "args");

  g_assert_cmpstr (json_object_get_string_member (move, "op"), ==, "ContinuousMove");
  g_assert_cmpint (json_object_get_int_member (move, "at"), >=, before_ms);
  g_assert_cmpuint (json_object_get_size (args), ==, 4);
  g_assert_cmpfloat (json_object_get_double_member (args, "pan"), ==, 0.66);
  g_assert_cmpfloat (json_object_get_double_member (args, "tilt"), ==, 0);
  g_assert_true (json_object_get_null_member (args, "zoom"));
  g_assert_cmpint (json_object_get_int_member (args, "timeout"), ==, 5000);
  g_assert_false (json_object_get_boolean_member (stop_args, "pan_tilt"));
  g_assert_true (json_object_get_boolean_member (stop_args, "zoom"));
}

static void
test_camera_moves_and_stops (void)
{
  const CgSimOptions options = make_options (CG_SIM_AUTH_NONE);
  g_auto (SimClient) client = {0};
  CgSimPosition position;

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  g_assert_cmpuint (get_status (&client, "tptz:ContinuousMove", MOVE_RIGHT), ==, 200);
  sim_client_expect (&client, "tptz:GetStatus", SIM_MAIN, "<tt:PanTilt>MOVING</tt:PanTilt>");
  g_assert_cmpuint (get_status (&client, "tptz:Stop", SIM_MAIN), ==, 200);

  cg_sim_get_position (client.sim, &position);
  g_assert_false (position.moving_pan_tilt);
  g_assert_cmpfloat (position.pan, >, 0);
  g_assert_cmpfloat (position.pan, <, 1);
}

static void
test_timeout_is_kept_or_not (void)
{
  const CgSimOptions options = make_options (CG_SIM_AUTH_NONE);
  g_auto (SimClient) client = {0};
  CgSimPosition position;

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  get_status (&client, "tptz:ContinuousMove", MOVE_RIGHT "<tptz:Timeout>PT0.1S</tptz:Timeout>");
  position = sim_client_get_rest (&client);
  g_assert_cmpfloat_with_epsilon (position.pan, 0.05, 1e-9);

  sim_client_set_fault (&client, "Q1", "both");
  get_status (&client, "tptz:ContinuousMove", MOVE_RIGHT "<tptz:Timeout>PT0.1S</tptz:Timeout>");
  g_assert_cmpuint (get_status (&client, "tptz:Stop", SIM_MAIN), ==, 200);
  position = sim_client_get_rest (&client);
  g_assert_cmpfloat_with_epsilon (position.pan, 1, 1e-9);
}

/* Q33: each form is refused with what it is about, and another one is taken. */
static void
test_optional_is_refused (void)
{
  static const struct {
    const char *arg;
    const char *op;
    const char *refused;
    const char *taken;
  } rows[] = {
      {"timeout", "tptz:ContinuousMove", MOVE_RIGHT "<tptz:Timeout>PT1S</tptz:Timeout>",
       MOVE_RIGHT},
      {"zoom", "tptz:ContinuousMove", SIM_MAIN "<tptz:Velocity><tt:Zoom x=\"1\"/></tptz:Velocity>",
       MOVE_RIGHT},
      {"zoom", "tptz:Stop", SIM_MAIN "<tptz:Zoom>false</tptz:Zoom>",
       SIM_MAIN "<tptz:PanTilt>true</tptz:PanTilt>"},
      {"axes", "tptz:Stop", SIM_MAIN "<tptz:PanTilt>true</tptz:PanTilt>", SIM_MAIN},
      {"stop", "tptz:Stop", SIM_MAIN, NULL},
  };
  const CgSimOptions options = make_options (CG_SIM_AUTH_NONE);
  g_auto (SimClient) client = {0};

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].arg);
    sim_client_set_fault (&client, "Q33", rows[i].arg);

    g_assert_cmpuint (get_status (&client, rows[i].op, rows[i].refused), >=, 400);
    if (rows[i].taken != NULL)
      g_assert_cmpuint (get_status (&client, rows[i].op, rows[i].taken), ==, 200);
  }
}

static void
test_presets (void)
{
  CgSimOptions options = make_options (CG_SIM_AUTH_NONE);
  g_auto (SimClient) client = {0};
  CgSimPosition position;
  const CgSimVector home = {TRUE, TRUE, 0, 0, 0}, gate = {TRUE, TRUE, 0.1, 0.05, 0};

  options.max_presets = 1;
  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  cg_sim_set_position (client.sim, &gate);
  sim_client_expect (&client, "tptz:SetPreset", SIM_MAIN "<tptz:PresetName>gate</tptz:PresetName>",
                     "<tptz:PresetToken>1</tptz:PresetToken>");
  sim_client_expect (&client, "tptz:SetPreset", SIM_MAIN, "ter:TooManyPresets");
  sim_client_expect (&client, "tptz:GetPresets", SIM_MAIN, "<tt:Name>gate</tt:Name>");
  cg_sim_set_position (client.sim, &home);
  get_status (&client, "tptz:GotoPreset", SIM_MAIN "<tptz:PresetToken>1</tptz:PresetToken>");
  position = sim_client_get_rest (&client);
  g_autoptr (JsonArray) presets = cg_sim_list_presets (client.sim);

  g_assert_cmpfloat_with_epsilon (position.pan, 0.1, 1e-9);
  g_assert_cmpfloat_with_epsilon (position.tilt, 0.05, 1e-9);
  g_assert_cmpuint (json_array_get_length (presets), ==, 1);
}

static void
test_camera_without_ptz (void)
{
  CgSimOptions options = make_options (CG_SIM_AUTH_NONE);
  g_auto (SimClient) client = {0};

  options.ptz = FALSE;
  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  g_autoptr (SimAnswer) services = sim_client_call (&client, "tds:GetServices", "");
  g_autoptr (SimAnswer) profiles = sim_client_call (&client, "trt:GetProfiles", "");

  g_assert_null (strstr (services->text, "/ptz_service"));
  g_assert_null (strstr (profiles->text, "PTZConfiguration"));
  sim_client_expect (&client, "tptz:ContinuousMove", MOVE_RIGHT, "ter:ActionNotSupported");
}

/* The quirks that show in one answer. */
static void
test_quirks (void)
{
  const struct {
    const char *fault, *arg, *op, *body, *part;
  } table[] = {
      {"Q7", NULL, "tds:GetServices", "", "http://127.99.1.64/onvif/media_service"},
      {"Q7", NULL, "trt:GetStreamUri", STREAM_SETUP "<trt:ProfileToken>main</trt:ProfileToken>",
       "rtsp://127.99.1.64:"},
      {"Q34", NULL, "tptz:ContinuousMove", MOVE_RIGHT, "ter:NoPTZProfile"},
      {"Q34", NULL, "tptz:GetStatus", "<tptz:ProfileToken>sub</tptz:ProfileToken>", "UtcTime"},
      {"Q35", NULL, "tptz:ContinuousMove", MOVE_RIGHT, "ter:NotAuthorized"},
      {"Q35", NULL, "tptz:GetStatus", SIM_MAIN, "UtcTime"},
      {"Q36", "absent", "tptz:GetStatus", SIM_MAIN, "</tt:Position><tt:UtcTime>"},
      {"Q36", "moving", "tptz:GetStatus", SIM_MAIN, "<tt:PanTilt>MOVING</tt:PanTilt>"},
      {"Q36", "idle", "tptz:GetStatus", SIM_MAIN, "<tt:PanTilt>IDLE</tt:PanTilt>"},
  };
  const CgSimOptions options = make_options (CG_SIM_AUTH_BOTH);
  g_auto (SimClient) client = {0};

  sim_client_start (&client, &options, SIM_LOGIN_DIGEST);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    sim_client_set_fault (&client, table[i].fault, table[i].arg);
    sim_client_expect (&client, table[i].op, table[i].body, table[i].part);
    g_assert_true (cg_sim_clear_fault (client.sim, table[i].fault, NULL));
  }
}

static void
test_empty_answer (void)
{
  const CgSimOptions options = make_options (CG_SIM_AUTH_BOTH);
  g_auto (SimClient) client = {0};

  sim_client_start (&client, &options, SIM_LOGIN_DIGEST);
  sim_client_set_fault (&client, "Q3", NULL);
  g_autoptr (SimAnswer) empty = sim_client_call (&client, "tds:GetDeviceInformation", "");
  client.login = SIM_LOGIN_TOKEN;

  g_assert_cmpuint (empty->status, ==, 200);
  g_assert_cmpstr (empty->text, ==, "");
  sim_client_expect (&client, "tds:GetDeviceInformation", "", "camgate-sim");
}

static void
test_closed_connections (void)
{
  const CgSimOptions options = make_options (CG_SIM_AUTH_NONE);
  g_auto (SimClient) client = {0};

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_client_set_fault (&client, "Q46", "after");
  g_assert_cmpuint (get_status (&client, "tds:GetDeviceInformation", ""), ==, 200);
  sim_client_set_fault (&client, "Q46", "instead");
  g_assert_cmpuint (get_status (&client, "tds:GetDeviceInformation", ""), ==, 0);
  cg_sim_clear_fault (client.sim, "Q46", NULL);
  g_assert_cmpuint (get_status (&client, "tds:GetDeviceInformation", ""), ==, 200);
}

static gpointer
hang_in_thread (gpointer user_data)
{
  const SimClient *client = user_data;
  g_autoptr (SoupSession) session = soup_session_new ();
  SimClient other = {client->sim, session, SIM_LOGIN_NONE, NULL};

  return GUINT_TO_POINTER (get_status (&other, "tds:GetSystemDateAndTime", ""));
}

static gboolean
is_time_asked (gpointer user_data)
{
  SimClient *client = user_data;

  return cg_sim_count_requests (client->sim, "GetSystemDateAndTime") > 0;
}

/* One call hangs; others are answered meanwhile, late or at once; the end of the camera ends it. */
static void
test_hanging_call_blocks_nobody (void)
{
  const CgSimOptions options = make_options (CG_SIM_AUTH_NONE);
  g_auto (SimClient) client = {0};

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_client_set_fault (&client, "hang", NULL);
  GThread *thread = g_thread_new ("hang", hang_in_thread, &client);
  sim_wait_for (is_time_asked, &client, "the call that hangs");

  cg_sim_clear_fault (client.sim, "hang", NULL);
  g_assert_cmpuint (get_status (&client, "tds:GetDeviceInformation", ""), ==, 200);
  sim_client_set_fault (&client, "hang", "20");
  g_assert_cmpuint (get_status (&client, "tds:GetDeviceInformation", ""), ==, 200);

  cg_sim_stop (client.sim);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, 0);
}

static void
test_starts_again_with_memory (void)
{
  const CgSimOptions options = make_options (CG_SIM_AUTH_NONE);
  g_auto (SimClient) client = {0};
  g_autoptr (GError) error = NULL;

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  get_status (&client, "tptz:SetPreset", SIM_MAIN);
  cg_sim_stop (client.sim);
  g_assert_cmpuint (get_status (&client, "tds:GetDeviceInformation", ""), ==, 0);
  cg_sim_start (client.sim, &error);
  g_assert_no_error (error);

  sim_client_expect (&client, "tptz:GetPresets", SIM_MAIN, "token=\"1\"");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/onvif/time", test_time_needs_no_login);
  g_test_add_func ("/sim/onvif/logins", test_logins);
  g_test_add_func ("/sim/onvif/wrong-clock", test_wrong_clock_refuses_token);
  g_test_add_func ("/sim/onvif/answers", test_answers);
  g_test_add_func ("/sim/onvif/faults", test_faults_of_the_standard);
  g_test_add_func ("/sim/onvif/requests", test_requests_are_recorded);
  g_test_add_func ("/sim/onvif/moves", test_camera_moves_and_stops);
  g_test_add_func ("/sim/onvif/timeout", test_timeout_is_kept_or_not);
  g_test_add_func ("/sim/onvif/q33-optional-is-refused", test_optional_is_refused);
  g_test_add_func ("/sim/onvif/presets", test_presets);
  g_test_add_func ("/sim/onvif/no-ptz", test_camera_without_ptz);
  g_test_add_func ("/sim/onvif/quirks", test_quirks);
  g_test_add_func ("/sim/onvif/empty-answer", test_empty_answer);
  g_test_add_func ("/sim/onvif/closed-connections", test_closed_connections);
  g_test_add_func ("/sim/onvif/hang", test_hanging_call_blocks_nobody);
  g_test_add_func ("/sim/onvif/again", test_starts_again_with_memory);
  return g_test_run ();
}
