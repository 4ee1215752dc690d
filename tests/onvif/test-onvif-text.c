/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-text.h"

static void
test_text (void)
{
  static const struct {
    const char *text;
    const char *clean;
  } rows[] = {
      {NULL, NULL},
      {"", NULL},
      {" \n\t ", NULL},
      {" a b\n", "a b"},
      {"Türkamera", "Türkamera"},
      {"T\xfcr", "T\xef\xbf\xbdr"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *clean = cg_onvif_text_dup (rows[i].text);

    g_assert_cmpstr (clean, ==, rows[i].clean);
  }
}

static void
test_split (void)
{
  g_auto (GStrv) words = cg_onvif_text_split (" a\n\tb  c ");
  g_auto (GStrv) none = cg_onvif_text_split (NULL);

  g_autofree char *joined = g_strjoinv ("|", words);
  g_assert_cmpstr (joined, ==, "a|b|c");
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

static void
test_duration (void)
{
  static const struct {
    const char *text;
    gboolean ok;
    guint milliseconds;
  } rows[] = {
      {"PT5S", TRUE, 5000},
      {"PT0S", TRUE, 0},
      {"PT1M30.5S", TRUE, 90500},
      {"PT2H", TRUE, 7200000},
      {"P1DT1S", TRUE, 86401000},
      {"P1D", TRUE, 86400000},
      {NULL, FALSE, 0},
      {"", FALSE, 0},
      {"P", FALSE, 0},
      {"PT", FALSE, 0},
      {"5", FALSE, 0},
      {"PT5", FALSE, 0},
      {"-PT5S", FALSE, 0},
      {"PT-5S", FALSE, 0},
      {"P1Y", FALSE, 0},
      {"P1M", FALSE, 0},
      {"P5S", FALSE, 0},
      {"PTnanS", FALSE, 0},
      {"PT5Sx", FALSE, 0},
      {"P99999D", FALSE, 0},
      {"PT1TS", FALSE, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint milliseconds = 0;

    const gboolean ok = cg_onvif_duration_parse (rows[i].text, &milliseconds);

    g_test_message ("row %u: %s", i, rows[i].text);
    g_assert_cmpint (ok, ==, rows[i].ok);
    g_assert_cmpuint (milliseconds, ==, rows[i].milliseconds);
  }
}

static void
test_duration_format (void)
{
  g_autofree char *whole = cg_onvif_duration_format (5000);
  g_autofree char *part = cg_onvif_duration_format (5001);

  g_assert_cmpstr (whole, ==, "PT5S");
  g_assert_cmpstr (part, ==, "PT6S");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/text/dup", test_text);
  g_test_add_func ("/onvif/text/split", test_split);
  g_test_add_func ("/onvif/duration/parse", test_duration);
  g_test_add_func ("/onvif/duration/format", test_duration_format);
  return g_test_run ();
}
