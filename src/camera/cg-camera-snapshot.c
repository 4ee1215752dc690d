/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-snapshot.h"

#include "cg-camera-private.h"
#include "cg-error.h"
#include "cg-main.h"
#include "cg-onvif-media.h"
#include "cg-onvif-snapshot.h"
#include "cg-snapshot.h"

/* Larger than any picture of 4K; an answer of the local socket has to carry it. */
#define MAX_BYTES (8 * 1024 * 1024)

static void
finish (GTask *task, GBytes *jpeg, gboolean is_from_stream)
{
  CgCameraPicture *picture = g_new0 (CgCameraPicture, 1);

  picture->jpeg = jpeg;
  picture->is_from_stream = is_from_stream;
  g_task_return_pointer (task, picture, (GDestroyNotify)cg_camera_picture_free);
}

static gpointer
get_picture_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  g_autofree char *uri = cg_onvif_media_get_snapshot_uri_in_thread (session, data, error);

  return uri != NULL ? cg_onvif_snapshot_get_in_thread (session, uri, MAX_BYTES, error) : NULL;
}

static void
on_camera_picture (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  GError *error = NULL;
  GBytes *jpeg = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  cg_onvif_snapshot_limit_end (&self->snapshots, cg_clock_get_monotonic_ms (self->clock),
                               jpeg != NULL);
  if (jpeg != NULL)
    finish (task, jpeg, FALSE);
  else
    g_task_return_error (task, error);
}

/* Q58: a camera that is asked for pictures all the time has no time for its stream. */
static gboolean
check_limit (CgCamera *self, GError **error)
{
  const guint wait_ms =
      cg_onvif_snapshot_limit_begin (&self->snapshots, cg_clock_get_monotonic_ms (self->clock));

  if (wait_ms == 0)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_TOO_MANY_STREAMS,
               "camera was just asked for a picture: the next in %.1f s", wait_ms / 1000.0);
  return FALSE;
}

static void
ask_camera (gpointer user_data, const GError *error)
{
  g_autoptr (GTask) task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const CgContact *contact = cg_presence_get_contact (self->presence);
  GError *refusal = NULL;

  if (error != NULL) {
    g_task_return_error (task, g_error_copy (error));
    return;
  }
  if (contact == NULL || contact->media_profile == NULL) {
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                             "nothing plays, and camera %s gives no pictures", self->config->did);
    return;
  }
  if (!check_limit (self, &refusal)) {
    g_task_return_error (task, refusal);
    return;
  }
  const CgJob job = {
      .kind = CG_JOB_READ,
      .timeout_ms = self->ptz.reply_timeout_ms,
      .run_in_thread = get_picture_in_thread,
      .data = g_strdup (contact->media_profile),
      .free_data = g_free,
      .free_result = (GDestroyNotify)g_bytes_unref,
  };
  cg_jobs_run_async (self->jobs, &job, on_camera_picture, g_steal_pointer (&task));
}

static void
await_camera (CgCamera *self, GTask *task)
{
  cg_presence_await (self->presence, self->ptz.reply_timeout_ms, ask_camera, task);
}

static void
on_stream_picture (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  GBytes *jpeg = cg_snapshot_take_finish (result, &error);

  if (jpeg != NULL) {
    finish (task, jpeg, TRUE);
    g_object_unref (task);
    return;
  }
  g_warning ("%s: no picture of the stream: %s", self->config->did, error->message);
  await_camera (self, task);
}

/**
 * cg_camera_picture_free:
 * @self: (transfer full): a picture
 */
void
cg_camera_picture_free (CgCameraPicture *self)
{
  g_bytes_unref (self->jpeg);
  g_free (self);
}

/**
 * cg_camera_snapshot_async:
 * @self: a camera
 * @callback: finish with cg_camera_snapshot_finish()
 * @user_data: for @callback
 *
 * What the camera sees: of the stream, if one runs, which costs it nothing; else it is asked for a
 * picture, with whatever login that takes, and not too often (Q58). No stream is begun for that.
 */
void
cg_camera_snapshot_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  CG_ON_MAIN ();
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (CgAccessUnit) frame = cg_hub_get_key_frame (cg_stream_get_hub (self->stream));

  g_task_set_source_tag (task, cg_camera_snapshot_async);
  if (frame != NULL)
    cg_snapshot_take_async (frame, on_stream_picture, task);
  else
    await_camera (self, task);
}

/**
 * cg_camera_snapshot_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: (transfer full) (nullable): the picture
 */
CgCameraPicture *
cg_camera_snapshot_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
