/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole camera and the places it keeps: which preset is which, whatever the camera makes of
 * tokens and names (Q31, Q32). */
#include <string.h>

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
  char *reply; /* (nullable): "ok", the list, or the word of the error */
  gboolean is_closed;
  guint ticker;
  const char *op;
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
  cg_test_flush (fixture->store);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  options.max_presets = 5;
  fixture->sim = cg_sim_new (&options);
  g_assert_true (cg_sim_start (fixture->sim, &error));
  g_assert_no_error (error);
  fixture->dir = cg_test_make_dir ();
  fixture->store = cg_store_new (fixture->dir);
  fixture->clock = cg_clock_new ();
  fixture->workers = cg_jobs_pool_new ();
  fixture->config = cg_config_new ();
  fixture->ticker = g_timeout_add (5, on_tick, NULL);
  begin_life (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  end_life (fixture);
  g_source_remove (fixture->ticker);
  g_thread_pool_free (fixture->workers, FALSE, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  cg_sim_free (fixture->sim);
  g_object_unref (fixture->clock);
  cg_config_unref (fixture->config);
  g_object_unref (fixture->store);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->reply);
}

static void
set_fault (Fixture *fixture, const char *name, const char *arg)
{
  g_autoptr (GError) error = NULL;

  cg_sim_set_fault (fixture->sim, name, arg, &error);
  g_assert_no_error (error);
}

static void
answer (Fixture *fixture, const GError *error)
{
  const char *basis = cg_error_basis_get_word (cg_error_get_basis (error));

  g_assert_null (fixture->reply);
  fixture->reply = error == NULL ? g_strdup ("ok")
                                 : g_strconcat (cg_error_get_word ((CgError)error->code),
                                                basis != NULL ? " " : NULL, basis, NULL);
}

static void
on_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_preset_set_finish (CG_CAMERA (object), result, &error);
  answer (user_data, error);
}

static void
on_gone (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_preset_goto_finish (CG_CAMERA (object), result, &error);
  answer (user_data, error);
}

static void
on_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_preset_remove_finish (CG_CAMERA (object), result, &error);
  answer (user_data, error);
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = cg_camera_preset_list_finish (CG_CAMERA (object), result, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (list == NULL) {
    answer (fixture, error);
    return;
  }
  for (guint i = 0; i < list->len; i++) {
    const CgPresetEntry *entry = list->pdata[i];

    g_string_append_printf (text, "%s%u:%s", i > 0 ? " " : "", entry->index,
                            entry->name != NULL ? entry->name : "");
  }
  fixture->reply = g_strdup (text->str);
}

static void
on_halted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_halt_finish (CG_CAMERA (object), result, &error);
  answer (user_data, error);
}

static void
on_moved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_move_finish (CG_CAMERA (object), result, &error);
  answer (user_data, error);
}

static gboolean
is_answered (gpointer user_data)
{
  return ((Fixture *)user_data)->reply != NULL;
}

static void
expect (Fixture *fixture, const char *reply)
{
  g_autofree char *given = NULL;

  cg_test_wait_for (is_answered, fixture, reply);
  given = g_steal_pointer (&fixture->reply);
  g_assert_cmpstr (given, ==, reply);
}

static void
set (Fixture *fixture, guint index, const char *name, const char *reply)
{
  cg_camera_preset_set_async (fixture->camera, index, name, on_set, fixture);
  expect (fixture, reply);
}

static void
call (Fixture *fixture, guint index, const char *reply)
{
  cg_camera_preset_goto_async (fixture->camera, index, "test", on_gone, fixture);
  expect (fixture, reply);
}

static void
remove_preset (Fixture *fixture, guint index, const char *reply)
{
  cg_camera_preset_remove_async (fixture->camera, index, on_removed, fixture);
  expect (fixture, reply);
}

static void
list (Fixture *fixture, const char *reply)
{
  cg_camera_preset_list_async (fixture->camera, on_listed, fixture);
  expect (fixture, reply);
}

static void
halt (Fixture *fixture)
{
  cg_camera_halt_async (fixture->camera, on_halted, fixture);
  expect (fixture, "ok");
}

static void
put_at (Fixture *fixture, double pan)
{
  const CgSimVector position = {.has_pan_tilt = TRUE, .pan = pan};

  cg_sim_set_position (fixture->sim, &position);
}

static gboolean
is_still (gpointer user_data)
{
  Fixture *fixture = user_data;
  CgSimPosition position;

  cg_sim_get_position (fixture->sim, &position);
  return !position.moving_pan_tilt && !position.moving_zoom;
}

static double
get_pan (Fixture *fixture)
{
  CgSimPosition position;

  cg_sim_get_position (fixture->sim, &position);
  return position.pan;
}

/* What follows a set behind its reply, a list and perhaps a look, is done before two lists are. */
static void
settle (Fixture *fixture)
{
  for (guint i = 0; i < 2; i++) {
    cg_camera_preset_list_async (fixture->camera, on_listed, fixture);
    cg_test_wait_for (is_answered, fixture, "a list");
    g_clear_pointer (&fixture->reply, g_free);
  }
}

/* Until nobody is on his way any more. */
static void
call_when_free (Fixture *fixture, guint index, const char *reply)
{
  do {
    g_clear_pointer (&fixture->reply, g_free);
    cg_test_run_for (20);
    cg_camera_preset_goto_async (fixture->camera, index, "test", on_gone, fixture);
    cg_test_wait_for (is_answered, fixture, reply);
  } while (g_str_has_prefix (fixture->reply, "preset-busy"));
  expect (fixture, reply);
}

/* Sets three presets at three places. */
static void
set_three (Fixture *fixture)
{
  settle (fixture); /* the look at contact, too */
  put_at (fixture, 0.1);
  set (fixture, 5, "gate", "ok");
  settle (fixture);
  put_at (fixture, 0.2);
  set (fixture, 7, "大门", "ok");
  settle (fixture);
  put_at (fixture, 0.3);
  set (fixture, 128, "Größe", "ok");
  settle (fixture);
}

/* However the camera treats tokens and names, ours stay what they were, over a restart too. */
static void
test_q31_mind_of_its_own (void)
{
  static const char *const args[] = {NULL,     "opaque", "accepts",     "empty",    "equal",
                                     "shifts", "other",  "silent",      "latin1",   "cut:3",
                                     "ascii",  "named",  "no-position", "slots:300"};

  for (gsize i = 0; i < G_N_ELEMENTS (args); i++) {
    Fixture fixture = {0};

    g_test_message ("Q31 %s", args[i] != NULL ? args[i] : "none");
    set_up (&fixture, NULL);
    if (args[i] != NULL)
      set_fault (&fixture, "Q31", args[i]);

    set_three (&fixture);
    list (&fixture, "5:gate 7:大门 128:Größe");
    set (&fixture, 7, NULL, "ok");
    list (&fixture, "5:gate 7:大门 128:Größe");
    end_life (&fixture);
    begin_life (&fixture);
    list (&fixture, "5:gate 7:大门 128:Größe");
    call (&fixture, 5, "ok");
    cg_test_wait_for (is_still, &fixture, "the camera at the gate");
    g_assert_cmpfloat_with_epsilon (get_pan (&fixture), 0.1, 0.01);

    tear_down (&fixture, NULL);
  }
}

/* Q31: tokens close the gap: what is left is found by name and place. */
static void
test_q31_gap (Fixture *fixture, gconstpointer data)
{
  set_fault (fixture, "Q31", "shifts");
  set_three (fixture);

  remove_preset (fixture, 5, "ok");
  call (fixture, 7, "ok");

  cg_test_wait_for (is_still, fixture, "the camera at its place");
  g_assert_cmpfloat_with_epsilon (get_pan (fixture), 0.2, 0.01);
  list (fixture, "7:大门 128:Größe");
}

/* A slot that the camera keeps for itself is left alone from then on, and another is found. */
static void
test_q32_reserved (Fixture *fixture, gconstpointer data)
{
  g_autofree char *learnt = NULL;
  g_autofree char *path = g_build_filename (fixture->dir, "camera-" DID ".json", NULL);

  set_fault (fixture, "Q32", "2");
  set (fixture, 33, "gate", "ok");
  list (fixture, "33:gate 34:Preset 34");
  end_life (fixture);
  g_assert_true (g_file_get_contents (path, &learnt, NULL, NULL));
  g_assert_nonnull (strstr (learnt, "\"reserved-presets\""));
  begin_life (fixture);

  list (fixture, "33:gate 34:Preset 34");
}

static void
test_full (Fixture *fixture, gconstpointer data)
{
  for (guint i = 1; i <= 5; i++)
    set (fixture, i, "x", "ok");

  set (fixture, 6, "x", "too-many-presets");

  set (fixture, 5, "y", "ok");
  remove_preset (fixture, 1, "ok");
  set (fixture, 6, "x", "ok");
}

/* The camera was set up anew: what it no longer has is gone, and what is set is made again. */
static void
test_reset (Fixture *fixture, gconstpointer data)
{
  set_three (fixture);
  cg_sim_reset (fixture->sim, FALSE);

  call (fixture, 5, "no-such-preset");
  list (fixture, "");
  call (fixture, 7, "no-such-preset");
  remove_preset (fixture, 7, "no-such-preset");
  set (fixture, 7, "door", "ok");

  list (fixture, "7:door");
}

static void
test_not_there (Fixture *fixture, gconstpointer data)
{
  call (fixture, 9, "no-such-preset");
  remove_preset (fixture, 9, "no-such-preset");

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 0);
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "RemovePreset"), ==, 0);
}

/* 60010: by the place that the camera tells, else by the one where it came to rest. */
static void
test_at_preset (Fixture *fixture, gconstpointer data)
{
  if (data != NULL)
    set_fault (fixture, "Q31", data);
  settle (fixture); /* the look at contact, too */
  put_at (fixture, 0.2);
  set (fixture, 1, "gate", "ok");
  settle (fixture);
  put_at (fixture, 0.25);
  call (fixture, 1, "ok");

  call_when_free (fixture, 1, "at-preset measured");

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 1);
  settle (fixture);
  put_at (fixture, 0.3);
  call (fixture, 1, "ok");
}

/* A camera that is on its way to a preset takes none, and is set nowhere. */
static void
test_busy (Fixture *fixture, gconstpointer data)
{
  put_at (fixture, -1);
  set (fixture, 1, "gate", "ok");
  put_at (fixture, 1);
  call (fixture, 1, "ok");

  set (fixture, 2, "door", "preset-busy measured");

  halt (fixture);
  set (fixture, 2, "door", "ok");
}

/* A set asked for while the camera moves waits until it stands. */
static void
test_set_waits (Fixture *fixture, gconstpointer data)
{
  const CgMoveRequest request = {CG_DIRECTION_RIGHT, CG_SPEED_SLOW, "test"};

  fixture->config->ptz.move_timeout_ms = 1000;
  cg_camera_apply (fixture->camera, fixture->config);
  cg_camera_move_async (fixture->camera, &request, on_moved, fixture);
  expect (fixture, "ok");

  set (fixture, 1, "gate", "ok");

  g_assert_true (is_still (fixture));
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "SetPreset"), ==, 1);
}

/* One that moves on beyond the time of a reply is set nowhere. */
static void
test_set_gives_up (Fixture *fixture, gconstpointer data)
{
  const CgMoveRequest request = {CG_DIRECTION_RIGHT, CG_SPEED_SLOW, "test"};

  cg_camera_move_async (fixture->camera, &request, on_moved, fixture);
  expect (fixture, "ok");

  set (fixture, 1, "gate", "timed-out");

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "SetPreset"), ==, 0);
  g_assert_true (cg_camera_is_contacted (fixture->camera));
  halt (fixture);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
    const char *data;
  } tests[] = {
      {"/camera/presets/q31-gap", test_q31_gap},
      {"/camera/presets/q32-reserved", test_q32_reserved},
      {"/camera/presets/full", test_full},
      {"/camera/presets/reset", test_reset},
      {"/camera/presets/not-there", test_not_there},
      {"/camera/presets/at-preset", test_at_preset},
      {"/camera/presets/at-preset-not-told", test_at_preset, "no-position"},
      {"/camera/presets/busy", test_busy},
      {"/camera/presets/set-waits", test_set_waits},
      {"/camera/presets/set-gives-up", test_set_gives_up},
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/presets/q31-mind-of-its-own", test_q31_mind_of_its_own);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].data, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
