/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-transcode.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include "cg-clock.h"
#include "cg-error.h"
#include "cg-launch.h"
#include "cg-main.h"
#include "cg-pull-error.h"
#include "cg-pull-track.h"
#include "cg-reaper.h"

/* What waits for the decoder; the rest waits in the hub's queue, which drops whole groups. */
#define QUEUE_BYTES (4 * 1024 * 1024)

/* What the threads see: the one that brings the pictures in, and those of the pipeline. */
typedef struct {
  gatomicrefcount references;
  CgHub *from;         /* (owned) */
  CgHub *to;           /* (owned) */
  guint input;         /* of `to` */
  CgHubOutput *output; /* (owned) of `from`; taken away when it ends */
  GstElement *source;  /* (owned) the appsrc */
  CgFormat *format;    /* (owned) (nullable) of what went in last; the first thread's */
  CgPullTrack coded;   /* the pipeline's thread's */
  GMutex mutex;        /* guards what follows */
  GCond changed;
  gboolean has_units;
  gboolean is_over;
} Work;

struct _CgTranscode {
  GObject parent_instance;

  Work *work;           /* (owned) (nullable) */
  GstElement *pipeline; /* (owned) (nullable) */
  GSource *bus;         /* (owned) (nullable) */
};

enum { SIGNAL_FAILED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgTranscode, cg_transcode, G_TYPE_OBJECT)

static Work *
work_ref (Work *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
work_unref (gpointer data)
{
  Work *self = data;

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  cg_pull_track_clear (&self->coded);
  g_clear_pointer (&self->format, cg_format_unref);
  gst_clear_object (&self->source);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
  g_object_unref (self->from);
  g_object_unref (self->to);
  g_free (self);
}

static void
wake (gpointer user_data)
{
  Work *self = user_data;

  g_mutex_lock (&self->mutex);
  self->has_units = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static gboolean
wait_for_units (Work *self)
{
  g_mutex_lock (&self->mutex);
  while (!self->has_units && !self->is_over)
    g_cond_wait (&self->changed, &self->mutex);
  self->has_units = FALSE;
  const gboolean goes_on = !self->is_over;
  g_mutex_unlock (&self->mutex);
  return goes_on;
}

static void
follow_format (Work *self, CgFormat *format)
{
  if (cg_format_equal (format, self->format))
    return;
  g_clear_pointer (&self->format, cg_format_unref);
  self->format = cg_format_ref (format);

  g_autoptr (GstBuffer) record = gst_buffer_new_wrapped_bytes (format->codec_data);
  g_autoptr (GstCaps) caps = gst_caps_new_simple (
      "video/x-h265", "stream-format", G_TYPE_STRING, "hvc1", "alignment", G_TYPE_STRING, "au",
      "width", G_TYPE_INT, (int)format->width, "height", G_TYPE_INT, (int)format->height,
      "codec_data", GST_TYPE_BUFFER, record, NULL);
  gst_app_src_set_caps (GST_APP_SRC (self->source), caps);
}

/* Waits while the decoder has enough to do. */
static gboolean
push_picture_in_thread (Work *self, const CgAccessUnit *unit, gint64 dts_us, gint64 pts_us)
{
  follow_format (self, unit->format);
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (unit->data);
  GST_BUFFER_DTS (buffer) = (GstClockTime)dts_us * GST_USECOND;
  GST_BUFFER_PTS (buffer) = (GstClockTime)pts_us * GST_USECOND;
  if (!unit->key)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return gst_app_src_push_buffer (GST_APP_SRC (self->source), buffer) == GST_FLOW_OK;
}

static void
pass_sound (Work *self, const CgAccessUnit *unit, gint64 pts_us)
{
  CgAccessUnit *copy = cg_access_unit_new (CG_TRACK_AUDIO, unit->format, unit->data, TRUE);

  cg_hub_feed (self->to, self->input, copy, pts_us, g_get_monotonic_time ());
}

/* A camera that has H.264 now needs nobody to make it. */
static void
complain_in_thread (Work *self)
{
  GError *error = g_error_new_literal (CG_ERROR, CG_ERROR_PEER_FAULT,
                                       "camera has changed its codec: publishing anew");

  gst_element_post_message (self->source,
                            gst_message_new_error (GST_OBJECT (self->source), error, NULL));
  g_error_free (error);
}

static gboolean
drain_in_thread (Work *self)
{
  gint64 dts_us, pts_us;

  for (;;) {
    g_autoptr (CgAccessUnit) unit = cg_hub_output_pop (self->output, &dts_us, &pts_us);

    if (unit == NULL)
      return TRUE;
    if (unit->track == CG_TRACK_AUDIO) {
      pass_sound (self, unit, pts_us);
      continue;
    }
    if (unit->format->codec != CG_CODEC_H265) {
      complain_in_thread (self);
      return FALSE;
    }
    if (!push_picture_in_thread (self, unit, dts_us, pts_us))
      return FALSE;
  }
}

static gpointer
run_in_thread (gpointer data)
{
  Work *self = data;

  while (wait_for_units (self) && drain_in_thread (self))
    continue;
  cg_hub_remove_output (self->from, g_steal_pointer (&self->output));
  work_unref (self);
  return NULL;
}

/* An encoder may begin at any time of its own, and says so; the sound goes by what went in. */
static gint64
get_pts_us (GstSample *sample, gint64 now_us)
{
  const GstSegment *segment = gst_sample_get_segment (sample);
  const GstClockTime pts = GST_BUFFER_PTS (gst_sample_get_buffer (sample));
  const guint64 running = gst_segment_to_running_time (segment, GST_FORMAT_TIME, pts);

  return running != GST_CLOCK_TIME_NONE ? (gint64)(running / GST_USECOND) : now_us;
}

static GstFlowReturn
on_coded_sample (GstAppSink *sink, gpointer user_data)
{
  Work *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  if (sample == NULL)
    return GST_FLOW_EOS;

  CgAccessUnit *unit = cg_pull_track_take (
      &self->coded, CG_TRACK_VIDEO, gst_sample_get_caps (sample), gst_sample_get_buffer (sample));
  if (unit == NULL)
    return GST_FLOW_OK;
  const gint64 now_us = g_get_monotonic_time ();
  cg_hub_feed (self->to, self->input, unit, get_pts_us (sample, now_us), now_us);
  return GST_FLOW_OK;
}

static Work *
work_new (CgHub *hub)
{
  Work *self = g_new0 (Work, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->from = g_object_ref (hub);
  self->to = cg_hub_new ();
  self->input = cg_hub_open_input (self->to);
  self->source = gst_object_ref_sink (gst_element_factory_make ("appsrc", NULL));
  g_object_set (self->source, "is-live", TRUE, "format", GST_FORMAT_TIME, "block", TRUE,
                "max-bytes", (guint64)QUEUE_BYTES, NULL);
  return self;
}

static void
cg_transcode_dispose (GObject *object)
{
  CgTranscode *self = CG_TRANSCODE (object);

  cg_clear_source (&self->bus);
  if (self->work != NULL) {
    cg_hub_close_input (self->work->to, self->work->input);
    g_mutex_lock (&self->work->mutex);
    self->work->is_over = TRUE;
    g_cond_signal (&self->work->changed);
    g_mutex_unlock (&self->work->mutex);
  }
  if (self->pipeline != NULL)
    cg_reaper_release_async (g_steal_pointer (&self->pipeline), NULL, NULL);
  g_clear_pointer (&self->work, work_unref);
  G_OBJECT_CLASS (cg_transcode_parent_class)->dispose (object);
}

static void
cg_transcode_class_init (CgTranscodeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_transcode_dispose;
  signals[SIGNAL_FAILED] =
      g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
cg_transcode_init (CgTranscode *self)
{
}

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  g_autoptr (CgTranscode) self = g_object_ref (CG_TRANSCODE (user_data));

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return G_SOURCE_CONTINUE;
  g_autoptr (GError) error = cg_pull_error_from_message (message);
  cg_clear_source (&self->bus);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
  return G_SOURCE_REMOVE;
}

static void
attach_bus (CgTranscode *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  self->bus = gst_bus_create_watch (bus);
  g_source_set_callback (self->bus, G_SOURCE_FUNC (on_bus_message), self, NULL);
  g_source_attach (self->bus, g_main_context_get_thread_default ());
}

static gboolean
build (CgTranscode *self, GError **error)
{
  GstAppSinkCallbacks callbacks = {.new_sample = on_coded_sample};
  g_autoptr (GstElement) branch = cg_launch_build_branch ("video-transcode", error);
  g_autoptr (GstElement) sink =
      branch != NULL ? gst_bin_get_by_name (GST_BIN (branch), "video") : NULL;

  if (branch == NULL)
    return FALSE;
  if (sink == NULL || !GST_IS_APP_SINK (sink)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                         "pipelines/video-transcode.launch has no appsink named video");
    return FALSE;
  }
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, work_ref (self->work), work_unref);
  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  gst_bin_add_many (GST_BIN (self->pipeline), self->work->source, branch, NULL);
  if (gst_element_link (self->work->source, branch))
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                       "pipelines/video-transcode.launch takes no H.265");
  return FALSE;
}

static gboolean
start (CgTranscode *self, const char *name, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GThread) thread = NULL;

  attach_bus (self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  self->work->output = cg_hub_add_output (self->work->from, wake, self->work);
  thread = g_thread_try_new ("transcode", run_in_thread, work_ref (self->work), &reason);
  if (thread != NULL) {
    g_message ("%s: H.265 is made H.264, as h265=transcode wants it", name);
    return TRUE;
  }
  work_unref (self->work);
  cg_hub_remove_output (self->work->from, g_steal_pointer (&self->work->output));
  g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL, "no thread: %s", reason->message);
  return FALSE;
}

/* Decoder and encoder are libraries of many megabytes. */
static gpointer
load_in_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) branch = cg_launch_build_branch ("video-transcode", &error);

  if (branch == NULL) {
    g_info ("H.264 cannot be made of H.265: %s", error->message);
    return NULL;
  }
  gst_object_ref_sink (branch);
  gst_element_set_state (branch, GST_STATE_READY);
  gst_element_set_state (branch, GST_STATE_NULL);
  return NULL;
}

/**
 * cg_transcode_prepare:
 *
 * Loads what a transcode needs, once and beside the main loop, for whoever may need one soon.
 */
void
cg_transcode_prepare (void)
{
  static gboolean is_prepared;

  CG_ON_MAIN ();
  if (is_prepared)
    return;
  is_prepared = TRUE;
  GThread *thread = g_thread_try_new ("transcode", load_in_thread, NULL, NULL);
  if (thread != NULL)
    g_thread_unref (thread);
}

/**
 * cg_transcode_new:
 * @hub: with H.265
 * @name: of the camera, for the log
 * @error: return location
 *
 * Begins. #CgTranscode::failed is told in the thread-default main context of the caller.
 *
 * Returns: (transfer full) (nullable): %NULL with #CG_ERROR_INVALID_CONFIG where
 *   pipelines/video-transcode.launch does not work on this machine
 */
CgTranscode *
cg_transcode_new (CgHub *hub, const char *name, GError **error)
{
  g_return_val_if_fail (CG_IS_HUB (hub), NULL);
  CG_ON_MAIN ();

  g_autoptr (CgTranscode) self = g_object_new (CG_TYPE_TRANSCODE, NULL);
  self->work = work_new (hub);
  if (!build (self, error) || !start (self, name, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cg_transcode_get_hub:
 * @self: a transcode
 *
 * Returns: (transfer none): where the H.264 is, and the sound that goes with it
 */
CgHub *
cg_transcode_get_hub (CgTranscode *self)
{
  return self->work->to;
}
