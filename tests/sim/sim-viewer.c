/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim-viewer.h"

#include <gst/app/gstappsink.h>

#define PATIENCE (20 * GST_SECOND)

/* Opens a stream over TCP; frames are coded access units as they come. */
void
sim_viewer_open_url (
    SimViewer *self, const char *url, CgSimCodec codec, const char *user, const char *password)
{
  const char *const name = codec == CG_SIM_CODEC_H265 ? "h265" : "h264";
  g_autofree char *launch = g_strdup_printf (
      "rtspsrc name=source protocols=tcp latency=0 ! application/x-rtp,media=video ! rtp%sdepay ! "
      "%sparse ! video/x-%s,alignment=au ! appsink name=frames sync=false",
      name, name, name);
  g_autoptr (GError) error = NULL;

  self->pipeline = gst_parse_launch (launch, &error);
  g_assert_no_error (error);
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  self->frames = gst_bin_get_by_name (GST_BIN (self->pipeline), "frames");
  g_object_set (source, "location", url, "user-id", user, "user-pw", password, NULL);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

void
sim_viewer_open (SimViewer *self, CgSim *sim, CgSimCodec codec)
{
  sim_viewer_open_url (self, cg_sim_get_rtsp_url (sim), codec, NULL, NULL);
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

/* Waits until no more frames will come. */
void
sim_viewer_wait_for_end (SimViewer *self)
{
  GstSample *sample;

  while ((sample = gst_app_sink_try_pull_sample (GST_APP_SINK (self->frames), PATIENCE)) != NULL)
    gst_sample_unref (sample);
  g_assert_true (gst_app_sink_is_eos (GST_APP_SINK (self->frames)));
}
