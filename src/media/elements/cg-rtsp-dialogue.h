/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-breaker.h"
#include "cg-rtsp-message.h"
#include "cg-rtsp-url.h"
#include "cg-rtsp-wire.h"

G_BEGIN_DECLS

/**
 * CgRtspOptions:
 * @location: rtsp:// or rtsps://
 * @username: (nullable)
 * @password: (nullable)
 * @breaker: (nullable): asked before the login is shown a second time (Q6). Who begins has asked
 * for the first, and ends one try, with what became of the last: what was refused before is counted
 * @timeout_ms: for connecting, and for each answer
 * @tls_flags: what must not be wrong with a certificate (Q57)
 * @tls_fingerprint: (nullable): of the only certificate that is taken
 * @drops_query: an address that the camera does not know is tried without its query (Q29)
 */
typedef struct {
  const char *location;
  const char *username;
  const char *password;
  CgBreaker *breaker;
  guint timeout_ms;
  GTlsCertificateFlags tls_flags;
  const char *tls_fingerprint;
  gboolean drops_query;
} CgRtspOptions;

/**
 * CgRtspDialogue:
 *
 * Requests to a camera and its answers, with whatever login it wants, on a connection that carries
 * packets too. For one thread, which it holds up; only cg_rtsp_dialogue_interrupt() is for others.
 */
typedef struct _CgRtspDialogue CgRtspDialogue;

CgRtspDialogue *
cg_rtsp_dialogue_new (const CgRtspOptions *options, CgRtspPacketFunc func, gpointer user_data);
void cg_rtsp_dialogue_free (CgRtspDialogue *self);
void cg_rtsp_dialogue_interrupt (CgRtspDialogue *self);
void cg_rtsp_dialogue_resume (CgRtspDialogue *self, guint timeout_ms);

void cg_rtsp_dialogue_go_to (CgRtspDialogue *self, const CgRtspUrl *url, gboolean with_login);
gboolean cg_rtsp_dialogue_may_show_again (CgRtspDialogue *self);
void cg_rtsp_dialogue_set_session (CgRtspDialogue *self, const char *id);
void cg_rtsp_dialogue_expect (CgRtspDialogue *self, guint channel);
void cg_rtsp_dialogue_hang_up (CgRtspDialogue *self);
gboolean cg_rtsp_dialogue_is_open (const CgRtspDialogue *self);

guint cg_rtsp_dialogue_send_in_thread (
    CgRtspDialogue *self, const char *method, const char *uri, const char *headers, GError **error);
CgRtspMessage *cg_rtsp_dialogue_exchange_in_thread (
    CgRtspDialogue *self, const char *method, const char *uri, const char *headers, GError **error);
CgRtspMessage *cg_rtsp_dialogue_exchange_twice_in_thread (
    CgRtspDialogue *self, const char *method, const char *uri, const char *headers, GError **error);
gboolean
cg_rtsp_dialogue_take_answer (CgRtspDialogue *self, const CgRtspMessage *answer, GError **error);
gboolean cg_rtsp_dialogue_send_packet_in_thread (
    CgRtspDialogue *self, guint channel, const guint8 *data, gsize size, GError **error);
gboolean cg_rtsp_dialogue_receive_in_thread (CgRtspDialogue *self,
                                             gint64 until_us,
                                             CgRtspMessage **message,
                                             GError **error);
void cg_rtsp_dialogue_pause (CgRtspDialogue *self);
gboolean cg_rtsp_dialogue_serve_in_thread (CgRtspDialogue *self,
                                           gint64 until_us,
                                           CgRtspMessage **message,
                                           GError **error);

guint64 cg_rtsp_dialogue_get_skipped (const CgRtspDialogue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtspDialogue, cg_rtsp_dialogue_free)

G_END_DECLS
