/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a restart is waited for, in time of our own; whether the camera is there, the test says.
 */
#include "cg-clock-dummy.h"
#include "cg-error.h"
#include "cg-reboot.h"

#define DID "001122334455"
#define MINUTE_MS (60 * 1000)
#define FLASH_MS (10 * MINUTE_MS)

/* In the place of the real one. */
struct _CgPresence {
  GObject parent_instance;

  gboolean is_up;
  guint doubts;
};

G_DEFINE_FINAL_TYPE (CgPresence, cg_presence, G_TYPE_OBJECT)

static void
cg_presence_class_init (CgPresenceClass *klass)
{
  g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
cg_presence_init (CgPresence *self)
{
  self->is_up = TRUE;
}

gboolean
cg_presence_is_up (CgPresence *self)
{
  return self->is_up;
}

void
cg_presence_doubt (CgPresence *self, const GError *error)
{
  self->doubts++;
}

/* The same: what the camera is asked is answered by the test. */
struct _CgJobs {
  GObject parent_instance;

  GTask *asked; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (CgJobs, cg_jobs, G_TYPE_OBJECT)

static void
cg_jobs_class_init (CgJobsClass *klass)
{
}

static void
cg_jobs_init (CgJobs *self)
{
}

void
cg_jobs_run_async (CgJobs *self, const CgJob *job, GAsyncReadyCallback callback, gpointer user_data)
{
  g_assert_null (self->asked);
  self->asked = g_task_new (self, NULL, callback, user_data);
}

gpointer
cg_jobs_run_finish (CgJobs *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct {
  CgClockDummy *clock;
  CgPresence *presence;
  CgJobs *jobs;
  CgReboot *reboot;
  guint ends;
  GError *error; /* (nullable): of the last end */
} Fixture;

static void
on_ended (CgReboot *reboot, const GError *error, Fixture *fixture)
{
  fixture->ends++;
  g_clear_error (&fixture->error);
  if (error != NULL)
    fixture->error = g_error_copy (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = cg_clock_dummy_new ();
  fixture->presence = g_object_new (CG_TYPE_PRESENCE, NULL);
  fixture->jobs = g_object_new (CG_TYPE_JOBS, NULL);
  fixture->reboot =
      cg_reboot_new (fixture->jobs, fixture->presence, CG_CLOCK (fixture->clock), DID);
  g_signal_connect (fixture->reboot, "ended", G_CALLBACK (on_ended), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->reboot);
  g_assert_finalize_object (fixture->presence);
  g_assert_finalize_object (fixture->jobs);
  g_assert_cmpuint (cg_clock_dummy_count_sources (fixture->clock), ==, 0);
  g_assert_finalize_object (fixture->clock);
  g_clear_error (&fixture->error);
}

static void
tell_up (Fixture *fixture, gboolean is_up)
{
  fixture->presence->is_up = is_up;
  g_signal_emit_by_name (fixture->presence, "changed");
}

/* One that writes its flash answers for minutes, and goes only then. */
static void
test_it_goes_late (Fixture *fixture, gconstpointer data)
{
  cg_reboot_expect (fixture->reboot, FLASH_MS, 0);
  cg_clock_dummy_advance (fixture->clock, FLASH_MS - 1);
  g_assert_cmpuint (fixture->ends, ==, 0);
  g_assert_cmpuint (fixture->presence->doubts, >, 100);

  tell_up (fixture, FALSE);
  cg_clock_dummy_advance (fixture->clock, 4 * MINUTE_MS);
  tell_up (fixture, TRUE);

  g_assert_cmpuint (fixture->ends, ==, 1);
  g_assert_no_error (fixture->error);
}

static void
test_it_never_goes (Fixture *fixture, gconstpointer data)
{
  cg_reboot_expect (fixture->reboot, FLASH_MS, 0);

  cg_clock_dummy_advance (fixture->clock, FLASH_MS);

  g_assert_cmpuint (fixture->ends, ==, 1);
  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_TIMED_OUT);
}

/* It is waited for as long as it has said, and never less than any other restart. */
static void
test_it_is_away (Fixture *fixture, gconstpointer data)
{
  static const struct {
    guint down_ms;
    guint limit_ms;
  } rows[] = {{0, 5 * MINUTE_MS}, {MINUTE_MS, 5 * MINUTE_MS}, {20 * MINUTE_MS, 20 * MINUTE_MS}};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    fixture->presence->is_up = FALSE;
    cg_reboot_expect (fixture->reboot, FLASH_MS, rows[i].down_ms);
    cg_clock_dummy_advance (fixture->clock, rows[i].limit_ms - 1);
    g_assert_cmpuint (fixture->ends, ==, i);

    cg_clock_dummy_advance (fixture->clock, 1);

    g_assert_cmpuint (fixture->ends, ==, i + 1);
    g_assert_error (fixture->error, CG_ERROR, CG_ERROR_TIMED_OUT);
  }
}

static void
answer (Fixture *fixture)
{
  g_autoptr (GTask) asked = g_steal_pointer (&fixture->jobs->asked);

  g_task_return_pointer (asked, NULL, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* It takes new firmware while it is asked to restart: there is one restart. */
static void
test_it_is_expected_twice (Fixture *fixture, gconstpointer data)
{
  cg_reboot_plan (fixture->reboot, 0);
  cg_clock_dummy_advance (fixture->clock, 1);
  cg_reboot_expect (fixture->reboot, FLASH_MS, 0);
  answer (fixture);
  tell_up (fixture, FALSE);
  tell_up (fixture, TRUE);

  const guint doubts = fixture->presence->doubts;
  cg_clock_dummy_advance (fixture->clock, FLASH_MS);

  g_assert_cmpuint (fixture->presence->doubts, ==, doubts);
  g_assert_cmpuint (fixture->ends, ==, 1);
  g_assert_no_error (fixture->error);
}

/* The camera is configured otherwise: before it goes, and again while it is away. */
static void
test_it_is_inherited (Fixture *fixture, gconstpointer data)
{
  cg_reboot_expect (fixture->reboot, FLASH_MS, 0);
  for (guint i = 0; i < 2; i++) {
    CgReboot *heir =
        cg_reboot_new (fixture->jobs, fixture->presence, CG_CLOCK (fixture->clock), DID);

    cg_clock_dummy_advance (fixture->clock, MINUTE_MS);
    cg_reboot_inherit (heir, fixture->reboot);
    g_assert_finalize_object (fixture->reboot);
    fixture->reboot = heir;
    g_signal_connect (heir, "ended", G_CALLBACK (on_ended), fixture);
    g_assert_true (cg_reboot_is_under_way (heir));
    if (i == 0)
      tell_up (fixture, FALSE);
  }
  cg_clock_dummy_advance (fixture->clock, 4 * MINUTE_MS - 1);
  g_assert_cmpuint (fixture->ends, ==, 0);

  tell_up (fixture, TRUE);

  g_assert_cmpuint (fixture->ends, ==, 1);
  g_assert_no_error (fixture->error);
}

#define ADD(name, func) g_test_add ("/reboot-wait/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
  ADD ("goes-late", test_it_goes_late);
  ADD ("never-goes", test_it_never_goes);
  ADD ("away", test_it_is_away);
  ADD ("expected-twice", test_it_is_expected_twice);
  ADD ("inherited", test_it_is_inherited);
  return g_test_run ();
}
