/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-keys.h"

#include <string.h>

static void
test_bytes_to_keys (void)
{
  static const struct {
    const char *bytes;
    gsize taken;
    guint key;
  } rows[] = {
      {"\033[A", 3, 0},
      {"\033[B\033[B", 3, 1},
      {"\033OD", 3, 2},
      {"\033[C", 3, 3},
      {"\033[1~", 4, 4},
      {"\033[F", 3, 5},
      {"\033[5~x", 4, 6},
      {"\033[6~", 4, 7},
      {"+", 1, 8},
      {"-", 1, 9},
      {" ", 1, CG_CTL_KEY_STOP},
      {"\033", 1, CG_CTL_KEY_STOP},
      {"\033\033[A", 1, CG_CTL_KEY_STOP},
      {"q", 1, CG_CTL_KEY_LEAVE},
      {"f", 1, CG_CTL_KEY_FAST},
      {"0", 1, CG_CTL_KEY_PRESET},
      {"9", 1, CG_CTL_KEY_PRESET + 9},
      {"x", 1, CG_CTL_KEY_OTHER},
      {"\033[1;5A", 6, CG_CTL_KEY_OTHER},
      {"\033[200", 5, CG_CTL_KEY_OTHER},
      {"\377", 1, CG_CTL_KEY_OTHER},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    CgCtlKey key = CG_CTL_KEY_OTHER;

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpuint (cg_ctl_key_read (rows[i].bytes, strlen (rows[i].bytes), &key), ==,
                      rows[i].taken);
    g_assert_cmpuint (key, ==, rows[i].key);
  }
}

static void
test_a_tap_ends_after_the_first_silence (void)
{
  CgCtlHold hold = CG_CTL_HOLD_INIT;

  g_assert_cmpint (cg_ctl_hold_get_wait_ms (&hold, 0), ==, -1);
  g_assert_cmpint (cg_ctl_hold_press (&hold, 2, 1000), ==, CG_CTL_HOLD_START);

  g_assert_cmpint (cg_ctl_hold_tick (&hold, 1699), ==, CG_CTL_HOLD_NOTHING);
  g_assert_cmpint (cg_ctl_hold_get_wait_ms (&hold, 1699), ==, 1);
  g_assert_cmpint (cg_ctl_hold_tick (&hold, 1700), ==, CG_CTL_HOLD_STOP);
  g_assert_cmpint (cg_ctl_hold_tick (&hold, 9999), ==, CG_CTL_HOLD_NOTHING);
}

static void
test_a_held_key_ends_soon_after_its_last_repeat (void)
{
  CgCtlHold hold = CG_CTL_HOLD_INIT;

  cg_ctl_hold_press (&hold, 2, 0);
  g_assert_cmpint (cg_ctl_hold_press (&hold, 2, 500), ==, CG_CTL_HOLD_NOTHING);
  g_assert_cmpint (cg_ctl_hold_press (&hold, 2, 540), ==, CG_CTL_HOLD_NOTHING);

  g_assert_cmpint (cg_ctl_hold_tick (&hold, 739), ==, CG_CTL_HOLD_NOTHING);
  g_assert_cmpint (cg_ctl_hold_tick (&hold, 740), ==, CG_CTL_HOLD_STOP);
}

static void
test_a_held_key_refreshes_each_second (void)
{
  CgCtlHold hold = CG_CTL_HOLD_INIT;
  guint n_starts = 0;

  for (gint64 now_ms = 0; now_ms <= 5000; now_ms += 40) {
    g_assert_cmpint (cg_ctl_hold_tick (&hold, now_ms), ==, CG_CTL_HOLD_NOTHING);
    n_starts += cg_ctl_hold_press (&hold, 0, now_ms) == CG_CTL_HOLD_START;
  }

  g_assert_cmpuint (n_starts, ==, 6);
}

static void
test_another_direction_starts_at_once (void)
{
  CgCtlHold hold = CG_CTL_HOLD_INIT;

  cg_ctl_hold_press (&hold, 2, 0);
  g_assert_cmpint (cg_ctl_hold_press (&hold, 3, 10), ==, CG_CTL_HOLD_START);
  g_assert_true (cg_ctl_hold_release (&hold));
  g_assert_false (cg_ctl_hold_release (&hold));
  g_assert_cmpint (cg_ctl_hold_press (&hold, 3, 20), ==, CG_CTL_HOLD_START);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/keys/bytes", test_bytes_to_keys);
  g_test_add_func ("/ctl/keys/tap", test_a_tap_ends_after_the_first_silence);
  g_test_add_func ("/ctl/keys/hold", test_a_held_key_ends_soon_after_its_last_repeat);
  g_test_add_func ("/ctl/keys/refresh", test_a_held_key_refreshes_each_second);
  g_test_add_func ("/ctl/keys/turn", test_another_direction_starts_at_once);
  return g_test_run ();
}
