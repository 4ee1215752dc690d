/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets of this machine, for programs that end at the first trouble. */
#include "bench-socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

void
bench_give_up (const char *what)
{
  g_printerr ("%s: %s: %s\n", g_get_prgname (), what, g_strerror (errno));
  exit (1);
}

static struct sockaddr_in
make_address (int port)
{
  return (struct sockaddr_in){
      .sin_family = AF_INET,
      .sin_port = htons ((guint16)port),
      .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
}

int
bench_listen (void)
{
  struct sockaddr_in address = make_address (0);
  socklen_t length = sizeof address;
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen (fd, SOMAXCONN) != 0 || getsockname (fd, (struct sockaddr *)&address, &length) != 0)
    bench_give_up ("listen");
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);
  return fd;
}

int
bench_connect (int port)
{
  const struct sockaddr_in address = make_address (port);
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;

  if (fd < 0 || connect (fd, (const struct sockaddr *)&address, sizeof address) != 0)
    bench_give_up ("connect");
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

void
bench_watch (int poll, int fd, gpointer data)
{
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = data};

  if (epoll_ctl (poll, EPOLL_CTL_ADD, fd, &event) != 0)
    bench_give_up ("epoll");
}
