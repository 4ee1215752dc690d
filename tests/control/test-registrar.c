/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control-fixture.h"

#include <string.h>

#define S(seconds) ((gint64)(seconds)*1000)
#define DAY_S (24 * 60 * 60)

/* printf 'aa1122334455:s3cret' | md5sum, and so on */
#define GATEWAY_SIGN "7eac3a7e1411b7f6f321019ee345b9fc:md5"
#define CAMERA_SIGN "275c859c01206ed283b39523952081a6:md5"
#define OWN_SIGN "0735ae9f017427857dff8ff3357d29e6:md5"

#define VERSION "{\"firmware\":\"" CG_VERSION "\",\"software\":\"" CG_VERSION "\",\"config\":\"0\"}"
#define GATEWAY_REGISTER(nodes)                                                                    \
  "{\"did\":\"" GATEWAY "\",\"type\":\"register\",\"sign\":\"" GATEWAY_SIGN                        \
  "\",\"data\":{\"nodes\":[" nodes "],\"version\":" VERSION "}}"
#define CAMERA_REGISTER(sign, firmware)                                                            \
  "{\"did\":\"" CAMERA "\",\"type\":\"register\",\"sign\":\"" sign                                 \
  "\",\"data\":{\"gateway\":\"" GATEWAY "\",\"version\":{\"firmware\":\"" firmware "\"}}}"
#define GRANT(did, token)                                                                          \
  "{\"did\":\"" did                                                                                \
  "\",\"type\":\"register\",\"result\":{\"id\":\"1\",\"expires\":3600,\"token\":"                  \
  "\"" token "\"}}"

static void
assert_registers (ControlFixture *fixture, const char *expected)
{
  control_assert_pop (fixture, CG_MESSAGE_KIND_REGISTER, expected);
}

static void
drop_sent (ControlFixture *fixture)
{
  g_queue_clear_full (&fixture->sent, (GDestroyNotify)control_sent_free);
  g_queue_init (&fixture->sent);
}

static void
link_up_and_register (ControlFixture *fixture)
{
  cg_channel_set_link (fixture->channel, TRUE);
  control_receive (fixture->channel, GRANT (GATEWAY, "t1"));
  drop_sent (fixture);
}

/* Returns the token of an event of the gateway's or camera's, as the cloud sees it. */
static char *
peek_token (ControlFixture *fixture, gboolean *told)
{
  g_autofree char *text = NULL;
  const char *token;

  drop_sent (fixture);
  fake_camera_report_stream (fixture->camera, CG_STREAM_PLAYING, "rtmp://h/a/b", NULL);
  *told = !g_queue_is_empty (&fixture->sent);
  if (!*told)
    return NULL;
  text = control_pop (fixture, CG_MESSAGE_KIND_EVENT);
  token = strstr (text, "\"token\":\"");
  if (token == NULL)
    return NULL;
  token += strlen ("\"token\":\"");
  return g_strndup (token, strcspn (token, "\""));
}

static void
assert_token (ControlFixture *fixture, const char *expected)
{
  gboolean told;
  g_autofree char *token = peek_token (fixture, &told);

  g_assert_true (told);
  g_assert_cmpstr (token, ==, expected);
}

static void
assert_not_registered (ControlFixture *fixture)
{
  gboolean told;
  g_autofree char *token = peek_token (fixture, &told);

  g_assert_null (token);
  g_assert_false (told);
}

static void
test_messages (ControlFixture *fixture, gconstpointer settings)
{
  cg_channel_set_link (fixture->channel, TRUE);
  assert_registers (fixture, GATEWAY_REGISTER ("\"" CAMERA "\""));
  control_assert_silent (fixture);

  fake_camera_set_contacted (fixture->camera, "V5.5.82");
  assert_registers (fixture, CAMERA_REGISTER (CAMERA_SIGN, "V5.5.82"));
  control_assert_silent (fixture);
}

static void
test_own_secret (ControlFixture *fixture, gconstpointer settings)
{
  fake_camera_set_secret (fixture->camera, "own");
  fake_camera_set_contacted (fixture->camera, "1");

  link_up_and_register (fixture);
  drop_sent (fixture);
  cg_clock_dummy_advance (fixture->clock, S (5));

  assert_registers (fixture, CAMERA_REGISTER (OWN_SIGN, "1"));
}

/* Where a modem has them. */
static void
test_modem (ControlFixture *fixture, gconstpointer settings)
{
  cg_channel_set_link (fixture->channel, TRUE);

  assert_registers (fixture, "{\"did\":\"" GATEWAY "\",\"type\":\"register\",\"data\":{"
                             "\"nodes\":[\"" CAMERA "\"],\"version\":" VERSION
                             ",\"iccid\":\"8946\",\"imsi\":\"2400\"}}");
}

static void
test_no_secret (ControlFixture *fixture, gconstpointer settings)
{
  cg_channel_set_link (fixture->channel, TRUE);

  assert_registers (fixture, "{\"did\":\"" GATEWAY "\",\"type\":\"register\",\"data\":{\"nodes\":["
                             "\"" CAMERA "\"],\"version\":" VERSION "}}");
}

/* The three known places of an answer, and what becomes of `expires`. */
typedef struct {
  const char *answer;
  gint64 expires_s; /* 0: it is a refusal */
  const char *token;
} AnswerRow;

#define ANSWER(members) "{\"did\":\"" CAMERA "\",\"type\":\"register\"," members "}"

static const AnswerRow answers[] = {
    {ANSWER ("\"result\":{\"id\":\"1\",\"expires\":3600,\"token\":\"t\"}"), 3600, "t"},
    {ANSWER ("\"result\":{\"code\":0,\"data\":{\"expires\":7200,\"token\":\"t\"}}"), 7200, "t"},
    {ANSWER ("\"data\":{\"expires\":\"600\",\"token\":\"t\"}"), 600, "t"},
    {ANSWER ("\"result\":{\"token\":\"t\"}"), 3600, "t"},
    {ANSWER ("\"result\":{\"token\":\"t\",\"expires\":0}"), 3600, "t"},
    {ANSWER ("\"result\":{\"token\":\"t\",\"expires\":-5}"), 3600, "t"},
    {ANSWER ("\"result\":{\"token\":\"t\",\"expires\":\"soon\"}"), 3600, "t"},
    {ANSWER ("\"result\":{\"token\":\"t\",\"expires\":1}"), 60, "t"},
    {ANSWER ("\"result\":{\"token\":\"t\",\"expires\":1e9}"), DAY_S, "t"},
    {ANSWER ("\"result\":{}"), 3600, NULL},
    {ANSWER ("\"result\":{\"code\":1,\"error\":\"go away\"}"), 0},
    {ANSWER ("\"result\":{\"code\":\"4\"}"), 0},
    {ANSWER ("\"result\":{\"code\":\"bad\"}"), 0},
    {ANSWER ("\"result\":{\"data\":{\"code\":403}}"), 0},
    {ANSWER ("\"data\":{\"code\":403}"), 0},
};

static void
check_answer (const AnswerRow *row)
{
  ControlFixture fixture = {0};
  g_autofree char *line = NULL;

  g_test_message ("%s", row->answer);
  control_fixture_set_up (&fixture, NULL);
  link_up_and_register (&fixture);
  fake_camera_set_contacted (fixture.camera, "1");
  control_receive (fixture.channel, row->answer);

  if (row->expires_s == 0) {
    assert_not_registered (&fixture);
    line = cg_test_pop_warning ();
    g_assert_nonnull (strstr (line, "refused"));
  } else {
    assert_token (&fixture, row->token);
    cg_clock_dummy_advance (fixture.clock, S (row->expires_s) - 1);
    assert_token (&fixture, row->token);
    cg_clock_dummy_advance (fixture.clock, 1);
    assert_not_registered (&fixture);
  }
  control_fixture_tear_down (&fixture, NULL);
}

static void
test_answers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    check_answer (&answers[i]);
}

static void
test_retry (ControlFixture *fixture, gconstpointer settings)
{
  const gint64 pauses_s[] = {4, 8, 16, 32, 64, 128, 256, 300, 300, 300};

  cg_channel_set_link (fixture->channel, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (pauses_s); i++) {
    gint64 next_ms;

    drop_sent (fixture);
    next_ms = cg_clock_dummy_get_next_ms (fixture->clock);
    g_assert_cmpint (next_ms, >=, pauses_s[i] * 900);
    g_assert_cmpint (next_ms, <=, MIN (pauses_s[i] * 1100, S (300)));
    cg_clock_dummy_advance (fixture->clock, next_ms);
    g_assert_cmpuint (g_queue_get_length (&fixture->sent), ==, 1);
    assert_registers (fixture, GATEWAY_REGISTER ("\"" CAMERA "\""));
  }
}

static void
test_refused_and_tried_again (ControlFixture *fixture, gconstpointer settings)
{
  g_autofree char *line = NULL;

  cg_channel_set_link (fixture->channel, TRUE);
  control_receive (fixture->channel, "{\"did\":\"" GATEWAY "\",\"type\":\"register\",\"result\":{"
                                     "\"code\":7,\"error\":\"who are you\"}}");
  line = cg_test_pop_warning ();
  g_assert_cmpstr (line, ==, "registration of " GATEWAY " refused: who are you (code 7)");
  drop_sent (fixture);

  cg_clock_dummy_advance (fixture->clock, S (5));

  assert_registers (fixture, GATEWAY_REGISTER ("\"" CAMERA "\""));
  control_assert_silent (fixture);
}

/* Answers whatever is asked, and counts. */
static guint
grant_all (ControlFixture *fixture, const char *token)
{
  guint count = 0;

  while (!g_queue_is_empty (&fixture->sent)) {
    ControlSent *sent = g_queue_pop_head (&fixture->sent);
    g_autofree char *answer =
        g_strdup_printf ("{\"did\":\"%s\",\"type\":\"register\",\"result\":{\"expires\":3600,"
                         "\"token\":\"%s\"}}",
                         sent->did, token);

    g_assert_cmpint (sent->kind, ==, CG_MESSAGE_KIND_REGISTER);
    control_receive (fixture->channel, answer);
    control_sent_free (sent);
    count++;
  }
  return count;
}

/* A day of renewals: the camera is registered at every moment, and nobody is asked too often. */
static void
test_day (ControlFixture *fixture, gconstpointer settings)
{
  guint renewals = 0;

  cg_channel_set_link (fixture->channel, TRUE);
  fake_camera_set_contacted (fixture->camera, "1");
  g_assert_cmpuint (grant_all (fixture, "t"), ==, 2);

  for (gint64 elapsed_s = 0; elapsed_s < DAY_S; elapsed_s++) {
    cg_clock_dummy_advance (fixture->clock, S (1));
    renewals += grant_all (fixture, "t");
    if (elapsed_s % 600 == 0)
      assert_token (fixture, "t");
  }

  /* 2 dids, each after 88 to 92 % of an hour */
  g_assert_cmpuint (renewals, >=, 2 * 26);
  g_assert_cmpuint (renewals, <=, 2 * 27);
}

static void
test_old_token_serves (ControlFixture *fixture, gconstpointer settings)
{
  cg_channel_set_link (fixture->channel, TRUE);
  fake_camera_set_contacted (fixture->camera, "1");
  grant_all (fixture, "old");

  cg_clock_dummy_advance (fixture->clock, S (3600 * 0.92));
  g_assert_cmpuint (g_queue_get_length (&fixture->sent), >=, 2);
  assert_token (fixture, "old");
  control_receive (fixture->channel, GRANT (CAMERA, "new"));
  assert_token (fixture, "new");
}

static void
test_unasked_answers (ControlFixture *fixture, gconstpointer settings)
{
  cg_channel_set_link (fixture->channel, TRUE);
  control_receive (fixture->channel, GRANT (CAMERA, "early"));
  fake_camera_set_contacted (fixture->camera, "1");
  assert_not_registered (fixture);

  control_receive (fixture->channel, GRANT (CAMERA, "asked"));
  control_receive (fixture->channel, GRANT (CAMERA, "again"));
  control_receive (fixture->channel, GRANT ("ffffffffffff", "other"));

  assert_token (fixture, "asked");
}

static void
test_link_loss (ControlFixture *fixture, gconstpointer settings)
{
  cg_channel_set_link (fixture->channel, TRUE);
  fake_camera_set_contacted (fixture->camera, "1");
  drop_sent (fixture);
  control_receive (fixture->channel, GRANT (GATEWAY, "t"));

  /* the gateway is registered, the camera was not answered: only the camera asks again */
  cg_channel_set_link (fixture->channel, FALSE);
  cg_clock_dummy_advance (fixture->clock, S (600));
  control_assert_silent (fixture);
  cg_channel_set_link (fixture->channel, TRUE);
  assert_registers (fixture, CAMERA_REGISTER (CAMERA_SIGN, "1"));
  control_assert_silent (fixture);

  /* a granted registration outlives the link, but not its time */
  control_receive (fixture->channel, GRANT (CAMERA, "t"));
  cg_channel_set_link (fixture->channel, FALSE);
  cg_channel_set_link (fixture->channel, TRUE);
  assert_token (fixture, "t");
  cg_channel_set_link (fixture->channel, FALSE);
  cg_clock_dummy_advance (fixture->clock, S (3600));
  cg_channel_set_link (fixture->channel, TRUE);
  g_assert_cmpuint (grant_all (fixture, "t2"), ==, 2);
  assert_token (fixture, "t2");
}

static void
test_nodes_change (ControlFixture *fixture, gconstpointer settings)
{
  link_up_and_register (fixture);

  fake_fleet_add (fixture->fleet, "second");
  assert_registers (fixture, GATEWAY_REGISTER ("\"" CAMERA "\",\"second\""));
  control_receive (fixture->channel, GRANT (GATEWAY, "t2"));
  fake_fleet_remove (fixture->fleet, "second");
  assert_registers (fixture, GATEWAY_REGISTER ("\"" CAMERA "\""));
  control_assert_silent (fixture);
}

static void
test_contact_comes_and_goes (ControlFixture *fixture, gconstpointer settings)
{
  link_up_and_register (fixture);
  fake_camera_set_contacted (fixture->camera, "1");
  g_assert_cmpuint (grant_all (fixture, "t"), ==, 1);

  fake_camera_set_contacted (fixture->camera, NULL);
  fake_camera_set_contacted (fixture->camera, "1");
  control_assert_silent (fixture);

  fake_camera_set_contacted (fixture->camera, "2");
  assert_registers (fixture, CAMERA_REGISTER (CAMERA_SIGN, "2"));
}

static void
test_actions_without_registration (ControlFixture *fixture, gconstpointer settings)
{
  control_receive (fixture->channel, "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"type\":\"action\","
                                     "\"data\":{\"stop\":{}}}");

  control_assert_reply (fixture, "{\"did\":\"" CAMERA "\",\"mid\":\"1\",\"type\":\"action\","
                                 "\"result\":{\"stop\":{\"code\":0}}}");
}

static void
test_event (ControlFixture *fixture, gconstpointer settings)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_UNREACHABLE, "no route");

  link_up_and_register (fixture);
  fake_camera_set_contacted (fixture->camera, "1");
  grant_all (fixture, "t");

  fake_camera_report_stream (fixture->camera, CG_STREAM_STARTING, "rtmp://h/a/b", NULL);
  fake_camera_report_stream (fixture->camera, CG_STREAM_RETRYING, "rtmp://h/a/b", error);

  control_assert_pop (fixture, CG_MESSAGE_KIND_EVENT,
                      "{\"did\":\"" CAMERA "\",\"type\":\"event\",\"token\":\"t\",\"data\":{"
                      "\"play\":{\"state\":\"retrying\",\"url\":\"rtmp://h/a/b\",\"reason\":"
                      "\"unreachable\",\"error\":\"no route\"}}}");
  control_assert_silent (fixture);
}

static void
assert_told (ControlFixture *fixture, const char *token, const char *state)
{
  g_autofree char *text = control_pop (fixture, CG_MESSAGE_KIND_EVENT);

  g_assert_nonnull (strstr (text, token));
  g_assert_nonnull (strstr (text, state));
}

/* What happens while the link is down waits until its did may tell it, and then shows the token
 * that counts then: at once when the link comes, or when it is registered again. */
static void
test_event_waits_for_link (ControlFixture *fixture, gconstpointer settings)
{
  link_up_and_register (fixture);
  fake_camera_set_contacted (fixture->camera, "1");
  grant_all (fixture, "t1");

  cg_channel_set_link (fixture->channel, FALSE);
  fake_camera_report_stream (fixture->camera, CG_STREAM_PLAYING, "rtmp://h/a/b", NULL);
  control_assert_silent (fixture);
  cg_channel_set_link (fixture->channel, TRUE);
  assert_told (fixture, "\"t1\"", "playing");
  control_assert_silent (fixture);

  cg_channel_set_link (fixture->channel, FALSE);
  cg_clock_dummy_advance (fixture->clock, S (3601));
  fake_camera_report_stream (fixture->camera, CG_STREAM_STOPPED, "rtmp://h/a/b", NULL);
  cg_channel_set_link (fixture->channel, TRUE);
  drop_sent (fixture);
  control_receive (fixture->channel, GRANT (GATEWAY, "t2"));
  control_assert_silent (fixture);
  control_receive (fixture->channel, GRANT (CAMERA, "t2"));
  assert_told (fixture, "\"t2\"", "stopped");
  control_assert_silent (fixture);
}

/* PROTOCOL.md section 1: a thousand wait, and the oldest goes first. */
static void
test_too_many_events_wait (ControlFixture *fixture, gconstpointer settings)
{
  for (guint i = 0; i < 1001; i++) {
    g_autofree char *url = g_strdup_printf ("rtmp://h/a/%u.", i);

    fake_camera_report_stream (fixture->camera, CG_STREAM_PLAYING, url, NULL);
  }
  link_up_and_register (fixture);
  fake_camera_set_contacted (fixture->camera, "1");
  drop_sent (fixture);
  control_receive (fixture->channel, GRANT (CAMERA, "t"));

  g_assert_cmpuint (fixture->sent.length, ==, 1000);
  assert_told (fixture, "\"t\"", "/1.");
  drop_sent (fixture);
}

static void
raise_alarm (ControlFixture *fixture, const char *name, const char *value)
{
  const char *const source[] = {"Source", "video0", NULL};
  const char *const data[] = {name, value, NULL};
  g_autoptr (CgAlarm) alarm = cg_alarm_new ("tns1:VideoSource/MotionAlarm", source, data, 1234);

  fake_camera_raise_alarm (fixture->camera, alarm);
}

/* What a camera notices goes out while it is registered. */
static void
test_alarm (ControlFixture *fixture, gconstpointer settings)
{
  cg_channel_set_link (fixture->channel, TRUE);
  drop_sent (fixture);
  raise_alarm (fixture, "State", "true");
  control_assert_silent (fixture);
  link_up_and_register (fixture);
  fake_camera_set_contacted (fixture->camera, "1");
  grant_all (fixture, "t");

  raise_alarm (fixture, "State", "true");
  raise_alarm (fixture, "Level", "high");

  control_assert_pop (fixture, CG_MESSAGE_KIND_EVENT,
                      "{\"did\":\"" CAMERA "\",\"type\":\"event\",\"token\":\"t\",\"data\":{"
                      "\"alarm\":{\"topic\":\"VideoSource/MotionAlarm\",\"state\":true,"
                      "\"at\":1234,\"source\":{\"Source\":\"video0\"},"
                      "\"data\":{\"State\":\"true\"}}}}");
  control_assert_pop (fixture, CG_MESSAGE_KIND_EVENT,
                      "{\"did\":\"" CAMERA "\",\"type\":\"event\",\"token\":\"t\",\"data\":{"
                      "\"alarm\":{\"topic\":\"VideoSource/MotionAlarm\",\"state\":\"high\","
                      "\"at\":1234,\"source\":{\"Source\":\"video0\"},"
                      "\"data\":{\"Level\":\"high\"}}}}");
  control_assert_silent (fixture);
}

static void
test_event_without_token (ControlFixture *fixture, gconstpointer settings)
{
  link_up_and_register (fixture);
  fake_camera_set_contacted (fixture->camera, "1");
  grant_all (fixture, "t");

  assert_token (fixture, NULL);
}

#define ADD(path, function, settings)                                                              \
  g_test_add (path, ControlFixture, settings, control_fixture_set_up, function,                    \
              control_fixture_tear_down)

/* Another cloud may be at the other end: nothing that was granted counts there. */
static void
test_restart_forgets (ControlFixture *fixture, gconstpointer settings)
{
  gboolean told = FALSE;

  fake_camera_set_contacted (fixture->camera, "V1");
  link_up_and_register (fixture);
  control_receive (fixture->channel, GRANT (CAMERA, "t2"));
  g_free (peek_token (fixture, &told));
  g_assert_true (told);

  cg_channel_restart (fixture->channel);
  g_free (peek_token (fixture, &told));
  g_assert_false (told);
  cg_channel_set_link (fixture->channel, TRUE);

  assert_registers (fixture, GATEWAY_REGISTER ("\"" CAMERA "\""));
  assert_registers (fixture, CAMERA_REGISTER (CAMERA_SIGN, "V1"));
  control_assert_silent (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_test_keep_warnings ();
  ADD ("/registrar/messages", test_messages, NULL);
  ADD ("/registrar/own-secret", test_own_secret, NULL);
  ADD ("/registrar/no-secret", test_no_secret, "[gateway]\ndid=" GATEWAY "\n");
  ADD ("/registrar/modem", test_modem, "[gateway]\ndid=" GATEWAY "\niccid=8946\nimsi=2400\n");
  g_test_add_func ("/registrar/answers", test_answers);
  ADD ("/registrar/retry", test_retry, NULL);
  ADD ("/registrar/refused-and-tried-again", test_refused_and_tried_again, NULL);
  ADD ("/registrar/day", test_day, NULL);
  ADD ("/registrar/old-token-serves", test_old_token_serves, NULL);
  ADD ("/registrar/unasked-answers", test_unasked_answers, NULL);
  ADD ("/registrar/link-loss", test_link_loss, NULL);
  ADD ("/registrar/nodes-change", test_nodes_change, NULL);
  ADD ("/registrar/contact-comes-and-goes", test_contact_comes_and_goes, NULL);
  ADD ("/registrar/actions-without-registration", test_actions_without_registration, NULL);
  ADD ("/registrar/event", test_event, NULL);
  ADD ("/registrar/event-waits-for-link", test_event_waits_for_link, NULL);
  ADD ("/registrar/too-many-events-wait", test_too_many_events_wait, NULL);
  ADD ("/registrar/alarm", test_alarm, NULL);
  ADD ("/registrar/event-without-token", test_event_without_token,
       "[gateway]\ndid=" GATEWAY "\nsecret=s3cret\n[cloud]\nevent-token=false\n");
  ADD ("/registrar/restart-forgets", test_restart_forgets, NULL);
  return g_test_run ();
}
