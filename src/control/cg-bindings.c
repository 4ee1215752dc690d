/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-bindings.h"

#include <string.h>

#include "cg-binding-entry.h"
#include "cg-binding-list.h"
#include "cg-key.h"
#include "cg-member.h"

struct _CgBindings {
  gint64 updated;
  JsonObject *document; /* (owned): as written, but for the cameras */
  JsonArray *cameras;   /* (owned) (element-type JsonObject): as written */
  char *place;          /* (owned): where they stood */
  JsonObject *times;    /* (owned): did → `updated` of its own config */
  GHashTable *index;    /* (owned) (nullable): of the cameras, made when one is looked for */
};

static void
bindings_clear (gpointer data)
{
  CgBindings *self = data;

  json_object_unref (self->document);
  json_array_unref (self->cameras);
  json_object_unref (self->times);
  g_clear_pointer (&self->index, g_hash_table_unref);
  g_free (self->place);
}

/* Not before the list is whole. Returns: (transfer none) (nullable): its entry */
static JsonObject *
find (const CgBindings *self, const char *did)
{
  CgBindings *cached = (CgBindings *)self;

  if (cached->index == NULL)
    cached->index = cg_binding_list_index (self->cameras);
  return g_hash_table_lookup (self->index, did);
}

/**
 * cg_bindings_ref:
 * @self: bindings
 *
 * Returns: (transfer full): the same
 */
CgBindings *
cg_bindings_ref (CgBindings *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * cg_bindings_unref:
 * @self: (transfer full): bindings
 */
void
cg_bindings_unref (CgBindings *self)
{
  g_atomic_rc_box_release_full (self, bindings_clear);
}

/**
 * cg_bindings_new:
 *
 * Returns: (transfer full): the cloud has written nothing
 */
CgBindings *
cg_bindings_new (void)
{
  CgBindings *self = g_atomic_rc_box_new0 (CgBindings);

  self->document = json_object_new ();
  self->cameras = json_array_new ();
  self->times = json_object_new ();
  self->place = g_strdup (cg_binding_list_get_place (0));
  return self;
}

/* A copy to be changed before anybody else sees it. */
static CgBindings *
copy_bindings (const CgBindings *self)
{
  CgBindings *copy = g_atomic_rc_box_new0 (CgBindings);

  copy->updated = self->updated;
  copy->document = cg_binding_list_copy_object (self->document);
  copy->cameras = cg_binding_list_copy_array (self->cameras);
  copy->times = cg_binding_list_copy_object (self->times);
  copy->place = g_strdup (self->place);
  return copy;
}

/* Somebody may have edited the file. */
static void
drop_strangers (JsonArray *cameras)
{
  for (guint i = json_array_get_length (cameras); i-- > 0;) {
    JsonNode *node = json_array_get_element (cameras, i);
    const char *did = NULL;

    if (!JSON_NODE_HOLDS_OBJECT (node) ||
        !cg_member_read_string (json_node_get_object (node), "did", &did))
      json_array_remove_element (cameras, i);
  }
}

/**
 * cg_bindings_load:
 * @node: (nullable): what cg_bindings_save() made
 *
 * Returns: (transfer full): the same; what is no such thing counts as nothing
 */
CgBindings *
cg_bindings_load (JsonNode *node)
{
  CgBindings *self = cg_bindings_new ();
  JsonObject *root =
      node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *document = cg_member_get_object (root, "document");
  JsonObject *times = cg_member_get_object (root, "peripherals");

  if (document == NULL)
    return self;
  json_object_unref (self->document);
  json_array_unref (self->cameras);
  g_free (self->place);
  self->document = cg_binding_list_copy_object (document);
  cg_member_read_integer (root, "updated", &self->updated);
  self->cameras = cg_binding_list_take (self->document, &self->place);
  drop_strangers (self->cameras);
  if (times == NULL)
    return self;
  json_object_unref (self->times);
  self->times = cg_binding_list_copy_object (times);
  return self;
}

/**
 * cg_bindings_save:
 * @self: bindings
 *
 * Returns: (transfer full): all of it, secrets included, for the state folder
 */
JsonNode *
cg_bindings_save (const CgBindings *self)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new ();
  JsonObject *document = cg_binding_list_copy_object (self->document);

  cg_binding_list_put (document, self->place, cg_binding_list_copy_array (self->cameras));
  json_object_set_int_member (root, "updated", self->updated);
  json_object_set_object_member (root, "document", document);
  json_object_set_object_member (root, "peripherals", cg_binding_list_copy_object (self->times));
  json_node_take_object (node, root);
  return node;
}

/* 0 also if it is absent: such a write always counts. */
static gboolean
read_updated (JsonObject *params, gint64 *updated, GError **error)
{
  *updated = 0;
  if (!cg_member_is_present (params, "updated"))
    return TRUE;
  return (cg_member_read_integer (params, "updated", updated) && *updated >= 0) ||
         cg_key_refuse (error, "updated: is no whole number of 0 or more");
}

/* PROTOCOL.md section 5, `updated`: whether the content decides. */
static gboolean
is_repeated (gint64 before, gint64 updated)
{
  return updated != 0 && updated == before;
}

/* Returns: (transfer full) (nullable): what was stored, if nothing else was written */
static CgBindings *
take_repetition (CgBindings *self, gboolean is_same, GError **error)
{
  if (is_same)
    return cg_bindings_ref (self);
  g_set_error (error, CG_ERROR, CG_ERROR_NOT_MODIFIED,
               "updated: is that of the stored configuration, which is another one");
  return NULL;
}

static gboolean
check_camera (CgBindings *self,
              const CgBindings *before,
              const CgConfig *file,
              guint index,
              GHashTable *seen,
              GError **error)
{
  JsonNode *node = json_array_get_element (self->cameras, index);
  const char *member = "did";
  const CgCameraConfig *known;
  JsonObject *entry;
  const char *did;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    cg_key_refuse (error, "%s[%u]: is no object", self->place, index);
    return FALSE;
  }
  entry = json_node_get_object (node);
  did = cg_binding_list_check_did (entry, file, self->place, index, seen, error);
  if (did != NULL) {
    known = cg_config_find_camera (file, did);
    if (cg_binding_entry_resolve (entry, find (before, did), known, &member, error) &&
        cg_binding_entry_check (entry, known, &member, error))
      return TRUE;
  }
  g_prefix_error (error, "%s[%u].%s: ", self->place, index, member);
  return FALSE;
}

/* The `updated` of a camera whose entry is another one now means nothing any more. */
static void
forget_times (CgBindings *self, const CgBindings *before)
{
  g_autoptr (GList) dids = json_object_get_members (self->times);

  for (GList *l = dids; l != NULL; l = l->next) {
    if (!cg_binding_list_equal (find (self, l->data), find (before, l->data)))
      json_object_remove_member (self->times, l->data);
  }
}

static gboolean
is_same (const CgBindings *a, const CgBindings *b)
{
  g_autoptr (JsonNode) one = json_node_new (JSON_NODE_ARRAY);
  g_autoptr (JsonNode) other = json_node_new (JSON_NODE_ARRAY);

  json_node_set_array (one, a->cameras);
  json_node_set_array (other, b->cameras);
  return cg_binding_list_equal (a->document, b->document) && json_node_equal (one, other);
}

/* Puts what @params names in the place of what @self has under that name. */
static gboolean
take_params (CgBindings *self, JsonObject *params, GError **error)
{
  g_autoptr (JsonObject) given = cg_binding_list_copy_object (params);
  g_autoptr (GList) names = NULL;
  JsonArray *cameras;

  json_object_remove_member (given, "updated");
  if (!cg_binding_list_check (given, error))
    return FALSE;
  if (cg_binding_list_has (given)) {
    g_free (self->place);
    cameras = cg_binding_list_take (given, &self->place);
    json_array_unref (self->cameras);
    self->cameras = cameras;
  }
  names = json_object_get_members (given);
  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (self->document, l->data, json_object_dup_member (given, l->data));
  return TRUE;
}

/* Whether the cloud has written what it has read. */
static gboolean
is_echo (const CgBindings *self, const CgConfig *file, JsonObject *params)
{
  g_autoptr (JsonObject) hidden = cg_bindings_read (self, file, FALSE);
  g_autoptr (JsonObject) revealed = cg_bindings_read (self, file, TRUE);

  return cg_binding_list_equal (hidden, params) || cg_binding_list_equal (revealed, params);
}

/**
 * cg_bindings_write:
 * @self: what the cloud has written before
 * @file: the key file
 * @params: of `config write`
 * @error: return location: %CG_ERROR_INVALID_CONFIG names the path of the first fault;
 *   %CG_ERROR_NOT_MODIFIED
 *
 * PROTOCOL.md section 5, config. What a write does not name stays as it is **(choice)**.
 *
 * Returns: (transfer full) (nullable): what counts from now on; @self itself if nothing changes
 */
CgBindings *
cg_bindings_write (CgBindings *self, const CgConfig *file, JsonObject *params, GError **error)
{
  g_autoptr (CgBindings) made = copy_bindings (self);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_given;

  if (!read_updated (params, &made->updated, error) || !take_params (made, params, error))
    return NULL;
  /* What is stored and does not fit the file any more is no fault of this write. */
  n_given = cg_binding_list_has (params) ? json_array_get_length (made->cameras) : 0;
  for (guint i = 0; i < n_given; i++) {
    if (!check_camera (made, self, file, i, seen, error))
      return NULL;
  }
  if (is_repeated (self->updated, made->updated))
    return take_repetition (self, is_same (self, made) || is_echo (self, file, params), error);
  forget_times (made, self);
  return g_steal_pointer (&made);
}

static gint64
get_time (const CgBindings *self, const char *did)
{
  gint64 updated = 0;

  cg_member_read_integer (self->times, did, &updated);
  return updated;
}

/**
 * cg_bindings_write_one:
 * @self: what the cloud has written before
 * @file: the key file
 * @did: a bound camera
 * @members: what it has written now
 * @error: return location: as for cg_bindings_write(), and the path is a member's name
 *
 * PROTOCOL.md section 5, peripheral: what a write does not name stays as it is, null takes it away
 * **(choice)**.
 *
 * Returns: (transfer full) (nullable): what counts from now on; @self itself if nothing changes
 */
CgBindings *
cg_bindings_write_one (
    CgBindings *self, const CgConfig *file, const char *did, JsonObject *members, GError **error)
{
  g_autoptr (CgBindings) made = copy_bindings (self);
  g_autoptr (GHashTable) index = cg_binding_list_index (made->cameras);
  const char *member = "did";
  gint64 updated;

  if (!read_updated (members, &updated, error))
    return NULL;
  if (!cg_binding_patch_one (made->cameras, index, file, did, members, &member, error)) {
    g_prefix_error (error, "%s: ", member);
    return NULL;
  }
  if (is_repeated (get_time (self, did), updated))
    return take_repetition (self, cg_binding_list_equal (find (made, did), find (self, did)),
                            error);
  json_object_set_int_member (made->times, did, updated);
  return g_steal_pointer (&made);
}

/**
 * cg_bindings_add:
 * @self: what the cloud has written before
 * @file: the key file
 * @params: of `config merge`: a list `camera`
 * @sum: (out): what becomes of them
 * @error: return location: %CG_ERROR_INVALID_CONFIG names the path of the first fault
 *
 * Puts cameras beside those that are bound, or changes them; all else stays as it is.
 *
 * Returns: (transfer full) (nullable): what counts from now on; @self itself if nothing changes
 */
CgBindings *
cg_bindings_add (
    CgBindings *self, const CgConfig *file, JsonObject *params, CgBindingSum *sum, GError **error)
{
  g_autoptr (CgBindings) made = copy_bindings (self);

  *sum = (CgBindingSum){0};
  if (!cg_binding_patch_all (made->cameras, file, params, sum, error))
    return NULL;
  if (sum->added + sum->changed == 0)
    return cg_bindings_ref (self);
  forget_times (made, self);
  return g_steal_pointer (&made);
}

/**
 * cg_bindings_merge:
 * @self: what the cloud has written
 * @file: the key file
 *
 * An entry that does not fit the file any more is left out with a warning: the cloud has it still.
 *
 * Returns: (transfer full): what counts: the file with the cloud's cameras
 */
CgConfig *
cg_bindings_merge (const CgBindings *self, CgConfig *file)
{
  GPtrArray *cameras = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_camera_config_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < file->cameras->len; i++) {
    const CgCameraConfig *camera = file->cameras->pdata[i];

    if (find (self, camera->did) == NULL)
      g_ptr_array_add (cameras, cg_camera_config_copy (camera));
  }
  for (guint i = 0; i < json_array_get_length (self->cameras); i++) {
    JsonObject *entry = json_array_get_object_element (self->cameras, i);
    g_autoptr (CgCameraConfig) camera = NULL;
    g_autoptr (GError) error = NULL;
    const char *member = "did";
    const char *did = cg_binding_list_check_did (entry, file, self->place, i, seen, &error);

    if (did != NULL) {
      camera = cg_binding_entry_make_camera (entry, cg_config_find_camera (file, did));
      if (cg_binding_entry_apply (entry, camera, &member, &error)) {
        g_ptr_array_add (cameras, g_steal_pointer (&camera));
        continue;
      }
    }
    g_warning ("the cloud's configuration: %s[%u].%s: %s", self->place, i, member, error->message);
  }
  return cg_config_rebind (file, cameras, self->updated);
}

/* Returns: (transfer full): a camera as it is shown, with all that file and cloud say of it */
static JsonObject *
show_entry (JsonObject *entry, const CgCameraConfig *file, gboolean reveal)
{
  JsonObject *shown = entry != NULL ? cg_binding_list_copy_object (entry) : json_object_new ();

  if (file != NULL)
    cg_binding_entry_complete (shown, file);
  if (!reveal)
    cg_binding_entry_hide (shown);
  return shown;
}

/**
 * cg_bindings_read:
 * @self: what the cloud has written
 * @file: the key file
 * @reveal: whether passwords and secrets are shown
 *
 * Returns: (transfer full): the whole configuration, as PROTOCOL.md section 5 has it
 */
JsonObject *
cg_bindings_read (const CgBindings *self, const CgConfig *file, gboolean reveal)
{
  JsonObject *document = cg_binding_list_copy_object (self->document);
  JsonArray *cameras = json_array_new ();

  for (guint i = 0; i < json_array_get_length (self->cameras); i++) {
    JsonObject *entry = json_array_get_object_element (self->cameras, i);
    const char *did = json_object_get_string_member (entry, "did");

    json_array_add_object_element (cameras,
                                   show_entry (entry, cg_config_find_camera (file, did), reveal));
  }
  for (guint i = 0; i < file->cameras->len; i++) {
    const CgCameraConfig *camera = file->cameras->pdata[i];

    if (find (self, camera->did) == NULL)
      json_array_add_object_element (cameras, show_entry (NULL, camera, reveal));
  }
  cg_binding_list_put (document, self->place, cameras);
  json_object_set_int_member (document, "updated", self->updated);
  return document;
}

/**
 * cg_bindings_read_one:
 * @self: what the cloud has written
 * @file: the key file
 * @did: a device id
 * @reveal: whether passwords and secrets are shown
 *
 * Returns: (transfer full) (nullable): all that is stored of that camera; %NULL if it is not bound
 */
JsonObject *
cg_bindings_read_one (const CgBindings *self,
                      const CgConfig *file,
                      const char *did,
                      gboolean reveal)
{
  JsonObject *entry = find (self, did);
  const CgCameraConfig *camera = cg_config_find_camera (file, did);
  JsonObject *shown;

  if (entry == NULL && camera == NULL)
    return NULL;
  shown = show_entry (entry, camera, reveal);
  json_object_remove_member (shown, "did");
  json_object_set_int_member (shown, "updated", get_time (self, did));
  return shown;
}

/**
 * cg_bindings_get_source:
 * @self: what the cloud has written
 * @file: the key file
 * @did: a bound camera
 *
 * Returns: who has bound it: `file`, `cloud`, or `file+cloud`, of which the cloud wins
 */
const char *
cg_bindings_get_source (const CgBindings *self, const CgConfig *file, const char *did)
{
  if (find (self, did) == NULL)
    return "file";
  return cg_config_find_camera (file, did) != NULL ? "file+cloud" : "cloud";
}
