/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-binding-entry.h"

#include "cg-key-group.h"
#include "cg-log.h"
#include "cg-member.h"

/* PROTOCOL.md section 5: the members, and the setting that each is (the first one is how we write
 * it ourselves). */
static const struct {
  const char *member;
  const char *key;
  gboolean is_secret;
  gboolean is_address; /* may contain a login in path or query (Q26) */
} rows[] = {
    {"protocol", "protocol"},
    {"address", "address", .is_address = TRUE},
    {"host", "address", .is_address = TRUE},
    {"ip", "address", .is_address = TRUE},
    {"username", "username"},
    {"password", "password", .is_secret = TRUE},
    {"secret", "secret", .is_secret = TRUE},
    {"url", "url", .is_address = TRUE},
    {"name", "name"},
    {"profile", "profile"},
};

static const CgKey *
get_key (const char *name)
{
  gboolean is_file;

  return cg_key_group_find (cg_key_group_get (CG_KEY_GROUP_CAMERA), name, &is_file);
}

static gboolean
fail (GError **error, const char *text)
{
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, text);
  return FALSE;
}

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
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (g_str_equal (rows[i].key, key) && cg_member_is_present (entry, rows[i].member))
      return rows[i].member;
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

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    *member = rows[i].member;
    if (!cg_member_is_present (entry, rows[i].member))
      continue;
    if (!is_text (entry, rows[i].member))
      return fail (error, "is no text");
    if (find_member (entry, rows[i].key) != rows[i].member)
      return fail (error, "address is given twice, by another name too");
    if (!cg_key_set (get_key (rows[i].key), camera,
                     json_object_get_string_member (entry, rows[i].member), error))
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
         g_str_equal (json_object_get_string_member (entry, member), CG_BINDING_STARS);
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
resolve_address (
    JsonObject *entry, gsize row, JsonObject *before, const CgCameraConfig *file, GError **error)
{
  const char *text = json_object_get_string_member (entry, rows[row].member);
  const char *member = before != NULL ? find_member (before, rows[row].key) : NULL;
  const char *stored = member != NULL ? json_object_get_string_member (before, member) : NULL;

  if (is_shown_for (text, stored)) {
    cg_member_set_text (entry, rows[row].member, stored);
    return TRUE;
  }
  if (file != NULL && is_shown_for (text, get_text (file, get_key (rows[row].key)))) {
    json_object_remove_member (entry, rows[row].member);
    return TRUE;
  }
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "contains stars, and no such %s is stored",
               rows[row].key);
  return FALSE;
}

static gboolean
resolve_secret (
    JsonObject *entry, gsize row, JsonObject *before, const CgCameraConfig *file, GError **error)
{
  const char *member = rows[row].member;

  if (before != NULL && cg_member_is_present (before, member))
    json_object_set_member (entry, member, json_object_dup_member (before, member));
  else if (file != NULL && get_text (file, get_key (rows[row].key)) != NULL)
    json_object_remove_member (entry, member);
  else
    return fail (error, "is stars, and none is stored");
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
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    *member = rows[i].member;
    if (rows[i].is_secret && is_starred (entry, rows[i].member) &&
        !resolve_secret (entry, i, before, file, error))
      return FALSE;
    if (rows[i].is_address && is_hidden (entry, rows[i].member) &&
        !resolve_address (entry, i, before, file, error))
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
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (before != NULL && json_object_has_member (before, rows[i].member))
      continue;
    if (cg_member_is_present (entry, rows[i].member) &&
        g_strcmp0 (json_object_get_string_member (entry, rows[i].member),
                   get_text (file, get_key (rows[i].key))) == 0)
      json_object_remove_member (entry, rows[i].member);
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
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (find_member (entry, rows[i].key) == NULL)
      cg_member_set_text (entry, rows[i].member, get_text (file, get_key (rows[i].key)));
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
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (!cg_member_is_present (entry, rows[i].member))
      continue;
    if (rows[i].is_secret)
      json_object_set_string_member (entry, rows[i].member, CG_BINDING_STARS);
    else if (rows[i].is_address && is_text (entry, rows[i].member))
      hide_login (entry, rows[i].member);
  }
}
