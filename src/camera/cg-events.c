/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-events.h"

#include "cg-backoff.h"
#include "cg-error.h"
#include "cg-jobs.h"
#include "cg-main.h"
#include "cg-onvif-events.h"

/* One call; the camera is known to be there. */
#define CALL_TIMEOUT_MS 5000
/* Nobody waits longer than this for our end. */
#define GOODBYE_TIMEOUT_MS 1500
/* A subscription that nobody renews is soon gone. */
#define LIFE_MS 60000
/* Long enough to be rare, short enough for any firewall on the way. */
#define WAIT_MS 20000
#define MAX_MESSAGES 32
/* The floor between two polls (Q42): what comes one by one comes sooner. */
#define EMPTY_FLOOR_MS 1000
#define FULL_FLOOR_MS 250
/* Cameras have few subscriptions to give, and lose them (Q43): never sooner than this. */
#define SUBSCRIBE_MIN_MS 10000
#define SUBSCRIBE_MAX_MS (10 * 60 * 1000)
/* A daemon that fails so often in a row is being broken by us (Q41). */
#define MAX_FAULTS 5
/* States that are remembered: more than any camera has topics. */
#define MAX_STATES 256

struct _CgEvents {
  GObject parent_instance;

  GThreadPool *workers; /* (unowned) */
  CgClock *clock;
  char *did;
  char *filter; /* (nullable): no events */

  CgJobs *jobs;            /* (owned) (nullable) while the camera is there */
  CgOnvifPullPoint *point; /* (owned) (nullable) */
  CgOnvifPullPoint *stale; /* (owned) (nullable) may still count against us at the camera */
  GSource *next;
  GHashTable *states; /* (owned) key → GINT (CgAlarmState), as told last */
  CgBackoff backoff;
  guint faults; /* in a row */
  gboolean given_up;
  gboolean never_renews;
  gboolean is_subscribing;
  gint64 subscribed_ms; /* monotonic, the last try; 0: none */
  gint64 renewed_ms;
  gint64 polled_ms;
  GTask *close; /* (owned) (nullable) */
};

enum { SIGNAL_ALARM, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgEvents, cg_events, G_TYPE_OBJECT)

static gboolean on_next (gpointer user_data);

static gint64
get_now (CgEvents *self)
{
  return cg_clock_get_monotonic_ms (self->clock);
}

static void
plan (CgEvents *self, gint64 delay_ms)
{
  cg_clear_source (&self->next);
  if (self->jobs != NULL && !self->given_up)
    self->next = cg_clock_add_timeout (self->clock, MAX (delay_ms, 0), on_next, self);
}

static gpointer
subscribe_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const CgOnvifPullPoint *stale = data;

  cg_onvif_session_set_timeout_ms (session, CALL_TIMEOUT_MS);
  if (stale != NULL)
    cg_onvif_events_unsubscribe_in_thread (session, stale, NULL);
  return cg_onvif_events_subscribe_in_thread (session, LIFE_MS, error);
}

static gpointer
pull_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const CgOnvifPullPoint *point = data;

  cg_onvif_session_set_timeout_ms (session, CALL_TIMEOUT_MS);
  return cg_onvif_events_pull_in_thread (session, point, MIN (WAIT_MS, point->life_ms / 3),
                                         MAX_MESSAGES, error);
}

static gpointer
renew_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  g_autoptr (CgOnvifPullPoint) point = cg_onvif_pull_point_copy (data);

  return cg_onvif_events_renew_in_thread (session, point, LIFE_MS, error) ? g_steal_pointer (&point)
                                                                          : NULL;
}

static gpointer
unsubscribe_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  return GINT_TO_POINTER (cg_onvif_events_unsubscribe_in_thread (session, data, error));
}

static void
run (CgEvents *self,
     CgJobKind kind,
     CgJobFunc func,
     const CgOnvifPullPoint *point,
     guint timeout_ms,
     GDestroyNotify free_result,
     GAsyncReadyCallback callback)
{
  const CgJob job = {
      .kind = kind,
      .timeout_ms = timeout_ms,
      .run_in_thread = func,
      .data = point != NULL ? cg_onvif_pull_point_copy (point) : NULL,
      .free_data = (GDestroyNotify)cg_onvif_pull_point_free,
      .free_result = free_result,
  };

  cg_jobs_run_async (self->jobs, &job, callback, g_object_ref (self));
}

/* What no second try changes. */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_NOT_PERMITTED) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
}

/* Its subscription is given back with the next try: it may be there still (Q43). */
static void
drop_point (CgEvents *self)
{
  if (self->point == NULL)
    return;
  cg_onvif_pull_point_free (self->stale);
  self->stale = g_steal_pointer (&self->point);
}

static void
give_up (CgEvents *self, const GError *error)
{
  self->given_up = TRUE;
  g_warning ("%s: no events any more until it is in contact anew: %s", self->did, error->message);
}

/* Q41, Q43: longer pauses after each fault, then none at all. */
static void
note_fault (CgEvents *self, const GError *error)
{
  const gint64 pause_ms = cg_backoff_next_ms (&self->backoff, NULL);
  const gint64 spacing_ms = self->subscribed_ms + SUBSCRIBE_MIN_MS - get_now (self);
  const gboolean is_first = self->faults == 0;

  self->faults++;
  drop_point (self);
  if (self->faults >= MAX_FAULTS) {
    give_up (self, error);
    return;
  }
  g_info ("%s: events: %s", self->did, error->message);
  plan (self, MAX (is_first ? 0 : pause_ms, spacing_ms));
}

/* Whether a callback still has anything to do with what is going on. */
static gboolean
is_current (CgEvents *self, GObject *jobs)
{
  return self->jobs != NULL && (GObject *)self->jobs == jobs && self->close == NULL;
}

static void
stop (CgEvents *self)
{
  cg_clear_source (&self->next);
  self->is_subscribing = FALSE;
  drop_point (self);
  if (self->jobs == NULL)
    return;
  g_autoptr (CgJobs) jobs = g_steal_pointer (&self->jobs);
  cg_jobs_close (jobs);
}

static void
finish_close (CgEvents *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->close);

  stop (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_goodbye (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgEvents) self = user_data;
  g_autoptr (GError) error = NULL;

  cg_jobs_run_finish (CG_JOBS (object), result, &error);
  if (error != NULL)
    g_debug ("%s: not unsubscribed: %s", self->did, error->message);
  finish_close (self);
}

static void
say_goodbye (CgEvents *self)
{
  cg_clear_source (&self->next);
  if (self->point == NULL)
    finish_close (self);
  else
    run (self, CG_JOB_STOP, unsubscribe_in_thread, self->point, GOODBYE_TIMEOUT_MS, NULL,
         on_goodbye);
}

static gboolean
on_goodbye_deadline (gpointer user_data)
{
  finish_close (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_subscribed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgEvents) self = user_data;
  g_autoptr (GError) error = NULL;
  CgOnvifPullPoint *point = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if ((GObject *)self->jobs != object) {
    cg_onvif_pull_point_free (point);
    return;
  }
  self->is_subscribing = FALSE;
  if (self->close != NULL) {
    self->point = point;
    say_goodbye (self);
  } else if (point != NULL) {
    g_clear_pointer (&self->stale, cg_onvif_pull_point_free);
    self->point = point;
    self->never_renews = FALSE;
    self->renewed_ms = get_now (self);
    g_info ("%s: subscribed to events", self->did);
    plan (self, 0);
  } else if (is_final (error)) {
    give_up (self, error);
  } else {
    note_fault (self, error);
  }
}

static void
subscribe (CgEvents *self)
{
  self->subscribed_ms = get_now (self);
  self->is_subscribing = TRUE;
  run (self, CG_JOB_READ, subscribe_in_thread, self->stale, 2 * CALL_TIMEOUT_MS,
       (GDestroyNotify)cg_onvif_pull_point_free, on_subscribed);
}

static char **
flatten (const GPtrArray *items)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < items->len; i++) {
    const CgOnvifItem *item = g_ptr_array_index (items, i);

    g_strv_builder_add (builder, item->name);
    g_strv_builder_add (builder, item->value);
  }
  return g_strv_builder_end (builder);
}

/* Whether it says anything new. Of the states a newcomer is told only what is on, or is another
 * than it was told last, counts. */
static gboolean
is_news (CgEvents *self, const CgAlarm *alarm, gboolean is_first)
{
  g_autofree char *key = cg_alarm_get_key (alarm);
  gpointer before = NULL;
  const gboolean is_known = g_hash_table_lookup_extended (self->states, key, NULL, &before);

  if (alarm->state == CG_ALARM_TEXT)
    return !is_first;
  if (is_known || g_hash_table_size (self->states) < MAX_STATES)
    g_hash_table_insert (self->states, g_steal_pointer (&key), GINT_TO_POINTER (alarm->state));
  if (is_known)
    return GPOINTER_TO_INT (before) != (int)alarm->state;
  return !is_first || alarm->state == CG_ALARM_ON;
}

static void
tell (CgEvents *self, const CgOnvifNotification *notification)
{
  g_auto (GStrv) source = flatten (notification->source);
  g_auto (GStrv) data = flatten (notification->data);
  g_autoptr (CgAlarm) alarm = cg_alarm_new (notification->topic, (const char *const *)source,
                                            (const char *const *)data, notification->at_ms);

  if (cg_alarm_is_wanted (alarm, self->filter) && is_news (self, alarm, notification->is_first))
    g_signal_emit (self, signals[SIGNAL_ALARM], 0, alarm);
}

static void
on_pulled (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgEvents) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (!is_current (self, object))
    return;
  if (list == NULL) {
    note_fault (self, error);
    return;
  }
  self->faults = 0;
  cg_backoff_reset (&self->backoff);
  plan (self, self->polled_ms + (list->len == 0 ? EMPTY_FLOOR_MS : FULL_FLOOR_MS) - get_now (self));
  for (guint i = 0; i < list->len; i++)
    tell (self, g_ptr_array_index (list, i));
}

static void
pull (CgEvents *self)
{
  self->polled_ms = get_now (self);
  run (self, CG_JOB_READ, pull_in_thread, self->point, WAIT_MS + CALL_TIMEOUT_MS,
       (GDestroyNotify)g_ptr_array_unref, on_pulled);
}

/* A camera without Renew keeps what is pulled, or it is subscribed anew when it is lost. */
static void
on_renewed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgEvents) self = user_data;
  g_autoptr (GError) error = NULL;
  CgOnvifPullPoint *point = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (!is_current (self, object)) {
    cg_onvif_pull_point_free (point);
    return;
  }
  self->renewed_ms = get_now (self);
  if (point != NULL) {
    cg_onvif_pull_point_free (self->point);
    self->point = point;
  } else {
    self->never_renews = TRUE;
    g_debug ("%s: %s", self->did, error->message);
  }
  plan (self, 0);
}

static gboolean
is_renewal_due (CgEvents *self)
{
  return !self->never_renews && get_now (self) - self->renewed_ms >= self->point->life_ms / 2;
}

static gboolean
on_next (gpointer user_data)
{
  CgEvents *self = user_data;

  cg_clear_source (&self->next);
  if (self->point == NULL)
    subscribe (self);
  else if (is_renewal_due (self))
    run (self, CG_JOB_READ, renew_in_thread, self->point, CALL_TIMEOUT_MS,
         (GDestroyNotify)cg_onvif_pull_point_free, on_renewed);
  else
    pull (self);
  return G_SOURCE_REMOVE;
}

static void
cg_events_dispose (GObject *object)
{
  CgEvents *self = CG_EVENTS (object);

  stop (self);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_events_parent_class)->dispose (object);
}

static void
cg_events_finalize (GObject *object)
{
  CgEvents *self = CG_EVENTS (object);

  cg_onvif_pull_point_free (self->point);
  cg_onvif_pull_point_free (self->stale);
  g_hash_table_unref (self->states);
  g_free (self->did);
  g_free (self->filter);
  G_OBJECT_CLASS (cg_events_parent_class)->finalize (object);
}

static void
cg_events_class_init (CgEventsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_events_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_events_finalize;
  signals[SIGNAL_ALARM] = g_signal_new ("alarm", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, CG_TYPE_ALARM);
}

static void
cg_events_init (CgEvents *self)
{
  self->backoff = (CgBackoff)CG_BACKOFF_INIT (SUBSCRIBE_MIN_MS, SUBSCRIBE_MAX_MS);
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->subscribed_ms = -SUBSCRIBE_MIN_MS;
}

/**
 * cg_events_new:
 * @workers: from cg_jobs_pool_new(); outlives the events
 * @clock: for pauses and deadlines
 * @config: of the camera; copied
 *
 * Returns: (transfer full): the events of one camera; none are asked for before cg_events_open()
 */
CgEvents *
cg_events_new (GThreadPool *workers, CgClock *clock, const CgCameraConfig *config)
{
  CgEvents *self = g_object_new (CG_TYPE_EVENTS, NULL);

  self->workers = workers;
  self->clock = g_object_ref (clock);
  self->did = g_strdup (config->did);
  self->filter = g_strdup (config->events);
  return self;
}

/**
 * cg_events_is_wanted:
 * @self: the events of a camera
 *
 * Returns: whether the configuration asks for any: pulling breaks some cameras (Q41)
 */
gboolean
cg_events_is_wanted (CgEvents *self)
{
  return self->filter != NULL && *self->filter != '\0';
}

/**
 * cg_events_open:
 * @self: the events of a camera
 * @session: (transfer full): a conversation of its own with a camera that has just come into
 *   contact
 *
 * Subscribes, and pulls until cg_events_suspend(). Who is open already goes on as before.
 */
void
cg_events_open (CgEvents *self, CgOnvifSession *session)
{
  const gint64 spacing_ms = self->subscribed_ms + SUBSCRIBE_MIN_MS - get_now (self);

  CG_ON_MAIN ();
  if (!cg_events_is_wanted (self) || self->jobs != NULL || self->close != NULL) {
    cg_onvif_session_free (session);
    return;
  }
  self->jobs = cg_jobs_new (self->workers, self->clock, session);
  self->given_up = FALSE;
  self->faults = 0;
  cg_backoff_reset (&self->backoff);
  plan (self, spacing_ms);
}

/**
 * cg_events_suspend:
 * @self: the events of a camera
 *
 * The camera is gone: nothing is asked until cg_events_open().
 */
void
cg_events_suspend (CgEvents *self)
{
  CG_ON_MAIN ();
  if (self->close == NULL)
    stop (self);
}

/**
 * cg_events_close_async:
 * @self: the events of a camera
 * @callback: finish with cg_events_close_finish()
 * @user_data: for @callback
 *
 * Gives the subscription back (Q43), in a bounded time, and beside a pull that waits.
 */
void
cg_events_close_async (CgEvents *self, GAsyncReadyCallback callback, gpointer user_data)
{
  CG_ON_MAIN ();
  g_return_if_fail (self->close == NULL);

  self->close = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->close, cg_events_close_async);
  cg_clear_source (&self->next);
  if (!self->is_subscribing)
    say_goodbye (self);
  else
    self->next = cg_clock_add_timeout (self->clock, GOODBYE_TIMEOUT_MS, on_goodbye_deadline, self);
}

/**
 * cg_events_close_finish:
 * @self: the events of a camera
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_events_close_finish (CgEvents *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
