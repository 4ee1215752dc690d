/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-mqtt-session.h"

#include <errno.h>
#include <mosquitto.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "cg-door.h"
#include "cg-server.h"
#include "cg-tls-witness.h"

/* Debian and all its children keep the trusted certificates here, by hash. */
#define SYSTEM_CA_DIR "/etc/ssl/certs"

/* More than anybody has under way: the outbox keeps the window. */
#define LIBRARY_WINDOW 1000

struct _CgMqttSession {
  struct mosquitto *client; /* (owned) */
  const CgMqttOptions *options;
  const CgServer *server;
  CgMqttHandlers handlers;
  gpointer user_data;

  gboolean is_accepted;   /* CONNACK is here */
  GHashTable *topics;     /* (owned) (element-type utf8) asked for */
  GHashTable *unanswered; /* (owned) (element-type int utf8) SUBSCRIBE without SUBACK */
  char *refusal;          /* (nullable) what the server said to our CONNECT or own SUBSCRIBE */
  CgError refusal_code;
  char *detail;          /* (nullable) the first thing the library complained about */
  CgTlsWitness *witness; /* (owned) (nullable): of TLS, until CONNACK is here */
};

static void
on_connect (struct mosquitto *client, void *user_data, int code)
{
  CgMqttSession *self = user_data;

  if (code == 0) {
    self->is_accepted = TRUE;
    return;
  }
  self->refusal_code = code == 4 || code == 5 ? CG_ERROR_LOGIN_REFUSED : CG_ERROR_PEER_FAULT;
  g_free (self->refusal);
  self->refusal = g_strdup (mosquitto_connack_string (code));
}

/* Without the gateway's own topic no action can come in: better another server, or another try.
 * Without a camera's the others still work; it is asked for again with the next connection. */
static void
note_subscription (CgMqttSession *self, const char *topic, gboolean is_granted)
{
  if (is_granted || g_strcmp0 (topic, self->options->own_topic) != 0) {
    self->handlers.subscribed (topic, is_granted, self->user_data);
    return;
  }
  self->refusal_code = CG_ERROR_LOGIN_REFUSED;
  g_free (self->refusal);
  self->refusal = g_strdup_printf ("the subscription to %s is refused", topic);
}

static void
on_subscribe (struct mosquitto *client, void *user_data, int mid, int n, const int *granted)
{
  CgMqttSession *self = user_data;
  const char *topic = g_hash_table_lookup (self->unanswered, GINT_TO_POINTER (mid));

  if (topic != NULL && n > 0)
    note_subscription (self, topic, granted[0] <= 2);
  g_hash_table_remove (self->unanswered, GINT_TO_POINTER (mid));
}

static void
on_message (struct mosquitto *client, void *user_data, const struct mosquitto_message *message)
{
  CgMqttSession *self = user_data;
  const gsize length =
      message->payloadlen > CG_DOOR_MAX_MESSAGE ? CG_DOOR_CUT_MESSAGE : (gsize)message->payloadlen;

  if (message->retain) {
    self->handlers.retained (message->topic, self->user_data);
    return;
  }
  g_autoptr (GBytes) bytes = g_bytes_new (message->payload, length);
  self->handlers.message (bytes, self->user_data);
}

static void
on_publish (struct mosquitto *client, void *user_data, int mid)
{
  CgMqttSession *self = user_data;

  self->handlers.published (mid, self->user_data);
}

/* The library tells TLS troubles only here, while the TLS session still exists. */
static void
on_log (struct mosquitto *client, void *user_data, int level, const char *text)
{
  CgMqttSession *self = user_data;
  SSL *ssl = mosquitto_ssl_get (client);
  const long verdict = ssl != NULL ? SSL_get_verify_result (ssl) : X509_V_OK;

  if (level != MOSQ_LOG_ERR || self->detail != NULL)
    return;
  if (verdict != X509_V_OK)
    self->detail = g_strdup_printf ("certificate: %s", X509_verify_cert_error_string (verdict));
  else if (g_str_has_prefix (text, "OpenSSL Error"))
    self->detail = cg_tls_witness_translate (strrchr (text, ':') + 1);
  else
    self->detail = g_strdup (g_str_has_prefix (text, "Error: ") ? text + 7 : text);
}

static const char *
get_errno_text (int code, int number)
{
  if (code == MOSQ_ERR_EAI)
    return gai_strerror (number);
  if (code == MOSQ_ERR_ERRNO && number == 0)
    return "the server ended the connection";
  /* So the library calls a write that fails; within one call of it nobody hears the alert. */
  if (code == MOSQ_ERR_ERRNO && number == EPROTO)
    return "the server ended the connection after the handshake, perhaps for our certificate";
  if (code == MOSQ_ERR_KEEPALIVE)
    return "the server does not answer any more";
  return number != 0 && code == MOSQ_ERR_ERRNO ? g_strerror (number) : mosquitto_strerror (code);
}

/* The one conversion of the library's codes. Always FALSE. */
static gboolean
fail (CgMqttSession *self, int code, int number, GError **error)
{
  g_autofree char *server = cg_server_to_string (self->server);
  const char *text = get_errno_text (code, number);

  if (self->detail == NULL && self->witness != NULL)
    self->detail = cg_tls_witness_ask (self->witness);
  if (self->refusal != NULL)
    g_set_error (error, CG_ERROR, self->refusal_code, "%s: %s", server, self->refusal);
  else if (self->detail != NULL)
    g_set_error (error, CG_ERROR, CG_ERROR_UNREACHABLE, "%s: %s", server, self->detail);
  else if (code == MOSQ_ERR_KEEPALIVE || code == MOSQ_ERR_TIMEOUT)
    g_set_error (error, CG_ERROR, CG_ERROR_TIMED_OUT, "%s: %s", server, text);
  else if (code == MOSQ_ERR_PROTOCOL || code == MOSQ_ERR_MALFORMED_PACKET)
    g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT, "%s: %s", server, text);
  else
    g_set_error (error, CG_ERROR, CG_ERROR_UNREACHABLE, "%s: %s", server, text);
  return FALSE;
}

static gboolean
check (CgMqttSession *self, int code, GError **error)
{
  const int number = errno;

  return code == MOSQ_ERR_SUCCESS || fail (self, code, number, error);
}

static void
init_library (void)
{
  static gsize is_done;

  if (!g_once_init_enter (&is_done))
    return;
  mosquitto_lib_init ();
  g_once_init_leave (&is_done, 1);
}

/**
 * cg_mqtt_session_new:
 * @options: kept by the caller until the session is freed
 * @server: likewise
 * @handlers: called from within cg_mqtt_session_process() and cg_mqtt_session_publish()
 * @user_data: for @handlers
 * @error: return location
 *
 * Returns: (transfer full): a session, not yet connected; %NULL with %CG_ERROR_INTERNAL if the
 *   library does not take the client id, or has no memory
 */
CgMqttSession *
cg_mqtt_session_new (const CgMqttOptions *options,
                     const CgServer *server,
                     const CgMqttHandlers *handlers,
                     gpointer user_data,
                     GError **error)
{
  init_library ();

  g_autoptr (CgMqttSession) self = g_new0 (CgMqttSession, 1);
  self->options = options;
  self->server = server;
  self->handlers = *handlers;
  self->user_data = user_data;
  self->topics = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->unanswered = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  errno = 0;
  self->client = mosquitto_new (options->client_id, true, self);
  if (self->client == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INTERNAL,
                         errno == ENOMEM ? "no memory is left for an MQTT client"
                                         : "the MQTT library does not take our client id");
    return NULL;
  }
  mosquitto_connect_callback_set (self->client, on_connect);
  mosquitto_subscribe_callback_set (self->client, on_subscribe);
  mosquitto_message_callback_set (self->client, on_message);
  mosquitto_publish_callback_set (self->client, on_publish);
  mosquitto_log_callback_set (self->client, on_log);
  mosquitto_int_option (self->client, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_max_inflight_messages_set (self->client, LIBRARY_WINDOW);
  return g_steal_pointer (&self);
}

/**
 * cg_mqtt_session_free:
 * @self: (nullable) (transfer full): a session; an open connection is cut
 */
void
cg_mqtt_session_free (CgMqttSession *self)
{
  if (self == NULL)
    return;
  if (self->client != NULL)
    mosquitto_destroy (self->client);
  cg_tls_witness_free (self->witness);
  g_hash_table_unref (self->topics);
  g_hash_table_unref (self->unanswered);
  g_free (self->refusal);
  g_free (self->detail);
  g_free (self);
}

/**
 * cg_mqtt_session_set_will:
 * @self: a session, not yet connected
 * @topic: where the will goes
 * @message: what the server says in our name when we vanish
 *
 * Returns: %FALSE with an error if the library does not take it
 */
gboolean
cg_mqtt_session_set_will (CgMqttSession *self, const char *topic, GBytes *message, GError **error)
{
  gsize length = 0;
  gconstpointer data = g_bytes_get_data (message, &length);

  return check (self, mosquitto_will_set (self->client, topic, (int)length, data, 1, false), error);
}

static gboolean
set_up_tls (CgMqttSession *self, GError **error)
{
  const CgMqttOptions *options = self->options;
  const char *ca_dir = options->ca_file == NULL ? SYSTEM_CA_DIR : NULL;
  const int code = mosquitto_tls_set (self->client, options->ca_file, ca_dir, options->cert_file,
                                      options->key_file, NULL);

  if (code == MOSQ_ERR_INVAL && self->detail == NULL)
    self->detail = g_strdup ("ca-file, cert-file or key-file cannot be read");
  return check (self, code, error) &&
         check (self, mosquitto_tls_opts_set (self->client, SSL_VERIFY_PEER, NULL, NULL), error) &&
         check (self, mosquitto_tls_insecure_set (self->client, false), error);
}

/**
 * cg_mqtt_session_connect_in_thread:
 * @self: a session
 * @ipv4_only: whether IPv6 has proved to lead nowhere
 *
 * Looks the name up, which may take as long as it likes, and begins to connect. TLS always
 * verifies certificate and host name.
 *
 * Returns: %FALSE with %CG_ERROR_UNREACHABLE
 */
gboolean
cg_mqtt_session_connect_in_thread (CgMqttSession *self, gboolean ipv4_only, GError **error)
{
  const CgMqttOptions *options = self->options;
  /* The library tries only the first address that does not refuse at once. Bound to an IPv4 address
   * it skips those of IPv6. */
  const char *bind_address = ipv4_only ? "0.0.0.0" : NULL;

  if (options->username != NULL &&
      !check (self, mosquitto_username_pw_set (self->client, options->username, options->password),
              error))
    return FALSE;
  if (self->server->tls && !set_up_tls (self, error))
    return FALSE;
  errno = 0;
  return check (self,
                mosquitto_connect_bind_async (self->client, self->server->host, self->server->port,
                                              (int)options->keep_alive_s, bind_address),
                error);
}

/**
 * cg_mqtt_session_can_fall_back_in_thread:
 * @server: a server
 * @error: (nullable): what came of the connection to it
 *
 * The library tries the first address of a name. That may be one of IPv6 where nobody listens, as
 * with many a "localhost", or that leads nowhere.
 *
 * Returns: whether it was not reached, and there is an IPv4 address behind one of IPv6
 */
gboolean
cg_mqtt_session_can_fall_back_in_thread (const CgServer *server, const GError *error)
{
  const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *addresses = NULL;
  gboolean has_ipv4 = FALSE;

  if (!g_error_matches (error, CG_ERROR, CG_ERROR_TIMED_OUT) &&
      !g_error_matches (error, CG_ERROR, CG_ERROR_UNREACHABLE))
    return FALSE;
  if (getaddrinfo (server->host, NULL, &hints, &addresses) != 0)
    return FALSE;
  for (const struct addrinfo *a = addresses->ai_next; a != NULL; a = a->ai_next)
    has_ipv4 |= a->ai_family == AF_INET;
  has_ipv4 &= addresses->ai_family == AF_INET6;
  freeaddrinfo (addresses);
  return has_ipv4;
}

/**
 * cg_mqtt_session_get_fd:
 * @self: a session
 *
 * Returns: the socket, or -1 without one
 */
int
cg_mqtt_session_get_fd (CgMqttSession *self)
{
  return mosquitto_socket (self->client);
}

/**
 * cg_mqtt_session_get_events:
 * @self: a session
 *
 * Returns: the poll() events it waits for
 */
short
cg_mqtt_session_get_events (CgMqttSession *self)
{
  return mosquitto_want_write (self->client) ? POLLIN | POLLOUT : POLLIN;
}

static int
get_socket_error (CgMqttSession *self)
{
  int number = 0;
  socklen_t size = sizeof number;

  if (getsockopt (cg_mqtt_session_get_fd (self), SOL_SOCKET, SO_ERROR, &number, &size) != 0)
    return errno;
  return number;
}

/* Within TLS the library swallows the refusal of a connection, and waits for more. */
static gboolean
has_nothing_left (CgMqttSession *self)
{
  const int fd = cg_mqtt_session_get_fd (self);
  char byte = 0;
  const gssize size = recv (fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

  return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
}

/* One that stays after CONNACK would keep the connection open that the library closes. */
static void
keep_witness (CgMqttSession *self)
{
  SSL *ssl = mosquitto_ssl_get (self->client);

  if (self->is_accepted)
    g_clear_pointer (&self->witness, cg_tls_witness_free);
  else if (self->witness == NULL && ssl != NULL)
    self->witness = cg_tls_witness_new (ssl, cg_mqtt_session_get_fd (self));
}

/**
 * cg_mqtt_session_process:
 * @self: a session
 * @events: what poll() found; 0 after a quiet second, for the keep-alive
 *
 * Reads, writes and calls the handlers, without blocking.
 *
 * Returns: %FALSE with an error when the connection is at its end
 */
gboolean
cg_mqtt_session_process (CgMqttSession *self, short events, GError **error)
{
  keep_witness (self);
  if ((events & (POLLERR | POLLHUP)) != 0 && !self->is_accepted && self->refusal == NULL) {
    const int number = get_socket_error (self);
    if (number != 0)
      return fail (self, MOSQ_ERR_ERRNO, number, error);
  }
  errno = 0;
  if ((events & (POLLIN | POLLERR | POLLHUP)) != 0 &&
      !check (self, mosquitto_loop_read (self->client, 1), error))
    return FALSE;
  if (self->is_accepted && self->refusal != NULL)
    return fail (self, MOSQ_ERR_AUTH, 0, error);
  if ((events & POLLHUP) != 0 && !self->is_accepted && has_nothing_left (self))
    return fail (self, MOSQ_ERR_CONN_LOST, 0, error);
  errno = 0;
  if ((events & POLLOUT) != 0 && !check (self, mosquitto_loop_write (self->client, 1), error))
    return FALSE;
  errno = 0;
  return check (self, mosquitto_loop_misc (self->client), error);
}

static gboolean
subscribe (CgMqttSession *self, const char *topic, GError **error)
{
  int mid = 0;

  if (!check (self, mosquitto_subscribe (self->client, &mid, topic, self->options->subscribe_qos),
              error))
    return FALSE;
  g_hash_table_add (self->topics, g_strdup (topic));
  g_hash_table_insert (self->unanswered, GINT_TO_POINTER (mid), g_strdup (topic));
  return TRUE;
}

/**
 * cg_mqtt_session_set_topics:
 * @self: a session that is accepted
 * @topics: all topics to listen to
 *
 * Subscribes to what is new and unsubscribes from what is gone, one topic a packet: some servers
 * allow only a few in one.
 *
 * Returns: %FALSE with an error when the connection is at its end
 */
gboolean
cg_mqtt_session_set_topics (CgMqttSession *self, const char *const *topics, GError **error)
{
  g_autoptr (GHashTable) gone = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer topic = NULL;

  g_hash_table_iter_init (&iter, self->topics);
  while (g_hash_table_iter_next (&iter, &topic, NULL))
    g_hash_table_add (gone, topic);
  for (guint i = 0; topics[i] != NULL; i++)
    if (!g_hash_table_remove (gone, topics[i]) && !subscribe (self, topics[i], error))
      return FALSE;

  g_hash_table_iter_init (&iter, gone);
  while (g_hash_table_iter_next (&iter, &topic, NULL)) {
    if (!check (self, mosquitto_unsubscribe (self->client, NULL, topic), error))
      return FALSE;
    g_hash_table_remove (self->topics, topic);
  }
  return TRUE;
}

/**
 * cg_mqtt_session_is_accepted:
 * @self: a session
 *
 * Returns: %TRUE once the server has taken our login
 */
gboolean
cg_mqtt_session_is_accepted (CgMqttSession *self)
{
  return self->is_accepted;
}

/**
 * cg_mqtt_session_is_subscribed:
 * @self: a session
 *
 * Returns: %TRUE when every subscription asked for is answered
 */
gboolean
cg_mqtt_session_is_subscribed (CgMqttSession *self)
{
  return self->is_accepted && g_hash_table_size (self->unanswered) == 0;
}

/* What the library, or the server by its limits, takes from nobody. The socket may stay open after
 * any other failure: libmosquitto 2.0 leaves it so when a write fails. */
static gboolean
is_fault_of_message (int code)
{
  return code == MOSQ_ERR_INVAL || code == MOSQ_ERR_PAYLOAD_SIZE ||
         code == MOSQ_ERR_MALFORMED_UTF8 || code == MOSQ_ERR_OVERSIZE_PACKET;
}

/**
 * cg_mqtt_session_publish:
 * @self: a session that is accepted
 * @topic: where it goes
 * @qos: 0, 1 or 2
 * @message: what goes there; never retained
 * @mid: (out): its number; stored before the handler `published` is called with it, which may
 *   happen within this call
 *
 * Returns: %FALSE with %CG_ERROR_BAD_REQUEST if no connection takes this message; with another
 *   error when the connection is at its end
 */
gboolean
cg_mqtt_session_publish (
    CgMqttSession *self, const char *topic, int qos, GBytes *message, int *mid, GError **error)
{
  gsize length = 0;
  gconstpointer data = g_bytes_get_data (message, &length);

  errno = 0;
  const int code = mosquitto_publish (self->client, mid, topic, (int)length, data, qos, false);
  if (!is_fault_of_message (code))
    return check (self, code, error);
  g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, mosquitto_strerror (code));
  return FALSE;
}

/**
 * cg_mqtt_session_disconnect:
 * @self: a session
 *
 * Says goodbye, so that the server does not publish our will.
 */
void
cg_mqtt_session_disconnect (CgMqttSession *self)
{
  mosquitto_disconnect (self->client);
}
