/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-ctl-screen.h"

G_BEGIN_DECLS

const char *cg_ctl_json_string (JsonObject *object, const char *member);
JsonObject *cg_ctl_json_object (JsonObject *object, const char *member);
JsonArray *cg_ctl_json_array (JsonObject *object, const char *member);
gint64 cg_ctl_json_int (JsonObject *object, const char *member, gint64 otherwise);
gboolean cg_ctl_json_bool (JsonObject *object, const char *member);

void cg_ctl_json_set_string (JsonObject *object, const char *member, const char *value);
JsonObject *cg_ctl_json_parse (const char *text, gssize length, GError **error);
char *cg_ctl_json_to_line (JsonObject *object);
char *cg_ctl_json_value_to_text (JsonNode *node);
char *cg_ctl_json_to_text (JsonObject *object, const CgCtlScreen *screen);

G_END_DECLS
