/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-local-door.h"

#include <string.h>
#include <unistd.h>

#include "cg-clock.h"
#include "cg-error.h"
#include "cg-main.h"

#define READ_SIZE (16 * 1024)
#define MAX_UNREAD (1024 * 1024) /* who lets more pile up is not reading any more */
#define CLOSE_MS 1000            /* what waits at the end may still be sent for so long */
#define HALF_CLOSED_MS 5000      /* who has said all may wait for its replies for so long */

struct _CgLocalDoor {
  GObject parent_instance;

  GSocketConnection *connection; /* (owned) */
  GCancellable *cancellable;     /* (owned) ends reading and writing */
  guint serial;                  /* tells clients apart in the log */

  gboolean is_up;
  GByteArray *line;     /* (owned) what has come since the last line break */
  gboolean is_given_up; /* too much is unread */
  gboolean is_overlong; /* the rest of this line is thrown away */
  GByteArray *waiting;  /* (owned) to be written next */
  GByteArray *writing;  /* (owned) (nullable) handed to the stream */

  GTask *closing;
  GSource *timer;   /* (owned) (nullable) the end, at the latest */
  GSource *hang_up; /* (owned) (nullable) half closed: waits for the other half */
};

static void door_iface_init (CgDoorInterface *iface);
static void read_more (CgLocalDoor *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (CgLocalDoor,
                               cg_local_door,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CG_TYPE_DOOR, door_iface_init))

static void
cg_local_door_dispose (GObject *object)
{
  CgLocalDoor *self = CG_LOCAL_DOOR (object);

  g_cancellable_cancel (self->cancellable);
  cg_clear_source (&self->timer);
  cg_clear_source (&self->hang_up);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (cg_local_door_parent_class)->dispose (object);
}

static void
cg_local_door_finalize (GObject *object)
{
  CgLocalDoor *self = CG_LOCAL_DOOR (object);

  g_object_unref (self->cancellable);
  g_byte_array_unref (self->line);
  g_byte_array_unref (self->waiting);
  g_clear_pointer (&self->writing, g_byte_array_unref);
  G_OBJECT_CLASS (cg_local_door_parent_class)->finalize (object);
}

static void
cg_local_door_class_init (CgLocalDoorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cg_local_door_dispose;
  object_class->finalize = cg_local_door_finalize;
}

static void
cg_local_door_init (CgLocalDoor *self)
{
  static guint last_serial;

  self->serial = ++last_serial;
  self->cancellable = g_cancellable_new ();
  self->line = g_byte_array_new ();
  self->waiting = g_byte_array_new ();
}

static gsize
get_n_unread (CgLocalDoor *self)
{
  return self->waiting->len + (self->writing != NULL ? self->writing->len : 0);
}

/* The end of the connection, whoever wanted it. Once. */
static void
end (CgLocalDoor *self, const char *why)
{
  const gsize n_unread = get_n_unread (self);
  g_autoptr (GTask) task = g_steal_pointer (&self->closing);

  cg_clear_source (&self->timer);
  cg_clear_source (&self->hang_up);
  g_cancellable_cancel (self->cancellable);
  g_socket_close (g_socket_connection_get_socket (self->connection), NULL);
  if (self->is_up) {
    self->is_up = FALSE;
    g_info ("local %u: %s", self->serial, why);
    cg_door_emit_link_changed (CG_DOOR (self), FALSE);
  }
  if (task == NULL)
    return;
  if (n_unread == 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_TIMED_OUT,
                             "local %u: %" G_GSIZE_FORMAT " bytes could not be sent", self->serial,
                             n_unread);
}

static gboolean
timed_out (gpointer user_data)
{
  g_autoptr (CgLocalDoor) self = g_object_ref (user_data);

  end (self, "closed");
  return G_SOURCE_REMOVE;
}

static void
end_after (CgLocalDoor *self, guint delay_ms)
{
  cg_clear_source (&self->timer);
  self->timer = g_timeout_source_new (delay_ms);
  g_source_set_callback (self->timer, timed_out, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

/* Writing */

static void write_waiting (CgLocalDoor *self);

static void
written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgLocalDoor) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error)) {
    end (self, error->message);
    return;
  }
  g_clear_pointer (&self->writing, g_byte_array_unref);
  if (self->waiting->len > 0)
    write_waiting (self);
  else if (self->closing != NULL)
    end (self, "closed");
}

static void
write_waiting (CgLocalDoor *self)
{
  GOutputStream *stream = g_io_stream_get_output_stream (G_IO_STREAM (self->connection));

  self->writing = g_steal_pointer (&self->waiting);
  self->waiting = g_byte_array_new ();
  g_output_stream_write_all_async (stream, self->writing->data, self->writing->len,
                                   G_PRIORITY_DEFAULT, self->cancellable, written,
                                   g_object_ref (self));
}

/* Reading */

static void
take_line (CgLocalDoor *self)
{
  if (self->line->len > 0 && self->line->data[self->line->len - 1] == '\r')
    g_byte_array_set_size (self->line, self->line->len - 1);
  self->is_overlong = FALSE;
  if (self->line->len == 0)
    return;

  g_autoptr (GBytes) message = g_byte_array_free_to_bytes (self->line);
  self->line = g_byte_array_new ();
  cg_door_emit_message (CG_DOOR (self), message);
}

static void
append_to_line (CgLocalDoor *self, const guint8 *data, gsize length)
{
  if (self->is_overlong)
    return;
  if (self->line->len + length <= CG_DOOR_MAX_MESSAGE) {
    g_byte_array_append (self->line, data, length);
    return;
  }
  self->is_overlong = TRUE;
  if (self->line->len < CG_DOOR_CUT_MESSAGE)
    g_byte_array_append (self->line, data, MIN (length, CG_DOOR_CUT_MESSAGE - self->line->len));
  g_byte_array_set_size (self->line, CG_DOOR_CUT_MESSAGE);
}

/* A line that is handed up may bring the end of this door. */
static void
take_data (CgLocalDoor *self, const guint8 *data, gsize length)
{
  while (length > 0 && self->is_up && self->closing == NULL) {
    const guint8 *line_break = memchr (data, '\n', length);
    const gsize n = line_break != NULL ? (gsize)(line_break - data) : length;

    append_to_line (self, data, n);
    if (line_break == NULL)
      return;
    take_line (self);
    data += n + 1;
    length -= n + 1;
  }
}

static gboolean
hung_up (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  g_autoptr (CgLocalDoor) self = g_object_ref (user_data);

  end (self, "hung up");
  return G_SOURCE_REMOVE;
}

/* The client will not say any more. Scripts close their half and wait for the replies; a client
 * that is gone altogether must be noticed at once, for it may have left a camera moving. */
static void
wait_for_hang_up (CgLocalDoor *self)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);

  if ((g_socket_condition_check (socket, G_IO_HUP | G_IO_ERR) & (G_IO_HUP | G_IO_ERR)) != 0) {
    end (self, "hung up");
    return;
  }
  if (self->line->len > 0)
    take_line (self); /* the last line may lack its break */
  if (!self->is_up || self->closing != NULL)
    return;
  self->hang_up = g_socket_create_source (socket, G_IO_HUP | G_IO_ERR, NULL);
  g_source_set_callback (self->hang_up, G_SOURCE_FUNC (hung_up), self, NULL);
  g_source_attach (self->hang_up, g_main_context_get_thread_default ());
  end_after (self, HALF_CLOSED_MS);
}

static void
read_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgLocalDoor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize length = 0;

  if (!self->is_up || self->closing != NULL)
    return;
  if (bytes == NULL) {
    end (self, error->message);
    return;
  }
  const guint8 *data = g_bytes_get_data (bytes, &length);
  if (length == 0) {
    wait_for_hang_up (self);
    return;
  }
  take_data (self, data, length);
  if (self->is_up && self->closing == NULL)
    read_more (self);
}

static void
read_more (CgLocalDoor *self)
{
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (G_IO_STREAM (self->connection)),
                                   READ_SIZE, G_PRIORITY_DEFAULT, self->cancellable, read_done,
                                   g_object_ref (self));
}

/* The door */

static gboolean
local_door_open (CgDoor *door, GError **error)
{
  CgLocalDoor *self = CG_LOCAL_DOOR (door);

  if (self->is_up || g_cancellable_is_cancelled (self->cancellable))
    return TRUE;
  self->is_up = TRUE;
  g_info ("local %u: connected", self->serial);
  cg_door_emit_link_changed (door, TRUE);
  if (self->is_up)
    read_more (self);
  return TRUE;
}

static void
local_door_close_async (CgDoor *door,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  CgLocalDoor *self = CG_LOCAL_DOOR (door);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, local_door_close_async);
  if (self->closing != NULL || !self->is_up) {
    end (self, "closed");
    g_task_return_boolean (task, TRUE);
    return;
  }
  self->closing = g_steal_pointer (&task);
  if (get_n_unread (self) == 0)
    end (self, "closed");
  else
    end_after (self, CLOSE_MS);
}

static gboolean
local_door_close_finish (CgDoor *door, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, door), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
local_door_send (CgDoor *door, const char *did, CgDoorKind kind, GBytes *message)
{
  CgLocalDoor *self = CG_LOCAL_DOOR (door);
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (message, &length);

  if (!self->is_up || self->is_given_up)
    return;
  g_return_if_fail (length == 0 || memchr (data, '\n', length) == NULL);
  /* What piles up behind what is being sent: one message may be long by itself. */
  if (self->waiting->len > MAX_UNREAD) {
    self->is_given_up = TRUE;
    g_warning ("local %u: does not read what it is sent", self->serial);
    end_after (self, 0); /* not from within the caller's loop */
    return;
  }
  g_byte_array_append (self->waiting, data, length);
  g_byte_array_append (self->waiting, (const guint8 *)"\n", 1);
  if (self->writing == NULL)
    write_waiting (self);
}

/* A local client speaks for every camera. */
static void
local_door_set_dids (CgDoor *door, const char *const *dids)
{
}

static void
door_iface_init (CgDoorInterface *iface)
{
  iface->open = local_door_open;
  iface->close_async = local_door_close_async;
  iface->close_finish = local_door_close_finish;
  iface->send = local_door_send;
  iface->set_dids = local_door_set_dids;
}

/**
 * cg_local_door_new:
 * @connection: a client of the local socket
 *
 * One JSON message a line in both directions (INTERFACES.md, local socket).
 *
 * Returns: (transfer full): a door, closed
 */
CgDoor *
cg_local_door_new (GSocketConnection *connection)
{
  g_return_val_if_fail (G_IS_SOCKET_CONNECTION (connection), NULL);
  CG_ON_MAIN ();

  CgLocalDoor *self = g_object_new (CG_TYPE_LOCAL_DOOR, NULL);
  self->connection = g_object_ref (connection);
  return CG_DOOR (self);
}

/**
 * cg_local_door_is_owner:
 * @self: a door
 *
 * Returns: whether its client may read our files anyway: it is root, or runs as we do (unix(7),
 *   SO_PEERCRED: who it was when it connected)
 */
gboolean
cg_local_door_is_owner (CgLocalDoor *self)
{
  g_return_val_if_fail (CG_IS_LOCAL_DOOR (self), FALSE);

  GSocket *socket = g_socket_connection_get_socket (self->connection);
  g_autoptr (GCredentials) peer = g_socket_get_credentials (socket, NULL);
  const uid_t user = peer != NULL ? g_credentials_get_unix_user (peer, NULL) : (uid_t)-1;

  return user == 0 || user == geteuid ();
}
