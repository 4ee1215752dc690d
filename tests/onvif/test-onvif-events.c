/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pull points, against the simulated camera. */
#include <string.h>

#include "cg-onvif-events.h"
#include "cg-onvif-reference.h"
#include "cg-sim.h"

#define PASSWORD "p@ss:#%w/rd"
#define LIFE_MS 60000
#define WAIT_MS 10000
#define LIMIT 32

typedef struct {
  CgSim *sim;
  CgOnvifSession *session;
  CgOnvifPullPoint *point;
} Fixture;

static void
start (Fixture *fixture, CgSimAuth auth, const char *fault, const char *arg)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  *fixture = (Fixture){NULL, NULL, NULL};
  options.password = PASSWORD;
  options.auth = auth;
  fixture->sim = cg_sim_new (&options);
  g_assert_true (cg_sim_start (fixture->sim, &error));
  g_assert_no_error (error);
  if (fault != NULL)
    g_assert_true (cg_sim_set_fault (fixture->sim, fault, arg, NULL));
  fixture->session = cg_onvif_session_new (cg_sim_get_onvif_url (fixture->sim), "admin", PASSWORD);
}

static void
subscribe (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->point = cg_onvif_events_subscribe_in_thread (fixture->session, LIFE_MS, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->point->life_ms, ==, LIFE_MS);
}

static GPtrArray *
pull (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *list =
      cg_onvif_events_pull_in_thread (fixture->session, fixture->point, WAIT_MS, LIMIT, &error);

  g_assert_no_error (error);
  return list;
}

static void
tear_down (Fixture *fixture)
{
  cg_onvif_pull_point_free (fixture->point);
  cg_onvif_session_free (fixture->session);
  cg_sim_free (fixture->sim);
}

static void
assert_motion (const GPtrArray *list, const char *value, gboolean is_first)
{
  const gint64 now_ms = g_get_real_time () / 1000;
  const CgOnvifNotification *notification;
  const CgOnvifItem *item;

  g_assert_cmpuint (list->len, ==, 1);
  notification = g_ptr_array_index (list, 0);
  g_assert_cmpstr (notification->topic, ==, "tns1:VideoSource/MotionAlarm");
  g_assert_cmpint (notification->is_first, ==, is_first);
  g_assert_cmpint (ABS (notification->at_ms - now_ms), <, 5000);
  item = g_ptr_array_index (notification->data, 0);
  g_assert_cmpstr (item->name, ==, "State");
  g_assert_cmpstr (item->value, ==, value);
  item = g_ptr_array_index (notification->source, 0);
  g_assert_cmpstr (item->value, ==, "video0");
}

/* The whole life of a pull point, with each login, on a camera whose addresses and clock are
 * wrong. */
static void
test_life (void)
{
  static const struct {
    CgSimAuth auth;
    const char *fault;
    const char *arg;
  } rows[] = {
      {CG_SIM_AUTH_BOTH, NULL, NULL},      {CG_SIM_AUTH_DIGEST, "Q7", NULL},
      {CG_SIM_AUTH_TOKEN, "Q4", "-90000"}, {CG_SIM_AUTH_TOKEN, "Q45", "services"},
      {CG_SIM_AUTH_BOTH, "Q46", "after"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Fixture fixture;
    g_autoptr (GError) error = NULL;
    g_test_message ("row %u", i);
    start (&fixture, rows[i].auth, rows[i].fault, rows[i].arg);

    subscribe (&fixture);
    g_autoptr (GPtrArray) first = pull (&fixture);
    cg_sim_raise_alarm (fixture.sim, "motion", "true");
    g_autoptr (GPtrArray) second = pull (&fixture);
    g_assert_true (
        cg_onvif_events_renew_in_thread (fixture.session, fixture.point, LIFE_MS, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (cg_sim_count_pull_points (fixture.sim), ==, 1);
    g_assert_true (cg_onvif_events_unsubscribe_in_thread (fixture.session, fixture.point, &error));

    assert_motion (first, "false", TRUE);
    assert_motion (second, "true", FALSE);
    g_assert_cmpuint (cg_sim_count_pull_points (fixture.sim), ==, 0);
    tear_down (&fixture);
  }
}

/* WS-Addressing goes with these calls, and only with these (Q2). */
static void
test_q2_addressing (void)
{
  Fixture fixture;
  start (&fixture, CG_SIM_AUTH_BOTH, NULL, NULL);

  subscribe (&fixture);
  g_autoptr (GPtrArray) list = pull (&fixture);
  g_autoptr (JsonArray) requests = cg_sim_take_requests (fixture.sim);
  JsonObject *last = json_array_get_object_element (requests, json_array_get_length (requests) - 1);
  JsonObject *args = json_object_get_object_member (last, "args");

  g_assert_cmpstr (json_object_get_string_member (last, "op"), ==, "PullMessages");
  g_assert_cmpstr (json_object_get_string_member (args, "to"), ==, fixture.point->address);
  g_assert_cmpstr (json_object_get_string_member (args, "action"), ==,
                   "http://www.onvif.org/ver10/events/wsdl/PullPointSubscription/"
                   "PullMessagesRequest");
  g_assert_cmpstr (json_object_get_string_member (args, "timeout"), ==, "PT10S");
  tear_down (&fixture);
}

/* Q42: it answers at once, with nothing or with what there is. */
static void
test_q42_empty_answer (void)
{
  Fixture fixture;
  start (&fixture, CG_SIM_AUTH_BOTH, "Q42", NULL);
  subscribe (&fixture);

  g_autoptr (GPtrArray) first = pull (&fixture);
  g_autoptr (GPtrArray) second = pull (&fixture);

  g_assert_cmpuint (first->len, ==, 1);
  g_assert_cmpuint (second->len, ==, 0);
  tear_down (&fixture);
}

/* Q43: the subscription is gone after a reboot. */
static void
test_q43_lost_subscription (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  start (&fixture, CG_SIM_AUTH_BOTH, "Q43", "loses");
  subscribe (&fixture);
  g_autoptr (GPtrArray) first = pull (&fixture);

  g_autoptr (GPtrArray) second =
      cg_onvif_events_pull_in_thread (fixture.session, fixture.point, WAIT_MS, LIMIT, &error);

  g_assert_null (second);
  g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  tear_down (&fixture);
}

/* Q41: the service is broken, or hangs: a clear error within the deadline. */
static void
test_q41_broken_service (void)
{
  static const struct {
    const char *arg;
    CgError error;
  } rows[] = {{"fails", CG_ERROR_PEER_FAULT}, {"hangs", CG_ERROR_TIMED_OUT}};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Fixture fixture;
    g_autoptr (GError) error = NULL;
    start (&fixture, CG_SIM_AUTH_BOTH, NULL, NULL);
    subscribe (&fixture);
    cg_sim_set_fault (fixture.sim, "Q41", rows[i].arg, NULL);
    cg_onvif_session_set_timeout_ms (fixture.session, 200);

    g_autoptr (GPtrArray) list =
        cg_onvif_events_pull_in_thread (fixture.session, fixture.point, 100, LIMIT, &error);

    g_assert_null (list);
    g_assert_error (error, CG_ERROR, (int)rows[i].error);
    tear_down (&fixture);
  }
}

static void
test_reference_parameters (void)
{
  static const struct {
    const char *answer;
    const char *headers;
  } rows[] = {
      {"<a xmlns:w='W' xmlns:d='D'><w:ReferenceParameters><d:Id k='1'>7&amp;8</d:Id>"
       "</w:ReferenceParameters></a>",
       "<d:Id xmlns:d=\"D\" k=\"1\">7&amp;8</d:Id>"},
      {"<a><ReferenceParameters><Id xmlns='X'><b>1</b></Id></ReferenceParameters></a>",
       "<Id xmlns=\"X\"><b xmlns=\"X\">1</b></Id>"},
      {"<a><ReferenceParameters/></a>", NULL},
      {"<a><Address>x</Address></a>", NULL},
      {"<a><ReferenceParameters><b>", NULL},
      {"not XML", NULL},
      {"", NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *headers = cg_onvif_reference_read_parameters (rows[i].answer);

    g_assert_cmpstr (headers, ==, rows[i].headers);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/events/life", test_life);
  g_test_add_func ("/onvif/events/q2-addressing", test_q2_addressing);
  g_test_add_func ("/onvif/events/q42-empty-answer", test_q42_empty_answer);
  g_test_add_func ("/onvif/events/q43-lost-subscription", test_q43_lost_subscription);
  g_test_add_func ("/onvif/events/q41-broken-service", test_q41_broken_service);
  g_test_add_func ("/onvif/events/reference-parameters", test_reference_parameters);
  return g_test_run ();
}
