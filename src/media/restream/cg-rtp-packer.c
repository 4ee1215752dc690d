/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtp-packer.h"

#include <string.h>

#include "cg-nal.h"
#include "cg-record.h"

#define RTP_HEAD 12

/* With the heads of UDP and IPv6 still within an Ethernet frame, and a tunnel's on top. */
#define MAX_PAYLOAD 1360

/* RFC 6184, 5.8; RFC 7798, 4.4.3 */
#define H264_FRAGMENT 28
#define H265_FRAGMENT 49
#define FRAGMENT_BEGIN 0x80
#define FRAGMENT_END 0x40

/* RFC 3640, 3.3.6: the length of the one header that follows, in bits */
#define AU_HEADERS_BITS 16
#define AU_HEAD 4

/* What 13 bits of length can tell; no AAC of one or two channels comes to a quarter of it. */
#define MAX_AU_SIZE 8191

/* Lengths before NAL units (cg-format.h) */
#define NAL_LENGTH 4

/* RFC 3550, 6.4.1 and 6.5 */
#define SENDER_REPORT 200
#define DESCRIPTION 202
#define CNAME 1
#define OUR_NAME "camgate"
#define REPORT_SIZE 28
#define DESCRIPTION_SIZE 20
G_STATIC_ASSERT (4 + 4 + 2 + sizeof OUR_NAME <= DESCRIPTION_SIZE);

/* Between 1900 and 1970 */
#define NTP_OFFSET_S G_GUINT64_CONSTANT (2208988800)

typedef struct {
  CgRtpPacker *packer;
  GByteArray *frames;
  guint32 time;
  CgCodec codec;
} Packing;

static guint8 *
write_u16 (guint8 *data, guint value)
{
  data[0] = (guint8)(value >> 8);
  data[1] = (guint8)value;
  return data + 2;
}

static guint8 *
write_u32 (guint8 *data, guint32 value)
{
  return write_u16 (write_u16 (data, value >> 16), value & 0xffff);
}

static guint8 *
begin_frame (GByteArray *frames, guint8 channel, gsize size)
{
  const guint at = frames->len;

  g_byte_array_set_size (frames, at + CG_RTP_FRAME_HEAD + (guint)size);
  guint8 *data = frames->data + at;
  data[0] = '$';
  data[1] = channel;
  return write_u16 (data + 2, (guint)size);
}

/* Returns: where the payload goes */
static guint8 *
begin_packet (Packing *self, gsize size, gboolean marker)
{
  CgRtpPacker *packer = self->packer;
  guint8 *data = begin_frame (self->frames, packer->channel, RTP_HEAD + size);

  *data++ = 0x80;
  *data++ = (guint8)((marker ? 0x80 : 0) | packer->payload_type);
  data = write_u16 (data, packer->number++);
  data = write_u32 (data, self->time);
  data = write_u32 (data, packer->source);
  packer->n_packets++;
  packer->n_bytes += (guint32)size;
  return data;
}

/* The head of a fragment takes the place of the NAL unit's own. Returns: where its bytes go */
static guint8 *
write_fragment_head (const Packing *self, const guint8 *nal, guint8 place, guint8 *data)
{
  if (self->codec == CG_CODEC_H265) {
    *data++ = (guint8)((nal[0] & 0x81) | H265_FRAGMENT << 1);
    *data++ = nal[1];
    *data++ = (guint8)(place | (nal[0] >> 1 & 0x3f));
  } else {
    *data++ = (guint8)((nal[0] & 0xe0) | H264_FRAGMENT);
    *data++ = (guint8)(place | (nal[0] & 0x1f));
  }
  return data;
}

static void
pack_fragments (Packing *self, const guint8 *nal, gsize size, gboolean is_last)
{
  const gsize nal_head = self->codec == CG_CODEC_H265 ? 2 : 1;
  const gsize head = nal_head + 1;
  guint8 place = FRAGMENT_BEGIN;

  for (gsize at = nal_head; at < size;) {
    const gsize length = MIN (size - at, MAX_PAYLOAD - head);
    const gboolean is_end = at + length == size;
    guint8 *data = begin_packet (self, head + length, is_last && is_end);

    data = write_fragment_head (self, nal, place | (is_end ? FRAGMENT_END : 0), data);
    memcpy (data, nal + at, length);
    at += length;
    place = 0;
  }
}

static void
pack_nal (Packing *self, const guint8 *nal, gsize size, gboolean is_last)
{
  if (size <= MAX_PAYLOAD)
    memcpy (begin_packet (self, size, is_last), nal, size);
  else
    pack_fragments (self, nal, size, is_last);
}

/* Returns: the next NAL unit that is worth sending; NULL: none is left */
static const guint8 *
next_nal (const Packing *self, const guint8 **at, const guint8 *end, gsize *size, CgNal *nal)
{
  const CgNalCodec codec = self->codec == CG_CODEC_H265 ? CG_NAL_H265 : CG_NAL_H264;

  while (end - *at > NAL_LENGTH) {
    const guint8 *data = *at + NAL_LENGTH;
    *size = (gsize)(*at)[0] << 24 | (gsize)(*at)[1] << 16 | (gsize)(*at)[2] << 8 | (*at)[3];
    if (*size > (gsize)(end - data))
      return NULL;
    *at = data + *size;
    /* The marker says what a delimiter would. */
    if (cg_nal_read (codec, data, *size, nal) && nal->role != CG_NAL_DELIMITER)
      return data;
  }
  return NULL;
}

static gboolean
has_parameters (const Packing *self, const guint8 *data, const guint8 *end)
{
  gsize size;
  CgNal nal;

  while (next_nal (self, &data, end, &size, &nal) != NULL) {
    if (nal.role == CG_NAL_PARAMETERS)
      return TRUE;
  }
  return FALSE;
}

/* Who joins late, or has lost a packet, finds all it needs before the key frame (Q24, Q25). */
static void
pack_parameters (Packing *self, const CgFormat *format)
{
  CgRecordSet sets[CG_RECORD_MAX_SETS];
  const guint n_sets = cg_record_read (format, sets);

  for (guint i = 0; i < n_sets; i++)
    pack_nal (self, sets[i].data, sets[i].size, FALSE);
}

static void
pack_picture (Packing *self, const CgAccessUnit *unit)
{
  gsize length, size, next_size;
  const guint8 *data = g_bytes_get_data (unit->data, &length);
  const guint8 *end = data + length;
  CgNal nal;

  if (unit->key && !has_parameters (self, data, end))
    pack_parameters (self, unit->format);
  const guint8 *one = next_nal (self, &data, end, &size, &nal);
  while (one != NULL) {
    const guint8 *next = next_nal (self, &data, end, &next_size, &nal);

    pack_nal (self, one, size, next == NULL);
    one = next;
    size = next_size;
  }
}

static void
pack_sound (Packing *self, const CgAccessUnit *unit)
{
  gsize size;
  const guint8 *sound = g_bytes_get_data (unit->data, &size);

  if (size > MAX_AU_SIZE)
    return;
  for (gsize at = 0; at < size;) {
    const gsize length = MIN (size - at, MAX_PAYLOAD - AU_HEAD);
    guint8 *data = begin_packet (self, AU_HEAD + length, at + length == size);

    data = write_u16 (data, AU_HEADERS_BITS);
    data = write_u16 (data, (guint)size << 3); /* and the index, 0 */
    memcpy (data, sound + at, length);
    at += length;
  }
}

/**
 * cg_rtp_packer_get_time:
 * @self: a packer
 * @pts_us: not before 0
 *
 * Returns: the time stamp of a packet of that time
 */
guint32
cg_rtp_packer_get_time (const CgRtpPacker *self, gint64 pts_us)
{
  const guint64 time_us = (guint64)MAX (pts_us, 0);
  const guint64 ticks = time_us / G_USEC_PER_SEC * self->clock +
                        time_us % G_USEC_PER_SEC * self->clock / G_USEC_PER_SEC;

  return self->first_time + (guint32)ticks;
}

/**
 * cg_rtp_packer_init:
 * @self: (out): a packer
 * @payload_type: as the description says
 * @clock: ticks a second
 *
 * What a stranger must not guess is random (RFC 3550, 5.1).
 */
void
cg_rtp_packer_init (CgRtpPacker *self, guint8 payload_type, guint clock)
{
  *self = (CgRtpPacker){
      .payload_type = payload_type,
      .clock = clock,
      .source = g_random_int (),
      .number = (guint16)g_random_int (),
      .first_time = g_random_int (),
  };
}

/**
 * cg_rtp_packer_add:
 * @self: a packer
 * @unit: a picture or a sound
 * @pts_us: when it is shown
 * @frames: where its packets are added, each after its %CG_RTP_FRAME_HEAD bytes
 */
void
cg_rtp_packer_add (CgRtpPacker *self, const CgAccessUnit *unit, gint64 pts_us, GByteArray *frames)
{
  Packing packing = {self, frames, cg_rtp_packer_get_time (self, pts_us), unit->format->codec};

  if (unit->track == CG_TRACK_VIDEO)
    pack_picture (&packing, unit);
  else
    pack_sound (&packing, unit);
}

/**
 * cg_rtp_packer_add_report:
 * @self: a packer
 * @pts_us: a moment on the media's clock
 * @real_us: the same since 1970, by a clock that all tracks share
 * @frames: where the report is added, after its %CG_RTP_FRAME_HEAD bytes
 *
 * By these a viewer brings picture and sound together (RFC 3550, 6.4.1).
 */
void
cg_rtp_packer_add_report (CgRtpPacker *self, gint64 pts_us, gint64 real_us, GByteArray *frames)
{
  const guint64 real = (guint64)MAX (real_us, 0);
  guint8 *data = begin_frame (frames, self->channel + 1, REPORT_SIZE + DESCRIPTION_SIZE);

  data = write_u32 (data, 0x80000000u | SENDER_REPORT << 16 | (REPORT_SIZE / 4 - 1));
  data = write_u32 (data, self->source);
  data = write_u32 (data, (guint32)(real / G_USEC_PER_SEC + NTP_OFFSET_S));
  data = write_u32 (data, (guint32)((real % G_USEC_PER_SEC << 32) / G_USEC_PER_SEC));
  data = write_u32 (data, cg_rtp_packer_get_time (self, pts_us));
  data = write_u32 (data, self->n_packets);
  data = write_u32 (data, self->n_bytes);
  data = write_u32 (data, 0x81000000u | DESCRIPTION << 16 | (DESCRIPTION_SIZE / 4 - 1));
  data = write_u32 (data, self->source);
  memset (data, 0, DESCRIPTION_SIZE - 8);
  data[0] = CNAME;
  data[1] = strlen (OUR_NAME);
  memcpy (data + 2, OUR_NAME, strlen (OUR_NAME));
}

/**
 * cg_rtp_frame_get_size:
 * @frame: where one begins
 *
 * Returns: the length of its packet
 */
gsize
cg_rtp_frame_get_size (const guint8 *frame)
{
  return (gsize)frame[2] << 8 | frame[3];
}
