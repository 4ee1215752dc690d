/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of codes and settings in the documents say what the source says, row by row. */
#include <glib.h>
#include <string.h>

#include "cg-error.h"
#include "cg-key-group.h"

#define N_CELLS 4
#define MAX_CODE 100000

/* Returns: (transfer full) (element-type GStrv): the cells of the rows of the first table behind
 * the line @heading; the head and its rule left out */
static GPtrArray *
read_table (const char *file, const char *heading)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_autofree char *path = g_build_filename (SOURCE_ROOT, file, NULL);
  g_autofree char *text = NULL;
  gboolean is_behind = FALSE;
  guint n_lines = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    is_behind |= g_str_equal (lines[i], heading);
    if (!is_behind || !g_str_has_prefix (lines[i], "| ")) {
      if (rows->len > 0)
        break;
      continue;
    }
    if (n_lines++ == 0)
      continue;
    g_auto (GStrv) cells = g_strsplit (lines[i] + 1, "|", -1);
    for (guint j = 0; cells[j] != NULL; j++)
      g_strstrip (cells[j]);
    g_ptr_array_add (rows, g_steal_pointer (&cells));
  }
  if (!is_behind)
    g_error ("%s has no line '%s'", file, heading);
  return rows;
}

static char *
show_words (const CgKey *key)
{
  g_autofree char *words = g_strjoinv ("`, `", (char **)key->words);

  return g_strdup_printf ("`%s`", words);
}

/* Returns: (transfer full): what may be written, as the document puts it */
static char *
show_range (const CgKey *key)
{
  const char *unit = key->type == CG_KEY_SECONDS || key->type == CG_KEY_MILLISECONDS ? " s" : "";

  if (key->words != NULL)
    return show_words (key);
  if (key->type == CG_KEY_SECRET)
    return g_strdup_printf ("or `%s-file`", key->name);
  return key->max > 0 ? g_strdup_printf ("%.10g … %.10g%s", key->min, key->max, unit)
                      : g_strdup ("");
}

/* Returns: (transfer full): the row of this setting, as it must stand in the document */
static char *
show_row (const CgKey *key)
{
  const char *fallback = key->fallback != NULL ? key->fallback : "";
  g_autofree char *range = show_range (key);
  g_autofree char *shown = *fallback != '\0' ? g_strdup_printf ("`%s`", fallback) : g_strdup ("");

  return g_strdup_printf ("| `%s` | %s | %s | %s |", key->name, shown, range, key->help);
}

/* `the same` stands for the range of the row above. */
static void
check_setting (const CgKeyGroup *group, guint index, char **cells)
{
  const CgKey *key = &group->keys[index];
  g_autofree char *row = show_row (key);
  g_autofree char *range = show_range (key);
  g_autofree char *above = index > 0 ? show_range (&group->keys[index - 1]) : NULL;
  g_autofree char *found = NULL;

  if (g_strv_length (cells) < N_CELLS)
    g_error ("a row of [%s] has too few cells, not:\n%s", group->name, row);
  if (g_str_equal (cells[2], "the same") && g_strcmp0 (range, above) == 0) {
    g_free (cells[2]);
    cells[2] = g_strdup (range);
  }
  found = g_strdup_printf ("| %s | %s | %s | %s |", cells[0], cells[1], cells[2], cells[3]);
  if (!g_str_equal (found, row))
    g_error ("docs/configuration.md, [%s] has\n%s\nand the source says\n%s", group->name, found,
             row);
}

static void
test_settings (void)
{
  for (CgKeyGroupId id = 0; id < CG_N_KEY_GROUPS; id++) {
    const CgKeyGroup *group = cg_key_group_get (id);
    g_autofree char *heading =
        g_strdup_printf (id == CG_KEY_GROUP_CAMERA ? "## [%s DID]" : "## [%s]", group->name);
    g_autoptr (GPtrArray) rows = read_table ("docs/configuration.md", heading);

    for (guint i = 0; i < MIN (rows->len, group->n_keys); i++)
      check_setting (group, i, rows->pdata[i]);
    for (gsize i = rows->len; i < group->n_keys; i++) {
      g_autofree char *row = show_row (&group->keys[i]);

      g_error ("docs/configuration.md, [%s] lacks\n%s", group->name, row);
    }
    g_assert_cmpuint (rows->len, ==, group->n_keys);
  }
}

/* A code that a service never answers with is left out. */
static void
check_code (const char *word, const char *cell, const GError *error, CgErrorScope scope)
{
  if (*cell != '\0' && !g_str_equal (cell, "event"))
    g_assert_cmpint (g_ascii_strtoll (cell, NULL, 10), ==, cg_error_get_code (error, scope));
  else
    g_test_message ("%s: not as a reply", word);
}

/* In the order of the document, which is not the source's. */
static void
test_errors (void)
{
  g_autoptr (GPtrArray) rows = read_table ("docs/codes.md", "# From failures to codes");

  for (CgError code = 0; code < CG_N_ERRORS; code++) {
    const char *word = cg_error_get_word (code);
    CgWord told;
    g_autoptr (GError) error = g_error_new_literal (CG_ERROR, (int)code, word);
    guint count = 0;

    g_assert_true (cg_error_describe (code, &told));
    g_assert_cmpstr (told.word, ==, word);
    for (guint i = 0; i < rows->len; i++) {
      char **cells = rows->pdata[i];

      if (!g_str_equal (cells[0], word))
        continue;
      g_assert_cmpuint (g_strv_length (cells), >=, N_CELLS);
      g_assert_cmpstr (cells[1], ==, told.meaning);
      check_code (word, cells[2], error, CG_ERROR_SCOPE_PTZ);
      check_code (word, cells[3], error, CG_ERROR_SCOPE_GENERAL);
      count++;
    }
    if (count != 1)
      g_error ("docs/codes.md has %u rows for %s", count, word);
  }
  g_assert_cmpuint (rows->len, ==, CG_N_ERRORS);
}

static void
test_codes (void)
{
  g_autoptr (GPtrArray) rows = read_table ("README.md", "## Codes");
  guint n_codes = 0;

  for (int code = 0; code < MAX_CODE; code++) {
    const char *meaning;
    g_autofree char *number = g_strdup_printf ("%d", code);

    if (!cg_error_explain (code, &meaning, NULL))
      continue;
    g_assert_cmpuint (n_codes, <, rows->len);
    g_assert_cmpstr (((char **)rows->pdata[n_codes])[0], ==, number);
    g_assert_cmpstr (((char **)rows->pdata[n_codes])[1], ==, meaning);
    n_codes++;
  }
  g_assert_cmpuint (n_codes, ==, rows->len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/docs/settings", test_settings);
  g_test_add_func ("/docs/errors", test_errors);
  g_test_add_func ("/docs/codes", test_codes);
  return g_test_run ();
}
