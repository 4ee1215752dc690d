/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A camera and its stream: where the picture comes from, and who wants it. */
#include "cg-camera-private.h"
#include "cg-main.h"

static gpointer
read_location_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  return cg_onvif_media_get_stream_uri_in_thread (session, data, error);
}

static gpointer
synchronize_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  return GINT_TO_POINTER (
      cg_onvif_media_set_synchronization_point_in_thread (session, data, error));
}

static void
run_on_profile (CgCamera *self,
                CgJobFunc func,
                GDestroyNotify free_result,
                GAsyncReadyCallback callback)
{
  const CgJob job = {
      .kind = CG_JOB_READ,
      .timeout_ms = self->ptz.reply_timeout_ms,
      .run_in_thread = func,
      .data = g_strdup (cg_camera_get_played_profile (self)),
      .free_data = g_free,
      .free_result = free_result,
  };

  cg_jobs_run_async (self->jobs, &job, callback, g_object_ref (self));
}

static void find_location (gpointer user_data, const GError *error);

static void
on_location (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgCamera) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *location = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (location != NULL && self->asks_for_small != (self->uplink != CG_UPLINK_FREE)) {
    find_location (g_object_ref (self), NULL); /* the other picture is wanted by now */
    return;
  }
  if (location != NULL) {
    cg_stream_set_source (self->stream, location);
    return;
  }
  cg_presence_doubt (self->presence, error);
  cg_stream_source_failed (self->stream, error);
}

/* The main picture's address that came with the contact is used once, for a quick start (Q13);
 * after a failure the camera is asked again. */
static void
find_location (gpointer user_data, const GError *error)
{
  g_autoptr (CgCamera) self = user_data;

  if (error != NULL) {
    cg_stream_source_failed (self->stream, error);
    return;
  }
  self->asks_for_small = self->uplink != CG_UPLINK_FREE;
  if (self->location_used || self->asks_for_small) {
    run_on_profile (self, read_location_in_thread, g_free, on_location);
    return;
  }
  self->location_used = TRUE;
  cg_stream_set_source (self->stream, cg_presence_get_contact (self->presence)->location);
}

static void
on_source_wanted (CgStream *stream, CgCamera *self)
{
  if (self->config->url != NULL)
    cg_stream_set_source (stream, self->config->url);
  else
    cg_presence_await (self->presence, 0, find_location, g_object_ref (self));
}

static void
on_synchronized (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgCamera) self = user_data;
  g_autoptr (GError) error = NULL;

  cg_jobs_run_finish (CG_JOBS (object), result, &error);
  if (error == NULL)
    return;
  g_debug ("%s: no synchronization point: %s", self->config->did, error->message);
  if (self->stream != NULL)
    cg_stream_request_key (self->stream);
}

/* A key frame asked for now spares waiting for the next one (Q13). */
static void
on_key_wanted (CgStream *stream, CgCamera *self)
{
  if (cg_camera_get_played_profile (self) != NULL)
    run_on_profile (self, synchronize_in_thread, NULL, on_synchronized);
  else
    cg_stream_request_key (stream);
}

static void
on_source_lost (CgStream *stream, GError *error, CgCamera *self)
{
  cg_camera_note_source_lost (self);
  cg_presence_doubt (self->presence, error);
}

static void
on_stream_changed (CgStream *stream, CgStreamReport *report, CgCamera *self)
{
  if (report->state == CG_STREAM_PLAYING)
    self->has_small_played = self->uplink != CG_UPLINK_FREE;
  g_signal_emit_by_name (self, "stream-changed", report);
}

static void
on_transport_learnt (CgStreamTransport *transport, CgCamera *self)
{
  cg_profile_note_transport (self->profile, cg_stream_transport_get_learnt (transport));
}

/**
 * cg_camera_build_stream:
 * @self: a camera that has its login and what it has learnt
 * @context: what all cameras share
 *
 * Gives it a stream, stopped.
 */
void
cg_camera_build_stream (CgCamera *self, const CgCameraContext *context)
{
  self->transport = cg_stream_transport_new (self->config->transport);
  cg_stream_transport_set_learnt (self->transport,
                                  cg_profile_get_learnt (self->profile)->transport);
  g_signal_connect_object (self->transport, "learnt", G_CALLBACK (on_transport_learnt), self, 0);
  self->stream = cg_stream_new (self->config, &context->config->stream, context->clock,
                                self->breaker, self->transport);
  g_signal_connect_object (self->stream, "source-wanted", G_CALLBACK (on_source_wanted), self, 0);
  g_signal_connect_object (self->stream, "key-wanted", G_CALLBACK (on_key_wanted), self, 0);
  g_signal_connect_object (self->stream, "source-lost", G_CALLBACK (on_source_lost), self, 0);
  g_signal_connect_object (self->stream, "changed", G_CALLBACK (on_stream_changed), self, 0);
}

/**
 * cg_camera_hold_stream:
 * @self: a camera
 *
 * Pulls the picture for as long as somebody wants it, with or without a push. Not before it is
 * open: the one whose place it takes may not have said goodbye yet, and it has one session (Q19).
 */
void
cg_camera_hold_stream (CgCamera *self)
{
  if (!self->is_open)
    return;
  cg_stream_hold (self->stream, CG_STREAM_HOLD_STANDBY, self->standby == CG_STANDBY_CONNECTED);
  cg_stream_hold (self->stream, CG_STREAM_HOLD_VIEWERS, self->is_watched);
}

/**
 * cg_camera_play:
 * @self: a camera
 * @url: where to push the picture; it has passed cg_media_check_rtmp_url()
 *
 * What becomes of it is told by #CgCamera::stream-changed. Source: PROTOCOL.md section 4, play.
 */
void
cg_camera_play (CgCamera *self, const char *url)
{
  CG_ON_MAIN ();
  cg_stream_play (self->stream, url);
}

/**
 * cg_camera_stop:
 * @self: a camera
 *
 * Ends what cg_camera_play() began. Source: PROTOCOL.md section 4, stop.
 */
void
cg_camera_stop (CgCamera *self)
{
  CG_ON_MAIN ();
  cg_stream_stop (self->stream);
}

/**
 * cg_camera_watch:
 * @self: a camera
 * @is_watched: whether somebody on the LAN watches
 *
 * Its picture is in its hub while somebody does, with or without a push; not before
 * cg_camera_open().
 */
void
cg_camera_watch (CgCamera *self, gboolean is_watched)
{
  CG_ON_MAIN ();
  self->is_watched = is_watched;
  cg_camera_hold_stream (self);
}
