/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-private.h"

#include <string.h>

#include "cg-main.h"

enum { SIGNAL_SOURCE_WANTED, SIGNAL_KEY_WANTED, SIGNAL_SOURCE_LOST, SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgStream, cg_stream, G_TYPE_OBJECT)

/**
 * cg_stream_tell:
 * @self: a stream
 * @url: (nullable): what it plays, or has played
 *
 * Tells by #CgStream::changed how it is now, if that is new.
 */
void
cg_stream_tell (CgStream *self, const char *url)
{
  if (self->url == NULL && self->report->state == CG_STREAM_STOPPED)
    return; /* nobody asked for a push: those who watch see for themselves */
  g_autoptr (CgStreamReport) report =
      self->url == NULL ? cg_stream_report_new (CG_STREAM_STOPPED, url, NULL)
                        : cg_stream_end_report (&self->ends[END_PULL], &self->ends[END_PUSH], url);

  if (report->state == CG_STREAM_PLAYING)
    cg_stream_report_remark (report, self->remark_word, self->remark);
  const gboolean is_new = !cg_stream_report_equal (report, self->report);
  if (report->state == CG_STREAM_PLAYING)
    report->stages = self->first_picture = self->stages;
  report->since_ms = is_new ? cg_clock_get_real_ms (self->clock) : self->report->since_ms;
  cg_stream_report_free (self->report);
  self->report = cg_stream_report_copy (report);
  if (is_new && report->state != CG_STREAM_STARTING)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, report);
}

/**
 * cg_stream_finish_close:
 * @self: a stream
 *
 * Answers cg_stream_close_async(), if that was called and both ends have said goodbye.
 */
void
cg_stream_finish_close (CgStream *self)
{
  if (self->close == NULL || self->ends[END_PULL].closing + self->ends[END_PUSH].closing > 0)
    return;
  g_autoptr (GTask) task = g_steal_pointer (&self->close);
  g_task_return_boolean (task, TRUE);
}

static void
cg_stream_dispose (GObject *object)
{
  CgStream *self = CG_STREAM (object);

  cg_clear_source (&self->grace);
  cg_clear_source (&self->lease);
  cg_clear_source (&self->rest);
  cg_clear_source (&self->look);
  for (guint i = 0; i < N_ENDS; i++) {
    CgStreamEnd *end = &self->ends[i];

    if (end->object != NULL)
      g_signal_handlers_disconnect_by_data (end->object, self);
    cg_stream_end_clear (end);
  }
  cg_stream_login_end (&self->login, CG_BREAKER_UNKNOWN);
  cg_stream_media_clear (&self->media);
  g_clear_object (&self->clock);
  g_clear_object (&self->transport);
  G_OBJECT_CLASS (cg_stream_parent_class)->dispose (object);
}

static void
cg_stream_finalize (GObject *object)
{
  CgStream *self = CG_STREAM (object);

  g_free (self->url);
  cg_stream_login_clear (&self->login);
  g_clear_pointer (&self->report, cg_stream_report_free);
  g_clear_pointer (&self->camera, cg_camera_config_free);
  G_OBJECT_CLASS (cg_stream_parent_class)->finalize (object);
}

static void
cg_stream_class_init (CgStreamClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cg_stream_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_stream_finalize;
  signals[SIGNAL_SOURCE_WANTED] =
      g_signal_new ("source-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_KEY_WANTED] =
      g_signal_new ("key-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SOURCE_LOST] = g_signal_new ("source-lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, CG_TYPE_STREAM_REPORT);
}

static void
cg_stream_init (CgStream *self)
{
  self->media.hub = cg_hub_new ();
  self->report = cg_stream_report_new (CG_STREAM_STOPPED, NULL, NULL);
  self->first_picture = self->report->stages;
}

/**
 * cg_stream_new:
 * @camera: copied: login, transport and sound of the camera
 * @config: copied
 * @clock: for pauses, grace and lease
 * @breaker: of the camera's login, shared with who shows it over ONVIF (Q6)
 * @transport: of the camera
 *
 * Returns: (transfer full): a stopped stream: one pull and one push, whoever asks how often
 */
CgStream *
cg_stream_new (const CgCameraConfig *camera,
               const CgStreamConfig *config,
               CgClock *clock,
               CgBreaker *breaker,
               CgStreamTransport *transport)
{
  CgStream *self = g_object_new (CG_TYPE_STREAM, NULL);

  self->camera = cg_camera_config_copy (camera);
  self->config = *config;
  self->clock = g_object_ref (clock);
  self->media.camera = self->camera;
  self->media.config = &self->config;
  self->media.clock = clock;
  cg_stream_media_prepare (&self->media);
  self->transport = g_object_ref (transport);
  cg_stream_login_init (&self->login, breaker, camera->username != NULL);
  for (guint i = 0; i < N_ENDS; i++)
    cg_stream_reset_end (self, (EndId)i);
  return self;
}

/**
 * cg_stream_apply:
 * @self: a stream
 * @config: copied: what holds from now on
 *
 * Disturbs nothing: a session that runs keeps its time-outs, and a lease its length until it is
 * renewed.
 */
void
cg_stream_apply (CgStream *self, const CgStreamConfig *config)
{
  CG_ON_MAIN ();
  self->config = *config;
  cg_stream_media_prepare (&self->media);
  for (guint i = 0; i < N_ENDS; i++)
    self->ends[i].backoff.max_ms = config->retry_max_s * 1000;
}

/**
 * cg_stream_play:
 * @self: a stream
 * @url: a checked RTMP URL
 *
 * Makes the camera's picture arrive at @url and keeps it there. The same @url again only renews
 * the lease; another moves the push and leaves the pull alone. What becomes of it is told by
 * #CgStream::changed. Source: PROTOCOL.md section 4, play.
 */
void
cg_stream_play (CgStream *self, const char *url)
{
  CG_ON_MAIN ();
  cg_stream_renew_lease (self);
  if (g_strcmp0 (self->url, url) == 0)
    return;
  if (self->url == NULL)
    cg_stream_hurry_pull (self);
  g_free (self->url);
  self->url = g_strdup (url);
  cg_clear_source (&self->rest);
  cg_stream_stages_begin (&self->stages, cg_clock_get_monotonic_ms (self->clock));
  cg_stream_reset_end (self, END_PUSH);
  if (self->ends[END_PULL].error == NULL)
    cg_clear_source (&self->grace);
  cg_stream_tell (self, self->url);
  cg_stream_want_picture (self);
  cg_stream_begin_end (self, END_PULL);
  cg_stream_begin_end (self, END_PUSH);
}

/**
 * cg_stream_stop:
 * @self: a stream
 *
 * Ends the push with a goodbye, and the pull, unless somebody else wants it. Does nothing when
 * stopped.
 */
void
cg_stream_stop (CgStream *self)
{
  g_autofree char *url = g_steal_pointer (&self->url);

  CG_ON_MAIN ();
  if (url == NULL)
    return;
  cg_clear_source (&self->grace);
  cg_clear_source (&self->lease);
  cg_stream_release_pull (self);
  cg_stream_reset_end (self, END_PUSH);
  cg_stream_tell (self, url);
}

/**
 * cg_stream_close_async:
 * @self: a stream
 * @callback: called once camera and server have been told goodbye
 * @user_data: for @callback
 *
 * Stops for good.
 */
void
cg_stream_close_async (CgStream *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->close == NULL);

  self->close = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->close, cg_stream_close_async);
  memset (self->holds, 0, sizeof self->holds);
  cg_stream_stop (self);
  cg_stream_release_pull (self);
  cg_stream_finish_close (self);
}

/**
 * cg_stream_close_finish:
 * @self: a stream
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_stream_close_finish (CgStream *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_stream_change_source:
 * @self: a stream
 * @word: (nullable): static: why it is not the main picture
 * @text: (nullable): static: the same as a sentence
 *
 * Asks for the address again, and goes on from there: the camera is told goodbye before it is asked
 * for the other picture, and the media server keeps its publisher. What has not gone out by then
 * never does. What plays then has @word as its reason.
 */
void
cg_stream_change_source (CgStream *self, const char *word, const char *text)
{
  CG_ON_MAIN ();
  self->uplink_changes++;
  self->remark_word = word;
  self->remark = text;
  if (self->ends[END_PULL].object == NULL)
    return;
  cg_stream_stages_begin (&self->stages, cg_clock_get_monotonic_ms (self->clock));
  cg_stream_drop_end (self, END_PULL);
  cg_hub_skip (self->media.hub);
  cg_stream_tell (self, self->url);
}
