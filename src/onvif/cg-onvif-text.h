/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cg_onvif_text_dup (const char *text);
char *cg_onvif_text_dup_or_empty (const char *text);
guint cg_onvif_count_read (double value);
char *cg_onvif_text_dup_upper (const char *text);
char **cg_onvif_text_split (const char *list);
gboolean cg_onvif_duration_parse (const char *text, guint *milliseconds);
char *cg_onvif_duration_format (guint milliseconds);

G_END_DECLS
