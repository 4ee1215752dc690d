/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-call.h"

#include <string.h>

#include "cg-onvif-climb.h"
#include "cg-onvif-repair.h"
#include "cg-onvif-session-private.h"
#include "cg-onvif-soap11.h"

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
  if (session->depth++ == 0)
    session->soap = cg_onvif_soap_new ();
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
    g_clear_pointer (&self->soap, cg_onvif_soap_free);
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
      uri, self->repair_addresses ? self->xaddrs[CG_ONVIF_SERVICE_DEVICE] : NULL);
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
  return cg_digest_answer (self->challenge, "POST", target, self->username,
                           self->password != NULL ? self->password : "", cnonce);
}

static const char *
get_url (const CgOnvifClimb *climb)
{
  const CgOnvifSession *self = climb->self;

  return climb->operation->action != NULL && self->call_url != NULL
             ? self->call_url
             : self->xaddrs[climb->operation->service];
}

/* What a pull point wants to find in the header of each call to it (WS-Addressing 1.0, 2.1). */
static char *
add_headers (const CgOnvifSession *self, const char *message)
{
  static const char *const end = "</SOAP-ENV:Header>";
  const char *at = self->call_headers != NULL ? strstr (message, end) : NULL;

  if (at == NULL)
    return g_strdup (message);
  g_autofree char *start = g_strndup (message, at - message);
  return g_strconcat (start, self->call_headers, at, NULL);
}

static char *
make_message (const CgOnvifClimb *climb, CgOnvifLogin login)
{
  CgOnvifSession *self = climb->self;
  const gint64 now_ms =
      g_get_real_time () / 1000 +
      cg_onvif_clock_mode_get_offset_ms (
          self->clock_mode, cg_onvif_session_get_clock_offset_ms (self), self->zone_ms);
  g_autoptr (CgOnvifToken) token = NULL;

  if (cg_onvif_login_has_token (login))
    token = cg_onvif_token_new (self->password != NULL ? self->password : "", now_ms);
  g_autofree char *message = cg_onvif_operation_write (climb->operation, self->soap, climb->request,
                                                       self->username, token, get_url (climb));
  g_autofree char *headed = add_headers (self, message);
  return self->is_soap11 ? cg_onvif_soap11_convert (headed) : g_steal_pointer (&headed);
}

static CgOnvifHttpResponse *
post_once (CgOnvifClimb *climb, CgOnvifLogin login, GError **error)
{
  CgOnvifSession *self = climb->self;
  const char *url = get_url (climb);
  g_autoptr (CgOnvifAddress) address = cg_onvif_address_parse (url, error);

  if (address == NULL)
    return NULL;
  g_autofree char *authorization = make_authorization (self, login, address->target);
  climb->digest_count = authorization != NULL ? self->challenge->count : 0;
  climb->was_challenged = FALSE;
  climb->has_password = authorization != NULL || cg_onvif_login_has_token (login);
  if (climb->has_password && !cg_onvif_session_begin_login (self, error)) {
    climb->has_password = FALSE;
    return NULL;
  }
  g_autofree char *message = make_message (climb, login);
  g_autofree char *content_type = cg_onvif_operation_get_content_type (climb->operation);
  g_autofree char *soap_action = cg_onvif_soap11_get_action (climb->operation);
  const CgOnvifHttpRequest request = {
      .address = address,
      .content_type = self->is_soap11 ? CG_ONVIF_SOAP11_CONTENT_TYPE : content_type,
      .soap_action = self->is_soap11 ? soap_action : NULL,
      .authorization = authorization,
      .body = message,
      .is_repeatable = climb->operation->is_repeatable,
  };
  return cg_onvif_http_post (self->http, &request, error);
}

/* What the camera swallowed is written anew: it may have used up the nonce (Q46). A login that has
 * never worked and is swallowed twice is refused, in the camera's way (Q6). */
static CgOnvifHttpResponse *
post (CgOnvifClimb *climb, CgOnvifLogin login, GError **error)
{
  CgOnvifSession *self = climb->self;
  g_autoptr (GError) reason = NULL;
  CgOnvifHttpResponse *answer = post_once (climb, login, &reason);

  if (answer == NULL && cg_onvif_http_was_swallowed (self->http)) {
    cg_onvif_climb_doubt_try (climb);
    g_clear_error (&reason);
    answer = post_once (climb, login, &reason);
    const gboolean is_swallowed = answer == NULL && cg_onvif_http_was_swallowed (self->http);
    if (cg_onvif_climb_settle_doubt (climb, is_swallowed)) {
      g_clear_error (&reason);
      g_set_error_literal (&reason, CG_ERROR, CG_ERROR_LOGIN_REFUSED,
                           "the camera closes the connection on the login");
    }
  }
  if (answer == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return answer;
}

/* What the camera's answer means for the login. The fault is kept for the caller. */
static CgOnvifVerdict
judge (const CgOnvifClimb *climb, const CgOnvifHttpResponse *answer, GError **error)
{
  CgOnvifSession *self = climb->self;
  g_autofree char *body = cg_onvif_repair_xml (answer->body, answer->body_length);
  const gboolean is_read =
      cg_onvif_operation_read (climb->operation, self->soap, body, climb->response) &&
      answer->status / 100 == 2;

  if (is_read && self->call_answer != NULL && climb->operation->action != NULL) {
    g_free (*self->call_answer);
    *self->call_answer = g_steal_pointer (&body);
  }
  if (is_read)
    return CG_ONVIF_VERDICT_OK;
  self->fault = cg_onvif_fault_new (self->soap, answer->status);
  const CgError code = answer->status == 401
                           ? CG_ERROR_LOGIN_REFUSED
                           : cg_onvif_fault_classify (self->fault, climb->operation->service);
  cg_onvif_fault_to_error (self->fault, climb->operation, code, error);
  if (code == CG_ERROR_LOGIN_REFUSED)
    return CG_ONVIF_VERDICT_REFUSED;
  return cg_onvif_fault_is_bare (self->fault) ? CG_ONVIF_VERDICT_BARE : CG_ONVIF_VERDICT_FAILED;
}

static CgOnvifVerdict
try_once (CgOnvifClimb *climb, CgOnvifLogin login, GError **error)
{
  g_clear_pointer (&climb->self->fault, cg_onvif_fault_free);
  g_autoptr (CgOnvifHttpResponse) answer = post (climb, login, error);

  if (answer == NULL) {
    cg_onvif_climb_end_try (climb, CG_BREAKER_UNKNOWN);
    return CG_ONVIF_VERDICT_FAILED;
  }
  const CgOnvifVerdict verdict = judge (climb, answer, error);
  if (answer->status == 401)
    cg_onvif_climb_take_challenges (climb, (const char *const *)answer->challenges);
  cg_onvif_climb_end_try (climb,
                          cg_onvif_climb_tell_outcome (climb, login, verdict, answer->status));
  return verdict;
}

/* One rung, in the version of SOAP that the camera understands (Q40). */
static CgOnvifVerdict
try_login (CgOnvifClimb *climb, CgOnvifLogin login, GError **error)
{
  CgOnvifSession *self = climb->self;
  g_autoptr (GError) reason = NULL;
  CgOnvifVerdict verdict = try_once (climb, login, &reason);

  if (verdict != CG_ONVIF_VERDICT_OK &&
      cg_onvif_soap11_switch (self, login != CG_ONVIF_LOGIN_NONE)) {
    g_autoptr (CgOnvifFault) fault = g_steal_pointer (&self->fault);
    g_autoptr (GError) other_reason = NULL;
    const CgOnvifVerdict other = try_once (climb, login, &other_reason);

    if (other == CG_ONVIF_VERDICT_OK || !cg_onvif_soap11_switch_back (self, &fault)) {
      verdict = other;
      g_clear_error (&reason);
      reason = g_steal_pointer (&other_reason);
    }
  }
  cg_onvif_soap11_note (self, verdict == CG_ONVIF_VERDICT_OK);
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return verdict;
}

/* Whether this is the call that any user may make: where it is refused, the login is (Q35). */
static gboolean
is_question (const CgOnvifClimb *climb)
{
  return climb->self->is_verifying || g_str_equal (climb->operation->name, "GetDeviceInformation");
}

/* Climbs the login ladder: what worked last first, then each rung once (Q3). */
static gboolean
climb_ladder (CgOnvifClimb *climb, GError **error)
{
  CgOnvifSession *self = climb->self;
  g_autoptr (GError) refusal = NULL;

  climb->was_known = self->is_proven && self->login != CG_ONVIF_LOGIN_NONE && !is_question (climb);
  if (!cg_onvif_climb_reassure (climb, error))
    return FALSE;
  CgOnvifLogin login = self->login;
  for (;;) {
    g_autoptr (GError) reason = NULL;
    const CgOnvifVerdict verdict = try_login (climb, login, &reason);

    if (verdict == CG_ONVIF_VERDICT_OK) {
      cg_onvif_climb_remember (climb, login);
      return TRUE;
    }
    if (verdict == CG_ONVIF_VERDICT_REFUSED && refusal == NULL)
      refusal = g_error_copy (reason);
    const gboolean may_be_login =
        verdict == CG_ONVIF_VERDICT_REFUSED ||
        (verdict == CG_ONVIF_VERDICT_BARE && self->login == CG_ONVIF_LOGIN_NONE);
    if (may_be_login && cg_onvif_climb_go_on (climb, &login))
      continue;
    const gboolean is_shut = verdict == CG_ONVIF_VERDICT_FAILED &&
                             g_error_matches (reason, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    if ((may_be_login || is_shut) && refusal != NULL)
      cg_onvif_climb_report_refusal (climb, refusal, error);
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
               "%s: the camera has no %s service", operation->name,
               is_ptz                                          ? "PTZ"
               : operation->service == CG_ONVIF_SERVICE_EVENTS ? "event"
                                                               : "media");
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
    CgOnvifClimb climb = {
        .self = self, .operation = operation, .request = request, .response = response};

    if (!check_service (self, operation, error))
      return FALSE;
    const gboolean is_done = climb_ladder (&climb, &reason);
    g_clear_error (&climb.doubt);
    if (is_done) {
      self->guesses[operation->service] = 0; /* it was no guess */
      return TRUE;
    }
    if (!is_wrong_path (self, reason) || !cg_onvif_session_guess_next (self, operation->service)) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  }
}
