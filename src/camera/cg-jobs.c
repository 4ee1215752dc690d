/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-jobs.h"

#include "cg-error.h"
#include "cg-main.h"

/* Lanes, each with a session of its own: what is slow in one never delays a stop, and looking at
 * the camera delays no move. */
typedef enum { LANE_WORK, LANE_STOP, LANE_LOOK, N_LANES } LaneId;

#define CLOSED_TEXT "the camera is being removed"

typedef struct _Ticket Ticket;

typedef struct {
  CgOnvifSession *session; /* (owned) lent to the worker while @running is set */
  GQueue waiting;          /* (element-type Ticket) each owned */
  Ticket *running;         /* owned by the worker until it is back */
} Lane;

struct _CgJobs {
  GObject parent_instance;

  GThreadPool *workers; /* (unowned) */
  GMainContext *context;
  CgClock *clock;
  Lane lanes[N_LANES];
  gboolean is_closed;
};

/* One job on its way. The worker sees @job, @session, @result and @error only. */
struct _Ticket {
  CgJobs *jobs; /* (owned): keeps the session alive */
  LaneId lane;
  CgJob job;
  CgOnvifSession *session; /* (unowned) */
  GTask *task;             /* (owned) (nullable): %NULL once answered */
  GSource *deadline;
  gpointer result;
  GError *error;
  gboolean gives_way; /* to what came after it, though it runs: it begins anew */
};

G_DEFINE_FINAL_TYPE (CgJobs, cg_jobs, G_TYPE_OBJECT)

static void
ticket_free (Ticket *self)
{
  cg_clear_source (&self->deadline);
  g_clear_object (&self->task);
  if (self->job.free_data != NULL)
    self->job.free_data (self->job.data);
  if (self->result != NULL && self->job.free_result != NULL)
    self->job.free_result (self->result);
  g_clear_error (&self->error);
  g_object_unref (self->jobs);
  g_free (self);
}

/* A ticket is answered once; whoever comes later finds no task. */
static void
ticket_fail (Ticket *self, CgError code, const char *text)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  cg_clear_source (&self->deadline);
  if (task != NULL)
    g_task_return_new_error (task, CG_ERROR, code, "%s", text);
}

static void
ticket_answer (Ticket *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  cg_clear_source (&self->deadline);
  if (task == NULL)
    return;
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&self->result), self->job.free_result);
}

/* Returns: (transfer full) (nullable): what is done next: what somebody waits for, if there is any
 */
static Ticket *
lane_take_next (Lane *self)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next) {
    Ticket *ticket = l->data;

    if (ticket->job.kind == CG_JOB_SPARE)
      continue;
    g_queue_delete_link (&self->waiting, l);
    return ticket;
  }
  return g_queue_pop_head (&self->waiting);
}

static void
lane_pump (Lane *self, GThreadPool *workers)
{
  Ticket *ticket;

  if (self->running != NULL)
    return;
  ticket = lane_take_next (self);
  if (ticket == NULL)
    return;
  self->running = ticket;
  ticket->session = self->session;
  cg_onvif_session_begin_job (self->session);
  g_thread_pool_push (workers, ticket, NULL);
}

/* What runs and nobody waits for makes room for what has come. */
static void
lane_make_room (Lane *self)
{
  Ticket *running = self->running;

  if (running == NULL || running->job.kind != CG_JOB_SPARE || running->gives_way)
    return;
  running->gives_way = TRUE;
  cg_onvif_session_abort (self->session);
}

/* Whether it has given way, and is wanted still. */
static gboolean
begins_anew (Ticket *self)
{
  const gboolean gave_way = self->gives_way && self->error != NULL;

  self->gives_way = FALSE;
  if (!gave_way || self->task == NULL)
    return FALSE;
  g_clear_error (&self->error);
  return TRUE;
}

static gboolean
on_ticket_back (gpointer user_data)
{
  Ticket *ticket = user_data;
  g_autoptr (CgJobs) self = g_object_ref (ticket->jobs);
  Lane *lane = &self->lanes[ticket->lane];

  lane->running = NULL;
  cg_onvif_session_end_job (lane->session);
  if (begins_anew (ticket)) {
    g_queue_push_head (&lane->waiting, ticket);
  } else {
    ticket_answer (ticket);
    ticket_free (ticket);
  }
  lane_pump (lane, self->workers);
  return G_SOURCE_REMOVE;
}

static void
work_in_thread (gpointer data, gpointer user_data)
{
  Ticket *ticket = data;

  cg_onvif_session_set_timeout_ms (ticket->session, MAX (ticket->job.timeout_ms, 1));
  ticket->result = ticket->job.run_in_thread (ticket->session, ticket->job.data, &ticket->error);
  cg_main_post (ticket->jobs->context, on_ticket_back, ticket, NULL);
}

static gboolean
on_deadline (gpointer user_data)
{
  Ticket *ticket = user_data;
  Lane *lane = &ticket->jobs->lanes[ticket->lane];

  ticket_fail (ticket, CG_ERROR_TIMED_OUT, "the camera did not answer in time");
  if (lane->running == ticket)
    cg_onvif_session_abort (lane->session);
  else if (g_queue_remove (&lane->waiting, ticket))
    ticket_free (ticket);
  return G_SOURCE_REMOVE;
}

static void
cg_jobs_finalize (GObject *object)
{
  CgJobs *self = CG_JOBS (object);

  for (guint i = 0; i < N_LANES; i++)
    cg_onvif_session_free (self->lanes[i].session);
  g_clear_object (&self->clock);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (cg_jobs_parent_class)->finalize (object);
}

static void
cg_jobs_class_init (CgJobsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cg_jobs_finalize;
}

static void
cg_jobs_init (CgJobs *self)
{
  self->context = g_main_context_ref_thread_default ();
}

/**
 * cg_jobs_pool_new:
 *
 * The workers of all cameras. Without an upper bound, as each camera has at most three jobs
 * running: a bound would let dead cameras hold up the healthy ones.
 *
 * Returns: (transfer full): a pool for cg_jobs_new()
 */
GThreadPool *
cg_jobs_pool_new (void)
{
  return g_thread_pool_new (work_in_thread, NULL, -1, FALSE, NULL);
}

/**
 * cg_jobs_new:
 * @workers: from cg_jobs_pool_new(); outlives the jobs
 * @clock: for the deadlines
 * @session: (transfer full): the camera's login and address
 *
 * Returns: (transfer full): the queue of one camera's blocking calls
 */
CgJobs *
cg_jobs_new (GThreadPool *workers, CgClock *clock, CgOnvifSession *session)
{
  CgJobs *self = g_object_new (CG_TYPE_JOBS, NULL);

  self->workers = workers;
  self->clock = g_object_ref (clock);
  self->lanes[LANE_WORK].session = session;
  self->lanes[LANE_STOP].session = cg_onvif_session_copy (session);
  self->lanes[LANE_LOOK].session = cg_onvif_session_copy (session);
  return self;
}

/* Takes @session over. */
static void
replace_session (Lane *lane, CgOnvifSession *session)
{
  CgOnvifSession *spare = session;

  if (lane->running == NULL) {
    spare = lane->session;
    lane->session = session;
  }
  cg_onvif_session_free (spare);
}

/**
 * cg_jobs_share_learnt:
 * @self: the jobs of a camera
 * @copy: (transfer full): a copy of the session that has just been in contact
 *
 * Gives stops and looks what the contact learnt (addresses, login, clock), so that the first of
 * them does not climb the ladder again. Ignored where one is under way.
 */
void
cg_jobs_share_learnt (CgJobs *self, CgOnvifSession *copy)
{
  CG_ON_MAIN ();
  replace_session (&self->lanes[LANE_LOOK], cg_onvif_session_copy (copy));
  replace_session (&self->lanes[LANE_STOP], copy);
}

/**
 * cg_jobs_copy_session:
 * @self: the jobs of a camera
 *
 * Returns: (transfer full) (nullable): another conversation with the camera, which knows what the
 *   stops know; %NULL while a stop is under way
 */
CgOnvifSession *
cg_jobs_copy_session (CgJobs *self)
{
  const Lane *lane = &self->lanes[LANE_STOP];

  CG_ON_MAIN ();
  return lane->running == NULL ? cg_onvif_session_copy (lane->session) : NULL;
}

/* The queue is put right before anyone is told: a callback may queue the next job at once. */
static void
drop_waiting (Lane *lane, gboolean moves_only, const char *text)
{
  GQueue waiting = lane->waiting;
  GQueue dropped = G_QUEUE_INIT;
  Ticket *ticket;

  g_queue_init (&lane->waiting);
  while ((ticket = g_queue_pop_head (&waiting)) != NULL) {
    const gboolean keep = moves_only && ticket->job.kind != CG_JOB_MOVE;

    g_queue_push_tail (keep ? &lane->waiting : &dropped, ticket);
  }
  while ((ticket = g_queue_pop_head (&dropped)) != NULL) {
    ticket_fail (ticket, CG_ERROR_CANCELLED, text);
    ticket_free (ticket);
  }
}

/**
 * cg_jobs_run_async:
 * @self: the jobs of a camera
 * @job: copied; its data are taken over
 * @callback: called on the main loop, at the latest when the job's time is over
 * @user_data: for @callback
 *
 * Queues a job. One at a time runs for the camera, and beside it one stop and one look.
 */
void
cg_jobs_run_async (CgJobs *self, const CgJob *job, GAsyncReadyCallback callback, gpointer user_data)
{
  static const LaneId lanes[] = {
      [CG_JOB_READ] = LANE_WORK, [CG_JOB_SPARE] = LANE_WORK, [CG_JOB_MOVE] = LANE_WORK,
      [CG_JOB_STOP] = LANE_STOP, [CG_JOB_LOOK] = LANE_LOOK,
  };
  Ticket *ticket = g_new0 (Ticket, 1);
  Lane *lane;

  CG_ON_MAIN ();
  ticket->jobs = g_object_ref (self);
  ticket->lane = lanes[job->kind];
  ticket->job = *job;
  ticket->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (ticket->task, cg_jobs_run_async);
  ticket->deadline = cg_clock_add_timeout (self->clock, job->timeout_ms, on_deadline, ticket);

  lane = &self->lanes[ticket->lane];
  g_queue_push_tail (&lane->waiting, ticket);
  if (self->is_closed) {
    drop_waiting (lane, FALSE, CLOSED_TEXT);
    return;
  }
  if (job->kind != CG_JOB_SPARE)
    lane_make_room (lane);
  lane_pump (lane, self->workers);
}

/**
 * cg_jobs_run_finish:
 * @self: the jobs of a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR: what the job met, %CG_ERROR_TIMED_OUT when its time was
 *   over, %CG_ERROR_CANCELLED when it was dropped
 *
 * Returns: (transfer full): the job's result
 */
gpointer
cg_jobs_run_finish (CgJobs *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cg_jobs_cancel_moves:
 * @self: the jobs of a camera
 *
 * Drops the moves that wait, with %CG_ERROR_CANCELLED. One that runs is left to its end.
 */
void
cg_jobs_cancel_moves (CgJobs *self)
{
  CG_ON_MAIN ();
  drop_waiting (&self->lanes[LANE_WORK], TRUE, "overtaken by a later command");
}

/**
 * cg_jobs_close:
 * @self: the jobs of a camera
 *
 * Answers everything with %CG_ERROR_CANCELLED and aborts what runs. What is queued afterwards still
 * runs: a stop that follows a move which was aborted here must reach the camera.
 */
void
cg_jobs_close (CgJobs *self)
{
  CG_ON_MAIN ();
  self->is_closed = TRUE;
  for (guint i = 0; i < N_LANES; i++) {
    Lane *lane = &self->lanes[i];

    drop_waiting (lane, FALSE, CLOSED_TEXT);
    if (lane->running == NULL)
      continue;
    ticket_fail (lane->running, CG_ERROR_CANCELLED, CLOSED_TEXT);
    cg_onvif_session_abort (lane->session);
  }
}
