/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-track.h"

#include <stdlib.h>

#include "cg-audio-depay.h"
#include "cg-rtcp.h"
#include "cg-rtp-time.h"
#include "cg-rtsp-media.h"
#include "cg-video-depay.h"

/* A camera whose numbers do not count by one is not believed that packets are missing: on TCP they
 * rarely are. Each odd step weighs as much as so many good ones. */
#define ODD_WEIGHT 4
#define ODD_LIMIT 100

typedef enum { KIND_H264, KIND_H265, KIND_AAC, KIND_PCMA, KIND_PCMU, N_KINDS } Kind;

/* By the encoding name of RFC 6184, 7798, 3640 and 3551. */
static const struct {
  const char *encoding;
  const char *caps;
  gboolean is_video;
} kinds[] = {
    [KIND_H264] = {"H264", "video/x-h264,stream-format=avc,alignment=au,parsed=true", TRUE},
    [KIND_H265] = {"H265", "video/x-h265,stream-format=hvc1,alignment=au,parsed=true", TRUE},
    [KIND_AAC] = {"MPEG4-GENERIC", "audio/mpeg,mpegversion=4,stream-format=raw,framed=true", FALSE},
    [KIND_PCMA] = {"PCMA", "audio/x-alaw", FALSE},
    [KIND_PCMU] = {"PCMU", "audio/x-mulaw", FALSE},
};
G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == N_KINDS);

struct _CgRtspTrack {
  CgRtspTrackFunc func;
  gpointer user_data;
  Kind kind;
  guint payload_type;
  gboolean has_type; /* a packet of that type has come */
  guint rate;
  guint channels;

  CgParameterSets *sets; /* (owned) (nullable) of video */
  CgVideoDepay *video;   /* (owned) (nullable) */
  CgAudioDepay *audio;   /* (owned) (nullable) */
  CgRtpTime time;
  const CgRtspTrack *leader; /* (not owned) (nullable) that it goes in step with */
  gint64 now_us;

  GstCaps *caps;    /* (owned) (nullable) */
  guint serial;     /* of the sets in the caps */
  gboolean has_gap; /* before the next unit */
  CgRtspTrackPlace place;
  gboolean can_be_asked; /* for a key frame */

  gboolean has_number;
  guint32 number; /* highest, with its cycles */
  guint odd;
  guint32 source;
  guint32 report_ntp; /* the middle of it */
  gint64 report_us;
};

static gboolean
find_kind (const GstCaps *media, Kind *kind)
{
  guint rate = 0;
  const char *encoding = cg_rtsp_media_get_encoding (media, &rate);

  for (guint i = 0; encoding != NULL && i < N_KINDS; i++) {
    if (g_ascii_strcasecmp (encoding, kinds[i].encoding) == 0) {
      *kind = (Kind)i;
      return TRUE;
    }
  }
  return FALSE;
}

/* What a decoder must know; NULL: it is not known yet (Q24). */
static GBytes *
make_codec_data (CgRtspTrack *self)
{
  if (self->kind == KIND_AAC)
    return cg_audio_depay_get_config (self->audio, &self->rate, &self->channels);
  return cg_parameter_sets_make_record (self->sets);
}

static void
set_picture (const CgRtspTrack *self, GstCaps *caps)
{
  const CgSps *sps = cg_parameter_sets_get_sps (self->sets);

  gst_caps_set_simple (caps, "width", G_TYPE_INT, (int)sps->width, "height", G_TYPE_INT,
                       (int)sps->height, NULL);
  if (sps->rate_n > 0 && sps->rate_d > 0)
    gst_caps_set_simple (caps, "framerate", GST_TYPE_FRACTION, (int)sps->rate_n, (int)sps->rate_d,
                         NULL);
}

static void
set_codec_data (GstCaps *caps, GBytes *codec_data)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (codec_data);

  gst_caps_set_simple (caps, "codec_data", GST_TYPE_BUFFER, buffer, NULL);
}

static GstCaps *
make_caps (CgRtspTrack *self)
{
  const gboolean is_plain = self->kind == KIND_PCMA || self->kind == KIND_PCMU;
  g_autoptr (GBytes) codec_data = is_plain ? NULL : make_codec_data (self);
  if (!is_plain && codec_data == NULL)
    return NULL;

  GstCaps *caps = gst_caps_from_string (kinds[self->kind].caps);
  if (codec_data != NULL)
    set_codec_data (caps, codec_data);
  if (kinds[self->kind].is_video)
    set_picture (self, caps);
  else
    gst_caps_set_simple (caps, "rate", G_TYPE_INT, (int)self->rate, "channels", G_TYPE_INT,
                         (int)MAX (self->channels, 1), NULL);
  return caps;
}

/* In mid-stream too (Q25). */
static void
follow_sets (CgRtspTrack *self)
{
  const guint serial = self->sets != NULL ? cg_parameter_sets_get_serial (self->sets) : 0;

  if (self->caps != NULL && serial == self->serial)
    return;
  self->serial = serial;
  g_autoptr (GstCaps) caps = make_caps (self);
  if (caps != NULL && (self->caps == NULL || !gst_caps_is_equal (caps, self->caps)))
    gst_caps_replace (&self->caps, caps);
  if (caps != NULL && self->sets != NULL)
    cg_rtp_time_expect_depth (&self->time, cg_parameter_sets_get_sps (self->sets)->depth);
}

/* The first pictures may have to be decoded before the time has begun. */
static void
set_times (GstBuffer *buffer, gint64 dts_us, gint64 pts_us)
{
  GST_BUFFER_PTS (buffer) = (GstClockTime)MAX (pts_us, 0) * GST_USECOND;
  if (dts_us >= 0)
    GST_BUFFER_DTS (buffer) = (GstClockTime)dts_us * GST_USECOND;
}

static gboolean
stamp (CgRtspTrack *self, guint32 time, gint64 *dts_us, gint64 *pts_us)
{
  if (self->leader != NULL) {
    cg_rtp_time_begin (&self->time, time, self->now_us);
    cg_rtp_time_follow (&self->time, &self->leader->time);
  }
  return cg_rtp_time_stamp (&self->time, time, self->now_us, dts_us, pts_us);
}

static void
on_unit (guint8 *data, gsize size, gboolean is_key, guint32 time, gpointer user_data)
{
  CgRtspTrack *self = user_data;
  gint64 dts_us, pts_us;

  self->place = is_key ? CG_RTSP_TRACK_KEY : CG_RTSP_TRACK_DELTA;
  follow_sets (self);
  if (self->caps == NULL || !stamp (self, time, &dts_us, &pts_us)) {
    g_free (data);
    return;
  }
  GstBuffer *buffer = gst_buffer_new_wrapped (data, size);
  set_times (buffer, dts_us, pts_us);
  if (!is_key)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (self->has_gap)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->has_gap = FALSE;
  self->func (self, buffer, self->user_data);
}

static guint
read_number (const GstStructure *media, const char *name)
{
  const char *text = gst_structure_get_string (media, name);
  const guint64 number = text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;

  return (guint)MIN (number, G_MAXUINT16);
}

static void
make_video (CgRtspTrack *self, const GstStructure *media)
{
  static const char *const names[] = {"sprop-vps", "sprop-sps", "sprop-pps",
                                      "sprop-parameter-sets"};
  const CgNalCodec codec = self->kind == KIND_H264 ? CG_NAL_H264 : CG_NAL_H265;

  self->sets = cg_parameter_sets_new (codec);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    cg_parameter_sets_add_described (self->sets, gst_structure_get_string (media, names[i]));
  self->video = cg_video_depay_new (codec, self->sets, on_unit, self);
}

static void
make_audio (CgRtspTrack *self, const GstStructure *media)
{
  const char *channels = gst_structure_get_string (media, "encoding-params");
  const CgAudioDepayOptions options = {
      .is_aac = self->kind == KIND_AAC,
      .clock_rate = self->rate,
      .config = gst_structure_get_string (media, "config"),
      .size_length = read_number (media, "sizelength"),
      .index_length = read_number (media, "indexlength"),
      .index_delta_length = read_number (media, "indexdeltalength"),
      .constant_size = read_number (media, "constantsize"),
  };

  self->channels = channels != NULL ? (guint)CLAMP (atoi (channels), 1, 8) : 1;
  self->audio = cg_audio_depay_new (&options, on_unit, self);
}

/**
 * cg_rtsp_track_new:
 * @media: what the description says of it, as gst_sdp_media_get_caps_from_media() puts it
 * @func: gets what is complete
 * @user_data: for @func
 *
 * Returns: (transfer full) (nullable): a track; %NULL: nothing that we can take apart
 */
CgRtspTrack *
cg_rtsp_track_new (const GstCaps *media, CgRtspTrackFunc func, gpointer user_data)
{
  const GstStructure *structure = gst_caps_get_structure (media, 0);
  int rate = 0, payload_type = 0;
  Kind kind;

  if (!find_kind (media, &kind))
    return NULL;
  CgRtspTrack *self = g_new0 (CgRtspTrack, 1);
  gst_structure_get_int (structure, "clock-rate", &rate);
  gst_structure_get_int (structure, "payload", &payload_type);
  self->func = func;
  self->user_data = user_data;
  self->kind = kind;
  self->payload_type = (guint)payload_type;
  self->rate = rate > 0 ? (guint)rate : kinds[kind].is_video ? 90000 : 8000;
  self->has_gap = TRUE;
  self->can_be_asked =
      kinds[kind].is_video && gst_structure_has_field (structure, "rtcp-fb-nack-pli");
  cg_rtp_time_init (&self->time, self->rate);
  if (kinds[kind].is_video)
    make_video (self, structure);
  else
    make_audio (self, structure);
  return self;
}

/**
 * cg_rtsp_track_free:
 * @self: (transfer full) (nullable): a track
 */
void
cg_rtsp_track_free (CgRtspTrack *self)
{
  if (self == NULL)
    return;
  cg_video_depay_free (self->video);
  cg_audio_depay_free (self->audio);
  cg_parameter_sets_free (self->sets);
  gst_clear_caps (&self->caps);
  g_free (self);
}

static void
lose (CgRtspTrack *self)
{
  self->has_gap = TRUE;
  if (self->video != NULL)
    cg_video_depay_lose (self->video);
  else
    cg_audio_depay_lose (self->audio);
}

static void
follow_number (CgRtspTrack *self, guint16 number)
{
  const gint16 step = (gint16)(number - (guint16)self->number);

  if (!self->has_number) {
    self->has_number = TRUE;
    self->number = number;
    return;
  }
  self->number += (guint32)(gint32)step;
  if (step == 1) {
    self->odd -= self->odd > 0 && self->odd < ODD_LIMIT;
    return;
  }
  if (self->odd >= ODD_LIMIT)
    return;
  self->odd += ODD_WEIGHT;
  lose (self);
}

/* Other types than the described one are something else, unless the description is wrong. */
static gboolean
is_ours (CgRtspTrack *self, guint payload_type)
{
  self->has_type = self->has_type || payload_type == self->payload_type;
  return payload_type == self->payload_type || !self->has_type;
}

/**
 * cg_rtsp_track_receive:
 * @self: a track
 * @data: an RTP packet
 * @size: its bytes
 * @now_us: when it came, on the clock that buffers are stamped by
 */
void
cg_rtsp_track_receive (CgRtspTrack *self, const guint8 *data, gsize size, gint64 now_us)
{
  CgRtpPacket packet;

  if (!cg_rtp_packet_parse (data, size, &packet) || !is_ours (self, packet.payload_type))
    return;
  self->now_us = now_us;
  self->source = packet.source;
  follow_number (self, packet.number);
  if (self->video != NULL)
    cg_video_depay_push (self->video, &packet);
  else
    cg_audio_depay_push (self->audio, &packet);
}

/**
 * cg_rtsp_track_take_report:
 * @self: a track
 * @data: an RTCP packet
 * @size: its bytes
 * @now_us: when it came
 *
 * Returns: whether the camera says goodbye
 */
gboolean
cg_rtsp_track_take_report (CgRtspTrack *self, const guint8 *data, gsize size, gint64 now_us)
{
  CgRtcpNews news;

  cg_rtcp_parse (data, size, &news);
  if (news.has_report) {
    cg_rtp_time_report (&self->time, news.time, news.ntp);
    self->report_ntp = (guint32)(news.ntp >> 16);
    self->report_us = now_us;
  }
  return news.is_goodbye;
}

/**
 * cg_rtsp_track_set_start:
 * @self: a track
 * @start: `rtptime` of the answer to PLAY
 */
void
cg_rtsp_track_set_start (CgRtspTrack *self, guint32 start)
{
  cg_rtp_time_set_start (&self->time, start);
}

/**
 * cg_rtsp_track_follow:
 * @self: a track
 * @leader: (transfer none): the one it goes with; lives as long
 *
 * From here on sound goes in step with the picture, as far as the camera tells.
 */
void
cg_rtsp_track_follow (CgRtspTrack *self, const CgRtspTrack *leader)
{
  self->leader = leader;
}

/**
 * cg_rtsp_track_write_report:
 * @self: a track
 * @now_us: on the clock of cg_rtsp_track_take_report()
 * @wants_key: the camera is asked for a key frame, too
 * @data: (out): room for %CG_RTCP_MAX_SIZE bytes
 *
 * Returns: how many bytes to send; 0: nothing has come yet
 */
gsize
cg_rtsp_track_write_report (CgRtspTrack *self, gint64 now_us, gboolean wants_key, guint8 *data)
{
  const gint64 delay_us = now_us - self->report_us;
  const CgRtcpReport report = {
      .self = ~self->source,
      .source = self->source,
      .number = self->number,
      .last_ntp = self->report_ntp,
      .delay = self->report_ntp != 0 ? (guint32)(delay_us * 65536 / G_USEC_PER_SEC) : 0,
  };

  if (!self->has_number)
    return 0;
  const gsize size = cg_rtcp_write (&report, data);
  return size + (wants_key ? cg_rtcp_write_loss (&report, data + size) : 0);
}

/**
 * cg_rtsp_track_is_video:
 * @self: a track
 *
 * Returns: %FALSE: it is sound
 */
gboolean
cg_rtsp_track_is_video (const CgRtspTrack *self)
{
  return self->video != NULL;
}

/**
 * cg_rtsp_track_can_be_asked:
 * @self: a track
 *
 * Returns: whether the camera takes a picture loss indication (RFC 4585, 4.2: `nack pli`)
 */
gboolean
cg_rtsp_track_can_be_asked (const CgRtspTrack *self)
{
  return self->can_be_asked;
}

/**
 * cg_rtsp_track_get_place:
 * @self: a track
 *
 * Returns: where it is, by its last whole picture
 */
CgRtspTrackPlace
cg_rtsp_track_get_place (const CgRtspTrack *self)
{
  return self->place;
}

/**
 * cg_rtsp_track_get_payload_type:
 * @self: a track
 *
 * Returns: as described
 */
guint
cg_rtsp_track_get_payload_type (const CgRtspTrack *self)
{
  return self->payload_type;
}

/**
 * cg_rtsp_track_get_caps:
 * @self: a track that has given a buffer
 *
 * Returns: (transfer none): of the buffer it gives
 */
GstCaps *
cg_rtsp_track_get_caps (const CgRtspTrack *self)
{
  return self->caps;
}

/**
 * cg_rtsp_track_get_dropped:
 * @self: a track
 *
 * Returns: pictures that were damaged or too large (Q49)
 */
guint
cg_rtsp_track_get_dropped (const CgRtspTrack *self)
{
  return self->video != NULL ? cg_video_depay_get_dropped (self->video) : 0;
}

/**
 * cg_rtsp_track_get_jumps:
 * @self: a track
 *
 * Returns: how often its time jumped (Q20)
 */
guint
cg_rtsp_track_get_jumps (const CgRtspTrack *self)
{
  return cg_rtp_time_get_jumps (&self->time);
}
