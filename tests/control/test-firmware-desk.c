/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of an order that was under way when we were restarted: PROTOCOL.md section 4. */
#include "cg-firmware-desk.h"

#include <stdio.h>

#include "cg-clock-dummy.h"
#include "cg-test.h"
#include "fake-camera.h"
#include "fake-gateway.h"

#define GATEWAY "aa1122334455"
#define CAMERA "001122334455"
#define SETTINGS "[gateway]\ndid=" GATEWAY "\n"

#define MINUTE_MS (60 * 1000)
#define NOT_YET (-1)

/* A box whose state folder holds one order, in the middle of its installation. */
typedef struct {
  char *dir;
  CgClockDummy *clock;
  CgConfig *config;
  CgFleet *fleet;
  CgCamera *camera;
  CgGateway *gateway;
  CgDispatcher *dispatcher;
  CgStore *store;
  CgFirmware *firmware;
  CgFirmwareDesk *desk;
  GString *told; /* "30 01 " for state 3, result 0, then state 0, result 1 */
} Fixture;

static void
on_event (CgDispatcher *dispatcher,
          const char *did,
          const char *service,
          JsonObject *content,
          Fixture *fixture)
{
  g_assert_cmpstr (service, ==, "firmware");
  g_string_append_printf (fixture->told, "%d%d ",
                          (int)json_object_get_int_member (content, "state"),
                          (int)json_object_get_int_member (content, "result"));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = cg_test_make_dir ();
  fixture->clock = cg_clock_dummy_new ();
  fixture->config = cg_config_parse (SETTINGS, -1, "test", NULL, &error);
  g_assert_no_error (error);
  fixture->fleet = fake_fleet_new ();
  fixture->camera = fake_fleet_add (fixture->fleet, CAMERA);
  fixture->gateway = fake_gateway_new ();
  fixture->told = g_string_new (NULL);
}

/* @version and @before are members, with a comma behind them, or nothing. */
static void
begin (Fixture *fixture, const char *did, const char *version, const char *before)
{
  g_autofree char *text = g_strdup_printf (
      "{\"%s\":{\"uri\":\"http://h/f\",\"md5\":\"%032d\",%s%s\"state\":3,\"result\":0}}", did, 0,
      version, before);
  g_autofree char *path = g_build_filename (fixture->dir, "firmware.json", NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  fixture->dispatcher =
      cg_dispatcher_new (fixture->fleet, fixture->config, CG_CLOCK (fixture->clock));
  cg_dispatcher_set_gateway (fixture->dispatcher, fixture->gateway);
  fixture->store = cg_store_new (fixture->dir);
  fixture->firmware = cg_firmware_new (fixture->store, CG_CLOCK (fixture->clock));
  cg_dispatcher_set_firmware (fixture->dispatcher, fixture->firmware);
  fixture->desk = cg_firmware_desk_new (fixture->dispatcher);
  g_signal_connect (fixture->dispatcher, "event", G_CALLBACK (on_event), fixture);
  g_string_truncate (fixture->told, 0);
  cg_firmware_open (fixture->firmware);
}

/* The file's removal holds the firmware until it is done. */
static void
end (Fixture *fixture)
{
  gpointer firmware = fixture->firmware;

  cg_firmware_close (fixture->firmware);
  g_assert_finalize_object (fixture->desk);
  g_assert_finalize_object (fixture->dispatcher);
  g_object_add_weak_pointer (firmware, &firmware);
  g_object_unref (fixture->firmware);
  while (firmware != NULL)
    g_main_context_iteration (NULL, TRUE);
  cg_test_flush (fixture->store);
  g_object_unref (fixture->store);
  g_assert_cmpuint (cg_clock_dummy_count_sources (fixture->clock), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->gateway);
  g_assert_finalize_object (fixture->fleet);
  g_assert_finalize_object (fixture->clock);
  cg_config_unref (fixture->config);
  cg_test_remove_dir (fixture->dir);
  g_string_free (fixture->told, TRUE);
  g_free (fixture->dir);
}

/* What stands in the reply to `firmware read` too. */
static void
assert_result (Fixture *fixture, const char *did, int result)
{
  const CgFirmwareOrder *order = cg_firmware_find (fixture->firmware, did);
  g_autofree char *told = g_strdup_printf ("0%d ", result);

  g_assert_cmpint (order->state, ==, result == NOT_YET ? CG_FIRMWARE_UPDATING : CG_FIRMWARE_IDLE);
  g_assert_cmpint (order->result, ==, MAX (result, 0));
  g_assert_cmpstr (fixture->told->str, ==, result == NOT_YET ? "" : told);
}

static gboolean
is_told (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return fixture->told->len > 0;
}

#define V1 "\"version\":\"V1\","
#define V2 "\"version\":\"V2\","
#define WAS_V1 "\"before\":\"V1\","

static const struct {
  const char *what;
  const char *version; /* that was ordered */
  const char *before;
  const char *seen; /* when the camera answers again; NULL: it never does */
  int result;       /* at once, then */
  int final;        /* when it has not changed for ten minutes */
} rows[] = {
    {"it has come with its version", V2, WAS_V1, "V2", CG_FIRMWARE_DONE, 0},
    {"the same version once more", V1, WAS_V1, "V1", CG_FIRMWARE_DONE, 0},
    {"another version", V2, WAS_V1, "V3", NOT_YET, CG_FIRMWARE_FAILED},
    {"its old version", V2, WAS_V1, "V1", NOT_YET, CG_FIRMWARE_FAILED},
    {"no version ordered, another one has come", "", WAS_V1, "V2", CG_FIRMWARE_DONE, 0},
    {"no version ordered, none has come", "", WAS_V1, "V1", NOT_YET, CG_FIRMWARE_FAILED},
    {"away", V2, WAS_V1, NULL, NOT_YET, CG_FIRMWARE_LOST},
    {"no version ordered, away", "", WAS_V1, NULL, NOT_YET, CG_FIRMWARE_LOST},
};

static void
test_camera (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].what);
    fake_camera_set_contacted (fixture->camera, NULL);
    begin (fixture, CAMERA, rows[i].version, rows[i].before);
    assert_result (fixture, CAMERA, NOT_YET);

    if (rows[i].seen != NULL)
      fake_camera_set_contacted (fixture->camera, rows[i].seen);
    assert_result (fixture, CAMERA, rows[i].result);

    if (rows[i].result == NOT_YET) {
      cg_clock_dummy_advance (fixture->clock, 10 * MINUTE_MS - 1);
      assert_result (fixture, CAMERA, NOT_YET);
      cg_clock_dummy_advance (fixture->clock, 1);
      assert_result (fixture, CAMERA, rows[i].final);
    }
    end (fixture);
  }
}

/* PROTOCOL.md section 4: what a camera that does not take it makes of an order. */
static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  static const struct {
    CgError code;
    CgErrorCause cause;
    CgFirmwareResult result;
  } refusals[] = {
      {CG_ERROR_PEER_FAULT, CG_ERROR_CAUSE_NONE, CG_FIRMWARE_FAILED},
      {CG_ERROR_PEER_FAULT, CG_ERROR_CAUSE_NO_MEMORY, CG_FIRMWARE_NO_MEMORY},
      {CG_ERROR_NOT_SUPPORTED, CG_ERROR_CAUSE_NONE, CG_FIRMWARE_NOT_SUPPORTED},
      {CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_ROUTE, CG_FIRMWARE_LOST},
      {CG_ERROR_LOGIN_REFUSED, CG_ERROR_CAUSE_NONE, CG_FIRMWARE_FAILED},
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    begin (fixture, CAMERA, V2, WAS_V1);
    cg_error_set_cause (fake_camera_fail_next (fixture->camera, refusals[i].code, "no"),
                        refusals[i].cause);

    g_signal_emit_by_name (fixture->firmware, "install", CAMERA, "/f", "V2");
    cg_test_wait_for (is_told, fixture, "the refusal");

    assert_result (fixture, CAMERA, (int)refusals[i].result);
    end (fixture);
  }
}

/* It answers while it writes its flash, and restarts then. */
static void
test_it_restarts_later (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CAMERA, V2, WAS_V1);
  fake_camera_set_contacted (fixture->camera, "V1");
  cg_clock_dummy_advance (fixture->clock, 2 * MINUTE_MS);
  fake_camera_set_contacted (fixture->camera, NULL);
  cg_clock_dummy_advance (fixture->clock, 3 * MINUTE_MS);
  assert_result (fixture, CAMERA, NOT_YET);

  fake_camera_set_contacted (fixture->camera, "V2");

  assert_result (fixture, CAMERA, CG_FIRMWARE_DONE);
  end (fixture);
}

static void
test_it_is_unbound (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CAMERA, V2, WAS_V1);

  fake_fleet_remove (fixture->fleet, CAMERA);

  g_assert_cmpstr (fixture->told->str, ==, "04 ");
  g_assert_null (cg_firmware_find (fixture->firmware, CAMERA));
  end (fixture);
}

/* The one that was restarted is here already. */
static void
test_gateway (Fixture *fixture, gconstpointer data)
{
  begin (fixture, GATEWAY, "\"version\":\"" CG_VERSION "\",", WAS_V1);
  assert_result (fixture, GATEWAY, CG_FIRMWARE_DONE);
  end (fixture);

  begin (fixture, GATEWAY, "\"version\":\"other\",", WAS_V1);
  assert_result (fixture, GATEWAY, CG_FIRMWARE_FAILED);
  end (fixture);

  begin (fixture, GATEWAY, "", "\"before\":\"" CG_VERSION "\",");
  assert_result (fixture, GATEWAY, CG_FIRMWARE_FAILED);
  end (fixture);
}

/* Each is kept for every did: PROTOCOL.md section 1 leaves room for 64 KiB. */
static void
test_long_uri (void)
{
  g_autofree char *path = g_strnfill (4096 - strlen ("http://h/"), 'x');
  g_autofree char *longest = g_strconcat ("http://h/", path, NULL);
  g_autofree char *longer = g_strconcat (longest, "x", NULL);
  CgFirmwareOrder order = {.uri = longest, .md5 = (char *)"00000000000000000000000000000000"};
  g_autoptr (GError) error = NULL;

  g_assert_true (cg_firmware_order_check (&order, &error));
  g_assert_no_error (error);
  order.uri = longer;
  g_assert_false (cg_firmware_order_check (&order, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST);
}

#define ADD(name, func) g_test_add ("/firmware-desk/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
  ADD ("camera", test_camera);
  ADD ("refusals", test_refusals);
  ADD ("restarts-later", test_it_restarts_later);
  ADD ("unbound", test_it_is_unbound);
  ADD ("gateway", test_gateway);
  g_test_add_func ("/firmware-desk/long-uri", test_long_uri);
  return g_test_run ();
}
