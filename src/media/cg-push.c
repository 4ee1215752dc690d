/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-push.h"

#include "cg-error.h"
#include "cg-main.h"
#include "cg-media-step.h"
#include "cg-media.h"
#include "cg-push-worker.h"

/* A goodbye takes less than one second (cg-push-worker.c) unless the line is dead. */
#define STOP_TIMEOUT_MS 1500

struct _CgPush {
  GObject parent;

  CgHub *hub;     /* (owned) */
  CgClock *clock; /* (owned) */
  char *url;      /* (owned) */
  guint connect_timeout_ms;
  guint stall_timeout_ms;
  gboolean insists_on_h265;

  CgPushWorker *worker; /* (owned) (nullable) */
  CgPushStats stats;    /* of a worker that has ended */
  GSource *timer;       /* (owned) (nullable) deadline of connecting, or of stopping */
  gboolean is_over;     /* failed or stopped */
  GTask *stop_task;     /* (owned) (nullable) */
};

enum { SIGNAL_PUBLISHING, SIGNAL_FAILED, SIGNAL_STEP, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgPush, cg_push, G_TYPE_OBJECT)

static void
cg_push_dispose (GObject *object)
{
  CgPush *self = CG_PUSH (object);

  cg_clear_source (&self->timer);
  if (self->worker != NULL) {
    cg_push_worker_detach (self->worker);
    cg_push_worker_stop (self->worker);
  }
  g_clear_pointer (&self->worker, cg_push_worker_unref);
  g_clear_object (&self->hub);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_push_parent_class)->dispose (object);
}

static void
cg_push_finalize (GObject *object)
{
  CgPush *self = CG_PUSH (object);

  g_free (self->url);
  G_OBJECT_CLASS (cg_push_parent_class)->finalize (object);
}

static void
cg_push_class_init (CgPushClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = cg_push_dispose;
  object_class->finalize = cg_push_finalize;

  /**
   * CgPush::publishing:
   *
   * The server has taken the publisher and the first picture went out.
   */
  signals[SIGNAL_PUBLISHING] =
      g_signal_new ("publishing", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * CgPush::failed:
   * @error: of domain CG_ERROR: #CG_ERROR_STREAM_BUSY where the server still holds a publisher of
   *   that name (Q10), #CG_ERROR_STREAM_FORMAT where it does not take the codec (Q11), and the
   * others by what they say (Q56)
   *
   * It is over: the push is only good for being dropped (Q9).
   */
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * CgPush::step:
   * @step: a #CgMediaStep that is done
   */
  signals[SIGNAL_STEP] = g_signal_new ("step", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
cg_push_init (CgPush *self)
{
}

static void
drop_worker (CgPush *self)
{
  cg_push_worker_get_stats (self->worker, &self->stats);
  cg_push_worker_detach (self->worker);
  g_clear_pointer (&self->worker, cg_push_worker_unref);
}

static void
on_done (CgPush *self, const GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

  cg_clear_source (&self->timer);
  drop_worker (self);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
  if (self->is_over || error == NULL)
    return;
  self->is_over = TRUE;
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
on_worker_event (CgPushWorkerEvent event, const GError *error, gpointer user_data)
{
  g_autoptr (CgPush) self = g_object_ref (CG_PUSH (user_data));

  switch (event) {
  case CG_PUSH_WORKER_ACCEPTED:
    if (self->is_over)
      break;
    cg_clear_source (&self->timer);
    g_signal_emit (self, signals[SIGNAL_STEP], 0, CG_MEDIA_STEP_ACCEPTED);
    break;
  case CG_PUSH_WORKER_PUBLISHING:
    if (self->is_over)
      break;
    g_signal_emit (self, signals[SIGNAL_STEP], 0, CG_MEDIA_STEP_WRITTEN);
    g_signal_emit (self, signals[SIGNAL_PUBLISHING], 0);
    break;
  case CG_PUSH_WORKER_DONE:
    on_done (self, error);
    break;
  }
}

static gboolean
on_connect_timeout (gpointer user_data)
{
  CgPush *self = user_data;
  GError *error =
      g_error_new (CG_ERROR, CG_ERROR_TIMED_OUT, "media server took no publisher within %u ms",
                   self->connect_timeout_ms);

  cg_push_worker_abort (self->worker, error);
  cg_clear_source (&self->timer);
  return G_SOURCE_REMOVE;
}

static gboolean
on_stop_timeout (gpointer user_data)
{
  CgPush *self = user_data;
  GError *error = g_error_new (CG_ERROR, CG_ERROR_CANCELLED, "stopped");

  cg_push_worker_abort (self->worker, error);
  cg_clear_source (&self->timer);
  return G_SOURCE_REMOVE;
}

/**
 * cg_push_new:
 * @hub: where the pictures are
 * @options: all is copied
 *
 * One publishing session at one media server, good for one start.
 *
 * Returns: (transfer full): a push that has not begun
 */
CgPush *
cg_push_new (CgHub *hub, const CgPushOptions *options)
{
  g_return_val_if_fail (CG_IS_HUB (hub), NULL);
  g_return_val_if_fail (options != NULL && options->url != NULL, NULL);
  g_return_val_if_fail (CG_IS_CLOCK (options->clock), NULL);

  cg_media_load (NULL); /* librtmp; without GStreamer no pull begins */
  CgPush *self = g_object_new (CG_TYPE_PUSH, NULL);
  self->hub = g_object_ref (hub);
  self->clock = g_object_ref (options->clock);
  self->url = g_strdup (options->url);
  self->connect_timeout_ms = options->connect_timeout_ms;
  self->stall_timeout_ms = options->stall_timeout_ms;
  self->insists_on_h265 = options->insists_on_h265;
  return self;
}

/**
 * cg_push_start:
 * @self: a fresh push
 *
 * Begins; returns at once. The server may be asked before there are pictures: the push waits for
 * them as long as the hub has none. What becomes of it is told by #CgPush::publishing and
 * #CgPush::failed in the thread-default main context of the caller.
 */
void
cg_push_start (CgPush *self)
{
  g_return_if_fail (CG_IS_PUSH (self));
  g_return_if_fail (self->worker == NULL && !self->is_over);
  CG_ON_MAIN ();

  CgRtmpUrl *url = cg_rtmp_url_parse (self->url, NULL);
  g_return_if_fail (url != NULL);
  const CgPushWorkerOptions options = {
      .stall_timeout_ms = self->stall_timeout_ms,
      .insists_on_h265 = self->insists_on_h265,
  };
  self->worker = cg_push_worker_start (self->hub, url, &options, on_worker_event, self);
  self->timer =
      cg_clock_add_timeout (self->clock, self->connect_timeout_ms, on_connect_timeout, self);
}

/**
 * cg_push_stop_async:
 * @self: a push
 * @callback: (nullable): called when the server was told, or after a second and a half
 * @user_data: for @callback
 *
 * Says goodbye to the server (Q10) and ends. Dropping the last reference does the same without
 * telling.
 */
void
cg_push_stop_async (CgPush *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (CG_IS_PUSH (self));
  g_return_if_fail (self->stop_task == NULL);
  CG_ON_MAIN ();

  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, cg_push_stop_async);
  self->is_over = TRUE;
  cg_clear_source (&self->timer);
  if (self->worker == NULL) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  self->stop_task = g_steal_pointer (&task);
  self->timer = cg_clock_add_timeout (self->clock, STOP_TIMEOUT_MS, on_stop_timeout, self);
  cg_push_worker_stop (self->worker);
}

/**
 * cg_push_stop_finish:
 * @self: a push
 * @result: from the callback
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_push_stop_finish (CgPush *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_push_get_stats:
 * @self: a push
 * @stats: (out caller-allocates): filled in
 */
void
cg_push_get_stats (CgPush *self, CgPushStats *stats)
{
  g_return_if_fail (CG_IS_PUSH (self));
  g_return_if_fail (stats != NULL);

  *stats = self->stats;
  if (self->worker != NULL)
    cg_push_worker_get_stats (self->worker, stats);
}
