/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-launch.h"

#include <string.h>

#include "cg-error.h"

/* Where pipelines/ is, once cg_launch_set_directory() was called. */
static char *launch_directory;

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
 * cg_launch_set_directory:
 * @directory: (nullable): folder of the *.launch files; %NULL: `$CAMGATE_PIPELINES_DIR`, or else
 *   where they were installed
 */
void
cg_launch_set_directory (const char *directory)
{
  if (directory == NULL)
    directory = g_getenv ("CAMGATE_PIPELINES_DIR");
  if (directory == NULL)
    directory = CG_PIPELINES_DIR;
  g_free (launch_directory);
  launch_directory = g_strdup (directory);
}

/**
 * cg_launch_load:
 * @name: a file of the folder, without `.launch`
 * @error: return location
 *
 * Returns: (transfer full): the pipeline description without its comments, or %NULL with
 *   #CG_ERROR_INVALID_CONFIG
 */
char *
cg_launch_load (const char *name, GError **error)
{
  g_return_val_if_fail (name != NULL && strchr (name, '/') == NULL, NULL);

  if (launch_directory == NULL)
    cg_launch_set_directory (NULL);
  g_autofree char *file = g_strconcat (name, ".launch", NULL);
  g_autofree char *path = g_build_filename (launch_directory, file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;
  if (!g_file_get_contents (path, &text, NULL, &cause)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, cause->message);
    return NULL;
  }
  return strip_comments (text);
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
  if (description == NULL)
    return NULL;

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
  if (description == NULL)
    return NULL;

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
