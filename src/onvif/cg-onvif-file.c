/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-file.h"

#include <string.h>

#include "cg-onvif-session-private.h"

/* Without login, with it, and once more with a new nonce. */
#define MAX_TRIES 3

/* One file on its way. */
typedef struct {
  CgOnvifSession *self;
  const CgOnvifAddress *address;
  const CgOnvifUpload *upload; /* (nullable) a GET */
  gboolean is_basic;           /* the camera wants the password as it is */
  gboolean has_password;       /* the last request had it */
} Exchange;

static char *
make_basic (const CgOnvifSession *self)
{
  g_autofree char *pair =
      g_strconcat (self->username, ":", self->password != NULL ? self->password : "", NULL);
  g_autofree char *encoded = g_base64_encode ((const guchar *)pair, strlen (pair));

  return g_strconcat ("Basic ", encoded, NULL);
}

/* (nullable): nothing was asked for yet, or there is no login */
static char *
make_authorization (const Exchange *exchange)
{
  CgOnvifSession *self = exchange->self;
  g_autofree char *cnonce = g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());

  if (self->username == NULL)
    return NULL;
  if (exchange->is_basic)
    return make_basic (self);
  if (self->file_challenge == NULL)
    return NULL;
  return cg_digest_answer (self->file_challenge, exchange->upload != NULL ? "POST" : "GET",
                           exchange->address->target, self->username,
                           self->password != NULL ? self->password : "", cnonce);
}

static CgOnvifHttpResponse *
request_file (Exchange *exchange, GError **error)
{
  CgOnvifSession *self = exchange->self;
  g_autofree char *authorization = make_authorization (exchange);
  const CgOnvifHttpRequest request = {
      .address = exchange->address,
      .method = exchange->upload != NULL ? NULL : "GET",
      .content_type = exchange->upload != NULL ? "application/octet-stream" : NULL,
      .authorization = authorization,
      .body = "",
      .upload = exchange->upload,
      .is_repeatable = exchange->upload == NULL,
  };

  exchange->has_password = FALSE;
  if (authorization != NULL && !cg_onvif_session_begin_login (self, error))
    return NULL;
  exchange->has_password = authorization != NULL;
  return cg_onvif_http_post (self->http, &request, error);
}

/* Whether the camera means that the login was right and its nonce old. One that was given just now
 * is not. */
static gboolean
says_nonce_is_old (const Exchange *exchange, const CgOnvifHttpResponse *answer)
{
  const CgDigest *shown = exchange->self->file_challenge;
  g_autoptr (CgDigest) challenge = cg_digest_parse ((const char *const *)answer->challenges);

  return challenge != NULL && challenge->is_stale && shown != NULL && shown->count > 1;
}

/* A wrong digest of this door counts as one of any other (Q6). */
static void
tell_breaker (const Exchange *exchange, const CgOnvifHttpResponse *answer)
{
  CgBreakerOutcome outcome = CG_BREAKER_ACCEPTED;

  if (!exchange->has_password)
    return;
  if (answer == NULL || answer->status / 100 == 5)
    outcome = CG_BREAKER_UNKNOWN;
  else if (answer->status == 401)
    outcome = says_nonce_is_old (exchange, answer) ? CG_BREAKER_UNKNOWN : CG_BREAKER_REFUSED;
  cg_breaker_end (exchange->self->breaker, CG_BREAKER_SOAP, outcome);
}

static gboolean
offers_basic (const CgOnvifHttpResponse *answer)
{
  for (guint i = 0; answer->challenges[i] != NULL; i++) {
    if (g_ascii_strncasecmp (answer->challenges[i], "Basic", strlen ("Basic")) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whether it is worth another try: with the login that was asked for now. Digest before Basic. */
static gboolean
take_challenge (Exchange *exchange, const CgOnvifHttpResponse *answer)
{
  CgOnvifSession *self = exchange->self;
  CgDigest *challenge = cg_digest_parse ((const char *const *)answer->challenges);
  const gboolean had_digest = self->file_challenge != NULL;
  const gboolean was_first_use = had_digest && self->file_challenge->count <= 1;

  cg_digest_free (self->file_challenge);
  self->file_challenge = challenge;
  if (self->username == NULL)
    return FALSE;
  if (challenge != NULL)
    return !exchange->has_password || challenge->is_stale || (had_digest && !was_first_use);
  exchange->is_basic = !exchange->has_password && offers_basic (answer);
  return exchange->is_basic;
}

static gboolean
rewind_upload (const CgOnvifUpload *upload)
{
  return upload == NULL ||
         (G_IS_SEEKABLE (upload->stream) &&
          g_seekable_seek (G_SEEKABLE (upload->stream), 0, G_SEEK_SET, NULL, NULL));
}

static gboolean
check_status (const CgOnvifHttpResponse *answer, const char *what, GError **error)
{
  if (answer->status / 100 == 2)
    return TRUE;
  if (answer->status == 401 || answer->status == 403)
    g_set_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED, "%s: the camera refuses the login", what);
  else if (answer->status == 404 || answer->status == 405 || answer->status == 501)
    g_set_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED, "%s: HTTP status %u", what,
                 answer->status);
  else
    g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT, "%s: HTTP status %u", what, answer->status);
  return FALSE;
}

static CgOnvifHttpResponse *
run_exchange (Exchange *exchange, const char *what, GError **error)
{
  for (guint i = 0;; i++) {
    g_autoptr (GError) reason = NULL;
    g_autoptr (CgOnvifHttpResponse) answer = request_file (exchange, &reason);

    tell_breaker (exchange, answer);
    if (answer == NULL && i + 1 < MAX_TRIES && cg_onvif_http_was_swallowed (exchange->self->http))
      continue;
    if (answer == NULL) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
    if (answer->status == 401 && i + 1 < MAX_TRIES && take_challenge (exchange, answer) &&
        rewind_upload (exchange->upload))
      continue;
    return check_status (answer, what, error) ? g_steal_pointer (&answer) : NULL;
  }
}

static CgOnvifHttpResponse *
exchange_file (CgOnvifSpan *span,
               const char *uri,
               const CgOnvifUpload *upload,
               const char *what,
               GError **error)
{
  g_autoptr (CgOnvifAddress) address = cg_onvif_address_parse (uri, error);
  Exchange exchange = {.self = span, .address = address, .upload = upload};

  return address != NULL ? run_exchange (&exchange, what, error) : NULL;
}

/**
 * cg_onvif_file_get_in_thread:
 * @self: a session
 * @uri: http or https, without a login in it
 * @error: return location
 *
 * Gets a file with whatever login it takes: none, digest, or basic (Q58). What comes is limited to
 * what an answer may have (Q39).
 *
 * Returns: (transfer full) (nullable): its content
 */
GBytes *
cg_onvif_file_get_in_thread (CgOnvifSession *self, const char *uri, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  g_autoptr (CgOnvifHttpResponse) answer = exchange_file (span, uri, NULL, "snapshot", error);

  return answer != NULL ? g_bytes_new_take (g_steal_pointer (&answer->body), answer->body_length)
                        : NULL;
}

/**
 * cg_onvif_file_post_in_thread:
 * @self: a session; its time-out counts for the whole upload
 * @uri: http or https, without a login in it
 * @upload: what goes there; from its start again when the camera asks for a login
 * @error: return location
 *
 * Shows the login of SOAP unasked if that is digest: most cameras take it, and the file goes but
 * once.
 *
 * Returns: whether the camera has taken it
 */
gboolean
cg_onvif_file_post_in_thread (CgOnvifSession *self,
                              const char *uri,
                              const CgOnvifUpload *upload,
                              GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);

  if (self->file_challenge == NULL && cg_onvif_login_has_digest (self->login) &&
      self->challenge != NULL)
    self->file_challenge = cg_digest_copy (self->challenge);
  g_autoptr (CgOnvifHttpResponse) answer = exchange_file (span, uri, upload, "firmware", error);

  return answer != NULL;
}
