/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-test.h"

#include <glib/gstdio.h>
#include <string.h>

static gboolean
time_is_up (gpointer user_data)
{
  gboolean *is_up = user_data;

  *is_up = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Runs the default main context until @is_so says yes; a test that waits too long fails. */
void
cg_test_wait_for (CgTestQuestion is_so, gpointer user_data, const char *what)
{
  gboolean is_late = FALSE;
  const guint timer = g_timeout_add (CG_TEST_TIMEOUT_MS, time_is_up, &is_late);

  while (!is_so (user_data) && !is_late)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  if (is_late && !is_so (user_data))
    g_error ("waited in vain for %s", what);
}

static gboolean
is_set (gpointer user_data)
{
  return *(gboolean *)user_data;
}

void
cg_test_wait_for_flag (const gboolean *flag, const char *what)
{
  cg_test_wait_for (is_set, (gpointer)flag, what);
}

/* Only to show that something does not happen. */
void
cg_test_run_for (guint duration_ms)
{
  gboolean is_over = FALSE;
  const guint timer = g_timeout_add (duration_ms, time_is_up, &is_over);

  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

static void
on_flushed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

/* What is still to be written needs its folder. */
void
cg_test_flush (CgStore *store)
{
  gboolean is_flushed = FALSE;

  cg_store_flush_async (store, on_flushed, &is_flushed);
  cg_test_wait_for_flag (&is_flushed, "what is stored");
}

char *
cg_test_make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("camgate-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

void
cg_test_remove_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
      cg_test_remove_dir (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

/* Returns: (transfer full): the file's path */
char *
cg_test_write_file (const char *dir, const char *name, const char *text, int mode)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (dir, name, NULL);

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
  return path;
}

static GQueue warnings = G_QUEUE_INIT; /* (element-type utf8) */

static GLogWriterOutput
keep_warnings (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if ((level & G_LOG_LEVEL_MASK) > G_LOG_LEVEL_WARNING)
    return G_LOG_WRITER_HANDLED;
  if ((level & G_LOG_LEVEL_MASK) < G_LOG_LEVEL_WARNING)
    return g_log_writer_default (level, fields, n_fields, user_data);
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_queue_push_tail (&warnings, g_strdup (fields[i].value));
  }
  return G_LOG_WRITER_HANDLED;
}

/* From now on warnings are kept for cg_test_pop_warning(), and criticals end the test. Once only.
 */
void
cg_test_keep_warnings (void)
{
  g_log_set_writer_func (keep_warnings, NULL, NULL);
}

/* Returns: (transfer full) (nullable): the oldest warning not popped yet. */
char *
cg_test_pop_warning (void)
{
  return g_queue_pop_head (&warnings);
}

/* Exactly this was warned of, @pattern as of g_pattern_match_simple(); nothing if it is NULL. */
void
cg_test_assert_warning (const char *pattern)
{
  g_autofree char *warning = cg_test_pop_warning ();

  if (pattern != NULL && (warning == NULL || !g_pattern_match_simple (pattern, warning)))
    g_error ("warned of %s, not of %s", warning != NULL ? warning : "nothing", pattern);
  g_assert_cmpstr (pattern == NULL ? warning : g_queue_peek_head (&warnings), ==, NULL);
}
