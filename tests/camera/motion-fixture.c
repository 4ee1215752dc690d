/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "motion-fixture.h"

const CgPtzConfig motion_config = {
    .move_timeout_ms = 5000,
    .link_grace_ms = 2000,
    .reply_timeout_ms = 3000,
    .goto_timeout_ms = 8000,
    .speeds = {0.33, 0.66, 1.0},
};

const CgPtzFacts motion_continuous = {
    .position = {{-1, 1}, {-1, 1}, {0, 1}},
    .is_told = {TRUE, TRUE, TRUE},
    .continuous_pan_tilt = TRUE,
    .continuous_zoom = TRUE,
};

static void
on_held (CgMotion *motion, gboolean is_held, MotionFixture *fixture)
{
  fixture->is_held = is_held;
}

static void
on_arrived (CgMotion *motion, guint index, const CgPtzLook *look, MotionFixture *fixture)
{
  g_string_append_printf (fixture->arrived, "%u", index);
  if (look != NULL)
    g_string_append_printf (fixture->arrived, "@%.2f", look->pan);
}

static void
on_not_stopped (CgMotion *motion, const char *message, MotionFixture *fixture)
{
  fixture->not_stopped++;
}

void
motion_settle (MotionFixture *fixture)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), 0);
}

void
motion_advance (MotionFixture *fixture, gint64 ms)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), ms);
  motion_settle (fixture);
}

void
motion_see (MotionFixture *fixture, double pan, double tilt)
{
  const CgPtzLook look = {
      .has_position = TRUE, .has_zoom = TRUE, .pan = pan, .tilt = tilt, .zoom = 0};

  cg_driver_dummy_set_look (fixture->driver, &look);
}

static void
answer (MotionFixture *fixture,
        void (*driver_answer) (CgDriverDummy *driver, const GError *error),
        CgError code)
{
  g_autoptr (GError) error =
      code != MOTION_OK ? g_error_new_literal (CG_ERROR, (int)code, "test") : NULL;

  driver_answer (fixture->driver, error);
  motion_settle (fixture);
}

void
motion_answer_move (MotionFixture *fixture, CgError code)
{
  answer (fixture, cg_driver_dummy_answer_move, code);
}

void
motion_answer_stop (MotionFixture *fixture, CgError code)
{
  answer (fixture, cg_driver_dummy_answer_stop, code);
}

void
motion_answer_look (MotionFixture *fixture, CgError code)
{
  answer (fixture, cg_driver_dummy_answer_look, code);
}

/* The next looks come to nothing, one each second. */
void
motion_see_nothing (MotionFixture *fixture, CgError code, guint looks)
{
  cg_driver_dummy_set_look (fixture->driver, NULL);
  for (guint i = 0; i < looks; i++) {
    motion_advance (fixture, 1000);
    motion_answer_look (fixture, code);
  }
}

void
motion_contact (MotionFixture *fixture, const CgPtzFacts *facts)
{
  cg_driver_dummy_set_facts (fixture->driver, facts);
  cg_motion_contacted (fixture->motion);
  motion_advance (fixture, 300);
  g_free (cg_driver_dummy_take_log (fixture->driver));
}

/* Just reached, where it stands. */
void
motion_stand_at (MotionFixture *fixture, double pan, double tilt)
{
  motion_see (fixture, pan, tilt);
  motion_contact (fixture, &motion_continuous);
}

/* One whose position has been seen to change, in another life. */
void
motion_stand_known_at (MotionFixture *fixture, double pan, double tilt)
{
  g_autoptr (JsonNode) learnt = json_from_string (
      "{\"pan\":{\"position\":\"honest\"},\"tilt\":{\"position\":\"honest\"}}", NULL);

  cg_motion_set_learnt (fixture->motion, CG_ONVIF_STOP_NAMED, learnt);
  motion_stand_at (fixture, pan, tilt);
}

/* One that does not tell where it stands. */
void
motion_stand_unseen (MotionFixture *fixture)
{
  cg_driver_dummy_set_look (fixture->driver, &(const CgPtzLook){.has_position = FALSE});
  motion_contact (fixture, &motion_continuous);
}

/* It turns, by @pan in each tenth of a second. */
void
motion_turn (MotionFixture *fixture, guint steps, double pan)
{
  for (guint i = 1; i <= steps; i++) {
    motion_see (fixture, pan * i, 0);
    motion_advance (fixture, 100);
  }
}

void
motion_set_up (MotionFixture *fixture, gconstpointer data)
{
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  fixture->driver = cg_driver_dummy_new ();
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  fixture->motion =
      cg_motion_new (CG_PTZ_DRIVER (fixture->driver), fixture->clock, "c", &motion_config);
  g_signal_connect (fixture->motion, "not-stopped", G_CALLBACK (on_not_stopped), fixture);
  g_signal_connect (fixture->motion, "held", G_CALLBACK (on_held), fixture);
  g_signal_connect (fixture->motion, "arrived", G_CALLBACK (on_arrived), fixture);
  fixture->replies = g_string_new (NULL);
  fixture->arrived = g_string_new (NULL);
}

void
motion_tear_down (MotionFixture *fixture, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (fixture->motion));
  motion_settle (fixture);
  g_assert_finalize_object (fixture->motion);
  g_assert_finalize_object (fixture->driver);
  g_object_unref (fixture->clock);
  g_string_free (fixture->replies, TRUE);
  g_string_free (fixture->arrived, TRUE);
}

void
motion_note_reply (MotionFixture *fixture, const GError *error)
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
  motion_note_reply (user_data, error);
}

static void
on_halted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_motion_halt_finish (CG_MOTION (object), result, &error);
}

void
motion_start (MotionFixture *fixture, CgDirection direction)
{
  const CgMoveRequest request = {direction, CG_SPEED_FAST, "cloud"};

  cg_motion_start_async (fixture->motion, &request, cg_clock_get_monotonic_ms (fixture->clock),
                         on_started, fixture);
  motion_settle (fixture);
}

void
motion_stop (MotionFixture *fixture)
{
  cg_motion_halt_async (fixture->motion, on_halted, fixture);
  motion_settle (fixture);
}

void
motion_call (MotionFixture *fixture, const CgPtzLook *place)
{
  const CgMotionTarget target = {7, "7", place, "cloud"};

  cg_motion_goto_async (fixture->motion, &target, cg_motion_take_turn (fixture->motion),
                        cg_clock_get_monotonic_ms (fixture->clock), on_started, fixture);
  motion_settle (fixture);
}

void
motion_expect (MotionFixture *fixture, const char *log, const char *replies)
{
  g_autofree char *asked = cg_driver_dummy_take_log (fixture->driver);

  g_assert_cmpstr (asked, ==, log);
  g_assert_cmpstr (fixture->replies->str, ==, replies);
  g_string_truncate (fixture->replies, 0);
}

void
motion_start_and_stop (MotionFixture *fixture)
{
  motion_start (fixture, CG_DIRECTION_RIGHT);
  motion_stop (fixture);
}

/* What became of that start nobody knows. */
void
motion_start_timed_out (MotionFixture *fixture)
{
  cg_driver_dummy_set_automatic (fixture->driver, FALSE);
  motion_start (fixture, CG_DIRECTION_RIGHT);
  cg_driver_dummy_set_automatic (fixture->driver, TRUE);
  motion_answer_move (fixture, CG_ERROR_TIMED_OUT);
}

int
motion_run_tests (int argc, char **argv, const MotionTest *tests, gsize n_tests)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
  for (gsize i = 0; i < n_tests; i++)
    g_test_add (tests[i].path, MotionFixture, tests[i].data, motion_set_up, tests[i].test,
                motion_tear_down);
  return g_test_run ();
}
