/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-rtsp-url.h"

G_BEGIN_DECLS

/**
 * CgRtspConnection:
 *
 * A socket to a camera, plain or TLS, for one thread that waits on it as long as it says. Any other
 * thread can end the wait.
 */
typedef struct _CgRtspConnection CgRtspConnection;

/* There is something to read. Returns: %FALSE: that is enough */
typedef gboolean (*CgRtspReadyFunc) (gpointer user_data);

CgRtspConnection *cg_rtsp_connection_new (GTlsCertificateFlags tls_flags, const char *fingerprint);
void cg_rtsp_connection_free (CgRtspConnection *self);

void cg_rtsp_connection_interrupt (CgRtspConnection *self);
void cg_rtsp_connection_resume (CgRtspConnection *self);
gboolean cg_rtsp_connection_is_interrupted (CgRtspConnection *self, GError **error);

gboolean cg_rtsp_connection_open_in_thread (CgRtspConnection *self,
                                            const CgRtspUrl *url,
                                            gint64 deadline_us,
                                            GError **error);
gboolean cg_rtsp_connection_is_open (const CgRtspConnection *self);
gboolean cg_rtsp_connection_has_ended_in_thread (CgRtspConnection *self, gint64 deadline_us);
void cg_rtsp_connection_close (CgRtspConnection *self);

gboolean cg_rtsp_connection_write_in_thread (
    CgRtspConnection *self, const void *data, gsize size, gint64 deadline_us, GError **error);
gssize cg_rtsp_connection_read_in_thread (
    CgRtspConnection *self, void *data, gsize size, gint64 deadline_us, GError **error);
gssize
cg_rtsp_connection_read_ready (CgRtspConnection *self, void *data, gsize size, GError **error);
gboolean cg_rtsp_connection_serve_in_thread (CgRtspConnection *self,
                                             CgRtspReadyFunc func,
                                             gpointer user_data,
                                             gint64 deadline_us,
                                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtspConnection, cg_rtsp_connection_free)

G_END_DECLS
