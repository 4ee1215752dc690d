/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-csv-reader.h"

#include <string.h>

#include "cg-ctl-error.h"

#define UTF8_MARK "\xef\xbb\xbf"

/* What spreadsheets put between cells: RFC 4180; where the comma is the decimal mark; by copying.
 */
#define SEPARATORS ",;\t"

/* A look through a text, character by character. */
typedef struct {
  const char *at;
  char separator;
  guint line; /* where @at stands */
  guint row_line;
  GPtrArray *rows;  /* (owned) (element-type CgCtlCsvRow) */
  GPtrArray *cells; /* (owned) (element-type utf8): of the row that is read */
} Reader;

static void
row_free (gpointer data)
{
  CgCtlCsvRow *row = data;

  g_strfreev (row->cells);
  g_free (row);
}

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->cells, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static gboolean
fail (const Reader *self, guint line, const char *why, GError **error)
{
  g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED, "line %u, column %u: %s", line,
               self->cells->len + 1, why);
  return FALSE;
}

static guint
count_lines (const char *text, const char *end)
{
  guint lines = 1;

  for (; text < end; text++)
    lines += *text == '\n';
  return lines;
}

static gboolean
check_encoding (const char *text, gsize length, GError **error)
{
  const char *end;

  if (g_utf8_validate_len (text, length, &end))
    return TRUE;
  g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED,
               "line %u: is no UTF-8 text: save the table as \"CSV UTF-8\"",
               count_lines (text, end));
  return FALSE;
}

/* The first that stands in the titles, outside of quotes. */
static char
find_separator (const char *text)
{
  gboolean is_quoted = FALSE;

  for (; *text != '\0' && (is_quoted || (*text != '\n' && *text != '\r')); text++) {
    if (*text == '"')
      is_quoted = !is_quoted;
    else if (!is_quoted && strchr (SEPARATORS, *text) != NULL)
      return *text;
  }
  return SEPARATORS[0];
}

static gboolean
is_end (const Reader *self)
{
  return *self->at == '\0' || *self->at == '\n' || *self->at == '\r';
}

/* RFC 4180 section 2, 5 to 7: what stands in quotes may hold everything, quotes doubled. */
static gboolean
read_quoted (Reader *self, GString *cell, GError **error)
{
  const guint line = self->line;

  for (self->at++;; self->at++) {
    if (*self->at == '\0')
      return fail (self, line, "a quote is opened and never closed", error);
    if (*self->at == '"' && self->at[1] != '"')
      break;
    if (*self->at == '"')
      self->at++;
    self->line += *self->at == '\n';
    g_string_append_c (cell, *self->at);
  }
  self->at++;
  return is_end (self) || *self->at == self->separator ||
         fail (self, self->line, "something follows the closing quote", error);
}

static gboolean
read_cell (Reader *self, GError **error)
{
  g_autoptr (GString) cell = g_string_new (NULL);

  if (*self->at == '"' && !read_quoted (self, cell, error))
    return FALSE;
  for (; !is_end (self) && *self->at != self->separator; self->at++)
    g_string_append_c (cell, *self->at);
  g_ptr_array_add (self->cells, g_strdup (cell->str));
  return TRUE;
}

/* A row without anything is none: spreadsheets leave many at the end. */
static void
end_row (Reader *self)
{
  gboolean is_empty = TRUE;
  CgCtlCsvRow *row;

  for (guint i = 0; i < self->cells->len; i++)
    is_empty &= *(const char *)self->cells->pdata[i] == '\0';
  if (is_empty) {
    g_ptr_array_set_size (self->cells, 0);
    return;
  }
  row = g_new0 (CgCtlCsvRow, 1);
  row->line = self->row_line;
  g_ptr_array_add (self->cells, NULL);
  row->cells = (char **)g_ptr_array_steal (self->cells, NULL);
  g_ptr_array_add (self->rows, row);
}

static void
skip_break (Reader *self)
{
  if (*self->at == '\r')
    self->at++;
  if (*self->at == '\n')
    self->at++;
  self->row_line = ++self->line;
}

static gboolean
read_row (Reader *self, GError **error)
{
  if (!read_cell (self, error))
    return FALSE;
  while (*self->at == self->separator) {
    self->at++;
    if (!read_cell (self, error))
      return FALSE;
  }
  end_row (self);
  if (*self->at != '\0')
    skip_break (self);
  return TRUE;
}

/**
 * cg_ctl_csv_read:
 * @text: a table, ended by a zero byte
 * @length: of it, in bytes
 * @error: return location: %CG_CTL_REFUSED names line and column
 *
 * Reads a table as RFC 4180 has it, and as spreadsheets write it: with a byte order mark, with `;`
 * or a tabulator as separator, with any kind of line break. Rows without anything are left out.
 *
 * Returns: (transfer full) (element-type CgCtlCsvRow) (nullable): the rows, titles included
 */
GPtrArray *
cg_ctl_csv_read (const char *text, gsize length, GError **error)
{
  g_auto (Reader) self = {.line = 1, .row_line = 1};

  if (length >= strlen (UTF8_MARK) && memcmp (text, UTF8_MARK, strlen (UTF8_MARK)) == 0) {
    text += strlen (UTF8_MARK);
    length -= strlen (UTF8_MARK);
  }
  if (!check_encoding (text, length, error))
    return NULL;
  self.at = text;
  self.separator = find_separator (text);
  self.rows = g_ptr_array_new_with_free_func (row_free);
  self.cells = g_ptr_array_new_with_free_func (g_free);
  while (*self.at != '\0') {
    if (!read_row (&self, error))
      return NULL;
  }
  return g_steal_pointer (&self.rows);
}
