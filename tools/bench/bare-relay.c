/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limit of what any relay can reach: the same bytes, read from one socket and written to
 * another, and nothing done with them. Three programs in one, each ends with its standard input:
 *
 *   bare-relay sink                     reads and forgets; prints its port
 *   bare-relay relay SINK-PORT          the relay that is measured; prints its port
 *   bare-relay feed PORT N FPS SIZES    N cameras that write frames of the sizes in the file SIZES
 */
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bench-socket.h"

#define BLOCK_BYTES (256 * 1024)
#define MAX_EVENTS 64

static char block[BLOCK_BYTES];

typedef struct {
  int in;
  int out; /* −1: forget */
} Pair;

static void
write_all (int fd, const char *data, gsize size)
{
  while (size > 0) {
    const gssize written = send (fd, data, size, MSG_NOSIGNAL);

    if (written < 0 && errno != EINTR)
      bench_give_up ("send");
    if (written > 0) {
      data += written;
      size -= (gsize)written;
    }
  }
}

/* Whether the pair goes on. */
static gboolean
copy (Pair *pair)
{
  const gssize size = recv (pair->in, block, sizeof block, 0);

  if (size <= 0)
    return FALSE;
  if (pair->out >= 0)
    write_all (pair->out, block, (gsize)size);
  return TRUE;
}

static void
end_pair (Pair *pair)
{
  close (pair->in);
  if (pair->out >= 0)
    close (pair->out);
  g_free (pair);
}

static void
accept_pair (int poll, int listener, int out_port)
{
  Pair *pair = g_new (Pair, 1);

  pair->in = accept (listener, NULL, NULL);
  if (pair->in < 0)
    bench_give_up ("accept");
  pair->out = out_port > 0 ? bench_connect (out_port) : -1;
  bench_watch (poll, pair->in, pair);
}

/* The listener has its own address for data, standard input has none. */
static int
serve (int out_port)
{
  const int poll = epoll_create1 (EPOLL_CLOEXEC);
  int listener = bench_listen ();
  struct epoll_event events[MAX_EVENTS];

  bench_watch (poll, listener, &listener);
  bench_watch (poll, STDIN_FILENO, NULL);
  for (;;) {
    const int n = epoll_wait (poll, events, MAX_EVENTS, -1);

    for (int i = 0; i < n; i++) {
      if (events[i].data.ptr == NULL)
        return 0;
      if (events[i].data.ptr == &listener)
        accept_pair (poll, listener, out_port);
      else if (!copy (events[i].data.ptr))
        end_pair (events[i].data.ptr);
    }
  }
}

static GArray *
read_sizes (const char *path)
{
  g_autofree char *text = NULL;
  GArray *sizes = g_array_new (FALSE, FALSE, sizeof (gsize));

  if (!g_file_get_contents (path, &text, NULL, NULL))
    bench_give_up (path);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    const gsize size = MIN ((gsize)g_ascii_strtoull (lines[i], NULL, 10), sizeof block);

    g_array_append_val (sizes, size);
  }
  return sizes;
}

/* A tick for each camera in turn: they do not all send at the same moment. */
static int
feed (int port, guint n, guint fps, const char *path)
{
  g_autoptr (GArray) sizes = read_sizes (path);
  g_autofree int *cameras = g_new (int, n);
  const glong tick_ns = (glong)(1000000000 / ((guint64)n * fps));
  const struct itimerspec tick = {{tick_ns / 1000000000, tick_ns % 1000000000},
                                  {tick_ns / 1000000000, tick_ns % 1000000000}};
  const int timer = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC);
  const int poll = epoll_create1 (EPOLL_CLOEXEC);
  struct epoll_event event;
  guint64 frame = 0, ticks;

  for (guint i = 0; i < n; i++)
    cameras[i] = bench_connect (port);
  timerfd_settime (timer, 0, &tick, NULL);
  bench_watch (poll, timer, block);
  bench_watch (poll, STDIN_FILENO, NULL);
  printf ("feeding\n");
  fflush (stdout);
  while (epoll_wait (poll, &event, 1, -1) < 1 || event.data.ptr != NULL) {
    if (read (timer, &ticks, sizeof ticks) != sizeof ticks)
      continue;
    for (; ticks > 0; ticks--, frame++)
      write_all (cameras[frame % n], block, g_array_index (sizes, gsize, frame / n % sizes->len));
  }
  return 0;
}

int
main (int argc, char **argv)
{
  g_set_prgname ("bare-relay");
  if (argc == 2 && g_str_equal (argv[1], "sink"))
    return serve (0);
  if (argc == 3 && g_str_equal (argv[1], "relay"))
    return serve (atoi (argv[2]));
  if (argc == 6 && g_str_equal (argv[1], "feed") && atoi (argv[3]) > 0 && atoi (argv[4]) > 0)
    return feed (atoi (argv[2]), (guint)atoi (argv[3]), (guint)atoi (argv[4]), argv[5]);
  g_printerr ("usage: bare-relay sink | relay SINK-PORT | feed PORT N FPS SIZES\n");
  return 2;
}
