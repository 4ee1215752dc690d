/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-wire.h"

#include "cg-error.h"
#include "cg-rtsp-reader.h"

struct _CgRtspWire {
  CgRtspPacketFunc func; /* (nullable) */
  gpointer user_data;
  CgRtspConnection *connection; /* (owned) */
  CgRtspReader *reader;         /* (owned) (nullable) while connected */
  gboolean is_paused;           /* whoever takes the packets wants to say something */
  guint64 skipped;              /* on connections before */
};

/**
 * cg_rtsp_wire_new:
 * @tls_flags: what must not be wrong with a camera's certificate
 * @fingerprint: (nullable): of the only certificate that is taken (Q57)
 * @func: (nullable): gets the packets
 * @user_data: for @func
 *
 * Returns: (transfer full): a wire to nowhere
 */
CgRtspWire *
cg_rtsp_wire_new (GTlsCertificateFlags tls_flags,
                  const char *fingerprint,
                  CgRtspPacketFunc func,
                  gpointer user_data)
{
  CgRtspWire *self = g_new0 (CgRtspWire, 1);

  self->func = func;
  self->user_data = user_data;
  self->connection = cg_rtsp_connection_new (tls_flags, fingerprint);
  return self;
}

/**
 * cg_rtsp_wire_hang_up:
 * @self: a wire
 *
 * Without a word.
 */
void
cg_rtsp_wire_hang_up (CgRtspWire *self)
{
  cg_rtsp_connection_close (self->connection);
  if (self->reader != NULL)
    self->skipped += cg_rtsp_reader_get_skipped (self->reader);
  g_clear_pointer (&self->reader, cg_rtsp_reader_free);
}

/**
 * cg_rtsp_wire_free:
 * @self: (transfer full) (nullable): a wire
 */
void
cg_rtsp_wire_free (CgRtspWire *self)
{
  if (self == NULL)
    return;
  cg_rtsp_wire_hang_up (self);
  cg_rtsp_connection_free (self->connection);
  g_free (self);
}

/**
 * cg_rtsp_wire_interrupt:
 * @self: a wire
 *
 * What is under way ends at once with #CG_ERROR_CANCELLED, and so does everything after it until
 * cg_rtsp_wire_resume(); any thread.
 */
void
cg_rtsp_wire_interrupt (CgRtspWire *self)
{
  cg_rtsp_connection_interrupt (self->connection);
}

/**
 * cg_rtsp_wire_resume:
 * @self: a wire
 *
 * For a goodbye after an interruption; packets are ignored.
 */
void
cg_rtsp_wire_resume (CgRtspWire *self)
{
  cg_rtsp_connection_resume (self->connection);
  self->func = NULL;
}

/**
 * cg_rtsp_wire_open_in_thread:
 * @self: a wire that is not open
 * @url: where to
 * @deadline_us: on the monotonic clock
 * @error: return location: as cg_rtsp_connection_open_in_thread()
 *
 * Returns: whether it is open
 */
gboolean
cg_rtsp_wire_open_in_thread (CgRtspWire *self,
                             const CgRtspUrl *url,
                             gint64 deadline_us,
                             GError **error)
{
  cg_rtsp_wire_hang_up (self);
  self->reader = cg_rtsp_reader_new ();
  return cg_rtsp_connection_open_in_thread (self->connection, url, deadline_us, error);
}

/**
 * cg_rtsp_wire_is_open:
 * @self: a wire
 *
 * Returns: whether there is a connection
 */
gboolean
cg_rtsp_wire_is_open (const CgRtspWire *self)
{
  return cg_rtsp_connection_is_open (self->connection);
}

/**
 * cg_rtsp_wire_has_ended_in_thread:
 * @self: an open wire
 * @deadline_us: on the monotonic clock
 *
 * Returns: whether the camera hangs up until then
 */
gboolean
cg_rtsp_wire_has_ended_in_thread (CgRtspWire *self, gint64 deadline_us)
{
  return cg_rtsp_connection_has_ended_in_thread (self->connection, deadline_us);
}

/**
 * cg_rtsp_wire_expect:
 * @self: an open wire
 * @channel: packets will come on it
 */
void
cg_rtsp_wire_expect (CgRtspWire *self, guint channel)
{
  if (self->reader != NULL)
    cg_rtsp_reader_expect (self->reader, channel);
}

/**
 * cg_rtsp_wire_write_in_thread:
 * @self: an open wire
 * @bytes: a message, or a packet with its head
 * @deadline_us: on the monotonic clock
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_TIMED_OUT, #CG_ERROR_CANCELLED
 *
 * Returns: whether all of it was taken
 */
gboolean
cg_rtsp_wire_write_in_thread (CgRtspWire *self,
                              const GString *bytes,
                              gint64 deadline_us,
                              GError **error)
{
  return cg_rtsp_connection_write_in_thread (self->connection, bytes->str, bytes->len, deadline_us,
                                             error);
}

/* Gives packets where they belong. Returns: %TRUE: that was all; %FALSE: @message or @error */
static gboolean
take_items (CgRtspWire *self, CgRtspMessage **message, GError **error)
{
  CgRtspItem item;

  while (!cg_rtsp_connection_is_interrupted (self->connection, error)) {
    switch (cg_rtsp_reader_next (self->reader, &item)) {
    case CG_RTSP_ITEM_NONE:
      return TRUE;
    case CG_RTSP_ITEM_PACKET:
      if (self->func != NULL)
        self->func (item.channel, item.data, item.size, self->user_data);
      break;
    case CG_RTSP_ITEM_MESSAGE:
      *message = item.message;
      return FALSE;
    }
  }
  return FALSE;
}

static gboolean
read_more (CgRtspWire *self, gint64 deadline_us, GError **error)
{
  gsize space = 0;
  guint8 *place = cg_rtsp_reader_get_space (self->reader, &space);
  const gssize length =
      cg_rtsp_connection_read_in_thread (self->connection, place, space, deadline_us, error);

  if (length < 0)
    return FALSE;
  cg_rtsp_reader_commit (self->reader, (gsize)length);
  return TRUE;
}

/**
 * cg_rtsp_wire_receive_in_thread:
 * @self: an open wire
 * @until_us: on the monotonic clock
 * @message: (out) (transfer full) (nullable): the next one; %NULL: the time is over
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_CANCELLED
 *
 * Gives the packets that come before it where they belong.
 *
 * Returns: whether the connection still stands
 */
gboolean
cg_rtsp_wire_receive_in_thread (CgRtspWire *self,
                                gint64 until_us,
                                CgRtspMessage **message,
                                GError **error)
{
  g_autoptr (GError) cause = NULL;

  *message = NULL;
  while (take_items (self, message, &cause)) {
    if (g_get_monotonic_time () >= until_us)
      return TRUE;
    if (!read_more (self, until_us, &cause))
      break;
  }
  if (cause == NULL || g_error_matches (cause, CG_ERROR, CG_ERROR_TIMED_OUT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/* What came while the connection was served. */
typedef struct {
  CgRtspWire *wire;
  CgRtspMessage *message; /* (owned) (nullable) */
  GError *error;          /* (owned) (nullable) */
} Catch;

/* Perhaps in the media thread: nothing here waits. */
static gboolean
on_ready (gpointer user_data)
{
  Catch *catch = user_data;
  CgRtspWire *self = catch->wire;
  gsize space = 0;
  guint8 *place = cg_rtsp_reader_get_space (self->reader, &space);
  const gssize length =
      cg_rtsp_connection_read_ready (self->connection, place, space, &catch->error);

  if (length < 0)
    return FALSE;
  cg_rtsp_reader_commit (self->reader, (gsize)length);
  return take_items (self, &catch->message, &catch->error) && !self->is_paused;
}

/**
 * cg_rtsp_wire_pause:
 * @self: a wire that is served
 *
 * From within the function that takes the packets: cg_rtsp_wire_serve_in_thread() returns before
 * its time is over.
 */
void
cg_rtsp_wire_pause (CgRtspWire *self)
{
  self->is_paused = TRUE;
}

/**
 * cg_rtsp_wire_serve_in_thread:
 * @self: an open wire
 * @until_us: on the monotonic clock
 * @message: (out) (transfer full) (nullable): as cg_rtsp_wire_receive_in_thread()
 * @error: return location: #CG_ERROR_UNREACHABLE, #CG_ERROR_CANCELLED
 *
 * As that, for the long time in which only packets come: they are taken in the media thread, at
 * once with those of other cameras.
 *
 * Returns: whether the connection still stands
 */
gboolean
cg_rtsp_wire_serve_in_thread (CgRtspWire *self,
                              gint64 until_us,
                              CgRtspMessage **message,
                              GError **error)
{
  Catch catch = {.wire = self};
  g_autoptr (GError) ended = NULL;

  self->is_paused = FALSE;
  if (take_items (self, &catch.message, &catch.error) && !self->is_paused)
    cg_rtsp_connection_serve_in_thread (self->connection, on_ready, &catch, until_us, &ended);
  *message = catch.message;
  if (catch.error == NULL)
    catch.error = g_steal_pointer (&ended);
  if (catch.error == NULL)
    return TRUE;
  if (g_error_matches (catch.error, CG_ERROR, CG_ERROR_TIMED_OUT)) {
    g_error_free (catch.error);
    return TRUE;
  }
  g_propagate_error (error, catch.error);
  return FALSE;
}

/**
 * cg_rtsp_wire_get_skipped:
 * @self: a wire
 *
 * Returns: bytes between packets that made no sense (Q53)
 */
guint64
cg_rtsp_wire_get_skipped (const CgRtspWire *self)
{
  return self->skipped + (self->reader != NULL ? cg_rtsp_reader_get_skipped (self->reader) : 0);
}
