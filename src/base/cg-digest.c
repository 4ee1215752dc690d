/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-digest.h"

#include <string.h>

/* What we can answer, the one we like best first (Q27). */
static const struct {
  const char *name;
  GChecksumType checksum;
  gboolean is_session;
} algorithms[] = {
    {"SHA-256", G_CHECKSUM_SHA256, FALSE},
    {"SHA-256-sess", G_CHECKSUM_SHA256, TRUE},
    {"MD5", G_CHECKSUM_MD5, FALSE},
    {"MD5-sess", G_CHECKSUM_MD5, TRUE},
};

/* What a challenge without an algorithm means (RFC 7616, 3.3). */
#define DEFAULT_ALGORITHM "MD5"

static const char *
skip_blanks (const char *text)
{
  return text + strspn (text, " \t,");
}

/* Reads a value, quoted (with backslashes) or bare, and moves @text behind it. */
static char *
read_value (const char **text)
{
  g_autoptr (GString) value = g_string_new (NULL);
  const char *p = *text;

  if (*p != '"') {
    const gsize length = strcspn (p, ", \t");

    *text = p + length;
    return g_strndup (p, length);
  }
  for (p++; *p != '\0' && *p != '"'; p++) {
    if (*p == '\\' && p[1] != '\0')
      p++;
    g_string_append_c (value, *p);
  }
  *text = *p == '"' ? p + 1 : p;
  return g_string_free (g_steal_pointer (&value), FALSE);
}

/* Reads name=value pairs up to the end or the next scheme ("Basic realm=…" on the same line). */
static GHashTable *
read_parameters (const char **text)
{
  GHashTable *parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (;;) {
    const char *name = skip_blanks (*text);
    const gsize length = strcspn (name, "= \t,");
    const char *after = name + length + strspn (name + length, " \t");

    *text = name;
    if (length == 0 || *after != '=')
      return parameters;
    after += 1 + strspn (after + 1, " \t");
    g_autofree char *key = g_ascii_strdown (name, (gssize)length);
    char *value = read_value (&after);
    g_hash_table_replace (parameters, g_steal_pointer (&key), value);
    *text = after;
  }
}

static gboolean
offers_auth (const char *qop)
{
  g_auto (GStrv) words = g_strsplit_set (qop, ", \t", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    if (g_ascii_strcasecmp (words[i], "auth") == 0)
      return TRUE;
  }
  return FALSE;
}

static int
find_algorithm (const char *name)
{
  if (name == NULL)
    name = DEFAULT_ALGORITHM;
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++) {
    if (g_ascii_strcasecmp (algorithms[i].name, name) == 0)
      return (int)i;
  }
  return -1;
}

/* Keeps the challenge in @best if we can answer it and like it better; @rank is the table's row.
 * One of the checksum @avoided does not count. */
static void
consider (GHashTable *parameters, int avoided, int *rank, CgDigest **best)
{
  const char *name = g_hash_table_lookup (parameters, "algorithm");
  const char *nonce = g_hash_table_lookup (parameters, "nonce");
  const char *qop = g_hash_table_lookup (parameters, "qop");
  const char *stale = g_hash_table_lookup (parameters, "stale");
  const int row = find_algorithm (name);

  if (row < 0 || nonce == NULL || (*best != NULL && row >= *rank) ||
      (int)algorithms[row].checksum == avoided)
    return;
  const char *realm = g_hash_table_lookup (parameters, "realm");
  CgDigest *self = g_new0 (CgDigest, 1);
  self->realm = g_strdup (realm != NULL ? realm : "");
  self->nonce = g_strdup (nonce);
  self->opaque = g_strdup (g_hash_table_lookup (parameters, "opaque"));
  self->algorithm = name != NULL ? algorithms[row].name : NULL;
  self->checksum = algorithms[row].checksum;
  self->is_session = algorithms[row].is_session;
  self->has_qop = qop != NULL && offers_auth (qop);
  self->is_stale = stale != NULL && g_ascii_strcasecmp (stale, "true") == 0;
  g_clear_pointer (best, cg_digest_free);
  *best = self;
  *rank = row;
}

static CgDigest *
parse (const char *const *headers, int avoided)
{
  g_autoptr (CgDigest) best = NULL;
  int rank = G_MAXINT;

  for (guint i = 0; headers != NULL && headers[i] != NULL; i++) {
    const char *text = skip_blanks (headers[i]);

    while (*text != '\0') {
      const gsize length = strcspn (text, " \t,");
      const gboolean is_digest = length == 6 && g_ascii_strncasecmp (text, "Digest", 6) == 0;

      text += length;
      const char *before = text;
      g_autoptr (GHashTable) parameters = read_parameters (&text);
      if (is_digest)
        consider (parameters, avoided, &rank, &best);
      if (text == before && *text != '\0')
        text++; /* garbage: always get on */
    }
  }
  return g_steal_pointer (&best);
}

/**
 * cg_digest_parse:
 * @headers: (nullable) (array zero-terminated=1): the values of all WWW-Authenticate headers
 *
 * Reads all challenges, several on a line included, and chooses the best we can answer: SHA-256
 * before MD5 (Q27).
 *
 * Returns: (transfer full) (nullable): it, or %NULL where there is no digest challenge for us
 */
CgDigest *
cg_digest_parse (const char *const *headers)
{
  return parse (headers, -1);
}

/**
 * cg_digest_parse_weaker:
 * @headers: (nullable) (array zero-terminated=1): the values of all WWW-Authenticate headers
 * @best: what cg_digest_parse() made of them
 *
 * Cameras offer SHA-256 and fail with it (Q27).
 *
 * Returns: (transfer full) (nullable): the best one of another checksum
 */
CgDigest *
cg_digest_parse_weaker (const char *const *headers, const CgDigest *best)
{
  return parse (headers, (int)best->checksum);
}

/**
 * cg_digest_copy:
 * @self: a challenge
 *
 * Returns: (transfer full): a copy
 */
CgDigest *
cg_digest_copy (const CgDigest *self)
{
  CgDigest *copy = g_new0 (CgDigest, 1);

  *copy = *self;
  copy->realm = g_strdup (self->realm);
  copy->nonce = g_strdup (self->nonce);
  copy->opaque = g_strdup (self->opaque);
  return copy;
}

/**
 * cg_digest_free:
 * @self: (transfer full) (nullable): a challenge
 */
void
cg_digest_free (CgDigest *self)
{
  if (self == NULL)
    return;
  g_free (self->realm);
  g_free (self->nonce);
  g_free (self->opaque);
  g_free (self);
}

/**
 * cg_digest_get_word:
 * @self: a challenge
 *
 * Returns: what it is hashed with, for logs and state files
 */
const char *
cg_digest_get_word (const CgDigest *self)
{
  return self->checksum == G_CHECKSUM_SHA256 ? "SHA-256" : "MD5";
}

G_GNUC_PRINTF (2, 3)
static char *
hash (GChecksumType checksum, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return g_compute_checksum_for_string (checksum, text, -1);
}

static void
append_quoted (GString *header, const char *name, const char *value)
{
  g_string_append_printf (header, ", %s=\"", name);
  for (const char *p = value; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c (header, '\\');
    g_string_append_c (header, *p);
  }
  g_string_append_c (header, '"');
}

/**
 * cg_digest_answer:
 * @self: the challenge; its count goes up by one
 * @method: "POST"
 * @target: path and query as in the request line
 * @username: the user's name
 * @password: the password
 * @cnonce: our own fresh random word
 *
 * RFC 7616, 3.4 "The Authorization Header Field"; without qop the form of RFC 2069.
 *
 * Returns: (transfer full): the value of the Authorization header
 */
char *
cg_digest_answer (CgDigest *self,
                  const char *method,
                  const char *target,
                  const char *username,
                  const char *password,
                  const char *cnonce)
{
  const GChecksumType type = self->checksum;
  g_autofree char *secret = hash (type, "%s:%s:%s", username, self->realm, password);
  g_autofree char *ha1 =
      self->is_session ? hash (type, "%s:%s:%s", secret, self->nonce, cnonce) : g_strdup (secret);
  g_autofree char *ha2 = hash (type, "%s:%s", method, target);
  g_autofree char *count = g_strdup_printf ("%08x", ++self->count);
  g_autofree char *response =
      self->has_qop ? hash (type, "%s:%s:%s:%s:auth:%s", ha1, self->nonce, count, cnonce, ha2)
                    : hash (type, "%s:%s:%s", ha1, self->nonce, ha2);
  GString *header = g_string_new ("Digest ");

  append_quoted (header, "username", username);
  g_string_erase (header, strlen ("Digest "), strlen (", "));
  append_quoted (header, "realm", self->realm);
  append_quoted (header, "nonce", self->nonce);
  append_quoted (header, "uri", target);
  if (self->algorithm != NULL)
    g_string_append_printf (header, ", algorithm=%s", self->algorithm);
  g_string_append_printf (header, ", response=\"%s\"", response);
  if (self->opaque != NULL)
    append_quoted (header, "opaque", self->opaque);
  if (self->has_qop)
    g_string_append_printf (header, ", qop=auth, nc=%s", count);
  if (self->has_qop || self->is_session)
    append_quoted (header, "cnonce", cnonce);
  return g_string_free (header, FALSE);
}
