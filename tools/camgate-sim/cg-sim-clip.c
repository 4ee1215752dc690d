/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-clip.h"

#include <gst/app/gstappsink.h>

#define DEFAULT_FPS 25
/* A clip is kept in memory as a whole. */
#define MAX_FRAMES 100000
/* Nothing that is a clip takes ten seconds to show its next frame. */
#define LOOK_NS (50 * GST_MSECOND)
#define MAX_LOOKS 200

struct _CgSimClip {
  char *path;
  GstCaps *caps;
  CgSimCodec codec;
  guint width, height, fps;
  GPtrArray *frames; /* (owned) (element-type GstBuffer) in decoding order */
  GArray *shows;     /* (owned) GstClockTime: when each is shown, from the clip's start */
  GstClockTime frame_time;
};

/* Cameras that play the same clip share it. */
static GMutex cache_lock;
static GHashTable *cache; /* (element-type path CgSimClip) unowned */

static void
clip_clear (gpointer data)
{
  CgSimClip *self = data;

  gst_clear_caps (&self->caps);
  g_ptr_array_unref (self->frames);
  g_array_unref (self->shows);
  g_free (self->path);
}

static const char *
get_parser_name (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, NULL);
  const GstStructure *structure =
      gst_caps_is_empty (caps) || gst_caps_is_any (caps) ? NULL : gst_caps_get_structure (caps, 0);

  if (structure != NULL && gst_structure_has_name (structure, "video/x-h264"))
    return "h264parse";
  if (structure != NULL && gst_structure_has_name (structure, "video/x-h265"))
    return "h265parse";
  return NULL;
}

/* The first picture track goes through a parser to the filter. */
static void
on_pad_added (GstElement *parser, GstPad *pad, gpointer user_data)
{
  GstElement *filter = user_data;
  g_autoptr (GstObject) reader = gst_object_get_parent (GST_OBJECT (filter));
  g_autoptr (GstPad) filter_sink = gst_element_get_static_pad (filter, "sink");
  const char *name = get_parser_name (pad);

  if (name == NULL || reader == NULL || gst_pad_is_linked (filter_sink))
    return;
  GstElement *converter = gst_element_factory_make (name, NULL);
  g_object_set (converter, "config-interval", -1, NULL); /* with each key frame */
  g_autoptr (GstPad) sink = gst_element_get_static_pad (converter, "sink");
  gst_bin_add (GST_BIN (reader), converter);
  gst_element_link (converter, filter);
  gst_element_sync_state_with_parent (converter);
  gst_pad_link (pad, sink);
}

static GstElement *
make_reader (const char *path, GError **error)
{
  g_autoptr (GstElement) reader = gst_parse_launch (
      "filesrc name=file ! parsebin name=parser"
      " capsfilter name=filter caps=\"video/x-h264,stream-format=byte-stream,alignment=au;"
      "video/x-h265,stream-format=byte-stream,alignment=au\""
      " ! appsink name=frames sync=false",
      error);

  if (reader == NULL)
    return NULL;
  g_autoptr (GstElement) file = gst_bin_get_by_name (GST_BIN (reader), "file");
  g_autoptr (GstElement) parser = gst_bin_get_by_name (GST_BIN (reader), "parser");
  g_autoptr (GstElement) filter = gst_bin_get_by_name (GST_BIN (reader), "filter");
  g_object_set (file, "location", path, NULL);
  g_signal_connect_object (parser, "pad-added", G_CALLBACK (on_pad_added), filter, 0);
  return g_steal_pointer (&reader);
}

static gboolean
read_caps (CgSimClip *self, GstSample *sample)
{
  const GstStructure *structure = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  int width, height, numerator = DEFAULT_FPS, denominator = 1;

  if (!gst_structure_get_int (structure, "width", &width) ||
      !gst_structure_get_int (structure, "height", &height))
    return FALSE;
  if (!gst_structure_get_fraction (structure, "framerate", &numerator, &denominator) ||
      numerator <= 0) {
    numerator = DEFAULT_FPS;
    denominator = 1;
  }
  self->caps = gst_caps_ref (gst_sample_get_caps (sample));
  self->codec =
      gst_structure_has_name (structure, "video/x-h265") ? CG_SIM_CODEC_H265 : CG_SIM_CODEC_H264;
  self->width = (guint)width;
  self->height = (guint)height;
  self->fps = (guint)((numerator + denominator / 2) / denominator);
  self->frame_time = gst_util_uint64_scale_int (GST_SECOND, denominator, numerator);
  return TRUE;
}

static void
keep_frame (CgSimClip *self, GstBuffer *buffer)
{
  const GstClockTime show = GST_BUFFER_PTS (buffer);
  const gboolean is_key = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);

  if (self->frames->len == 0 && !is_key)
    return;
  g_ptr_array_add (self->frames, gst_buffer_ref (buffer));
  g_array_append_val (self->shows, show);
}

/* Turns the clip's own times into times from its start, never before the frame's turn. */
static void
settle_times (CgSimClip *self)
{
  GstClockTime first = GST_CLOCK_TIME_NONE, late = 0;
  gboolean is_timed = TRUE;

  for (guint i = 0; i < self->shows->len; i++) {
    const GstClockTime show = g_array_index (self->shows, GstClockTime, i);

    is_timed = is_timed && GST_CLOCK_TIME_IS_VALID (show);
    first = MIN (first, show);
  }
  for (guint i = 0; i < self->shows->len; i++) {
    GstClockTime *show = &g_array_index (self->shows, GstClockTime, i);
    const GstClockTime turn = i * self->frame_time;

    *show = is_timed ? *show - first : turn;
    late = MAX (late, turn > *show ? turn - *show : 0);
  }
  for (guint i = 0; i < self->shows->len; i++)
    g_array_index (self->shows, GstClockTime, i) += late;
}

static gboolean
has_failed (GstElement *reader)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (reader);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  return message != NULL;
}

/* The next frame; %NULL at the end, and when there will be none. */
static GstSample *
pull_frame (GstElement *reader, GstAppSink *sink)
{
  GstSample *sample = NULL;

  for (int i = 0; sample == NULL && i < MAX_LOOKS; i++) {
    sample = gst_app_sink_try_pull_sample (sink, LOOK_NS);
    if (sample == NULL && (gst_app_sink_is_eos (sink) || has_failed (reader)))
      break;
  }
  return sample;
}

static gboolean
read_frames (CgSimClip *self, GstElement *reader)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (reader), "frames");

  gst_element_set_state (reader, GST_STATE_PLAYING);
  while (self->frames->len < MAX_FRAMES) {
    g_autoptr (GstSample) sample = pull_frame (reader, GST_APP_SINK (sink));

    if (sample == NULL || (self->caps == NULL && !read_caps (self, sample)))
      break;
    keep_frame (self, gst_sample_get_buffer (sample));
  }
  gst_element_set_state (reader, GST_STATE_NULL);
  settle_times (self);
  return self->frames->len > 0;
}

static CgSimClip *
load (const char *path, GError **error)
{
  g_autoptr (CgSimClip) self = g_atomic_rc_box_new0 (CgSimClip);

  self->path = g_strdup (path);
  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  self->shows = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  g_autoptr (GstElement) reader = make_reader (path, error);
  if (reader == NULL)
    return NULL;
  if (!read_frames (self, reader)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: no H.264 or H.265 in it", path);
    return NULL;
  }
  return g_steal_pointer (&self);
}

static CgSimClip *
find_cached (const char *path)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cache_lock);
  CgSimClip *clip = cache != NULL ? g_hash_table_lookup (cache, path) : NULL;

  return clip != NULL ? g_atomic_rc_box_acquire (clip) : NULL;
}

/**
 * cg_sim_clip_load:
 * @path: a file: elementary stream, MP4, Matroska, MPEG transport stream
 *
 * Reads the whole clip into memory; who loads the same path while it is held gets the same.
 *
 * Returns: (transfer full): a clip that begins with a key frame
 */
CgSimClip *
cg_sim_clip_load (const char *path, GError **error)
{
  CgSimClip *clip = find_cached (path);

  if (clip != NULL)
    return clip;
  clip = load (path, error);
  if (clip == NULL)
    return NULL;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cache_lock);
  if (cache == NULL)
    cache = g_hash_table_new (g_str_hash, g_str_equal);
  if (!g_hash_table_contains (cache, path))
    g_hash_table_insert (cache, clip->path, clip);
  return clip;
}

/**
 * cg_sim_clip_ref:
 * @self: a clip
 *
 * Returns: (transfer full): the same clip
 */
CgSimClip *
cg_sim_clip_ref (CgSimClip *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cache_lock);

  return g_atomic_rc_box_acquire (self);
}

static void
clip_forget (gpointer data)
{
  CgSimClip *self = data;

  if (cache != NULL && g_hash_table_lookup (cache, self->path) == self)
    g_hash_table_remove (cache, self->path);
  if (cache != NULL && g_hash_table_size (cache) == 0)
    g_clear_pointer (&cache, g_hash_table_unref);
  clip_clear (self);
}

/**
 * cg_sim_clip_unref:
 * @self: (transfer full): a clip; from any thread
 */
void
cg_sim_clip_unref (CgSimClip *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cache_lock);

  g_atomic_rc_box_release_full (self, clip_forget);
}

/**
 * cg_sim_clip_get_caps:
 * @self: a clip
 *
 * Returns: (transfer full): what its frames are
 */
GstCaps *
cg_sim_clip_get_caps (CgSimClip *self)
{
  return gst_caps_ref (self->caps);
}

/**
 * cg_sim_clip_get_codec:
 * @self: a clip
 *
 * Returns: what it is coded with
 */
CgSimCodec
cg_sim_clip_get_codec (CgSimClip *self)
{
  return self->codec;
}

/**
 * cg_sim_clip_get_size:
 * @self: a clip
 * @width: (out): pixels
 * @height: (out): pixels
 * @fps: (out): frames a second, rounded
 */
void
cg_sim_clip_get_size (CgSimClip *self, guint *width, guint *height, guint *fps)
{
  *width = self->width;
  *height = self->height;
  *fps = self->fps;
}

/**
 * cg_sim_clip_make_frame:
 * @self: a clip
 * @number: of the frame, from 0; the clip begins again when it is over
 *
 * Returns: (transfer full): the frame, with times that go on from loop to loop; its data are shared
 */
GstBuffer *
cg_sim_clip_make_frame (CgSimClip *self, guint64 number)
{
  const guint index = (guint)(number % self->frames->len);
  const GstClockTime loop_start = (number - index) * self->frame_time;
  GstBuffer *buffer = gst_buffer_copy (g_ptr_array_index (self->frames, index));

  GST_BUFFER_DTS (buffer) = number * self->frame_time;
  GST_BUFFER_PTS (buffer) = loop_start + g_array_index (self->shows, GstClockTime, index);
  GST_BUFFER_DURATION (buffer) = self->frame_time;
  GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  return buffer;
}
