/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-table.h"

#define GAP 2 /* spaces between columns */

struct _CgCtlTable {
  char **titles;
  guint n_columns;
  GPtrArray *rows; /* (owned) (element-type GStrv) cleaned cells */
};

/**
 * cg_ctl_table_new:
 * @titles: (array zero-terminated=1): of the columns, as words: `address`
 *
 * Returns: (transfer full): an empty table
 */
CgCtlTable *
cg_ctl_table_new (const char *const *titles)
{
  CgCtlTable *self = g_new0 (CgCtlTable, 1);

  self->titles = g_strdupv ((char **)titles);
  self->n_columns = g_strv_length (self->titles);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  return self;
}

/**
 * cg_ctl_table_free:
 * @self: (transfer full): a table
 */
void
cg_ctl_table_free (CgCtlTable *self)
{
  g_strfreev (self->titles);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/**
 * cg_ctl_table_add_row:
 * @self: a table
 * @cells: (array): one a column; %NULL or empty where nothing is known. Copied
 */
void
cg_ctl_table_add_row (CgCtlTable *self, const char *const *cells)
{
  char **row = g_new0 (char *, self->n_columns + 1);

  for (guint i = 0; i < self->n_columns; i++)
    row[i] = cg_ctl_text_clean (cells[i]);
  g_ptr_array_add (self->rows, row);
}

static const char *
show_cell (const char *cell)
{
  return *cell != '\0' ? cell : "-";
}

static guint
measure_column (CgCtlTable *self, guint column)
{
  guint columns = cg_ctl_text_columns (self->titles[column]);

  for (guint i = 0; i < self->rows->len; i++) {
    char **row = self->rows->pdata[i];

    columns = MAX (columns, cg_ctl_text_columns (show_cell (row[column])));
  }
  return columns;
}

static void
append_line (GString *to, char **cells, const guint *widths, guint n_columns)
{
  for (guint i = 0; i < n_columns; i++) {
    const char *cell = show_cell (cells[i]);
    const guint padding = widths[i] - cg_ctl_text_columns (cell) + GAP;

    g_string_append (to, cell);
    if (i + 1 < n_columns)
      g_string_append_printf (to, "%*s", (int)padding, "");
  }
}

static void
append_titles (GString *to, CgCtlTable *self, const guint *widths, const CgCtlScreen *screen)
{
  g_auto (GStrv) titles = g_new0 (char *, self->n_columns + 1);

  for (guint i = 0; i < self->n_columns; i++)
    titles[i] = g_ascii_strup (self->titles[i], -1);
  g_string_append (to, cg_ctl_screen_ink (screen, CG_CTL_INK_TITLE));
  append_line (to, titles, widths, self->n_columns);
  g_string_append (to, cg_ctl_screen_ink (screen, CG_CTL_INK_PLAIN));
  g_string_append_c (to, '\n');
}

/* On a screen too narrow for columns, each row becomes a card; nothing is cut off. */
static void
append_card (GString *to, CgCtlTable *self, char **row, const CgCtlScreen *screen)
{
  guint widest = 0;

  for (guint i = 0; i < self->n_columns; i++)
    widest = MAX (widest, cg_ctl_text_columns (self->titles[i]));
  for (guint i = 0; i < self->n_columns; i++) {
    const char *ink = cg_ctl_screen_ink (screen, i == 0 ? CG_CTL_INK_TITLE : CG_CTL_INK_PLAIN);

    if (*row[i] == '\0')
      continue;
    g_string_append_printf (to, "%s%s%*s", ink, self->titles[i],
                            (int)(widest - cg_ctl_text_columns (self->titles[i]) + GAP), "");
    g_string_append_printf (to, "%s%s\n", row[i], cg_ctl_screen_ink (screen, CG_CTL_INK_PLAIN));
  }
}

/**
 * cg_ctl_table_to_string:
 * @self: a table
 * @screen: where it goes
 *
 * Returns: (transfer full): columns under their titles; one card a row where the screen is too
 *   narrow for that
 */
char *
cg_ctl_table_to_string (CgCtlTable *self, const CgCtlScreen *screen)
{
  g_autofree guint *widths = g_new0 (guint, self->n_columns);
  g_autoptr (GString) text = g_string_new (NULL);
  guint width = 0;

  for (guint i = 0; i < self->n_columns; i++) {
    widths[i] = measure_column (self, i);
    width += widths[i] + (i > 0 ? GAP : 0);
  }
  if (screen->width == 0 || width <= screen->width) {
    append_titles (text, self, widths, screen);
    for (guint i = 0; i < self->rows->len; i++) {
      append_line (text, self->rows->pdata[i], widths, self->n_columns);
      g_string_append_c (text, '\n');
    }
    return g_string_free (g_steal_pointer (&text), FALSE);
  }
  for (guint i = 0; i < self->rows->len; i++) {
    if (i > 0)
      g_string_append_c (text, '\n');
    append_card (text, self, self->rows->pdata[i], screen);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
