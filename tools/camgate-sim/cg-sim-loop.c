/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-loop.h"

struct _CgSimLoop {
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
};

typedef struct {
  void (*work) (gpointer user_data);
  gpointer user_data;
  GMutex lock;
  GCond done_cond;
  gboolean is_done;
} Job;

static GMutex the_lock;
static CgSimLoop *the_loop;
static guint the_users;

static gpointer
loop_in_thread (gpointer user_data)
{
  CgSimLoop *self = user_data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/**
 * cg_sim_loop_acquire:
 *
 * All cameras of a process are served by one thread with a main loop of its own, so that a test
 * may block in its own thread while they answer.
 *
 * Returns: (transfer full): the loop, running
 */
CgSimLoop *
cg_sim_loop_acquire (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&the_lock);

  if (the_users++ > 0)
    return the_loop;
  the_loop = g_new0 (CgSimLoop, 1);
  the_loop->context = g_main_context_new ();
  the_loop->loop = g_main_loop_new (the_loop->context, FALSE);
  the_loop->thread = g_thread_new ("camgate-sim", loop_in_thread, the_loop);
  return the_loop;
}

/**
 * cg_sim_loop_release:
 * @self: the loop; it ends with the last one who lets go
 *
 * Not from its own thread.
 */
void
cg_sim_loop_release (CgSimLoop *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&the_lock);

  if (--the_users > 0)
    return;
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
  the_loop = NULL;
}

/**
 * cg_sim_loop_get_context:
 * @self: the loop
 *
 * Returns: (transfer none): its context
 */
GMainContext *
cg_sim_loop_get_context (CgSimLoop *self)
{
  return self->context;
}

static gboolean
job_run (gpointer user_data)
{
  Job *job = user_data;

  job->work (job->user_data);
  g_mutex_lock (&job->lock);
  job->is_done = TRUE;
  g_cond_signal (&job->done_cond);
  g_mutex_unlock (&job->lock);
  return G_SOURCE_REMOVE;
}

/**
 * cg_sim_loop_run:
 * @self: the loop
 * @work: called in its thread
 * @user_data: for @work
 *
 * Returns when @work has been done.
 */
void
cg_sim_loop_run (CgSimLoop *self, void (*work) (gpointer user_data), gpointer user_data)
{
  Job job = {.work = work, .user_data = user_data};
  g_autoptr (GSource) source = g_idle_source_new ();

  g_mutex_init (&job.lock);
  g_cond_init (&job.done_cond);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, job_run, &job, NULL);
  g_source_attach (source, self->context);
  g_mutex_lock (&job.lock);
  while (!job.is_done)
    g_cond_wait (&job.done_cond, &job.lock);
  g_mutex_unlock (&job.lock);
  g_mutex_clear (&job.lock);
  g_cond_clear (&job.done_cond);
}
