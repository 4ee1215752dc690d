/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-pull-feed.h"

#include <gst/sdp/gstsdpmessage.h>
#include <stdlib.h>

#include "cg-launch.h"
#include "cg-silence.h"

struct _CgPullFeed {
  gatomicrefcount references;
  CgHub *hub; /* (owned) */
  CgAudioPolicy audio;
  guint input;
  int frames; /* (atomic) */

  GMutex mutex; /* guards what the camera's description is compared with */
  gboolean offers_video;
  gboolean has_video;
  gboolean has_audio;
  char *refused; /* (nullable) name of a video codec we cannot take */

  /* Seen by the video thread only. */
  GstCaps *video_caps; /* (owned) (nullable) */
  CgFormat *video;     /* (owned) (nullable) */
  CgSilence *silence;  /* (owned) (nullable) */
  gboolean is_live;

  /* Seen by the audio thread only. */
  GstCaps *audio_caps; /* (owned) (nullable) */
  CgFormat *sound;     /* (owned) (nullable) */
};

typedef struct {
  GstBuffer *buffer;
  GstMapInfo map;
} MappedBuffer;

static void
mapped_buffer_free (gpointer data)
{
  MappedBuffer *mapped = data;

  gst_buffer_unmap (mapped->buffer, &mapped->map);
  gst_buffer_unref (mapped->buffer);
  g_free (mapped);
}

/* The bytes stay where GStreamer put them. */
static GBytes *
wrap_buffer (GstBuffer *buffer)
{
  MappedBuffer *mapped = g_new0 (MappedBuffer, 1);

  if (!gst_buffer_map (buffer, &mapped->map, GST_MAP_READ)) {
    g_free (mapped);
    return NULL;
  }
  mapped->buffer = gst_buffer_ref (buffer);
  return g_bytes_new_with_free_func (mapped->map.data, mapped->map.size, mapped_buffer_free,
                                     mapped);
}

static GBytes *
get_codec_data (const GstStructure *structure)
{
  const GValue *value = gst_structure_get_value (structure, "codec_data");

  if (value == NULL || !GST_VALUE_HOLDS_BUFFER (value))
    return NULL;
  return wrap_buffer (gst_value_get_buffer (value));
}

/* ISO/IEC 14496-15: seven bytes are the shortest record that names a parameter set (Q24). */
static CgFormat *
make_video_format (const GstStructure *structure)
{
  g_autoptr (GBytes) codec_data = get_codec_data (structure);
  int width = 0, height = 0, numerator = 0, denominator = 1;

  if (codec_data == NULL || g_bytes_get_size (codec_data) < 7)
    return NULL;
  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  gst_structure_get_fraction (structure, "framerate", &numerator, &denominator);
  const double fps = denominator > 0 ? (double)numerator / denominator : 0;
  return cg_format_new_h264 (codec_data, (guint)MAX (width, 0), (guint)MAX (height, 0), fps);
}

static CgFormat *
make_audio_format (const GstStructure *structure)
{
  g_autoptr (GBytes) codec_data = get_codec_data (structure);
  int rate = 0, channels = 0;

  if (codec_data == NULL || g_bytes_get_size (codec_data) < 2)
    return NULL;
  gst_structure_get_int (structure, "rate", &rate);
  gst_structure_get_int (structure, "channels", &channels);
  return cg_format_new_aac (codec_data, (guint)MAX (rate, 0), (guint)MAX (channels, 0));
}

/* Caps are the same object until something changes, so this is a comparison of pointers. */
static void
follow_caps (GstSample *sample,
             GstCaps **caps,
             CgFormat **format,
             CgFormat *(*make) (const GstStructure *structure))
{
  GstCaps *now = gst_sample_get_caps (sample);

  if (now == NULL || now == *caps)
    return;
  g_autoptr (CgFormat) made = make (gst_caps_get_structure (now, 0));
  gst_caps_replace (caps, now);
  if (made == NULL || cg_format_equal (made, *format))
    return;
  g_clear_pointer (format, cg_format_unref);
  *format = g_steal_pointer (&made);
}

static gint64
get_pts_us (GstBuffer *buffer, gint64 now_us)
{
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    return (gint64)(GST_BUFFER_PTS (buffer) / GST_USECOND);
  if (GST_BUFFER_DTS_IS_VALID (buffer))
    return (gint64)(GST_BUFFER_DTS (buffer) / GST_USECOND);
  return now_us;
}

static CgAccessUnit *
make_unit (GstSample *sample, CgTrack track, CgFormat *format)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  if (buffer == NULL || format == NULL || gst_buffer_get_size (buffer) == 0)
    return NULL;

  g_autoptr (GBytes) data = wrap_buffer (buffer);
  if (data == NULL)
    return NULL;
  const gboolean key = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return cg_access_unit_new (track, format, data, key);
}

static void
post (GstAppSink *sink, const char *name)
{
  GstStructure *structure = gst_structure_new_empty (name);

  gst_element_post_message (GST_ELEMENT (sink),
                            gst_message_new_application (GST_OBJECT (sink), structure));
}

/* Platforms that insist on sound get silence, as long as the picture it goes with (Q12). */
static void
feed_silence (CgPullFeed *self, gint64 pts_us, gint64 now_us)
{
  gint64 frame_us;

  while (self->silence != NULL && cg_silence_next (self->silence, pts_us, &frame_us))
    cg_hub_feed (self->hub, self->input, cg_silence_make_unit (self->silence), frame_us, now_us);
}

static GstFlowReturn
on_video_sample (GstAppSink *sink, gpointer user_data)
{
  CgPullFeed *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  if (sample == NULL)
    return GST_FLOW_EOS;

  follow_caps (sample, &self->video_caps, &self->video, make_video_format);
  g_atomic_int_inc (&self->frames);
  const gint64 now_us = g_get_monotonic_time ();
  CgAccessUnit *unit = make_unit (sample, CG_TRACK_VIDEO, self->video);
  if (unit == NULL)
    return GST_FLOW_OK;

  const gint64 pts_us = get_pts_us (gst_sample_get_buffer (sample), now_us);
  const gboolean taken = cg_hub_feed (self->hub, self->input, unit, pts_us, now_us);
  if (taken)
    feed_silence (self, pts_us, now_us);
  if (taken && !self->is_live) {
    self->is_live = TRUE;
    post (sink, CG_PULL_FEED_LIVE);
  }
  return GST_FLOW_OK;
}

static GstFlowReturn
on_audio_sample (GstAppSink *sink, gpointer user_data)
{
  CgPullFeed *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  if (sample == NULL)
    return GST_FLOW_EOS;

  follow_caps (sample, &self->audio_caps, &self->sound, make_audio_format);
  CgAccessUnit *unit = make_unit (sample, CG_TRACK_AUDIO, self->sound);
  if (unit == NULL)
    return GST_FLOW_OK;
  const gint64 now_us = g_get_monotonic_time ();
  const gint64 pts_us = get_pts_us (gst_sample_get_buffer (sample), now_us);
  cg_hub_feed (self->hub, self->input, unit, pts_us, now_us);
  return GST_FLOW_OK;
}

static void
attach_sink (CgPullFeed *self,
             GstElement *bin,
             const char *name,
             GstFlowReturn (*callback) (GstAppSink *sink, gpointer user_data))
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (bin), name);
  GstAppSinkCallbacks callbacks = {.new_sample = callback};

  if (sink == NULL || !GST_IS_APP_SINK (sink)) {
    g_warning ("no appsink named %s in the pipeline", name);
    return;
  }
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, cg_pull_feed_ref (self),
                              (GDestroyNotify)cg_pull_feed_unref);
}

/* Which of pipelines/ takes this sound; NULL: none is wanted. */
static const char *
choose_branch (CgAudioPolicy policy, const char *encoding)
{
  const gboolean is_aac = g_strcmp0 (encoding, "MPEG4-GENERIC") == 0;

  switch (policy) {
  case CG_AUDIO_DROP:
  case CG_AUDIO_SILENT:
    return NULL;
  case CG_AUDIO_PASS:
    return is_aac ? "audio-pass" : NULL;
  case CG_AUDIO_AAC:
    return is_aac ? "audio-pass" : "audio-aac";
  }
  return NULL;
}

/* What a stream of the description carries; an RTP/AVP payload type may stand for itself. */
static char *
get_encoding (const GstSDPMedia *media)
{
  const char *payload = gst_sdp_media_get_format (media, 0);
  const int type = payload != NULL ? atoi (payload) : -1;
  g_autoptr (GstCaps) caps = type >= 0 ? gst_sdp_media_get_caps_from_media (media, type) : NULL;

  if (caps == NULL)
    return g_strdup ("unknown");
  const char *name = gst_structure_get_string (gst_caps_get_structure (caps, 0), "encoding-name");
  return g_strdup (name != NULL ? name : payload);
}

/* Without pictures that we can take, nothing is set up: no session for a sound alone. */
static void
on_sdp (GstElement *source, GstSDPMessage *description, CgPullFeed *self)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (description); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (description, i);
    g_autofree char *encoding = NULL;

    if (g_strcmp0 (gst_sdp_media_get_media (media), "video") != 0)
      continue;
    encoding = get_encoding (media);
    g_mutex_lock (&self->mutex);
    if (g_ascii_strcasecmp (encoding, "H264") == 0)
      self->offers_video = TRUE;
    else if (self->refused == NULL)
      self->refused = g_steal_pointer (&encoding);
    g_mutex_unlock (&self->mutex);
  }
}

static gboolean
select_video (CgPullFeed *self, const char *encoding)
{
  if (self->has_video || g_strcmp0 (encoding, "H264") != 0)
    return FALSE;
  return self->has_video = TRUE;
}

static gboolean
select_audio (CgPullFeed *self, const char *encoding)
{
  if (self->has_audio || choose_branch (self->audio, encoding) == NULL)
    return FALSE;
  return self->has_audio = TRUE;
}

/* Wanted media only; the rest is never set up (Q47). */
static gboolean
on_select_stream (GstElement *source, guint number, GstCaps *caps, CgPullFeed *self)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const char *media = gst_structure_get_string (structure, "media");
  const char *encoding = gst_structure_get_string (structure, "encoding-name");
  gboolean wanted = FALSE;

  g_mutex_lock (&self->mutex);
  if (self->offers_video && g_strcmp0 (media, "video") == 0)
    wanted = select_video (self, encoding);
  else if (self->offers_video && g_strcmp0 (media, "audio") == 0)
    wanted = select_audio (self, encoding);
  g_mutex_unlock (&self->mutex);
  g_debug ("stream %u: %s %s: %s", number, media, encoding, wanted ? "taken" : "left");
  return wanted;
}

static void
add_branch (CgPullFeed *self, GstElement *source, GstPad *pad, const char *name)
{
  g_autoptr (GstObject) pipeline = gst_object_get_parent (GST_OBJECT (source));
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) branch = cg_launch_build_branch (name, &error);

  if (branch == NULL || pipeline == NULL) {
    g_warning ("no sound: %s", error != NULL ? error->message : "pipeline is gone");
    return;
  }
  attach_sink (self, branch, "audio", on_audio_sample);
  gst_bin_add (GST_BIN (pipeline), gst_object_ref (branch));
  g_autoptr (GstPad) sink = gst_element_get_static_pad (branch, "sink");
  gst_element_sync_state_with_parent (branch);
  if (sink == NULL || gst_pad_link (pad, sink) != GST_PAD_LINK_OK)
    g_warning ("no sound: pipelines/%s.launch takes no such stream", name);
}

static void
on_pad_added (GstElement *source, GstPad *pad, CgPullFeed *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const char *encoding = gst_structure_get_string (structure, "encoding-name");

  if (g_strcmp0 (gst_structure_get_string (structure, "media"), "audio") != 0)
    return;
  const char *name = choose_branch (self->audio, encoding);
  if (name != NULL)
    add_branch (self, source, pad, name);
}

static void
unref_closure_data (gpointer data, GClosure *closure)
{
  cg_pull_feed_unref (data);
}

static void
connect_source (CgPullFeed *self, GstElement *source, const char *signal, GCallback callback)
{
  g_signal_connect_data (source, signal, callback, cg_pull_feed_ref (self), unref_closure_data, 0);
}

/**
 * cg_pull_feed_new:
 * @hub: where the pictures go; an input of it is opened
 * @audio: what to do with sound
 *
 * Returns: (transfer full): a feed
 */
CgPullFeed *
cg_pull_feed_new (CgHub *hub, CgAudioPolicy audio)
{
  CgPullFeed *self = g_new0 (CgPullFeed, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->hub = g_object_ref (hub);
  self->audio = audio;
  self->input = cg_hub_open_input (hub);
  if (audio == CG_AUDIO_SILENT)
    self->silence = cg_silence_new ();
  return self;
}

/**
 * cg_pull_feed_ref:
 * @self: a feed
 *
 * Returns: (transfer full): @self; any thread
 */
CgPullFeed *
cg_pull_feed_ref (CgPullFeed *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * cg_pull_feed_unref:
 * @self: (transfer full): a feed; any thread
 */
void
cg_pull_feed_unref (CgPullFeed *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  gst_clear_caps (&self->video_caps);
  gst_clear_caps (&self->audio_caps);
  g_clear_pointer (&self->video, cg_format_unref);
  g_clear_pointer (&self->sound, cg_format_unref);
  g_clear_pointer (&self->silence, cg_silence_free);
  g_mutex_clear (&self->mutex);
  g_free (self->refused);
  g_object_unref (self->hub);
  g_free (self);
}

/**
 * cg_pull_feed_close:
 * @self: a feed
 *
 * The hub takes no more from it, whatever its threads still bring.
 */
void
cg_pull_feed_close (CgPullFeed *self)
{
  cg_hub_close_input (self->hub, self->input);
}

/**
 * cg_pull_feed_attach:
 * @self: a feed
 * @pipeline: in state NULL, with an RTSP `source` and a `video` appsink
 *
 * Connects to the agreed elements. A feed serves one pipeline.
 */
void
cg_pull_feed_attach (CgPullFeed *self, GstElement *pipeline)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "source");

  connect_source (self, source, "on-sdp", G_CALLBACK (on_sdp));
  connect_source (self, source, "select-stream", G_CALLBACK (on_select_stream));
  connect_source (self, source, "pad-added", G_CALLBACK (on_pad_added));
  attach_sink (self, pipeline, "video", on_video_sample);
}

/**
 * cg_pull_feed_get_frames:
 * @self: a feed
 *
 * Returns: pictures that came, key frames or not; wraps; any thread
 */
guint
cg_pull_feed_get_frames (CgPullFeed *self)
{
  return (guint)g_atomic_int_get (&self->frames);
}

/**
 * cg_pull_feed_has_video:
 * @self: a feed
 *
 * Returns: %TRUE if the camera offers a video stream that we take
 */
gboolean
cg_pull_feed_has_video (CgPullFeed *self)
{
  g_mutex_lock (&self->mutex);
  const gboolean has_video = self->has_video;
  g_mutex_unlock (&self->mutex);
  return has_video;
}

/**
 * cg_pull_feed_get_refused:
 * @self: a feed
 *
 * Returns: (transfer full) (nullable): the codec of a video stream that we cannot take, if that is
 *   all the camera offers
 */
char *
cg_pull_feed_get_refused (CgPullFeed *self)
{
  g_mutex_lock (&self->mutex);
  char *refused = self->offers_video ? NULL : g_strdup (self->refused);
  g_mutex_unlock (&self->mutex);
  return refused;
}
