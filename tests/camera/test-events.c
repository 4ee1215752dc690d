/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a simulated camera notices, and what is asked of it for that. Pauses are let pass by a clock
 * of our own; the camera answers in its own time. */
#include "cg-clock-dummy.h"
#include "cg-events.h"
#include "cg-jobs.h"
#include "cg-sim.h"
#include "cg-test.h"

#define PASSWORD "p@ss:#%w/rd"

typedef struct {
  CgSim *sim;
  CgClockDummy *clock;
  GThreadPool *workers;
  CgCameraConfig *config;
  CgEvents *events;
  GQueue alarms; /* (element-type CgAlarm) */
  const char *op;
  guint count;
} Fixture;

static void
on_alarm (CgEvents *events, CgAlarm *alarm, Fixture *fixture)
{
  g_queue_push_tail (&fixture->alarms, cg_alarm_copy (alarm));
}

static CgOnvifSession *
make_session (Fixture *fixture)
{
  return cg_onvif_session_new (cg_sim_get_onvif_url (fixture->sim), "admin", PASSWORD);
}

static void
set_up (Fixture *fixture, gconstpointer filter)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  options.password = PASSWORD;
  fixture->sim = cg_sim_new (&options);
  g_assert_true (cg_sim_start (fixture->sim, &error));
  g_assert_no_error (error);
  fixture->clock = cg_clock_dummy_new ();
  fixture->workers = cg_jobs_pool_new ();
  fixture->config = cg_camera_config_new ("c");
  fixture->config->events = g_strdup (filter);
  fixture->events = cg_events_new (fixture->workers, CG_CLOCK (fixture->clock), fixture->config);
  g_queue_init (&fixture->alarms);
  g_signal_connect (fixture->events, "alarm", G_CALLBACK (on_alarm), fixture);
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_closed = user_data;

  *is_closed = cg_events_close_finish (CG_EVENTS (object), result, NULL);
}

static void
close_events (Fixture *fixture)
{
  gboolean is_closed = FALSE;

  cg_events_close_async (fixture->events, on_closed, &is_closed);
  cg_test_wait_for_flag (&is_closed, "goodbye");
}

static gboolean
is_alone (gpointer user_data)
{
  return ((GObject *)user_data)->ref_count == 1;
}

static void
tear_down (Fixture *fixture, gconstpointer filter)
{
  cg_events_suspend (fixture->events);
  cg_test_wait_for (is_alone, fixture->events, "jobs that come back");
  g_assert_finalize_object (fixture->events);
  g_thread_pool_free (fixture->workers, FALSE, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_queue_clear_full (&fixture->alarms, (GDestroyNotify)cg_alarm_free);
  cg_camera_config_free (fixture->config);
  g_assert_cmpuint (cg_clock_dummy_count_sources (fixture->clock), ==, 0);
  g_object_unref (fixture->clock);
  cg_sim_free (fixture->sim);
}

static gboolean
was_asked (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return cg_sim_count_requests (fixture->sim, fixture->op) >= fixture->count;
}

/* What the camera's own thread does wakes nobody here. */
static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_until_asked (Fixture *fixture, const char *op, guint count)
{
  const guint ticker = g_timeout_add (2, on_tick, NULL);

  fixture->op = op;
  fixture->count = count;
  cg_test_wait_for (was_asked, fixture, op);
  g_source_remove (ticker);
}

/* Lets the next pause pass, once what runs has come back. */
static gboolean
is_planned (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return is_alone (fixture->events) && cg_clock_dummy_count_sources (fixture->clock) == 1 &&
         cg_clock_dummy_get_next_ms (fixture->clock) <= (gint64)fixture->count;
}

static void
pass_pause (Fixture *fixture, guint max_ms)
{
  fixture->count = max_ms;
  cg_test_wait_for (is_planned, fixture, "a planned step");
  cg_clock_dummy_advance (fixture->clock, cg_clock_dummy_get_next_ms (fixture->clock));
}

static gboolean
has_alarm (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return fixture->alarms.length > 0;
}

static void
assert_alarm (Fixture *fixture, const char *topic, CgAlarmState state)
{
  cg_test_wait_for (has_alarm, fixture, "an alarm");
  g_autoptr (CgAlarm) alarm = g_queue_pop_head (&fixture->alarms);
  g_assert_cmpstr (alarm->topic, ==, topic);
  g_assert_cmpint (alarm->state, ==, state);
}

/* Subscribed, and the pull that tells the first states is back. */
static void
open_events (Fixture *fixture)
{
  cg_events_open (fixture->events, make_session (fixture));
  cg_clock_dummy_advance (fixture->clock, 0);
  wait_until_asked (fixture, "CreatePullPointSubscription", 1);
  pass_pause (fixture, 0);
  wait_until_asked (fixture, "PullMessages", 1);
  pass_pause (fixture, 1000);
  wait_until_asked (fixture, "PullMessages", 2);
}

static void
test_alarm (Fixture *fixture, gconstpointer filter)
{
  open_events (fixture);

  cg_sim_raise_alarm (fixture->sim, "motion", "true");
  assert_alarm (fixture, "VideoSource/MotionAlarm", CG_ALARM_ON);
  pass_pause (fixture, 1000);
  cg_sim_raise_alarm (fixture->sim, "tns1:Device/Trigger/DigitalInput", "true");
  cg_sim_raise_alarm (fixture->sim, "motion", "false");
  assert_alarm (fixture, "VideoSource/MotionAlarm", CG_ALARM_OFF);
}

/* Q41: off by default. */
static void
test_q41_off_by_default (Fixture *fixture, gconstpointer filter)
{
  cg_events_open (fixture->events, make_session (fixture));
  cg_clock_dummy_advance (fixture->clock, 3600 * 1000);

  g_assert_false (cg_events_is_wanted (fixture->events));
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "CreatePullPointSubscription"), ==, 0);
}

/* Q41: a service that fails is asked less and less, and then never until there is a new contact. */
static void
test_q41_gives_up (Fixture *fixture, gconstpointer filter)
{
  cg_sim_set_fault (fixture->sim, "Q41", "fails", NULL);
  cg_events_open (fixture->events, make_session (fixture));
  cg_clock_dummy_advance (fixture->clock, 0);

  for (guint i = 1; i < 5; i++) {
    wait_until_asked (fixture, "CreatePullPointSubscription", i);
    pass_pause (fixture, 10000 << (i - 1));
  }
  wait_until_asked (fixture, "CreatePullPointSubscription", 5);
  cg_test_wait_for (is_alone, fixture->events, "the last answer");
  cg_clock_dummy_advance (fixture->clock, 24 * 3600 * 1000);
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "CreatePullPointSubscription"), ==, 5);

  cg_sim_clear_fault (fixture->sim, "Q41", NULL);
  cg_events_suspend (fixture->events);
  cg_events_open (fixture->events, make_session (fixture));
  cg_clock_dummy_advance (fixture->clock, 0);
  wait_until_asked (fixture, "CreatePullPointSubscription", 6);
}

/* Q42: an empty answer that comes at once brings no storm of questions. */
static void
test_q42_floor (Fixture *fixture, gconstpointer filter)
{
  cg_sim_set_fault (fixture->sim, "Q42", NULL, NULL);
  open_events (fixture);
  fixture->count = 1000;
  cg_test_wait_for (is_planned, fixture, "a planned step");

  const gint64 pause_ms = cg_clock_dummy_get_next_ms (fixture->clock);
  cg_clock_dummy_advance (fixture->clock, pause_ms - 1);
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "PullMessages"), ==, 2);
  cg_clock_dummy_advance (fixture->clock, 1);
  wait_until_asked (fixture, "PullMessages", 3);

  g_assert_cmpint (pause_ms, ==, 1000);
}

/* Q43: a lost subscription is made anew, and never sooner than in ten seconds. */
static void
test_q43_subscribes_anew (Fixture *fixture, gconstpointer filter)
{
  cg_sim_set_fault (fixture->sim, "Q43", "loses", NULL);
  open_events (fixture);
  cg_sim_clear_fault (fixture->sim, "Q43", NULL);
  fixture->count = 10000;
  cg_test_wait_for (is_planned, fixture, "a planned step");
  g_assert_cmpint (cg_clock_dummy_get_next_ms (fixture->clock), >, 8000);

  pass_pause (fixture, 10000);
  wait_until_asked (fixture, "CreatePullPointSubscription", 2);
  pass_pause (fixture, 0);
  wait_until_asked (fixture, "PullMessages", 3);
  pass_pause (fixture, 1000);
  cg_sim_raise_alarm (fixture->sim, "motion", "true");

  assert_alarm (fixture, "VideoSource/MotionAlarm", CG_ALARM_ON);
}

/* Q43: it has few to give: none is left behind, neither by a contact lost nor at the end. */
static void
test_q43_gives_back (Fixture *fixture, gconstpointer filter)
{
  cg_sim_set_fault (fixture->sim, "Q43", "few", NULL);
  open_events (fixture);
  for (guint i = 2; i < 6; i++) {
    cg_events_suspend (fixture->events);
    cg_test_wait_for (is_alone, fixture->events, "the aborted pull");
    cg_events_open (fixture->events, make_session (fixture));
    cg_clock_dummy_advance (fixture->clock, 10000);
    wait_until_asked (fixture, "CreatePullPointSubscription", i);
    pass_pause (fixture, 0);
  }
  g_assert_cmpuint (cg_sim_count_pull_points (fixture->sim), ==, 1);

  close_events (fixture);

  g_assert_cmpuint (cg_sim_count_pull_points (fixture->sim), ==, 0);
}

static void
test_renews (Fixture *fixture, gconstpointer filter)
{
  open_events (fixture);
  cg_clock_dummy_advance (fixture->clock, 24000);
  cg_sim_raise_alarm (fixture->sim, "motion", "true");
  assert_alarm (fixture, "VideoSource/MotionAlarm", CG_ALARM_ON);
  pass_pause (fixture, 1000);
  wait_until_asked (fixture, "PullMessages", 3);
  cg_clock_dummy_advance (fixture->clock, 10000);
  cg_sim_raise_alarm (fixture->sim, "motion", "false");
  assert_alarm (fixture, "VideoSource/MotionAlarm", CG_ALARM_OFF);

  pass_pause (fixture, 1000);

  wait_until_asked (fixture, "Renew", 1);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    const char *filter;
    void (*test) (Fixture *fixture, gconstpointer filter);
  } tests[] = {
      {"/camera/events/alarm", "motion", test_alarm},
      {"/camera/events/q41-off-by-default", NULL, test_q41_off_by_default},
      {"/camera/events/q41-gives-up", "all", test_q41_gives_up},
      {"/camera/events/q42-floor", "all", test_q42_floor},
      {"/camera/events/q43-subscribes-anew", "all", test_q43_subscribes_anew},
      {"/camera/events/q43-gives-back", "all", test_q43_gives_back},
      {"/camera/events/renews", "all", test_renews},
  };

  g_test_init (&argc, &argv, NULL);
  /* A service that is given up is a warning. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].filter, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
