/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The rungs of the login ladder, in the order in which they are climbed (Q3). */
typedef enum {
  CG_ONVIF_LOGIN_NONE,
  CG_ONVIF_LOGIN_DIGEST, /* HTTP digest, after a challenge */
  CG_ONVIF_LOGIN_TOKEN,  /* WS-UsernameToken */
  CG_ONVIF_LOGIN_BOTH,
  CG_ONVIF_N_LOGINS
} CgOnvifLogin;

gboolean cg_onvif_login_has_digest (CgOnvifLogin login);
gboolean cg_onvif_login_has_token (CgOnvifLogin login);
const char *cg_onvif_login_get_word (CgOnvifLogin login);
gboolean cg_onvif_login_next (guint tried,
                              gboolean has_password,
                              gboolean has_challenge,
                              CgOnvifLogin *next);

G_END_DECLS
