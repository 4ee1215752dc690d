/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cg_launch_read (const char *directory, GError **error);
char *cg_launch_load (const char *name, GError **error);
GStrv cg_launch_list (void);

G_END_DECLS
