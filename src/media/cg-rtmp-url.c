/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtmp-url.h"

#include <string.h>

#include "cg-error.h"

/* No server takes more; the connect message has to hold it. */
#define MAX_LENGTH 2048

#define DEFAULT_PORT 1935
#define DEFAULT_TLS_PORT 443

/* rtmp://host/app[/instance[/instance]]/stream: librtmp's rule. */
#define MAX_APP_PARTS 3

static gboolean
is_printable (const char *text)
{
  for (const char *c = text; *c != '\0'; c++) {
    if (!g_ascii_isgraph (*c))
      return FALSE;
  }
  return TRUE;
}

static const char *
parse_scheme (CgRtmpUrl *self, const char *text)
{
  if (g_ascii_strncasecmp (text, "rtmp://", 7) == 0)
    return text + 7;
  if (g_ascii_strncasecmp (text, "rtmps://", 8) != 0)
    return NULL;
  self->tls = TRUE;
  return text + 8;
}

static gboolean
parse_port (CgRtmpUrl *self, const char *text)
{
  guint64 port = self->tls ? DEFAULT_TLS_PORT : DEFAULT_PORT;

  if (*text == ':' && !g_ascii_string_to_unsigned (text + 1, 10, 1, G_MAXUINT16, &port, NULL))
    return FALSE;
  if (*text != ':' && *text != '\0')
    return FALSE;
  self->port = (guint16)port;
  return TRUE;
}

static gboolean
parse_host (CgRtmpUrl *self, const char *text)
{
  const gsize length = text[0] == '[' ? strcspn (text, "]") : strcspn (text, ":");

  if (text[0] != '[') {
    self->host = g_strndup (text, length);
    return length > 0 && parse_port (self, text + length);
  }
  if (length < 2 || text[length] != ']')
    return FALSE;
  self->host = g_strndup (text + 1, length - 1);
  return parse_port (self, text + length + 1);
}

static gboolean
parse_login (CgRtmpUrl *self, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  const gboolean has_password = parts[0] != NULL && parts[1] != NULL;

  self->username = g_uri_unescape_string (parts[0] != NULL ? parts[0] : "", NULL);
  if (has_password)
    self->password = g_uri_unescape_string (parts[1], NULL);
  return self->username != NULL && (!has_password || self->password != NULL);
}

static gboolean
parse_authority (CgRtmpUrl *self, const char *text)
{
  const char *at = strrchr (text, '@');

  if (at == NULL)
    return parse_host (self, text);
  g_autofree char *login = g_strndup (text, (gsize)(at - text));
  return parse_login (self, login) && parse_host (self, at + 1);
}

/* Where the application ends: before its last part, or after three, or at a double slash. */
static gsize
find_app_end (const char *path)
{
  const gsize plain = strcspn (path, "?");
  const char *twice = g_strstr_len (path, (gssize)plain, "//");
  gsize end = plain;
  guint parts = 0;

  if (twice != NULL)
    return (gsize)(twice - path);
  for (gsize i = 0; i < plain && parts < MAX_APP_PARTS; i++) {
    if (path[i] != '/')
      continue;
    end = i;
    parts++;
  }
  if (parts == 0 && strrchr (path, '/') != NULL)
    return (gsize)(strrchr (path, '/') - path);
  return parts == 0 ? strlen (path) : end;
}

static gboolean
parse_path (CgRtmpUrl *self, const char *path)
{
  const gsize end = find_app_end (path);
  const char *key = path + end;

  while (*key == '/')
    key++;
  self->app = g_strndup (path, end);
  self->key = g_strdup (key);
  return end > 0 && self->app[0] != '?' && self->key[0] != '\0';
}

static gboolean
parse_parts (CgRtmpUrl *self, const char *text)
{
  const char *authority = parse_scheme (self, text);
  if (authority == NULL)
    return FALSE;
  const char *slash = strchr (authority, '/');
  if (slash == NULL)
    return FALSE;

  g_autofree char *host = g_strndup (authority, (gsize)(slash - authority));
  if (strpbrk (host, "?#") != NULL || !parse_authority (self, host))
    return FALSE;
  if (!parse_path (self, slash + 1))
    return FALSE;
  const char *at = strrchr (host, '@');
  self->tc_url = g_strdup_printf ("%s://%s/%s", self->tls ? "rtmps" : "rtmp",
                                  at != NULL ? at + 1 : host, self->app);
  return TRUE;
}

/**
 * cg_rtmp_url_parse:
 * @text: an address
 * @error: return location
 *
 * The first part of the path is the application, with up to two further parts as its instance; the
 * last part is the stream, to which a query belongs. Nothing is unescaped but the login.
 *
 * Returns: (transfer full): the parts, or %NULL with #CG_ERROR_BAD_REQUEST
 */
CgRtmpUrl *
cg_rtmp_url_parse (const char *text, GError **error)
{
  g_autoptr (CgRtmpUrl) self = g_new0 (CgRtmpUrl, 1);

  if (text != NULL && strlen (text) <= MAX_LENGTH && is_printable (text) &&
      parse_parts (self, text))
    return g_steal_pointer (&self);
  g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Invalid RTMP URL");
  return NULL;
}

/**
 * cg_rtmp_url_free:
 * @self: (transfer full): an address
 */
void
cg_rtmp_url_free (CgRtmpUrl *self)
{
  g_free (self->host);
  g_free (self->app);
  g_free (self->key);
  g_free (self->tc_url);
  g_free (self->username);
  g_free (self->password);
  g_free (self);
}
