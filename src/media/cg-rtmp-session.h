/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-access-unit.h"
#include "cg-rtmp-reader.h"
#include "cg-rtmp-url.h"

G_BEGIN_DECLS

/**
 * CgRtmpSession:
 *
 * The dialogue with a media server on a connected socket, from the handshake to the goodbye. Up to
 * the publishing, and for the goodbye, it waits, never longer than the socket's own time-outs; shut
 * the socket down from elsewhere to end any wait at once. In between nothing waits.
 */
typedef struct _CgRtmpSession CgRtmpSession;

CgRtmpSession *cg_rtmp_session_new (int fd, const CgRtmpUrl *url, const char *query);
void cg_rtmp_session_free (CgRtmpSession *self);

gboolean cg_rtmp_session_publish_in_thread (CgRtmpSession *self, GError **error);
const char *cg_rtmp_session_get_refusal (CgRtmpSession *self);
gboolean cg_rtmp_session_takes_h265 (const CgRtmpSession *self);
GByteArray *cg_rtmp_session_begin (CgRtmpSession *self);
void cg_rtmp_session_queue (CgRtmpSession *self,
                            CgRtmpType type,
                            guint32 timestamp_ms,
                            CgAccessUnit *unit);
gboolean cg_rtmp_session_flush (CgRtmpSession *self, GError **error);
gboolean cg_rtmp_session_is_blocked (const CgRtmpSession *self, guint64 *written);
gboolean cg_rtmp_session_read (CgRtmpSession *self, GError **error);
void cg_rtmp_session_say_goodbye_in_thread (CgRtmpSession *self, guint timeout_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtmpSession, cg_rtmp_session_free)

G_END_DECLS
