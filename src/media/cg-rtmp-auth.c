/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtmp-auth.h"

#include <string.h>

/* Limelight's way is HTTP digest (RFC 2617) with these words in fixed places. */
#define LLNW_REALM "live"
#define LLNW_METHOD "publish"
#define LLNW_QOP "auth"
#define LLNW_COUNT "00000001"

typedef enum { STEP_PLAIN, STEP_NAMED, STEP_ANSWERED } Step;

struct _CgRtmpAuth {
  const CgRtmpUrl *url;
  Step step;
  char *query; /* (owned) behind the application */
};

static void
hash (guint8 digest[16], const char *const *parts)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  gsize size = 16;

  for (guint i = 0; parts[i] != NULL; i++)
    g_checksum_update (checksum, (const guchar *)parts[i], -1);
  g_checksum_get_digest (checksum, digest, &size);
}

static char *
hash_to_base64 (const char *const *parts)
{
  guint8 digest[16];

  hash (digest, parts);
  return g_base64_encode (digest, sizeof digest);
}

static char *
hash_to_hex (const char *const *parts)
{
  GString *text = g_string_new (NULL);
  guint8 digest[16];

  hash (digest, parts);
  for (gsize i = 0; i < sizeof digest; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  return g_string_free (text, FALSE);
}

static char *
make_nonce (void)
{
  return g_strdup_printf ("%08x", g_random_int ());
}

/* Returns: (transfer full) (nullable): a parameter of the server's question */
static char *
find_param (const char *refusal, const char *name)
{
  const char *question = strchr (refusal, '?');
  g_auto (GStrv) params = g_strsplit_set (question != NULL ? question + 1 : "", "& ", -1);
  const gsize length = strlen (name);

  for (guint i = 0; params[i] != NULL; i++) {
    if (strncmp (params[i], name, length) == 0 && params[i][length] == '=')
      return g_strdup (params[i] + length + 1);
  }
  return NULL;
}

static char *
answer_adobe (CgRtmpAuth *self, const char *refusal)
{
  g_autofree char *salt = find_param (refusal, "salt");
  g_autofree char *opaque = find_param (refusal, "opaque");
  g_autofree char *challenge = find_param (refusal, "challenge");
  g_autofree char *nonce = make_nonce ();
  const char *token = opaque != NULL ? opaque : challenge;
  if (salt == NULL || token == NULL)
    return NULL;

  const char *const secret[] = {self->url->username, salt, self->url->password, NULL};
  g_autofree char *key = hash_to_base64 (secret);
  const char *const proof[] = {key, token, nonce, NULL};
  g_autofree char *response = hash_to_base64 (proof);
  return g_strdup_printf ("?authmod=adobe&user=%s&challenge=%s&response=%s%s%s",
                          self->url->username, nonce, response, opaque != NULL ? "&opaque=" : "",
                          opaque != NULL ? opaque : "");
}

static char *
answer_llnw (CgRtmpAuth *self, const char *refusal)
{
  const CgRtmpUrl *url = self->url;
  g_autofree char *nonce = find_param (refusal, "nonce");
  g_autofree char *cnonce = make_nonce ();
  if (nonce == NULL)
    return NULL;

  const char *instance = strchr (url->app, '/') == NULL ? "/_definst_" : "";
  const char *const secret[] = {url->username, ":", LLNW_REALM, ":", url->password, NULL};
  const char *const target[] = {LLNW_METHOD, ":/", url->app, instance, NULL};
  g_autofree char *key = hash_to_hex (secret);
  g_autofree char *what = hash_to_hex (target);
  const char *const proof[] = {key,    ":", nonce,    ":", LLNW_COUNT, ":",
                               cnonce, ":", LLNW_QOP, ":", what,       NULL};
  g_autofree char *response = hash_to_hex (proof);
  return g_strdup_printf ("?authmod=llnw&user=%s&nonce=%s&cnonce=%s&nc=" LLNW_COUNT "&response=%s",
                          url->username, nonce, cnonce, response);
}

/**
 * cg_rtmp_auth_new:
 * @url: (transfer none): stays until the login is freed
 *
 * Returns: (transfer full): a login that nobody has asked for yet
 */
CgRtmpAuth *
cg_rtmp_auth_new (const CgRtmpUrl *url)
{
  CgRtmpAuth *self = g_new0 (CgRtmpAuth, 1);

  self->url = url;
  self->query = g_strdup ("");
  return self;
}

/**
 * cg_rtmp_auth_free:
 * @self: (transfer full): a login
 */
void
cg_rtmp_auth_free (CgRtmpAuth *self)
{
  g_free (self->query);
  g_free (self);
}

/**
 * cg_rtmp_auth_get_query:
 * @self: a login
 *
 * Returns: (transfer none): what the next `connect` has behind the application
 */
const char *
cg_rtmp_auth_get_query (CgRtmpAuth *self)
{
  return self->query;
}

static char *
make_query (CgRtmpAuth *self, const char *refusal)
{
  const gboolean is_llnw = strstr (refusal, "authmod=llnw") != NULL;

  if (!is_llnw && strstr (refusal, "authmod=adobe") == NULL)
    return NULL;
  if (self->step == STEP_PLAIN && strstr (refusal, "code=403 need auth") != NULL)
    return g_strdup_printf ("?authmod=%s&user=%s", is_llnw ? "llnw" : "adobe", self->url->username);
  if (self->step == STEP_NAMED && strstr (refusal, "?reason=needauth") != NULL)
    return is_llnw ? answer_llnw (self, refusal) : answer_adobe (self, refusal);
  return NULL;
}

/**
 * cg_rtmp_auth_answer:
 * @self: a login
 * @refusal: (nullable): how the server has described its refusal of `connect`
 *
 * The password is shown once, and only as a hash.
 *
 * Returns: whether another `connect` makes sense, with cg_rtmp_auth_get_query()
 */
gboolean
cg_rtmp_auth_answer (CgRtmpAuth *self, const char *refusal)
{
  if (refusal == NULL || self->url->username == NULL || self->url->password == NULL)
    return FALSE;
  char *query = make_query (self, refusal);
  if (query == NULL)
    return FALSE;
  g_free (self->query);
  self->query = query;
  self->step++;
  return TRUE;
}
