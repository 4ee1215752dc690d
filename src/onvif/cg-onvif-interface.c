/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-interface.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#include "cg-error.h"

/* Of IPv6 the link-local one: each interface has it, and the group is of the link. */
static gboolean
is_spoken_from (const struct sockaddr *address)
{
  if (address->sa_family != AF_INET6)
    return address->sa_family == AF_INET;
  return IN6_IS_ADDR_LINKLOCAL (&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

/* A name that was asked for may be down or unable to multicast: whoever names it knows why. */
static gboolean
is_meant (const struct ifaddrs *interface, const char *name)
{
  if (interface->ifa_addr == NULL || !is_spoken_from (interface->ifa_addr))
    return FALSE;
  if (name != NULL)
    return strcmp (interface->ifa_name, name) == 0;
  return (interface->ifa_flags & IFF_UP) != 0 && (interface->ifa_flags & IFF_MULTICAST) != 0;
}

/* "192.168.1.5", or "fe80::5%eth0" with its zone. */
static char *
write_address (const struct ifaddrs *interface)
{
  char text[INET6_ADDRSTRLEN];

  if (interface->ifa_addr->sa_family == AF_INET6) {
    const struct sockaddr_in6 *address = (const void *)interface->ifa_addr;

    inet_ntop (AF_INET6, &address->sin6_addr, text, sizeof text);
    return g_strdup_printf ("%s%%%s", text, interface->ifa_name);
  }
  const struct sockaddr_in *address = (const void *)interface->ifa_addr;
  inet_ntop (AF_INET, &address->sin_addr, text, sizeof text);
  return g_strdup (text);
}

static guint
add_addresses (const struct ifaddrs *interfaces, const char *name, GStrvBuilder *builder)
{
  guint count = 0;

  for (const struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next) {
    if (!is_meant (i, name))
      continue;
    g_autofree char *text = write_address (i);
    g_strv_builder_add (builder, text);
    count++;
  }
  return count;
}

/**
 * cg_onvif_interface_is_address:
 * @text: what somebody gave as an interface
 *
 * Returns: whether it is an own address, with or without a zone, and no name
 */
gboolean
cg_onvif_interface_is_address (const char *text)
{
  g_autofree char *address = g_strndup (text, strcspn (text, "%"));

  return g_hostname_is_ip_address (address);
}

/**
 * cg_onvif_interface_write_source:
 * @source: where a datagram came from
 *
 * Returns: (transfer full): its address, with the zone of a link-local one
 */
char *
cg_onvif_interface_write_source (GSocketAddress *source)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (source);
  GInetAddress *address = g_inet_socket_address_get_address (inet);
  char name[IF_NAMESIZE];
  char *text = g_inet_address_to_string (address);

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6 ||
      !g_inet_address_get_is_link_local (address) ||
      if_indextoname (g_inet_socket_address_get_scope_id (inet), name) == NULL)
    return text;
  g_autofree char *bare = text;
  return g_strdup_printf ("%s%%%s", bare, name);
}

/**
 * cg_onvif_interface_list_addresses:
 * @wanted: (nullable): names of interfaces and own IP addresses; %NULL or empty: all interfaces
 *   that are up and can multicast
 *
 * A name that is not there now is left out: interfaces come and go.
 *
 * Returns: (transfer full): own addresses to speak from: of IPv4, and the link-local ones of IPv6,
 *   each with its zone
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
    if (cg_onvif_interface_is_address (wanted[i]))
      g_strv_builder_add (builder, wanted[i]);
    else if (add_addresses (interfaces, wanted[i], builder) == 0)
      g_info ("discovery: interface %s has no address now", wanted[i]);
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
