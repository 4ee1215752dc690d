/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-flv.h"

#include "cg-amf.h"

/* E.4.3.1: frame type in the upper half, codec id in the lower. */
#define VIDEO_KEY_AVC 0x17
#define VIDEO_INTER_AVC 0x27

/* E.4.2.1: AAC; rate, size and channels are fixed at 44 kHz, 16 bit, stereo, and not looked at. */
#define AUDIO_AAC 0xaf

/* Enhanced RTMP v1, ExVideoTagHeader: the same with the top bit set and the kind of packet in the
 * lower half, and the codec in four letters behind it. */
#define VIDEO_KEY_EX 0x90
#define VIDEO_INTER_EX 0xa0
#define FOURCC_HEVC 0x68766331 /* hvc1 */

enum { EX_SEQUENCE_START = 0, EX_CODED_FRAMES = 1, EX_CODED_FRAMES_X = 3 };

#define CODEC_ID_AVC 7
#define CODEC_ID_AAC 10

enum { PACKET_CONFIG = 0, PACKET_DATA = 1 };

static void
append_bytes (GByteArray *array, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_byte_array_append (array, data, (guint)size);
}

static void
append_video_header (GByteArray *array, gboolean key, guint8 type, guint32 composition_ms)
{
  const guint8 header[] = {
      key ? VIDEO_KEY_AVC : VIDEO_INTER_AVC,
      type,
      (guint8)(composition_ms >> 16),
      (guint8)(composition_ms >> 8),
      (guint8)composition_ms,
  };

  g_byte_array_append (array, header, sizeof header);
}

/* A picture that is shown as it comes needs no composition time (CodedFramesX). */
static void
append_ex_header (GByteArray *array, gboolean key, guint8 type, guint32 composition_ms)
{
  const guint8 header[] = {
      (guint8)((key ? VIDEO_KEY_EX : VIDEO_INTER_EX) | type),
      (guint8)(FOURCC_HEVC >> 24),
      (guint8)(FOURCC_HEVC >> 16 & 0xff),
      (guint8)(FOURCC_HEVC >> 8 & 0xff),
      (guint8)(FOURCC_HEVC & 0xff),
      (guint8)(composition_ms >> 16),
      (guint8)(composition_ms >> 8),
      (guint8)composition_ms,
  };

  g_byte_array_append (array, header, type == EX_CODED_FRAMES ? 8 : 5);
}

static void
append_audio_header (GByteArray *array, guint8 type)
{
  const guint8 header[] = {AUDIO_AAC, type};

  g_byte_array_append (array, header, sizeof header);
}

static void
append_property (GByteArray *array, const char *key, double value)
{
  cg_amf_append_key (array, key);
  cg_amf_append_number (array, value);
}

/**
 * cg_flv_append_metadata:
 * @array: where to
 * @video: format of the pictures
 * @audio: (nullable): format of the sound
 *
 * An onMetaData script tag (E.5), with the word that asks a server to keep it.
 */
void
cg_flv_append_metadata (GByteArray *array, const CgFormat *video, const CgFormat *audio)
{
  cg_amf_append_string (array, "@setDataFrame");
  cg_amf_append_string (array, "onMetaData");
  cg_amf_begin_array (array, 4 + (video->fps > 0 ? 1 : 0) + (audio != NULL ? 4 : 0));
  append_property (array, "width", video->width);
  append_property (array, "height", video->height);
  append_property (array, "videocodecid",
                   video->codec == CG_CODEC_H265 ? FOURCC_HEVC : CODEC_ID_AVC);
  if (video->fps > 0)
    append_property (array, "framerate", video->fps);
  if (audio != NULL) {
    append_property (array, "audiocodecid", CODEC_ID_AAC);
    append_property (array, "audiosamplerate", audio->rate);
    append_property (array, "audiosamplesize", 16);
    cg_amf_append_key (array, "stereo");
    cg_amf_append_boolean (array, audio->channels > 1);
  }
  cg_amf_append_key (array, "encoder");
  cg_amf_append_string (array, "camgate");
  cg_amf_end_object (array);
}

/**
 * cg_flv_append_config:
 * @array: where to
 * @format: of either track
 *
 * A sequence header: what the decoder must know first.
 */
void
cg_flv_append_config (GByteArray *array, const CgFormat *format)
{
  switch (format->codec) {
  case CG_CODEC_H264:
    append_video_header (array, TRUE, PACKET_CONFIG, 0);
    break;
  case CG_CODEC_H265:
    append_ex_header (array, TRUE, EX_SEQUENCE_START, 0);
    break;
  case CG_CODEC_AAC:
    append_audio_header (array, PACKET_CONFIG);
    break;
  }
  append_bytes (array, format->codec_data);
}

/**
 * cg_flv_append_unit_head:
 * @array: where to
 * @unit: of either track
 * @composition_ms: by how much presentation is later than decoding; at most 8388607
 *
 * What stands before the data of a picture or of a frame of sound: these are not copied.
 */
void
cg_flv_append_unit_head (GByteArray *array, const CgAccessUnit *unit, guint32 composition_ms)
{
  switch (unit->format->codec) {
  case CG_CODEC_H264:
    append_video_header (array, unit->key, PACKET_DATA, composition_ms);
    break;
  case CG_CODEC_H265:
    append_ex_header (array, unit->key, composition_ms > 0 ? EX_CODED_FRAMES : EX_CODED_FRAMES_X,
                      composition_ms);
    break;
  case CG_CODEC_AAC:
    append_audio_header (array, PACKET_DATA);
    break;
  }
}
