/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-cloud.h"

#include "cg-join.h"
#include "cg-main.h"
#include "cg-message.h"
#include "cg-mqtt-door.h"
#include "cg-telemetry.h"

#define CLOUD_NAME "cloud"
/* Threads and descriptors may be had again when something else has ended. */
#define RETRY_MS 5000

struct _CgCloud {
  GObject parent_instance;

  CgDispatcher *dispatcher; /* (owned) */
  CgConfig *config;         /* (owned) (nullable): that is in force */
  CgChannel *channel;       /* (owned) (nullable): no cloud is configured */
  CgTelemetry *telemetry;   /* (owned) (nullable): through the channel */
  CgDoor *door;             /* (owned) (nullable) */
  CgDoor *leaving;          /* (owned) (nullable): the last one, which still says goodbye */
  GSource *retry;           /* (owned) (nullable) */

  GTask *closing; /* (owned) (nullable) */
  guint n_open;   /* parts that have not ended yet */
};

G_DEFINE_FINAL_TYPE (CgCloud, cg_cloud, G_TYPE_OBJECT)

static void
cg_cloud_dispose (GObject *object)
{
  CgCloud *self = CG_CLOUD (object);

  cg_clear_source (&self->retry);
  if (self->telemetry != NULL)
    cg_telemetry_close (self->telemetry);
  g_clear_object (&self->telemetry);
  if (self->channel != NULL)
    cg_channel_close (self->channel);
  g_clear_object (&self->channel);
  g_clear_object (&self->door);
  g_clear_object (&self->leaving);
  g_clear_object (&self->dispatcher);
  g_clear_pointer (&self->config, cg_config_unref);
  G_OBJECT_CLASS (cg_cloud_parent_class)->dispose (object);
}

static void
cg_cloud_class_init (CgCloudClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_cloud_dispose;
}

static void
cg_cloud_init (CgCloud *self)
{
}

static void
on_describe (CgChannel *channel, CgChannelFigures *figures, CgCloud *self)
{
  CgMqttDoor *door = CG_MQTT_DOOR (self->door != NULL ? self->door : self->leaving);

  figures->queued = cg_mqtt_door_get_n_queued (door);
  figures->dropped = cg_mqtt_door_get_n_dropped (door);
  figures->server = cg_mqtt_door_get_server (door);
  figures->trouble = cg_mqtt_door_get_trouble (door);
}

static void
subscribe (CgCloud *self)
{
  g_autoptr (GPtrArray) dids = g_ptr_array_new ();
  GPtrArray *cameras = cg_fleet_list (cg_dispatcher_get_fleet (self->dispatcher));

  if (self->door == NULL)
    return;
  for (guint i = 0; i < cameras->len; i++)
    g_ptr_array_add (dids, (char *)cg_camera_get_did (cameras->pdata[i]));
  g_ptr_array_add (dids, NULL);
  cg_door_set_dids (self->door, (const char *const *)dids->pdata);
}

static void
on_cameras_changed (CgFleet *fleet, CgCloud *self)
{
  subscribe (self);
}

/* The door that the configuration asks for, closed. What the channel says meanwhile waits in it. */
static void
on_dropped (CgDoor *door, const char *reason, CgDispatcher *dispatcher)
{
  cg_dispatcher_drop (dispatcher, CLOUD_NAME, reason);
}

static void
make_door (CgCloud *self)
{
  const CgGatewayConfig *gateway = &self->config->gateway;

  self->door = CG_DOOR (cg_mqtt_door_new (gateway, &self->config->cloud));
  if (self->config->cloud.last_will) {
    g_autoptr (GBytes) will = cg_message_build_will (gateway->did);
    cg_mqtt_door_set_will (CG_MQTT_DOOR (self->door), will);
  }
  if (self->channel == NULL) {
    self->channel = cg_channel_new (self->dispatcher, CLOUD_NAME, CG_CHANNEL_CLOUD);
    g_signal_connect_object (self->channel, "describe", G_CALLBACK (on_describe), self, 0);
    self->telemetry = cg_telemetry_new (self->dispatcher, self->channel);
  }
  cg_join (self->door, self->channel);
  g_signal_connect_object (self->door, "dropped", G_CALLBACK (on_dropped), self->dispatcher, 0);
  subscribe (self);
}

static void open_or_retry (CgCloud *self);

static gboolean
on_retry (gpointer user_data)
{
  CgCloud *self = user_data;
  g_autoptr (CgDoor) failed = g_steal_pointer (&self->door);

  cg_clear_source (&self->retry);
  cg_part (failed, self->channel);
  make_door (self);
  cg_mqtt_door_adopt (CG_MQTT_DOOR (self->door), CG_MQTT_DOOR (failed));
  open_or_retry (self);
  return G_SOURCE_REMOVE;
}

static void
open_or_retry (CgCloud *self)
{
  g_autoptr (GError) error = NULL;

  if (cg_door_open (self->door, &error))
    return;
  g_warning ("cloud: %s; again in %d s", error->message, RETRY_MS / 1000);
  self->retry =
      cg_clock_add_timeout (cg_dispatcher_get_clock (self->dispatcher), RETRY_MS, on_retry, self);
}

static void
part_closed (CgCloud *self)
{
  if (self->closing == NULL || --self->n_open > 0)
    return;
  g_autoptr (GTask) task = g_steal_pointer (&self->closing);
  g_task_return_boolean (task, TRUE);
}

static void
end_telemetry (CgCloud *self)
{
  if (self->telemetry != NULL)
    cg_telemetry_close (self->telemetry);
  g_clear_object (&self->telemetry);
}

static void
end_channel (CgCloud *self)
{
  end_telemetry (self);
  cg_channel_close (self->channel);
  g_clear_object (&self->channel);
}

/* The predecessor is gone: a server sees one client id at a time. */
static void
on_left (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgCloud) self = user_data;
  g_autoptr (CgDoor) left = g_steal_pointer (&self->leaving);
  g_autoptr (GError) error = NULL;

  if (!cg_door_close_finish (CG_DOOR (object), result, &error))
    g_info ("cloud: the old link: %s", error->message);
  if (self->channel != NULL)
    cg_part (left, self->channel);
  if (self->door != NULL)
    cg_mqtt_door_adopt (CG_MQTT_DOOR (self->door), CG_MQTT_DOOR (left));
  else if (self->channel != NULL)
    end_channel (self);
  if (self->door != NULL && self->closing == NULL)
    open_or_retry (self);
  part_closed (self);
}

/* Takes the door away. One that was never opened, because another still leaves, has said nothing.
 */
static CgDoor *
leave (CgCloud *self)
{
  CgDoor *old = g_steal_pointer (&self->door);

  cg_clear_source (&self->retry);
  if (self->channel != NULL)
    cg_channel_restart (self->channel);
  if (self->telemetry != NULL)
    cg_telemetry_forget (self->telemetry);
  if (old == NULL || self->leaving != NULL)
    return old;
  self->leaving = g_object_ref (old);
  cg_door_close_async (old, NULL, on_left, g_object_ref (self));
  return old;
}

/* Puts a door in the place of the last one. The channel goes on, and with it the actions under way:
 * each is still answered, and so is what the old door has taken in. */
static void
replace_door (CgCloud *self)
{
  g_autoptr (CgDoor) old = leave (self);

  if (self->config->cloud.servers->len == 0) {
    g_message ("no cloud is configured: only the local socket is served");
    return;
  }
  if (old != NULL && old != self->leaving)
    cg_part (old, self->channel);
  if (self->leaving != NULL)
    cg_part_outgoing (self->leaving, self->channel);
  make_door (self);
  if (self->leaving == NULL)
    open_or_retry (self);
  else if (old != NULL && old != self->leaving)
    cg_mqtt_door_adopt (CG_MQTT_DOOR (self->door), CG_MQTT_DOOR (old));
}

/**
 * cg_cloud_new:
 * @dispatcher: who leads the cloud's actions to their handlers
 *
 * Returns: (transfer full): no way to any cloud yet
 */
CgCloud *
cg_cloud_new (CgDispatcher *dispatcher)
{
  CgCloud *self = g_object_new (CG_TYPE_CLOUD, NULL);

  self->dispatcher = g_object_ref (dispatcher);
  g_signal_connect_object (cg_dispatcher_get_fleet (dispatcher), "cameras-changed",
                           G_CALLBACK (on_cameras_changed), self, 0);
  return self;
}

/**
 * cg_cloud_apply:
 * @self: a way to the cloud
 * @config: what counts from now on; the dispatcher is told afterwards
 *
 * Connects as it is configured. If that has changed, the old link says goodbye first; actions under
 * way are answered, and what waited is sent, through the new one.
 */
void
cg_cloud_apply (CgCloud *self, CgConfig *config)
{
  g_autoptr (CgConfig) old = NULL;

  g_return_if_fail (CG_IS_CLOUD (self));
  CG_ON_MAIN ();

  old = g_steal_pointer (&self->config);

  self->config = cg_config_ref (config);
  if (old != NULL && cg_gateway_config_equal (&old->gateway, &config->gateway) &&
      cg_cloud_config_equal (&old->cloud, &config->cloud))
    return;
  replace_door (self);
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgCloud) self = user_data;

  cg_door_close_finish (CG_DOOR (object), result, NULL);
  part_closed (self);
}

/**
 * cg_cloud_close_async:
 * @self: a way to the cloud
 * @callback: called when it is closed, after two seconds at the latest
 * @user_data: for @callback
 *
 * Takes nothing in any more, sends what waits as far as the cloud takes it, and says goodbye.
 */
void
cg_cloud_close_async (CgCloud *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (CG_IS_CLOUD (self) && self->closing == NULL);
  CG_ON_MAIN ();

  cg_clear_source (&self->retry);
  self->closing = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->closing, cg_cloud_close_async);
  self->n_open = 1 + (self->door != NULL) + (self->leaving != NULL);
  if (self->door != NULL)
    cg_part_incoming (self->door, self->channel);
  if (self->leaving != NULL)
    cg_part_incoming (self->leaving, self->channel);
  if (self->door != NULL)
    cg_door_close_async (self->door, NULL, on_closed, g_object_ref (self));
  part_closed (self);
}

/**
 * cg_cloud_close_finish:
 * @self: a way to the cloud
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_cloud_close_finish (CgCloud *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
