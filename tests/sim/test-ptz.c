/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head that moves, on time that the test makes. */
#include "cg-sim-ptz.h"

#define TOLERANCE 1e-9

static void
assert_at (CgSimPtz *ptz, gint64 now_ms, double pan, double tilt, double zoom)
{
  CgSimPosition at;

  cg_sim_ptz_read (ptz, now_ms, &at);
  g_assert_cmpfloat_with_epsilon (at.pan, pan, TOLERANCE);
  g_assert_cmpfloat_with_epsilon (at.tilt, tilt, TOLERANCE);
  g_assert_cmpfloat_with_epsilon (at.zoom, zoom, TOLERANCE);
}

static void
assert_moving (CgSimPtz *ptz, gint64 now_ms, gboolean pan_tilt, gboolean zoom)
{
  CgSimPosition at;

  cg_sim_ptz_read (ptz, now_ms, &at);
  g_assert_cmpint (at.moving_pan_tilt, ==, pan_tilt);
  g_assert_cmpint (at.moving_zoom, ==, zoom);
}

static void
move (CgSimPtz *ptz, gint64 now_ms, double pan, double tilt, gint64 timeout_ms)
{
  const CgSimVector velocity = {.has_pan_tilt = TRUE, .pan = pan, .tilt = tilt};

  cg_sim_ptz_continuous (ptz, now_ms, &velocity, timeout_ms);
}

static void
zoom (CgSimPtz *ptz, gint64 now_ms, double speed, gint64 timeout_ms)
{
  const CgSimVector velocity = {.has_zoom = TRUE, .zoom = speed};

  cg_sim_ptz_continuous (ptz, now_ms, &velocity, timeout_ms);
}

static void
test_speed_is_velocity (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);

  move (ptz, 1000, 1, -0.5, 0);

  assert_at (ptz, 1000, 0, 0, 0);
  assert_at (ptz, 2000, 0.5, -0.25, 0);
  assert_moving (ptz, 2000, TRUE, FALSE);
}

static void
test_timeout_ends_move (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);

  move (ptz, 0, -1, 0, 600);

  assert_moving (ptz, 599, TRUE, FALSE);
  assert_moving (ptz, 600, FALSE, FALSE);
  assert_at (ptz, 100000, -0.3, 0, 0);
}

static void
test_limits_hold (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);

  move (ptz, 0, 1, 0.5, 0);
  zoom (ptz, 0, -1, 0);

  assert_moving (ptz, 0, TRUE, FALSE);
  assert_at (ptz, 3000, 1, 0.75, 0);
  assert_moving (ptz, 3000, TRUE, FALSE);
  assert_at (ptz, 60000, 1, 1, 0);
  assert_moving (ptz, 60000, FALSE, FALSE);
}

static void
test_axes_stop_apart (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);

  move (ptz, 0, 1, 0, 0);
  zoom (ptz, 0, 1, 0);
  cg_sim_ptz_stop (ptz, 1000, TRUE, FALSE, 0);

  assert_moving (ptz, 1000, FALSE, TRUE);
  assert_at (ptz, 2000, 0.5, 0, 0.5);
  cg_sim_ptz_stop (ptz, 2000, FALSE, TRUE, 0);
  assert_at (ptz, 9000, 0.5, 0, 0.5);
}

/* It is still rolling, and stands later; at an end it stands at once. */
static void
test_stop_coasts (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);

  move (ptz, 0, 1, 0, 0);
  cg_sim_ptz_stop (ptz, 1000, TRUE, TRUE, 200);

  assert_moving (ptz, 1199, TRUE, FALSE);
  assert_moving (ptz, 1200, FALSE, FALSE);
  assert_at (ptz, 9000, 0.6, 0, 0);
  cg_sim_ptz_stop (ptz, 9000, TRUE, TRUE, 200);
  assert_moving (ptz, 9000, FALSE, FALSE);
}

static void
test_past_is_known (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);

  move (ptz, 1000, 1, 0, 0);
  cg_sim_ptz_stop (ptz, 2000, TRUE, TRUE, 0);
  move (ptz, 3000, 0, 1, 0);

  assert_at (ptz, 500, 0, 0, 0);
  assert_at (ptz, 1500, 0.25, 0, 0);
  assert_at (ptz, 3500, 0.5, 0.25, 0);
}

static void
test_reach (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);

  cg_sim_ptz_set_reach (ptz, 0.5);
  move (ptz, 0, 1, 0, 0);

  assert_at (ptz, 9000, 0.5, 0, 0);
  assert_moving (ptz, 9000, FALSE, FALSE);
  g_assert_true (cg_sim_ptz_is_driven (ptz, 9000, FALSE));
  g_assert_false (cg_sim_ptz_is_driven (ptz, 9000, TRUE));
}

static void
test_velocity_zero_stops (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);

  move (ptz, 0, 1, 1, 0);
  move (ptz, 500, 0, 0, 0);

  assert_moving (ptz, 500, FALSE, FALSE);
  assert_at (ptz, 9000, 0.25, 0.25, 0);
}

static void
test_second_move_goes_on_from_there (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);

  move (ptz, 0, 1, 0, 5000);
  move (ptz, 1000, -1, 0, 500);

  assert_at (ptz, 1000, 0.5, 0, 0);
  assert_at (ptz, 9000, 0.25, 0, 0);
}

static void
test_relative_takes_its_time (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);
  const CgSimVector way = {TRUE, TRUE, 0.5, -3, 0.5};

  cg_sim_ptz_relative (ptz, 0, &way);

  assert_at (ptz, 500, 0.25, -0.25, 0.125);
  assert_at (ptz, 2000, 0.5, -1, 0.5);
  assert_moving (ptz, 2000, FALSE, FALSE);
}

static void
test_place_is_at_once (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);
  const CgSimVector place = {TRUE, TRUE, 5, -0.5, 0.25};

  zoom (ptz, 0, 1, 0);
  cg_sim_ptz_place (ptz, 10, &place);

  assert_at (ptz, 10, 1, -0.5, 0.25);
  assert_moving (ptz, 10, FALSE, FALSE);
}

static void
test_presets_are_kept (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (2);
  const CgSimPreset *gate, *named, *again;

  g_assert_cmpint (cg_sim_ptz_set_preset (ptz, 0, NULL, "gate", &gate), ==, CG_SIM_PTZ_DONE);
  g_assert_cmpint (cg_sim_ptz_set_preset (ptz, 0, NULL, NULL, &named), ==, CG_SIM_PTZ_DONE);
  g_assert_cmpint (cg_sim_ptz_set_preset (ptz, 0, "1", NULL, &again), ==, CG_SIM_PTZ_DONE);

  g_assert_cmpstr (gate->token, ==, "1");
  g_assert_cmpstr (gate->name, ==, "gate");
  g_assert_cmpstr (named->name, ==, "Preset 2");
  g_assert_true (again == gate);
  g_assert_cmpuint (cg_sim_ptz_get_presets (ptz)->len, ==, 2);
}

static void
test_presets_are_refused (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);
  const CgSimPreset *preset;

  g_assert_cmpint (cg_sim_ptz_set_preset (ptz, 0, "7", "x", &preset), ==, CG_SIM_PTZ_NO_TOKEN);
  g_assert_cmpint (cg_sim_ptz_goto_preset (ptz, 0, "1"), ==, CG_SIM_PTZ_NO_TOKEN);
  g_assert_cmpint (cg_sim_ptz_remove_preset (ptz, "1"), ==, CG_SIM_PTZ_NO_TOKEN);
  cg_sim_ptz_set_preset (ptz, 0, NULL, "a", &preset);
  g_assert_cmpint (cg_sim_ptz_set_preset (ptz, 0, NULL, "b", &preset), ==,
                   CG_SIM_PTZ_TOO_MANY_PRESETS);
  g_assert_cmpint (cg_sim_ptz_remove_preset (ptz, "1"), ==, CG_SIM_PTZ_DONE);
  g_assert_cmpuint (cg_sim_ptz_get_presets (ptz)->len, ==, 0);
}

static void
test_presets_are_renamed (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (3);
  const CgSimPreset *a, *b;

  cg_sim_ptz_add_preset (ptz, 0, "9", "a", &a);
  cg_sim_ptz_add_preset (ptz, 0, NULL, "b", &b);
  g_assert_cmpstr (a->token, ==, "9");
  g_assert_cmpstr (b->token, ==, "1");

  cg_sim_ptz_renumber (ptz, 1);
  g_assert_cmpstr (b->token, ==, "2");
  cg_sim_ptz_renumber (ptz, 0);
  g_assert_cmpstr (a->token, ==, "3");
  cg_sim_ptz_forget_presets (ptz);
  g_assert_cmpuint (cg_sim_ptz_get_presets (ptz)->len, ==, 0);
}

static void
test_goto_takes_its_time (void)
{
  g_autoptr (CgSimPtz) ptz = cg_sim_ptz_new (1);
  const CgSimVector place = {TRUE, TRUE, 0.3, -0.7, 0.1};
  const CgSimVector home = {TRUE, TRUE, 0, 0, 0};
  const CgSimPreset *preset;

  cg_sim_ptz_place (ptz, 0, &place);
  cg_sim_ptz_set_preset (ptz, 0, NULL, "gate", &preset);
  cg_sim_ptz_place (ptz, 0, &home);
  g_assert_cmpint (cg_sim_ptz_goto_preset (ptz, 100, preset->token), ==, CG_SIM_PTZ_DONE);

  assert_moving (ptz, 100, TRUE, TRUE);
  assert_at (ptz, 600, 0.25, -0.25, 0.1);
  assert_moving (ptz, 600, TRUE, FALSE);
  assert_at (ptz, 1500, 0.3, -0.7, 0.1);
  assert_moving (ptz, 1500, FALSE, FALSE);
  g_assert_cmpint (cg_sim_ptz_goto_preset (ptz, 2000, preset->token), ==, CG_SIM_PTZ_DONE);
  assert_moving (ptz, 2000, FALSE, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/ptz/speed-is-velocity", test_speed_is_velocity);
  g_test_add_func ("/sim/ptz/timeout-ends-move", test_timeout_ends_move);
  g_test_add_func ("/sim/ptz/limits-hold", test_limits_hold);
  g_test_add_func ("/sim/ptz/axes-stop-apart", test_axes_stop_apart);
  g_test_add_func ("/sim/ptz/stop-coasts", test_stop_coasts);
  g_test_add_func ("/sim/ptz/past", test_past_is_known);
  g_test_add_func ("/sim/ptz/reach", test_reach);
  g_test_add_func ("/sim/ptz/velocity-zero-stops", test_velocity_zero_stops);
  g_test_add_func ("/sim/ptz/second-move", test_second_move_goes_on_from_there);
  g_test_add_func ("/sim/ptz/relative", test_relative_takes_its_time);
  g_test_add_func ("/sim/ptz/place", test_place_is_at_once);
  g_test_add_func ("/sim/ptz/presets/kept", test_presets_are_kept);
  g_test_add_func ("/sim/ptz/presets/refused", test_presets_are_refused);
  g_test_add_func ("/sim/ptz/presets/renamed", test_presets_are_renamed);
  g_test_add_func ("/sim/ptz/presets/goto", test_goto_takes_its_time);
  return g_test_run ();
}
