/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream.h"

#include "cg-error.h"
#include "cg-main.h"
#include "cg-restream-viewer.h"

/* How often viewers are looked at: who has left, who waits for too long. */
#define TICK_MS 200

/* At the same time: each may owe 16 MiB (cg-hub-output.c), and this is a small box. */
#define MAX_VIEWERS 64

/* Who comes while the thread does something else waits in the kernel: all of them at once. */
#define BACKLOG MAX_VIEWERS

/* What the thread of the viewers has. */
typedef struct {
  GMainContext *context; /* (owned) */
  GMainLoop *loop;       /* (owned) */
  GSocket *listener;     /* (owned) */
  GSource *accept;       /* (owned) (nullable): not while there is nothing to accept with */
  GPtrArray *viewers;    /* (owned) (element-type CgRestreamViewer) */
  CgRestreamViewerOptions options;
  char *username; /* (owned) (nullable) */
  char *password; /* (owned) (nullable) */
  GTask *close;   /* (owned) (nullable): answered at the end */
  gboolean is_full;
} Room;

struct _CgRestream {
  GObject parent_instance;

  CgRestreamPlaces *places; /* (owned) (nullable) */
  Room *room;               /* (nullable): the thread frees it; %NULL once it was told to end */
  guint16 port;
};

enum { SIGNAL_WATCHED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgRestream, cg_restream, G_TYPE_OBJECT)

static void
on_watched (const char *did, gboolean is_watched, gpointer user_data)
{
  g_autoptr (CgRestream) self = g_object_ref (CG_RESTREAM (user_data));

  g_signal_emit (self, signals[SIGNAL_WATCHED], 0, did, is_watched);
}

static void
room_free (Room *self)
{
  g_ptr_array_unref (self->viewers);
  if (self->accept != NULL) {
    g_source_destroy (self->accept);
    g_source_unref (self->accept);
  }
  g_object_unref (self->listener);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  cg_restream_places_unref (self->options.places);
  cg_login_throttle_free (self->options.throttle);
  g_free (self->username);
  g_free (self->password);
  g_free (self);
}

static void
free_viewer (gpointer viewer)
{
  cg_restream_viewer_free (viewer);
}

/* Who watches nothing makes room for a new one, the oldest first, and those of the same address
 * before all others: whoever takes all places for nothing takes them from itself. */
static gboolean
make_room (Room *self, const char *host)
{
  guint found = self->viewers->len;

  for (guint i = self->viewers->len; i-- > 0;) {
    if (cg_restream_viewer_is_idle (self->viewers->pdata[i]))
      found = i;
  }
  for (guint i = self->viewers->len; i-- > 0;) {
    if (cg_restream_viewer_is_idle (self->viewers->pdata[i]) &&
        g_str_equal (cg_restream_viewer_get_host (self->viewers->pdata[i]), host))
      found = i;
  }
  if (found == self->viewers->len)
    return FALSE;
  g_ptr_array_remove_index (self->viewers, found);
  return TRUE;
}

static void
take_viewer_in_thread (Room *self, GSocket *socket)
{
  CgRestreamViewer *viewer = cg_restream_viewer_new (socket, &self->options, self->context);

  if (viewer == NULL)
    return;
  if (self->viewers->len < MAX_VIEWERS || make_room (self, cg_restream_viewer_get_host (viewer))) {
    g_ptr_array_add (self->viewers, viewer);
    return;
  }
  if (!self->is_full)
    g_warning ("restream: %u viewers are there, and no more are let in", self->viewers->len);
  self->is_full = TRUE;
  cg_restream_viewer_free (viewer);
}

/* Without a free descriptor there is nothing to do but to come back at the next tick. */
static gboolean
on_accept (GSocket *listener, GIOCondition condition, gpointer user_data)
{
  Room *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, &error);

  if (socket != NULL)
    take_viewer_in_thread (self, socket);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    g_warning ("restream: %s", error->message);
    g_clear_pointer (&self->accept, g_source_unref);
    return G_SOURCE_REMOVE;
  }
  return G_SOURCE_CONTINUE;
}

static void
open_accept (Room *self)
{
  self->accept = g_socket_create_source (self->listener, G_IO_IN, NULL);
  g_source_set_callback (self->accept, G_SOURCE_FUNC (on_accept), self, NULL);
  g_source_attach (self->accept, self->context);
}

static gboolean
on_tick (gpointer user_data)
{
  Room *self = user_data;
  const gint64 now_us = g_get_monotonic_time ();

  for (guint i = self->viewers->len; i-- > 0;) {
    if (!cg_restream_viewer_check (self->viewers->pdata[i], now_us))
      g_ptr_array_remove_index (self->viewers, i);
  }
  self->is_full = self->is_full && self->viewers->len == MAX_VIEWERS;
  if (self->accept == NULL)
    open_accept (self);
  return G_SOURCE_CONTINUE;
}

static gpointer
run_in_thread (gpointer data)
{
  Room *self = data;
  g_autoptr (GSource) tick = g_timeout_source_new (TICK_MS);

  g_main_context_push_thread_default (self->context);
  g_source_set_callback (tick, on_tick, self, NULL);
  g_source_attach (tick, self->context);
  open_accept (self);
  g_main_loop_run (self->loop);
  g_source_destroy (tick);
  g_ptr_array_set_size (self->viewers, 0);
  g_main_context_pop_thread_default (self->context);
  GTask *close = g_steal_pointer (&self->close);
  room_free (self);
  if (close != NULL) {
    g_task_return_boolean (close, TRUE);
    g_object_unref (close);
  }
  return NULL;
}

static gboolean
on_end (gpointer user_data)
{
  Room *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* Gives the room to its thread, for it to end. */
static void
end_room (CgRestream *self, GTask *close)
{
  Room *room = g_steal_pointer (&self->room);
  g_autoptr (GMainContext) context = g_main_context_ref (room->context); /* outlives @source */
  g_autoptr (GSource) source = g_idle_source_new ();

  cg_restream_places_mute (self->places);
  room->close = close;
  g_source_set_callback (source, on_end, room, NULL);
  g_source_attach (source, context);
}

static void
cg_restream_dispose (GObject *object)
{
  CgRestream *self = CG_RESTREAM (object);

  if (self->room != NULL)
    end_room (self, NULL);
  g_clear_pointer (&self->places, cg_restream_places_unref);
  G_OBJECT_CLASS (cg_restream_parent_class)->dispose (object);
}

static void
cg_restream_class_init (CgRestreamClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_restream_dispose;

  signals[SIGNAL_WATCHED] =
      g_signal_new ("watched", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
cg_restream_init (CgRestream *self)
{
}

static GSocket *
listen_at (const CgRestreamOptions *options, GError **error)
{
  g_autoptr (GSocketAddress) place =
      g_inet_socket_address_new_from_string (options->address, options->port);

  if (place == NULL) {
    g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "%s is no IP address", options->address);
    return NULL;
  }
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (place),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, place, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  return g_steal_pointer (&socket);
}

static Room *
room_new (CgRestream *self, const CgRestreamOptions *options, GSocket *listener)
{
  Room *room = g_new0 (Room, 1);

  room->context = g_main_context_new ();
  room->loop = g_main_loop_new (room->context, FALSE);
  room->listener = g_object_ref (listener);
  room->viewers = g_ptr_array_new_with_free_func (free_viewer);
  room->username = g_strdup (options->username);
  room->password = g_strdup (options->password);
  room->options = (CgRestreamViewerOptions){
      .places = cg_restream_places_ref (self->places),
      .throttle = cg_login_throttle_new (),
      .username = room->username,
      .password = room->password,
      .answer_timeout_ms = options->answer_timeout_ms,
      .session_timeout_ms = options->session_timeout_ms,
  };
  return room;
}

static gboolean
open_room (CgRestream *self, const CgRestreamOptions *options, GError **error)
{
  g_autoptr (GSocket) listener = listen_at (options, error);
  g_autoptr (GThread) thread = NULL;

  if (listener == NULL) {
    g_prefix_error (error, "restream on %s port %u: ", options->address, options->port);
    return FALSE;
  }
  g_autoptr (GSocketAddress) here = g_socket_get_local_address (listener, NULL);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here));
  self->room = room_new (self, options, listener);
  thread = g_thread_try_new ("restream", run_in_thread, self->room, error);
  if (thread == NULL)
    g_clear_pointer (&self->room, room_free);
  return thread != NULL;
}

/**
 * cg_restream_new:
 * @options: copied
 * @error: return location
 *
 * Publishes the pictures of hubs as rtsp://box:port/did, to any number of viewers by TCP or UDP.
 * Each is an output of its hub, and all are served by one thread. Source: RFC 2326.
 *
 * Returns: (transfer full) (nullable): a server without cameras; %NULL: the port is taken, or there
 *   is no such address
 */
CgRestream *
cg_restream_new (const CgRestreamOptions *options, GError **error)
{
  CG_ON_MAIN ();
  g_autoptr (CgRestream) self = g_object_new (CG_TYPE_RESTREAM, NULL);

  self->places = cg_restream_places_new (on_watched, self);
  if (!open_room (self, options, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cg_restream_get_port:
 * @self: a server
 *
 * Returns: where it listens
 */
guint16
cg_restream_get_port (CgRestream *self)
{
  return self->port;
}

/**
 * cg_restream_set_hub:
 * @self: a server
 * @did: of a camera
 * @hub: (nullable): its pictures; %NULL: they will be there soon
 *
 * Whoever watches what was there before is sent away.
 */
void
cg_restream_set_hub (CgRestream *self, const char *did, CgHub *hub)
{
  CG_ON_MAIN ();
  cg_restream_places_set (self->places, did, hub);
}

/**
 * cg_restream_remove:
 * @self: a server
 * @did: of a camera that is no longer bound
 */
void
cg_restream_remove (CgRestream *self, const char *did)
{
  CG_ON_MAIN ();
  cg_restream_places_remove (self->places, did);
}

/**
 * cg_restream_count:
 * @self: a server
 * @did: of a camera
 *
 * Returns: how many watch it, or wait for its picture
 */
guint
cg_restream_count (CgRestream *self, const char *did)
{
  CG_ON_MAIN ();
  return cg_restream_places_count (self->places, did);
}

/**
 * cg_restream_close_async:
 * @self: a server
 * @callback: (nullable): called when the port is free again
 * @user_data: for @callback
 *
 * Hangs up on all viewers. Nobody is told of them any more.
 */
void
cg_restream_close_async (CgRestream *self, GAsyncReadyCallback callback, gpointer user_data)
{
  CG_ON_MAIN ();
  g_return_if_fail (self->room != NULL);

  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, cg_restream_close_async);
  end_room (self, task);
}

/**
 * cg_restream_close_finish:
 * @self: a server
 * @result: from the callback
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_restream_close_finish (CgRestream *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
