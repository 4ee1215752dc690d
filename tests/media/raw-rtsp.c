/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "raw-rtsp.h"

#include <stdlib.h>
#include <string.h>

#define SDP                                                                                        \
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"                    \
  "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"

#define RTP_HEADER_SIZE 12

struct _RawRtsp {
  GSocketService *service; /* (owned) */
  guint16 port;
  RawRtspAnswer answer; /* (nullable) */
  RawRtspPump pump;     /* (nullable) */
  GMutex mutex;
  GString *lines; /* (owned) all that was received */
};

static const char *
answer_well (const char *method)
{
  if (strcmp (method, "DESCRIBE") == 0)
    return "200 OK\r\nContent-Type: application/sdp\r\n";
  if (strcmp (method, "SETUP") == 0)
    return "200 OK\r\nSession: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n";
  return "200 OK\r\nSession: 1\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n";
}

static void
answer_request (RawRtsp *self, GOutputStream *output, const char *method, int sequence)
{
  const char *said = self->answer != NULL ? self->answer (method) : NULL;
  const gboolean has_body = said == NULL && strcmp (method, "DESCRIBE") == 0;
  g_auto (GStrv) parts = g_strsplit (said != NULL ? said : answer_well (method), "%u", 2);
  g_autofree char *port = parts[1] != NULL ? g_strdup_printf ("%u", self->port) : NULL;

  g_output_stream_printf (output, NULL, NULL, NULL,
                          "RTSP/1.0 %s%s%sCSeq: %d\r\nContent-Length: %zu\r\n\r\n%s", parts[0],
                          port != NULL ? port : "", port != NULL ? parts[1] : "", sequence,
                          has_body ? strlen (SDP) : 0, has_body ? SDP : "");
}

static void
note (RawRtsp *self, const char *line)
{
  g_mutex_lock (&self->mutex);
  g_string_append_printf (self->lines, "\n%s", line);
  g_mutex_unlock (&self->mutex);
}

static gboolean
on_run (GThreadedSocketService *service,
        GSocketConnection *connection,
        GObject *source_object,
        RawRtsp *self)
{
  g_autoptr (GDataInputStream) input =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autofree char *method = NULL;
  int sequence = 0;
  char *line;

  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  while ((line = g_data_input_stream_read_line (input, NULL, NULL, NULL)) != NULL) {
    g_autofree char *owned = line;

    note (self, line);
    if (g_str_has_suffix (line, " RTSP/1.0")) {
      g_free (method);
      method = g_strndup (line, strcspn (line, " "));
    }
    if (g_str_has_prefix (line, "CSeq: "))
      sequence = atoi (line + strlen ("CSeq: "));
    if (*line != '\0' || method == NULL)
      continue;
    answer_request (self, output, method, sequence);
    for (guint i = 0; strcmp (method, "PLAY") == 0 && self->pump != NULL; i++) {
      if (!self->pump (output, i))
        return TRUE;
    }
  }
  return TRUE;
}

RawRtsp *
raw_rtsp_new (RawRtspAnswer answer, RawRtspPump pump)
{
  RawRtsp *self = g_new0 (RawRtsp, 1);

  self->answer = answer;
  self->pump = pump;
  self->lines = g_string_new (NULL);
  g_mutex_init (&self->mutex);
  self->service = g_threaded_socket_service_new (-1);
  self->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, NULL);
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  return self;
}

/* When whoever was connected is gone. */
void
raw_rtsp_free (RawRtsp *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  while (G_OBJECT (self->service)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->service);
  g_string_free (self->lines, TRUE);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

char *
raw_rtsp_get_uri (RawRtsp *self, const char *path)
{
  return g_strdup_printf ("rtsp://127.0.0.1:%u/%s", self->port, path);
}

/* Returns: how many lines have begun like this */
guint
raw_rtsp_count (RawRtsp *self, const char *line)
{
  g_autofree char *wanted = g_strconcat ("\n", line, NULL);
  guint count = 0;

  g_mutex_lock (&self->mutex);
  for (const char *at = self->lines->str; (at = strstr (at, wanted)) != NULL; at++)
    count++;
  g_mutex_unlock (&self->mutex);
  return count;
}

gboolean
raw_rtsp_send_packet (
    GOutputStream *output, guint16 sequence, const guint8 *head, gsize head_size, gsize size)
{
  const gsize total = RTP_HEADER_SIZE + size;
  g_autofree guint8 *packet = g_malloc0 (4 + total);
  guint8 *rtp = packet + 4;

  packet[0] = '$';
  packet[2] = (guint8)(total >> 8);
  packet[3] = (guint8)total;
  rtp[0] = 0x80;
  rtp[1] = 96;
  rtp[2] = (guint8)(sequence >> 8);
  rtp[3] = (guint8)sequence;
  rtp[11] = 1;
  memcpy (rtp + RTP_HEADER_SIZE, head, head_size);
  return g_output_stream_write_all (output, packet, 4 + total, NULL, NULL, NULL);
}
