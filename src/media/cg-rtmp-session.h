/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-rtmp-reader.h"
#include "cg-rtmp-url.h"

G_BEGIN_DECLS

/**
 * CgRtmpSession:
 *
 * The dialogue with a media server on a connected socket, from the handshake to the goodbye. All
 * of it is for one thread and may wait in it, never longer than the socket's own time-outs; shut
 * the socket down from elsewhere to end any wait at once.
 */
typedef struct _CgRtmpSession CgRtmpSession;

CgRtmpSession *cg_rtmp_session_new (int fd, const CgRtmpUrl *url, const char *query);
void cg_rtmp_session_free (CgRtmpSession *self);

gboolean cg_rtmp_session_publish_in_thread (CgRtmpSession *self, GError **error);
const char *cg_rtmp_session_get_refusal (CgRtmpSession *self);
GByteArray *cg_rtmp_session_begin (CgRtmpSession *self);
gboolean cg_rtmp_session_send_in_thread (CgRtmpSession *self,
                                         CgRtmpType type,
                                         guint32 timestamp_ms,
                                         GError **error);
gboolean cg_rtmp_session_read (CgRtmpSession *self, GError **error);
void cg_rtmp_session_say_goodbye_in_thread (CgRtmpSession *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtmpSession, cg_rtmp_session_free)

G_END_DECLS
