/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-binding-list.h"

#include "cg-key.h"
#include "cg-member.h"

static const struct {
  const char *place;
  const char *outer; /* (nullable): an object around it */
  const char *inner;
} rows[] = {
    {"camera", NULL, "camera"},
    {"cameras", NULL, "cameras"},
    {"peripherals.camera", "peripherals", "camera"},
};

/* Returns: (nullable): the object in which this row's list stands, if anything stands there */
static JsonObject *
find_holder (JsonObject *document, gsize row)
{
  JsonObject *holder =
      rows[row].outer != NULL ? cg_member_get_object (document, rows[row].outer) : document;

  return holder != NULL && cg_member_is_present (holder, rows[row].inner) ? holder : NULL;
}

/**
 * cg_binding_list_get_place:
 * @index: 0: how we write it ourselves
 *
 * Returns: a place, as paths of faults begin
 */
const char *
cg_binding_list_get_place (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (rows), NULL);

  return rows[index].place;
}

/**
 * cg_binding_list_check:
 * @document: a configuration
 * @error: return location: %CG_ERROR_INVALID_CONFIG
 *
 * Returns: whether it has one list of cameras at most
 */
gboolean
cg_binding_list_check (JsonObject *document, GError **error)
{
  const char *first = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    JsonObject *holder = find_holder (document, i);
    const char *why = NULL;

    if (holder == NULL)
      continue;
    if (!JSON_NODE_HOLDS_ARRAY (json_object_get_member (holder, rows[i].inner)))
      why = "is no list";
    else if (first != NULL)
      why = "is a second list of cameras";
    if (why != NULL) {
      g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "%s: %s", rows[i].place, why);
      return FALSE;
    }
    first = rows[i].place;
  }
  return TRUE;
}

/**
 * cg_binding_list_has:
 * @document: a configuration
 *
 * Returns: whether it has a list of cameras
 */
gboolean
cg_binding_list_has (JsonObject *document)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (find_holder (document, i) != NULL)
      return TRUE;
  }
  return FALSE;
}

/**
 * cg_binding_list_take:
 * @document: a configuration; loses its list of cameras
 * @place: (out) (transfer full): where that stood; the first place if it had none
 *
 * Returns: (transfer full): the list, empty if it had none
 */
JsonArray *
cg_binding_list_take (JsonObject *document, char **place)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    JsonObject *holder = find_holder (document, i);
    JsonArray *cameras;

    if (holder == NULL || !JSON_NODE_HOLDS_ARRAY (json_object_get_member (holder, rows[i].inner)))
      continue;
    cameras = json_array_ref (json_object_get_array_member (holder, rows[i].inner));
    json_object_remove_member (holder, rows[i].inner);
    *place = g_strdup (rows[i].place);
    return cameras;
  }
  *place = g_strdup (rows[0].place);
  return json_array_new ();
}

/**
 * cg_binding_list_put:
 * @document: a configuration without a list of cameras
 * @place: where it is to stand
 * @cameras: (transfer full): the list
 */
void
cg_binding_list_put (JsonObject *document, const char *place, JsonArray *cameras)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (!g_str_equal (rows[i].place, place))
      continue;
    if (rows[i].outer != NULL && cg_member_get_object (document, rows[i].outer) == NULL)
      json_object_set_object_member (document, rows[i].outer, json_object_new ());
    if (rows[i].outer != NULL)
      document = cg_member_get_object (document, rows[i].outer);
    json_object_set_array_member (document, rows[i].inner, cameras);
    return;
  }
  json_array_unref (cameras);
  g_return_if_reached ();
}

/**
 * cg_binding_list_check_did:
 * @entry: of a list
 * @file: the key file
 * @place: where the list stands
 * @index: of the entry in it
 * @seen: (element-type utf8 guint): dids of those before, and where they stood; takes this one
 * @error: return location: %CG_ERROR_INVALID_CONFIG says what is wrong with the did
 *
 * Returns: (transfer none) (nullable): its did, which may be bound here and stands there once
 */
const char *
cg_binding_list_check_did (JsonObject *entry,
                           const CgConfig *file,
                           const char *place,
                           guint index,
                           GHashTable *seen,
                           GError **error)
{
  const char *did = NULL;
  gpointer first;

  if (!cg_member_read_string (entry, "did", &did))
    cg_key_refuse (error, "is missing, or no text");
  else if (!cg_config_check_did (did, error))
    return NULL;
  else if (g_str_equal (did, file->gateway.did))
    cg_key_refuse (error, "is the gateway's own");
  else if (g_hash_table_lookup_extended (seen, did, NULL, &first))
    cg_key_refuse (error, "stands twice, first in %s[%u]", place, GPOINTER_TO_UINT (first));
  else {
    g_hash_table_insert (seen, g_strdup (did), GUINT_TO_POINTER (index));
    return did;
  }
  return NULL;
}

/**
 * cg_binding_list_index:
 * @cameras: a list, which lives longer
 *
 * Thousands of cameras are looked for one by one.
 *
 * Returns: (transfer full) (element-type utf8 JsonObject): its entries by did, each lent; of two
 *   with the same one the first
 */
GHashTable *
cg_binding_list_index (JsonArray *cameras)
{
  GHashTable *index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < json_array_get_length (cameras); i++) {
    JsonNode *node = json_array_get_element (cameras, i);
    const char *did = NULL;

    if (JSON_NODE_HOLDS_OBJECT (node) &&
        cg_member_read_string (json_node_get_object (node), "did", &did) &&
        !g_hash_table_contains (index, did))
      g_hash_table_insert (index, g_strdup (did), json_node_get_object (node));
  }
  return index;
}

/**
 * cg_binding_list_equal:
 * @a: (nullable): an object
 * @b: (nullable): another
 *
 * Returns: whether both say the same, in whatever order
 */
gboolean
cg_binding_list_equal (JsonObject *a, JsonObject *b)
{
  g_autoptr (JsonNode) one = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonNode) other = json_node_new (JSON_NODE_OBJECT);

  if (a == NULL || b == NULL)
    return a == b;
  json_node_set_object (one, a);
  json_node_set_object (other, b);
  return json_node_equal (one, other);
}

/* As json_node_copy(), which shares what the node holds. */
static JsonNode *
copy_node (JsonNode *node)
{
  JsonNode *copy = json_node_new (json_node_get_node_type (node));
  g_autoptr (GList) names = NULL;
  JsonObject *object;

  if (JSON_NODE_HOLDS_ARRAY (node)) {
    json_node_take_array (copy, cg_binding_list_copy_array (json_node_get_array (node)));
    return copy;
  }
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    json_node_unref (copy);
    return json_node_copy (node);
  }
  object = json_object_new ();
  names = json_object_get_members (json_node_get_object (node));
  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (
        object, l->data, copy_node (json_object_get_member (json_node_get_object (node), l->data)));
  json_node_take_object (copy, object);
  return copy;
}

/**
 * cg_binding_list_copy_array:
 * @array: a list
 *
 * Returns: (transfer full): another that shares nothing with it
 */
JsonArray *
cg_binding_list_copy_array (JsonArray *array)
{
  JsonArray *copy = json_array_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    json_array_add_element (copy, copy_node (json_array_get_element (array, i)));
  return copy;
}

/**
 * cg_binding_list_copy_object:
 * @object: an object
 *
 * Returns: (transfer full): the same again, which shares nothing with it
 */
JsonObject *
cg_binding_list_copy_object (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonNode) copy = NULL;

  json_node_set_object (node, object);
  copy = copy_node (node);
  return json_node_dup_object (copy);
}
