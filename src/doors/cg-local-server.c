/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-local-server.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cg-clock.h"
#include "cg-error.h"
#include "cg-local-door.h"
#include "cg-main.h"

#define MAX_CLIENTS 32
/* Without a free file descriptor the waiting client stays: to look again at once would be to look
 * for ever. */
#define PAUSE_MS 1000
#define SOCKET_MODE 0660
#define SOCKET_GROUP "camgate"

struct _CgLocalServer {
  GObject parent_instance;

  char *path;
  GSocket *socket;    /* (owned) (nullable) that listens */
  GSource *accepting; /* (owned) (nullable) the next client, or the end of a pause */
  GPtrArray *doors;   /* (owned) (element-type CgDoor) open ones */
  struct stat file;   /* ours, to know it again */
  GTask *closing;
};

G_DEFINE_FINAL_TYPE (CgLocalServer, cg_local_server, G_TYPE_OBJECT)

enum { SIGNAL_CLIENT, N_SIGNALS };

static guint signals[N_SIGNALS];

static void stop_listening (CgLocalServer *self);

static void
cg_local_server_dispose (GObject *object)
{
  CgLocalServer *self = CG_LOCAL_SERVER (object);

  stop_listening (self);
  g_ptr_array_set_size (self->doors, 0);
  G_OBJECT_CLASS (cg_local_server_parent_class)->dispose (object);
}

static void
cg_local_server_finalize (GObject *object)
{
  CgLocalServer *self = CG_LOCAL_SERVER (object);

  g_ptr_array_unref (self->doors);
  g_free (self->path);
  G_OBJECT_CLASS (cg_local_server_parent_class)->finalize (object);
}

static void
cg_local_server_class_init (CgLocalServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cg_local_server_dispose;
  object_class->finalize = cg_local_server_finalize;

  /**
   * CgLocalServer::client:
   * @self: a server
   * @door: (transfer none): somebody has connected; connect to its signals
   */
  signals[SIGNAL_CLIENT] = g_signal_new ("client", CG_TYPE_LOCAL_SERVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, CG_TYPE_DOOR);
}

static void
cg_local_server_init (CgLocalServer *self)
{
  self->doors = g_ptr_array_new_with_free_func (g_object_unref);
}

static gboolean
fail_with_errno (CgLocalServer *self, int number, const char *doing, GError **error)
{
  g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL, "%s: %s: %s", self->path, doing,
               g_strerror (number));
  return FALSE;
}

/* Clients */

static void
end_closing_if_empty (CgLocalServer *self)
{
  if (self->closing == NULL || self->doors->len > 0)
    return;
  g_autoptr (GTask) task = g_steal_pointer (&self->closing);
  g_task_return_boolean (task, TRUE);
}

static void
on_link_changed (CgDoor *door, gboolean up, gpointer user_data)
{
  CgLocalServer *self = CG_LOCAL_SERVER (user_data);

  if (up)
    return;
  g_ptr_array_remove (self->doors, door);
  end_closing_if_empty (self);
}

static void
take_in (CgLocalServer *self, GSocket *client)
{
  if (self->doors->len >= MAX_CLIENTS) {
    g_warning ("%s: more than %d clients", self->path, MAX_CLIENTS);
    return;
  }

  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (client);
  g_autoptr (CgDoor) door = cg_local_door_new (connection);
  g_ptr_array_add (self->doors, g_object_ref (door));
  g_signal_emit (self, signals[SIGNAL_CLIENT], 0, door);
  /* After whoever listens above, so that the door outlives what it tells them. */
  g_signal_connect_object (door, "link-changed", G_CALLBACK (on_link_changed), self,
                           G_CONNECT_AFTER);
  cg_door_open (door, NULL);
}

static void accept_clients (CgLocalServer *self);

static gboolean
on_pause_over (gpointer user_data)
{
  accept_clients (user_data);
  return G_SOURCE_REMOVE;
}

static void
pause_accepting (CgLocalServer *self)
{
  cg_clear_source (&self->accepting);
  self->accepting = g_timeout_source_new (PAUSE_MS);
  g_source_set_callback (self->accepting, on_pause_over, self, NULL);
  g_source_attach (self->accepting, g_main_context_get_thread_default ());
}

static gboolean
on_knock (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  CgLocalServer *self = CG_LOCAL_SERVER (user_data);
  g_autoptr (GError) why = NULL;
  g_autoptr (GSocket) client = g_socket_accept (socket, NULL, &why);

  if (client != NULL) {
    take_in (self, client);
    return G_SOURCE_CONTINUE;
  }
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  g_warning ("%s: a client cannot be taken in: %s", self->path, why->message);
  pause_accepting (self);
  return G_SOURCE_REMOVE;
}

static void
accept_clients (CgLocalServer *self)
{
  cg_clear_source (&self->accepting);
  self->accepting = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->accepting, G_SOURCE_FUNC (on_knock), self, NULL);
  g_source_attach (self->accepting, g_main_context_get_thread_default ());
}

/* The socket file */

static gboolean
is_alive (CgLocalServer *self)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, self->path, sizeof address.sun_path);
  const gboolean refused =
      connect (fd, (struct sockaddr *)&address, sizeof address) != 0 && errno == ECONNREFUSED;
  close (fd);
  return !refused;
}

static gboolean
remove_stale (CgLocalServer *self, GError **error)
{
  struct stat status;

  if (lstat (self->path, &status) != 0)
    return errno == ENOENT || fail_with_errno (self, errno, "cannot look at it", error);
  if (!S_ISSOCK (status.st_mode))
    return fail_with_errno (self, EEXIST, "is no socket", error);
  if (is_alive (self))
    return fail_with_errno (self, EADDRINUSE, "another camgated listens here", error);
  if (g_unlink (self->path) != 0)
    return fail_with_errno (self, errno, "cannot remove the old socket", error);
  return TRUE;
}

static gboolean
make_dir (CgLocalServer *self, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (self->path);

  if (strlen (self->path) >= sizeof ((struct sockaddr_un *)NULL)->sun_path)
    return fail_with_errno (self, ENAMETOOLONG, "cannot listen", error);
  if (g_mkdir_with_parents (dir, 0755) != 0)
    return fail_with_errno (self, errno, "cannot make its folder", error);
  return TRUE;
}

/* Not for everybody, not even for an instant: the mode is set before the name exists. */
static GSocket *
bind_socket (CgLocalServer *self, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->path);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &why);

  if (socket != NULL) {
    g_socket_set_listen_backlog (socket, 2 * MAX_CLIENTS);
    g_socket_set_blocking (socket, FALSE);
  }
  if (socket == NULL || fchmod (g_socket_get_fd (socket), SOCKET_MODE) != 0 ||
      !g_socket_bind (socket, address, FALSE, &why) || !g_socket_listen (socket, &why)) {
    g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL, "%s: %s", self->path,
                 why != NULL ? why->message : g_strerror (errno));
    return NULL;
  }
  return g_steal_pointer (&socket);
}

static void
give_to_group (CgLocalServer *self)
{
  char buffer[4096];
  struct group group;
  struct group *found = NULL;

  if (getgrnam_r (SOCKET_GROUP, &group, buffer, sizeof buffer, &found) != 0 || found == NULL) {
    g_info ("%s: there is no group %s", self->path, SOCKET_GROUP);
    return;
  }
  if (chown (self->path, (uid_t)-1, found->gr_gid) != 0)
    g_info ("%s: cannot be given to group %s: %s", self->path, SOCKET_GROUP, g_strerror (errno));
}

static void
stop_listening (CgLocalServer *self)
{
  struct stat status;

  if (self->socket == NULL)
    return;
  cg_clear_source (&self->accepting);
  g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  if (lstat (self->path, &status) == 0 && status.st_ino == self->file.st_ino &&
      status.st_dev == self->file.st_dev)
    g_unlink (self->path);
}

/**
 * cg_local_server_new:
 * @path: of the socket
 *
 * The local socket (INTERFACES.md): each connection is a door of its own.
 *
 * Returns: (transfer full): a server, closed
 */
CgLocalServer *
cg_local_server_new (const char *path)
{
  g_return_val_if_fail (path != NULL, NULL);

  CgLocalServer *self = g_object_new (CG_TYPE_LOCAL_SERVER, NULL);
  self->path = g_strdup (path);
  return self;
}

/**
 * cg_local_server_open:
 * @self: a server
 *
 * Makes the socket, with mode 0660 and group `camgate` if there is one, and listens. A socket
 * that nobody listens to any more is replaced.
 *
 * Returns: %FALSE with %CG_ERROR_INTERNAL, also when another daemon listens there
 */
gboolean
cg_local_server_open (CgLocalServer *self, GError **error)
{
  g_return_val_if_fail (CG_IS_LOCAL_SERVER (self), FALSE);
  g_return_val_if_fail (self->socket == NULL, FALSE);
  CG_ON_MAIN ();

  if (!make_dir (self, error) || !remove_stale (self, error))
    return FALSE;
  g_autoptr (GSocket) socket = bind_socket (self, error);
  if (socket == NULL)
    return FALSE;
  give_to_group (self);
  if (g_chmod (self->path, SOCKET_MODE) != 0 || lstat (self->path, &self->file) != 0)
    return fail_with_errno (self, errno, "cannot set its mode", error);

  self->socket = g_steal_pointer (&socket);
  accept_clients (self);
  return TRUE;
}

/**
 * cg_local_server_close_async:
 * @self: a server
 * @cancellable: (nullable): cancels the waiting, not the closing
 * @callback: called when every client is gone, after two seconds at the latest
 * @user_data: for @callback
 *
 * Listens no more, removes the socket, closes every door.
 */
void
cg_local_server_close_async (CgLocalServer *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (CG_IS_LOCAL_SERVER (self));
  g_return_if_fail (self->closing == NULL);
  CG_ON_MAIN ();

  self->closing = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->closing, cg_local_server_close_async);
  stop_listening (self);

  /* A copy: doors leave the list as they close. */
  g_autoptr (GPtrArray) doors = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->doors->len; i++)
    g_ptr_array_add (doors, g_object_ref (self->doors->pdata[i]));
  for (guint i = 0; i < doors->len; i++)
    cg_door_close_async (doors->pdata[i], NULL, NULL, NULL);
  end_closing_if_empty (self);
}

/**
 * cg_local_server_close_finish:
 * @self: a server
 * @result: what the callback got
 *
 * Returns: %TRUE
 */
gboolean
cg_local_server_close_finish (CgLocalServer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
