/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-telemetry.h"

#include <math.h>

#include "cg-figures.h"
#include "cg-firmware-desk.h"
#include "cg-main.h"
#include "cg-upload.h"

/* PROTOCOL.md section 6: the stream of a camera; the gateway's has no name. */
#define CAMERA_STREAM "telemetry"

#define MODE(member) G_STRUCT_OFFSET (CgTelemetryConfig, member)

static const CgUploadRow gateway_rows[] = {
    {NULL, "cpuUsage", MODE (cpu_usage)},         {NULL, "memoryFree", MODE (memory_free)},
    {NULL, "memoryUsage", MODE (memory_usage)},   {NULL, "storageFree", MODE (storage_free)},
    {NULL, "storageUsage", MODE (storage_usage)}, {NULL, "txBytes", MODE (tx_bytes)},
    {NULL, "rxBytes", MODE (rx_bytes)},
};

static const CgUploadRow camera_rows[] = {
    {"device", "errorCode", MODE (error_code)}, {"device", NULL, MODE (device)},
    {"connectivity", "online", MODE (online)},  {"connectivity", NULL, MODE (connectivity)},
    {"firmware", NULL, MODE (firmware)},        {"statistics", NULL, MODE (statistics)},
};

struct _CgTelemetry {
  GObject parent_instance;

  CgDispatcher *dispatcher; /* (owned) (nullable): %NULL once it is closed */
  CgChannel *channel;       /* (owned) */
  GSource *sample;          /* (owned) (nullable) */
  guint sample_ms;          /* between two of its ticks */
  GSource *timer;           /* (owned) (nullable) */
  guint timer_ms;

  CgUpload *gateway;   /* (owned) */
  GHashTable *cameras; /* (owned) (element-type utf8 CgUpload): by did */

  gboolean is_reading; /* a thread looks at the box */
  gboolean sample_due; /* and this is to be made of it */
  gboolean timer_due;
  guint64 cpu_busy; /* when it looked last */
  guint64 cpu_total;
};

G_DEFINE_FINAL_TYPE (CgTelemetry, cg_telemetry, G_TYPE_OBJECT)

static void
cg_telemetry_dispose (GObject *object)
{
  CgTelemetry *self = CG_TELEMETRY (object);

  cg_telemetry_close (self);
  g_clear_object (&self->channel);
  G_OBJECT_CLASS (cg_telemetry_parent_class)->dispose (object);
}

static void
cg_telemetry_finalize (GObject *object)
{
  CgTelemetry *self = CG_TELEMETRY (object);

  cg_upload_free (self->gateway);
  g_hash_table_unref (self->cameras);
  G_OBJECT_CLASS (cg_telemetry_parent_class)->finalize (object);
}

static void
cg_telemetry_class_init (CgTelemetryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_telemetry_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_telemetry_finalize;
}

static void
cg_telemetry_init (CgTelemetry *self)
{
  self->gateway = cg_upload_new (gateway_rows, G_N_ELEMENTS (gateway_rows));
  self->cameras =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)cg_upload_free);
}

static const CgTelemetryConfig *
get_config (CgTelemetry *self)
{
  return &cg_dispatcher_get_config (self->dispatcher)->telemetry;
}

static const char *
get_gateway_did (CgTelemetry *self)
{
  return cg_dispatcher_get_config (self->dispatcher)->gateway.did;
}

/* In percent, with one digit behind the point: finer is noise. */
static void
set_share (JsonObject *object, const char *name, guint64 part, guint64 whole)
{
  if (whole > 0)
    json_object_set_double_member (object, name, round ((double)part * 1000 / (double)whole) / 10);
}

static void
set_room (JsonObject *object,
          const char *free_name,
          const char *usage_name,
          guint64 available,
          guint64 total)
{
  if (total == 0)
    return;
  json_object_set_int_member (object, free_name, (gint64)available);
  set_share (object, usage_name, total - MIN (available, total), total);
}

static JsonObject *
describe_box (CgTelemetry *self, const CgBoxFacts *facts)
{
  JsonObject *object = json_object_new ();

  /* The first look has nothing to compare with: it is the mean since the box was switched on. */
  set_share (object, "cpuUsage", facts->cpu_busy - self->cpu_busy,
             facts->cpu_total - self->cpu_total);
  self->cpu_busy = facts->cpu_busy;
  self->cpu_total = facts->cpu_total;
  set_room (object, "memoryFree", "memoryUsage", facts->memory_free, facts->memory_total);
  set_room (object, "storageFree", "storageUsage", facts->storage_free, facts->storage_total);
  json_object_set_int_member (object, "txBytes", (gint64)facts->tx_bytes);
  json_object_set_int_member (object, "rxBytes", (gint64)facts->rx_bytes);
  return object;
}

static void
send_box (CgTelemetry *self, JsonObject *snapshot, gboolean is_timer)
{
  const CgConfig *config = cg_dispatcher_get_config (self->dispatcher);
  const gint64 now_ms = cg_clock_get_real_ms (cg_dispatcher_get_clock (self->dispatcher));
  g_autoptr (JsonObject) data =
      cg_upload_take (self->gateway, snapshot, &config->telemetry, is_timer);

  if (data == NULL)
    return;
  json_object_set_int_member (data, "updated", config->updated);
  json_object_set_int_member (data, "at", now_ms);
  cg_channel_send_stream (self->channel, config->gateway.did, NULL, data);
}

static void
on_box_read (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgTelemetry) self = user_data;
  g_autoptr (CgBoxFacts) facts = cg_gateway_read_finish (CG_GATEWAY (object), result, NULL);
  g_autoptr (JsonObject) snapshot = NULL;
  const gboolean sample_due = self->sample_due;
  const gboolean timer_due = self->timer_due;

  self->is_reading = self->sample_due = self->timer_due = FALSE;
  if (self->dispatcher == NULL || !cg_channel_is_open_to (self->channel, get_gateway_did (self)))
    return;
  snapshot = describe_box (self, facts);
  if (sample_due)
    send_box (self, snapshot, FALSE);
  if (timer_due)
    send_box (self, snapshot, TRUE);
}

static void
look_at_box (CgTelemetry *self, gboolean is_timer)
{
  if (!cg_channel_is_open_to (self->channel, get_gateway_did (self)) ||
      !cg_upload_wants (self->gateway, NULL, get_config (self), is_timer))
    return;
  self->timer_due |= is_timer;
  self->sample_due |= !is_timer;
  if (self->is_reading)
    return;
  self->is_reading = TRUE;
  cg_gateway_read_async (cg_dispatcher_get_gateway (self->dispatcher), on_box_read,
                         g_object_ref (self));
}

static CgUpload *
get_upload (CgTelemetry *self, const char *did)
{
  CgUpload *upload = g_hash_table_lookup (self->cameras, did);

  if (upload == NULL) {
    upload = cg_upload_new (camera_rows, G_N_ELEMENTS (camera_rows));
    g_hash_table_insert (self->cameras, g_strdup (did), upload);
  }
  return upload;
}

/* What of it may be due: most goes by timer, and samples are taken every few seconds. */
static JsonObject *
describe_camera (CgTelemetry *self, CgCamera *camera, CgUpload *upload, gboolean is_timer)
{
  const CgTelemetryConfig *config = get_config (self);
  JsonObject *object = json_object_new ();

  if (cg_upload_wants (upload, "device", config, is_timer))
    json_object_set_object_member (object, "device", cg_figures_camera_device (camera, NULL));
  if (cg_upload_wants (upload, "connectivity", config, is_timer))
    json_object_set_object_member (object, "connectivity",
                                   cg_figures_camera_connectivity (camera, NULL));
  if (cg_upload_wants (upload, "firmware", config, is_timer))
    json_object_set_object_member (
        object, "firmware",
        cg_firmware_desk_describe (self->dispatcher, cg_camera_get_did (camera)));
  if (cg_upload_wants (upload, "statistics", config, is_timer))
    json_object_set_object_member (object, "statistics", cg_figures_camera_statistics (camera));
  return object;
}

static void
look_at_camera (CgTelemetry *self, CgCamera *camera, gboolean is_timer)
{
  const char *did = cg_camera_get_did (camera);

  if (!cg_channel_is_open_to (self->channel, did))
    return;
  CgUpload *upload = get_upload (self, did);
  g_autoptr (JsonObject) snapshot = describe_camera (self, camera, upload, is_timer);
  g_autoptr (JsonObject) data = cg_upload_take (upload, snapshot, get_config (self), is_timer);
  if (data != NULL)
    cg_channel_send_stream (self->channel, did, CAMERA_STREAM, data);
}

static void
look_at_all (CgTelemetry *self, gboolean is_timer)
{
  GPtrArray *cameras = cg_fleet_list (cg_dispatcher_get_fleet (self->dispatcher));

  look_at_box (self, is_timer);
  for (guint i = 0; i < cameras->len; i++)
    look_at_camera (self, cameras->pdata[i], is_timer);
}

static gboolean
on_sample (gpointer user_data)
{
  look_at_all (user_data, FALSE);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_timer (gpointer user_data)
{
  look_at_all (user_data, TRUE);
  return G_SOURCE_CONTINUE;
}

/* That it came or went is told at once. */
static void
on_contact_changed (CgFleet *fleet, CgCamera *camera, CgTelemetry *self)
{
  look_at_camera (self, camera, FALSE);
}

static void
on_registered (CgChannel *channel, const char *did, CgTelemetry *self)
{
  CgCamera *camera = cg_fleet_lookup (cg_dispatcher_get_fleet (self->dispatcher), did);

  if (camera != NULL)
    look_at_camera (self, camera, FALSE);
  else if (g_str_equal (did, get_gateway_did (self)))
    look_at_box (self, FALSE);
}

static gboolean
is_gone (gpointer did, gpointer upload, gpointer user_data)
{
  return cg_fleet_lookup (user_data, did) == NULL;
}

static void
on_cameras_changed (CgFleet *fleet, CgTelemetry *self)
{
  g_hash_table_foreach_remove (self->cameras, is_gone, fleet);
}

/* A timer whose time is the same as before goes on: a cloud that writes its configuration every
 * minute would get nothing by timer. */
static void
set_timer (CgTelemetry *self, GSource **timer, guint *set_ms, guint wanted_ms, GSourceFunc func)
{
  CgClock *clock = cg_dispatcher_get_clock (self->dispatcher);

  if (*timer != NULL && *set_ms == wanted_ms)
    return;
  cg_clear_source (timer);
  *timer = cg_clock_add_timeout (clock, wanted_ms, func, self);
  *set_ms = wanted_ms;
}

static void
set_clock (CgTelemetry *self)
{
  const CgTelemetryConfig *config = get_config (self);

  set_timer (self, &self->sample, &self->sample_ms, config->sample_interval_ms, on_sample);
  set_timer (self, &self->timer, &self->timer_ms, config->interval_ms, on_timer);
}

static void
on_config_changed (CgDispatcher *dispatcher, CgTelemetry *self)
{
  set_clock (self);
}

/**
 * cg_telemetry_new:
 * @dispatcher: whose cameras and gateway are told of
 * @channel: to a cloud
 *
 * Returns: (transfer full): tells that cloud, whenever it may hear of it
 */
CgTelemetry *
cg_telemetry_new (CgDispatcher *dispatcher, CgChannel *channel)
{
  CgTelemetry *self = g_object_new (CG_TYPE_TELEMETRY, NULL);
  CgFleet *fleet = cg_dispatcher_get_fleet (dispatcher);

  CG_ON_MAIN ();
  self->dispatcher = g_object_ref (dispatcher);
  self->channel = g_object_ref (channel);
  g_signal_connect_object (dispatcher, "config-changed", G_CALLBACK (on_config_changed), self, 0);
  g_signal_connect_object (channel, "registered", G_CALLBACK (on_registered), self, 0);
  g_signal_connect_object (fleet, "camera-contact-changed", G_CALLBACK (on_contact_changed), self,
                           0);
  g_signal_connect_object (fleet, "cameras-changed", G_CALLBACK (on_cameras_changed), self, 0);
  set_clock (self);
  return self;
}

/**
 * cg_telemetry_forget:
 * @self: a telemetry
 *
 * What was uploaded counts no more: another cloud may be at the other end.
 */
void
cg_telemetry_forget (CgTelemetry *self)
{
  CG_ON_MAIN ();
  g_hash_table_remove_all (self->cameras);
  cg_upload_free (self->gateway);
  self->gateway = cg_upload_new (gateway_rows, G_N_ELEMENTS (gateway_rows));
}

/**
 * cg_telemetry_close:
 * @self: a telemetry
 *
 * Tells nothing any more. May be called twice.
 */
void
cg_telemetry_close (CgTelemetry *self)
{
  CG_ON_MAIN ();
  cg_clear_source (&self->sample);
  cg_clear_source (&self->timer);
  if (self->dispatcher == NULL)
    return;
  g_signal_handlers_disconnect_by_data (cg_dispatcher_get_fleet (self->dispatcher), self);
  g_signal_handlers_disconnect_by_data (self->dispatcher, self);
  g_signal_handlers_disconnect_by_data (self->channel, self);
  g_clear_object (&self->dispatcher);
}
