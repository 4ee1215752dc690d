/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-upgrade.h"

#include "cg-camera-private.h"
#include "cg-main.h"
#include "cg-onvif-care.h"

#define START_TIMEOUT_MS 15000
/* The slowest line and the largest file. */
#define UPLOAD_TIMEOUT_MS (15 * 60 * 1000)
/* Many write their flash while they go on answering. */
#define FLASH_TIMEOUT_MS (10 * 60 * 1000)
/* Of what a camera says: the longest that is believed, and how much longer it may take. */
#define DOWN_LIMIT_MS (30 * 60 * 1000)
#define DOWN_MARGIN 2

/* New firmware on its way into a camera. */
typedef struct {
  CgOnvifSession *session; /* (owned): a conversation of its own: moves do not wait for a file */
  CgOnvifUpgrade *upgrade; /* (owned) (nullable): what the camera is ready for */
  char *path;
  char *version;        /* (nullable): that it has to come back with */
  CgProgress *progress; /* (owned): of the upload */
  CgProgressFunc on_percent;
  gpointer user_data;
  GSource *delay;
  gulong handler; /* of the restart */
} Upgrade;

static void
upgrade_free (gpointer data)
{
  Upgrade *self = data;

  cg_clear_source (&self->delay);
  cg_progress_unref (self->progress);
  g_clear_pointer (&self->session, cg_onvif_session_free);
  g_clear_pointer (&self->upgrade, cg_onvif_upgrade_free);
  g_free (self->path);
  g_free (self->version);
  g_free (self);
}

/* The last step: takes the task. */
static void
on_back (CgReboot *reboot, GError *error, GTask *task)
{
  CgCamera *self = g_task_get_source_object (task);
  Upgrade *upgrade = g_task_get_task_data (task);
  const char *version = cg_camera_get_firmware_version (self);

  g_signal_handler_disconnect (reboot, upgrade->handler);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else if (upgrade->version != NULL && g_strcmp0 (upgrade->version, version) != 0)
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_PEER_FAULT,
                             "the camera has come back with version %s, not %s",
                             version != NULL ? version : "unknown", upgrade->version);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_uploaded (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgCamera *self = CG_CAMERA (object);
  Upgrade *upgrade = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  cg_progress_stop (upgrade->progress);
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  upgrade->handler = g_signal_connect (self->reboot, "ended", G_CALLBACK (on_back), task);
  g_steal_pointer (&task);
  cg_reboot_expect (self->reboot, FLASH_TIMEOUT_MS,
                    DOWN_MARGIN * MIN (upgrade->upgrade->down_ms, DOWN_LIMIT_MS));
}

static void
on_sent_in_thread (guint64 sent, guint64 length, gpointer user_data)
{
  cg_progress_tell_in_thread (user_data, sent, length);
}

static void
upload_in_thread (GTask *step, gpointer source, gpointer data, GCancellable *cancellable)
{
  Upgrade *upgrade = g_task_get_task_data (G_TASK (data));
  GError *error = NULL;

  cg_onvif_session_set_timeout_ms (upgrade->session, UPLOAD_TIMEOUT_MS);
  if (cg_onvif_device_upload_in_thread (upgrade->session, upgrade->upgrade->upload_uri,
                                        upgrade->path, on_sent_in_thread, upgrade->progress,
                                        &error))
    g_task_return_boolean (step, TRUE);
  else
    g_task_return_error (step, error);
}

static void
begin_step (GTask *task, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) step =
      g_task_new (g_task_get_source_object (task), NULL, callback, g_object_ref (task));

  g_task_set_source_tag (step, begin_step);
  g_task_set_task_data (step, g_object_ref (task), g_object_unref);
  g_task_run_in_thread (step, func);
}

static gboolean
on_delay_over (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Upgrade *upgrade = g_task_get_task_data (task);

  cg_clear_source (&upgrade->delay);
  upgrade->on_percent (0, upgrade->user_data);
  begin_step (task, upload_in_thread, on_uploaded);
  return G_SOURCE_REMOVE;
}

static void
on_started (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgCamera *self = CG_CAMERA (object);
  Upgrade *upgrade = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  upgrade->upgrade = g_task_propagate_pointer (G_TASK (result), &error);
  if (upgrade->upgrade == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  upgrade->delay = cg_clock_add_timeout (self->clock, upgrade->upgrade->delay_ms, on_delay_over,
                                         g_object_ref (task));
}

static void
start_in_thread (GTask *step, gpointer source, gpointer data, GCancellable *cancellable)
{
  Upgrade *upgrade = g_task_get_task_data (G_TASK (data));
  GError *error = NULL;
  CgOnvifUpgrade *ready;

  cg_onvif_session_set_timeout_ms (upgrade->session, START_TIMEOUT_MS);
  ready = cg_onvif_device_start_upgrade_in_thread (upgrade->session, &error);
  if (ready != NULL)
    g_task_return_pointer (step, ready, (GDestroyNotify)cg_onvif_upgrade_free);
  else
    g_task_return_error (step, error);
}

static void
on_present (gpointer user_data, const GError *error)
{
  g_autoptr (GTask) task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  Upgrade *upgrade = g_task_get_task_data (task);

  if (error != NULL) {
    g_task_return_error (task, g_error_copy (error));
    return;
  }
  upgrade->session = cg_jobs_copy_session (self->jobs);
  if (upgrade->session == NULL)
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_PEER_FAULT,
                             "the camera is being stopped: try again");
  else
    begin_step (task, start_in_thread, on_started);
}

/**
 * cg_camera_upgrade_async:
 * @self: a camera
 * @path: of the file
 * @version: (nullable): what it has to say of itself afterwards
 * @on_percent: called with 0 when the file begins to go, then with how much of it has gone, until
 *   @callback is
 * @callback: called when it is back, or will not be
 * @user_data: for both
 *
 * ONVIF StartFirmwareUpgrade, the upload, and a look whether it comes back with that version.
 * Source: PROTOCOL.md section 4, firmware.
 */
void
cg_camera_upgrade_async (CgCamera *self,
                         const char *path,
                         const char *version,
                         CgProgressFunc on_percent,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Upgrade *upgrade = g_new0 (Upgrade, 1);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_camera_upgrade_async);
  g_task_set_task_data (task, upgrade, upgrade_free);
  upgrade->path = g_strdup (path);
  upgrade->version = g_strdup (version);
  upgrade->progress = cg_progress_new (on_percent, user_data, NULL);
  upgrade->on_percent = on_percent;
  upgrade->user_data = user_data;
  if (self->config->protocol == CG_PROTOCOL_RTSP)
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                             "camera %s is known by its stream only", self->config->did);
  else
    cg_presence_await (self->presence, 0, on_present, g_steal_pointer (&task));
}

/**
 * cg_camera_upgrade_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR; %CG_ERROR_NOT_SUPPORTED: it takes no firmware
 *
 * Returns: whether it is back with it
 */
gboolean
cg_camera_upgrade_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
