/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-discovery.h"

#include <netinet/in.h>
#include <string.h>

#include "cg-onvif-address.h"
#include "cg-onvif-discovery-message.h"
#include "cg-onvif-interface.h"
#include "cg-onvif-neighbour.h"
#include "cg-range.h"

#define DEFAULT_TIMEOUT_MS 2000

/* UDP loses: everything is said twice, the second time after this. */
#define REPEAT_MS 250

/* The largest UDP payload. */
#define MAX_DATAGRAM 65507

/* One probe under way. */
typedef struct {
  const CgOnvifProbe *options;
  GCancellable *cancellable; /* (nullable) */
  GPtrArray *sockets;        /* (owned) (element-type GSocket) one for each address we ask from */
  guint n_multicast;         /* of the sockets, from the first; the others ask targets */
  GPtrArray *targets;        /* (owned) (element-type GSocketAddress) asked directly */
  GPtrArray *groups;         /* (owned) (element-type GSocketAddress) at most one of each family */
  GPtrArray *found;          /* (owned) (element-type CgOnvifDiscovered) */
  struct soap *soap;         /* (owned) */
} Probe;

static guint16
get_port (const CgOnvifProbe *options)
{
  return options->port != 0 ? options->port : CG_ONVIF_DISCOVERY_PORT;
}

/* What goes to a group leaves by the interface of the own address. */
static void
choose_interface (GSocket *socket, GInetSocketAddress *own)
{
  const int fd = g_socket_get_fd (socket);

  if (g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV4) {
    struct in_addr interface;

    memcpy (&interface, g_inet_address_to_bytes (g_inet_socket_address_get_address (own)),
            sizeof interface);
    setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface);
  } else {
    const guint index = g_inet_socket_address_get_scope_id (own);

    setsockopt (fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index);
  }
  g_socket_set_multicast_loopback (socket, TRUE);
}

static GSocket *
open_socket (const char *own_address, GError **error)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (own_address, 0);

  if (address == NULL) {
    g_set_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "\"%s\" is no IP address", own_address);
    return NULL;
  }
  GSocket *socket = cg_onvif_interface_open_udp (address, FALSE, error);
  if (socket != NULL)
    choose_interface (socket, G_INET_SOCKET_ADDRESS (address));
  return socket;
}

/* That of the same family; (nullable) */
static GSocketAddress *
find_group (const Probe *probe, GSocket *socket)
{
  for (guint i = 0; i < probe->groups->len; i++) {
    if (g_socket_address_get_family (probe->groups->pdata[i]) == g_socket_get_family (socket))
      return probe->groups->pdata[i];
  }
  return NULL;
}

static gboolean
add_group (Probe *probe, const char *group, GError **error)
{
  GSocketAddress *address =
      g_inet_socket_address_new_from_string (group, get_port (probe->options));

  if (address == NULL) {
    g_set_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "\"%s\" is no multicast group", group);
    return FALSE;
  }
  g_ptr_array_add (probe->groups, address);
  return TRUE;
}

static gboolean
choose_groups (Probe *probe, GError **error)
{
  const char *group = probe->options->group;

  if (group != NULL)
    return group[0] == '\0' || add_group (probe, group, error);
  return add_group (probe, CG_ONVIF_DISCOVERY_GROUP, error) &&
         add_group (probe, CG_ONVIF_DISCOVERY_GROUP_V6, error);
}

/* One socket for each own address; an interface that has just gone is left out. */
static gboolean
open_multicast (Probe *probe, GError **error)
{
  g_auto (GStrv) addresses = NULL;

  if (!choose_groups (probe, error))
    return FALSE;
  addresses = cg_onvif_interface_list_addresses (probe->options->addresses);
  for (guint i = 0; probe->groups->len > 0 && addresses[i] != NULL; i++) {
    g_autoptr (GError) reason = NULL;
    g_autoptr (GSocket) socket = open_socket (addresses[i], &reason);

    if (socket == NULL)
      g_info ("discovery: not from %s: %s", addresses[i], reason->message);
    else if (find_group (probe, socket) != NULL)
      g_ptr_array_add (probe->sockets, g_steal_pointer (&socket));
  }
  probe->n_multicast = probe->sockets->len;
  return TRUE;
}

/* By IPv4, if it has that. A host that has no address now is no reason not to ask the others. */
static void
resolve_host (Probe *probe, const char *host)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GSocketAddress) other = NULL;
  g_autoptr (GSocketConnectable) connectable =
      g_network_address_parse (host, get_port (probe->options), &reason);
  g_autoptr (GSocketAddressEnumerator) addresses =
      connectable != NULL ? g_socket_connectable_enumerate (connectable) : NULL;

  while (addresses != NULL) {
    g_autoptr (GSocketAddress) address =
        g_socket_address_enumerator_next (addresses, probe->cancellable, &reason);

    if (address == NULL)
      break;
    if (g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV4 || other == NULL)
      g_set_object (&other, address);
    if (g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
      break;
  }
  if (other != NULL)
    g_ptr_array_add (probe->targets, g_steal_pointer (&other));
  else
    g_info ("discovery: not %s: %s", host, reason != NULL ? reason->message : "no address");
}

static gboolean
open_all (Probe *probe, GError **error)
{
  g_auto (GStrv) hosts = cg_range_expand_all (probe->options->hosts, error);

  if (hosts == NULL || !open_multicast (probe, error))
    return FALSE;
  GSocket *unicast = open_socket ("0.0.0.0", error);
  if (unicast == NULL)
    return FALSE;
  g_ptr_array_add (probe->sockets, unicast);
  GSocket *unicast_v6 = open_socket ("::", NULL); /* not every machine has it */
  if (unicast_v6 != NULL)
    g_ptr_array_add (probe->sockets, unicast_v6);
  for (guint i = 0; hosts[i] != NULL; i++)
    resolve_host (probe, hosts[i]);
  return TRUE;
}

static void
send_to (GSocket *socket, GSocketAddress *target, const char *text)
{
  g_autoptr (GError) reason = NULL;

  if (g_socket_send_to (socket, target, text, strlen (text), NULL, &reason) < 0)
    g_info ("discovery: %s", reason->message);
}

static void
ask_target (const Probe *probe, GSocketAddress *target, const char *text)
{
  for (guint i = probe->n_multicast; i < probe->sockets->len; i++) {
    if (g_socket_get_family (probe->sockets->pdata[i]) == g_socket_address_get_family (target))
      send_to (probe->sockets->pdata[i], target, text);
  }
}

/* All three questions (Q15) to everybody. */
static void
ask (Probe *probe)
{
  for (guint kind = 0; kind < CG_ONVIF_N_PROBE_KINDS; kind++) {
    g_autofree char *text = cg_onvif_discovery_write_probe (probe->soap, kind);

    for (guint i = 0; i < probe->n_multicast; i++)
      send_to (probe->sockets->pdata[i], find_group (probe, probe->sockets->pdata[i]), text);
    for (guint i = 0; i < probe->targets->len; i++)
      ask_target (probe, probe->targets->pdata[i], text);
  }
}

/* Takes everything that has come. What is no answer to us is skipped: anybody may send. */
static void
receive (Probe *probe, GSocket *socket, char *buffer)
{
  for (;;) {
    g_autoptr (GSocketAddress) source = NULL;
    const gssize n = g_socket_receive_from (socket, &source, buffer, MAX_DATAGRAM, NULL, NULL);

    if (n <= 0)
      return;
    buffer[n] = '\0';
    g_autofree char *address = cg_onvif_interface_write_source (source);
    cg_onvif_discovery_read_matches (probe->soap, buffer, address, probe->found);
  }
}

/* Waits for answers until @until_us. FALSE: cancelled. */
static gboolean
listen_until (Probe *probe, gint64 until_us, char *buffer)
{
  const guint n = probe->sockets->len;
  g_autofree GPollFD *fds = g_new0 (GPollFD, n + 1);
  const gboolean can_cancel = g_cancellable_make_pollfd (probe->cancellable, &fds[n]);

  for (guint i = 0; i < n; i++) {
    fds[i].fd = g_socket_get_fd (g_ptr_array_index (probe->sockets, i));
    fds[i].events = G_IO_IN;
  }
  while (!g_cancellable_is_cancelled (probe->cancellable)) {
    const gint64 left_us = until_us - g_get_monotonic_time ();

    if (left_us <= 0)
      break;
    g_poll (fds, can_cancel ? n + 1 : n, (int)(left_us / 1000) + 1);
    for (guint i = 0; i < n; i++)
      receive (probe, g_ptr_array_index (probe->sockets, i), buffer);
  }
  if (can_cancel)
    g_cancellable_release_fd (probe->cancellable);
  return !g_cancellable_is_cancelled (probe->cancellable);
}

static gboolean
run (Probe *probe, GError **error)
{
  const guint timeout_ms =
      probe->options->timeout_ms != 0 ? probe->options->timeout_ms : DEFAULT_TIMEOUT_MS;
  const gint64 start_us = g_get_monotonic_time ();
  const gint64 end_us = start_us + (gint64)timeout_ms * 1000;
  g_autofree char *buffer = g_malloc (MAX_DATAGRAM + 1);

  if (!open_all (probe, error))
    return FALSE;
  ask (probe);
  gboolean go_on = listen_until (probe, MIN (start_us + REPEAT_MS * 1000, end_us), buffer);
  if (go_on && timeout_ms > REPEAT_MS) {
    ask (probe);
    go_on = listen_until (probe, end_us, buffer);
  }
  if (!go_on)
    g_set_error_literal (error, CG_ERROR, CG_ERROR_CANCELLED, "the discovery was given up");
  for (guint i = 0; i < probe->found->len; i++) {
    CgOnvifDiscovered *discovered = g_ptr_array_index (probe->found, i);

    discovered->mac = cg_onvif_neighbour_find_in_thread (discovered->address);
  }
  return go_on;
}

/**
 * cg_onvif_discovery_probe_in_thread:
 * @options: whom to ask and how long to wait for answers; a range that is none is a
 *   %CG_ERROR_INVALID_CONFIG
 * @cancellable: (nullable): ends it early with %CG_ERROR_CANCELLED
 * @error: return location
 *
 * Core Specification, 7.3.3 "Probe and Probe Match": asks on every interface for
 * dn:NetworkVideoTransmitter, for tds:Device and for anything, and the listed hosts directly (Q15);
 * by IPv4, and by IPv6 those of the same link (WS-Discovery of April 2005, 2.4).
 *
 * Returns: (transfer full) (element-type CgOnvifDiscovered) (nullable): the cameras that answered,
 *   each once
 */
GPtrArray *
cg_onvif_discovery_probe_in_thread (const CgOnvifProbe *options,
                                    GCancellable *cancellable,
                                    GError **error)
{
  Probe probe = {
      .options = options,
      .cancellable = cancellable,
      .sockets = g_ptr_array_new_with_free_func (g_object_unref),
      .targets = g_ptr_array_new_with_free_func (g_object_unref),
      .groups = g_ptr_array_new_with_free_func (g_object_unref),
      .found = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_discovered_free),
      .soap = cg_onvif_soap_new (),
  };

  if (!run (&probe, error))
    g_clear_pointer (&probe.found, g_ptr_array_unref);
  g_ptr_array_unref (probe.sockets);
  g_ptr_array_unref (probe.targets);
  g_ptr_array_unref (probe.groups);
  cg_onvif_soap_free (probe.soap);
  return probe.found;
}

/* The first XAddr that is an http address, of @host if that is not %NULL. */
static const char *
find_xaddr (const CgOnvifDiscovered *self, const char *host)
{
  for (guint i = 0; self->xaddrs != NULL && self->xaddrs[i] != NULL; i++) {
    g_autoptr (CgOnvifAddress) address = cg_onvif_address_parse (self->xaddrs[i], NULL);

    if (address != NULL && (host == NULL || strcmp (address->host, host) == 0))
      return self->xaddrs[i];
  }
  return NULL;
}

/**
 * cg_onvif_discovered_get_service_address:
 * @self: a camera
 *
 * The XAddr with the host from which it answered; else its first one with that host put in, which
 * is true where the XAddr may be stale (Q16).
 *
 * Returns: (transfer full): the URL of its device service
 */
char *
cg_onvif_discovered_get_service_address (const CgOnvifDiscovered *self)
{
  const char *same = find_xaddr (self, self->address);
  const char *any = find_xaddr (self, NULL);
  g_autofree char *reached = cg_onvif_address_normalise (self->address, NULL);
  g_autofree char *repaired =
      same == NULL && any != NULL ? cg_onvif_address_repair_stream (any, reached) : NULL;
  const char *best = same != NULL ? same : repaired;
  char *url = best != NULL ? cg_onvif_address_normalise (best, NULL) : NULL;

  return url != NULL ? url : g_steal_pointer (&reached);
}

/**
 * cg_onvif_discovered_free:
 * @self: (transfer full) (nullable): a camera
 */
void
cg_onvif_discovered_free (CgOnvifDiscovered *self)
{
  if (self == NULL)
    return;
  g_free (self->endpoint);
  g_free (self->address);
  g_strfreev (self->xaddrs);
  g_strfreev (self->types);
  g_strfreev (self->scopes);
  g_free (self->name);
  g_free (self->hardware);
  g_free (self->mac);
  g_free (self);
}
