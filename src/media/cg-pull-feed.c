/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-pull-feed.h"

#include <gst/sdp/gstsdpmessage.h>

#include "cg-launch.h"
#include "cg-pull-limit.h"
#include "cg-pull-track.h"
#include "cg-rtsp-media.h"
#include "cg-rtsp-src.h"
#include "cg-silence.h"

/* What we take of a picture, by its encoding name (RFC 6184, RFC 7798), and which of pipelines/
 * takes it apart. Where a camera offers both in one description, the first: RTMP carries it (Q11).
 */
static const struct {
  const char *encoding;
  const char *branch;
} pictures[] = {
    {"H264", "video-h264"},
    {"H265", "video-h265"},
};

struct _CgPullFeed {
  gatomicrefcount references;
  CgHub *hub; /* (owned) */
  char *name; /* (owned) of the camera, for the log */
  CgAudioPolicy audio;
  guint input;
  int frames;  /* (atomic) */
  int sounds;  /* (atomic) */
  int packets; /* (atomic) where the source does not count them itself */

  GMutex mutex; /* guards what the camera's description is compared with */
  gboolean offers_video;
  guint picture; /* if it does: which of pictures[] */
  gboolean has_video;
  gboolean has_audio;
  char *refused; /* (nullable) name of a video codec we cannot take */

  /* Seen by the video thread only. */
  CgPullTrack video;
  CgSilence *silence; /* (owned) (nullable) */
  gboolean is_live;

  /* Seen by the audio thread only. */
  CgPullTrack sound;
};

/* What becomes of a buffer; @element: to post in the name of */
typedef void (*TakeFunc) (CgPullFeed *self, gpointer element, GstCaps *caps, GstBuffer *buffer);

static void
post (gpointer element, const char *name)
{
  GstStructure *structure = gst_structure_new_empty (name);

  gst_element_post_message (element, gst_message_new_application (element, structure));
}

/* Platforms that insist on sound get silence, as long as the picture it goes with (Q12). */
static void
feed_silence (CgPullFeed *self, gint64 pts_us, gint64 now_us)
{
  gint64 frame_us;

  while (self->silence != NULL && cg_silence_next (self->silence, pts_us, &frame_us))
    cg_hub_feed (self->hub, self->input, cg_silence_make_unit (self->silence), frame_us, now_us);
}

static void
take_picture (CgPullFeed *self, gpointer element, GstCaps *caps, GstBuffer *buffer)
{
  if (g_atomic_int_add (&self->frames, 1) == 0)
    post (element, CG_PULL_FEED_DATA);
  const gint64 now_us = g_get_monotonic_time ();
  CgAccessUnit *unit = cg_pull_track_take (&self->video, CG_TRACK_VIDEO, caps, buffer);
  if (unit == NULL)
    return;

  const gint64 pts_us = cg_pull_track_get_pts_us (buffer, now_us);
  const gboolean taken = cg_hub_feed (self->hub, self->input, unit, pts_us, now_us);
  if (taken)
    feed_silence (self, pts_us, now_us);
  if (taken && !self->is_live) {
    self->is_live = TRUE;
    post (element, CG_PULL_FEED_LIVE);
  }
}

static void
take_sound (CgPullFeed *self, gpointer element, GstCaps *caps, GstBuffer *buffer)
{
  g_atomic_int_inc (&self->sounds);
  CgAccessUnit *unit = cg_pull_track_take (&self->sound, CG_TRACK_AUDIO, caps, buffer);
  if (unit == NULL)
    return;
  const gint64 now_us = g_get_monotonic_time ();
  const gint64 pts_us = cg_pull_track_get_pts_us (buffer, now_us);
  cg_hub_feed (self->hub, self->input, unit, pts_us, now_us);
}

static GstFlowReturn
take_sample (GstAppSink *sink, CgPullFeed *self, TakeFunc take)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  if (sample == NULL)
    return GST_FLOW_EOS;

  take (self, sink, gst_sample_get_caps (sample), gst_sample_get_buffer (sample));
  return GST_FLOW_OK;
}

static GstFlowReturn
on_video_sample (GstAppSink *sink, gpointer user_data)
{
  return take_sample (sink, user_data, take_picture);
}

static GstFlowReturn
on_audio_sample (GstAppSink *sink, gpointer user_data)
{
  return take_sample (sink, user_data, take_sound);
}

/* Takes what the pad gives before it is handed on. */
static GstPadProbeReturn
take_buffer (GstPad *pad, GstPadProbeInfo *info, CgPullFeed *self, TakeFunc take)
{
  g_autoptr (GstBuffer) buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  take (self, GST_PAD_PARENT (pad), caps, buffer);
  return GST_PAD_PROBE_HANDLED;
}

static GstPadProbeReturn
on_video_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return take_buffer (pad, info, user_data, take_picture);
}

static GstPadProbeReturn
on_audio_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return take_buffer (pad, info, user_data, take_sound);
}

static CgPullFeed *
feed_ref (CgPullFeed *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
attach_sink (CgPullFeed *self, GstElement *bin, const char *name)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (bin), name);
  const gboolean is_video = g_strcmp0 (name, "video") == 0;
  GstAppSinkCallbacks callbacks = {.new_sample = is_video ? on_video_sample : on_audio_sample};

  if (sink == NULL || !GST_IS_APP_SINK (sink)) {
    g_warning ("%s: no appsink named %s in the pipeline", self->name, name);
    return;
  }
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, feed_ref (self),
                              (GDestroyNotify)cg_pull_feed_unref);
}

/* Which of pipelines/ takes this sound; NULL: none is wanted. */
static const char *
choose_audio_branch (CgAudioPolicy policy, const char *encoding)
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

static gboolean
find_picture (const char *encoding, guint *picture)
{
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++) {
    if (encoding != NULL && g_ascii_strcasecmp (encoding, pictures[i].encoding) == 0) {
      *picture = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* With the lock held. */
static void
take_offer (CgPullFeed *self, const char *encoding)
{
  guint picture;

  if (!find_picture (encoding, &picture)) {
    if (self->refused == NULL)
      self->refused = g_strdup (encoding);
    return;
  }
  self->picture = self->offers_video ? MIN (self->picture, picture) : picture;
  self->offers_video = TRUE;
}

/* Without pictures that we can take, nothing is set up: no session for a sound alone. */
static void
on_sdp (GstElement *source, GstSDPMessage *description, CgPullFeed *self)
{
  post (source, CG_PULL_FEED_DESCRIBED);
  for (guint i = 0; i < gst_sdp_message_medias_len (description); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (description, i);
    g_autoptr (GstCaps) caps = NULL;
    guint rate;

    if (g_strcmp0 (gst_sdp_media_get_media (media), "video") != 0)
      continue;
    caps = cg_rtsp_media_get_caps (media);
    const char *encoding = caps != NULL ? cg_rtsp_media_get_encoding (caps, &rate) : NULL;
    g_mutex_lock (&self->mutex);
    take_offer (self, encoding != NULL ? encoding : "unknown");
    g_mutex_unlock (&self->mutex);
  }
}

static gboolean
select_video (CgPullFeed *self, const char *encoding)
{
  guint picture;

  if (self->has_video || !find_picture (encoding, &picture) || picture != self->picture)
    return FALSE;
  return self->has_video = TRUE;
}

static gboolean
select_audio (CgPullFeed *self, const char *encoding)
{
  if (self->has_audio || choose_audio_branch (self->audio, encoding) == NULL)
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
  if (wanted && g_strcmp0 (media, "audio") == 0)
    cg_hub_expect_sound (self->hub, self->input);
  g_debug ("%s: stream %u: %s %s: %s", self->name, number, media, encoding,
           wanted ? "taken" : "left");
  return wanted;
}

static void
unref_feed (gpointer data)
{
  cg_pull_feed_unref (data);
}

/* Then there is nothing to do with a buffer on its way to it. */
static gboolean
is_sink_alone (GstElement *branch)
{
  return GST_BIN_NUMCHILDREN (branch) == 1;
}

/* A branch for the picture, or for the sound: `sink` is the name of its last element. */
static gboolean
add_branch (CgPullFeed *self,
            GstElement *source,
            GstPad *pad,
            const char *name,
            const char *sink,
            GError **error)
{
  g_autoptr (GstObject) pipeline = gst_object_get_parent (GST_OBJECT (source));
  g_autoptr (GstElement) branch = cg_launch_build_branch (name, error);
  const gboolean is_video = g_str_equal (sink, "video");

  if (branch == NULL || pipeline == NULL)
    return FALSE;
  attach_sink (self, branch, sink);
  gst_bin_add (GST_BIN (pipeline), branch);
  gst_element_sync_state_with_parent (branch);
  g_autoptr (GstPad) entry = gst_element_get_static_pad (branch, "sink");
  if (is_sink_alone (branch))
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, is_video ? on_video_buffer : on_audio_buffer,
                       feed_ref (self), unref_feed);
  else
    cg_pull_limit_attach (entry, is_video ? &self->frames : &self->sounds, feed_ref (self),
                          unref_feed);
  if (gst_pad_link (pad, entry) == GST_PAD_LINK_OK)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
               "pipelines/%s.launch does not take what the camera sends", name);
  return FALSE;
}

static void
add_video (CgPullFeed *self, GstElement *source, GstPad *pad, const char *name)
{
  GError *error = NULL;

  if (!add_branch (self, source, pad, name, "video", &error) && error != NULL)
    gst_element_post_message (source, gst_message_new_error (GST_OBJECT (source), error, NULL));
  g_clear_error (&error);
}

static void
add_audio (CgPullFeed *self, GstElement *source, GstPad *pad, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (name != NULL && !add_branch (self, source, pad, name, "audio", &error) && error != NULL)
    g_warning ("%s: no sound: %s", self->name, error->message);
}

static GstPadProbeReturn
on_packets (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  CgPullFeed *self = user_data;

  g_atomic_int_inc (&self->packets);
  return GST_PAD_PROBE_OK;
}

/* What one source hands out as packets (rtspsrc), the other takes apart itself (cgrtspsrc). */
static void
add_packets (CgPullFeed *self, GstElement *source, GstPad *pad, const GstStructure *structure)
{
  const char *media = gst_structure_get_string (structure, "media");
  const char *encoding = gst_structure_get_string (structure, "encoding-name");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packets,
                     feed_ref (self), unref_feed);
  if (g_strcmp0 (media, "video") == 0)
    add_video (self, source, pad, pictures[self->picture].branch);
  else if (g_strcmp0 (media, "audio") == 0)
    add_audio (self, source, pad, choose_audio_branch (self->audio, encoding));
}

static void
add_parsed (CgPullFeed *self, GstElement *source, GstPad *pad, const GstStructure *structure)
{
  if (g_str_has_prefix (gst_structure_get_name (structure), "video/"))
    add_video (self, source, pad, "video-parsed");
  else if (gst_structure_has_name (structure, "audio/mpeg"))
    add_audio (self, source, pad, "audio-parsed");
  else
    add_audio (self, source, pad, "audio-aac");
}

/* By ourselves: links that the parser leaves for later are not safe when the pads of picture and
 * sound come in two threads at once. */
static void
on_pad_added (GstElement *source, GstPad *pad, CgPullFeed *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  if (gst_structure_has_name (structure, "application/x-rtp"))
    add_packets (self, source, pad, structure);
  else
    add_parsed (self, source, pad, structure);
}

static void
unref_closure_data (gpointer data, GClosure *closure)
{
  cg_pull_feed_unref (data);
}

static void
connect_source (CgPullFeed *self, GstElement *source, const char *signal, GCallback callback)
{
  g_signal_connect_data (source, signal, callback, feed_ref (self), unref_closure_data, 0);
}

/**
 * cg_pull_feed_new:
 * @hub: where the pictures go; an input of it is opened
 * @audio: what to do with sound
 * @name: of the camera, for the log
 *
 * Returns: (transfer full): a feed
 */
CgPullFeed *
cg_pull_feed_new (CgHub *hub, CgAudioPolicy audio, const char *name)
{
  CgPullFeed *self = g_new0 (CgPullFeed, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->hub = g_object_ref (hub);
  self->audio = audio;
  self->name = g_strdup (name);
  self->input = cg_hub_open_input (hub);
  if (audio == CG_AUDIO_SILENT) {
    self->silence = cg_silence_new ();
    cg_hub_expect_sound (hub, self->input);
  }
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
  cg_pull_track_clear (&self->video);
  cg_pull_track_clear (&self->sound);
  g_clear_pointer (&self->silence, cg_silence_free);
  g_mutex_clear (&self->mutex);
  g_free (self->refused);
  g_free (self->name);
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
 * @pipeline: in state NULL, with an RTSP `source`
 *
 * From here on the streams that are wanted get their branches as they come. A feed serves one
 * pipeline.
 */
void
cg_pull_feed_attach (CgPullFeed *self, GstElement *pipeline)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "source");

  connect_source (self, source, "on-sdp", G_CALLBACK (on_sdp));
  connect_source (self, source, "select-stream", G_CALLBACK (on_select_stream));
  connect_source (self, source, "pad-added", G_CALLBACK (on_pad_added));
}

/**
 * cg_pull_feed_count:
 * @self: a feed
 * @source: of the pipeline that it is attached to
 * @count: (out): what came so far, pictures whether key frames or not
 */
void
cg_pull_feed_count (CgPullFeed *self, GstElement *source, CgPullCount *count)
{
  *count = (CgPullCount){
      .packets = CG_IS_RTSP_SRC (source) ? cg_rtsp_src_get_packets (CG_RTSP_SRC (source))
                                         : (guint)g_atomic_int_get (&self->packets),
      .frames = (guint)g_atomic_int_get (&self->frames),
      .is_described = cg_pull_feed_has_video (self),
  };
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
