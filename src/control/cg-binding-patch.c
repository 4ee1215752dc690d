/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-binding-patch.h"

#include "cg-binding-entry.h"
#include "cg-binding-list.h"
#include "cg-member.h"

/* The one place of a list of cameras that is put beside those that are bound. */
#define PLACE "camera"

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, text);
  return FALSE;
}

/* Returns: (transfer none): its entry, made if the cloud has not written one yet */
static JsonObject *
get_entry (JsonArray *cameras, const char *did)
{
  JsonObject *entry = cg_binding_list_find (cameras, did);

  if (entry != NULL)
    return entry;
  entry = json_object_new ();
  json_object_set_string_member (entry, "did", did);
  json_array_add_object_element (cameras, entry);
  return entry;
}

static gboolean
take_members (JsonObject *entry, const char *did, JsonObject *members, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (members);
  const char *named = NULL;

  if (cg_member_is_present (members, "did") &&
      (!cg_member_read_string (members, "did", &named) || !g_str_equal (named, did)))
    return refuse (error, "is that of another camera");
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

/* Another spelling of an address takes the place of the one before. */
static void
drop_spellings (JsonObject *entry, JsonObject *members)
{
  static const char *const spellings[] = {"address", "host", "ip"};
  gboolean is_given = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (spellings); i++)
    is_given |= cg_member_is_present (members, spellings[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (spellings) && is_given; i++) {
    if (json_object_has_member (entry, spellings[i]))
      json_object_remove_member (entry, spellings[i]);
  }
}

/**
 * cg_binding_patch_one:
 * @cameras: as the cloud has written them; changed, also on failure
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
                      const CgConfig *file,
                      const char *did,
                      JsonObject *members,
                      const char **member,
                      GError **error)
{
  const CgCameraConfig *known = cg_config_find_camera (file, did);
  JsonObject *entry = get_entry (cameras, did);
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
drop_echo (JsonArray *cameras, JsonObject *before, const CgCameraConfig *known)
{
  for (guint i = json_array_get_length (cameras); i-- > 0;) {
    JsonObject *entry = json_array_get_object_element (cameras, i);

    if (!g_str_equal (json_object_get_string_member (entry, "did"), known->did))
      continue;
    cg_binding_entry_reduce (entry, before, known);
    if (before == NULL && json_object_get_size (entry) == 1)
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
check_did (const CgConfig *file, JsonArray *list, guint index, const char **did, GError **error)
{
  if (!cg_member_read_string (json_array_get_object_element (list, index), "did", did))
    return refuse (error, "is missing, or no text");
  if (!cg_config_check_did (*did, error))
    return FALSE;
  if (g_str_equal (*did, file->gateway.did))
    return refuse (error, "is the gateway's own");
  for (guint i = 0; i < index; i++) {
    if (g_str_equal (
            *did, json_object_get_string_member (json_array_get_object_element (list, i), "did")))
      return refuse (error, "stands twice, first in " PLACE "[%u]", i);
  }
  return TRUE;
}

static gboolean
take_camera (JsonArray *cameras,
             const CgConfig *file,
             JsonArray *list,
             guint index,
             CgBindingSum *sum,
             const char **member,
             GError **error)
{
  JsonNode *node = json_array_get_element (list, index);
  g_autoptr (JsonObject) before = NULL;
  const CgCameraConfig *known;
  const char *did;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, "is missing: the entry is no object");
  if (!check_did (file, list, index, &did, error))
    return FALSE;
  known = cg_config_find_camera (file, did);
  if (cg_binding_list_find (cameras, did) != NULL)
    before = cg_binding_list_copy_object (cg_binding_list_find (cameras, did));
  if (!cg_binding_patch_one (cameras, file, did, json_node_get_object (node), member, error))
    return FALSE;
  if (known != NULL)
    drop_echo (cameras, before, known);
  count (sum, before, cg_binding_list_find (cameras, did), known != NULL);
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
  JsonArray *list;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return refuse (error, PLACE ": is no list");
  list = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (list); i++) {
    const char *member = "did";

    if (!take_camera (cameras, file, list, i, sum, &member, error)) {
      g_prefix_error (error, PLACE "[%u].%s: ", i, member);
      return FALSE;
    }
  }
  return TRUE;
}
