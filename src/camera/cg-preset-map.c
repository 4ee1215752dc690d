/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-preset-map.h"

typedef struct {
  char *token; /* (nullable): %NULL where the index is free */
  char *name;  /* (nullable) */
} Slot;

struct _CgPresetMap {
  Slot slots[CG_PRESET_INDEX_MAX + 1]; /* by index; 0 is never used */
};

static void
slot_clear (Slot *self)
{
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->name, g_free);
}

static gboolean
is_index (gint64 index)
{
  return index >= 1 && index <= CG_PRESET_INDEX_MAX;
}

static guint
find_token (CgPresetMap *self, const char *token)
{
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    if (g_strcmp0 (self->slots[i].token, token) == 0)
      return i;
  }
  return 0;
}

/* A token that is the plain decimal number of an index; 0 for any other. */
static guint
index_from_token (const char *token)
{
  guint64 number = 0;
  g_autofree char *plain = NULL;

  if (!g_ascii_string_to_unsigned (token, 10, 1, CG_PRESET_INDEX_MAX, &number, NULL))
    return 0;
  plain = g_strdup_printf ("%u", (guint)number);
  return g_str_equal (plain, token) ? (guint)number : 0;
}

static guint
lowest_free (CgPresetMap *self)
{
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    if (self->slots[i].token == NULL)
      return i;
  }
  return 0;
}

static void
drop_gone (CgPresetMap *self, const char *const *tokens)
{
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    if (self->slots[i].token != NULL && !g_strv_contains (tokens, self->slots[i].token))
      slot_clear (&self->slots[i]);
  }
}

/* Known tokens keep their index; numbers take theirs before the others fill the gaps. */
static void
place_tokens (CgPresetMap *self,
              const char *const *tokens,
              const char *const *names,
              gboolean numbers)
{
  for (guint i = 0; tokens[i] != NULL; i++) {
    guint index = find_token (self, tokens[i]);

    if (index == 0 && numbers) {
      index = index_from_token (tokens[i]);
      if (index == 0 || self->slots[index].token != NULL)
        continue;
    }
    if (index == 0)
      index = lowest_free (self);
    if (index == 0)
      return;
    cg_preset_map_put (self, index, tokens[i], names[i]);
  }
}

/**
 * cg_preset_map_new:
 *
 * Returns: (transfer full): an empty map
 */
CgPresetMap *
cg_preset_map_new (void)
{
  return g_new0 (CgPresetMap, 1);
}

/**
 * cg_preset_map_free:
 * @self: (transfer full): a map
 */
void
cg_preset_map_free (CgPresetMap *self)
{
  for (guint i = 0; i <= CG_PRESET_INDEX_MAX; i++)
    slot_clear (&self->slots[i]);
  g_free (self);
}

/**
 * cg_preset_map_get_token:
 * @self: a map
 * @index: 1…128
 *
 * Returns: (transfer none) (nullable): the token behind @index
 */
const char *
cg_preset_map_get_token (CgPresetMap *self, guint index)
{
  g_return_val_if_fail (is_index (index), NULL);

  return self->slots[index].token;
}

/**
 * cg_preset_map_put:
 * @self: a map
 * @index: 1…128
 * @token: what the camera calls it
 * @name: (nullable): what people call it; empty counts as none
 *
 * A token stands behind one index only: wherever else it stood it is gone.
 */
void
cg_preset_map_put (CgPresetMap *self, guint index, const char *token, const char *name)
{
  const guint old = find_token (self, token);
  g_autofree char *token_copy = g_strdup (token);
  g_autofree char *name_copy = name != NULL && *name != '\0' ? g_strdup (name) : NULL;

  g_return_if_fail (is_index (index));

  if (old != 0)
    slot_clear (&self->slots[old]);
  slot_clear (&self->slots[index]);
  self->slots[index].token = g_steal_pointer (&token_copy);
  self->slots[index].name = g_steal_pointer (&name_copy);
}

/**
 * cg_preset_map_remove:
 * @self: a map
 * @index: 1…128
 */
void
cg_preset_map_remove (CgPresetMap *self, guint index)
{
  g_return_if_fail (is_index (index));

  slot_clear (&self->slots[index]);
}

/**
 * cg_preset_map_reconcile:
 * @self: a map
 * @tokens: (array zero-terminated=1): all the camera has, in its order
 * @names: as many names, each possibly empty
 *
 * Brings the map in line with GetPresets: what is known keeps its index, tokens that are numbers
 * 1…128 take that index, the others the lowest free one, what is gone is dropped, what finds no
 * place is left out. Source: PROTOCOL.md section 4, preset; Q31.
 */
void
cg_preset_map_reconcile (CgPresetMap *self, const char *const *tokens, const char *const *names)
{
  drop_gone (self, tokens);
  place_tokens (self, tokens, names, TRUE);
  place_tokens (self, tokens, names, FALSE);
}

/**
 * cg_preset_map_list:
 * @self: a map
 *
 * Returns: (transfer full) (element-type CgPresetEntry): by rising index
 */
GPtrArray *
cg_preset_map_list (CgPresetMap *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_preset_entry_free);

  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    CgPresetEntry *entry;

    if (self->slots[i].token == NULL)
      continue;
    entry = g_new0 (CgPresetEntry, 1);
    entry->index = i;
    entry->name = g_strdup (self->slots[i].name);
    g_ptr_array_add (list, entry);
  }
  return list;
}

/**
 * cg_preset_map_to_json:
 * @self: a map
 *
 * Returns: (transfer full): `{"presets":[{"index":1,"token":"7","name":"gate"}]}`
 */
JsonNode *
cg_preset_map_to_json (CgPresetMap *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "presets");
  json_builder_begin_array (builder);
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    if (self->slots[i].token == NULL)
      continue;
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "index");
    json_builder_add_int_value (builder, i);
    json_builder_set_member_name (builder, "token");
    json_builder_add_string_value (builder, self->slots[i].token);
    if (self->slots[i].name != NULL) {
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, self->slots[i].name);
    }
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
read_entry (CgPresetMap *self, JsonNode *node)
{
  JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *token;
  gint64 index;

  if (entry == NULL)
    return;
  index = json_object_get_int_member_with_default (entry, "index", 0);
  token = json_object_get_string_member_with_default (entry, "token", NULL);
  if (is_index (index) && token != NULL)
    cg_preset_map_put (self, (guint)index, token,
                       json_object_get_string_member_with_default (entry, "name", NULL));
}

/**
 * cg_preset_map_from_json:
 * @self: a map
 * @node: what cg_preset_map_to_json() gave, perhaps edited by hand
 *
 * Adds what is readable in @node; entries that are not are left out.
 *
 * Returns: %FALSE if @node has another shape altogether
 */
gboolean
cg_preset_map_from_json (CgPresetMap *self, JsonNode *node)
{
  JsonNode *presets;
  JsonArray *array;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  presets = json_object_get_member (json_node_get_object (node), "presets");
  if (presets == NULL || !JSON_NODE_HOLDS_ARRAY (presets))
    return FALSE;
  array = json_node_get_array (presets);
  for (guint i = 0; i < json_array_get_length (array); i++)
    read_entry (self, json_array_get_element (array, i));
  return TRUE;
}
