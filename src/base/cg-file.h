/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CG_FILE_MAX_LENGTH (1024 * 1024)

char *cg_file_read (const char *path, gsize *length, GError **error);
char *cg_file_read_up_to (const char *path, gsize max_length, gsize *length, GError **error);
gboolean cg_file_replace (const char *path, GBytes *content, gboolean is_synced, GError **error);

G_END_DECLS
