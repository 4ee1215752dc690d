/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of cameras and gateway as devices: PROTOCOL.md section 4, device to statistics. */
#include "control-fixture.h"

#include <string.h>

#define ASK(did, data) "{\"did\":\"" did "\",\"mid\":\"1\",\"type\":\"action\",\"data\":" data "}"
#define REPLY(did, result)                                                                         \
  "{\"did\":\"" did "\",\"mid\":\"1\",\"type\":\"action\",\"result\":" result "}"
#define CAMERA_ASK(data) ASK (CAMERA, data)
#define BOX_ASK(data) ASK (GATEWAY, data)
#define DONE(did, method) REPLY (did, "{\"device\":{\"" method "\":{\"code\":0}}}")
#define FAILED(did, method, code, text)                                                            \
  REPLY (did, "{\"device\":{\"" method "\":{\"code\":" #code ",\"error\":\"" text "\"}}}")

#define PLACES "[gateway]\ndid=" GATEWAY "\n[device]\nlocation=1.5;2.5\npower-sources=poe;solar\n"

typedef struct {
  const char *name;
  const char *message;
  const char *reply;
  const char *call; /* what camera or gateway was asked; NULL: nothing */
} Row;

static const Row rows[] = {
    {"camera-read", CAMERA_ASK ("{\"device\":{\"read\":{}}}"),
     REPLY (CAMERA,
            "{\"device\":{\"read\":{\"firmwareVersion\":\"V1\",\"deviceType\":\"camera\","
            "\"errorCode\":0,\"currentTime\":1600000000,\"UTCOffset\":\"+08:00\",\"timezone\":"
            "\"CST-8\"}}}")},
    {"camera-write", CAMERA_ASK ("{\"device\":{\"write\":{\"currentTime\":1600000000}}}"),
     DONE (CAMERA, "write"), "clock 1600000000000"},
    {"camera-write-digits",
     CAMERA_ASK ("{\"device\":{\"write\":{\"currentTime\":\"100000000000\"}}}"),
     DONE (CAMERA, "write"), "clock 100000000000000"},
    {"camera-write-ms", CAMERA_ASK ("{\"device\":{\"write\":{\"currentTime\":1600000000123}}}"),
     DONE (CAMERA, "write"), "clock 1600000000123"},
    {"camera-write-nothing", CAMERA_ASK ("{\"device\":{\"write\":{}}}"),
     FAILED (CAMERA, "write", 400, "Invalid currentTime")},
    {"camera-write-text", CAMERA_ASK ("{\"device\":{\"write\":{\"currentTime\":\"now\"}}}"),
     FAILED (CAMERA, "write", 400, "Invalid currentTime")},
    {"camera-write-zero", CAMERA_ASK ("{\"device\":{\"write\":{\"currentTime\":0}}}"),
     FAILED (CAMERA, "write", 400, "Invalid currentTime")},
    {"camera-write-never", CAMERA_ASK ("{\"device\":{\"write\":{\"currentTime\":1e18}}}"),
     FAILED (CAMERA, "write", 400, "Invalid currentTime")},
    {"camera-reboot", CAMERA_ASK ("{\"device\":{\"reboot\":{}}}"), DONE (CAMERA, "reboot"),
     "reboot in 1000"},
    {"camera-reboot-null", CAMERA_ASK ("{\"device\":{\"reboot\":null}}"), DONE (CAMERA, "reboot"),
     "reboot in 1000"},
    {"camera-reboot-now", CAMERA_ASK ("{\"device\":{\"reboot\":{\"delay\":0}}}"),
     DONE (CAMERA, "reboot"), "reboot in 0"},
    {"camera-reboot-latest", CAMERA_ASK ("{\"device\":{\"reboot\":{\"delay\":3600}}}"),
     DONE (CAMERA, "reboot"), "reboot in 3600000"},
    {"camera-reboot-never", CAMERA_ASK ("{\"device\":{\"reboot\":{\"delay\":-1}}}"),
     DONE (CAMERA, "reboot"), "forget reboot"},
    {"camera-reboot-too-late", CAMERA_ASK ("{\"device\":{\"reboot\":{\"delay\":3601}}}"),
     FAILED (CAMERA, "reboot", 400, "Invalid delay")},
    {"camera-reboot-soon", CAMERA_ASK ("{\"device\":{\"reboot\":{\"delay\":\"soon\"}}}"),
     FAILED (CAMERA, "reboot", 400, "Invalid delay")},
    {"camera-reset", CAMERA_ASK ("{\"device\":{\"reset\":{}}}"),
     FAILED (CAMERA, "reset", 18003, "A reset from afar is not supported")},
    {"camera-connectivity", CAMERA_ASK ("{\"connectivity\":{\"read\":{}}}"),
     REPLY (CAMERA,
            "{\"connectivity\":{\"read\":{\"online\":true,\"ipAddresses\":[\"192.0.2.1\"],"
            "\"mac\":\"00:11:22:33:44:55\",\"networkBearer\":41,\"rtt\":12}}}")},
    {"camera-statistics", CAMERA_ASK ("{\"statistics\":{\"read\":{}}}"),
     REPLY (CAMERA,
            "{\"statistics\":{\"read\":{\"txData\":2,\"rxData\":3,\"collectionPeriod\":60,"
            "\"frames\":7,\"bitrate\":500,\"reconnects\":4,\"dropped\":1,\"uplinkChanges\":2,"
            "\"stages\":{\"contact\":5,\"written\":90}}}}")},
    {"camera-firmware-read", CAMERA_ASK ("{\"firmware\":{\"read\":{}}}"),
     REPLY (CAMERA,
            "{\"firmware\":{\"read\":{\"state\":0,\"result\":0,\"protocol\":2,\"delivery\":0}}}")},
    {"camera-firmware-no-sum",
     CAMERA_ASK ("{\"firmware\":{\"update\":{\"uri\":\"http://h/x\",\"md5sum\":\"12\"}}}"),
     REPLY (CAMERA, "{\"firmware\":{\"update\":{\"code\":400,\"error\":\"Invalid md5sum\"}}}")},
    {"camera-firmware-version",
     CAMERA_ASK ("{\"firmware\":{\"update\":{\"uri\":\"http://h/x\",\"version\":7}}}"),
     REPLY (CAMERA, "{\"firmware\":{\"update\":{\"code\":400,\"error\":\"Invalid version\"}}}")},
    {"config-fault", BOX_ASK ("{\"config\":{\"write\":{\"camera\":[{\"did\":\"x\",\"ip\":5}]}}}"),
     REPLY (GATEWAY,
            "{\"config\":{\"write\":{\"code\":9,\"error\":\"camera[0].ip: is no text\"}}}")},
    {"config-read", BOX_ASK ("{\"config\":{\"read\":{}}}"),
     REPLY (GATEWAY, "{\"config\":{\"read\":{\"camera\":[],\"updated\":0}}}")},
    {"peripheral-no-did", BOX_ASK ("{\"peripheral\":{\"read\":{\"config\":{}}}}"),
     REPLY (GATEWAY, "{\"peripheral\":{\"read\":{\"code\":400,\"error\":\"Invalid did\"}}}")},
    {"peripheral-unknown", BOX_ASK ("{\"peripheral\":{\"write\":{\"did\":\"x\",\"config\":{}}}}"),
     REPLY (GATEWAY, "{\"peripheral\":{\"write\":{\"code\":404,\"error\":\"Invalid thing id\"}}}")},
    {"gateway-reboot", BOX_ASK ("{\"device\":{\"reboot\":{\"delay\":\"5\"}}}"),
     DONE (GATEWAY, "reboot"), "reboot in 5000"},
    {"gateway-reboot-never", BOX_ASK ("{\"device\":{\"reboot\":{\"delay\":-7}}}"),
     DONE (GATEWAY, "reboot"), "forget reboot"},
    {"gateway-write", BOX_ASK ("{\"device\":{\"write\":{\"currentTime\":1600000000}}}"),
     DONE (GATEWAY, "write"), "clock 1600000000000"},
    {"gateway-reset", BOX_ASK ("{\"device\":{\"reset\":{}}}"),
     FAILED (GATEWAY, "reset", 18003, "A reset from afar is not supported")},
    {"gateway-connectivity", BOX_ASK ("{\"connectivity\":{\"read\":{}}}"),
     REPLY (GATEWAY,
            "{\"connectivity\":{\"read\":{\"online\":true,\"ipAddresses\":[\"192.0.2.2\","
            "\"2001:db8::2\"],\"mac\":\"aa:11:22:33:44:55\",\"networkBearer\":41}}}")},
    {"gateway-location", BOX_ASK ("{\"location\":{\"read\":{}}}"),
     REPLY (GATEWAY,
            "{\"location\":{\"read\":{\"code\":18003,\"error\":\"No location is "
            "configured\"}}}")},
    {"gateway-statistics", BOX_ASK ("{\"statistics\":{\"read\":{}}}"),
     REPLY (
         GATEWAY,
         "{\"statistics\":{\"read\":{\"txData\":20,\"rxData\":10,\"collectionPeriod\":"
         "100,\"frames\":7,\"bitrate\":500,\"reconnects\":4,\"dropped\":1,\"uplinkChanges\":2}}}")},
};

static void
test_row (ControlFixture *fixture, const Row *row)
{
  g_autofree char *call = NULL;

  fake_camera_set_contacted (fixture->camera, "V1");

  control_receive (fixture->channel, row->message);

  control_assert_reply (fixture, row->reply);
  call = fake_camera_pop_call (fixture->camera);
  if (call == NULL)
    call = fake_gateway_pop_call (fixture->gateway);
  g_assert_cmpstr (call, ==, row->call);
}

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    ControlFixture fixture = {0};
    g_autofree char *line = NULL;

    g_test_message ("%s", rows[i].name);
    control_fixture_set_up (&fixture, NULL);
    test_row (&fixture, &rows[i]);
    control_fixture_tear_down (&fixture, NULL);
    while ((line = cg_test_pop_warning ()) != NULL)
      g_clear_pointer (&line, g_free);
  }
}

static JsonObject *
ask (ControlFixture *fixture, const char *did, const char *service)
{
  static guint mid = 1;
  g_autofree char *request = g_strdup_printf (
      "{\"did\":\"%s\",\"mid\":%u,\"data\":{\"%s\":{\"read\":{}}}}", did, ++mid, service);
  g_autofree char *reply = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *result;

  control_receive (fixture->channel, request);
  control_settle (fixture);
  reply = control_pop (fixture, CG_MESSAGE_KIND_REPLY);
  node = json_from_string (reply, NULL);
  result = json_object_get_object_member (json_node_get_object (node), "result");
  result = json_object_get_object_member (result, service);
  return json_object_ref (json_object_get_object_member (result, "read"));
}

/* The camera is told of by what it said last; the gateway has a part that does not work. */
static void
test_camera_away (ControlFixture *fixture, gconstpointer settings)
{
  g_autoptr (JsonObject) before = NULL;
  g_autoptr (JsonObject) camera = NULL;
  g_autoptr (JsonObject) link = NULL;
  g_autoptr (JsonObject) box = NULL;

  fake_camera_set_contacted (fixture->camera, "V1");
  before = ask (fixture, GATEWAY, "device");
  fake_camera_set_contacted (fixture->camera, NULL);

  camera = ask (fixture, CAMERA, "device");
  link = ask (fixture, CAMERA, "connectivity");
  box = ask (fixture, GATEWAY, "device");

  g_assert_cmpint (json_object_get_int_member (before, "errorCode"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (camera, "errorCode"), ==, 7);
  g_assert_cmpstr (json_object_get_string_member (camera, "firmwareVersion"), ==, "V1");
  g_assert_false (json_object_has_member (camera, "currentTime"));
  g_assert_false (json_object_get_boolean_member (link, "online"));
  g_assert_false (json_object_has_member (link, "rtt"));
  g_assert_cmpint (json_object_get_int_member (box, "errorCode"), ==, 8);
}

static void
test_gateway_read (ControlFixture *fixture, gconstpointer settings)
{
  g_autoptr (JsonObject) box = ask (fixture, GATEWAY, "device");
  g_autoptr (JsonObject) place = ask (fixture, GATEWAY, "location");
  JsonArray *power = json_object_get_array_member (box, "powerSources");

  g_assert_cmpstr (json_object_get_string_member (box, "deviceType"), ==, "gateway");
  g_assert_cmpstr (json_object_get_string_member (box, "modelNumber"), ==, "Box 3");
  g_assert_cmpstr (json_object_get_string_member (box, "firmwareVersion"), ==, CG_VERSION);
  g_assert_cmpstr (json_object_get_string_member (box, "UTCOffset"), ==, "-01:30");
  g_assert_cmpstr (json_object_get_string_member (box, "timezone"), ==, "Europe/Berlin");
  g_assert_true (json_object_has_member (box, "currentTime"));
  g_assert_false (json_object_has_member (box, "manufacturer"));
  g_assert_cmpint (json_array_get_int_element (power, 0), ==, 4);
  g_assert_cmpint (json_array_get_int_element (power, 1), ==, 7);
  g_assert_cmpfloat (json_object_get_double_member (place, "latitude"), ==, 1.5);
  g_assert_cmpfloat (json_object_get_double_member (place, "longitude"), ==, 2.5);
  g_assert_false (json_object_has_member (place, "altitude"));
  g_assert_cmpint (json_object_get_int_member (place, "timestamp"), ==,
                   CG_CLOCK_DUMMY_EPOCH_MS / 1000);
}

static void
test_camera_place (ControlFixture *fixture, gconstpointer settings)
{
  g_autoptr (JsonObject) place = ask (fixture, CAMERA, "location");

  g_assert_cmpfloat (json_object_get_double_member (place, "latitude"), ==, 59.5);
  g_assert_cmpfloat (json_object_get_double_member (place, "longitude"), ==, -18.25);
  g_assert_cmpfloat (json_object_get_double_member (place, "altitude"), ==, 28);
  g_assert_cmpint (json_object_get_int_member (place, "timestamp"), ==,
                   CG_CLOCK_DUMMY_EPOCH_MS / 1000);
}

/* What a camera refuses or fails at stands in the reply, with its code. */
static void
test_failures (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *line = NULL;

  fake_camera_fail_next (fixture->camera, CG_ERROR_UNREACHABLE, "no route");
  control_receive (fixture->channel, CAMERA_ASK ("{\"device\":{\"reboot\":{}}}"));
  control_assert_reply (fixture, FAILED (CAMERA, "reboot", 18002, "no route"));

  fake_camera_fail_next (fixture->camera, CG_ERROR_NOT_SUPPORTED, "no clock");
  control_receive (fixture->channel, CAMERA_ASK ("{\"device\":{\"write\":{\"currentTime\":9}}}"));
  control_assert_reply (fixture, FAILED (CAMERA, "write", 18003, "no clock"));

  fake_gateway_fail_next (fixture->gateway, CG_ERROR_NOT_SUPPORTED, "no command");
  control_receive (fixture->channel, BOX_ASK ("{\"device\":{\"reboot\":{}}}"));
  control_assert_reply (fixture, FAILED (GATEWAY, "reboot", 18003, "no command"));

  while ((line = cg_test_pop_warning ()) != NULL)
    g_clear_pointer (&line, g_free);
}

static void
let_register (ControlFixture *fixture, const char *did)
{
  g_autofree char *answer =
      g_strdup_printf ("{\"did\":\"%s\",\"type\":\"register\",\"result\":{\"token\":\"t\"}}", did);

  control_receive (fixture->channel, answer);
}

static void
drop_registers (ControlFixture *fixture)
{
  control_settle (fixture);
  while (!g_queue_is_empty (&fixture->sent))
    g_free (control_pop (fixture, CG_MESSAGE_KIND_REGISTER));
}

#define EVENT(did, content)                                                                        \
  "{\"did\":\"" did                                                                                \
  "\",\"type\":\"event\",\"token\":\"t\",\"data\":{\"device\":{\"reboot\":" content "}}}"

static void
test_events (ControlFixture *fixture, gconstpointer settings)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_TIMED_OUT, "still away");

  fake_camera_set_contacted (fixture->camera, "V1");
  cg_channel_set_link (fixture->channel, TRUE);
  drop_registers (fixture);
  let_register (fixture, CAMERA);

  fake_camera_end_reboot (fixture->camera, NULL);
  fake_camera_end_reboot (fixture->camera, error);

  control_assert_pop (fixture, CG_MESSAGE_KIND_EVENT, EVENT (CAMERA, "{\"state\":\"back\"}"));
  control_assert_pop (
      fixture, CG_MESSAGE_KIND_EVENT,
      EVENT (CAMERA, "{\"state\":\"failed\",\"reason\":\"timed-out\",\"error\":\"still away\"}"));
  control_assert_silent (fixture);
}

/* The box is back before anybody is registered: it is told as soon as somebody may hear it. */
static void
test_event_waits_for_registration (ControlFixture *fixture, gconstpointer settings)
{
  fake_gateway_end_reboot (fixture->gateway, NULL);
  cg_channel_set_link (fixture->channel, TRUE);
  drop_registers (fixture);

  let_register (fixture, GATEWAY);

  control_assert_pop (fixture, CG_MESSAGE_KIND_EVENT, EVENT (GATEWAY, "{\"state\":\"back\"}"));
  control_assert_silent (fixture);
}

#define ADD(name, settings, func)                                                                  \
  g_test_add ("/device/" name, ControlFixture, settings, control_fixture_set_up, func,             \
              control_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_test_keep_warnings ();
  g_test_add_func ("/device/rows", test_rows);
  ADD ("camera-away", NULL, test_camera_away);
  ADD ("gateway-read", PLACES, test_gateway_read);
  ADD ("camera-place", NULL, test_camera_place);
  ADD ("failures", NULL, test_failures);
  ADD ("events", NULL, test_events);
  ADD ("event-waits-for-registration", NULL, test_event_waits_for_registration);
  return g_test_run ();
}
