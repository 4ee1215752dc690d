/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-session.h"

#include <gst/rtsp/gstrtspdefs.h>
#include <string.h>

#include "cg-pull-error.h"
#include "cg-sdp-repair.h"

/* A camera that redirects to itself is not followed for ever. */
#define MAX_REDIRECTS 5

struct _CgRtspSession {
  GMutex mutex;             /* between who interrupts and who says goodbye */
  gboolean is_closing;      /* no interruption counts any more */
  CgRtspDialogue *dialogue; /* (owned) */
  CgRtspUrl *url;           /* (owned) (nullable) what is described */
  gboolean with_login;      /* it is ours that may be shown there */
  gboolean drops_query;
  gboolean has_dropped_query;
  guint redirects;
  guint status; /* with which the camera last refused something */
  char *base;   /* (owned) (nullable) of the description's addresses */

  char *id;           /* (owned) (nullable) */
  gboolean awaits_id; /* the camera has not answered the last SETUP */
  guint timeout_s;
  GPtrArray *media;        /* (owned) (element-type utf8) what was set up */
  char *played;            /* (owned) (nullable) */
  char *info;              /* (owned) (nullable) where each media begins */
  gboolean is_live;        /* the description says so: there is no beginning to play from */
  gboolean has_parameters; /* the camera knows GET_PARAMETER (Q17) */
  gboolean is_paused;      /* whoever takes the packets has something to send */
  gint64 next_alive_us;
  guint alive_number; /* CSeq of the last sign of life; 0: it was answered */
};

/**
 * cg_rtsp_session_new:
 * @options: all is copied
 * @func: gets what comes on the channels
 * @user_data: for @func
 *
 * Returns: (transfer full): a session that has not begun
 */
CgRtspSession *
cg_rtsp_session_new (const CgRtspOptions *options, CgRtspPacketFunc func, gpointer user_data)
{
  CgRtspSession *self = g_new0 (CgRtspSession, 1);

  g_mutex_init (&self->mutex);
  self->dialogue = cg_rtsp_dialogue_new (options, func, user_data);
  self->url = cg_rtsp_url_parse (options->location, NULL);
  self->with_login = TRUE;
  self->drops_query = options->drops_query;
  self->timeout_s = CG_RTSP_DEFAULT_TIMEOUT_S;
  self->media = g_ptr_array_new_with_free_func (g_free);
  cg_rtsp_dialogue_go_to (self->dialogue, self->url, TRUE);
  return self;
}

/**
 * cg_rtsp_session_free:
 * @self: (transfer full) (nullable): a session
 */
void
cg_rtsp_session_free (CgRtspSession *self)
{
  if (self == NULL)
    return;
  cg_rtsp_dialogue_free (self->dialogue);
  cg_rtsp_url_free (self->url);
  g_free (self->base);
  g_free (self->id);
  g_ptr_array_unref (self->media);
  g_free (self->played);
  g_free (self->info);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * cg_rtsp_session_interrupt:
 * @self: a session
 *
 * What is under way ends at once with #CG_ERROR_CANCELLED, and so does everything after it but
 * cg_rtsp_session_close_in_thread(), which has its own time and is not cut short; any thread.
 */
void
cg_rtsp_session_interrupt (CgRtspSession *self)
{
  g_mutex_lock (&self->mutex);
  if (!self->is_closing)
    cg_rtsp_dialogue_interrupt (self->dialogue);
  g_mutex_unlock (&self->mutex);
}

/* Returns: (transfer full): @answer */
static CgRtspMessage *
take_outcome (CgRtspSession *self, CgRtspMessage *answer, GError *cause, GError **error)
{
  self->status = 0;
  if (answer != NULL)
    self->status = answer->status >= 300 ? answer->status : 0;
  else if (g_error_matches (cause, CG_ERROR, CG_ERROR_LOGIN_REFUSED))
    self->status = GST_RTSP_STS_UNAUTHORIZED;
  if (answer == NULL)
    g_propagate_error (error, cause);
  return answer;
}

static CgRtspMessage *
exchange (
    CgRtspSession *self, const char *method, const char *uri, const char *headers, GError **error)
{
  GError *cause = NULL;
  CgRtspMessage *answer =
      cg_rtsp_dialogue_exchange_in_thread (self->dialogue, method, uri, headers, &cause);

  return take_outcome (self, answer, cause, error);
}

/* Before anything is set up, on a connection that is not known to last (Q46). */
static CgRtspMessage *
exchange_twice (CgRtspSession *self, const char *method, const char *headers, GError **error)
{
  g_autofree char *uri = cg_rtsp_url_to_string (self->url);
  GError *cause = NULL;
  CgRtspMessage *answer =
      cg_rtsp_dialogue_exchange_twice_in_thread (self->dialogue, method, uri, headers, &cause);

  return take_outcome (self, answer, cause, error);
}

static gboolean
is_good (const CgRtspMessage *answer, GError **error)
{
  if (answer->status < 300)
    return TRUE;
  g_propagate_error (error, cg_pull_error_from_status (answer->status));
  return FALSE;
}

static void
go_to (CgRtspSession *self, CgRtspUrl *url)
{
  cg_rtsp_dialogue_go_to (self->dialogue, url, self->with_login);
  if (url == self->url)
    return;
  cg_rtsp_url_free (self->url);
  self->url = url;
}

static gboolean
redirect (CgRtspSession *self, const CgRtspMessage *answer, GError **error)
{
  const char *location = cg_rtsp_message_get_header (answer, "Location");
  g_autoptr (CgRtspUrl) url = location != NULL ? cg_rtsp_url_parse (location, NULL) : NULL;

  if (url == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT, "camera redirects to nowhere");
    return FALSE;
  }
  if (self->redirects++ >= MAX_REDIRECTS) {
    g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT, "camera redirects more than %d times",
                 MAX_REDIRECTS);
    return FALSE;
  }
  self->with_login = self->with_login && cg_rtsp_url_may_show_login (self->url, url);
  go_to (self, g_steal_pointer (&url));
  return TRUE;
}

/* An address that the camera itself gave, query included (Q29). */
static gboolean
drop_query (CgRtspSession *self)
{
  if (!self->drops_query || !cg_rtsp_url_is_query_refused (self->url->path, self->status))
    return FALSE;
  if (self->status == GST_RTSP_STS_UNAUTHORIZED &&
      !cg_rtsp_dialogue_may_show_again (self->dialogue))
    return FALSE;
  g_info ("camera refuses its own address; trying it without the query");
  self->has_dropped_query = cg_rtsp_url_drop_query (self->url);
  go_to (self, self->url);
  return TRUE;
}

/* What the camera can do (Q17). One that does not know OPTIONS may know the rest. */
static gboolean
ask_options (CgRtspSession *self, GError **error)
{
  g_autoptr (CgRtspMessage) answer = exchange_twice (self, "OPTIONS", "", error);
  if (answer == NULL)
    return FALSE;
  self->has_parameters =
      cg_rtsp_public_has (cg_rtsp_message_get_header (answer, "Public"), "GET_PARAMETER");
  if (answer->status >= 300 && answer->status < 400)
    return redirect (self, answer, error);
  return TRUE;
}

/* Returns: the answer to a DESCRIBE that was not redirected */
static CgRtspMessage *
ask_description (CgRtspSession *self, GError **error)
{
  for (;;) {
    g_autoptr (CgRtspMessage) answer =
        exchange_twice (self, "DESCRIBE", "Accept: application/sdp\r\n", error);

    if (answer == NULL || answer->status < 300 || answer->status >= 400)
      return g_steal_pointer (&answer);
    if (!redirect (self, answer, error))
      return NULL;
  }
}

static char *
take_description (CgRtspSession *self, const CgRtspMessage *answer, GError **error)
{
  static const char *const names[] = {"Content-Base", "Content-Location"};
  const char *base = NULL;
  gsize size;

  if (answer->body == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                         answer->is_too_long ? "camera describes at too great length"
                                             : "camera describes nothing");
    return NULL;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (names) && base == NULL; i++)
    base = cg_rtsp_message_get_header (answer, names[i]);
  g_free (self->base);
  self->base = cg_rtsp_url_get_base (self->url, base);
  const char *text = g_bytes_get_data (answer->body, &size);
  g_debug ("description: %.*s", (int)size, text);
  char *description = cg_sdp_repair (text, size);
  self->is_live = strstr (description, "\na=range:npt=now") != NULL;
  return description;
}

/**
 * cg_rtsp_session_describe_in_thread:
 * @self: a new session
 * @error: return location: #CG_ERROR_LOGIN_REFUSED, #CG_ERROR_UNREACHABLE, #CG_ERROR_TIMED_OUT,
 *   #CG_ERROR_CANCELLED, or what the status means
 *
 * Connects, logs in and asks what there is. Follows redirections, five at most, and repeats without
 * the query where the camera does not know it (Q29).
 *
 * Returns: (transfer full): the description, repaired (Q23)
 */
char *
cg_rtsp_session_describe_in_thread (CgRtspSession *self, GError **error)
{
  if (self->url == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "not an RTSP address");
    return NULL;
  }
  for (;;) {
    g_autoptr (CgRtspMessage) answer = NULL;
    GError *cause = NULL;

    if (ask_options (self, &cause))
      answer = ask_description (self, &cause);
    if (answer != NULL && is_good (answer, &cause))
      return take_description (self, answer, error);
    if (!drop_query (self)) {
      g_propagate_error (error, cause);
      return NULL;
    }
    g_clear_error (&cause);
  }
}

static void
take_id (CgRtspSession *self, const CgRtspMessage *answer)
{
  const char *session = cg_rtsp_message_get_header (answer, "Session");

  if (session == NULL || self->id != NULL)
    return;
  self->id = cg_rtsp_session_parse (session, &self->timeout_s);
  cg_rtsp_dialogue_set_session (self->dialogue, self->id);
}

static gboolean
take_setup (CgRtspSession *self,
            const CgRtspMessage *answer,
            CgRtspTransport *transport,
            GError **error)
{
  const char *chosen = cg_rtsp_message_get_header (answer, "Transport");

  take_id (self, answer);
  if (chosen != NULL && !cg_rtsp_transport_parse (chosen, transport)) {
    self->status = GST_RTSP_STS_UNSUPPORTED_TRANSPORT;
    g_propagate_error (error, cg_pull_error_from_status (self->status));
    return FALSE;
  }
  cg_rtsp_dialogue_expect (self->dialogue, transport->rtp_channel);
  cg_rtsp_dialogue_expect (self->dialogue, transport->rtcp_channel);
  return TRUE;
}

/**
 * cg_rtsp_session_setup_in_thread:
 * @self: a session with a description
 * @control: (nullable): the attribute of that name of the wanted media (Q47)
 * @transport: (inout): the channels to ask for; those that the camera chose (Q51)
 * @error: return location: as above; for status 461, #CG_ERROR_PEER_FAULT
 *
 * Returns: whether its packets will come on this connection
 */
gboolean
cg_rtsp_session_setup_in_thread (CgRtspSession *self,
                                 const char *control,
                                 CgRtspTransport *transport,
                                 GError **error)
{
  g_autofree char *uri = cg_rtsp_url_get_control (self->url, self->base, control);
  g_autofree char *headers =
      g_strdup_printf ("Transport: RTP/AVP/TCP;unicast;interleaved=%u-%u\r\n",
                       transport->rtp_channel, transport->rtcp_channel);
  self->awaits_id = self->id == NULL;
  g_autoptr (CgRtspMessage) answer = exchange (self, "SETUP", uri, headers, error);

  self->awaits_id = self->awaits_id && answer == NULL;
  if (answer == NULL || !is_good (answer, error) || !take_setup (self, answer, transport, error))
    return FALSE;
  g_ptr_array_add (self->media, g_steal_pointer (&uri));
  return TRUE;
}

static void
note_life (CgRtspSession *self)
{
  self->next_alive_us = g_get_monotonic_time () + (gint64)self->timeout_s * G_USEC_PER_SEC / 2;
}

/**
 * cg_rtsp_session_play_in_thread:
 * @self: a session with something set up
 * @control: (nullable): the attribute of that name of the whole description
 * @error: return location: as above
 *
 * A camera that says it is live is not asked to begin at its beginning: some look for that, and one
 * looks for ever. Source: RFC 2326 sections 10.5 and C.1.5.
 *
 * Returns: whether the camera plays; packets may have come already
 */
gboolean
cg_rtsp_session_play_in_thread (CgRtspSession *self, const char *control, GError **error)
{
  g_free (self->played);
  self->played = cg_rtsp_url_get_control (self->url, self->base, control);
  note_life (self);

  g_autoptr (CgRtspMessage) answer =
      exchange (self, "PLAY", self->played,
                self->is_live ? "Range: npt=now-\r\n" : "Range: npt=0.000-\r\n", error);
  if (answer == NULL || !is_good (answer, error))
    return FALSE;
  g_free (self->info);
  self->info = g_strdup (cg_rtsp_message_get_header (answer, "RTP-Info"));
  return TRUE;
}

/**
 * cg_rtsp_session_get_start:
 * @self: a session that plays
 * @number: of a media, in the order in which they were set up
 * @start: (out): its RTP time at the moment when all of them begin
 *
 * Returns: whether the camera has told it
 */
gboolean
cg_rtsp_session_get_start (const CgRtspSession *self, guint number, guint32 *start)
{
  g_return_val_if_fail (number < self->media->len, FALSE);

  return self->info != NULL &&
         cg_rtsp_info_find (self->info, self->media->pdata[number], number, start);
}

static gboolean
show_life (CgRtspSession *self, GError **error)
{
  const char *method = self->has_parameters ? "GET_PARAMETER" : "OPTIONS";

  note_life (self);
  self->alive_number =
      cg_rtsp_dialogue_send_in_thread (self->dialogue, method, self->played, "", error);
  return self->alive_number != 0;
}

/* The answer to a sign of life, which nobody waits for. A camera that knows GET_PARAMETER by name
 * only gets OPTIONS (Q17). */
static gboolean
take_answer (CgRtspSession *self, const CgRtspMessage *answer, GError **error)
{
  const guint number = cg_rtsp_message_get_number (answer, "CSeq");
  GError *cause = NULL;

  if (self->alive_number == 0 || (number != 0 && number != self->alive_number))
    return TRUE;
  self->alive_number = 0;
  if (cg_rtsp_dialogue_take_answer (self->dialogue, answer, &cause))
    return show_life (self, error);
  self->status = answer->status >= 300 ? answer->status : 0;
  if (cause != NULL) {
    g_propagate_error (error, cause);
    return FALSE;
  }
  if (self->status == GST_RTSP_STS_SESSION_NOT_FOUND)
    return is_good (answer, error);
  if (self->status == 0 || !self->has_parameters)
    return TRUE;
  self->has_parameters = FALSE;
  return show_life (self, error);
}

/**
 * cg_rtsp_session_pause:
 * @self: a session that plays
 *
 * From within the function that takes the packets: cg_rtsp_session_receive_in_thread() returns
 * before its time is over.
 */
void
cg_rtsp_session_pause (CgRtspSession *self)
{
  self->is_paused = TRUE;
  cg_rtsp_dialogue_pause (self->dialogue);
}

/**
 * cg_rtsp_session_receive_in_thread:
 * @self: a session that plays
 * @until_us: on the monotonic clock
 * @error: return location: as above
 *
 * Takes what comes, and keeps the session alive: at half of the camera's time-out, by GET_PARAMETER
 * if it knows that, else by OPTIONS (Q17).
 *
 * Returns: %TRUE when the time is over or there is a pause, %FALSE when the session is over
 */
gboolean
cg_rtsp_session_receive_in_thread (CgRtspSession *self, gint64 until_us, GError **error)
{
  self->is_paused = FALSE;
  for (;;) {
    g_autoptr (CgRtspMessage) message = NULL;
    const gint64 next_us = MIN (until_us, self->next_alive_us);

    if (!cg_rtsp_dialogue_serve_in_thread (self->dialogue, next_us, &message, error))
      return FALSE;
    if (message != NULL && message->method != NULL) {
      g_set_error_literal (error, CG_ERROR, CG_ERROR_UNREACHABLE, "camera ended the stream");
      return FALSE;
    }
    if (message != NULL && !take_answer (self, message, error))
      return FALSE;
    const gint64 now_us = g_get_monotonic_time ();
    if (now_us >= self->next_alive_us && !show_life (self, error))
      return FALSE;
    if (now_us >= until_us || self->is_paused)
      return TRUE;
  }
}

/**
 * cg_rtsp_session_send_packet_in_thread:
 * @self: a session that plays
 * @channel: where
 * @data: a packet
 * @size: its bytes
 * @error: return location: as above
 *
 * Returns: whether it is on its way
 */
gboolean
cg_rtsp_session_send_packet_in_thread (
    CgRtspSession *self, guint channel, const guint8 *data, gsize size, GError **error)
{
  return cg_rtsp_dialogue_send_packet_in_thread (self->dialogue, channel, data, size, error);
}

static void
begin_close (CgRtspSession *self, guint timeout_ms)
{
  g_mutex_lock (&self->mutex);
  self->is_closing = TRUE;
  cg_rtsp_dialogue_resume (self->dialogue, timeout_ms);
  g_mutex_unlock (&self->mutex);
}

/* Who left while a SETUP was on its way may have a session all the same. */
static void
await_id (CgRtspSession *self, guint timeout_ms)
{
  const gint64 until_us = g_get_monotonic_time () + (gint64)timeout_ms * 1000;

  while (self->awaits_id && cg_rtsp_dialogue_is_open (self->dialogue)) {
    g_autoptr (CgRtspMessage) message = NULL;

    if (!cg_rtsp_dialogue_receive_in_thread (self->dialogue, until_us, &message, NULL) ||
        message == NULL)
      return;
    self->awaits_id = message->method != NULL || message->status < 200;
    if (!self->awaits_id)
      take_id (self, message);
  }
}

/**
 * cg_rtsp_session_close_in_thread:
 * @self: a session, however it ended
 * @timeout_ms: how long the camera may take for each answer
 *
 * Says TEARDOWN wherever there is a session to end (Q19), and closes the connection.
 */
void
cg_rtsp_session_close_in_thread (CgRtspSession *self, guint timeout_ms)
{
  const char *uri = self->played != NULL ? self->played : self->base;

  begin_close (self, timeout_ms);
  await_id (self, timeout_ms);
  if (self->id != NULL && cg_rtsp_dialogue_is_open (self->dialogue)) {
    g_autoptr (CgRtspMessage) answer =
        cg_rtsp_dialogue_exchange_in_thread (self->dialogue, "TEARDOWN", uri, "", NULL);
  }
  g_clear_pointer (&self->id, g_free);
  cg_rtsp_dialogue_hang_up (self->dialogue);
}

/**
 * cg_rtsp_session_has_dropped_query:
 * @self: a session
 *
 * Returns: whether the camera knows the address only without its query (Q29)
 */
gboolean
cg_rtsp_session_has_dropped_query (const CgRtspSession *self)
{
  return self->has_dropped_query;
}

/**
 * cg_rtsp_session_get_status:
 * @self: a session
 *
 * Returns: the status with which the camera refused what failed last; 0: it was something else
 */
guint
cg_rtsp_session_get_status (const CgRtspSession *self)
{
  return self->status;
}

/**
 * cg_rtsp_session_get_skipped:
 * @self: a session
 *
 * Returns: bytes between packets that made no sense (Q53)
 */
guint64
cg_rtsp_session_get_skipped (const CgRtspSession *self)
{
  return cg_rtsp_dialogue_get_skipped (self->dialogue);
}
