/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-place.h"

#include "cg-error.h"

static void
test_places (void)
{
  CgPlace place;
  g_autoptr (GError) error = NULL;

  g_assert_true (cg_place_parse (" 59.3251; -18.0711 ", &place, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (place.latitude, ==, 59.3251);
  g_assert_cmpfloat (place.longitude, ==, -18.0711);
  g_assert_false (place.has_altitude);

  g_assert_true (cg_place_parse ("-90;180;-28.5", &place, &error));
  g_assert_true (place.has_altitude);
  g_assert_cmpfloat (place.altitude, ==, -28.5);
}

static void
test_no_places (void)
{
  static const char *const texts[] = {"",           "1",     "91;0",    "0;181",      "1;2;3;4",
                                      "north;east", "1;2;x", "nan;nan", "1;2;100e10", "0x1;2"};

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    CgPlace place = {.latitude = 7};
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", texts[i]);
    g_assert_false (cg_place_parse (texts[i], &place, &error));
    g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
    g_assert_cmpfloat (place.latitude, ==, 7);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/place/places", test_places);
  g_test_add_func ("/place/none", test_no_places);
  return g_test_run ();
}
