/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-mqtt-door.h"

#include <string.h>

#include "cg-clock.h"
#include "cg-main.h"
#include "cg-mqtt-link.h"
#include "cg-outbox.h"

#define FLUSH_MS 1000 /* what waits at the end may still be sent for so long */
#define CLOSE_MS 1800 /* and then the door is closed, whatever the thread is waiting for */
#define DROP_LOG_INTERVAL_US (60 * G_USEC_PER_SEC) /* one line a minute, however many are lost */

struct _CgMqttDoor {
  GObject parent_instance;

  CgMqttLink *link; /* (owned) */
  char *did;        /* of the gateway */
  char *publish_topic;
  char *subscribe_topic;
  int qos; /* -1: by kind */

  gboolean is_open; /* the thread runs */
  gboolean is_up;
  char *server;        /* (nullable) the one we are connected to */
  char *trouble;       /* (nullable) why we are not */
  char *refused_topic; /* (nullable) of the last message that the server did not take */
  GTask *closing;
  GSource *close_timer;
  guint64 n_drops_logged;
  gint64 drop_log_us; /* monotonic: no line before this */
};

static void door_iface_init (CgDoorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CgMqttDoor,
                               cg_mqtt_door,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CG_TYPE_DOOR, door_iface_init))

static void
cg_mqtt_door_dispose (GObject *object)
{
  CgMqttDoor *self = CG_MQTT_DOOR (object);

  cg_clear_source (&self->close_timer);
  if (self->link != NULL) {
    cg_mqtt_link_detach (self->link);
    cg_mqtt_link_stop (self->link, 0);
  }
  g_clear_pointer (&self->link, cg_mqtt_link_unref);
  G_OBJECT_CLASS (cg_mqtt_door_parent_class)->dispose (object);
}

static void
cg_mqtt_door_finalize (GObject *object)
{
  CgMqttDoor *self = CG_MQTT_DOOR (object);

  g_free (self->did);
  g_free (self->publish_topic);
  g_free (self->subscribe_topic);
  g_free (self->server);
  g_free (self->trouble);
  g_free (self->refused_topic);
  G_OBJECT_CLASS (cg_mqtt_door_parent_class)->finalize (object);
}

static void
cg_mqtt_door_class_init (CgMqttDoorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cg_mqtt_door_dispose;
  object_class->finalize = cg_mqtt_door_finalize;
}

static void
cg_mqtt_door_init (CgMqttDoor *self)
{
}

static char *
make_topic (const char *template, const char *did)
{
  const char *place = strstr (template, "%s");

  return g_strdup_printf ("%.*s%s%s", (int)(place - template), template, did, place + 2);
}

/* The did in a topic that was made from @template. */
static char *
read_topic (const char *template, const char *topic)
{
  const gsize before = strstr (template, "%s") - template;
  const gsize around = strlen (template) - strlen ("%s");

  g_return_val_if_fail (strlen (topic) >= around, g_strdup (""));

  return g_strndup (topic + before, strlen (topic) - around);
}

static void
set_up (CgMqttDoor *self, gboolean up)
{
  if (self->is_up == up)
    return;
  self->is_up = up;
  cg_door_emit_link_changed (CG_DOOR (self), up);
}

static void
log_drops (CgMqttDoor *self)
{
  const guint64 n_dropped = cg_mqtt_link_get_n_dropped (self->link);
  const gint64 now_us = g_get_monotonic_time ();

  if (n_dropped == self->n_drops_logged || now_us < self->drop_log_us)
    return;
  g_warning ("cloud: dropped %" G_GUINT64_FORMAT " message(s) that waited to be sent",
             n_dropped - self->n_drops_logged);
  self->n_drops_logged = n_dropped;
  self->drop_log_us = now_us + DROP_LOG_INTERVAL_US;
}

static void
note_up (CgMqttDoor *self, const char *server)
{
  g_message ("cloud: connected to %s", server);
  g_clear_pointer (&self->trouble, g_free);
  g_free (self->server);
  self->server = g_strdup (server);
  set_up (self, TRUE);
}

/* One line for each change, not for each try. */
static void
note_trouble (CgMqttDoor *self, const char *trouble)
{
  if (self->closing == NULL && g_strcmp0 (self->trouble, trouble) != 0)
    g_warning ("cloud: %s", trouble);
  else
    g_info ("cloud: %s", trouble);
  g_free (self->trouble);
  self->trouble = g_strdup (trouble);
  g_clear_pointer (&self->server, g_free);
  set_up (self, FALSE);
}

/* One line for each topic, not for each message: the number is told with all that is dropped. */
static void
note_refused (CgMqttDoor *self, const char *topic, GBytes *message)
{
  if (g_strcmp0 (self->refused_topic, topic) != 0)
    g_warning ("cloud: the server cuts the link at a message on %s, which is given up", topic);
  g_free (self->refused_topic);
  self->refused_topic = g_strdup (topic);
  if (message != NULL)
    cg_door_emit_refused (CG_DOOR (self), message);
}

static void
end_closing (CgMqttDoor *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->closing);
  const guint n_left = cg_mqtt_link_get_n_queued (self->link);

  cg_clear_source (&self->close_timer);
  cg_mqtt_link_detach (self->link);
  set_up (self, FALSE);
  if (task == NULL)
    return;
  if (n_left == 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_TIMED_OUT, "%u messages could not be sent",
                             n_left);
}

static gboolean
closing_timed_out (gpointer user_data)
{
  end_closing (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_event (CgMqttEvent event, const char *text, GBytes *message, gpointer user_data)
{
  g_autoptr (CgMqttDoor) self = g_object_ref (user_data);

  log_drops (self);
  switch (event) {
  case CG_MQTT_UP:
    note_up (self, text);
    break;
  case CG_MQTT_DOWN:
  case CG_MQTT_FAILED:
    note_trouble (self, text);
    break;
  case CG_MQTT_MESSAGE: /* also while it is closing: the server has our word for it */
    cg_door_emit_message (CG_DOOR (self), message);
    break;
  case CG_MQTT_REFUSED:
    note_refused (self, text, message);
    break;
  case CG_MQTT_DROPPED:
    cg_door_emit_dropped (CG_DOOR (self), text);
    break;
  case CG_MQTT_ENDED:
    end_closing (self);
    break;
  }
}

static gboolean
mqtt_door_open (CgDoor *door, GError **error)
{
  CgMqttDoor *self = CG_MQTT_DOOR (door);

  g_return_val_if_fail (!self->is_open && self->closing == NULL, FALSE);

  self->is_open = cg_mqtt_link_start (self->link, error);
  return self->is_open;
}

static void
mqtt_door_close_async (CgDoor *door,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  CgMqttDoor *self = CG_MQTT_DOOR (door);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mqtt_door_close_async);
  if (!self->is_open) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  self->is_open = FALSE;
  self->closing = g_steal_pointer (&task);
  cg_mqtt_link_stop (self->link, FLUSH_MS);
  self->close_timer = g_timeout_source_new (CLOSE_MS);
  g_source_set_callback (self->close_timer, closing_timed_out, self, NULL);
  g_source_attach (self->close_timer, g_main_context_get_thread_default ());
}

static gboolean
mqtt_door_close_finish (CgDoor *door, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, door), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* PROTOCOL.md section 1: publish 1, streams 0; the setting overrides all. */
static int
get_qos (CgMqttDoor *self, CgDoorKind kind)
{
  if (self->qos >= 0)
    return self->qos;
  return kind == CG_DOOR_STREAM ? 0 : 1;
}

static void
mqtt_door_send (CgDoor *door, const char *did, CgDoorKind kind, GBytes *message)
{
  CgMqttDoor *self = CG_MQTT_DOOR (door);
  g_autofree char *topic = make_topic (self->publish_topic, did);

  cg_mqtt_link_publish (self->link, topic, get_qos (self, kind), kind, message);
  log_drops (self);
}

static void
mqtt_door_set_dids (CgDoor *door, const char *const *dids)
{
  CgMqttDoor *self = CG_MQTT_DOOR (door);
  g_autoptr (GHashTable) topics = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_hash_table_add (topics, make_topic (self->subscribe_topic, self->did));
  for (guint i = 0; dids[i] != NULL; i++)
    g_hash_table_add (topics, make_topic (self->subscribe_topic, dids[i]));

  g_autofree gpointer *list = g_hash_table_get_keys_as_array (topics, NULL);
  cg_mqtt_link_set_topics (self->link, (const char *const *)list);
}

static void
door_iface_init (CgDoorInterface *iface)
{
  iface->open = mqtt_door_open;
  iface->close_async = mqtt_door_close_async;
  iface->close_finish = mqtt_door_close_finish;
  iface->send = mqtt_door_send;
  iface->set_dids = mqtt_door_set_dids;
}

/**
 * cg_mqtt_door_new:
 * @gateway: who we are
 * @cloud: how to get there; names at least one server
 *
 * The door to the cloud (PROTOCOL.md section 1). It connects when it is opened and connects again
 * until it is closed; it listens for the gateway, and for those that cg_door_set_dids() names.
 *
 * Returns: (transfer full): a door, closed
 */
CgMqttDoor *
cg_mqtt_door_new (const CgGatewayConfig *gateway, const CgCloudConfig *cloud)
{
  static const char *const nobody[] = {NULL};

  g_return_val_if_fail (gateway != NULL && cloud != NULL, NULL);
  g_return_val_if_fail (cloud->servers->len > 0, NULL);
  CG_ON_MAIN ();

  CgMqttDoor *self = g_object_new (CG_TYPE_MQTT_DOOR, NULL);
  self->did = g_strdup (gateway->did);
  self->publish_topic = g_strdup (cloud->publish_topic);
  self->subscribe_topic = g_strdup (cloud->subscribe_topic);
  self->qos = cloud->qos;
  g_autofree char *own_topic = make_topic (self->subscribe_topic, self->did);
  self->link = cg_mqtt_link_new (cg_mqtt_options_new (cloud, own_topic), on_event, self);
  cg_door_set_dids (CG_DOOR (self), nobody);
  return self;
}

/**
 * cg_mqtt_door_set_will:
 * @self: a door
 * @message: (nullable): what the server publishes for the gateway when the link is lost without a
 *   goodbye; %NULL: nothing
 *
 * Counts from the next connection on: call it before cg_door_open().
 */
void
cg_mqtt_door_set_will (CgMqttDoor *self, GBytes *message)
{
  g_return_if_fail (CG_IS_MQTT_DOOR (self));
  CG_ON_MAIN ();

  g_autofree char *topic = make_topic (self->publish_topic, self->did);
  cg_mqtt_link_set_will (self->link, topic, message);
}

/**
 * cg_mqtt_door_adopt:
 * @self: a door, not yet opened
 * @from: its predecessor, closed
 *
 * Takes over what @from has not sent: replies and events go out by this door, before all else.
 * Registrations do not: here they are made anew.
 */
void
cg_mqtt_door_adopt (CgMqttDoor *self, CgMqttDoor *from)
{
  g_return_if_fail (CG_IS_MQTT_DOOR (self) && CG_IS_MQTT_DOOR (from));
  g_return_if_fail (!from->is_open);
  CG_ON_MAIN ();

  GPtrArray *items = cg_mqtt_link_take_waiting (from->link);
  for (guint i = items->len; i > 0; i--) {
    CgOutboxItem *item = items->pdata[i - 1];
    g_autofree char *did = read_topic (from->publish_topic, item->topic);

    if (item->kind == CG_DOOR_REGISTER) {
      g_ptr_array_remove_index (items, i - 1);
      continue;
    }
    g_free (item->topic);
    item->topic = make_topic (self->publish_topic, did);
    item->qos = get_qos (self, item->kind);
  }
  cg_mqtt_link_adopt (self->link, items);
}

/**
 * cg_mqtt_door_get_server:
 * @self: a door
 *
 * Returns: (nullable): the server it is connected to, as in the setting `servers`
 */
const char *
cg_mqtt_door_get_server (CgMqttDoor *self)
{
  g_return_val_if_fail (CG_IS_MQTT_DOOR (self), NULL);

  return self->server;
}

/**
 * cg_mqtt_door_get_trouble:
 * @self: a door
 *
 * Returns: (nullable): why it is not connected, for people
 */
const char *
cg_mqtt_door_get_trouble (CgMqttDoor *self)
{
  g_return_val_if_fail (CG_IS_MQTT_DOOR (self), NULL);

  return self->trouble;
}

/**
 * cg_mqtt_door_get_n_queued:
 * @self: a door
 *
 * Returns: messages that the server has not got yet
 */
guint
cg_mqtt_door_get_n_queued (CgMqttDoor *self)
{
  g_return_val_if_fail (CG_IS_MQTT_DOOR (self), 0);

  return cg_mqtt_link_get_n_queued (self->link);
}

/**
 * cg_mqtt_door_get_n_dropped:
 * @self: a door
 *
 * Returns: messages that were given up: too many waited, or the server refuses them
 */
guint64
cg_mqtt_door_get_n_dropped (CgMqttDoor *self)
{
  g_return_val_if_fail (CG_IS_MQTT_DOOR (self), 0);

  return cg_mqtt_link_get_n_dropped (self->link);
}
