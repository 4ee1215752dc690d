/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-nearest.h"

static void
test_nearest (void)
{
  static const char *const known[] = {"play", "stop", "ptz", "preset", "peripheral"};
  static const struct {
    const char *typed;
    const char *meant;
  } rows[] = {
      {"play", "play"},
      {"plya", "play"},
      {"paly", "play"},
      {"pla", "play"},
      {"sotp", "stop"},
      {"prest", "preset"},
      {"per", "peripheral"},
      {"pzt", "ptz"},
      {"xyzzy", NULL},
      {"", NULL},
      {"a-word-that-is-longer-than-any-command", NULL},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (cg_nearest_find (rows[i].typed, known, G_N_ELEMENTS (known)), ==,
                     rows[i].meant);
  g_assert_cmpuint (cg_nearest_distance ("stop", "sotp"), ==, 1);
  g_assert_cmpuint (cg_nearest_distance ("", "abc"), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nearest/words", test_nearest);
  return g_test_run ();
}
