/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-camera.h"

#include "cg-camera-care.h"
#include "cg-camera-snapshot.h"
#include "cg-camera-upgrade.h"

struct _CgFleet {
  GObject parent_instance;

  GPtrArray *cameras; /* (owned) (element-type CgCamera) */
  GQueue lost_links;  /* (owned) (element-type utf8) */
};

struct _CgCamera {
  GObject parent_instance;

  CgFleet *fleet; /* owns this */
  CgCameraConfig *config;
  char *firmware_version;
  gboolean contacted;
  gboolean hold;
  GQueue calls;       /* (owned) (element-type utf8) */
  GQueue held;        /* (owned) (element-type GTask) */
  GError *next_error; /* (owned) (nullable) */
  GPtrArray *presets; /* (owned) (element-type CgPresetEntry) */
  CgStreamReport *stream;
};

G_DEFINE_FINAL_TYPE (CgCamera, cg_camera, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (CgFleet, cg_fleet, G_TYPE_OBJECT)

enum {
  CONTACT_CHANGED,
  STREAM_CHANGED,
  ALARM,
  REBOOT_ENDED,
  PTZ_FAILED,
  CAMERAS_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
cg_camera_finalize (GObject *object)
{
  CgCamera *self = CG_CAMERA (object);

  g_clear_pointer (&self->config, cg_camera_config_free);
  g_free (self->firmware_version);
  g_queue_clear_full (&self->calls, g_free);
  g_queue_clear_full (&self->held, g_object_unref);
  g_clear_error (&self->next_error);
  g_clear_pointer (&self->presets, g_ptr_array_unref);
  g_clear_pointer (&self->stream, cg_stream_report_free);
  G_OBJECT_CLASS (cg_camera_parent_class)->finalize (object);
}

static void
cg_camera_class_init (CgCameraClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cg_camera_finalize;
}

static void
cg_camera_init (CgCamera *self)
{
  self->presets = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_preset_entry_free);
}

static void
cg_fleet_finalize (GObject *object)
{
  CgFleet *self = CG_FLEET (object);

  g_clear_pointer (&self->cameras, g_ptr_array_unref);
  g_queue_clear_full (&self->lost_links, g_free);
  G_OBJECT_CLASS (cg_fleet_parent_class)->finalize (object);
}

static void
cg_fleet_class_init (CgFleetClass *klass)
{
  const GSignalFlags flags = G_SIGNAL_RUN_LAST;

  G_OBJECT_CLASS (klass)->finalize = cg_fleet_finalize;
  signals[CONTACT_CHANGED] = g_signal_new ("camera-contact-changed", CG_TYPE_FLEET, flags, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, CG_TYPE_CAMERA);
  signals[STREAM_CHANGED] =
      g_signal_new ("camera-stream-changed", CG_TYPE_FLEET, flags, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    2, CG_TYPE_CAMERA, CG_TYPE_STREAM_REPORT);
  signals[ALARM] = g_signal_new ("camera-alarm", CG_TYPE_FLEET, flags, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, CG_TYPE_CAMERA, CG_TYPE_ALARM);
  signals[REBOOT_ENDED] = g_signal_new ("camera-reboot-ended", CG_TYPE_FLEET, flags, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 2, CG_TYPE_CAMERA, G_TYPE_ERROR);
  signals[PTZ_FAILED] = g_signal_new ("camera-ptz-failed", CG_TYPE_FLEET, flags, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 2, CG_TYPE_CAMERA, G_TYPE_ERROR);
  signals[CAMERAS_CHANGED] =
      g_signal_new ("cameras-changed", CG_TYPE_FLEET, flags, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cg_fleet_init (CgFleet *self)
{
  self->cameras = g_ptr_array_new_with_free_func (g_object_unref);
}

G_GNUC_PRINTF (2, 3)
static void
note (CgCamera *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_queue_push_tail (&self->calls, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
complete (CgCamera *self, GTask *task)
{
  if (self->next_error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->next_error));
  else
    g_task_return_boolean (task, TRUE);
}

/* Answers from the main loop, as every real camera does, or when the test lets it. */
static void
accept_call (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->hold)
    g_queue_push_tail (&self->held, g_steal_pointer (&task));
  else
    complete (self, task);
}

CgFleet *
fake_fleet_new (void)
{
  return g_object_new (CG_TYPE_FLEET, NULL);
}

CgCamera *
fake_fleet_add (CgFleet *self, const char *did)
{
  CgCamera *camera = g_object_new (CG_TYPE_CAMERA, NULL);

  camera->fleet = self;
  camera->config = cg_camera_config_new (did);
  g_ptr_array_add (self->cameras, camera);
  g_signal_emit (self, signals[CAMERAS_CHANGED], 0);
  return camera;
}

void
fake_fleet_remove (CgFleet *self, const char *did)
{
  g_ptr_array_remove (self->cameras, cg_fleet_lookup (self, did));
  g_signal_emit (self, signals[CAMERAS_CHANGED], 0);
}

/* Returns: (transfer full) (nullable) */
char *
fake_fleet_pop_lost_link (CgFleet *self)
{
  return g_queue_pop_head (&self->lost_links);
}

/* Returns: (transfer full) (nullable): the oldest call not popped yet, as words. */
char *
fake_camera_pop_call (CgCamera *self)
{
  return g_queue_pop_head (&self->calls);
}

void
fake_camera_set_contacted (CgCamera *self, const char *firmware_version)
{
  self->contacted = firmware_version != NULL;
  if (self->contacted) {
    g_free (self->firmware_version);
    self->firmware_version = g_strdup (firmware_version);
  }
  g_signal_emit (self->fleet, signals[CONTACT_CHANGED], 0, self);
}

void
fake_camera_set_secret (CgCamera *self, const char *secret)
{
  g_free (self->config->secret);
  self->config->secret = g_strdup (secret);
}

void
fake_camera_hold (CgCamera *self, gboolean hold)
{
  self->hold = hold;
}

/* Answers all calls held back. Returns how many there were. */
guint
fake_camera_release (CgCamera *self)
{
  guint count = 0;

  for (GTask *task = g_queue_pop_head (&self->held); task != NULL;
       task = g_queue_pop_head (&self->held)) {
    complete (self, task);
    g_object_unref (task);
    count++;
  }
  return count;
}

GError **
fake_camera_fail_next (CgCamera *self, CgError code, const char *text)
{
  g_clear_error (&self->next_error);
  self->next_error = g_error_new_literal (CG_ERROR, code, text);
  return &self->next_error;
}

void
fake_camera_add_preset (CgCamera *self, guint index, const char *name)
{
  CgPresetEntry *entry = g_new0 (CgPresetEntry, 1);

  entry->index = index;
  entry->name = g_strdup (name);
  g_ptr_array_add (self->presets, entry);
}

void
fake_camera_report_stream (CgCamera *self,
                           CgStreamState state,
                           const char *url,
                           const GError *error)
{
  g_clear_pointer (&self->stream, cg_stream_report_free);
  self->stream = cg_stream_report_new (state, url, error);
  g_signal_emit (self->fleet, signals[STREAM_CHANGED], 0, self, self->stream);
}

void
fake_camera_raise_alarm (CgCamera *self, CgAlarm *alarm)
{
  g_signal_emit (self->fleet, signals[ALARM], 0, self, alarm);
}

CgCamera *
cg_fleet_lookup (CgFleet *self, const char *did)
{
  for (guint i = 0; i < self->cameras->len; i++) {
    if (g_str_equal (cg_camera_get_did (self->cameras->pdata[i]), did))
      return self->cameras->pdata[i];
  }
  return NULL;
}

GPtrArray *
cg_fleet_list (CgFleet *self)
{
  return self->cameras;
}

guint
cg_fleet_count_streams (CgFleet *self)
{
  return 0;
}

gboolean
cg_fleet_play (CgFleet *self, CgCamera *camera, const char *url, GError **error)
{
  if (!g_str_has_prefix (url, "rtmp")) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Invalid RTMP URL");
    return FALSE;
  }
  note (camera, "play %s", url);
  if (camera->next_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&camera->next_error));
  return FALSE;
}

void
cg_fleet_link_lost (CgFleet *self, const char *source)
{
  g_queue_push_tail (&self->lost_links, g_strdup (source));
}

const char *
cg_camera_get_did (CgCamera *self)
{
  return self->config->did;
}

const CgCameraConfig *
cg_camera_get_config (CgCamera *self)
{
  return self->config;
}

const char *
cg_camera_get_firmware_version (CgCamera *self)
{
  return self->firmware_version;
}

gboolean
cg_camera_is_contacted (CgCamera *self)
{
  return self->contacted;
}

void
cg_camera_get_facts (CgCamera *self, CgCameraFacts *facts)
{
  *facts = (CgCameraFacts){
      .did = self->config->did,
      .address = "http://admin:hunter2@192.0.2.1/",
      .contacted = self->contacted,
      .firmware_version = self->firmware_version,
      .has_pan_tilt = TRUE,
      .stream = self->stream,
      .counters = {.frames = 7,
                   .bytes = 3 * 1024 + 5,
                   .sent = 2 * 1024,
                   .dropped = 1,
                   .reconnects = 4,
                   .uplink_changes = 2,
                   .bitrate_kbps = 500,
                   .first_picture = {0, {5, -1, -1, -1, -1, 90}},
                   .picture = {640, 360, 25, 2000, FALSE}},
      .age_s = 60,
  };
}

void
cg_fleet_stop (CgFleet *self, CgCamera *camera)
{
  note (camera, "stop");
}

void
cg_camera_snapshot_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  note (self, "snapshot");
  accept_call (self, callback, user_data);
}

CgCameraPicture *
cg_camera_snapshot_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error) ? fake_picture_new () : NULL;
}

void
cg_camera_move_async (CgCamera *self,
                      const CgMoveRequest *request,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  note (self, "move %d %d %s", request->direction, request->speed, request->source);
  accept_call (self, callback, user_data);
}

gboolean
cg_camera_move_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cg_camera_halt_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  note (self, "halt");
  accept_call (self, callback, user_data);
}

gboolean
cg_camera_halt_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cg_camera_ptz_status_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  note (self, "ptz-status");
  accept_call (self, callback, user_data);
}

CgPtzStatus *
cg_camera_ptz_status_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error) ? fake_ptz_status_new () : NULL;
}

void
cg_camera_preset_set_async (
    CgCamera *self, guint index, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  note (self, "set %u %s", index, name != NULL ? name : "-");
  accept_call (self, callback, user_data);
}

gboolean
cg_camera_preset_set_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cg_camera_preset_goto_async (CgCamera *self,
                             guint index,
                             const char *source,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  note (self, "goto %u %s", index, source);
  accept_call (self, callback, user_data);
}

gboolean
cg_camera_preset_goto_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cg_camera_preset_remove_async (CgCamera *self,
                               guint index,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  note (self, "remove %u", index);
  accept_call (self, callback, user_data);
}

gboolean
cg_camera_preset_remove_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cg_camera_preset_list_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  note (self, "list");
  accept_call (self, callback, user_data);
}

GPtrArray *
cg_camera_preset_list_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_ptr_array_ref (self->presets);
}

void
fake_camera_end_reboot (CgCamera *self, GError *error)
{
  g_signal_emit (self->fleet, signals[REBOOT_ENDED], 0, self, error);
}

void
cg_camera_read_clock_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  accept_call (self, callback, user_data);
}

CgCameraClock *
cg_camera_read_clock_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  CgCameraClock *clock;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  clock = g_new0 (CgCameraClock, 1);
  clock->utc_ms = G_GINT64_CONSTANT (1600000000500);
  clock->timezone = g_strdup ("CST-8");
  clock->offset_s = 8 * 3600;
  return clock;
}

void
cg_camera_set_clock_async (CgCamera *self,
                           gint64 utc_ms,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  note (self, "clock %" G_GINT64_FORMAT, utc_ms);
  accept_call (self, callback, user_data);
}

gboolean
cg_camera_set_clock_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cg_camera_read_link_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  accept_call (self, callback, user_data);
}

CgCameraLink *
cg_camera_read_link_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  CgCameraLink *link;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  link = g_new0 (CgCameraLink, 1);
  link->address = g_strdup ("192.0.2.1");
  link->mac = g_strdup ("00:11:22:33:44:55");
  link->rtt_ms = 12;
  return link;
}

void
cg_camera_read_place_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  accept_call (self, callback, user_data);
}

gboolean
cg_camera_read_place_finish (CgCamera *self, GAsyncResult *result, CgPlace *place, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *place = (CgPlace){59.5, -18.25, 28, TRUE};
  return TRUE;
}

gboolean
cg_camera_plan_reboot (CgCamera *self, guint delay_ms, GError **error)
{
  note (self, "reboot in %u", delay_ms);
  if (self->next_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->next_error));
  return FALSE;
}

void
cg_camera_forget_reboot (CgCamera *self)
{
  note (self, "forget reboot");
}

void
cg_camera_upgrade_async (CgCamera *self,
                         const char *path,
                         const char *version,
                         CgProgressFunc on_percent,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  note (self, "upgrade %s %s", path, version);
  on_percent (0, user_data);
  accept_call (self, callback, user_data);
}

gboolean
cg_camera_upgrade_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
