/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "cg-breaker.h"
#include "cg-config.h"
#include "cg-error.h"

G_BEGIN_DECLS

/**
 * CgOnvifSession:
 *
 * One conversation with one camera: its addresses, the login that works, its clock, one connection.
 * Every function that ends in _in_thread blocks; a session is used by one thread at a time, only
 * cg_onvif_session_abort() comes from anywhere. Errors of all calls are %CG_ERROR:
 * %CG_ERROR_UNREACHABLE, %CG_ERROR_TIMED_OUT, %CG_ERROR_LOGIN_REFUSED (the camera does not take
 * us), %CG_ERROR_NOT_PERMITTED (it does, but not for this call, Q35), %CG_ERROR_NOT_SUPPORTED,
 * %CG_ERROR_CANCELLED, %CG_ERROR_PEER_FAULT (any other fault, with its text) and what the call
 * names.
 */
typedef struct _CgOnvifSession CgOnvifSession;

CgOnvifSession *
cg_onvif_session_new (const char *address, const char *username, const char *password);
CgOnvifSession *cg_onvif_session_copy (const CgOnvifSession *self);
void cg_onvif_session_free (CgOnvifSession *self);

void cg_onvif_session_set_timeout_ms (CgOnvifSession *self, guint timeout_ms);
void cg_onvif_session_set_repair_addresses (CgOnvifSession *self, gboolean repair);
void cg_onvif_session_set_breaker (CgOnvifSession *self, CgBreaker *breaker);
CgBreaker *cg_onvif_session_get_breaker (const CgOnvifSession *self);
void cg_onvif_session_set_tls (CgOnvifSession *self, CgTlsPolicy policy, const char *fingerprint);
void cg_onvif_session_begin_job (CgOnvifSession *self);
void cg_onvif_session_end_job (CgOnvifSession *self);
void cg_onvif_session_abort (CgOnvifSession *self);
gboolean cg_onvif_session_connect_in_thread (CgOnvifSession *self, GError **error);
void cg_onvif_session_forget_services (CgOnvifSession *self);

gint64 cg_onvif_session_get_clock_offset_ms (const CgOnvifSession *self);
const char *cg_onvif_session_get_address (const CgOnvifSession *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifSession, cg_onvif_session_free)

G_END_DECLS
