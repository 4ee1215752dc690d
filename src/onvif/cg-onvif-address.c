/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-address.h"

#include <stdlib.h>
#include <string.h>

/* More pictures than any recorder has. */
#define MAX_CHANNEL 4096

/* RTSP does not live on the port of HTTP, whatever GetStreamUri says (Q29). */
#define HTTP_PORT 80

/* The three parts of scheme://[userinfo@]authority/target, as slices of the text they came from. */
typedef struct {
  char *scheme;    /* lower case */
  char *authority; /* host and port as written, userinfo taken off */
  char *target;    /* path, query; at least "/" */
} CgOnvifUrl;

static void
cg_onvif_url_clear (CgOnvifUrl *self)
{
  g_free (self->scheme);
  g_free (self->authority);
  g_free (self->target);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CgOnvifUrl, cg_onvif_url_clear)

/* GUri refuses much of what cameras and people write ("host:554:554", "|" in a query), so by hand.
 */
static gboolean
url_split (const char *text, CgOnvifUrl *url)
{
  const char *colon = strstr (text, "://");

  if (colon == NULL || colon == text)
    return FALSE;
  const char *start = colon + 3;
  const gsize length = strcspn (start, "/?#");
  g_autofree char *authority = g_strndup (start, length);
  const char *at = strrchr (authority, '@');
  const gsize target_length = strcspn (start + length, "#");
  g_autofree char *target = g_strndup (start + length, target_length);

  url->scheme = g_ascii_strdown (text, colon - text);
  url->authority = g_strdup (at != NULL ? at + 1 : authority);
  url->target = target[0] == '/' ? g_steal_pointer (&target) : g_strconcat ("/", target, NULL);
  return TRUE;
}

static gboolean
is_http (const CgOnvifUrl *url)
{
  return strcmp (url->scheme, "http") == 0 || strcmp (url->scheme, "https") == 0;
}

/* "fe80::1" and "fe80::1%eth0" as well. */
static gboolean
is_ip_address (const char *authority)
{
  g_autofree char *address = g_strndup (authority, strcspn (authority, "%"));

  return g_hostname_is_ip_address (address);
}

/* Takes "host", "host:port", "[v6]:port" or a bare IPv6 address apart; port 0: none or nonsense.
 * Of two ports ("host:554:554", Q29) the first counts. */
static char *
authority_split (const char *authority, guint16 *port)
{
  const char *bracket = authority[0] == '[' ? strchr (authority, ']') : NULL;
  const char *colon = strchr (bracket != NULL ? bracket : authority, ':');
  const gboolean bare_ipv6 = bracket == NULL && is_ip_address (authority);

  *port = 0;
  if (bare_ipv6)
    return g_strdup (authority);
  if (colon != NULL) {
    char *end = NULL;
    const unsigned long number = strtoul (colon + 1, &end, 10);

    *port = end != colon + 1 && (*end == '\0' || *end == ':') && number <= G_MAXUINT16
                ? (guint16)number
                : 0;
  }
  if (bracket != NULL)
    return g_strndup (authority + 1, bracket - authority - 1);
  return colon != NULL ? g_strndup (authority, colon - authority) : g_strdup (authority);
}

static char *
authority_join (const char *host, guint16 port)
{
  const gboolean ipv6 = strchr (host, ':') != NULL;

  if (port == 0)
    return ipv6 ? g_strdup_printf ("[%s]", host) : g_strdup (host);
  return g_strdup_printf (ipv6 ? "[%s]:%u" : "%s:%u", host, port);
}

static gboolean
host_is_sane (const char *host)
{
  static const char *const allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "-._:%";

  return host[0] != '\0' && (strspn (host, allowed) == strlen (host) || !g_str_is_ascii (host));
}

/* Whether the part after the colon is there and is no port: a typing mistake, not a missing port.
 */
static gboolean
port_is_broken (const char *authority, guint16 port)
{
  const char *bracket = strchr (authority, ']');
  const char *colon = strrchr (bracket != NULL ? bracket : authority, ':');

  return colon != NULL && port == 0 && !is_ip_address (authority);
}

/**
 * cg_onvif_address_get_channel:
 * @address: as people write it
 *
 * "host/2" and "host:port/2" mean the second picture of that device (Q60). In a URL a number is a
 * path like any other.
 *
 * Returns: the channel, from 1; 0: none
 */
guint
cg_onvif_address_get_channel (const char *address)
{
  const char *slash = strstr (address, "://") == NULL ? strchr (address, '/') : NULL;
  g_autofree char *number = slash != NULL ? g_strchomp (g_strdup (slash + 1)) : NULL;
  guint64 channel = 0;

  if (number == NULL || slash == address ||
      !g_ascii_string_to_unsigned (number, 10, 1, MAX_CHANNEL, &channel, NULL))
    return 0;
  return (guint)channel;
}

/**
 * cg_onvif_address_normalise:
 * @address: "host", "host:port", either with "/channel", or a URL, as people write it
 *   (INTERFACES.md, [camera] address)
 * @error: return location for a %CG_ERROR_INVALID_CONFIG
 *
 * The device service's URL. A login in the URL is taken off (Q26); a missing path becomes the one
 * the standard prescribes (Core Specification, 5.1.1).
 *
 * Returns: (transfer full) (nullable): a URL
 */
char *
cg_onvif_address_normalise (const char *address, GError **error)
{
  g_return_val_if_fail (address != NULL, NULL);
  g_autofree char *text = g_strstrip (g_strdup (address));

  if (cg_onvif_address_get_channel (text) > 0)
    *strchr (text, '/') = '\0';
  g_autofree char *with_scheme =
      strstr (text, "://") != NULL ? g_strdup (text) : g_strconcat ("http://", text, NULL);
  g_auto (CgOnvifUrl) url = {0};
  guint16 port = 0;

  if (text[0] == '\0' || !url_split (with_scheme, &url) || !is_http (&url)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                         "a camera address is a host, host:port or an http(s) URL");
    return NULL;
  }
  g_autofree char *host = authority_split (url.authority, &port);
  if (!host_is_sane (host) || port_is_broken (url.authority, port)) {
    g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "\"%s\" is no host or host:port",
                 url.authority);
    return NULL;
  }
  g_autofree char *authority = authority_join (host, port);
  return g_strconcat (url.scheme, "://", authority,
                      strcmp (url.target, "/") == 0 ? CG_ONVIF_DEVICE_PATH : url.target, NULL);
}

/**
 * cg_onvif_address_parse:
 * @url: an http or https URL
 * @error: return location for a %CG_ERROR_PEER_FAULT
 *
 * Returns: (transfer full) (nullable): its parts, the scheme's port where it names none
 */
CgOnvifAddress *
cg_onvif_address_parse (const char *url, GError **error)
{
  g_return_val_if_fail (url != NULL, NULL);
  g_auto (CgOnvifUrl) parts = {0};
  guint16 port = 0;

  if (!url_split (url, &parts) || !is_http (&parts)) {
    g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT, "not an http address of a service");
    return NULL;
  }
  CgOnvifAddress *self = g_new0 (CgOnvifAddress, 1);
  self->tls = strcmp (parts.scheme, "https") == 0;
  self->host = authority_split (parts.authority, &port);
  self->port = port != 0 ? port : self->tls ? 443 : 80;
  self->target = g_steal_pointer (&parts.target);
  return self;
}

/**
 * cg_onvif_address_free:
 * @self: (transfer full) (nullable): an address
 */
void
cg_onvif_address_free (CgOnvifAddress *self)
{
  if (self == NULL)
    return;
  g_free (self->host);
  g_free (self->target);
  g_free (self);
}

/* The port only where it is not the scheme's. */
static char *
address_join (const CgOnvifAddress *self, const char *host)
{
  const guint16 usual = self->tls ? 443 : 80;

  return authority_join (host, self->port == usual ? 0 : self->port);
}

/**
 * cg_onvif_address_get_authority:
 * @self: an address
 *
 * Returns: (transfer full): what stands in a URL: the port only where it is not the scheme's
 */
char *
cg_onvif_address_get_authority (const CgOnvifAddress *self)
{
  return address_join (self, self->host);
}

/**
 * cg_onvif_address_get_host_header:
 * @self: an address
 *
 * The zone of a link-local address ("fe80::1%eth0") means something on this machine only, and is
 * left out (RFC 6874, 4).
 *
 * Returns: (transfer full): what goes into HTTP's Host: the port only where it is not the scheme's
 */
char *
cg_onvif_address_get_host_header (const CgOnvifAddress *self)
{
  g_autofree char *host = g_strndup (self->host, strcspn (self->host, "%"));

  return address_join (self, host);
}

/**
 * cg_onvif_address_names_port:
 * @url: a URL
 *
 * Returns: whether a port stands in it
 */
gboolean
cg_onvif_address_names_port (const char *url)
{
  g_auto (CgOnvifUrl) parts = {0};
  guint16 port = 0;

  if (!url_split (url, &parts))
    return FALSE;
  g_autofree char *host = authority_split (parts.authority, &port);
  return port != 0;
}

/**
 * cg_onvif_address_shorten:
 * @url: a URL of a service
 *
 * Returns: (transfer full): the shortest that cg_onvif_address_normalise() takes for the same
 *   server: "host", "host:port", or "https://host" where it is not HTTP
 */
char *
cg_onvif_address_shorten (const char *url)
{
  g_autoptr (CgOnvifAddress) address = cg_onvif_address_parse (url, NULL);

  if (address == NULL)
    return g_strdup (url);
  g_autofree char *authority = cg_onvif_address_get_authority (address);
  return address->tls ? g_strconcat ("https://", authority, NULL) : g_steal_pointer (&authority);
}

/**
 * cg_onvif_address_with_path:
 * @reached: a URL at which the device answered
 * @path: a path, beginning with a slash
 *
 * Returns: (transfer full): another path on the same device
 */
char *
cg_onvif_address_with_path (const char *reached, const char *path)
{
  g_auto (CgOnvifUrl) url = {0};

  if (!url_split (reached, &url))
    return g_strdup (path);
  return g_strconcat (url.scheme, "://", url.authority, path, NULL);
}

/**
 * cg_onvif_address_repair:
 * @xaddr: the address of a service as the camera gives it; of several, the first counts
 * @reached: the URL at which the device answered
 *
 * Keeps the path and the query of @xaddr and takes all else from @reached: cameras give private,
 * NAT, default and zero addresses, and ports they do not listen on (Q7).
 *
 * Returns: (transfer full): the repaired address
 */
char *
cg_onvif_address_repair (const char *xaddr, const char *reached)
{
  g_autofree char *first = g_strdup (xaddr);
  g_auto (CgOnvifUrl) url = {0};

  g_strstrip (first);
  first[strcspn (first, " \t\r\n")] = '\0';
  if (first[0] == '/')
    return cg_onvif_address_with_path (reached, first);
  if (!url_split (first, &url))
    return g_strdup (reached);
  return cg_onvif_address_with_path (reached, url.target);
}

/* "rtsp://rtsp://host" says its scheme twice (Q29). */
static char *
without_double_scheme (const char *uri)
{
  const char *start = uri;
  const char *next = strstr (uri, "://");

  while (next != NULL) {
    const char *colon =
        next + 3 + strspn (next + 3, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    if (colon == next + 3 || !g_str_has_prefix (colon, "://"))
      break;
    start = next + 3;
    next = colon;
  }
  return g_strstrip (g_strdup (start));
}

/**
 * cg_onvif_address_repair_stream:
 * @uri: what GetStreamUri gave
 * @reached: (nullable): the URL at which the device answered; %NULL: its addresses are right
 *
 * Keeps scheme, port, path and query and takes the host from @reached (Q7, Q29); a port of HTTP is
 * taken off, a doubled scheme or port undone, a login in it is taken off (Q26).
 *
 * Returns: (transfer full): the repaired address
 */
char *
cg_onvif_address_repair_stream (const char *uri, const char *reached)
{
  g_autofree char *text = without_double_scheme (uri);
  g_auto (CgOnvifUrl) url = {0};
  g_auto (CgOnvifUrl) device = {0};
  guint16 port = 0;
  guint16 device_port = 0;

  if (!url_split (text, &url))
    return g_steal_pointer (&text);
  g_autofree char *host = authority_split (url.authority, &port);
  if (reached != NULL && url_split (reached, &device)) {
    g_free (host);
    host = authority_split (device.authority, &device_port);
    port = port == HTTP_PORT ? 0 : port;
  }
  g_autofree char *authority = authority_join (host, port);
  return g_strconcat (url.scheme, "://", authority, url.target, NULL);
}

/**
 * cg_onvif_address_repair_snapshot:
 * @uri: what GetSnapshotUri gave
 * @told: (nullable): the device service as the camera gives it
 * @reached: the URL at which the device answered
 *
 * An address on the server of the device service, by the camera's own word, is on the server that
 * we reached; of any other the host is the one we reached (Q7). A login in it is taken off (Q26).
 *
 * Returns: (transfer full): the repaired address
 */
char *
cg_onvif_address_repair_snapshot (const char *uri, const char *told, const char *reached)
{
  g_autoptr (CgOnvifAddress) picture = cg_onvif_address_parse (uri, NULL);
  g_autoptr (CgOnvifAddress) service = told != NULL ? cg_onvif_address_parse (told, NULL) : NULL;
  g_autoptr (CgOnvifAddress) device = cg_onvif_address_parse (reached, NULL);

  if (picture == NULL || device == NULL)
    return cg_onvif_address_repair (uri, reached);
  if (service != NULL && service->tls == picture->tls && service->port == picture->port)
    return cg_onvif_address_with_path (reached, picture->target);
  g_free (picture->host);
  picture->host = g_strdup (device->host);
  g_autofree char *authority = cg_onvif_address_get_authority (picture);
  return g_strconcat (picture->tls ? "https://" : "http://", authority, picture->target, NULL);
}
