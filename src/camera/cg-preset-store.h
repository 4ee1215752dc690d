/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-preset-map.h"
#include "cg-store.h"

G_BEGIN_DECLS

/* Where a preset map survives a restart: `presets-DID.json`. */
CgPresetMap *cg_preset_store_load (CgStore *store, const char *did);
void cg_preset_store_save (CgStore *store, const char *did, CgPresetMap *map);

G_END_DECLS
