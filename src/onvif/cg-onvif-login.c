/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-login.h"

static const struct {
  const char *word;
  gboolean digest;
  gboolean token;
} rungs[] = {
    [CG_ONVIF_LOGIN_NONE] = {"none", FALSE, FALSE},
    [CG_ONVIF_LOGIN_DIGEST] = {"digest", TRUE, FALSE},
    [CG_ONVIF_LOGIN_TOKEN] = {"token", FALSE, TRUE},
    [CG_ONVIF_LOGIN_BOTH] = {"both", TRUE, TRUE},
};
G_STATIC_ASSERT (G_N_ELEMENTS (rungs) == CG_ONVIF_N_LOGINS);

/**
 * cg_onvif_login_has_digest:
 * @login: a rung
 *
 * Returns: whether it answers HTTP digest challenges
 */
gboolean
cg_onvif_login_has_digest (CgOnvifLogin login)
{
  return rungs[login].digest;
}

/**
 * cg_onvif_login_has_token:
 * @login: a rung
 *
 * Returns: whether it puts a UsernameToken into the message
 */
gboolean
cg_onvif_login_has_token (CgOnvifLogin login)
{
  return rungs[login].token;
}

/**
 * cg_onvif_login_get_word:
 * @login: a rung
 *
 * Returns: its name in logs
 */
const char *
cg_onvif_login_get_word (CgOnvifLogin login)
{
  return rungs[login].word;
}

/**
 * cg_onvif_login_next:
 * @tried: one bit (1 << login) for each rung that was refused
 * @has_password: whether we have anything to log in with
 * @has_challenge: whether the camera sent a digest challenge
 * @next: (out): the next rung
 *
 * Each rung is tried once: a camera locks the account after a few wrong tries (Q3, Q6).
 *
 * Returns: whether there is one
 */
gboolean
cg_onvif_login_next (guint tried, gboolean has_password, gboolean has_challenge, CgOnvifLogin *next)
{
  for (guint i = 0; i < CG_ONVIF_N_LOGINS; i++) {
    if ((tried & (1u << i)) != 0)
      continue;
    if (!has_password && i != CG_ONVIF_LOGIN_NONE)
      continue;
    if (!has_challenge && rungs[i].digest)
      continue;
    *next = (CgOnvifLogin)i;
    return TRUE;
  }
  return FALSE;
}
