/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * Members of messages as PROTOCOL.md section 2 allows them: unknown ones do no harm, null counts as
 * absent, numbers may come as strings of digits, a fraction is no index.
 */

gboolean cg_member_is_present (JsonObject *object, const char *name);
gboolean cg_member_is_true (JsonObject *object, const char *name);
gboolean cg_member_read_integer (JsonObject *object, const char *name, gint64 *value);
gboolean cg_member_read_string (JsonObject *object, const char *name, const char **value);
JsonObject *cg_member_get_object (JsonObject *object, const char *name);

void cg_member_set_text (JsonObject *object, const char *name, const char *text);
void cg_member_set_time (JsonObject *object, const char *name, gint64 time_ms);

G_END_DECLS
