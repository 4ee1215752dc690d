/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-video-depay.h"

/* RFC 6184, table 1 */
enum { STAP_A = 24, STAP_B, MTAP16, MTAP24, FU_A, FU_B };

/* RFC 7798, 4.4 */
enum { AGGREGATE = 48, FRAGMENT };

#define FU_START 0x80
#define FU_END 0x40

struct _CgVideoDepay {
  CgNalCodec codec;
  CgPictureBuilder *builder; /* (owned) */
  gboolean in_fragment;
};

/**
 * cg_video_depay_new:
 * @codec: H.264 or H.265
 * @sets: (transfer none): gets the parameter sets; outlives the depayloader
 * @func: gets the pictures
 * @user_data: for @func
 *
 * Returns: (transfer full): a depayloader
 */
CgVideoDepay *
cg_video_depay_new (CgNalCodec codec, CgParameterSets *sets, CgUnitFunc func, gpointer user_data)
{
  CgVideoDepay *self = g_new0 (CgVideoDepay, 1);

  self->codec = codec;
  self->builder = cg_picture_builder_new (codec, sets, func, user_data);
  return self;
}

/**
 * cg_video_depay_free:
 * @self: (transfer full) (nullable): a depayloader
 */
void
cg_video_depay_free (CgVideoDepay *self)
{
  if (self == NULL)
    return;
  cg_picture_builder_free (self->builder);
  g_free (self);
}

static void
take_unit (CgVideoDepay *self, guint32 time, const guint8 *data, gsize size)
{
  self->in_fragment = FALSE;
  if (size == 0)
    return;
  cg_picture_builder_begin (self->builder, time, NULL, 0, data, size);
  cg_picture_builder_end (self->builder);
}

/* Two bytes of length before each. */
static void
take_aggregate (CgVideoDepay *self, guint32 time, const guint8 *data, gsize size)
{
  while (size > 2) {
    const gsize length = MIN ((gsize)data[0] << 8 | data[1], size - 2);

    take_unit (self, time, data + 2, length);
    data += 2 + length;
    size -= 2 + length;
  }
}

/* A camera that forgets to end a fragmented unit ends it with the next one. */
static void
take_fragment (CgVideoDepay *self,
               guint32 time,
               guint flags,
               const guint8 *head,
               gsize head_size,
               const guint8 *data,
               gsize size)
{
  if ((flags & FU_START) != 0)
    cg_picture_builder_begin (self->builder, time, head, head_size, data, size);
  else if (self->in_fragment)
    cg_picture_builder_append (self->builder, data, size);
  else
    cg_picture_builder_lose (self->builder);
  self->in_fragment = (self->in_fragment || (flags & FU_START) != 0) && (flags & FU_END) == 0;
  if ((flags & FU_END) != 0)
    cg_picture_builder_end (self->builder);
}

static void
take_h264_fragment (CgVideoDepay *self, const CgRtpPacket *packet, gsize extra)
{
  const guint8 *data = packet->data;

  if (packet->size < 2 + extra)
    return;
  const guint8 head = (data[0] & 0xe0) | (data[1] & 0x1f);
  take_fragment (self, packet->time, data[1], &head, 1, data + 2 + extra, packet->size - 2 - extra);
}

static void
push_h264 (CgVideoDepay *self, const CgRtpPacket *packet)
{
  const guint8 *data = packet->data;
  const guint type = data[0] & 0x1f;

  switch (type) {
  case STAP_A:
    take_aggregate (self, packet->time, data + 1, packet->size - 1);
    break;
  case STAP_B:
    if (packet->size > 3)
      take_aggregate (self, packet->time, data + 3, packet->size - 3);
    break;
  case FU_A:
    take_h264_fragment (self, packet, 0);
    break;
  case FU_B:
    take_h264_fragment (self, packet, 2);
    break;
  case MTAP16:
  case MTAP24:
    cg_picture_builder_lose (self->builder);
    break;
  default:
    take_unit (self, packet->time, data, packet->size);
    break;
  }
}

static void
push_h265 (CgVideoDepay *self, const CgRtpPacket *packet)
{
  const guint8 *data = packet->data;
  if (packet->size < 3)
    return;

  const guint type = (data[0] >> 1) & 0x3f;
  if (type == AGGREGATE) {
    take_aggregate (self, packet->time, data + 2, packet->size - 2);
  } else if (type == FRAGMENT) {
    const guint8 head[] = {(guint8)((data[0] & 0x81) | (data[2] & 0x3f) << 1), data[1]};

    take_fragment (self, packet->time, data[2], head, sizeof head, data + 3, packet->size - 3);
  } else {
    take_unit (self, packet->time, data, packet->size);
  }
}

/**
 * cg_video_depay_push:
 * @self: a depayloader
 * @packet: the next one
 */
void
cg_video_depay_push (CgVideoDepay *self, const CgRtpPacket *packet)
{
  if (packet->size == 0)
    return;
  if (self->codec == CG_NAL_H264)
    push_h264 (self, packet);
  else
    push_h265 (self, packet);
  if (packet->marker)
    cg_picture_builder_mark (self->builder);
}

/**
 * cg_video_depay_lose:
 * @self: a depayloader
 *
 * Packets are missing before the next one.
 */
void
cg_video_depay_lose (CgVideoDepay *self)
{
  self->in_fragment = FALSE;
  cg_picture_builder_lose (self->builder);
}

/**
 * cg_video_depay_get_dropped:
 * @self: a depayloader
 *
 * Returns: pictures that were damaged or too large (Q49)
 */
guint
cg_video_depay_get_dropped (const CgVideoDepay *self)
{
  return cg_picture_builder_get_dropped (self->builder);
}
