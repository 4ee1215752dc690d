/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rtsp-viewer.h"

#include <stdlib.h>
#include <string.h>

#include "cg-digest.h"

#define TIMEOUT_S 20

/* Without GSocketClient, which brings threads and descriptors of its own into the test. */
void
rtsp_viewer_open_at (RtspViewer *self, const char *address, guint16 port)
{
  g_autoptr (GSocketAddress) place = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (place),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  *self = (RtspViewer){.base = strchr (address, ':') != NULL
                                   ? g_strdup_printf ("rtsp://[%s]:%u", address, port)
                                   : g_strdup_printf ("rtsp://%s:%u", address, port)};
  g_socket_set_timeout (socket, TIMEOUT_S);
  g_socket_connect (socket, place, NULL, &error);
  g_assert_no_error (error);
  self->connection = g_socket_connection_factory_create_connection (socket);
  self->input =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (self->connection)));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (self->input), FALSE);
}

void
rtsp_viewer_clear (RtspViewer *self)
{
  g_clear_object (&self->input);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->base, g_free);
  g_clear_pointer (&self->session, g_free);
  g_clear_pointer (&self->head, g_free);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->frame, g_bytes_unref);
}

void
rtsp_viewer_write (RtspViewer *self, const void *data, gsize size)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (self->connection));

  g_output_stream_write_all (output, data, size, NULL, NULL, NULL);
}

static GBytes *
read_bytes (RtspViewer *self, gsize size)
{
  g_autofree guint8 *data = g_malloc (size + 1);
  gsize length = 0;

  if (!g_input_stream_read_all (G_INPUT_STREAM (self->input), data, size, &length, NULL, NULL) ||
      length < size)
    return NULL;
  data[size] = '\0';
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

/* Returns: FALSE: hung up, or an answer comes */
static gboolean
read_frame (RtspViewer *self)
{
  gsize n = 0;

  if (g_buffered_input_stream_get_available (G_BUFFERED_INPUT_STREAM (self->input)) < 4 &&
      g_buffered_input_stream_fill (G_BUFFERED_INPUT_STREAM (self->input), -1, NULL, NULL) <= 0)
    return FALSE;
  const guint8 *next =
      g_buffered_input_stream_peek_buffer (G_BUFFERED_INPUT_STREAM (self->input), &n);
  if (n == 0 || next[0] != '$')
    return FALSE;
  g_autoptr (GBytes) head = read_bytes (self, 4);
  if (head == NULL)
    return FALSE;
  const guint8 *data = g_bytes_get_data (head, NULL);
  const gsize size = (gsize)data[2] << 8 | data[3];
  g_autoptr (GBytes) packet = read_bytes (self, size);
  if (packet == NULL)
    return FALSE;
  GByteArray *frame = g_byte_array_new ();
  g_byte_array_append (frame, data, 4);
  g_byte_array_append (frame, g_bytes_get_data (packet, NULL), (guint)size);
  g_clear_pointer (&self->frame, g_bytes_unref);
  self->frame = g_byte_array_free_to_bytes (frame);
  return TRUE;
}

guint
rtsp_viewer_read_answer (RtspViewer *self)
{
  GString *head = g_string_new (NULL);
  char *line;

  while (read_frame (self))
    continue;
  while ((line = g_data_input_stream_read_line (self->input, NULL, NULL, NULL)) != NULL) {
    g_strchomp (line);
    const gboolean is_end = *line == '\0';
    g_string_append_printf (head, "%s\n", line);
    g_free (line);
    if (is_end)
      break;
  }
  g_free (self->head);
  self->head = g_string_free (head, FALSE);
  g_autofree char *length = rtsp_viewer_get_header (self, "Content-Length");
  g_clear_pointer (&self->body, g_bytes_unref);
  if (length != NULL)
    self->body = read_bytes (self, (gsize)g_ascii_strtoull (length, NULL, 10));
  return g_str_has_prefix (self->head, "RTSP/1.0 ") ? (guint)atoi (self->head + 9) : 0;
}

char *
rtsp_viewer_get_header (RtspViewer *self, const char *name)
{
  g_autofree char *start = g_strdup_printf ("\n%s: ", name);
  const char *found = strstr (self->head, start);

  if (found == NULL)
    return NULL;
  found += strlen (start);
  return g_strndup (found, strcspn (found, "\n"));
}

static void
send_request (
    RtspViewer *self, const char *method, const char *uri, const char *headers, const char *login)
{
  g_autoptr (GString) request = g_string_new (NULL);

  g_string_append_printf (request, "%s %s RTSP/1.0\r\nCSeq: %u\r\n%s", method, uri, ++self->number,
                          headers != NULL ? headers : "");
  if (self->session != NULL)
    g_string_append_printf (request, "Session: %s\r\n", self->session);
  if (login != NULL)
    g_string_append_printf (request, "Authorization: %s\r\n", login);
  g_string_append (request, "\r\n");
  rtsp_viewer_write (self, request->str, request->len);
}

void
rtsp_viewer_request (RtspViewer *self, const char *method, const char *path, const char *headers)
{
  g_autofree char *uri = g_strconcat (self->base, path, NULL);

  send_request (self, method, uri, headers, NULL);
}

static guint
ask_once (
    RtspViewer *self, const char *method, const char *uri, const char *headers, const char *login)
{
  send_request (self, method, uri, headers, login);
  return rtsp_viewer_read_answer (self);
}

guint
rtsp_viewer_ask (RtspViewer *self, const char *method, const char *path, const char *headers)
{
  g_autofree char *uri = g_strconcat (self->base, path, NULL);
  guint status = ask_once (self, method, uri, headers, NULL);

  if (status == 401 && self->username != NULL) {
    g_autofree char *challenge = rtsp_viewer_get_header (self, "WWW-Authenticate");
    const char *const challenges[] = {challenge, NULL};
    g_autoptr (CgDigest) digest = cg_digest_parse (challenges);
    g_assert_nonnull (digest);
    g_autofree char *login =
        cg_digest_answer (digest, method, uri, self->username, self->password, "c");
    status = ask_once (self, method, uri, headers, login);
  }
  g_autofree char *session = rtsp_viewer_get_header (self, "Session");
  if (session != NULL && self->session == NULL)
    self->session = g_strndup (session, strcspn (session, ";"));
  return status;
}

void
rtsp_viewer_play (RtspViewer *self, const char *path)
{
  g_autofree char *track = g_strconcat (path, "/track0", NULL);

  g_assert_cmpuint (rtsp_viewer_ask (self, "DESCRIBE", path, NULL), ==, 200);
  g_assert_cmpuint (
      rtsp_viewer_ask (self, "SETUP", track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"),
      ==, 200);
  g_assert_cmpuint (rtsp_viewer_ask (self, "PLAY", path, NULL), ==, 200);
}

gboolean
rtsp_viewer_read_packet (RtspViewer *self, guint *channel, CgRtpPacket *packet)
{
  gsize size;

  if (!read_frame (self))
    return FALSE;
  const guint8 *frame = g_bytes_get_data (self->frame, &size);
  *channel = frame[1];
  return *channel % 2 == 1 || cg_rtp_packet_parse (frame + 4, size - 4, packet);
}

/* Whatever still comes before the end. */
gboolean
rtsp_viewer_is_hung_up_on (RtspViewer *self)
{
  char waste[4096];
  gssize n;
  g_autoptr (GError) error = NULL;

  do
    n = g_input_stream_read (G_INPUT_STREAM (self->input), waste, sizeof waste, NULL, &error);
  while (n > 0);
  return n == 0 || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}
