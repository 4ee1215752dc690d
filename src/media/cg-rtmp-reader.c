/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtmp-reader.h"

#include "cg-error.h"

/* RTMP 1.0, 5.4.1 */
#define DEFAULT_CHUNK_SIZE 128
#define MAX_CHUNK_SIZE 0xffffff

/* A time of this value says that the real one follows in 32 bits. */
#define EXTENDED 0xffffff

/* Servers use half a dozen; more is an attack on our memory. */
#define MAX_CHANNELS 64

/* Length of the message header by chunk type (5.3.1.2). */
static const guint header_sizes[] = {11, 7, 3, 0};

typedef struct {
  guint32 timestamp_ms;
  guint32 time_field; /* absolute or delta, as last sent */
  gboolean is_delta;
  gboolean is_extended;
  guint32 length;
  guint8 type;
  guint32 stream;
  GByteArray *body; /* (owned) (nullable) a message under way */
} Channel;

struct _CgRtmpReader {
  guint max_message;
  guint chunk_size;
  GByteArray *input;    /* (owned) */
  GHashTable *channels; /* (owned) (element-type guint Channel) */
};

/* The head of a chunk, not yet acted upon. */
typedef struct {
  guint kind;
  guint channel;
  gsize size;
  const guint8 *header;
  guint32 time_field;
  gboolean is_extended;
} Head;

static void
channel_free (gpointer data)
{
  Channel *channel = data;

  g_clear_pointer (&channel->body, g_byte_array_unref);
  g_free (channel);
}

static guint32
read_be (const guint8 *data, guint size)
{
  guint32 value = 0;

  for (guint i = 0; i < size; i++)
    value = value << 8 | data[i];
  return value;
}

static guint32
read_le32 (const guint8 *data)
{
  return (guint32)data[3] << 24 | (guint32)data[2] << 16 | (guint32)data[1] << 8 | data[0];
}

/* 5.3.1.1: the first six bits, or one or two bytes more. */
static gboolean
read_basic_header (CgRtmpReader *self, Head *head)
{
  const guint8 *data = self->input->data;
  const guint8 low = self->input->len > 0 ? data[0] & 0x3f : 0;
  const gsize size = low == 0 ? 2 : low == 1 ? 3 : 1;

  if (self->input->len < size)
    return FALSE;
  head->kind = data[0] >> 6;
  head->size = size;
  head->channel = low;
  if (low == 0)
    head->channel = 64u + data[1];
  else if (low == 1)
    head->channel = 64u + data[1] + 256u * data[2];
  return TRUE;
}

/* FALSE: not all of it is there yet. */
static gboolean
read_head (CgRtmpReader *self, Head *head)
{
  if (self->input->len == 0 || !read_basic_header (self, head))
    return FALSE;
  const Channel *channel = g_hash_table_lookup (self->channels, GUINT_TO_POINTER (head->channel));
  const guint header_size = header_sizes[head->kind];
  if (self->input->len < head->size + header_size)
    return FALSE;

  head->header = self->input->data + head->size;
  head->size += header_size;
  head->time_field = header_size > 0 ? read_be (head->header, 3) : 0;
  head->is_extended =
      header_size > 0 ? head->time_field == EXTENDED : channel != NULL && channel->is_extended;
  if (!head->is_extended)
    return TRUE;
  if (self->input->len < head->size + 4)
    return FALSE;
  head->time_field = read_be (self->input->data + head->size, 4);
  head->size += 4;
  return TRUE;
}

static Channel *
get_channel (CgRtmpReader *self, guint number)
{
  Channel *channel = g_hash_table_lookup (self->channels, GUINT_TO_POINTER (number));

  if (channel != NULL || g_hash_table_size (self->channels) >= MAX_CHANNELS)
    return channel;
  channel = g_new0 (Channel, 1);
  g_hash_table_insert (self->channels, GUINT_TO_POINTER (number), channel);
  return channel;
}

static void
apply_head (Channel *channel, const Head *head)
{
  if (head->kind <= 2) {
    channel->time_field = head->time_field;
    channel->is_delta = head->kind != 0;
    channel->is_extended = head->is_extended;
  }
  if (head->kind <= 1) {
    channel->length = read_be (head->header + 3, 3);
    channel->type = head->header[6];
  }
  if (head->kind == 0)
    channel->stream = read_le32 (head->header + 7);
}

static void
begin_message (Channel *channel, const Head *head)
{
  if (channel->is_delta)
    channel->timestamp_ms += channel->time_field;
  else if (head->kind == 0)
    channel->timestamp_ms = channel->time_field;
  channel->body = g_byte_array_new ();
}

static CgRtmpMessage *
end_message (Channel *channel)
{
  CgRtmpMessage *message = g_new0 (CgRtmpMessage, 1);

  message->type = channel->type;
  message->timestamp_ms = channel->timestamp_ms;
  message->stream = channel->stream;
  message->body = g_steal_pointer (&channel->body);
  return message;
}

static gboolean
set_chunk_size (CgRtmpReader *self, const CgRtmpMessage *message)
{
  const guint32 size = message->body->len >= 4 ? read_be (message->body->data, 4) : 0;

  if (size < 1 || size > MAX_CHUNK_SIZE)
    return FALSE;
  self->chunk_size = size;
  return TRUE;
}

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT, "media server sent %s", what);
  return FALSE;
}

/* Takes one chunk from the input. FALSE without error: more input is needed. */
static gboolean
take_chunk (CgRtmpReader *self, CgRtmpMessage **message, GError **error)
{
  Head head;
  if (!read_head (self, &head))
    return FALSE;
  Channel *channel = get_channel (self, head.channel);
  if (channel == NULL)
    return refuse (error, "too many channels");

  const guint32 length = head.kind <= 1 ? read_be (head.header + 3, 3) : channel->length;
  if (length > self->max_message)
    return refuse (error, "too long a message");
  if (head.kind <= 1 && channel->body != NULL)
    return refuse (error, "a message within a message");
  const gsize left = length - (channel->body != NULL ? channel->body->len : 0);
  const gsize size = MIN (left, self->chunk_size);
  if (self->input->len < head.size + size)
    return FALSE;

  apply_head (channel, &head);
  if (channel->body == NULL)
    begin_message (channel, &head);
  g_byte_array_append (channel->body, self->input->data + head.size, (guint)size);
  g_byte_array_remove_range (self->input, 0, (guint)(head.size + size));
  if (channel->body->len >= channel->length)
    *message = end_message (channel);
  return TRUE;
}

/**
 * cg_rtmp_reader_new:
 * @max_message: bytes; a longer message is an error
 *
 * Returns: (transfer full): a reader
 */
CgRtmpReader *
cg_rtmp_reader_new (guint max_message)
{
  CgRtmpReader *self = g_new0 (CgRtmpReader, 1);

  self->max_message = max_message;
  self->chunk_size = DEFAULT_CHUNK_SIZE;
  self->input = g_byte_array_new ();
  self->channels = g_hash_table_new_full (NULL, NULL, NULL, channel_free);
  return self;
}

/**
 * cg_rtmp_reader_free:
 * @self: (transfer full): a reader
 */
void
cg_rtmp_reader_free (CgRtmpReader *self)
{
  g_byte_array_unref (self->input);
  g_hash_table_unref (self->channels);
  g_free (self);
}

/**
 * cg_rtmp_reader_feed:
 * @self: a reader
 * @data: what came, after the handshake
 * @size: its length
 */
void
cg_rtmp_reader_feed (CgRtmpReader *self, const guint8 *data, gsize size)
{
  g_byte_array_append (self->input, data, (guint)size);
}

/**
 * cg_rtmp_reader_next:
 * @self: a reader
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the next whole message; %NULL without @error: more must be
 *   fed first; with #CG_ERROR_PEER_FAULT: the other side does not speak RTMP
 */
CgRtmpMessage *
cg_rtmp_reader_next (CgRtmpReader *self, GError **error)
{
  g_autoptr (CgRtmpMessage) message = NULL;

  while (message == NULL) {
    if (!take_chunk (self, &message, error))
      return NULL;
  }
  if (message->type == CG_RTMP_SET_CHUNK_SIZE && !set_chunk_size (self, message)) {
    refuse (error, "a bad chunk size");
    return NULL;
  }
  return g_steal_pointer (&message);
}

/**
 * cg_rtmp_message_free:
 * @self: (transfer full): a message
 */
void
cg_rtmp_message_free (CgRtmpMessage *self)
{
  g_byte_array_unref (self->body);
  g_free (self);
}
