/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz-velocity.h"

#define EPSILON 1e-9

static const CgPtzConfig config = {.move_timeout_ms = 5000, .speeds = {0.25, 0.5, 1.0}};

/* A direction at half speed, and what a camera with such ranges is told. */
static const struct {
  CgDirection direction;
  gboolean is_continuous;
  CgOnvifVelocity told;
} rows[] = {
    {CG_DIRECTION_UP, TRUE, {TRUE, FALSE, 0, 0.2, 0}},
    {CG_DIRECTION_DOWN_LEFT, TRUE, {TRUE, FALSE, -0.25, -0.1, 0}},
    {CG_DIRECTION_UP_RIGHT, TRUE, {TRUE, FALSE, 0.5, 0.2, 0}},
    {CG_DIRECTION_ZOOM_OUT, TRUE, {FALSE, TRUE, 0, 0, -0.5}},
    {CG_DIRECTION_LEFT, FALSE, {TRUE, FALSE, -0.1, 0, 0}},
    {CG_DIRECTION_ZOOM_IN, FALSE, {FALSE, TRUE, 0, 0, 0.05}},
};

/* Each range is used on its own side; one of nothing is the generic one (Q33). */
static void
test_ranges (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgOnvifPtzFacts facts = {
        .has_continuous_pan_tilt = rows[i].is_continuous,
        .has_continuous_zoom = rows[i].is_continuous,
        .pan_velocity = {-0.5, 1},
        .tilt_velocity = {-0.2, 0.4},
        .zoom_velocity = {0, 0},
        .pan_step = {-2, 1},
        .zoom_step = {-1, 1},
    };
    const CgMoveRequest request = {rows[i].direction, CG_SPEED_MEDIUM, NULL};
    const CgOnvifVelocity *told = &rows[i].told;
    CgOnvifVelocity velocity;
    CgPtzMove move;
    cg_ptz_move_from_request (&move, &request, &config);

    const gboolean is_step = cg_ptz_velocity_take (&velocity, &facts, &move);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (is_step, ==, !rows[i].is_continuous);
    g_assert_cmpint (velocity.move_pan_tilt, ==, told->move_pan_tilt);
    g_assert_cmpint (velocity.move_zoom, ==, told->move_zoom);
    g_assert_cmpfloat_with_epsilon (velocity.pan, told->pan, EPSILON);
    g_assert_cmpfloat_with_epsilon (velocity.tilt, told->tilt, EPSILON);
    g_assert_cmpfloat_with_epsilon (velocity.zoom, told->zoom, EPSILON);
  }
}

/* Whatever goes somewhere goes in one of the directions; back and forth it is the same one. */
static void
test_directions (void)
{
  for (CgDirection i = 0; i < CG_N_DIRECTIONS; i++) {
    const CgMoveRequest request = {i, CG_SPEED_SLOW, NULL};
    CgPtzMove move;

    cg_ptz_move_from_request (&move, &request, &config);

    g_assert_cmpint (cg_ptz_move_find_direction (move.pan, move.tilt, move.zoom), ==, i);
  }
  g_assert_cmpint (cg_ptz_move_find_direction (0, 0, 0), ==, CG_N_DIRECTIONS);
  g_assert_cmpint (cg_ptz_move_find_direction (1, 0, 1), ==, CG_N_DIRECTIONS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/ptz-velocity/ranges", test_ranges);
  g_test_add_func ("/camera/ptz-velocity/directions", test_directions);
  return g_test_run ();
}
