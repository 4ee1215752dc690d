/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A motion whose camera answers when the test says so: lease, order, and what fails. */
#include "motion-fixture.h"

static void
set_up (MotionFixture *fixture, gconstpointer data)
{
  motion_set_up (fixture, data);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
}

static void
note_reply (MotionFixture *fixture, const char *who, const GError *error)
{
  g_string_append_printf (fixture->replies, "%s%s:%s", fixture->replies->len > 0 ? " " : "", who,
                          error != NULL ? cg_error_get_word ((CgError)error->code) : "ok");
}

static void
on_started (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_motion_start_finish (CG_MOTION (object), result, &error);
  note_reply (user_data, "start", error);
}

static void
on_halted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_motion_halt_finish (CG_MOTION (object), result, &error);
  note_reply (user_data, "stop", error);
}

static void
start (MotionFixture *fixture, CgDirection direction)
{
  const CgMoveRequest request = {direction, CG_SPEED_MEDIUM, "cloud"};

  cg_motion_start_async (fixture->motion, &request, cg_clock_get_monotonic_ms (fixture->clock),
                         on_started, fixture);
  motion_settle (fixture);
}

static void
call_preset (MotionFixture *fixture, guint turn)
{
  const CgMotionTarget target = {7, "7", NULL, NULL};

  cg_motion_goto_async (fixture->motion, &target, turn, cg_clock_get_monotonic_ms (fixture->clock),
                        on_started, fixture);
  motion_settle (fixture);
}

static void
call_preset_now (MotionFixture *fixture)
{
  call_preset (fixture, cg_motion_take_turn (fixture->motion));
}

static void
stop (MotionFixture *fixture)
{
  cg_motion_halt_async (fixture->motion, on_halted, fixture);
  motion_settle (fixture);
}

static void
assert_log (MotionFixture *fixture, const char *expected)
{
  g_autofree char *log = cg_driver_dummy_take_log (fixture->driver);

  g_assert_cmpstr (log, ==, expected);
}

static void
test_lease_ends_by_itself (MotionFixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  start (fixture, CG_DIRECTION_UP);

  motion_advance (fixture, 4999);
  assert_log (fixture, "move(0.00,0.66)");
  g_assert_true (cg_motion_is_moving (fixture->motion));
  motion_advance (fixture, 1);

  assert_log (fixture, "stop");
  g_assert_false (cg_motion_is_moving (fixture->motion));
  motion_advance (fixture, 60000);
  assert_log (fixture, "");
}

static void
test_start_again_refreshes (MotionFixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  start (fixture, CG_DIRECTION_LEFT);
  motion_advance (fixture, 4000);
  start (fixture, CG_DIRECTION_LEFT);

  motion_advance (fixture, 4000);
  assert_log (fixture, "move(-0.66,0.00) move(-0.66,0.00)");
  motion_advance (fixture, 1000);

  assert_log (fixture, "stop");
}

static void
test_other_axis_is_stopped (MotionFixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);

  start (fixture, CG_DIRECTION_ZOOM_IN);
  start (fixture, CG_DIRECTION_UP_LEFT);
  start (fixture, CG_DIRECTION_DOWN);
  start (fixture, CG_DIRECTION_ZOOM_OUT);

  assert_log (fixture, "zoom(0.66) others-move(-0.66,0.66) move(0.00,-0.66) others-zoom(-0.66)");
}

static void
test_stop_without_move (MotionFixture *fixture, gconstpointer data)
{
  stop (fixture);
  motion_answer_stop (fixture, MOTION_OK);

  assert_log (fixture, "stop");
  g_assert_cmpstr (fixture->replies->str, ==, "stop:ok");
}

/* Q1: a move on the wire may reach the camera after the stop. */
static void
test_q1_move_in_flight_is_stopped_again (MotionFixture *fixture, gconstpointer data)
{
  start (fixture, CG_DIRECTION_UP);
  stop (fixture);
  motion_answer_stop (fixture, MOTION_OK);
  g_assert_true (cg_motion_is_moving (fixture->motion));

  motion_answer_move (fixture, MOTION_OK);
  assert_log (fixture, "move(0.00,0.66) stop stop");
  motion_answer_stop (fixture, MOTION_OK);

  g_assert_false (cg_motion_is_moving (fixture->motion));
  g_assert_cmpstr (fixture->replies->str, ==, "stop:ok start:ok");
}

/* Q1: the stop message is lost. */
static void
test_q1_failed_stop_is_repeated (MotionFixture *fixture, gconstpointer data)
{
  start (fixture, CG_DIRECTION_UP);
  motion_answer_move (fixture, MOTION_OK);
  stop (fixture);
  motion_answer_stop (fixture, CG_ERROR_TIMED_OUT);

  motion_advance (fixture, 1000);
  assert_log (fixture, "move(0.00,0.66) stop stop");
  motion_answer_stop (fixture, MOTION_OK);
  motion_advance (fixture, 60000);

  assert_log (fixture, "");
  g_assert_false (cg_motion_is_moving (fixture->motion));
  g_assert_cmpstr (fixture->replies->str, ==, "start:ok stop:timed-out");
}

static void
test_start_waits_for_stop (MotionFixture *fixture, gconstpointer data)
{
  start (fixture, CG_DIRECTION_UP);
  motion_answer_move (fixture, MOTION_OK);
  stop (fixture);
  start (fixture, CG_DIRECTION_LEFT);
  assert_log (fixture, "move(0.00,0.66) stop");

  motion_answer_stop (fixture, MOTION_OK);
  assert_log (fixture, "move(-0.66,0.00)");
  motion_answer_move (fixture, MOTION_OK);

  motion_advance (fixture, 5000);
  assert_log (fixture, "stop");
  motion_answer_stop (fixture, MOTION_OK);
}

static void
test_stop_drops_waiting_start (MotionFixture *fixture, gconstpointer data)
{
  stop (fixture);
  start (fixture, CG_DIRECTION_LEFT);
  stop (fixture);

  motion_answer_stop (fixture, MOTION_OK);
  motion_answer_stop (fixture, MOTION_OK);

  assert_log (fixture, "stop stop");
  g_assert_cmpstr (fixture->replies->str, ==, "start:cancelled stop:ok stop:ok");
}

/* The operator was told that it failed: the camera must not move all the same. */
static void
test_uncertain_start_is_stopped (MotionFixture *fixture, gconstpointer data)
{
  start (fixture, CG_DIRECTION_UP);

  motion_answer_move (fixture, CG_ERROR_TIMED_OUT);

  assert_log (fixture, "move(0.00,0.66) stop");
  motion_answer_stop (fixture, MOTION_OK);
  g_assert_cmpstr (fixture->replies->str, ==, "start:timed-out");
}

static void
test_refused_start_is_over (MotionFixture *fixture, gconstpointer data)
{
  start (fixture, CG_DIRECTION_UP);

  motion_answer_move (fixture, CG_ERROR_NOT_PERMITTED);
  motion_advance (fixture, 60000);

  assert_log (fixture, "move(0.00,0.66)");
  g_assert_false (cg_motion_is_moving (fixture->motion));
}

/* Q61: nobody is there any more to send the stop. */
static void
test_q61_lost_link_ends_move (MotionFixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  start (fixture, CG_DIRECTION_UP);

  cg_motion_link_lost (fixture->motion, "local-1");
  motion_advance (fixture, 2000);
  assert_log (fixture, "move(0.00,0.66)");
  cg_motion_link_lost (fixture->motion, "cloud");
  motion_advance (fixture, 1999);
  assert_log (fixture, "");
  motion_advance (fixture, 1);

  assert_log (fixture, "stop");
}

/* Nobody would end the move that was under way before. */
static void
test_refused_refresh_is_stopped (MotionFixture *fixture, gconstpointer data)
{
  start (fixture, CG_DIRECTION_UP);
  motion_answer_move (fixture, MOTION_OK);
  start (fixture, CG_DIRECTION_UP);

  motion_answer_move (fixture, CG_ERROR_PEER_FAULT);
  assert_log (fixture, "move(0.00,0.66) move(0.00,0.66) stop");
  motion_answer_stop (fixture, MOTION_OK);

  g_assert_false (cg_motion_is_moving (fixture->motion));
  g_assert_cmpstr (fixture->replies->str, ==, "start:ok start:peer-fault");
}

/* The answer was "failed" long ago: the camera must not move after it. */
static void
test_late_start_is_not_sent (MotionFixture *fixture, gconstpointer data)
{
  start (fixture, CG_DIRECTION_UP);
  motion_answer_move (fixture, MOTION_OK);
  stop (fixture);
  start (fixture, CG_DIRECTION_LEFT);
  motion_advance (fixture, 3000);

  motion_answer_stop (fixture, MOTION_OK);
  assert_log (fixture, "move(0.00,0.66) stop stop");
  motion_answer_stop (fixture, MOTION_OK);

  g_assert_false (cg_motion_is_moving (fixture->motion));
  g_assert_cmpstr (fixture->replies->str, ==, "start:ok stop:ok start:expired");
}

/* The stop wakes a camera that would sleep through the call, and move on (Q37). When it is there,
 * it stops by itself. */
static void
test_preset_takes_over (MotionFixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  start (fixture, CG_DIRECTION_UP);

  call_preset_now (fixture);
  motion_advance (fixture, 60000);

  assert_log (fixture, "move(0.00,0.66) stop goto(7)");
  g_assert_false (cg_motion_is_moving (fixture->motion));
}

static void
test_refused_preset_ends_the_move (MotionFixture *fixture, gconstpointer data)
{
  start (fixture, CG_DIRECTION_UP);
  motion_answer_move (fixture, MOTION_OK);
  call_preset_now (fixture);
  motion_answer_stop (fixture, MOTION_OK);
  g_assert_true (cg_motion_is_moving (fixture->motion));

  motion_answer_move (fixture, CG_ERROR_NO_SUCH_PRESET);
  assert_log (fixture, "move(0.00,0.66) stop goto(7) stop");
  motion_answer_stop (fixture, MOTION_OK);

  g_assert_cmpstr (fixture->replies->str, ==, "start:ok start:no-such-preset");
}

/* What the camera has refused does not move it; what it has not answered in time may, and ends by
 * itself. */
static void
test_refused_preset_of_a_still_camera (MotionFixture *fixture, gconstpointer data)
{
  static const CgError codes[] = {CG_ERROR_NO_SUCH_PRESET, CG_ERROR_PEER_FAULT,
                                  CG_ERROR_LOGIN_REFUSED};

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++) {
    call_preset_now (fixture);
    motion_answer_move (fixture, codes[i]);

    assert_log (fixture, "goto(7)");
    g_assert_false (cg_motion_is_calling (fixture->motion, NULL));
    g_assert_false (cg_motion_is_held (fixture->motion));
  }
}

static void
test_lost_preset_of_a_still_camera (MotionFixture *fixture, gconstpointer data)
{
  call_preset_now (fixture);

  motion_answer_move (fixture, CG_ERROR_TIMED_OUT);
  motion_advance (fixture, 60000);

  assert_log (fixture, "goto(7)");
  g_assert_false (cg_motion_is_moving (fixture->motion));
}

/* Q1: as with moves. */
static void
test_q1_preset_in_flight_is_stopped_again (MotionFixture *fixture, gconstpointer data)
{
  call_preset_now (fixture);
  stop (fixture);
  motion_answer_stop (fixture, MOTION_OK);

  motion_answer_move (fixture, MOTION_OK);
  assert_log (fixture, "goto(7) stop stop");
  motion_answer_stop (fixture, MOTION_OK);

  g_assert_false (cg_motion_is_moving (fixture->motion));
}

static void
test_preset_waits_for_stop (MotionFixture *fixture, gconstpointer data)
{
  stop (fixture);
  call_preset_now (fixture);
  assert_log (fixture, "stop");

  motion_answer_stop (fixture, MOTION_OK);
  assert_log (fixture, "goto(7)");
  motion_answer_move (fixture, MOTION_OK);

  g_assert_cmpstr (fixture->replies->str, ==, "stop:ok start:ok");
}

/* It was being looked for while something newer came. */
static void
test_overtaken_preset (MotionFixture *fixture, gconstpointer data)
{
  const guint turn = cg_motion_take_turn (fixture->motion);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  stop (fixture);

  call_preset (fixture, turn);

  assert_log (fixture, "stop");
  g_assert_cmpstr (fixture->replies->str, ==, "stop:ok start:cancelled");
}

/* Both are looked for; what is asked last counts. */
static void
test_newer_preset_overtakes (MotionFixture *fixture, gconstpointer data)
{
  const guint older = cg_motion_take_turn (fixture->motion);
  const guint newer = cg_motion_take_turn (fixture->motion);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);

  call_preset (fixture, older);
  call_preset (fixture, newer);

  assert_log (fixture, "goto(7)");
  g_assert_cmpstr (fixture->replies->str, ==, "start:cancelled start:ok");
}

/* That a lease ends is no command. */
static void
test_lease_over_overtakes_nothing (MotionFixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  start (fixture, CG_DIRECTION_UP);
  const guint turn = cg_motion_take_turn (fixture->motion);
  motion_advance (fixture, 5000);

  call_preset (fixture, turn);

  assert_log (fixture, "move(0.00,0.66) stop goto(7)");
  g_assert_cmpstr (fixture->replies->str, ==, "start:ok start:ok");
}

static void
test_speeds (void)
{
  static const struct {
    CgDirection direction;
    CgSpeed speed;
    double pan, tilt, zoom;
  } moves[] = {
      {CG_DIRECTION_UP, CG_SPEED_SLOW, 0, 0.33, 0},
      {CG_DIRECTION_DOWN, CG_SPEED_FAST, 0, -1, 0},
      {CG_DIRECTION_LEFT, CG_SPEED_MEDIUM, -0.66, 0, 0},
      {CG_DIRECTION_RIGHT, CG_SPEED_FAST, 1, 0, 0},
      {CG_DIRECTION_UP_LEFT, CG_SPEED_FAST, -1, 1, 0},
      {CG_DIRECTION_DOWN_LEFT, CG_SPEED_FAST, -1, -1, 0},
      {CG_DIRECTION_UP_RIGHT, CG_SPEED_FAST, 1, 1, 0},
      {CG_DIRECTION_DOWN_RIGHT, CG_SPEED_FAST, 1, -1, 0},
      {CG_DIRECTION_ZOOM_IN, CG_SPEED_SLOW, 0, 0, 0.33},
      {CG_DIRECTION_ZOOM_OUT, CG_SPEED_FAST, 0, 0, -1},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (moves); i++) {
    const CgMoveRequest request = {moves[i].direction, moves[i].speed, NULL};
    CgPtzMove move;

    cg_ptz_move_from_request (&move, &request, &motion_config);

    g_assert_cmpfloat_with_epsilon (move.pan, moves[i].pan, 1e-9);
    g_assert_cmpfloat_with_epsilon (move.tilt, moves[i].tilt, 1e-9);
    g_assert_cmpfloat_with_epsilon (move.zoom, moves[i].zoom, 1e-9);
    g_assert_cmpint (move.zooming, ==, moves[i].zoom != 0);
    g_assert_cmpint (move.pan_tilt, ==, moves[i].zoom == 0);
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (MotionFixture *fixture, gconstpointer data);
  } tests[] = {
      {"/camera/motion/lease-ends-by-itself", test_lease_ends_by_itself},
      {"/camera/motion/start-again-refreshes", test_start_again_refreshes},
      {"/camera/motion/other-axis-is-stopped", test_other_axis_is_stopped},
      {"/camera/motion/stop-without-move", test_stop_without_move},
      {"/camera/motion/q1-move-in-flight-is-stopped-again",
       test_q1_move_in_flight_is_stopped_again},
      {"/camera/motion/q1-failed-stop-is-repeated", test_q1_failed_stop_is_repeated},
      {"/camera/motion/start-waits-for-stop", test_start_waits_for_stop},
      {"/camera/motion/stop-drops-waiting-start", test_stop_drops_waiting_start},
      {"/camera/motion/uncertain-start-is-stopped", test_uncertain_start_is_stopped},
      {"/camera/motion/refused-start-is-over", test_refused_start_is_over},
      {"/camera/motion/q61-lost-link-ends-move", test_q61_lost_link_ends_move},
      {"/camera/motion/refused-refresh-is-stopped", test_refused_refresh_is_stopped},
      {"/camera/motion/late-start-is-not-sent", test_late_start_is_not_sent},
      {"/camera/motion/preset-takes-over", test_preset_takes_over},
      {"/camera/motion/refused-preset-ends-the-move", test_refused_preset_ends_the_move},
      {"/camera/motion/refused-preset-of-a-still-camera", test_refused_preset_of_a_still_camera},
      {"/camera/motion/lost-preset-of-a-still-camera", test_lost_preset_of_a_still_camera},
      {"/camera/motion/q1-preset-in-flight-is-stopped-again",
       test_q1_preset_in_flight_is_stopped_again},
      {"/camera/motion/preset-waits-for-stop", test_preset_waits_for_stop},
      {"/camera/motion/overtaken-preset", test_overtaken_preset},
      {"/camera/motion/newer-preset-overtakes", test_newer_preset_overtakes},
      {"/camera/motion/lease-over-overtakes-nothing", test_lease_over_overtakes_nothing},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, MotionFixture, NULL, set_up, tests[i].test, motion_tear_down);
  g_test_add_func ("/camera/motion/speeds", test_speeds);
  return g_test_run ();
}
