/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-ptz.h"

G_BEGIN_DECLS

/**
 * CgPresetMap:
 *
 * One camera's map from the contract's index (1…128) to the ONVIF preset token (Q31). Pure.
 */
typedef struct _CgPresetMap CgPresetMap;

CgPresetMap *cg_preset_map_new (void);
void cg_preset_map_free (CgPresetMap *self);
const char *cg_preset_map_get_token (CgPresetMap *self, guint index);
void cg_preset_map_put (CgPresetMap *self, guint index, const char *token, const char *name);
void cg_preset_map_remove (CgPresetMap *self, guint index);
void
cg_preset_map_reconcile (CgPresetMap *self, const char *const *tokens, const char *const *names);
GPtrArray *cg_preset_map_list (CgPresetMap *self);
JsonNode *cg_preset_map_to_json (CgPresetMap *self);
gboolean cg_preset_map_from_json (CgPresetMap *self, JsonNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgPresetMap, cg_preset_map_free)

G_END_DECLS
