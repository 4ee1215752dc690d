/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl-screen.h"

G_BEGIN_DECLS

typedef struct _CgCtlTable CgCtlTable;

CgCtlTable *cg_ctl_table_new (const char *const *titles);
void cg_ctl_table_free (CgCtlTable *self);
void cg_ctl_table_add_row (CgCtlTable *self, const char *const *cells);
char *cg_ctl_table_to_string (CgCtlTable *self, const CgCtlScreen *screen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCtlTable, cg_ctl_table_free)

G_END_DECLS
