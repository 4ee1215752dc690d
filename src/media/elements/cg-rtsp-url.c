/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-url.h"

#include <gst/rtsp/gstrtspdefs.h>
#include <stdlib.h>
#include <string.h>

#include "cg-error.h"

/* RFC 2326, 3.2; RFC 7826, 19.2 for rtsps. */
#define DEFAULT_PORT 554
#define DEFAULT_TLS_PORT 322

/* How a scheme may be written, the longer ones first. */
static const struct {
  const char *prefix;
  gboolean is_tls;
} schemes[] = {
    {"rtspt://", FALSE},
    {"rtsps://", TRUE},
    {"rtsp://", FALSE},
};

/* Skips the scheme; cameras write it twice (Q51). */
static const char *
skip_scheme (const char *text, gboolean *is_tls)
{
  const char *rest = text;

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++) {
    const gsize length = strlen (schemes[i].prefix);

    if (g_ascii_strncasecmp (rest, schemes[i].prefix, length) != 0)
      continue;
    *is_tls = schemes[i].is_tls;
    rest += length;
    i = (guint)-1;
  }
  return rest != text ? rest : NULL;
}

static gboolean
read_port (CgRtspUrl *self, const char *text)
{
  guint64 port = 0;

  self->port = self->is_tls ? DEFAULT_TLS_PORT : DEFAULT_PORT;
  if (*text == '\0' || g_strcmp0 (text, ":") == 0)
    return TRUE;
  if (*text != ':' || !g_ascii_string_to_unsigned (text + 1, 10, 1, G_MAXUINT16, &port, NULL))
    return FALSE;
  self->port = (guint)port;
  return TRUE;
}

static gboolean
read_authority (CgRtspUrl *self, const char *authority)
{
  const char *at = strrchr (authority, '@');
  const char *host = at != NULL ? at + 1 : authority;
  const char *end = *host == '[' ? strchr (host, ']') : NULL;

  if (*host == '[' && end == NULL)
    return FALSE;
  if (end != NULL) {
    self->host = g_strndup (host + 1, (gsize)(end - host - 1));
    end++;
  } else {
    end = host + strcspn (host, ":");
    self->host = g_strndup (host, (gsize)(end - host));
  }
  return self->host[0] != '\0' && read_port (self, end);
}

static gboolean
is_clean (const char *text)
{
  for (const char *p = text; *p != '\0'; p++) {
    if ((guchar)*p <= ' ' || *p == 0x7f)
      return FALSE;
  }
  return g_utf8_validate (text, -1, NULL);
}

static CgRtspUrl *
parse (const char *text)
{
  g_autoptr (CgRtspUrl) self = g_new0 (CgRtspUrl, 1);
  const char *rest = skip_scheme (text, &self->is_tls);
  if (rest == NULL || !is_clean (rest))
    return NULL;

  const char *path = rest + strcspn (rest, "/?");
  g_autofree char *authority = g_strndup (rest, (gsize)(path - rest));
  if (!read_authority (self, authority))
    return NULL;
  self->path = *path == '?' ? g_strconcat ("/", path, NULL) : g_strdup (path);
  return g_steal_pointer (&self);
}

/**
 * cg_rtsp_url_parse:
 * @text: an address
 * @error: return location
 *
 * Returns: (transfer full): it, or %NULL with #CG_ERROR_BAD_REQUEST, which does not repeat @text
 */
CgRtspUrl *
cg_rtsp_url_parse (const char *text, GError **error)
{
  CgRtspUrl *self = parse (text);

  if (self == NULL)
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "not an RTSP address");
  return self;
}

/**
 * cg_rtsp_url_free:
 * @self: (transfer full) (nullable): an address
 */
void
cg_rtsp_url_free (CgRtspUrl *self)
{
  if (self == NULL)
    return;
  g_free (self->host);
  g_free (self->path);
  g_free (self);
}

/* The zone of a link-local address ("fe80::1%eth0") means something on this machine only, and is
 * left out (RFC 6874, 4). */
static char *
write_url (const CgRtspUrl *self, const char *path)
{
  const gboolean is_v6 = strchr (self->host, ':') != NULL;
  g_autofree char *host = g_strndup (self->host, strcspn (self->host, is_v6 ? "%" : ""));
  const guint usual = self->is_tls ? DEFAULT_TLS_PORT : DEFAULT_PORT;
  g_autofree char *port = self->port != usual ? g_strdup_printf (":%u", self->port) : g_strdup ("");

  return g_strdup_printf ("%s://%s%s%s%s%s", self->is_tls ? "rtsps" : "rtsp", is_v6 ? "[" : "",
                          host, is_v6 ? "]" : "", port, path);
}

/**
 * cg_rtsp_url_to_string:
 * @self: an address
 *
 * Returns: (transfer full): how it stands in a request line
 */
char *
cg_rtsp_url_to_string (const CgRtspUrl *self)
{
  return write_url (self, self->path);
}

/* The camera's own idea of the path, on the host that we reached it on (Q7, Q51). */
static char *
take_path (const CgRtspUrl *self, const char *text)
{
  g_autofree char *trimmed = g_strdup (text);
  g_autoptr (CgRtspUrl) url = parse (g_strstrip (trimmed));

  return url != NULL ? write_url (self, url->path) : NULL;
}

/**
 * cg_rtsp_url_get_base:
 * @self: what was described
 * @content_base: (nullable): the header of that name, or of a like one
 *
 * Returns: (transfer full): what relative addresses of the description begin with (RFC 2326,
 *   C.1.1); @self where the camera says nothing that makes sense (Q51)
 */
char *
cg_rtsp_url_get_base (const CgRtspUrl *self, const char *content_base)
{
  char *base = content_base != NULL ? take_path (self, content_base) : NULL;

  return base != NULL ? base : cg_rtsp_url_to_string (self);
}

/**
 * cg_rtsp_url_get_control:
 * @self: what was described
 * @base: from cg_rtsp_url_get_base()
 * @control: (nullable): the attribute of that name
 *
 * Returns: (transfer full): the address that is set up or played (RFC 2326, C.1.1)
 */
char *
cg_rtsp_url_get_control (const CgRtspUrl *self, const char *base, const char *control)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (control != NULL ? control : ""));
  char *absolute = take_path (self, trimmed);

  if (absolute != NULL)
    return absolute;
  if (*trimmed == '\0' || g_strcmp0 (trimmed, "*") == 0 || !is_clean (trimmed))
    return g_strdup (base);
  const gboolean has_slash = g_str_has_suffix (base, "/") || *trimmed == '/';
  return g_strconcat (base, has_slash ? "" : "/",
                      g_str_has_suffix (base, "/") && *trimmed == '/' ? trimmed + 1 : trimmed,
                      NULL);
}

/**
 * cg_rtsp_url_is_query_refused:
 * @location: an address, or its path
 * @status: of the answer to it
 *
 * Some cameras give an address with a query that they do not know themselves (Q29).
 *
 * Returns: whether it is worth asking without; after 401 only if the login may be shown once more
 */
gboolean
cg_rtsp_url_is_query_refused (const char *location, guint status)
{
  return strchr (location, '?') != NULL &&
         (status == GST_RTSP_STS_NOT_FOUND || status == GST_RTSP_STS_UNAUTHORIZED);
}

/**
 * cg_rtsp_url_drop_query:
 * @self: an address
 *
 * Returns: whether there was one
 */
gboolean
cg_rtsp_url_drop_query (CgRtspUrl *self)
{
  char *query = strchr (self->path, '?');

  if (query == NULL)
    return FALSE;
  *query = '\0';
  return TRUE;
}

/**
 * cg_rtsp_url_may_show_login:
 * @self: where the login may be shown
 * @next: where the camera leads us (RFC 2326, 11.3)
 *
 * The login is for the host that we were told of, at whatever port, and not to be overheard where
 * it was not before.
 *
 * Returns: whether it may be shown there, too
 */
gboolean
cg_rtsp_url_may_show_login (const CgRtspUrl *self, const CgRtspUrl *next)
{
  return g_ascii_strcasecmp (self->host, next->host) == 0 && (next->is_tls || !self->is_tls);
}
