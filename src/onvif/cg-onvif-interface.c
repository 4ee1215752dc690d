/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-interface.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#include "cg-error.h"

/* A name that was asked for may be down or unable to multicast: whoever names it knows why. */
static gboolean
is_meant (const struct ifaddrs *interface, const char *name)
{
  if (interface->ifa_addr == NULL || interface->ifa_addr->sa_family != AF_INET)
    return FALSE;
  if (name != NULL)
    return strcmp (interface->ifa_name, name) == 0;
  return (interface->ifa_flags & IFF_UP) != 0 && (interface->ifa_flags & IFF_MULTICAST) != 0;
}

static guint
add_addresses (const struct ifaddrs *interfaces, const char *name, GStrvBuilder *builder)
{
  guint count = 0;

  for (const struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next) {
    char text[INET_ADDRSTRLEN];

    if (!is_meant (i, name))
      continue;
    const struct sockaddr_in *address = (const struct sockaddr_in *)(const void *)i->ifa_addr;
    g_strv_builder_add (builder, inet_ntop (AF_INET, &address->sin_addr, text, sizeof text));
    count++;
  }
  return count;
}

/**
 * cg_onvif_interface_list_addresses:
 * @wanted: (nullable): names of interfaces and own IP addresses; %NULL or empty: all interfaces
 *   that are up and can multicast
 *
 * A name that is not there now is left out: interfaces come and go.
 *
 * Returns: (transfer full): own addresses to speak from
 */
char **
cg_onvif_interface_list_addresses (const char *const *wanted)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  struct ifaddrs *interfaces = NULL;

  if (getifaddrs (&interfaces) != 0)
    return g_strv_builder_end (builder);
  if (wanted == NULL || wanted[0] == NULL)
    add_addresses (interfaces, NULL, builder);
  for (guint i = 0; wanted != NULL && wanted[i] != NULL; i++) {
    if (g_hostname_is_ip_address (wanted[i]))
      g_strv_builder_add (builder, wanted[i]);
    else if (add_addresses (interfaces, wanted[i], builder) == 0)
      g_info ("discovery: interface %s has no IPv4 address now", wanted[i]);
  }
  freeifaddrs (interfaces);
  return g_strv_builder_end (builder);
}

/**
 * cg_onvif_interface_open_udp:
 * @own: where to speak from, or to listen
 * @shared: whether others of this machine may have the same port
 * @error: return location for a %CG_ERROR_UNREACHABLE
 *
 * Returns: (transfer full) (nullable): a socket that never blocks
 */
GSocket *
cg_onvif_interface_open_udp (GSocketAddress *own, gboolean shared, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GSocket) socket = g_socket_new (
      g_socket_address_get_family (own), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &reason);

  if (socket == NULL || !g_socket_bind (socket, own, shared, &reason)) {
    g_set_error (error, CG_ERROR, CG_ERROR_UNREACHABLE, "discovery: %s", reason->message);
    return NULL;
  }
  g_socket_set_blocking (socket, FALSE);
  return g_steal_pointer (&socket);
}
