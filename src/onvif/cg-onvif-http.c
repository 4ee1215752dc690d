/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-http.h"

#include <stdlib.h>
#include <string.h>

#include "cg-onvif-stream.h"

/* Larger than the longest answer a camera was ever seen to give (a few hundred kilobytes), and
 * small enough for a small box to hold several of (Q39). */
#define MAX_BODY (4 * 1024 * 1024)

/* All header lines of one answer together. */
#define MAX_HEAD (64 * 1024)

#define READ_SIZE (16 * 1024)

/* A camera that closes sooner than this after an answer does not keep connections; one that closes
 * later has only grown tired of an idle one. */
#define SOON_US (2 * G_USEC_PER_SEC)

/* What this camera does with a connection after an answer. */
typedef enum {
  KEEP_ALIVE_UNKNOWN,
  KEEP_ALIVE_WORKS,
  KEEP_ALIVE_BROKEN, /* it closes without saying so (Q46) */
} KeepAlive;

struct _CgOnvifHttp {
  CgOnvifStream *stream; /* (owned) */
  GByteArray *input;     /* (owned) received and not yet consumed */
  gboolean has_answer;   /* at least one byte of this answer came */
  gboolean is_swallowed; /* the camera closed instead of answering the last request */
  KeepAlive keep_alive;
  gint64 answered_us; /* monotonic: when the last answer was complete */
};

/* What the header said about the body. */
typedef struct {
  gboolean is_chunked;
  gboolean has_length;
  gboolean keep_alive;
  guint64 length;
  GStrvBuilder *challenges; /* (owned) */
} Head;

/* How an exchange ended. */
typedef enum {
  EXCHANGE_DONE,
  EXCHANGE_NOT_SENT,  /* the camera had closed before anything went out */
  EXCHANGE_NO_ANSWER, /* it closed instead of answering */
  EXCHANGE_FAILED,
} Exchange;

/**
 * cg_onvif_http_new:
 *
 * Returns: (transfer full): a client that is not connected
 */
CgOnvifHttp *
cg_onvif_http_new (void)
{
  CgOnvifHttp *self = g_new0 (CgOnvifHttp, 1);

  self->stream = cg_onvif_stream_new ();
  self->input = g_byte_array_new ();
  return self;
}

/**
 * cg_onvif_http_free:
 * @self: (transfer full) (nullable): a client outside any call
 */
void
cg_onvif_http_free (CgOnvifHttp *self)
{
  if (self == NULL)
    return;
  cg_onvif_stream_free (self->stream);
  g_byte_array_unref (self->input);
  g_free (self);
}

/**
 * cg_onvif_http_begin:
 * @self: a client
 * @timeout_ms: from now to the end of all requests made before cg_onvif_http_end()
 *
 * Starts a call; within another call the outer one's deadline holds.
 */
void
cg_onvif_http_begin (CgOnvifHttp *self, guint timeout_ms)
{
  cg_onvif_stream_begin (self->stream, timeout_ms);
}

/**
 * cg_onvif_http_end:
 * @self: a client
 *
 * Ends what cg_onvif_http_begin() began; the connection stays open.
 */
void
cg_onvif_http_end (CgOnvifHttp *self)
{
  cg_onvif_stream_end (self->stream);
  if (self->input->len == 0) { /* room for the largest answer, where nothing may come for hours */
    g_byte_array_unref (self->input);
    self->input = g_byte_array_new ();
  }
}

/**
 * cg_onvif_http_get_stream:
 * @self: a client
 *
 * Returns: (transfer none): its connection
 */
CgOnvifStream *
cg_onvif_http_get_stream (CgOnvifHttp *self)
{
  return self->stream;
}

/**
 * cg_onvif_http_get_trust:
 * @self: a client
 *
 * Returns: (transfer none): which certificates it takes; any, to begin with
 */
CgOnvifTrust *
cg_onvif_http_get_trust (CgOnvifHttp *self)
{
  return cg_onvif_stream_get_trust (self->stream);
}

/**
 * cg_onvif_http_was_swallowed:
 * @self: a client
 *
 * Returns: whether the camera took the last request, closed instead of answering, and the caller
 *   may ask again because that does nothing twice (Q46); with a fresh login, as the old one may be
 *   used up
 */
gboolean
cg_onvif_http_was_swallowed (const CgOnvifHttp *self)
{
  return self->is_swallowed;
}

/**
 * cg_onvif_http_response_free:
 * @self: (transfer full) (nullable): an answer
 */
void
cg_onvif_http_response_free (CgOnvifHttpResponse *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->challenges);
  g_free (self->body);
  g_free (self);
}

static gboolean
set_nonsense (GError **error, const char *what)
{
  g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT, "no HTTP answer: %s", what);
  cg_error_set_cause (error, CG_ERROR_CAUSE_GARBLED);
  return FALSE;
}

/* Appends to the input. 1: got some; 0: end of stream; -1: error. */
static int
fill (CgOnvifHttp *self, GError **error)
{
  guint8 buffer[READ_SIZE];
  const gssize n = cg_onvif_stream_read (self->stream, buffer, sizeof buffer, error);

  if (n <= 0)
    return (int)n;
  self->has_answer = TRUE;
  g_byte_array_append (self->input, buffer, (guint)n);
  return 1;
}

/* One line without its end. (transfer full) (nullable) */
static char *
read_line (CgOnvifHttp *self, gsize *left, GError **error)
{
  gsize scanned = 0;

  for (;;) {
    const guint8 *start = self->input->data;
    const guint8 *end = scanned < self->input->len
                            ? memchr (start + scanned, '\n', self->input->len - scanned)
                            : NULL;

    scanned = self->input->len;
    if (end != NULL) {
      const gsize length = (gsize)(end - start);
      char *line = g_strndup ((const char *)start, length);

      g_byte_array_remove_range (self->input, 0, (guint)length + 1);
      *left -= MIN (*left, length + 1);
      return g_strchomp (line);
    }
    if (scanned >= *left) {
      set_nonsense (error, "endless header");
      return NULL;
    }
    const int got = fill (self, error);
    if (got == 0)
      g_set_error_literal (error, CG_ERROR, CG_ERROR_UNREACHABLE,
                           "the camera closed the connection in the middle of its answer");
    if (got <= 0)
      return NULL;
  }
}

static gboolean
has_word (const char *value, const char *word)
{
  g_autofree char *lower = g_ascii_strdown (value, -1);

  return strstr (lower, word) != NULL;
}

static void
read_header (Head *head, const char *name, const char *value)
{
  if (g_ascii_strcasecmp (name, "Content-Length") == 0) {
    head->has_length = g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &head->length, NULL);
  } else if (g_ascii_strcasecmp (name, "Transfer-Encoding") == 0) {
    head->is_chunked = has_word (value, "chunked");
  } else if (g_ascii_strcasecmp (name, "Connection") == 0) {
    if (has_word (value, "close"))
      head->keep_alive = FALSE;
    else if (has_word (value, "keep-alive"))
      head->keep_alive = TRUE;
  } else if (g_ascii_strcasecmp (name, "WWW-Authenticate") == 0) {
    g_strv_builder_add (head->challenges, value);
  }
}

/* "HTTP/1.1 200 OK" */
static gboolean
read_status (const char *line, guint *status, gboolean *keep_alive)
{
  const char *blank = strchr (line, ' ');

  if (!g_str_has_prefix (line, "HTTP/") || blank == NULL)
    return FALSE;
  *status = (guint)strtoul (blank + 1, NULL, 10);
  *keep_alive = !g_str_has_prefix (line, "HTTP/1.0");
  return *status >= 100 && *status <= 999;
}

static gboolean
read_headers (CgOnvifHttp *self, Head *head, gsize *left, GError **error)
{
  for (;;) {
    g_autofree char *line = read_line (self, left, error);

    if (line == NULL)
      return FALSE;
    if (line[0] == '\0')
      return TRUE;
    char *colon = strchr (line, ':');
    if (colon == NULL)
      continue;
    *colon = '\0';
    read_header (head, g_strstrip (line), g_strstrip (colon + 1));
  }
}

static gboolean
read_head (CgOnvifHttp *self, Head *head, guint *status, GError **error)
{
  gsize left = MAX_HEAD;

  do {
    g_autofree char *line = read_line (self, &left, error);

    if (line == NULL)
      return FALSE;
    if (!read_status (line, status, &head->keep_alive))
      return set_nonsense (error, "bad status line");
    if (!read_headers (self, head, &left, error))
      return FALSE;
  } while (*status < 200); /* 100 Continue */
  return TRUE;
}

/* Moves @length bytes, or all up to the end of the stream, to @body. An early end is taken as it
 * is: the XML tells whether anything is missing. */
static gboolean
read_bytes (CgOnvifHttp *self, GByteArray *body, guint64 length, gboolean *at_end, GError **error)
{
  while (length > 0) {
    const guint n = (guint)MIN ((guint64)self->input->len, length);

    if (body->len + (guint64)n > MAX_BODY)
      return set_nonsense (error, "larger than 4 MiB");
    if (n > 0) {
      g_byte_array_append (body, self->input->data, n);
      g_byte_array_remove_range (self->input, 0, n);
      length -= n;
      continue;
    }
    const int got = fill (self, error);
    if (got < 0)
      return FALSE;
    if (got == 0) {
      *at_end = TRUE;
      return TRUE;
    }
  }
  return TRUE;
}

static gboolean
read_chunks (CgOnvifHttp *self, GByteArray *body, gboolean *at_end, GError **error)
{
  for (;;) {
    gsize left = MAX_HEAD;
    g_autofree char *line = read_line (self, &left, error);
    char *end = NULL;

    if (line == NULL)
      return FALSE;
    const guint64 length = g_ascii_strtoull (line, &end, 16);
    if (end == line)
      return set_nonsense (error, "bad chunk");
    if (length == 0) {
      Head trailer = {.challenges = g_strv_builder_new ()};
      const gboolean ok = read_headers (self, &trailer, &left, error);

      g_strv_builder_unref (trailer.challenges);
      return ok;
    }
    if (!read_bytes (self, body, length, at_end, error) || *at_end)
      return *at_end;
    g_autofree char *nothing = read_line (self, &left, error);
    if (nothing == NULL)
      return FALSE;
  }
}

static gboolean
read_body (CgOnvifHttp *self, const Head *head, GByteArray *body, gboolean *at_end, GError **error)
{
  if (head->is_chunked)
    return read_chunks (self, body, at_end, error);
  return read_bytes (self, body, head->has_length ? head->length : G_MAXUINT64, at_end, error);
}

static gboolean
has_body (guint status)
{
  return status != 204 && status != 304;
}

static CgOnvifHttpResponse *
read_response (CgOnvifHttp *self, GError **error)
{
  g_autoptr (CgOnvifHttpResponse) response = g_new0 (CgOnvifHttpResponse, 1);
  g_autoptr (GStrvBuilder) challenges = g_strv_builder_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  Head head = {.challenges = challenges};
  gboolean at_end = FALSE;

  if (!read_head (self, &head, &response->status, error))
    return NULL;
  if (has_body (response->status) && !read_body (self, &head, body, &at_end, error))
    return NULL;
  if (at_end || !head.keep_alive)
    cg_onvif_stream_close (self->stream);
  response->challenges = g_strv_builder_end (challenges);
  response->body_length = body->len;
  g_byte_array_append (body, (const guint8 *)"", 1);
  response->body = (char *)g_byte_array_free (g_steal_pointer (&body), FALSE);
  return g_steal_pointer (&response);
}

static char *
build_request (const CgOnvifHttpRequest *request)
{
  g_autofree char *host = cg_onvif_address_get_host_header (request->address);
  GString *text = g_string_sized_new (strlen (request->body) + 1024);

  g_string_append_printf (text,
                          "%s %s HTTP/1.1\r\n"
                          "Host: %s\r\n"
                          "User-Agent: camgate\r\n"
                          "Connection: keep-alive\r\n",
                          request->method != NULL ? request->method : "POST",
                          request->address->target, host);
  if (request->content_type != NULL)
    g_string_append_printf (text,
                            "Content-Type: %s\r\n"
                            "Content-Length: %" G_GUINT64_FORMAT "\r\n",
                            request->content_type,
                            request->upload != NULL ? request->upload->length
                                                    : (guint64)strlen (request->body));
  if (request->authorization != NULL)
    g_string_append_printf (text, "Authorization: %s\r\n", request->authorization);
  if (request->soap_action != NULL)
    g_string_append_printf (text, "SOAPAction: %s\r\n", request->soap_action);
  g_string_append (text, "\r\n");
  g_string_append (text, request->body);
  return g_string_free (text, FALSE);
}

static gboolean
send_upload (CgOnvifHttp *self, const CgOnvifUpload *upload, GError **error)
{
  guint8 buffer[READ_SIZE];
  guint64 sent = 0;

  while (sent < upload->length) {
    const gsize wanted = (gsize)MIN (upload->length - sent, sizeof buffer);
    const gssize n = g_input_stream_read (upload->stream, buffer, wanted, NULL, NULL);

    if (n <= 0) {
      g_set_error_literal (error, CG_ERROR, CG_ERROR_INTERNAL,
                           "the file cannot be read to its end");
      return FALSE;
    }
    if (cg_onvif_stream_write (self->stream, buffer, (gsize)n, error) < (gsize)n)
      return FALSE;
    sent += (guint64)n;
    if (upload->progress != NULL)
      upload->progress (sent, upload->length, upload->user_data);
  }
  return TRUE;
}

/* One request and its answer on the open connection. The request is one write: header and body in
 * one packet. A camera may answer before all of an upload has gone, and close: its answer counts.
 */
static Exchange
exchange (CgOnvifHttp *self,
          const char *text,
          const CgOnvifUpload *upload,
          CgOnvifHttpResponse **response,
          GError **error)
{
  g_autoptr (GError) stopped = NULL;
  const gsize length = strlen (text);
  const gsize sent = cg_onvif_stream_write (self->stream, text, length, error);

  self->has_answer = FALSE;
  if (sent == 0)
    return EXCHANGE_NOT_SENT;
  if (sent == length) {
    const gboolean is_sent = upload == NULL || send_upload (self, upload, &stopped);

    *response = read_response (self, is_sent ? error : NULL);
    if (!is_sent)
      cg_onvif_stream_close (self->stream);
    if (*response != NULL)
      return EXCHANGE_DONE;
    if (!is_sent)
      g_propagate_error (error, g_steal_pointer (&stopped));
  }
  return self->has_answer ? EXCHANGE_FAILED : EXCHANGE_NO_ANSWER;
}

/* The connection was closed between two requests, or under one. */
static void
note_closed (CgOnvifHttp *self)
{
  if (g_get_monotonic_time () - self->answered_us < SOON_US)
    self->keep_alive = KEEP_ALIVE_BROKEN;
}

/* Whether a request may go over the connection that is open. What must not be repeated goes over an
 * old connection only when this camera is known to keep them: closed at the wrong moment, it would
 * be lost (Q46). */
static gboolean
may_reuse (CgOnvifHttp *self, const CgOnvifHttpRequest *request)
{
  if (!cg_onvif_stream_is_open_to (self->stream, request->address) ||
      self->keep_alive == KEEP_ALIVE_BROKEN)
    return FALSE;
  if (self->input->len > 0 || !cg_onvif_stream_is_silent (self->stream)) {
    note_closed (self);
    return FALSE;
  }
  return request->is_repeatable || self->keep_alive == KEEP_ALIVE_WORKS;
}

static gboolean
make_ready (CgOnvifHttp *self,
            const CgOnvifHttpRequest *request,
            gboolean *is_reused,
            GError **error)
{
  *is_reused = may_reuse (self, request);
  if (*is_reused)
    return TRUE;
  g_byte_array_set_size (self->input, 0);
  return cg_onvif_stream_open (self->stream, request->address, error);
}

static void
note_answer (CgOnvifHttp *self, gboolean is_reused)
{
  self->answered_us = g_get_monotonic_time ();
  if (is_reused && self->keep_alive == KEEP_ALIVE_UNKNOWN)
    self->keep_alive = KEEP_ALIVE_WORKS;
}

/**
 * cg_onvif_http_post:
 * @self: a client within a call
 * @request: what to send and where
 * @error: return location: %CG_ERROR_UNREACHABLE, %CG_ERROR_TIMED_OUT, %CG_ERROR_CANCELLED, or
 *   %CG_ERROR_PEER_FAULT for what is no HTTP or too large
 *
 * Uses the open connection if it still leads there. What never left goes once more over a new one;
 * for what left and was not answered see cg_onvif_http_was_swallowed() (Q46).
 *
 * Returns: (transfer full) (nullable): the answer, whatever its status
 */
CgOnvifHttpResponse *
cg_onvif_http_post (CgOnvifHttp *self, const CgOnvifHttpRequest *request, GError **error)
{
  g_autofree char *text = build_request (request);

  self->is_swallowed = FALSE;
  for (guint attempt = 0;; attempt++) {
    g_autoptr (GError) reason = NULL;
    CgOnvifHttpResponse *response = NULL;
    gboolean is_reused = FALSE;

    if (!make_ready (self, request, &is_reused, error))
      return NULL;
    const Exchange outcome = exchange (self, text, request->upload, &response, &reason);
    if (outcome == EXCHANGE_DONE) {
      note_answer (self, is_reused);
      return response;
    }
    cg_onvif_stream_close (self->stream);
    if (is_reused && outcome != EXCHANGE_FAILED)
      note_closed (self);
    const gboolean is_ours = cg_onvif_stream_was_given_up (self->stream);
    if (attempt > 0 || is_ours || outcome != EXCHANGE_NOT_SENT) {
      self->is_swallowed = outcome == EXCHANGE_NO_ANSWER && request->is_repeatable && !is_ours;
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  }
}
