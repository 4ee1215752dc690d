/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A motion that stops, and is sure that it has (Q1). */
#include "motion-fixture.h"

#include <string.h>

/* Q1: it agrees, and moves on: each form is tried; then it is told. */
static void
test_q1_not_stopped (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);
  motion_start_and_stop (fixture);

  motion_turn (fixture, 59, 0.01);

  motion_expect (
      fixture,
      "move(1.00,0.00) stop look look look stop-zero look look look stop-bare look look look",
      "ok");
  g_assert_cmpuint (fixture->not_stopped, ==, 1);
  g_assert_false (cg_motion_is_moving (fixture->motion));
}

/* Q1: no lost look ends the proof. */
static void
test_q1_lost_look (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);
  motion_start_and_stop (fixture);
  cg_driver_dummy_set_look (fixture->driver, NULL);
  motion_advance (fixture, 500);
  motion_answer_look (fixture, CG_ERROR_TIMED_OUT);

  motion_turn (fixture, 9, 0.01);

  motion_expect (fixture, "move(1.00,0.00) stop look look look look stop-zero", "ok");
}

/* A contact in mid-stop tells what was known before: the form that is being tried stays. */
static void
test_q1_contact_in_mid_stop (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);
  motion_start_and_stop (fixture);
  for (int i = 1; i < 11; i++) {
    motion_see (fixture, 0.01 * i, 0);
    if (i == 9)
      cg_driver_dummy_set_automatic (fixture->driver, FALSE);
    motion_advance (fixture, 100);
  }
  motion_expect (fixture, "move(1.00,0.00) stop look look look stop-zero", "ok");

  cg_motion_set_learnt (fixture->motion, CG_ONVIF_STOP_NAMED, NULL);
  cg_motion_contacted (fixture->motion);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  motion_answer_stop (fixture, CG_ERROR_UNREACHABLE);
  motion_see (fixture, 0.2, 0);
  motion_advance (fixture, 2000);

  motion_expect (fixture, "stop-zero look look", "");
}

/* Q1: a move that timed out may come after the stop that followed it: there is a second stop. */
static void
test_q1_stop_after_doubt (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_unseen (fixture);

  motion_start_timed_out (fixture);
  motion_advance (fixture, 900);
  motion_expect (fixture, "move(1.00,0.00) stop", "timed-out");
  g_assert_true (fixture->is_held);
  motion_advance (fixture, 10000);

  motion_expect (fixture, "stop stop-zero", "");
  g_assert_false (fixture->is_held);
}

/* Q1, Q36: where nobody can see it stand it is told in two forms, each time anew. */
static void
test_q1_told_blindly (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_unseen (fixture);

  for (int i = 0; i < 2; i++) {
    motion_start_and_stop (fixture);
    motion_advance (fixture, 3000);

    motion_expect (fixture, "move(1.00,0.00) stop stop-zero", "ok");
    g_assert_false (fixture->is_held);
  }
}

/* Q36: that it is IDLE is all that it ever says. */
static void
test_q36_always_idle (MotionFixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_look (fixture->driver, &(const CgPtzLook){.has_move_status = TRUE});
  motion_contact (fixture, &motion_continuous);

  motion_start_and_stop (fixture);
  motion_advance (fixture, 3000);

  motion_expect (fixture, "move(1.00,0.00) stop look look stop-zero look look", "ok");
  g_assert_false (fixture->is_held);
}

/* Q36: a position that was never seen to change may be frozen: that it is the same proves nothing.
 */
static void
test_q36_frozen (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0.3, 0);
  motion_start_and_stop (fixture);
  motion_advance (fixture, 3000);
  motion_expect (fixture, "move(1.00,0.00) stop look look stop-zero look look", "ok");
  g_assert_false (fixture->is_held);

  motion_start_and_stop (fixture);
  motion_see (fixture, 0.4, 0);
  motion_advance (fixture, 3000);

  motion_expect (fixture, "move(1.00,0.00) look stop look look", "ok");
  g_assert_cmpint (cg_motion_get_stop_form (fixture->motion), ==, CG_ONVIF_STOP_NAMED);
}

/* The second form is none that has worked: who stops it again begins with the first. */
static void
test_q36_stopped_again (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0.3, 0);
  motion_start_and_stop (fixture);
  motion_advance (fixture, 800);
  motion_expect (fixture, "move(1.00,0.00) stop look look stop-zero", "ok");

  motion_stop (fixture);

  motion_expect (fixture, "stop", "");
  motion_advance (fixture, 3000);
  g_assert_cmpint (cg_motion_get_stop_form (fixture->motion), ==, CG_ONVIF_STOP_NAMED);
}

/* The same where nobody can look any more: the second form does not wait for that. */
static void
test_q36_not_seen_any_more (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0.3, 0);
  motion_start_and_stop (fixture);
  g_free (cg_driver_dummy_take_log (fixture->driver));

  motion_see_nothing (fixture, CG_ERROR_TIMED_OUT, 3);

  g_autofree char *log = cg_driver_dummy_take_log (fixture->driver);
  g_assert_true (g_str_has_prefix (log, "look look look stop-zero"));
  g_assert_true (fixture->is_held);
  motion_see (fixture, 0.3, 0);
  motion_advance (fixture, 40000);
  motion_expect (fixture, "look look", "ok");
  g_assert_false (fixture->is_held);
}

/* One that has said MOVING is believed when it says IDLE: one form is enough. */
static void
test_idle_after_moving (MotionFixture *fixture, gconstpointer data)
{
  const CgPtzLook idle = {.has_move_status = TRUE};
  const CgPtzLook moving = {.has_move_status = TRUE, .moving_pan_tilt = TRUE};

  cg_driver_dummy_set_look (fixture->driver, &idle);
  motion_contact (fixture, &motion_continuous);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  cg_driver_dummy_set_look (fixture->driver, &moving);
  motion_advance (fixture, 2500);
  g_free (cg_driver_dummy_take_log (fixture->driver));
  cg_driver_dummy_set_look (fixture->driver, &idle);

  motion_stop (fixture);
  motion_advance (fixture, 3000);

  motion_expect (fixture, "stop look look", "ok");
  g_assert_cmpint (cg_motion_get_stop_form (fixture->motion), ==, CG_ONVIF_STOP_NAMED);
}

/* Q1: a camera that is silent is told on and on, and people are told once. */
static void
test_q1_silent (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  motion_stop (fixture);
  g_free (cg_driver_dummy_take_log (fixture->driver));
  for (int i = 0; i < 15; i++) {
    motion_answer_stop (fixture, CG_ERROR_UNREACHABLE);
    motion_advance (fixture, 30000);
  }
  g_autofree char *log = cg_driver_dummy_take_log (fixture->driver);
  g_assert_true (g_str_has_prefix (log, "stop stop-zero stop stop-zero stop"));
  g_assert_cmpuint (fixture->not_stopped, ==, 1);
  g_assert_true (fixture->is_held);

  motion_answer_stop (fixture, MOTION_OK);
  motion_advance (fixture, 2000);

  g_assert_false (fixture->is_held);
}

/* Q1: what could not be looked at is looked at later, and is ours until it was seen to stand. */
static void
test_q1_looked_at_later (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start_and_stop (fixture);
  motion_see_nothing (fixture, CG_ERROR_UNREACHABLE, 9);
  motion_see (fixture, 0, 0);
  g_free (cg_driver_dummy_take_log (fixture->driver));
  g_assert_false (cg_motion_is_moving (fixture->motion));
  g_assert_true (fixture->is_held);

  for (int i = 0; i < 308; i++) {
    motion_see (fixture, 0.001 * i, 0);
    motion_advance (fixture, 100);
  }
  motion_advance (fixture, 2000);

  motion_expect (fixture, "look look look stop-zero look look", "ok");
  g_assert_false (fixture->is_held);
}

/* Q1, Q36: one that tells too late for whoever waits is looked at with more patience, at once. */
static void
test_q36_seen_with_patience (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start_and_stop (fixture);
  motion_see_nothing (fixture, CG_ERROR_TIMED_OUT, 3);
  motion_expect (fixture, "move(1.00,0.00) stop look look look", "ok");

  for (int i = 0; i < 12; i++) {
    motion_see (fixture, 0.01 * i, 0);
    motion_advance (fixture, 100);
  }
  motion_advance (fixture, 2000);

  motion_expect (fixture, "look look look stop-zero look look", "");
  g_assert_false (fixture->is_held);
}

/* Q36: if patience is of no use, nobody asks on before half a minute has passed. */
static void
test_q36_too_late (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start_and_stop (fixture);
  motion_see_nothing (fixture, CG_ERROR_TIMED_OUT, 6);
  motion_expect (fixture, "move(1.00,0.00) stop look look look look look look", "ok");

  motion_advance (fixture, 29000);
  motion_expect (fixture, "", "");
  motion_advance (fixture, 1000);
  motion_expect (fixture, "look", "");
  motion_answer_look (fixture, CG_ERROR_TIMED_OUT);
  motion_start_and_stop (fixture);
  motion_advance (fixture, 10000);

  motion_expect (fixture, "move(1.00,0.00) stop stop-zero", "ok");
}

/* A move that was lost in a queue comes seconds after the stop that was to follow it. */
static void
test_q1_comes_late (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start_timed_out (fixture);
  motion_advance (fixture, 3000);
  motion_expect (fixture, "move(1.00,0.00) stop stop look look", "timed-out");
  g_assert_true (fixture->is_held);

  motion_turn (fixture, 44, 0.01);
  motion_expect (fixture, "look look look stop", "");
  motion_advance (fixture, 40000);

  motion_expect (fixture, "look look", "");
  g_assert_false (fixture->is_held);
  g_assert_cmpuint (fixture->not_stopped, ==, 0);
}

/* What does not come within half a minute is lost. */
static void
test_q1_does_not_come (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start_timed_out (fixture);
  motion_advance (fixture, 10000);
  motion_expect (fixture, "move(1.00,0.00) stop stop look look look look", "timed-out");
  g_assert_true (fixture->is_held);

  motion_advance (fixture, 60000);

  motion_expect (fixture, "look look", "");
  g_assert_false (fixture->is_held);
}

/* Every stop and every look, for more than ten minutes. */
static void
refuse_all (MotionFixture *fixture, CgError code)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  cg_driver_dummy_set_look (fixture->driver, NULL);
  motion_stop (fixture);
  for (int i = 0; i < 12; i++) {
    motion_answer_stop (fixture, code);
    motion_advance (fixture, 10000);
  }
  g_free (cg_driver_dummy_take_log (fixture->driver));
  for (int ms = 0; ms < 600000; ms += 250) {
    g_autofree char *log = NULL;

    motion_advance (fixture, 250);
    log = cg_driver_dummy_take_log (fixture->driver);
    if (*log != '\0')
      motion_answer_look (fixture, code);
  }
  g_assert_cmpuint (fixture->not_stopped, ==, 1);
}

/* A camera that refuses us for long is not forgotten: it is stopped when it lets us in. That it
 * does not let us look either (Q35) tells nothing of where it stands. */
static void
test_refused_for_long (MotionFixture *fixture, gconstpointer code)
{
  refuse_all (fixture, (CgError)GPOINTER_TO_INT (code));
  g_assert_true (fixture->is_held);

  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  motion_see (fixture, 0, 0);
  cg_motion_contacted (fixture->motion);
  motion_advance (fixture, 2000);

  motion_expect (fixture, "stop look look", "ok");
  g_assert_false (fixture->is_held);
}

/* One that knows neither Stop nor GetStatus never will: its moves end by themselves. */
static void
test_q1_knows_no_stop (MotionFixture *fixture, gconstpointer data)
{
  refuse_all (fixture, CG_ERROR_NOT_SUPPORTED);

  g_assert_false (fixture->is_held);
}

/* Q1: the camera was away before it was seen to stand. */
static void
test_q1_back_again (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start_and_stop (fixture);
  motion_see_nothing (fixture, CG_ERROR_UNREACHABLE, 6);
  motion_see (fixture, 0, 0);
  g_free (cg_driver_dummy_take_log (fixture->driver));

  cg_motion_contacted (fixture->motion);
  motion_advance (fixture, 2000);

  motion_expect (fixture, "stop look look", "ok");
  g_assert_false (fixture->is_held);
}

static void
on_asked_stop (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_motion_halt_finish (CG_MOTION (object), result, &error);
  motion_note_reply (user_data, error);
}

static void
ask_stop (MotionFixture *fixture)
{
  cg_motion_halt_async (fixture->motion, on_asked_stop, fixture);
  motion_settle (fixture);
}

/* However many ask: one on the wire is followed by one at most, which answers them all. */
static void
test_stops_are_merged (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);

  ask_stop (fixture);
  ask_stop (fixture);
  motion_start (fixture, CG_DIRECTION_LEFT);
  ask_stop (fixture);
  ask_stop (fixture);
  motion_expect (fixture, "move(1.00,0.00) stop stop", "ok cancelled");
  motion_answer_stop (fixture, MOTION_OK);
  motion_expect (fixture, "", "ok");
  motion_answer_stop (fixture, MOTION_OK);
  motion_expect (fixture, "", "ok ok ok");
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  motion_advance (fixture, 3000);

  g_assert_false (fixture->is_held);
}

/* Those that share one that fails fail as well, and the camera is told again. */
static void
test_merged_stops_fail (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  for (int i = 0; i < 3; i++)
    ask_stop (fixture);

  motion_answer_stop (fixture, CG_ERROR_TIMED_OUT);
  motion_answer_stop (fixture, CG_ERROR_TIMED_OUT);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  motion_advance (fixture, 3000);

  motion_expect (fixture, "move(1.00,0.00) stop stop stop look look",
                 "ok timed-out timed-out timed-out");
  g_assert_false (fixture->is_held);
}

int
main (int argc, char **argv)
{
  static const MotionTest tests[] = {
      {"/camera/motion-stop/q1-not-stopped", test_q1_not_stopped},
      {"/camera/motion-stop/q1-lost-look", test_q1_lost_look},
      {"/camera/motion-stop/q1-contact-in-mid-stop", test_q1_contact_in_mid_stop},
      {"/camera/motion-stop/q1-stop-after-doubt", test_q1_stop_after_doubt},
      {"/camera/motion-stop/q1-told-blindly", test_q1_told_blindly},
      {"/camera/motion-stop/q36-always-idle", test_q36_always_idle},
      {"/camera/motion-stop/q36-frozen", test_q36_frozen},
      {"/camera/motion-stop/q36-stopped-again", test_q36_stopped_again},
      {"/camera/motion-stop/q36-not-seen-any-more", test_q36_not_seen_any_more},
      {"/camera/motion-stop/idle-after-moving", test_idle_after_moving},
      {"/camera/motion-stop/q1-silent", test_q1_silent},
      {"/camera/motion-stop/q1-looked-at-later", test_q1_looked_at_later},
      {"/camera/motion-stop/q36-seen-with-patience", test_q36_seen_with_patience},
      {"/camera/motion-stop/q36-too-late", test_q36_too_late},
      {"/camera/motion-stop/q1-comes-late", test_q1_comes_late},
      {"/camera/motion-stop/q1-does-not-come", test_q1_does_not_come},
      {"/camera/motion-stop/q1-refused-for-long", test_refused_for_long,
       GINT_TO_POINTER (CG_ERROR_LOGIN_REFUSED)}, /* Q6 */
      {"/camera/motion-stop/q35-forbidden-for-long", test_refused_for_long,
       GINT_TO_POINTER (CG_ERROR_NOT_PERMITTED)},
      {"/camera/motion-stop/q1-knows-no-stop", test_q1_knows_no_stop},
      {"/camera/motion-stop/q1-back-again", test_q1_back_again},
      {"/camera/motion-stop/are-merged", test_stops_are_merged},
      {"/camera/motion-stop/merged-fail", test_merged_stops_fail},
  };

  return motion_run_tests (argc, argv, tests, G_N_ELEMENTS (tests));
}
