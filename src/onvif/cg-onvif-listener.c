/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "cg-onvif-discovery-message.h"
#include "cg-onvif-interface.h"

/* Enough for any announcement; what is larger is cut off and then no XML. */
#define MAX_DATAGRAM (16 * 1024)

/* So many at a time, then the others of this main loop have their turn. */
#define MAX_BURST 8

struct _CgOnvifListener {
  char **wanted; /* (nullable) interfaces and own addresses */
  char *group;
  GSocket *socket;
  GSource *source;
  struct soap *soap; /* (owned) */
  CgOnvifListenerFunc func;
  gpointer user_data;
};

/* The group is bound, not every address: datagrams to one host are for others on it. */
static gboolean
open_socket (CgOnvifListener *self, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (self->group, port);
  const int off = 0;

  if (address == NULL) {
    g_set_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "\"%s\" is no multicast group",
                 self->group);
    return FALSE;
  }
  self->socket = cg_onvif_interface_open_udp (address, TRUE, error);
  if (self->socket == NULL)
    return FALSE;
  /* Not what others on this machine have joined on other interfaces. */
  setsockopt (g_socket_get_fd (self->socket), IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
  return TRUE;
}

static void
read_one (CgOnvifListener *self, const char *text, GSocketAddress *source)
{
  g_autofree char *address =
      g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source)));
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
  self->group = g_strdup (options->group != NULL ? options->group : CG_ONVIF_DISCOVERY_GROUP);
  self->func = func;
  self->user_data = user_data;
  self->soap = cg_onvif_soap_new ();
  if (!open_socket (self, options->port != 0 ? options->port : CG_ONVIF_DISCOVERY_PORT, error))
    return NULL;
  cg_onvif_listener_join (self);
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_datagram), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return g_steal_pointer (&self);
}

/**
 * cg_onvif_listener_join:
 * @self: a listener
 *
 * Listens on interfaces too that have come up since; to what comes by IPv4, by which cameras that
 * have both announce themselves as well.
 */
void
cg_onvif_listener_join (CgOnvifListener *self)
{
  g_auto (GStrv) addresses = cg_onvif_interface_list_addresses ((const char *const *)self->wanted);

  for (guint i = 0; addresses[i] != NULL; i++) {
    struct ip_mreq membership = {0};

    if (inet_pton (AF_INET, addresses[i], &membership.imr_interface) != 1)
      continue;
    inet_pton (AF_INET, self->group, &membership.imr_multiaddr);
    if (setsockopt (g_socket_get_fd (self->socket), IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership,
                    sizeof membership) != 0 &&
        errno != EADDRINUSE)
      g_info ("discovery: not listening on %s: %s", addresses[i], g_strerror (errno));
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
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_object (&self->socket);
  cg_onvif_soap_free (self->soap);
  g_strfreev (self->wanted);
  g_free (self->group);
  g_free (self);
}
