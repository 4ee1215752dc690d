/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-launch-text.h"

#include <string.h>

#include "cg-error.h"

#define SUFFIX ".launch"

/* What the code cannot do without. */
static const char *const needed[] = {
    "audio-aac",     "audio-parsed", "audio-pass", "pull-rtsp-http", "pull-rtsp-multicast",
    "pull-rtsp-udp", "pull-tcp",     "video-h264", "video-h265",     "video-parsed",
};

/* Read once, when the daemon starts, and never from a disk that hangs since. */
static GMutex texts_lock;
static GHashTable *texts; /* (owned) (nullable): name → description */

/* A comment ends with its line; what is left is one description. */
static char *
strip_comments (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *description = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_strstrip (lines[i]);
    if (lines[i][0] == '\0' || lines[i][0] == '#')
      continue;
    if (description->len > 0)
      g_string_append_c (description, ' ');
    g_string_append (description, lines[i]);
  }
  return g_string_free (description, FALSE);
}

/**
 * cg_launch_load:
 * @name: a file of the folder, without `.launch`
 * @error: return location
 *
 * Any thread.
 *
 * Returns: (transfer full): the pipeline description without its comments, or %NULL with
 *   #CG_ERROR_INVALID_CONFIG
 */
char *
cg_launch_load (const char *name, GError **error)
{
  g_mutex_lock (&texts_lock);
  char *text = texts != NULL ? g_strdup (g_hash_table_lookup (texts, name)) : NULL;
  g_mutex_unlock (&texts_lock);
  if (text == NULL)
    g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "pipelines/%s" SUFFIX " was not read",
                 name);
  return text;
}

static gboolean
read_text (GHashTable *table, const char *directory, const char *file, GError **error)
{
  g_autofree char *name = g_strndup (file, strlen (file) - strlen (SUFFIX));
  g_autofree char *path = g_build_filename (directory, file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;

  if (!g_file_get_contents (path, &text, NULL, &cause)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, cause->message);
    return FALSE;
  }
  g_hash_table_insert (table, g_strdup (name), strip_comments (text));
  return TRUE;
}

static gboolean
read_folder (GHashTable *table, const char *directory, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, &cause);
  const char *file;

  if (dir == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, cause->message);
    return FALSE;
  }
  while ((file = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (file, SUFFIX) && !read_text (table, directory, file, error))
      return FALSE;
  }
  return TRUE;
}

/**
 * cg_launch_read:
 * @directory: (nullable): folder of the *.launch files; %NULL: `$CAMGATE_PIPELINES_DIR`, or else
 *   where they were installed
 * @error: return location
 *
 * Reads all texts of the folder and keeps them; when one that the code asks for is missing, those
 * that were read before stay. Blocks.
 *
 * Returns: whether all are there; else #CG_ERROR_INVALID_CONFIG
 */
gboolean
cg_launch_read (const char *directory, GError **error)
{
  g_autoptr (GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (directory == NULL)
    directory = g_getenv ("CAMGATE_PIPELINES_DIR");
  if (directory == NULL)
    directory = CG_PIPELINES_DIR;
  if (!read_folder (table, directory, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (needed); i++) {
    if (g_hash_table_contains (table, needed[i]))
      continue;
    g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "there is no %s/%s" SUFFIX, directory,
                 needed[i]);
    return FALSE;
  }
  g_mutex_lock (&texts_lock);
  GHashTable *old = g_steal_pointer (&texts);
  texts = g_steal_pointer (&table);
  g_mutex_unlock (&texts_lock);
  g_clear_pointer (&old, g_hash_table_unref);
  return TRUE;
}

/**
 * cg_launch_list:
 *
 * Returns: (transfer full): the names of all that were read
 */
GStrv
cg_launch_list (void)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer name;

  g_mutex_lock (&texts_lock);
  if (texts != NULL) {
    g_hash_table_iter_init (&iter, texts);
    while (g_hash_table_iter_next (&iter, &name, NULL))
      g_strv_builder_add (names, name);
  }
  g_mutex_unlock (&texts_lock);
  return g_strv_builder_end (names);
}
