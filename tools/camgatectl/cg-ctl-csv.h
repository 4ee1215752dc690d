/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CgCtlCsvColumn:
 * @title: in the first row
 * @section: (nullable): member of a row's object that holds @member; %NULL: the object itself
 * @member: what stands in the cell
 */
typedef struct {
  const char *title;
  const char *section;
  const char *member;
} CgCtlCsvColumn;

void cg_ctl_csv_append_text (GString *to, const char *text);
const char *cg_ctl_csv_unprotect (const char *cell);
void cg_ctl_csv_append_titles (GString *to, const CgCtlCsvColumn *columns, gsize n_columns);
void cg_ctl_csv_append_row (GString *to,
                            const CgCtlCsvColumn *columns,
                            gsize n_columns,
                            JsonObject *row);

G_END_DECLS
