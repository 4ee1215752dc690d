/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cg-ctl-error.h"
#include "cg-ctl-json.h"

/* PROTOCOL.md section 1: no message is longer than 64 KiB; our own list of all cameras may be. */
#define MAX_LINE (16 * 1024 * 1024)
#define SEND_TIMEOUT_MS 5000 /* a daemon that reads nothing for so long is none */

struct _CgCtlClient {
  int fd;
  char *path;
  GByteArray *input; /* (owned) read, but no whole line yet */
  GQueue waiting;    /* (element-type JsonObject) (owned) came while we waited for a reply */
  guint32 session;   /* makes our mids differ from those of other clients */
  guint n_sent;
};

static void
set_connect_error (GError **error, const char *path, int number)
{
  const char *advice = "";

  if (number == ENOENT || number == ECONNREFUSED)
    advice = "\n  Is it running? Try: systemctl status camgated";
  else if (number == EACCES || number == EPERM)
    advice = "\n  Become a member of the group camgate, or use sudo.";
  g_set_error (error, CG_CTL_ERROR, CG_CTL_NO_DAEMON, "cannot reach camgated at %s: %s%s", path,
               g_strerror (number), advice);
}

/**
 * cg_ctl_client_open:
 * @path: of the socket
 *
 * Returns: (transfer full): a connection, or %NULL with a %CG_CTL_NO_DAEMON error
 */
CgCtlClient *
cg_ctl_client_open (const char *path, GError **error)
{
  g_autoptr (CgCtlClient) self = g_new0 (CgCtlClient, 1);
  struct sockaddr_un address = {.sun_family = AF_UNIX};

  self->path = g_strdup (path);
  self->input = g_byte_array_new ();
  self->session = g_random_int ();
  g_queue_init (&self->waiting);
  self->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (g_strlcpy (address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path) {
    set_connect_error (error, path, ENAMETOOLONG);
    return NULL;
  }
  if (self->fd < 0 || connect (self->fd, (struct sockaddr *)&address, sizeof address) != 0) {
    set_connect_error (error, path, errno);
    return NULL;
  }
  fcntl (self->fd, F_SETFL, O_NONBLOCK);
  return g_steal_pointer (&self);
}

/**
 * cg_ctl_client_free:
 * @self: (transfer full): a connection
 *
 * Hangs up. Moves that came by it are stopped by camgated.
 */
void
cg_ctl_client_free (CgCtlClient *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_queue_clear_full (&self->waiting, (GDestroyNotify)json_object_unref);
  g_byte_array_unref (self->input);
  g_free (self->path);
  g_free (self);
}

/**
 * cg_ctl_client_get_fd:
 * @self: a connection
 *
 * Returns: what to poll for input
 */
int
cg_ctl_client_get_fd (CgCtlClient *self)
{
  return self->fd;
}

static gboolean
wait_for (CgCtlClient *self, short events, gint64 until_ms)
{
  struct pollfd wanted = {.fd = self->fd, .events = events};

  for (;;) {
    const gint64 left_ms = until_ms - g_get_monotonic_time () / 1000;
    const int ready = poll (&wanted, 1, (int)CLAMP (left_ms, 0, G_MAXINT));

    if (ready > 0)
      return TRUE;
    if (ready == 0 && left_ms <= 0)
      return FALSE;
    if (ready < 0 && errno != EINTR)
      return TRUE; /* the call that follows tells what it is */
  }
}

static void
set_lost_error (CgCtlClient *self, GError **error, const char *what)
{
  g_set_error (error, CG_CTL_ERROR, CG_CTL_NO_DAEMON, "camgated at %s %s", self->path, what);
}

static gboolean
send_all (CgCtlClient *self, const char *bytes, gsize length, GError **error)
{
  const gint64 until_ms = g_get_monotonic_time () / 1000 + SEND_TIMEOUT_MS;

  while (length > 0) {
    const gssize sent = send (self->fd, bytes, length, MSG_NOSIGNAL);

    if (sent > 0) {
      bytes += sent;
      length -= (gsize)sent;
    } else if (errno == EAGAIN) {
      if (!wait_for (self, POLLOUT, until_ms)) {
        set_lost_error (self, error, "takes no message");
        return FALSE;
      }
    } else if (errno != EINTR) {
      set_lost_error (self, error, "hung up");
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * cg_ctl_client_send:
 * @self: a connection
 * @did: (nullable): whom; %NULL for the gateway
 * @data: `{"<service>":{"<method>":{…}}}`
 *
 * Returns: (transfer full): the mid by which its replies are known
 */
char *
cg_ctl_client_send (CgCtlClient *self, const char *did, JsonObject *data, GError **error)
{
  g_autoptr (JsonObject) message = json_object_new ();
  g_autofree char *mid = g_strdup_printf ("ctl-%08x-%u", self->session, ++self->n_sent);
  g_autofree char *line = NULL;
  g_autofree char *bytes = NULL;

  if (did != NULL)
    json_object_set_string_member (message, "did", did);
  json_object_set_string_member (message, "mid", mid);
  json_object_set_string_member (message, "type", "action");
  json_object_set_object_member (message, "data", json_object_ref (data));
  line = cg_ctl_json_to_line (message);
  bytes = g_strconcat (line, "\n", NULL);
  if (!send_all (self, bytes, strlen (bytes), error))
    return NULL;
  return g_steal_pointer (&mid);
}

/* One more read; FALSE with error when there will be none. */
static gboolean
read_some (CgCtlClient *self, GError **error)
{
  guint8 bytes[65536];
  const gssize n_bytes = recv (self->fd, bytes, sizeof bytes, 0);

  if (n_bytes < 0 && (errno == EAGAIN || errno == EINTR))
    return TRUE;
  if (n_bytes <= 0) {
    set_lost_error (self, error, "hung up");
    return FALSE;
  }
  g_byte_array_append (self->input, bytes, (guint)n_bytes);
  if (self->input->len > MAX_LINE) {
    set_lost_error (self, error, "sends a line without end");
    return FALSE;
  }
  return TRUE;
}

/* The next whole line that is a JSON object; others are skipped. */
static JsonObject *
take_line (CgCtlClient *self)
{
  while (self->input->len > 0) {
    const guint8 *end = memchr (self->input->data, '\n', self->input->len);
    JsonObject *message;
    gsize length;

    if (end == NULL)
      return NULL;
    length = (gsize)(end - self->input->data);
    message = cg_ctl_json_parse ((const char *)self->input->data, (gssize)length, NULL);
    g_byte_array_remove_range (self->input, 0, (guint)length + 1);
    if (message != NULL)
      return message;
  }
  return NULL;
}

static gboolean
receive_line (CgCtlClient *self, gint64 until_ms, JsonObject **message, GError **error)
{
  *message = take_line (self);
  while (*message == NULL) {
    if (!wait_for (self, POLLIN, until_ms))
      return TRUE;
    if (!read_some (self, error))
      return FALSE;
    *message = take_line (self);
  }
  return TRUE;
}

static gint64
get_deadline (gint64 timeout_ms)
{
  return timeout_ms < 0 ? G_MAXINT64 : g_get_monotonic_time () / 1000 + timeout_ms;
}

/**
 * cg_ctl_client_receive:
 * @self: a connection
 * @timeout_ms: how long to wait at most; 0: only look; below 0: for ever
 * @message: (out) (transfer full) (nullable): the next one; %NULL if none came in time
 *
 * Returns: %FALSE with a %CG_CTL_NO_DAEMON error when none can come any more
 */
gboolean
cg_ctl_client_receive (CgCtlClient *self, gint64 timeout_ms, JsonObject **message, GError **error)
{
  *message = g_queue_pop_head (&self->waiting);
  if (*message != NULL)
    return TRUE;
  return receive_line (self, get_deadline (timeout_ms), message, error);
}

static gboolean
is_reply_to (JsonObject *message, const char *mid)
{
  return json_object_has_member (message, "result") &&
         g_strcmp0 (cg_ctl_json_string (message, "mid"), mid) == 0;
}

/**
 * cg_ctl_client_wait_reply:
 * @self: a connection
 * @mid: from cg_ctl_client_send()
 * @timeout_ms: how long to wait at most
 *
 * What else comes meanwhile is kept for cg_ctl_client_receive().
 *
 * Returns: (transfer full): the reply, or %NULL with a %CG_CTL_NO_DAEMON error
 */
JsonObject *
cg_ctl_client_wait_reply (CgCtlClient *self, const char *mid, gint64 timeout_ms, GError **error)
{
  const gint64 until_ms = get_deadline (timeout_ms);

  for (;;) {
    JsonObject *message = NULL;

    if (!receive_line (self, until_ms, &message, error))
      return NULL;
    if (message == NULL) {
      g_set_error (error, CG_CTL_ERROR, CG_CTL_NO_DAEMON,
                   "camgated at %s did not answer within %.1f s", self->path,
                   (double)timeout_ms / 1000);
      return NULL;
    }
    if (is_reply_to (message, mid))
      return message;
    g_queue_push_tail (&self->waiting, message);
  }
}
