/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gio/gio.h>
#include <string.h>

#include "cg-config.h"

/* RFC 2326, 3.2 */
#define RTSP_PORT 554

/**
 * cg_restream_config_get_place:
 * @self: with a URL
 * @address: (out) (transfer full): an IP address
 * @port: (out): where it listens
 * @error: return location
 *
 * Returns: %FALSE with %CG_ERROR_INVALID_CONFIG if the URL is none that can be listened at
 */
gboolean
cg_restream_config_get_place (const CgRestreamConfig *self,
                              char **address,
                              guint16 *port,
                              GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (self->url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  const int given = uri != NULL ? g_uri_get_port (uri) : -1;

  if (host == NULL || g_strcmp0 (g_uri_get_scheme (uri), "rtsp") != 0 ||
      !g_hostname_is_ip_address (host) || strlen (g_uri_get_path (uri)) > 1 ||
      g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL || given == 0) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                         "is no rtsp://address:port with an IP address of this box, or 0.0.0.0; a "
                         "login goes into restream-user and restream-password");
    return FALSE;
  }
  *address = g_strdup (host);
  *port = given > 0 ? (guint16)given : RTSP_PORT;
  return TRUE;
}

/**
 * cg_restream_config_settle:
 * @self: with a URL
 * @error: return location
 *
 * Whoever reaches a box on a LAN must not see its cameras for that alone.
 *
 * Returns: %FALSE with %CG_ERROR_INVALID_CONFIG, whose message says what is wrong
 */
gboolean
cg_restream_config_settle (const CgRestreamConfig *self, GError **error)
{
  g_autofree char *address = NULL;
  guint16 port;

  if (!cg_restream_config_get_place (self, &address, &port, error))
    return FALSE;
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  const gboolean is_loopback = inet != NULL && g_inet_address_get_is_loopback (inet);
  const gboolean has_login = self->username != NULL && self->password != NULL;
  const gboolean has_none = self->username == NULL && self->password == NULL;
  if (has_login || (has_none && is_loopback))
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                       "restream-user or restream-password is missing");
  return FALSE;
}
