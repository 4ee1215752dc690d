/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A media server that takes every stream, keeps nothing, and looks how old the frames are.
 *
 *   rtmp-sink      prints its port; for each line of standard input one line of what has come since
 *                  the line before, as JSON; ends with standard input
 *
 * The frames come from camgate-sim --stamp on this machine: each holds the time at which it went
 * into the camera's packetiser. It is compared with the time at which the last byte of its RTMP
 * message was read here. In between are the camera's packets, two times the kernel, the relay, and
 * the time until this program was woken. */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench-socket.h"
#include "cg-sim-stamp.h"

#define BLOCK_BYTES (256 * 1024)
#define MAX_EVENTS 64
#define N_CHUNK_STREAMS 64
#define HANDSHAKE_BYTES 1536
#define FIRST_CHUNK_BYTES 128
#define EXTENDED 0xffffff
/* Of each message: names of commands and stamps stand in front. */
#define KEPT_BYTES 512

enum { TYPE_CHUNK_SIZE = 1, TYPE_VIDEO = 9, TYPE_COMMAND = 20 };

/* A message on its way, in one of the connection's chunk streams. */
typedef struct {
  guint32 length, got;
  guint8 type;
  gboolean is_extended;
  guint8 kept[KEPT_BYTES];
} Message;

typedef struct {
  int fd;
  guint handshakes; /* 0: C0 and C1 are awaited; 1: C2; 2: chunks */
  guint32 chunk_bytes;
  Message *message; /* (nullable) whose chunk is being read */
  guint32 left;     /* of that chunk */
  GByteArray *input;
  Message messages[N_CHUNK_STREAMS];
  gboolean has_sent; /* a stamped frame, since the last report */
} Peer;

static char block[BLOCK_BYTES];
static GPtrArray *peers;
static GArray *ages_us; /* (element-type guint32) */
static guint unstamped;

static void
send_all (Peer *peer, const void *data, gsize size)
{
  if (send (peer->fd, data, size, MSG_NOSIGNAL) != (gssize)size)
    g_printerr ("rtmp-sink: a reply was not taken\n");
}

static void
append_text (GByteArray *body, gboolean is_value, const char *text)
{
  const guint8 head[] = {2, 0, (guint8)strlen (text)};

  g_byte_array_append (body, is_value ? head : head + 1, is_value ? 3 : 2);
  g_byte_array_append (body, (const guint8 *)text, head[2]);
}

/* A command fits one chunk of the first size. (Adobe RTMP 1.0, 7.2) */
static void
reply (Peer *peer, const char *name, const guint8 *number, const char *code)
{
  static const guint8 null = 5, one[] = {0, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0}, object = 3,
                      end[] = {0, 0, 9};
  g_autoptr (GByteArray) body = g_byte_array_new ();

  append_text (body, TRUE, name);
  g_byte_array_append (body, number, 9);
  g_byte_array_append (body, &null, 1);
  if (code == NULL) {
    g_byte_array_append (body, one, sizeof one);
  } else {
    g_byte_array_append (body, &object, 1);
    append_text (body, FALSE, "level");
    append_text (body, TRUE, "status");
    append_text (body, FALSE, "code");
    append_text (body, TRUE, code);
    g_byte_array_append (body, end, sizeof end);
  }
  g_assert (body->len <= FIRST_CHUNK_BYTES);
  const guint8 header[] = {3, 0, 0, 0, 0, 0, (guint8)body->len, TYPE_COMMAND, 0, 0, 0, 0};
  g_byte_array_prepend (body, header, sizeof header);
  send_all (peer, body->data, body->len);
}

static void
obey (Peer *peer, const Message *message)
{
  static const guint8 zero[9] = {0};
  const gsize length = message->kept[2];
  g_autofree char *name = g_strndup ((const char *)message->kept + 3, length);
  const guint8 *number = message->kept + 3 + length;

  if (g_str_equal (name, "connect"))
    reply (peer, "_result", number, "NetConnection.Connect.Success");
  else if (g_str_equal (name, "createStream"))
    reply (peer, "_result", number, NULL);
  else if (g_str_equal (name, "publish"))
    reply (peer, "onStatus", zero, "NetStream.Publish.Start");
}

static void
look (Peer *peer, const Message *message)
{
  const gsize size = MIN (message->got, KEPT_BYTES);
  const char *mark = memmem (message->kept, size, CG_SIM_STAMP_MARK, strlen (CG_SIM_STAMP_MARK));
  const gboolean is_header = message->kept[1] == 0;

  if (is_header)
    return;
  if (mark == NULL) {
    unstamped++;
    return;
  }
  const guint32 age_us = (guint32)(g_get_monotonic_time () -
                                   g_ascii_strtoll (mark + strlen (CG_SIM_STAMP_MARK), NULL, 10));
  g_array_append_val (ages_us, age_us);
  peer->has_sent = TRUE;
}

static void
finish_message (Peer *peer, Message *message)
{
  if (message->type == TYPE_CHUNK_SIZE)
    peer->chunk_bytes = MAX (1, GUINT32_FROM_BE (*(guint32 *)(void *)message->kept));
  else if (message->type == TYPE_COMMAND)
    obey (peer, message);
  else if (message->type == TYPE_VIDEO)
    look (peer, message);
  message->got = 0;
}

/* Returns: bytes of the header; 0: it is not all there */
static gsize
read_header (Peer *peer, const guint8 *data, gsize size)
{
  static const gsize sizes[] = {11, 7, 3, 0};
  const gsize fixed = sizes[data[0] >> 6];
  Message *message = &peer->messages[data[0] & 0x3f];

  if (size < 1 + fixed + 4)
    return 0;
  if (fixed >= 3)
    message->is_extended = (guint32)(data[1] << 16 | data[2] << 8 | data[3]) == EXTENDED;
  if (fixed >= 7) {
    message->length = (guint32)(data[4] << 16 | data[5] << 8 | data[6]);
    message->type = data[7];
  }
  peer->message = message;
  peer->left = MIN (peer->chunk_bytes, message->length - message->got);
  return 1 + fixed + (message->is_extended ? 4 : 0);
}

static gsize
read_body (Peer *peer, const guint8 *data, gsize size)
{
  Message *message = peer->message;
  const gsize n = MIN (size, peer->left);

  if (message->got < KEPT_BYTES)
    memcpy (message->kept + message->got, data, MIN (n, KEPT_BYTES - message->got));
  message->got += (guint32)n;
  peer->left -= (guint32)n;
  if (peer->left == 0) {
    peer->message = NULL;
    if (message->got == message->length)
      finish_message (peer, message);
  }
  return n;
}

static gsize
shake_hands (Peer *peer, const guint8 *data, gsize size)
{
  const gsize wanted = HANDSHAKE_BYTES + (peer->handshakes == 0 ? 1 : 0);

  if (size < wanted)
    return 0;
  if (peer->handshakes++ == 0) {
    send_all (peer, data, wanted);
    send_all (peer, data + 1, HANDSHAKE_BYTES);
  }
  return wanted;
}

/* A header is looked at when four bytes more than it has are there: an extended time may follow.
 * The end of a message is at the end of what has come, mostly, and no header. */
static void
take (Peer *peer, const guint8 *data, gsize size)
{
  g_byte_array_append (peer->input, data, (guint)size);
  const guint8 *at = peer->input->data;
  gsize left = peer->input->len, n = 1;

  while (left > 0 && n > 0) {
    if (peer->handshakes < 2)
      n = shake_hands (peer, at, left);
    else if (peer->message == NULL)
      n = read_header (peer, at, left);
    else
      n = read_body (peer, at, left);
    at += n;
    left -= n;
  }
  g_byte_array_remove_range (peer->input, 0, peer->input->len - (guint)left);
}

static gboolean
serve_peer (Peer *peer)
{
  const gssize size = recv (peer->fd, block, sizeof block, 0);

  if (size <= 0)
    return FALSE;
  take (peer, (const guint8 *)block, (gsize)size);
  return TRUE;
}

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  close (peer->fd);
  g_byte_array_unref (peer->input);
  g_free (peer);
}

static void
accept_peer (int poll, int listener)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->fd = accept (listener, NULL, NULL);
  if (peer->fd < 0)
    bench_give_up ("accept");
  peer->chunk_bytes = FIRST_CHUNK_BYTES;
  peer->input = g_byte_array_new ();
  g_ptr_array_add (peers, peer);
  bench_watch (poll, peer->fd, peer);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

  return x < y ? -1 : x > y;
}

static guint32
get_part (guint per_mille)
{
  return ages_us->len > 0
             ? g_array_index (ages_us, guint32, (guint64)(ages_us->len - 1) * per_mille / 1000)
             : 0;
}

static void
report (void)
{
  guint streams = 0;

  for (guint i = 0; i < peers->len; i++) {
    Peer *peer = g_ptr_array_index (peers, i);

    streams += peer->has_sent ? 1 : 0;
    peer->has_sent = FALSE;
  }
  g_array_sort (ages_us, compare);
  printf ("{\"streams\": %u, \"frames\": %u, \"unstamped\": %u, \"median_us\": %u, "
          "\"p99_us\": %u, \"worst_us\": %u}\n",
          streams, ages_us->len, unstamped, get_part (500), get_part (990), get_part (1000));
  fflush (stdout);
  g_array_set_size (ages_us, 0);
  unstamped = 0;
}

/* Whether standard input goes on: each line in it asks for a report. */
static gboolean
serve_input (void)
{
  char lines[64];
  const gssize n = read (STDIN_FILENO, lines, sizeof lines);

  for (gssize i = 0; i < n; i++)
    if (lines[i] == '\n')
      report ();
  return n > 0;
}

int
main (void)
{
  const int poll = epoll_create1 (EPOLL_CLOEXEC);
  struct epoll_event events[MAX_EVENTS];
  int listener;

  g_set_prgname ("rtmp-sink");
  listener = bench_listen ();
  peers = g_ptr_array_new_with_free_func (peer_free);
  ages_us = g_array_new (FALSE, FALSE, sizeof (guint32));
  bench_watch (poll, listener, &listener);
  bench_watch (poll, STDIN_FILENO, NULL);
  for (;;) {
    const int n = epoll_wait (poll, events, MAX_EVENTS, -1);

    for (int i = 0; i < n; i++) {
      if (events[i].data.ptr == NULL) {
        if (!serve_input ())
          return 0;
      } else if (events[i].data.ptr == &listener) {
        accept_peer (poll, listener);
      } else if (!serve_peer (events[i].data.ptr)) {
        g_ptr_array_remove_fast (peers, events[i].data.ptr);
      }
    }
  }
}
