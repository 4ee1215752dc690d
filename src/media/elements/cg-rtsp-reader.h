/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-rtsp-message.h"

G_BEGIN_DECLS

typedef enum {
  CG_RTSP_ITEM_NONE,    /* more bytes are needed */
  CG_RTSP_ITEM_PACKET,  /* `$`, channel, length, bytes (RFC 2326, 10.12) */
  CG_RTSP_ITEM_MESSAGE, /* a response, or a request of the camera */
} CgRtspItemKind;

/**
 * CgRtspItem:
 * @channel: of a packet
 * @data: (transfer none): of a packet; until the reader is asked for space
 * @message: (transfer full): of a message
 */
typedef struct {
  guint channel;
  const guint8 *data;
  gsize size;
  CgRtspMessage *message;
} CgRtspItem;

/**
 * CgRtspReader:
 *
 * What a camera sends on its RTSP connection, in large pieces in and as packets and messages out.
 * Packets are not copied. What is neither is skipped and counted (Q53).
 */
typedef struct _CgRtspReader CgRtspReader;

CgRtspReader *cg_rtsp_reader_new (void);
void cg_rtsp_reader_free (CgRtspReader *self);

void cg_rtsp_reader_expect (CgRtspReader *self, guint channel);
guint8 *cg_rtsp_reader_get_space (CgRtspReader *self, gsize *size);
void cg_rtsp_reader_commit (CgRtspReader *self, gsize size);
CgRtspItemKind cg_rtsp_reader_next (CgRtspReader *self, CgRtspItem *item);
guint64 cg_rtsp_reader_get_skipped (const CgRtspReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtspReader, cg_rtsp_reader_free)

G_END_DECLS
