/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-preset-store.h"

#include "cg-error.h"

static char *
make_name (const char *did)
{
  g_autofree char *escaped = g_uri_escape_string (did, NULL, FALSE);

  return g_strdup_printf ("presets-%s", escaped);
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
  g_autofree char *name = make_name (did);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (store == NULL)
    return map;
  node = cg_store_load (store, name, &error);
  if (node != NULL && !cg_preset_map_from_json (map, node))
    g_warning ("%s: %s holds no preset map, starting anew", did, name);
  else if (error != NULL && !g_error_matches (error, CG_ERROR, CG_ERROR_UNKNOWN_THING))
    g_warning ("%s: the preset map cannot be read: %s", did, error->message);
  return map;
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *did = user_data;
  g_autoptr (GError) error = NULL;

  if (!cg_store_save_finish (CG_STORE (object), result, &error))
    g_warning ("%s: the preset map is not stored: %s", did, error->message);
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
  g_autofree char *name = make_name (did);
  g_autoptr (JsonNode) node = NULL;

  if (store == NULL)
    return;
  node = cg_preset_map_to_json (map);
  cg_store_save_async (store, name, node, NULL, on_saved, g_strdup (did));
}
