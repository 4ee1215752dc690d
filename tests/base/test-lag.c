/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-lag.h"

#include "cg-test.h"

#define BLOCKED_MS 60

/* A loop that somebody blocks: the fault itself, and no waiting for anything. */
static gboolean
block (gpointer user_data)
{
  gboolean *is_over = user_data;
  const gint64 until_us = g_get_monotonic_time () + BLOCKED_MS * 1000;

  while (g_get_monotonic_time () < until_us)
    continue;
  *is_over = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
note_time (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_a_loop_at_rest (void)
{
  g_autoptr (CgLag) lag = cg_lag_new ();
  gboolean is_over = FALSE;
  CgLagFigures figures;

  g_timeout_add (500, note_time, &is_over);
  cg_test_wait_for_flag (&is_over, "half a second");

  cg_lag_read (lag, &figures);
  /* A busy machine makes us late, but not by ourselves. */
  g_assert_cmpfloat (figures.own_max_ms, <, BLOCKED_MS / 2.0);
  g_assert_cmpfloat (figures.p99_ms, <=, figures.max_ms);
  g_assert_cmpfloat (figures.max_ms, ==, figures.ever_max_ms);
}

/* Shorter than from look to look, and seen all the same. */
static void
test_a_turn_that_blocks (void)
{
  g_autoptr (CgLag) lag = cg_lag_new ();
  gboolean is_over = FALSE;
  CgLagFigures figures;

  g_idle_add (block, &is_over);
  cg_test_wait_for_flag (&is_over, "a turn");
  g_main_context_iteration (NULL, FALSE);

  cg_lag_read (lag, &figures);
  g_assert_cmpfloat (figures.max_ms, >=, BLOCKED_MS);
  g_assert_cmpfloat (figures.own_max_ms, >, BLOCKED_MS / 2.0);
  g_assert_cmpfloat (figures.ever_own_max_ms, ==, figures.own_max_ms);
  g_assert_cmpfloat (figures.p99_ms, <, BLOCKED_MS);
}

static void
test_before_the_first_turn (void)
{
  g_autoptr (CgLag) lag = cg_lag_new ();
  CgLagFigures figures;

  cg_lag_read (lag, &figures);

  g_assert_cmpfloat (figures.max_ms, ==, 0);
  g_assert_cmpfloat (figures.p99_ms, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lag/rest", test_a_loop_at_rest);
  g_test_add_func ("/lag/blocked", test_a_turn_that_blocks);
  g_test_add_func ("/lag/fresh", test_before_the_first_turn);

  return g_test_run ();
}
