/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-stream.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include "cg-sim-scene.h"
#include "cg-sim-stamp.h"

/* Names within the pipelines. */
#define VIDEO_SOURCE "camera"
#define ENCODER "encoder"
#define KIND "kind" /* a filter behind the encoder of H.264 */
#define SIZE "size" /* a filter before the encoder */
#define VIDEO_PAYLOADER "pay0"
#define AUDIO_PAYLOADER "pay1"

struct _CgSimStream {
  CgSimState *state;           /* (owned) pipelines end when they like */
  const CgSimProfile *profile; /* (unowned) of the state */
  CgSimClip *clip;             /* (owned) (nullable) */

  GMutex lock;
  GstElement *encoder;    /* (owned) (nullable) of the running pipeline */
  gconstpointer media;    /* the running pipeline, only compared */
  gboolean has_played;    /* somebody has asked for pictures */
  gboolean needs_key;     /* frames were held back: go on with a key frame */
  gint64 silent_until_ms; /* monotonic (Q13) */
};

/* What one pipeline paints with; it is made anew with each pipeline. */
typedef struct {
  CgSimStream *stream; /* (owned) */
  CgSimScene *scene;   /* (owned) (nullable) */
  GstVideoInfo info;
  guint64 frame;
  GstElement *size; /* (owned) (nullable) */
  gboolean is_half; /* what it says (Q25) */
} Painter;

static void
stream_clear (gpointer data)
{
  CgSimStream *self = data;

  g_clear_pointer (&self->clip, cg_sim_clip_unref);
  gst_clear_object (&self->encoder);
  cg_sim_state_unref (self->state);
  g_mutex_clear (&self->lock);
}

static CgSimStream *
stream_ref (CgSimStream *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
painter_free (gpointer data)
{
  Painter *painter = data;

  cg_sim_scene_free (painter->scene);
  gst_clear_object (&painter->size);
  cg_sim_stream_unref (painter->stream);
  g_free (painter);
}

static Painter *
painter_new (CgSimStream *stream)
{
  const CgSimProfile *profile = stream->profile;
  Painter *painter = g_new0 (Painter, 1);

  painter->stream = stream_ref (stream);
  if (stream->clip != NULL)
    return painter;
  painter->scene =
      cg_sim_scene_new (stream->state->options.name, profile->width, profile->height, profile->fps);
  gst_video_info_set_format (&painter->info, GST_VIDEO_FORMAT_I420, profile->width,
                             profile->height);
  return painter;
}

static void
paint_buffer (Painter *painter, GstBuffer *buffer)
{
  CgSimState *state = painter->stream->state;
  CgSimMoment moment = {.clock_ms = cg_sim_state_get_time_ms (state), .frame = painter->frame++};
  CgSimPlane planes[3];
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, &painter->info, buffer, GST_MAP_WRITE))
    return;
  for (guint i = 0; i < 3; i++)
    planes[i] = (CgSimPlane){.pixels = GST_VIDEO_FRAME_PLANE_DATA (&frame, i),
                             .width = (guint)GST_VIDEO_FRAME_COMP_WIDTH (&frame, i),
                             .height = (guint)GST_VIDEO_FRAME_COMP_HEIGHT (&frame, i),
                             .stride = (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (&frame, i)};
  cg_sim_state_read_position (state, &moment.position);
  cg_sim_scene_paint (painter->scene, planes, &moment);
  gst_video_frame_unmap (&frame);
}

/* Q25 */
static void
follow_size (Painter *painter)
{
  const CgSimProfile *profile = painter->stream->profile;
  const gboolean is_half = cg_sim_faults_is_on (painter->stream->state->faults, CG_SIM_FAULT_Q25);
  const guint divisor = is_half ? 2 : 1;

  if (painter->size == NULL || painter->is_half == is_half)
    return;
  painter->is_half = is_half;
  g_autoptr (GstCaps) caps =
      gst_caps_new_simple ("video/x-raw", "width", G_TYPE_INT, (int)(profile->width / divisor) & ~1,
                           "height", G_TYPE_INT, (int)(profile->height / divisor) & ~1, NULL);
  g_object_set (painter->size, "caps", caps, NULL);
}

static GstPadProbeReturn
on_raw_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  follow_size (user_data);
  paint_buffer (user_data, buffer);
  return GST_PAD_PROBE_OK;
}

static void
on_clip_need_data (GstAppSrc *source, guint length, gpointer user_data)
{
  Painter *painter = user_data;

  gst_app_src_push_buffer (source,
                           cg_sim_clip_make_frame (painter->stream->clip, painter->frame++));
}

static gboolean
is_silent (CgSimStream *self)
{
  if (!self->has_played)
    return FALSE;
  return cg_sim_faults_is_on (self->state->faults, CG_SIM_FAULT_Q8) ||
         g_get_monotonic_time () / 1000 < self->silent_until_ms;
}

/* Called with the lock held, for each coded frame: whether it goes out. */
static gboolean
lets_pass (CgSimStream *self, gboolean is_key, gboolean *wants_key)
{
  if (is_silent (self)) {
    self->needs_key = TRUE;
    return FALSE;
  }
  if (!self->needs_key)
    return TRUE;
  self->needs_key = !is_key;
  *wants_key = !is_key;
  return is_key;
}

static GstPadProbeReturn
on_coded_video (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  CgSimStream *self = user_data;
  const GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gboolean wants_key = FALSE;

  g_mutex_lock (&self->lock);
  const gboolean passes =
      lets_pass (self, !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT), &wants_key);
  g_mutex_unlock (&self->lock);
  if (wants_key)
    cg_sim_stream_request_key_frame (self);
  return passes ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* The last gate: a frame that waits in the pipeline for the first viewer is past the other one. */
static GstPadProbeReturn
on_packets (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  CgSimStream *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return is_silent (self) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

/* The description says `a=rtcp-fb:96 nack pli` (RFC 4585, 4.2), as the Streaming Specification
 * recommends. */
static void
offer_feedback (GstPadProbeInfo *info)
{
  GstCaps *caps = NULL;

  gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
  g_autoptr (GstCaps) more = gst_caps_copy (caps);
  gst_caps_set_simple (more, "rtcp-fb-nack-pli", G_TYPE_BOOLEAN, TRUE, NULL);
  gst_event_unref (GST_PAD_PROBE_INFO_EVENT (info));
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_caps (more);
}

/* What a viewer says by RTCP comes up to the encoder as a wish for a key frame. */
static GstPadProbeReturn
on_feedback (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  CgSimStream *self = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    offer_feedback (info);
  else if (GST_EVENT_IS_UPSTREAM (event) && gst_video_event_is_force_key_unit (event))
    cg_sim_requests_add (self->state->requests, "PLI", g_get_real_time () / 1000, NULL);
  return GST_PAD_PROBE_OK;
}

static void
add_probe (GstElement *bin,
           const char *name,
           const char *pad_name,
           GstPadProbeType type,
           GstPadProbeCallback callback,
           gpointer data,
           GDestroyNotify destroy)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (bin), name);

  if (element == NULL) {
    destroy (data);
    return;
  }
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);
  gst_pad_add_probe (pad, type, callback, data, destroy);
}

static void
on_unprepared (GstRTSPMedia *media, gpointer user_data)
{
  CgSimStream *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->media != media)
    return;
  gst_clear_object (&self->encoder);
  self->media = NULL;
}

static void
attach_source (CgSimStream *self, GstElement *bin)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (bin), VIDEO_SOURCE);
  Painter *painter = painter_new (self);

  painter->size = gst_bin_get_by_name (GST_BIN (bin), SIZE);
  if (self->clip == NULL) {
    add_probe (bin, VIDEO_SOURCE, "src", GST_PAD_PROBE_TYPE_BUFFER, on_raw_frame, painter,
               painter_free);
    return;
  }
  g_autoptr (GstCaps) caps = cg_sim_clip_get_caps (self->clip);
  gst_app_src_set_caps (GST_APP_SRC (source), caps);
  g_signal_connect_data (source, "need-data", G_CALLBACK (on_clip_need_data), painter,
                         (GClosureNotify)(void (*) (void))painter_free, 0);
}

/* Longer from key frame to key frame than it tells (Q14). */
static void
stretch_groups (CgSimStream *self, GstElement *encoder)
{
  const double gop_s = cg_sim_faults_get_number (self->state->faults, CG_SIM_FAULT_Q14);

  if (gop_s > 0)
    g_object_set (encoder, "key-int-max", (int)(gop_s * self->profile->fps), NULL);
}

/* Two between each two others; an encoder without delay would make none (Q22). What the element has
 * no property for, its text of options has, where the last word counts. */
static void
add_b_frames (CgSimStream *self, GstElement *bin, GstElement *encoder)
{
  g_autoptr (GstElement) filter = gst_bin_get_by_name (GST_BIN (bin), KIND);
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-h264,profile=main");
  g_autofree char *options = NULL;
  g_autofree char *more = NULL;

  if (!cg_sim_faults_is_on (self->state->faults, CG_SIM_FAULT_Q22))
    return;
  if (filter != NULL) {
    g_object_set (filter, "caps", caps, NULL);
    g_object_set (encoder, "tune", 0, "bframes", 2, "b-adapt", FALSE, "rc-lookahead", 0,
                  "sync-lookahead", 0, NULL);
    return;
  }
  g_object_get (encoder, "option-string", &options, NULL);
  more = g_strconcat (options, ":bframes=2:b-adapt=0:rc-lookahead=3", NULL);
  gst_util_set_object_arg (G_OBJECT (encoder), "tune", "ssim");
  g_object_set (encoder, "option-string", more, NULL);
}

static void
on_configure (GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer user_data)
{
  CgSimStream *self = user_data;
  g_autoptr (GstElement) bin = gst_rtsp_media_get_element (media);
  g_autoptr (GstElement) encoder = gst_bin_get_by_name (GST_BIN (bin), ENCODER);

  attach_source (self, bin);
  if (encoder != NULL) {
    stretch_groups (self, encoder);
    add_b_frames (self, bin, encoder);
  }
  add_probe (bin, VIDEO_PAYLOADER, "sink", GST_PAD_PROBE_TYPE_BUFFER, on_coded_video,
             stream_ref (self), (GDestroyNotify)cg_sim_stream_unref);
  add_probe (bin, VIDEO_PAYLOADER, "src", GST_PAD_PROBE_TYPE_EVENT_BOTH, on_feedback,
             stream_ref (self), (GDestroyNotify)cg_sim_stream_unref);
  if (self->state->options.stamp && self->profile->codec == CG_SIM_CODEC_H264)
    add_probe (bin, VIDEO_PAYLOADER, "sink", GST_PAD_PROBE_TYPE_BUFFER, cg_sim_stamp_frame, NULL,
               NULL);
  for (guint i = 0; i < gst_rtsp_media_n_streams (media); i++) {
    g_autoptr (GstPad) pad = gst_rtsp_stream_get_srcpad (gst_rtsp_media_get_stream (media, i));

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packets,
                       stream_ref (self), (GDestroyNotify)cg_sim_stream_unref);
  }
  g_signal_connect_data (media, "unprepared", G_CALLBACK (on_unprepared), stream_ref (self),
                         (GClosureNotify)(void (*) (void))cg_sim_stream_unref, 0);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  self->media = media;
  self->has_played = FALSE;
  self->needs_key = FALSE;
  g_set_object (&self->encoder, encoder);
}

static char *
make_encoder_text (const CgSimStream *self)
{
  const CgSimProfile *profile = self->profile;

  if (profile->codec == CG_SIM_CODEC_H265)
    return g_strdup_printf ("x265enc name=" ENCODER " speed-preset=ultrafast tune=zerolatency"
                            " bitrate=%u key-int-max=%u option-string=\"pools=1:frame-threads=1:"
                            "log-level=0:scenecut=0:vbv-maxrate=%u:vbv-bufsize=%u%s\"",
                            profile->limit_kbps, profile->gop, profile->limit_kbps,
                            profile->limit_kbps, profile->is_filled ? ":strict-cbr=1" : "");
  return g_strdup_printf ("x264enc name=" ENCODER " speed-preset=ultrafast tune=zerolatency"
                          " threads=1 bitrate=%u key-int-max=%u option-string=\"scenecut=0%s\""
                          " ! capsfilter name=" KIND " caps=video/x-h264,profile=baseline",
                          profile->limit_kbps, profile->gop,
                          profile->is_filled ? ":nal-hrd=cbr" : "");
}

static const char *
get_audio_text (CgSimAudio audio)
{
  switch (audio) {
  case CG_SIM_AUDIO_NONE:
    break;
  case CG_SIM_AUDIO_AAC:
    return "audiotestsrc is-live=true volume=0.2 ! audio/x-raw,rate=16000,channels=1"
           " ! voaacenc bitrate=64000 ! aacparse ! rtpmp4gpay name=" AUDIO_PAYLOADER " pt=97";
  case CG_SIM_AUDIO_PCMA:
    return "audiotestsrc is-live=true volume=0.2 ! audio/x-raw,rate=8000,channels=1"
           " ! alawenc ! rtppcmapay name=" AUDIO_PAYLOADER " pt=8";
  }
  return "";
}

static char *
make_source_text (const CgSimStream *self)
{
  const CgSimProfile *profile = self->profile;
  g_autofree char *encoder = NULL;

  if (self->clip != NULL)
    return g_strdup ("appsrc name=" VIDEO_SOURCE " is-live=true format=time max-buffers=2"
                     " ! clocksync");
  encoder = make_encoder_text (self);
  return g_strdup_printf ("videotestsrc name=" VIDEO_SOURCE " is-live=true pattern=black"
                          " ! video/x-raw,format=I420,width=%u,height=%u,framerate=%u/1"
                          " ! videoscale ! capsfilter name=" SIZE " ! %s",
                          profile->width, profile->height, profile->fps, encoder);
}

static char *
make_launch_text (const CgSimStream *self)
{
  const char *const kind = self->profile->codec == CG_SIM_CODEC_H265 ? "h265" : "h264";
  g_autofree char *source = make_source_text (self);
  /* A clip brings its parameter sets with each key frame. The payloader would put them before each
   * slice of one: for a receiver, a new picture begins there. */
  const int interval = self->clip != NULL ? 0 : -1;

  return g_strdup_printf (
      "( %s ! %sparse ! rtp%spay name=" VIDEO_PAYLOADER " pt=96 config-interval=%d %s )", source,
      kind, kind, interval, get_audio_text (self->state->options.audio));
}

/**
 * cg_sim_stream_new:
 * @state: (transfer none): the camera
 * @profile: (transfer none): which of its profiles
 * @clip: (transfer none) (nullable): what to play in place of the scene
 *
 * Returns: (transfer full): what one RTSP address serves
 */
CgSimStream *
cg_sim_stream_new (CgSimState *state, const CgSimProfile *profile, CgSimClip *clip)
{
  CgSimStream *self = g_atomic_rc_box_new0 (CgSimStream);

  g_mutex_init (&self->lock);
  self->state = cg_sim_state_ref (state);
  self->profile = profile;
  self->clip = clip != NULL ? cg_sim_clip_ref (clip) : NULL;
  return self;
}

/**
 * cg_sim_stream_unref:
 * @self: (transfer full): a stream; pipelines that still end hold it themselves
 */
void
cg_sim_stream_unref (CgSimStream *self)
{
  g_atomic_rc_box_release_full (self, stream_clear);
}

/**
 * cg_sim_stream_make_factory:
 * @self: a stream
 *
 * Returns: (transfer full): what the RTSP server makes its pipeline from: one for all viewers
 */
GstRTSPMediaFactory *
cg_sim_stream_make_factory (CgSimStream *self)
{
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();
  g_autofree char *launch = make_launch_text (self);

  gst_rtsp_media_factory_set_launch (factory, launch);
  gst_rtsp_media_factory_set_shared (factory, TRUE);
  gst_rtsp_media_factory_set_latency (factory, 0);
  gst_rtsp_media_factory_set_protocols (factory, GST_RTSP_LOWER_TRANS_TCP |
                                                     GST_RTSP_LOWER_TRANS_UDP |
                                                     GST_RTSP_LOWER_TRANS_UDP_MCAST);
  g_signal_connect_data (factory, "media-configure", G_CALLBACK (on_configure), stream_ref (self),
                         (GClosureNotify)(void (*) (void))cg_sim_stream_unref, 0);
  return factory;
}

/**
 * cg_sim_stream_played:
 * @self: a stream
 *
 * A viewer has said PLAY and is about to be served: with silence first, if it is slow (Q13).
 */
void
cg_sim_stream_played (CgSimStream *self)
{
  const gint64 silence_ms =
      (gint64)cg_sim_faults_get_number (self->state->faults, CG_SIM_FAULT_Q13);

  g_mutex_lock (&self->lock);
  self->has_played = TRUE;
  self->silent_until_ms = silence_ms > 0 ? g_get_monotonic_time () / 1000 + silence_ms : 0;
  self->needs_key = self->needs_key || silence_ms > 0;
  g_mutex_unlock (&self->lock);
}

/**
 * cg_sim_stream_request_key_frame:
 * @self: a stream
 *
 * The next frame that is encoded is a key frame. A clip takes its time.
 */
void
cg_sim_stream_request_key_frame (CgSimStream *self)
{
  g_autoptr (GstElement) encoder = NULL;

  g_mutex_lock (&self->lock);
  g_set_object (&encoder, self->encoder);
  g_mutex_unlock (&self->lock);
  if (encoder != NULL)
    gst_element_send_event (
        encoder, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}
