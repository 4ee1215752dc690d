/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgRtspLogin:
 *
 * How one RTSP connection shows its login: Basic, or Digest with SHA-256 or MD5, whichever the
 * camera offers, the best first. A password that was refused is not shown again (Q6).
 */
typedef struct _CgRtspLogin CgRtspLogin;

typedef enum {
  CG_RTSP_LOGIN_SHOW, /* the request may go out again, with the login */
  /* Once more, and what was shown counts as refused: the camera may have failed with SHA-256 (Q27),
   * or calls a nonce old that it has just given. */
  CG_RTSP_LOGIN_SHOW_ONCE_MORE,
  CG_RTSP_LOGIN_REFUSED, /* it was shown and not taken */
  CG_RTSP_LOGIN_MISSING, /* one is wanted, and we have none */
  CG_RTSP_LOGIN_UNKNOWN, /* the camera wants a kind that we do not know */
} CgRtspLoginVerdict;

CgRtspLogin *cg_rtsp_login_new (const char *username, const char *password);
void cg_rtsp_login_free (CgRtspLogin *self);

char *cg_rtsp_login_answer (CgRtspLogin *self, const char *method, const char *uri);
CgRtspLoginVerdict cg_rtsp_login_take_challenge (CgRtspLogin *self, const char *const *headers);
void cg_rtsp_login_accept (CgRtspLogin *self);
gboolean cg_rtsp_login_is_proven (const CgRtspLogin *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtspLogin, cg_rtsp_login_free)

G_END_DECLS
