/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a camera's moves teach, and whether the next life of the daemon knows it. */
#include "camera-fixture.h"
#include "cg-test.h"

/* By then the last look of a camera that is too late was given up. */
#define PATIENCE_MS 4000

/* What is waited for in the state file. */
typedef struct {
  CgStore *store;
  const char *member;
  const char *value;
} Wanted;

static void
move_and_stop (CameraFixture *fixture)
{
  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "test");
  camera_fixture_expect (fixture, 1, "move:ok");
  camera_fixture_halt (fixture);
  camera_fixture_expect (fixture, 1, "stop:ok");
}

static gboolean
is_seen_to_move (gpointer user_data)
{
  CameraFixture *fixture = user_data;
  g_autoptr (JsonNode) node = cg_store_load (fixture->store, "camera-" DID, NULL);
  g_autoptr (JsonNode) found =
      node != NULL ? json_path_query ("$.ptz.pan.position", node, NULL) : NULL;
  JsonArray *positions = found != NULL ? json_node_get_array (found) : NULL;

  return positions != NULL && json_array_get_length (positions) > 0 &&
         g_str_equal (json_array_get_string_element (positions, 0), "honest");
}

/* Long enough for the camera to be seen, in this life or in another one. */
static void
move_and_stop_seen (CameraFixture *fixture)
{
  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "test");
  camera_fixture_expect (fixture, 1, "move:ok");
  cg_test_wait_for (is_seen_to_move, fixture, "a camera that is seen to move");
  camera_fixture_halt (fixture);
  camera_fixture_expect (fixture, 1, "stop:ok");
}

static gboolean
is_in_state_file (gpointer user_data)
{
  const Wanted *wanted = user_data;
  g_autoptr (JsonNode) node = cg_store_load (wanted->store, "camera-" DID, NULL);

  if (node == NULL)
    return FALSE;
  JsonObject *object = json_node_get_object (node);
  return g_strcmp0 (json_object_get_string_member_with_default (object, wanted->member, NULL),
                    wanted->value) == 0;
}

static void
expect_learnt (CameraFixture *fixture, const char *member, const char *value)
{
  Wanted wanted = {fixture->store, member, value};

  cg_test_wait_for (is_in_state_file, &wanted, value);
}

/* The names of the moves and stops that came, one letter each. */
static char *
take_moves (CameraFixture *fixture)
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
    CameraFixture fixture = {NULL};
    g_test_message ("%s=%s", rows[i].fault, rows[i].arg);
    camera_fixture_set_up (&fixture, NULL);
    if (rows[i].fault != NULL)
      camera_fixture_set_fault (&fixture, rows[i].fault, rows[i].arg);
    camera_fixture_begin_life (&fixture);

    move_and_stop_seen (&fixture);
    camera_fixture_until_still (&fixture);
    expect_learnt (&fixture, "stop", rows[i].learnt);
    g_autofree char *first = take_moves (&fixture);
    camera_fixture_end_life (&fixture);
    camera_fixture_begin_life (&fixture);
    move_and_stop_seen (&fixture);
    camera_fixture_until_still (&fixture);
    g_autofree char *second = take_moves (&fixture);

    g_assert_cmpstr (first, ==, rows[i].first);
    g_assert_cmpstr (second, ==, rows[i].second);
    camera_fixture_tear_down (&fixture, NULL);
  }
}

/* Moves teach it too, and it is stored at once. */
static void
test_q33_timeout (void)
{
  CameraFixture fixture = {NULL};
  camera_fixture_set_up (&fixture, NULL);
  camera_fixture_set_fault (&fixture, "Q33", "timeout");
  camera_fixture_begin_life (&fixture);

  move_and_stop_seen (&fixture);
  expect_learnt (&fixture, "stop", "named");
  g_autofree char *first = take_moves (&fixture);
  camera_fixture_end_life (&fixture);
  camera_fixture_begin_life (&fixture);
  move_and_stop_seen (&fixture);
  g_autofree char *second = take_moves (&fixture);

  g_assert_cmpstr (first, ==, "mms");
  g_assert_cmpstr (second, ==, "ms");
  camera_fixture_tear_down (&fixture, NULL);
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
    CameraFixture fixture = {NULL};
    g_test_message ("%s", rows[i].text);
    camera_fixture_set_up (&fixture, NULL);
    g_free (cg_test_write_file (fixture.dir, "camera-" DID ".json", rows[i].text, 0600));
    camera_fixture_begin_life (&fixture);

    move_and_stop_seen (&fixture);
    expect_learnt (&fixture, rows[i].member, rows[i].value);

    g_autofree char *moves = take_moves (&fixture);
    g_assert_cmpstr (moves, ==, rows[i].moves);
    camera_fixture_tear_down (&fixture, NULL);
  }
}

/* Q36: one lost look ends nothing; where GetStatus is too late even for those who have patience,
 * nobody asks on. */
static void
test_q36_slow (void)
{
  CameraFixture fixture = {NULL};
  camera_fixture_set_up (&fixture, NULL);
  camera_fixture_set_fault (&fixture, "Q36", "slow:30000");
  camera_fixture_begin_life (&fixture);

  for (guint i = 0; i < 3; i++) {
    move_and_stop (&fixture);
    cg_test_run_for (1800);
  }
  cg_test_run_for (PATIENCE_MS);
  const guint asked = cg_sim_count_requests (fixture.sim, "GetStatus");
  move_and_stop (&fixture);
  cg_test_run_for (1800);

  g_assert_cmpuint (asked, >, 1);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetStatus"), ==, asked);
  camera_fixture_tear_down (&fixture, NULL);
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
