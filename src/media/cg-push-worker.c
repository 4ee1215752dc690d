/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-push-worker.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cg-error.h"
#include "cg-main.h"
#include "cg-media-loop.h"
#include "cg-push-tags.h"
#include "cg-rtmp-auth.h"
#include "cg-rtmp-session.h"
#include "cg-uplink.h"

/* Units that are sent at once, where so many are there. */
#define BATCH 8

/* The goodbye: how long a send may take, and how long the server may take to hang up after it. */
#define GOODBYE_SEND_MS 500
#define GOODBYE_WAIT_MS 300

struct _CgPushWorker {
  gatomicrefcount references;
  CgHub *hub;     /* (owned) */
  CgRtmpUrl *url; /* (owned) */
  CgPushWorkerOptions options;
  GMainContext *context; /* (owned) */
  CgPushWorkerNotify notify;
  gpointer user_data;
  gboolean detached;         /* main loop only */
  int event_fd;              /* (owned) wakes the thread */
  GCancellable *cancellable; /* (owned) */

  GMutex mutex;        /* guards what follows */
  CgUplink *uplink;    /* (owned) (nullable) */
  GError *abort_error; /* (owned) (nullable) */
  gboolean is_stopping;
  gboolean is_accepted; /* the server takes the publisher: there is somebody to say goodbye to */
  CgPushStats stats;
  CgHubOutput *counted; /* (unowned) (nullable) while it is there: how much it drops */

  CgLoan *loan; /* (owned) of the socket, while pictures go out */

  /* Seen by the thread only, and by the media thread while the socket is lent. There is no thread
   * while pictures go out and nothing is wrong. */
  CgRtmpSession *session;  /* (owned) (nullable) */
  CgHubOutput *output;     /* (owned) (nullable) */
  CgPushTags *tags;        /* (owned) (nullable) of the session */
  gboolean has_pictures;   /* in the queue at least */
  gboolean is_publishing;  /* the first has gone out */
  guint64 written;         /* bytes that the server had taken */
  gint64 blocked_since_us; /* it takes no more; 0: it does */
  GError *failure;         /* (owned) (nullable) why the loan has ended */
};

typedef enum { FAILED, STOPPED, LEFT } Progress;

typedef struct {
  CgPushWorker *worker; /* (owned) */
  CgPushWorkerEvent event;
  GError *error; /* (owned) (nullable) */
} Notification;

static void on_loan_over (gpointer user_data);

static CgPushWorker *
worker_ref (CgPushWorker *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static gboolean
on_notification (gpointer user_data)
{
  Notification *notification = user_data;
  CgPushWorker *self = notification->worker;

  if (!self->detached)
    self->notify (notification->event, notification->error, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
notification_free (gpointer data)
{
  Notification *notification = data;

  g_clear_error (&notification->error);
  cg_push_worker_unref (notification->worker);
  g_free (notification);
}

static void
post (CgPushWorker *self, CgPushWorkerEvent event, GError *error)
{
  Notification *notification = g_new0 (Notification, 1);

  notification->worker = worker_ref (self);
  notification->event = event;
  notification->error = error;
  cg_main_post (self->context, on_notification, notification, notification_free);
}

static void
wake (gpointer user_data)
{
  CgPushWorker *self = user_data;

  if (!cg_loan_kick (self->loan))
    eventfd_write (self->event_fd, 1);
}

static gboolean
is_ending (CgPushWorker *self)
{
  g_mutex_lock (&self->mutex);
  const gboolean is_ending = self->is_stopping || self->abort_error != NULL;
  g_mutex_unlock (&self->mutex);
  return is_ending;
}

/* Closing may wait: not with the lock that the main loop takes, and not for a goodbye of TLS. */
static void
close_in_thread (CgPushWorker *self)
{
  g_clear_pointer (&self->tags, cg_push_tags_free);
  g_clear_pointer (&self->session, cg_rtmp_session_free);
  g_mutex_lock (&self->mutex);
  CgUplink *uplink = g_steal_pointer (&self->uplink);
  g_mutex_unlock (&self->mutex);
  if (uplink == NULL)
    return;
  cg_uplink_shut_down (uplink);
  cg_uplink_free (uplink);
}

static gboolean
shake_hands_in_thread (CgPushWorker *self, CgUplink *uplink, CgRtmpAuth *auth, GError **error)
{
  g_mutex_lock (&self->mutex);
  self->uplink = uplink;
  if (self->abort_error != NULL || self->is_stopping)
    cg_uplink_shut_down (uplink);
  g_mutex_unlock (&self->mutex);
  self->session =
      cg_rtmp_session_new (cg_uplink_get_fd (uplink), self->url, cg_rtmp_auth_get_query (auth));
  if (!cg_rtmp_session_publish_in_thread (self->session, error))
    return FALSE;
  g_mutex_lock (&self->mutex);
  self->is_accepted = TRUE;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

/* As often as the server asks for the login, in a way that is known. */
static gboolean
connect_in_thread (CgPushWorker *self, GError **error)
{
  g_autoptr (CgRtmpAuth) auth = cg_rtmp_auth_new (self->url);

  for (;;) {
    g_autoptr (GError) reason = NULL;
    CgUplink *uplink = cg_uplink_open_in_thread (self->url, self->options.stall_timeout_ms,
                                                 self->cancellable, error);
    if (uplink == NULL)
      return FALSE;
    if (shake_hands_in_thread (self, uplink, auth, &reason))
      return TRUE;
    if (is_ending (self) ||
        !cg_rtmp_auth_answer (auth, cg_rtmp_session_get_refusal (self->session))) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
    close_in_thread (self);
  }
}

static void
count (CgPushWorker *self, const CgAccessUnit *unit)
{
  g_mutex_lock (&self->mutex);
  self->stats.frames += unit->track == CG_TRACK_VIDEO;
  self->stats.bytes += cg_access_unit_get_size (unit);
  g_mutex_unlock (&self->mutex);
}

static gboolean
queue_unit (CgPushWorker *self, CgAccessUnit *unit, gint64 dts_us, gint64 pts_us, GError **error)
{
  if (!cg_push_tags_queue (self->tags, unit, dts_us, pts_us, error))
    return FALSE;
  self->has_pictures = self->has_pictures || unit->track == CG_TRACK_VIDEO;
  count (self, unit);
  return TRUE;
}

/* Returns: how many; −1: they cannot be sent */
static int
queue_batch (CgPushWorker *self, GError **error)
{
  gint64 dts_us, pts_us;

  for (int n = 0; n < BATCH; n++) {
    g_autoptr (CgAccessUnit) unit = cg_hub_output_pop (self->output, &dts_us, &pts_us);
    if (unit == NULL)
      return n;
    if (!queue_unit (self, unit, dts_us, pts_us, error))
      return -1;
  }
  return BATCH;
}

/* Returns: whether the server has taken all there was */
static gboolean
note_progress (CgPushWorker *self)
{
  guint64 written;
  const gboolean is_blocked = cg_rtmp_session_is_blocked (self->session, &written);

  if (!is_blocked)
    self->blocked_since_us = 0;
  else if (self->blocked_since_us == 0 || written != self->written)
    self->blocked_since_us = g_get_monotonic_time ();
  self->written = written;
  cg_loan_await_write (self->loan, is_blocked);
  if (!is_blocked && self->has_pictures && !self->is_publishing) {
    self->is_publishing = TRUE;
    post (self, CG_PUSH_WORKER_PUBLISHING, NULL);
  }
  return !is_blocked;
}

static gboolean
is_too_slow (CgPushWorker *self)
{
  return self->blocked_since_us != 0 && g_get_monotonic_time () - self->blocked_since_us >=
                                            (gint64)self->options.stall_timeout_ms * 1000;
}

/* A loss that came of waiting in vain is told as such. */
static void
explain_loss (CgPushWorker *self, GError **error)
{
  if (is_too_slow (self) || cg_uplink_has_timed_out (self->uplink)) {
    g_clear_error (error);
    g_set_error (error, CG_ERROR, CG_ERROR_TIMED_OUT, "media server took no data for %u ms",
                 self->options.stall_timeout_ms);
  }
  /* The kernel has waited for its acknowledgement as well. */
  if (g_error_matches (*error, CG_ERROR, CG_ERROR_TIMED_OUT))
    cg_error_set_cause (error, CG_ERROR_CAUSE_SLOW);
}

/* As much as the server takes without being waited for. */
static gboolean
send_queued (CgPushWorker *self, GError **error)
{
  int queued = 0;

  do {
    if (!cg_rtmp_session_flush (self->session, error))
      return FALSE;
    if (!note_progress (self) || is_ending (self))
      return TRUE;
    queued = queue_batch (self, error);
  } while (queued > 0);
  return queued == 0;
}

/* Nothing here waits. Returns: whether it goes on in the same way */
static gboolean
on_loan (gboolean is_ready, gpointer user_data)
{
  CgPushWorker *self = user_data;
  const gboolean was_blocked = self->blocked_since_us != 0;

  if (is_ending (self))
    return FALSE;
  if ((is_ready && !cg_rtmp_session_read (self->session, &self->failure)) ||
      !send_queued (self, &self->failure)) {
    explain_loss (self, &self->failure);
    return FALSE;
  }
  /* From now on somebody has to look at the clock. */
  return was_blocked || self->blocked_since_us == 0;
}

static gint64
get_deadline_us (const CgPushWorker *self)
{
  return self->blocked_since_us == 0
             ? G_MAXINT64
             : self->blocked_since_us + (gint64)self->options.stall_timeout_ms * 1000;
}

/* Where nothing can be lent. */
static void
wait_here (CgPushWorker *self)
{
  const gint64 deadline_us = get_deadline_us (self);
  const gboolean is_blocked = self->blocked_since_us != 0;
  const gint64 left_ms = (deadline_us - g_get_monotonic_time () + 999) / 1000;
  struct pollfd fds[] = {
      {.fd = self->event_fd, .events = POLLIN},
      {.fd = cg_uplink_get_fd (self->uplink), .events = is_blocked ? POLLIN | POLLOUT : POLLIN},
  };

  poll (fds, G_N_ELEMENTS (fds), is_blocked ? (int)CLAMP (left_ms, 0, G_MAXINT) : -1);
}

/* Whatever wakes us, we look at everything: a kick may have come just when the loan ended. While
 * the server takes what comes, there is no clock to look at, and no thread is needed for it. */
static Progress
publish_in_thread (CgPushWorker *self, GError **error)
{
  const int fd = cg_uplink_get_fd (self->uplink);
  eventfd_t ignored;

  for (;;) {
    eventfd_read (self->event_fd, &ignored);
    if (self->failure == NULL && is_too_slow (self))
      explain_loss (self, &self->failure);
    if (self->failure == NULL)
      on_loan (TRUE, self);
    if (self->failure != NULL) {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      return FAILED;
    }
    if (is_ending (self))
      return STOPPED;
    if (self->blocked_since_us == 0 && cg_loan_leave (self->loan, fd, on_loan_over))
      return LEFT;
    if (!cg_loan_serve_in_thread (self->loan, fd, self->event_fd, get_deadline_us (self)))
      wait_here (self);
  }
}

static void
say_goodbye_in_thread (CgPushWorker *self)
{
  cg_rtmp_session_say_goodbye_in_thread (self->session, GOODBYE_SEND_MS);
  cg_uplink_await_hang_up_in_thread (self->uplink, GOODBYE_WAIT_MS);
}

static void
begin_output (CgPushWorker *self)
{
  self->tags = cg_push_tags_new (self->session, self->options.insists_on_h265);
  self->output = cg_hub_add_output (self->hub, wake, self);
  g_mutex_lock (&self->mutex);
  self->counted = self->output;
  g_mutex_unlock (&self->mutex);
}

static void
end_output (CgPushWorker *self)
{
  g_mutex_lock (&self->mutex);
  self->stats.dropped = cg_hub_output_get_dropped (self->output);
  self->counted = NULL;
  g_mutex_unlock (&self->mutex);
  cg_hub_remove_output (self->hub, g_steal_pointer (&self->output));
}

/* From the beginning, or from where the media thread has had enough. */
static Progress
work_in_thread (CgPushWorker *self, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (self->output == NULL) {
    if (!connect_in_thread (self, error))
      return FAILED;
    post (self, CG_PUSH_WORKER_ACCEPTED, NULL);
    begin_output (self);
  }
  const Progress progress = publish_in_thread (self, &reason);
  if (progress == LEFT)
    return LEFT;
  end_output (self);
  /* Where the end is ours, the server lets go of the name at once (Q10). */
  if (progress == STOPPED || g_error_matches (reason, CG_ERROR, CG_ERROR_STREAM_FORMAT))
    say_goodbye_in_thread (self);
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return progress;
}

/* An end that the main loop asked for is told in its words. */
static GError *
choose_error (CgPushWorker *self, GError *error)
{
  g_mutex_lock (&self->mutex);
  GError *chosen = self->abort_error != NULL ? g_error_copy (self->abort_error) : NULL;
  const gboolean is_stopping = self->is_stopping;
  g_mutex_unlock (&self->mutex);
  if (chosen == NULL && !is_stopping)
    return error;
  g_clear_error (&error);
  return chosen;
}

/* Takes the worker and the error. */
static void
finish (CgPushWorker *self, GError *error)
{
  close_in_thread (self);
  post (self, CG_PUSH_WORKER_DONE, choose_error (self, error));
  cg_push_worker_unref (self);
}

/* With a reference, which goes to the media thread where the socket does. */
static gpointer
run_in_thread (gpointer data)
{
  CgPushWorker *self = data;
  GError *error = NULL;

  if (work_in_thread (self, &error) != LEFT)
    finish (self, error);
  return NULL;
}

static GError *
make_no_thread (const GError *cause)
{
  return g_error_new (CG_ERROR, CG_ERROR_INTERNAL, "no thread for a push: %s",
                      cause != NULL ? cause->message : "too many open files");
}

/* In the media thread, with the reference of the thread that has left. Who gets no thread ends
 * without a goodbye. */
static void
on_loan_over (gpointer user_data)
{
  CgPushWorker *self = user_data;
  g_autoptr (GError) cause = NULL;
  g_autoptr (GThread) thread = g_thread_try_new ("push", run_in_thread, self, &cause);

  if (thread != NULL)
    return;
  end_output (self);
  GError *error = g_steal_pointer (&self->failure);
  finish (self, error != NULL ? error : make_no_thread (cause));
}

/* Where the machine has no more to give, this push fails and nothing else. */
static void
start_thread (CgPushWorker *self)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GThread) thread = NULL;

  if (self->event_fd >= 0)
    thread = g_thread_try_new ("push", run_in_thread, worker_ref (self), &reason);
  if (thread != NULL)
    return;
  if (self->event_fd >= 0)
    cg_push_worker_unref (self); /* that of the thread */
  post (self, CG_PUSH_WORKER_DONE, make_no_thread (reason));
}

/**
 * cg_push_worker_start:
 * @hub: where the pictures are
 * @url: (transfer full): where they go
 * @options: all is copied
 * @notify: called on the thread-default main context of the caller
 * @user_data: for @notify; see cg_push_worker_detach()
 *
 * Returns: (transfer full): a running worker
 */
CgPushWorker *
cg_push_worker_start (CgHub *hub,
                      CgRtmpUrl *url,
                      const CgPushWorkerOptions *options,
                      CgPushWorkerNotify notify,
                      gpointer user_data)
{
  CgPushWorker *self = g_new0 (CgPushWorker, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->hub = g_object_ref (hub);
  self->url = url;
  self->options = *options;
  self->context = g_main_context_ref_thread_default ();
  self->notify = notify;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->event_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->loan = cg_loan_new (on_loan, self);
  start_thread (self);
  return self;
}

/**
 * cg_push_worker_unref:
 * @self: (transfer full): a worker; any thread
 */
void
cg_push_worker_unref (CgPushWorker *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  if (self->event_fd >= 0)
    close (self->event_fd);
  g_clear_error (&self->abort_error);
  cg_loan_free (self->loan);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  g_object_unref (self->hub);
  cg_rtmp_url_free (self->url);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * cg_push_worker_detach:
 * @self: a worker
 *
 * Its notify function is not called any more. Main loop only.
 */
void
cg_push_worker_detach (CgPushWorker *self)
{
  self->detached = TRUE;
}

/**
 * cg_push_worker_stop:
 * @self: a worker
 *
 * Ends with a goodbye where the server takes the publisher, else at once.
 */
void
cg_push_worker_stop (CgPushWorker *self)
{
  g_mutex_lock (&self->mutex);
  self->is_stopping = TRUE;
  if (!self->is_accepted && self->uplink != NULL)
    cg_uplink_shut_down (self->uplink);
  g_mutex_unlock (&self->mutex);
  g_cancellable_cancel (self->cancellable);
  wake (self);
}

/**
 * cg_push_worker_abort:
 * @self: a worker
 * @error: (transfer full): why
 *
 * Ends every wait of the thread, and so the thread, at once and without a goodbye.
 */
void
cg_push_worker_abort (CgPushWorker *self, GError *error)
{
  g_mutex_lock (&self->mutex);
  if (self->abort_error == NULL)
    self->abort_error = g_steal_pointer (&error);
  if (self->uplink != NULL)
    cg_uplink_shut_down (self->uplink);
  g_mutex_unlock (&self->mutex);
  g_clear_error (&error);
  g_cancellable_cancel (self->cancellable);
  wake (self);
}

/**
 * cg_push_worker_get_stats:
 * @self: a worker
 * @stats: (out caller-allocates): filled in
 */
void
cg_push_worker_get_stats (CgPushWorker *self, CgPushStats *stats)
{
  g_mutex_lock (&self->mutex);
  *stats = self->stats;
  if (self->counted != NULL)
    stats->dropped = cg_hub_output_get_dropped (self->counted);
  g_mutex_unlock (&self->mutex);
}
