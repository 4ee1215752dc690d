/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-firmware-order.h"

#include <string.h>

#include "cg-error.h"

#define MD5_LENGTH 32
#define MAX_URI_BYTES 4096 /* one is kept for every did, and read back as a whole */

/**
 * cg_firmware_order_copy:
 * @self: an order
 *
 * Returns: (transfer full): the same order, of which nothing has been done yet
 */
CgFirmwareOrder *
cg_firmware_order_copy (const CgFirmwareOrder *self)
{
  CgFirmwareOrder *copy = g_new0 (CgFirmwareOrder, 1);

  copy->uri = g_strdup (self->uri);
  copy->md5 = g_strdup (self->md5);
  copy->version = g_strdup (self->version);
  return copy;
}

/**
 * cg_firmware_order_free:
 * @self: (transfer full): an order
 */
void
cg_firmware_order_free (CgFirmwareOrder *self)
{
  g_free (self->uri);
  g_free (self->md5);
  g_free (self->version);
  g_free (self->before);
  g_free (self);
}

static gboolean
is_md5 (const char *text)
{
  return strlen (text) == MD5_LENGTH && strspn (text, "0123456789abcdefABCDEF") == MD5_LENGTH;
}

/**
 * cg_firmware_order_check:
 * @self: an order
 * @error: return location: %CG_ERROR_BAD_REQUEST
 *
 * Returns: whether it can be tried
 */
gboolean
cg_firmware_order_check (const CgFirmwareOrder *self, GError **error)
{
  const char *fault = NULL;

  if (!is_md5 (self->md5))
    fault = "Invalid md5sum";
  else if (*self->uri == '\0' || strlen (self->uri) > MAX_URI_BYTES)
    fault = "Invalid uri";
  if (fault == NULL)
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, fault);
  return FALSE;
}

/**
 * cg_firmware_order_is_same:
 * @self: an order
 * @other: another
 *
 * PROTOCOL.md section 4: the same version, wherever it may be had; a signed address is another one
 * each time. Without versions the file decides.
 *
 * Returns: whether both want the same
 */
gboolean
cg_firmware_order_is_same (const CgFirmwareOrder *self, const CgFirmwareOrder *other)
{
  if (self->version != NULL || other->version != NULL)
    return g_strcmp0 (self->version, other->version) == 0;
  return g_ascii_strcasecmp (self->md5, other->md5) == 0;
}

static void
set_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

/**
 * cg_firmware_order_get_path:
 * @self: an order
 * @dir: the state folder
 *
 * Returns: (transfer full): where its file is, or what there is of it
 */
char *
cg_firmware_order_get_path (const CgFirmwareOrder *self, const char *dir)
{
  g_autofree char *md5 = g_ascii_strdown (self->md5, -1);
  g_autofree char *name = g_strdup_printf ("firmware-%s.bin", md5);

  return g_build_filename (dir, name, NULL);
}

/* Returns: (transfer full): all of it, for the state folder */
static JsonObject *
to_json (const CgFirmwareOrder *self)
{
  JsonObject *object = json_object_new ();

  set_text (object, "uri", self->uri);
  set_text (object, "md5", self->md5);
  set_text (object, "version", self->version);
  set_text (object, "before", self->before);
  json_object_set_int_member (object, "place", self->place);
  json_object_set_int_member (object, "state", self->state);
  json_object_set_int_member (object, "result", self->result);
  json_object_set_boolean_member (object, "handed", self->is_handed);
  return object;
}

static char *
get_text (JsonObject *object, const char *name)
{
  return g_strdup (json_object_get_string_member_with_default (object, name, NULL));
}

static gint64
get_number (JsonObject *object, const char *name, gint64 max)
{
  return CLAMP (json_object_get_int_member_with_default (object, name, 0), 0, max);
}

/* Returns: (transfer full) (nullable): the order; %NULL if it is none */
static CgFirmwareOrder *
from_json (JsonObject *object)
{
  CgFirmwareOrder *self = g_new0 (CgFirmwareOrder, 1);

  self->uri = get_text (object, "uri");
  self->md5 = get_text (object, "md5");
  self->version = get_text (object, "version");
  self->before = get_text (object, "before");
  self->place = (guint)get_number (object, "place", G_MAXINT);
  self->state = (CgFirmwareState)get_number (object, "state", CG_FIRMWARE_UPDATING);
  self->result = (CgFirmwareResult)get_number (object, "result", CG_FIRMWARE_BAD_PROTOCOL);
  self->is_handed = json_object_get_boolean_member_with_default (object, "handed", TRUE);
  if (self->uri != NULL && self->md5 != NULL && cg_firmware_order_check (self, NULL))
    return self;
  cg_firmware_order_free (self);
  return NULL;
}

/**
 * cg_firmware_orders_to_json:
 * @orders: (element-type utf8 CgFirmwareOrder): by did
 *
 * Returns: (transfer full): all of them, for the state folder
 */
JsonNode *
cg_firmware_orders_to_json (GHashTable *orders)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new ();
  GHashTableIter iter;
  gpointer did, order;

  g_hash_table_iter_init (&iter, orders);
  while (g_hash_table_iter_next (&iter, &did, &order))
    json_object_set_object_member (root, did, to_json (order));
  json_node_take_object (node, root);
  return node;
}

/**
 * cg_firmware_orders_from_json:
 * @root: what cg_firmware_orders_to_json() made; somebody may have edited it
 * @orders: (element-type utf8 CgFirmwareOrder): those that are orders go here
 */
void
cg_firmware_orders_from_json (JsonObject *root, GHashTable *orders)
{
  g_autoptr (GList) dids = json_object_get_members (root);

  for (GList *l = dids; l != NULL; l = l->next) {
    JsonNode *member = json_object_get_member (root, l->data);
    CgFirmwareOrder *order =
        JSON_NODE_HOLDS_OBJECT (member) ? from_json (json_node_get_object (member)) : NULL;

    if (order != NULL)
      g_hash_table_insert (orders, g_strdup (l->data), order);
  }
}

/**
 * cg_firmware_orders_find_next:
 * @orders: (element-type utf8 CgFirmwareOrder): by did
 *
 * Returns: (transfer none) (nullable): did of the order that has waited longest
 */
const char *
cg_firmware_orders_find_next (GHashTable *orders)
{
  const char *next = NULL;
  guint place = 0;
  GHashTableIter iter;
  gpointer did, value;

  g_hash_table_iter_init (&iter, orders);
  while (g_hash_table_iter_next (&iter, &did, &value)) {
    const CgFirmwareOrder *order = value;

    if (order->place > 0 && (next == NULL || order->place < place)) {
      next = did;
      place = order->place;
    }
  }
  return next;
}

/**
 * cg_firmware_orders_find_open:
 * @orders: (element-type utf8 CgFirmwareOrder): by did
 *
 * Returns: (transfer none) (nullable): did of the order that was under way
 */
const char *
cg_firmware_orders_find_open (GHashTable *orders)
{
  GHashTableIter iter;
  gpointer did, value;

  g_hash_table_iter_init (&iter, orders);
  while (g_hash_table_iter_next (&iter, &did, &value)) {
    const CgFirmwareOrder *order = value;

    if (order->state != CG_FIRMWARE_IDLE)
      return did;
  }
  return NULL;
}

static void
on_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *path = g_file_get_path (G_FILE (object));
  g_autoptr (GError) error = NULL;

  if (g_file_delete_finish (G_FILE (object), result, &error))
    g_info ("%s: removed, nobody waits for it", path);
  else
    g_warning ("%s", error->message);
}

/* Returns: (transfer full) (element-type utf8): paths */
static GHashTable *
list_wanted (const char *dir, GHashTable *orders)
{
  GHashTable *wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, orders);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const CgFirmwareOrder *order = value;

    if (order->place > 0 || order->state != CG_FIRMWARE_IDLE)
      g_hash_table_add (wanted, cg_firmware_order_get_path (order, dir));
  }
  return wanted;
}

/**
 * cg_firmware_orders_remove_orphans:
 * @dir: the state folder, at the start
 * @orders: (element-type utf8 CgFirmwareOrder): by did
 *
 * Removes each download that no order waits for: of a life that was cut off, or of orders that are
 * lost.
 */
void
cg_firmware_orders_remove_orphans (const char *dir, GHashTable *orders)
{
  g_autoptr (GHashTable) kept = list_wanted (dir, orders);
  g_autoptr (GDir) folder = g_dir_open (dir, 0, NULL);
  const char *name = NULL;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (dir, name, NULL);
    g_autoptr (GFile) file = g_file_new_for_path (path);

    if (g_str_has_prefix (name, "firmware-") && g_str_has_suffix (name, ".bin") &&
        !g_hash_table_contains (kept, path))
      g_file_delete_async (file, G_PRIORITY_LOW, NULL, on_removed, NULL);
  }
}
