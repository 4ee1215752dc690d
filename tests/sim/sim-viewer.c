/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim-viewer.h"

#include <gst/app/gstappsink.h>

#define PATIENCE (20 * GST_SECOND)

static void
on_pad_added (GstElement *parser, GstPad *pad, gpointer user_data)
{
  GstElement *frames = user_data;
  g_autoptr (GstPad) sink = gst_element_get_static_pad (frames, "sink");
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  if (caps != NULL && !gst_pad_is_linked (sink) &&
      g_str_has_prefix (gst_structure_get_name (gst_caps_get_structure (caps, 0)), "video/"))
    gst_pad_link (pad, sink);
}

/* Opens a stream over TCP; frames are coded access units as they come. */
void
sim_viewer_open (SimViewer *self, const char *url, const char *user, const char *password)
{
  g_autoptr (GError) error = NULL;

  self->pipeline = gst_parse_launch ("rtspsrc name=source protocols=tcp latency=0 ! parsebin "
                                     "name=parser appsink name=frames sync=false max-buffers=200",
                                     &error);
  g_assert_no_error (error);
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  g_autoptr (GstElement) parser = gst_bin_get_by_name (GST_BIN (self->pipeline), "parser");
  self->frames = gst_bin_get_by_name (GST_BIN (self->pipeline), "frames");
  g_object_set (source, "location", url, "user-id", user, "user-pw", password, NULL);
  g_signal_connect_object (parser, "pad-added", G_CALLBACK (on_pad_added), self->frames, 0);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

/* Says TEARDOWN. */
void
sim_viewer_close (SimViewer *self)
{
  if (self->pipeline == NULL)
    return;
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->frames);
  gst_clear_object (&self->pipeline);
}

GstSample *
sim_viewer_next (SimViewer *self)
{
  GstSample *sample = gst_app_sink_try_pull_sample (GST_APP_SINK (self->frames), PATIENCE);

  g_assert_nonnull (sample);
  return sample;
}

/* Whether a frame comes within that time, those that wait already aside. */
gboolean
sim_viewer_sees (SimViewer *self, guint within_ms)
{
  GstSample *sample;

  while ((sample = gst_app_sink_try_pull_sample (GST_APP_SINK (self->frames), 0)) != NULL)
    gst_sample_unref (sample);
  sample = gst_app_sink_try_pull_sample (GST_APP_SINK (self->frames), within_ms * GST_MSECOND);
  if (sample == NULL)
    return FALSE;
  gst_sample_unref (sample);
  return TRUE;
}

/* Waits until the viewer gives up, and tells why. */
char *
sim_viewer_wait_for_error (SimViewer *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, PATIENCE, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;
  char *details = NULL;

  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, &details);
  return details;
}
