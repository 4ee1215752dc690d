/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a camera's moves teach, and whether the next life of the daemon knows it. */
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
  CgCamera *camera; /* of this life */
  gboolean is_answered;
  gboolean is_closed;
  guint ticker;
  const char *member; /* what is waited for in the state file */
  const char *value;
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
set_up (Fixture *fixture)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  fixture->sim = cg_sim_new (&options);
  g_assert_true (cg_sim_start (fixture->sim, &error));
  g_assert_no_error (error);
  fixture->dir = cg_test_make_dir ();
  fixture->store = cg_store_new (fixture->dir);
  fixture->clock = cg_clock_new ();
  fixture->workers = cg_jobs_pool_new ();
  fixture->config = cg_config_new ();
  fixture->ticker = g_timeout_add (10, on_tick, NULL);
}

static void
tear_down (Fixture *fixture)
{
  end_life (fixture);
  cg_test_flush (fixture->store);
  g_source_remove (fixture->ticker);
  g_thread_pool_free (fixture->workers, FALSE, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  cg_sim_free (fixture->sim);
  g_object_unref (fixture->store);
  g_object_unref (fixture->clock);
  cg_config_unref (fixture->config);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

static void
on_moved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  cg_camera_move_finish (CG_CAMERA (object), result, &error);
  g_assert_no_error (error);
  fixture->is_answered = TRUE;
}

static void
on_halted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  cg_camera_halt_finish (CG_CAMERA (object), result, &error);
  g_assert_no_error (error);
  fixture->is_answered = TRUE;
}

static void
move_and_stop (Fixture *fixture)
{
  const CgMoveRequest request = {CG_DIRECTION_RIGHT, CG_SPEED_SLOW, "test"};

  fixture->is_answered = FALSE;
  cg_camera_move_async (fixture->camera, &request, on_moved, fixture);
  cg_test_wait_for_flag (&fixture->is_answered, "a move");
  fixture->is_answered = FALSE;
  cg_camera_halt_async (fixture->camera, on_halted, fixture);
  cg_test_wait_for_flag (&fixture->is_answered, "a stop");
}

static gboolean
is_in_state_file (gpointer user_data)
{
  const Fixture *fixture = user_data;
  g_autoptr (JsonNode) node = cg_store_load (fixture->store, "camera-" DID, NULL);

  if (node == NULL)
    return FALSE;
  JsonObject *object = json_node_get_object (node);
  return g_strcmp0 (json_object_get_string_member_with_default (object, fixture->member, NULL),
                    fixture->value) == 0;
}

static void
expect_learnt (Fixture *fixture, const char *member, const char *value)
{
  fixture->member = member;
  fixture->value = value;
  cg_test_wait_for (is_in_state_file, fixture, value);
}

static gboolean
stands (gpointer user_data)
{
  const Fixture *fixture = user_data;
  CgSimPosition position;

  cg_sim_get_position (fixture->sim, &position);
  return !position.moving_pan_tilt;
}

/* The names of the moves and stops that came, one letter each. */
static char *
take_moves (Fixture *fixture)
{
  g_autoptr (JsonArray) requests = cg_sim_take_requests (fixture->sim);
  GString *letters = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (requests); i++) {
    const char *op =
        json_object_get_string_member (json_array_get_object_element (requests, i), "op");

    if (g_str_equal (op, "ContinuousMove"))
      g_string_append_c (letters, 'm');
    else if (g_str_equal (op, "Stop"))
      g_string_append_c (letters, 's');
  }
  return g_string_free (letters, FALSE);
}

/* The ladder of forms is climbed once; the next life begins with the rung that held. */
static void
test_stop_form (void)
{
  static const struct {
    const char *fault; /* (nullable) */
    const char *arg;
    const char *learnt;
    const char *first;  /* a move, and the stops until the camera stands */
    const char *second; /* the same in another life */
  } rows[] = {
      {NULL, NULL, "named", "ms", "ms"},    {"Q33", "axes", "bare", "mss", "ms"},
      {"Q33", "zoom", "bare", "mss", "ms"}, {"Q33", "stop", "zero", "mssm", "mm"},
      {"Q1", "stop", "zero", "msm", "mm"},  {"Q1", "both", "zero", "msm", "mm"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Fixture fixture = {NULL};
    g_test_message ("%s=%s", rows[i].fault, rows[i].arg);
    set_up (&fixture);
    if (rows[i].fault != NULL)
      g_assert_true (cg_sim_set_fault (fixture.sim, rows[i].fault, rows[i].arg, NULL));
    begin_life (&fixture);

    move_and_stop (&fixture);
    cg_test_wait_for (stands, &fixture, "a camera that stands");
    expect_learnt (&fixture, "stop", rows[i].learnt);
    g_autofree char *first = take_moves (&fixture);
    end_life (&fixture);
    begin_life (&fixture);
    move_and_stop (&fixture);
    cg_test_wait_for (stands, &fixture, "a camera that stands again");
    g_autofree char *second = take_moves (&fixture);

    g_assert_cmpstr (first, ==, rows[i].first);
    g_assert_cmpstr (second, ==, rows[i].second);
    tear_down (&fixture);
  }
}

/* Moves teach it too, and it is stored at once. */
static void
test_q33_timeout (void)
{
  Fixture fixture = {NULL};
  set_up (&fixture);
  g_assert_true (cg_sim_set_fault (fixture.sim, "Q33", "timeout", NULL));
  begin_life (&fixture);

  move_and_stop (&fixture);
  expect_learnt (&fixture, "stop", "named");
  g_autofree char *first = take_moves (&fixture);
  end_life (&fixture);
  begin_life (&fixture);
  move_and_stop (&fixture);
  g_autofree char *second = take_moves (&fixture);

  g_assert_cmpstr (first, ==, "mms");
  g_assert_cmpstr (second, ==, "ms");
  tear_down (&fixture);
}

/* A form that a hand has written is used; a firmware that nobody knows ends it. */
static void
test_written_by_hand (void)
{
  static const struct {
    const char *text;
    const char *moves;
    const char *member; /* what is stored last */
    const char *value;
  } rows[] = {
      {"{\"firmware\":\"V1.0.0\",\"stop\":\"zero\"}", "mm", "media", "both"},
      {"{\"firmware\":\"V0.9\",\"stop\":\"zero\"}", "ms", "stop", "named"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Fixture fixture = {NULL};
    g_test_message ("%s", rows[i].text);
    set_up (&fixture);
    g_free (cg_test_write_file (fixture.dir, "camera-" DID ".json", rows[i].text, 0600));
    begin_life (&fixture);

    move_and_stop (&fixture);
    expect_learnt (&fixture, rows[i].member, rows[i].value);

    g_autofree char *moves = take_moves (&fixture);
    g_assert_cmpstr (moves, ==, rows[i].moves);
    tear_down (&fixture);
  }
}

/* Q36: one lost look ends nothing; where GetStatus is always too late, nobody asks on. */
static void
test_q36_slow (void)
{
  Fixture fixture = {NULL};
  set_up (&fixture);
  g_assert_true (cg_sim_set_fault (fixture.sim, "Q36", "slow:30000", NULL));
  begin_life (&fixture);

  for (guint i = 0; i < 3; i++) {
    move_and_stop (&fixture);
    cg_test_run_for (1800);
  }
  const guint asked = cg_sim_count_requests (fixture.sim, "GetStatus");
  move_and_stop (&fixture);
  cg_test_run_for (1800);

  g_assert_cmpuint (asked, >, 1);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetStatus"), ==, asked);
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/learnt/q1-q33-stop-form", test_stop_form);
  g_test_add_func ("/camera/learnt/q33-timeout", test_q33_timeout);
  g_test_add_func ("/camera/learnt/written-by-hand", test_written_by_hand);
  g_test_add_func ("/camera/learnt/q36-slow", test_q36_slow);
  return g_test_run ();
}
