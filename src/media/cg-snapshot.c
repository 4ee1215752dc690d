/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-snapshot.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include "cg-error.h"
#include "cg-launch.h"
#include "cg-main.h"
#include "cg-pull-error.h"

/* One at a time: a picture of 4K takes a slow box a second, and streams need the rest of it. */
#define MAX_THREADS 1

/* A decoder that has not even done one picture by then never will. */
#define TIMEOUT_US (5 * G_USEC_PER_SEC)

typedef struct {
  GstElement *pipeline; /* (owned) */
  GstElement *source;   /* (not owned) */
  GstElement *sink;     /* (owned) */
} Darkroom;

static void
darkroom_clear (Darkroom *self)
{
  if (self->pipeline != NULL)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->sink);
  gst_clear_object (&self->pipeline);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Darkroom, darkroom_clear)

static GstCaps *
make_caps (const CgFormat *format)
{
  const gboolean is_h265 = format->codec == CG_CODEC_H265;
  g_autoptr (GstBuffer) record = gst_buffer_new_wrapped_bytes (format->codec_data);

  return gst_caps_new_simple (is_h265 ? "video/x-h265" : "video/x-h264", "stream-format",
                              G_TYPE_STRING, is_h265 ? "hvc1" : "avc", "alignment", G_TYPE_STRING,
                              "au", "width", G_TYPE_INT, (int)format->width, "height", G_TYPE_INT,
                              (int)format->height, "codec_data", GST_TYPE_BUFFER, record, NULL);
}

static gboolean
darkroom_init (Darkroom *self, const CgFormat *format, GError **error)
{
  const char *name = format->codec == CG_CODEC_H265 ? "snapshot-h265" : "snapshot-h264";
  g_autoptr (GstElement) branch = cg_launch_build_branch (name, error);
  g_autoptr (GstCaps) caps = make_caps (format);

  if (branch == NULL)
    return FALSE;
  self->sink = gst_bin_get_by_name (GST_BIN (branch), "snapshot");
  self->source = gst_element_factory_make ("appsrc", NULL);
  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_object_set (self->source, "format", GST_FORMAT_TIME, "caps", caps, NULL);
  gst_bin_add_many (GST_BIN (self->pipeline), self->source, branch, NULL);
  if (self->sink != NULL && GST_IS_APP_SINK (self->sink) && gst_element_link (self->source, branch))
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
               "pipelines/%s.launch does not lead from `source` to an appsink named snapshot",
               name);
  return FALSE;
}

/* Why no picture came. */
static GError *
explain (Darkroom *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  if (message != NULL)
    return cg_pull_error_from_message (message);
  return g_error_new_literal (CG_ERROR, CG_ERROR_STREAM_FORMAT,
                              "the key frame cannot be made a picture");
}

static GBytes *
copy_picture (GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;

  if (buffer == NULL || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return NULL;
  GBytes *picture = g_bytes_new (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  return picture;
}

static GBytes *
develop_in_thread (const CgAccessUnit *unit, GError **error)
{
  g_auto (Darkroom) room = {0};

  if (!darkroom_init (&room, unit->format, error))
    return NULL;
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (unit->data);
  GST_BUFFER_PTS (buffer) = 0;
  GST_BUFFER_DTS (buffer) = 0;
  gst_element_set_state (room.pipeline, GST_STATE_PLAYING);
  gst_app_src_push_buffer (GST_APP_SRC (room.source), buffer);
  gst_app_src_end_of_stream (GST_APP_SRC (room.source));
  g_autoptr (GstSample) sample =
      gst_app_sink_try_pull_sample (GST_APP_SINK (room.sink), TIMEOUT_US * GST_USECOND);
  GBytes *picture = sample != NULL ? copy_picture (sample) : NULL;
  if (picture == NULL)
    g_propagate_error (error, explain (&room));
  return picture;
}

static void
take_in_thread (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GBytes *picture = develop_in_thread (g_task_get_task_data (task), &error);

  if (picture != NULL)
    g_task_return_pointer (task, picture, (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static GThreadPool *
get_pool (void)
{
  static gsize pool;

  if (g_once_init_enter (&pool)) {
    GThreadPool *made = g_thread_pool_new (take_in_thread, NULL, MAX_THREADS, FALSE, NULL);
    g_once_init_leave (&pool, (gsize)made);
  }
  return (GThreadPool *)pool;
}

/**
 * cg_snapshot_take_async:
 * @unit: a key frame, of cg_hub_get_key_frame()
 * @callback: finish with cg_snapshot_take_finish()
 * @user_data: for @callback
 *
 * Makes a still picture of what is there anyway: the camera is asked nothing (Q58). Decodes in a
 * thread for that alone.
 */
void
cg_snapshot_take_async (CgAccessUnit *unit, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (unit != NULL && unit->track == CG_TRACK_VIDEO);
  CG_ON_MAIN ();

  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, cg_snapshot_take_async);
  g_task_set_task_data (task, cg_access_unit_ref (unit), (GDestroyNotify)cg_access_unit_unref);
  g_thread_pool_push (get_pool (), task, NULL);
}

/**
 * cg_snapshot_take_finish:
 * @result: from the callback
 * @error: return location: #CG_ERROR_STREAM_FORMAT: no picture came of it
 *
 * Returns: (transfer full) (nullable): a JPEG
 */
GBytes *
cg_snapshot_take_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
