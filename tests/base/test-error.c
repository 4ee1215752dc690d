/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-error.h"

static void
test_every_error_has_an_explained_code (void)
{
  for (int i = 0; i < CG_N_ERRORS; i++) {
    g_autoptr (GError) error = g_error_new (CG_ERROR, i, "test");
    const char *meaning = NULL;
    const char *advice = NULL;

    const int general = cg_error_get_code (error, CG_ERROR_SCOPE_GENERAL);
    const int ptz = cg_error_get_code (error, CG_ERROR_SCOPE_PTZ);

    g_assert_cmpint (general, !=, 0);
    g_assert_cmpint (ptz, !=, 0);
    g_assert_true (cg_error_explain (general, &meaning, &advice));
    g_assert_true (cg_error_explain (ptz, &meaning, &advice));
    g_assert_nonnull (meaning);
    g_assert_nonnull (advice);
    g_assert_cmpuint (strlen (cg_error_get_word (i)), >, 0);
  }
}

static void
test_scope (void)
{
  g_autoptr (GError) error = g_error_new (CG_ERROR, CG_ERROR_UNREACHABLE, "test");

  g_assert_cmpint (cg_error_get_code (error, CG_ERROR_SCOPE_GENERAL), ==, 18002);
  g_assert_cmpint (cg_error_get_code (error, CG_ERROR_SCOPE_PTZ), ==, 60006);
  g_assert_cmpint (cg_error_get_code (NULL, CG_ERROR_SCOPE_PTZ), ==, 0);
}

static guint n_bugs;

static GLogWriterOutput
count_bugs (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  n_bugs += (level & G_LOG_LEVEL_CRITICAL) != 0;
  return G_LOG_WRITER_HANDLED;
}

/* Our bug, and yet the service keeps to its own codes. */
static void
test_foreign_error (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOENT, "test");

  g_assert_cmpint (cg_error_get_code (error, CG_ERROR_SCOPE_GENERAL), ==, 500);
  g_assert_cmpint (cg_error_get_code (error, CG_ERROR_SCOPE_PTZ), ==, 60006);

  g_assert_cmpuint (n_bugs, ==, 2);
}

static void
test_words_differ (void)
{
  g_autoptr (GHashTable) words = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = 0; i < CG_N_ERRORS; i++)
    g_assert_true (g_hash_table_add (words, (gpointer)cg_error_get_word (i)));
}

static void
test_every_error_is_described (void)
{
  CgWord word;

  for (guint i = 0; i < CG_N_ERRORS; i++) {
    g_assert_true (cg_error_describe (i, &word));
    g_assert_cmpstr (word.word, ==, cg_error_get_word ((CgError)i));
    g_assert_cmpuint (strlen (word.meaning), >, 0);
    g_assert_cmpuint (strlen (word.advice), >, 0);
  }
  g_assert_false (cg_error_describe (CG_N_ERRORS, &word));
}

static void
test_unknown_code (void)
{
  g_assert_false (cg_error_explain (4711, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_bugs, NULL, NULL);
  g_test_add_func ("/error/foreign-error", test_foreign_error);
  g_test_add_func ("/error/every-error-has-an-explained-code",
                   test_every_error_has_an_explained_code);
  g_test_add_func ("/error/scope", test_scope);
  g_test_add_func ("/error/words-differ", test_words_differ);
  g_test_add_func ("/error/every-error-is-described", test_every_error_is_described);
  g_test_add_func ("/error/unknown-code", test_unknown_code);
  return g_test_run ();
}
