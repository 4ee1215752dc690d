/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Message types (RTMP 1.0, 5.4, 6.1, 7.1). */
typedef enum {
  CG_RTMP_SET_CHUNK_SIZE = 1,
  CG_RTMP_ABORT = 2,
  CG_RTMP_ACKNOWLEDGEMENT = 3,
  CG_RTMP_USER_CONTROL = 4,
  CG_RTMP_WINDOW_SIZE = 5,
  CG_RTMP_PEER_BANDWIDTH = 6,
  CG_RTMP_AUDIO = 8,
  CG_RTMP_VIDEO = 9,
  CG_RTMP_COMMAND_AMF3 = 17,
  CG_RTMP_DATA = 18,
  CG_RTMP_COMMAND = 20,
} CgRtmpType;

typedef struct {
  guint8 type;
  guint32 timestamp_ms;
  guint32 stream;
  GByteArray *body; /* (owned) */
} CgRtmpMessage;

/**
 * CgRtmpReader:
 *
 * Puts messages together from chunks (RTMP 1.0, 5.3), however the bytes come in. Pure: reads no
 * socket, and so never waits.
 */
typedef struct _CgRtmpReader CgRtmpReader;

CgRtmpReader *cg_rtmp_reader_new (guint max_message);
void cg_rtmp_reader_free (CgRtmpReader *self);
void cg_rtmp_reader_feed (CgRtmpReader *self, const guint8 *data, gsize size);
CgRtmpMessage *cg_rtmp_reader_next (CgRtmpReader *self, GError **error);
void cg_rtmp_message_free (CgRtmpMessage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtmpReader, cg_rtmp_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtmpMessage, cg_rtmp_message_free)

G_END_DECLS
