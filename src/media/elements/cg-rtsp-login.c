/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-login.h"

#include <string.h>

#include "cg-digest.h"

/* In a row, until the camera takes one: a camera that calls every nonce stale refuses (Q6). */
#define MAX_STALE 1

struct _CgRtspLogin {
  char *username; /* (owned) (nullable) */
  char *password; /* (owned) */

  CgDigest *digest;   /* (owned) (nullable) what is answered */
  gboolean is_basic;  /* where there is no digest */
  gboolean was_shown; /* since the camera last took it */
  gboolean is_proven; /* the camera has taken it */
  gboolean has_weakened;
  guint stale;
};

/**
 * cg_rtsp_login_new:
 * @username: (nullable): %NULL: there is no login
 * @password: (nullable)
 *
 * Returns: (transfer full): a login that nobody has asked for yet
 */
CgRtspLogin *
cg_rtsp_login_new (const char *username, const char *password)
{
  CgRtspLogin *self = g_new0 (CgRtspLogin, 1);

  self->username = g_strdup (username);
  self->password = g_strdup (password != NULL ? password : "");
  return self;
}

/**
 * cg_rtsp_login_free:
 * @self: (transfer full) (nullable): a login
 */
void
cg_rtsp_login_free (CgRtspLogin *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->digest, cg_digest_free);
  g_free (self->username);
  g_free (self->password);
  g_free (self);
}

static char *
answer_basic (const CgRtspLogin *self)
{
  g_autofree char *pair = g_strconcat (self->username, ":", self->password, NULL);
  g_autofree char *code = g_base64_encode ((const guchar *)pair, strlen (pair));

  return g_strconcat ("Basic ", code, NULL);
}

/**
 * cg_rtsp_login_answer:
 * @self: a login
 * @method: of the request
 * @uri: as in the request line
 *
 * Returns: (transfer full) (nullable): the header Authorization, or %NULL where the camera has not
 *   asked for one
 */
char *
cg_rtsp_login_answer (CgRtspLogin *self, const char *method, const char *uri)
{
  if (self->digest == NULL && !self->is_basic)
    return NULL;
  self->was_shown = TRUE;
  if (self->digest == NULL)
    return answer_basic (self);

  g_autofree char *cnonce = g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());
  return cg_digest_answer (self->digest, method, uri, self->username, self->password, cnonce);
}

static gboolean
offers_basic (const char *const *headers)
{
  for (guint i = 0; headers[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (headers[i], ",", -1);

    for (guint p = 0; parts[p] != NULL; p++) {
      const char *part = g_strstrip (parts[p]);

      if (g_ascii_strncasecmp (part, "Basic", 5) == 0 && (part[5] == '\0' || part[5] == ' '))
        return TRUE;
    }
  }
  return FALSE;
}

/* Digest before Basic, as it hides the password. */
static CgRtspLoginVerdict
choose (CgRtspLogin *self, CgDigest *digest, const char *const *headers)
{
  cg_digest_free (self->digest);
  self->digest = digest;
  self->is_basic = digest == NULL && offers_basic (headers);
  if (digest == NULL && !self->is_basic)
    return CG_RTSP_LOGIN_UNKNOWN;
  return CG_RTSP_LOGIN_SHOW;
}

/* After it was shown: only the nonce was old, or the camera cannot do the kind it prefers. */
static CgRtspLoginVerdict
reconsider (CgRtspLogin *self, const char *const *headers)
{
  g_autoptr (CgDigest) best = cg_digest_parse (headers);

  if (best == NULL || self->digest == NULL)
    return CG_RTSP_LOGIN_REFUSED;
  if (best->is_stale || self->is_proven) {
    const gboolean was_new = !self->is_proven && self->digest->count <= 1;

    self->is_proven = FALSE;
    if (self->stale++ >= MAX_STALE)
      return CG_RTSP_LOGIN_REFUSED;
    CgDigest *weaker = self->has_weakened ? cg_digest_parse_weaker (headers, best) : NULL;
    choose (self, weaker != NULL ? weaker : g_steal_pointer (&best), headers);
    return was_new ? CG_RTSP_LOGIN_SHOW_ONCE_MORE : CG_RTSP_LOGIN_SHOW;
  }
  CgDigest *weaker = self->has_weakened ? NULL : cg_digest_parse_weaker (headers, best);
  if (weaker == NULL || self->digest->checksum != best->checksum) {
    cg_digest_free (weaker);
    return CG_RTSP_LOGIN_REFUSED;
  }
  self->has_weakened = TRUE;
  choose (self, weaker, headers);
  return CG_RTSP_LOGIN_SHOW_ONCE_MORE;
}

/**
 * cg_rtsp_login_take_challenge:
 * @self: a login
 * @headers: (array zero-terminated=1): all headers WWW-Authenticate of an answer 401
 *
 * RFC 2326, 16.1; RFC 7616, 3.3.
 *
 * Returns: what is to be done
 */
CgRtspLoginVerdict
cg_rtsp_login_take_challenge (CgRtspLogin *self, const char *const *headers)
{
  if (self->username == NULL)
    return CG_RTSP_LOGIN_MISSING;
  if (!self->was_shown)
    return choose (self, cg_digest_parse (headers), headers);
  return reconsider (self, headers);
}

/**
 * cg_rtsp_login_accept:
 * @self: a login
 *
 * The camera has let a request pass. Nothing was proven if it has not asked.
 */
void
cg_rtsp_login_accept (CgRtspLogin *self)
{
  if (!self->was_shown)
    return;
  self->is_proven = TRUE;
  self->stale = 0;
}

/**
 * cg_rtsp_login_is_proven:
 * @self: a login
 *
 * Returns: whether the camera has taken it
 */
gboolean
cg_rtsp_login_is_proven (const CgRtspLogin *self)
{
  return self->is_proven;
}
