/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-text.h"

#include <string.h>

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

/* Letters of one byte and of several; the last one keeps its accent, or goes with it. */
static void
test_bounds (void)
{
  g_autofree char *letters = g_strnfill (CG_ONVIF_REFERENCE_MAX, 'a');
  g_autofree char *more = g_strconcat (letters, "a", NULL);
  g_autofree char *accented = g_strdup_printf ("%.63se\xcc\x81x", letters);
  g_autofree char *wide = g_strdup_printf ("\xe9\x97\xa8%.63s\xe9\x97\xa8", letters);

  g_autofree char *name = cg_onvif_text_dup_name (more);
  g_autofree char *whole = cg_onvif_text_shorten (accented);
  g_autofree char *wide_name = cg_onvif_text_dup_name (wide);
  g_autofree char *reference = cg_onvif_text_dup_reference (letters);

  g_assert_cmpuint (strlen (name), ==, CG_ONVIF_NAME_MAX);
  g_assert_cmpuint (strlen (whole), ==, CG_ONVIF_NAME_MAX - 1);
  g_assert_cmpuint (g_utf8_strlen (wide_name, -1), ==, CG_ONVIF_NAME_MAX);
  g_assert_cmpstr (reference, ==, letters);
  g_assert_null (cg_onvif_text_dup_reference (more));
  g_assert_null (cg_onvif_text_dup_reference (" "));
  g_assert_null (cg_onvif_text_dup_name (NULL));
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
  g_test_add_func ("/onvif/text/bounds", test_bounds);
  g_test_add_func ("/onvif/text/split", test_split);
  g_test_add_func ("/onvif/duration/parse", test_duration);
  g_test_add_func ("/onvif/duration/format", test_duration_format);
  return g_test_run ();
}
