/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-rtsp-dialogue.h"
#include "cg-rtsp-header.h"

G_BEGIN_DECLS

/**
 * CgRtspSession:
 *
 * One session with one camera, everything on its one TCP connection (RFC 2326). All its functions
 * are for one thread, which they hold up; only cg_rtsp_session_interrupt() is for others.
 */
typedef struct _CgRtspSession CgRtspSession;

CgRtspSession *
cg_rtsp_session_new (const CgRtspOptions *options, CgRtspPacketFunc func, gpointer user_data);
void cg_rtsp_session_free (CgRtspSession *self);
void cg_rtsp_session_interrupt (CgRtspSession *self);

char *cg_rtsp_session_describe_in_thread (CgRtspSession *self, GError **error);
gboolean cg_rtsp_session_setup_in_thread (CgRtspSession *self,
                                          const char *control,
                                          CgRtspTransport *transport,
                                          GError **error);
gboolean cg_rtsp_session_play_in_thread (CgRtspSession *self, const char *control, GError **error);
gboolean cg_rtsp_session_get_start (const CgRtspSession *self, guint number, guint32 *start);
void cg_rtsp_session_pause (CgRtspSession *self);
gboolean cg_rtsp_session_receive_in_thread (CgRtspSession *self, gint64 until_us, GError **error);
gboolean cg_rtsp_session_send_packet_in_thread (
    CgRtspSession *self, guint channel, const guint8 *data, gsize size, GError **error);
void cg_rtsp_session_close_in_thread (CgRtspSession *self, guint timeout_ms);

gboolean cg_rtsp_session_has_dropped_query (const CgRtspSession *self);
guint cg_rtsp_session_get_status (const CgRtspSession *self);
guint64 cg_rtsp_session_get_skipped (const CgRtspSession *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtspSession, cg_rtsp_session_free)

G_END_DECLS
