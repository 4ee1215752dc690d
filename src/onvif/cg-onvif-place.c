/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-place.h"

#include <gio/gio.h>
#include <string.h>

#include "cg-onvif-session-private.h"

/* Where cameras have ONVIF, the likeliest first (Q30). */
static const guint16 ladder[] = {80, 8899, 2020, 8000, 8999, 6688, 5000};

/* The port that worked last, and the ladder. */
#define MAX_PORTS (G_N_ELEMENTS (ladder) + 1)

/* A port that is open answers within a round trip; one behind a filter never does. */
#define KNOCK_MS 1000

/* GetSystemDateAndTime is the cheapest question there is. */
#define ASK_MS 1500

/* All of the search: what remains of a contact's time is for the contact. */
#define SEARCH_MS 5000

/* What lives at a port. */
typedef enum {
  TENANT_NOBODY, /* no ONVIF */
  TENANT_MAYBE,  /* wants a login before it says anything */
  TENANT_ONVIF,
} Tenant;

/* One search. */
typedef struct {
  CgOnvifSession *self;
  GInetAddress *host;
  gint64 until_us;
  guint16 ports[MAX_PORTS];
  gboolean open[MAX_PORTS];
  guint n_ports;
  guint16 maybe; /* 0: none */
} Search;

static gboolean
names_port (const char *address)
{
  const gsize length = strcspn (address, "/");
  g_autofree char *authority = g_strndup (address, length);
  const char *at = strrchr (authority, '@');
  const char *host = at != NULL ? at + 1 : authority;
  const char *bracket = strrchr (host, ']');

  if (strstr (address, "://") != NULL)
    return TRUE;
  return strchr (bracket != NULL ? bracket : host, ':') != NULL && !g_hostname_is_ip_address (host);
}

static CgOnvifAddress *
parse_place (const CgOnvifSession *self)
{
  const char *url = self->xaddrs[CG_ONVIF_SERVICE_DEVICE];

  return url != NULL ? cg_onvif_address_parse (url, NULL) : NULL;
}

static void
set_url (CgOnvifSession *self, const char *url)
{
  char *copy = g_strdup (url);

  g_free (self->xaddrs[CG_ONVIF_SERVICE_DEVICE]);
  self->xaddrs[CG_ONVIF_SERVICE_DEVICE] = copy;
}

static void
set_port (CgOnvifSession *self, guint16 port)
{
  g_autoptr (CgOnvifAddress) place = parse_place (self);

  place->port = port;
  g_autofree char *authority = cg_onvif_address_get_authority (place);
  g_autofree char *url = g_strconcat ("http://", authority, place->target, NULL);
  set_url (self, url);
}

/**
 * cg_onvif_session_set_address:
 * @self: a session that is not in use
 * @address: where the camera is: host, host:port or URL
 *
 * The camera has moved (Q16): login and clock stay known, where its services are does not. Nothing
 * happens when this was the address already.
 */
void
cg_onvif_session_set_address (CgOnvifSession *self, const char *address)
{
  if (g_strcmp0 (address, self->given) == 0)
    return;
  g_free (self->given);
  self->given = g_strdup (address);
  self->last_port = 0;
  self->is_placed = FALSE;
  self->is_connected = FALSE;
  g_free (self->xaddrs[CG_ONVIF_SERVICE_DEVICE]);
  self->xaddrs[CG_ONVIF_SERVICE_DEVICE] = cg_onvif_address_normalise (address, NULL);
}

/**
 * cg_onvif_session_doubt_address:
 * @self: a session that is not in use, whose camera did not answer
 *
 * When nobody has told the port it is looked for again at the next contact (Q30).
 */
void
cg_onvif_session_doubt_address (CgOnvifSession *self)
{
  self->is_placed = FALSE;
}

/**
 * cg_onvif_session_suggest_port:
 * @self: a session that was not connected yet
 * @address: (nullable): URL at which the camera was reached some time ago
 *
 * Its port is tried first when nobody has told one (Q30).
 */
void
cg_onvif_session_suggest_port (CgOnvifSession *self, const char *address)
{
  g_autoptr (CgOnvifAddress) place = parse_place (self);
  g_autoptr (CgOnvifAddress) learnt =
      address != NULL ? cg_onvif_address_parse (address, NULL) : NULL;

  if (place != NULL && learnt != NULL && !learnt->tls && strcmp (place->host, learnt->host) == 0)
    self->last_port = learnt->port;
}

static GSocket *
begin_to_connect (GInetAddress *host, guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (host, port);
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (host), G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GError) reason = NULL;

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  if (g_socket_connect (socket, address, NULL, &reason) ||
      g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_PENDING))
    return g_steal_pointer (&socket);
  return NULL;
}

/* Knocks at the ports from @first to before @end at the same time: those that nobody answers cost
 * their time once. */
static void
knock (Search *search, guint first, guint end)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  GPollFD fds[MAX_PORTS] = {{0}};
  guint places[MAX_PORTS] = {0};
  const gint64 until_us =
      MIN (search->until_us, g_get_monotonic_time () + KNOCK_MS * G_TIME_SPAN_MILLISECOND);

  for (guint i = first; i < end; i++) {
    GSocket *socket = begin_to_connect (search->host, search->ports[i]);

    if (socket == NULL)
      continue;
    fds[sockets->len] = (GPollFD){.fd = g_socket_get_fd (socket), .events = G_IO_OUT};
    places[sockets->len] = i;
    g_ptr_array_add (sockets, socket);
  }
  for (guint waiting = sockets->len; waiting > 0;) {
    const gint64 left_us = until_us - g_get_monotonic_time ();

    if (left_us <= 0 || g_poll (fds, sockets->len, (int)(left_us / 1000) + 1) <= 0)
      return;
    for (guint i = 0; i < sockets->len; i++) {
      if (fds[i].fd < 0 || fds[i].revents == 0)
        continue;
      search->open[places[i]] = g_socket_check_connect_result (sockets->pdata[i], NULL);
      fds[i].fd = -1; /* poll() skips it from now on */
      waiting--;
    }
  }
}

static Tenant
judge (const CgOnvifSession *self, const GError *reason)
{
  if (g_error_matches (reason, CG_ERROR, CG_ERROR_UNREACHABLE) ||
      g_error_matches (reason, CG_ERROR, CG_ERROR_TIMED_OUT) || self->fault == NULL)
    return TENANT_NOBODY;
  if (self->fault->codes[0] != NULL)
    return TENANT_ONVIF;
  return g_error_matches (reason, CG_ERROR, CG_ERROR_LOGIN_REFUSED) ? TENANT_MAYBE : TENANT_NOBODY;
}

/* Asks who is there, without any login: it may be anybody. */
static Tenant
ask (Search *search, guint16 port, GError **error)
{
  CgOnvifSession *self = search->self;
  const guint timeout_ms = self->timeout_ms;
  g_autoptr (GError) reason = NULL;

  set_port (self, port);
  self->timeout_ms = MIN (ASK_MS, timeout_ms);
  self->is_connecting = TRUE;
  CgOnvifSpan *span = cg_onvif_span_begin (self);
  const gboolean is_told = cg_onvif_session_measure_clock_anonymously (self, &reason);
  const Tenant tenant = is_told ? TENANT_ONVIF : judge (self, reason);
  cg_onvif_span_end (span);
  self->is_connecting = FALSE;
  self->timeout_ms = timeout_ms;
  if (g_error_matches (reason, CG_ERROR, CG_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&reason));
  return tenant;
}

/* TRUE: found, and set. FALSE without error: go on. */
static gboolean
try_ports (Search *search, guint first, guint end, GError **error)
{
  knock (search, first, end);
  for (guint i = first; i < end; i++) {
    g_autoptr (GError) reason = NULL;

    if (!search->open[i] || g_get_monotonic_time () >= search->until_us)
      continue;
    const Tenant tenant = ask (search, search->ports[i], &reason);
    if (reason != NULL) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
    search->self->is_placed = tenant == TENANT_ONVIF;
    if (search->self->is_placed)
      return TRUE;
    if (tenant == TENANT_MAYBE && search->maybe == 0)
      search->maybe = search->ports[i];
  }
  return FALSE;
}

/* The usual port alone first: most cameras are not knocked at elsewhere. */
static gboolean
search_ports (Search *search, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (try_ports (search, 0, 1, &reason) ||
      (reason == NULL && try_ports (search, 1, search->n_ports, &reason)))
    return TRUE;
  if (reason != NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  set_port (search->self, search->maybe != 0 ? search->maybe : search->ports[0]);
  return TRUE;
}

static void
list_ports (Search *search)
{
  const guint16 last = search->self->last_port;

  if (last != 0)
    search->ports[search->n_ports++] = last;
  for (guint i = 0; i < G_N_ELEMENTS (ladder); i++) {
    if (ladder[i] != last)
      search->ports[search->n_ports++] = ladder[i];
  }
}

static GInetAddress *
resolve (const char *host)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autolist (GInetAddress) addresses = g_resolver_lookup_by_name (resolver, host, NULL, NULL);

  return addresses != NULL ? g_object_ref (addresses->data) : NULL;
}

/**
 * cg_onvif_session_find_port_in_thread:
 * @self: a session outside any call
 * @error: return location for a %CG_ERROR_CANCELLED
 *
 * Looks for the port at which the camera speaks ONVIF, when only an address is known (Q30):
 * whoever answers GetSystemDateAndTime, without a login. A port that nobody answers is given up
 * after a second, the whole after five. Nothing found: the usual port, whose error then tells why.
 *
 * Returns: %FALSE when it was aborted
 */
gboolean
cg_onvif_session_find_port_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifAddress) place = parse_place (self);

  if (self->is_connected || self->is_placed || place == NULL || names_port (self->given))
    return TRUE;
  g_autoptr (GInetAddress) host = resolve (place->host);
  if (host == NULL)
    return TRUE;
  Search search = {
      .self = self,
      .host = host,
      .until_us = g_get_monotonic_time () + SEARCH_MS * G_TIME_SPAN_MILLISECOND,
  };
  list_ports (&search);
  if (!search_ports (&search, error))
    return FALSE;
  g_autoptr (CgOnvifAddress) found = parse_place (self);
  self->last_port = found->port;
  return TRUE;
}
