/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-track.h"

#include <gio/gnetworking.h>

/* Ports come in pairs, the lower one even (RFC 3550, 11); so often chance is asked for one. */
#define MAX_PORT_TRIES 64

/* A key frame in one go: more than any camera makes of it. */
#define SEND_BUFFER (1024 * 1024)

#define MAX_REPORT 1500

/* Reports that are read at a time; a viewer sends one in five seconds. */
#define MAX_REPORTS 16

static GSocket *
open_socket (GInetAddress *address, guint16 port)
{
  g_autoptr (GSocketAddress) place = g_inet_socket_address_new (address, port);
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (address),
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  if (socket == NULL || !g_socket_bind (socket, place, FALSE, NULL))
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER, NULL);
  return g_steal_pointer (&socket);
}

static guint16
get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return address != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) : 0;
}

static gboolean
open_pair (CgRestreamTrack *self, GInetAddress *address)
{
  for (guint i = 0; i < MAX_PORT_TRIES; i++) {
    g_autoptr (GSocket) rtp = open_socket (address, 0);
    const guint16 port = rtp != NULL ? get_port (rtp) : 0;
    g_autoptr (GSocket) rtcp =
        port != 0 && port % 2 == 0 ? open_socket (address, (guint16)(port + 1)) : NULL;

    if (rtcp == NULL)
      continue;
    self->rtp = g_steal_pointer (&rtp);
    self->rtcp = g_steal_pointer (&rtcp);
    return TRUE;
  }
  return FALSE;
}

/* To where the viewer has called from, whatever it says: nobody else gets a stream thrown at. */
static char *
set_up_udp (CgRestreamTrack *self, const GstRTSPTransport *wanted, GSocket *connection)
{
  g_autoptr (GSocketAddress) here = g_socket_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) there = g_socket_get_remote_address (connection, NULL);

  if (here == NULL || there == NULL)
    return NULL;
  GInetAddress *local = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (here));
  GInetAddress *remote = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (there));
  const int port = wanted->client_port.min;
  const int report_port = wanted->client_port.max > 0 ? wanted->client_port.max : port + 1;
  if (port <= 0 || port > G_MAXUINT16 || report_port > G_MAXUINT16 || !open_pair (self, local))
    return NULL;
  self->rtp_to = g_inet_socket_address_new (remote, (guint16)port);
  self->rtcp_to = g_inet_socket_address_new (remote, (guint16)report_port);
  self->is_udp = TRUE;
  return g_strdup_printf ("RTP/AVP;unicast;client_port=%d-%d;server_port=%u-%u;ssrc=%08X", port,
                          report_port, get_port (self->rtp), get_port (self->rtcp),
                          self->packer.source);
}

static char *
set_up_tcp (CgRestreamTrack *self, const GstRTSPTransport *wanted, guint number)
{
  const int asked = wanted->interleaved.min;
  const int channel = asked >= 0 && asked < G_MAXUINT8 ? asked : (int)number * 2;

  self->packer.channel = (guint8)channel;
  return g_strdup_printf ("RTP/AVP/TCP;unicast;interleaved=%d-%d;ssrc=%08X", channel, channel + 1,
                          self->packer.source);
}

static char *
set_up (CgRestreamTrack *self, const char *wanted, guint number, GSocket *connection)
{
  GstRTSPTransport transport = {0};
  char *answer = NULL;

  gst_rtsp_transport_init (&transport);
  if (gst_rtsp_transport_parse (wanted, &transport) == GST_RTSP_OK &&
      transport.trans == GST_RTSP_TRANS_RTP && transport.profile == GST_RTSP_PROFILE_AVP) {
    if ((transport.lower_transport & GST_RTSP_LOWER_TRANS_TCP) != 0)
      answer = set_up_tcp (self, &transport, number);
    else if ((transport.lower_transport & GST_RTSP_LOWER_TRANS_UDP) != 0)
      answer = set_up_udp (self, &transport, connection);
  }
  g_clear_pointer (&transport.destination, g_free);
  g_clear_pointer (&transport.source, g_free);
  return answer;
}

static void
close_sockets (CgRestreamTrack *self)
{
  g_clear_object (&self->rtp);
  g_clear_object (&self->rtcp);
  g_clear_object (&self->rtp_to);
  g_clear_object (&self->rtcp_to);
  self->is_set_up = FALSE;
  self->is_udp = FALSE;
}

/**
 * cg_restream_track_clear:
 * @self: a track
 *
 * Nobody wants it any more, and it is described anew if somebody does.
 */
void
cg_restream_track_clear (CgRestreamTrack *self)
{
  close_sockets (self);
  g_clear_pointer (&self->format, cg_format_unref);
}

/**
 * cg_restream_track_set_up:
 * @self: a track that was described
 * @wanted: the Transport header of a SETUP: the ways that suit the viewer, the best first
 * @number: of the track
 * @connection: by which it asks
 *
 * Source: RFC 2326, 12.39.
 *
 * Returns: (transfer full) (nullable): the Transport header of the answer; %NULL: no such way
 */
char *
cg_restream_track_set_up (CgRestreamTrack *self,
                          const char *wanted,
                          guint number,
                          GSocket *connection)
{
  g_auto (GStrv) ways = g_strsplit (wanted, ",", -1);
  char *answer = NULL;

  close_sockets (self);
  for (guint i = 0; ways[i] != NULL && answer == NULL; i++)
    answer = set_up (self, g_strstrip (ways[i]), number, connection);
  self->is_set_up = answer != NULL;
  return answer;
}

/**
 * cg_restream_track_send:
 * @self: a track that goes by UDP
 * @frames: of cg_rtp_packer_add()
 *
 * What the network does not take is lost, as UDP has it.
 */
void
cg_restream_track_send (CgRestreamTrack *self, const GByteArray *frames)
{
  for (guint at = 0; at < frames->len;) {
    const guint8 *frame = frames->data + at;
    const gsize size = cg_rtp_frame_get_size (frame);
    const gboolean is_report = frame[1] != self->packer.channel;

    g_socket_send_to (is_report ? self->rtcp : self->rtp, is_report ? self->rtcp_to : self->rtp_to,
                      (const char *)frame + CG_RTP_FRAME_HEAD, size, NULL, NULL);
    at += CG_RTP_FRAME_HEAD + (guint)size;
  }
}

static gboolean
is_of_viewer (CgRestreamTrack *self, GSocketAddress *from)
{
  return G_IS_INET_SOCKET_ADDRESS (from) &&
         g_inet_address_equal (
             g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from)),
             g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (self->rtcp_to)));
}

/**
 * cg_restream_track_has_word:
 * @self: a track
 *
 * Returns: whether a report has come from the viewer's host by UDP: it is still there
 */
gboolean
cg_restream_track_has_word (CgRestreamTrack *self)
{
  char report[MAX_REPORT];
  gboolean has_word = FALSE;

  for (guint i = 0; i < MAX_REPORTS && self->rtcp != NULL; i++) {
    g_autoptr (GSocketAddress) from = NULL;

    if (g_socket_receive_from (self->rtcp, &from, report, sizeof report, NULL, NULL) < 0)
      break;
    has_word = has_word || is_of_viewer (self, from);
  }
  return has_word;
}
