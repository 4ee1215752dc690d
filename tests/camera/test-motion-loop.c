/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A motion that looks: limits, proven stops, presets that are on their way, and what follows a move
 * up. */
#include "cg-clock-dummy.h"
#include "cg-driver-dummy.h"
#include "cg-motion.h"

static const CgPtzConfig config = {
    .move_timeout_ms = 5000,
    .link_grace_ms = 2000,
    .reply_timeout_ms = 3000,
    .goto_timeout_ms = 8000,
    .speeds = {0.33, 0.66, 1.0},
};

static const CgPtzFacts continuous = {
    .position = {{-1, 1}, {-1, 1}, {0, 1}},
    .is_told = {TRUE, TRUE, TRUE},
    .continuous_pan_tilt = TRUE,
    .continuous_zoom = TRUE,
};

typedef struct {
  CgClock *clock;
  CgDriverDummy *driver;
  CgMotion *motion;
  GString *replies; /* "ok", or word and basis, in the order of the answers */
  guint not_stopped;
} Fixture;

static void
on_not_stopped (CgMotion *motion, const char *message, Fixture *fixture)
{
  fixture->not_stopped++;
}

static void
settle (Fixture *fixture)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), 0);
}

static void
advance (Fixture *fixture, gint64 ms)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), ms);
  settle (fixture);
}

static void
see (Fixture *fixture, double pan, double tilt)
{
  const CgPtzLook look = {
      .has_position = TRUE, .has_zoom = TRUE, .pan = pan, .tilt = tilt, .zoom = 0};

  cg_driver_dummy_set_look (fixture->driver, &look);
}

static void
contact (Fixture *fixture, const CgPtzFacts *facts)
{
  cg_driver_dummy_set_facts (fixture->driver, facts);
  cg_motion_contacted (fixture->motion);
  advance (fixture, 10);
  g_free (cg_driver_dummy_take_log (fixture->driver));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  fixture->driver = cg_driver_dummy_new ();
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  fixture->motion = cg_motion_new (CG_PTZ_DRIVER (fixture->driver), fixture->clock, "c", &config);
  g_signal_connect (fixture->motion, "not-stopped", G_CALLBACK (on_not_stopped), fixture);
  fixture->replies = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (fixture->motion));
  settle (fixture);
  g_assert_finalize_object (fixture->motion);
  g_assert_finalize_object (fixture->driver);
  g_object_unref (fixture->clock);
  g_string_free (fixture->replies, TRUE);
}

static void
note_reply (Fixture *fixture, const GError *error)
{
  const char *basis = cg_error_basis_get_word (cg_error_get_basis (error));

  g_string_append_printf (fixture->replies, "%s%s%s%s", fixture->replies->len > 0 ? " " : "",
                          error != NULL ? cg_error_get_word ((CgError)error->code) : "ok",
                          basis != NULL ? ":" : "", basis != NULL ? basis : "");
}

static void
on_started (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_motion_start_finish (CG_MOTION (object), result, &error);
  note_reply (user_data, error);
}

static void
on_rested (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_motion_await_rest_finish (CG_MOTION (object), result, &error);
  note_reply (user_data, error);
}

static void
on_halted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_motion_halt_finish (CG_MOTION (object), result, &error);
}

static void
start (Fixture *fixture, CgDirection direction)
{
  const CgMoveRequest request = {direction, CG_SPEED_FAST, "cloud"};

  cg_motion_start_async (fixture->motion, &request, cg_clock_get_monotonic_ms (fixture->clock),
                         on_started, fixture);
  settle (fixture);
}

static void
stop (Fixture *fixture)
{
  cg_motion_halt_async (fixture->motion, on_halted, fixture);
  settle (fixture);
}

static void
call_preset (Fixture *fixture, const CgPtzLook *place)
{
  cg_motion_goto_async (fixture->motion, "7", place, cg_motion_take_turn (fixture->motion),
                        cg_clock_get_monotonic_ms (fixture->clock), on_started, fixture);
  settle (fixture);
}

static void
expect (Fixture *fixture, const char *log, const char *replies)
{
  g_autofree char *asked = cg_driver_dummy_take_log (fixture->driver);

  g_assert_cmpstr (asked, ==, log);
  g_assert_cmpstr (fixture->replies->str, ==, replies);
  g_string_truncate (fixture->replies, 0);
}

/* Nothing is asked before an ordinary move, and its reply waits for nothing. */
static void
test_ordinary_start (Fixture *fixture, gconstpointer data)
{
  see (fixture, 0, 0);
  contact (fixture, &continuous);

  start (fixture, CG_DIRECTION_RIGHT);

  expect (fixture, "move(1.00,0.00)", "ok");
}

/* What the camera only says of its end is tried, once; then it is believed. */
static void
test_at_a_told_end (Fixture *fixture, gconstpointer data)
{
  see (fixture, 1, 0);
  contact (fixture, &continuous);

  start (fixture, CG_DIRECTION_RIGHT);
  expect (fixture, "look move(1.00,0.00)", "");
  advance (fixture, 600);
  expect (fixture, "look look stop", "limit-right:measured");
  advance (fixture, 2000);
  start (fixture, CG_DIRECTION_RIGHT);
  advance (fixture, 2000);

  expect (fixture, "look", "limit-right:measured");
}

/* The same again while the camera is still being told to stop: no move, and the same answer. */
static void
test_again_at_the_end (Fixture *fixture, gconstpointer data)
{
  see (fixture, 1, 0);
  contact (fixture, &continuous);
  start (fixture, CG_DIRECTION_RIGHT);
  advance (fixture, 300);
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  advance (fixture, 300);
  start (fixture, CG_DIRECTION_RIGHT);
  expect (fixture, "look move(1.00,0.00) look look stop", "limit-right:measured");

  cg_driver_dummy_answer_stop (fixture->driver, NULL);
  advance (fixture, 2000);

  expect (fixture, "look", "limit-right:measured");
  g_assert_false (cg_motion_is_moving (fixture->motion));
}

static void
test_no_limit_after_all (Fixture *fixture, gconstpointer data)
{
  see (fixture, 1, 0);
  contact (fixture, &continuous);

  start (fixture, CG_DIRECTION_RIGHT);
  see (fixture, 1.1, 0);
  advance (fixture, 250);

  expect (fixture, "look move(1.00,0.00) look", "ok");
}

/* A diagonal slides along one end; in the corner it stands. */
static void
test_diagonal (Fixture *fixture, gconstpointer data)
{
  see (fixture, 1, 0);
  contact (fixture, &continuous);
  start (fixture, CG_DIRECTION_UP_RIGHT);
  expect (fixture, "move(1.00,1.00)", "ok");
  stop (fixture);
  see (fixture, 1, 1);
  advance (fixture, 1000);
  g_free (cg_driver_dummy_take_log (fixture->driver));

  start (fixture, CG_DIRECTION_UP_RIGHT);
  advance (fixture, 600);

  expect (fixture, "look move(1.00,1.00) look look stop", "limit-up:measured");
}

/* A stop while it is not clear yet whether the camera moves: both are answered, once. */
static void
test_stop_within_the_probe (Fixture *fixture, gconstpointer data)
{
  see (fixture, 1, 0);
  contact (fixture, &continuous);
  start (fixture, CG_DIRECTION_RIGHT);

  stop (fixture);
  advance (fixture, 1500);

  expect (fixture, "look move(1.00,0.00) stop look look", "ok");
}

/* Q1: it agrees, and moves on: each form is tried; then it is told. */
static void
test_q1_not_stopped (Fixture *fixture, gconstpointer data)
{
  see (fixture, 0, 0);
  contact (fixture, &continuous);
  start (fixture, CG_DIRECTION_RIGHT);
  stop (fixture);

  for (int i = 1; i < 60; i++) {
    see (fixture, 0.01 * i, 0);
    advance (fixture, 100);
  }

  expect (fixture,
          "move(1.00,0.00) stop look look look stop-zero look look look stop-bare look look look",
          "ok");
  g_assert_cmpuint (fixture->not_stopped, ==, 1);
  g_assert_false (cg_motion_is_moving (fixture->motion));
}

/* Q1: no lost look ends the proof. */
static void
test_q1_lost_look (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_TIMED_OUT, "test");
  see (fixture, 0, 0);
  contact (fixture, &continuous);
  start (fixture, CG_DIRECTION_RIGHT);
  stop (fixture);
  cg_driver_dummy_set_look (fixture->driver, NULL);
  advance (fixture, 500);
  cg_driver_dummy_answer_look (fixture->driver, error);

  for (int i = 1; i < 10; i++) {
    see (fixture, 0.01 * i, 0);
    advance (fixture, 100);
  }

  expect (fixture, "move(1.00,0.00) stop look look look look stop-zero", "ok");
}

/* Q37: what has not moved the camera within a second is asked for once more. */
static void
test_q37_resend (Fixture *fixture, gconstpointer data)
{
  see (fixture, 0, 0);
  contact (fixture, &continuous);

  start (fixture, CG_DIRECTION_RIGHT);
  advance (fixture, 1100);
  expect (fixture, "move(1.00,0.00) look look move(1.00,0.00)", "ok");
  stop (fixture);
  advance (fixture, 5000);

  expect (fixture, "stop look look", "");
}

/* Q38: once learnt, the axes of a diagonal take turns; a stop ends that. */
static void
test_q38_slices (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) learnt = json_from_string ("{\"one-axis-only\":true}", NULL);
  see (fixture, 0, 0);
  cg_motion_set_learnt (fixture->motion, CG_ONVIF_STOP_NAMED, learnt);
  contact (fixture, &continuous);

  start (fixture, CG_DIRECTION_UP_RIGHT);
  see (fixture, 0.1, 0.1);
  advance (fixture, 900);
  expect (fixture, "move(1.00,0.00) look move(0.00,1.00)", "ok");
  stop (fixture);
  advance (fixture, 5000);

  expect (fixture, "stop look look", "");
}

/* A camera that knows steps only takes them for as long as the lease runs. */
static void
test_steps (Fixture *fixture, gconstpointer data)
{
  const CgPtzFacts relative = {.position = {{-1, 1}, {-1, 1}, {0, 1}}, .relative_pan_tilt = TRUE};
  cg_driver_dummy_set_look (fixture->driver, &(const CgPtzLook){.has_position = FALSE});
  contact (fixture, &relative);

  start (fixture, CG_DIRECTION_UP);
  advance (fixture, 1200);
  expect (fixture, "move(0.00,1.00) move(0.00,1.00) move(0.00,1.00)", "ok");
  advance (fixture, 60000);
  g_autofree char *log = cg_driver_dummy_take_log (fixture->driver);

  g_assert_true (g_str_has_suffix (log, "move(0.00,1.00) stop"));
}

/* Busy until the camera stands, as far as it can be seen. */
static void
test_busy (Fixture *fixture, gconstpointer data)
{
  see (fixture, 0, 0);
  contact (fixture, &continuous);
  call_preset (fixture, NULL);
  cg_motion_await_rest_async (fixture->motion, 3000, on_rested, fixture);
  for (int i = 0; i < 10; i++) {
    see (fixture, 0.1 * i, 0);
    advance (fixture, 100);
  }

  start (fixture, CG_DIRECTION_UP);
  call_preset (fixture, NULL);
  g_assert_cmpstr (fixture->replies->str, ==, "ok preset-busy:measured preset-busy:measured");
  advance (fixture, 1000);
  g_assert_false (cg_motion_is_calling (fixture->motion, NULL));
  start (fixture, CG_DIRECTION_UP);

  g_assert_cmpstr (fixture->replies->str, ==, "ok preset-busy:measured preset-busy:measured ok ok");
}

/* Q36: where nobody can tell, it is given time. */
static void
test_q36_busy_for_a_time (Fixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_look (fixture->driver, &(const CgPtzLook){.has_position = FALSE});
  contact (fixture, &continuous);
  call_preset (fixture, NULL);

  advance (fixture, 4900);
  start (fixture, CG_DIRECTION_UP);
  advance (fixture, 200);
  start (fixture, CG_DIRECTION_UP);

  expect (fixture, "goto(7) move(0.00,1.00)", "ok preset-busy:assumed ok");
}

static void
test_at_preset (Fixture *fixture, gconstpointer data)
{
  static const struct {
    double pan;
    const char *log;
    const char *reply;
  } rows[] = {{0.3, "look", "at-preset:measured"},
              {0.305, "look", "at-preset:measured"},
              {0.32, "look goto(7)", "ok"},
              {0.8, "goto(7)", "ok"}};
  const CgPtzLook place = {.has_position = TRUE, .pan = 0.3};

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    stop (fixture);
    advance (fixture, 2000);
    see (fixture, rows[i].pan, 0);
    contact (fixture, &continuous);

    call_preset (fixture, &place);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    expect (fixture, rows[i].log, rows[i].reply);
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"/camera/motion-loop/ordinary-start", test_ordinary_start},
      {"/camera/motion-loop/at-a-told-end", test_at_a_told_end},
      {"/camera/motion-loop/again-at-the-end", test_again_at_the_end},
      {"/camera/motion-loop/no-limit-after-all", test_no_limit_after_all},
      {"/camera/motion-loop/diagonal", test_diagonal},
      {"/camera/motion-loop/stop-within-the-probe", test_stop_within_the_probe},
      {"/camera/motion-loop/q1-not-stopped", test_q1_not_stopped},
      {"/camera/motion-loop/q1-lost-look", test_q1_lost_look},
      {"/camera/motion-loop/q37-resend", test_q37_resend},
      {"/camera/motion-loop/q38-slices", test_q38_slices},
      {"/camera/motion-loop/steps", test_steps},
      {"/camera/motion-loop/busy", test_busy},
      {"/camera/motion-loop/q36-busy-for-a-time", test_q36_busy_for_a_time},
      {"/camera/motion-loop/at-preset", test_at_preset},
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
