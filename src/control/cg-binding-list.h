/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-config.h"

G_BEGIN_DECLS

/*
 * Where the list of cameras stands in a configuration from the cloud (PROTOCOL.md section 5):
 * `camera`, `cameras`, or `peripherals.camera`; and what is needed to handle it as a value.
 */

const char *cg_binding_list_get_place (guint index);
gboolean cg_binding_list_check (JsonObject *document, GError **error);
gboolean cg_binding_list_has (JsonObject *document);
JsonArray *cg_binding_list_take (JsonObject *document, char **place);
void cg_binding_list_put (JsonObject *document, const char *place, JsonArray *cameras);

const char *cg_binding_list_check_did (JsonObject *entry,
                                       const CgConfig *file,
                                       const char *place,
                                       guint index,
                                       GHashTable *seen,
                                       GError **error);
GHashTable *cg_binding_list_index (JsonArray *cameras);
gboolean cg_binding_list_equal (JsonObject *a, JsonObject *b);
JsonObject *cg_binding_list_copy_object (JsonObject *object);
JsonArray *cg_binding_list_copy_array (JsonArray *array);

G_END_DECLS
