/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-lag.h"

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "cg-test.h"

#define BLOCKED_MS 60

/* What this thread has computed, whatever else the machine has to do. */
static gint64
get_own_us (void)
{
  struct timespec own;

  g_assert_no_errno (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &own));
  return own.tv_sec * (gint64)G_USEC_PER_SEC + own.tv_nsec / 1000;
}

/* A loop that somebody blocks: the fault itself, and no waiting for anything. */
static gboolean
block (gpointer user_data)
{
  gboolean *is_over = user_data;
  const gint64 until_us = get_own_us () + BLOCKED_MS * 1000;

  while (get_own_us () < until_us)
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

static CgLagFigures
rest (void)
{
  g_autoptr (CgLag) lag = cg_lag_new ();
  gboolean is_over = FALSE;
  CgLagFigures figures;

  g_timeout_add (500, note_time, &is_over);
  cg_test_wait_for_flag (&is_over, "half a second");
  cg_lag_read (lag, &figures);
  return figures;
}

/* A machine that stands still makes every figure bad, but not ten times in a row; a loop that
 * counts what it has waited for does. */
static void
test_a_loop_at_rest (void)
{
  CgLagFigures figures = rest ();

  for (guint i = 1; i < 10 && figures.own_max_ms >= BLOCKED_MS / 2.0; i++)
    figures = rest ();

  g_assert_cmpfloat (figures.own_max_ms, <, BLOCKED_MS / 2.0);
  g_assert_cmpfloat (figures.own_max_ms, <=, figures.max_ms);
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
  g_assert_cmpfloat (figures.p99_ms, <=, figures.max_ms);
}

/* Keeps the processor that all threads of this test have to share. */
static gpointer
spin (gpointer data)
{
  while (!g_atomic_int_get ((int *)data))
    continue;
  return NULL;
}

/* Longer than from look to look. */
static gboolean
work (gpointer user_data)
{
  const gint64 until_us = g_get_monotonic_time () + 500000;

  while (g_get_monotonic_time () < until_us)
    continue;
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* What others keep us waiting for is not of our making. */
static void
test_a_busy_machine (void)
{
  cpu_set_t all, one;
  GThread *threads[3];
  int is_enough = FALSE;
  gboolean is_over = FALSE;
  CgLagFigures figures;

  if (access ("/proc/thread-self/schedstat", R_OK) != 0) {
    g_test_skip ("this kernel does not tell");
    return;
  }
  g_assert_no_errno (sched_getaffinity (0, sizeof all, &all));
  CPU_ZERO (&one);
  CPU_SET ((guint)sched_getcpu (), &one);
  g_assert_no_errno (sched_setaffinity (0, sizeof one, &one));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("spin", spin, &is_enough);
  g_autoptr (CgLag) lag = cg_lag_new ();

  g_idle_add (work, &is_over);
  cg_test_wait_for_flag (&is_over, "a turn");
  g_main_context_iteration (NULL, FALSE);
  g_main_context_iteration (NULL, FALSE);
  g_atomic_int_set (&is_enough, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_no_errno (sched_setaffinity (0, sizeof all, &all));

  cg_lag_read (lag, &figures);
  g_assert_cmpfloat (figures.max_ms, >=, 500);
  g_assert_cmpfloat (figures.own_max_ms, <, figures.max_ms * 2 / 3);
}

/* Returns: milliseconds that the loop would wait now */
static int
get_patience_ms (void)
{
  GMainContext *context = g_main_context_default ();
  GPollFD fds[8];
  int timeout_ms, priority;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  g_main_context_query (context, G_PRIORITY_LOW, &timeout_ms, fds, G_N_ELEMENTS (fds));
  g_main_context_release (context);
  return timeout_ms;
}

/* It wakes nobody often who has nothing else to do, and is there when there is. */
static void
test_pauses_of_a_loop_at_rest (void)
{
  g_autoptr (CgLag) lag = cg_lag_new ();
  gboolean is_over = FALSE;

  g_assert_cmpint (get_patience_ms (), <=, 500);
  g_main_context_iteration (NULL, TRUE);
  const int patience_ms = get_patience_ms ();
  g_assert_cmpint (patience_ms, >, 500);
  g_assert_cmpint (patience_ms, <=, 4000);

  g_idle_add (note_time, &is_over);
  cg_test_wait_for_flag (&is_over, "a turn");
  g_assert_cmpint (get_patience_ms (), <=, 500);
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
  g_test_add_func ("/lag/busy-machine", test_a_busy_machine);
  g_test_add_func ("/lag/pauses", test_pauses_of_a_loop_at_rest);
  g_test_add_func ("/lag/fresh", test_before_the_first_turn);

  return g_test_run ();
}
