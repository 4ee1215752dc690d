/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware-shop.h"

#include <stdio.h>
#include <string.h>

#define MIB 1048576

/* Returns: at which byte the answer is to begin, or -1 if there was no request */
static gint64
read_request (GInputStream *input)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);
  gint64 start = -1;

  g_data_input_stream_set_newline_type (lines, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  for (;;) {
    g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
    guint64 number;

    if (line == NULL)
      return -1;
    if (*line == '\0')
      return MAX (start, 0);
    if (sscanf (line, "Range: bytes=%" G_GUINT64_FORMAT "-", &number) == 1)
      start = (gint64)number;
  }
}

static ShopManner
note (Shop *self, guint start)
{
  ShopManner manner;

  g_mutex_lock (&self->lock);
  g_array_append_val (self->starts, start);
  manner = self->manner;
  if (manner == SHOP_CUTS_ONCE)
    self->manner = SHOP_GOOD;
  g_mutex_unlock (&self->lock);
  return manner;
}

static void
send (GOutputStream *output, const char *bytes, gsize length)
{
  g_output_stream_write_all (output, bytes, length, NULL, NULL, NULL);
}

static void G_GNUC_PRINTF (2, 3) say (GOutputStream *output, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  send (output, text, strlen (text));
}

static void
send_file (Shop *self, GOutputStream *output, gsize start, gsize length)
{
  if (start >= self->length) {
    say (output, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n"
                 "Connection: close\r\n\r\n");
    return;
  }
  if (start > 0)
    say (output,
         "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT
         "/%" G_GSIZE_FORMAT "\r\n",
         start, self->length - 1, self->length);
  else
    say (output, "HTTP/1.1 200 OK\r\n");
  say (output, "Content-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n",
       self->length - start);
  send (output, self->content + start, MIN (length, self->length - start));
}

static void
send_fifths (Shop *self, GOutputStream *output, guint n)
{
  const gsize fifth = self->length / 5;

  say (output, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (guint i = 0; i < MIN (n, 5); i++) {
    say (output, "%" G_GSIZE_MODIFIER "x\r\n", fifth);
    send (output, self->content + i * fifth, fifth);
    say (output, "\r\n");
  }
  if (n >= 5)
    say (output, "0\r\n\r\n");
}

static void
answer (Shop *self, GOutputStream *output, gsize start)
{
  switch (note (self, (guint)start)) {
  case SHOP_GOOD:
    send_file (self, output, start, self->length);
    break;
  case SHOP_CUTS_ONCE:
    send_file (self, output, start, self->length / 2);
    break;
  case SHOP_DRIPS:
    send_file (self, output, start, self->length / 10);
    break;
  case SHOP_BEGINS_ANEW:
    send_file (self, output, 0, self->length / 2);
    break;
  case SHOP_CUTS:
    break;
  case SHOP_STATUS:
    say (output, "HTTP/1.1 %u No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", self->status);
    break;
  case SHOP_OTHER_PART:
    say (output, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 1-2/3\r\n"
                 "Content-Length: 2\r\nConnection: close\r\n\r\nxx");
    break;
  case SHOP_IGNORES_RANGE:
    send_file (self, output, 0, self->length);
    break;
  case SHOP_NO_LENGTH:
    say (output, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    send (output, self->content, self->length);
    break;
  case SHOP_FIFTHS:
    send_fifths (self, output, shop_count (self));
    break;
  case SHOP_TELLS_TOO_MUCH:
    say (output, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n");
    break;
  case SHOP_SENDS_TOO_MUCH:
    say (output, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    for (gsize sent = 0; sent < 2 * MIB; sent += self->length)
      send (output, self->content, self->length);
    break;
  case SHOP_LITTLE:
    say (output, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    send (output, self->content, 1000);
    break;
  case SHOP_LITTLE_HEAD:
    say (output, "HTTP/1.1 200 OK\r\nServer: ");
    break;
  }
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, Shop *self)
{
  g_autoptr (GIOStream) stream = g_object_ref (G_IO_STREAM (connection));
  gint64 start;

  if (self->certificate != NULL) {
    g_object_unref (stream);
    stream = g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, NULL);
  }
  start = read_request (g_io_stream_get_input_stream (stream));
  if (start >= 0)
    answer (self, g_io_stream_get_output_stream (stream), (gsize)start);
  if (self->manner == SHOP_LITTLE || self->manner == SHOP_LITTLE_HEAD)
    g_input_stream_skip (g_io_stream_get_input_stream (stream), 1, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
  return TRUE;
}

/**
 * shop_open:
 * @self: a shop, all zero but for its certificate
 * @content: kept by the caller
 * @length: of it
 */
void
shop_open (Shop *self, const char *content, gsize length)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_mutex_init (&self->lock);
  self->content = content;
  self->length = length;
  self->starts = g_array_new (FALSE, FALSE, sizeof (guint));
  self->service = g_threaded_socket_service_new (10);
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address,
                                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                                &bound, NULL));
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  g_socket_service_start (self->service);
}

/**
 * shop_close:
 * @self: a shop to which nobody is connected any more
 */
void
shop_close (Shop *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_clear_object (&self->certificate);
  g_array_unref (self->starts);
  g_mutex_clear (&self->lock);
}

/**
 * shop_make_uri:
 * @self: a shop
 * @host: by which it is asked
 *
 * Returns: (transfer full): where the file is
 */
char *
shop_make_uri (Shop *self, const char *host)
{
  return g_strdup_printf ("%s://%s:%u/f.bin", self->certificate != NULL ? "https" : "http", host,
                          self->port);
}

/**
 * shop_count:
 * @self: a shop
 *
 * Returns: how many requests came
 */
guint
shop_count (Shop *self)
{
  guint count;

  g_mutex_lock (&self->lock);
  count = self->starts->len;
  g_mutex_unlock (&self->lock);
  return count;
}

/**
 * shop_get_start:
 * @self: a shop
 * @number: of a request, from 0
 *
 * Returns: at which byte it began
 */
guint
shop_get_start (Shop *self, guint number)
{
  guint start;

  g_mutex_lock (&self->lock);
  start = g_array_index (self->starts, guint, number);
  g_mutex_unlock (&self->lock);
  return start;
}

/**
 * shop_forget:
 * @self: a shop; forgets who came
 */
void
shop_forget (Shop *self)
{
  g_mutex_lock (&self->lock);
  g_array_set_size (self->starts, 0);
  g_mutex_unlock (&self->lock);
}
