/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtmp-writer.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* A time stamp that does not fit is written apart, behind every chunk header (RTMP 1.0, 5.3.1.3).
 */
#define LONG_TIMESTAMP 0xffffff

#define FULL_HEADER 12
#define STAMP 4
#define CONTINUES 0xc0 /* header of a further chunk: the channel and nothing else */

/* What one system call takes: several messages, or a large picture in its chunks. */
#define MAX_PIECES 64

typedef struct {
  guint8 header[FULL_HEADER + STAMP];
  gsize header_size;
  guint8 next[1 + STAMP]; /* the header of every further chunk */
  gsize next_size;
  guint8 *head; /* (owned) what comes before the unit's data */
  gsize head_size;
  CgAccessUnit *unit; /* (owned) (nullable) */
  gsize wire_size;
} Message;

struct _CgRtmpWriter {
  int fd; /* (not owned) */
  gsize chunk_size;
  GQueue messages; /* (element-type Message) */
  gsize sent;      /* of the first */
  guint64 written;
};

/* The pieces of some messages, from a place in the first of them on. */
typedef struct {
  struct iovec pieces[MAX_PIECES];
  gsize n;
  gsize skip;
} Plan;

static void
message_free (gpointer data)
{
  Message *self = data;

  g_free (self->head);
  g_clear_pointer (&self->unit, cg_access_unit_unref);
  g_free (self);
}

/**
 * cg_rtmp_writer_new:
 * @fd: (transfer none): a connected socket; outlives the writer
 * @chunk_size: that the server was told
 *
 * Returns: (transfer full): a writer with nothing to do
 */
CgRtmpWriter *
cg_rtmp_writer_new (int fd, guint chunk_size)
{
  CgRtmpWriter *self = g_new0 (CgRtmpWriter, 1);

  self->fd = fd;
  self->chunk_size = chunk_size;
  g_queue_init (&self->messages);
  return self;
}

/**
 * cg_rtmp_writer_free:
 * @self: (transfer full) (nullable): a writer; what has not gone out never will
 */
void
cg_rtmp_writer_free (CgRtmpWriter *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->messages, message_free);
  g_free (self);
}

static void
write_number (guint8 *place, guint32 number, guint bytes)
{
  for (guint i = 0; i < bytes; i++)
    place[i] = (guint8)(number >> (8 * (bytes - 1 - i)));
}

/* Always a full header: twelve bytes a message buy time stamps that are absolute, so that nothing
 * depends on what went before (Q21). RTMP 1.0, 5.3.1.2.1 */
static void
write_headers (Message *self,
               guint8 channel,
               CgRtmpType type,
               guint32 stream,
               guint32 timestamp_ms,
               gsize size)
{
  const gboolean is_long = timestamp_ms >= LONG_TIMESTAMP;
  const guint32 stream_le = GUINT32_TO_LE (stream);

  self->header[0] = channel;
  write_number (self->header + 1, is_long ? LONG_TIMESTAMP : timestamp_ms, 3);
  write_number (self->header + 4, (guint32)size, 3);
  self->header[7] = (guint8)type;
  memcpy (self->header + 8, &stream_le, sizeof stream_le);
  self->next[0] = CONTINUES | channel;
  self->header_size = FULL_HEADER;
  self->next_size = 1;
  if (!is_long)
    return;
  write_number (self->header + FULL_HEADER, timestamp_ms, STAMP);
  write_number (self->next + 1, timestamp_ms, STAMP);
  self->header_size += STAMP;
  self->next_size += STAMP;
}

/**
 * cg_rtmp_writer_queue:
 * @self: a writer
 * @channel: chunk stream, 2…63
 * @type: of the message
 * @stream: message stream
 * @timestamp_ms: since the publisher began; may wrap
 * @head: how the body begins
 * @head_size: how many bytes
 * @unit: (transfer none) (nullable): whose data the body goes on with
 *
 * cg_rtmp_writer_flush() sends it.
 */
void
cg_rtmp_writer_queue (CgRtmpWriter *self,
                      guint8 channel,
                      CgRtmpType type,
                      guint32 stream,
                      guint32 timestamp_ms,
                      const guint8 *head,
                      gsize head_size,
                      CgAccessUnit *unit)
{
  const gsize size = head_size + (unit != NULL ? cg_access_unit_get_size (unit) : 0);
  Message *message = g_new0 (Message, 1);

  write_headers (message, channel, type, stream, timestamp_ms, size);
  message->head = g_memdup2 (head, head_size);
  message->head_size = head_size;
  message->unit = unit != NULL ? cg_access_unit_ref (unit) : NULL;
  message->wire_size = message->header_size + size;
  if (size > self->chunk_size)
    message->wire_size += (size - 1) / self->chunk_size * message->next_size;
  g_queue_push_tail (&self->messages, message);
}

/* Returns: whether there is room for another piece */
static gboolean
plan_piece (Plan *plan, const guint8 *data, gsize size)
{
  if (plan->skip >= size) {
    plan->skip -= size;
    return TRUE;
  }
  if (plan->n >= MAX_PIECES)
    return FALSE;
  plan->pieces[plan->n++] =
      (struct iovec){.iov_base = (gpointer)(data + plan->skip), .iov_len = size - plan->skip};
  plan->skip = 0;
  return TRUE;
}

/* A part of the body, with a header wherever a chunk begins. */
static gboolean
plan_part (const CgRtmpWriter *self,
           Plan *plan,
           const Message *message,
           gsize *offset,
           const guint8 *data,
           gsize size)
{
  while (size > 0) {
    const gsize in_chunk = *offset % self->chunk_size;
    const gsize length = MIN (size, self->chunk_size - in_chunk);

    if (in_chunk == 0 && *offset > 0 && !plan_piece (plan, message->next, message->next_size))
      return FALSE;
    if (!plan_piece (plan, data, length))
      return FALSE;
    *offset += length;
    data += length;
    size -= length;
  }
  return TRUE;
}

static gboolean
plan_message (const CgRtmpWriter *self, Plan *plan, const Message *message)
{
  gsize offset = 0, size = 0;
  const guint8 *data = message->unit != NULL ? g_bytes_get_data (message->unit->data, &size) : NULL;

  return plan_piece (plan, message->header, message->header_size) &&
         plan_part (self, plan, message, &offset, message->head, message->head_size) &&
         plan_part (self, plan, message, &offset, data, size);
}

static void
note_written (CgRtmpWriter *self, gsize size)
{
  self->written += size;
  self->sent += size;
  for (;;) {
    const Message *first = g_queue_peek_head (&self->messages);

    if (first == NULL || self->sent < first->wire_size)
      return;
    self->sent -= first->wire_size;
    message_free (g_queue_pop_head (&self->messages));
  }
}

/**
 * cg_rtmp_writer_flush:
 * @self: a writer
 *
 * Gives the kernel as much as it takes. One system call for all that is queued, nearly always.
 *
 * Returns: %FALSE, with errno: the connection is lost
 */
gboolean
cg_rtmp_writer_flush (CgRtmpWriter *self)
{
  while (!cg_rtmp_writer_is_idle (self)) {
    Plan plan = {.skip = self->sent};
    struct msghdr header = {.msg_iov = plan.pieces};

    for (GList *link = self->messages.head; link != NULL; link = link->next) {
      if (!plan_message (self, &plan, link->data))
        break;
    }
    header.msg_iovlen = plan.n;
    const gssize size = sendmsg (self->fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size > 0)
      note_written (self, (gsize)size);
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
      return TRUE;
    else if (errno != EINTR)
      return FALSE;
  }
  return TRUE;
}

/**
 * cg_rtmp_writer_is_idle:
 * @self: a writer
 *
 * Returns: whether everything has gone out
 */
gboolean
cg_rtmp_writer_is_idle (const CgRtmpWriter *self)
{
  return g_queue_is_empty ((GQueue *)&self->messages);
}

/**
 * cg_rtmp_writer_get_queued:
 * @self: a writer
 *
 * Returns: messages that have not gone out, or not wholly
 */
guint
cg_rtmp_writer_get_queued (const CgRtmpWriter *self)
{
  return self->messages.length;
}

/**
 * cg_rtmp_writer_get_written:
 * @self: a writer
 *
 * Returns: bytes that the kernel has taken so far
 */
guint64
cg_rtmp_writer_get_written (const CgRtmpWriter *self)
{
  return self->written;
}
