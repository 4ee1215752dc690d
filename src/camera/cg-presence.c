/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-presence.h"

#include "cg-backoff.h"
#include "cg-main.h"

/* A whole contact is some eight calls. */
#define CONTACT_TIMEOUT_MS 15000
#define CHECK_TIMEOUT_MS 5000
/* How soon a camera that nobody uses is found to be gone. */
#define CHECK_INTERVAL_MS 60000
#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 60000

struct _CgPresence {
  GObject parent_instance;

  CgJobs *jobs;
  CgClock *clock;
  CgBreaker *breaker;     /* of the camera's login */
  CgCameraConfig *config; /* with the address where the camera is now */
  CgFollower *follower;   /* (nullable) */

  gboolean open;
  gboolean closed; /* and not to be opened again */
  gboolean up;
  gboolean asking;    /* a contact or a check is under way */
  gboolean has_moved; /* what is under way asks at an old address */
  CgContact *contact; /* (nullable): the last good one; kept while the camera is away */
  GError *problem;    /* (nullable): why the last contact failed */
  CgBackoff backoff;
  GSource *next;  /* the next contact or check */
  GQueue waiters; /* (element-type Waiter) */
};

/* Somebody who needs the camera. */
typedef struct {
  CgPresence *presence;
  CgPresenceFunc func;
  gpointer user_data;
  GSource *deadline; /* (nullable) */
} Waiter;

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgPresence, cg_presence, G_TYPE_OBJECT)

static gboolean on_next (gpointer user_data);

static void
waiter_answer (Waiter *self, const GError *error)
{
  cg_clear_source (&self->deadline);
  self->func (self->user_data, error);
  g_free (self);
}

static void
answer_waiters (CgPresence *self, const GError *error)
{
  GQueue waiters = self->waiters;
  Waiter *waiter;

  g_queue_init (&self->waiters);
  while ((waiter = g_queue_pop_head (&waiters)) != NULL)
    waiter_answer (waiter, error);
}

static gboolean
on_waiter_deadline (gpointer user_data)
{
  Waiter *waiter = user_data;
  CgPresence *self = waiter->presence;
  g_autoptr (GError) error = NULL;

  g_queue_remove (&self->waiters, waiter);
  error = g_error_new (CG_ERROR, CG_ERROR_TIMED_OUT, "camera %s did not answer in time",
                       self->config->did);
  waiter_answer (waiter, error);
  return G_SOURCE_REMOVE;
}

static void
plan (CgPresence *self, guint delay_ms)
{
  cg_clear_source (&self->next);
  if (self->open)
    self->next = cg_clock_add_timeout (self->clock, delay_ms, on_next, self);
}

static void
come_up (CgPresence *self, CgContact *contact)
{
  g_clear_pointer (&self->contact, cg_contact_free);
  self->contact = contact;
  if (contact->session != NULL)
    cg_jobs_share_learnt (self->jobs, g_steal_pointer (&contact->session));
  g_clear_error (&self->problem);
  cg_backoff_reset (&self->backoff);
  self->up = TRUE;
  plan (self, CHECK_INTERVAL_MS);
  g_message ("%s: in contact", self->config->did);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  answer_waiters (self, NULL);
}

/* One that refuses our login is there (Q16). */
static void
tell_follower (CgPresence *self, const GError *error)
{
  if (self->follower == NULL)
    return;
  if (g_error_matches (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED))
    cg_follower_close (self->follower);
  else
    cg_follower_lose (self->follower);
}

static void
go_down (CgPresence *self, const GError *error)
{
  const gboolean news = self->up || self->problem == NULL || self->problem->code != error->code;
  g_autoptr (GError) copy = g_error_copy (error);

  g_clear_error (&self->problem);
  self->problem = g_error_copy (error);
  self->up = FALSE;
  if (g_error_matches (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED))
    plan (self, cg_breaker_get_retry_ms (self->breaker));
  else
    plan (self, cg_backoff_next_ms (&self->backoff, NULL));
  tell_follower (self, error);
  if (news) {
    g_message ("%s: not in contact: %s", self->config->did, error->message);
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  }
  answer_waiters (self, copy);
}

static gpointer
contact_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  return cg_contact_in_thread (session, data, CHECK_TIMEOUT_MS, error);
}

static gpointer
check_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  return GINT_TO_POINTER (cg_contact_check_in_thread (session, data, CHECK_TIMEOUT_MS, error));
}

/* Both questions go to the camera in a job with a copy of its configuration. */
static void
ask (CgPresence *self,
     CgJobFunc func,
     guint timeout_ms,
     GDestroyNotify free_result,
     GAsyncReadyCallback callback)
{
  const CgJob job = {
      .kind = CG_JOB_READ,
      .timeout_ms = timeout_ms,
      .run_in_thread = func,
      .data = cg_camera_config_copy (self->config),
      .free_data = (GDestroyNotify)cg_camera_config_free,
      .free_result = free_result,
  };

  cg_clear_source (&self->next);
  self->asking = TRUE;
  cg_jobs_run_async (self->jobs, &job, callback, g_object_ref (self));
}

static void
on_contact (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgPresence) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CgContact) contact = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  const gboolean has_moved = self->has_moved;
  self->asking = FALSE;
  self->has_moved = FALSE;
  if (!self->open)
    return;
  if (contact != NULL &&
      (self->follower == NULL || cg_follower_arrive (self->follower, contact, &error)))
    come_up (self, g_steal_pointer (&contact));
  else
    go_down (self, error);
  if (!self->up && has_moved)
    plan (self, 0);
}

static void
begin_contact (CgPresence *self)
{
  ask (self, contact_in_thread, CONTACT_TIMEOUT_MS, (GDestroyNotify)cg_contact_free, on_contact);
}

static void
on_checked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgPresence) self = user_data;
  g_autoptr (GError) error = NULL;

  self->asking = FALSE;
  cg_jobs_run_finish (CG_JOBS (object), result, &error);
  if (!self->open)
    return;
  if (error == NULL)
    plan (self, CHECK_INTERVAL_MS);
  else
    go_down (self, error);
}

static void
begin_check (CgPresence *self)
{
  ask (self, check_in_thread, CHECK_TIMEOUT_MS, NULL, on_checked);
}

static gboolean
on_next (gpointer user_data)
{
  CgPresence *self = user_data;

  cg_clear_source (&self->next);
  if (self->up)
    begin_check (self);
  else
    begin_contact (self);
  return G_SOURCE_REMOVE;
}

static void
on_moved (CgFollower *follower, CgPresence *self)
{
  g_free (self->config->address);
  self->config->address = g_strdup (cg_follower_get_address (follower));
  if (!self->open || self->up)
    return;
  if (self->asking)
    self->has_moved = TRUE;
  else
    begin_contact (self);
}

static void
on_left (CgFollower *follower, CgPresence *self)
{
  if (self->open && self->up && !self->asking)
    begin_check (self);
}

static void
on_wrong (CgFollower *follower, const GError *error, CgPresence *self)
{
  if (self->open && self->up)
    go_down (self, error);
}

static void
cg_presence_dispose (GObject *object)
{
  CgPresence *self = CG_PRESENCE (object);

  cg_presence_close (self);
  g_clear_object (&self->follower);
  g_clear_object (&self->jobs);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_presence_parent_class)->dispose (object);
}

static void
cg_presence_finalize (GObject *object)
{
  CgPresence *self = CG_PRESENCE (object);

  cg_camera_config_free (self->config);
  cg_breaker_unref (self->breaker);
  g_clear_pointer (&self->contact, cg_contact_free);
  g_clear_error (&self->problem);
  G_OBJECT_CLASS (cg_presence_parent_class)->finalize (object);
}

static void
cg_presence_class_init (CgPresenceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_presence_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_presence_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cg_presence_init (CgPresence *self)
{
  self->backoff = (CgBackoff)CG_BACKOFF_INIT (RETRY_MIN_MS, RETRY_MAX_MS);
}

/**
 * cg_presence_new:
 * @jobs: of the camera
 * @clock: for pauses and deadlines
 * @breaker: of the camera's login
 * @config: of the camera; copied
 *
 * Returns: (transfer full): whether one camera answers, and what it has told
 */
CgPresence *
cg_presence_new (CgJobs *jobs, CgClock *clock, CgBreaker *breaker, const CgCameraConfig *config)
{
  CgPresence *self = g_object_new (CG_TYPE_PRESENCE, NULL);

  self->jobs = g_object_ref (jobs);
  self->clock = g_object_ref (clock);
  self->breaker = cg_breaker_ref (breaker);
  self->config = cg_camera_config_copy (config);
  return self;
}

/**
 * cg_presence_set_follower:
 * @self: a presence that is not open
 * @follower: knows where the camera is, and whether it is the right one
 */
void
cg_presence_set_follower (CgPresence *self, CgFollower *follower)
{
  self->follower = g_object_ref (follower);
  g_signal_connect_object (follower, "moved", G_CALLBACK (on_moved), self, 0);
  g_signal_connect_object (follower, "left", G_CALLBACK (on_left), self, 0);
  g_signal_connect_object (follower, "wrong", G_CALLBACK (on_wrong), self, 0);
  on_moved (follower, self);
}

/**
 * cg_presence_open:
 * @self: a presence
 *
 * Begins to reach the camera, and keeps trying with growing pauses; then looks now and then
 * whether it is still there.
 */
void
cg_presence_open (CgPresence *self)
{
  CG_ON_MAIN ();
  if (self->open)
    return;
  self->open = TRUE;
  begin_contact (self);
}

/**
 * cg_presence_close:
 * @self: a presence
 *
 * Ends that, and answers who waits with %CG_ERROR_CANCELLED.
 */
void
cg_presence_close (CgPresence *self)
{
  g_autoptr (GError) error =
      g_error_new (CG_ERROR, CG_ERROR_CANCELLED, "camera %s is being removed", self->config->did);

  self->open = FALSE;
  self->closed = TRUE;
  if (self->follower != NULL)
    cg_follower_close (self->follower);
  cg_clear_source (&self->next);
  answer_waiters (self, error);
}

/**
 * cg_presence_await:
 * @self: a presence
 * @timeout_ms: 0: as long as a contact takes
 * @func: called at once if the camera is there, else after the next contact
 * @user_data: given to @func, once
 *
 * A camera that is not there is asked at once, unless it refuses our login: it is not to be locked
 * by us (Q6).
 */
void
cg_presence_await (CgPresence *self, guint timeout_ms, CgPresenceFunc func, gpointer user_data)
{
  Waiter *waiter;

  CG_ON_MAIN ();
  if (self->up) {
    func (user_data, NULL);
    return;
  }
  if (self->closed || g_error_matches (self->problem, CG_ERROR, CG_ERROR_LOGIN_REFUSED)) {
    g_autoptr (GError) error = self->problem != NULL
                                   ? g_error_copy (self->problem)
                                   : g_error_new (CG_ERROR, CG_ERROR_UNREACHABLE,
                                                  "camera %s is not in use", self->config->did);

    func (user_data, error);
    return;
  }
  waiter = g_new0 (Waiter, 1);
  waiter->presence = self;
  waiter->func = func;
  waiter->user_data = user_data;
  if (timeout_ms > 0)
    waiter->deadline = cg_clock_add_timeout (self->clock, timeout_ms, on_waiter_deadline, waiter);
  g_queue_push_tail (&self->waiters, waiter);
  /* One that takes another's place is opened when that one has gone: who asks meanwhile waits. */
  if (self->open && !self->asking)
    begin_contact (self);
}

/**
 * cg_presence_drop:
 * @self: a presence
 * @func: what was given to cg_presence_await()
 * @is_meant: (nullable): which of those; %NULL: all
 * @test_data: for @is_meant
 * @reason: why they do not wait any more
 *
 * Answers those who wait with @func with %CG_ERROR_CANCELLED.
 */
void
cg_presence_drop (CgPresence *self,
                  CgPresenceFunc func,
                  CgPresenceTest is_meant,
                  gpointer test_data,
                  const char *reason)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_CANCELLED, reason);
  GQueue waiters = self->waiters;
  GQueue dropped = G_QUEUE_INIT;
  Waiter *waiter;

  CG_ON_MAIN ();
  g_queue_init (&self->waiters);
  while ((waiter = g_queue_pop_head (&waiters)) != NULL) {
    const gboolean is_dropped =
        waiter->func == func && (is_meant == NULL || is_meant (waiter->user_data, test_data));

    g_queue_push_tail (is_dropped ? &dropped : &self->waiters, waiter);
  }
  while ((waiter = g_queue_pop_head (&dropped)) != NULL)
    waiter_answer (waiter, error);
}

/**
 * cg_presence_doubt:
 * @self: a presence
 * @error: what somebody met who used the camera
 *
 * Looks at once whether the camera is still there.
 */
void
cg_presence_doubt (CgPresence *self, const GError *error)
{
  CG_ON_MAIN ();
  if (!self->up || !self->open || self->asking)
    return;
  g_debug ("%s: still there? %s", self->config->did, error->message);
  begin_check (self);
}

/**
 * cg_presence_is_up:
 * @self: a presence
 *
 * Returns: whether the camera answered when it was asked last
 */
gboolean
cg_presence_is_up (CgPresence *self)
{
  return self->up;
}

/**
 * cg_presence_get_address:
 * @self: a presence
 *
 * Returns: (transfer none) (nullable): where the camera is: as configured, or where it was found
 */
const char *
cg_presence_get_address (CgPresence *self)
{
  return self->config->address;
}

/**
 * cg_presence_get_contact:
 * @self: a presence
 *
 * Returns: (transfer none) (nullable): what the camera has told; never %NULL while it is up
 */
const CgContact *
cg_presence_get_contact (CgPresence *self)
{
  return self->contact;
}

/**
 * cg_presence_get_problem:
 * @self: a presence
 *
 * Returns: (transfer none) (nullable): why it is not up
 */
const GError *
cg_presence_get_problem (CgPresence *self)
{
  return self->problem;
}
