/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes out unasked: PROTOCOL.md section 6. */
#include "cg-telemetry.h"

#include "cg-upload.h"
#include "control-fixture.h"

#define MODE(member) G_STRUCT_OFFSET (CgTelemetryConfig, member)

static const CgUploadRow rows[] = {
    {NULL, "cpu", MODE (cpu_usage)},
    {"device", "errorCode", MODE (error_code)},
    {"device", NULL, MODE (device)},
};

static void
assert_take (CgUpload *upload,
             const CgTelemetryConfig *config,
             gboolean is_timer,
             const char *snapshot,
             const char *expected)
{
  g_autoptr (JsonNode) node = json_from_string (snapshot, NULL);
  g_autoptr (JsonObject) data =
      cg_upload_take (upload, json_node_get_object (node), config, is_timer);
  g_autoptr (JsonNode) shown = NULL;
  g_autofree char *text = NULL;

  if (data != NULL) {
    shown = json_node_new (JSON_NODE_OBJECT);
    json_node_set_object (shown, data);
    text = json_to_string (shown, FALSE);
  }
  g_assert_cmpstr (text, ==, expected);
}

#define ONE "{\"cpu\":1,\"device\":{\"errorCode\":0,\"model\":\"x\"}}"
#define TWO "{\"cpu\":2,\"device\":{\"errorCode\":0,\"model\":\"x\"}}"

static void
test_realtime (void)
{
  const CgTelemetryConfig config = {
      .cpu_usage = CG_UPLOAD_REALTIME, .error_code = CG_UPLOAD_NONE, .device = CG_UPLOAD_NONE};
  g_autoptr (CgUpload) upload = cg_upload_new (rows, G_N_ELEMENTS (rows));

  assert_take (upload, &config, FALSE, ONE, "{\"cpu\":1}");
  assert_take (upload, &config, FALSE, ONE, "{\"cpu\":1}");
  assert_take (upload, &config, TRUE, ONE, NULL);
}

static void
test_change (void)
{
  const CgTelemetryConfig config = {
      .cpu_usage = CG_UPLOAD_CHANGE, .error_code = CG_UPLOAD_CHANGE, .device = CG_UPLOAD_NONE};
  g_autoptr (CgUpload) upload = cg_upload_new (rows, G_N_ELEMENTS (rows));

  assert_take (upload, &config, FALSE, ONE, "{\"cpu\":1,\"device\":{\"errorCode\":0}}");
  assert_take (upload, &config, FALSE, ONE, NULL);
  assert_take (upload, &config, FALSE, TWO, "{\"cpu\":2}");
  assert_take (upload, &config, FALSE, "{}", NULL);
  assert_take (upload, &config, FALSE, TWO, NULL);
}

static void
test_timer (void)
{
  const CgTelemetryConfig config = {
      .cpu_usage = CG_UPLOAD_TIMER, .error_code = CG_UPLOAD_CHANGE, .device = CG_UPLOAD_TIMER};
  g_autoptr (CgUpload) upload = cg_upload_new (rows, G_N_ELEMENTS (rows));

  assert_take (upload, &config, FALSE, ONE, "{\"device\":{\"errorCode\":0}}");
  assert_take (upload, &config, FALSE, TWO, NULL);
  assert_take (upload, &config, TRUE, TWO, "{\"cpu\":2,\"device\":{\"model\":\"x\"}}");
  assert_take (upload, &config, TRUE, TWO, "{\"cpu\":2,\"device\":{\"model\":\"x\"}}");
}

/* Compared is with what was uploaded last, not with what was seen last. */
static void
test_change_timer (void)
{
  const CgTelemetryConfig config = {.cpu_usage = CG_UPLOAD_CHANGE_TIMER,
                                    .error_code = CG_UPLOAD_NONE,
                                    .device = CG_UPLOAD_CHANGE_TIMER};
  g_autoptr (CgUpload) upload = cg_upload_new (rows, G_N_ELEMENTS (rows));

  assert_take (upload, &config, TRUE, ONE, "{\"cpu\":1,\"device\":{\"model\":\"x\"}}");
  assert_take (upload, &config, FALSE, ONE, NULL);
  assert_take (upload, &config, FALSE, TWO, "{\"cpu\":2}");
  assert_take (upload, &config, TRUE, TWO, "{\"cpu\":2,\"device\":{\"model\":\"x\"}}");
}

/* What is built of a snapshot, and what need not be. */
static void
test_wants (void)
{
  static const struct {
    CgUploadMode error_code, device;
    gboolean by_sample, by_timer;
  } cases[] = {
      {CG_UPLOAD_NONE, CG_UPLOAD_NONE, FALSE, FALSE},
      {CG_UPLOAD_NONE, CG_UPLOAD_TIMER, FALSE, TRUE},
      {CG_UPLOAD_REALTIME, CG_UPLOAD_NONE, TRUE, FALSE},
      {CG_UPLOAD_CHANGE, CG_UPLOAD_NONE, TRUE, TRUE},
      {CG_UPLOAD_NONE, CG_UPLOAD_CHANGE_TIMER, TRUE, TRUE},
      {CG_UPLOAD_REALTIME, CG_UPLOAD_TIMER, TRUE, TRUE},
  };
  g_autoptr (CgUpload) upload = cg_upload_new (rows, G_N_ELEMENTS (rows));

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const CgTelemetryConfig config = {.cpu_usage = CG_UPLOAD_REALTIME,
                                      .error_code = cases[i].error_code,
                                      .device = cases[i].device};

    g_assert_cmpint (cg_upload_wants (upload, "device", &config, FALSE), ==, cases[i].by_sample);
    g_assert_cmpint (cg_upload_wants (upload, "device", &config, TRUE), ==, cases[i].by_timer);
    g_assert_true (cg_upload_wants (upload, NULL, &config, FALSE));
    g_assert_false (cg_upload_wants (upload, NULL, &config, TRUE));
  }
}

typedef struct {
  ControlFixture base;
  CgTelemetry *telemetry;
} Fixture;

static void
set_up (Fixture *self, gconstpointer settings)
{
  control_fixture_set_up (&self->base, settings);
  self->telemetry = cg_telemetry_new (self->base.dispatcher, self->base.channel);
}

static void
tear_down (Fixture *self, gconstpointer settings)
{
  cg_telemetry_close (self->telemetry);
  g_assert_finalize_object (self->telemetry);
  control_fixture_tear_down (&self->base, settings);
}

static void
let_register (Fixture *fixture, const char *did)
{
  g_autofree char *answer =
      g_strdup_printf ("{\"did\":\"%s\",\"type\":\"register\",\"result\":{\"token\":\"t\"}}", did);

  control_receive (fixture->base.channel, answer);
}

/* With a link, everybody registered, and all said that there is to say at once. */
static void
open_channel (Fixture *fixture)
{
  fake_camera_set_contacted (fixture->base.camera, "V1");
  cg_channel_set_link (fixture->base.channel, TRUE);
  control_settle (&fixture->base);
  while (!g_queue_is_empty (&fixture->base.sent))
    g_free (control_pop (&fixture->base, CG_MESSAGE_KIND_REGISTER));
  let_register (fixture, GATEWAY);
  let_register (fixture, CAMERA);
}

#define SHORT                                                                                      \
  "[gateway]\ndid=" GATEWAY "\n[telemetry]\ninterval=10\nsample-interval=3\ncpu-usage=none\n"      \
  "memory-free=none\nmemory-usage=none\nstorage-free=none\nstorage-usage=none\n"                   \
  "tx-bytes=none\nrx-bytes=none\n"
#define STREAM(data)                                                                               \
  "{\"did\":\"" CAMERA "\",\"type\":\"stream\",\"token\":\"t\",\"stream\":\"telemetry\","          \
  "\"data\":" data "}"

static void
test_camera (Fixture *fixture, gconstpointer settings)
{
  open_channel (fixture);
  control_assert_pop (&fixture->base, CG_MESSAGE_KIND_STREAM,
                      STREAM ("{\"device\":{\"errorCode\":0},\"connectivity\":{\"online\":true}}"));

  cg_clock_dummy_advance (fixture->base.clock, 9999);
  control_assert_silent (&fixture->base);
  cg_clock_dummy_advance (fixture->base.clock, 1);

  control_assert_pop (
      &fixture->base, CG_MESSAGE_KIND_STREAM,
      STREAM ("{\"device\":{\"firmwareVersion\":\"V1\",\"deviceType\":\"camera\"},"
              "\"connectivity\":{\"networkBearer\":41},\"firmware\":{\"state\":0,\"result\":0},"
              "\"statistics\":{\"txData\":2,\"rxData\":3,"
              "\"collectionPeriod\":60,\"frames\":7,\"bitrate\":500,\"reconnects\":4,"
              "\"dropped\":1,\"uplinkChanges\":2,"
              "\"stages\":{\"contact\":5,\"written\":90}}}"));
  control_assert_silent (&fixture->base);
}

/* That it is gone is told at once, and once. */
static void
test_camera_goes (Fixture *fixture, gconstpointer settings)
{
  open_channel (fixture);
  g_free (control_pop (&fixture->base, CG_MESSAGE_KIND_STREAM));

  fake_camera_set_contacted (fixture->base.camera, NULL);

  control_assert_pop (
      &fixture->base, CG_MESSAGE_KIND_STREAM,
      STREAM ("{\"device\":{\"errorCode\":7},\"connectivity\":{\"online\":false}}"));
  cg_clock_dummy_advance (fixture->base.clock, 9000);
  control_assert_silent (&fixture->base);
}

/* What is not uploaded has not changed: it is told when it can be. */
static void
test_change_without_link (Fixture *fixture, gconstpointer settings)
{
  open_channel (fixture);
  g_free (control_pop (&fixture->base, CG_MESSAGE_KIND_STREAM));
  cg_channel_set_link (fixture->base.channel, FALSE);

  fake_camera_set_contacted (fixture->base.camera, NULL);
  cg_clock_dummy_advance (fixture->base.clock, 60 * 1000);
  control_assert_silent (&fixture->base);
  cg_channel_set_link (fixture->base.channel, TRUE);
  cg_clock_dummy_advance (fixture->base.clock, 3000);

  control_assert_pop (
      &fixture->base, CG_MESSAGE_KIND_STREAM,
      STREAM ("{\"device\":{\"errorCode\":7},\"connectivity\":{\"online\":false}}"));
}

#define BOX                                                                                        \
  "[gateway]\ndid=" GATEWAY "\n[cloud]\nevent-token=false\n[telemetry]\ninterval=10\n"             \
  "online=none\nerror-code=none\ndevice=none\nconnectivity=none\nfirmware=none\nstatistics=none\n"

static void
test_gateway (Fixture *fixture, gconstpointer settings)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *message;
  JsonObject *data;

  open_channel (fixture);
  cg_clock_dummy_advance (fixture->base.clock, 10000);
  control_settle (&fixture->base);

  text = control_pop (&fixture->base, CG_MESSAGE_KIND_STREAM);
  node = json_from_string (text, NULL);
  message = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (message, "did"), ==, GATEWAY);
  g_assert_cmpstr (json_object_get_string_member (message, "type"), ==, "stream");
  g_assert_false (json_object_has_member (message, "stream"));
  g_assert_false (json_object_has_member (message, "token"));
  data = json_object_get_object_member (message, "data");
  g_assert_cmpint (json_object_get_int_member (data, "updated"), ==, 0);
  g_assert_true (json_object_has_member (data, "at"));
  g_assert_cmpfloat (json_object_get_double_member (data, "cpuUsage"), ==, 25);
  g_assert_cmpint (json_object_get_int_member (data, "memoryFree"), ==, 250);
  g_assert_cmpfloat (json_object_get_double_member (data, "memoryUsage"), ==, 75);
  g_assert_cmpint (json_object_get_int_member (data, "storageFree"), ==, 900);
  g_assert_cmpfloat (json_object_get_double_member (data, "storageUsage"), ==, 10);
  g_assert_cmpint (json_object_get_int_member (data, "txBytes"), ==, 20 * 1024);
  g_assert_cmpint (json_object_get_int_member (data, "rxBytes"), ==, 10 * 1024);
  control_assert_silent (&fixture->base);
}

/* What a disk that hung has to say of a timer whose link is gone is said at the next timer. */
static void
test_late_facts (Fixture *fixture, gconstpointer settings)
{
  open_channel (fixture);
  control_settle (&fixture->base);
  g_free (control_pop (&fixture->base, CG_MESSAGE_KIND_STREAM));
  fake_gateway_hold (fixture->base.gateway);
  cg_clock_dummy_advance (fixture->base.clock, 10000);
  cg_channel_set_link (fixture->base.channel, FALSE);
  fake_gateway_release (fixture->base.gateway);
  control_settle (&fixture->base);

  cg_channel_set_link (fixture->base.channel, TRUE);
  cg_clock_dummy_advance (fixture->base.clock, 9999);

  control_assert_silent (&fixture->base);
  cg_clock_dummy_advance (fixture->base.clock, 1);
  control_settle (&fixture->base);
  g_free (control_pop (&fixture->base, CG_MESSAGE_KIND_STREAM));
}

#define MODES(mode)                                                                                \
  "[gateway]\ndid=" GATEWAY "\n[telemetry]\ninterval=600\nsample-interval=60\ncpu-usage=none\n"    \
  "memory-free=none\nmemory-usage=none\nstorage-free=none\nstorage-usage=none\ntx-bytes=none\n"    \
  "rx-bytes=none\nerror-code=none\ndevice=none\nconnectivity=none\nfirmware=none\n"                \
  "statistics=none\nonline=" mode "\n"

/* A day in which the camera goes for an hour in the morning and in the evening. */
static void
test_a_day (Fixture *fixture, gconstpointer settings)
{
  static const struct {
    const char *mode;
    guint streams;
    guint more; /* perhaps */
  } modes[] = {
      {"online=realtime\n", 1 + 24 * 60 + 4, 24 * 60}, /* each sample, changes; registrations */
      {"online=change\n", 1 + 4, 0},
      {"online=timer\n", 24 * 6, 0},
      {"online=change-timer\n", 1 + 24 * 6 + 4, 0},
      {"online=none\n", 0, 0},
  };
  guint streams = 0;

  open_channel (fixture);
  for (guint hour = 0; hour < 24; hour++) {
    if (hour % 12 == 8)
      fake_camera_set_contacted (fixture->base.camera, NULL);
    else if (hour % 12 == 9)
      fake_camera_set_contacted (fixture->base.camera, "V1");
    for (guint second = 0; second < 3600; second += 30) {
      cg_clock_dummy_advance (fixture->base.clock, 30000);
      if (second % 60 == 30) /* the cloud keeps us registered */
        let_register (fixture, CAMERA);
    }
  }

  for (GList *l = fixture->base.sent.head; l != NULL; l = l->next)
    streams += ((ControlSent *)l->data)->kind == CG_MESSAGE_KIND_STREAM;
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
    if (!g_str_has_suffix (settings, modes[i].mode))
      continue;
    g_assert_cmpuint (streams, >=, modes[i].streams);
    g_assert_cmpuint (streams, <=, modes[i].streams + modes[i].more);
  }
  g_queue_clear_full (&fixture->base.sent, (GDestroyNotify)control_sent_free);
}

/* A cloud that writes its configuration more often than the timer rings gets its stream. */
static void
test_config_writes (Fixture *fixture, gconstpointer settings)
{
  open_channel (fixture);
  g_free (control_pop (&fixture->base, CG_MESSAGE_KIND_STREAM));

  for (guint i = 0; i < 2; i++) {
    cg_clock_dummy_advance (fixture->base.clock, 6000);
    cg_dispatcher_set_config (fixture->base.dispatcher, fixture->base.config);
  }

  g_free (control_pop (&fixture->base, CG_MESSAGE_KIND_STREAM));
  control_assert_silent (&fixture->base);
}

#define ADD(name, settings, func)                                                                  \
  g_test_add ("/telemetry/" name, Fixture, settings, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_test_keep_warnings ();
  g_test_add_func ("/telemetry/realtime", test_realtime);
  g_test_add_func ("/telemetry/change", test_change);
  g_test_add_func ("/telemetry/timer", test_timer);
  g_test_add_func ("/telemetry/change-timer", test_change_timer);
  g_test_add_func ("/telemetry/wants", test_wants);
  ADD ("camera", SHORT, test_camera);
  ADD ("camera-goes", SHORT, test_camera_goes);
  ADD ("change-without-link", SHORT, test_change_without_link);
  ADD ("config-writes", SHORT, test_config_writes);
  ADD ("day/realtime", MODES ("realtime"), test_a_day);
  ADD ("day/change", MODES ("change"), test_a_day);
  ADD ("day/timer", MODES ("timer"), test_a_day);
  ADD ("day/change-timer", MODES ("change-timer"), test_a_day);
  ADD ("day/none", MODES ("none"), test_a_day);
  ADD ("gateway", BOX, test_gateway);
  ADD ("late-facts", BOX "cpu-usage=change\nsample-interval=3\n", test_late_facts);
  return g_test_run ();
}
