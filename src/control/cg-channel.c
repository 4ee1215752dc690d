/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-channel.h"

#include <string.h>

#include "cg-duplicates.h"
#include "cg-late-events.h"
#include "cg-main.h"
#include "cg-member.h"
#include "cg-refusal.h"
#include "cg-registrar.h"
#include "cg-text.h"
#include "cg-trace.h"

struct _CgChannel {
  GObject parent_instance;

  CgDispatcher *dispatcher; /* (owned) */
  char *name;               /* (owned): unlike that of any other channel */
  CgChannelKind kind;
  CgRegistrar *registrar;   /* (owned) (nullable): of a cloud */
  CgDuplicates *duplicates; /* (owned) (nullable): of a cloud: nothing comes twice by a socket */
  CgLateEvents *late;       /* (owned): of a cloud */
  GHashTable *asked;        /* (owned) (element-type utf8): local: dids whose events it hears */
  guint received;
  guint sent;
  gboolean is_owner; /* local: may read our files anyway */
  gboolean link_up;
  gboolean tracing;
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (CgChannel, cg_channel, G_TYPE_OBJECT)

enum { SEND, DESCRIBE, REGISTERED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* One action under way: where its answer goes. */
typedef struct {
  CgChannel *channel;   /* (owned) */
  CgExchange *exchange; /* (owned) */
} CgPending;

static void
pending_free (gpointer data, GClosure *closure)
{
  CgPending *pending = data;

  g_object_unref (pending->channel);
  cg_exchange_unref (pending->exchange);
  g_free (pending);
}

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

static const char *
get_gateway_did (CgChannel *self)
{
  return cg_dispatcher_get_config (self->dispatcher)->gateway.did;
}

static void
send_message (CgChannel *self, const char *did, CgMessageKind kind, GBytes *message)
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
  g_signal_emit (self, signals[SEND], 0, get_gateway_did (self), CG_MESSAGE_KIND_EVENT, trace);
}

static void
start_trace (CgChannel *self)
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
  send_message (self, did, CG_MESSAGE_KIND_EVENT, message);
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
        object, "registered", cg_registrar_is_registered (self->registrar, get_gateway_did (self)));
  json_object_set_int_member (object, "received", self->received);
  json_object_set_int_member (object, "sent", self->sent);
  add_figures (self, object);
  json_array_add_object_element (doors, object);
}

static void
on_register (CgRegistrar *registrar, const char *did, GBytes *message, CgChannel *self)
{
  send_message (self, did, CG_MESSAGE_KIND_REGISTER, message);
}

/* Gives a reply as often as its message came, and keeps it for those that still come. */
static void
give_reply (CgChannel *self, const CgMessage *message, JsonObject *result, CgExchange *exchange)
{
  g_autoptr (GBytes) reply = cg_message_build_reply (message, result);

  if (self->duplicates != NULL)
    cg_duplicates_add_reply (self->duplicates, exchange, reply);
  for (guint i = 0; i < exchange->copies; i++)
    send_message (self, cg_message_get_did (message), CG_MESSAGE_KIND_REPLY, reply);
}

static void
on_answered (CgAction *action, JsonObject *body, const GError *error, CgPending *pending)
{
  CgChannel *self = pending->channel;
  g_autoptr (JsonObject) result = NULL;

  if (self->closed)
    return;
  result = cg_dispatcher_shape_result (self->dispatcher, action, body);
  give_reply (self, cg_action_get_message (action), result, pending->exchange);
  if (error == NULL && g_str_equal (cg_action_get_service (action), "trace"))
    start_trace (self);
}

static void
run_service (CgChannel *self, CgMessage *message, const char *service, CgExchange *exchange)
{
  const CgActionOrigin origin = {
      .name = self->name, .is_local = self->kind == CG_CHANNEL_LOCAL, .is_owner = self->is_owner};
  g_autoptr (CgAction) action = cg_action_new (message, service, &origin);
  CgPending *pending = g_new0 (CgPending, 1);

  pending->channel = g_object_ref (self);
  pending->exchange = cg_exchange_ref (exchange);
  g_signal_connect_data (action, "answered", G_CALLBACK (on_answered), pending, pending_free, 0);
  cg_dispatcher_run (self->dispatcher, action);
}

/* What has no readable service is refused once, where its services would stand. */
static void
refuse_message (CgChannel *self, const CgMessage *message, CgExchange *exchange)
{
  const GError *fault = cg_message_get_fault (message);
  g_autoptr (JsonObject) result = json_object_new ();

  json_object_set_int_member (result, "code", cg_error_get_code (fault, CG_ERROR_SCOPE_GENERAL));
  json_object_set_string_member (result, "error", fault->message);
  cg_dispatcher_drop (self->dispatcher, self->name, fault->message);
  give_reply (self, message, result, exchange);
}

static void
answer_again (CgChannel *self, const CgMessage *message, CgExchange *exchange)
{
  exchange->copies++;
  g_debug ("mid %s of %s came again", cg_message_get_mid (message), cg_message_get_did (message));
  for (guint i = 0; i < exchange->replies->len; i++)
    send_message (self, cg_message_get_did (message), CG_MESSAGE_KIND_REPLY,
                  exchange->replies->pdata[i]);
}

/* A client of the local socket hears from now on what happens to whom it has asked something. */
static void
follow (CgChannel *self, const char *did)
{
  const gboolean known = g_str_equal (did, get_gateway_did (self)) ||
                         cg_fleet_lookup (cg_dispatcher_get_fleet (self->dispatcher), did) != NULL;

  if (self->kind == CG_CHANNEL_LOCAL && known)
    g_hash_table_add (self->asked, g_strdup (did));
}

/* A cloud hears answers on a topic of its did's name; a socket needs none (MQTT 3.1.1 section 4.7).
 */
static gboolean
can_be_answered (CgChannel *self, const CgMessage *message)
{
  const char *did = cg_message_get_did (message);

  return self->kind == CG_CHANNEL_LOCAL || (strpbrk (did, "+#") == NULL && cg_text_is_plain (did));
}

/* Returns: (transfer full) (nullable): NULL for a message that came before, and was answered. */
static CgExchange *
begin_exchange (CgChannel *self, const CgMessage *message, GBytes *bytes)
{
  const gint64 now_ms = cg_clock_get_monotonic_ms (cg_dispatcher_get_clock (self->dispatcher));
  CgExchange *earlier;

  if (self->duplicates == NULL)
    return cg_exchange_new ();
  earlier = cg_duplicates_find (self->duplicates, bytes, now_ms);
  if (earlier == NULL)
    return cg_duplicates_add (self->duplicates, bytes, now_ms);
  answer_again (self, message, earlier);
  return NULL;
}

static void
take_request (CgChannel *self, CgMessage *message, GBytes *bytes)
{
  g_autoptr (CgExchange) exchange = begin_exchange (self, message, bytes);
  g_autoptr (GList) services = NULL;

  if (exchange == NULL)
    return;
  if (cg_message_get_fault (message) != NULL) {
    refuse_message (self, message, exchange);
    return;
  }
  follow (self, cg_message_get_did (message));
  services = json_object_get_members (cg_message_get_data (message));
  for (GList *l = services; l != NULL; l = l->next)
    run_service (self, message, l->data, exchange);
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
 * cg_channel_receive:
 * @self: a channel
 * @message: one message, as it came
 *
 * Does what a message asks for: each of its services is answered by exactly one "send" of kind
 * reply, now or later. PROTOCOL.md sections 1 and 2: what cannot be answered is dropped and
 * counted, replies that nobody waits for are ignored, and what a cloud's link brings twice is done
 * once.
 */
void
cg_channel_receive (CgChannel *self, GBytes *message)
{
  g_autoptr (CgChannel) keep = NULL;
  g_autoptr (CgMessage) parsed = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (CG_IS_CHANNEL (self));
  CG_ON_MAIN ();

  if (self->closed)
    return;
  keep = g_object_ref (self);
  self->received++;
  cg_dispatcher_trace (self->dispatcher, self->name, TRUE, message);
  parsed = cg_message_parse (
      message, self->kind == CG_CHANNEL_LOCAL ? get_gateway_did (self) : NULL, &error);
  if (parsed == NULL || !can_be_answered (self, parsed)) {
    cg_dispatcher_drop (self->dispatcher, self->name,
                        parsed == NULL ? error->message : "did that no topic can have");
    return;
  }
  switch (cg_message_get_class (parsed)) {
  case CG_MESSAGE_REQUEST:
    take_request (self, parsed, message);
    break;
  case CG_MESSAGE_REGISTER:
    if (self->registrar != NULL)
      cg_registrar_take_answer (self->registrar, parsed);
    break;
  case CG_MESSAGE_REPLY:
    break;
  }
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
 * cg_channel_refuse_reply:
 * @self: a channel
 * @reply: what it said by "send", of kind reply
 *
 * Its door cannot bring @reply to the other end, which does not take it: there it is told so, if
 * the length may be why.
 */
void
cg_channel_refuse_reply (CgChannel *self, GBytes *reply)
{
  const CgConfig *config = cg_dispatcher_get_config (self->dispatcher);
  g_autoptr (CgMessage) parsed = NULL;
  g_autoptr (GBytes) refusal = NULL;

  g_return_if_fail (CG_IS_CHANNEL (self));
  CG_ON_MAIN ();

  refusal = cg_refusal_build (reply, config->cloud.reply_shape == CG_REPLY_SHAPE_FLAT);
  if (refusal == NULL)
    return;
  parsed = cg_message_parse (refusal, NULL, NULL);
  if (parsed != NULL)
    send_message (self, cg_message_get_did (parsed), CG_MESSAGE_KIND_REPLY, refusal);
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
  send_message (self, did, CG_MESSAGE_KIND_STREAM, message);
}
