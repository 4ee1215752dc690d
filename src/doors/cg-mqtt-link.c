/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-mqtt-link.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "cg-outbox.h"
#include "cg-reconnect.h"
#include "cg-server.h"

#define OUTBOX_LIMIT 1000               /* PROTOCOL.md section 1, "offline" */
#define OUTBOX_BYTES (16 * 1024 * 1024) /* also while the link is up */
#define OUTBOX_WINDOW 100               /* fills a link of 1000 messages a second and 100 ms */
#define LOOP_MS 1000   /* the library wants to look at its keep-alive once a second */
#define STOPPING_MS 50 /* at the end it looks at the clock more often */

struct _CgMqttLink {
  gint n_references;      /* atomic */
  CgMqttOptions *options; /* (owned) not changed any more */
  CgMqttInbox *inbox;     /* (owned) */

  GMutex lock; /* guards what follows */
  CgOutbox *outbox;
  GStrv topics;
  gboolean topics_changed;
  char *will_topic; /* (nullable) */
  GBytes *will;     /* (nullable) */
  gboolean is_stopping;
  gint64 stop_at_us; /* at the latest, while it is stopping */

  /* The thread only. */
  gboolean was_up;
  gint64 up_since_us;
  GHashTable *deaf; /* (owned) (element-type utf8): topics refused, as told in the log */
};

static CgMqttLink *
link_ref (CgMqttLink *self)
{
  g_atomic_int_inc (&self->n_references);
  return self;
}

static void
on_message_in_thread (GBytes *message, gpointer user_data)
{
  CgMqttLink *self = user_data;

  cg_mqtt_inbox_post (self->inbox, CG_MQTT_MESSAGE, NULL, message);
}

/* Nothing is acted upon late. */
static void
on_retained_in_thread (const char *topic, gpointer user_data)
{
  CgMqttLink *self = user_data;
  g_autofree char *why = g_strdup_printf ("a retained message on %s", topic);

  cg_mqtt_inbox_post (self->inbox, CG_MQTT_DROPPED, why, NULL);
}

/* One line for each topic, not for each connection. */
static void
on_subscribed_in_thread (const char *topic, gboolean is_granted, gpointer user_data)
{
  CgMqttLink *self = user_data;

  if (is_granted)
    g_hash_table_remove (self->deaf, topic);
  else if (g_hash_table_add (self->deaf, g_strdup (topic)))
    g_warning ("the server refuses the subscription to %s, no actions come from there", topic);
}

static void
on_published_in_thread (int mid, gpointer user_data)
{
  CgMqttLink *self = user_data;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  cg_outbox_end (self->outbox, mid);
}

/* Tells of what the server does not take. A reply is awaited; all else is only counted. */
static void
post_refused (CgMqttLink *self)
{
  while (TRUE) {
    g_autoptr (CgOutboxItem) item = NULL;

    g_mutex_lock (&self->lock);
    item = cg_outbox_take_refused (self->outbox);
    g_mutex_unlock (&self->lock);
    if (item == NULL)
      return;
    cg_mqtt_inbox_post (self->inbox, CG_MQTT_REFUSED, item->topic,
                        item->kind == CG_DOOR_REPLY ? item->content : NULL);
  }
}

/* From the main loop to the thread. */

static gboolean
is_stopping (CgMqttLink *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  return self->is_stopping;
}

/* What waits has been sent, or has waited long enough. */
static gboolean
may_end (CgMqttLink *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  return self->is_stopping && (!self->was_up || cg_outbox_get_length (self->outbox) == 0 ||
                               g_get_monotonic_time () >= self->stop_at_us);
}

static GStrv
take_topics (CgMqttLink *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  if (!self->topics_changed)
    return NULL;
  self->topics_changed = FALSE;
  return g_strdupv (self->topics);
}

static CgOutboxItem *
begin_item (CgMqttLink *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  return cg_outbox_begin (self->outbox);
}

static gboolean
send_waiting (CgMqttLink *self, CgMqttSession *session, GError **error)
{
  CgOutboxItem *item = NULL;

  while ((item = begin_item (self)) != NULL) {
    g_autoptr (GError) why = NULL;
    /* Not ours any more once it is published. */
    g_autoptr (GBytes) content = g_bytes_ref (item->content);
    if (cg_mqtt_session_publish (session, item->topic, item->qos, content, &item->mid, &why))
      continue;
    if (!g_error_matches (why, CG_ERROR, CG_ERROR_BAD_REQUEST)) {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
    g_critical ("message on %s cannot be sent: %s", item->topic, why->message);
    on_published_in_thread (item->mid, self);
  }
  return TRUE;
}

/* The thread: connect, loop and back-off are one function each, called from the one before. */

static void
wait_in_thread (CgMqttLink *self, CgMqttSession *session, int timeout_ms, short *events)
{
  struct pollfd fds[] = {{.fd = cg_mqtt_inbox_get_bell (self->inbox), .events = POLLIN},
                         {.fd = -1}};

  if (session != NULL) {
    fds[1].fd = cg_mqtt_session_get_fd (session);
    fds[1].events = cg_mqtt_session_get_events (session);
    if (cg_mqtt_inbox_is_full (self->inbox))
      fds[1].events &= ~POLLIN;
  }
  if (poll (fds, G_N_ELEMENTS (fds), timeout_ms) <= 0)
    return;
  if (fds[0].revents != 0)
    cg_mqtt_inbox_hush (self->inbox);
  *events = fds[1].revents;
}

static void
note_up (CgMqttLink *self, const CgServer *server)
{
  g_autofree char *name = cg_server_to_string (server);

  self->was_up = TRUE;
  self->up_since_us = g_get_monotonic_time ();
  g_mutex_lock (&self->lock);
  cg_outbox_set_link (self->outbox, TRUE);
  g_mutex_unlock (&self->lock);
  cg_mqtt_inbox_post (self->inbox, CG_MQTT_UP, name, NULL);
}

/* Of a link that is up, or was up last. */
static gint64
get_life_ms (CgMqttLink *self)
{
  return (g_get_monotonic_time () - self->up_since_us) / 1000;
}

/* What there is to do on a connection that the server has accepted. */
static gboolean
work_in_thread (CgMqttLink *self, CgMqttSession *session, const CgServer *server, GError **error)
{
  g_auto (GStrv) topics = take_topics (self);

  if (topics != NULL && !cg_mqtt_session_set_topics (session, (const char *const *)topics, error))
    return FALSE;
  if (!self->was_up && cg_mqtt_session_is_subscribed (session))
    note_up (self, server);
  return !self->was_up || send_waiting (self, session, error);
}

/* How long the thread may sleep: something is looked at again after that. */
static int
get_patience_ms (CgMqttLink *self)
{
  if (is_stopping (self))
    return STOPPING_MS;
  return self->was_up ? LOOP_MS : (int)MIN (LOOP_MS, self->options->up_timeout_ms);
}

static gboolean
loop_in_thread (CgMqttLink *self, CgMqttSession *session, const CgServer *server, GError **error)
{
  const guint up_timeout_ms = self->options->up_timeout_ms;
  const gint64 deadline_us = g_get_monotonic_time () + up_timeout_ms * G_GINT64_CONSTANT (1000);

  while (!may_end (self)) {
    short events = 0;

    if (cg_mqtt_session_is_accepted (session) && !work_in_thread (self, session, server, error))
      return FALSE;
    if (may_end (self))
      break;
    wait_in_thread (self, session, get_patience_ms (self), &events);
    if (!cg_mqtt_session_process (session, events, error))
      return FALSE;
    if (self->was_up || g_get_monotonic_time () < deadline_us)
      continue;
    g_autofree char *name = cg_server_to_string (server);
    g_set_error (error, CG_ERROR, CG_ERROR_TIMED_OUT, "%s: no answer in %u ms", name,
                 up_timeout_ms);
    return FALSE;
  }
  cg_mqtt_session_disconnect (session);
  return TRUE;
}

static gboolean
connect_in_thread (CgMqttLink *self, CgMqttSession *session, gboolean ipv4_only, GError **error)
{
  g_autoptr (GBytes) will = NULL;
  g_autofree char *will_topic = NULL;

  g_mutex_lock (&self->lock);
  self->topics_changed = TRUE;
  if (self->will != NULL) {
    will = g_bytes_ref (self->will);
    will_topic = g_strdup (self->will_topic);
  }
  g_mutex_unlock (&self->lock);

  if (will != NULL && !cg_mqtt_session_set_will (session, will_topic, will, error))
    return FALSE;
  return cg_mqtt_session_connect_in_thread (session, ipv4_only, error);
}

/* One connection from beginning to end. Returns (transfer full) (nullable): why it ended. */
static GError *
try_in_thread (CgMqttLink *self, const CgServer *server, gboolean ipv4_only)
{
  static const CgMqttHandlers handlers = {
      .message = on_message_in_thread,
      .retained = on_retained_in_thread,
      .published = on_published_in_thread,
      .subscribed = on_subscribed_in_thread,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (CgMqttSession) session =
      cg_mqtt_session_new (self->options, server, &handlers, self, &error);

  self->was_up = FALSE;
  if (session != NULL && connect_in_thread (self, session, ipv4_only, &error))
    loop_in_thread (self, session, server, &error);
  g_mutex_lock (&self->lock);
  if (self->was_up) /* else nothing is under way */
    cg_outbox_rewind (self->outbox, !cg_reconnect_is_steady (get_life_ms (self)));
  cg_outbox_set_link (self->outbox, FALSE);
  g_mutex_unlock (&self->lock);
  post_refused (self);
  return g_steal_pointer (&error);
}

/* One server's turn. Returns whether the connection ever was up. */
static gboolean
serve_in_thread (CgMqttLink *self, const CgServer *server)
{
  g_autoptr (GError) error = try_in_thread (self, server, FALSE);

  if (!self->was_up && !is_stopping (self) &&
      cg_mqtt_session_can_fall_back_in_thread (server, error)) {
    g_clear_error (&error);
    error = try_in_thread (self, server, TRUE);
  }
  if (self->was_up)
    cg_mqtt_inbox_post (self->inbox, CG_MQTT_DOWN, error != NULL ? error->message : "closed", NULL);
  else if (error != NULL)
    cg_mqtt_inbox_post (self->inbox, CG_MQTT_FAILED, error->message, NULL);
  return self->was_up;
}

static void
pause_in_thread (CgMqttLink *self, guint pause_ms)
{
  const gint64 until_us = g_get_monotonic_time () + pause_ms * G_GINT64_CONSTANT (1000);

  while (!is_stopping (self)) {
    const gint64 left_us = until_us - g_get_monotonic_time ();
    short events = 0;
    if (left_us <= 0)
      return;
    wait_in_thread (self, NULL, (int)(left_us / 1000 + 1), &events);
  }
}

static gpointer
run_in_thread (gpointer data)
{
  CgMqttLink *self = data;
  const GPtrArray *servers = self->options->servers;
  CgReconnect reconnect;
  sigset_t pipe;

  sigemptyset (&pipe);
  sigaddset (&pipe, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &pipe, NULL); /* the library writes to sockets that are gone */
  cg_reconnect_init (&reconnect, servers->len, self->options->reconnect_max_ms);
  while (!is_stopping (self)) {
    const gboolean was_up = serve_in_thread (self, servers->pdata[reconnect.server]);
    const gint64 lived_ms = was_up ? get_life_ms (self) : 0;

    pause_in_thread (self, cg_reconnect_next_ms (&reconnect, was_up, lived_ms, NULL));
  }
  cg_mqtt_inbox_post (self->inbox, CG_MQTT_ENDED, NULL, NULL);
  cg_mqtt_link_unref (self);
  return NULL;
}

/**
 * cg_mqtt_link_new:
 * @options: (transfer full): how to connect
 * @listener: told what happens, in the calling thread's main context
 * @user_data: for @listener
 *
 * Returns: (transfer full): a link, not yet started; end it with cg_mqtt_link_stop()
 */
CgMqttLink *
cg_mqtt_link_new (CgMqttOptions *options, CgMqttListener listener, gpointer user_data)
{
  CgMqttLink *self = g_new0 (CgMqttLink, 1);

  self->n_references = 1;
  self->options = options;
  self->inbox = cg_mqtt_inbox_new (listener, user_data);
  self->topics = g_new0 (char *, 1);
  self->deaf = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->outbox = cg_outbox_new (OUTBOX_LIMIT, OUTBOX_BYTES, OUTBOX_WINDOW);
  g_mutex_init (&self->lock);
  return self;
}

/**
 * cg_mqtt_link_unref:
 * @self: (transfer full): a link
 */
void
cg_mqtt_link_unref (CgMqttLink *self)
{
  if (!g_atomic_int_dec_and_test (&self->n_references))
    return;
  cg_mqtt_options_free (self->options);
  cg_outbox_free (self->outbox);
  cg_mqtt_inbox_unref (self->inbox);
  g_hash_table_unref (self->deaf);
  g_strfreev (self->topics);
  g_free (self->will_topic);
  g_clear_pointer (&self->will, g_bytes_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cg_mqtt_link_start:
 * @self: a link
 *
 * Starts the thread, which tries the servers in turn until it is stopped.
 *
 * Returns: %FALSE with %CG_ERROR_INTERNAL if there is no thread or descriptor to be had
 */
gboolean
cg_mqtt_link_start (CgMqttLink *self, GError **error)
{
  g_autoptr (GError) why = NULL;
  GThread *thread = NULL;

  if (cg_mqtt_inbox_get_bell (self->inbox) < 0) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INTERNAL,
                         "no descriptor is left for the MQTT thread");
    return FALSE;
  }
  thread = g_thread_try_new ("mqtt", run_in_thread, link_ref (self), &why);
  if (thread == NULL) {
    cg_mqtt_link_unref (self);
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INTERNAL, why->message);
    return FALSE;
  }
  g_thread_unref (thread); /* nobody joins it: a name look-up may keep it for a minute */
  return TRUE;
}

/**
 * cg_mqtt_link_stop:
 * @self: a link
 * @flush_ms: how long what waits may still be sent, if the link is up
 *
 * Ends the thread; %CG_MQTT_ENDED follows, after a name look-up that is under way.
 */
void
cg_mqtt_link_stop (CgMqttLink *self, guint flush_ms)
{
  g_mutex_lock (&self->lock);
  self->is_stopping = TRUE;
  self->stop_at_us = g_get_monotonic_time () + flush_ms * G_GINT64_CONSTANT (1000);
  g_mutex_unlock (&self->lock);
  cg_mqtt_inbox_ring (self->inbox);
}

/**
 * cg_mqtt_link_detach:
 * @self: a link
 *
 * Its listener hears nothing any more. On the main loop.
 */
void
cg_mqtt_link_detach (CgMqttLink *self)
{
  cg_mqtt_inbox_detach (self->inbox);
}

/**
 * cg_mqtt_link_set_topics:
 * @self: a link
 * @topics: all topics to listen to, each once
 */
void
cg_mqtt_link_set_topics (CgMqttLink *self, const char *const *topics)
{
  g_mutex_lock (&self->lock);
  g_strfreev (self->topics);
  self->topics = g_strdupv ((GStrv)topics);
  self->topics_changed = TRUE;
  g_mutex_unlock (&self->lock);
  cg_mqtt_inbox_ring (self->inbox);
}

/**
 * cg_mqtt_link_set_will:
 * @self: a link
 * @topic: where it goes
 * @message: (nullable): what the server says in our name when we vanish
 *
 * Counts from the next connection on.
 */
void
cg_mqtt_link_set_will (CgMqttLink *self, const char *topic, GBytes *message)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  g_free (self->will_topic);
  self->will_topic = g_strdup (topic);
  g_clear_pointer (&self->will, g_bytes_unref);
  self->will = message != NULL ? g_bytes_ref (message) : NULL;
}

/**
 * cg_mqtt_link_publish:
 * @self: a link
 * @topic: where it goes
 * @qos: 0, 1 or 2
 * @kind: what it is
 * @message: the message
 *
 * Sends at once if the link is up, else when it is.
 */
void
cg_mqtt_link_publish (
    CgMqttLink *self, const char *topic, int qos, CgDoorKind kind, GBytes *message)
{
  g_mutex_lock (&self->lock);
  cg_outbox_push (self->outbox, topic, kind, qos, message);
  g_mutex_unlock (&self->lock);
  post_refused (self);
  cg_mqtt_inbox_ring (self->inbox);
}

/**
 * cg_mqtt_link_take_waiting:
 * @self: a link that is being stopped
 *
 * What is under way is not among them: the other side may have it already.
 *
 * Returns: (transfer full) (element-type CgOutboxItem): all that waits, oldest first
 */
GPtrArray *
cg_mqtt_link_take_waiting (CgMqttLink *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  return cg_outbox_take_waiting (self->outbox);
}

/**
 * cg_mqtt_link_adopt:
 * @self: a link
 * @items: (transfer full) (element-type CgOutboxItem): what another link has not sent
 *
 * Sends them before all else.
 */
void
cg_mqtt_link_adopt (CgMqttLink *self, GPtrArray *items)
{
  g_mutex_lock (&self->lock);
  cg_outbox_adopt (self->outbox, items);
  g_mutex_unlock (&self->lock);
  cg_mqtt_inbox_ring (self->inbox);
}

/**
 * cg_mqtt_link_get_n_queued:
 * @self: a link
 *
 * Returns: messages that the server has not got yet
 */
guint
cg_mqtt_link_get_n_queued (CgMqttLink *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  return cg_outbox_get_length (self->outbox);
}

/**
 * cg_mqtt_link_get_n_dropped:
 * @self: a link
 *
 * Returns: messages that were given up: for want of room, or because the server refuses them
 */
guint64
cg_mqtt_link_get_n_dropped (CgMqttLink *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  return cg_outbox_get_n_dropped (self->outbox);
}
