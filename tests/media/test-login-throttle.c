/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-login-throttle.h"

#define ONE "192.0.2.1"
#define OTHER "192.0.2.2"
#define S G_USEC_PER_SEC
#define NOW (100 * S)

/* All that wait of one host wait in one row, and nobody else with them. */
static void
test_row (void)
{
  g_autoptr (CgLoginThrottle) throttle = cg_login_throttle_new ();

  g_assert_cmpint (cg_login_throttle_reserve (throttle, ONE, NOW), ==, NOW);
  g_assert_cmpint (cg_login_throttle_reserve (throttle, ONE, NOW), ==, NOW);
  cg_login_throttle_refuse (throttle, ONE, NOW);

  g_assert_cmpint (cg_login_throttle_reserve (throttle, ONE, NOW), ==, NOW + S);
  g_assert_cmpint (cg_login_throttle_reserve (throttle, ONE, NOW), ==, NOW + 2 * S);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (cg_login_throttle_reserve (throttle, ONE, NOW), <=, NOW + 10 * S);
  g_assert_cmpint (cg_login_throttle_reserve (throttle, OTHER, NOW), ==, NOW);
}

/* Who was wrong long ago does not wait, and who is wrong again does. */
static void
test_forgives (void)
{
  g_autoptr (CgLoginThrottle) throttle = cg_login_throttle_new ();

  cg_login_throttle_refuse (throttle, ONE, NOW);
  g_assert_cmpint (cg_login_throttle_reserve (throttle, ONE, NOW + S), ==, NOW + S);
  cg_login_throttle_refuse (throttle, ONE, NOW + 2 * S);

  g_assert_cmpint (cg_login_throttle_reserve (throttle, ONE, NOW + 2 * S), ==, NOW + 3 * S);
}

/* Addresses without end are no reason to grow. */
static void
test_many_hosts (void)
{
  g_autoptr (CgLoginThrottle) throttle = cg_login_throttle_new ();
  g_autofree char *last = NULL;

  for (guint i = 0; i < 10000; i++) {
    g_free (last);
    last = g_strdup_printf ("2001:db8::%x", i);
    cg_login_throttle_refuse (throttle, last, NOW);
  }

  g_assert_cmpint (cg_login_throttle_reserve (throttle, last, NOW), ==, NOW + S);
  g_assert_cmpint (cg_login_throttle_reserve (throttle, "2001:db8::0", NOW), ==, NOW);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/login-throttle/row", test_row);
  g_test_add_func ("/login-throttle/forgives", test_forgives);
  g_test_add_func ("/login-throttle/many-hosts", test_many_hosts);
  return g_test_run ();
}
