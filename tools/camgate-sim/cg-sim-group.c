/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A real camera's multicast and who listens to it are on two machines. On one, both bind the same
 * port, which the server of GStreamer 1.22 does not let others do: g_socket_bind() of this file
 * stands before GIO's own, which it calls, for all of this process. */
#include "cg-sim-group.h"

#include <dlfcn.h>

/* Whoever connects is given none of these by the kernel. */
#define FIRST_PORT 61000
#define LAST_PORT 61999

/* It never gets further than the loopback interface. */
#define INTERFACE "lo"
#define HOPS 1

typedef gboolean (*BindFunc) (GSocket *socket,
                              GSocketAddress *address,
                              gboolean allow_reuse,
                              GError **error);

static gboolean
is_shared (GSocket *socket, GSocketAddress *address)
{
  if (g_socket_get_socket_type (socket) != G_SOCKET_TYPE_DATAGRAM ||
      !G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;
  const guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  return port >= FIRST_PORT && port <= LAST_PORT;
}

/**
 * g_socket_bind: (skip)
 * @socket: as in GIO
 * @address: as in GIO
 * @allow_reuse: as in GIO, but that ports of groups are always shared
 * @error: return location
 *
 * Returns: as GIO's own
 */
gboolean
g_socket_bind (GSocket *socket, GSocketAddress *address, gboolean allow_reuse, GError **error)
{
  static gsize theirs;

  if (g_once_init_enter (&theirs))
    g_once_init_leave (&theirs, (gsize)dlsym (RTLD_NEXT, G_STRFUNC));
  return ((BindFunc)theirs) (socket, address, allow_reuse || is_shared (socket, address), error);
}

/**
 * cg_sim_group_add_to:
 * @pool: where the server takes its addresses from
 * @rtsp_port: of the camera; no other on this machine has it
 */
void
cg_sim_group_add_to (GstRTSPAddressPool *pool, guint16 rtsp_port)
{
  g_autofree char *group = g_strdup_printf ("239.255.%d.%d", rtsp_port >> 8, rtsp_port & 255);

  gst_rtsp_address_pool_add_range (pool, group, group, FIRST_PORT, LAST_PORT, HOPS);
}

/**
 * cg_sim_group_configure:
 * @factory: of a stream that may be sent to a group
 */
void
cg_sim_group_configure (GstRTSPMediaFactory *factory)
{
  gst_rtsp_media_factory_set_multicast_iface (factory, INTERFACE);
}
