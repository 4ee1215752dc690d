/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-rtsp-connection.h"
#include "cg-rtsp-message.h"

G_BEGIN_DECLS

typedef void (*CgRtspPacketFunc) (guint channel,
                                  const guint8 *data,
                                  gsize size,
                                  gpointer user_data);

/**
 * CgRtspWire:
 *
 * A connection that carries messages and packets, both ways (RFC 2326, 10.12). For one thread,
 * which it holds up; only cg_rtsp_wire_interrupt() is for others.
 */
typedef struct _CgRtspWire CgRtspWire;

CgRtspWire *cg_rtsp_wire_new (GTlsCertificateFlags tls_flags,
                              const char *fingerprint,
                              CgRtspPacketFunc func,
                              gpointer user_data);
void cg_rtsp_wire_free (CgRtspWire *self);
void cg_rtsp_wire_interrupt (CgRtspWire *self);
void cg_rtsp_wire_resume (CgRtspWire *self);

gboolean cg_rtsp_wire_open_in_thread (CgRtspWire *self,
                                      const CgRtspUrl *url,
                                      gint64 deadline_us,
                                      GError **error);
gboolean cg_rtsp_wire_is_open (const CgRtspWire *self);
gboolean cg_rtsp_wire_has_ended_in_thread (CgRtspWire *self, gint64 deadline_us);
void cg_rtsp_wire_hang_up (CgRtspWire *self);

void cg_rtsp_wire_expect (CgRtspWire *self, guint channel);
gboolean cg_rtsp_wire_write_in_thread (CgRtspWire *self,
                                       const GString *bytes,
                                       gint64 deadline_us,
                                       GError **error);
gboolean cg_rtsp_wire_receive_in_thread (CgRtspWire *self,
                                         gint64 until_us,
                                         CgRtspMessage **message,
                                         GError **error);
void cg_rtsp_wire_pause (CgRtspWire *self);
gboolean cg_rtsp_wire_serve_in_thread (CgRtspWire *self,
                                       gint64 until_us,
                                       CgRtspMessage **message,
                                       GError **error);
guint64 cg_rtsp_wire_get_skipped (const CgRtspWire *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtspWire, cg_rtsp_wire_free)

G_END_DECLS
