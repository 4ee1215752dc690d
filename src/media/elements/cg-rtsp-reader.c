/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-reader.h"

#include <string.h>

/* One read of a busy connection; more are not in the kernel's buffer at once. */
#define READ_BYTES (256 * 1024)

/* What may be left over from the read before: a message, the longest of all. */
#define MAX_HEAD 16384
#define MAX_BODY (128 * 1024)
#define CAPACITY (READ_BYTES + MAX_HEAD + MAX_BODY)

#define PACKET_HEAD 4

/* What begins like a message is read as one so often, up to the same empty line. */
#define MAX_TRIES 8

typedef enum { TAKEN, MORE, BAD } Verdict;

struct _CgRtspReader {
  guint8 *bytes; /* (owned) CAPACITY of them; untouched ones cost no memory */
  gsize start;
  gsize end;
  gsize searched;            /* no empty line begins before; 0: nobody has looked */
  gsize bad_end;             /* of a head that made no sense; 0: there was none */
  guint bad_tries;           /* of what ends there */
  gboolean is_expected[256]; /* channels */
  gboolean is_lost;          /* between two items that we understand */
  guint64 skipped;
};

/* What a message may begin with: a response, or what a server may ask (RFC 2326, 10). */
static const char *const words[] = {
    "RTSP/",     "OPTIONS ", "GET_PARAMETER ", "SET_PARAMETER ", "ANNOUNCE ",
    "REDIRECT ", "PAUSE ",   "TEARDOWN ",      "DESCRIBE ",      "PLAY_NOTIFY ",
};

static gboolean
begins_item (guint8 byte)
{
  return byte == '$' || byte == '\r' || byte == '\n' || g_ascii_isupper (byte);
}

/* In step, an RTP packet on a channel we know is what it says. Everything else is believed only if
 * what follows makes sense too. */
static Verdict
take_packet (CgRtspReader *self, CgRtspItem *item)
{
  const guint8 *bytes = self->bytes + self->start;
  const gsize available = self->end - self->start;

  if (available <= PACKET_HEAD)
    return MORE;
  const gsize size = ((gsize)bytes[2] << 8) | bytes[3];
  const gboolean is_rtp = size > 0 && bytes[PACKET_HEAD] >> 6 == 2;
  const gboolean is_expected = self->is_expected[bytes[1]];
  const gboolean is_sure = is_rtp && is_expected && !self->is_lost;
  if (!is_rtp && (!is_expected || self->is_lost))
    return BAD;
  if (available < PACKET_HEAD + size + (is_sure ? 0 : 1))
    return MORE;
  if (!is_sure && !begins_item (bytes[PACKET_HEAD + size]))
    return BAD;
  item->channel = bytes[1];
  item->data = bytes + PACKET_HEAD;
  item->size = size;
  self->start += PACKET_HEAD + size;
  return TAKEN;
}

static Verdict
find_word (const guint8 *bytes, gsize available)
{
  Verdict verdict = BAD;

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    const gsize length = strlen (words[i]);

    if (memcmp (bytes, words[i], MIN (length, available)) != 0)
      continue;
    if (available >= length)
      return TAKEN;
    verdict = MORE;
  }
  return verdict;
}

/* No byte is looked at twice, however many words a camera begins. Returns: the length of a head
 * with its empty line; 0: the line has not come */
static gsize
find_head (CgRtspReader *self)
{
  const guint8 *bytes = self->bytes;
  const gsize limit = MIN (self->end, self->start + MAX_HEAD);
  gsize i = MAX (self->start, self->searched);
  gsize length = 0;

  for (; i + 1 < limit && length == 0; i++) {
    if (bytes[i] != '\n')
      continue;
    if (bytes[i + 1] == '\n')
      length = i + 2 - self->start;
    else if (bytes[i + 1] == '\r' && i + 2 >= limit)
      break;
    else if (bytes[i + 1] == '\r' && bytes[i + 2] == '\n')
      length = i + 3 - self->start;
  }
  self->searched = length != 0 ? i - 1 : i;
  return length;
}

/* Returns: (transfer full) (nullable) */
static CgRtspMessage *
read_head (CgRtspReader *self, gsize length)
{
  const gsize end = self->start + length;

  if (self->bad_end != end)
    self->bad_tries = 0;
  if (self->bad_tries >= MAX_TRIES)
    return NULL;
  CgRtspMessage *message = cg_rtsp_message_parse ((const char *)self->bytes + self->start, length);
  if (message == NULL) {
    self->bad_end = end;
    self->bad_tries++;
  }
  return message;
}

static Verdict
take_message (CgRtspReader *self, CgRtspItem *item)
{
  const guint8 *bytes = self->bytes + self->start;
  const gsize available = self->end - self->start;
  const Verdict word = find_word (bytes, available);
  if (word != TAKEN)
    return word;

  const gsize head = find_head (self);
  if (head == 0)
    return available >= MAX_HEAD ? BAD : MORE;
  g_autoptr (CgRtspMessage) message = read_head (self, head);
  if (message == NULL)
    return BAD;
  gsize body = cg_rtsp_message_get_number (message, "Content-Length");
  message->is_too_long = body > MAX_BODY;
  if (message->is_too_long)
    body = 0;
  if (available < head + body)
    return MORE;
  if (body > 0)
    message->body = g_bytes_new (bytes + head, body);
  item->message = g_steal_pointer (&message);
  self->start += head + body;
  return TAKEN;
}

static void
skip_byte (CgRtspReader *self)
{
  const guint8 byte = self->bytes[self->start++];

  /* Empty lines behind a body are no harm (Q51). */
  if (!self->is_lost && (byte == '\r' || byte == '\n'))
    return;
  self->is_lost = TRUE;
  self->skipped++;
}

/**
 * cg_rtsp_reader_new:
 *
 * Returns: (transfer full): a reader at the beginning of a connection
 */
CgRtspReader *
cg_rtsp_reader_new (void)
{
  CgRtspReader *self = g_new0 (CgRtspReader, 1);

  self->bytes = g_malloc (CAPACITY);
  return self;
}

/**
 * cg_rtsp_reader_free:
 * @self: (transfer full) (nullable): a reader
 */
void
cg_rtsp_reader_free (CgRtspReader *self)
{
  if (self == NULL)
    return;
  g_free (self->bytes);
  g_free (self);
}

/**
 * cg_rtsp_reader_expect:
 * @self: a reader
 * @channel: packets may come on it, up to 255
 */
void
cg_rtsp_reader_expect (CgRtspReader *self, guint channel)
{
  g_return_if_fail (channel < G_N_ELEMENTS (self->is_expected));

  self->is_expected[channel] = TRUE;
}

/**
 * cg_rtsp_reader_get_space:
 * @self: a reader that has no more items
 * @size: (out): how much may be written there; never 0
 *
 * Returns: (transfer none): where the next bytes go
 */
guint8 *
cg_rtsp_reader_get_space (CgRtspReader *self, gsize *size)
{
  memmove (self->bytes, self->bytes + self->start, self->end - self->start);
  self->searched -= MIN (self->searched, self->start);
  self->bad_end -= MIN (self->bad_end, self->start);
  self->end -= self->start;
  self->start = 0;
  *size = MIN (CAPACITY - self->end, READ_BYTES);
  return self->bytes + self->end;
}

/**
 * cg_rtsp_reader_commit:
 * @self: a reader
 * @size: so much was written
 */
void
cg_rtsp_reader_commit (CgRtspReader *self, gsize size)
{
  g_return_if_fail (size <= CAPACITY - self->end);

  self->end += size;
}

/**
 * cg_rtsp_reader_next:
 * @self: a reader
 * @item: (out caller-allocates): what came
 *
 * Returns: of what kind it is
 */
CgRtspItemKind
cg_rtsp_reader_next (CgRtspReader *self, CgRtspItem *item)
{
  *item = (CgRtspItem){0};
  while (self->start < self->end) {
    const guint8 byte = self->bytes[self->start];
    const Verdict verdict = byte == '$'              ? take_packet (self, item)
                            : g_ascii_isupper (byte) ? take_message (self, item)
                                                     : BAD;
    if (verdict == MORE)
      return CG_RTSP_ITEM_NONE;
    if (verdict == TAKEN) {
      self->is_lost = FALSE;
      return item->message != NULL ? CG_RTSP_ITEM_MESSAGE : CG_RTSP_ITEM_PACKET;
    }
    skip_byte (self);
  }
  return CG_RTSP_ITEM_NONE;
}

/**
 * cg_rtsp_reader_get_skipped:
 * @self: a reader
 *
 * Returns: bytes that were neither packet nor message (Q53)
 */
guint64
cg_rtsp_reader_get_skipped (const CgRtspReader *self)
{
  return self->skipped;
}
