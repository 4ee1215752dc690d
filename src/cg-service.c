/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-service.h"

#include <glib/gstdio.h>

#include "cg-clock.h"
#include "cg-cloud.h"
#include "cg-firmware-desk.h"
#include "cg-fleet.h"
#include "cg-gateway.h"
#include "cg-join.h"
#include "cg-lag.h"
#include "cg-local-door.h"
#include "cg-local-server.h"
#include "cg-main.h"
#include "cg-media.h"
#include "cg-notify.h"
#include "cg-state-lock.h"
#include "cg-store.h"

/* Under the five seconds within which SIGTERM ends the daemon (INTERFACES.md). The doors take two
 * at most: so long the cameras and media servers may take before them, whatever the settings say.
 */
#define STOP_TIMEOUT_MS 4500
#define FLEET_TIMEOUT_MS 2500

struct _CgService {
  GObject parent_instance;

  char *config_path;
  char *state_dir;
  char *socket_path;
  CgConfig *config;
  CgClock *clock;
  CgStateLock *lock; /* (owned) (nullable) of @state_dir */
  CgStore *store;
  CgNotify *notify;
  CgFleet *fleet;
  CgGateway *gateway;
  CgSettings *settings;
  CgFirmware *firmware;
  CgFirmwareDesk *desk;
  CgDispatcher *dispatcher;
  CgLocalServer *local;
  guint n_clients; /* ever: names the local channels */
  CgCloud *cloud;

  gboolean is_loading; /* a thread reads the configuration */
  gboolean load_again; /* and it may have changed since */

  GTask *stop;          /* (owned) (nullable) */
  GSource *stop_limit;  /* ends the waiting */
  GSource *fleet_limit; /* (owned) (nullable) ends the waiting for the cameras */
  gboolean is_fleet_closed;
  guint closing; /* parts that have not ended yet */
};

G_DEFINE_FINAL_TYPE (CgService, cg_service, G_TYPE_OBJECT)

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

  cg_channel_set_owner (channel, cg_local_door_is_owner (CG_LOCAL_DOOR (door)));
  cg_join (door, channel);
  g_signal_connect_data (door, "link-changed", G_CALLBACK (on_client_link_changed), channel,
                         release_channel, G_CONNECT_AFTER);
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
  cg_clear_source (&self->fleet_limit);
  g_clear_object (&self->cloud);
  g_clear_object (&self->local);
  g_clear_object (&self->dispatcher);
  g_clear_object (&self->fleet);
  if (self->firmware != NULL)
    cg_firmware_close (self->firmware);
  g_clear_object (&self->desk);
  g_clear_object (&self->firmware);
  g_clear_object (&self->gateway);
  g_clear_object (&self->settings);
  g_clear_object (&self->notify);
  g_clear_object (&self->store);
  g_clear_pointer (&self->lock, cg_state_lock_free);
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
 * Reads a configuration and logs what is odd in it. Blocking: before the service starts, or in a
 * thread.
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

static void
apply (CgService *self, CgConfig *config)
{
  cg_config_unref (self->config);
  self->config = cg_config_ref (config);
  cg_cloud_apply (self->cloud, config);
  cg_dispatcher_set_config (self->dispatcher, config);
  cg_gateway_apply (self->gateway, config);
  cg_firmware_apply (self->firmware, &config->firmware);
  cg_fleet_apply (self->fleet, config);
}

static void
on_settings_changed (CgSettings *settings, CgService *self)
{
  if (self->stop == NULL && !self->is_fleet_closed)
    apply (self, cg_settings_get_config (settings));
}

/**
 * cg_service_start:
 * @self: a service
 * @config: a checked configuration
 * @error: return location
 *
 * Applies the configuration, opens the doors, and tells the service manager that it is ready. The
 * state folder is its own from then on: %CG_ERROR_INTERNAL where another daemon has it.
 *
 * Returns: whether it runs
 */
gboolean
cg_service_start (CgService *self, CgConfig *config, GError **error)
{
  CG_ON_MAIN ();
  if (!make_state_dir (self, error) || !cg_media_prepare (NULL, error))
    return FALSE;
  self->lock = cg_state_lock_take (self->state_dir, error);
  if (self->lock == NULL)
    return FALSE;
  self->store = cg_store_new (self->state_dir);
  self->settings = cg_settings_new (self->store, config);
  g_signal_connect_object (self->settings, "changed", G_CALLBACK (on_settings_changed), self, 0);
  config = cg_settings_get_config (self->settings);
  self->config = cg_config_ref (config);
  self->fleet = cg_fleet_new (self->store, self->clock);
  self->gateway = cg_gateway_new (self->store, self->clock, "/");
  self->dispatcher = cg_dispatcher_new (self->fleet, config, self->clock);
  cg_dispatcher_set_lag (self->dispatcher, cg_lag_new ());
  cg_dispatcher_set_gateway (self->dispatcher, self->gateway);
  cg_dispatcher_set_settings (self->dispatcher, self->settings);
  self->firmware = cg_firmware_new (self->store, self->clock);
  cg_dispatcher_set_firmware (self->dispatcher, self->firmware);
  self->desk = cg_firmware_desk_new (self->dispatcher);
  /* First of all: where another daemon listens, nobody else may hear of us. */
  if (!open_local (self, error))
    return FALSE;
  self->cloud = cg_cloud_new (self->dispatcher);
  cg_gateway_apply (self->gateway, config);
  cg_firmware_apply (self->firmware, &config->firmware);
  cg_fleet_apply (self->fleet, config);
  cg_cloud_apply (self->cloud, config);
  cg_gateway_open (self->gateway);
  cg_firmware_open (self->firmware);
  cg_notify_ready (self->notify);
  g_message ("ready: gateway %s, %u cameras, socket %s", config->gateway.did, config->cameras->len,
             self->socket_path);
  return TRUE;
}

static void
on_loaded (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgService) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CgConfig) config = g_task_propagate_pointer (G_TASK (result), &error);

  self->is_loading = FALSE;
  if (self->stop != NULL || self->is_fleet_closed)
    return;
  if (config != NULL) {
    cg_settings_set_file (self->settings, config);
    g_message ("the configuration was read again: %u cameras", self->config->cameras->len);
  } else {
    g_warning ("the configuration is refused, the old one stays: %s", error->message);
  }
  cg_notify_ready (self->notify);
  if (self->load_again)
    cg_service_reload (self);
}

static gpointer
load_in_thread (gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  CgConfig *config = cg_service_load_config (g_task_get_task_data (task), &error);

  if (config != NULL)
    g_task_return_pointer (task, config, (GDestroyNotify)cg_config_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  return NULL;
}

/**
 * cg_service_reload:
 * @self: a running service
 *
 * Begins to read the configuration again, in a thread of its own: a disk that hangs must not keep
 * anybody from stopping a camera. A faulty configuration is refused as a whole and the old one
 * stays; else only what changed is restarted. The log and the service manager are told what came of
 * it. Who calls meanwhile has it read once more.
 */
void
cg_service_reload (CgService *self)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GThread) thread = NULL;

  CG_ON_MAIN ();
  if (self->stop != NULL)
    return;
  self->load_again = self->is_loading;
  if (self->is_loading)
    return;
  self->is_loading = TRUE;
  cg_notify_reloading (self->notify);
  task = g_task_new (NULL, NULL, on_loaded, g_object_ref (self));
  g_task_set_source_tag (task, cg_service_reload);
  g_task_set_task_data (task, g_strdup (self->config_path), g_free);
  thread = g_thread_try_new ("config", load_in_thread, g_object_ref (task), &error);
  if (thread != NULL)
    return;
  g_object_unref (task);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
finish_stop (CgService *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stop);

  cg_clear_source (&self->stop_limit);
  cg_clear_source (&self->fleet_limit);
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

  cg_cloud_close_finish (CG_CLOUD (object), result, NULL);
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
close_doors (CgService *self)
{
  cg_clear_source (&self->fleet_limit);
  if (self->is_fleet_closed)
    return;
  self->is_fleet_closed = TRUE;
  self->closing = 3;
  cg_store_flush_async (self->store, on_store_flushed, g_object_ref (self));
  cg_cloud_close_async (self->cloud, on_cloud_closed, g_object_ref (self));
  cg_local_server_close_async (self->local, NULL, on_local_closed, g_object_ref (self));
}

static gboolean
on_fleet_limit (gpointer user_data)
{
  g_warning ("not every camera and media server took our goodbye in time");
  close_doors (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_fleet_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgService) self = user_data;

  cg_fleet_close_finish (CG_FLEET (object), result, NULL);
  if (self->stop != NULL)
    close_doors (self);
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
  /* First: a camera that we leave has not refused its firmware. */
  cg_firmware_close (self->firmware);
  self->stop_limit = cg_clock_add_timeout (self->clock, STOP_TIMEOUT_MS, on_stop_limit, self);
  self->fleet_limit = cg_clock_add_timeout (self->clock, FLEET_TIMEOUT_MS, on_fleet_limit, self);
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
