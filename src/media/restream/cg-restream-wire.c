/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-wire.h"

#include "cg-request-reader.h"

/* So many answers wait for a viewer that does not read them. */
#define MAX_WAITING 64

struct _CgRestreamWire {
  GSocket *socket; /* (owned) */
  CgRestreamWireFuncs funcs;
  gpointer user_data;
  GMainContext *context; /* (owned) */
  GSource *in;           /* (owned) (nullable): not after the end */
  GSource *out;          /* (owned) (nullable): only while something waits */
  CgRequestReader reader;
  GQueue waiting; /* (element-type GBytes) */
  gsize offset;   /* so much of the first one was taken */
  gint64 taken_us;
  gint64 stuck_us; /* when something began to wait */
  gboolean is_lost;
};

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
lose (CgRestreamWire *self, const char *why)
{
  if (self->is_lost)
    return;
  self->is_lost = TRUE;
  clear_source (&self->in);
  clear_source (&self->out);
  self->funcs.lost (why, self->user_data);
}

static void
take_requests (CgRestreamWire *self)
{
  while (!self->is_lost) {
    GstRTSPMessage request;

    switch (cg_request_reader_next (&self->reader, &request)) {
    case CG_REQUEST_NONE:
      return;
    case CG_REQUEST_PACKET:
      self->funcs.packet (self->user_data);
      break;
    case CG_REQUEST_MESSAGE:
      self->funcs.request (&request, self->user_data);
      gst_rtsp_message_unset (&request);
      break;
    case CG_REQUEST_BAD:
      lose (self, "speaks no RTSP");
      break;
    }
  }
}

/* One read a turn. */
static gboolean
on_in (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  CgRestreamWire *self = user_data;
  g_autoptr (GError) error = NULL;
  gsize size;
  guint8 *space = cg_request_reader_get_space (&self->reader, &size);
  const gssize n = g_socket_receive (socket, (char *)space, size, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (n <= 0) {
    lose (self, n == 0 ? "has hung up" : error->message);
    return G_SOURCE_REMOVE;
  }
  cg_request_reader_commit (&self->reader, (gsize)n);
  take_requests (self);
  return self->is_lost ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* Returns: whether there is more to be taken, now */
static gboolean
write_some (CgRestreamWire *self)
{
  GBytes *first = g_queue_peek_head (&self->waiting);
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (first, &size);
  const gssize n =
      g_socket_send (self->socket, data + self->offset, size - self->offset, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return FALSE;
  if (n < 0) {
    lose (self, error->message);
    return FALSE;
  }
  self->taken_us = g_get_monotonic_time ();
  self->offset += (gsize)n;
  if (self->offset == size) {
    g_bytes_unref (g_queue_pop_head (&self->waiting));
    self->offset = 0;
  }
  return !g_queue_is_empty (&self->waiting);
}

static gboolean
on_out (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  CgRestreamWire *self = user_data;

  while (write_some (self))
    continue;
  if (self->is_lost)
    return G_SOURCE_REMOVE;
  if (!g_queue_is_empty (&self->waiting))
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->out, g_source_unref);
  self->funcs.written (self->user_data);
  return G_SOURCE_REMOVE;
}

static GSource *
open_source (CgRestreamWire *self, GIOCondition condition, GSocketSourceFunc func)
{
  GSource *source = g_socket_create_source (self->socket, condition, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (func), self, NULL);
  g_source_attach (source, self->context);
  return source;
}

/**
 * cg_restream_wire_new:
 * @socket: a connection that was accepted
 * @funcs: copied: what is told
 * @user_data: for @funcs
 * @context: (nullable): of this thread; %NULL: the default one
 *
 * Source: RFC 2326, section 10.12.
 *
 * Returns: (transfer full): reads from now on
 */
CgRestreamWire *
cg_restream_wire_new (GSocket *socket,
                      const CgRestreamWireFuncs *funcs,
                      gpointer user_data,
                      GMainContext *context)
{
  CgRestreamWire *self = g_new0 (CgRestreamWire, 1);

  self->socket = g_object_ref (socket);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->context =
      context != NULL ? g_main_context_ref (context) : g_main_context_ref_thread_default ();
  g_queue_init (&self->waiting);
  g_socket_set_blocking (socket, FALSE);
  self->in = open_source (self, G_IO_IN, on_in);
  return self;
}

/**
 * cg_restream_wire_free:
 * @self: (transfer full): a wire
 *
 * Hangs up.
 */
void
cg_restream_wire_free (CgRestreamWire *self)
{
  clear_source (&self->in);
  clear_source (&self->out);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_main_context_unref (self->context);
  g_queue_clear_full (&self->waiting, (GDestroyNotify)g_bytes_unref);
  g_free (self);
}

/**
 * cg_restream_wire_write:
 * @self: a wire
 * @data: (transfer full): an answer, or packets
 *
 * What is not taken at once waits; cg_restream_wire_is_busy() tells, and `written` when all is
 * gone.
 */
void
cg_restream_wire_write (CgRestreamWire *self, GBytes *data)
{
  if (self->is_lost || g_bytes_get_size (data) == 0) {
    g_bytes_unref (data);
    return;
  }
  g_queue_push_tail (&self->waiting, data);
  if (self->out != NULL) {
    if (g_queue_get_length (&self->waiting) > MAX_WAITING)
      lose (self, "does not read its answers");
    return;
  }
  while (write_some (self))
    continue;
  if (self->is_lost || g_queue_is_empty (&self->waiting))
    return;
  self->stuck_us = g_get_monotonic_time ();
  self->out = open_source (self, G_IO_OUT, on_out);
}

/**
 * cg_restream_wire_is_busy:
 * @self: a wire
 *
 * Returns: whether something waits to be taken
 */
gboolean
cg_restream_wire_is_busy (const CgRestreamWire *self)
{
  return self->out != NULL;
}

/**
 * cg_restream_wire_get_taken_us:
 * @self: a wire
 *
 * Returns: when the viewer has last taken anything, monotonic; 0: never
 */
gint64
cg_restream_wire_get_taken_us (const CgRestreamWire *self)
{
  return self->taken_us;
}

/**
 * cg_restream_wire_get_stall_us:
 * @self: a wire
 * @now_us: monotonic
 *
 * Returns: for how long the viewer has taken nothing of what waits for it
 */
gint64
cg_restream_wire_get_stall_us (const CgRestreamWire *self, gint64 now_us)
{
  return self->out != NULL ? now_us - MAX (self->taken_us, self->stuck_us) : 0;
}
