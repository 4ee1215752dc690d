/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "cg-onvif-discovery-message.h"
#include "cg-onvif-interface.h"

/* Enough for any announcement; what is larger is cut off and then no XML. */
#define MAX_DATAGRAM (16 * 1024)

/* So many at a time, then the others of this main loop have their turn. */
#define MAX_BURST 8

/* One socket of a listener. */
typedef struct {
  GSocket *socket; /* (owned) */
  GSource *source; /* (owned) */
  guint32 link;    /* whose datagrams it hears; 0: of all that were joined */
} Ear;

struct _CgOnvifListener {
  char **wanted;   /* (nullable) interfaces and own addresses */
  char *group;     /* (nullable) the only one; NULL: that of each family */
  GPtrArray *ears; /* (owned) (element-type Ear) by IPv4 one for all, by IPv6 one for each link */
  guint16 port;
  struct soap *soap; /* (owned) */
  CgOnvifListenerFunc func;
  gpointer user_data;
};

static void
ear_free (gpointer data)
{
  Ear *ear = data;

  if (ear->source != NULL)
    g_source_destroy (ear->source);
  g_clear_pointer (&ear->source, g_source_unref);
  g_clear_object (&ear->socket);
  g_free (ear);
}

static void
read_one (CgOnvifListener *self, const char *text, GSocketAddress *source)
{
  g_autofree char *address = cg_onvif_interface_write_source (source);
  gboolean is_leaving = FALSE;
  g_autoptr (CgOnvifDiscovered) camera =
      cg_onvif_discovery_read_announcement (self->soap, text, address, &is_leaving);

  if (camera != NULL)
    self->func (camera, is_leaving, self->user_data);
}

static gboolean
on_datagram (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  CgOnvifListener *self = user_data;
  char text[MAX_DATAGRAM + 1];

  for (guint i = 0; i < MAX_BURST; i++) {
    g_autoptr (GSocketAddress) source = NULL;
    const gssize n = g_socket_receive_from (socket, &source, text, MAX_DATAGRAM, NULL, NULL);

    if (n <= 0)
      break;
    text[n] = '\0';
    read_one (self, text, source);
  }
  return G_SOURCE_CONTINUE;
}

/* The group is bound, not every address: datagrams to one host are for others on it. */
static Ear *
open_ear (CgOnvifListener *self, GSocketAddress *group, GError **error)
{
  GSocket *socket = cg_onvif_interface_open_udp (group, TRUE, error);

  if (socket == NULL)
    return NULL;
  Ear *ear = g_new0 (Ear, 1);
  ear->socket = socket;
  ear->source = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (ear->source, G_SOURCE_FUNC (on_datagram), self, NULL);
  g_source_attach (ear->source, g_main_context_get_thread_default ());
  g_ptr_array_add (self->ears, ear);
  return ear;
}

static gboolean
open_ipv4 (CgOnvifListener *self, GError **error)
{
  const char *group = self->group != NULL ? self->group : CG_ONVIF_DISCOVERY_GROUP;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (group, self->port);
  const int off = 0;

  if (address == NULL) {
    g_set_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "\"%s\" is no multicast group", group);
    return FALSE;
  }
  const Ear *ear = open_ear (self, address, error);
  if (ear == NULL)
    return FALSE;
  /* Not what others on this machine have joined on other interfaces. */
  setsockopt (g_socket_get_fd (ear->socket), IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
  return TRUE;
}

static void
join_ipv4 (CgOnvifListener *self, const char *own)
{
  const Ear *ear = self->ears->pdata[0];
  const char *group = self->group != NULL ? self->group : CG_ONVIF_DISCOVERY_GROUP;
  struct ip_mreq membership = {0};

  if (inet_pton (AF_INET, own, &membership.imr_interface) != 1)
    return;
  inet_pton (AF_INET, group, &membership.imr_multiaddr);
  if (setsockopt (g_socket_get_fd (ear->socket), IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership,
                  sizeof membership) != 0 &&
      errno != EADDRINUSE)
    g_info ("discovery: not listening on %s: %s", own, g_strerror (errno));
}

/* 0: no address of a link. */
static guint32
find_link (const char *own)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (own, 0);

  return address != NULL && g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV6
             ? g_inet_socket_address_get_scope_id (G_INET_SOCKET_ADDRESS (address))
             : 0;
}

/* The group is of the link (RFC 4291, 2.7), and a socket is bound to it on one link only. */
static void
join_ipv6 (CgOnvifListener *self, guint32 link)
{
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string (CG_ONVIF_DISCOVERY_GROUP_V6);
  g_autoptr (GSocketAddress) address = g_object_new (G_TYPE_INET_SOCKET_ADDRESS, "address", group,
                                                     "port", self->port, "scope-id", link, NULL);
  struct ipv6_mreq membership = {.ipv6mr_interface = link};
  g_autoptr (GError) reason = NULL;
  Ear *ear;

  for (guint i = 0; i < self->ears->len; i++) {
    if (((Ear *)self->ears->pdata[i])->link == link)
      return;
  }
  ear = open_ear (self, address, &reason);
  if (ear == NULL) {
    g_info ("discovery: not listening by IPv6: %s", reason->message);
    return;
  }
  ear->link = link;
  memcpy (&membership.ipv6mr_multiaddr, g_inet_address_to_bytes (group),
          sizeof membership.ipv6mr_multiaddr);
  if (setsockopt (g_socket_get_fd (ear->socket), IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &membership,
                  sizeof membership) == 0)
    return;
  g_info ("discovery: not listening by IPv6: %s", g_strerror (errno));
  g_ptr_array_remove (self->ears, ear);
}

/* A link that comes back has another number. */
static void
forget_links (CgOnvifListener *self, char **addresses)
{
  for (guint i = self->ears->len; i > 1; i--) {
    const Ear *ear = self->ears->pdata[i - 1];
    gboolean is_there = FALSE;

    for (guint n = 0; addresses[n] != NULL; n++)
      is_there |= find_link (addresses[n]) == ear->link;
    if (!is_there)
      g_ptr_array_remove_index (self->ears, i - 1);
  }
}

/**
 * cg_onvif_listener_new:
 * @options: where to listen: addresses, group, port
 * @func: called for each announcement; must not free the listener
 * @user_data: for @func
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a listener
 */
CgOnvifListener *
cg_onvif_listener_new (const CgOnvifProbe *options,
                       CgOnvifListenerFunc func,
                       gpointer user_data,
                       GError **error)
{
  g_autoptr (CgOnvifListener) self = g_new0 (CgOnvifListener, 1);

  self->wanted = g_strdupv ((char **)options->addresses);
  self->group = g_strdup (options->group);
  self->port = options->port != 0 ? options->port : CG_ONVIF_DISCOVERY_PORT;
  self->ears = g_ptr_array_new_with_free_func (ear_free);
  self->func = func;
  self->user_data = user_data;
  self->soap = cg_onvif_soap_new ();
  if (!open_ipv4 (self, error))
    return NULL;
  cg_onvif_listener_join (self);
  return g_steal_pointer (&self);
}

/**
 * cg_onvif_listener_join:
 * @self: a listener
 *
 * Listens on interfaces too that have come up since, by IPv4 and, unless a group was named, by
 * IPv6 (WS-Discovery of April 2005, 2.4).
 */
void
cg_onvif_listener_join (CgOnvifListener *self)
{
  g_auto (GStrv) addresses = cg_onvif_interface_list_addresses ((const char *const *)self->wanted);

  forget_links (self, addresses);
  for (guint i = 0; addresses[i] != NULL; i++) {
    const guint32 link = find_link (addresses[i]);

    if (link == 0)
      join_ipv4 (self, addresses[i]);
    else if (self->group == NULL)
      join_ipv6 (self, link);
  }
}

/**
 * cg_onvif_listener_free:
 * @self: (transfer full) (nullable): a listener, not within its function
 */
void
cg_onvif_listener_free (CgOnvifListener *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->ears);
  cg_onvif_soap_free (self->soap);
  g_strfreev (self->wanted);
  g_free (self->group);
  g_free (self);
}
