/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-camera.h"

#include <gio/gio.h>
#include <string.h>

#include "fake-http.h"
#include "fake-login.h"

#define PATIENCE_US (5 * G_USEC_PER_SEC)

typedef struct {
  guint status;
  char *body;
} Answer;

struct _FakeCamera {
  GMutex lock;
  GCond changed;
  GSocketListener *listener;
  GCancellable *quit;
  GThread *thread;
  GPtrArray *connections; /* (element-type GThread) */
  guint16 port;
  guint n_connections;

  GHashTable *answers; /* operation → GQueue of Answer; the last one stays */
  GHashTable *manners; /* operation → FakeManner */
  GHashTable *forbidden;
  guint logins;
  FakeRefusal refusal;
  gboolean is_digest_right; /* of this request: HTTP is content, whatever SOAP says */
  char *password;
  gint64 skew_s;
  guint stale_after;
  guint nonce_number;
  guint nonce_uses;

  GQueue requests; /* (element-type FakeRequest) */
  guint n_passwords;
  guint gathering; /* so many more are waited for before any is answered */
};

typedef struct {
  FakeCamera *self;
  GSocketConnection *connection;
  guint number;
} Connection;

static void
answer_free (Answer *answer)
{
  g_free (answer->body);
  g_free (answer);
}

static void
answers_free (GQueue *queue)
{
  g_queue_free_full (queue, (GDestroyNotify)answer_free);
}

void
fake_request_free (FakeRequest *self)
{
  g_free (self->operation);
  g_free (self->body);
  g_free (self->content_type);
  g_free (self->target);
  g_free (self->host);
  g_free (self);
}

static char *
take_answer (FakeCamera *self, const char *operation, guint *status)
{
  GQueue *queue = g_hash_table_lookup (self->answers, operation);

  if (queue == NULL)
    return fake_default_answer (operation, self->skew_s, status);
  Answer *answer = g_queue_peek_head (queue);
  char *body = g_strdup (answer->body);
  *status = answer->status;
  if (queue->length > 1)
    answer_free (g_queue_pop_head (queue));
  return body;
}

static gboolean
has_token (const FakeHttp *raw)
{
  return strstr (raw->body, "UsernameToken") != NULL;
}

static gboolean
is_let_in (FakeCamera *self, const char *operation, const FakeHttp *raw)
{
  g_autofree char *nonce = g_strdup_printf ("nonce-%u", self->nonce_number);
  const gboolean has_digest = raw->authorization != NULL;

  self->nonce_uses += has_digest ? 1 : 0;
  const gboolean digest =
      has_digest && fake_login_check_digest (raw->authorization, raw->target, self->password, nonce,
                                             self->nonce_uses);
  self->is_digest_right = digest;
  const gboolean token = fake_login_check_token (raw->body, self->password, self->skew_s);

  return self->logins == 0 || strcmp (operation, "GetSystemDateAndTime") == 0 ||
         ((self->logins & FAKE_LOGIN_DIGEST) != 0 && digest && !has_token (raw)) ||
         ((self->logins & FAKE_LOGIN_TOKEN) != 0 && token) ||
         ((self->logins & FAKE_LOGIN_BOTH) != 0 && digest && token);
}

static char *
refuse (FakeCamera *self, guint *status, char **header)
{
  const gboolean knows_digest = (self->logins & (FAKE_LOGIN_DIGEST | FAKE_LOGIN_BOTH)) != 0;

  switch (self->refusal) {
  case FAKE_REFUSE_401:
    if (self->is_digest_right && (self->logins & FAKE_LOGIN_BOTH) != 0) {
      *status = 400;
      return fake_fault ("Sender", "NotAuthorized", NULL, "Sender not authorized");
    }
    *status = 401;
    if (knows_digest) {
      self->nonce_number++;
      self->nonce_uses = 0;
      *header = g_strdup_printf ("WWW-Authenticate: Basic realm=\"x\"\r\n"
                                 "WWW-Authenticate: Digest realm=\"Cam \\\"era\\\"\", "
                                 "qop=\"auth\", nonce=\"nonce-%u\"\r\n",
                                 self->nonce_number);
    }
    return g_strdup ("<html>go away</html>");
  case FAKE_REFUSE_FAULT:
    *status = 400;
    return fake_fault ("Sender", "NotAuthorized", NULL, "Sender not authorized");
  case FAKE_REFUSE_400:
    *status = 400;
    return g_strdup ("");
  case FAKE_REFUSE_EMPTY:
    *status = 200;
    return g_strdup ("");
  }
  g_assert_not_reached ();
}

/* What goes out: the body; the status and an extra header by reference. */
static char *
decide (FakeCamera *self, const char *operation, const FakeHttp *raw, guint *status, char **header)
{
  if (self->stale_after > 0 && self->nonce_uses >= self->stale_after) {
    self->nonce_number++;
    self->nonce_uses = 0;
  }
  if (!is_let_in (self, operation, raw))
    return refuse (self, status, header);
  if (g_hash_table_contains (self->forbidden, operation)) {
    *status = 400;
    return fake_fault ("Sender", "NotAuthorized", NULL, "Sender not authorized");
  }
  return take_answer (self, operation, status);
}

static void
note_request (FakeCamera *self, const char *operation, const FakeHttp *raw, guint connection)
{
  FakeRequest *request = g_new0 (FakeRequest, 1);

  request->operation = g_strdup (operation);
  request->body = g_strdup (raw->body);
  request->content_type = g_strdup (raw->content_type);
  request->target = g_strdup (raw->target);
  request->host = g_strdup (raw->host);
  request->has_authorization = raw->authorization != NULL;
  request->has_token = has_token (raw);
  request->has_addressing = strstr (raw->body, "addressing") != NULL;
  request->connection = connection;
  if (request->has_authorization || request->has_token)
    self->n_passwords++;
  g_queue_push_tail (&self->requests, request);
  g_cond_broadcast (&self->changed);
}

static gboolean
write_all (Connection *c, const char *text)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (c->connection));

  return g_output_stream_write_all (output, text, strlen (text), NULL, c->self->quit, NULL);
}

/* Sends bytes slower than anybody can want, until the other side has enough. */
static void
drip (Connection *c)
{
  GSocket *socket = g_socket_connection_get_socket (c->connection);

  write_all (c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<");
  while (!g_socket_condition_timed_wait (socket, G_IO_IN, 20000, c->self->quit, NULL)) {
    if (g_cancellable_is_cancelled (c->self->quit) || !write_all (c, "x"))
      return;
  }
}

static void
hang (Connection *c)
{
  GSocket *socket = g_socket_connection_get_socket (c->connection);

  g_socket_condition_wait (socket, G_IO_IN, c->self->quit, NULL);
}

static void
flood (Connection *c)
{
  g_autofree char *lump = g_strnfill (65536, 'x');

  write_all (c, "HTTP/1.1 200 OK\r\n\r\n<a>");
  while (write_all (c, lump))
    ;
}

static char *
chunk (const char *body)
{
  const gsize half = strlen (body) / 2;

  return g_strdup_printf ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "%" G_GSIZE_MODIFIER "x;a=b\r\n%.*s\r\n%" G_GSIZE_MODIFIER
                          "X\r\n%s\r\n0\r\nTrailer: 1\r\n\r\n",
                          half, (int)half, body, strlen (body) - half, body + half);
}

static gboolean
answer_properly (
    Connection *c, FakeManner manner, guint status, const char *header, const char *body)
{
  g_autofree char *text =
      manner == FAKE_CHUNKED ? chunk (body)
      : manner == FAKE_UNTIL_CLOSE
          ? g_strdup_printf ("HTTP/1.1 %u X\r\n\r\n%s", status, body)
          : g_strdup_printf ("HTTP/1.1 %u X\r\n%sContent-Type: application/soap+xml\r\n"
                             "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                             status, header != NULL ? header : "", strlen (body), body);

  return write_all (c, text) && manner != FAKE_UNTIL_CLOSE && manner != FAKE_CLOSE_AFTER;
}

/* Whether the connection goes on. */
static gboolean
act (Connection *c,
     const char *operation,
     FakeManner manner,
     guint status,
     const char *header,
     const char *body)
{
  switch (manner) {
  case FAKE_CLOSE:
  case FAKE_CLOSE_ONCE:
    return FALSE;
  case FAKE_HANG:
    hang (c);
    return FALSE;
  case FAKE_DRIP:
    drip (c);
    return FALSE;
  case FAKE_FLOOD:
    flood (c);
    return FALSE;
  case FAKE_ANSWER:
  case FAKE_CLOSE_AFTER:
  case FAKE_CHUNKED:
  case FAKE_UNTIL_CLOSE:
    return answer_properly (c, manner, status, header, body);
  }
  g_assert_not_reached ();
}

static FakeManner
find_manner (FakeCamera *self, const char *operation)
{
  gpointer manner = g_hash_table_lookup (self->manners, operation);

  return GPOINTER_TO_UINT (manner != NULL ? manner : g_hash_table_lookup (self->manners, "*"));
}

/* With the lock. */
static void
wait_for_the_others (FakeCamera *self)
{
  const gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  gboolean in_time = TRUE;

  if (self->gathering == 0)
    return;
  self->gathering--;
  g_cond_broadcast (&self->changed);
  while (in_time && self->gathering > 0)
    in_time = g_cond_wait_until (&self->changed, &self->lock, until_us);
}

static gboolean
handle (Connection *c, const FakeHttp *raw)
{
  FakeCamera *self = c->self;
  g_autofree char *operation = fake_find_operation (raw->body);
  g_autofree char *header = NULL;
  guint status = 0;

  g_mutex_lock (&self->lock);
  note_request (self, operation, raw, c->number);
  wait_for_the_others (self);
  const FakeManner manner = find_manner (self, operation);
  if (manner == FAKE_CLOSE_ONCE)
    g_hash_table_remove (self->manners, operation);
  g_autofree char *body = decide (self, operation, raw, &status, &header);
  g_mutex_unlock (&self->lock);
  return act (c, operation, manner, status, header, body);
}

static gpointer
serve (gpointer data)
{
  Connection *c = data;
  g_autoptr (GDataInputStream) input =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (c->connection)));

  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  for (;;) {
    g_auto (FakeHttp) raw = {0};

    if (!fake_http_read (input, c->self->quit, &raw) || !handle (c, &raw))
      break;
  }
  g_io_stream_close (G_IO_STREAM (c->connection), NULL, NULL);
  g_object_unref (c->connection);
  g_free (c);
  return NULL;
}

static gpointer
accept_all (gpointer data)
{
  FakeCamera *self = data;

  for (;;) {
    GSocketConnection *connection =
        g_socket_listener_accept (self->listener, NULL, self->quit, NULL);

    if (connection == NULL)
      return NULL;
    Connection *c = g_new0 (Connection, 1);
    c->self = self;
    c->connection = connection;
    c->number = ++self->n_connections;
    g_ptr_array_add (self->connections, g_thread_new ("fake-connection", serve, c));
  }
}

FakeCamera *
fake_camera_new (void)
{
  FakeCamera *self = g_new0 (FakeCamera, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->requests);
  self->password = g_strdup ("p@ss:#%w/rd");
  self->quit = g_cancellable_new ();
  self->connections = g_ptr_array_new ();
  self->answers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)answers_free);
  self->manners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->forbidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->listener = g_socket_listener_new ();
  g_assert_true (g_socket_listener_add_address (self->listener, any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("fake-camera", accept_all, self);
  return self;
}

void
fake_camera_free (FakeCamera *self)
{
  g_cancellable_cancel (self->quit);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->connections->len; i++)
    g_thread_join (g_ptr_array_index (self->connections, i));
  g_ptr_array_unref (self->connections);
  g_object_unref (self->listener);
  g_object_unref (self->quit);
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->manners);
  g_hash_table_unref (self->forbidden);
  g_queue_clear_full (&self->requests, (GDestroyNotify)fake_request_free);
  g_free (self->password);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

guint
fake_camera_get_port (FakeCamera *self)
{
  return self->port;
}

char *
fake_camera_dup_address (FakeCamera *self)
{
  return g_strdup_printf ("127.0.0.1:%u", self->port);
}

/* One more answer; the last one is given for ever. */
void
fake_camera_answer_once (FakeCamera *self, const char *operation, guint status, const char *body)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->status = status;
  answer->body = g_strdup (body);
  g_mutex_lock (&self->lock);
  GQueue *queue = g_hash_table_lookup (self->answers, operation);
  if (queue == NULL) {
    queue = g_queue_new ();
    g_hash_table_insert (self->answers, g_strdup (operation), queue);
  }
  g_queue_push_tail (queue, answer);
  g_mutex_unlock (&self->lock);
}

void
fake_camera_answer (FakeCamera *self, const char *operation, guint status, const char *body)
{
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->answers, operation);
  g_mutex_unlock (&self->lock);
  fake_camera_answer_once (self, operation, status, body);
}

/* It answers the next @count requests when all of them have come: they are on their way at once. */
void
fake_camera_gather (FakeCamera *self, guint count)
{
  g_mutex_lock (&self->lock);
  self->gathering = count;
  g_mutex_unlock (&self->lock);
}

/* How it treats an operation; "*" is any other. */
void
fake_camera_behave (FakeCamera *self, const char *operation, FakeManner manner)
{
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->manners, g_strdup (operation), GUINT_TO_POINTER (manner));
  g_mutex_unlock (&self->lock);
}

void
fake_camera_require (FakeCamera *self, guint logins, FakeRefusal refusal)
{
  g_mutex_lock (&self->lock);
  self->logins = logins;
  self->refusal = refusal;
  g_mutex_unlock (&self->lock);
}

/* Nobody may do this, however well logged in. */
void
fake_camera_forbid (FakeCamera *self, const char *operation)
{
  g_mutex_lock (&self->lock);
  g_hash_table_add (self->forbidden, g_strdup (operation));
  g_mutex_unlock (&self->lock);
}

void
fake_camera_set_password (FakeCamera *self, const char *password)
{
  g_mutex_lock (&self->lock);
  g_free (self->password);
  self->password = g_strdup (password);
  g_mutex_unlock (&self->lock);
}

void
fake_camera_set_skew_s (FakeCamera *self, gint64 skew_s)
{
  g_mutex_lock (&self->lock);
  self->skew_s = skew_s;
  g_mutex_unlock (&self->lock);
}

/* A nonce is good for so many uses. */
void
fake_camera_set_stale_after (FakeCamera *self, guint uses)
{
  g_mutex_lock (&self->lock);
  self->stale_after = uses;
  g_mutex_unlock (&self->lock);
}

/* The oldest request not yet looked at. */
FakeRequest *
fake_camera_pop (FakeCamera *self)
{
  g_mutex_lock (&self->lock);
  FakeRequest *request = g_queue_pop_head (&self->requests);
  g_mutex_unlock (&self->lock);
  return request;
}

static guint
count_locked (FakeCamera *self, const char *operation)
{
  guint n = 0;

  for (GList *i = self->requests.head; i != NULL; i = i->next) {
    const FakeRequest *request = i->data;

    n += operation == NULL || strcmp (request->operation, operation) == 0 ? 1 : 0;
  }
  return n;
}

guint
fake_camera_count (FakeCamera *self, const char *operation)
{
  g_mutex_lock (&self->lock);
  const guint n = count_locked (self, operation);
  g_mutex_unlock (&self->lock);
  return n;
}

/* How many requests carried a login since last forgotten. */
guint
fake_camera_count_passwords (FakeCamera *self)
{
  g_mutex_lock (&self->lock);
  const guint n = self->n_passwords;
  g_mutex_unlock (&self->lock);
  return n;
}

void
fake_camera_forget (FakeCamera *self)
{
  g_mutex_lock (&self->lock);
  g_queue_clear_full (&self->requests, (GDestroyNotify)fake_request_free);
  self->n_passwords = 0;
  g_mutex_unlock (&self->lock);
}

/* Waits until it was asked that. */
gboolean
fake_camera_wait_for (FakeCamera *self, const char *operation)
{
  const gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  gboolean in_time = TRUE;

  g_mutex_lock (&self->lock);
  while (in_time && count_locked (self, operation) == 0)
    in_time = g_cond_wait_until (&self->changed, &self->lock, until_us);
  const gboolean was_asked = count_locked (self, operation) > 0;
  g_mutex_unlock (&self->lock);
  return was_asked;
}
