/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-service.h"

#include <glib/gstdio.h>

#include "cg-channel.h"
#include "cg-clock.h"
#include "cg-dispatcher.h"
#include "cg-door.h"
#include "cg-fleet.h"
#include "cg-local-server.h"
#include "cg-main.h"
#include "cg-media.h"
#include "cg-mqtt-door.h"
#include "cg-notify.h"
#include "cg-store.h"

#define CLOUD_NAME "cloud"
/* Under the five seconds within which SIGTERM ends the daemon (INTERFACES.md). */
#define STOP_TIMEOUT_MS 4500

struct _CgService {
  GObject parent_instance;

  char *config_path;
  char *state_dir;
  char *socket_path;
  CgConfig *config;
  CgClock *clock;
  CgStore *store;
  CgNotify *notify;
  CgFleet *fleet;
  CgDispatcher *dispatcher;
  CgLocalServer *local;
  guint n_clients; /* ever: names the local channels */
  CgDoor *cloud;   /* (nullable): no servers configured */
  CgChannel *cloud_channel;

  GTask *stop;         /* (owned) (nullable) */
  GSource *stop_limit; /* ends the waiting */
  guint closing;       /* parts that have not ended yet */
};

G_DEFINE_FINAL_TYPE (CgService, cg_service, G_TYPE_OBJECT)

/* One door and its channel are joined here, and nowhere else. */

static void
on_door_message (CgDoor *door, GBytes *message, CgChannel *channel)
{
  cg_channel_receive (channel, message);
}

static void
on_door_link_changed (CgDoor *door, gboolean up, CgChannel *channel)
{
  cg_channel_set_link (channel, up);
}

static void
on_channel_send (
    CgChannel *channel, const char *did, CgMessageKind kind, GBytes *message, CgDoor *door)
{
  static const CgDoorKind kinds[] = {
      [CG_MESSAGE_KIND_REPLY] = CG_DOOR_REPLY,
      [CG_MESSAGE_KIND_REGISTER] = CG_DOOR_REGISTER,
      [CG_MESSAGE_KIND_EVENT] = CG_DOOR_EVENT,
      [CG_MESSAGE_KIND_STREAM] = CG_DOOR_STREAM,
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == CG_N_DOOR_KINDS);

  cg_door_send (door, did, kinds[kind], message);
}

static void
on_cloud_describe (CgChannel *channel, JsonObject *object, CgMqttDoor *door)
{
  json_object_set_int_member (object, "queued", cg_mqtt_door_get_n_queued (door));
  json_object_set_int_member (object, "dropped", (gint64)cg_mqtt_door_get_n_dropped (door));
}

static void
join (CgDoor *door, CgChannel *channel)
{
  g_signal_connect_object (door, "message", G_CALLBACK (on_door_message), channel, 0);
  g_signal_connect_object (door, "link-changed", G_CALLBACK (on_door_link_changed), channel, 0);
  g_signal_connect_object (channel, "send", G_CALLBACK (on_channel_send), door, 0);
}

static void
on_client_link_changed (CgDoor *door, gboolean up, CgChannel *channel)
{
  if (!up)
    cg_channel_close (channel);
}

static void
release_channel (gpointer channel, GClosure *closure)
{
  g_object_unref (channel);
}

/* The channel lives as long as the door. */
static void
on_client (CgLocalServer *server, CgDoor *door, CgService *self)
{
  g_autofree char *name = g_strdup_printf ("local-%u", ++self->n_clients);
  CgChannel *channel = cg_channel_new (self->dispatcher, name, CG_CHANNEL_LOCAL);

  join (door, channel);
  g_signal_connect_data (door, "link-changed", G_CALLBACK (on_client_link_changed), channel,
                         release_channel, G_CONNECT_AFTER);
}

static void
subscribe (CgService *self)
{
  g_autoptr (GPtrArray) dids = g_ptr_array_new ();
  GPtrArray *cameras = cg_fleet_list (self->fleet);

  if (self->cloud == NULL)
    return;
  g_ptr_array_add (dids, self->config->gateway.did);
  for (guint i = 0; i < cameras->len; i++)
    g_ptr_array_add (dids, (char *)cg_camera_get_did (g_ptr_array_index (cameras, i)));
  g_ptr_array_add (dids, NULL);
  cg_door_set_dids (self->cloud, (const char *const *)dids->pdata);
}

static void
on_cameras_changed (CgFleet *fleet, CgService *self)
{
  subscribe (self);
}

static void
set_will (CgService *self)
{
  g_autoptr (JsonObject) content = NULL;
  g_autoptr (GBytes) will = NULL;
  JsonObject *read = json_object_new ();

  if (!self->config->cloud.last_will) {
    json_object_unref (read);
    return;
  }
  json_object_set_boolean_member (read, "online", FALSE);
  will = cg_message_build_event (self->config->gateway.did, NULL, "connectivity", read);
  cg_mqtt_door_set_will (CG_MQTT_DOOR (self->cloud), will);
  json_object_unref (read);
}

static gboolean
open_cloud (CgService *self, GError **error)
{
  if (self->config->cloud.servers->len == 0) {
    g_message ("no cloud is configured: only the local socket is served");
    return TRUE;
  }
  self->cloud = CG_DOOR (cg_mqtt_door_new (&self->config->gateway, &self->config->cloud));
  set_will (self);
  self->cloud_channel = cg_channel_new (self->dispatcher, CLOUD_NAME, CG_CHANNEL_CLOUD);
  join (self->cloud, self->cloud_channel);
  g_signal_connect_object (self->cloud_channel, "describe", G_CALLBACK (on_cloud_describe),
                           self->cloud, 0);
  subscribe (self);
  return cg_door_open (self->cloud, error);
}

static gboolean
open_local (CgService *self, GError **error)
{
  self->local = cg_local_server_new (self->socket_path);
  g_signal_connect_object (self->local, "client", G_CALLBACK (on_client), self, 0);
  return cg_local_server_open (self->local, error);
}

static void
cg_service_dispose (GObject *object)
{
  CgService *self = CG_SERVICE (object);

  cg_clear_source (&self->stop_limit);
  if (self->cloud_channel != NULL)
    cg_channel_close (self->cloud_channel);
  g_clear_object (&self->cloud_channel);
  g_clear_object (&self->cloud);
  g_clear_object (&self->local);
  g_clear_object (&self->dispatcher);
  g_clear_object (&self->fleet);
  g_clear_object (&self->notify);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->config, cg_config_unref);
  G_OBJECT_CLASS (cg_service_parent_class)->dispose (object);
}

static void
cg_service_finalize (GObject *object)
{
  CgService *self = CG_SERVICE (object);

  g_free (self->config_path);
  g_free (self->state_dir);
  g_free (self->socket_path);
  G_OBJECT_CLASS (cg_service_parent_class)->finalize (object);
}

static void
cg_service_class_init (CgServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_service_finalize;
}

static void
cg_service_init (CgService *self)
{
  self->clock = cg_clock_new ();
  self->notify = cg_notify_new ();
}

/**
 * cg_service_load_config:
 * @path: key file
 * @error: return location: %CG_ERROR_INVALID_CONFIG names file, group, key and value
 *
 * Reads a configuration and logs what is odd in it.
 *
 * Returns: (transfer full): the configuration
 */
CgConfig *
cg_service_load_config (const char *path, GError **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  CgConfig *config = cg_config_load (path, warnings, error);

  for (guint i = 0; i < warnings->len; i++)
    g_warning ("%s", (const char *)g_ptr_array_index (warnings, i));
  return config;
}

/**
 * cg_service_new:
 * @paths: copied
 *
 * Returns: (transfer full): the whole daemon, not started
 */
CgService *
cg_service_new (const CgServicePaths *paths)
{
  CgService *self = g_object_new (CG_TYPE_SERVICE, NULL);

  self->config_path = g_strdup (paths->config);
  self->state_dir = g_strdup (paths->state_dir);
  self->socket_path = g_strdup (paths->socket);
  return self;
}

static gboolean
make_state_dir (CgService *self, GError **error)
{
  if (g_mkdir_with_parents (self->state_dir, 0700) == 0)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL, "cannot make the state directory %s: %s",
               self->state_dir, g_strerror (errno));
  return FALSE;
}

/**
 * cg_service_start:
 * @self: a service
 * @config: a checked configuration
 * @error: return location
 *
 * Applies the configuration, opens the doors, and tells the service manager that it is ready.
 *
 * Returns: whether it runs
 */
gboolean
cg_service_start (CgService *self, CgConfig *config, GError **error)
{
  CG_ON_MAIN ();
  if (!make_state_dir (self, error) || !cg_media_init (NULL, error))
    return FALSE;
  self->config = cg_config_ref (config);
  self->store = cg_store_new (self->state_dir);
  self->fleet = cg_fleet_new (self->store, self->clock);
  self->dispatcher = cg_dispatcher_new (self->fleet, config, self->clock);
  g_signal_connect_object (self->fleet, "cameras-changed", G_CALLBACK (on_cameras_changed), self,
                           0);
  cg_fleet_apply (self->fleet, config);
  if (!open_cloud (self, error) || !open_local (self, error))
    return FALSE;
  cg_notify_ready (self->notify);
  g_message ("ready: gateway %s, %u cameras, socket %s", config->gateway.did, config->cameras->len,
             self->socket_path);
  return TRUE;
}

static void
on_old_cloud_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cg_door_close_finish (CG_DOOR (object), result, &error))
    g_info ("the old link did not close in order: %s", error->message);
}

static gboolean
reopen_cloud (CgService *self, GError **error)
{
  if (self->cloud != NULL) {
    cg_channel_close (self->cloud_channel);
    cg_door_close_async (self->cloud, NULL, on_old_cloud_closed, NULL);
    g_clear_object (&self->cloud_channel);
    g_clear_object (&self->cloud);
  }
  return open_cloud (self, error);
}

/**
 * cg_service_reload:
 * @self: a running service
 * @error: return location
 *
 * Reads the configuration again. A faulty one is refused as a whole and the old one stays; else
 * only what changed is restarted.
 *
 * Returns: whether the new configuration is in force
 */
gboolean
cg_service_reload (CgService *self, GError **error)
{
  g_autoptr (CgConfig) config = cg_service_load_config (self->config_path, error);
  g_autoptr (CgConfig) old = NULL;
  gboolean done = TRUE;

  CG_ON_MAIN ();
  if (config == NULL)
    return FALSE;
  cg_notify_reloading (self->notify);
  old = self->config;
  self->config = cg_config_ref (config);
  cg_dispatcher_set_config (self->dispatcher, config);
  cg_fleet_apply (self->fleet, config);
  if (!cg_gateway_config_equal (&old->gateway, &config->gateway) ||
      !cg_cloud_config_equal (&old->cloud, &config->cloud))
    done = reopen_cloud (self, error);
  cg_notify_ready (self->notify);
  g_message ("the configuration was read again: %u cameras", config->cameras->len);
  return done;
}

static void
finish_stop (CgService *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stop);

  cg_clear_source (&self->stop_limit);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static gboolean
on_stop_limit (gpointer user_data)
{
  g_warning ("not everything said goodbye in time");
  finish_stop (user_data);
  return G_SOURCE_REMOVE;
}

static void
part_closed (CgService *self)
{
  if (--self->closing == 0)
    finish_stop (self);
}

static void
on_cloud_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgService) self = user_data;

  cg_door_close_finish (CG_DOOR (object), result, NULL);
  part_closed (self);
}

static void
on_local_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgService) self = user_data;

  cg_local_server_close_finish (CG_LOCAL_SERVER (object), result, NULL);
  part_closed (self);
}

/* What a camera has taught us just before the end must not be lost. */
static void
on_store_flushed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgService) self = user_data;

  cg_store_flush_finish (CG_STORE (object), result, NULL);
  part_closed (self);
}

/* The doors close last: what became of the streams still goes out. */
static void
on_fleet_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgService) self = user_data;

  cg_fleet_close_finish (CG_FLEET (object), result, NULL);
  self->closing = self->cloud != NULL ? 3 : 2;
  cg_store_flush_async (self->store, on_store_flushed, g_object_ref (self));
  if (self->cloud != NULL)
    cg_door_close_async (self->cloud, NULL, on_cloud_closed, g_object_ref (self));
  cg_local_server_close_async (self->local, NULL, on_local_closed, g_object_ref (self));
}

/**
 * cg_service_stop_async:
 * @self: a running service
 * @callback: finish with cg_service_stop_finish(); called within five seconds
 * @user_data: for @callback
 *
 * Stops moves, says goodbye to cameras, media servers and cloud.
 */
void
cg_service_stop_async (CgService *self, GAsyncReadyCallback callback, gpointer user_data)
{
  CG_ON_MAIN ();
  g_return_if_fail (self->stop == NULL);

  cg_notify_stopping (self->notify);
  self->stop = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->stop, cg_service_stop_async);
  self->stop_limit = cg_clock_add_timeout (self->clock, STOP_TIMEOUT_MS, on_stop_limit, self);
  cg_fleet_close_async (self->fleet, on_fleet_closed, g_object_ref (self));
}

/**
 * cg_service_stop_finish:
 * @self: a service
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_service_stop_finish (CgService *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
