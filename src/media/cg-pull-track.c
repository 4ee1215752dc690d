/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-pull-track.h"

#include "cg-sps.h"

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

/* ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1: what stands before the parameter sets (Q24). */
#define H264_RECORD_MIN 7
#define H265_RECORD_MIN 23

#define H265_SPS 33

/* The first sequence parameter set of a record: ISO/IEC 14496-15, 5.3.3.1.2. */
static gboolean
find_h264_sps (const guint8 *data, gsize size, gsize *at, gsize *length)
{
  if ((data[5] & 0x1f) == 0 || size < 8)
    return FALSE;
  *at = 8;
  *length = (gsize)data[6] << 8 | data[7];
  return *length <= size - *at;
}

/* ISO/IEC 14496-15, 8.3.3.1.2 */
static gboolean
find_h265_sps (const guint8 *data, gsize size, gsize *at, gsize *length)
{
  gsize i = H265_RECORD_MIN;

  for (guint array = 0; array < data[22] && size - i >= 3; array++) {
    const guint type = data[i] & 0x3f;
    guint count = (guint)data[i + 1] << 8 | data[i + 2];

    for (i += 3; count > 0 && size - i >= 2; count--) {
      *length = (gsize)data[i] << 8 | data[i + 1];
      *at = i + 2;
      if (*length > size - *at)
        return FALSE;
      if (type == H265_SPS)
        return TRUE;
      i = *at + *length;
    }
  }
  return FALSE;
}

/* Whatever took the stream apart, it is in the record. */
static guint
read_depth (GBytes *codec_data, gboolean is_h265)
{
  gsize size, at, length;
  const guint8 *data = g_bytes_get_data (codec_data, &size);
  CgSps sps;

  if (!(is_h265 ? find_h265_sps : find_h264_sps) (data, size, &at, &length))
    return 0;
  if (!(is_h265 ? cg_sps_parse_h265 : cg_sps_parse_h264) (data + at, length, &sps))
    return 0;
  return sps.depth;
}

static CgFormat *
make_video_format (const GstStructure *structure)
{
  const gboolean is_h265 = gst_structure_has_name (structure, "video/x-h265");
  const gsize least = is_h265 ? H265_RECORD_MIN : H264_RECORD_MIN;
  g_autoptr (GBytes) codec_data = get_codec_data (structure);
  int width = 0, height = 0, numerator = 0, denominator = 1;

  if (codec_data == NULL || g_bytes_get_size (codec_data) < least)
    return NULL;
  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  gst_structure_get_fraction (structure, "framerate", &numerator, &denominator);
  const double fps = denominator > 0 ? (double)numerator / denominator : 0;
  CgFormat *format = (is_h265 ? cg_format_new_h265 : cg_format_new_h264) (
      codec_data, (guint)MAX (width, 0), (guint)MAX (height, 0), fps);
  format->depth = read_depth (codec_data, is_h265);
  return format;
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
follow_caps (CgPullTrack *self, CgTrack track, GstCaps *caps)
{
  if (caps == NULL || caps == self->caps)
    return;
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  g_autoptr (CgFormat) format =
      track == CG_TRACK_VIDEO ? make_video_format (structure) : make_audio_format (structure);

  gst_caps_replace (&self->caps, caps);
  if (format == NULL || cg_format_equal (format, self->format))
    return;
  g_clear_pointer (&self->format, cg_format_unref);
  self->format = g_steal_pointer (&format);
}

/**
 * cg_pull_track_clear:
 * @self: a track
 *
 * Drops what it holds.
 */
void
cg_pull_track_clear (CgPullTrack *self)
{
  gst_clear_caps (&self->caps);
  g_clear_pointer (&self->format, cg_format_unref);
}

/**
 * cg_pull_track_take:
 * @self: a track
 * @track: which
 * @caps: (nullable): of @buffer
 * @buffer: (nullable): the next of it
 *
 * Returns: (transfer full) (nullable): the buffer as an access unit, its bytes not copied; %NULL:
 *   it is empty, or what a decoder must know is not known yet (Q24)
 */
CgAccessUnit *
cg_pull_track_take (CgPullTrack *self, CgTrack track, GstCaps *caps, GstBuffer *buffer)
{
  follow_caps (self, track, caps);
  if (buffer == NULL || self->format == NULL || gst_buffer_get_size (buffer) == 0)
    return NULL;
  g_autoptr (GBytes) data = wrap_buffer (buffer);
  if (data == NULL)
    return NULL;
  const gboolean key = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return cg_access_unit_new (track, self->format, data, key);
}

/**
 * cg_pull_track_get_pts_us:
 * @buffer: a buffer
 * @now_us: what to take if it has no time
 *
 * Returns: its presentation time on the pipeline's clock
 */
gint64
cg_pull_track_get_pts_us (const GstBuffer *buffer, gint64 now_us)
{
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    return (gint64)(GST_BUFFER_PTS (buffer) / GST_USECOND);
  if (GST_BUFFER_DTS_IS_VALID (buffer))
    return (gint64)(GST_BUFFER_DTS (buffer) / GST_USECOND);
  return now_us;
}
