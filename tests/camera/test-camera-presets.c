/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole camera and the places it keeps: which preset is which, whatever the camera makes of
 * tokens and names (Q31, Q32). */
#include <glib/gstdio.h>
#include <string.h>

#include "camera-fixture.h"
#include "cg-test.h"

static void
set_up (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_set_up (fixture, data);
  camera_fixture_begin_life (fixture);
}

static void
expect (CameraFixture *fixture, const char *who, const char *reply)
{
  g_autofree char *wanted = g_strconcat (who, ":", reply, NULL);

  camera_fixture_expect (fixture, 1, wanted);
}

static void
set (CameraFixture *fixture, guint index, const char *name, const char *reply)
{
  camera_fixture_set (fixture, index, name);
  expect (fixture, "set", reply);
}

static void
call (CameraFixture *fixture, guint index, const char *reply)
{
  camera_fixture_goto (fixture, index, "test");
  expect (fixture, "goto", reply);
}

static void
remove_preset (CameraFixture *fixture, guint index, const char *reply)
{
  camera_fixture_remove (fixture, index);
  expect (fixture, "remove", reply);
}

static void
list (CameraFixture *fixture, const char *reply)
{
  camera_fixture_list (fixture);
  expect (fixture, "list", reply);
}

static void
halt (CameraFixture *fixture)
{
  camera_fixture_halt (fixture);
  expect (fixture, "stop", "ok");
}

static void
move (CameraFixture *fixture)
{
  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "test");
  expect (fixture, "move", "ok");
}

/* Until nobody is on his way any more. */
static void
call_when_free (CameraFixture *fixture, guint index, const char *reply)
{
  g_autofree char *wanted = g_strconcat ("goto:", reply, NULL);
  g_autofree char *given = NULL;

  do {
    g_free (given);
    cg_test_run_for (20);
    camera_fixture_goto (fixture, index, "test");
    given = camera_fixture_await (fixture, 1);
  } while (g_str_has_prefix (given, "goto:preset-busy"));
  g_assert_cmpstr (given, ==, wanted);
}

/* Sets three presets at three places. */
static void
set_three (CameraFixture *fixture)
{
  camera_fixture_settle (fixture); /* the look at contact, too */
  camera_fixture_put_at (fixture, 0.1, 0);
  set (fixture, 5, "gate", "ok");
  camera_fixture_settle (fixture);
  camera_fixture_put_at (fixture, 0.2, 0);
  set (fixture, 7, "大门", "ok");
  camera_fixture_settle (fixture);
  camera_fixture_put_at (fixture, 0.3, 0);
  set (fixture, 128, "Größe", "ok");
  camera_fixture_settle (fixture);
}

/* However the camera treats tokens and names, ours stay what they were, over a restart too. */
static void
test_q31_mind_of_its_own (void)
{
  static const char *const args[] = {NULL,     "opaque", "accepts",     "empty",    "equal",
                                     "shifts", "other",  "silent",      "latin1",   "cut:3",
                                     "ascii",  "named",  "no-position", "slots:300"};

  for (gsize i = 0; i < G_N_ELEMENTS (args); i++) {
    CameraFixture fixture = {0};

    g_test_message ("Q31 %s", args[i] != NULL ? args[i] : "none");
    set_up (&fixture, NULL);
    if (args[i] != NULL)
      camera_fixture_set_fault (&fixture, "Q31", args[i]);

    set_three (&fixture);
    list (&fixture, "5:gate 7:大门 128:Größe");
    set (&fixture, 7, NULL, "ok");
    list (&fixture, "5:gate 7:大门 128:Größe");
    camera_fixture_end_life (&fixture);
    camera_fixture_begin_life (&fixture);
    list (&fixture, "5:gate 7:大门 128:Größe");
    call (&fixture, 5, "ok");
    camera_fixture_until_still (&fixture);
    g_assert_cmpfloat_with_epsilon (camera_fixture_get_pan (&fixture), 0.1, 0.01);

    camera_fixture_tear_down (&fixture, NULL);
  }
}

/* What the camera calls a preset that was set without a name counts its own slots, not ours: it is
 * no name before somebody has given it there. */
static void
test_no_name (CameraFixture *fixture, gconstpointer data)
{
  set (fixture, 3, NULL, "ok");
  list (fixture, "3:");
  set (fixture, 3, NULL, "ok");
  camera_fixture_settle (fixture);
  camera_fixture_end_life (fixture);
  camera_fixture_begin_life (fixture);
  list (fixture, "3:");

  set (fixture, 3, "gate", "ok");
  list (fixture, "3:gate");
}

/* Q31: tokens close the gap: what is left is found by name and place. */
static void
test_q31_gap (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_set_fault (fixture, "Q31", "shifts");
  set_three (fixture);

  remove_preset (fixture, 5, "ok");
  call (fixture, 7, "ok");

  camera_fixture_until_still (fixture);
  g_assert_cmpfloat_with_epsilon (camera_fixture_get_pan (fixture), 0.2, 0.01);
  list (fixture, "7:大门 128:Größe");
}

/* A slot that the camera keeps for itself is left alone from then on, and another is found. */
static void
test_q32_reserved (CameraFixture *fixture, gconstpointer data)
{
  g_autofree char *learnt = NULL;
  g_autofree char *path = g_build_filename (fixture->dir, "camera-" DID ".json", NULL);

  camera_fixture_set_fault (fixture, "Q32", "2");
  set (fixture, 33, "gate", "ok");
  list (fixture, "33:gate 34:Preset 34");
  camera_fixture_end_life (fixture);
  g_assert_true (g_file_get_contents (path, &learnt, NULL, NULL));
  g_assert_nonnull (strstr (learnt, "\"reserved-presets\""));
  camera_fixture_begin_life (fixture);

  list (fixture, "33:gate 34:Preset 34");
}

static void
test_full (CameraFixture *fixture, gconstpointer data)
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
test_reset (CameraFixture *fixture, gconstpointer data)
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
test_not_there (CameraFixture *fixture, gconstpointer data)
{
  call (fixture, 9, "no-such-preset");
  remove_preset (fixture, 9, "no-such-preset");

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 0);
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "RemovePreset"), ==, 0);
}

/* 60010: by the place that the camera tells, else by the one where it came to rest. */
static void
test_at_preset (CameraFixture *fixture, gconstpointer data)
{
  if (data != NULL)
    camera_fixture_set_fault (fixture, "Q31", data);
  camera_fixture_settle (fixture); /* the look at contact, too */
  camera_fixture_put_at (fixture, 0.2, 0);
  set (fixture, 1, "gate", "ok");
  camera_fixture_settle (fixture);
  camera_fixture_put_at (fixture, 0.25, 0);
  call (fixture, 1, "ok");

  call_when_free (fixture, 1, "at-preset measured");

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 1);
  camera_fixture_settle (fixture);
  camera_fixture_put_at (fixture, 0.3, 0);
  call (fixture, 1, "ok");
}

/* It tells presets in the generic spaces, and in degrees where it stands. */
static void
test_at_preset_in_degrees (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_end_life (fixture);
  camera_fixture_set_fault (fixture, "Q36", "degrees");
  camera_fixture_begin_life (fixture);
  test_at_preset (fixture, "generic");
}

static JsonObject *
find_stored (JsonNode *node, gint64 index)
{
  JsonArray *presets = json_object_get_array_member (json_node_get_object (node), "presets");

  for (guint i = 0; i < json_array_get_length (presets); i++) {
    JsonObject *preset = json_array_get_object_element (presets, i);

    if (json_object_get_int_member (preset, "index") == index)
      return preset;
  }
  g_assert_not_reached ();
}

/* Where the camera came to rest at a preset, as the state file has it: "0.20 0.00 0.50"; "-" of
 * what is not known. */
static char *
get_noted (CameraFixture *fixture, gint64 index)
{
  static const char *const axes[] = {"pan", "tilt", "zoom"};
  g_autoptr (JsonNode) node = cg_store_load (fixture->store, "presets-" DID, NULL);
  JsonObject *preset = find_stored (node, index);
  JsonObject *place = json_object_has_member (preset, "place")
                          ? json_object_get_object_member (preset, "place")
                          : NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (axes); i++) {
    if (i > 0)
      g_string_append_c (text, ' ');
    if (place != NULL && json_object_has_member (place, axes[i]))
      g_string_append_printf (text, "%.2f", json_object_get_double_member (place, axes[i]));
    else
      g_string_append_c (text, '-');
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* At the right pan and tilt with another zoom it is not there, whatever the list leaves out. */
static void
test_zoom_is_not_told (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_set_fault (fixture, "Q31", "no-zoom");
  set (fixture, 2, "waits until the looks at contact are over", "ok");
  camera_fixture_settle (fixture);
  camera_fixture_put_at (fixture, 0.2, 0.5);
  set (fixture, 1, "gate", "ok");
  camera_fixture_settle (fixture);
  g_autofree char *noted = get_noted (fixture, 1);
  g_assert_cmpstr (noted, ==, "0.20 0.00 0.50");
  call (fixture, 1, "ok");
  call_when_free (fixture, 1, "at-preset measured");
  camera_fixture_put_at (fixture, 0.2, 1);

  call (fixture, 1, "ok");

  camera_fixture_until_still (fixture);
  call_when_free (fixture, 1, "at-preset measured");
}

/* Of a preset that nobody has been at since, only what the camera tells is known. */
static void
test_zoom_is_not_known (CameraFixture *fixture, gconstpointer data)
{
  g_autofree char *map = g_build_filename (fixture->dir, "presets-" DID ".json", NULL);

  camera_fixture_set_fault (fixture, "Q31", "no-zoom");
  camera_fixture_put_at (fixture, 0.2, 0.5);
  set (fixture, 1, "gate", "ok");
  camera_fixture_end_life (fixture);
  g_assert_cmpint (g_unlink (map), ==, 0);
  camera_fixture_put_at (fixture, 0.2, 1);
  camera_fixture_begin_life (fixture);
  cg_test_run_for (400); /* until it was seen to stand */

  call (fixture, 1, "ok");

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "GotoPreset"), ==, 1);
}

/* The second one knows what the first has made. */
static void
test_two_sets_at_once (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_set (fixture, 5, "gate");
  camera_fixture_set (fixture, 5, "door");
  camera_fixture_expect (fixture, 2, "set:ok set:ok");

  list (fixture, "5:door");
}

/* The order in which the camera was asked for these since that was asked for last: "l" for the list
 * of presets, "g" for a call. */
static char *
take_order (CameraFixture *fixture)
{
  g_autoptr (JsonArray) requests = cg_sim_take_requests (fixture->sim);
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (requests); i++) {
    JsonObject *request = json_array_get_object_element (requests, i);
    const char *op = json_object_get_string_member (request, "op");

    if (g_str_equal (op, "GetPresets"))
      g_string_append_c (order, 'l');
    else if (g_str_equal (op, "GotoPreset"))
      g_string_append_c (order, 'g');
  }
  return g_string_free (g_steal_pointer (&order), FALSE);
}

/* The list is read again behind a set: who calls a preset meanwhile does not wait for that. It is
 * read anew behind the call. */
static void
test_nobody_waits_for_the_list (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_put_at (fixture, -0.5, 0);
  set (fixture, 1, "gate", "ok");
  camera_fixture_settle (fixture);
  camera_fixture_put_at (fixture, 0.5, 0);
  camera_fixture_set_fault (fixture, "hang", "300");
  set (fixture, 1, NULL, "ok");
  camera_fixture_put_at (fixture, 0, 0);
  const guint lists = cg_sim_count_requests (fixture->sim, "GetPresets");
  camera_fixture_until_asked (fixture, "GetPresets", lists + 1);
  camera_fixture_forget_requests (fixture);

  camera_fixture_goto (fixture, 1, "test");
  expect (fixture, "goto", "ok");

  camera_fixture_until_asked (fixture, "GetPresets", lists + 2);
  g_autofree char *order = take_order (fixture);
  g_assert_cmpstr (order, ==, "gl");
}

/* What the camera passes by on its way elsewhere is not where a preset was set. */
static void
test_passing_is_no_place (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_set_fault (fixture, "Q31", "no-position");
  camera_fixture_put_at (fixture, -0.9, 0);
  set (fixture, 7, "door", "ok");
  camera_fixture_settle (fixture);
  camera_fixture_put_at (fixture, 0.9, 0);

  camera_fixture_set (fixture, 5, "gate");
  expect (fixture, "set", "ok");
  call (fixture, 7, "ok");

  camera_fixture_until_still (fixture);
  camera_fixture_settle (fixture);
  g_autofree char *noted = get_noted (fixture, 5);
  g_assert_cmpstr (noted, ==, "- - -");
}

static guint64
get_inode (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  return info.st_ino;
}

/* A patrol that calls the same presets day and night writes nothing. */
static void
test_arrivals_are_not_written (CameraFixture *fixture, gconstpointer data)
{
  g_autofree char *map = g_build_filename (fixture->dir, "presets-" DID ".json", NULL);

  camera_fixture_settle (fixture);
  camera_fixture_put_at (fixture, 0.2, 0);
  set (fixture, 1, "gate", "ok");
  camera_fixture_settle (fixture);
  camera_fixture_put_at (fixture, 0.3, 0);
  call (fixture, 1, "ok");
  call_when_free (fixture, 1, "at-preset measured");
  cg_test_flush (fixture->store);
  const guint64 before = get_inode (map);

  camera_fixture_put_at (fixture, 0.3, 0);
  call (fixture, 1, "ok");
  call_when_free (fixture, 1, "at-preset measured");
  list (fixture, "1:gate");

  cg_test_flush (fixture->store);
  g_assert_cmpuint (get_inode (map), ==, before);
}

static gboolean
is_last_noted (gpointer user_data)
{
  g_autofree char *noted = get_noted (user_data, 128);

  return !g_str_equal (noted, "- - -");
}

/* Q31: tokens close the gap while the camera is on its way: where it arrives is where the preset is
 * that was asked for, not the one that has its token now. */
static void
test_removed_on_the_way (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_set_fault (fixture, "Q31", "shifts+no-position");
  set_three (fixture);
  cg_test_flush (fixture->store);
  cg_test_wait_for (is_last_noted, fixture, "the place of the last preset");
  camera_fixture_put_at (fixture, 0.9, 0);
  call (fixture, 7, "ok");

  remove_preset (fixture, 5, "ok");
  list (fixture, "7:大门 128:Größe");
  camera_fixture_until_still (fixture);
  camera_fixture_settle (fixture);

  call_when_free (fixture, 7, "at-preset measured");
  g_autofree char *noted = get_noted (fixture, 128);
  g_assert_cmpstr (noted, ==, "0.30 0.00 0.00");
}

/* A camera that is on its way to a preset takes none, and is set nowhere. */
static void
test_busy (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_put_at (fixture, -1, 0);
  set (fixture, 1, "gate", "ok");
  camera_fixture_put_at (fixture, 1, 0);
  call (fixture, 1, "ok");

  set (fixture, 2, "door", "preset-busy measured");

  halt (fixture);
  set (fixture, 2, "door", "ok");
}

/* A set asked for while the camera moves waits until it stands. */
static void
test_set_waits (CameraFixture *fixture, gconstpointer data)
{
  fixture->config->ptz.move_timeout_ms = 1000;
  camera_fixture_apply (fixture);
  move (fixture);

  set (fixture, 1, "gate", "ok");

  g_assert_true (camera_fixture_is_still (fixture));
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "SetPreset"), ==, 1);
}

/* One that moves on beyond the time of a reply is set nowhere. */
static void
test_set_gives_up (CameraFixture *fixture, gconstpointer data)
{
  move (fixture);

  set (fixture, 1, "gate", "timed-out");

  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "SetPreset"), ==, 0);
  g_assert_true (cg_camera_is_contacted (fixture->camera));
  halt (fixture);
}

/* The preset is where the camera stood when it was set, not where a move that came while the camera
 * was still answering has taken it. */
static void
test_moved_while_it_is_set (CameraFixture *fixture, gconstpointer data)
{
  camera_fixture_set_fault (fixture, "Q31", "no-position");
  camera_fixture_settle (fixture);
  camera_fixture_set_fault (fixture, "hang", "200");
  camera_fixture_set (fixture, 1, "gate");
  camera_fixture_until_asked (fixture, "SetPreset", 1);

  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "test");
  camera_fixture_expect (fixture, 2, "set:ok move:ok");
  halt (fixture);

  camera_fixture_until_still (fixture);
  camera_fixture_clear_fault (fixture, "hang");
  camera_fixture_settle (fixture);
  g_autofree char *noted = get_noted (fixture, 1);
  g_assert_cmpstr (noted, ==, "- - -");
}

/* A set that waits behind the list is not made in the middle of a move that has come meanwhile. */
static void
test_moved_before_it_is_set (CameraFixture *fixture, gconstpointer data)
{
  g_autofree char *replies = NULL;
  camera_fixture_settle (fixture);
  const guint lists = cg_sim_count_requests (fixture->sim, "GetPresets");
  camera_fixture_set_fault (fixture, "hang", "200");
  camera_fixture_list (fixture);
  camera_fixture_set (fixture, 1, "gate");
  camera_fixture_until_asked (fixture, "GetPresets", lists + 1);

  camera_fixture_move (fixture, CG_DIRECTION_RIGHT, "test");
  replies = camera_fixture_await (fixture, 3);

  g_assert_nonnull (strstr (replies, "move:ok"));
  g_assert_null (strstr (replies, "set:ok"));
  g_assert_cmpuint (cg_sim_count_requests (fixture->sim, "SetPreset"), ==, 0);
  camera_fixture_clear_fault (fixture, "hang");
  halt (fixture);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (CameraFixture *fixture, gconstpointer data);
    const char *data;
  } tests[] = {
      {"/camera/presets/no-name", test_no_name},
      {"/camera/presets/q31-gap", test_q31_gap},
      {"/camera/presets/q32-reserved", test_q32_reserved},
      {"/camera/presets/full", test_full},
      {"/camera/presets/reset", test_reset},
      {"/camera/presets/not-there", test_not_there},
      {"/camera/presets/at-preset", test_at_preset},
      {"/camera/presets/at-preset-not-told", test_at_preset, "no-position"},
      {"/camera/presets/at-preset-in-degrees", test_at_preset_in_degrees},
      {"/camera/presets/zoom-is-not-told", test_zoom_is_not_told},
      {"/camera/presets/zoom-is-not-known", test_zoom_is_not_known},
      {"/camera/presets/two-sets-at-once", test_two_sets_at_once},
      {"/camera/presets/nobody-waits-for-the-list", test_nobody_waits_for_the_list},
      {"/camera/presets/passing-is-no-place", test_passing_is_no_place},
      {"/camera/presets/arrivals-are-not-written", test_arrivals_are_not_written},
      {"/camera/presets/removed-on-the-way", test_removed_on_the_way},
      {"/camera/presets/busy", test_busy},
      {"/camera/presets/set-waits", test_set_waits},
      {"/camera/presets/set-gives-up", test_set_gives_up},
      {"/camera/presets/moved-while-it-is-set", test_moved_while_it_is_set},
      {"/camera/presets/moved-before-it-is-set", test_moved_before_it_is_set},
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/presets/q31-mind-of-its-own", test_q31_mind_of_its_own);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, CameraFixture, tests[i].data, set_up, tests[i].test,
                camera_fixture_tear_down);
  return g_test_run ();
}
