/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the line is looked at, and when nobody has to. */
#include "cg-uplink-watch.h"

#include "camera-fixture.h"
#include "cg-camera-private.h"
#include "cg-clock-dummy.h"
#include "cg-stream-private.h"

typedef struct {
  CameraFixture house;
  CgCamera *camera; /* closed: it does what the test says */
  CgClockDummy *clock;
  CgStreamConfig config;
  CgUplinkWatch *watch;
} Fixture;

static void
apply (Fixture *self, gboolean uplink_care)
{
  g_autoptr (GPtrArray) cameras = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (cameras, g_object_ref (self->camera));
  self->config = self->house.config->stream;
  self->config.uplink_care = uplink_care;
  cg_uplink_watch_apply (self->watch, &self->config, cameras);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  camera_fixture_set_up (&self->house, NULL);
  self->camera = camera_fixture_make_camera (&self->house);
  self->clock = cg_clock_dummy_new ();
  self->watch = cg_uplink_watch_new (CG_CLOCK (self->clock));
  apply (self, TRUE);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cg_uplink_watch_free (self->watch);
  g_object_unref (self->clock);
  g_object_unref (self->camera);
  camera_fixture_tear_down (&self->house, NULL);
}

static void
become (Fixture *self, CgStreamState state)
{
  CgStream *stream = self->camera->stream;

  cg_stream_report_free (stream->report);
  stream->report = cg_stream_report_new (state, "rtmp://127.0.0.1/live/x", NULL);
}

/* It looks once, whether there is nothing to do. */
static void
let_rest (Fixture *self)
{
  g_assert_cmpuint (cg_clock_dummy_count_sources (self->clock), ==, 1);
  cg_clock_dummy_advance (self->clock, CG_UPLINK_TICK_MS);
  g_assert_cmpuint (cg_clock_dummy_count_sources (self->clock), ==, 0);
}

static void
test_it_rests_while_nothing_is_sent (Fixture *self, gconstpointer data)
{
  let_rest (self);

  cg_uplink_watch_wake (self->watch);
  cg_uplink_watch_wake (self->watch);
  let_rest (self);
}

static void
test_it_looks_while_something_is_sent (Fixture *self, gconstpointer data)
{
  static const CgStreamState states[] = {CG_STREAM_STARTING, CG_STREAM_PLAYING, CG_STREAM_RETRYING,
                                         CG_STREAM_FAILED};

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    become (self, states[i]);
    cg_uplink_watch_wake (self->watch);
    cg_clock_dummy_advance (self->clock, 10 * CG_UPLINK_TICK_MS);
    g_assert_cmpint (cg_clock_dummy_get_next_ms (self->clock), ==, CG_UPLINK_TICK_MS);
  }
  become (self, CG_STREAM_STOPPED);
  let_rest (self);
}

static void
test_it_is_told_to_leave_it (Fixture *self, gconstpointer data)
{
  apply (self, FALSE);
  become (self, CG_STREAM_PLAYING);
  cg_uplink_watch_wake (self->watch);
  g_assert_cmpuint (cg_clock_dummy_count_sources (self->clock), ==, 0);

  apply (self, TRUE);
  g_assert_cmpuint (cg_clock_dummy_count_sources (self->clock), ==, 1);
}

static void
add (const char *path, void (*test) (Fixture *self, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/camera/uplink-watch/rests", test_it_rests_while_nothing_is_sent);
  add ("/camera/uplink-watch/looks", test_it_looks_while_something_is_sent);
  add ("/camera/uplink-watch/left-alone", test_it_is_told_to_leave_it);
  return g_test_run ();
}
