/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Viewers on the LAN, and the camera that is to be watched. */
#include "camera-fixture.h"
#include "cg-camera-private.h"
#include "cg-stream-private.h"

/* Q19: the camera whose place it takes still says goodbye. */
static void
test_q19_not_before_it_is_open (void)
{
  CameraFixture fixture = {NULL};
  camera_fixture_set_up (&fixture, NULL);
  fixture.camera = camera_fixture_make_camera (&fixture);

  cg_camera_watch (fixture.camera, TRUE);
  g_assert_false (cg_stream_is_held (fixture.camera->stream));
  cg_camera_open (fixture.camera);
  g_assert_true (cg_stream_is_held (fixture.camera->stream));

  camera_fixture_end_life (&fixture);
  camera_fixture_tear_down (&fixture, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/watch/q19-not-before-it-is-open", test_q19_not_before_it_is_open);
  return g_test_run ();
}
