/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What stands for a password or secret that is not shown (PROTOCOL.md section 5). */
#define CG_LOG_HIDDEN "******"

void cg_log_init (gboolean verbose);
void cg_log_set_verbose (gboolean verbose);
char *cg_log_uri (const char *uri);
gboolean cg_log_is_hidden (const char *uri);
gboolean cg_log_is_secret_name (const char *name, gsize length);

G_END_DECLS
