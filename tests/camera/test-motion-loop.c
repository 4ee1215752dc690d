/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A motion that looks: limits, proven stops, and what follows a move up. */
#include "motion-fixture.h"

#include <string.h>

/* Nothing is asked before an ordinary move, and its reply waits for nothing. */
static void
test_ordinary_start (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 0, 0);

  motion_start (fixture, CG_DIRECTION_RIGHT);

  motion_expect (fixture, "move(1.00,0.00)", "ok");
}

/* What the camera only says of its end is tried; twice, for it may have slept (Q37), while nobody
 * knows which way its axis goes. Then it is believed. */
static void
test_at_a_told_end (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 1, 0);

  motion_start (fixture, CG_DIRECTION_RIGHT);
  motion_expect (fixture, "look move(1.00,0.00)", "");
  motion_advance (fixture, 1100);
  motion_expect (fixture, "look look move(1.00,0.00) look look stop", "limit-right:measured");
  motion_advance (fixture, 2000);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  motion_advance (fixture, 2000);

  motion_expect (fixture, "look", "limit-right:measured");
}

/* The same again while the camera is still being told to stop: no move, and the same answer. */
static void
test_again_at_the_end (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 1, 0);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  motion_advance (fixture, 900);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  motion_advance (fixture, 200);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  motion_expect (fixture, "look move(1.00,0.00) look look move(1.00,0.00) look look stop",
                 "limit-right:measured");

  motion_answer_stop (fixture, MOTION_OK);
  motion_advance (fixture, 2000);

  motion_expect (fixture, "look", "limit-right:measured");
  g_assert_false (cg_motion_is_moving (fixture->motion));
}

static void
test_no_limit_after_all (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 1, 0);

  motion_start (fixture, CG_DIRECTION_RIGHT);
  motion_see (fixture, 1.1, 0);
  motion_advance (fixture, 250);

  motion_expect (fixture, "look move(1.00,0.00) look", "ok");
}

/* A diagonal slides along one end; in the corner it stands. */
static void
test_diagonal (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 1, 0);
  motion_start (fixture, CG_DIRECTION_UP_RIGHT);
  motion_expect (fixture, "move(1.00,1.00)", "ok");
  motion_stop (fixture);
  motion_see (fixture, 1, 1);
  motion_advance (fixture, 1000);
  g_free (cg_driver_dummy_take_log (fixture->driver));

  motion_start (fixture, CG_DIRECTION_UP_RIGHT);
  motion_advance (fixture, 1100);

  motion_expect (fixture, "look move(1.00,1.00) look look move(1.00,1.00) look look stop",
                 "limit-up:assumed");
}

/* Q38: an axis that counts the other way may wait for the one that stands at its end: which way
 * both count is to be known before a corner is one. */
static void
test_corner (MotionFixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) learnt =
      json_from_string ("{\"pan\":{\"sign\":1,\"position\":\"honest\",\"min\":-1,\"max\":1},"
                        "\"tilt\":{\"sign\":1,\"position\":\"honest\",\"min\":-1,\"max\":1}}",
                        NULL);

  cg_motion_set_learnt (fixture->motion, CG_ONVIF_STOP_NAMED, learnt);
  motion_stand_at (fixture, 1, 1);

  motion_start (fixture, CG_DIRECTION_UP_RIGHT);
  motion_advance (fixture, 1100);

  motion_expect (fixture, "look move(1.00,1.00) look look move(1.00,1.00) look look stop",
                 "limit-up:measured");
}

/* A stop while it is not clear yet whether the camera moves: both are answered, once. */
static void
test_stop_within_the_probe (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 1, 0);
  motion_start_and_stop (fixture);
  motion_advance (fixture, 1500);

  motion_expect (fixture, "look move(1.00,0.00) stop look look", "ok");
}

/* Q37: what has not moved the camera within a second is asked for once more. */
static void
test_q37_resend (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);

  motion_start (fixture, CG_DIRECTION_RIGHT);
  motion_advance (fixture, 1100);
  motion_expect (fixture, "move(1.00,0.00) look look move(1.00,0.00)", "ok");
  motion_stop (fixture);
  motion_advance (fixture, 5000);

  motion_expect (fixture, "stop look look", "");
}

/* The same, and the move is refreshed before the camera has answered: what it does is judged all
 * the same. */
static void
test_q37_refreshed_meanwhile (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  motion_advance (fixture, 900);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  motion_advance (fixture, 200);
  motion_expect (fixture, "move(1.00,0.00) look look move(1.00,0.00)", "ok");

  motion_start (fixture, CG_DIRECTION_RIGHT);
  motion_answer_move (fixture, MOTION_OK);
  motion_answer_move (fixture, MOTION_OK);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  motion_advance (fixture, 4000);

  motion_expect (fixture, "move(1.00,0.00) look look", "ok");
}

/* The same of a move that takes the place of another one, long after that was asked for: where the
 * camera stands then is no end before it was asked twice. */
static void
test_q37_resend_at_an_end (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, -1, 0);
  motion_start (fixture, CG_DIRECTION_UP);
  for (int i = 1; i <= 30; i++) {
    motion_see (fixture, -1, 0.02 * i);
    motion_advance (fixture, 100);
  }
  g_free (cg_driver_dummy_take_log (fixture->driver));

  motion_start (fixture, CG_DIRECTION_LEFT);
  motion_advance (fixture, 1600);

  motion_expect (fixture, "move(-1.00,0.00) look look move(-1.00,0.00) look", "ok ok");
}

/* Q38: once learnt, the axes of a diagonal take turns; a stop ends that. */
static void
test_q38_slices (MotionFixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) learnt = json_from_string ("{\"one-axis-only\":true}", NULL);
  motion_see (fixture, 0, 0);
  cg_motion_set_learnt (fixture->motion, CG_ONVIF_STOP_NAMED, learnt);
  motion_contact (fixture, &motion_continuous);

  motion_start (fixture, CG_DIRECTION_UP_RIGHT);
  motion_see (fixture, 0.1, 0.1);
  motion_advance (fixture, 900);
  motion_expect (fixture, "move(1.00,0.00) look move(0.00,1.00)", "ok");
  motion_stop (fixture);
  motion_advance (fixture, 5000);

  motion_expect (fixture, "stop look look", "");
}

/* A camera that knows steps only takes them for as long as the lease runs. */
static void
test_steps (MotionFixture *fixture, gconstpointer data)
{
  const CgPtzFacts relative = {.position = {{-1, 1}, {-1, 1}, {0, 1}}, .relative_pan_tilt = TRUE};
  cg_driver_dummy_set_look (fixture->driver, &(const CgPtzLook){.has_position = FALSE});
  motion_contact (fixture, &relative);

  motion_start (fixture, CG_DIRECTION_UP);
  motion_advance (fixture, 1200);
  motion_expect (fixture, "move(0.00,1.00) move(0.00,1.00) move(0.00,1.00)", "ok");
  motion_advance (fixture, 60000);
  g_autofree char *log = cg_driver_dummy_take_log (fixture->driver);

  g_assert_true (g_str_has_suffix (log, "move(0.00,1.00) stop"));
}

static void
start_a_step_at_the_end (MotionFixture *fixture)
{
  const CgPtzFacts relative = {.position = {{-1, 1}, {-1, 1}, {0, 1}},
                               .is_told = {TRUE, TRUE, TRUE},
                               .relative_pan_tilt = TRUE};

  motion_see (fixture, 0, 1);
  motion_contact (fixture, &relative);
  motion_start (fixture, CG_DIRECTION_UP);
}

/* Q37: a step that was slept through proves no end; the next one does. */
static void
test_q37_step (MotionFixture *fixture, gconstpointer data)
{
  start_a_step_at_the_end (fixture);
  motion_advance (fixture, 490);
  motion_expect (fixture, "look move(0.00,1.00) look", "");
  motion_advance (fixture, 100);
  motion_see (fixture, 0, 0.9);
  motion_advance (fixture, 400);

  motion_expect (fixture, "move(0.00,1.00) look look", "ok");
}

/* The same at an end: of the steps that its lease brings, two have had time to move it. */
static void
test_q37_steps_at_an_end (MotionFixture *fixture, gconstpointer data)
{
  start_a_step_at_the_end (fixture);
  motion_advance (fixture, 1100);

  motion_expect (fixture,
                 "look move(0.00,1.00) look move(0.00,1.00) look look move(0.00,1.00) look stop",
                 "limit-up:measured");
}

/* A start that still waits for a stop when its link is lost is not sent any more. */
static void
test_link_lost_while_it_waits (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_known_at (fixture, 0, 0);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  motion_stop (fixture);
  motion_start (fixture, CG_DIRECTION_UP);

  cg_motion_link_lost (fixture->motion, "another");
  motion_settle (fixture);
  g_assert_cmpstr (fixture->replies->str, ==, "ok");
  cg_motion_link_lost (fixture->motion, "cloud");
  motion_settle (fixture);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  motion_answer_stop (fixture, MOTION_OK);
  motion_answer_stop (fixture, MOTION_OK);
  motion_advance (fixture, 3000);

  motion_expect (fixture, "move(1.00,0.00) stop stop look look", "ok cancelled");
}

/* What was refused did not move the camera, and neither does what cannot be stopped for the same
 * reason. */
static void
test_refused_login (MotionFixture *fixture, gconstpointer data)
{
  static const CgError codes[] = {CG_ERROR_LOGIN_REFUSED, CG_ERROR_NOT_SUPPORTED,
                                  CG_ERROR_NOT_PERMITTED, CG_ERROR_PEER_FAULT};

  motion_stand_at (fixture, 0, 0);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++) {
    motion_start (fixture, CG_DIRECTION_RIGHT);
    motion_answer_move (fixture, codes[i]);
    motion_stop (fixture);
    motion_answer_stop (fixture, codes[i]);
    motion_advance (fixture, 60000);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_false (fixture->is_held);
    g_assert_false (cg_motion_is_moving (fixture->motion));
  }
  g_assert_cmpuint (fixture->not_stopped, ==, 0);
}

/* Q39: an answer that says nothing is no refusal: the camera may move. */
static void
test_q39_nonsense (MotionFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_PEER_FAULT, "test");

  cg_error_set_cause (&error, CG_ERROR_CAUSE_GARBLED);
  motion_stand_known_at (fixture, 0, 0);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);

  motion_start (fixture, CG_DIRECTION_RIGHT);
  cg_driver_dummy_answer_move (fixture->driver, error);
  motion_settle (fixture);
  motion_answer_stop (fixture, MOTION_OK);

  g_assert_true (fixture->is_held);
  motion_advance (fixture, 1500);
  g_assert_false (fixture->is_held);
  motion_expect (fixture, "move(1.00,0.00) stop look look", "peer-fault");
}

/* Who waits for a look, before his move can be sent, has the camera already. */
static void
test_who_waits_has_it (MotionFixture *fixture, gconstpointer data)
{
  motion_stand_at (fixture, 1, 0);
  motion_advance (fixture, 5000);
  cg_driver_dummy_set_look (fixture->driver, NULL);

  motion_start (fixture, CG_DIRECTION_RIGHT);

  g_assert_cmpstr (cg_motion_get_source (fixture->motion), ==, "cloud");
  motion_see (fixture, 1, 0);
  motion_answer_look (fixture, CG_ERROR_TIMED_OUT);
}

/* Q38: now and then a diagonal is sent whole: what was learnt may be wrong. */
static void
test_q38_unlearnt (MotionFixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) learnt = json_from_string ("{\"one-axis-only\":true}", NULL);
  g_autoptr (GString) whole = g_string_new (NULL);

  cg_motion_set_learnt (fixture->motion, CG_ONVIF_STOP_NAMED, learnt);
  motion_stand_at (fixture, 0, 0);
  for (int n = 0; n < 10; n++) {
    g_autofree char *log = NULL;

    motion_start (fixture, CG_DIRECTION_UP_RIGHT);
    for (int i = 1; i < 13; i++) {
      motion_see (fixture, 0.01 * i, 0.01 * i);
      motion_advance (fixture, 100);
    }
    motion_stop (fixture);
    motion_advance (fixture, 2000);
    log = cg_driver_dummy_take_log (fixture->driver);
    g_string_append_c (whole, strstr (log, "move(1.00,1.00)") != NULL ? '2' : '1');
  }

  g_assert_cmpstr (whole->str, ==, "1111111222");
}

/* Q38: an axis that does not move when it is its turn stands at an end that nobody has told. */
static void
test_q38_refuted (MotionFixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) learnt = json_from_string ("{\"one-axis-only\":true}", NULL);

  cg_motion_set_learnt (fixture->motion, CG_ONVIF_STOP_NAMED, learnt);
  motion_stand_at (fixture, 0, 0.4);

  motion_start (fixture, CG_DIRECTION_UP_RIGHT);
  for (int i = 1; i < 35; i++) {
    motion_see (fixture, 0.01 * i, 0.4);
    motion_advance (fixture, 100);
  }

  g_autofree char *log = cg_driver_dummy_take_log (fixture->driver);
  g_assert_true (g_str_has_prefix (log, "move(1.00,0.00) look move(0.00,1.00)"));
  g_assert_nonnull (strstr (log, "move(1.00,1.00)"));
}

int
main (int argc, char **argv)
{
  static const MotionTest tests[] = {
      {"/camera/motion-loop/q39-nonsense", test_q39_nonsense},
      {"/camera/motion-loop/who-waits-has-it", test_who_waits_has_it},
      {"/camera/motion-loop/ordinary-start", test_ordinary_start},
      {"/camera/motion-loop/at-a-told-end", test_at_a_told_end},
      {"/camera/motion-loop/again-at-the-end", test_again_at_the_end},
      {"/camera/motion-loop/no-limit-after-all", test_no_limit_after_all},
      {"/camera/motion-loop/diagonal", test_diagonal},
      {"/camera/motion-loop/corner", test_corner},
      {"/camera/motion-loop/stop-within-the-probe", test_stop_within_the_probe},
      {"/camera/motion-loop/q37-resend", test_q37_resend},
      {"/camera/motion-loop/q37-refreshed-meanwhile", test_q37_refreshed_meanwhile},
      {"/camera/motion-loop/q37-resend-at-an-end", test_q37_resend_at_an_end},
      {"/camera/motion-loop/q38-slices", test_q38_slices},
      {"/camera/motion-loop/steps", test_steps},
      {"/camera/motion-loop/q37-step", test_q37_step},
      {"/camera/motion-loop/q37-steps-at-an-end", test_q37_steps_at_an_end},
      {"/camera/motion-loop/refused-login", test_refused_login},
      {"/camera/motion-loop/q38-unlearnt", test_q38_unlearnt},
      {"/camera/motion-loop/q38-refuted", test_q38_refuted},
      {"/camera/motion-loop/link-lost-while-it-waits", test_link_lost_while_it_waits},
  };

  return motion_run_tests (argc, argv, tests, G_N_ELEMENTS (tests));
}
