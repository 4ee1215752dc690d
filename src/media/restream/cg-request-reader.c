/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-request-reader.h"

#include <string.h>

/* No request of a viewer has a body worth reading. */
#define MAX_BODY 4096

#define PACKET_HEAD 4

static void
drop (CgRequestReader *self, gsize size)
{
  self->length -= size;
  memmove (self->bytes, self->bytes + size, self->length);
}

static void
drop_skipped (CgRequestReader *self)
{
  const gsize size = MIN (self->skip, self->length);

  self->skip -= size;
  drop (self, size);
}

/* Empty lines between requests are no harm. */
static void
drop_empty_lines (CgRequestReader *self)
{
  gsize size = 0;

  while (size < self->length && (self->bytes[size] == '\r' || self->bytes[size] == '\n'))
    size++;
  drop (self, size);
}

/* Returns: the length of a head with its empty line; 0: the line has not come */
static gsize
find_head (const CgRequestReader *self)
{
  const guint8 *end = self->bytes + self->length;

  for (const guint8 *p = self->bytes; (p = memchr (p, '\n', (gsize)(end - p))) != NULL; p++) {
    if (end - p > 1 && p[1] == '\n')
      return (gsize)(p + 2 - self->bytes);
    if (end - p > 2 && p[1] == '\r' && p[2] == '\n')
      return (gsize)(p + 3 - self->bytes);
  }
  return 0;
}

static gboolean
parse_first_line (char *line, GstRTSPMessage *request)
{
  g_auto (GStrv) words = g_strsplit (g_strstrip (line), " ", -1);

  if (g_strv_length (words) != 3 || words[0][0] == '\0' || words[1][0] == '\0' ||
      !g_str_equal (words[2], "RTSP/1.0"))
    return FALSE;
  gst_rtsp_message_init_request (request, gst_rtsp_find_method (words[0]), words[1]);
  return TRUE;
}

static void
add_header (GstRTSPMessage *request, char *line)
{
  char *colon = strchr (line, ':');

  if (colon == NULL)
    return;
  *colon = '\0';
  gst_rtsp_message_add_header_by_name (request, g_strstrip (line), g_strstrip (colon + 1));
}

/* What comes back in an answer of ours must not make a line of its own. */
static char *
copy_clean (const guint8 *head, gsize length)
{
  char *text = g_strndup ((const char *)head, length);

  for (char *p = text; *p != '\0'; p++) {
    if (*p != '\n' && g_ascii_iscntrl (*p))
      *p = ' ';
  }
  return text;
}

static gboolean
parse_head (const guint8 *head, gsize length, GstRTSPMessage *request)
{
  g_autofree char *text = copy_clean (head, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  if (lines[0] == NULL || !parse_first_line (lines[0], request))
    return FALSE;
  for (guint i = 1; lines[i] != NULL; i++)
    add_header (request, lines[i]);
  return TRUE;
}

static CgRequestKind
take_request (CgRequestReader *self, GstRTSPMessage *request)
{
  const gsize length = find_head (self);
  char *body = NULL;

  if (length == 0)
    return self->length == sizeof self->bytes ? CG_REQUEST_BAD : CG_REQUEST_NONE;
  memset (request, 0, sizeof *request);
  if (!parse_head (self->bytes, length, request))
    return CG_REQUEST_BAD;
  gst_rtsp_message_get_header (request, GST_RTSP_HDR_CONTENT_LENGTH, &body, 0);
  const guint64 size = body != NULL ? g_ascii_strtoull (body, NULL, 10) : 0;
  if (size > MAX_BODY) {
    gst_rtsp_message_unset (request);
    return CG_REQUEST_BAD;
  }
  self->skip = length + size;
  return CG_REQUEST_MESSAGE;
}

static CgRequestKind
take_packet (CgRequestReader *self)
{
  if (self->length < PACKET_HEAD)
    return CG_REQUEST_NONE;
  self->skip = PACKET_HEAD + ((gsize)self->bytes[2] << 8 | self->bytes[3]);
  return CG_REQUEST_PACKET;
}

/**
 * cg_request_reader_get_space:
 * @self: a reader that has no more requests, and was not given nonsense
 * @size: (out): how much may be written there; never 0
 *
 * Returns: (transfer none): where the next bytes go
 */
guint8 *
cg_request_reader_get_space (CgRequestReader *self, gsize *size)
{
  *size = sizeof self->bytes - self->length;
  return self->bytes + self->length;
}

/**
 * cg_request_reader_commit:
 * @self: a reader
 * @size: so much was written
 */
void
cg_request_reader_commit (CgRequestReader *self, gsize size)
{
  g_return_if_fail (size <= sizeof self->bytes - self->length);

  self->length += size;
}

/**
 * cg_request_reader_next:
 * @self: a reader
 * @request: (out caller-allocates): to be unset, if it is one
 *
 * Source: RFC 2326, sections 6 and 10.12. Takes bare line feeds, and methods that nobody knows.
 *
 * Returns: what came
 */
CgRequestKind
cg_request_reader_next (CgRequestReader *self, GstRTSPMessage *request)
{
  drop_skipped (self);
  drop_empty_lines (self);
  if (self->length == 0)
    return CG_REQUEST_NONE;
  return self->bytes[0] == '$' ? take_packet (self) : take_request (self, request);
}
