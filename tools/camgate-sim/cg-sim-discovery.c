/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-discovery.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "cg-sim-probe.h"

#define GROUP "239.255.255.250"
#define MAX_DATAGRAM 65536

/* Listens for all cameras of one address and port, since a unicast datagram reaches one socket. */
typedef struct {
  char *key;
  GPtrArray *cameras;  /* (owned) (element-type CgSimState) unowned states */
  GSocket *sockets[2]; /* multicast, unicast */
  GSource *sources[2];
} Responder;

struct _CgSimDiscovery {
  CgSimState *state;    /* (unowned) */
  Responder *responder; /* (unowned) (nullable) of the table */
};

static GHashTable *responders; /* (owned) key → Responder; used by the loop's thread alone */

static void
responder_free (gpointer data)
{
  Responder *responder = data;

  for (gsize i = 0; i < G_N_ELEMENTS (responder->sockets); i++) {
    if (responder->sources[i] != NULL)
      g_source_destroy (responder->sources[i]);
    g_clear_pointer (&responder->sources[i], g_source_unref);
    g_clear_object (&responder->sockets[i]);
  }
  g_ptr_array_unref (responder->cameras);
  g_free (responder->key);
  g_free (responder);
}

static void
answer (CgSimState *state, GSocket *socket, GSocketAddress *from, const CgSimProbe *probe)
{
  g_autofree char *text = cg_sim_probe_answer (probe, state);

  if (text != NULL)
    g_socket_send_to (socket, from, text, strlen (text), NULL, NULL);
}

static gboolean
on_datagram (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Responder *responder = user_data;
  GSocket *sender = responder->sockets[1];
  g_autofree char *text = g_malloc (MAX_DATAGRAM + 1);
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (CgSimProbe) probe = NULL;
  const gssize length = g_socket_receive_from (socket, &from, text, MAX_DATAGRAM, NULL, NULL);

  if (length <= 0)
    return G_SOURCE_CONTINUE;
  text[length] = '\0';
  probe = cg_sim_probe_parse (text);
  if (probe != NULL)
    probe->is_to_group = socket == responder->sockets[0];
  for (guint i = 0; probe != NULL && i < responder->cameras->len; i++)
    answer (g_ptr_array_index (responder->cameras, i), sender, from, probe);
  return G_SOURCE_CONTINUE;
}

static gboolean
join_group (GSocket *socket, const char *listen, GError **error)
{
  struct ip_mreq membership = {0};
  const int off = 0;

  inet_pton (AF_INET, GROUP, &membership.imr_multiaddr);
  inet_pton (AF_INET, listen, &membership.imr_interface);
  /* Not what others on this machine have joined on other interfaces. */
  setsockopt (g_socket_get_fd (socket), IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
  if (setsockopt (g_socket_get_fd (socket), IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership,
                  sizeof membership) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot join %s on %s: %s", GROUP, listen,
               g_strerror (errno));
  return FALSE;
}

static GSocket *
make_socket (const char *address, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) bound = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);

  if (socket == NULL || !g_socket_bind (socket, bound, TRUE, error)) {
    g_prefix_error (error, "discovery at %s:%u: ", address, port);
    return NULL;
  }
  g_socket_set_blocking (socket, FALSE);
  return g_steal_pointer (&socket);
}

static gboolean
open_sockets (Responder *self, const CgSimOptions *options, GError **error)
{
  self->sockets[0] = make_socket (GROUP, options->discovery_port, error);
  if (self->sockets[0] == NULL || !join_group (self->sockets[0], options->listen, error))
    return FALSE;
  self->sockets[1] = make_socket (options->listen, options->discovery_port, error);
  if (self->sockets[1] == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (self->sockets); i++) {
    self->sources[i] = g_socket_create_source (self->sockets[i], G_IO_IN, NULL);
    g_source_set_callback (self->sources[i], G_SOURCE_FUNC (on_datagram), self, NULL);
    g_source_attach (self->sources[i], g_main_context_get_thread_default ());
  }
  return TRUE;
}

static Responder *
find_responder (const CgSimOptions *options, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s:%u", options->listen, options->discovery_port);
  Responder *responder;

  if (responders == NULL)
    responders = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, responder_free);
  responder = g_hash_table_lookup (responders, key);
  if (responder != NULL)
    return responder;
  responder = g_new0 (Responder, 1);
  responder->key = g_steal_pointer (&key);
  responder->cameras = g_ptr_array_new ();
  g_hash_table_insert (responders, responder->key, responder);
  if (open_sockets (responder, options, error))
    return responder;
  g_hash_table_remove (responders, responder->key);
  return NULL;
}

/* To all who listen; nobody answers (Core Specification, 7.3.4 and 7.3.5). */
static void
announce (Responder *responder, const CgSimOptions *options, const char *text)
{
  GSocket *sender = responder->sockets[1];
  g_autoptr (GSocketAddress) group =
      g_inet_socket_address_new_from_string (GROUP, options->discovery_port);
  struct in_addr interface = {0};

  inet_pton (AF_INET, options->listen, &interface);
  setsockopt (g_socket_get_fd (sender), IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface);
  g_socket_send_to (sender, group, text, strlen (text), NULL, NULL);
}

/**
 * cg_sim_discovery_new:
 * @state: (transfer none): the camera; outlives this
 *
 * Returns: (transfer full): the WS-Discovery side of a camera. Start and free it in one thread
 */
CgSimDiscovery *
cg_sim_discovery_new (CgSimState *state)
{
  CgSimDiscovery *self = g_new0 (CgSimDiscovery, 1);

  self->state = state;
  return self;
}

/**
 * cg_sim_discovery_free:
 * @self: (transfer full) (nullable): answers no more; in the thread that started it
 */
void
cg_sim_discovery_free (CgSimDiscovery *self)
{
  Responder *responder;

  if (self == NULL)
    return;
  responder = self->responder;
  if (responder != NULL) {
    g_autofree char *bye = cg_sim_probe_bye (self->state);

    announce (responder, &self->state->options, bye);
    g_ptr_array_remove (responder->cameras, self->state);
    if (responder->cameras->len == 0)
      g_hash_table_remove (responders, responder->key);
  }
  if (responders != NULL && g_hash_table_size (responders) == 0)
    g_clear_pointer (&responders, g_hash_table_unref);
  g_free (self);
}

/**
 * cg_sim_discovery_start:
 * @self: the discovery side
 *
 * Answers probes from now on, on the thread-default context: those to the group on the interface
 * that has the camera's address, and those to this address (Core Specification, 7). Says hello
 * now, and goodbye when it is freed.
 */
gboolean
cg_sim_discovery_start (CgSimDiscovery *self, GError **error)
{
  self->responder = find_responder (&self->state->options, error);
  if (self->responder == NULL)
    return FALSE;
  g_ptr_array_add (self->responder->cameras, self->state);
  g_autofree char *hello = cg_sim_probe_hello (self->state);
  announce (self->responder, &self->state->options, hello);
  return TRUE;
}
