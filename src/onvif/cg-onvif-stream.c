/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

struct _CgOnvifStream {
  GMainContext *context; /* (owned) our own: what we wait for blocks nobody else */
  GIOStream *stream;     /* (owned) (nullable) plain or TLS */
  GSocket *socket;       /* (nullable) belongs to the stream */
  gboolean is_tls;
  CgOnvifTrust trust;
  char *host; /* (nullable) the peer of the open connection */
  guint16 port;

  guint depth; /* begin() within begin() */
  guint timeout_ms;
  gint64 deadline_us;
  gboolean is_timed_out;

  GMutex lock; /* what abort() touches from other threads */
  gboolean is_in_job;
  gboolean is_in_call;
  gboolean is_aborted;
};

/**
 * cg_onvif_stream_new:
 *
 * Returns: (transfer full): a stream that is not connected
 */
CgOnvifStream *
cg_onvif_stream_new (void)
{
  CgOnvifStream *self = g_new0 (CgOnvifStream, 1);

  self->context = g_main_context_new ();
  g_mutex_init (&self->lock);
  return self;
}

/**
 * cg_onvif_stream_close:
 * @self: a stream
 *
 * Closes without waiting for a TLS goodbye.
 */
void
cg_onvif_stream_close (CgOnvifStream *self)
{
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  self->socket = NULL;
  g_clear_object (&self->stream);
  g_clear_pointer (&self->host, g_free);
}

/**
 * cg_onvif_stream_free:
 * @self: (transfer full) (nullable): a stream outside any call
 */
void
cg_onvif_stream_free (CgOnvifStream *self)
{
  if (self == NULL)
    return;
  cg_onvif_stream_close (self);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_unref (self->context);
  cg_onvif_trust_clear (&self->trust);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cg_onvif_stream_begin:
 * @self: a stream
 * @timeout_ms: from now to the end of all that is done before cg_onvif_stream_end()
 *
 * Starts a call. Within another call it changes nothing: the outer deadline holds.
 */
void
cg_onvif_stream_begin (CgOnvifStream *self, guint timeout_ms)
{
  if (self->depth++ > 0)
    return;
  self->timeout_ms = timeout_ms;
  self->deadline_us = g_get_monotonic_time () + (gint64)timeout_ms * 1000;
  self->is_timed_out = FALSE;
  g_mutex_lock (&self->lock);
  self->is_aborted = self->is_in_job && self->is_aborted;
  self->is_in_call = TRUE;
  g_mutex_unlock (&self->lock);
}

/**
 * cg_onvif_stream_end:
 * @self: a stream
 *
 * Ends what cg_onvif_stream_begin() began. The connection stays.
 */
void
cg_onvif_stream_end (CgOnvifStream *self)
{
  g_return_if_fail (self->depth > 0);

  if (--self->depth > 0)
    return;
  g_mutex_lock (&self->lock);
  self->is_in_call = FALSE;
  g_mutex_unlock (&self->lock);
}

/**
 * cg_onvif_stream_begin_job:
 * @self: a stream
 *
 * From any thread, before the first of several calls: an abort from here on counts for all of them.
 */
void
cg_onvif_stream_begin_job (CgOnvifStream *self)
{
  g_mutex_lock (&self->lock);
  self->is_in_job = TRUE;
  self->is_aborted = FALSE;
  g_mutex_unlock (&self->lock);
}

/**
 * cg_onvif_stream_end_job:
 * @self: a stream
 *
 * From any thread, after the last of the calls.
 */
void
cg_onvif_stream_end_job (CgOnvifStream *self)
{
  g_mutex_lock (&self->lock);
  self->is_in_job = FALSE;
  g_mutex_unlock (&self->lock);
}

/**
 * cg_onvif_stream_abort:
 * @self: a stream
 *
 * From any thread: the call under way fails at once with %CG_ERROR_CANCELLED, and within a job all
 * that follow. Without either nothing happens.
 */
void
cg_onvif_stream_abort (CgOnvifStream *self)
{
  g_mutex_lock (&self->lock);
  if (self->is_in_call || self->is_in_job) {
    self->is_aborted = TRUE;
    g_main_context_wakeup (self->context);
  }
  g_mutex_unlock (&self->lock);
}

/**
 * cg_onvif_stream_get_trust:
 * @self: a stream
 *
 * Returns: (transfer none): which certificates it takes; any, to begin with
 */
CgOnvifTrust *
cg_onvif_stream_get_trust (CgOnvifStream *self)
{
  return &self->trust;
}

/**
 * cg_onvif_stream_is_aborted:
 * @self: a stream
 *
 * From any thread.
 *
 * Returns: whether the call under way, or the job, was aborted
 */
gboolean
cg_onvif_stream_is_aborted (CgOnvifStream *self)
{
  g_mutex_lock (&self->lock);
  const gboolean aborted = self->is_aborted;
  g_mutex_unlock (&self->lock);

  return aborted;
}

/**
 * cg_onvif_stream_was_given_up:
 * @self: a stream
 *
 * Returns: whether this call was aborted or its deadline has passed, so that nothing more should be
 *   tried
 */
gboolean
cg_onvif_stream_was_given_up (CgOnvifStream *self)
{
  return self->is_timed_out || cg_onvif_stream_is_aborted (self);
}

/* The one place where GIO's errors become ours. */
static void
convert_error (CgOnvifStream *self, const GError *reason, GError **error)
{
  if (cg_onvif_stream_is_aborted (self))
    g_set_error_literal (error, CG_ERROR, CG_ERROR_CANCELLED, "the call was given up");
  else if (self->is_timed_out)
    g_set_error (error, CG_ERROR, CG_ERROR_TIMED_OUT, "no answer within %u ms", self->timeout_ms);
  else
    g_set_error_literal (error, CG_ERROR, CG_ERROR_UNREACHABLE,
                         reason != NULL ? reason->message : "connection lost");
  cg_error_set_cause (error, cg_error_find_cause (reason));
}

/**
 * cg_onvif_stream_get_deadline_us:
 * @self: a stream within a call
 *
 * Returns: (monotonic time): when that ends
 */
gint64
cg_onvif_stream_get_deadline_us (const CgOnvifStream *self)
{
  return self->deadline_us;
}

static gboolean
on_deadline (gpointer user_data)
{
  CgOnvifStream *self = user_data;

  self->is_timed_out = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs our own context until @done, or until the call is given up. */
static void
wait_until (CgOnvifStream *self, const gboolean *done)
{
  const gint64 left_us = self->deadline_us - g_get_monotonic_time ();
  g_autoptr (GSource) timer = g_timeout_source_new ((guint)(MAX (left_us, 0) / 1000));

  g_source_set_callback (timer, on_deadline, self, NULL);
  g_source_attach (timer, self->context);
  while (!*done && !cg_onvif_stream_was_given_up (self))
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (timer);
}

static gboolean
on_ready (GObject *stream, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Waits until the stream can go on. (transfer full) of @source */
static gboolean
wait_ready (CgOnvifStream *self, GSource *source)
{
  gboolean done = FALSE;

  g_source_set_callback (source, G_SOURCE_FUNC (on_ready), &done, NULL);
  g_source_attach (source, self->context);
  wait_until (self, &done);
  g_source_destroy (source);
  g_source_unref (source);
  return !cg_onvif_stream_was_given_up (self);
}

/* A result that comes through our own context. */
typedef struct {
  gboolean done;
  GAsyncResult *result; /* (owned) (nullable) */
} Pending;

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pending *pending = user_data;

  pending->result = g_object_ref (result);
  pending->done = TRUE;
}

/* A call that is given up still gets its result, at once. It is cancelled from here and never from
 * the thread that gave it up: there is a race in GLib's cancellation that leaks. */
static void
wait_result (CgOnvifStream *self, Pending *pending, GCancellable *cancellable)
{
  wait_until (self, &pending->done);
  if (pending->done)
    return;
  g_cancellable_cancel (cancellable);
  while (!pending->done)
    g_main_context_iteration (self->context, TRUE);
}

static GSocketConnection *
connect_tcp (CgOnvifStream *self, GSocketConnectable *peer, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Pending pending = {FALSE, NULL};

  g_socket_client_set_enable_proxy (client, FALSE); /* cameras are neighbours */
  g_socket_client_connect_async (client, peer, cancellable, on_result, &pending);
  wait_result (self, &pending, cancellable);
  GSocketConnection *connection = g_socket_client_connect_finish (client, pending.result, error);
  g_object_unref (pending.result);
  return connection;
}

/* What is wrong with it is for the trust to judge, once the handshake is over (Q57). */
static gboolean
on_accept_certificate (void)
{
  return TRUE;
}

static gboolean
check_certificate (CgOnvifStream *self, GTlsConnection *tls, GError **error)
{
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (tls);
  const GTlsCertificateFlags errors = g_tls_connection_get_peer_certificate_errors (tls);

  if (certificate != NULL && cg_onvif_trust_accepts (&self->trust, certificate, errors))
    return TRUE;
  g_autofree char *text = cg_onvif_trust_explain (&self->trust);
  g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, text);
  return FALSE;
}

static GIOStream *
start_tls (CgOnvifStream *self, GIOStream *plain, GSocketConnectable *peer, GError **error)
{
  g_autoptr (GIOStream) tls = g_tls_client_connection_new (plain, peer, error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Pending pending = {FALSE, NULL};

  if (tls == NULL)
    return NULL;
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_accept_certificate), NULL);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, cancellable,
                                    on_result, &pending);
  wait_result (self, &pending, cancellable);
  const gboolean is_up =
      g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), pending.result, error);
  g_object_unref (pending.result);
  if (!is_up || !check_certificate (self, G_TLS_CONNECTION (tls), error))
    return NULL;
  return g_steal_pointer (&tls);
}

static gboolean
open_stream (CgOnvifStream *self, const CgOnvifAddress *address, GError **error)
{
  g_autoptr (GSocketConnectable) peer = g_network_address_new (address->host, address->port);
  g_autoptr (GSocketConnection) connection = connect_tcp (self, peer, error);

  if (connection == NULL)
    return FALSE;
  GSocket *socket = g_socket_connection_get_socket (connection);
  /* A request is one write: it must not wait for the answer to the one before. */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_autoptr (GIOStream) stream = address->tls
                                     ? start_tls (self, G_IO_STREAM (connection), peer, error)
                                     : g_object_ref (G_IO_STREAM (connection));
  if (stream == NULL)
    return FALSE;
  self->stream = g_steal_pointer (&stream);
  self->socket = socket;
  self->is_tls = address->tls;
  self->host = g_strdup (address->host);
  self->port = address->port;
  return TRUE;
}

/**
 * cg_onvif_stream_open:
 * @self: a stream within a call
 * @address: whom to connect to
 * @error: return location
 *
 * Closes what is open and connects anew.
 *
 * Returns: whether it is connected
 */
gboolean
cg_onvif_stream_open (CgOnvifStream *self, const CgOnvifAddress *address, GError **error)
{
  g_autoptr (GError) reason = NULL;

  g_return_val_if_fail (self->depth > 0, FALSE);
  cg_onvif_stream_close (self);
  g_main_context_push_thread_default (self->context);
  const gboolean is_open =
      !cg_onvif_stream_was_given_up (self) && open_stream (self, address, &reason);
  g_main_context_pop_thread_default (self->context);
  if (!is_open)
    convert_error (self, reason, error);
  return is_open;
}

/**
 * cg_onvif_stream_is_open_to:
 * @self: a stream
 * @address: a peer
 *
 * Returns: whether it is connected there and we have not closed it; the other side may have
 */
gboolean
cg_onvif_stream_is_open_to (CgOnvifStream *self, const CgOnvifAddress *address)
{
  return self->stream != NULL && self->port == address->port && self->is_tls == address->tls &&
         strcmp (self->host, address->host) == 0;
}

/**
 * cg_onvif_stream_is_silent:
 * @self: an open stream
 *
 * Returns: whether there is nothing to read: between two requests anything else means that the
 * camera has closed, or is out of step
 */
gboolean
cg_onvif_stream_is_silent (CgOnvifStream *self)
{
  return g_socket_condition_check (self->socket, G_IO_IN) == 0;
}

/**
 * cg_onvif_stream_read:
 * @self: a connected stream within a call
 * @buffer: (out) (array length=size): where to
 * @size: how much fits
 * @error: return location
 *
 * Returns: the number of bytes, at least one; 0 at the end; -1 on error
 */
gssize
cg_onvif_stream_read (CgOnvifStream *self, void *buffer, gsize size, GError **error)
{
  GPollableInputStream *input =
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));

  while (!cg_onvif_stream_was_given_up (self)) {
    g_autoptr (GError) reason = NULL;
    const gssize n = g_pollable_input_stream_read_nonblocking (input, buffer, size, NULL, &reason);

    if (n >= 0)
      return n;
    if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
        !wait_ready (self, g_pollable_input_stream_create_source (input, NULL))) {
      convert_error (self, reason, error);
      return -1;
    }
  }
  convert_error (self, NULL, error);
  return -1;
}

/**
 * cg_onvif_stream_write:
 * @self: a connected stream within a call
 * @bytes: (array length=size): what to send
 * @size: how much
 * @error: return location; set when less than @size is returned
 *
 * Never raises SIGPIPE: GSocket sends with MSG_NOSIGNAL.
 *
 * Returns: how much the connection has taken
 */
gsize
cg_onvif_stream_write (CgOnvifStream *self, const void *bytes, gsize size, GError **error)
{
  GPollableOutputStream *output =
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream));
  gsize sent = 0;

  if (cg_onvif_stream_was_given_up (self)) {
    convert_error (self, NULL, error);
    return 0;
  }
  while (sent < size) {
    g_autoptr (GError) reason = NULL;
    const gssize n = g_pollable_output_stream_write_nonblocking (output, (const char *)bytes + sent,
                                                                 size - sent, NULL, &reason);

    if (n > 0) {
      sent += (gsize)n;
    } else if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
               !wait_ready (self, g_pollable_output_stream_create_source (output, NULL))) {
      convert_error (self, reason, error);
      return sent;
    }
  }
  return sent;
}
