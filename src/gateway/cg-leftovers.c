/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-leftovers.h"

#include "cg-firmware-order.h"

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
 * cg_leftovers_remove:
 * @dir: the state folder, at the start
 * @orders: (element-type utf8 CgFirmwareOrder): by did
 *
 * Removes each download that no order waits for: of a life that was cut off, or of orders that are
 * lost.
 */
void
cg_leftovers_remove (const char *dir, GHashTable *orders)
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
