/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-login.h"

#include <string.h>

#include <libsoup/soup.h>

#define REALM "camgate-sim"
/* Short enough that a client meets a stale nonce within a test of an hour's work. */
#define NONCE_LIFE_MS (60 * 1000)
#define MAX_NONCES 1000
/* How far Created may be from the camera's clock. */
#define TOKEN_WINDOW_MS (10 * 1000)
#define PASSWORD_DIGEST_SUFFIX "#PasswordDigest"

typedef struct {
  GChecksumType type; /* of the challenge that gave it */
  gint64 made_ms;
  guint64 last_count;
} Nonce;

struct _CgSimLogin {
  char *user;
  char *password;
  GHashTable *nonces; /* (owned) text → Nonce: ours, for digest */
  GHashTable *seen;   /* (owned) nonce of a token → int64: until when it is remembered */
};

static gboolean
nonce_is_old (gpointer key, gpointer value, gpointer user_data)
{
  const Nonce *nonce = value;
  const gint64 *now_ms = user_data;

  return *now_ms - nonce->made_ms > NONCE_LIFE_MS;
}

static gboolean
seen_is_old (gpointer key, gpointer value, gpointer user_data)
{
  const gint64 *until_ms = value;
  const gint64 *now_ms = user_data;

  return *until_ms < *now_ms;
}

/* The count of a nonce must rise, or somebody plays an old request again (RFC 7616, 3.4). */
static CgSimLoginResult
use_nonce (CgSimLogin *self, gint64 now_ms, const char *text, const char *count_text)
{
  Nonce *nonce = text != NULL ? g_hash_table_lookup (self->nonces, text) : NULL;
  const guint64 count = count_text != NULL ? g_ascii_strtoull (count_text, NULL, 16) : 0;

  if (nonce == NULL || now_ms - nonce->made_ms > NONCE_LIFE_MS)
    return CG_SIM_LOGIN_STALE;
  if (count <= nonce->last_count)
    return CG_SIM_LOGIN_STALE;
  nonce->last_count = count;
  return CG_SIM_LOGIN_OK;
}

G_GNUC_PRINTF (2, 3)
static char *
hash_of (GChecksumType type, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  return g_compute_checksum_for_string (type, text, -1);
}

static GChecksumType
get_type (GHashTable *fields)
{
  const char *algorithm = g_hash_table_lookup (fields, "algorithm");

  return algorithm != NULL && g_ascii_strcasecmp (algorithm, "SHA-256") == 0 ? G_CHECKSUM_SHA256
                                                                             : G_CHECKSUM_MD5;
}

static gboolean
is_our_response (CgSimLogin *self, const char *method, GHashTable *fields)
{
  const char *uri = g_hash_table_lookup (fields, "uri");
  const char *nonce = g_hash_table_lookup (fields, "nonce");
  const char *count = g_hash_table_lookup (fields, "nc");
  const char *cnonce = g_hash_table_lookup (fields, "cnonce");
  const char *response = g_hash_table_lookup (fields, "response");

  if (count == NULL || cnonce == NULL || strlen (count) != 8 || response == NULL)
    return FALSE;

  const GChecksumType type = get_type (fields);
  g_autofree char *ha1 = hash_of (type, "%s:%s:%s", self->user, REALM, self->password);
  g_autofree char *ha2 = hash_of (type, "%s:%s", method, uri);
  g_autofree char *wanted = hash_of (type, "%s:%s:%s:%s:auth:%s", ha1, nonce, count, cnonce, ha2);
  return strcmp (wanted, response) == 0;
}

static gboolean
is_this_request (CgSimLogin *self, const char *path, GHashTable *fields)
{
  const char *algorithm = g_hash_table_lookup (fields, "algorithm");
  const char *text = g_hash_table_lookup (fields, "nonce");
  const Nonce *nonce = text != NULL ? g_hash_table_lookup (self->nonces, text) : NULL;

  return g_strcmp0 (g_hash_table_lookup (fields, "username"), self->user) == 0 &&
         g_strcmp0 (g_hash_table_lookup (fields, "realm"), REALM) == 0 &&
         g_strcmp0 (g_hash_table_lookup (fields, "qop"), "auth") == 0 &&
         g_strcmp0 (g_hash_table_lookup (fields, "uri"), path) == 0 && text != NULL &&
         (nonce == NULL || nonce->type == get_type (fields)) &&
         (algorithm == NULL || get_type (fields) == G_CHECKSUM_SHA256 ||
          g_ascii_strcasecmp (algorithm, "MD5") == 0);
}

/**
 * cg_sim_login_new:
 * @user: the one user there is
 * @password: the password
 *
 * Returns: (transfer full): a doorkeeper for HTTP digest and WS-UsernameToken. Not thread-safe
 */
CgSimLogin *
cg_sim_login_new (const char *user, const char *password)
{
  CgSimLogin *self = g_new0 (CgSimLogin, 1);

  self->user = g_strdup (user);
  self->password = g_strdup (password);
  self->nonces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * cg_sim_login_free:
 * @self: (transfer full) (nullable): the doorkeeper
 */
void
cg_sim_login_free (CgSimLogin *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->nonces);
  g_hash_table_unref (self->seen);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}

static char *
challenge (CgSimLogin *self, GChecksumType type, gint64 now_ms, gboolean stale)
{
  char *text = g_strdup_printf ("%08x%08x%08x%08x", g_random_int (), g_random_int (),
                                g_random_int (), g_random_int ());
  Nonce *nonce = g_new0 (Nonce, 1);

  g_hash_table_foreach_remove (self->nonces, nonce_is_old, &now_ms);
  if (g_hash_table_size (self->nonces) >= MAX_NONCES)
    g_hash_table_remove_all (self->nonces);
  nonce->type = type;
  nonce->made_ms = now_ms;
  g_hash_table_insert (self->nonces, text, nonce);
  return g_strdup_printf ("Digest realm=\"" REALM "\", qop=\"auth\", algorithm=%s, nonce=\"%s\"%s",
                          type == G_CHECKSUM_SHA256 ? "SHA-256" : "MD5", text,
                          stale ? ", stale=true" : "");
}

/**
 * cg_sim_login_challenge:
 * @self: the doorkeeper
 * @now_ms: monotonic
 * @stale: whether the last try failed for its nonce alone
 *
 * Returns: (transfer full): the value of a WWW-Authenticate header, with a fresh nonce, for MD5
 */
char *
cg_sim_login_challenge (CgSimLogin *self, gint64 now_ms, gboolean stale)
{
  return challenge (self, G_CHECKSUM_MD5, now_ms, stale);
}

/**
 * cg_sim_login_challenge_sha256:
 * @self: the doorkeeper
 * @now_ms: monotonic
 * @stale: whether the last try failed for its nonce alone
 *
 * Returns: (transfer full): the same for SHA-256 (Q27)
 */
char *
cg_sim_login_challenge_sha256 (CgSimLogin *self, gint64 now_ms, gboolean stale)
{
  return challenge (self, G_CHECKSUM_SHA256, now_ms, stale);
}

/**
 * cg_sim_login_check_digest:
 * @self: the doorkeeper
 * @now_ms: monotonic
 * @method: of the request
 * @path: of the request
 * @authorization: the header's value
 *
 * HTTP digest with qop=auth (RFC 7616): user, realm, uri, response, and a nonce of ours
 * that is not too old and whose count rises.
 */
CgSimLoginResult
cg_sim_login_check_digest (CgSimLogin *self,
                           gint64 now_ms,
                           const char *method,
                           const char *path,
                           const char *authorization)
{
  if (!g_str_has_prefix (authorization, "Digest "))
    return CG_SIM_LOGIN_REFUSED;

  GHashTable *fields = soup_header_parse_param_list (authorization + strlen ("Digest "));
  CgSimLoginResult result = CG_SIM_LOGIN_REFUSED;

  if (is_this_request (self, path, fields) && is_our_response (self, method, fields))
    result = use_nonce (self, now_ms, g_hash_table_lookup (fields, "nonce"),
                        g_hash_table_lookup (fields, "nc"));
  soup_header_free_param_list (fields);
  return result;
}

static gboolean
is_our_password (CgSimLogin *self, const CgSimToken *token)
{
  gsize nonce_length;
  g_autofree guchar *nonce = g_base64_decode (token->nonce, &nonce_length);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize digest_length = sizeof digest;

  g_checksum_update (checksum, nonce, (gssize)nonce_length);
  g_checksum_update (checksum, (const guchar *)token->created, -1);
  g_checksum_update (checksum, (const guchar *)self->password, -1);
  g_checksum_get_digest (checksum, digest, &digest_length);

  g_autofree char *wanted = g_base64_encode (digest, digest_length);
  return nonce_length > 0 && strcmp (wanted, token->password) == 0;
}

static gboolean
is_recent (const char *created, gint64 clock_ms)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (created, utc);

  if (time == NULL)
    return FALSE;
  return ABS (g_date_time_to_unix (time) * 1000 - clock_ms) <= TOKEN_WINDOW_MS;
}

static gboolean
remember (CgSimLogin *self, const char *nonce, gint64 clock_ms)
{
  gint64 *until_ms = g_new (gint64, 1);

  g_hash_table_foreach_remove (self->seen, seen_is_old, &clock_ms);
  *until_ms = clock_ms + 2 * TOKEN_WINDOW_MS;
  return g_hash_table_insert (self->seen, g_strdup (nonce), until_ms);
}

/**
 * cg_sim_login_check_token:
 * @self: the doorkeeper
 * @clock_ms: what the camera takes for the time, since 1970
 * @token: what came
 *
 * WS-UsernameToken with a digest (ONVIF Core Specification, 5.9.2): user, password, a Created near
 * the camera's clock, and a nonce not seen before within that window.
 */
CgSimLoginResult
cg_sim_login_check_token (CgSimLogin *self, gint64 clock_ms, const CgSimToken *token)
{
  if (token->username == NULL || token->password == NULL || token->nonce == NULL ||
      token->created == NULL || token->type == NULL)
    return CG_SIM_LOGIN_REFUSED;
  if (!g_str_has_suffix (token->type, PASSWORD_DIGEST_SUFFIX) ||
      strcmp (token->username, self->user) != 0)
    return CG_SIM_LOGIN_REFUSED;
  if (!is_recent (token->created, clock_ms) || !is_our_password (self, token))
    return CG_SIM_LOGIN_REFUSED;
  return remember (self, token->nonce, clock_ms) ? CG_SIM_LOGIN_OK : CG_SIM_LOGIN_REFUSED;
}
