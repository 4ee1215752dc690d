/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-clock-dummy.h"
#include "cg-error.h"
#include "cg-jobs.h"

/* Stands in for the ONVIF session: a job blocks in it until the test opens it or it is aborted. */
struct _CgOnvifSession {
  GMutex lock;
  GCond changed;
  gboolean blocked;
  gboolean aborted;
  guint running; /* jobs inside: never more than one */
};

/* The first session made is that of the work lane, its copies those of the stop and look lanes. */
static CgOnvifSession *sessions[3];
static guint n_sessions;

CgOnvifSession *
cg_onvif_session_new (const char *address, const char *username, const char *password)
{
  CgOnvifSession *self = g_new0 (CgOnvifSession, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_assert_cmpuint (n_sessions, <, G_N_ELEMENTS (sessions));
  sessions[n_sessions++] = self;
  return self;
}

CgOnvifSession *
cg_onvif_session_copy (const CgOnvifSession *self)
{
  return cg_onvif_session_new (NULL, NULL, NULL);
}

void
cg_onvif_session_free (CgOnvifSession *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

void
cg_onvif_session_set_timeout_ms (CgOnvifSession *self, guint timeout_ms)
{
}

void
cg_onvif_session_begin_job (CgOnvifSession *self)
{
  g_mutex_lock (&self->lock);
  self->aborted = FALSE;
  g_mutex_unlock (&self->lock);
}

void
cg_onvif_session_end_job (CgOnvifSession *self)
{
}

void
cg_onvif_session_abort (CgOnvifSession *self)
{
  g_mutex_lock (&self->lock);
  self->aborted = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
set_blocked (CgOnvifSession *session, gboolean blocked)
{
  g_mutex_lock (&session->lock);
  session->blocked = blocked;
  g_cond_broadcast (&session->changed);
  g_mutex_unlock (&session->lock);
}

static gpointer
call_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  gboolean aborted;

  g_mutex_lock (&session->lock);
  g_assert_cmpuint (session->running++, ==, 0);
  while (session->blocked && !session->aborted)
    g_cond_wait (&session->changed, &session->lock);
  aborted = session->aborted;
  session->aborted = FALSE;
  session->running--;
  g_mutex_unlock (&session->lock);
  if (aborted) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_CANCELLED, "aborted");
    return NULL;
  }
  return g_strdup (data);
}

typedef struct {
  CgClock *clock;
  GThreadPool *workers;
  CgJobs *jobs;
  GString *replies;
  guint n_replies;
  guint id;
} Fixture;

static gboolean
on_watchdog (gpointer user_data)
{
  g_error ("the test hangs");
  return G_SOURCE_REMOVE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  n_sessions = 0;
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  fixture->workers = cg_jobs_pool_new ();
  fixture->jobs =
      cg_jobs_new (fixture->workers, fixture->clock, cg_onvif_session_new (NULL, NULL, NULL));
  fixture->replies = g_string_new (NULL);
  fixture->id = g_timeout_add_seconds (30, on_watchdog, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_source_remove (fixture->id);
  g_thread_pool_free (fixture->workers, FALSE, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (fixture->jobs);
  g_object_unref (fixture->clock);
  g_string_free (fixture->replies, TRUE);
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  g_string_append_printf (fixture->replies, "%s%s", fixture->replies->len > 0 ? " " : "",
                          text != NULL ? text : cg_error_get_word ((CgError)error->code));
  fixture->n_replies++;
}

static void
run (Fixture *fixture, CgJobKind kind, const char *name)
{
  const CgJob job = {
      .kind = kind,
      .timeout_ms = 3000,
      .run_in_thread = call_in_thread,
      .data = g_strdup (name),
      .free_data = g_free,
      .free_result = g_free,
  };

  cg_jobs_run_async (fixture->jobs, &job, on_done, fixture);
}

static void
await_replies (Fixture *fixture, guint count)
{
  while (fixture->n_replies < count)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_one_after_the_other (Fixture *fixture, gconstpointer data)
{
  run (fixture, CG_JOB_READ, "a");
  run (fixture, CG_JOB_MOVE, "b");
  run (fixture, CG_JOB_READ, "c");

  await_replies (fixture, 3);

  g_assert_cmpstr (fixture->replies->str, ==, "a b c");
}

static void
test_stop_overtakes (Fixture *fixture, gconstpointer data)
{
  set_blocked (sessions[0], TRUE);
  run (fixture, CG_JOB_READ, "slow");
  run (fixture, CG_JOB_READ, "waiting");

  run (fixture, CG_JOB_STOP, "stop");
  await_replies (fixture, 1);
  g_assert_cmpstr (fixture->replies->str, ==, "stop");
  set_blocked (sessions[0], FALSE);
  await_replies (fixture, 3);

  g_assert_cmpstr (fixture->replies->str, ==, "stop slow waiting");
}

/* No move waits for a camera that is slow to tell where it stands (Q36). */
static void
test_look_delays_nothing (Fixture *fixture, gconstpointer data)
{
  set_blocked (sessions[2], TRUE);
  run (fixture, CG_JOB_LOOK, "slow");

  run (fixture, CG_JOB_MOVE, "move");
  await_replies (fixture, 1);
  run (fixture, CG_JOB_STOP, "stop");
  await_replies (fixture, 2);
  set_blocked (sessions[2], FALSE);
  await_replies (fixture, 3);

  g_assert_cmpstr (fixture->replies->str, ==, "move stop slow");
}

static void
test_waiting_moves_are_dropped (Fixture *fixture, gconstpointer data)
{
  set_blocked (sessions[0], TRUE);
  run (fixture, CG_JOB_MOVE, "running");
  run (fixture, CG_JOB_MOVE, "waiting");
  run (fixture, CG_JOB_READ, "read");

  cg_jobs_cancel_moves (fixture->jobs);
  await_replies (fixture, 1);
  set_blocked (sessions[0], FALSE);
  await_replies (fixture, 3);

  g_assert_cmpstr (fixture->replies->str, ==, "cancelled running read");
}

/* What nobody waits for stands in front of nothing: it begins anew when the lane is free. */
static void
test_spare_gives_way (Fixture *fixture, gconstpointer data)
{
  set_blocked (sessions[0], TRUE);
  run (fixture, CG_JOB_SPARE, "spare");
  run (fixture, CG_JOB_SPARE, "another");

  run (fixture, CG_JOB_MOVE, "move");
  run (fixture, CG_JOB_READ, "read");
  set_blocked (sessions[0], FALSE);
  await_replies (fixture, 4);

  g_assert_cmpstr (fixture->replies->str, ==, "move read spare another");
}

/* It gives way as often as it has to, within its time. */
static void
test_spare_has_a_deadline (Fixture *fixture, gconstpointer data)
{
  set_blocked (sessions[0], TRUE);
  run (fixture, CG_JOB_SPARE, "spare");
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), 2000);
  run (fixture, CG_JOB_MOVE, "move");

  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), 1000);
  await_replies (fixture, 1);
  set_blocked (sessions[0], FALSE);
  await_replies (fixture, 2);

  g_assert_cmpstr (fixture->replies->str, ==, "timed-out move");
}

/* The reply goes out at the deadline; what comes late is dropped, and the next job runs. */
static void
test_deadline_while_running (Fixture *fixture, gconstpointer data)
{
  set_blocked (sessions[0], TRUE);
  run (fixture, CG_JOB_READ, "hangs");

  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), 3000);
  await_replies (fixture, 1);
  set_blocked (sessions[0], FALSE);
  run (fixture, CG_JOB_READ, "next");
  await_replies (fixture, 2);

  g_assert_cmpstr (fixture->replies->str, ==, "timed-out next");
}

static void
test_deadline_while_waiting (Fixture *fixture, gconstpointer data)
{
  set_blocked (sessions[0], TRUE);
  run (fixture, CG_JOB_READ, "hangs");
  run (fixture, CG_JOB_READ, "waits");

  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), 3000);
  await_replies (fixture, 2);

  g_assert_cmpstr (fixture->replies->str, ==, "timed-out timed-out");
}

static void
test_close_answers_all (Fixture *fixture, gconstpointer data)
{
  set_blocked (sessions[0], TRUE);
  set_blocked (sessions[1], TRUE);
  run (fixture, CG_JOB_READ, "running");
  run (fixture, CG_JOB_READ, "waiting");
  run (fixture, CG_JOB_STOP, "stop");

  cg_jobs_close (fixture->jobs);
  run (fixture, CG_JOB_READ, "too late");
  await_replies (fixture, 4);

  g_assert_cmpstr (fixture->replies->str, ==, "cancelled cancelled cancelled cancelled");
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"/camera/jobs/one-after-the-other", test_one_after_the_other},
      {"/camera/jobs/stop-overtakes", test_stop_overtakes},
      {"/camera/jobs/look-delays-nothing", test_look_delays_nothing},
      {"/camera/jobs/waiting-moves-are-dropped", test_waiting_moves_are_dropped},
      {"/camera/jobs/spare-gives-way", test_spare_gives_way},
      {"/camera/jobs/spare-has-a-deadline", test_spare_has_a_deadline},
      {"/camera/jobs/deadline-while-running", test_deadline_while_running},
      {"/camera/jobs/deadline-while-waiting", test_deadline_while_waiting},
      {"/camera/jobs/close-answers-all", test_close_answers_all},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
