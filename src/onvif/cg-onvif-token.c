/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-token.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* 16 bytes are what most clients send, and what every camera takes. */
#define NONCE_LENGTH 16

/* SHA-1 is what the UsernameToken profile 1.0 prescribes. */
#define DIGEST_LENGTH 20

/**
 * cg_onvif_token_fill_random:
 * @bytes: (out) (array length=length): where to
 * @length: how many
 *
 * Random bytes nobody can foresee.
 */
void
cg_onvif_token_fill_random (guint8 *bytes, gsize length)
{
  gsize done = 0;

  while (done < length) {
    const ssize_t n = getrandom (bytes + done, length - done, 0);

    g_assert (n > 0 || errno == EINTR);
    done += n > 0 ? (gsize)n : 0;
  }
}

/**
 * cg_onvif_token_new_with_nonce:
 * @password: the password
 * @created_ms: the camera's time, milliseconds since 1970
 * @nonce: (array length=nonce_length): random bytes
 * @nonce_length: how many
 *
 * Base64 (SHA-1 (nonce, created, password)): Core Specification, 5.9.5 "Username token profile",
 * and WS-Security UsernameToken profile 1.0, 3.1.
 *
 * Returns: (transfer full): the token
 */
CgOnvifToken *
cg_onvif_token_new_with_nonce (const char *password,
                               gint64 created_ms,
                               const guint8 *nonce,
                               gsize nonce_length)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (created_ms / 1000);
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[DIGEST_LENGTH];
  gsize length = sizeof digest;
  CgOnvifToken *self = g_new0 (CgOnvifToken, 1);

  self->created = g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%SZ");
  g_checksum_update (sha1, nonce, (gssize)nonce_length);
  g_checksum_update (sha1, (const guint8 *)self->created, -1);
  g_checksum_update (sha1, (const guint8 *)password, -1);
  g_checksum_get_digest (sha1, digest, &length);
  self->nonce = g_base64_encode (nonce, nonce_length);
  self->digest = g_base64_encode (digest, length);
  return self;
}

/**
 * cg_onvif_token_new:
 * @password: the password
 * @created_ms: the camera's time (Q4), milliseconds since 1970
 *
 * Returns: (transfer full): a token with a fresh random nonce
 */
CgOnvifToken *
cg_onvif_token_new (const char *password, gint64 created_ms)
{
  guint8 nonce[NONCE_LENGTH];

  cg_onvif_token_fill_random (nonce, sizeof nonce);
  return cg_onvif_token_new_with_nonce (password, created_ms, nonce, sizeof nonce);
}

/**
 * cg_onvif_token_free:
 * @self: (transfer full) (nullable): a token
 */
void
cg_onvif_token_free (CgOnvifToken *self)
{
  if (self == NULL)
    return;
  g_free (self->nonce);
  g_free (self->created);
  g_free (self->digest);
  g_free (self);
}
