/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole camera: in which order what is asked of it reaches it, and what of it still counts. */
#include "cg-camera.h"
#include "cg-jobs.h"
#include "cg-sim.h"
#include "cg-test.h"

#define DID "001122334455"

typedef struct {
  CgSim *sim;
  char *dir;
  CgStore *store;
  CgClock *clock;
  GThreadPool *workers;
  CgConfig *config;
  CgCamera *camera;
  GString *replies; /* "ok", or the word of the error, in the order of the answers */
  guint n_replies;
  guint wanted;
  const char *op;
  gboolean is_closed;
  guint ticker;
} Fixture;

/* What threads do wakes nobody here. */
static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
is_contacted (gpointer user_data)
{
  return cg_camera_is_contacted (user_data);
}

static void
begin_life (Fixture *fixture)
{
  g_autoptr (CgCameraConfig) config = cg_camera_config_new (DID);
  const CgCameraContext context = {.clock = fixture->clock,
                                   .workers = fixture->workers,
                                   .store = fixture->store,
                                   .config = fixture->config};

  config->address = g_strdup (cg_sim_get_onvif_url (fixture->sim));
  fixture->camera = cg_camera_new (config, &context);
  cg_camera_open (fixture->camera);
  cg_test_wait_for (is_contacted, fixture->camera, "a contact");
  json_array_unref (cg_sim_take_requests (fixture->sim));
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  cg_camera_close_finish (CG_CAMERA (object), result, NULL);
  fixture->is_closed = TRUE;
}

static void
end_life (Fixture *fixture)
{
  fixture->is_closed = FALSE;
  cg_camera_close_async (fixture->camera, on_closed, fixture);
  cg_test_wait_for_flag (&fixture->is_closed, "a goodbye");
  g_clear_object (&fixture->camera);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  fixture->sim = cg_sim_new (&options);
  g_assert_true (cg_sim_start (fixture->sim, &error));
  g_assert_no_error (error);
  fixture->dir = cg_test_make_dir ();
  fixture->clock = cg_clock_new ();
  fixture->workers = cg_jobs_pool_new ();
  fixture->config = cg_config_new ();
  fixture->ticker = g_timeout_add (5, on_tick, NULL);
  fixture->replies = g_string_new (NULL);
  begin_life (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  end_life (fixture);
  if (fixture->store != NULL)
    cg_test_flush (fixture->store);
  g_source_remove (fixture->ticker);
  g_thread_pool_free (fixture->workers, FALSE, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  cg_sim_free (fixture->sim);
  g_object_unref (fixture->clock);
  cg_config_unref (fixture->config);
  g_clear_object (&fixture->store);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
  g_string_free (fixture->replies, TRUE);
}

static void
note (Fixture *fixture, const char *who, const GError *error)
{
  g_string_append_printf (fixture->replies, "%s%s:%s", fixture->n_replies++ > 0 ? " " : "", who,
                          error != NULL ? cg_error_get_word ((CgError)error->code) : "ok");
}

static void
on_moved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_move_finish (CG_CAMERA (object), result, &error);
  note (user_data, "move", error);
}

static void
on_halted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_halt_finish (CG_CAMERA (object), result, &error);
  note (user_data, "stop", error);
}

static void
on_gone (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_preset_goto_finish (CG_CAMERA (object), result, &error);
  note (user_data, "goto", error);
}

static void
on_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_preset_set_finish (CG_CAMERA (object), result, &error);
  note (user_data, "set", error);
}

static gboolean
is_answered (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return fixture->n_replies >= fixture->wanted;
}

static void
expect (Fixture *fixture, guint n_replies, const char *replies)
{
  fixture->wanted = n_replies;
  cg_test_wait_for (is_answered, fixture, replies);
  g_assert_cmpstr (fixture->replies->str, ==, replies);
}

static gboolean
was_asked (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return cg_sim_count_requests (fixture->sim, fixture->op) > 0;
}

static void
wait_until_asked (Fixture *fixture, const char *op)
{
  fixture->op = op;
  cg_test_wait_for (was_asked, fixture, op);
}

static void
set_fault (Fixture *fixture, const char *name, const char *arg)
{
  g_autoptr (GError) error = NULL;

  cg_sim_set_fault (fixture->sim, name, arg, &error);
  g_assert_no_error (error);
}

static void
move (Fixture *fixture)
{
  const CgMoveRequest request = {CG_DIRECTION_RIGHT, CG_SPEED_SLOW, "test"};

  cg_camera_move_async (fixture->camera, &request, on_moved, fixture);
}

/* The camera knows it, and we do not: it has to be looked for. */
static void
make_foreign_preset (Fixture *fixture)
{
  cg_camera_preset_set_async (fixture->camera, 1, "gate", on_set, fixture);
  expect (fixture, 1, "set:ok");
  end_life (fixture);
  begin_life (fixture);
  g_string_truncate (fixture->replies, 0);
  fixture->n_replies = 0;
}

static void
test_foreign_preset (Fixture *fixture, gconstpointer data)
{
  make_foreign_preset (fixture);

  cg_camera_preset_goto_async (fixture->camera, 1, "test", on_gone, fixture);

  expect (fixture, 1, "goto:ok");
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 1);
}

/* What is looked for goes no more after a stop that was answered. */
static void
test_stop_overtakes_a_preset (Fixture *fixture, gconstpointer data)
{
  make_foreign_preset (fixture);
  set_fault (fixture, "hang", "200");

  cg_camera_preset_goto_async (fixture->camera, 1, "test", on_gone, fixture);
  cg_camera_halt_async (fixture->camera, on_halted, fixture);
  fixture->wanted = 2;
  cg_test_wait_for (is_answered, fixture, "both answers");

  g_assert_nonnull (strstr (fixture->replies->str, "stop:ok"));
  g_assert_null (strstr (fixture->replies->str, "goto:ok"));
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 0);
}

/* The move goes on under its lease: nothing has taken its place. */
static void
test_unknown_preset_leaves_the_lease (Fixture *fixture, gconstpointer data)
{
  fixture->config->ptz.move_timeout_ms = 400;
  cg_camera_apply (fixture->camera, fixture->config);
  move (fixture);
  expect (fixture, 1, "move:ok");

  cg_camera_preset_goto_async (fixture->camera, 99, "test", on_gone, fixture);
  expect (fixture, 2, "move:ok goto:no-such-preset");

  wait_until_asked (fixture, "Stop");
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 0);
}

static void
test_preset_ends_the_lease (Fixture *fixture, gconstpointer data)
{
  cg_camera_preset_set_async (fixture->camera, 3, "gate", on_set, fixture);
  expect (fixture, 1, "set:ok");
  fixture->config->ptz.move_timeout_ms = 300;
  cg_camera_apply (fixture->camera, fixture->config);
  move (fixture);
  expect (fixture, 2, "set:ok move:ok");
  cg_camera_preset_goto_async (fixture->camera, 3, "test", on_gone, fixture);
  expect (fixture, 3, "set:ok move:ok goto:ok");

  cg_test_run_for (600);

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "Stop"), ==, 0);
}

/* A set that takes long is not a set that failed: tried again, it would make another preset. */
static void
test_q31_slow_set (Fixture *fixture, gconstpointer data)
{
  fixture->config->ptz.reply_timeout_ms = 1000;
  cg_camera_apply (fixture->camera, fixture->config);
  set_fault (fixture, "hang", "350");

  cg_camera_preset_set_async (fixture->camera, 5, "gate", on_set, fixture);
  expect (fixture, 1, "set:ok");
  cg_camera_preset_set_async (fixture->camera, 5, "gate", on_set, fixture);
  expect (fixture, 2, "set:ok set:ok");

  g_autoptr (JsonArray) presets = cg_sim_list_presets (fixture->sim);
  g_assert_cmpuint (json_array_get_length (presets), ==, 1);
}

static gboolean
is_marked (gpointer user_data)
{
  const Fixture *fixture = user_data;
  g_autofree char *path = g_build_filename (fixture->dir, "moving-" DID ".json", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
is_unmarked (gpointer user_data)
{
  return !is_marked (user_data);
}

/* Killed in the middle of a move: there was no time for a stop. */
static void
test_q61_killed_while_moving (Fixture *fixture, gconstpointer data)
{
  end_life (fixture);
  fixture->store = cg_store_new (fixture->dir);
  begin_life (fixture);
  move (fixture);
  expect (fixture, 1, "move:ok");
  cg_test_wait_for (is_marked, fixture, "the mark of a move");
  g_clear_object (&fixture->camera);
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "Stop"), ==, 0);

  begin_life (fixture);

  wait_until_asked (fixture, "Stop");
  cg_test_wait_for (is_unmarked, fixture, "the end of the mark");
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"/camera/ptz/foreign-preset", test_foreign_preset},
      {"/camera/ptz/stop-overtakes-a-preset", test_stop_overtakes_a_preset},
      {"/camera/ptz/unknown-preset-leaves-the-lease", test_unknown_preset_leaves_the_lease},
      {"/camera/ptz/preset-ends-the-lease", test_preset_ends_the_lease},
      {"/camera/ptz/q31-slow-set", test_q31_slow_set},
      {"/camera/ptz/q61-killed-while-moving", test_q61_killed_while_moving},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
