/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-move-mark.h"

#include <string.h>

#include "cg-error.h"
#include "cg-main.h"

/* A shorter move is noted, which a power cut may lose; it is not worth waiting for the disk twice.
 */
#define WORTH_MS 1000

#define PREFIX "moving-"
#define SUFFIX ".json" /* of all state files */

struct _CgMoveMark {
  CgStore *store; /* (owned) (nullable) */
  CgClock *clock;
  GSource *timer; /* (owned) (nullable) until it is worth it */
  gboolean is_set;
  gboolean is_saved; /* for a power cut, too */
  char *did;
  char *name; /* of the state file */
  gboolean was_left;
};

static char *
make_name (const char *did)
{
  g_autofree char *escaped = g_uri_escape_string (did, NULL, FALSE);

  return g_strconcat (PREFIX, escaped, NULL);
}

/* NULL for any other file. */
static char *
get_did (const char *file)
{
  if (!g_str_has_prefix (file, PREFIX) || !g_str_has_suffix (file, SUFFIX))
    return NULL;
  return g_uri_unescape_segment (file + strlen (PREFIX), file + strlen (file) - strlen (SUFFIX),
                                 NULL);
}

/**
 * cg_move_mark_list:
 * @dir: a state folder
 *
 * Blocking: for who runs in place of the daemon.
 *
 * Returns: (transfer full) (element-type utf8): dids of the cameras that were left moving
 */
GPtrArray *
cg_move_mark_list (const char *dir)
{
  GPtrArray *dids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) folder = g_dir_open (dir, 0, NULL);
  const char *file;

  while (folder != NULL && (file = g_dir_read_name (folder)) != NULL) {
    char *did = get_did (file);

    if (did != NULL)
      g_ptr_array_add (dids, did);
  }
  return dids;
}

/**
 * cg_move_mark_exists:
 * @dir: a state folder
 * @did: of a camera
 *
 * Blocking, as cg_move_mark_list().
 *
 * Returns: whether that camera may still be moving
 */
gboolean
cg_move_mark_exists (const char *dir, const char *did)
{
  g_autofree char *name = make_name (did);
  g_autofree char *file = g_strconcat (name, SUFFIX, NULL);
  g_autofree char *path = g_build_filename (dir, file, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/**
 * cg_move_mark_new:
 * @store: (nullable): where it survives
 * @clock: for short moves
 * @did: of the camera
 *
 * Returns: (transfer full): a mark that is not set, as far as is known
 */
CgMoveMark *
cg_move_mark_new (CgStore *store, CgClock *clock, const char *did)
{
  CgMoveMark *self = g_new0 (CgMoveMark, 1);

  self->clock = g_object_ref (clock);
  self->did = g_strdup (did);
  self->name = make_name (did);
  self->store = store != NULL ? g_object_ref (store) : NULL;
  return self;
}

/* A mark that was damaged has been put aside: it is one all the same. */
static void
renew (CgMoveMark *self)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autoptr (GError) error = NULL;

  json_node_init_boolean (node, TRUE);
  if (!cg_store_save_sync (self->store, self->name, node, &error))
    g_info ("%s: that it moves is not stored: %s", self->did, error->message);
}

/**
 * cg_move_mark_recall:
 * @self: a mark
 *
 * Takes what the last life has left. Not before that life is over: until then the mark is its own.
 */
void
cg_move_mark_recall (CgMoveMark *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  CG_ON_MAIN ();
  if (self->store == NULL)
    return;
  node = cg_store_load (self->store, self->name, &error);
  self->was_left = node != NULL || !g_error_matches (error, CG_ERROR, CG_ERROR_UNKNOWN_THING);
  self->is_set = self->is_saved = self->was_left;
  if (self->was_left && node == NULL)
    renew (self);
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
  cg_clear_source (&self->timer);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
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

static void
write_mark (CgMoveMark *self)
{
  g_autoptr (JsonNode) node = NULL;

  if (self->is_set) {
    node = json_node_alloc ();
    json_node_init_boolean (node, TRUE);
  }
  if (self->is_saved)
    cg_store_save_async (self->store, self->name, node, NULL, on_saved, g_strdup (self->did));
  else
    cg_store_note_async (self->store, self->name, node, on_saved, g_strdup (self->did));
}

static gboolean
on_worth (gpointer user_data)
{
  CgMoveMark *self = user_data;

  cg_clear_source (&self->timer);
  self->is_saved = TRUE;
  write_mark (self);
  return G_SOURCE_REMOVE;
}

/**
 * cg_move_mark_forget:
 * @store: where marks are kept
 * @did: of a camera that is not ours any more
 *
 * Whatever it does, nobody can stop it.
 */
void
cg_move_mark_forget (CgStore *store, const char *did)
{
  g_autofree char *name = make_name (did);

  CG_ON_MAIN ();
  cg_store_save_async (store, name, NULL, NULL, on_saved, g_strdup (did));
}

/**
 * cg_move_mark_set:
 * @self: a mark
 * @is_moving: whether the camera may be moving
 *
 * Written behind the move, which does not wait for the disk: at once for whoever follows a daemon
 * that was killed, and for a power cut once the move has lasted a second.
 */
void
cg_move_mark_set (CgMoveMark *self, gboolean is_moving)
{
  CG_ON_MAIN ();
  self->was_left = FALSE;
  if (self->store == NULL || self->is_set == is_moving)
    return;
  cg_clear_source (&self->timer);
  self->is_set = is_moving;
  write_mark (self);
  if (is_moving)
    self->timer = cg_clock_add_timeout (self->clock, WORTH_MS, on_worth, self);
  else
    self->is_saved = FALSE;
}
