/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-binding-entry.h"

#include "cg-camera-member.h"
#include "cg-log.h"
#include "cg-member.h"

static gboolean
is_text (JsonObject *entry, const char *member)
{
  JsonNode *node = json_object_get_member (entry, member);

  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

/* Returns: (nullable): by which member this entry gives @key */
static const char *
find_member (JsonObject *entry, const char *key)
{
  for (const CgCameraMember *row = cg_camera_member_get_all (); row->name != NULL; row++) {
    if (g_str_equal (row->key, key) && cg_member_is_present (entry, row->name))
      return row->name;
  }
  return NULL;
}

/**
 * cg_binding_entry_apply:
 * @entry: a camera as the cloud writes it
 * @camera: what is known of it without that; changed also on failure
 * @member: (out): on failure, which member is at fault
 * @error: return location: %CG_ERROR_INVALID_CONFIG; the message says what is wrong with the value
 *
 * What the cloud says wins; what it does not say stays.
 *
 * Returns: whether the whole is a camera
 */
gboolean
cg_binding_entry_apply (JsonObject *entry,
                        CgCameraConfig *camera,
                        const char **member,
                        GError **error)
{
  const char *key = NULL;

  for (const CgCameraMember *row = cg_camera_member_get_all (); row->name != NULL; row++) {
    *member = row->name;
    if (!cg_member_is_present (entry, row->name))
      continue;
    if (!is_text (entry, row->name))
      return cg_key_refuse (error, "is no text");
    if (find_member (entry, row->key) != row->name)
      return cg_key_refuse (error, "address is given twice, by another name too");
    if (!cg_key_set (cg_camera_member_get_key (row), camera,
                     json_object_get_string_member (entry, row->name), error))
      return FALSE;
  }
  if (cg_camera_config_settle (camera, &key, error))
    return TRUE;
  *member = find_member (entry, key);
  if (*member == NULL)
    *member = g_intern_string (key);
  return FALSE;
}

/* The setting of a camera that stands in a file, as text; secrets and plain words only. */
static const char *
get_text (const CgCameraConfig *file, const CgKey *key)
{
  if (key->type == CG_KEY_WORD)
    return key->words[G_STRUCT_MEMBER (int, file, key->offset) - (int)key->min];
  return G_STRUCT_MEMBER (const char *, file, key->offset);
}

static gboolean
is_starred (JsonObject *entry, const char *member)
{
  return cg_member_is_present (entry, member) && is_text (entry, member) &&
         g_str_equal (json_object_get_string_member (entry, member), CG_LOG_HIDDEN);
}

static gboolean
is_hidden (JsonObject *entry, const char *member)
{
  return cg_member_is_present (entry, member) && is_text (entry, member) &&
         cg_log_is_hidden (json_object_get_string_member (entry, member));
}

/* @stored: (nullable): an address
 *
 * Returns: whether @text is what is shown of it */
static gboolean
is_shown_for (const char *text, const char *stored)
{
  g_autofree char *shown = cg_log_uri (stored);

  return stored != NULL && g_str_equal (text, shown);
}

static gboolean
resolve_address (JsonObject *entry,
                 const CgCameraMember *row,
                 JsonObject *before,
                 const CgCameraConfig *file,
                 GError **error)
{
  const char *text = json_object_get_string_member (entry, row->name);
  const char *member = before != NULL ? find_member (before, row->key) : NULL;
  const char *stored = member != NULL ? json_object_get_string_member (before, member) : NULL;

  if (is_shown_for (text, stored)) {
    cg_member_set_text (entry, row->name, stored);
    return TRUE;
  }
  if (file != NULL && is_shown_for (text, get_text (file, cg_camera_member_get_key (row)))) {
    json_object_remove_member (entry, row->name);
    return TRUE;
  }
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "contains stars, and no such %s is stored",
               row->key);
  return FALSE;
}

static gboolean
resolve_secret (JsonObject *entry,
                const CgCameraMember *row,
                JsonObject *before,
                const CgCameraConfig *file,
                GError **error)
{
  const char *member = row->name;

  if (before != NULL && cg_member_is_present (before, member))
    json_object_set_member (entry, member, json_object_dup_member (before, member));
  else if (file != NULL && get_text (file, cg_camera_member_get_key (row)) != NULL)
    json_object_remove_member (entry, member);
  else
    return cg_key_refuse (error, "is stars, and none is stored");
  return TRUE;
}

/**
 * cg_binding_entry_resolve:
 * @entry: a camera as the cloud writes it; changed
 * @before: (nullable): as it wrote it last
 * @file: (nullable): as the key file has it
 * @member: (out): on failure, which member is at fault
 * @error: return location: %CG_ERROR_INVALID_CONFIG
 *
 * PROTOCOL.md section 5: stars keep the stored password, and an address that is given as it is
 * shown keeps the stored one (Q26). What stands in the file stays there alone.
 *
 * Returns: %FALSE if there are stars for what nobody has stored
 */
gboolean
cg_binding_entry_resolve (JsonObject *entry,
                          JsonObject *before,
                          const CgCameraConfig *file,
                          const char **member,
                          GError **error)
{
  for (const CgCameraMember *row = cg_camera_member_get_all (); row->name != NULL; row++) {
    *member = row->name;
    if (row->is_secret && is_starred (entry, row->name) &&
        !resolve_secret (entry, row, before, file, error))
      return FALSE;
    if (row->is_address && is_hidden (entry, row->name) &&
        !resolve_address (entry, row, before, file, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
move_login (JsonObject *entry, const char *key, const char *plain)
{
  const char *member = find_member (entry, key);

  if (member == NULL || g_strcmp0 (json_object_get_string_member (entry, member), plain) == 0)
    return FALSE;
  json_object_set_string_member (entry, member, plain);
  return TRUE;
}

/* Credentials never stand in a URL (Q26): one that did stands in members of its own from now on,
 * which are hidden. */
static void
move_login_out (JsonObject *entry, const CgCameraConfig *camera)
{
  const gboolean in_url = move_login (entry, "url", camera->url);

  if (!move_login (entry, "address", camera->address) && !in_url)
    return;
  cg_member_set_text (entry, "username", camera->username);
  cg_member_set_text (entry, "password", camera->password);
}

/**
 * cg_binding_entry_make_camera:
 * @entry: a camera as the cloud writes it, with a did
 * @file: (nullable): the same camera in the key file
 *
 * Returns: (transfer full): what is known of it without what the cloud says
 */
CgCameraConfig *
cg_binding_entry_make_camera (JsonObject *entry, const CgCameraConfig *file)
{
  return file != NULL ? cg_camera_config_copy (file)
                      : cg_camera_config_new (json_object_get_string_member (entry, "did"));
}

/**
 * cg_binding_entry_check:
 * @entry: a camera as the cloud writes it, its stars resolved; changed: a login that stood in an
 *   address stands in members of its own
 * @file: (nullable): the same camera in the key file
 * @member: (out): on failure, which member is at fault
 * @error: return location: %CG_ERROR_INVALID_CONFIG
 *
 * Returns: whether the whole is a camera
 */
gboolean
cg_binding_entry_check (JsonObject *entry,
                        const CgCameraConfig *file,
                        const char **member,
                        GError **error)
{
  g_autoptr (CgCameraConfig) camera = cg_binding_entry_make_camera (entry, file);

  if (!cg_binding_entry_apply (entry, camera, member, error))
    return FALSE;
  move_login_out (entry, camera);
  return TRUE;
}

/**
 * cg_binding_entry_reduce:
 * @entry: a camera as the cloud writes it; changed
 * @before: (nullable): as it wrote it last
 * @file: the same camera in the key file
 *
 * Takes away what @before has not and what says the same as the file.
 */
void
cg_binding_entry_reduce (JsonObject *entry, JsonObject *before, const CgCameraConfig *file)
{
  for (const CgCameraMember *row = cg_camera_member_get_all (); row->name != NULL; row++) {
    if (before != NULL && json_object_has_member (before, row->name))
      continue;
    if (cg_member_is_present (entry, row->name) &&
        g_strcmp0 (json_object_get_string_member (entry, row->name),
                   get_text (file, cg_camera_member_get_key (row))) == 0)
      json_object_remove_member (entry, row->name);
  }
}

/**
 * cg_binding_entry_complete:
 * @entry: a camera as the cloud wrote it, or an empty one; changed
 * @file: the same camera in the key file
 *
 * Adds what the cloud has not said and the file has.
 */
void
cg_binding_entry_complete (JsonObject *entry, const CgCameraConfig *file)
{
  json_object_set_string_member (entry, "did", file->did);
  for (const CgCameraMember *row = cg_camera_member_get_all (); row->name != NULL; row++) {
    if (find_member (entry, row->key) == NULL)
      cg_member_set_text (entry, row->name, get_text (file, cg_camera_member_get_key (row)));
  }
}

static void
hide_login (JsonObject *entry, const char *member)
{
  g_autofree char *shown = cg_log_uri (json_object_get_string_member (entry, member));

  json_object_set_string_member (entry, member, shown);
}

/**
 * cg_binding_entry_hide:
 * @entry: a camera; changed
 *
 * Puts stars in the place of what is not shown.
 */
void
cg_binding_entry_hide (JsonObject *entry)
{
  for (const CgCameraMember *row = cg_camera_member_get_all (); row->name != NULL; row++) {
    if (!cg_member_is_present (entry, row->name))
      continue;
    if (row->is_secret)
      json_object_set_string_member (entry, row->name, CG_LOG_HIDDEN);
    else if (row->is_address && is_text (entry, row->name))
      hide_login (entry, row->name);
  }
}
