/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <string.h>

#include "cg-error.h"
#include "cg-media.h"
#include "fake-rtsp.h"
#include "media-fixture.h"

/* Several slices a picture, in packets of 200 bytes, nothing in the description. */
#define SLICES                                                                                     \
  "videotestsrc is-live=true pattern=snow ! "                                                      \
  "video/x-raw,width=320,height=240,framerate=25/1 ! "                                             \
  "x264enc tune=zerolatency option-string=\"slices=4:scenecut=0\" key-int-max=10 bitrate=800 ! "   \
  "valve name=valve ! rtph264pay name=pay0 pt=96 mtu=200 config-interval=-1 "

/* What came out of one pad. */
typedef struct {
  GMutex mutex;
  GstCaps *caps;  /* (owned) (nullable) */
  GstBuffer *key; /* (owned) (nullable) the first */
  guint buffers;
  guint keys;
  guint deltas;
  gboolean rises;
  gboolean is_reordered;
  gint64 last_us;
} Output;

typedef struct {
  FakeRtsp *fake;
  GstElement *pipeline;
  Output video;
  Output audio;
  gboolean only_video;
  gboolean is_lost; /* there was nobody to say TEARDOWN to */
  GError *error;    /* that the element has posted */
} Fixture;

static void
take_buffer (Output *output, GstBuffer *buffer)
{
  const gint64 dts_us = (gint64)(GST_BUFFER_DTS (buffer) / GST_USECOND);
  const gint64 pts_us = (gint64)(GST_BUFFER_PTS (buffer) / GST_USECOND);
  const gboolean is_key = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);

  if (!GST_BUFFER_DTS_IS_VALID (buffer))
    g_assert_cmpint (output->last_us, ==, -1);
  else
    output->rises = output->rises && dts_us > output->last_us && pts_us >= dts_us;
  output->is_reordered = output->is_reordered || pts_us > dts_us;
  output->last_us = GST_BUFFER_DTS_IS_VALID (buffer) ? dts_us : -1;
  output->keys += is_key;
  output->deltas += !is_key;
  if (is_key && output->key == NULL)
    output->key = gst_buffer_ref (buffer);
  output->buffers++;
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  Output *output = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  g_mutex_lock (&output->mutex);
  gst_caps_replace (&output->caps, gst_sample_get_caps (sample));
  take_buffer (output, gst_sample_get_buffer (sample));
  g_mutex_unlock (&output->mutex);
  return GST_FLOW_OK;
}

static void
on_pad_added (GstElement *source, GstPad *pad, Fixture *fixture)
{
  GstAppSinkCallbacks callbacks = {.new_sample = on_sample};
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const char *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  GstElement *sink = gst_element_factory_make ("appsink", NULL);

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks,
                              g_str_has_prefix (name, "video/") ? &fixture->video : &fixture->audio,
                              NULL);
  gst_bin_add (GST_BIN (fixture->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  g_autoptr (GstPad) entry = gst_element_get_static_pad (sink, "sink");
  g_assert_cmpint (gst_pad_link (pad, entry), ==, GST_PAD_LINK_OK);
}

static gboolean
on_select_stream (GstElement *source, guint number, GstCaps *caps, Fixture *fixture)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  return !fixture->only_video ||
         g_strcmp0 (gst_structure_get_string (structure, "media"), "video") == 0;
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_mutex_lock (&fixture->video.mutex);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && fixture->error == NULL)
    gst_message_parse_error (message, &fixture->error, NULL);
  g_mutex_unlock (&fixture->video.mutex);
  return GST_BUS_PASS;
}

static void
start (Fixture *fixture, const char *description)
{
  *fixture = (Fixture){.fake = fake_rtsp_new_with_login (description, "admin", "p@ss:%"),
                       .pipeline = gst_object_ref_sink (gst_pipeline_new (NULL)),
                       .video.rises = TRUE,
                       .video.last_us = -1,
                       .audio.rises = TRUE,
                       .audio.last_us = -1};
  GstElement *source = gst_element_factory_make ("cgrtspsrc", NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (fixture->pipeline);
  g_autofree char *location = fake_rtsp_get_uri (fixture->fake);

  g_mutex_init (&fixture->video.mutex);
  g_mutex_init (&fixture->audio.mutex);
  gst_bus_set_sync_handler (bus, on_message, fixture, NULL);
  g_object_set (source, "location", location, "user-id", "admin", "user-pw", "p@ss:%", NULL);
  g_signal_connect (source, "pad-added", G_CALLBACK (on_pad_added), fixture);
  g_signal_connect (source, "select-stream", G_CALLBACK (on_select_stream), fixture);
  gst_bin_add (GST_BIN (fixture->pipeline), source);
}

static void
play (Fixture *fixture)
{
  g_assert_cmpint (gst_element_set_state (fixture->pipeline, GST_STATE_PLAYING), !=,
                   GST_STATE_CHANGE_FAILURE);
}

static void
clear_output (Output *output)
{
  gst_clear_caps (&output->caps);
  gst_clear_buffer (&output->key);
  g_mutex_clear (&output->mutex);
}

static void
fixture_clear (Fixture *fixture)
{
  gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  media_wait_until (fixture->is_lost || fake_rtsp_count_sessions (fixture->fake) == 0);
  gst_object_unref (fixture->pipeline);
  fake_rtsp_free (fixture->fake);
  clear_output (&fixture->video);
  clear_output (&fixture->audio);
  g_clear_error (&fixture->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static guint
count (Output *output)
{
  g_mutex_lock (&output->mutex);
  const guint buffers = output->buffers;
  g_mutex_unlock (&output->mutex);
  return buffers;
}

static gboolean
has_error (Fixture *fixture)
{
  g_mutex_lock (&fixture->video.mutex);
  const gboolean has = fixture->error != NULL;
  g_mutex_unlock (&fixture->video.mutex);
  return has;
}

static void
play_until (Fixture *fixture, guint video, guint audio)
{
  play (fixture);
  media_wait_until (has_error (fixture) ||
                    (count (&fixture->video) >= video && count (&fixture->audio) >= audio));
  gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  g_assert_no_error (fixture->error);
}

static void
assert_caps (const Output *output, const char *text)
{
  g_autoptr (GstCaps) expected = gst_caps_from_string (text);
  g_autofree char *caps = gst_caps_to_string (output->caps);

  g_test_message ("%s", caps);
  g_assert_true (gst_caps_is_subset (output->caps, expected));
  g_assert_true (gst_structure_has_field (gst_caps_get_structure (output->caps, 0), "codec_data"));
}

/* Decodes the first key frame by itself: it and the caps are all that is needed. */
static void
assert_decodes (const Output *output, const char *decoder)
{
  g_autofree char *launch =
      g_strdup_printf ("appsrc name=in format=time ! %s ! fakesink name=out sync=false", decoder);
  g_autoptr (GstElement) pipeline = gst_parse_launch (launch, NULL);
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstSample) sample = gst_sample_new (output->key, output->caps, NULL, NULL);
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "push-sample", sample, &flow);
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
      bus, 20 * GST_SECOND, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_EOS);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  g_autoptr (GstSample) last = NULL;
  g_object_get (sink, "last-sample", &last, NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  g_assert_nonnull (last);
}

static void
test_h264 (void)
{
  static const char *const descriptions[] = {FAKE_RTSP_VIDEO, SLICES};

  for (guint i = 0; i < G_N_ELEMENTS (descriptions); i++) {
    g_auto (Fixture) fixture;

    start (&fixture, descriptions[i]);
    play_until (&fixture, 30, 0);

    assert_caps (&fixture.video, "video/x-h264,stream-format=avc,alignment=au,parsed=true,"
                                 "width=320,height=240,framerate=25/1");
    g_assert_cmpuint (fixture.video.keys, >=, 3);
    g_assert_cmpuint (fixture.video.deltas, >=, 20);
    g_assert_true (fixture.video.rises);
    g_assert_false (fixture.video.is_reordered);
    assert_decodes (&fixture.video, "avdec_h264");
  }
}

static void
test_h265 (void)
{
  g_auto (Fixture) fixture;

  start (&fixture, FAKE_RTSP_H265);
  play_until (&fixture, 30, 0);

  assert_caps (&fixture.video,
               "video/x-h265,stream-format=hvc1,alignment=au,parsed=true,width=320,height=240");
  g_assert_cmpuint (fixture.video.keys, >=, 3);
  g_assert_true (fixture.video.rises);
  assert_decodes (&fixture.video, "avdec_h265");
}

/* Q22 */
static void
test_b_frames (void)
{
  g_auto (Fixture) fixture;

  start (&fixture, FAKE_RTSP_B_FRAMES);
  play_until (&fixture, 40, 0);

  g_assert_true (fixture.video.rises);
  g_assert_true (fixture.video.is_reordered);
}

static void
test_sound (void)
{
  {
    g_auto (Fixture) fixture;
    start (&fixture, FAKE_RTSP_VIDEO FAKE_RTSP_AAC);
    play_until (&fixture, 25, 25);
    assert_caps (&fixture.audio,
                 "audio/mpeg,mpegversion=4,stream-format=raw,rate=48000,channels=1");
    g_assert_true (fixture.audio.rises);
    g_assert_cmpuint (fixture.audio.deltas, ==, 0);
    assert_decodes (&fixture.audio, "avdec_aac");
    g_assert_cmpint (ABS (fixture.audio.last_us - fixture.video.last_us), <, G_USEC_PER_SEC / 2);
  }
  {
    g_auto (Fixture) fixture;
    start (&fixture, FAKE_RTSP_VIDEO FAKE_RTSP_PCMA);
    play_until (&fixture, 25, 25);
    g_assert_true (fixture.audio.rises);
    g_autofree char *caps = gst_caps_to_string (fixture.audio.caps);
    g_assert_cmpstr (caps, ==, "audio/x-alaw, rate=(int)8000, channels=(int)1");
  }
}

/* Q47 */
static void
test_only_wanted (void)
{
  g_auto (Fixture) fixture;

  start (&fixture, FAKE_RTSP_VIDEO FAKE_RTSP_AAC);
  fixture.only_video = TRUE;
  play_until (&fixture, 25, 0);

  g_assert_cmpuint (fixture.audio.buffers, ==, 0);
}

static void
test_nothing_wanted (void)
{
  g_auto (Fixture) fixture;

  start (&fixture, FAKE_RTSP_JPEG);
  play (&fixture);
  media_wait_until (has_error (&fixture));

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_STREAM_FORMAT);
}

static void
test_again (void)
{
  g_auto (Fixture) fixture;

  start (&fixture, FAKE_RTSP_VIDEO);
  play_until (&fixture, 5, 0);
  fixture.video.rises = TRUE;
  fixture.video.last_us = -1;
  play_until (&fixture, 10, 0);

  g_assert_true (fixture.video.rises);
}

static void
test_stop_at_once (void)
{
  g_auto (Fixture) fixture;

  start (&fixture, FAKE_RTSP_VIDEO);
  for (guint i = 0; i < 20; i++) {
    play (&fixture);
    gst_element_set_state (fixture.pipeline, GST_STATE_NULL);
  }

  g_assert_no_error (fixture.error);
  g_assert_cmpuint (media_count_threads (), <, 50);
}

static void
test_hangs_up (void)
{
  g_auto (Fixture) fixture;

  start (&fixture, FAKE_RTSP_VIDEO);
  play (&fixture);
  media_wait_until (has_error (&fixture) || count (&fixture.video) > 0);
  fake_rtsp_hang_up (fixture.fake);
  fixture.is_lost = TRUE;
  media_wait_until (has_error (&fixture));

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_UNREACHABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/rtsp-src/h264", test_h264);
  g_test_add_func ("/rtsp-src/h265", test_h265);
  g_test_add_func ("/rtsp-src/q22-b-frames", test_b_frames);
  g_test_add_func ("/rtsp-src/sound", test_sound);
  g_test_add_func ("/rtsp-src/q47-only-wanted", test_only_wanted);
  g_test_add_func ("/rtsp-src/nothing-wanted", test_nothing_wanted);
  g_test_add_func ("/rtsp-src/again", test_again);
  g_test_add_func ("/rtsp-src/stop-at-once", test_stop_at_once);
  g_test_add_func ("/rtsp-src/hangs-up", test_hangs_up);
  return media_test_run ();
}
