/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control-fixture.h"

#include <string.h>

#include "cg-duplicates.h"
#include "cg-message-build.h"

/* Exactly one reply for each request, whatever happens (PROTOCOL.md sections 1 and 2). */

#define MOVE(mid)                                                                                  \
  "{\"did\":\"" CAMERA "\",\"mid\":\"" mid "\",\"type\":\"action\",\"data\":{\"ptz\":{\"start\":{" \
  "\"direction\":0}}}}"
#define MOVED(mid)                                                                                 \
  "{\"did\":\"" CAMERA "\",\"mid\":\"" mid "\",\"type\":\"action\",\"result\":{\"ptz\":{"          \
  "\"code\":0}}}"
#define LATE(mid)                                                                                  \
  "{\"did\":\"" CAMERA "\",\"mid\":\"" mid "\",\"type\":\"action\",\"result\":{\"ptz\":{"          \
  "\"code\":60006,\"error\":\"No answer in time\"}}}"
#define HALT(mid)                                                                                  \
  "{\"did\":\"" CAMERA "\",\"mid\":\"" mid "\",\"type\":\"action\",\"data\":{\"ptz\":{\"stop\":{}" \
  "}}}"

#define CALL "move 0 1 mqtt"

static void
test_answered_later (ControlFixture *fixture, gconstpointer settings)
{
  fake_camera_hold (fixture->camera, TRUE);
  control_receive (fixture->channel, MOVE ("1"));
  control_assert_silent (fixture);

  g_assert_cmpuint (fake_camera_release (fixture->camera), ==, 1);

  control_assert_reply (fixture, MOVED ("1"));
}

static void
test_duplicate_after (ControlFixture *fixture, gconstpointer settings)
{
  control_receive (fixture->channel, MOVE ("1"));
  control_assert_reply (fixture, MOVED ("1"));
  control_assert_call (fixture, CALL);
  cg_clock_dummy_advance (fixture->clock, 59 * 1000);

  control_receive (fixture->channel, MOVE ("1"));

  control_assert_reply (fixture, MOVED ("1"));
  control_assert_call (fixture, NULL);
}

static void
test_duplicate_while_pending (ControlFixture *fixture, gconstpointer settings)
{
  fake_camera_hold (fixture->camera, TRUE);
  control_receive (fixture->channel, MOVE ("1"));
  control_receive (fixture->channel, MOVE ("1"));
  control_assert_silent (fixture);

  g_assert_cmpuint (fake_camera_release (fixture->camera), ==, 1);
  control_settle (fixture);

  control_assert_pop (fixture, CG_MESSAGE_KIND_REPLY, MOVED ("1"));
  control_assert_pop (fixture, CG_MESSAGE_KIND_REPLY, MOVED ("1"));
  control_assert_silent (fixture);
  control_assert_call (fixture, CALL);
  control_assert_call (fixture, NULL);
}

static void
test_same_mid_other_body (ControlFixture *fixture, gconstpointer settings)
{
  control_receive (fixture->channel, MOVE ("1"));
  control_receive (fixture->channel, HALT ("1"));
  control_settle (fixture);

  control_assert_call (fixture, CALL);
  control_assert_call (fixture, "halt");
  control_assert_pop (fixture, CG_MESSAGE_KIND_REPLY, MOVED ("1"));
  control_assert_pop (fixture, CG_MESSAGE_KIND_REPLY, MOVED ("1"));
  control_assert_silent (fixture);
}

static void
test_forgotten_after_a_minute (ControlFixture *fixture, gconstpointer settings)
{
  control_receive (fixture->channel, MOVE ("1"));
  control_assert_reply (fixture, MOVED ("1"));
  cg_clock_dummy_advance (fixture->clock, 60 * 1000 + 1);

  control_receive (fixture->channel, MOVE ("1"));

  control_assert_reply (fixture, MOVED ("1"));
  control_assert_call (fixture, CALL);
  control_assert_call (fixture, CALL);
}

static void
test_refusal_repeated (ControlFixture *fixture, gconstpointer settings)
{
  const char *broken = "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"data\":{";
  const char *reply = "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"type\":\"action\",\"result\":{"
                      "\"code\":400,\"error\":\"Invalid JSON\"}}";
  g_autofree char *line = NULL;

  control_receive (fixture->channel, broken);
  control_assert_reply (fixture, reply);
  control_receive (fixture->channel, broken);
  control_assert_reply (fixture, reply);
  line = cg_test_pop_warning ();
  g_assert_nonnull (line);
}

/* What the camera's own failure would tell is worth a moment more. */
#define MARGIN_MS 100

/* The reply goes out at the limit; what comes after it is dropped. */
static void
test_camera_too_slow (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *line = NULL;

  fake_camera_hold (fixture->camera, TRUE);
  control_receive (fixture->channel, MOVE ("1"));
  cg_clock_dummy_advance (fixture->clock, fixture->config->ptz.reply_timeout_ms + MARGIN_MS - 1);
  control_assert_silent (fixture);

  cg_clock_dummy_advance (fixture->clock, 1);

  control_assert_reply (fixture, LATE ("1"));
  line = cg_test_pop_warning ();
  g_assert_cmpstr (
      line, ==, "ptz start of " CAMERA " failed: No answer in time (code 60006, mid 1, by mqtt)");
  g_assert_cmpuint (fake_camera_release (fixture->camera), ==, 1);
  control_assert_silent (fixture);
  g_assert_null (cg_test_pop_warning ());
}

/* PROTOCOL.md section 3: what hangs is our own command, and no camera. */
static void
test_gateway_too_slow (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *line = NULL;

  fake_gateway_hold (fixture->gateway);
  control_receive (fixture->channel, "{\"did\":\"" GATEWAY "\",\"mid\":1,\"data\":{"
                                     "\"device\":{\"write\":{\"currentTime\":1700000000}}}}");
  control_assert_silent (fixture);

  cg_clock_dummy_advance (fixture->clock, 60000);

  control_assert_reply (fixture, "{\"did\":\"" GATEWAY "\",\"mid\":1,\"type\":\"action\","
                                 "\"result\":{\"device\":{\"write\":{\"code\":500,"
                                 "\"error\":\"Not done in time\"}}}}");
  line = cg_test_pop_warning ();
  fake_gateway_release (fixture->gateway);
  control_assert_silent (fixture);
  g_assert_null (cg_test_pop_warning ());
}

/* The job below has the same time: its failure names the cause, and must not lose a race. */
static void
test_cause_at_the_limit (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *line = NULL;

  fake_camera_hold (fixture->camera, TRUE);
  fake_camera_fail_next (fixture->camera, CG_ERROR_TIMED_OUT, "the camera does not answer");
  control_receive (fixture->channel, MOVE ("1"));
  cg_clock_dummy_advance (fixture->clock, fixture->config->ptz.reply_timeout_ms);

  g_assert_cmpuint (fake_camera_release (fixture->camera), ==, 1);

  control_assert_reply (fixture, "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"type\":\"action\","
                                 "\"result\":{\"ptz\":{\"code\":60006,"
                                 "\"error\":\"the camera does not answer\"}}}");
  line = cg_test_pop_warning ();
}

/* Another door takes over: the action that came by the old one is answered through the new one. */
static void
test_door_is_replaced_first (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *lost = NULL;

  cg_channel_set_link (fixture->channel, TRUE);
  g_free (control_pop (fixture, CG_MESSAGE_KIND_REGISTER));
  fake_camera_hold (fixture->camera, TRUE);
  control_receive (fixture->channel, MOVE ("1"));

  cg_channel_restart (fixture->channel);
  fake_camera_release (fixture->camera);

  control_assert_reply (fixture, MOVED ("1"));
  lost = fake_fleet_pop_lost_link (fixture->fleet);
  g_assert_cmpstr (lost, ==, "mqtt");
}

static void
test_door_closes_first (ControlFixture *fixture, gconstpointer settings)
{
  fake_camera_hold (fixture->camera, TRUE);
  control_receive (fixture->channel, MOVE ("1"));

  cg_channel_close (fixture->channel);
  fake_camera_release (fixture->camera);

  control_assert_silent (fixture);
  control_receive (fixture->channel, MOVE ("2"));
  control_assert_silent (fixture);
}

static void
test_camera_removed_first (ControlFixture *fixture, gconstpointer settings)
{
  CgCamera *camera = fake_fleet_add (fixture->fleet, "second");

  fake_camera_hold (camera, TRUE);
  control_receive (fixture->channel,
                   "{\"did\":\"second\",\"mid\":\"1\",\"type\":\"action\",\"data\":{"
                   "\"ptz\":{\"stop\":{}}}}");
  fake_fleet_remove (fixture->fleet, "second");
  fake_camera_release (camera);

  control_assert_reply (fixture,
                        "{\"did\":\"second\",\"mid\":\"1\",\"type\":\"action\",\"result\":{"
                        "\"ptz\":{\"code\":0}}}");
}

static void
test_replies_are_ignored (ControlFixture *fixture, gconstpointer settings)
{
  control_receive (fixture->channel, MOVED ("1"));
  control_receive (fixture->channel, "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"type\":\"action\","
                                     "\"data\":{\"stop\":{}},\"result\":5}");

  control_assert_silent (fixture);
  control_assert_call (fixture, NULL);
  g_assert_null (cg_test_pop_warning ());
}

/* A thousand requests in a row, each twice, some slow and some never answered by the camera. */
static void
test_many (ControlFixture *fixture, gconstpointer settings)
{
  const guint count = 1000;
  g_autofree guint *replies = g_new0 (guint, count);

  for (guint i = 0; i < count; i++) {
    g_autofree char *text = g_strdup_printf (
        "{\"did\":\"" CAMERA "\",\"mid\":%u,\"type\":\"action\",\"data\":{\"ptz\":{\"stop\":{}}}}",
        i);

    fake_camera_hold (fixture->camera, i % 3 == 0);
    control_receive (fixture->channel, text);
    if (i % 7 == 0)
      control_settle (fixture);
    control_receive (fixture->channel, text);
    if (i % 100 == 0)
      fake_camera_release (fixture->camera);
    cg_clock_dummy_advance (fixture->clock, 20);
  }
  cg_clock_dummy_advance (fixture->clock, 10 * 1000);

  while (!g_queue_is_empty (&fixture->sent)) {
    g_autofree char *text = control_pop (fixture, CG_MESSAGE_KIND_REPLY);
    guint mid = atoi (strstr (text, "\"mid\":") + strlen ("\"mid\":"));

    g_assert_cmpuint (mid, <, count);
    replies[mid]++;
  }
  for (guint i = 0; i < count; i++)
    g_assert_cmpuint (replies[i], ==, 2);
  for (char *line = cg_test_pop_warning (); line != NULL; line = cg_test_pop_warning ())
    g_free (line);
}

static GBytes *
make_request (guint number)
{
  return g_bytes_new (&number, sizeof number);
}

/* Remembers a request with @n_replies replies of @length bytes each. */
static void
remember (CgDuplicates *duplicates, guint number, guint n_replies, gsize length)
{
  g_autoptr (GBytes) request = make_request (number);
  g_autoptr (CgExchange) exchange = cg_duplicates_add (duplicates, request, 0);

  for (guint i = 0; i < n_replies; i++) {
    g_autoptr (GBytes) reply = g_bytes_new_take (g_malloc0 (length), length);
    cg_duplicates_add_reply (duplicates, exchange, reply);
  }
}

static gboolean
is_remembered (CgDuplicates *duplicates, guint number)
{
  g_autoptr (GBytes) request = make_request (number);

  return cg_duplicates_find (duplicates, request, 0) != NULL;
}

static void
test_bounded_number (void)
{
  g_autoptr (CgDuplicates) duplicates = cg_duplicates_new ();

  for (guint i = 0; i < CG_DUPLICATES_MAX; i++)
    remember (duplicates, i, 0, 0);
  g_assert_true (is_remembered (duplicates, 0));
  remember (duplicates, CG_DUPLICATES_MAX, 0, 0);

  g_assert_false (is_remembered (duplicates, 0));
  g_assert_true (is_remembered (duplicates, 1));
  g_assert_true (is_remembered (duplicates, CG_DUPLICATES_MAX));
}

static void
test_bounded_bytes (void)
{
  g_autoptr (CgDuplicates) duplicates = cg_duplicates_new ();
  const gsize length = CG_DUPLICATES_MAX_BYTES / 16;

  for (guint i = 0; i < 8; i++)
    remember (duplicates, i, 2, length);
  g_assert_true (is_remembered (duplicates, 0));
  remember (duplicates, 8, 1, 1);
  g_assert_false (is_remembered (duplicates, 0));
  remember (duplicates, 9, 2, length - 1);

  g_assert_true (is_remembered (duplicates, 1));
  g_assert_true (is_remembered (duplicates, 9));
}

/* A request that was forgotten before its answer came counts no more. */
static void
test_forgotten_while_pending (void)
{
  g_autoptr (CgDuplicates) duplicates = cg_duplicates_new ();
  g_autoptr (GBytes) request = make_request (100);
  g_autoptr (CgExchange) pending = cg_duplicates_add (duplicates, request, 0);
  g_autoptr (GBytes) reply = g_bytes_new_static ("late", 4);

  remember (duplicates, 0, 1, CG_DUPLICATES_MAX_BYTES);
  remember (duplicates, 1, 1, 1);
  g_assert_false (is_remembered (duplicates, 100));
  g_assert_false (is_remembered (duplicates, 0));
  remember (duplicates, 2, 1, CG_DUPLICATES_MAX_BYTES - 1);
  cg_duplicates_add_reply (duplicates, pending, reply);

  g_assert_true (is_remembered (duplicates, 1));
  g_assert_true (is_remembered (duplicates, 2));
}

#define REPLY(result) "{\"did\":\"d\",\"mid\":\"7\",\"type\":\"action\",\"result\":" result "}"
#define TOO_LONG "{\"code\":500,\"error\":\"Reply too long\"}"

/* %s: something long */
static const struct {
  const char *reply;
  const char *mixed; /* (nullable): nothing is said */
  const char *flat;
} too_long[] = {
    {REPLY ("{\"config\":{\"read\":{\"x\":\"%s\"}}}"),
     REPLY ("{\"config\":{\"read\":" TOO_LONG "}}"), REPLY ("{\"config\":" TOO_LONG "}")},
    {REPLY ("{\"config\":{\"read\":{\"code\":0},\"x\":\"%s\"}}"),
     REPLY ("{\"config\":" TOO_LONG "}"), REPLY ("{\"config\":" TOO_LONG "}")},
    {REPLY ("{\"preset\":{\"code\":0,\"presets\":[\"%s\"]}}"), REPLY ("{\"preset\":" TOO_LONG "}"),
     REPLY ("{\"preset\":" TOO_LONG "}")},
    {REPLY ("{\"preset\":{\"only\":\"%s\"}}"), REPLY ("{\"preset\":" TOO_LONG "}"),
     REPLY ("{\"preset\":" TOO_LONG "}")},
    {REPLY ("{\"code\":400,\"error\":\"%s\"}"), REPLY (TOO_LONG), REPLY (TOO_LONG)},
    {REPLY ("{\"ptz\":{\"code\":0}}"), NULL, NULL},
};

static void
check_too_long (const char *reply, const char *expected, gboolean all_flat)
{
  g_autofree char *fill = g_strnfill (9000, 'x');
  g_auto (GStrv) parts = g_strsplit (reply, "%s", 2);
  g_autofree char *text = g_strjoinv (fill, parts);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) refusal = cg_message_build_too_long (bytes, all_flat);

  g_test_message ("%s", reply);
  if (expected == NULL) {
    g_assert_null (refusal);
    return;
  }
  g_assert_nonnull (refusal);
  g_assert_cmpmem (g_bytes_get_data (refusal, NULL), g_bytes_get_size (refusal), expected,
                   strlen (expected));
}

static void
test_too_long (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (too_long); i++) {
    check_too_long (too_long[i].reply, too_long[i].mixed, FALSE);
    check_too_long (too_long[i].reply, too_long[i].flat, TRUE);
  }
}

/* A reply that the cloud's server does not take, be it over our own limit, is answered shortly;
 * what refuses is not refused again. */
static void
test_refused_reply (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *fill = g_strnfill (100000, 'x');
  g_autofree char *text = g_strdup_printf (
      "{\"did\":\"" CAMERA "\",\"mid\":7,\"type\":\"action\",\"token\":\"t\",\"result\":{"
      "\"device\":{\"read\":{\"modelNumber\":\"%s\"}}}}",
      fill);
  g_autoptr (GBytes) reply = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) small = g_bytes_new (REPLY (TOO_LONG), strlen (REPLY (TOO_LONG)));

  cg_channel_refuse_reply (fixture->channel, small);
  control_assert_silent (fixture);
  cg_channel_refuse_reply (fixture->channel, reply);

  control_assert_reply (fixture,
                        "{\"did\":\"" CAMERA "\",\"mid\":7,\"type\":\"action\",\"token\":\"t\","
                        "\"result\":{\"device\":{\"read\":" TOO_LONG "}}}");
}

#define ADD(path, function)                                                                        \
  g_test_add (path, ControlFixture, NULL, control_fixture_set_up, function,                        \
              control_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_test_keep_warnings ();
  g_test_add_func ("/replies/too-long", test_too_long);
  ADD ("/replies/gateway-too-slow", test_gateway_too_slow);
  ADD ("/replies/refused-reply", test_refused_reply);
  ADD ("/replies/answered-later", test_answered_later);
  ADD ("/replies/duplicate-after", test_duplicate_after);
  ADD ("/replies/duplicate-while-pending", test_duplicate_while_pending);
  ADD ("/replies/same-mid-other-body", test_same_mid_other_body);
  ADD ("/replies/forgotten-after-a-minute", test_forgotten_after_a_minute);
  ADD ("/replies/refusal-repeated", test_refusal_repeated);
  ADD ("/replies/camera-too-slow", test_camera_too_slow);
  ADD ("/replies/cause-at-the-limit", test_cause_at_the_limit);
  ADD ("/replies/door-is-replaced-first", test_door_is_replaced_first);
  ADD ("/replies/door-closes-first", test_door_closes_first);
  ADD ("/replies/camera-removed-first", test_camera_removed_first);
  ADD ("/replies/replies-are-ignored", test_replies_are_ignored);
  ADD ("/replies/many", test_many);
  g_test_add_func ("/duplicates/bounded-number", test_bounded_number);
  g_test_add_func ("/duplicates/bounded-bytes", test_bounded_bytes);
  g_test_add_func ("/duplicates/forgotten-while-pending", test_forgotten_while_pending);
  return g_test_run ();
}
