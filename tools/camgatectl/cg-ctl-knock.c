/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-knock.h"

/* An open port answers within a round trip; one behind a filter never does. */
#define KNOCK_MS 1000

#define MAX_PORTS 16

/* One knock at several doors at the same time. */
typedef struct {
  GSocket *sockets[MAX_PORTS]; /* (owned) (nullable) */
  GPollFD fds[MAX_PORTS];
  guint waiting;
} Knock;

static void
knock_clear (Knock *self)
{
  for (guint i = 0; i < MAX_PORTS; i++)
    g_clear_object (&self->sockets[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Knock, knock_clear)

static CgCtlPortState
judge (const GError *reason)
{
  return g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ? CG_CTL_PORT_CLOSED
                                                                             : CG_CTL_PORT_SILENT;
}

/* The first address of a host, with the zone of a link-local one; NULL: there is none. */
static GInetSocketAddress *
find_host (const char *host)
{
  g_autoptr (GSocketConnectable) place = g_network_address_new (host, 0);
  g_autoptr (GSocketAddressEnumerator) addresses = g_socket_connectable_enumerate (place);
  GSocketAddress *address = g_socket_address_enumerator_next (addresses, NULL, NULL);

  return address != NULL ? G_INET_SOCKET_ADDRESS (address) : NULL;
}

static GSocketAddress *
with_port (GInetSocketAddress *host, guint16 port)
{
  GInetAddress *address = g_inet_socket_address_get_address (host);

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return g_inet_socket_address_new (address, port);
  return g_object_new (G_TYPE_INET_SOCKET_ADDRESS, "address", address, "port", (guint)port,
                       "scope-id", g_inet_socket_address_get_scope_id (host), NULL);
}

static void
begin (Knock *self, guint i, GInetSocketAddress *host, CgCtlPort *port)
{
  g_autoptr (GSocketAddress) address = with_port (host, port->port);
  g_autoptr (GError) reason = NULL;

  self->fds[i].fd = -1; /* poll() skips it */
  self->sockets[i] = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                                   G_SOCKET_PROTOCOL_TCP, NULL);
  if (self->sockets[i] == NULL)
    return;
  g_socket_set_blocking (self->sockets[i], FALSE);
  if (g_socket_connect (self->sockets[i], address, NULL, &reason)) {
    port->state = CG_CTL_PORT_OPEN;
  } else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_PENDING)) {
    self->fds[i] = (GPollFD){.fd = g_socket_get_fd (self->sockets[i]), .events = G_IO_OUT};
    self->waiting++;
  } else {
    port->state = judge (reason);
  }
}

static void
wait_for_answers (Knock *self, CgCtlPort *ports, guint n_ports)
{
  const gint64 until_us = g_get_monotonic_time () + KNOCK_MS * G_TIME_SPAN_MILLISECOND;

  while (self->waiting > 0) {
    const gint64 left_us = until_us - g_get_monotonic_time ();

    if (left_us <= 0 || g_poll (self->fds, n_ports, (int)(left_us / 1000) + 1) <= 0)
      return;
    for (guint i = 0; i < n_ports; i++) {
      g_autoptr (GError) reason = NULL;

      if (self->fds[i].fd < 0 || self->fds[i].revents == 0)
        continue;
      ports[i].state = g_socket_check_connect_result (self->sockets[i], &reason) ? CG_CTL_PORT_OPEN
                                                                                 : judge (reason);
      self->fds[i].fd = -1;
      self->waiting--;
    }
  }
}

/**
 * cg_ctl_knock_in_thread:
 * @host: name or address
 * @ports: (array length=n_ports): which ports; their states are set
 * @n_ports: at most 16
 *
 * Connects to all of them at once and hangs up. Takes a second at most, and the time to find the
 * name.
 */
void
cg_ctl_knock_in_thread (const char *host, CgCtlPort *ports, guint n_ports)
{
  g_autoptr (GInetSocketAddress) address = find_host (host);
  g_auto (Knock) knock = {{NULL}};

  g_return_if_fail (n_ports <= MAX_PORTS);
  for (guint i = 0; i < n_ports; i++)
    ports[i].state = CG_CTL_PORT_SILENT;
  if (address == NULL)
    return;
  for (guint i = 0; i < n_ports; i++)
    begin (&knock, i, address, &ports[i]);
  wait_for_answers (&knock, ports, n_ports);
}
