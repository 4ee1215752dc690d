/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-message.h"

#include <stdlib.h>
#include <string.h>

/* Cameras that send more header lines than this send something else. */
#define MAX_LINES 200

static gboolean
parse_first_line (CgRtspMessage *self, const char *line)
{
  const char *blank = strchr (line, ' ');

  if (blank == NULL || blank == line)
    return FALSE;
  if (g_ascii_strncasecmp (line, "RTSP/", 5) != 0) {
    self->method = g_strndup (line, (gsize)(blank - line));
    return TRUE;
  }
  self->status = (guint)g_ascii_strtoull (blank, NULL, 10);
  return self->status >= 100 && self->status < 1000;
}

/* What comes back in a header of ours must not make a line of its own. */
static char *
clean (char *text)
{
  for (char *p = text; *p != '\0'; p++) {
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  }
  return g_strstrip (text);
}

static void
add_header (CgRtspMessage *self, const char *line)
{
  const char *colon = strchr (line, ':');

  if (colon == NULL)
    return;
  g_ptr_array_add (self->headers, g_strchomp (g_strndup (line, (gsize)(colon - line))));
  g_ptr_array_add (self->headers, clean (g_strdup (colon + 1)));
}

/* A line that begins with a blank goes on with the value before (RFC 2616, 4.2). */
static void
continue_header (CgRtspMessage *self, char *line)
{
  gpointer *last;

  if (self->headers->len == 0)
    return;
  last = &self->headers->pdata[self->headers->len - 1];
  char *joined = g_strconcat (*last, " ", clean (line), NULL);
  g_free (*last);
  *last = joined;
}

/**
 * cg_rtsp_message_parse:
 * @head: a first line and header lines; need not end with a zero
 * @length: its bytes
 *
 * Takes what cameras send: bare line feeds, any case, blanks anywhere (Q51). Source: RFC 2326,
 * sections 6 and 7.
 *
 * Returns: (transfer full) (nullable): a message without body, or %NULL if it is none
 */
CgRtspMessage *
cg_rtsp_message_parse (const char *head, gsize length)
{
  g_autofree char *text = g_strndup (head, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", MAX_LINES);
  g_autoptr (CgRtspMessage) self = g_new0 (CgRtspMessage, 1);

  self->headers = g_ptr_array_new_with_free_func (g_free);
  if (lines[0] == NULL || !parse_first_line (self, g_strstrip (lines[0])))
    return NULL;
  for (guint i = 1; lines[i] != NULL; i++) {
    if (lines[i][0] == ' ' || lines[i][0] == '\t')
      continue_header (self, lines[i]);
    else
      add_header (self, g_strchomp (lines[i]));
  }
  return g_steal_pointer (&self);
}

/**
 * cg_rtsp_message_free:
 * @self: (transfer full) (nullable): a message
 */
void
cg_rtsp_message_free (CgRtspMessage *self)
{
  if (self == NULL)
    return;
  g_free (self->method);
  g_ptr_array_unref (self->headers);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

/**
 * cg_rtsp_message_get_header:
 * @self: a message
 * @name: in any case
 *
 * Returns: (transfer none) (nullable): the first value of that name
 */
const char *
cg_rtsp_message_get_header (const CgRtspMessage *self, const char *name)
{
  for (guint i = 0; i + 1 < self->headers->len; i += 2) {
    if (g_ascii_strcasecmp (self->headers->pdata[i], name) == 0)
      return self->headers->pdata[i + 1];
  }
  return NULL;
}

/**
 * cg_rtsp_message_get_headers:
 * @self: a message
 * @name: in any case
 *
 * Returns: (transfer full): all values of that name
 */
GStrv
cg_rtsp_message_get_headers (const CgRtspMessage *self, const char *name)
{
  GPtrArray *values = g_ptr_array_new ();

  for (guint i = 0; i + 1 < self->headers->len; i += 2) {
    if (g_ascii_strcasecmp (self->headers->pdata[i], name) == 0)
      g_ptr_array_add (values, g_strdup (self->headers->pdata[i + 1]));
  }
  g_ptr_array_add (values, NULL);
  return (GStrv)g_ptr_array_free (values, FALSE);
}

/**
 * cg_rtsp_message_get_number:
 * @self: a message
 * @name: in any case
 *
 * Returns: the number that the first value of that name begins with; 0: there is none
 */
guint
cg_rtsp_message_get_number (const CgRtspMessage *self, const char *name)
{
  const char *value = cg_rtsp_message_get_header (self, name);
  const guint64 number = value != NULL ? g_ascii_strtoull (value, NULL, 10) : 0;

  return (guint)MIN (number, G_MAXUINT);
}
