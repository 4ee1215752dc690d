/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-viewer-private.h"

#include <gio/gnetworking.h>

#include "cg-restream-login.h"

/* A viewer that takes no byte for so long is gone; before that it loses groups of pictures. */
#define STALL_US (30 * G_USEC_PER_SEC)

/* A viewer asks for its camera at once, and plays it when it knows what there is. */
#define IDLE_US (15 * G_USEC_PER_SEC)

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
    g_debug ("viewer %s: %s", self->host, why);
  self->is_over = TRUE;
}

static void
on_request (const GstRTSPMessage *request, gpointer user_data)
{
  CgRestreamViewer *self = user_data;

  self->alive_us = g_get_monotonic_time ();
  if (!self->is_over)
    cg_restream_dialogue_take (self, request);
}

static void
on_packet (gpointer user_data)
{
  CgRestreamViewer *self = user_data;

  self->alive_us = g_get_monotonic_time ();
}

static void
on_written (gpointer user_data)
{
  CgRestreamViewer *self = user_data;

  g_source_set_ready_time (self->turn, 0);
}

static void
on_lost (const char *why, gpointer user_data)
{
  cg_restream_viewer_end (user_data, why);
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

static char *
get_host (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (socket, NULL);

  if (address == NULL)
    return NULL;
  return g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
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
  static const CgRestreamWireFuncs funcs = {on_request, on_packet, on_written, on_lost};
  char *host = get_host (socket);

  if (host == NULL)
    return NULL;
  CgRestreamViewer *self = g_new0 (CgRestreamViewer, 1);
  self->options = options;
  self->host = host;
  self->socket = g_object_ref (socket);
  self->nonce = cg_restream_login_make_nonce ();
  self->alive_us = self->idle_us = g_get_monotonic_time ();
  self->turn = open_turn (self, context);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER, NULL);
  self->wire = cg_restream_wire_new (socket, &funcs, self, context);
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
  cg_restream_wire_free (self->wire);
  g_object_unref (self->socket);
  g_free (self->host);
  g_free (self->nonce);
  if (self->delayed != NULL)
    gst_rtsp_message_free (self->delayed);
  g_free (self->session);
  g_free (self);
}

/* Whatever it says meanwhile: it keeps the camera's session, and a place that others want. */
static gboolean
is_dawdling (const CgRestreamViewer *self)
{
  return self->place != NULL && self->question == NULL && !self->has_played;
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
  self->alive_us = MAX (self->alive_us, cg_restream_wire_get_taken_us (self->wire));
  if (cg_restream_wire_get_stall_us (self->wire, now_us) > STALL_US)
    cg_restream_viewer_end (self, "does not read");
  else if (self->place == NULL && now_us - self->idle_us > IDLE_US)
    cg_restream_viewer_end (self, "asks for no camera");
  else if (is_dawdling (self) && now_us - self->idle_us > MIN (IDLE_US, patience_us))
    cg_restream_viewer_end (self, "asks and does not watch");
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

/**
 * cg_restream_viewer_get_host:
 * @self: a viewer
 *
 * Returns: (transfer none): the address that it has called from
 */
const char *
cg_restream_viewer_get_host (const CgRestreamViewer *self)
{
  return self->host;
}

/**
 * cg_restream_viewer_is_idle:
 * @self: a viewer
 *
 * Returns: whether it watches nothing, and waits for nothing
 */
gboolean
cg_restream_viewer_is_idle (const CgRestreamViewer *self)
{
  return self->place == NULL;
}
