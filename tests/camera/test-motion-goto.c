/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A motion that calls presets: when one is reached, and what is known of where it is. */
#include "motion-fixture.h"

#include <string.h>

static void
on_rested (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_motion_await_rest_finish (CG_MOTION (object), result, &error);
  motion_note_reply (user_data, error);
}

static void
test_busy (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);
  motion_call (fixture, NULL);
  cg_motion_await_rest_async (fixture->motion, 3000, on_rested, fixture);
  for (int i = 0; i < 10; i++) {
    motion_see (fixture, 0.1 * i, 0);
    motion_advance (fixture, 100);
  }

  motion_start (fixture, CG_DIRECTION_UP);
  motion_call (fixture, NULL);
  g_assert_cmpstr (fixture->replies->str, ==, "ok preset-busy:measured preset-busy:measured");
  motion_advance (fixture, 1000);
  g_assert_false (cg_motion_is_calling (fixture->motion, NULL));
  motion_start (fixture, CG_DIRECTION_UP);

  g_assert_cmpstr (fixture->replies->str, ==, "ok preset-busy:measured preset-busy:measured ok ok");
}

static void
test_q36_busy_for_a_time (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_unseen (fixture);
  motion_call (fixture, NULL);

  motion_advance (fixture, 4900);
  motion_start (fixture, CG_DIRECTION_UP);
  motion_advance (fixture, 200);
  motion_start (fixture, CG_DIRECTION_UP);

  motion_expect (fixture, "goto(7) move(0.00,1.00)", "ok preset-busy:assumed ok");
}

static void
test_at_preset (MotionFixture *fixture, gconstpointer data)
{
  static const struct {
    double pan;
    const char *log;
    const char *reply;
  } rows[] = {{0.3, "look", "at-preset:measured"},
              {0.305, "look", "at-preset:measured"},
              {0.32, "look goto(7)", "ok"},
              {0.8, "goto(7)", "ok"}};
  const CgPtzLook place = {.has_position = TRUE, .has_zoom = TRUE, .pan = 0.3};

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    motion_stop (fixture);
    motion_advance (fixture, 2000);
    motion_see (fixture, rows[i].pan, 0);
    motion_contact (fixture, &motion_continuous);

    motion_call (fixture, &place);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    motion_expect (fixture, rows[i].log, rows[i].reply);
  }
}

static void
test_no_proof_on_the_way (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);
  motion_start_and_stop (fixture);
  motion_advance (fixture, 300);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);

  motion_call (fixture, NULL);
  motion_turn (fixture, 14, 0.05);
  cg_driver_dummy_answer_move (fixture->driver, NULL);
  motion_settle (fixture);

  motion_expect (fixture, "move(1.00,0.00) stop goto(7)", "ok ok");
}

/* Where the camera stood a moment ago it still stands: the call was slept through, and is made
 * again; where it stands then is not where the preset is. */
static void
test_q37_slept_through (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);

  motion_call (fixture, NULL);
  motion_advance (fixture, 4100);

  motion_expect (fixture, "goto(7) look look look look goto(7) look look look look", "ok");
  g_assert_cmpstr (fixture->arrived->str, ==, "7");
  g_assert_false (cg_motion_is_calling (fixture->motion, NULL));
}

/* Q31: where the token may stand for another preset meanwhile, that is not called instead. */
static void
test_q31_called_once (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);

  motion_call (fixture, NULL);
  cg_motion_tokens_change (fixture->motion);
  motion_advance (fixture, 4100);

  motion_expect (fixture, "goto(7) look look look look", "ok");
  g_assert_cmpstr (fixture->arrived->str, ==, "7");
}

/* Q31: and one that waits for a stop is not called at all: it would be another preset. */
static void
test_q31_not_called_late (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);

  motion_call (fixture, NULL);
  cg_motion_tokens_change (fixture->motion);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  cg_driver_dummy_answer_stop (fixture->driver, NULL);
  motion_advance (fixture, 4100);

  g_autofree char *asked = cg_driver_dummy_take_log (fixture->driver);
  g_assert_null (strstr (asked, "goto"));
  g_assert_cmpstr (fixture->replies->str, ==, "ok cancelled");
  g_string_truncate (fixture->replies, 0);
}

static void
wait_for_a_move (MotionFixture *fixture)
{
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  motion_start (fixture, CG_DIRECTION_LEFT);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
}

static void
wait_for_a_doubt (MotionFixture *fixture)
{
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  motion_start (fixture, CG_DIRECTION_LEFT);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  motion_answer_move (fixture, CG_ERROR_TIMED_OUT);
  motion_answer_move (fixture, MOTION_OK);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
}

static void
wait_for_a_stop (MotionFixture *fixture)
{
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  motion_stop (fixture);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
}

/* Q31, Q1: whatever it has waited for, the camera is stopped all the same. */
static void
test_q31_stopped_instead (MotionFixture *fixture, gconstpointer data)
{
  static const struct {
    void (*begin) (MotionFixture *fixture);
    void (*answer) (MotionFixture *fixture, CgError code); /* (nullable) has come before */
    CgError code;
  } rows[] = {
      {wait_for_a_move, motion_answer_move, MOTION_OK},
      {wait_for_a_doubt, NULL, MOTION_OK},
      {wait_for_a_stop, motion_answer_stop, MOTION_OK},
      {wait_for_a_stop, motion_answer_stop, CG_ERROR_TIMED_OUT},
  };

  motion_stand_known_at (fixture, 0, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    motion_start (fixture, CG_DIRECTION_RIGHT);
    rows[i].begin (fixture);
    g_free (cg_driver_dummy_take_log (fixture->driver));
    motion_call (fixture, NULL);
    cg_motion_tokens_change (fixture->motion);
    if (rows[i].answer != NULL)
      rows[i].answer (fixture, rows[i].code);
    motion_advance (fixture, 60000);

    g_autofree char *asked = cg_driver_dummy_take_log (fixture->driver);
    g_assert_true (g_str_has_prefix (asked, "stop"));
    g_assert_null (strstr (asked, "goto"));
    g_assert_nonnull (strstr (fixture->replies->str, "cancelled"));
    g_assert_false (fixture->is_held);
    g_assert_false (cg_motion_is_moving (fixture->motion));
    g_string_truncate (fixture->replies, 0);
  }
}

/* A dome may take a second and more to begin: it is there when it has moved, and stands. */
static void
test_slow_to_begin (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);

  motion_call (fixture, NULL);
  motion_advance (fixture, 1400);
  motion_turn (fixture, 9, 0.05);
  g_assert_cmpstr (fixture->arrived->str, ==, "");
  motion_advance (fixture, 1000);

  g_assert_cmpstr (fixture->arrived->str, ==, "7@0.45");
}

/* A move that is under way is stopped, and what is seen of that is not the call. */
static void
test_out_of_a_move (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);
  motion_start (fixture, CG_DIRECTION_RIGHT);

  motion_call (fixture, NULL);
  g_assert_true (fixture->is_held == FALSE);
  motion_turn (fixture, 9, 0.05);
  motion_advance (fixture, 3000);

  g_assert_cmpstr (fixture->arrived->str, ==, "7");
  g_autofree char *log = cg_driver_dummy_take_log (fixture->driver);
  g_assert_true (g_str_has_prefix (log, "move(1.00,0.00) stop goto(7) look"));
  g_assert_null (strstr (log, "goto(7) goto(7)"));
}

/* A camera that does not answer the stop is not called: it would move on if it slept through it. */
static void
test_q1_not_stopped_before (MotionFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_UNREACHABLE, "test");

  motion_stand_unseen (fixture);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  g_free (cg_driver_dummy_take_log (fixture->driver));

  motion_call (fixture, NULL);
  cg_driver_dummy_answer_stop (fixture->driver, error);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  motion_advance (fixture, 2000);

  motion_expect (fixture, "stop stop stop-zero", "ok unreachable");
  g_assert_false (fixture->is_held);
}

/* It may be on its way, whatever was said: nothing is set until it stands; nor is it called again.
 */
static void
test_uncertain (MotionFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_TIMED_OUT, "test");

  motion_stand_at (fixture, 0, 0);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  motion_call (fixture, NULL);
  cg_driver_dummy_answer_move (fixture->driver, error);
  motion_settle (fixture);

  motion_start (fixture, CG_DIRECTION_UP);
  motion_advance (fixture, 6000);

  motion_expect (fixture, "goto(7) look look look look", "timed-out preset-busy:measured");
  g_assert_false (cg_motion_is_calling (fixture->motion, NULL));
}

/* What interrupts a call ends it only if the camera takes it; else the camera is stopped. */
static void
test_interrupted (MotionFixture *fixture, gconstpointer data)
{
  static const CgError answers[] = {CG_N_ERRORS, CG_ERROR_PEER_FAULT};
  CgPtzConfig config = motion_config;

  config.goto_interrupt = TRUE;
  cg_motion_apply (fixture->motion, &config);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (GError) error =
        answers[i] != CG_N_ERRORS ? g_error_new_literal (CG_ERROR, (int)answers[i], "test") : NULL;
    cg_driver_dummy_set_look (fixture->driver, &(const CgPtzLook){.has_position = FALSE});
    motion_contact (fixture, &motion_continuous);
    motion_call (fixture, NULL);

    cg_driver_dummy_set_automatic (fixture->driver, FALSE);
    motion_start (fixture, CG_DIRECTION_UP);
    cg_driver_dummy_set_automatic (fixture->driver, TRUE);
    cg_driver_dummy_answer_move (fixture->driver, error);
    motion_settle (fixture);

    motion_expect (fixture,
                   error != NULL ? "goto(7) move(0.00,1.00) stop stop-zero"
                                 : "goto(7) move(0.00,1.00)",
                   error != NULL ? "ok peer-fault" : "ok ok");
    g_assert_false (cg_motion_is_calling (fixture->motion, NULL));
    motion_stop (fixture);
    motion_advance (fixture, 3000);
    g_free (cg_driver_dummy_take_log (fixture->driver));
  }
}

/* Who has called a preset has the camera until it is there, where a call can be interrupted at
 * all. */
static void
test_who_calls_has_it (MotionFixture *fixture, gconstpointer data)
{
  CgPtzConfig config = motion_config;

  motion_stand_unseen (fixture);
  motion_call (fixture, NULL);
  g_assert_cmpstr (cg_motion_get_source (fixture->motion), ==, NULL);

  config.goto_interrupt = TRUE;
  cg_motion_apply (fixture->motion, &config);

  g_assert_cmpstr (cg_motion_get_source (fixture->motion), ==, "cloud");
  motion_advance (fixture, 10000);
  g_assert_cmpstr (cg_motion_get_source (fixture->motion), ==, NULL);
}

/* What nobody has looked at yet is not measured. */
static void
test_busy_unseen (MotionFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_UNREACHABLE, "test");

  cg_driver_dummy_set_look (fixture->driver, NULL);
  motion_contact (fixture, &motion_continuous);
  motion_call (fixture, NULL);
  motion_start (fixture, CG_DIRECTION_UP);

  g_assert_cmpstr (fixture->replies->str, ==, "ok preset-busy:assumed");
  cg_driver_dummy_answer_look (fixture->driver, error);
  motion_see (fixture, 0, 0);
  motion_advance (fixture, 10);
  cg_driver_dummy_answer_look (fixture->driver, error);
  motion_advance (fixture, 1000);
  motion_start (fixture, CG_DIRECTION_UP);

  g_assert_cmpstr (fixture->replies->str, ==, "ok preset-busy:assumed preset-busy:measured");
}

/* Just reached, and turned by somebody else: nothing is set before it stands. */
static void
test_no_rest_at_contact (MotionFixture *fixture, gconstpointer data)
{
  motion_see (fixture, 0, 0);
  cg_driver_dummy_set_facts (fixture->driver, &motion_continuous);
  cg_motion_contacted (fixture->motion);
  cg_motion_await_rest_async (fixture->motion, 3000, on_rested, fixture);
  motion_turn (fixture, 9, 0.1);
  g_assert_cmpstr (fixture->replies->str, ==, "");

  motion_advance (fixture, 1000);

  g_assert_cmpstr (fixture->replies->str, ==, "ok");
}

/* A camera that cannot be looked at any more, near the end of its time, gets no more of it. */
static void
test_no_longer_than_it_may_take (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);
  motion_call (fixture, NULL);
  for (int i = 1; i <= 8; i++) {
    motion_see (fixture, 0.01 * i, 0);
    motion_advance (fixture, 500);
  }
  motion_see_nothing (fixture, CG_ERROR_TIMED_OUT, 3);
  g_assert_true (cg_motion_is_calling (fixture->motion, NULL));

  motion_advance (fixture, 1100); /* 8.1 s after the call */

  g_assert_false (cg_motion_is_calling (fixture->motion, NULL));
}

/* A preset whose zoom is not known may be one that zooms. */
static void
test_near_but_for_the_zoom (MotionFixture *fixture, gconstpointer data)
{
  const CgPtzLook place = {.has_position = TRUE, .pan = 0.3};

  motion_stand_at (fixture, 0.3, 0);

  motion_call (fixture, &place);

  motion_expect (fixture, "look goto(7)", "ok");
}

/* Q39: an answer that says nothing is no refusal: the camera may be on its way. */
static void
test_q39_nonsense (MotionFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_PEER_FAULT, "test");

  cg_error_set_cause (&error, CG_ERROR_CAUSE_GARBLED);
  motion_stand_at (fixture, 0, 0);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  motion_call (fixture, NULL);

  cg_driver_dummy_answer_move (fixture->driver, error);
  motion_settle (fixture);

  g_assert_true (cg_motion_is_calling (fixture->motion, NULL));
}

/* Somebody else moves it past the preset: it does not stand there. */
static void
test_passing_by (MotionFixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) learnt = json_from_string ("{\"move-status\":\"honest\"}", NULL);
  const CgPtzLook place = {.has_position = TRUE, .has_zoom = TRUE, .pan = 0.3};
  CgPtzLook look = place;

  cg_motion_set_learnt (fixture->motion, CG_ONVIF_STOP_NAMED, learnt);
  motion_stand_at (fixture, 0.3, 0);
  look.has_move_status = look.moving_pan_tilt = TRUE;
  cg_driver_dummy_set_look (fixture->driver, &look);

  motion_call (fixture, &place);

  motion_expect (fixture, "look goto(7)", "ok");
}

int
main (int argc, char **argv)
{
  static const MotionTest tests[] = {
      {"/camera/motion-goto/busy", test_busy},
      {"/camera/motion-goto/q36-busy-for-a-time", test_q36_busy_for_a_time},
      {"/camera/motion-goto/at-preset", test_at_preset},
      {"/camera/motion-goto/q39-nonsense", test_q39_nonsense},
      {"/camera/motion-goto/passing-by", test_passing_by},
      {"/camera/motion-goto/no-proof-on-the-way", test_no_proof_on_the_way},
      {"/camera/motion-goto/q37-slept-through", test_q37_slept_through},
      {"/camera/motion-goto/q31-called-once", test_q31_called_once},
      {"/camera/motion-goto/q31-not-called-late", test_q31_not_called_late},
      {"/camera/motion-goto/q31-stopped-instead", test_q31_stopped_instead},
      {"/camera/motion-goto/slow-to-begin", test_slow_to_begin},
      {"/camera/motion-goto/out-of-a-move", test_out_of_a_move},
      {"/camera/motion-goto/q1-not-stopped-before", test_q1_not_stopped_before},
      {"/camera/motion-goto/uncertain", test_uncertain},
      {"/camera/motion-goto/interrupted", test_interrupted},
      {"/camera/motion-goto/who-calls-has-it", test_who_calls_has_it},
      {"/camera/motion-goto/busy-unseen", test_busy_unseen},
      {"/camera/motion-goto/near-but-for-the-zoom", test_near_but_for_the_zoom},
      {"/camera/motion-goto/no-longer-than-it-may-take", test_no_longer_than_it_may_take},
      {"/camera/motion-goto/no-rest-at-contact", test_no_rest_at_contact},
  };

  return motion_run_tests (argc, argv, tests, G_N_ELEMENTS (tests));
}
