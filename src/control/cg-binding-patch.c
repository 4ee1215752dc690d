/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-binding-patch.h"

#include "cg-binding-entry.h"
#include "cg-binding-list.h"
#include "cg-camera-member.h"
#include "cg-key.h"
#include "cg-member.h"

/* The one place of a list of cameras that is put beside those that are bound. */
#define PLACE "camera"

/* Returns: (transfer none): its entry, made if the cloud has not written one yet */
static JsonObject *
get_entry (JsonArray *cameras, GHashTable *index, const char *did)
{
  JsonObject *entry = g_hash_table_lookup (index, did);

  if (entry != NULL)
    return entry;
  entry = json_object_new ();
  json_object_set_string_member (entry, "did", did);
  json_array_add_object_element (cameras, entry);
  g_hash_table_insert (index, g_strdup (did), entry);
  return entry;
}

static gboolean
take_members (JsonObject *entry, const char *did, JsonObject *members, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (members);
  const char *named = NULL;

  if (cg_member_is_present (members, "did") &&
      (!cg_member_read_string (members, "did", &named) || !g_str_equal (named, did)))
    return cg_key_refuse (error, "is that of another camera");
  for (GList *l = names; l != NULL; l = l->next) {
    if (g_str_equal (l->data, "updated") || g_str_equal (l->data, "did"))
      continue;
    if (cg_member_is_present (members, l->data))
      json_object_set_member (entry, l->data, json_object_dup_member (members, l->data));
    else if (cg_member_is_present (entry, l->data))
      json_object_remove_member (entry, l->data);
  }
  return TRUE;
}

static void
drop_key (JsonObject *entry, const char *key)
{
  for (const CgCameraMember *row = cg_camera_member_get_all (); row->name != NULL; row++) {
    if (g_str_equal (row->key, key) && json_object_has_member (entry, row->name))
      json_object_remove_member (entry, row->name);
  }
}

/* Another spelling of an address takes the place of the one before. */
static void
drop_spellings (JsonObject *entry, JsonObject *members)
{
  for (const CgCameraMember *row = cg_camera_member_get_all (); row->name != NULL; row++) {
    if (cg_member_is_present (members, row->name))
      drop_key (entry, row->key);
  }
}

/**
 * cg_binding_patch_one:
 * @cameras: as the cloud has written them; changed, also on failure
 * @index: (element-type utf8 JsonObject): by did; changed with them
 * @file: the key file
 * @did: a camera that is bound, or is to be
 * @members: what is said of it now
 * @member: (out): on failure, which member is at fault
 * @error: return location: %CG_ERROR_INVALID_CONFIG; the message says what is wrong with the value
 *
 * What @members does not name stays as it is, null takes it away (PROTOCOL.md section 5, peripheral
 * **(choice)**).
 *
 * Returns: whether the whole is a camera
 */
gboolean
cg_binding_patch_one (JsonArray *cameras,
                      GHashTable *index,
                      const CgConfig *file,
                      const char *did,
                      JsonObject *members,
                      const char **member,
                      GError **error)
{
  const CgCameraConfig *known = cg_config_find_camera (file, did);
  JsonObject *entry = get_entry (cameras, index, did);
  g_autoptr (JsonObject) before = cg_binding_list_copy_object (entry);

  *member = "did";
  drop_spellings (entry, members);
  return take_members (entry, did, members, error) &&
         cg_binding_entry_resolve (entry, before, known, member, error) &&
         cg_binding_entry_check (entry, known, member, error);
}

/* Takes away again what is new and says no more than the key file, so that the file goes on to
 * count. @before: (nullable): what the cloud had written of it */
static void
drop_echo (JsonArray *cameras, GHashTable *index, JsonObject *before, const CgCameraConfig *known)
{
  for (guint i = json_array_get_length (cameras); i-- > 0;) {
    JsonObject *entry = json_array_get_object_element (cameras, i);

    if (!g_str_equal (json_object_get_string_member (entry, "did"), known->did))
      continue;
    cg_binding_entry_reduce (entry, before, known);
    if (before != NULL || json_object_get_size (entry) > 1)
      return;
    g_hash_table_remove (index, known->did);
    json_array_remove_element (cameras, i);
    return;
  }
}

/* @before: (nullable): what the cloud had written of it */
static void
count (CgBindingSum *sum, JsonObject *before, JsonObject *entry, gboolean is_known)
{
  if (before == NULL && !is_known)
    sum->added++;
  else if (cg_binding_list_equal (before, entry))
    sum->same++;
  else
    sum->changed++;
}

static gboolean
take_camera (JsonArray *cameras,
             GHashTable *index,
             const CgConfig *file,
             const char *did,
             JsonObject *members,
             CgBindingSum *sum,
             const char **member,
             GError **error)
{
  JsonObject *entry = g_hash_table_lookup (index, did);
  const CgCameraConfig *known = cg_config_find_camera (file, did);
  g_autoptr (JsonObject) before = entry != NULL ? cg_binding_list_copy_object (entry) : NULL;

  if (!cg_binding_patch_one (cameras, index, file, did, members, member, error))
    return FALSE;
  if (known != NULL)
    drop_echo (cameras, index, before, known);
  count (sum, before, g_hash_table_lookup (index, did), known != NULL);
  return TRUE;
}

/**
 * cg_binding_patch_all:
 * @cameras: as the cloud has written them; changed, also on failure
 * @file: the key file
 * @params: of `config merge`: a list `camera`
 * @sum: (inout): what has become of them
 * @error: return location: %CG_ERROR_INVALID_CONFIG names the path of the first fault
 *
 * Cameras that @params does not name stay as they are, and so do members. Of one that stands in the
 * key file, what says the same as the file is not taken over, unless the cloud has written it
 * before.
 *
 * Returns: whether all of them are cameras
 */
gboolean
cg_binding_patch_all (
    JsonArray *cameras, const CgConfig *file, JsonObject *params, CgBindingSum *sum, GError **error)
{
  JsonNode *node = json_object_get_member (params, PLACE);
  g_autoptr (GHashTable) index = cg_binding_list_index (cameras);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *list;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return cg_key_refuse (error, PLACE ": is no list");
  list = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonNode *one = json_array_get_element (list, i);
    JsonObject *members = JSON_NODE_HOLDS_OBJECT (one) ? json_node_get_object (one) : NULL;
    const char *member = "did";
    const char *did = NULL;

    if (members == NULL)
      cg_key_refuse (error, "is missing: the entry is no object");
    else
      did = cg_binding_list_check_did (members, file, PLACE, i, seen, error);
    if (did == NULL || !take_camera (cameras, index, file, did, members, sum, &member, error)) {
      g_prefix_error (error, PLACE "[%u].%s: ", i, member);
      return FALSE;
    }
  }
  return TRUE;
}
