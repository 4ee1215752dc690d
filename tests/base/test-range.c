/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-range.h"

#include "cg-error.h"

/* Q15: hosts that no multicast reaches are asked one by one. */
static void
test_expand_q15 (void)
{
  static const struct {
    const char *text;
    guint count;
    const char *first;
    const char *last;
  } rows[] = {
      {"192.168.1.0/24", 254, "192.168.1.1", "192.168.1.254"},
      {"192.168.1.77/24", 254, "192.168.1.1", "192.168.1.254"},
      {"10.0.0.8/30", 2, "10.0.0.9", "10.0.0.10"},
      {"10.0.0.8/31", 2, "10.0.0.8", "10.0.0.9"},
      {"10.0.0.8/32", 1, "10.0.0.8", "10.0.0.8"},
      {"255.255.255.255/32", 1, "255.255.255.255", "255.255.255.255"},
      {"10.0.0.20-40", 21, "10.0.0.20", "10.0.0.40"},
      {"10.0.0.20-20", 1, "10.0.0.20", "10.0.0.20"},
      {"10.0.0.250-10.0.1.5", 12, "10.0.0.250", "10.0.1.5"},
      {"10.0.0.0-255", 256, "10.0.0.0", "10.0.0.255"},
      {"10.0.0.7", 1, "10.0.0.7", "10.0.0.7"},
      {"cam-1.example", 1, "cam-1.example", "cam-1.example"},
      {"10.0.0.7:3703", 1, "10.0.0.7:3703", "10.0.0.7:3703"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    g_auto (GStrv) hosts = cg_range_expand (rows[i].text, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (g_strv_length (hosts), ==, rows[i].count);
    g_assert_cmpstr (hosts[0], ==, rows[i].first);
    g_assert_cmpstr (hosts[rows[i].count - 1], ==, rows[i].last);
  }
}

static void
test_bad (void)
{
  static const char *const rows[] = {
      "10.0.0.0/23",    "10.0.0.0/0",  "10.0.0.0/33", "10.0.0/24",         "10.0.0.0/",
      "10.0.0.0/24/24", "10.0.0.9-8",  "10.0.0.9-",   "10.0.0.9-256",      "-",
      "10.0.0.9-1-2",   "10.0.0.-1-2", "/",           "10.0.0.0-10.0.1.0", "999.0.0.1-2",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    g_auto (GStrv) hosts = cg_range_expand (rows[i], &error);

    g_assert_null (hosts);
    g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
    g_assert_nonnull (strstr (error->message, rows[i]));
  }
}

static void
test_all (void)
{
  static const char *const texts[] = {"10.0.0.1-2", "gate", NULL};
  static const char *const wrong[] = {"gate", "10.0.0.0/8", NULL};
  g_autoptr (GError) error = NULL;

  g_auto (GStrv) hosts = cg_range_expand_all (texts, &error);
  g_auto (GStrv) none = cg_range_expand_all (NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (hosts), ==, 3);
  g_assert_cmpstr (hosts[2], ==, "gate");
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_null (cg_range_expand_all (wrong, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/range/expand-q15", test_expand_q15);
  g_test_add_func ("/range/bad", test_bad);
  g_test_add_func ("/range/all", test_all);
  return g_test_run ();
}
