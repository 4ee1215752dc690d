/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One daemon a state folder. */
#include "cg-state-lock.h"

#include <string.h>

#include "cg-error.h"
#include "cg-test.h"

static void
test_second_is_refused (void)
{
  g_autofree char *dir = cg_test_make_dir ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CgStateLock) first = cg_state_lock_take (dir, NULL);

  CgStateLock *second = cg_state_lock_take (dir, &error);

  g_assert_nonnull (first);
  g_assert_null (second);
  g_assert_error (error, CG_ERROR, CG_ERROR_INTERNAL);
  g_assert_nonnull (strstr (error->message, dir));
  cg_test_remove_dir (dir);
}

static void
test_successor_may (void)
{
  g_autofree char *dir = cg_test_make_dir ();
  g_autoptr (GError) error = NULL;
  CgStateLock *first = cg_state_lock_take (dir, NULL);

  cg_state_lock_free (first);
  g_autoptr (CgStateLock) second = cg_state_lock_take (dir, &error);

  g_assert_no_error (error);
  g_assert_nonnull (second);
  cg_test_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/state-lock/second-is-refused", test_second_is_refused);
  g_test_add_func ("/base/state-lock/successor-may", test_successor_may);
  return g_test_run ();
}
