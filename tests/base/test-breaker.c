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

static CgBreakerOutcome
explain (Fixture *fixture)
{
  static const CgBreakerPatience none = {0};

  return cg_breaker_explain (fixture->breaker, CG_BREAKER_SOAP, &none, NULL);
}

/* Q35, Q6: what is refused where the login was right is explained by one question, which is the
 * second showing and the last; what else is on its way is waited for. */
static void
test_doubt (Fixture *fixture, gconstpointer data)
{
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  show (fixture, CG_BREAKER_RTSP, CG_BREAKER_ACCEPTED);
  g_assert_true (cg_breaker_begin (fixture->breaker, CG_BREAKER_SOAP, NULL));
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_DOUBTED);
  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_TIMED_OUT);
  g_assert_cmpint (explain (fixture), ==, CG_BREAKER_REFUSED);
  cg_breaker_end (fixture->breaker, CG_BREAKER_SOAP, CG_BREAKER_UNKNOWN);

  g_assert_cmpint (explain (fixture), ==, CG_BREAKER_UNKNOWN);
  g_assert_true (cg_breaker_is_proven (fixture->breaker, CG_BREAKER_SOAP));
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  cg_breaker_end_question (fixture->breaker, CG_BREAKER_SOAP, TRUE);

  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_LOGIN_REFUSED);
  assert_shut (fixture, CG_BREAKER_RTSP, CG_ERROR_LOGIN_REFUSED); /* it is the same login */
}

/* An answer to whomever, and the question's, in whatever words, end all doubts; silence does not.
 */
static void
test_doubt_ends (Fixture *fixture, gconstpointer data)
{
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_DOUBTED);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  g_assert_cmpint (explain (fixture), ==, CG_BREAKER_ACCEPTED);

  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_DOUBTED);
  g_assert_cmpint (explain (fixture), ==, CG_BREAKER_UNKNOWN);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_UNKNOWN);
  cg_breaker_end_question (fixture->breaker, CG_BREAKER_SOAP, TRUE);
  for (guint i = 0; i < 5; i++)
    show (fixture, CG_BREAKER_SOAP, CG_BREAKER_UNKNOWN);

  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_DOUBTED);
  g_assert_cmpint (explain (fixture), ==, CG_BREAKER_UNKNOWN);
  cg_breaker_end_question (fixture->breaker, CG_BREAKER_SOAP, FALSE);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_LOGIN_REFUSED);
}

/* Several at once count as one: their user may be forbidden to do that (Q35), and a camera that was
 * restarted may have lost its clock and its nonces. */
static void
test_doubts_at_once (Fixture *fixture, gconstpointer data)
{
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  for (guint i = 0; i < 3; i++)
    g_assert_true (cg_breaker_begin (fixture->breaker, CG_BREAKER_SOAP, NULL));
  for (guint i = 0; i < 3; i++)
    cg_breaker_end (fixture->breaker, CG_BREAKER_SOAP, CG_BREAKER_DOUBTED);
  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_TIMED_OUT);

  g_assert_cmpint (explain (fixture), ==, CG_BREAKER_UNKNOWN);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  cg_breaker_end_question (fixture->breaker, CG_BREAKER_SOAP, TRUE);
  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_LOGIN_REFUSED);
}

/* Q41: what has hung for a while was not refused. It keeps nobody from asking, nor from going on
 * where nobody does; what has only just begun does. */
static void
test_long_call (Fixture *fixture, gconstpointer data)
{
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  g_assert_true (cg_breaker_begin (fixture->breaker, CG_BREAKER_SOAP, NULL));
  advance (fixture, CG_BREAKER_REFUSAL_MS - 1);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_DOUBTED);
  g_assert_cmpint (explain (fixture), ==, CG_BREAKER_REFUSED);
  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_TIMED_OUT);

  advance (fixture, CG_BREAKER_REFUSAL_MS);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_DOUBTED);
  g_assert_cmpint (explain (fixture), ==, CG_BREAKER_UNKNOWN);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_UNKNOWN);
  cg_breaker_end (fixture->breaker, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  cg_breaker_end_question (fixture->breaker, CG_BREAKER_SOAP, FALSE);

  g_assert_true (cg_breaker_is_proven (fixture->breaker, CG_BREAKER_SOAP)); /* it has told */
}

/* Q35: a call that hung is refused while the question is out, and that stays unanswered: two count
 * as one still. */
static void
test_doubt_meanwhile (Fixture *fixture, gconstpointer data)
{
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  g_assert_true (cg_breaker_begin (fixture->breaker, CG_BREAKER_SOAP, NULL));
  advance (fixture, CG_BREAKER_REFUSAL_MS);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_DOUBTED);
  g_assert_cmpint (explain (fixture), ==, CG_BREAKER_UNKNOWN);
  cg_breaker_end (fixture->breaker, CG_BREAKER_SOAP, CG_BREAKER_DOUBTED);
  cg_breaker_end_question (fixture->breaker, CG_BREAKER_SOAP, FALSE);

  g_assert_cmpuint (cg_breaker_get_pause_ms (fixture->breaker), ==, 0);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
}

/* The other door finds out meanwhile: that is the second time, and nobody need ask. */
static void
test_doubt_at_other_door (Fixture *fixture, gconstpointer data)
{
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_ACCEPTED);
  show (fixture, CG_BREAKER_RTSP, CG_BREAKER_ACCEPTED);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_DOUBTED);
  show (fixture, CG_BREAKER_RTSP, CG_BREAKER_REFUSED);

  g_assert_cmpint (explain (fixture), ==, CG_BREAKER_REFUSED);
  assert_shut (fixture, CG_BREAKER_SOAP, CG_ERROR_LOGIN_REFUSED);
  advance (fixture, CG_BREAKER_PAUSE_MS);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  show (fixture, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
}

static gpointer
begin_patiently (gpointer data)
{
  Fixture *fixture = data;
  const CgBreakerPatience patience = {.until_us = G_MAXINT64};

  return GINT_TO_POINTER (
      cg_breaker_begin_patiently (fixture->breaker, CG_BREAKER_SOAP, &patience, NULL));
}

/* Who has patience goes when there is room, or when there will be none. */
static void
test_patience (Fixture *fixture, gconstpointer data)
{
  static const CgBreakerOutcome outcomes[] = {CG_BREAKER_ACCEPTED, CG_BREAKER_UNKNOWN,
                                              CG_BREAKER_REFUSED};

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++) {
    g_autoptr (CgBreaker) breaker = cg_breaker_new (fixture->clock);
    Fixture there = {fixture->clock, breaker};
    g_assert_true (cg_breaker_begin (breaker, CG_BREAKER_SOAP, NULL));
    g_assert_true (cg_breaker_begin (breaker, CG_BREAKER_SOAP, NULL));
    GThread *waiting = g_thread_new ("patient", begin_patiently, &there);

    cg_breaker_end (breaker, CG_BREAKER_SOAP, outcomes[i]);
    cg_breaker_end (breaker, CG_BREAKER_SOAP, outcomes[i]);

    g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (waiting)), ==,
                     outcomes[i] != CG_BREAKER_REFUSED);
  }
}

static void
test_allowed (Fixture *fixture, gconstpointer data)
{
  cg_breaker_note_allowed (fixture->breaker, "Stop");

  g_assert_true (cg_breaker_was_allowed (fixture->breaker, "Stop"));
  g_assert_false (cg_breaker_was_allowed (fixture->breaker, "ContinuousMove"));
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
  ADD ("/base/breaker/q35-doubt", test_doubt);
  ADD ("/base/breaker/q35-doubt-ends", test_doubt_ends);
  ADD ("/base/breaker/q35-doubts-at-once", test_doubts_at_once);
  ADD ("/base/breaker/q41-long-call", test_long_call);
  ADD ("/base/breaker/q35-doubt-meanwhile", test_doubt_meanwhile);
  ADD ("/base/breaker/q35-doubt-at-other-door", test_doubt_at_other_door);
  ADD ("/base/breaker/patience", test_patience);
  ADD ("/base/breaker/allowed", test_allowed);
  ADD ("/base/breaker/threads", test_threads);
  return g_test_run ();
}
