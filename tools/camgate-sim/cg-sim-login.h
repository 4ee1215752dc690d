/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CG_SIM_LOGIN_OK,
  CG_SIM_LOGIN_REFUSED,
  CG_SIM_LOGIN_STALE, /* right password, used-up nonce: ask again with a new one */
} CgSimLoginResult;

/**
 * CgSimToken:
 *
 * A WS-UsernameToken as it came; any member may be missing.
 */
typedef struct {
  const char *username;
  const char *password;
  const char *type;
  const char *nonce;
  const char *created;
} CgSimToken;

typedef struct _CgSimLogin CgSimLogin;

CgSimLogin *cg_sim_login_new (const char *user, const char *password);
void cg_sim_login_free (CgSimLogin *self);

char *cg_sim_login_challenge (CgSimLogin *self, gint64 now_ms, gboolean stale);
char *cg_sim_login_challenge_sha256 (CgSimLogin *self, gint64 now_ms, gboolean stale);
CgSimLoginResult cg_sim_login_check_digest (CgSimLogin *self,
                                            gint64 now_ms,
                                            const char *method,
                                            const char *path,
                                            const char *authorization);
CgSimLoginResult
cg_sim_login_check_token (CgSimLogin *self, gint64 clock_ms, const CgSimToken *token);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimLogin, cg_sim_login_free)

G_END_DECLS
