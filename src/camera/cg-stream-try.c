/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-main.h"
#include "cg-media-step.h"
#include "cg-stream-private.h"

/* The tries of both ends: how each begins, comes alive, fails and is made again (Q9). */

static void
on_end_closed (CgStream *self, EndId id)
{
  self->ends[id].closing--;
  cg_stream_begin_end (self, id);
  cg_stream_finish_close (self);
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgStream) self = user_data;

  if (CG_IS_PULL (object))
    cg_pull_stop_finish (CG_PULL (object), result, NULL);
  else
    cg_push_stop_finish (CG_PUSH (object), result, NULL);
  on_end_closed (self, CG_IS_PULL (object) ? END_PULL : END_PUSH);
}

/**
 * cg_stream_drop_end:
 * @self: a stream
 * @id: of an end
 *
 * Ends its try with a goodbye, which cg_stream_close_async() waits for.
 */
void
cg_stream_drop_end (CgStream *self, EndId id)
{
  CgStreamEnd *end = &self->ends[id];
  g_autoptr (GObject) object = g_steal_pointer (&end->object);

  end->live = FALSE;
  cg_clear_source (&end->retry);
  if (id == END_PULL) {
    cg_clear_source (&self->look);
    cg_stream_login_end (&self->login, CG_BREAKER_UNKNOWN);
  }
  if (object == NULL)
    return;
  g_signal_handlers_disconnect_by_data (object, self);
  self->sent += cg_stream_end_count_sent (object);
  end->closing++;
  if (id == END_PULL)
    cg_pull_stop_async (CG_PULL (object), on_stopped, g_object_ref (self));
  else
    cg_push_stop_async (CG_PUSH (object), on_stopped, g_object_ref (self));
}

static gboolean
on_pull_retry (gpointer user_data)
{
  CgStream *self = user_data;

  cg_clear_source (&self->ends[END_PULL].retry);
  cg_stream_begin_end (self, END_PULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_push_retry (gpointer user_data)
{
  CgStream *self = user_data;

  cg_clear_source (&self->ends[END_PUSH].retry);
  cg_stream_begin_end (self, END_PUSH);
  return G_SOURCE_REMOVE;
}

/**
 * cg_stream_retry_in:
 * @self: a stream
 * @id: of an end without object
 * @pause_ms: until its next try
 */
void
cg_stream_retry_in (CgStream *self, EndId id, guint pause_ms)
{
  static const GSourceFunc retries[] = {on_pull_retry, on_push_retry};
  CgStreamEnd *end = &self->ends[id];

  cg_clear_source (&end->retry);
  end->retry = cg_clock_add_timeout (self->clock, pause_ms, retries[id], self);
  end->next_ms = cg_clock_get_real_ms (self->clock) + pause_ms;
}

static void
fail_end (CgStream *self, EndId id, const GError *error)
{
  CgStreamEnd *end = &self->ends[id];
  const CgStreamEndWaits waits = {
      .login_ms = id == END_PULL ? cg_breaker_get_retry_ms (self->login.breaker) : 0,
      .publisher_ms = self->config.publisher_wait_ms,
      .session_ms = id == END_PULL ? cg_stream_get_standby_rest_ms (self) : 0,
  };
  const guint pause_ms =
      cg_stream_end_fail (end, error, cg_clock_get_monotonic_ms (self->clock), &waits);

  if (self->report->state == CG_STREAM_PLAYING)
    cg_stream_stages_begin (&self->stages, cg_clock_get_monotonic_ms (self->clock));
  cg_stream_drop_end (self, id);
  self->reconnects++;
  cg_stream_retry_in (self, id, pause_ms);
  g_info ("%s: %s: %s; next try in %.1f s", self->camera->did, id == END_PULL ? "camera" : "push",
          end->error->message, pause_ms / 1000.0);
  cg_stream_tell (self, self->url);
}

static void
on_step (gpointer end, int step, CgStream *self)
{
  cg_stream_stages_reach (&self->stages, (guint)step, cg_clock_get_monotonic_ms (self->clock));
}

static void
mark_live (CgStream *self, EndId id)
{
  cg_stream_end_come_alive (&self->ends[id], cg_clock_get_monotonic_ms (self->clock));
  cg_stream_tell (self, self->url);
}

static gboolean
on_grace_over (gpointer user_data)
{
  CgStream *self = user_data;

  cg_clear_source (&self->grace);
  g_info ("%s: no picture for long: leaving the media server", self->camera->did);
  cg_stream_drop_end (self, END_PUSH);
  return G_SOURCE_REMOVE;
}

static void
on_pull_live (CgPull *pull, CgStream *self)
{
  cg_stream_transport_succeed (self->transport, cg_pull_get_transport (pull));
  cg_clear_source (&self->grace);
  mark_live (self, END_PULL);
  cg_stream_begin_look (self);
  if (self->url == NULL)
    g_info ("%s: pictures come", self->camera->did);
  cg_stream_begin_end (self, END_PUSH);
}

static void
on_pull_running (CgPull *pull, CgStream *self)
{
  cg_stream_login_end (&self->login, CG_BREAKER_ACCEPTED);
  self->has_asked_key = FALSE;
  cg_stream_want_key (self);
}

/**
 * cg_stream_lose_source:
 * @self: a stream
 * @error: why the camera's pictures are of no use, or do not come
 */
void
cg_stream_lose_source (CgStream *self, const GError *error)
{
  fail_end (self, END_PULL, error);
  if (self->url != NULL && self->grace == NULL)
    self->grace =
        cg_clock_add_timeout (self->clock, self->config.publish_grace_ms, on_grace_over, self);
  g_signal_emit_by_name (self, "source-lost", error);
}

static void
on_pull_failed (CgPull *pull, GError *error, CgStream *self)
{
  if (!self->ends[END_PULL].live)
    cg_stream_transport_fail (self->transport);
  cg_stream_login_end (&self->login, g_error_matches (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED)
                                         ? CG_BREAKER_REFUSED
                                         : CG_BREAKER_UNKNOWN);
  cg_stream_lose_source (self, error);
}

static gboolean
on_pull_login_again (CgPull *pull, CgStream *self)
{
  return cg_stream_login_repeat (&self->login);
}

static void
on_push_publishing (CgPush *push, CgStream *self)
{
  mark_live (self, END_PUSH);
}

/**
 * cg_stream_fail_transcode:
 * @self: a stream with a transcode
 * @error: why it is of no use
 *
 * What was made for the server is none that the camera's next picture can be made into.
 */
void
cg_stream_fail_transcode (CgStream *self, const GError *error)
{
  cg_stream_media_stop_converting (&self->media);
  fail_end (self, END_PUSH, error);
}

static void
on_transcode_failed (CgTranscode *transcode, GError *error, CgStream *self)
{
  cg_stream_fail_transcode (self, error);
}

static void
on_push_failed (CgPush *push, GError *error, CgStream *self)
{
  if (!cg_stream_media_convert (&self->media, error)) {
    fail_end (self, END_PUSH, error);
    return;
  }
  g_signal_connect_object (self->media.transcode, "failed", G_CALLBACK (on_transcode_failed), self,
                           0);
  cg_stream_drop_end (self, END_PUSH);
  cg_stream_tell (self, self->url);
}

static void
begin_push (CgStream *self)
{
  CgPush *push = cg_stream_media_make_push (&self->media, self->url);

  self->ends[END_PUSH].object = G_OBJECT (push);
  g_signal_connect_object (push, "step", G_CALLBACK (on_step), self, 0);
  g_signal_connect_object (push, "publishing", G_CALLBACK (on_push_publishing), self, 0);
  g_signal_connect_object (push, "failed", G_CALLBACK (on_push_failed), self, 0);
  cg_push_start (push);
}

/* Asks for the address; the try begins in cg_stream_set_source(). */
static void
begin_pull (CgStream *self)
{
  if (self->source_wanted)
    return;
  self->source_wanted = TRUE;
  g_signal_emit_by_name (self, "source-wanted");
}

/* A push is pointless while the camera has been away for longer than the grace time. */
static gboolean
may_push (CgStream *self)
{
  return self->ends[END_PULL].live || self->ends[END_PULL].error == NULL || self->grace != NULL;
}

/**
 * cg_stream_begin_end:
 * @self: a stream
 * @id: of an end
 *
 * Begins its next try, if it is wanted and can begin now.
 */
void
cg_stream_begin_end (CgStream *self, EndId id)
{
  CgStreamEnd *end = &self->ends[id];

  if (!cg_stream_end_may_begin (end))
    return;
  if (id == END_PULL && (self->url != NULL || cg_stream_is_held (self)))
    begin_pull (self);
  else if (id == END_PUSH && self->url != NULL && may_push (self))
    begin_push (self);
}

/**
 * cg_stream_reset_end:
 * @self: a stream
 * @id: of an end
 *
 * Ends it with a goodbye; its failures are forgotten.
 */
void
cg_stream_reset_end (CgStream *self, EndId id)
{
  if (id == END_PUSH)
    cg_stream_media_stop_converting (&self->media);
  cg_stream_drop_end (self, id);
  cg_stream_end_init (&self->ends[id], self->config.retry_max_s * 1000);
}

/**
 * cg_stream_set_source:
 * @self: a stream that emitted #CgStream::source-wanted
 * @location: an RTSP address without credentials
 *
 * Ignored when nobody waits for it any more.
 */
void
cg_stream_set_source (CgStream *self, const char *location)
{
  CgStreamEnd *end = &self->ends[END_PULL];
  g_autoptr (GError) error = NULL;
  CgPull *pull;

  CG_ON_MAIN ();
  if (!self->source_wanted || end->object != NULL || end->closing > 0)
    return;
  self->source_wanted = FALSE;
  on_step (NULL, CG_MEDIA_STEP_CONTACT, self);
  if (!cg_stream_login_begin (&self->login, &error)) {
    cg_stream_lose_source (self, error);
    return;
  }
  pull = cg_stream_media_make_pull (&self->media, location, self->login.breaker,
                                    cg_stream_transport_choose (self->transport));
  end->object = G_OBJECT (pull);
  g_signal_connect_object (pull, "step", G_CALLBACK (on_step), self, 0);
  g_signal_connect_object (pull, "running", G_CALLBACK (on_pull_running), self, 0);
  g_signal_connect_object (pull, "live", G_CALLBACK (on_pull_live), self, 0);
  g_signal_connect_object (pull, "failed", G_CALLBACK (on_pull_failed), self, 0);
  g_signal_connect_object (pull, "login-again", G_CALLBACK (on_pull_login_again), self, 0);
  cg_pull_start (pull);
}

/**
 * cg_stream_source_failed:
 * @self: a stream that emitted #CgStream::source-wanted
 * @error: a #CG_ERROR: why there is no address
 */
void
cg_stream_source_failed (CgStream *self, const GError *error)
{
  CG_ON_MAIN ();
  if (!self->source_wanted)
    return;
  self->source_wanted = FALSE;
  cg_stream_lose_source (self, error);
}
