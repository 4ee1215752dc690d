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

/* Takes @jpeg. All who have asked meanwhile get the same. */
static void
finish (CgCamera *self, GBytes *jpeg, gboolean is_from_stream)
{
  g_autoptr (GPtrArray) sitters = g_steal_pointer (&self->sitters);

  for (guint i = 0; i < sitters->len; i++) {
    CgCameraPicture *picture = g_new0 (CgCameraPicture, 1);

    picture->jpeg = g_bytes_ref (jpeg);
    picture->is_from_stream = is_from_stream;
    g_task_return_pointer (sitters->pdata[i], picture, (GDestroyNotify)cg_camera_picture_free);
  }
  g_bytes_unref (jpeg);
}

static void
fail (CgCamera *self, const GError *error)
{
  g_autoptr (GPtrArray) sitters = g_steal_pointer (&self->sitters);

  for (guint i = 0; i < sitters->len; i++)
    g_task_return_error (sitters->pdata[i], g_error_copy (error));
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
  g_autoptr (CgCamera) self = user_data;
  g_autoptr (GError) error = NULL;
  GBytes *jpeg = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  cg_onvif_snapshot_limit_end (&self->snapshots, cg_clock_get_monotonic_ms (self->clock),
                               jpeg != NULL);
  if (jpeg != NULL)
    finish (self, jpeg, FALSE);
  else
    fail (self, error);
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

static const char *
get_profile (CgCamera *self, GError **error)
{
  const CgContact *contact = cg_presence_get_contact (self->presence);

  if (contact != NULL && contact->media_profile != NULL)
    return contact->media_profile;
  g_set_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED,
               "nothing plays, and camera %s gives no pictures", self->config->did);
  return NULL;
}

static void
ask_camera (gpointer user_data, const GError *error)
{
  g_autoptr (CgCamera) self = user_data;
  g_autoptr (GError) refusal = error != NULL ? g_error_copy (error) : NULL;
  const char *profile = error == NULL ? get_profile (self, &refusal) : NULL;

  if (profile == NULL || !check_limit (self, &refusal)) {
    fail (self, refusal);
    return;
  }
  const CgJob job = {
      .kind = CG_JOB_READ,
      .timeout_ms = self->ptz.reply_timeout_ms,
      .run_in_thread = get_picture_in_thread,
      .data = g_strdup (profile),
      .free_data = g_free,
      .free_result = (GDestroyNotify)g_bytes_unref,
  };
  cg_jobs_run_async (self->jobs, &job, on_camera_picture, g_object_ref (self));
}

static void
await_camera (CgCamera *self)
{
  cg_presence_await (self->presence, self->ptz.reply_timeout_ms, ask_camera, g_object_ref (self));
}

static void
on_stream_picture (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgCamera) self = user_data;
  g_autoptr (GError) error = NULL;
  GBytes *jpeg = cg_snapshot_take_finish (result, &error);

  if (jpeg != NULL) {
    finish (self, jpeg, TRUE);
    return;
  }
  g_warning ("%s: no picture of the stream: %s", self->config->did, error->message);
  await_camera (self);
}

/**
 * cg_camera_snapshot_async:
 * @self: a camera
 * @callback: finish with cg_camera_snapshot_finish()
 * @user_data: for @callback
 *
 * What the camera sees: of the stream, if one runs, which costs it nothing; else it is asked for a
 * picture, with whatever login that takes, and not too often (Q58). No stream is begun for that.
 * Those who ask at the same time get the same picture.
 */
void
cg_camera_snapshot_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  CG_ON_MAIN ();
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cg_camera_snapshot_async);
  if (self->sitters != NULL) {
    g_ptr_array_add (self->sitters, task);
    return;
  }
  self->sitters = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->sitters, task);
  g_autoptr (CgAccessUnit) frame = cg_hub_get_key_frame (cg_stream_get_hub (self->stream));
  if (frame != NULL)
    cg_snapshot_take_async (frame, on_stream_picture, g_object_ref (self));
  else
    await_camera (self);
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
