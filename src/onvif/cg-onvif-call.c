/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-call.h"

#include <string.h>

#include "cg-onvif-session-private.h"

/* A clock measured so recently is not to blame for a refused token. */
#define CLOCK_FRESH_US (5 * G_USEC_PER_SEC)

/* A clock that moved less has not moved: GetSystemDateAndTime tells whole seconds. */
#define CLOCK_MOVED_MS 2000

/* How one try ended. */
typedef enum {
  VERDICT_OK,
  VERDICT_REFUSED, /* the login was not taken */
  VERDICT_BARE,    /* an answer without content, which may mean the same (Q3) */
  VERDICT_FAILED,
} Verdict;

/* One call on its way up the login ladder. */
typedef struct {
  CgOnvifSession *self;
  const CgOnvifOperation *operation;
  gpointer request;
  gpointer response;
  guint tried;            /* bits of CgOnvifLogin */
  guint digest_count;     /* which use of its nonce the last digest was; 0: none was sent */
  gboolean clock_checked; /* the token was tried again with a new clock */
  gboolean nonce_checked; /* the digest was tried again with a new nonce */
  gboolean was_known;     /* a login had worked before, and not for this call */
} Climb;

/**
 * cg_onvif_span_begin:
 * @session: a session
 *
 * Starts a call: deadline and abort count from here. Calls nest.
 *
 * Returns: (transfer none): the session, to be ended with cg_onvif_span_end()
 */
CgOnvifSpan *
cg_onvif_span_begin (CgOnvifSession *session)
{
  session->depth++;
  cg_onvif_http_begin (session->http, session->timeout_ms);
  return session;
}

/**
 * cg_onvif_span_end:
 * @self: a session within a call
 *
 * Ends the call; the outermost one frees all answers.
 */
void
cg_onvif_span_end (CgOnvifSpan *self)
{
  cg_onvif_http_end (self->http);
  if (--self->depth == 0)
    cg_onvif_soap_clear (self->soap);
}

/**
 * cg_onvif_span_fault_has_code:
 * @self: a session whose last call failed
 * @code: a fault code without prefix
 *
 * Returns: whether the camera gave it as a reason, at any depth
 */
gboolean
cg_onvif_span_fault_has_code (CgOnvifSpan *self, const char *code)
{
  return cg_onvif_fault_has_code (self->fault, code);
}

/**
 * cg_onvif_span_repair_stream_uri:
 * @self: a session
 * @uri: what the camera gave
 *
 * Returns: (transfer full): with the host we reached the camera on, unless that is switched off
 * (Q7)
 */
char *
cg_onvif_span_repair_stream_uri (CgOnvifSpan *self, const char *uri)
{
  return cg_onvif_address_repair_stream (
      uri, self->repair_addresses ? self->xaddrs[CG_ONVIF_SERVICE_DEVICE] : uri);
}

static char *
make_authorization (CgOnvifSession *self, CgOnvifLogin login, const char *target)
{
  guint8 random[8];
  g_autofree char *cnonce = NULL;

  if (!cg_onvif_login_has_digest (login) || self->challenge == NULL)
    return NULL;
  cg_onvif_token_fill_random (random, sizeof random);
  cnonce = g_strdup_printf ("%02x%02x%02x%02x%02x%02x%02x%02x", random[0], random[1], random[2],
                            random[3], random[4], random[5], random[6], random[7]);
  return cg_onvif_challenge_answer (self->challenge, "POST", target, self->username,
                                    self->password != NULL ? self->password : "", cnonce);
}

static char *
make_message (const Climb *climb, CgOnvifLogin login)
{
  CgOnvifSession *self = climb->self;
  const gint64 now_ms = g_get_real_time () / 1000 + self->clock_offset_ms;
  g_autoptr (CgOnvifToken) token = NULL;

  if (cg_onvif_login_has_token (login))
    token = cg_onvif_token_new (self->password != NULL ? self->password : "", now_ms);
  return cg_onvif_operation_write (climb->operation, self->soap, climb->request, self->username,
                                   token);
}

static CgOnvifHttpResponse *
post (Climb *climb, CgOnvifLogin login, GError **error)
{
  CgOnvifSession *self = climb->self;
  const char *url = self->xaddrs[climb->operation->service];
  g_autoptr (CgOnvifAddress) address = cg_onvif_address_parse (url, error);

  if (address == NULL)
    return NULL;
  g_autofree char *authorization = make_authorization (self, login, address->target);
  climb->digest_count = authorization != NULL ? self->challenge->count : 0;
  g_autofree char *message = make_message (climb, login);
  g_autofree char *content_type = cg_onvif_operation_get_content_type (climb->operation);
  const CgOnvifHttpRequest request = {
      .address = address,
      .content_type = content_type,
      .authorization = authorization,
      .body = message,
      .is_repeatable = climb->operation->is_repeatable,
  };
  return cg_onvif_http_post (self->http, &request, error);
}

/* What the camera's answer means for the login. The fault is kept for the caller. */
static Verdict
judge (const Climb *climb, const CgOnvifHttpResponse *answer, GError **error)
{
  CgOnvifSession *self = climb->self;
  const gboolean is_read =
      answer->status / 100 == 2 &&
      cg_onvif_operation_read (climb->operation, self->soap, answer->body, climb->response);

  g_clear_pointer (&self->fault, cg_onvif_fault_free);
  if (is_read)
    return VERDICT_OK;
  if (answer->status / 100 != 2)
    cg_onvif_operation_read (climb->operation, self->soap, answer->body, climb->response);
  self->fault = cg_onvif_fault_new (self->soap, answer->status);
  const CgError code = answer->status == 401
                           ? CG_ERROR_LOGIN_REFUSED
                           : cg_onvif_fault_classify (self->fault, climb->operation->service);
  cg_onvif_fault_to_error (self->fault, climb->operation, code, error);
  if (code == CG_ERROR_LOGIN_REFUSED)
    return VERDICT_REFUSED;
  return cg_onvif_fault_is_bare (self->fault) ? VERDICT_BARE : VERDICT_FAILED;
}

static Verdict
try_login (Climb *climb, CgOnvifLogin login, GError **error)
{
  CgOnvifSession *self = climb->self;
  g_autoptr (CgOnvifHttpResponse) answer = post (climb, login, error);

  if (answer == NULL)
    return VERDICT_FAILED;
  const Verdict verdict = judge (climb, answer, error);
  if (answer->status == 401) {
    CgOnvifChallenge *challenge =
        cg_onvif_challenge_parse ((const char *const *)answer->challenges);

    if (challenge != NULL || answer->challenges[0] != NULL) {
      cg_onvif_challenge_free (self->challenge);
      self->challenge = challenge;
    }
  }
  return verdict;
}

/* Whether the token may have been refused for its time: measures again, at most once a call, and
 * without a login, which may be wrong (Q4, Q6). */
static gboolean
clock_has_moved (Climb *climb)
{
  CgOnvifSession *self = climb->self;
  const CgOnvifLogin login = self->login;
  const gint64 old_ms = self->clock_offset_ms;

  if (climb->clock_checked || self->clock_measured_us == 0 ||
      g_get_monotonic_time () - self->clock_measured_us < CLOCK_FRESH_US)
    return FALSE;
  climb->clock_checked = TRUE;
  self->login = CG_ONVIF_LOGIN_NONE;
  self->is_anonymous = TRUE;
  const gboolean is_there = cg_onvif_session_measure_clock (self, NULL);
  self->is_anonymous = FALSE;
  self->login = login;
  return is_there && ABS (self->clock_offset_ms - old_ms) >= CLOCK_MOVED_MS;
}

/* Whether the digest was not sent for want of a challenge, or refused because its nonce was used
 * up, and now there is a new one. At most once a call: a wrong password must not be tried again and
 * again (Q6). */
static gboolean
nonce_has_changed (Climb *climb)
{
  const CgOnvifChallenge *challenge = climb->self->challenge;

  if (climb->nonce_checked || challenge == NULL || challenge->count > 0)
    return FALSE;
  climb->nonce_checked = TRUE;
  return challenge->is_stale || climb->digest_count != 1;
}

/* The next login after a refusal of @login. */
static gboolean
climb_on (Climb *climb, CgOnvifLogin *login)
{
  CgOnvifSession *self = climb->self;

  if (cg_onvif_login_has_digest (*login) && nonce_has_changed (climb))
    return TRUE;
  if (cg_onvif_login_has_token (*login) && clock_has_moved (climb))
    return TRUE;
  climb->tried |= 1u << *login;
  if (climb->was_known)
    return FALSE;
  return cg_onvif_login_next (climb->tried, self->username != NULL && !self->is_anonymous,
                              self->challenge != NULL, login);
}

static void
remember (Climb *climb, CgOnvifLogin login)
{
  CgOnvifSession *self = climb->self;

  if (login != CG_ONVIF_LOGIN_NONE)
    self->login = login;
  g_hash_table_add (self->worked, (gpointer)climb->operation);
}

/* A refusal in words that help: no login, a forbidden call (Q35), or a wrong login. */
static void
report_refusal (const Climb *climb, const GError *reason, GError **error)
{
  CgOnvifSession *self = climb->self;

  if (climb->was_known) {
    g_set_error (error, CG_ERROR, CG_ERROR_NOT_PERMITTED,
                 "the camera does not permit this to user \"%s\": %s", self->username,
                 reason->message);
    return;
  }
  if (!self->is_anonymous) {
    self->login = CG_ONVIF_LOGIN_NONE;
    g_hash_table_remove_all (self->worked);
  }
  if (self->username == NULL)
    g_set_error_literal (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED,
                         "the camera asks for a login, and there is none");
  else
    g_set_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED,
                 "the camera refuses the login of user \"%s\": %s", self->username,
                 reason->message);
}

/* Climbs the login ladder: what worked last first, then each rung once (Q3). */
static gboolean
climb_ladder (Climb *climb, GError **error)
{
  CgOnvifSession *self = climb->self;
  CgOnvifLogin login = self->login;
  g_autoptr (GError) refusal = NULL;

  climb->was_known =
      login != CG_ONVIF_LOGIN_NONE && !g_hash_table_contains (self->worked, climb->operation);
  for (;;) {
    g_autoptr (GError) reason = NULL;
    const Verdict verdict = try_login (climb, login, &reason);

    if (verdict == VERDICT_OK) {
      remember (climb, login);
      return TRUE;
    }
    if (verdict == VERDICT_REFUSED && refusal == NULL)
      refusal = g_error_copy (reason);
    const gboolean may_be_login = verdict == VERDICT_REFUSED ||
                                  (verdict == VERDICT_BARE && self->login == CG_ONVIF_LOGIN_NONE);
    if (may_be_login && climb_on (climb, &login))
      continue;
    if (may_be_login && refusal != NULL)
      report_refusal (climb, refusal, error);
    else
      g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
}

/* Whether an error may only mean that a guessed path is wrong: a fault in a service's own words
 * comes from the right one. */
static gboolean
is_wrong_path (const CgOnvifSession *self, const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED) ||
         (g_error_matches (error, CG_ERROR, CG_ERROR_PEER_FAULT) && self->fault != NULL &&
          self->fault->codes[0] == NULL);
}

static gboolean
check_address (const CgOnvifSession *self, GError **error)
{
  if (self->xaddrs[CG_ONVIF_SERVICE_DEVICE] != NULL)
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                       "the camera's address is no host, host:port or http(s) URL");
  return FALSE;
}

static gboolean
check_service (const CgOnvifSession *self, const CgOnvifOperation *operation, GError **error)
{
  const gboolean is_ptz = operation->service == CG_ONVIF_SERVICE_PTZ;

  if (self->xaddrs[operation->service] != NULL)
    return TRUE;
  g_set_error (error, CG_ERROR, is_ptz ? CG_ERROR_NO_PTZ : CG_ERROR_NOT_SUPPORTED,
               "%s: the camera has no %s service", operation->name, is_ptz ? "PTZ" : "media");
  return FALSE;
}

/**
 * cg_onvif_span_call:
 * @self: a session within a call
 * @operation: what to ask
 * @request: its generated request struct
 * @response: (out): its generated response struct; what it points to lives until the span ends
 * @error: return location
 *
 * Asks, with whatever login it takes, on whatever path the service lives.
 *
 * Returns: whether @response was filled
 */
gboolean
cg_onvif_span_call (CgOnvifSpan *self,
                    const CgOnvifOperation *operation,
                    gpointer request,
                    gpointer response,
                    GError **error)
{
  if (!check_address (self, error) || !cg_onvif_session_ensure_connected (self, error))
    return FALSE;
  for (;;) {
    g_autoptr (GError) reason = NULL;
    Climb climb = {.self = self, .operation = operation, .request = request, .response = response};

    if (!check_service (self, operation, error))
      return FALSE;
    if (climb_ladder (&climb, &reason)) {
      self->guesses[operation->service] = 0; /* it was no guess */
      return TRUE;
    }
    if (!is_wrong_path (self, reason) || !cg_onvif_session_guess_next (self, operation->service)) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  }
}
