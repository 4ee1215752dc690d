/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole camera: in which order what is asked of it reaches it, and what of it still counts. */
#include <glib/gstdio.h>

#include "camera-fixture.h"
#include "cg-test.h"

static void
set_up (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_set_up (fixture, data);
  camera_fixture_begin_life (fixture);
}

static void
move (CameraFixture *fixture)
{
  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "test");
}

/* The camera knows it, and we do not: it has to be looked for. */
static void
make_foreign_preset (CameraFixture *fixture)
{
  g_autofree char *map = g_build_filename (fixture->dir, "presets-" DID ".json", NULL);

  camera_fixture_set (fixture, 1, "gate");
  camera_fixture_expect (fixture, 1, "set:ok");
  camera_fixture_end_life (fixture);
  g_assert_cmpint (g_unlink (map), ==, 0);
  camera_fixture_begin_life (fixture);
}

static void
test_foreign_preset (CameraFixture *fixture, gconstpointer data)
{
  make_foreign_preset (fixture);

  camera_fixture_goto (fixture, 1, "test");

  camera_fixture_expect (fixture, 1, "goto:ok");
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 1);
}

/* What is looked for goes no more after a stop that was answered. */
static void
test_stop_overtakes_a_preset (CameraFixture *fixture, gconstpointer data)
{
  make_foreign_preset (fixture);
  camera_fixture_set_fault (fixture, "hang", "200");

  camera_fixture_goto (fixture, 1, "test");
  camera_fixture_halt (fixture);
  g_autofree char *replies = camera_fixture_await (fixture, 2);

  g_assert_nonnull (strstr (replies, "stop:ok"));
  g_assert_null (strstr (replies, "goto:ok"));
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 0);
}

/* The move goes on under its lease: nothing has taken its place. */
static void
test_unknown_preset_leaves_the_lease (CameraFixture *fixture, gconstpointer data)
{
  fixture->config->ptz.move_timeout_ms = 400;
  camera_fixture_apply (fixture);
  move (fixture);
  camera_fixture_expect (fixture, 1, "move:ok");

  camera_fixture_goto (fixture, 99, "test");
  camera_fixture_expect (fixture, 1, "goto:no-such-preset");

  camera_fixture_until_asked (fixture, "Stop", 1);
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 0);
}

/* The move is stopped before the preset is called (Q37), and not again when its lease would be
 * over. */
static void
test_preset_ends_the_lease (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_set (fixture, 3, "gate");
  camera_fixture_expect (fixture, 1, "set:ok");
  fixture->config->ptz.move_timeout_ms = 300;
  camera_fixture_apply (fixture);
  move (fixture);
  camera_fixture_expect (fixture, 1, "move:ok");
  camera_fixture_goto (fixture, 3, "test");
  camera_fixture_expect (fixture, 1, "goto:ok");

  cg_test_run_for (600);

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "Stop"), ==, 1);
}

/* A set that takes long is not a set that failed: tried again, it would make another preset. */
static void
test_q31_slow_set (CameraFixture *fixture, gconstpointer data)
{
  fixture->config->ptz.reply_timeout_ms = 1000;
  camera_fixture_apply (fixture);
  camera_fixture_set_fault (fixture, "hang", "350");

  camera_fixture_set (fixture, 5, "gate");
  camera_fixture_expect (fixture, 1, "set:ok");
  camera_fixture_set (fixture, 5, "gate");
  camera_fixture_expect (fixture, 1, "set:ok");

  g_autoptr (JsonArray) presets = cg_sim_list_presets (fixture->sim);
  g_assert_cmpuint (json_array_get_length (presets), ==, 1);
}

static gboolean
is_marked (gpointer user_data)
{
  const CameraFixture *fixture = user_data;
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
test_q61_killed_while_moving (CameraFixture *fixture, gconstpointer data)
{
  move (fixture);
  camera_fixture_expect (fixture, 1, "move:ok");
  cg_test_wait_for (is_marked, fixture, "the mark of a move");
  camera_fixture_kill (fixture);
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "Stop"), ==, 0);

  camera_fixture_begin_life (fixture);

  camera_fixture_until_asked (fixture, "Stop", 1);
  cg_test_wait_for (is_unmarked, fixture, "the end of the mark");
}

static gboolean
is_in_contact (gpointer user_data)
{
  const CameraFixture *fixture = user_data;

  return cg_camera_is_contacted (fixture->camera);
}

static gboolean
is_away (gpointer user_data)
{
  return !is_in_contact (user_data);
}

/* It reboots in mid-move, and has no PTZ yet when it is back: the stop that it is owed goes to the
 * profile that it had. */
static void
test_q34_stop_without_a_profile (CameraFixture *fixture, gconstpointer data)
{
  move (fixture);
  camera_fixture_expect (fixture, 1, "move:ok");
  camera_fixture_set_fault (fixture, "Q34", "all");
  cg_sim_set_reboot_ms (fixture->sim, 200);
  cg_sim_reboot (fixture->sim);
  cg_test_run_for (150);
  camera_fixture_halt (fixture);
  camera_fixture_expect (fixture, 1, "stop:unreachable");
  cg_test_wait_for (is_away, fixture, "the camera to go");
  cg_test_wait_for (is_in_contact, fixture, "the camera to come back");

  camera_fixture_until_asked (fixture, "Stop", 1);
  camera_fixture_clear_fault (fixture, "Q34");

  cg_test_wait_for (is_unmarked, fixture, "the end of the mark");
}

/* Its lease is over, and the stop does not reach it: nobody has asked for that one, and the camera
 * is looked for all the same, before its next regular look. */
static void
test_q16_stop_of_our_own_is_lost (CameraFixture *fixture, gconstpointer data)
{
  fixture->config->ptz.move_timeout_ms = 300;
  camera_fixture_apply (fixture);
  move (fixture);
  camera_fixture_expect (fixture, 1, "move:ok");
  cg_sim_set_reboot_ms (fixture->sim, 1000);

  cg_sim_reboot (fixture->sim);

  cg_test_wait_for (is_away, fixture, "the end of the contact");
  cg_test_wait_for (is_in_contact, fixture, "the camera to come back");
  cg_test_wait_for (is_unmarked, fixture, "the end of the mark");
}

/* It had no time to read its configuration yet: the mark of the last life stays for a contact that
 * knows more. */
static void
test_q34_mark_without_a_profile (CameraFixture *fixture, gconstpointer data)
{
  move (fixture);
  camera_fixture_expect (fixture, 1, "move:ok");
  cg_test_wait_for (is_marked, fixture, "the mark of a move");
  camera_fixture_kill (fixture);
  camera_fixture_set_fault (fixture, "Q34", "all");

  camera_fixture_begin_life (fixture);
  camera_fixture_settle (fixture);

  g_assert_true (is_marked (fixture));
}

/* The goodbye comes before it was seen that the stop has not stopped it: that is waited for. */
static void
test_q1_goodbye_before_the_proof (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_put_at (fixture, -1, 0);
  camera_fixture_set_fault (fixture, "Q1", "timeout+stop");
  move (fixture);
  camera_fixture_expect (fixture, 1, "move:ok");
  camera_fixture_halt (fixture);
  camera_fixture_expect (fixture, 1, "stop:ok");
  g_assert_false (camera_fixture_is_still (fixture));

  camera_fixture_end_life (fixture);

  g_assert_true (camera_fixture_is_still (fixture));
  g_assert_true (is_unmarked (fixture));
}

static gboolean
forgive (gpointer user_data)
{
  camera_fixture_clear_fault (user_data, "Q35");
  return G_SOURCE_REMOVE;
}

/* A stop that fails at once is not the end of the goodbye. */
static void
test_q1_goodbye_is_refused (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_put_at (fixture, -1, 0);
  camera_fixture_set_fault (fixture, "Q1", "timeout");
  move (fixture);
  camera_fixture_expect (fixture, 1, "move:ok");
  camera_fixture_set_fault (fixture, "Q35", "fault");
  g_timeout_add (100, forgive, fixture); /* it has refused a stop by then */

  camera_fixture_end_life (fixture);

  g_assert_true (camera_fixture_is_still (fixture));
  g_assert_true (is_unmarked (fixture));
}

/* Configured anew while it moves: the mark of the one that leaves is its own until it has left. */
static void
test_q61_a_successor_has_left_nothing (CameraFixture *fixture, gconstpointer data)
{
  CgCamera *successor;

  move (fixture);
  camera_fixture_expect (fixture, 1, "move:ok");
  cg_test_wait_for (is_marked, fixture, "the mark of a move");
  successor = camera_fixture_make_camera (fixture);
  camera_fixture_halt (fixture);
  camera_fixture_expect (fixture, 1, "stop:ok");
  cg_test_wait_for (is_unmarked, fixture, "the end of the mark");
  camera_fixture_end_life (fixture);
  const guint stops = cg_sim_count_requests (fixture->sim, "Stop");

  camera_fixture_open (fixture, successor);
  camera_fixture_settle (fixture);

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "Stop"), ==, stops);
  g_assert_true (is_unmarked (fixture));
}

/* What was asked for over a link that is lost is not begun when the camera is there at last. */
static void
test_a_lost_link_begins_nothing (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_end_life (fixture);
  camera_fixture_set_fault (fixture, "hang", "100");
  fixture->camera = camera_fixture_make_camera (fixture);
  cg_camera_open (fixture->camera);
  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "cloud");
  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "local-1");

  cg_camera_link_lost (fixture->camera, "cloud");

  camera_fixture_expect (fixture, 1, "move:cancelled");
  camera_fixture_expect (fixture, 1, "move:ok");
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "ContinuousMove"), ==, 1);
}

/* Somebody has moved it before this life: the stop waits for the camera as a start does. */
static void
test_q1_stop_before_the_contact (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_end_life (fixture);
  camera_fixture_set_fault (fixture, "hang", "50");
  fixture->camera = camera_fixture_make_camera (fixture);
  cg_camera_open (fixture->camera);
  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "test");

  camera_fixture_halt (fixture);

  camera_fixture_expect (fixture, 1, "move:cancelled");
  camera_fixture_expect (fixture, 1, "stop:ok");
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "Stop"), ==, 1);
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "ContinuousMove"), ==, 0);
}

/* Whose move is over because of another's command is told so, also when that one has failed. */
static void
test_the_loser_is_told (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "cloud");
  camera_fixture_expect (fixture, 1, "move:ok");
  camera_fixture_set_fault (fixture, "Q35", "fault");

  camera_fixture_move (fixture, CG_DIRECTION_LEFT, "local-1");
  g_autofree char *reply = camera_fixture_await (fixture, 1);

  g_assert_cmpstr (reply, !=, "move:ok");
  g_assert_cmpstr (fixture->events->str, ==, "cancelled");
  camera_fixture_clear_fault (fixture, "Q35");
}

/* Nothing has happened to his move. */
static void
test_who_goes_on_is_no_loser (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "cloud");
  camera_fixture_expect (fixture, 1, "move:ok");

  camera_fixture_goto (fixture, 99, "local-1");
  camera_fixture_expect (fixture, 1, "goto:no-such-preset");

  g_assert_cmpstr (fixture->events->str, ==, "");
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (CameraFixture *fixture, gconstpointer data);
  } tests[] = {
      {"/camera/ptz/foreign-preset", test_foreign_preset},
      {"/camera/ptz/stop-overtakes-a-preset", test_stop_overtakes_a_preset},
      {"/camera/ptz/unknown-preset-leaves-the-lease", test_unknown_preset_leaves_the_lease},
      {"/camera/ptz/preset-ends-the-lease", test_preset_ends_the_lease},
      {"/camera/ptz/q31-slow-set", test_q31_slow_set},
      {"/camera/ptz/q61-a-successor-has-left-nothing", test_q61_a_successor_has_left_nothing},
      {"/camera/ptz/a-lost-link-begins-nothing", test_a_lost_link_begins_nothing},
      {"/camera/ptz/q1-stop-before-the-contact", test_q1_stop_before_the_contact},
      {"/camera/ptz/q34-stop-without-a-profile", test_q34_stop_without_a_profile},
      {"/camera/ptz/q16-stop-of-our-own-is-lost", test_q16_stop_of_our_own_is_lost},
      {"/camera/ptz/q34-mark-without-a-profile", test_q34_mark_without_a_profile},
      {"/camera/ptz/the-loser-is-told", test_the_loser_is_told},
      {"/camera/ptz/who-goes-on-is-no-loser", test_who_goes_on_is_no_loser},
      {"/camera/ptz/q61-killed-while-moving", test_q61_killed_while_moving},
      {"/camera/ptz/q1-goodbye-before-the-proof", test_q1_goodbye_before_the_proof},
      {"/camera/ptz/q1-goodbye-is-refused", test_q1_goodbye_is_refused},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, CameraFixture, NULL, set_up, tests[i].test,
                camera_fixture_tear_down);
  return g_test_run ();
}
