/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes in by a channel, and the replies to it. */
#include <string.h>

#include "cg-channel-private.h"
#include "cg-main.h"
#include "cg-message-build.h"
#include "cg-text.h"

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

/* Gives a reply as often as its message came, and keeps it for those that still come. */
static void
give_reply (CgChannel *self, const CgMessage *message, JsonObject *result, CgExchange *exchange)
{
  g_autoptr (GBytes) reply = cg_message_build_reply (message, result);

  if (self->duplicates != NULL)
    cg_duplicates_add_reply (self->duplicates, exchange, reply);
  for (guint i = 0; i < exchange->copies; i++)
    cg_channel_send (self, cg_message_get_did (message), CG_MESSAGE_KIND_REPLY, reply);
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
    cg_channel_start_trace (self);
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
    cg_channel_send (self, cg_message_get_did (message), CG_MESSAGE_KIND_REPLY,
                     exchange->replies->pdata[i]);
}

/* A client of the local socket hears from now on what happens to whom it has asked something. */
static void
follow (CgChannel *self, const char *did)
{
  const gboolean known = g_str_equal (did, cg_channel_get_gateway (self)) ||
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
      message, self->kind == CG_CHANNEL_LOCAL ? cg_channel_get_gateway (self) : NULL, &error);
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

  refusal = cg_message_build_too_long (reply, config->cloud.reply_shape == CG_REPLY_SHAPE_FLAT);
  if (refusal == NULL)
    return;
  parsed = cg_message_parse (refusal, NULL, NULL);
  if (parsed != NULL)
    cg_channel_send (self, cg_message_get_did (parsed), CG_MESSAGE_KIND_REPLY, refusal);
}
