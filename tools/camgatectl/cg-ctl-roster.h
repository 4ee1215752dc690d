/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A column of this kind holds a member that is no text of ours, as JSON. */
#define CG_CTL_ROSTER_JSON "json:"

/* Whose a camera is: a column, or a member, of the file alone. */
#define CG_CTL_ROSTER_GATEWAY "gateway"

/* Which camera it is: the only column that must be there. */
#define CG_CTL_ROSTER_DID "did"

/**
 * CgCtlRoster:
 *
 * A list of cameras for one gateway or for many: a table, or JSON as `config write` takes it, with
 * the gateway's did in each row. An empty cell says nothing.
 */
typedef struct _CgCtlRoster CgCtlRoster;

CgCtlRoster *cg_ctl_roster_read (const char *text, gsize length, GError **error);
void cg_ctl_roster_free (CgCtlRoster *self);

guint cg_ctl_roster_keep (CgCtlRoster *self, const char *gateway);
guint cg_ctl_roster_get_n (const CgCtlRoster *self);
JsonObject *cg_ctl_roster_get (const CgCtlRoster *self, guint index);
JsonArray *cg_ctl_roster_cut (const CgCtlRoster *self, guint first, gsize max_bytes);
char *cg_ctl_roster_explain (const CgCtlRoster *self, guint first, const char *fault);

JsonArray *cg_ctl_roster_find_list (JsonObject *document);
gboolean cg_ctl_roster_is_column (const char *title);
char *cg_ctl_roster_write_csv (JsonArray *cameras, const char *gateway);
JsonObject *cg_ctl_roster_write_json (JsonArray *cameras, const char *gateway);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCtlRoster, cg_ctl_roster_free)

G_END_DECLS
