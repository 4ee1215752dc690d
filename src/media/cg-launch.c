/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-launch.h"

#include <string.h>

#include "cg-error.h"
#include "cg-media.h"

#define SUFFIX ".launch"

/* What the code cannot do without. */
static const char *const needed[] = {
    "audio-aac", "audio-parsed", "audio-pass", "pull-rtsp-udp",
    "pull-tcp",  "video-h264",   "video-h265", "video-parsed",
};

/* What only some configurations ask for: the elements of it need not be there. */
static const char *const optional[] = {"pull-rtsp-http", "pull-rtsp-multicast", "snapshot-h264",
                                       "snapshot-h265",  "video-transcode",     NULL};

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

static void
set_launch_error (GError **error, const char *name, const GError *cause)
{
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "pipelines/%s.launch: %s", name,
               cause != NULL ? cause->message : "is no pipeline");
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

/* One element alone comes from the parser as it is. */
static GstElement *
place_in_pipeline (GstElement *element)
{
  if (GST_IS_PIPELINE (element))
    return gst_object_ref_sink (element);
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  gst_bin_add (GST_BIN (pipeline), element);
  return pipeline;
}

static GstElement *
parse_pipeline (const char *name, const char *description, GError **error)
{
  g_autoptr (GError) cause = NULL;
  GstElement *element =
      gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &cause);

  if (element != NULL && cause == NULL)
    return place_in_pipeline (element);
  set_launch_error (error, name, cause);
  gst_clear_object (&element);
  return NULL;
}

/* By hand: left to itself, the parser may open up the pad of another element. */
static gboolean
open_branch (GstElement *bin)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (bin), "source");
  g_autoptr (GstPad) pad = source != NULL ? gst_element_get_static_pad (source, "sink") : NULL;

  return pad != NULL && gst_element_add_pad (bin, gst_ghost_pad_new ("sink", pad));
}

static GstElement *
parse_branch (const char *name, const char *description, GError **error)
{
  g_autoptr (GError) cause = NULL;
  GstElement *bin = gst_parse_bin_from_description_full (description, FALSE, NULL,
                                                         GST_PARSE_FLAG_FATAL_ERRORS, &cause);

  if (bin != NULL)
    gst_object_ref_sink (bin);
  if (bin != NULL && open_branch (bin))
    return bin;
  set_launch_error (error, name, cause);
  g_clear_pointer (&bin, gst_object_unref);
  return NULL;
}

/**
 * cg_launch_build:
 * @name: a file of the folder, without `.launch`
 * @error: return location
 *
 * Returns: (transfer full): a pipeline in state NULL, or %NULL with #CG_ERROR_INVALID_CONFIG
 */
GstElement *
cg_launch_build (const char *name, GError **error)
{
  g_autofree char *description = cg_launch_load (name, error);

  return description != NULL && cg_media_load (error) ? parse_pipeline (name, description, error)
                                                      : NULL;
}

/**
 * cg_launch_build_branch:
 * @name: a file of the folder, without `.launch`
 * @error: return location
 *
 * Returns: (transfer full): a bin whose pad `sink` is that of its element `source`, to be added to
 *   a pipeline, or %NULL with #CG_ERROR_INVALID_CONFIG
 */
GstElement *
cg_launch_build_branch (const char *name, GError **error)
{
  g_autofree char *description = cg_launch_load (name, error);

  return description != NULL && cg_media_load (error) ? parse_branch (name, description, error)
                                                      : NULL;
}

/* What a text must have: `source`, and a branch a sink, named like the first word of its file. */
static gboolean
check_names (const char *name, GstElement *element, GError **error)
{
  g_autofree char *kind = g_strndup (name, strcspn (name, "-"));
  const char *wanted = g_str_equal (kind, "pull") ? "source" : kind;
  g_autoptr (GstElement) found = gst_bin_get_by_name (GST_BIN (element), wanted);

  if (found != NULL)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
               "pipelines/%s" SUFFIX " has no element named %s", name, wanted);
  return FALSE;
}

static gboolean
check_text (const char *name, const char *description, GError **error)
{
  const gboolean is_branch = !g_str_has_prefix (name, "pull-");
  g_autoptr (GstElement) element = is_branch ? parse_branch (name, description, error)
                                             : parse_pipeline (name, description, error);

  return element != NULL && check_names (name, element, error);
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
 * cg_launch_check:
 * @error: return location
 *
 * Tries each text that was read. That loads most of GStreamer, for good: whoever wants to stay
 * small lets another process do it. Needs GStreamer with our elements.
 *
 * Returns: whether all are good; else #CG_ERROR_INVALID_CONFIG
 */
gboolean
cg_launch_check (GError **error)
{
  gboolean is_good = TRUE;
  GHashTableIter iter;
  gpointer name, text;

  g_mutex_lock (&texts_lock);
  g_autoptr (GHashTable) table = texts != NULL ? g_hash_table_ref (texts) : NULL;
  g_mutex_unlock (&texts_lock);
  if (table == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, table);
  while (is_good && g_hash_table_iter_next (&iter, &name, &text))
    is_good = g_strv_contains (optional, name) || check_text (name, text, error);
  return is_good;
}
