/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl-roster.h"

G_BEGIN_DECLS

/* What cg-ctl-roster.c (checks, and what is done with a list) and cg-ctl-roster-reader.c share. */

/* One camera. */
typedef struct {
  JsonObject *entry; /* (owned): as camgated takes it */
  char *gateway;     /* (owned) (nullable): whose it is; %NULL: of whoever reads it */
  guint line;        /* of a table; 0: JSON */
  guint index;       /* in the file, from 0 */
} CgCtlRosterRow;

struct _CgCtlRoster {
  GPtrArray *rows; /* (owned) (element-type CgCtlRosterRow) */
  char **titles;   /* (owned) (nullable): of a table, in small letters */
};

gboolean
cg_ctl_roster_read_table (CgCtlRoster *self, const char *text, gsize length, GError **error);
gboolean
cg_ctl_roster_read_json (CgCtlRoster *self, const char *text, gsize length, GError **error);

gboolean cg_ctl_roster_refuse_row (const CgCtlRoster *self,
                                   const CgCtlRosterRow *row,
                                   const char *member,
                                   const char *why,
                                   GError **error);

G_END_DECLS
