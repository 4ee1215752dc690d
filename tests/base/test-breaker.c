/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-breaker.h"

#include "cg-clock-dummy.h"
#include "cg-error.h"

typedef struct {
  CgClock *clock;
  CgBreaker *breaker;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  fixture->breaker = cg_breaker_new (fixture->clock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cg_breaker_unref (fixture->breaker);
  g_object_unref (fixture->clock);
}

static void
advance (Fixture *fixture, gint64 ms)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), ms);
}

static void
show (Fixture *fixture, CgBreakerDoor door, CgBreakerOutcome outcome)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cg_breaker_begin (fixture->breaker, door, &error));
  g_assert_no_error (error);
  cg_breaker_end (fixture->breaker, door, outcome);
}

static void
assert_shut (Fixture *fixture, CgBreakerDoor door, CgError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (cg_breaker_begin (fixture->breaker, door, &error));
  g_assert_error (error, CG_ERROR, (int)code);
}

/* Q6: two wrong ones, wherever, and then none, until the pause is over. */
static void
test_two_and_no_more (Fixture *fixture, gconstpointer data)
{
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  g_assert_cmpuint (cg_breaker_get_pause_ms (fixture->breaker), ==, 0);
  show (fixture, CG_BREAKER_RTSP, CG_BREAKER_REFUSED);

  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_LOGIN_REFUSED);
  assert_shut (fixture, CG_BREAKER_RTSP, CG_ERROR_LOGIN_REFUSED);
  g_assert_cmpuint (cg_breaker_get_pause_ms (fixture->breaker), ==, CG_BREAKER_PAUSE_MS);
  advance (fixture, CG_BREAKER_PAUSE_MS - 1);
  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_LOGIN_REFUSED);
  advance (fixture, 1);
  g_assert_cmpuint (cg_breaker_get_pause_ms (fixture->breaker), ==, 0);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_LOGIN_REFUSED);
}

/* A kind that does not work, then one that does (Q27), as often as it happens. */
static void
test_right_makes_up (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 5; i++) {
    show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
    show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  }
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_UNKNOWN);

  g_assert_cmpuint (cg_breaker_get_pause_ms (fixture->breaker), ==, 0);
}

/* The camera takes it at one door: that one stays open, and does not open the other again. */
static void
test_doors (Fixture *fixture, gconstpointer data)
{
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  show (fixture, CG_BREAKER_RTSP, CG_BREAKER_REFUSED);
  show (fixture, CG_BREAKER_RTSP, CG_BREAKER_REFUSED);

  assert_shut (fixture, CG_BREAKER_RTSP, CG_ERROR_LOGIN_REFUSED);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  assert_shut (fixture, CG_BREAKER_RTSP, CG_ERROR_LOGIN_REFUSED);
}

/* What is under way may be wrong too; where it was right before, nothing waits. */
static void
test_under_way (Fixture *fixture, gconstpointer data)
{
  g_assert_true (cg_breaker_begin (fixture->breaker, CG_BREAKER_SOAP, NULL));
  g_assert_true (cg_breaker_begin (fixture->breaker, CG_BREAKER_RTSP, NULL));
  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_TIMED_OUT);

  cg_breaker_end (fixture->breaker, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  g_assert_true (cg_breaker_begin (fixture->breaker, CG_BREAKER_SOAP, NULL));
  g_assert_true (cg_breaker_begin (fixture->breaker, CG_BREAKER_SOAP, NULL));
  g_assert_true (cg_breaker_begin (fixture->breaker, CG_BREAKER_RTSP, NULL));
}

/* One wrong one is forgotten as well. */
static void
test_forgets (Fixture *fixture, gconstpointer data)
{
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  advance (fixture, CG_BREAKER_PAUSE_MS);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);

  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_LOGIN_REFUSED);
}

static gpointer
knock (gpointer data)
{
  Fixture *fixture = data;
  guint shown = 0;

  for (guint i = 0; i < 1000; i++) {
    if (!cg_breaker_begin (fixture->breaker, CG_BREAKER_SOAP, NULL))
      continue;
    shown++;
    cg_breaker_end (fixture->breaker, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  }
  return GUINT_TO_POINTER (shown);
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  GThread *threads[4];
  guint shown = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("knock", knock, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    shown += GPOINTER_TO_UINT (g_thread_join (threads[i]));

  g_assert_cmpuint (shown, ==, CG_BREAKER_MAX_REFUSED);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/base/breaker/q6-two-and-no-more", test_two_and_no_more);
  ADD ("/base/breaker/right-makes-up", test_right_makes_up);
  ADD ("/base/breaker/doors", test_doors);
  ADD ("/base/breaker/under-way", test_under_way);
  ADD ("/base/breaker/forgets", test_forgets);
  ADD ("/base/breaker/threads", test_threads);
  return g_test_run ();
}
