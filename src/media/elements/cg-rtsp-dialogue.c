/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-dialogue.h"

#include <gst/rtsp/gstrtspdefs.h>

#include "cg-error.h"
#include "cg-rtsp-login.h"
#include "cg-rtsp-trial.h"
#include "cg-rtsp-wire.h"

/* Some cameras refuse without (Q52). */
#define USER_AGENT "camgate"

/* Until a camera that hangs up after a challenge has done so (Q46). */
#define HANG_UP_MS 20

struct _CgRtspDialogue {
  char *username; /* (owned) (nullable) */
  char *password; /* (owned) (nullable) */
  guint timeout_ms;

  CgRtspWire *wire;      /* (owned) */
  const CgRtspUrl *url;  /* (not owned) (nullable) where it goes */
  gboolean has_answered; /* the camera, on this connection or the one that was lost last */
  CgRtspLogin *login;    /* (owned) */
  CgRtspTrial trial;
  gboolean is_shown; /* the login, in the last request */
  char *session;     /* (owned) (nullable) */
  guint number;      /* CSeq of the last request */
};

static gboolean
set_refused (const char *text, GError **error)
{
  g_clear_error (error);
  g_set_error_literal (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED, text);
  return FALSE;
}

/**
 * cg_rtsp_dialogue_new:
 * @options: all is copied
 * @func: gets what comes on the channels
 * @user_data: for @func
 *
 * Returns: (transfer full): a dialogue that goes nowhere yet
 */
CgRtspDialogue *
cg_rtsp_dialogue_new (const CgRtspOptions *options, CgRtspPacketFunc func, gpointer user_data)
{
  CgRtspDialogue *self = g_new0 (CgRtspDialogue, 1);

  cg_rtsp_trial_init (&self->trial, options->breaker);
  self->username = g_strdup (options->username);
  self->password = g_strdup (options->password);
  self->timeout_ms = options->timeout_ms;
  self->wire = cg_rtsp_wire_new (options->tls_flags, options->tls_fingerprint, func, user_data);
  self->login = cg_rtsp_login_new (options->username, options->password);
  return self;
}

/**
 * cg_rtsp_dialogue_hang_up:
 * @self: a dialogue
 *
 * Without a word. A connection is made anew with the next request.
 */
void
cg_rtsp_dialogue_hang_up (CgRtspDialogue *self)
{
  cg_rtsp_wire_hang_up (self->wire);
}

/**
 * cg_rtsp_dialogue_free:
 * @self: (transfer full) (nullable): a dialogue
 */
void
cg_rtsp_dialogue_free (CgRtspDialogue *self)
{
  if (self == NULL)
    return;
  cg_rtsp_trial_clear (&self->trial);
  cg_rtsp_wire_free (self->wire);
  cg_rtsp_login_free (self->login);
  g_free (self->username);
  g_free (self->password);
  g_free (self->session);
  g_free (self);
}

/**
 * cg_rtsp_dialogue_interrupt:
 * @self: a dialogue
 *
 * What is under way ends at once with #CG_ERROR_CANCELLED, and so does everything after it until
 * cg_rtsp_dialogue_resume(); any thread.
 */
void
cg_rtsp_dialogue_interrupt (CgRtspDialogue *self)
{
  cg_rtsp_wire_interrupt (self->wire);
}

/**
 * cg_rtsp_dialogue_resume:
 * @self: a dialogue
 * @timeout_ms: for each answer from here on
 *
 * Says goodbye after an interruption; packets are ignored.
 */
void
cg_rtsp_dialogue_resume (CgRtspDialogue *self, guint timeout_ms)
{
  cg_rtsp_wire_resume (self->wire);
  self->timeout_ms = timeout_ms;
}

/**
 * cg_rtsp_dialogue_go_to:
 * @self: a dialogue
 * @url: (transfer none) (nullable): where the next request goes; stays until it is replaced; %NULL:
 *   nowhere
 * @with_login: the login may be shown there
 *
 * Hangs up.
 */
void
cg_rtsp_dialogue_go_to (CgRtspDialogue *self, const CgRtspUrl *url, gboolean with_login)
{
  cg_rtsp_dialogue_hang_up (self);
  self->url = url;
  cg_rtsp_login_free (self->login);
  self->login = cg_rtsp_login_new (with_login ? self->username : NULL, self->password);
}

/**
 * cg_rtsp_dialogue_may_show_again:
 * @self: a dialogue whose last request was answered 401
 *
 * If a login was in it, counts that as refused, and asks for one more showing. If there is none,
 * the refusal is left to whoever began.
 *
 * Returns: whether it may be shown (Q6)
 */
gboolean
cg_rtsp_dialogue_may_show_again (CgRtspDialogue *self)
{
  return !self->is_shown || cg_rtsp_trial_may_show_again (&self->trial);
}

/**
 * cg_rtsp_dialogue_set_session:
 * @self: a dialogue
 * @id: (nullable): goes with every request from here on
 */
void
cg_rtsp_dialogue_set_session (CgRtspDialogue *self, const char *id)
{
  g_free (self->session);
  self->session = g_strdup (id);
}

/**
 * cg_rtsp_dialogue_expect:
 * @self: a dialogue that is open
 * @channel: packets will come on it
 */
void
cg_rtsp_dialogue_expect (CgRtspDialogue *self, guint channel)
{
  cg_rtsp_wire_expect (self->wire, channel);
}

/**
 * cg_rtsp_dialogue_is_open:
 * @self: a dialogue
 *
 * Returns: whether there is a connection
 */
gboolean
cg_rtsp_dialogue_is_open (const CgRtspDialogue *self)
{
  return cg_rtsp_wire_is_open (self->wire);
}

static gint64
get_deadline_us (const CgRtspDialogue *self)
{
  return g_get_monotonic_time () + (gint64)self->timeout_ms * 1000;
}

static gboolean
open_connection (CgRtspDialogue *self, GError **error)
{
  if (cg_rtsp_wire_is_open (self->wire))
    return TRUE;
  self->has_answered = FALSE;
  return cg_rtsp_wire_open_in_thread (self->wire, self->url, get_deadline_us (self), error);
}

static gboolean
write_text (CgRtspDialogue *self, const GString *text, GError **error)
{
  return cg_rtsp_wire_write_in_thread (self->wire, text, get_deadline_us (self), error);
}

/**
 * cg_rtsp_dialogue_send_in_thread:
 * @self: a dialogue with a place to go
 * @method: of the request
 * @uri: for the request line
 * @headers: further header lines, each with its end
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_TIMED_OUT, #CG_ERROR_CANCELLED
 *
 * Connects, if need be. CSeq and User-Agent are always there, and in this case (Q52).
 *
 * Returns: the number of the request, or 0
 */
guint
cg_rtsp_dialogue_send_in_thread (
    CgRtspDialogue *self, const char *method, const char *uri, const char *headers, GError **error)
{
  self->is_shown = FALSE;
  if (!open_connection (self, error))
    return 0;
  g_autofree char *answer = cg_rtsp_login_answer (self->login, method, uri);
  g_autoptr (GString) text = g_string_new (NULL);

  self->is_shown = answer != NULL;
  g_string_append_printf (text, "%s %s RTSP/1.0\r\nCSeq: %u\r\nUser-Agent: " USER_AGENT "\r\n",
                          method, uri, ++self->number);
  if (answer != NULL)
    g_string_append_printf (text, "Authorization: %s\r\n", answer);
  if (self->session != NULL)
    g_string_append_printf (text, "Session: %s\r\n", self->session);
  g_string_append_printf (text, "%s\r\n", headers);
  return write_text (self, text, error) ? self->number : 0;
}

/* Some cameras ask whether we are there. */
static gboolean
answer_request (CgRtspDialogue *self, const CgRtspMessage *message, GError **error)
{
  static const char *const known[] = {"OPTIONS", "GET_PARAMETER", "SET_PARAMETER", NULL};
  const gboolean is_known = g_strv_contains (known, message->method);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "RTSP/1.0 %s\r\nCSeq: %u\r\n\r\n",
                          is_known ? "200 OK" : "501 Not Implemented",
                          cg_rtsp_message_get_number (message, "CSeq"));
  return write_text (self, text, error);
}

static gboolean
is_for_caller (const CgRtspMessage *message)
{
  return message->method == NULL || g_str_equal (message->method, "TEARDOWN");
}

/* What the camera asks meanwhile is answered here. */
static gboolean
receive (CgRtspDialogue *self,
         gboolean is_playing,
         gint64 until_us,
         CgRtspMessage **message,
         GError **error)
{
  for (;;) {
    const gboolean stands =
        is_playing ? cg_rtsp_wire_serve_in_thread (self->wire, until_us, message, error)
                   : cg_rtsp_wire_receive_in_thread (self->wire, until_us, message, error);
    if (!stands || *message == NULL || is_for_caller (*message))
      return stands;
    const gboolean is_answered = answer_request (self, *message, error);
    g_clear_pointer (message, cg_rtsp_message_free);
    if (!is_answered)
      return FALSE;
  }
}

/**
 * cg_rtsp_dialogue_receive_in_thread:
 * @self: an open dialogue
 * @until_us: on the monotonic clock
 * @message: (out) (transfer full) (nullable): an answer, or the camera's TEARDOWN; %NULL: the time
 *   is over
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_CANCELLED
 *
 * Gives packets where they belong, and answers what the camera asks.
 *
 * Returns: whether the connection still stands
 */
gboolean
cg_rtsp_dialogue_receive_in_thread (CgRtspDialogue *self,
                                    gint64 until_us,
                                    CgRtspMessage **message,
                                    GError **error)
{
  return receive (self, FALSE, until_us, message, error);
}

/**
 * cg_rtsp_dialogue_pause:
 * @self: a dialogue that is served
 *
 * From within the function that takes the packets: cg_rtsp_dialogue_serve_in_thread() returns
 * before its time is over.
 */
void
cg_rtsp_dialogue_pause (CgRtspDialogue *self)
{
  cg_rtsp_wire_pause (self->wire);
}

/**
 * cg_rtsp_dialogue_serve_in_thread:
 * @self: an open dialogue
 * @until_us: on the monotonic clock
 * @message: (out) (transfer full) (nullable): as cg_rtsp_dialogue_receive_in_thread()
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_CANCELLED
 *
 * As that, for the long time in which only packets come: they are taken in the media thread, at
 * once with those of other cameras.
 *
 * Returns: whether the connection still stands
 */
gboolean
cg_rtsp_dialogue_serve_in_thread (CgRtspDialogue *self,
                                  gint64 until_us,
                                  CgRtspMessage **message,
                                  GError **error)
{
  return receive (self, TRUE, until_us, message, error);
}

/* An answer to an earlier request is not the one that is waited for; one without a number is. */
static gboolean
is_answer (const CgRtspDialogue *self, const CgRtspMessage *message)
{
  const guint number = cg_rtsp_message_get_number (message, "CSeq");

  return message->method == NULL && message->status >= 200 &&
         (number == 0 || number >= self->number);
}

static CgRtspMessage *
await_answer (CgRtspDialogue *self, GError **error)
{
  const gint64 deadline_us = get_deadline_us (self);

  for (;;) {
    g_autoptr (CgRtspMessage) message = NULL;

    if (!cg_rtsp_dialogue_receive_in_thread (self, deadline_us, &message, error))
      return NULL;
    if (message == NULL) {
      g_set_error (error, CG_ERROR, CG_ERROR_TIMED_OUT, "camera did not answer within %u ms",
                   self->timeout_ms);
      return NULL;
    }
    self->has_answered = TRUE;
    if (is_answer (self, message))
      return g_steal_pointer (&message);
  }
}

/* One that we know and cannot answer makes no sense; no password was refused. */
static gboolean
is_digest (const char *challenge)
{
  return challenge != NULL && g_ascii_strncasecmp (challenge, "Digest", 6) == 0;
}

static gboolean
take_challenge (CgRtspDialogue *self, const CgRtspMessage *answer, GError **error)
{
  g_auto (GStrv) challenges = cg_rtsp_message_get_headers (answer, "WWW-Authenticate");

  switch (cg_rtsp_login_take_challenge (self->login, (const char *const *)challenges)) {
  case CG_RTSP_LOGIN_SHOW:
    return TRUE;
  case CG_RTSP_LOGIN_SHOW_ONCE_MORE:
    g_info ("camera refuses the login; trying it once more, as it may not mean it");
    return cg_rtsp_dialogue_may_show_again (self) ||
           set_refused ("camera refuses the login", error);
  case CG_RTSP_LOGIN_REFUSED:
    cg_rtsp_trial_refuse (&self->trial);
    return set_refused ("camera refuses the login", error);
  case CG_RTSP_LOGIN_MISSING:
    return set_refused ("camera wants a login", error);
  case CG_RTSP_LOGIN_UNKNOWN:
    g_set_error (error, CG_ERROR,
                 is_digest (challenges[0]) ? CG_ERROR_PEER_FAULT : CG_ERROR_LOGIN_REFUSED,
                 "camera wants a login of kind \"%s\"", challenges[0] != NULL ? challenges[0] : "");
    return FALSE;
  }
  return FALSE;
}

/**
 * cg_rtsp_dialogue_take_answer:
 * @self: a dialogue
 * @answer: to its last request
 * @error: return location: #CG_ERROR_LOGIN_REFUSED
 *
 * Learns from it what has become of the login.
 *
 * Returns: whether it was 401 and the request may go out again; %FALSE without @error: it was not
 */
gboolean
cg_rtsp_dialogue_take_answer (CgRtspDialogue *self, const CgRtspMessage *answer, GError **error)
{
  if (answer->status == GST_RTSP_STS_UNAUTHORIZED)
    return take_challenge (self, answer, error);
  if (self->is_shown && answer->status != GST_RTSP_STS_FORBIDDEN) {
    cg_rtsp_login_accept (self->login);
    cg_rtsp_trial_accept (&self->trial);
  }
  return FALSE;
}

/* A login that goes out on a connection that the camera closes is shown, and nobody knows whether
 * it was seen. */
static void
look_before_showing (CgRtspDialogue *self)
{
  const gint64 deadline_us = g_get_monotonic_time () + HANG_UP_MS * 1000;

  if (self->is_shown || !cg_rtsp_dialogue_is_open (self))
    return;
  if (cg_rtsp_wire_has_ended_in_thread (self->wire, deadline_us))
    cg_rtsp_dialogue_hang_up (self);
}

/**
 * cg_rtsp_dialogue_exchange_in_thread:
 * @self: a dialogue with a place to go
 * @method: of the request
 * @uri: for the request line
 * @headers: further header lines, each with its end
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_TIMED_OUT, #CG_ERROR_CANCELLED,
 *   #CG_ERROR_LOGIN_REFUSED
 *
 * Asks, and again with the login where the camera wants it.
 *
 * Returns: (transfer full): the answer, whatever its status is but 401
 */
CgRtspMessage *
cg_rtsp_dialogue_exchange_in_thread (
    CgRtspDialogue *self, const char *method, const char *uri, const char *headers, GError **error)
{
  for (;;) {
    g_autoptr (CgRtspMessage) answer = NULL;
    GError *cause = NULL;

    if (cg_rtsp_dialogue_send_in_thread (self, method, uri, headers, error) == 0)
      return NULL;
    answer = await_answer (self, error);
    if (answer == NULL)
      return NULL;
    const char *ends = cg_rtsp_message_get_header (answer, "Connection");
    if (ends != NULL && g_ascii_strcasecmp (ends, "close") == 0 && self->session == NULL)
      cg_rtsp_dialogue_hang_up (self);
    if (cg_rtsp_dialogue_take_answer (self, answer, &cause)) {
      look_before_showing (self);
      continue;
    }
    if (cause == NULL)
      return g_steal_pointer (&answer);
    g_propagate_error (error, cause);
    return NULL;
  }
}

/* Nobody knows whether a login that was shown there was refused. Where it has been taken before, on
 * this connection or another, the camera has something else: it may be going down (Q9). */
static gboolean
is_swallowed (const CgRtspDialogue *self, const GError *cause)
{
  if (cg_rtsp_trial_is_proven (&self->trial))
    return FALSE;
  return g_error_matches (cause, CG_ERROR, CG_ERROR_UNREACHABLE) && self->is_shown &&
         !cg_rtsp_login_is_proven (self->login);
}

/* A camera that goes down takes no connection any more, and has refused nothing (Q9). */
static gboolean
is_still_there (CgRtspDialogue *self)
{
  const gint64 hang_up_us = HANG_UP_MS * 1000;

  cg_rtsp_dialogue_hang_up (self);
  return open_connection (self, NULL) &&
         !cg_rtsp_wire_has_ended_in_thread (self->wire, g_get_monotonic_time () + hang_up_us);
}

static gboolean
may_repeat (CgRtspDialogue *self, GError **cause)
{
  if (!g_error_matches (*cause, CG_ERROR, CG_ERROR_UNREACHABLE))
    return FALSE;
  if (!is_swallowed (self, *cause))
    return self->has_answered;
  return cg_rtsp_trial_begin (&self->trial) ||
         (is_still_there (self) &&
          set_refused ("camera closes the connection on the login", cause));
}

/**
 * cg_rtsp_dialogue_exchange_twice_in_thread:
 * @self: a dialogue with a place to go
 * @method: of a request that does no harm when it comes twice
 * @uri: for the request line
 * @headers: further header lines, each with its end
 * @error: return location: as cg_rtsp_dialogue_exchange_in_thread()
 *
 * As that, and once more on a new connection where the camera closes the one it has answered on: it
 * may do so after a challenge, or after OPTIONS (Q46). A login that it was shown there may have
 * been refused: the breaker is asked for another showing, and the second that is lost is refused
 * (Q6).
 *
 * Returns: (transfer full): the answer, whatever its status is but 401
 */
CgRtspMessage *
cg_rtsp_dialogue_exchange_twice_in_thread (
    CgRtspDialogue *self, const char *method, const char *uri, const char *headers, GError **error)
{
  GError *cause = NULL;
  CgRtspMessage *answer = cg_rtsp_dialogue_exchange_in_thread (self, method, uri, headers, &cause);

  if (answer == NULL && may_repeat (self, &cause)) {
    g_clear_error (&cause);
    cg_rtsp_dialogue_hang_up (self);
    answer = cg_rtsp_dialogue_exchange_in_thread (self, method, uri, headers, &cause);
    if (answer == NULL && is_swallowed (self, cause) && is_still_there (self)) {
      cg_rtsp_trial_refuse (&self->trial);
      set_refused ("camera closes the connection on the login", &cause);
    }
  }
  if (answer == NULL)
    g_propagate_error (error, cause);
  return answer;
}

/**
 * cg_rtsp_dialogue_send_packet_in_thread:
 * @self: an open dialogue
 * @channel: where
 * @data: a packet
 * @size: its bytes
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_TIMED_OUT, #CG_ERROR_CANCELLED
 *
 * Returns: whether it is on its way
 */
gboolean
cg_rtsp_dialogue_send_packet_in_thread (
    CgRtspDialogue *self, guint channel, const guint8 *data, gsize size, GError **error)
{
  const guint8 head[] = {'$', (guint8)channel, (guint8)(size >> 8), (guint8)size};
  g_autoptr (GString) packet = g_string_new_len ((const char *)head, sizeof head);

  g_string_append_len (packet, (const char *)data, (gssize)size);
  return write_text (self, packet, error);
}

/**
 * cg_rtsp_dialogue_get_skipped:
 * @self: a dialogue
 *
 * Returns: bytes between packets that made no sense (Q53)
 */
guint64
cg_rtsp_dialogue_get_skipped (const CgRtspDialogue *self)
{
  return cg_rtsp_wire_get_skipped (self->wire);
}
