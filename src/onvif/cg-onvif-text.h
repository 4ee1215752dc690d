/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Characters: tt:Name is no longer (onvif.xsd). */
#define CG_ONVIF_NAME_MAX 64

/* Bytes: tt:ReferenceToken has 64 characters (onvif.xsd), and cameras that count in bytes of UTF-8
 * or do not count at all have their room. */
#define CG_ONVIF_REFERENCE_MAX 256

char *cg_onvif_text_dup (const char *text);
char *cg_onvif_text_shorten (const char *text);
char *cg_onvif_text_dup_name (const char *text);
char *cg_onvif_text_dup_reference (const char *text);
char *cg_onvif_text_or_empty (char *text);
guint cg_onvif_count_read (double value);
char *cg_onvif_text_dup_upper (const char *text);
char **cg_onvif_text_split (const char *list);
gboolean cg_onvif_duration_parse (const char *text, guint *milliseconds);
char *cg_onvif_duration_format (guint milliseconds);

G_END_DECLS
