/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-clock.h"
#include "cg-onvif-session.h"

G_BEGIN_DECLS

/**
 * CgJobKind:
 * @CG_JOB_READ: asks or writes something that moves nothing
 * @CG_JOB_SPARE: a read that nobody waits for: it gives way to reads and moves, also in the midst
 * of it, and begins anew when they are done
 * @CG_JOB_MOVE: moves; is dropped while it waits when a stop comes (Q1)
 * @CG_JOB_STOP: overtakes all: has a session of its own
 * @CG_JOB_LOOK: looks where the camera stands: has one of its own, too, so that no move waits for
 * it
 */
typedef enum {
  CG_JOB_READ,
  CG_JOB_SPARE,
  CG_JOB_MOVE,
  CG_JOB_STOP,
  CG_JOB_LOOK,
} CgJobKind;

/**
 * CgJobFunc:
 * @session: lent for this call
 * @data: the job's own copies
 * @error: return location
 *
 * Runs in a worker; touches nothing but what it is given.
 *
 * Returns: (transfer full) (nullable): the result; %NULL exactly when @error is set
 */
typedef gpointer (*CgJobFunc) (CgOnvifSession *session, gpointer data, GError **error);

/**
 * CgJob:
 * @kind: what it does, which decides where it waits
 * @timeout_ms: from the call of cg_jobs_run_async(); then it is answered, and aborted if it runs
 * @run_in_thread: the blocking part
 * @data: (owned): for @run_in_thread
 * @free_data: (nullable): frees @data
 * @free_result: (nullable): frees a result that came too late
 */
typedef struct {
  CgJobKind kind;
  guint timeout_ms;
  CgJobFunc run_in_thread;
  gpointer data;
  GDestroyNotify free_data;
  GDestroyNotify free_result;
} CgJob;

#define CG_TYPE_JOBS (cg_jobs_get_type ())
G_DECLARE_FINAL_TYPE (CgJobs, cg_jobs, CG, JOBS, GObject)

GThreadPool *cg_jobs_pool_new (void);

CgJobs *cg_jobs_new (GThreadPool *workers, CgClock *clock, CgOnvifSession *session);
void cg_jobs_share_learnt (CgJobs *self, CgOnvifSession *copy);
CgOnvifSession *cg_jobs_copy_session (CgJobs *self);
void cg_jobs_run_async (CgJobs *self,
                        const CgJob *job,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
gpointer cg_jobs_run_finish (CgJobs *self, GAsyncResult *result, GError **error);
void cg_jobs_cancel_moves (CgJobs *self);
void cg_jobs_close (CgJobs *self);

G_END_DECLS
