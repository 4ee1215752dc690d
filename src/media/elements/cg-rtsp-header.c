/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-header.h"

#include <stdlib.h>
#include <string.h>

/* A session without an end; a camera that says so does not want to hear from us often. */
#define MAX_TIMEOUT_S 3600

static gboolean
read_channels (const char *text, CgRtspTransport *transport)
{
  char *end = NULL;
  const guint64 first = g_ascii_strtoull (text, &end, 10);

  if (end == text || first > 254)
    return FALSE;
  guint64 second = *end == '-' ? g_ascii_strtoull (end + 1, NULL, 10) : first + 1;
  if (second > 255 || second == first)
    second = first + 1;
  *transport = (CgRtspTransport){(guint)first, (guint)second};
  return TRUE;
}

/**
 * cg_rtsp_transport_parse:
 * @text: the header Transport of a response
 * @transport: (inout): as asked for; what the camera chose in the end
 *
 * Takes other channels than were asked for, and a protocol without `/TCP` (Q51). Source: RFC 2326,
 * 12.39.
 *
 * Returns: whether the packets will come on this connection
 */
gboolean
cg_rtsp_transport_parse (const char *text, CgRtspTransport *transport)
{
  g_auto (GStrv) parts = g_strsplit_set (text, ";,", -1);
  gboolean is_other = FALSE;

  for (guint i = 0; parts[i] != NULL; i++) {
    const char *part = g_strstrip (parts[i]);

    if (g_ascii_strncasecmp (part, "interleaved=", 12) == 0)
      return read_channels (part + 12, transport);
    is_other = is_other || g_ascii_strncasecmp (part, "client_port=", 12) == 0 ||
               g_ascii_strncasecmp (part, "server_port=", 12) == 0 ||
               g_ascii_strcasecmp (part, "multicast") == 0;
  }
  return !is_other;
}

/**
 * cg_rtsp_session_parse:
 * @text: the header Session of a response
 * @timeout_s: (out): how long the camera waits for a sign of life (Q17)
 *
 * Source: RFC 2326, 12.37.
 *
 * Returns: (transfer full) (nullable): the session's name, or %NULL: there is none
 */
char *
cg_rtsp_session_parse (const char *text, guint *timeout_s)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);

  *timeout_s = CG_RTSP_DEFAULT_TIMEOUT_S;
  if (parts[0] == NULL || *g_strstrip (parts[0]) == '\0')
    return NULL;
  for (guint i = 1; parts[i] != NULL; i++) {
    const char *part = g_strstrip (parts[i]);
    const char *value = strchr (part, '=');

    if (value == NULL || g_ascii_strncasecmp (part, "timeout", 7) != 0)
      continue;
    const guint64 seconds = g_ascii_strtoull (value + 1 + strspn (value + 1, " \""), NULL, 10);
    if (seconds > 0)
      *timeout_s = (guint)MIN (seconds, MAX_TIMEOUT_S);
  }
  return g_strdup (parts[0]);
}

/* Cameras give another host, or a part of the address: what they agree on is its end. */
static gboolean
is_entry_of (const char *entry, const char *uri)
{
  const char *end = strrchr (uri, '/');
  const char *name = end != NULL ? end + 1 : uri;
  const gsize length = strcspn (entry, ";,\" \t");
  const gsize size = strlen (name);

  if (size == 0 || size > length || (size < length && entry[length - size - 1] != '/'))
    return FALSE;
  return g_ascii_strncasecmp (entry + length - size, name, size) == 0;
}

static gboolean
read_start (const char *entry, const char *end, guint32 *start)
{
  const char *found = g_strstr_len (entry, end - entry, "rtptime=");
  char *after = NULL;

  if (found == NULL)
    return FALSE;
  found += strlen ("rtptime=");
  const guint64 value = g_ascii_strtoull (found, &after, 10);
  if (after == found || value > G_MAXUINT32)
    return FALSE;
  *start = (guint32)value;
  return TRUE;
}

/**
 * cg_rtsp_info_find:
 * @text: the header RTP-Info of a response to PLAY
 * @uri: by which a media was set up
 * @number: the how manyth it was
 * @start: (out): `rtptime` of that media
 *
 * By the address, else by the order. Source: RFC 2326, 12.33; RFC 7826, 18.45.
 *
 * Returns: whether it is told
 */
gboolean
cg_rtsp_info_find (const char *text, const char *uri, guint number, guint32 *start)
{
  gboolean is_told = FALSE;
  guint i = 0;

  for (const char *entry = strstr (text, "url="), *next; entry != NULL; entry = next, i++) {
    entry += strlen ("url=");
    entry += *entry == '"';
    next = strstr (entry, "url=");
    const char *end = next != NULL ? next : entry + strlen (entry);
    if (is_entry_of (entry, uri))
      return read_start (entry, end, start);
    if (i == number)
      is_told = read_start (entry, end, start);
  }
  return is_told;
}

/**
 * cg_rtsp_public_has:
 * @text: (nullable): the header Public of a response to OPTIONS
 * @method: a method's name
 *
 * Returns: whether the camera knows it (RFC 2326, 10.1)
 */
gboolean
cg_rtsp_public_has (const char *text, const char *method)
{
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", ", \t", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    if (g_ascii_strcasecmp (words[i], method) == 0)
      return TRUE;
  }
  return FALSE;
}
