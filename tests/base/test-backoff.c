/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-backoff.h"

static void
test_doubles_up_to_the_maximum (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint round = 0; round < 200; round++) {
    CgBackoff backoff = CG_BACKOFF_INIT (1000, 60000);
    guint ceiling_ms = 1000;

    for (guint i = 0; i < 100; i++) {
      const guint pause_ms = cg_backoff_next_ms (&backoff, rand);

      g_assert_cmpuint (pause_ms, >=, 500);
      g_assert_cmpuint (pause_ms, <=, ceiling_ms);
      ceiling_ms = MIN (ceiling_ms * 2, 60000);
    }
  }
}

static void
test_jitter_is_full (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  CgBackoff backoff = CG_BACKOFF_INIT (1000, 60000);
  guint least_ms = G_MAXUINT;
  guint most_ms = 0;

  backoff.attempt = 20;
  for (guint i = 0; i < 1000; i++) {
    const guint pause_ms = cg_backoff_next_ms (&backoff, rand);
    least_ms = MIN (least_ms, pause_ms);
    most_ms = MAX (most_ms, pause_ms);
  }

  g_assert_cmpuint (least_ms, <, 3000);
  g_assert_cmpuint (most_ms, >, 57000);
}

static void
test_reset (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  CgBackoff backoff = CG_BACKOFF_INIT (100, 100000);

  for (guint i = 0; i < 30; i++)
    cg_backoff_next_ms (&backoff, rand);
  cg_backoff_reset (&backoff);

  g_assert_cmpuint (cg_backoff_next_ms (&backoff, rand), <=, 100);
}

static void
test_same_seed_same_pauses (void)
{
  g_autoptr (GRand) one = g_rand_new_with_seed (4);
  g_autoptr (GRand) other = g_rand_new_with_seed (4);
  CgBackoff a = CG_BACKOFF_INIT (10, 1000);
  CgBackoff b = CG_BACKOFF_INIT (10, 1000);

  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (cg_backoff_next_ms (&a, one), ==, cg_backoff_next_ms (&b, other));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backoff/doubles-up-to-the-maximum", test_doubles_up_to_the_maximum);
  g_test_add_func ("/backoff/jitter-is-full", test_jitter_is_full);
  g_test_add_func ("/backoff/reset", test_reset);
  g_test_add_func ("/backoff/same-seed-same-pauses", test_same_seed_same_pauses);
  return g_test_run ();
}
