/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-ptz.h"

G_BEGIN_DECLS

/**
 * CgPresetPlace:
 *
 * Where a camera stands at a preset, as far as it is known.
 */
typedef struct {
  gboolean has_position; /* pan and tilt */
  gboolean has_zoom;
  double pan;
  double tilt;
  double zoom;
} CgPresetPlace;

/**
 * CgPresetMap:
 *
 * One camera's map from the contract's index (1…128) to the ONVIF preset token, with the name that
 * was asked for beside the one that the camera shows, and the place (Q31). Pure.
 */
typedef struct _CgPresetMap CgPresetMap;

CgPresetMap *cg_preset_map_new (void);
void cg_preset_map_free (CgPresetMap *self);
void cg_preset_map_set_tolerance (CgPresetMap *self, const CgPresetPlace *tolerance);
const char *cg_preset_map_get_token (CgPresetMap *self, guint index);
const char *cg_preset_map_get_name (CgPresetMap *self, guint index);
const char *cg_preset_map_get_shown_name (CgPresetMap *self, guint index);
gboolean cg_preset_map_get_place (CgPresetMap *self, guint index, CgPresetPlace *place);
gboolean cg_preset_map_has_slot (CgPresetMap *self, guint index);
char *cg_preset_map_dup_token (CgPresetMap *self, guint index);
guint cg_preset_map_find (CgPresetMap *self, const char *token);
void cg_preset_map_put (CgPresetMap *self, guint index, const char *token, const char *name);
void cg_preset_map_put_place (CgPresetMap *self, guint index, const CgPresetPlace *place);
void cg_preset_map_remove (CgPresetMap *self, guint index);
void cg_preset_map_reconcile (CgPresetMap *self, GPtrArray *presets, const char *reserved);
GPtrArray *cg_preset_map_list (CgPresetMap *self);
JsonNode *cg_preset_map_to_json (CgPresetMap *self);
gboolean cg_preset_map_from_json (CgPresetMap *self, JsonNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgPresetMap, cg_preset_map_free)

G_END_DECLS
