/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-server.h"

#include <string.h>

#include "cg-log.h"

/* Whoever writes a login into a query did not mean to have it shown. */
static void
refuse (GError **error, const char *text, const char *why)
{
  g_autofree char *shown = cg_log_uri (text);

  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "'%s%s", shown, why);
}

static gboolean
parse_port (const char *text, guint16 *port, GError **error)
{
  guint64 number = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL)) {
    g_autofree char *shown = cg_log_uri (text);
    g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "port '%s' is not 1 to 65535", shown);
    return FALSE;
  }
  *port = (guint16)number;
  return TRUE;
}

/* host, host:port, [v6], [v6]:port → the end of the host, and the port's text if there is one */
static gboolean
split_host (const char *text, char **host, const char **port, GError **error)
{
  const gboolean bracketed = text[0] == '[';
  const char *begin = bracketed ? text + 1 : text;
  const char *end = bracketed ? strchr (begin, ']') : begin + strcspn (begin, ":");
  const char *rest = end == NULL ? NULL : bracketed ? end + 1 : end;

  if (!bracketed && strchr (text, ':') != strrchr (text, ':')) {
    refuse (error, text, "': an IPv6 address goes into brackets");
    return FALSE;
  }
  if (end == NULL || end == begin || (*rest != '\0' && *rest != ':')) {
    refuse (error, text, "' is not host[:port]");
    return FALSE;
  }
  *host = g_strndup (begin, end - begin);
  *port = *rest == ':' ? rest + 1 : NULL;
  return TRUE;
}

/* Such a text is never shown: the login may stand anywhere in it. */
static gboolean
check_no_login (const char *text, GError **error)
{
  if (strchr (text, '@') == NULL)
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                       "a login goes into username and password");
  return FALSE;
}

static gboolean
check_host (const char *host, gboolean bracketed, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (bracketed &&
      (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)) {
    g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "'[%s]' is no IPv6 address", host);
    return FALSE;
  }
  gboolean is_plain = strpbrk (host, " /?#@\\\"<>%") == NULL;
  for (const char *at = host; *at != '\0'; at++)
    is_plain &= !g_ascii_iscntrl (*at);
  if (!is_plain) {
    refuse (error, host, "' is no host name");
    return FALSE;
  }
  return TRUE;
}

/**
 * cg_server_parse:
 * @text: `mqtt://host[:1883]`, `mqtts://host[:8883]`; an IPv6 address stands in brackets
 *
 * One entry of the setting `servers` (PROTOCOL.md section 1). Nothing but a single `/` may follow:
 * login, topics and files are settings of their own.
 *
 * Returns: (transfer full): the server, or %NULL with %CG_ERROR_INVALID_CONFIG
 */
CgServer *
cg_server_parse (const char *text, GError **error)
{
  const char *separator = strstr (text, "://");
  g_autofree char *scheme = separator == NULL ? NULL : g_ascii_strdown (text, separator - text);
  const gboolean tls = g_strcmp0 (scheme, "mqtts") == 0;

  if (!check_no_login (text, error))
    return NULL;
  if (!tls && g_strcmp0 (scheme, "mqtt") != 0) {
    refuse (error, text, "' does not begin with mqtt:// or mqtts://");
    return NULL;
  }

  g_autofree char *authority = g_strdup (separator + strlen ("://"));
  if (g_str_has_suffix (authority, "/"))
    authority[strlen (authority) - 1] = '\0';

  g_autoptr (CgServer) self = g_new0 (CgServer, 1);
  const char *port = NULL;
  self->tls = tls;
  self->port = tls ? CG_MQTTS_PORT : CG_MQTT_PORT;
  if (!split_host (authority, &self->host, &port, error) ||
      !check_host (self->host, authority[0] == '[', error))
    return NULL;
  if (port != NULL && !parse_port (port, &self->port, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cg_server_list_parse:
 * @text: servers, separated by `;` or `,`; empty entries are skipped
 *
 * Returns: (transfer full) (element-type CgServer): the servers in the order in which they are
 *   tried, maybe none, or %NULL with %CG_ERROR_INVALID_CONFIG
 */
GPtrArray *
cg_server_list_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_server_free);
  g_auto (GStrv) entries = g_strsplit_set (text, ";,", -1);

  if (!check_no_login (text, error))
    return NULL;
  for (guint i = 0; entries[i] != NULL; i++) {
    const char *entry = g_strstrip (entries[i]);
    if (*entry == '\0')
      continue;
    CgServer *server = cg_server_parse (entry, error);
    if (server == NULL)
      return NULL;
    g_ptr_array_add (servers, server);
  }
  return g_steal_pointer (&servers);
}

/**
 * cg_server_to_string:
 * @self: a server
 *
 * Returns: (transfer full): what cg_server_parse() reads, port included
 */
char *
cg_server_to_string (const CgServer *self)
{
  const gboolean v6 = strchr (self->host, ':') != NULL;

  return g_strdup_printf ("%s://%s%s%s:%u", self->tls ? "mqtts" : "mqtt", v6 ? "[" : "", self->host,
                          v6 ? "]" : "", (guint)self->port);
}

/**
 * cg_server_copy:
 * @self: a server
 *
 * Returns: (transfer full): the same again
 */
CgServer *
cg_server_copy (const CgServer *self)
{
  CgServer *copy = g_new0 (CgServer, 1);

  copy->host = g_strdup (self->host);
  copy->port = self->port;
  copy->tls = self->tls;
  return copy;
}

/**
 * cg_server_equal:
 * @a: a server
 * @b: another
 *
 * Returns: %TRUE if both lead to the same place in the same way
 */
gboolean
cg_server_equal (const CgServer *a, const CgServer *b)
{
  return a->port == b->port && a->tls == b->tls && g_ascii_strcasecmp (a->host, b->host) == 0;
}

/**
 * cg_server_free:
 * @self: (nullable) (transfer full): a server
 */
void
cg_server_free (CgServer *self)
{
  if (self == NULL)
    return;
  g_free (self->host);
  g_free (self);
}
