/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-preset-store.h"

#include "cg-state-file.h"

static CgStateFile *
make_file (CgStore *store, const char *did)
{
  return cg_state_file_new (store, "presets", did, "the preset map");
}

/**
 * cg_preset_store_load:
 * @store: (nullable): where it was kept
 * @did: of the camera
 *
 * Returns: (transfer full): what is readable of it; empty for a new camera
 */
CgPresetMap *
cg_preset_store_load (CgStore *store, const char *did)
{
  CgPresetMap *map = cg_preset_map_new ();
  g_autoptr (CgStateFile) file = make_file (store, did);
  g_autoptr (JsonNode) node = cg_state_file_load (file);

  if (node != NULL && !cg_preset_map_from_json (map, node))
    g_warning ("%s: what is stored is no preset map, starting anew", did);
  return map;
}

/**
 * cg_preset_store_save:
 * @store: (nullable): where it is kept
 * @did: of the camera
 * @map: as it is now
 *
 * Written in the background; a failure is a warning.
 */
void
cg_preset_store_save (CgStore *store, const char *did, CgPresetMap *map)
{
  g_autoptr (CgStateFile) file = make_file (store, did);
  g_autoptr (JsonNode) node = cg_preset_map_to_json (map);

  cg_state_file_save (file, node);
}
