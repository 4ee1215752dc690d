/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-rtmp.h"

#include <math.h>
#include <sys/socket.h>

#include "cg-amf.h"

#define SIGNATURE_SIZE 1536

struct _FakeRtmp {
  FakeRtmpMode mode;
  GTlsCertificate *certificate; /* (owned) (nullable) */
  GSocketListener *listener;    /* (owned) */
  GCancellable *cancellable;    /* (owned) */
  GThread *thread;
  guint16 port;

  GMutex writing;
  GMutex mutex;
  GSocket *socket;     /* (owned) (nullable) of the publisher that is there */
  GIOStream *stream;   /* (owned) (nullable) */
  GString *commands;   /* (owned) "connect(live) createStream() publish(name)" */
  GPtrArray *messages; /* (owned) (element-type CgRtmpMessage) */
  guint connections;
  guint pongs;
};

static void
changed (void)
{
  g_main_context_wakeup (NULL);
}

static gboolean
read_bytes (FakeRtmp *self, guint8 *data, gsize size)
{
  return g_input_stream_read_all (g_io_stream_get_input_stream (self->stream), data, size, &size,
                                  self->cancellable, NULL) &&
         size > 0;
}

/* The server's thread writes, and the test does: a stream takes but one at a time. */
static gboolean
write_bytes (FakeRtmp *self, const void *data, gsize size)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->writing);

  return g_output_stream_write_all (g_io_stream_get_output_stream (self->stream), data, size, NULL,
                                    self->cancellable, NULL);
}

/* RTMP 1.0, 5.2, as far as it is looked at */
static gboolean
shake_hands (FakeRtmp *self)
{
  guint8 sent[1 + SIGNATURE_SIZE] = {3};
  guint8 read[1 + SIGNATURE_SIZE];

  if (!read_bytes (self, read, sizeof read))
    return FALSE;
  if (self->mode == FAKE_RTMP_GARBAGE) {
    write_bytes (self, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
    return FALSE;
  }
  return write_bytes (self, sent, sizeof sent) && write_bytes (self, read + 1, SIGNATURE_SIZE) &&
         read_bytes (self, read, SIGNATURE_SIZE);
}

/* In one chunk with the smallest chunk size there is. */
static gboolean
send_message (FakeRtmp *self, guint8 type, const GByteArray *body)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const guint8 header[] = {3,    0, 0, 0, 0, (guint8)(body->len >> 8), (guint8)body->len,
                           type, 0, 0, 0, 0};

  g_byte_array_append (bytes, header, sizeof header);
  for (guint at = 0; at < body->len; at += 128) {
    if (at > 0)
      g_byte_array_append (bytes, (const guint8 *)"\xc3", 1);
    g_byte_array_append (bytes, body->data + at, MIN (128, body->len - at));
  }
  return write_bytes (self, bytes->data, bytes->len);
}

static gboolean
send_answer (FakeRtmp *self,
             const char *name,
             double transaction,
             const char *level,
             const char *code,
             const char *description)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  cg_amf_append_string (body, name);
  cg_amf_append_number (body, transaction);
  cg_amf_append_null (body);
  cg_amf_begin_object (body);
  cg_amf_append_key (body, "level");
  cg_amf_append_string (body, level);
  cg_amf_append_key (body, "code");
  cg_amf_append_string (body, code);
  cg_amf_append_key (body, "description");
  cg_amf_append_string (body, description);
  cg_amf_end_object (body);
  return send_message (self, CG_RTMP_COMMAND, body);
}

static char *
make_md5 (const char *text, gboolean as_hex)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  guint8 digest[16];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *)text, -1);
  if (as_hex)
    return g_strdup (g_checksum_get_string (checksum));
  g_checksum_get_digest (checksum, digest, &size);
  return g_base64_encode (digest, size);
}

/* The part of an application's query between `name=` and the next `&`. */
static char *
get_param (const char *app, const char *name)
{
  g_autofree char *key = g_strdup_printf ("&%s=", name);
  const char *at = strstr (app, key);

  return at != NULL ? g_strndup (at + strlen (key), strcspn (at + strlen (key), "&")) : NULL;
}

static char *
expect_adobe (const char *app)
{
  g_autofree char *challenge = get_param (app, "challenge");
  g_autofree char *key = make_md5 (FAKE_RTMP_USER "salt" FAKE_RTMP_PASSWORD, FALSE);
  g_autofree char *proof = g_strconcat (key, "opaque", challenge, NULL);

  return make_md5 (proof, FALSE);
}

static char *
expect_llnw (const char *app)
{
  g_autofree char *cnonce = get_param (app, "cnonce");
  g_autofree char *key = make_md5 (FAKE_RTMP_USER ":live:" FAKE_RTMP_PASSWORD, TRUE);
  g_autofree char *what = make_md5 ("publish:/live/_definst_", TRUE);
  g_autofree char *proof = g_strdup_printf ("%s:nonce:00000001:%s:auth:%s", key, cnonce, what);

  return make_md5 (proof, TRUE);
}

/* In three steps, each on a connection of its own. */
static gboolean
ask_login (FakeRtmp *self, const CgAmfCommand *command)
{
  const gboolean is_llnw = self->mode == FAKE_RTMP_LLNW;
  const char *mod = is_llnw ? "llnw" : "adobe";
  const char *app = cg_amf_command_get (command, "app");
  g_autofree char *response = get_param (app, "response");
  g_autofree char *user = get_param (app, "user");
  g_autofree char *expected = is_llnw ? expect_llnw (app) : expect_adobe (app);
  g_autofree char *text = NULL;

  if (g_strcmp0 (user, FAKE_RTMP_USER) == 0 && g_strcmp0 (response, expected) == 0)
    return send_answer (self, "_result", command->transaction, "status",
                        "NetConnection.Connect.Success", "Connection succeeded.");
  if (user == NULL)
    text =
        g_strdup_printf ("[ AccessManager.Reject ] : [ code=403 need auth; authmod=%s ] : ", mod);
  else
    text = g_strdup_printf ("[ AccessManager.Reject ] : [ authmod=%s ] : ?reason=%s&user=%s"
                            "&salt=salt&challenge=challenge&opaque=opaque&nonce=nonce",
                            mod, response == NULL ? "needauth" : "authfailed", user);
  send_answer (self, "_error", command->transaction, "error", "NetConnection.Connect.Rejected",
               text);
  return FALSE;
}

static gboolean
send_mad_answers (FakeRtmp *self)
{
  static const double numbers[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 0.5, -1, 1e18};
  gboolean good = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    good = good && send_answer (self, "_result", numbers[i], "status", "x", "y");
  }
  return good;
}

/* Enhanced RTMP v2: what the server takes, beside what it always says. */
static gboolean
send_enhanced (FakeRtmp *self, const CgAmfCommand *command)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  cg_amf_append_string (body, "_result");
  cg_amf_append_number (body, command->transaction);
  cg_amf_begin_object (body);
  if (self->mode == FAKE_RTMP_ENHANCED) {
    cg_amf_append_key (body, "fourCcList");
    cg_amf_begin_list (body, 2);
    cg_amf_append_string (body, "av01");
    cg_amf_append_string (body, "hvc1");
  } else {
    cg_amf_append_key (body, "videoFourCcInfoMap");
    cg_amf_begin_object (body);
    cg_amf_append_key (body, "hvc1");
    cg_amf_append_number (body, 7);
    cg_amf_end_object (body);
  }
  cg_amf_end_object (body);
  cg_amf_begin_object (body);
  cg_amf_append_key (body, "code");
  cg_amf_append_string (body, "NetConnection.Connect.Success");
  cg_amf_end_object (body);
  return send_message (self, CG_RTMP_COMMAND, body);
}

static gboolean
answer_connect (FakeRtmp *self, const CgAmfCommand *command)
{
  switch ((int)self->mode) {
  case FAKE_RTMP_ADOBE:
  case FAKE_RTMP_LLNW:
    return ask_login (self, command);
  case FAKE_RTMP_MAD_NUMBERS:
    return send_mad_answers (self) &&
           send_answer (self, "_result", command->transaction, "status",
                        "NetConnection.Connect.Success", "Connection succeeded.");
  case FAKE_RTMP_ENHANCED:
  case FAKE_RTMP_ENHANCED_MAP:
    return send_enhanced (self, command);
  case FAKE_RTMP_SILENT_CONNECT:
    return TRUE;
  case FAKE_RTMP_CLOSE_ON_CONNECT:
    return FALSE;
  case FAKE_RTMP_NOISE:
    return write_bytes (self, "\x02\0\0\0\0\0\4\1\0\0\0\0\0\0\0\0", 16);
  case FAKE_RTMP_REJECT:
    return send_answer (self, "_error", command->transaction, "error",
                        "NetConnection.Connect.Rejected", "[ code=403 need auth; authmod=adobe ]");
  default:
    return send_answer (self, "_result", command->transaction, "status",
                        "NetConnection.Connect.Success", "Connection succeeded.");
  }
}

static gboolean
answer_create (FakeRtmp *self, const CgAmfCommand *command)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  cg_amf_append_string (body, "_result");
  cg_amf_append_number (body, command->transaction);
  cg_amf_append_null (body);
  cg_amf_append_number (body, 1);
  return send_message (self, CG_RTMP_COMMAND, body);
}

static gboolean
answer_publish (FakeRtmp *self)
{
  switch ((int)self->mode) {
  case FAKE_RTMP_BAD_NAME:
    return send_answer (self, "onStatus", 0, "error", "NetStream.Publish.BadName",
                        "Already publishing");
  case FAKE_RTMP_CLOSE_ON_PUBLISH:
    return FALSE;
  default:
    return send_answer (self, "onStatus", 0, "status", "NetStream.Publish.Start",
                        "Start publishing");
  }
}

static void
note_command (FakeRtmp *self, const CgAmfCommand *command)
{
  const char *text =
      command->texts->len > 0 ? command->texts->pdata[0] : cg_amf_command_get (command, "app");

  g_mutex_lock (&self->mutex);
  g_string_append_printf (self->commands, "%s%s(%s)", self->commands->len > 0 ? " " : "",
                          command->name, text);
  g_mutex_unlock (&self->mutex);
}

static gboolean
take_command (FakeRtmp *self, const CgRtmpMessage *message)
{
  g_autoptr (CgAmfCommand) command = cg_amf_command_parse (message->body->data, message->body->len);

  g_assert_nonnull (command);
  note_command (self, command);
  if (g_str_equal (command->name, "connect"))
    return answer_connect (self, command);
  if (g_str_equal (command->name, "createStream"))
    return answer_create (self, command);
  if (g_str_equal (command->name, "publish"))
    return answer_publish (self);
  if (g_str_equal (command->name, "releaseStream")) /* as some servers do; to be ignored */
    return send_answer (self, "_error", command->transaction, "error", "NetConnection.Call.Failed",
                        "no such method");
  return TRUE;
}

static gboolean
take_message (FakeRtmp *self, CgRtmpMessage *message)
{
  const gboolean is_command = message->type == CG_RTMP_COMMAND;
  const gboolean good = !is_command || take_command (self, message);

  g_mutex_lock (&self->mutex);
  if (message->type == CG_RTMP_USER_CONTROL && message->body->data[1] == 7)
    self->pongs++;
  g_ptr_array_add (self->messages, message);
  g_mutex_unlock (&self->mutex);
  changed ();
  return good;
}

static gboolean
has_published (FakeRtmp *self)
{
  g_autofree char *commands = fake_rtmp_get_commands (self);

  return strstr (commands, "publish(") != NULL;
}

static void
wait_for_cancel (FakeRtmp *self)
{
  GPollFD poll;

  if (!g_cancellable_make_pollfd (self->cancellable, &poll))
    return;
  g_poll (&poll, 1, -1);
  g_cancellable_release_fd (self->cancellable);
}

static void
converse (FakeRtmp *self)
{
  g_autoptr (CgRtmpReader) reader = cg_rtmp_reader_new (16 * 1024 * 1024);
  GInputStream *input = g_io_stream_get_input_stream (self->stream);
  guint8 data[65536];

  for (;;) {
    CgRtmpMessage *message;
    g_autoptr (GError) error = NULL;
    const gssize size = g_input_stream_read (input, data, sizeof data, self->cancellable, NULL);
    if (size <= 0)
      return;
    cg_rtmp_reader_feed (reader, data, (gsize)size);
    while ((message = cg_rtmp_reader_next (reader, &error)) != NULL) {
      if (!take_message (self, message))
        return;
    }
    g_assert_no_error (error);
    if (self->mode == FAKE_RTMP_DEAF && has_published (self))
      wait_for_cancel (self);
  }
}

static void
wait_for_end (FakeRtmp *self)
{
  guint8 byte;

  while (read_bytes (self, &byte, 1))
    ;
}

static void
serve (FakeRtmp *self)
{
  if (self->mode == FAKE_RTMP_SILENT)
    wait_for_end (self);
  else if (shake_hands (self))
    converse (self);
}

static GIOStream *
secure (FakeRtmp *self, GSocketConnection *connection)
{
  if (self->certificate == NULL)
    return g_object_ref (G_IO_STREAM (connection));
  return g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, NULL);
}

static gpointer
run (gpointer data)
{
  FakeRtmp *self = data;

  for (;;) {
    g_autoptr (GSocketConnection) connection =
        g_socket_listener_accept (self->listener, NULL, self->cancellable, NULL);
    if (connection == NULL)
      return NULL;
    g_mutex_lock (&self->mutex);
    self->connections++;
    self->socket = g_object_ref (g_socket_connection_get_socket (connection));
    self->stream = secure (self, connection);
    g_mutex_unlock (&self->mutex);
    changed ();
    serve (self);
    g_io_stream_close (self->stream, NULL, NULL);
    g_mutex_lock (&self->mutex);
    g_clear_object (&self->socket);
    g_clear_object (&self->stream);
    g_mutex_unlock (&self->mutex);
    changed ();
  }
}

FakeRtmp *
fake_rtmp_new (FakeRtmpMode mode)
{
  return fake_rtmp_new_tls (mode, NULL);
}

FakeRtmp *
fake_rtmp_new_tls (FakeRtmpMode mode, GTlsCertificate *certificate)
{
  FakeRtmp *self = g_new0 (FakeRtmp, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->mode = mode;
  g_set_object (&self->certificate, certificate);
  g_mutex_init (&self->writing);
  g_mutex_init (&self->mutex);
  self->commands = g_string_new (NULL);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_rtmp_message_free);
  self->cancellable = g_cancellable_new ();
  /* Held, so that it does not come and go with each wait: tests count descriptors. */
  g_cancellable_get_fd (self->cancellable);
  self->listener = g_socket_listener_new ();
  g_assert_true (g_socket_listener_add_address (self->listener, any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("fake-rtmp", run, self);
  return self;
}

void
fake_rtmp_free (FakeRtmp *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_cancellable_release_fd (self->cancellable);
  g_object_unref (self->cancellable);
  g_clear_object (&self->certificate);
  g_ptr_array_unref (self->messages);
  g_string_free (self->commands, TRUE);
  g_mutex_clear (&self->writing);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

char *
fake_rtmp_get_url (FakeRtmp *self, const char *path)
{
  return g_strdup_printf ("%s://%s:%u/%s", self->certificate != NULL ? "rtmps" : "rtmp",
                          self->certificate != NULL ? "localhost" : "127.0.0.1", self->port, path);
}

/* Ends the connection without a word. */
void
fake_rtmp_hang_up (FakeRtmp *self)
{
  g_mutex_lock (&self->mutex);
  if (self->socket != NULL)
    shutdown (g_socket_get_fd (self->socket), SHUT_RDWR);
  g_mutex_unlock (&self->mutex);
}

void
fake_rtmp_ping (FakeRtmp *self, guint count)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  g_byte_array_append (body, (const guint8 *)"\0\6\1\2\3\4", 6);
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < count; i++)
    send_message (self, CG_RTMP_USER_CONTROL, body);
  g_mutex_unlock (&self->mutex);
}

void
fake_rtmp_send_status (FakeRtmp *self, const char *code)
{
  g_mutex_lock (&self->mutex);
  send_answer (self, "onStatus", 0, "status", code, "");
  g_mutex_unlock (&self->mutex);
}

guint
fake_rtmp_count_connections (FakeRtmp *self)
{
  g_mutex_lock (&self->mutex);
  const guint connections = self->connections;
  g_mutex_unlock (&self->mutex);
  return connections;
}

guint
fake_rtmp_count_pongs (FakeRtmp *self)
{
  g_mutex_lock (&self->mutex);
  const guint pongs = self->pongs;
  g_mutex_unlock (&self->mutex);
  return pongs;
}

/* Returns: %TRUE if a publisher was there and none is any more */
gboolean
fake_rtmp_is_idle (FakeRtmp *self)
{
  g_mutex_lock (&self->mutex);
  const gboolean is_idle = self->connections > 0 && self->stream == NULL;
  g_mutex_unlock (&self->mutex);
  return is_idle;
}

char *
fake_rtmp_get_commands (FakeRtmp *self)
{
  g_mutex_lock (&self->mutex);
  char *commands = g_strdup (self->commands->str);
  g_mutex_unlock (&self->mutex);
  return commands;
}

guint
fake_rtmp_count (FakeRtmp *self, CgRtmpType type)
{
  guint count = 0;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->messages->len; i++)
    count += ((CgRtmpMessage *)self->messages->pdata[i])->type == type;
  g_mutex_unlock (&self->mutex);
  return count;
}

/* Returns: (transfer full) (nullable): the oldest message of a type not yet popped */
CgRtmpMessage *
fake_rtmp_pop (FakeRtmp *self, CgRtmpType type)
{
  CgRtmpMessage *message = NULL;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->messages->len && message == NULL; i++) {
    if (((CgRtmpMessage *)self->messages->pdata[i])->type == type)
      message = g_ptr_array_steal_index (self->messages, i);
  }
  g_mutex_unlock (&self->mutex);
  return message;
}
