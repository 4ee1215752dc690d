/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-channel-private.h"
#include "cg-main.h"
#include "cg-member.h"
#include "cg-message-build.h"
#include "cg-trace.h"

G_DEFINE_FINAL_TYPE (CgChannel, cg_channel, G_TYPE_OBJECT)

enum { SEND, DESCRIBE, REGISTERED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
cg_channel_dispose (GObject *object)
{
  CgChannel *self = CG_CHANNEL (object);

  if (self->dispatcher != NULL)
    cg_channel_close (self);
  g_clear_object (&self->registrar);
  g_clear_object (&self->dispatcher);
  G_OBJECT_CLASS (cg_channel_parent_class)->dispose (object);
}

static void
cg_channel_finalize (GObject *object)
{
  CgChannel *self = CG_CHANNEL (object);

  g_clear_pointer (&self->duplicates, cg_duplicates_free);
  cg_late_events_free (self->late);
  g_clear_pointer (&self->asked, g_hash_table_unref);
  g_free (self->name);
  G_OBJECT_CLASS (cg_channel_parent_class)->finalize (object);
}

static void
cg_channel_class_init (CgChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cg_channel_dispose;
  object_class->finalize = cg_channel_finalize;
  signals[SEND] = g_signal_new ("send", CG_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_BYTES);
  signals[DESCRIBE] = g_signal_new ("describe", CG_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[REGISTERED] = g_signal_new ("registered", CG_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cg_channel_init (CgChannel *self)
{
  self->late = cg_late_events_new ();
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * cg_channel_get_gateway:
 * @self: a channel
 *
 * Returns: (transfer none): did of the gateway
 */
const char *
cg_channel_get_gateway (CgChannel *self)
{
  return cg_dispatcher_get_config (self->dispatcher)->gateway.did;
}

/**
 * cg_channel_send:
 * @self: a channel
 * @did: whose message it is
 * @kind: what it is
 * @message: one line
 *
 * Sends it, unless the door is gone.
 */
void
cg_channel_send (CgChannel *self, const char *did, CgMessageKind kind, GBytes *message)
{
  if (self->closed)
    return;
  self->sent++;
  cg_dispatcher_trace (self->dispatcher, self->name, FALSE, message);
  g_signal_emit (self, signals[SEND], 0, did, kind, message);
}

static void
on_traced (
    CgDispatcher *dispatcher, const char *door, gboolean incoming, GBytes *hidden, CgChannel *self)
{
  const gint64 real_ms = cg_clock_get_real_ms (cg_dispatcher_get_clock (dispatcher));
  g_autoptr (GBytes) trace = NULL;

  if (g_str_equal (door, self->name))
    return;
  trace = cg_trace_build (door, incoming, real_ms, hidden);
  g_signal_emit (self, signals[SEND], 0, cg_channel_get_gateway (self), CG_MESSAGE_KIND_EVENT,
                 trace);
}

/**
 * cg_channel_start_trace:
 * @self: a channel
 *
 * From now on its other end gets a copy of what goes through any other door.
 */
void
cg_channel_start_trace (CgChannel *self)
{
  if (self->tracing || self->closed)
    return;
  self->tracing = TRUE;
  g_signal_connect_object (self->dispatcher, "traced", G_CALLBACK (on_traced), self, 0);
}

/* A cloud gets back what it gave; everybody else learns no login of an address. */
static void
hide_secrets (GBytes **message)
{
  GBytes *hidden = cg_trace_hide (*message);

  g_bytes_unref (*message);
  *message = hidden;
}

/* Returns: (nullable): what @did shows with what it tells */
static const char *
get_token (CgChannel *self, const char *did)
{
  if (self->registrar == NULL || !cg_dispatcher_get_config (self->dispatcher)->cloud.event_token)
    return NULL;
  return cg_registrar_get_token (self->registrar, did);
}

static void
send_event (CgChannel *self, const char *did, const char *service, JsonObject *content)
{
  g_autoptr (GBytes) message =
      cg_message_build_event (did, get_token (self, did), service, content);

  if (self->kind == CG_CHANNEL_LOCAL)
    hide_secrets (&message);
  cg_channel_send (self, did, CG_MESSAGE_KIND_EVENT, message);
}

static gboolean
may_tell (const char *did, gpointer user_data)
{
  CgChannel *self = user_data;

  return self->link_up && cg_registrar_is_registered (self->registrar, did);
}

/* PROTOCOL.md sections 1 and 2: events wait for the link, and go out only while their did is
 * registered; with the token that counts then. */
static void
on_event (CgDispatcher *dispatcher,
          const char *did,
          const char *service,
          JsonObject *content,
          CgChannel *self)
{
  if (self->registrar == NULL && !g_hash_table_contains (self->asked, did))
    return;
  if (self->registrar == NULL || may_tell (did, self))
    send_event (self, did, service, content);
  else if (!self->link_up || cg_late_events_is_lasting (service))
    cg_late_events_add (self->late, did, service, content);
}

static void
on_late_event (const char *did, const char *service, JsonObject *content, gpointer user_data)
{
  send_event (user_data, did, service, content);
}

static void
on_registered (CgRegistrar *registrar, const char *did, CgChannel *self)
{
  cg_late_events_take (self->late, may_tell, on_late_event, self);
  g_signal_emit (self, signals[REGISTERED], 0, did);
}

static void
on_config_changed (CgDispatcher *dispatcher, CgChannel *self)
{
  if (self->registrar != NULL)
    cg_registrar_set_config (self->registrar, cg_dispatcher_get_config (dispatcher));
}

static void
on_describe_camera (CgDispatcher *dispatcher, const char *did, JsonObject *object, CgChannel *self)
{
  if (self->registrar != NULL)
    json_object_set_boolean_member (object, "registered",
                                    cg_registrar_is_registered (self->registrar, did));
}

static void
add_figures (CgChannel *self, JsonObject *object)
{
  CgChannelFigures figures = {0};

  if (!g_signal_has_handler_pending (self, signals[DESCRIBE], 0, FALSE))
    return;
  g_signal_emit (self, signals[DESCRIBE], 0, &figures);
  json_object_set_int_member (object, "queued",
                              figures.queued + cg_late_events_get_length (self->late));
  json_object_set_int_member (
      object, "dropped", (gint64)(figures.dropped + cg_late_events_get_n_dropped (self->late)));
  cg_member_set_text (object, "server", figures.server);
  cg_member_set_text (object, "trouble", figures.trouble);
}

static void
on_describe_doors (CgDispatcher *dispatcher, JsonArray *doors, CgChannel *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", self->name);
  json_object_set_boolean_member (object, "up", self->link_up);
  if (self->registrar != NULL)
    json_object_set_boolean_member (
        object, "registered",
        cg_registrar_is_registered (self->registrar, cg_channel_get_gateway (self)));
  json_object_set_int_member (object, "received", self->received);
  json_object_set_int_member (object, "sent", self->sent);
  add_figures (self, object);
  json_array_add_object_element (doors, object);
}

static void
on_register (CgRegistrar *registrar, const char *did, GBytes *message, CgChannel *self)
{
  cg_channel_send (self, did, CG_MESSAGE_KIND_REGISTER, message);
}

/**
 * cg_channel_new:
 * @dispatcher: who leads its actions to their handlers
 * @name: the door's, unlike that of any other: for logs and traces, and moves end with its link
 * @kind: what stands at the other end
 *
 * Returns: (transfer full): a channel
 */
CgChannel *
cg_channel_new (CgDispatcher *dispatcher, const char *name, CgChannelKind kind)
{
  CgChannel *self = g_object_new (CG_TYPE_CHANNEL, NULL);

  self->dispatcher = g_object_ref (dispatcher);
  self->kind = kind;
  self->link_up = kind == CG_CHANNEL_LOCAL;
  self->name = g_strdup (name);
  g_signal_connect_object (dispatcher, "event", G_CALLBACK (on_event), self, 0);
  g_signal_connect_object (dispatcher, "config-changed", G_CALLBACK (on_config_changed), self, 0);
  g_signal_connect_object (dispatcher, "describe-camera", G_CALLBACK (on_describe_camera), self, 0);
  g_signal_connect_object (dispatcher, "describe-doors", G_CALLBACK (on_describe_doors), self, 0);
  if (kind == CG_CHANNEL_CLOUD) {
    self->duplicates = cg_duplicates_new ();
    self->registrar = cg_registrar_new (cg_dispatcher_get_fleet (dispatcher),
                                        cg_dispatcher_get_config (dispatcher),
                                        cg_dispatcher_get_clock (dispatcher));
    g_signal_connect_object (self->registrar, "send", G_CALLBACK (on_register), self, 0);
    g_signal_connect_object (self->registrar, "registered", G_CALLBACK (on_registered), self, 0);
  }
  return self;
}

/**
 * cg_channel_close:
 * @self: a channel
 *
 * Its door is gone: moves that came by it end, nothing is sent any more and nothing is received.
 * May be called twice.
 */
void
cg_channel_close (CgChannel *self)
{
  g_return_if_fail (CG_IS_CHANNEL (self));
  CG_ON_MAIN ();

  if (self->closed)
    return;
  cg_channel_set_link (self, FALSE);
  self->closed = TRUE;
  g_signal_handlers_disconnect_by_data (self->dispatcher, self);
  if (self->registrar != NULL)
    g_signal_handlers_disconnect_by_data (self->registrar, self);
}

/**
 * cg_channel_restart:
 * @self: a channel
 *
 * Another door takes the place of its door, perhaps to another cloud: its link is down, and nobody
 * is registered there. Actions under way are answered through the new one.
 */
void
cg_channel_restart (CgChannel *self)
{
  g_return_if_fail (CG_IS_CHANNEL (self));
  CG_ON_MAIN ();

  cg_channel_set_link (self, FALSE);
  if (self->registrar != NULL)
    cg_registrar_forget (self->registrar);
}

/**
 * cg_channel_set_owner:
 * @self: a channel of the local socket
 * @is_owner: whether its client may read our files anyway, and so may see what stands in them
 */
void
cg_channel_set_owner (CgChannel *self, gboolean is_owner)
{
  g_return_if_fail (self->kind == CG_CHANNEL_LOCAL);

  self->is_owner = is_owner;
}

/**
 * cg_channel_set_link:
 * @self: a channel
 * @up: whether its door reaches the other end
 *
 * When a link comes, whoever is not registered registers; when it goes, the moves that came by it
 * end after their grace (PROTOCOL.md section 4, ptz).
 */
void
cg_channel_set_link (CgChannel *self, gboolean up)
{
  g_return_if_fail (CG_IS_CHANNEL (self));
  CG_ON_MAIN ();

  if (self->closed || self->link_up == up)
    return;
  self->link_up = up;
  if (!up)
    cg_fleet_link_lost (cg_dispatcher_get_fleet (self->dispatcher), self->name);
  if (self->registrar == NULL)
    return;
  cg_registrar_set_link (self->registrar, up);
  cg_late_events_take (self->late, may_tell, on_late_event, self);
}

/**
 * cg_channel_is_open_to:
 * @self: a channel
 * @did: the gateway or a camera
 *
 * Returns: whether what @did tells unasked goes out now: PROTOCOL.md section 2, register
 */
gboolean
cg_channel_is_open_to (CgChannel *self, const char *did)
{
  return !self->closed && self->link_up && self->registrar != NULL &&
         cg_registrar_is_registered (self->registrar, did);
}

/**
 * cg_channel_send_stream:
 * @self: a channel that is open to @did
 * @did: the gateway or a camera
 * @stream: (nullable): its name
 * @data: what is told
 */
void
cg_channel_send_stream (CgChannel *self, const char *did, const char *stream, JsonObject *data)
{
  g_autoptr (GBytes) message = NULL;

  g_return_if_fail (CG_IS_CHANNEL (self));
  CG_ON_MAIN ();

  message = cg_message_build_stream (did, get_token (self, did), stream, data);
  cg_channel_send (self, did, CG_MESSAGE_KIND_STREAM, message);
}
