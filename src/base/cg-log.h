/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cg_log_init (gboolean verbose);
void cg_log_set_verbose (gboolean verbose);
char *cg_log_uri (const char *uri);
gboolean cg_log_is_hidden (const char *uri);

G_END_DECLS
