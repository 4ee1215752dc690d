/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-login.h"

#include <stdlib.h>
#include <string.h>

#include "fake-answers.h"

/* What a token may differ from the camera's clock. */
#define WINDOW_S 5

static char *
md5 (const char *text)
{
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

/* RFC 2617 by its letter. */
gboolean
fake_login_check_digest (const char *authorization,
                         const char *target,
                         const char *password,
                         const char *expected_nonce,
                         guint expected_count)
{
  const char *header = authorization;

  if (header == NULL)
    return FALSE;
  g_autofree char *uri = fake_between (header, "uri=\"", "\"");
  g_autofree char *nonce = fake_between (header, "nonce=\"", "\"");
  g_autofree char *cnonce = fake_between (header, "cnonce=\"", "\"");
  g_autofree char *response = fake_between (header, "response=\"", "\"");
  g_autofree char *count = fake_between (header, "nc=", ",");
  if (uri == NULL || nonce == NULL || cnonce == NULL || response == NULL || count == NULL ||
      strstr (header, "realm=\"Cam \\\"era\\\"\"") == NULL || strstr (header, "qop=auth") == NULL ||
      strcmp (uri, target) != 0 || strcmp (nonce, expected_nonce) != 0)
    return FALSE;
  g_autofree char *a1 = g_strconcat (FAKE_USERNAME ":" FAKE_REALM ":", password, NULL);
  g_autofree char *ha1 = md5 (a1);
  g_autofree char *a2 = g_strconcat ("POST:", uri, NULL);
  g_autofree char *ha2 = md5 (a2);
  g_autofree char *all = g_strdup_printf ("%s:%s:%s:%s:auth:%s", ha1, nonce, count, cnonce, ha2);
  g_autofree char *right = md5 (all);
  return strcmp (right, response) == 0 && strtoul (count, NULL, 16) == expected_count;
}

/* WS-Security UsernameToken profile 1.0, 3.1, with a window for the time. */
gboolean
fake_login_check_token (const char *body, const char *password, gint64 skew_s)
{
  g_autofree char *username = fake_between (body, "<wsse:Username>", "</wsse:Username>");
  g_autofree char *digest = fake_between (body, "#PasswordDigest\">", "</wsse:Password>");
  g_autofree char *nonce = fake_between (body, "#Base64Binary\">", "</wsse:Nonce>");
  g_autofree char *created = fake_between (body, "<wsu:Created>", "</wsu:Created>");
  gsize length = 0;
  guint8 right[20];
  gsize right_length = sizeof right;

  if (username == NULL || digest == NULL || nonce == NULL || created == NULL ||
      strcmp (username, FAKE_USERNAME) != 0)
    return FALSE;
  g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (created, NULL);
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC + skew_s;
  if (date == NULL || ABS (g_date_time_to_unix (date) - now) > WINDOW_S)
    return FALSE;
  g_autofree guchar *bytes = g_base64_decode (nonce, &length);
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  g_checksum_update (sha1, bytes, (gssize)length);
  g_checksum_update (sha1, (const guchar *)created, -1);
  g_checksum_update (sha1, (const guchar *)password, -1);
  g_checksum_get_digest (sha1, right, &right_length);
  g_autofree char *text = g_base64_encode (right, right_length);
  return length >= 16 && strcmp (text, digest) == 0;
}
