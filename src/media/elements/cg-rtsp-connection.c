/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cg-error.h"
#include "cg-fingerprint.h"
#include "cg-media-loop.h"
#include "cg-rtsp-step.h"

struct _CgRtspConnection {
  GTlsCertificateFlags tls_flags; /* what must not be wrong with a certificate */
  char *fingerprint;              /* (owned) (nullable) of the only one that is taken */

  GMainContext *context; /* (owned) (nullable) of what GIO does in several steps */
  int wake_fd;           /* (owned) readable while interrupted */
  int is_interrupted;    /* (atomic) the same */

  CgLoan *loan;         /* (owned) (nullable) of the socket, while packets come */
  CgRtspReadyFunc func; /* what is done meanwhile */
  gpointer user_data;
  gboolean is_enough; /* it says so */

  GIOStream *stream;             /* (owned) (nullable) */
  GPollableInputStream *input;   /* (not owned) of the stream */
  GPollableOutputStream *output; /* (not owned) of the stream */
  int fd;                        /* (not owned) of the stream */
  gboolean is_tls;
};

/**
 * cg_rtsp_connection_new:
 * @tls_flags: what must not be wrong with a camera's certificate
 * @fingerprint: (nullable): SHA-256 of the only certificate that is taken, in any writing (Q57)
 *
 * Returns: (transfer full): a connection that is not open
 */
CgRtspConnection *
cg_rtsp_connection_new (GTlsCertificateFlags tls_flags, const char *fingerprint)
{
  CgRtspConnection *self = g_new0 (CgRtspConnection, 1);

  self->tls_flags = tls_flags;
  self->fingerprint = fingerprint != NULL ? cg_fingerprint_normalise (fingerprint) : NULL;
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  /* GLib dies where there is no descriptor for one. */
  self->context = self->wake_fd >= 0 ? g_main_context_new () : NULL;
  return self;
}

/**
 * cg_rtsp_connection_close:
 * @self: a connection
 *
 * Without a word. Does nothing when closed.
 */
void
cg_rtsp_connection_close (CgRtspConnection *self)
{
  self->input = NULL;
  self->output = NULL;
  self->fd = -1;
  g_clear_object (&self->stream);
}

/**
 * cg_rtsp_connection_free:
 * @self: (transfer full) (nullable): a connection that nobody waits on
 */
void
cg_rtsp_connection_free (CgRtspConnection *self)
{
  if (self == NULL)
    return;
  cg_rtsp_connection_close (self);
  while (self->context != NULL && g_main_context_iteration (self->context, FALSE))
    ;
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->loan, cg_loan_free);
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  g_free (self->fingerprint);
  g_free (self);
}

/**
 * cg_rtsp_connection_interrupt:
 * @self: a connection
 *
 * Every wait ends at once with #CG_ERROR_CANCELLED, now and until cg_rtsp_connection_resume(); any
 * thread.
 */
void
cg_rtsp_connection_interrupt (CgRtspConnection *self)
{
  g_atomic_int_set (&self->is_interrupted, TRUE);
  eventfd_write (self->wake_fd, 1);
}

/**
 * cg_rtsp_connection_resume:
 * @self: a connection
 *
 * Waits again, for a goodbye.
 */
void
cg_rtsp_connection_resume (CgRtspConnection *self)
{
  eventfd_t count;

  g_atomic_int_set (&self->is_interrupted, FALSE);
  eventfd_read (self->wake_fd, &count);
}

/**
 * cg_rtsp_connection_is_interrupted:
 * @self: a connection
 * @error: return location: #CG_ERROR_CANCELLED
 *
 * For whoever has much to do between two waits.
 *
 * Returns: whether nothing more is to be done
 */
gboolean
cg_rtsp_connection_is_interrupted (CgRtspConnection *self, GError **error)
{
  if (!g_atomic_int_get (&self->is_interrupted))
    return FALSE;
  cg_rtsp_step_set_cancelled (error);
  return TRUE;
}

/* Only here GIO's errors become ours; @late: what it is when the kernel gives up on the camera. */
static gboolean
set_lost (const GError *cause, CgError late, GError **error)
{
  const gboolean is_late = g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  const gboolean is_tls = cause->domain == G_TLS_ERROR;

  g_set_error_literal (error, CG_ERROR,
                       is_late  ? late
                       : is_tls ? CG_ERROR_PEER_FAULT
                                : CG_ERROR_UNREACHABLE,
                       cause->message);
  cg_error_set_cause (error, cg_error_find_cause (cause));
  return FALSE;
}

static gboolean
await (CgRtspConnection *self, CgRtspStep *step, gint64 deadline_us, GError **error)
{
  return cg_rtsp_step_await_in_thread (step, self->context, self->wake_fd, deadline_us, error);
}

static GSocketConnection *
connect_socket (CgRtspConnection *self,
                GSocketConnectable *address,
                gint64 deadline_us,
                GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_auto (CgRtspStep) step = {NULL};
  g_autoptr (GError) cause = NULL;

  cg_rtsp_step_init (&step);
  g_socket_client_set_enable_proxy (client, FALSE); /* cameras are neighbours */
  g_socket_client_connect_async (client, address, step.cancellable, cg_rtsp_step_on_result, &step);
  const gboolean is_done = await (self, &step, deadline_us, error);
  GSocketConnection *connection = g_socket_client_connect_finish (client, step.result, &cause);
  if (is_done && connection == NULL)
    set_lost (cause, CG_ERROR_TIMED_OUT, error);
  if (!is_done)
    g_clear_object (&connection);
  return connection;
}

static gboolean
is_pinned (const CgRtspConnection *self, GTlsCertificate *certificate)
{
  g_autofree char *shown = cg_fingerprint_take (certificate);

  return g_strcmp0 (shown, self->fingerprint) == 0;
}

/* A pin counts more than what the system thinks of a certificate (Q57). */
static gboolean
on_accept_certificate (GTlsConnection *tls,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       gpointer user_data)
{
  const CgRtspConnection *self = user_data;

  if (self->fingerprint != NULL)
    return is_pinned (self, certificate);
  return (errors & self->tls_flags) == 0;
}

/* GIO asks only about certificates that it does not like. */
static gboolean
check_certificate (CgRtspConnection *self, GTlsConnection *tls, GError **error)
{
  if (self->fingerprint == NULL || is_pinned (self, g_tls_connection_get_peer_certificate (tls)))
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                       "the camera's certificate is not the pinned one");
  return FALSE;
}

static GIOStream *
start_tls (CgRtspConnection *self,
           GIOStream *plain,
           GSocketConnectable *address,
           gint64 deadline_us,
           GError **error)
{
  g_auto (CgRtspStep) step = {NULL};
  g_autoptr (GError) cause = NULL;
  g_autoptr (GIOStream) tls = g_tls_client_connection_new (plain, address, &cause);
  if (tls == NULL) {
    set_lost (cause, CG_ERROR_TIMED_OUT, error);
    return NULL;
  }

  cg_rtsp_step_init (&step);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_accept_certificate), self);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, step.cancellable,
                                    cg_rtsp_step_on_result, &step);
  const gboolean is_done = await (self, &step, deadline_us, error);
  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), step.result, &cause)) {
    if (is_done)
      set_lost (cause, CG_ERROR_TIMED_OUT, error);
    return NULL;
  }
  if (!is_done || !check_certificate (self, G_TLS_CONNECTION (tls), error))
    return NULL;
  return g_steal_pointer (&tls);
}

static void
take_stream (CgRtspConnection *self, GIOStream *stream, GSocket *socket)
{
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_keepalive (socket, TRUE);
  self->stream = stream;
  self->fd = g_socket_get_fd (socket);
  self->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  self->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
}

static gboolean
open_stream (CgRtspConnection *self, const CgRtspUrl *url, gint64 deadline_us, GError **error)
{
  g_autoptr (GSocketConnectable) address = g_network_address_new (url->host, (guint16)url->port);
  g_autoptr (GSocketConnection) connection = connect_socket (self, address, deadline_us, error);
  if (connection == NULL)
    return FALSE;

  self->is_tls = url->is_tls;
  GIOStream *stream = url->is_tls
                          ? start_tls (self, G_IO_STREAM (connection), address, deadline_us, error)
                          : g_object_ref (G_IO_STREAM (connection));
  if (stream == NULL)
    return FALSE;
  take_stream (self, stream, g_socket_connection_get_socket (connection));
  return TRUE;
}

/**
 * cg_rtsp_connection_open_in_thread:
 * @self: a connection; what was open is closed
 * @url: where to
 * @deadline_us: on the monotonic clock
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_TIMED_OUT, #CG_ERROR_CANCELLED,
 *   #CG_ERROR_PEER_FAULT for a certificate that is not taken, or #CG_ERROR_INTERNAL where it could
 *   not be interrupted
 *
 * Looks the name up and connects, by IPv6 and IPv4, whichever answers first.
 *
 * Returns: whether it is open
 */
gboolean
cg_rtsp_connection_open_in_thread (CgRtspConnection *self,
                                   const CgRtspUrl *url,
                                   gint64 deadline_us,
                                   GError **error)
{
  cg_rtsp_connection_close (self);
  if (self->wake_fd < 0) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INTERNAL, "no descriptor is left");
    return FALSE;
  }
  g_main_context_push_thread_default (self->context);
  const gboolean is_open = open_stream (self, url, deadline_us, error);
  g_main_context_pop_thread_default (self->context);
  if (!is_open)
    g_prefix_error (error, "%s port %u: ", url->host, url->port);
  return is_open;
}

/**
 * cg_rtsp_connection_is_open:
 * @self: a connection
 *
 * Returns: whether cg_rtsp_connection_open_in_thread() has opened it and nobody has closed it since
 */
gboolean
cg_rtsp_connection_is_open (const CgRtspConnection *self)
{
  return self->stream != NULL;
}

/* Until the socket is ready. Rounded up: what is almost over is not asked again and again. */
static gboolean
wait_ready (CgRtspConnection *self, GIOCondition condition, gint64 deadline_us, GError **error)
{
  GPollFD fds[] = {{.fd = self->fd, .events = (gushort)condition},
                   {.fd = self->wake_fd, .events = G_IO_IN}};

  for (;;) {
    const gint64 left_us = deadline_us - g_get_monotonic_time ();
    const gint64 left_ms = left_us > 0 ? (left_us + 999) / 1000 : 0;

    g_poll (fds, G_N_ELEMENTS (fds), (gint)MIN (left_ms, G_MAXINT));
    if (fds[1].revents != 0) {
      cg_rtsp_step_set_cancelled (error);
      return FALSE;
    }
    if (fds[0].revents != 0)
      return TRUE;
    if (left_ms == 0) {
      cg_rtsp_step_set_timed_out (error);
      return FALSE;
    }
  }
}

/**
 * cg_rtsp_connection_has_ended_in_thread:
 * @self: an open connection
 * @deadline_us: on the monotonic clock
 *
 * Waits for the camera to hang up, and takes nothing of what it may send instead.
 *
 * Returns: whether it has
 */
gboolean
cg_rtsp_connection_has_ended_in_thread (CgRtspConnection *self, gint64 deadline_us)
{
  char byte;

  return wait_ready (self, G_IO_IN, deadline_us, NULL) &&
         recv (self->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/**
 * cg_rtsp_connection_write_in_thread:
 * @self: an open connection
 * @data: what to send
 * @size: its bytes
 * @deadline_us: on the monotonic clock
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_TIMED_OUT, #CG_ERROR_CANCELLED
 *
 * Returns: whether all of it was taken
 */
gboolean
cg_rtsp_connection_write_in_thread (
    CgRtspConnection *self, const void *data, gsize size, gint64 deadline_us, GError **error)
{
  const guint8 *next = data;

  while (size > 0) {
    g_autoptr (GError) cause = NULL;
    const gssize written =
        g_pollable_output_stream_write_nonblocking (self->output, next, size, NULL, &cause);

    if (written > 0) {
      next += written;
      size -= (gsize)written;
      continue;
    }
    if (cause != NULL && !g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return set_lost (cause, CG_ERROR_UNREACHABLE, error);
    if (!wait_ready (self, G_IO_OUT, deadline_us, error))
      return FALSE;
  }
  return TRUE;
}

/* As GIO reads, without what it does around it, which costs more than the packets that come. */
static gssize
read_socket (int fd, void *data, gsize size, GError **error)
{
  const gssize length = recv (fd, data, size, MSG_DONTWAIT);

  if (length < 0)
    g_set_error_literal (error, G_IO_ERROR, (int)g_io_error_from_errno (errno), g_strerror (errno));
  return length;
}

/**
 * cg_rtsp_connection_read_ready:
 * @self: an open connection
 * @data: (out): room for what has come
 * @size: how much room
 * @error: return location: #CG_ERROR_UNREACHABLE, also where the camera closes the connection
 *
 * Takes as much as is there, and does not wait.
 *
 * Returns: how many bytes; 0: none is there yet; -1: none will come
 */
gssize
cg_rtsp_connection_read_ready (CgRtspConnection *self, void *data, gsize size, GError **error)
{
  g_autoptr (GError) cause = NULL;
  const gssize length = self->is_tls ? g_pollable_input_stream_read_nonblocking (self->input, data,
                                                                                 size, NULL, &cause)
                                     : read_socket (self->fd, data, size, &cause);

  if (length > 0)
    return length;
  if (length < 0 && g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return 0;
  if (length == 0)
    g_set_error_literal (error, CG_ERROR, CG_ERROR_UNREACHABLE, "camera closed the connection");
  else
    set_lost (cause, CG_ERROR_UNREACHABLE, error);
  return -1;
}

/**
 * cg_rtsp_connection_read_in_thread:
 * @self: an open connection
 * @data: (out): room for what comes
 * @size: how much room
 * @deadline_us: on the monotonic clock
 * @error: return location: #CG_ERROR_UNREACHABLE, also where the camera closes the connection;
 *   #CG_ERROR_TIMED_OUT, #CG_ERROR_CANCELLED
 *
 * Waits for something and takes as much as is there. One system call to wait and one to read.
 *
 * Returns: how many bytes came; -1: none
 */
gssize
cg_rtsp_connection_read_in_thread (
    CgRtspConnection *self, void *data, gsize size, gint64 deadline_us, GError **error)
{
  for (;;) {
    /* TLS may hold more than the socket shows. */
    if (cg_rtsp_connection_is_interrupted (self, error))
      return -1;
    if (!self->is_tls && !wait_ready (self, G_IO_IN, deadline_us, error))
      return -1;
    const gssize length = cg_rtsp_connection_read_ready (self, data, size, error);
    if (length != 0)
      return length;
    if (self->is_tls && !wait_ready (self, G_IO_IN, deadline_us, error))
      return -1;
  }
}

/* TLS may hold more than the socket shows. */
static gboolean
has_more (CgRtspConnection *self)
{
  return self->is_tls && g_pollable_input_stream_is_readable (self->input);
}

static gboolean
serve_here (CgRtspConnection *self,
            CgRtspReadyFunc func,
            gpointer user_data,
            gint64 deadline_us,
            GError **error)
{
  do {
    if (!has_more (self) && !wait_ready (self, G_IO_IN, deadline_us, error))
      return FALSE;
  } while (func (user_data));
  return TRUE;
}

/* In the media thread. */
static gboolean
on_loan (gboolean is_ready, gpointer user_data)
{
  CgRtspConnection *self = user_data;

  self->is_enough = !self->func (self->user_data);
  return !self->is_enough;
}

/* What woke us was the function's end; an interruption stays one. */
static void
clear_wake (CgRtspConnection *self)
{
  eventfd_t ignored;

  eventfd_read (self->wake_fd, &ignored);
  if (g_atomic_int_get (&self->is_interrupted))
    eventfd_write (self->wake_fd, 1);
}

/**
 * cg_rtsp_connection_serve_in_thread:
 * @self: an open connection
 * @func: called whenever there is something to read, until it has had enough
 * @user_data: for @func
 * @deadline_us: on the monotonic clock
 * @error: return location: #CG_ERROR_TIMED_OUT, #CG_ERROR_CANCELLED
 *
 * For the long time in which only packets come. The function runs in the media thread where that is
 * possible, else in this one; never in both, and not any more when this returns.
 *
 * Returns: %TRUE: the function has had enough
 */
gboolean
cg_rtsp_connection_serve_in_thread (CgRtspConnection *self,
                                    CgRtspReadyFunc func,
                                    gpointer user_data,
                                    gint64 deadline_us,
                                    GError **error)
{
  if (self->loan == NULL)
    self->loan = cg_loan_new (on_loan, self);
  self->func = func;
  self->user_data = user_data;
  self->is_enough = FALSE;
  if (self->is_tls || !cg_loan_serve_in_thread (self->loan, self->fd, self->wake_fd, deadline_us))
    return serve_here (self, func, user_data, deadline_us, error);
  clear_wake (self);
  if (self->is_enough)
    return TRUE;
  if (!cg_rtsp_connection_is_interrupted (self, error))
    cg_rtsp_step_set_timed_out (error);
  return FALSE;
}
