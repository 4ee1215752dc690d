/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-preset-book.h"

#include "cg-preset-slots.h"
#include "cg-preset-store.h"

static char *
write_map (CgPresetBook *self)
{
  g_autoptr (JsonNode) node = cg_preset_map_to_json (self->map);

  return json_to_string (node, FALSE);
}

/**
 * cg_preset_book_open:
 * @self: (out): a book
 * @store: (nullable): where it was kept
 * @did: of the camera
 *
 * Takes what is stored of it.
 */
void
cg_preset_book_open (CgPresetBook *self, CgStore *store, const char *did)
{
  *self = (CgPresetBook){
      .store = store != NULL ? g_object_ref (store) : NULL,
      .did = g_strdup (did),
      .map = cg_preset_store_load (store, did),
  };
  self->kept = write_map (self);
}

/**
 * cg_preset_book_close:
 * @self: a book
 */
void
cg_preset_book_close (CgPresetBook *self)
{
  g_clear_object (&self->store);
  g_free (self->did);
  g_free (self->reserved);
  g_free (self->kept);
  g_clear_pointer (&self->before, g_ptr_array_unref);
  g_clear_pointer (&self->map, cg_preset_map_free);
}

/**
 * cg_preset_book_save:
 * @self: a book
 *
 * Keeps it over a restart, in the background. What is stored already is not written again: a patrol
 * that calls the same presets day and night wears no disk.
 */
void
cg_preset_book_save (CgPresetBook *self)
{
  g_autofree char *text = write_map (self);

  if (g_str_equal (text, self->kept))
    return;
  g_free (self->kept);
  self->kept = g_steal_pointer (&text);
  cg_preset_store_save (self->store, self->did, self->map);
}

/* Some tell another token for a new preset than they list it by (Q31). */
static void
name_added (CgPresetBook *self, GPtrArray *presets)
{
  const char *token =
      self->before != NULL ? cg_preset_map_get_token (self->map, self->added) : NULL;
  const char *listed;

  if (token != NULL && !cg_preset_slots_contain (presets, token)) {
    listed = cg_preset_slots_find_added (self->before, presets);
    if (listed != NULL)
      cg_preset_map_put (self->map, self->added, listed, NULL);
  }
  g_clear_pointer (&self->before, g_ptr_array_unref);
}

/**
 * cg_preset_book_reconcile:
 * @self: a book
 * @presets: (element-type CgOnvifPreset): all the camera has
 *
 * Brings it in line with GetPresets, see cg_preset_map_reconcile().
 */
void
cg_preset_book_reconcile (CgPresetBook *self, GPtrArray *presets)
{
  name_added (self, presets);
  cg_preset_map_reconcile (self->map, presets, self->reserved);
  self->is_shaky = FALSE;
}

static GStrv
list_tokens (CgPresetBook *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    if (cg_preset_map_get_token (self->map, i) != NULL)
      g_strv_builder_add (builder, cg_preset_map_get_token (self->map, i));
  }
  return g_strv_builder_end (builder);
}

/**
 * cg_preset_book_fill:
 * @self: a book
 * @request: (out): filled with what is known of the preset
 * @index: 1…128
 * @name: (nullable): that it shall have; without one it keeps its own
 */
void
cg_preset_book_fill (CgPresetBook *self, CgPresetRequest *request, guint index, const char *name)
{
  const char *own_name = cg_preset_map_get_name (self->map, index);
  const char *wanted = name != NULL && *name != '\0' ? name : own_name;

  request->index = index;
  request->name = wanted != NULL && *wanted != '\0' ? g_strdup (wanted) : NULL;
  request->token = g_strdup (cg_preset_map_get_token (self->map, index));
  request->is_ours = own_name != NULL;
  request->taken = list_tokens (self);
  request->reserved = g_strdup (self->reserved);
  request->max_presets = self->max_presets;
}

/**
 * cg_preset_book_put:
 * @self: a book
 * @index: 1…128
 * @name: (nullable): that was asked for
 * @outcome: of cg_preset_set_in_thread()
 *
 * The preset was set.
 */
void
cg_preset_book_put (CgPresetBook *self, guint index, const char *name, CgPresetOutcome *outcome)
{
  cg_preset_map_put (self->map, index, outcome->token, name);
  self->added = index;
  g_clear_pointer (&self->before, g_ptr_array_unref);
  self->before = g_steal_pointer (&outcome->presets);
  cg_preset_book_save (self);
}

/**
 * cg_preset_book_reserve:
 * @self: a book
 * @token: (nullable): of a slot that the camera does not give away (Q32)
 *
 * Returns: whether that is new
 */
gboolean
cg_preset_book_reserve (CgPresetBook *self, const char *token)
{
  char *reserved;

  if (token == NULL || cg_preset_slots_is_reserved (self->reserved, token))
    return FALSE;
  reserved = cg_preset_slots_reserve (self->reserved, token);
  g_free (self->reserved);
  self->reserved = reserved;
  return TRUE;
}
