/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-launch.h"

#include <string.h>

#include "cg-error.h"
#include "cg-media.h"

/* What only some configurations ask for: the elements of it need not be there. */
static const char *const optional[] = {"pull-rtsp-http", "pull-rtsp-multicast", "snapshot-h264",
                                       "snapshot-h265",  "video-transcode",     NULL};

static void
set_launch_error (GError **error, const char *name, const GError *cause)
{
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "pipelines/%s.launch: %s", name,
               cause != NULL ? cause->message : "is no pipeline");
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

/* A branch that has nothing but its sink begins there. Returns: (transfer full) (nullable) */
static GstElement *
find_entry (GstBin *bin)
{
  return GST_BIN_NUMCHILDREN (bin) == 1 ? gst_object_ref (GST_BIN_CHILDREN (bin)->data)
                                        : gst_bin_get_by_name (bin, "source");
}

/* By hand: left to itself, the parser may open up the pad of another element. */
static gboolean
open_branch (GstElement *bin)
{
  g_autoptr (GstElement) source = find_entry (GST_BIN (bin));
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
 * Returns: (transfer full): a bin whose pad `sink` is that of its element `source`, or of its sink
 *   where there is no other element, to be added to a pipeline, or %NULL with
 *   #CG_ERROR_INVALID_CONFIG
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
               "pipelines/%s.launch has no element named %s", name, wanted);
  return FALSE;
}

static gboolean
check_text (const char *name, GError **error)
{
  const gboolean is_branch = !g_str_has_prefix (name, "pull-");
  g_autofree char *description = cg_launch_load (name, error);

  if (description == NULL)
    return FALSE;
  g_autoptr (GstElement) element = is_branch ? parse_branch (name, description, error)
                                             : parse_pipeline (name, description, error);

  return element != NULL && check_names (name, element, error);
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
  g_auto (GStrv) names = cg_launch_list ();
  gboolean is_good = TRUE;

  for (gsize i = 0; is_good && names[i] != NULL; i++)
    is_good = g_strv_contains (optional, names[i]) || check_text (names[i], error);
  return is_good;
}
