/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control-fixture.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "cg-trace.h"

#define PLAYING "{\"play\":{\"state\":\"playing\",\"url\":\"rtmp://h/a/b\"}}"

typedef struct {
  ControlFixture base;
  CgChannel *local;
} LocalFixture;

static void
set_up (LocalFixture *self, gconstpointer settings)
{
  control_fixture_set_up (&self->base, settings);
  self->local = control_fixture_add_channel (&self->base, "local", CG_CHANNEL_LOCAL);
}

static void
tear_down (LocalFixture *self, gconstpointer settings)
{
  cg_channel_close (self->local);
  g_assert_finalize_object (self->local);
  control_fixture_tear_down (&self->base, settings);
}

static JsonObject *
parse (const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  g_assert_nonnull (node);
  return json_node_dup_object (node);
}

/* Asks the gateway, without naming it, and returns what stands under @service in the reply. */
static JsonObject *
ask (LocalFixture *fixture, const char *service)
{
  g_autofree char *request = g_strdup_printf ("{\"mid\":\"1\",\"data\":{\"%s\":{}}}", service);
  g_autofree char *reply = NULL;
  g_autoptr (JsonObject) message = NULL;
  JsonObject *result;

  control_receive (fixture->local, request);
  reply = control_pop (&fixture->base, CG_MESSAGE_KIND_REPLY);
  message = parse (reply);
  g_assert_cmpstr (json_object_get_string_member (message, "did"), ==, GATEWAY);
  result = json_object_get_object_member (message, "result");
  return json_object_ref (json_object_get_object_member (result, service));
}

static void
test_snapshot (LocalFixture *fixture, gconstpointer settings)
{
  static const char request[] =
      "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"type\":\"action\",\"data\":{\"snapshot\":{}}}";
  g_autofree char *reply = NULL;
  g_autofree char *refusal = NULL;

  control_receive (fixture->local, request);
  control_settle (&fixture->base);
  reply = control_pop (&fixture->base, CG_MESSAGE_KIND_REPLY);
  control_receive (fixture->base.channel, request);
  refusal = control_pop (&fixture->base, CG_MESSAGE_KIND_REPLY);

  /* A picture of a camera is for those who are let in here. */
  control_assert_call (&fixture->base, "snapshot");
  g_assert_nonnull (
      strstr (reply, "{\"snapshot\":{\"code\":0,\"source\":\"stream\",\"jpeg\":\"/9j/\"}}"));
  g_assert_nonnull (
      strstr (refusal, "{\"snapshot\":{\"code\":404,\"error\":\"Unsupported action\"}}"));
  g_free (cg_test_pop_warning ());
}

static void
test_ptz_status (LocalFixture *fixture, gconstpointer settings)
{
  static const char request[] =
      "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"data\":{\"ptz\":{\"status\":{}}}}";
  g_autofree char *reply = NULL;
  g_autofree char *refusal = NULL;
  g_autofree char *call = NULL;

  control_receive (fixture->local, request);
  control_settle (&fixture->base);
  reply = control_pop (&fixture->base, CG_MESSAGE_KIND_REPLY);
  control_receive (fixture->base.channel, request);
  refusal = control_pop (&fixture->base, CG_MESSAGE_KIND_REPLY);

  call = fake_camera_pop_call (fixture->base.camera);
  g_assert_cmpstr (call, ==, "ptz-status");
  g_assert_nonnull (strstr (reply,
                            "\"ptz\":{\"code\":0,\"contacted\":false,\"moving\":true,"
                            "\"lease\":{\"left\":4200,\"source\":\"cloud\",\"pan\":0.5,"
                            "\"tilt\":0.0,\"zoom\":0.0},"
                            "\"position\":{\"pan\":0.25,\"tilt\":0.0,\"age\":10},"
                            "\"preset\":{\"index\":5,\"name\":\"gate\",\"state\":\"at\"},"
                            "\"limits\":{\"pan\":{\"max\":1.0,\"maxKnown\":\"verified\"},"
                            "\"tilt\":{},\"zoom\":{}},\"measurable\":false,\"stop\":\"named\"}"));
  /* The contract has no such method. */
  g_assert_nonnull (strstr (refusal, "{\"ptz\":{\"code\":60020,"));
  g_free (cg_test_pop_warning ());
}

static void
test_cameras (LocalFixture *fixture, gconstpointer settings)
{
  g_autoptr (JsonObject) result = NULL;
  JsonObject *camera;

  fake_camera_set_contacted (fixture->base.camera, "V1");
  fake_camera_report_stream (fixture->base.camera, CG_STREAM_PLAYING, "rtmp://u:p@h/a/b", NULL);

  result = ask (fixture, "cameras");

  g_assert_cmpint (json_object_get_int_member (result, "code"), ==, 0);
  camera = json_array_get_object_element (json_object_get_array_member (result, "cameras"), 0);
  g_assert_cmpstr (json_object_get_string_member (camera, "did"), ==, CAMERA);
  g_assert_cmpstr (json_object_get_string_member (camera, "firmwareVersion"), ==, "V1");
  g_assert_null (strstr (json_object_get_string_member (camera, "address"), "hunter2"));
  g_assert_true (json_object_get_boolean_member (camera, "contacted"));
  g_assert_true (json_object_get_boolean_member (camera, "panTilt"));
  g_assert_false (json_object_get_boolean_member (camera, "zoom"));
  g_assert_false (json_object_get_boolean_member (camera, "registered"));
  g_assert_false (json_object_has_member (camera, "manufacturer"));
  camera = json_object_get_object_member (camera, "stream");
  g_assert_cmpstr (json_object_get_string_member (camera, "state"), ==, "playing");
  g_assert_null (strstr (json_object_get_string_member (camera, "url"), "u:p"));
  g_assert_cmpint (json_object_get_int_member (camera, "frames"), ==, 7);
  camera = json_object_get_object_member (camera, "picture");
  g_assert_cmpint (json_object_get_int_member (camera, "width"), ==, 640);
  g_assert_cmpint (json_object_get_int_member (camera, "fps"), ==, 25);
  g_assert_cmpint (json_object_get_int_member (camera, "gop"), ==, 2000);
  g_assert_false (json_object_get_boolean_member (camera, "bFrames"));
}

static void
on_describe (CgChannel *channel, CgChannelFigures *figures, gpointer user_data)
{
  figures->queued = 3;
  figures->dropped = 5;
  figures->trouble = "not authorised";
}

static gboolean
has_cloud (LocalFixture *fixture)
{
  g_autoptr (JsonObject) status = ask (fixture, "status");
  JsonObject *cloud = json_object_get_object_member (status, "cloud");

  g_assert_nonnull (cloud);
  return json_object_get_boolean_member (cloud, "configured");
}

/* Without `servers` there is no door to it whose state could be told. */
static void
test_status_without_a_cloud (LocalFixture *fixture, gconstpointer settings)
{
  g_assert_false (has_cloud (fixture));
}

static void
test_status_with_a_cloud (LocalFixture *fixture, gconstpointer settings)
{
  g_assert_true (has_cloud (fixture));
}

static void
test_status (LocalFixture *fixture, gconstpointer settings)
{
  g_autoptr (JsonObject) result = NULL;
  JsonObject *cameras, *lag, *uplink;
  JsonArray *doors;

  cg_dispatcher_set_lag (fixture->base.dispatcher, cg_lag_new ());
  g_signal_connect (fixture->base.channel, "describe", G_CALLBACK (on_describe), NULL);
  fake_camera_report_stream (fixture->base.camera, CG_STREAM_PLAYING, "rtmp://h/a/b", NULL);

  result = ask (fixture, "status");

  g_assert_cmpint (json_object_get_int_member (result, "code"), ==, 0);
  g_assert_cmpstr (json_object_get_string_member (result, "did"), ==, GATEWAY);
  cameras = json_object_get_object_member (result, "cameras");
  g_assert_cmpint (json_object_get_int_member (cameras, "bound"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (cameras, "contacted"), ==, 0);
  uplink = json_object_get_object_member (result, "uplink");
  g_assert_cmpint (json_object_get_int_member (uplink, "kbps"), ==, 500);
  g_assert_cmpint (json_object_get_int_member (uplink, "small"), ==, 0);
  g_assert_false (json_object_has_member (uplink, "budget"));
  lag = json_object_get_object_member (result, "lag");
  g_assert_cmpint (json_object_get_int_member (lag, "period"), ==, CG_LAG_PERIOD_S);
  g_assert_cmpfloat (json_object_get_double_member (lag, "max"), >=,
                     json_object_get_double_member (lag, "own"));
  doors = json_object_get_array_member (result, "doors");
  g_assert_cmpuint (json_array_get_length (doors), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (doors, 0), "name"),
                   ==, "mqtt");
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (doors, 0), "queued"),
                   ==, 3 + 1); /* the camera's event waits for the link, too */
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (doors, 0), "dropped"),
                   ==, 5);
  g_assert_cmpstr (
      json_object_get_string_member (json_array_get_object_element (doors, 0), "trouble"), ==,
      "not authorised");
  g_assert_false (json_object_has_member (json_array_get_object_element (doors, 0), "server"));
  g_assert_false (json_object_has_member (json_array_get_object_element (doors, 1), "dropped"));
}

/* Events go to those who asked something of that did, without a token. */
static void
test_events (LocalFixture *fixture, gconstpointer settings)
{
  fake_camera_report_stream (fixture->base.camera, CG_STREAM_PLAYING, "rtmp://h/a/b", NULL);
  control_assert_silent (&fixture->base);

  control_receive (fixture->local, "{\"did\":\"" CAMERA "\",\"mid\":1,\"data\":{\"stop\":{}}}");
  g_free (control_pop (&fixture->base, CG_MESSAGE_KIND_REPLY));
  fake_camera_report_stream (fixture->base.camera, CG_STREAM_PLAYING, "rtmp://h/a/b", NULL);

  control_assert_pop (&fixture->base, CG_MESSAGE_KIND_EVENT,
                      "{\"did\":\"" CAMERA "\",\"type\":\"event\",\"data\":" PLAYING "}");
  control_assert_silent (&fixture->base);
}

/* The cloud's login at its media server is no business of whoever may use the socket. */
static void
test_events_hide_logins (LocalFixture *fixture, gconstpointer settings)
{
  g_autoptr (GError) error =
      g_error_new_literal (CG_ERROR, CG_ERROR_UNREACHABLE, "rtmp://user:hunter2@h/a/b: refused");
  g_autofree char *local = NULL;

  control_receive (fixture->local, "{\"did\":\"" CAMERA "\",\"mid\":1,\"data\":{\"stop\":{}}}");
  g_free (control_pop (&fixture->base, CG_MESSAGE_KIND_REPLY));
  fake_camera_report_stream (fixture->base.camera, CG_STREAM_RETRYING,
                             "rtmp://user:hunter2@h/a/b?key=hunter2", error);

  local = control_pop (&fixture->base, CG_MESSAGE_KIND_EVENT);
  g_assert_nonnull (strstr (local, "\"url\":\"rtmp://******@h/a/b?key=******\""));
  g_assert_null (strstr (local, "hunter2"));
  control_assert_silent (&fixture->base);
  g_autofree char *line = cg_test_pop_warning ();
  g_assert_true (g_str_has_prefix (line, "stream of " CAMERA
                                         " to rtmp://******@h/a/b?key=******: retrying: "));
  g_assert_null (strstr (line, "hunter2"));
}

/* A camera's did has no local services; a client's registration means nothing. */
static void
test_refusals (LocalFixture *fixture, gconstpointer settings)
{
  control_receive (fixture->local, "{\"did\":\"" CAMERA "\",\"mid\":1,\"data\":{\"status\":{}}}");
  control_assert_reply (&fixture->base,
                        "{\"did\":\"" CAMERA "\",\"mid\":1,\"type\":\"action\",\"result\":{"
                        "\"status\":{\"code\":404,\"error\":\"Unsupported action\"}}}");
  control_receive (fixture->local, "{\"did\":\"" GATEWAY "\",\"type\":\"register\",\"result\":{}}");
  control_assert_silent (&fixture->base);
  g_assert_null (cg_test_pop_warning ()); /* who asked has been told */
}

static void
test_moves_end_with_the_client (LocalFixture *fixture, gconstpointer settings)
{
  g_autofree char *lost = NULL;

  cg_channel_set_link (fixture->local, FALSE);

  lost = fake_fleet_pop_lost_link (fixture->base.fleet);
  g_assert_cmpstr (lost, ==, "local");
  g_assert_null (fake_fleet_pop_lost_link (fixture->base.fleet));
}

/* Whoever asks again by hand, with the same mid, wants to know again. */
static void
test_asked_again (LocalFixture *fixture, gconstpointer settings)
{
  g_autoptr (JsonObject) before = ask (fixture, "status");
  g_autoptr (JsonObject) after = NULL;
  JsonObject *cameras = json_object_get_object_member (before, "cameras");

  g_assert_cmpint (json_object_get_int_member (cameras, "contacted"), ==, 0);
  fake_camera_set_contacted (fixture->base.camera, "V1");
  after = ask (fixture, "status");

  cameras = json_object_get_object_member (after, "cameras");
  g_assert_cmpint (json_object_get_int_member (cameras, "contacted"), ==, 1);
}

static void
test_trace (LocalFixture *fixture, gconstpointer settings)
{
  g_autoptr (JsonObject) traced G_GNUC_UNUSED = ask (fixture, "trace");

  control_assert_silent (&fixture->base);
  control_receive (fixture->base.channel,
                   "{ \"did\": \"" CAMERA "\", \"mid\": 1, \"token\": \"tok\",\n \"data\": "
                   "{\"play\": {\"url\": \"rtmp://user:pass@h/live/x\"}}}");

  control_assert_pop (&fixture->base, CG_MESSAGE_KIND_EVENT,
                      "{\"type\":\"trace\",\"at\":1700000000000,\"door\":\"mqtt\",\"direction\":"
                      "\"in\",\"message\":{\"did\":\"" CAMERA "\",\"mid\":1,\"token\":\"******\","
                      "\"data\":{\"play\":{\"url\":\"rtmp://******@h/live/x\"}}}}");
  control_assert_pop (&fixture->base, CG_MESSAGE_KIND_EVENT,
                      "{\"type\":\"trace\",\"at\":1700000000000,\"door\":\"mqtt\",\"direction\":"
                      "\"out\",\"message\":{\"did\":\"" CAMERA "\",\"mid\":1,\"type\":\"action\","
                      "\"token\":\"******\",\"result\":{\"play\":{\"code\":0}}}}");
  g_free (control_pop (&fixture->base, CG_MESSAGE_KIND_REPLY));
  control_assert_silent (&fixture->base);
}

typedef struct {
  const char *message;
  const char *shown;
} HideRow;

static const HideRow hide_rows[] = {
    {"{\"a\":[1,{\"password\":\"x\"},\"b\"]}", "{\"a\":[1,{\"password\":\"******\"},\"b\"]}"},
    {"{\"Password\":\"x\",\"passwd\":\"x\",\"userPassword\":\"x\",\"pwd\":\"x\"}",
     "{\"Password\":\"******\",\"passwd\":\"******\",\"userPassword\":\"******\",\"pwd\":\"******"
     "\"}"},
    {"{\"url\":\"rtsp://h/x?pw=x&a=b\",\"signal\":1}",
     "{\"url\":\"rtsp://h/x?pw=******&a=b\",\"signal\":1}"},
    {"{\"lora\":{\"appKey\":\"a\",\"nwk_key\":[\"b\"],\"keyframe\":5},\"basicAuth\":\"c\","
     "\"ftpPass\":1}",
     "{\"lora\":{\"appKey\":\"******\",\"nwk_key\":[\"******\"],\"keyframe\":5},"
     "\"basicAuth\":\"******\",\"ftpPass\":\"******\"}"},
    {"{\"accessToken\":\"x\",\"signature\":\"x\",\"pw\":\"x\"}",
     "{\"accessToken\":\"******\",\"signature\":\"******\",\"pw\":\"******\"}"},
    {"{\"secret\":5,\"sign\":null}", "{\"secret\":\"******\",\"sign\":\"******\"}"},
    {"{\"token\":{\"a\":[\"b\",{\"c\":1}]},\"d\":\"e\"}",
     "{\"token\":{\"a\":[\"******\",{\"c\":\"******\"}]},\"d\":\"e\"}"},
    {"{\"p\\u0061ssword\":\"x\"}", "{\"p\\u0061ssword\":\"******\"}"},
    {"{\"x\":1e30,\"y\":\"\\u00e9\"}", "{\"x\":1e30,\"y\":\"\\u00e9\"}"},
    {"{}", "{}"},
    {"{\"a\":\"x\"", "8"},
    {"[1]", "3"},
    {"", "0"},
};

static void
test_hide (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hide_rows); i++) {
    g_autoptr (GBytes) message =
        g_bytes_new_static (hide_rows[i].message, strlen (hide_rows[i].message));
    g_autoptr (GBytes) hidden = cg_trace_hide (message);

    g_assert_cmpmem (g_bytes_get_data (hidden, NULL), g_bytes_get_size (hidden), hide_rows[i].shown,
                     strlen (hide_rows[i].shown));
  }
}

static void
test_unreadable (void)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("nonsense", 8);
  g_autoptr (GBytes) hidden = cg_trace_hide (message);
  g_autoptr (GBytes) trace = cg_trace_build ("mqtt", TRUE, 5, hidden);
  const char *expected =
      "{\"type\":\"trace\",\"at\":5,\"door\":\"mqtt\",\"direction\":\"in\",\"unreadable\":8}";

  g_assert_cmpmem (g_bytes_get_data (trace, NULL), g_bytes_get_size (trace), expected,
                   strlen (expected));
}

#define ADD(path, function) g_test_add (path, LocalFixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_test_keep_warnings ();
  ADD ("/local/ptz-status", test_ptz_status);
  ADD ("/local/snapshot", test_snapshot);
  ADD ("/local/cameras", test_cameras);
  ADD ("/local/status", test_status);
  ADD ("/local/status-without-a-cloud", test_status_without_a_cloud);
  g_test_add ("/local/status-with-a-cloud", LocalFixture,
              "[gateway]\ndid=" GATEWAY "\n[cloud]\nservers=mqtt://127.0.0.1:1\n", set_up,
              test_status_with_a_cloud, tear_down);
  ADD ("/local/events", test_events);
  ADD ("/local/events-hide-logins", test_events_hide_logins);
  ADD ("/local/refusals", test_refusals);
  ADD ("/local/moves-end-with-the-client", test_moves_end_with_the_client);
  ADD ("/local/asked-again", test_asked_again);
  ADD ("/local/trace", test_trace);
  g_test_add_func ("/trace/hide", test_hide);
  g_test_add_func ("/trace/unreadable", test_unreadable);
  return g_test_run ();
}
