/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole camera that restarts: whether it comes back, and what goes on then. */
#include "cg-camera-care.h"
#include "cg-jobs.h"
#include "cg-sim.h"
#include "cg-test.h"

#define PASSWORD "p@ss:#%w/rd"
/* It is looked for after two seconds: it must be away then. */
#define AWAY_MS 3000

typedef struct {
  CgSim *sim;
  CgClock *clock;
  GThreadPool *workers;
  CgConfig *config;
  CgCamera *camera;
  gboolean is_ended;
  GError *error; /* (nullable): it is not back */
  guint alarms;
  gboolean is_closed;
} Fixture;

static void
on_reboot_ended (CgCamera *camera, GError *error, Fixture *fixture)
{
  fixture->is_ended = TRUE;
  fixture->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
on_alarm (CgCamera *camera, CgAlarm *alarm, Fixture *fixture)
{
  fixture->alarms++;
}

static gboolean
is_contacted (gpointer user_data)
{
  return cg_camera_is_contacted (user_data);
}

static void
set_up (Fixture *fixture, gconstpointer fault)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (CgCameraConfig) config = cg_camera_config_new ("c");
  g_autoptr (GError) error = NULL;

  options.password = PASSWORD;
  fixture->sim = cg_sim_new (&options);
  cg_sim_set_reboot_ms (fixture->sim, AWAY_MS);
  g_assert_true (cg_sim_start (fixture->sim, &error));
  g_assert_no_error (error);
  if (fault != NULL)
    cg_sim_set_fault (fixture->sim, fault, NULL, NULL);
  fixture->clock = cg_clock_new ();
  fixture->workers = cg_jobs_pool_new ();
  fixture->config = cg_config_new ();
  config->address = g_strdup (cg_sim_get_onvif_url (fixture->sim));
  config->username = g_strdup ("admin");
  config->password = g_strdup (PASSWORD);
  config->events = g_strdup ("motion");
  const CgCameraContext context = {
      .clock = fixture->clock, .workers = fixture->workers, .config = fixture->config};
  fixture->camera = cg_camera_new (config, &context);
  g_signal_connect (fixture->camera, "reboot-ended", G_CALLBACK (on_reboot_ended), fixture);
  g_signal_connect (fixture->camera, "alarm", G_CALLBACK (on_alarm), fixture);
  cg_camera_open (fixture->camera);
  cg_test_wait_for (is_contacted, fixture->camera, "contact");
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->is_closed = cg_camera_close_finish (CG_CAMERA (object), result, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer fault)
{
  cg_camera_close_async (fixture->camera, on_closed, fixture);
  cg_test_wait_for_flag (&fixture->is_closed, "the camera's end");
  g_assert_cmpuint (cg_sim_count_pull_points (fixture->sim), ==, 0);
  g_clear_object (&fixture->camera);
  g_thread_pool_free (fixture->workers, FALSE, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_error (&fixture->error);
  cg_config_unref (fixture->config);
  g_object_unref (fixture->clock);
  cg_sim_free (fixture->sim);
  cg_test_assert_warning (NULL);
}

static void
plan_reboot (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  cg_camera_plan_reboot (fixture->camera, 0, &error);
  g_assert_no_error (error);
}

static gboolean
is_asked (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return cg_sim_count_requests (fixture->sim, "SystemReboot") > 0;
}

static gboolean
is_subscribed (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return cg_sim_count_pull_points (fixture->sim) > 0;
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* What the camera's own thread does wakes nobody here. */
static void
wait_for_sim (Fixture *fixture, CgTestQuestion is_so, const char *what)
{
  const guint ticker = g_timeout_add (20, on_tick, NULL);

  cg_test_wait_for (is_so, fixture, what);
  g_source_remove (ticker);
}

static gboolean
was_alarmed (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return fixture->alarms > 0;
}

/* Q43: a camera that restarts loses the subscription: it is made anew. It restarts once, however
 * often it is told to meanwhile. */
static void
test_q43_comes_back (Fixture *fixture, gconstpointer fault)
{
  wait_for_sim (fixture, is_subscribed, "a subscription");

  plan_reboot (fixture);
  wait_for_sim (fixture, is_asked, "SystemReboot");
  plan_reboot (fixture);
  cg_test_wait_for_flag (&fixture->is_ended, "the end of the restart");
  g_assert_no_error (fixture->error);
  wait_for_sim (fixture, is_subscribed, "a subscription");
  cg_sim_raise_alarm (fixture->sim, "motion", "true");
  cg_test_wait_for (was_alarmed, fixture, "an alarm");

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "SystemReboot"), ==, 1);
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "CreatePullPointSubscription"), ==, 2);
}

/* Q35: the user may look, and not restart it. */
static void
test_q35_refused (Fixture *fixture, gconstpointer fault)
{
  plan_reboot (fixture);
  cg_test_wait_for_flag (&fixture->is_ended, "a refusal");

  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_NOT_PERMITTED);
  cg_test_assert_warning ("*does not restart*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_test_keep_warnings ();
  g_test_add ("/camera/reboot/q43-comes-back", Fixture, NULL, set_up, test_q43_comes_back,
              tear_down);
  g_test_add ("/camera/reboot/q35-refused", Fixture, "Q35", set_up, test_q35_refused, tear_down);
  return g_test_run ();
}
