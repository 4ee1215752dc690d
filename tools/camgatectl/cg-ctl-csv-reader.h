/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgCtlCsvRow:
 * @line: of the file, from 1, where it begins
 * @cells: (array zero-terminated=1): as they are meant, without quotes
 *
 * One row of a table.
 */
typedef struct {
  guint line;
  char **cells;
} CgCtlCsvRow;

GPtrArray *cg_ctl_csv_read (const char *text, gsize length, GError **error);

G_END_DECLS
