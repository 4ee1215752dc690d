/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-pull-way.h"

#include <gio/gio.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#include "cg-launch.h"
#include "cg-rtsp-src.h"
#include "cg-rtsp-url.h"

typedef struct {
  const char *name;       /* for a person */
  const char *pipeline;   /* of pipelines/ */
  const char *schemes[2]; /* of an address, without and with TLS */
  gboolean is_tunnel;     /* HTTP comes before RTSP */
  gboolean joins;         /* a group, on one of our interfaces */
} Way;

static const Way ways[] = {
    [CG_TRANSPORT_AUTO] = {"TCP", "pull-tcp", {"rtsp", "rtsps"}},
    [CG_TRANSPORT_TCP] = {"TCP", "pull-tcp", {"rtsp", "rtsps"}},
    [CG_TRANSPORT_UDP] = {"UDP", "pull-rtsp-udp", {"rtsp", "rtsps"}},
    [CG_TRANSPORT_MULTICAST] = {"multicast",
                                "pull-rtsp-multicast",
                                {"rtsp", "rtsps"},
                                .joins = TRUE},
    [CG_TRANSPORT_HTTP] = {"HTTP", "pull-rtsp-http", {"rtsph", "rtspsh"}, .is_tunnel = TRUE},
};

G_STATIC_ASSERT (G_N_ELEMENTS (ways) == CG_N_TRANSPORTS);

/**
 * cg_pull_way_get_name:
 * @transport: of RTP
 *
 * Returns: what a person calls it
 */
const char *
cg_pull_way_get_name (CgTransport transport)
{
  return ways[transport].name;
}

/**
 * cg_pull_way_is_tunnel:
 * @transport: of RTP
 *
 * Returns: whether an HTTP server comes before the RTSP server, and may want the login, too
 */
gboolean
cg_pull_way_is_tunnel (CgTransport transport)
{
  return ways[transport].is_tunnel;
}

/**
 * cg_pull_way_build:
 * @transport: of RTP
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a pipeline with a `source`
 */
GstElement *
cg_pull_way_build (CgTransport transport, GError **error)
{
  return cg_launch_build (ways[transport].pipeline, error);
}

/* What lies behind the scheme is the camera's. */
static char *
make_location (const Way *way, const char *location)
{
  const char *rest = strstr (location, "://");
  const gboolean is_tls = g_ascii_strncasecmp (location, "rtsps", strlen ("rtsps")) == 0;

  return rest != NULL ? g_strconcat (way->schemes[is_tls], rest, NULL) : g_strdup (location);
}

/* Returns: (transfer full) (nullable): our own address on the way there; nothing is sent */
static GInetAddress *
find_own_address (const char *host)
{
  g_autoptr (GSocketAddress) peer = g_inet_socket_address_new_from_string (host, 1);
  g_autoptr (GSocketAddress) own = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (peer != NULL)
    socket = g_socket_new (g_socket_address_get_family (peer), G_SOCKET_TYPE_DATAGRAM,
                           G_SOCKET_PROTOCOL_UDP, NULL);
  if (socket != NULL && g_socket_connect (socket, peer, NULL, NULL))
    own = g_socket_get_local_address (socket, NULL);
  return own != NULL
             ? g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (own)))
             : NULL;
}

static gboolean
is_address (const struct sockaddr *native, GInetAddress *address)
{
  const gboolean is_v6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
  const gconstpointer bytes =
      is_v6 ? (gconstpointer) & ((const struct sockaddr_in6 *)native)->sin6_addr
            : (gconstpointer) & ((const struct sockaddr_in *)native)->sin_addr;

  return native->sa_family == (int)g_inet_address_get_family (address) &&
         memcmp (bytes, g_inet_address_to_bytes (address),
                 g_inet_address_get_native_size (address)) == 0;
}

/* Left to itself the kernel joins where its route to the group leads, which is another network
 * where cameras have one of their own. A camera with a name is left to the kernel: looking names up
 * takes time. */
static char *
find_interface (const char *location)
{
  g_autoptr (CgRtspUrl) url = cg_rtsp_url_parse (location, NULL);
  g_autoptr (GInetAddress) own = url != NULL ? find_own_address (url->host) : NULL;
  struct ifaddrs *interfaces = NULL;
  char *name = NULL;

  if (own == NULL || getifaddrs (&interfaces) != 0)
    return NULL;
  for (const struct ifaddrs *next = interfaces; next != NULL && name == NULL;
       next = next->ifa_next) {
    if (next->ifa_addr != NULL && is_address (next->ifa_addr, own))
      name = g_strdup (next->ifa_name);
  }
  freeifaddrs (interfaces);
  return name;
}

/**
 * cg_pull_way_apply:
 * @transport: of RTP
 * @source: of a pipeline for it, not started
 * @location: an RTSP address without a login (Q26)
 */
void
cg_pull_way_apply (CgTransport transport, GstElement *source, const char *location)
{
  const Way *way = &ways[transport];
  g_autofree char *address = make_location (way, location);
  g_autofree char *interface = way->joins ? find_interface (location) : NULL;

  g_object_set (source, "location", address, NULL);
  if (interface != NULL)
    g_object_set (source, "multicast-iface", interface, NULL);
}

/**
 * cg_pull_way_request_key:
 * @source: of a pipeline
 *
 * Asks the camera for a key frame, by RTCP (Q13). rtspsrc understands GStreamer's event and tells
 * the camera with its next report, but hears nothing before there are pads, and forgets what it
 * hears before it knows the sender.
 *
 * Returns: whether that is certain
 */
gboolean
cg_pull_way_request_key (GstElement *source)
{
  g_autoptr (GstObject) pipeline = gst_object_get_parent (GST_OBJECT (source));

  if (CG_IS_RTSP_SRC (source)) {
    cg_rtsp_src_request_key (CG_RTSP_SRC (source));
    return TRUE;
  }
  GstStructure *request = gst_structure_new ("GstForceKeyUnit", "all-headers", G_TYPE_BOOLEAN, TRUE,
                                             "count", G_TYPE_UINT, 0, NULL);
  gst_element_send_event (GST_ELEMENT (pipeline),
                          gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, request));
  return FALSE;
}
