/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-move-mark.h"

#include "cg-error.h"
#include "cg-main.h"

struct _CgMoveMark {
  CgStore *store; /* (owned) (nullable) */
  char *did;
  char *name; /* of the state file */
  gboolean was_left;
};

/**
 * cg_move_mark_new:
 * @store: (nullable): where it survives
 * @did: of the camera
 *
 * Returns: (transfer full): a mark, as the last life left it
 */
CgMoveMark *
cg_move_mark_new (CgStore *store, const char *did)
{
  CgMoveMark *self = g_new0 (CgMoveMark, 1);
  g_autofree char *escaped = g_uri_escape_string (did, NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  self->did = g_strdup (did);
  self->name = g_strdup_printf ("moving-%s", escaped);
  if (store == NULL)
    return self;
  self->store = g_object_ref (store);
  node = cg_store_load (store, self->name, &error);
  self->was_left = node != NULL || !g_error_matches (error, CG_ERROR, CG_ERROR_UNKNOWN_THING);
  return self;
}

/**
 * cg_move_mark_free:
 * @self: (transfer full) (nullable): a mark; the file stays as it is
 */
void
cg_move_mark_free (CgMoveMark *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->store);
  g_free (self->did);
  g_free (self->name);
  g_free (self);
}

/**
 * cg_move_mark_was_left:
 * @self: a mark
 *
 * Returns: whether the last life ended while the camera was moving
 */
gboolean
cg_move_mark_was_left (const CgMoveMark *self)
{
  return self->was_left;
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *did = user_data;
  g_autoptr (GError) error = NULL;

  if (!cg_store_save_finish (CG_STORE (object), result, &error))
    g_info ("%s: that it moves is not stored: %s", did, error->message);
}

/**
 * cg_move_mark_set:
 * @self: a mark
 * @is_moving: whether the camera may be moving
 *
 * Written behind the move, which does not wait for the disk.
 */
void
cg_move_mark_set (CgMoveMark *self, gboolean is_moving)
{
  g_autoptr (JsonNode) node = NULL;

  CG_ON_MAIN ();
  self->was_left = FALSE;
  if (self->store == NULL)
    return;
  if (is_moving) {
    node = json_node_alloc ();
    json_node_init_boolean (node, TRUE);
  }
  cg_store_save_async (self->store, self->name, node, NULL, on_saved, g_strdup (self->did));
}
