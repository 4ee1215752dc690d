/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-climb.h"

#include "cg-onvif-device.h"
#include "cg-onvif-session-private.h"

/* A clock measured so recently is not to blame for a refused token. */
#define CLOCK_FRESH_US (5 * G_USEC_PER_SEC)

/* A clock that moved less has not moved: GetSystemDateAndTime tells whole seconds. */
#define CLOCK_MOVED_MS 2000

/**
 * cg_onvif_climb_take_challenges:
 * @climb: a call
 * @headers: (array zero-terminated=1): the values of all WWW-Authenticate headers of a 401
 *
 * Keeps the best challenge, and one of another checksum beside it; where the better one has failed
 * before, that one alone (Q27).
 */
void
cg_onvif_climb_take_challenges (CgOnvifClimb *climb, const char *const *headers)
{
  CgOnvifSession *self = climb->self;
  g_autoptr (CgDigest) best = cg_digest_parse (headers);
  g_autoptr (CgDigest) weaker = best != NULL ? cg_digest_parse_weaker (headers, best) : NULL;

  climb->was_challenged = best != NULL;
  if (headers[0] == NULL)
    return;
  if (weaker != NULL && g_strcmp0 (cg_digest_get_word (weaker), self->digest) == 0) {
    cg_digest_free (best);
    best = g_steal_pointer (&weaker);
  }
  cg_digest_free (self->challenge);
  cg_digest_free (self->weaker);
  self->challenge = g_steal_pointer (&best);
  self->weaker = g_steal_pointer (&weaker);
}

/* Whether a camera that answers @operation has looked at the login: some things it tells to
 * anybody. Core Specification, 5.9.4.3 "Default access policy definition", PRE_AUTH. */
static gboolean
proves_login (const CgOnvifClimb *climb)
{
  static const char *const public[] = {"GetSystemDateAndTime", "GetServices", "GetCapabilities",
                                       NULL};

  return (climb->tried & (1u << CG_ONVIF_LOGIN_NONE)) != 0 ||
         !g_strv_contains (public, climb->operation->name);
}

/* Whether the last digest may have been refused for its nonce alone. One that was given just now
 * cannot be old, unless another session of ours has used it up, which is none for a login that was
 * never taken or is being asked about: a camera that calls it stale refuses the login (RFC 7616,
 * 3.3; Q6). */
static gboolean
says_nonce_is_old (const CgOnvifClimb *climb)
{
  const CgOnvifSession *self = climb->self;

  return self->challenge != NULL && self->challenge->is_stale &&
         (climb->digest_count > 1 || (self->is_proven && !self->is_verifying));
}

/* What a refusal says where the login has worked. HTTP has taken a digest that it answers with
 * anything but a 401: then the call is forbidden, and nobody need be asked (Q35). What it has
 * refused for want of a digest, or for its nonce, was not judged at all. */
static CgBreakerOutcome
judge_known (CgOnvifClimb *climb, CgOnvifLogin login, guint status)
{
  const gboolean wants_digest = climb->was_challenged && cg_onvif_login_has_digest (login) &&
                                (climb->digest_count == 0 || says_nonce_is_old (climb));

  if (login == CG_ONVIF_LOGIN_DIGEST && status != 401)
    climb->is_verified = TRUE;
  if (climb->is_verified || (wants_digest && !climb->nonce_checked))
    return CG_BREAKER_UNKNOWN;
  return CG_BREAKER_DOUBTED;
}

/**
 * cg_onvif_climb_tell_outcome:
 * @climb: a call
 * @login: the rung that was tried
 * @verdict: how it ended
 * @status: of HTTP
 *
 * HTTP took the digest of an answer that is no 401, even if SOAP wants more. Where the login has
 * worked, a call may be forbidden: that is found out later.
 *
 * Returns: what the answer says about the password
 */
CgBreakerOutcome
cg_onvif_climb_tell_outcome (CgOnvifClimb *climb,
                             CgOnvifLogin login,
                             CgOnvifVerdict verdict,
                             guint status)
{
  const CgOnvifSession *self = climb->self;
  const gboolean is_bare = verdict == CG_ONVIF_VERDICT_BARE && self->login == CG_ONVIF_LOGIN_NONE;

  if (verdict == CG_ONVIF_VERDICT_OK)
    return proves_login (climb) ? CG_BREAKER_ACCEPTED : CG_BREAKER_UNKNOWN;
  if (verdict != CG_ONVIF_VERDICT_REFUSED && !is_bare)
    return CG_BREAKER_UNKNOWN;
  if (climb->was_known)
    return judge_known (climb, login, status);
  if (cg_onvif_login_has_token (login))
    return cg_onvif_fault_has_code (self->fault, "MessageExpired") ? CG_BREAKER_UNKNOWN
                                                                   : CG_BREAKER_REFUSED;
  if (status != 401 || (says_nonce_is_old (climb) && !climb->nonce_checked))
    return CG_BREAKER_UNKNOWN;
  return CG_BREAKER_REFUSED;
}

/**
 * cg_onvif_climb_end_try:
 * @climb: a call
 * @outcome: what was said about the password, if there was one in the message
 *
 * Tells the breaker.
 */
void
cg_onvif_climb_end_try (CgOnvifClimb *climb, CgBreakerOutcome outcome)
{
  if (!climb->has_password)
    return;
  climb->has_password = FALSE;
  climb->is_doubted = outcome == CG_BREAKER_DOUBTED;
  cg_breaker_end (climb->self->breaker, CG_BREAKER_SOAP, outcome);
}

/**
 * cg_onvif_climb_doubt_try:
 * @climb: a call that the camera has swallowed
 *
 * Whether a password in it was refused is not known, unless it has worked before; the breaker waits
 * for that.
 */
void
cg_onvif_climb_doubt_try (CgOnvifClimb *climb)
{
  climb->is_doubtful = climb->has_password && !climb->self->is_proven;
  if (!climb->is_doubtful)
    cg_onvif_climb_end_try (climb, CG_BREAKER_UNKNOWN);
  climb->has_password = FALSE;
}

/**
 * cg_onvif_climb_settle_doubt:
 * @climb: the same, asked again
 * @is_swallowed: and swallowed again
 *
 * Returns: whether the password counts as refused, both times
 */
gboolean
cg_onvif_climb_settle_doubt (CgOnvifClimb *climb, gboolean is_swallowed)
{
  const gboolean is_refused = climb->is_doubtful && climb->has_password && is_swallowed;
  const CgBreakerOutcome outcome = is_refused ? CG_BREAKER_REFUSED : CG_BREAKER_UNKNOWN;

  if (climb->is_doubtful)
    cg_breaker_end (climb->self->breaker, CG_BREAKER_SOAP, outcome);
  climb->is_doubtful = FALSE;
  if (is_refused)
    cg_onvif_climb_end_try (climb, CG_BREAKER_REFUSED);
  return is_refused;
}

/* Whether the token may have been refused for its time: measures again, at most once a call, and
 * without a login, which may be wrong (Q4, Q6). */
static gboolean
clock_has_moved (CgOnvifClimb *climb)
{
  CgOnvifSession *self = climb->self;
  const gint64 old_ms = cg_onvif_session_get_clock_offset_ms (self);

  if (climb->clock_checked || self->clock_measured_us == 0 ||
      g_get_monotonic_time () - self->clock_measured_us < CLOCK_FRESH_US)
    return FALSE;
  climb->clock_checked = TRUE;
  return cg_onvif_session_measure_clock_anonymously (self, NULL) &&
         ABS (self->clock_offset_ms - old_ms) >= CLOCK_MOVED_MS;
}

/* Whether the digest was not sent for want of a challenge, or refused because its nonce was used
 * up, and now there is a new one. At most once a call: a wrong password must not be tried again and
 * again (Q6). */
static gboolean
nonce_has_changed (CgOnvifClimb *climb)
{
  const CgDigest *challenge = climb->self->challenge;

  if (climb->nonce_checked || challenge == NULL || challenge->count > 0)
    return FALSE;
  climb->nonce_checked = TRUE;
  return challenge->is_stale || climb->digest_count != 1;
}

/* Whether the camera judges the token by another time than it tells (Q5). What HTTP has refused
 * for want of a digest was not judged at all. */
static gboolean
may_be_the_clock (CgOnvifClimb *climb)
{
  CgOnvifSession *self = climb->self;

  if (climb->was_known || climb->was_challenged)
    return FALSE;
  self->clocks_refused |= 1u << self->clock_mode;
  if (cg_onvif_clock_mode_next (self->clocks_refused, cg_onvif_session_get_clock_offset_ms (self),
                                self->zone_ms, &self->clock_mode))
    return TRUE;
  self->clocks_refused = 0;
  self->clock_mode = CG_ONVIF_CLOCK_TOLD;
  return FALSE;
}

/* Whether a weaker digest was offered beside the one that was refused (Q27). */
static gboolean
may_be_the_algorithm (CgOnvifClimb *climb)
{
  CgOnvifSession *self = climb->self;

  if (climb->was_known || climb->weaker_tried || self->weaker == NULL)
    return FALSE;
  climb->weaker_tried = TRUE;
  cg_digest_free (self->challenge);
  self->challenge = g_steal_pointer (&self->weaker);
  return TRUE;
}

/* The next rung: one that was not refused lately, if there is any. When the breaker has cut a climb
 * short, the next one goes on from there. */
static gboolean
next_rung (CgOnvifClimb *climb, CgOnvifLogin *login)
{
  CgOnvifSession *self = climb->self;
  const gboolean has_password = self->username != NULL && !self->is_anonymous;

  if (cg_onvif_login_next (climb->tried | self->logins_refused, has_password,
                           self->challenge != NULL, login))
    return TRUE;
  if (!self->is_anonymous)
    self->logins_refused = 0;
  return cg_onvif_login_next (climb->tried, has_password, self->challenge != NULL, login);
}

/* One call that any user may make. Returns: whether it was answered, in whatever way */
static gboolean
ask_question (CgOnvifClimb *climb)
{
  CgOnvifSession *self = climb->self;
  const CgOnvifLogin login = self->login;
  const CgOnvifClockMode clock_mode = self->clock_mode;
  g_autofree char *digest = g_strdup (self->digest);
  g_autoptr (GError) reason = NULL;

  self->is_verifying = TRUE;
  if (login == CG_ONVIF_LOGIN_TOKEN && climb->was_challenged)
    self->login = CG_ONVIF_LOGIN_BOTH; /* the same question does for both */
  g_autoptr (CgOnvifDeviceInformation) information =
      cg_onvif_device_get_information_in_thread (self, &reason);
  self->is_verifying = FALSE;
  const gboolean is_answered =
      information != NULL ||
      !(cg_error_is_silence (reason) || g_error_matches (reason, CG_ERROR, CG_ERROR_CANCELLED));
  if (!is_answered)
    self->login = login;
  climb->has_new_way = self->login != login || self->clock_mode != clock_mode ||
                       g_strcmp0 (self->digest, digest) != 0;
  if (!is_answered || g_error_matches (reason, CG_ERROR, CG_ERROR_LOGIN_REFUSED))
    climb->doubt = g_steal_pointer (&reason);
  return is_answered;
}

/* Where the login has worked, one refused call may be forbidden (Q35), or the password was changed.
 * One question tells which, for all whose calls were refused at the moment: in the second case it
 * is the last that shows the password, and what was refused before counts (Q6). So it does while
 * nobody can tell. */
static gboolean
is_still_taken (CgOnvifClimb *climb)
{
  CgOnvifSession *self = climb->self;
  const CgBreakerPatience patience = cg_onvif_session_get_patience (self);

  if (climb->is_verified || self->is_verifying)
    return climb->doubt == NULL;
  climb->is_verified = TRUE;
  if (!climb->is_doubted) {
    ask_question (climb);
    return climb->doubt == NULL;
  }
  switch (cg_breaker_explain (self->breaker, CG_BREAKER_SOAP, &patience, &climb->doubt)) {
  case CG_BREAKER_UNKNOWN:
    cg_breaker_end_question (self->breaker, CG_BREAKER_SOAP, ask_question (climb));
    return climb->doubt == NULL;
  case CG_BREAKER_ACCEPTED:
    return TRUE;
  default:
    return FALSE;
  }
}

/**
 * cg_onvif_climb_reassure:
 * @climb: a call that is about to begin
 * @error: return location
 *
 * Where the login has worked and was refused since, the question goes before a call that it was
 * never allowed: a forbidden one is not to be what makes us lock it (Q35, Q6).
 *
 * Returns: whether the call may begin
 */
gboolean
cg_onvif_climb_reassure (CgOnvifClimb *climb, GError **error)
{
  CgBreaker *breaker = climb->self->breaker;

  if (!climb->was_known || cg_breaker_is_proven (breaker, CG_BREAKER_SOAP) ||
      cg_breaker_was_allowed (breaker, climb->operation->name))
    return TRUE;
  ask_question (climb);
  climb->has_new_way = FALSE;
  climb->is_verified = cg_breaker_is_proven (breaker, CG_BREAKER_SOAP);
  if (climb->doubt == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&climb->doubt));
  return FALSE;
}

/* The same call once more, in the way in which the login was taken just now, if it is another: so
 * a camera that was set up anew may want it. */
static gboolean
take_new_way (CgOnvifClimb *climb, CgOnvifLogin *login)
{
  if (!is_still_taken (climb) || !climb->has_new_way)
    return FALSE;
  climb->has_new_way = FALSE;
  *login = climb->self->login;
  return TRUE;
}

/**
 * cg_onvif_climb_go_on:
 * @climb: a call
 * @login: (inout): the rung that was refused, then the next; the same, for another way to show it
 *
 * Returns: whether there is one
 */
gboolean
cg_onvif_climb_go_on (CgOnvifClimb *climb, CgOnvifLogin *login)
{
  CgOnvifSession *self = climb->self;

  if (cg_onvif_login_has_digest (*login) && nonce_has_changed (climb))
    return !climb->was_known || climb->digest_count == 0 || self->challenge->is_stale ||
           is_still_taken (climb);
  if (cg_onvif_login_has_token (*login) && clock_has_moved (climb))
    return !climb->was_known || is_still_taken (climb);
  if (cg_onvif_login_has_digest (*login) && may_be_the_algorithm (climb))
    return TRUE;
  if (cg_onvif_login_has_token (*login) && may_be_the_clock (climb))
    return TRUE;
  climb->tried |= 1u << *login;
  if (*login != CG_ONVIF_LOGIN_NONE && !climb->was_known && !self->is_verifying)
    self->logins_refused |= 1u << *login;
  return climb->was_known ? take_new_way (climb, login) : next_rung (climb, login);
}

/**
 * cg_onvif_climb_remember:
 * @climb: a call that was answered
 * @login: the rung that did it
 */
void
cg_onvif_climb_remember (CgOnvifClimb *climb, CgOnvifLogin login)
{
  CgOnvifSession *self = climb->self;

  if (login != CG_ONVIF_LOGIN_NONE) {
    self->login = login;
    self->logins_refused = 0;
    self->clocks_refused = 0;
    self->is_proven = self->is_proven || proves_login (climb);
    cg_breaker_note_allowed (self->breaker, climb->operation->name);
  }
  if (cg_onvif_login_has_digest (login) && self->challenge != NULL) {
    g_free (self->digest);
    self->digest = g_strdup (cg_digest_get_word (self->challenge));
  }
}

/**
 * cg_onvif_climb_report_refusal:
 * @climb: a call that was refused on its last rung
 * @reason: by what words
 * @error: return location
 *
 * A refusal in words that help: no login, a forbidden call (Q35), or a wrong login.
 */
void
cg_onvif_climb_report_refusal (CgOnvifClimb *climb, const GError *reason, GError **error)
{
  CgOnvifSession *self = climb->self;
  const guint pause_ms = cg_breaker_get_pause_ms (self->breaker);
  g_autofree char *hint =
      pause_ms > 0 ? g_strdup_printf ("; it is not sent again for %u min, or until it is changed",
                                      (pause_ms + 59999) / 60000)
                   : g_strdup ("");

  if (climb->was_known && !is_still_taken (climb)) {
    g_propagate_error (error, g_steal_pointer (&climb->doubt));
    return;
  }
  if (climb->was_known) {
    g_set_error (error, CG_ERROR, CG_ERROR_NOT_PERMITTED,
                 "the camera does not permit this to user \"%s\": %s", self->username,
                 reason->message);
    return;
  }
  if (!self->is_anonymous) {
    self->login = CG_ONVIF_LOGIN_NONE;
    self->is_proven = FALSE;
  }
  if (self->username == NULL)
    g_set_error_literal (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED,
                         "the camera asks for a login, and there is none");
  else
    g_set_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED,
                 "the camera refuses the login of user \"%s\": %s%s", self->username,
                 reason->message, hint);
}
