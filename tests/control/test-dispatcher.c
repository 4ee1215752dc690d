/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control-fixture.h"

#include <string.h>

/* A request of the camera's with mid 1. */
#define ASK(data) "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"type\":\"action\",\"data\":" data "}"
#define REPLY(result)                                                                              \
  "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"type\":\"action\",\"result\":" result "}"
#define DONE(service) REPLY ("{\"" service "\":{\"code\":0}}")
#define FAILED(service, code, error)                                                               \
  REPLY ("{\"" service "\":{\"code\":" #code ",\"error\":\"" error "\"}}")
#define GATEWAY_ASK(data)                                                                          \
  "{\"did\":\"" GATEWAY "\",\"mid\":\"1\",\"type\":\"action\",\"data\":" data "}"
#define GATEWAY_FAILED(service, code, error)                                                       \
  "{\"did\":\"" GATEWAY "\",\"mid\":\"1\",\"type\":\"action\",\"result\":{\"" service              \
  "\":{\"code\":" #code ",\"error\":\"" error "\"}}}"
#define OTHER "{\"did\":\"ffffffffffff\",\"mid\":\"1\",\"type\":\"action\","
#define NAME_OF_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LONG_NAME NAME_OF_64 NAME_OF_64 NAME_OF_64 NAME_OF_64
#define URL "rtmp://192.0.2.9/live/" CAMERA

typedef struct {
  const char *name;
  const char *message;
  const char *reply; /* NULL: none */
  const char *call;  /* what the camera was asked; NULL: nothing */
} RequestRow;

static const RequestRow rows[] = {
    {"play", ASK ("{\"play\":{\"url\":\"" URL "\",\"players\":1}}"), DONE ("play"), "play " URL},
    {"play-no-players", ASK ("{\"play\":{\"url\":\"" URL "\",\"players\":0}}"), DONE ("play"),
     "play " URL},
    {"play-rtmps", ASK ("{\"play\":{\"url\":\"rtmps://h:1/a/b?k=v\",\"players\":\"2\"}}"),
     DONE ("play"), "play rtmps://h:1/a/b?k=v"},
    {"stop", ASK ("{\"stop\":{}}"), DONE ("stop"), "stop"},
    {"stop-reason", ASK ("{\"stop\":{\"reason\":\"bored\"}}"), DONE ("stop"), "stop"},
    {"stop-null", ASK ("{\"stop\":null}"), DONE ("stop"), "stop"},
    {"ptz-start", ASK ("{\"ptz\":{\"start\":{\"direction\":7,\"speed\":0}}}"), DONE ("ptz"),
     "move 7 0 mqtt"},
    {"ptz-zero", ASK ("{\"ptz\":{\"start\":{\"direction\":0}}}"), DONE ("ptz"), "move 0 1 mqtt"},
    {"ptz-digits", ASK ("{\"ptz\":{\"start\":{\"direction\":\"9\",\"speed\":\"2\"}}}"),
     DONE ("ptz"), "move 9 2 mqtt"},
    {"ptz-fast", ASK ("{\"ptz\":{\"start\":{\"direction\":3,\"speed\":17}}}"), DONE ("ptz"),
     "move 3 2 mqtt"},
    {"ptz-unknown-members", ASK ("{\"ptz\":{\"start\":{\"direction\":3,\"mood\":[]}}}"),
     DONE ("ptz"), "move 3 1 mqtt"},
    {"ptz-stop", ASK ("{\"ptz\":{\"stop\":{}}}"), DONE ("ptz"), "halt"},
    {"ptz-stop-is-never-late", ASK ("{\"ptz\":{\"deadline\":1699999999999,\"stop\":{}}}"),
     DONE ("ptz"), "halt"},
    {"ptz-stop-whatever-deadline", ASK ("{\"ptz\":{\"stop\":{\"deadline\":\"soon\"}}}"),
     DONE ("ptz"), "halt"},
    {"ptz-first-known", ASK ("{\"ptz\":{\"dance\":{},\"stop\":{},\"start\":{\"direction\":1}}}"),
     DONE ("ptz"), "halt"},
    {"ptz-deadline-ahead",
     ASK ("{\"ptz\":{\"start\":{\"direction\":3,\"deadline\":1700000000000}}}"), DONE ("ptz"),
     "move 3 1 mqtt"},
    {"preset-set", ASK ("{\"preset\":{\"set\":{\"index\":1,\"name\":\"gate\"}}}"), DONE ("preset"),
     "set 1 gate"},
    {"preset-set-any-script",
     ASK ("{\"preset\":{\"set\":{\"index\":1,\"name\":\"\u5927\u95e8\"}}}"), DONE ("preset"),
     "set 1 大门"},
    {"preset-set-unnamed", ASK ("{\"preset\":{\"set\":{\"index\":\"128\"}}}"), DONE ("preset"),
     "set 128 -"},
    {"preset-goto", ASK ("{\"preset\":{\"goto\":{\"index\":5}}}"), DONE ("preset"), "goto 5 mqtt"},
    {"preset-remove", ASK ("{\"preset\":{\"remove\":{\"index\":5.0}}}"), DONE ("preset"),
     "remove 5"},
    {"preset-list", ASK ("{\"preset\":{\"list\":{}}}"),
     REPLY ("{\"preset\":{\"code\":0,\"presets\":[]}}"), "list"},
    {"preset-read", ASK ("{\"preset\":{\"read\":{}}}"),
     REPLY ("{\"preset\":{\"code\":0,\"presets\":[]}}"), "list"},
    {"preset-get", ASK ("{\"preset\":{\"get\":{}}}"),
     REPLY ("{\"preset\":{\"code\":0,\"presets\":[]}}"), "list"},
};

/* Each is refused, once, and no camera hears of it. */
static const RequestRow bad_rows[] = {
    {"unknown-did", OTHER "\"data\":{\"stop\":{}}}",
     "{\"did\":\"ffffffffffff\",\"mid\":\"1\",\"type\":\"action\",\"result\":{\"stop\":{\"code\":"
     "404,"
     "\"error\":\"Invalid thing id\"}}}"},
    {"unknown-did-wrapped", OTHER "\"data\":{\"device\":{\"reboot\":{}}}}",
     "{\"did\":\"ffffffffffff\",\"mid\":\"1\",\"type\":\"action\",\"result\":{\"device\":{"
     "\"reboot\":{"
     "\"code\":404,\"error\":\"Invalid thing id\"}}}}"},
    {"unknown-service", ASK ("{\"dance\":{}}"), FAILED ("dance", 404, "Unsupported action")},
    {"local-service", GATEWAY_ASK ("{\"cameras\":{}}"),
     GATEWAY_FAILED ("cameras", 404, "Unsupported action")},
    {"gateway-play", GATEWAY_ASK ("{\"play\":{\"url\":\"" URL "\"}}"),
     GATEWAY_FAILED ("play", 404, "Unsupported action")},
    {"gateway-ptz", GATEWAY_ASK ("{\"ptz\":{\"stop\":{}}}"),
     GATEWAY_FAILED ("ptz", 404, "Unsupported action")},
    {"unknown-method", ASK ("{\"device\":{\"dance\":{}}}"),
     REPLY ("{\"device\":{\"dance\":{\"code\":404,\"error\":\"Unsupported action\"}}}")},
    {"no-method", ASK ("{\"device\":{}}"), FAILED ("device", 400, "Missing command")},
    {"gateway-ptz-no-object", GATEWAY_ASK ("{\"ptz\":5}"),
     GATEWAY_FAILED ("ptz", 404, "Unsupported action")},
    {"service-no-object", ASK ("{\"ptz\":5}"), FAILED ("ptz", 400, "Invalid parameters")},
    {"method-no-object", ASK ("{\"ptz\":{\"start\":[]}}"),
     FAILED ("ptz", 400, "Invalid parameters")},
    {"play-no-object", ASK ("{\"play\":\"" URL "\"}"), FAILED ("play", 400, "Invalid parameters")},
    {"play-no-url", ASK ("{\"play\":{}}"), FAILED ("play", 400, "Invalid RTMP URL")},
    {"play-null", ASK ("{\"play\":null}"), FAILED ("play", 400, "Invalid RTMP URL")},
    {"play-http", ASK ("{\"play\":{\"url\":\"http://h/a/b\"}}"),
     FAILED ("play", 400, "Invalid RTMP URL")},
    {"play-number", ASK ("{\"play\":{\"url\":5}}"), FAILED ("play", 400, "Invalid RTMP URL")},
    {"play-no-address", ASK ("{\"play\":{\"url\":\"somewhere\"}}"),
     FAILED ("play", 400, "Invalid RTMP URL")},
    {"play-players", ASK ("{\"play\":{\"url\":\"" URL "\",\"players\":\"many\"}}"),
     FAILED ("play", 400, "Invalid players")},
    {"ptz-empty", ASK ("{\"ptz\":{}}"), FAILED ("ptz", 400, "Missing command")},
    {"ptz-unknown", ASK ("{\"ptz\":{\"dance\":{}}}"), FAILED ("ptz", 60020, "Unsupported command")},
    {"ptz-10", ASK ("{\"ptz\":{\"start\":{\"direction\":10}}}"),
     FAILED ("ptz", 400, "Invalid direction")},
    {"ptz-up", ASK ("{\"ptz\":{\"start\":{\"direction\":\"up\"}}}"),
     FAILED ("ptz", 400, "Invalid direction")},
    {"ptz-negative", ASK ("{\"ptz\":{\"start\":{\"direction\":-1}}}"),
     FAILED ("ptz", 400, "Invalid direction")},
    {"ptz-fraction", ASK ("{\"ptz\":{\"start\":{\"direction\":1.5}}}"),
     FAILED ("ptz", 400, "Invalid direction")},
    {"ptz-missing", ASK ("{\"ptz\":{\"start\":{}}}"), FAILED ("ptz", 400, "Invalid direction")},
    {"ptz-speed-negative", ASK ("{\"ptz\":{\"start\":{\"direction\":1,\"speed\":-1}}}"),
     FAILED ("ptz", 400, "Invalid speed")},
    {"ptz-speed-text", ASK ("{\"ptz\":{\"start\":{\"direction\":1,\"speed\":\"fast\"}}}"),
     FAILED ("ptz", 400, "Invalid speed")},
    {"ptz-expired", ASK ("{\"ptz\":{\"start\":{\"direction\":1,\"deadline\":1699999999999}}}"),
     FAILED ("ptz", 60006, "expired")},
    {"ptz-expired-service",
     ASK ("{\"ptz\":{\"deadline\":\"1699999999999\",\"start\":{\"direction\":1}}}"),
     FAILED ("ptz", 60006, "expired")},
    {"ptz-expired-message",
     "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"type\":\"action\",\"deadline\":5,"
     "\"data\":{\"ptz\":{\"start\":{\"direction\":1}}}}",
     FAILED ("ptz", 60006, "expired")},
    {"ptz-deadline-text", ASK ("{\"ptz\":{\"start\":{\"direction\":1,\"deadline\":\"soon\"}}}"),
     FAILED ("ptz", 400, "Invalid deadline")},
    {"preset-unknown", ASK ("{\"preset\":{\"dance\":{}}}"),
     FAILED ("preset", 60020, "Unsupported command")},
    {"ptz-status-is-local", ASK ("{\"ptz\":{\"status\":{}}}"),
     FAILED ("ptz", 60020, "Unsupported command")},
    {"preset-name-number", ASK ("{\"preset\":{\"set\":{\"index\":1,\"name\":7}}}"),
     FAILED ("preset", 400, "Invalid preset name")},
    {"preset-name-control", ASK ("{\"preset\":{\"set\":{\"index\":1,\"name\":\"a\\nb\"}}}"),
     FAILED ("preset", 400, "Invalid preset name")},
    {"preset-name-long", ASK ("{\"preset\":{\"set\":{\"index\":1,\"name\":\"" LONG_NAME "\"}}}"),
     FAILED ("preset", 400, "Invalid preset name")},
    {"preset-0", ASK ("{\"preset\":{\"goto\":{\"index\":0}}}"),
     FAILED ("preset", 400, "Invalid preset index")},
    {"preset-129", ASK ("{\"preset\":{\"set\":{\"index\":129}}}"),
     FAILED ("preset", 400, "Invalid preset index")},
    {"preset-missing", ASK ("{\"preset\":{\"remove\":{}}}"),
     FAILED ("preset", 400, "Invalid preset index")},
    {"preset-text", ASK ("{\"preset\":{\"goto\":{\"index\":\"gate\"}}}"),
     FAILED ("preset", 400, "Invalid preset index")},
    {"preset-fraction", ASK ("{\"preset\":{\"goto\":{\"index\":1.5}}}"),
     FAILED ("preset", 400, "Invalid preset index")},
    {"preset-name", ASK ("{\"preset\":{\"set\":{\"index\":1,\"name\":5}}}"),
     FAILED ("preset", 400, "Invalid preset name")},
};

/* Refused as a whole, or dropped: counted, and not logged one by one. */
static const RequestRow broken_rows[] = {
    {"broken", ASK ("{\"stop\":{}"), REPLY ("{\"code\":400,\"error\":\"Invalid JSON\"}")},
    {"no-data", "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"type\":\"action\"}",
     REPLY ("{\"code\":400,\"error\":\"Missing data\"}")},
    {"broken-early", "{\"did\":\"" CAMERA "\",mid:1}", NULL},
    {"no-object", "[1,2,3]", NULL},
    {"no-mid", "{\"did\":\"" CAMERA "\",\"type\":\"action\",\"data\":{\"stop\":{}}}", NULL},
    {"no-did", "{\"mid\":\"1\",\"type\":\"action\",\"data\":{\"stop\":{}}}", NULL},
    {"no-topic", "{\"did\":\"x#\",\"mid\":\"1\",\"data\":{\"stop\":{}}}", NULL},
    {"no-topic-2", "{\"did\":\"a+b\",\"mid\":\"1\",\"data\":{\"stop\":{}}}", NULL},
    {"no-topic-3", "{\"did\":\"a\\u0001\",\"mid\":\"1\",\"data\":{\"stop\":{}}}", NULL},
    {"no-topic-4", "{\"did\":\"a\\uffff\",\"mid\":\"1\",\"data\":{\"stop\":{}}}", NULL},
};

static void
check_row (ControlFixture *fixture, const RequestRow *row)
{
  g_test_message ("%s", row->name);
  control_receive (fixture->channel, row->message);
  control_settle (fixture);

  if (row->reply != NULL)
    control_assert_pop (fixture, CG_MESSAGE_KIND_REPLY, row->reply);
  control_assert_silent (fixture);
  control_assert_call (fixture, row->call);
  control_assert_call (fixture, NULL);
}

static void
test_rows (ControlFixture *fixture, gconstpointer settings)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    check_row (fixture, &rows[i]);
    g_assert_null (cg_test_pop_warning ());
  }
}

static void
test_bad_rows (ControlFixture *fixture, gconstpointer settings)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++) {
    g_autofree char *line = NULL;

    cg_clock_dummy_advance (fixture->clock, 60 * 1000); /* so many in a minute are not logged */
    check_row (fixture, &bad_rows[i]);

    line = cg_test_pop_warning ();
    g_assert_nonnull (line);
    g_assert_nonnull (strstr (line, "mid 1"));
    g_assert_null (cg_test_pop_warning ());
  }
  g_assert_cmpuint (cg_dispatcher_count_dropped (fixture->dispatcher), ==, 0);
}

static void
test_broken_rows (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (broken_rows); i++)
    check_row (fixture, &broken_rows[i]);
  cg_clock_dummy_advance (fixture->clock, 60 * 1000);
  control_receive (fixture->channel, "again");

  first = cg_test_pop_warning ();
  second = cg_test_pop_warning ();
  g_assert_cmpstr (first, ==, "dropped 1 message(s), the last one from mqtt: Invalid JSON");
  g_assert_cmpstr (second, ==, "dropped 10 message(s), the last one from mqtt: not a JSON object");
  g_assert_null (cg_test_pop_warning ());
  g_assert_cmpuint (cg_dispatcher_count_dropped (fixture->dispatcher), ==, 11);
}

static void
test_oversize (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *filler = g_strnfill (65 * 1024, 'x');
  g_autofree char *routable = g_strdup_printf (ASK ("{\"stop\":{\"reason\":\"%s\"}}"), filler);
  g_autofree char *unroutable = g_strdup_printf ("{\"reason\":\"%s\"}", filler);
  g_autofree char *reply = NULL;
  g_autofree char *line = NULL;

  control_receive (fixture->channel, routable);
  control_receive (fixture->channel, unroutable);

  reply = control_pop (fixture, CG_MESSAGE_KIND_REPLY);
  g_assert_cmpstr (reply, ==, REPLY ("{\"code\":400,\"error\":\"Message over 65536 bytes\"}"));
  control_assert_silent (fixture);
  control_assert_call (fixture, NULL);
  line = cg_test_pop_warning ();
  g_assert_nonnull (line);
}

static void
test_several_services (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *line = NULL;

  control_receive (fixture->channel, ASK ("{\"stop\":{},\"dance\":{},\"ptz\":{\"stop\":{}}}"));
  control_settle (fixture);

  control_assert_pop (fixture, CG_MESSAGE_KIND_REPLY, DONE ("stop"));
  control_assert_pop (fixture, CG_MESSAGE_KIND_REPLY, FAILED ("dance", 404, "Unsupported action"));
  control_assert_pop (fixture, CG_MESSAGE_KIND_REPLY, DONE ("ptz"));
  control_assert_silent (fixture);
  line = cg_test_pop_warning ();
}

static char *
make_many_services (const char *mid, guint n_services)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "{\"did\":\"" CAMERA "\",\"mid\":\"%s\",\"data\":{", mid);
  for (guint i = 0; i < n_services; i++)
    g_string_append_printf (text, "%s\"s%u\":{}", i > 0 ? "," : "", i);
  g_string_append (text, "}}");
  return g_string_free (text, FALSE);
}

/* A short request has no long answer. */
static void
test_too_many_services (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *long_mid = g_strnfill (30000, 'm');
  g_autofree char *many = make_many_services ("1", 3000);
  g_autofree char *many_and_long = make_many_services (long_mid, 3000);
  g_autofree char *line = NULL;

  control_receive (fixture->channel, many);
  control_assert_reply (fixture, REPLY ("{\"code\":400,\"error\":\"Message over 32 services\"}"));
  control_receive (fixture->channel, many_and_long);

  control_assert_silent (fixture);
  control_assert_call (fixture, NULL);
  g_assert_cmpuint (cg_dispatcher_count_dropped (fixture->dispatcher), ==, 2);
  line = cg_test_pop_warning ();
  g_assert_cmpstr (line, ==,
                   "dropped 1 message(s), the last one from mqtt: Message over 32 services");
  g_assert_null (cg_test_pop_warning ());
}

/* Neither their number nor their names fill the log. */
static void
test_failures_are_logged_in_bounds (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *service = g_strnfill (60000, 's');
  g_autofree char *start = g_strnfill (64, 's');
  g_autofree char *suppressed = NULL;
  g_autofree char *next = NULL;

  for (guint i = 0; i < 100; i++) {
    g_autofree char *message =
        g_strdup_printf ("{\"did\":\"" CAMERA "\",\"mid\":%u,\"data\":{\"%s\":{}}}", i, service);

    control_receive (fixture->channel, message);
    g_free (control_pop (fixture, CG_MESSAGE_KIND_REPLY));
  }
  for (guint i = 0; i < 20; i++) {
    g_autofree char *line = cg_test_pop_warning ();
    g_autofree char *expected =
        g_strdup_printf ("%s... of " CAMERA " failed: Unsupported action (code 404, mid %u, by "
                         "mqtt)",
                         start, i);

    g_assert_cmpstr (line, ==, expected);
  }
  g_assert_null (cg_test_pop_warning ());
  cg_clock_dummy_advance (fixture->clock, 60 * 1000);
  control_receive (fixture->channel, ASK ("{\"dance\\nhall\":{}}"));
  g_free (control_pop (fixture, CG_MESSAGE_KIND_REPLY));

  suppressed = cg_test_pop_warning ();
  next = cg_test_pop_warning ();
  g_assert_cmpstr (suppressed, ==, "80 more actions failed, which were not logged");
  g_assert_cmpstr (
      next, ==, "dance?hall of " CAMERA " failed: Unsupported action (code 404, mid 1, by mqtt)");
}

static void
test_preset_list (ControlFixture *fixture, gconstpointer settings)
{
  fake_camera_add_preset (fixture->camera, 7, "door");
  fake_camera_add_preset (fixture->camera, 1, "gate");
  fake_camera_add_preset (fixture->camera, 3, NULL);

  control_receive (fixture->channel, ASK ("{\"preset\":{\"list\":{}}}"));

  control_assert_reply (
      fixture, REPLY ("{\"preset\":{\"code\":0,\"presets\":[{\"index\":1,\"name\":\"gate\"},"
                      "{\"index\":3},{\"index\":7,\"name\":\"door\"}]}}"));
}

typedef struct {
  const char *message;
  CgError error;
  const char *reply;
} CameraErrorRow;

static const CameraErrorRow camera_errors[] = {
    {ASK ("{\"play\":{\"url\":\"" URL "\"}}"), CG_ERROR_TOO_MANY_STREAMS,
     FAILED ("play", 500, "why")},
    {ASK ("{\"play\":{\"url\":\"" URL "\"}}"), CG_ERROR_UNREACHABLE, FAILED ("play", 18002, "why")},
    {ASK ("{\"ptz\":{\"stop\":{}}}"), CG_ERROR_UNREACHABLE, FAILED ("ptz", 60006, "why")},
    {ASK ("{\"ptz\":{\"stop\":{}}}"), CG_ERROR_NO_PTZ, FAILED ("ptz", 60000, "why")},
    {ASK ("{\"ptz\":{\"start\":{\"direction\":2}}}"), CG_ERROR_NOT_PERMITTED,
     FAILED ("ptz", 60001, "why")},
    {ASK ("{\"ptz\":{\"start\":{\"direction\":8}}}"), CG_ERROR_UNKNOWN_COMMAND,
     FAILED ("ptz", 60020, "why")},
    {ASK ("{\"ptz\":{\"start\":{\"direction\":2}}}"), CG_ERROR_CANCELLED,
     FAILED ("ptz", 60006, "why")},
    {ASK ("{\"preset\":{\"set\":{\"index\":2}}}"), CG_ERROR_TOO_MANY_PRESETS,
     FAILED ("preset", 60007, "why")},
    {ASK ("{\"preset\":{\"goto\":{\"index\":2}}}"), CG_ERROR_NO_SUCH_PRESET,
     FAILED ("preset", 60011, "why")},
    {ASK ("{\"preset\":{\"list\":{}}}"), CG_ERROR_NOT_SUPPORTED, FAILED ("preset", 60020, "why")},
    {ASK ("{\"preset\":{\"remove\":{\"index\":2}}}"), CG_ERROR_PEER_FAULT,
     FAILED ("preset", 60006, "why")},
};

static void
test_camera_errors (ControlFixture *fixture, gconstpointer settings)
{
  for (gsize i = 0; i < G_N_ELEMENTS (camera_errors); i++) {
    g_autofree char *line = NULL;
    g_autofree char *call = NULL;

    fake_camera_fail_next (fixture->camera, camera_errors[i].error, "why");
    control_receive (fixture->channel, camera_errors[i].message);

    control_assert_reply (fixture, camera_errors[i].reply);
    call = fake_camera_pop_call (fixture->camera);
    g_assert_nonnull (call);
    line = cg_test_pop_warning ();
    g_assert_nonnull (line);
    g_assert_null (cg_test_pop_warning ());
    cg_clock_dummy_advance (fixture->clock, 61 * 1000); /* the same message again, as a new one */
  }
}

static void
test_flat (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  control_receive (fixture->channel, ASK ("{\"device\":{\"sing\":{}},\"ptz\":{\"dance\":{}}}"));

  control_assert_pop (fixture, CG_MESSAGE_KIND_REPLY, FAILED ("device", 404, "Unsupported action"));
  control_assert_pop (fixture, CG_MESSAGE_KIND_REPLY, FAILED ("ptz", 60020, "Unsupported command"));
  first = cg_test_pop_warning ();
  second = cg_test_pop_warning ();
}

/* A setting changes while the door stands. */
static void
test_shape_changes (ControlFixture *fixture, gconstpointer settings)
{
  g_autoptr (CgConfig) flat = cg_config_parse (
      "[gateway]\ndid=" GATEWAY "\nsecret=s\n[cloud]\nreply-shape=flat\n", -1, "test", NULL, NULL);
  g_autofree char *line = NULL;

  cg_dispatcher_set_config (fixture->dispatcher, flat);
  control_receive (fixture->channel, ASK ("{\"location\":{\"write\":{}}}"));

  control_assert_reply (fixture, FAILED ("location", 404, "Unsupported action"));
  line = cg_test_pop_warning ();
}

#define ADD(path, function, settings)                                                              \
  g_test_add (path, ControlFixture, settings, control_fixture_set_up, function,                    \
              control_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_test_keep_warnings ();
  ADD ("/dispatcher/rows", test_rows, NULL);
  ADD ("/dispatcher/bad-rows", test_bad_rows, NULL);
  ADD ("/dispatcher/broken-rows", test_broken_rows, NULL);
  ADD ("/dispatcher/oversize", test_oversize, NULL);
  ADD ("/dispatcher/several-services", test_several_services, NULL);
  ADD ("/dispatcher/too-many-services", test_too_many_services, NULL);
  ADD ("/dispatcher/failures-are-logged-in-bounds", test_failures_are_logged_in_bounds, NULL);
  ADD ("/dispatcher/preset-list", test_preset_list, NULL);
  ADD ("/dispatcher/camera-errors", test_camera_errors, NULL);
  ADD ("/dispatcher/flat", test_flat,
       "[gateway]\ndid=" GATEWAY "\nsecret=s3cret\n[cloud]\nreply-shape=flat\n");
  ADD ("/dispatcher/shape-changes", test_shape_changes, NULL);
  return g_test_run ();
}
