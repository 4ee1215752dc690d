/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-uplink.h"

#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "cg-error.h"
#include "cg-tls-pump.h"

/* What a slow line owes is to wait in the output's queue, where it is counted and can be dropped,
 * and not in the kernel: half a second at 4 Mbit/s. */
#define MAX_UNSENT_BYTES (256 * 1024)

struct _CgUplink {
  GSocketConnection *connection; /* (owned) */
  CgTlsPump *pump;               /* (owned) (nullable) between the connection and its user */
  int fd;                        /* (not owned) of the pump or the connection */
};

static CgError
classify (const GError *cause)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return CG_ERROR_CANCELLED;
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return CG_ERROR_TIMED_OUT;
  if (cause->domain == G_TLS_ERROR)
    return CG_ERROR_PEER_FAULT;
  return CG_ERROR_UNREACHABLE;
}

static void
set_uplink_error (GError **error, const CgRtmpUrl *url, const GError *cause)
{
  g_set_error (error, CG_ERROR, (int)classify (cause), "media server %s port %u: %s", url->host,
               url->port, cause->message);
  cg_error_set_cause (error, cg_error_find_cause (cause));
}

static GSocketConnection *
connect_in_thread (const CgRtmpUrl *url, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new (url->host, url->port);
  g_autoptr (GError) cause = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_tls (client, url->tls);
  GSocketConnection *connection = g_socket_client_connect (client, address, cancellable, &cause);
  if (connection == NULL)
    set_uplink_error (error, url, cause);
  return connection;
}

/* Data that is never acknowledged ends the connection: a server that vanished must not be believed
 * in until the kernel's buffer is full. A little later than a send that is stuck, which tells more.
 */
static void
set_options (CgUplink *self, guint stall_timeout_ms)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);

  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, (int)(stall_timeout_ms * 3 / 2),
                       NULL);
  g_socket_set_keepalive (socket, TRUE);
}

/* How long one send may make no headway. */
static void
set_send_timeout (CgUplink *self, guint timeout_ms)
{
  const struct timeval timeout = {timeout_ms / 1000, (timeout_ms % 1000) * 1000};

  setsockopt (self->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

static gboolean
open_fd (CgUplink *self, gboolean tls, GError **error)
{
  if (!tls) {
    self->fd = g_socket_get_fd (g_socket_connection_get_socket (self->connection));
    g_unix_set_fd_nonblocking (self->fd, FALSE, NULL);
    return TRUE;
  }
  self->pump = cg_tls_pump_new (G_IO_STREAM (self->connection), error);
  self->fd = self->pump != NULL ? cg_tls_pump_get_fd (self->pump) : -1;
  return self->pump != NULL;
}

/**
 * cg_uplink_open_in_thread:
 * @url: where to
 * @stall_timeout_ms: longest time in which the server may take nothing of what is sent
 * @cancellable: ends the attempt
 * @error: return location
 *
 * Looks the name up and connects, as long as it takes; @cancellable is the deadline.
 *
 * Returns: (transfer full): an uplink, or %NULL with #CG_ERROR_UNREACHABLE, #CG_ERROR_TIMED_OUT,
 *   #CG_ERROR_CANCELLED, or #CG_ERROR_PEER_FAULT for a certificate that does not verify
 */
CgUplink *
cg_uplink_open_in_thread (const CgRtmpUrl *url,
                          guint stall_timeout_ms,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GSocketConnection) connection = connect_in_thread (url, cancellable, error);
  if (connection == NULL)
    return NULL;

  g_autoptr (CgUplink) self = g_new0 (CgUplink, 1);
  self->connection = g_steal_pointer (&connection);
  set_options (self, stall_timeout_ms);
  if (!open_fd (self, url->tls, error))
    return NULL;
  set_send_timeout (self, stall_timeout_ms);
  return g_steal_pointer (&self);
}

/**
 * cg_uplink_free:
 * @self: (transfer full): an uplink
 */
void
cg_uplink_free (CgUplink *self)
{
  g_clear_pointer (&self->pump, cg_tls_pump_free);
  g_object_unref (self->connection);
  g_free (self);
}

/**
 * cg_uplink_get_fd:
 * @self: an uplink
 *
 * Returns: a blocking socket, good until the uplink is freed
 */
int
cg_uplink_get_fd (CgUplink *self)
{
  return self->fd;
}

/**
 * cg_uplink_has_timed_out:
 * @self: an uplink whose descriptor has reached its end
 *
 * Returns: %TRUE if that was because the server had not acknowledged anything for too long
 */
gboolean
cg_uplink_has_timed_out (CgUplink *self)
{
  return self->pump != NULL && cg_tls_pump_has_timed_out (self->pump);
}

/**
 * cg_uplink_await_hang_up_in_thread:
 * @self: an uplink
 * @timeout_ms: how long the server may take
 *
 * Says that nothing more comes and takes what the server still says, until it hangs up: closing
 * with data unread would reset the connection, and the goodbye might be lost.
 */
void
cg_uplink_await_hang_up_in_thread (CgUplink *self, guint timeout_ms)
{
  const gint64 deadline_us = g_get_monotonic_time () + (gint64)timeout_ms * 1000;
  struct pollfd poll_fd = {.fd = self->fd, .events = POLLIN};
  char ignored[512];

  shutdown (self->fd, SHUT_WR);
  for (;;) {
    const gint64 left_ms = (deadline_us - g_get_monotonic_time ()) / 1000;
    if (left_ms <= 0 || poll (&poll_fd, 1, (int)left_ms) <= 0)
      return;
    if (recv (self->fd, ignored, sizeof ignored, MSG_DONTWAIT) <= 0)
      return;
  }
}

/**
 * cg_uplink_shut_down:
 * @self: an uplink
 *
 * Ends every wait on the socket at once; any thread.
 */
void
cg_uplink_shut_down (CgUplink *self)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);

  shutdown (self->fd, SHUT_RDWR);
  if (self->pump != NULL)
    shutdown (g_socket_get_fd (socket), SHUT_RDWR);
}
