/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

char *cg_json_to_string (JsonNode *node, gboolean is_pretty);
gboolean cg_json_read_number (JsonObject *object, const char *member, double *number);

G_END_DECLS
