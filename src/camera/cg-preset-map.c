/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-preset-map-private.h"

#include "cg-json.h"

/* Of the generic ranges a hundredth: gears are not more exact than that, and nobody mistakes more.
 */
const CgPresetPlace cg_preset_place_generic_tolerance = {.pan = 0.02, .tilt = 0.02, .zoom = 0.01};

/* Encoders are off by that part of it from one arrival to the next. */
#define NOTED_PART 0.2

/**
 * cg_preset_slot_clear:
 * @self: a slot
 *
 * It is free.
 */
void
cg_preset_slot_clear (CgPresetSlot *self)
{
  g_free (self->token);
  g_free (self->name);
  g_free (self->shown);
  *self = (CgPresetSlot){0};
}

static gboolean
is_index (gint64 index)
{
  return index >= 1 && index <= CG_PRESET_INDEX_MAX;
}

static char *
dup_name (const char *name)
{
  return name != NULL && *name != '\0' ? g_strdup (name) : NULL;
}

/**
 * cg_preset_place_is_known:
 * @self: a place
 *
 * Returns: whether anything of it is known
 */
gboolean
cg_preset_place_is_known (const CgPresetPlace *self)
{
  return self->has_position || self->has_zoom;
}

/* Cameras that list empty slots put them all at the very middle: as good as nothing. */
static gboolean
place_is_middle (const CgPresetPlace *self)
{
  return self->pan == 0 && self->tilt == 0 && self->zoom == 0;
}

/**
 * cg_preset_place_is_same:
 * @a: a place
 * @b: another
 * @tolerance: of the camera, see cg_preset_map_set_tolerance()
 * @part: of @tolerance, that may lie between them
 *
 * Returns: whether both are the same, and as much is known of them
 */
gboolean
cg_preset_place_is_same (const CgPresetPlace *a,
                         const CgPresetPlace *b,
                         const CgPresetPlace *tolerance,
                         double part)
{
  return a->has_position == b->has_position && a->has_zoom == b->has_zoom &&
         ABS (a->pan - b->pan) <= part * tolerance->pan &&
         ABS (a->tilt - b->tilt) <= part * tolerance->tilt &&
         ABS (a->zoom - b->zoom) <= part * tolerance->zoom;
}

/* Whether one may be what the other became when the camera came to rest. */
static gboolean
place_is_near (const CgPresetPlace *a, const CgPresetPlace *b, const CgPresetPlace *tolerance)
{
  const gboolean both_turn = a->has_position && b->has_position;

  return (!both_turn || (ABS (a->pan - b->pan) <= tolerance->pan &&
                         ABS (a->tilt - b->tilt) <= tolerance->tilt)) &&
         (!a->has_zoom || !b->has_zoom || ABS (a->zoom - b->zoom) <= tolerance->zoom);
}

/**
 * cg_preset_map_new:
 *
 * Returns: (transfer full): an empty map
 */
CgPresetMap *
cg_preset_map_new (void)
{
  CgPresetMap *self = g_new0 (CgPresetMap, 1);

  self->tolerance = cg_preset_place_generic_tolerance;
  return self;
}

/**
 * cg_preset_map_set_tolerance:
 * @self: a map
 * @tolerance: by how much pan, tilt and zoom of one place may differ, in the camera's own units
 *
 * Until then they are those of the generic spaces.
 */
void
cg_preset_map_set_tolerance (CgPresetMap *self, const CgPresetPlace *tolerance)
{
  self->tolerance = *tolerance;
}

/**
 * cg_preset_map_free:
 * @self: (transfer full): a map
 */
void
cg_preset_map_free (CgPresetMap *self)
{
  for (guint i = 0; i <= CG_PRESET_INDEX_MAX; i++)
    cg_preset_slot_clear (&self->slots[i]);
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
 * cg_preset_map_get_name:
 * @self: a map
 * @index: 1…128
 *
 * Returns: (transfer none) (nullable): the name that was asked for, if it still counts; empty: it
 *   was set without one
 */
const char *
cg_preset_map_get_name (CgPresetMap *self, guint index)
{
  g_return_val_if_fail (is_index (index), NULL);

  return self->slots[index].name;
}

/**
 * cg_preset_map_get_shown_name:
 * @self: a map
 * @index: 1…128
 *
 * Returns: (transfer none) (nullable): the name to be listed: what was asked for, else what the
 *   camera shows, unless it has made that up by itself when the preset was set
 */
const char *
cg_preset_map_get_shown_name (CgPresetMap *self, guint index)
{
  g_return_val_if_fail (is_index (index), NULL);

  const CgPresetSlot *slot = &self->slots[index];
  const char *name = slot->name != NULL ? slot->name : slot->shown;
  return name != NULL && *name != '\0' ? name : NULL;
}

/* What a camera tells of a preset is in the generic spaces. One whose ranges are wider tells where
 * it stands in others, degrees as a rule: its places say nothing of each other. */
static gboolean
tells_presets_as_itself (const CgPresetMap *self)
{
  const CgPresetPlace *generic = &cg_preset_place_generic_tolerance;

  return self->tolerance.pan <= generic->pan && self->tolerance.tilt <= generic->tilt &&
         self->tolerance.zoom <= generic->zoom;
}

/**
 * cg_preset_map_get_place:
 * @self: a map
 * @index: 1…128
 * @place: (out): where the camera came to rest there, else what it tells of that preset
 *
 * Returns: whether it is known: one that contradicts the other is not believed
 */
gboolean
cg_preset_map_get_place (CgPresetMap *self, guint index, CgPresetPlace *place)
{
  g_return_val_if_fail (is_index (index), FALSE);

  const CgPresetSlot *slot = &self->slots[index];
  const gboolean is_told = tells_presets_as_itself (self) &&
                           cg_preset_place_is_known (&slot->told) && !place_is_middle (&slot->told);
  const gboolean is_noted = cg_preset_place_is_known (&slot->noted);

  if (is_told && is_noted && !place_is_near (&slot->told, &slot->noted, &self->tolerance))
    return FALSE;
  if (is_told || is_noted)
    *place = is_noted ? slot->noted : slot->told;
  return is_told || is_noted;
}

/**
 * cg_preset_map_has_slot:
 * @self: a map
 * @index: 1…128
 *
 * Returns: whether the camera has a slot of that number, though perhaps an empty one
 */
gboolean
cg_preset_map_has_slot (CgPresetMap *self, guint index)
{
  g_return_val_if_fail (is_index (index), FALSE);

  return self->is_there[index];
}

/**
 * cg_preset_map_dup_token:
 * @self: a map
 * @index: 1…128
 *
 * Of a slot that looks empty the camera knows best whether it is.
 *
 * Returns: (transfer full) (nullable): by which the camera is asked for that preset; %NULL: it has
 *   none
 */
char *
cg_preset_map_dup_token (CgPresetMap *self, guint index)
{
  const char *token = cg_preset_map_get_token (self, index);

  if (token != NULL)
    return g_strdup (token);
  return cg_preset_map_has_slot (self, index) ? g_strdup_printf ("%u", index) : NULL;
}

/**
 * cg_preset_map_find:
 * @self: a map
 * @token: of a preset
 *
 * Returns: its index; 0: it has none
 */
guint
cg_preset_map_find (CgPresetMap *self, const char *token)
{
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    if (g_strcmp0 (self->slots[i].token, token) == 0)
      return i;
  }
  return 0;
}

/**
 * cg_preset_map_put:
 * @self: a map
 * @index: 1…128
 * @token: what the camera calls it
 * @name: (nullable): what people call it; %NULL or empty: as before
 *
 * The preset was set. A token stands behind one index only: wherever else it stood it is gone.
 */
void
cg_preset_map_put (CgPresetMap *self, guint index, const char *token, const char *name)
{
  const guint old = cg_preset_map_find (self, token);
  CgPresetSlot next = {.token = g_strdup (token), .name = dup_name (name)};

  g_return_if_fail (is_index (index));

  if (next.name == NULL)
    next.name = g_strdup (cg_preset_map_get_shown_name (self, index) ?: "");
  if (old != 0)
    cg_preset_slot_clear (&self->slots[old]);
  cg_preset_slot_clear (&self->slots[index]);
  self->slots[index] = next;
}

/**
 * cg_preset_map_put_place:
 * @self: a map
 * @index: 1…128
 * @place: where the camera came to rest after it was set or called
 *
 * What is the same as before is not noted anew: it would wander, and be written each time.
 */
void
cg_preset_map_put_place (CgPresetMap *self, guint index, const CgPresetPlace *place)
{
  g_return_if_fail (is_index (index));

  CgPresetSlot *slot = &self->slots[index];
  if (slot->token != NULL &&
      !cg_preset_place_is_same (&slot->noted, place, &self->tolerance, NOTED_PART))
    slot->noted = *place;
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

  cg_preset_slot_clear (&self->slots[index]);
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
    entry->name = g_strdup (cg_preset_map_get_shown_name (self, i));
    g_ptr_array_add (list, entry);
  }
  return list;
}

static void
write_place (JsonObject *entry, const char *name, const CgPresetPlace *place)
{
  JsonObject *object;

  if (!cg_preset_place_is_known (place))
    return;
  object = json_object_new ();
  if (place->has_position) {
    json_object_set_double_member (object, "pan", place->pan);
    json_object_set_double_member (object, "tilt", place->tilt);
  }
  if (place->has_zoom)
    json_object_set_double_member (object, "zoom", place->zoom);
  json_object_set_object_member (entry, name, object);
}

static JsonObject *
write_entry (guint index, const CgPresetSlot *slot)
{
  JsonObject *entry = json_object_new ();

  json_object_set_int_member (entry, "index", index);
  json_object_set_string_member (entry, "token", slot->token);
  if (slot->name != NULL)
    json_object_set_string_member (entry, "name", slot->name);
  if (slot->shown != NULL)
    json_object_set_string_member (entry, "shown", slot->shown);
  write_place (entry, "told", &slot->told);
  write_place (entry, "place", &slot->noted);
  return entry;
}

/**
 * cg_preset_map_to_json:
 * @self: a map
 *
 * Returns: (transfer full): `{"presets":[{"index":1,"token":"7","name":"gate","shown":"GATE",
 *   "place":{"pan":0.1,"tilt":0,"zoom":0}}]}`
 */
JsonNode *
cg_preset_map_to_json (CgPresetMap *self)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray *presets = json_array_new ();

  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    if (self->slots[i].token != NULL)
      json_array_add_object_element (presets, write_entry (i, &self->slots[i]));
  }
  json_object_set_array_member (object, "presets", presets);
  json_node_take_object (node, object);
  return node;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static CgPresetPlace
read_place (JsonObject *entry, const char *name)
{
  JsonNode *node = json_object_get_member (entry, name);
  CgPresetPlace place = {0};
  JsonObject *object;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return place;
  object = json_node_get_object (node);
  place.has_position = cg_json_read_number (object, "pan", &place.pan) &&
                       cg_json_read_number (object, "tilt", &place.tilt);
  place.has_zoom = cg_json_read_number (object, "zoom", &place.zoom);
  return place;
}

static void
read_entry (CgPresetMap *self, JsonNode *node)
{
  JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *token = entry != NULL ? get_text (entry, "token") : NULL;
  double index = 0;
  CgPresetSlot *slot;

  if (token == NULL || !cg_json_read_number (entry, "index", &index) ||
      !(index >= 1 && index <= CG_PRESET_INDEX_MAX))
    return;
  cg_preset_map_put (self, (guint)index, token, NULL);
  slot = &self->slots[(guint)index];
  g_free (slot->name);
  slot->name = g_strdup (get_text (entry, "name"));
  slot->shown = g_strdup (get_text (entry, "shown"));
  slot->told = read_place (entry, "told");
  slot->noted = read_place (entry, "place");
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
