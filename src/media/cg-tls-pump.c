/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-tls-pump.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cg-error.h"
#include "cg-main.h"

struct _CgTlsPump {
  GIOStream *stream;         /* (owned) */
  GSocketConnection *inside; /* (owned) the pump's end of the pair */
  int fd;                    /* (owned) the user's end */
  GMainContext *context;     /* (owned) of the thread */
  GCancellable *cancellable; /* (owned) cancelled in the thread, where GIO's sources are made */
  GThread *thread;           /* (owned) */
  guint running;             /* directions; the thread's own */
  int timed_out;             /* (atomic) the other side acknowledged nothing for too long */
};

static void
finish_splice (CgTlsPump *self, GObject *object, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_splice_finish (G_OUTPUT_STREAM (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_atomic_int_set (&self->timed_out, TRUE);
  self->running--;
}

/* The user has written its last: the other side hears so. Or the other side takes no more: then
 * the user's next write fails. */
static void
on_sent (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgTlsPump *self = user_data;
  GSocket *socket = g_socket_connection_get_socket (self->inside);

  finish_splice (self, object, result);
  g_output_stream_close (G_OUTPUT_STREAM (object), self->cancellable, NULL);
  g_socket_shutdown (socket, TRUE, FALSE, NULL);
}

/* The other side has sent its last, or is gone: the user reads the end. */
static void
on_received (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgTlsPump *self = user_data;
  GSocket *socket = g_socket_connection_get_socket (self->inside);

  finish_splice (self, object, result);
  g_socket_shutdown (socket, FALSE, TRUE, NULL);
}

static gpointer
run_in_thread (gpointer data)
{
  CgTlsPump *self = data;
  GIOStream *inside = G_IO_STREAM (self->inside);

  g_main_context_push_thread_default (self->context);
  self->running = 2;
  g_output_stream_splice_async (g_io_stream_get_output_stream (self->stream),
                                g_io_stream_get_input_stream (inside), G_OUTPUT_STREAM_SPLICE_NONE,
                                G_PRIORITY_DEFAULT, self->cancellable, on_sent, self);
  g_output_stream_splice_async (
      g_io_stream_get_output_stream (inside), g_io_stream_get_input_stream (self->stream),
      G_OUTPUT_STREAM_SPLICE_NONE, G_PRIORITY_DEFAULT, self->cancellable, on_received, self);
  while (self->running > 0)
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static GSocketConnection *
wrap_fd (int fd)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);

  return socket != NULL ? g_socket_connection_factory_create_connection (socket) : NULL;
}

/**
 * cg_tls_pump_new:
 * @stream: a connected stream, of which the pump is the only user from here on
 * @error: return location
 *
 * Returns: (transfer full): a running pump, or %NULL with #CG_ERROR_INTERNAL
 */
CgTlsPump *
cg_tls_pump_new (GIOStream *stream, GError **error)
{
  g_autoptr (GError) reason = NULL;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
    g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL, "socketpair: %s", g_strerror (errno));
    return NULL;
  }
  CgTlsPump *self = g_new0 (CgTlsPump, 1);
  self->stream = g_object_ref (stream);
  self->fd = fds[0];
  self->inside = wrap_fd (fds[1]);
  self->context = g_main_context_new ();
  self->cancellable = g_cancellable_new ();
  self->thread = g_thread_try_new ("push-tls", run_in_thread, self, &reason);
  if (self->thread != NULL)
    return self;
  g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL, "no thread for TLS: %s", reason->message);
  cg_tls_pump_free (self);
  return NULL;
}

static gboolean
on_cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

/**
 * cg_tls_pump_free:
 * @self: (transfer full): a pump; what it still held is lost
 */
void
cg_tls_pump_free (CgTlsPump *self)
{
  cg_main_post (self->context, on_cancel, self->cancellable, NULL);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_main_context_unref (self->context);
  close (self->fd);
  g_object_unref (self->inside);
  g_object_unref (self->cancellable);
  g_object_unref (self->stream);
  g_free (self);
}

/**
 * cg_tls_pump_get_fd:
 * @self: a pump
 *
 * Returns: a blocking socket, good until the pump is freed
 */
int
cg_tls_pump_get_fd (CgTlsPump *self)
{
  return self->fd;
}

/**
 * cg_tls_pump_has_timed_out:
 * @self: a pump
 *
 * Returns: %TRUE if it ended because the other side had not acknowledged anything for too long; any
 *   thread
 */
gboolean
cg_tls_pump_has_timed_out (CgTlsPump *self)
{
  return g_atomic_int_get (&self->timed_out);
}
