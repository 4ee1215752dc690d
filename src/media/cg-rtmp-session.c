/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtmp-session.h"

#include <errno.h>
#include <fcntl.h>
#include <librtmp/rtmp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cg-amf.h"
#include "cg-error.h"
#include "cg-rtmp-command.h"
#include "cg-rtmp-status.h"
#include "cg-rtmp-writer.h"

/* One write to the kernel for nearly every picture. */
#define CHUNK_SIZE 65536

/* Answers that a server lets pile up, and takes none. */
#define MAX_QUEUED 64

/* What a server tells a publisher is short. */
#define MAX_MESSAGE 65536

/* Chunk streams (RTMP 1.0, 5.3.1.1); 2 is the protocol's own, the rest as clients do it. */
enum {
  CHANNEL_CONTROL = 2,
  CHANNEL_COMMAND = 3,
  CHANNEL_AUDIO = 4,
  CHANNEL_PUBLISH = 5,
  CHANNEL_VIDEO = 6,
};

/* RTMP 1.0, 7.1.7 */
enum { EVENT_PING = 6, EVENT_PONG = 7 };

struct _CgRtmpSession {
  RTMP *rtmp; /* (owned) until somebody publishes; closes its own copy of the descriptor */
  CgRtmpWriter *writer; /* (owned) (nullable) from then on */
  int fd;               /* (not owned) the same socket */
  const CgRtmpUrl *url;
  char *query;          /* (owned) behind the application: the login */
  char *refusal;        /* (owned) (nullable) how `connect` was refused */
  CgRtmpReader *reader; /* (owned) */
  GByteArray *packet;   /* (owned) head room for librtmp, then a body */
  guint32 stream;       /* the server's number for what we publish */
  gboolean takes_h265;
  gboolean is_publishing;
};

static gboolean
set_lost (GError **error, const char *when)
{
  g_set_error (error, CG_ERROR, CG_ERROR_UNREACHABLE, "media server closed the connection %s",
               when);
  return FALSE;
}

static guint8
choose_channel (CgRtmpType type, guint32 stream)
{
  switch (type) {
  case CG_RTMP_VIDEO:
    return CHANNEL_VIDEO;
  case CG_RTMP_AUDIO:
  case CG_RTMP_DATA:
    return CHANNEL_AUDIO;
  case CG_RTMP_COMMAND:
    return stream == 0 ? CHANNEL_COMMAND : CHANNEL_PUBLISH;
  default:
    return CHANNEL_CONTROL;
  }
}

/* Always a full chunk header: twelve bytes a message buy time stamps that are absolute, so that
 * nothing depends on what went before (Q21). librtmp overwrites the body as it goes. */
static RTMPPacket
make_packet (CgRtmpSession *self, CgRtmpType type, guint32 stream, guint32 timestamp_ms)
{
  return (RTMPPacket){
      .m_headerType = RTMP_PACKET_SIZE_LARGE,
      .m_packetType = (uint8_t)type,
      .m_hasAbsTimestamp = TRUE,
      .m_nChannel = choose_channel (type, stream),
      .m_nTimeStamp = timestamp_ms,
      .m_nInfoField2 = (int32_t)stream,
      .m_nBodySize = self->packet->len - RTMP_MAX_HEADER_SIZE,
      .m_body = (char *)self->packet->data + RTMP_MAX_HEADER_SIZE,
  };
}

static gboolean
send_packet (
    CgRtmpSession *self, CgRtmpType type, guint32 stream, guint32 timestamp_ms, GError **error)
{
  /* Many questions may come at once, and all are answered. */
  if (self->writer != NULL && cg_rtmp_writer_get_queued (self->writer) >= MAX_QUEUED)
    cg_rtmp_writer_flush (self->writer);
  if (self->writer != NULL && cg_rtmp_writer_get_queued (self->writer) >= MAX_QUEUED)
    return set_lost (error, "for answers");
  if (self->writer != NULL) {
    cg_rtmp_writer_queue (self->writer, choose_channel (type, stream), type, stream, timestamp_ms,
                          self->packet->data + RTMP_MAX_HEADER_SIZE,
                          self->packet->len - RTMP_MAX_HEADER_SIZE, NULL);
    return TRUE;
  }
  RTMPPacket packet = make_packet (self, type, stream, timestamp_ms);

  errno = 0;
  if (RTMP_SendPacket (self->rtmp, &packet, FALSE))
    return TRUE;
  return set_lost (error, "before publishing");
}

static GByteArray *
begin_command (CgRtmpSession *self, CgRtmpCommand command)
{
  GByteArray *packet = cg_rtmp_session_begin (self);

  cg_rtmp_command_begin (command, packet);
  return packet;
}

/* Handshake and `connect` (RTMP 1.0, 5.2 and 7.2.1.1). */
static gboolean
connect_application (CgRtmpSession *self, GError **error)
{
  GByteArray *packet = begin_command (self, CG_RTMP_CONNECT);
  g_autofree char *app = g_strconcat (self->url->app, self->query, NULL);
  g_autofree char *tc_url = g_strconcat (self->url->tc_url, self->query, NULL);

  cg_rtmp_command_append_place (packet, app, tc_url);
  RTMPPacket connect = make_packet (self, CG_RTMP_COMMAND, 0, 0);
  if (RTMP_Connect1 (self->rtmp, &connect))
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                       "media server does not complete the RTMP handshake");
  return FALSE;
}

static gboolean
announce_chunk_size (CgRtmpSession *self, GError **error)
{
  const guint32 wire = GUINT32_TO_BE (CHUNK_SIZE);
  GByteArray *packet = cg_rtmp_session_begin (self);

  g_byte_array_append (packet, (const guint8 *)&wire, sizeof wire);
  if (!send_packet (self, CG_RTMP_SET_CHUNK_SIZE, 0, 0, error))
    return FALSE;
  self->rtmp->m_outChunkSize = CHUNK_SIZE;
  return TRUE;
}

static gboolean
send_stream_command (CgRtmpSession *self, CgRtmpCommand command, GError **error)
{
  cg_amf_append_string (begin_command (self, command), self->url->key);
  return send_packet (self, CG_RTMP_COMMAND, 0, 0, error);
}

static gboolean
create_stream (CgRtmpSession *self, GError **error)
{
  if (!announce_chunk_size (self, error) || !send_stream_command (self, CG_RTMP_RELEASE, error) ||
      !send_stream_command (self, CG_RTMP_FC_PUBLISH, error))
    return FALSE;
  begin_command (self, CG_RTMP_CREATE);
  return send_packet (self, CG_RTMP_COMMAND, 0, 0, error);
}

static gboolean
ask_publish (CgRtmpSession *self, const CgAmfCommand *created, GError **error)
{
  if (!(created->number >= 0 && created->number <= G_MAXINT32)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT, "media server made no stream");
    return FALSE;
  }
  self->stream = (guint32)created->number;
  GByteArray *packet = begin_command (self, CG_RTMP_PUBLISH);
  cg_amf_append_string (packet, self->url->key);
  cg_amf_append_string (packet, "live");
  return send_packet (self, CG_RTMP_COMMAND, self->stream, 0, error);
}

static gboolean
answer_result (CgRtmpSession *self, const CgAmfCommand *command, GError **error)
{
  switch ((int)cg_rtmp_command_find (command->transaction)) {
  case CG_RTMP_CONNECT:
    self->takes_h265 = cg_rtmp_status_offers_h265 (command);
    return create_stream (self, error);
  case CG_RTMP_CREATE:
    return ask_publish (self, command, error);
  case CG_RTMP_PUBLISH:
    self->is_publishing = TRUE;
    return TRUE;
  default:
    return TRUE;
  }
}

/* Servers may refuse releaseStream and FCPublish; they are courtesy. */
static gboolean
answer_error (CgRtmpSession *self, const CgAmfCommand *command, GError **error)
{
  const CgRtmpCommand asked = cg_rtmp_command_find (command->transaction);

  if (asked == CG_RTMP_RELEASE || asked == CG_RTMP_FC_PUBLISH)
    return TRUE;
  if (asked == CG_RTMP_CONNECT && self->refusal == NULL)
    self->refusal = g_strdup (cg_amf_command_get (command, "description"));
  g_propagate_error (error, cg_rtmp_status_make_error (command));
  return FALSE;
}

static gboolean
answer_status (CgRtmpSession *self, const CgAmfCommand *command, GError **error)
{
  if (strcmp (cg_amf_command_get (command, "code"), "NetStream.Publish.Start") == 0)
    self->is_publishing = TRUE;
  if (!cg_rtmp_status_is_error (command))
    return TRUE;
  g_propagate_error (error, cg_rtmp_status_make_error (command));
  return FALSE;
}

static gboolean
answer_command (CgRtmpSession *self, const guint8 *data, gsize size, GError **error)
{
  g_autoptr (CgAmfCommand) command = cg_amf_command_parse (data, size);

  if (command == NULL)
    return TRUE;
  g_debug ("media server %s: %s %s", self->url->host, command->name,
           cg_amf_command_get (command, "code"));
  if (strcmp (command->name, "_result") == 0)
    return answer_result (self, command, error);
  if (strcmp (command->name, "_error") == 0)
    return answer_error (self, command, error);
  if (strcmp (command->name, "onStatus") == 0)
    return answer_status (self, command, error);
  if (strcmp (command->name, "close") == 0)
    return set_lost (error, "by command");
  return TRUE;
}

static gboolean
answer_control (CgRtmpSession *self, const GByteArray *body, GError **error)
{
  if (body->len < 6 || body->data[0] != 0 || body->data[1] != EVENT_PING)
    return TRUE;
  GByteArray *packet = cg_rtmp_session_begin (self);
  const guint8 event[] = {0, EVENT_PONG};
  g_byte_array_append (packet, event, sizeof event);
  g_byte_array_append (packet, body->data + 2, 4);
  return send_packet (self, CG_RTMP_USER_CONTROL, 0, 0, error);
}

static gboolean
answer (CgRtmpSession *self, const CgRtmpMessage *message, GError **error)
{
  const GByteArray *body = message->body;

  switch (message->type) {
  case CG_RTMP_COMMAND:
    return answer_command (self, body->data, body->len, error);
  case CG_RTMP_COMMAND_AMF3: /* a zero, then the same */
    return body->len < 1 || answer_command (self, body->data + 1, body->len - 1, error);
  case CG_RTMP_USER_CONTROL:
    return answer_control (self, body, error);
  default:
    return TRUE;
  }
}

static gboolean
answer_all (CgRtmpSession *self, GError **error)
{
  g_autoptr (GError) cause = NULL;

  for (;;) {
    g_autoptr (CgRtmpMessage) message = cg_rtmp_reader_next (self->reader, &cause);
    if (cause != NULL) {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
    if (message == NULL)
      return TRUE;
    if (!answer (self, message, error))
      return FALSE;
  }
}

/* librtmp may have read further than its handshake. */
static void
take_leftovers (CgRtmpSession *self)
{
  RTMPSockBuf *buffer = &self->rtmp->m_sb;

  if (buffer->sb_size > 0)
    cg_rtmp_reader_feed (self->reader, (const guint8 *)buffer->sb_start, (gsize)buffer->sb_size);
  buffer->sb_size = 0;
}

static gboolean
wait_readable (CgRtmpSession *self, GError **error)
{
  struct pollfd poll_fd = {.fd = self->fd, .events = POLLIN};

  while (poll (&poll_fd, 1, -1) < 0) {
    if (errno != EINTR)
      return set_lost (error, "unexpectedly");
  }
  return TRUE;
}

/* Of a system call that has just failed. */
static gboolean
set_broken (GError **error)
{
  g_set_error (error, CG_ERROR, errno == ETIMEDOUT ? CG_ERROR_TIMED_OUT : CG_ERROR_UNREACHABLE,
               "connection to media server: %s", g_strerror (errno));
  return FALSE;
}

/**
 * cg_rtmp_session_new:
 * @fd: (transfer none): a connected, blocking socket; stays open until the session is freed
 * @url: (transfer none): stays until the session is freed
 * @query: what the application has behind it, from cg_rtmp_auth_get_query()
 *
 * Returns: (transfer full): a session that has said nothing yet
 */
CgRtmpSession *
cg_rtmp_session_new (int fd, const CgRtmpUrl *url, const char *query)
{
  CgRtmpSession *self = g_new0 (CgRtmpSession, 1);

  self->fd = fd;
  self->url = url;
  self->query = g_strdup (query);
  self->reader = cg_rtmp_reader_new (MAX_MESSAGE);
  self->packet = g_byte_array_new ();
  self->rtmp = RTMP_Alloc ();
  RTMP_Init (self->rtmp);
  RTMP_EnableWrite (self->rtmp);
  self->rtmp->m_sb.sb_socket = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  return self;
}

/**
 * cg_rtmp_session_free:
 * @self: (transfer full): a session; says nothing more
 */
void
cg_rtmp_session_free (CgRtmpSession *self)
{
  cg_rtmp_writer_free (self->writer);
  RTMP_Close (self->rtmp);
  RTMP_Free (self->rtmp);
  cg_rtmp_reader_free (self->reader);
  g_byte_array_unref (self->packet);
  g_free (self->query);
  g_free (self->refusal);
  g_free (self);
}

/**
 * cg_rtmp_session_publish_in_thread:
 * @self: a fresh session
 * @error: return location
 *
 * Handshake, connect, createStream, publish; returns when the server takes us as the publisher.
 * Waits without limit for the server's answers.
 *
 * Returns: %TRUE, or %FALSE with the #CG_ERROR that the server's status stands for (Q10, Q56)
 */
gboolean
cg_rtmp_session_publish_in_thread (CgRtmpSession *self, GError **error)
{
  if (!connect_application (self, error))
    return FALSE;
  take_leftovers (self);
  if (!answer_all (self, error))
    return FALSE;
  while (!self->is_publishing) {
    if (!wait_readable (self, error) || !cg_rtmp_session_read (self, error))
      return FALSE;
  }
  self->writer = cg_rtmp_writer_new (self->fd, CHUNK_SIZE);
  return TRUE;
}

/**
 * cg_rtmp_session_get_refusal:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): how the server has described its refusal of `connect`
 */
const char *
cg_rtmp_session_get_refusal (CgRtmpSession *self)
{
  return self->refusal;
}

/**
 * cg_rtmp_session_takes_h265:
 * @self: a publishing session
 *
 * Returns: whether the server has said that it takes H.265 (Q11)
 */
gboolean
cg_rtmp_session_takes_h265 (const CgRtmpSession *self)
{
  return self->takes_h265;
}

/**
 * cg_rtmp_session_begin:
 * @self: a session
 *
 * Returns: (transfer none): where to append the body of the next message
 */
GByteArray *
cg_rtmp_session_begin (CgRtmpSession *self)
{
  return g_byte_array_set_size (self->packet, RTMP_MAX_HEADER_SIZE);
}

/**
 * cg_rtmp_session_queue:
 * @self: a publishing session
 * @type: audio, video or data
 * @timestamp_ms: since the publisher began; may wrap
 * @unit: (transfer none) (nullable): whose data the body ends with
 *
 * The body that was appended since cg_rtmp_session_begin() is the next on the published stream.
 */
void
cg_rtmp_session_queue (CgRtmpSession *self,
                       CgRtmpType type,
                       guint32 timestamp_ms,
                       CgAccessUnit *unit)
{
  cg_rtmp_writer_queue (self->writer, choose_channel (type, self->stream), type, self->stream,
                        timestamp_ms, self->packet->data + RTMP_MAX_HEADER_SIZE,
                        self->packet->len - RTMP_MAX_HEADER_SIZE, unit);
}

/**
 * cg_rtmp_session_flush:
 * @self: a publishing session
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_TIMED_OUT
 *
 * Sends what is queued, as far as the server takes it. Does not wait.
 *
 * Returns: whether the connection stands
 */
gboolean
cg_rtmp_session_flush (CgRtmpSession *self, GError **error)
{
  if (cg_rtmp_writer_flush (self->writer))
    return TRUE;
  return errno == ETIMEDOUT ? set_broken (error) : set_lost (error, "while publishing");
}

/**
 * cg_rtmp_session_is_blocked:
 * @self: a publishing session
 * @written: (out): bytes that went out so far
 *
 * Returns: whether something waits for the server to take more
 */
gboolean
cg_rtmp_session_is_blocked (const CgRtmpSession *self, guint64 *written)
{
  *written = cg_rtmp_writer_get_written (self->writer);
  return !cg_rtmp_writer_is_idle (self->writer);
}

/**
 * cg_rtmp_session_read:
 * @self: a session
 * @error: return location
 *
 * Takes what the server has sent and answers it. Does not wait for more.
 *
 * Returns: %TRUE, or %FALSE if the connection is gone or the server has ended the publishing
 */
gboolean
cg_rtmp_session_read (CgRtmpSession *self, GError **error)
{
  guint8 data[4096];
  const ssize_t size = recv (self->fd, data, sizeof data, MSG_DONTWAIT);

  if (size > 0) {
    cg_rtmp_reader_feed (self->reader, data, (gsize)size);
    return answer_all (self, error);
  }
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return TRUE;
  if (size < 0)
    return set_broken (error);
  if (self->is_publishing)
    return set_lost (error, "while publishing");
  g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                       "media server closed the connection instead of taking the publisher");
  return FALSE;
}

/* What is half sent has to be sent wholly before anything else makes sense. */
static void
flush_in_thread (CgRtmpSession *self, guint timeout_ms)
{
  const gint64 deadline_us = g_get_monotonic_time () + (gint64)timeout_ms * 1000;
  struct pollfd poll_fd = {.fd = self->fd, .events = POLLOUT};

  while (cg_rtmp_writer_flush (self->writer) && !cg_rtmp_writer_is_idle (self->writer)) {
    const gint64 left_ms = (deadline_us - g_get_monotonic_time ()) / 1000;

    if (left_ms <= 0 || poll (&poll_fd, 1, (int)left_ms) == 0)
      return;
  }
}

/**
 * cg_rtmp_session_say_goodbye_in_thread:
 * @self: a publishing session
 * @timeout_ms: until the server has taken it
 *
 * FCUnpublish and deleteStream, so that the server lets go of the name at once (Q10).
 */
void
cg_rtmp_session_say_goodbye_in_thread (CgRtmpSession *self, guint timeout_ms)
{
  if (self->writer == NULL || !send_stream_command (self, CG_RTMP_FC_UNPUBLISH, NULL))
    return;
  cg_amf_append_number (begin_command (self, CG_RTMP_DELETE), self->stream);
  send_packet (self, CG_RTMP_COMMAND, 0, 0, NULL);
  flush_in_thread (self, timeout_ms);
}
