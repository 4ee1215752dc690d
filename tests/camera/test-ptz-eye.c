/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who looks at a camera: when, how often, and when no more. */
#include "cg-clock-dummy.h"
#include "cg-driver-dummy.h"
#include "cg-error.h"
#include "cg-ptz-eye.h"

typedef struct {
  CgClock *clock;
  CgDriverDummy *driver;
  CgPtzEye *eye;
  GString *seen; /* a letter a look: s seen, l lost */
  guint delay_ms;
} Fixture;

static const CgPtzLook somewhere = {.has_position = TRUE, .pan = 0.25};
static const CgPtzLook nothing = {.has_position = FALSE};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  fixture->driver = cg_driver_dummy_new ();
  fixture->eye = cg_ptz_eye_new (CG_PTZ_DRIVER (fixture->driver), fixture->clock);
  fixture->seen = g_string_new (NULL);
  fixture->delay_ms = 100;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (fixture->eye));
  g_assert_finalize_object (fixture->eye);
  g_assert_finalize_object (fixture->driver);
  g_object_unref (fixture->clock);
  g_string_free (fixture->seen, TRUE);
}

static void
advance (Fixture *fixture, gint64 ms)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), ms);
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), 0);
}

static guint
on_look (const CgPtzLook *look, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_c (fixture->seen, look != NULL ? 's' : 'l');
  return fixture->delay_ms;
}

static void
answer (Fixture *fixture, CgError code)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, (int)code, "test");

  cg_driver_dummy_answer_look (fixture->driver, error);
  advance (fixture, 0);
}

static void
test_watch (Fixture *fixture, gconstpointer data)
{
  CgPtzLook look;
  gint64 age_ms;
  cg_driver_dummy_set_look (fixture->driver, &somewhere);
  g_assert_false (cg_ptz_eye_get_last (fixture->eye, &look, NULL));

  cg_ptz_eye_open (fixture->eye, 500, on_look, fixture);
  advance (fixture, 499);
  g_assert_cmpstr (fixture->seen->str, ==, "");
  advance (fixture, 201);
  g_assert_cmpstr (fixture->seen->str, ==, "sss");
  fixture->delay_ms = 0;
  advance (fixture, 1000);

  g_assert_cmpstr (fixture->seen->str, ==, "ssss");
  g_assert_true (cg_ptz_eye_get_last (fixture->eye, &look, &age_ms));
  g_assert_cmpfloat (look.pan, ==, 0.25);
  g_assert_cmpint (age_ms, ==, 900);
}

/* What was looked for before means nothing to who looks now. */
static void
test_late_answer (Fixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_look (fixture->driver, NULL);
  cg_ptz_eye_open (fixture->eye, 0, on_look, fixture);
  advance (fixture, 0);

  cg_ptz_eye_open (fixture->eye, 1000, on_look, fixture);
  answer (fixture, CG_ERROR_TIMED_OUT);
  g_assert_cmpstr (fixture->seen->str, ==, "");
  cg_ptz_eye_close (fixture->eye);
  advance (fixture, 5000);

  g_assert_cmpstr (fixture->seen->str, ==, "");
}

/* Q36: one lost look is bad luck, a camera that is always too late is slow. */
static void
test_q36_lost (Fixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_look (fixture->driver, NULL);
  cg_ptz_eye_open (fixture->eye, 100, on_look, fixture);

  for (guint i = 0; i < 3; i++) {
    g_assert_true (cg_ptz_eye_is_worth (fixture->eye));
    advance (fixture, 100);
    answer (fixture, CG_ERROR_TIMED_OUT);
  }

  g_assert_cmpstr (fixture->seen->str, ==, "lll");
  g_assert_false (cg_ptz_eye_is_worth (fixture->eye));
  cg_ptz_eye_renew (fixture->eye);
  g_assert_true (cg_ptz_eye_is_worth (fixture->eye));
}

/* Q36: who is patient waits for a slow answer, and it is known from then on that it is slow. */
static void
test_q36_slow (Fixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_look (fixture->driver, NULL);
  cg_ptz_eye_open (fixture->eye, 0, on_look, fixture);
  cg_ptz_eye_be_patient (fixture->eye);
  advance (fixture, 0);
  g_assert_false (cg_ptz_eye_is_slow (fixture->eye));

  advance (fixture, 1500);
  cg_driver_dummy_answer_look (fixture->driver, NULL);
  advance (fixture, 0);

  g_assert_cmpstr (fixture->seen->str, ==, "s");
  g_assert_true (cg_ptz_eye_is_slow (fixture->eye));
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgPtzLook look;

  g_assert_false (cg_ptz_eye_look_finish (CG_PTZ_EYE (object), result, &look, NULL));
}

/* Q36: what waits behind a look that hangs is lost with it, and is no second look. */
static void
test_q36_lost_together (Fixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_look (fixture->driver, NULL);
  for (guint i = 0; i < 3; i++)
    cg_ptz_eye_look_async (fixture->eye, 1000, on_looked, NULL);
  advance (fixture, 1000);

  for (guint i = 0; i < 3; i++)
    answer (fixture, CG_ERROR_TIMED_OUT);

  g_assert_true (cg_ptz_eye_is_worth (fixture->eye));
}

/* Q36: after a while the proof of a stop is worth one more look. */
static void
test_q36_try_again (Fixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_look (fixture->driver, NULL);
  for (guint i = 0; i < 3; i++) {
    cg_ptz_eye_look_async (fixture->eye, 1000, on_looked, NULL);
    advance (fixture, 1000);
    answer (fixture, CG_ERROR_TIMED_OUT);
  }
  advance (fixture, 29000);
  g_assert_false (cg_ptz_eye_try_again (fixture->eye));

  advance (fixture, 1000);

  g_assert_false (cg_ptz_eye_is_worth (fixture->eye));
  g_assert_true (cg_ptz_eye_try_again (fixture->eye));
}

/* Q36: a camera that answers with a fault each time does not know the question. */
static void
test_q36_faults (Fixture *fixture, gconstpointer data)
{
  cg_driver_dummy_set_look (fixture->driver, NULL);
  cg_ptz_eye_open (fixture->eye, 100, on_look, fixture);

  for (guint i = 0; i < 3; i++) {
    g_assert_false (cg_ptz_eye_is_blind (fixture->eye));
    advance (fixture, 100);
    answer (fixture, CG_ERROR_PEER_FAULT);
  }

  g_assert_true (cg_ptz_eye_is_blind (fixture->eye));
  cg_ptz_eye_renew (fixture->eye);
  g_assert_false (cg_ptz_eye_is_blind (fixture->eye));
}

/* Q36: an answer that tells nothing is not asked for again. */
static void
test_q36_blind (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const CgPtzLook *look; /* (nullable): refused */
    CgError code;
    gboolean is_worth;
  } rows[] = {
      {&somewhere, CG_N_ERRORS, TRUE},       {&nothing, CG_N_ERRORS, FALSE},
      {NULL, CG_ERROR_NOT_SUPPORTED, FALSE}, {NULL, CG_ERROR_NOT_PERMITTED, FALSE},
      {NULL, CG_ERROR_UNREACHABLE, TRUE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    cg_ptz_eye_renew (fixture->eye);
    cg_driver_dummy_set_look (fixture->driver, rows[i].look);

    cg_ptz_eye_open (fixture->eye, 0, on_look, fixture);
    advance (fixture, 0);
    if (rows[i].look == NULL)
      answer (fixture, rows[i].code);
    cg_ptz_eye_close (fixture->eye);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (cg_ptz_eye_is_worth (fixture->eye), ==, rows[i].is_worth);
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"/camera/ptz-eye/watch", test_watch},
      {"/camera/ptz-eye/late-answer", test_late_answer},
      {"/camera/ptz-eye/q36-lost", test_q36_lost},
      {"/camera/ptz-eye/q36-slow", test_q36_slow},
      {"/camera/ptz-eye/q36-lost-together", test_q36_lost_together},
      {"/camera/ptz-eye/q36-try-again", test_q36_try_again},
      {"/camera/ptz-eye/q36-blind", test_q36_blind},
      {"/camera/ptz-eye/q36-faults", test_q36_faults},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
