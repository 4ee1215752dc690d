/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-csv.h"

#include <string.h>

#include "cg-ctl-json.h"

/* RFC 4180. */
#define LINE_END "\r\n"

/* A camera's name is not to become a formula of the spreadsheet. One that seems to be protected
 * already is protected once more, so that it comes back as it is. */
static gboolean
is_formula (const char *text)
{
  text += strspn (text, "'");
  return *text != '\0' && strchr ("=+-@\t", *text) != NULL;
}

/**
 * cg_ctl_csv_append_text:
 * @to: appended to
 * @text: what the cell is to say
 *
 * Texts that a spreadsheet would take for a formula get an apostrophe.
 */
void
cg_ctl_csv_append_text (GString *to, const char *text)
{
  const gboolean is_quoted = strpbrk (text, ",;\"\r\n") != NULL || *text == ' ';

  if (is_quoted)
    g_string_append_c (to, '"');
  if (is_formula (text))
    g_string_append_c (to, '\'');
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '"')
      g_string_append_c (to, '"');
    g_string_append_c (to, *at);
  }
  if (is_quoted)
    g_string_append_c (to, '"');
}

/**
 * cg_ctl_csv_unprotect:
 * @cell: what was read
 *
 * Undoes what cg_ctl_csv_append_text() does to formulas.
 *
 * Returns: (transfer none): what the cell says
 */
const char *
cg_ctl_csv_unprotect (const char *cell)
{
  return *cell == '\'' && is_formula (cell) ? cell + 1 : cell;
}

static gboolean
is_number (JsonNode *node)
{
  const GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

/* Numbers with a point, and no more digits than anybody reads. */
static void
append_number (GString *to, JsonNode *node)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (to, g_ascii_formatd (text, sizeof text, "%.10g", json_node_get_double (node)));
}

static void
append_cell (GString *to, const CgCtlCsvColumn *column, JsonObject *row)
{
  JsonObject *holder = column->section != NULL ? cg_ctl_json_object (row, column->section) : row;
  JsonNode *node = holder != NULL ? json_object_get_member (holder, column->member) : NULL;
  g_autofree char *text = NULL;

  if (node != NULL && is_number (node)) {
    append_number (to, node);
    return;
  }
  text = cg_ctl_json_value_to_text (node);
  cg_ctl_csv_append_text (to, text);
}

/**
 * cg_ctl_csv_append_titles:
 * @to: appended to
 * @columns: (array length=n_columns): of the table
 * @n_columns: how many
 */
void
cg_ctl_csv_append_titles (GString *to, const CgCtlCsvColumn *columns, gsize n_columns)
{
  for (gsize i = 0; i < n_columns; i++)
    g_string_append_printf (to, "%s%s", i > 0 ? "," : "", columns[i].title);
  g_string_append (to, LINE_END);
}

/**
 * cg_ctl_csv_append_row:
 * @to: appended to
 * @columns: (array length=n_columns): of the table
 * @n_columns: how many
 * @row: what is known; what is not there is an empty cell
 *
 * A line as RFC 4180 has it. Texts that a spreadsheet would take for a formula get an apostrophe.
 */
void
cg_ctl_csv_append_row (GString *to, const CgCtlCsvColumn *columns, gsize n_columns, JsonObject *row)
{
  for (gsize i = 0; i < n_columns; i++) {
    if (i > 0)
      g_string_append_c (to, ',');
    append_cell (to, &columns[i], row);
  }
  g_string_append (to, LINE_END);
}
