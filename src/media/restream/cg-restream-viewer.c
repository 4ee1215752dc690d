/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-viewer-private.h"

#include <gio/gnetworking.h>

#include "cg-restream-login.h"

/* No request of a viewer has a body worth reading, nor do many of them wait for their answers. */
#define MAX_BODY 4096
#define MAX_BACKLOG 64

/* A viewer that takes no byte for so long is gone; before that it loses groups of pictures. */
#define STALL_US (30 * G_USEC_PER_SEC)

/* What the kernel may hold for a viewer: the rest waits in the hub's queue, which drops well. */
#define SEND_BUFFER (512 * 1024)

/**
 * cg_restream_viewer_end:
 * @self: a viewer
 * @why: for the log
 *
 * The next cg_restream_viewer_check() says so.
 */
void
cg_restream_viewer_end (CgRestreamViewer *self, const char *why)
{
  if (!self->is_over)
    g_debug ("viewer %s: %s", gst_rtsp_connection_get_ip (self->connection), why);
  self->is_over = TRUE;
}

static GstRTSPResult
on_message (GstRTSPWatch *watch, GstRTSPMessage *message, gpointer user_data)
{
  CgRestreamViewer *self = user_data;

  if (self->is_over)
    return GST_RTSP_OK;
  self->alive_us = g_get_monotonic_time ();
  if (message->type == GST_RTSP_MESSAGE_REQUEST)
    cg_restream_dialogue_take (self, message);
  else if (message->type != GST_RTSP_MESSAGE_DATA)
    cg_restream_viewer_end (self, "speaks no RTSP");
  return GST_RTSP_OK;
}

static GstRTSPResult
on_message_sent (GstRTSPWatch *watch, guint id, gpointer user_data)
{
  CgRestreamViewer *self = user_data;

  if (id != self->writing)
    return GST_RTSP_OK;
  self->writing = 0;
  self->alive_us = g_get_monotonic_time ();
  g_source_set_ready_time (self->turn, 0);
  return GST_RTSP_OK;
}

static GstRTSPResult
on_closed (GstRTSPWatch *watch, gpointer user_data)
{
  cg_restream_viewer_end (user_data, "has hung up");
  return GST_RTSP_OK;
}

static GstRTSPResult
on_error (GstRTSPWatch *watch, GstRTSPResult result, gpointer user_data)
{
  cg_restream_viewer_end (user_data, "is lost");
  return GST_RTSP_OK;
}

static gboolean
on_turn (gpointer user_data)
{
  CgRestreamViewer *self = user_data;

  g_source_set_ready_time (self->turn, -1);
  if (self->is_over || self->output == NULL)
    return G_SOURCE_CONTINUE;
  if (self->question != NULL)
    cg_restream_dialogue_check (self, g_get_monotonic_time ());
  else if (self->is_playing)
    cg_restream_flow_send (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_turn (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSource *
open_turn (CgRestreamViewer *self, GMainContext *context)
{
  static GSourceFuncs funcs = {.dispatch = dispatch_turn};
  GSource *turn = g_source_new (&funcs, sizeof (GSource));

  g_source_set_callback (turn, on_turn, self, NULL);
  g_source_attach (turn, context);
  return turn;
}

static void
open_watch (CgRestreamViewer *self, GMainContext *context)
{
  static GstRTSPWatchFuncs funcs = {
      .message_received = on_message,
      .message_sent = on_message_sent,
      .closed = on_closed,
      .error = on_error,
  };

  self->watch = gst_rtsp_watch_new (self->connection, &funcs, self, NULL);
  gst_rtsp_watch_set_send_backlog (self->watch, 0, MAX_BACKLOG);
  gst_rtsp_watch_attach (self->watch, context);
}

static GstRTSPConnection *
make_connection (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (socket, NULL);
  GstRTSPConnection *connection = NULL;

  if (address == NULL)
    return NULL;
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER, NULL);
  if (gst_rtsp_connection_create_from_socket (socket, host, g_inet_socket_address_get_port (inet),
                                              NULL, &connection) != GST_RTSP_OK)
    return NULL;
  gst_rtsp_connection_set_content_length_limit (connection, MAX_BODY);
  return connection;
}

/**
 * cg_restream_viewer_new:
 * @socket: a connection that was accepted
 * @options: outlives the viewer
 * @context: of this thread
 *
 * Source: RFC 2326.
 *
 * Returns: (transfer full) (nullable): one who may watch; %NULL: has hung up already
 */
CgRestreamViewer *
cg_restream_viewer_new (GSocket *socket,
                        const CgRestreamViewerOptions *options,
                        GMainContext *context)
{
  GstRTSPConnection *connection = make_connection (socket);

  if (connection == NULL)
    return NULL;
  CgRestreamViewer *self = g_new0 (CgRestreamViewer, 1);
  self->options = options;
  self->connection = connection;
  self->socket = g_object_ref (socket);
  self->nonce = cg_restream_login_make_nonce ();
  self->alive_us = g_get_monotonic_time ();
  self->turn = open_turn (self, context);
  open_watch (self, context);
  return self;
}

/**
 * cg_restream_viewer_free:
 * @self: (transfer full): a viewer; not from within its own turn
 *
 * Hangs up.
 */
void
cg_restream_viewer_free (CgRestreamViewer *self)
{
  cg_restream_dialogue_leave (self);
  g_source_destroy (self->turn);
  g_source_unref (self->turn);
  g_source_destroy ((GSource *)self->watch);
  gst_rtsp_watch_unref (self->watch);
  gst_rtsp_connection_close (self->connection);
  gst_rtsp_connection_free (self->connection);
  g_object_unref (self->socket);
  g_free (self->nonce);
  g_free (self->session);
  g_free (self);
}

static void
check_life (CgRestreamViewer *self, gint64 now_us)
{
  /* Half as long again as it was told: a sign may be late. */
  const gint64 patience_us = (gint64)self->options->session_timeout_ms * 1500;

  for (guint i = 0; i < CG_N_TRACKS; i++) {
    if (cg_restream_track_has_word (&self->tracks[i]))
      self->alive_us = now_us;
  }
  if (self->writing != 0 && now_us - self->writing_us > STALL_US)
    cg_restream_viewer_end (self, "does not read");
  else if (now_us - self->alive_us > patience_us)
    cg_restream_viewer_end (self, "has gone silent");
}

/**
 * cg_restream_viewer_check:
 * @self: a viewer
 * @now_us: monotonic
 *
 * To be called now and then.
 *
 * Returns: whether it is still there; else it is only good for being freed
 */
gboolean
cg_restream_viewer_check (CgRestreamViewer *self, gint64 now_us)
{
  if (self->is_over)
    return FALSE;
  if (self->place != NULL && cg_restream_place_is_gone (self->place))
    cg_restream_viewer_end (self, "its camera is gone");
  else
    cg_restream_dialogue_check (self, now_us);
  check_life (self, now_us);
  return !self->is_over;
}
