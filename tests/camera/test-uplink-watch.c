/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the line is looked at, and when nobody has to. */
#include "cg-uplink-watch.h"

#include "camera-fixture.h"
#include "cg-camera-private.h"
#include "cg-clock-dummy.h"
#include "cg-fleet.h"
#include "cg-stream-private.h"
#include "cg-test.h"

typedef struct {
  CameraFixture house;
  CgCamera *camera; /* its stream does what the test says */
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
  camera_fixture_begin_life (&self->house);
  self->camera = self->house.camera;
  self->clock = cg_clock_dummy_new ();
  self->watch = cg_uplink_watch_new (CG_CLOCK (self->clock));
  apply (self, TRUE);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cg_uplink_watch_free (self->watch);
  g_object_unref (self->clock);
  camera_fixture_tear_down (&self->house, NULL);
}

static void
become (Fixture *self, CgStreamState state)
{
  CgStream *stream = self->camera->stream;

  cg_stream_report_free (stream->report);
  stream->report = cg_stream_report_new (state, "rtmp://127.0.0.1/live/x", NULL);
}

/* It does not play because the line took nothing. */
static void
become_stuck (Fixture *self)
{
  become (self, CG_STREAM_RETRYING);
  cg_stream_report_remark (self->camera->stream->report, cg_uplink_state_get_word (CG_UPLINK_SLOW),
                           NULL);
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

/* The next push begins with the main picture: somebody has to give it back. */
static void
test_it_looks_until_all_have_their_main_picture (Fixture *self, gconstpointer data)
{
  become_stuck (self);
  cg_clock_dummy_advance (self->clock, 10 * CG_UPLINK_TICK_MS);
  g_assert_cmpint (self->camera->uplink, ==, CG_UPLINK_SLOW);

  become (self, CG_STREAM_STOPPED);
  cg_clock_dummy_advance (self->clock, 10 * CG_UPLINK_TICK_MS);
  g_assert_cmpint (self->camera->uplink, ==, CG_UPLINK_SLOW);
  g_assert_cmpuint (cg_clock_dummy_count_sources (self->clock), ==, 1);

  cg_clock_dummy_advance (self->clock, 10 * (gint64)self->config.uplink_retry_ms);
  g_assert_cmpint (self->camera->uplink, ==, CG_UPLINK_FREE);
  g_assert_cmpuint (cg_clock_dummy_count_sources (self->clock), ==, 0);
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
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

/* A camera of a fleet wakes it, and no longer once the fleet is closed. */
static void
test_a_fleet (void)
{
  g_autoptr (CgClockDummy) clock = cg_clock_dummy_new ();
  g_autoptr (CgConfig) config =
      cg_config_parse ("[gateway]\ndid=aabbccddeeff\n[discovery]\ninterfaces=none\n"
                       "[camera " DID "]\nprotocol=rtsp\nurl=rtsp://127.0.0.1:9/x\n",
                       -1, "test", NULL, NULL);
  g_autoptr (CgFleet) fleet = cg_fleet_new (NULL, CG_CLOCK (clock));
  g_autoptr (CgStreamReport) report = cg_stream_report_new (CG_STREAM_RETRYING, NULL, NULL);
  gboolean is_closed = FALSE;

  cg_fleet_apply (fleet, config);
  cg_clock_dummy_advance (clock, CG_UPLINK_TICK_MS);
  const guint n_resting = cg_clock_dummy_count_sources (clock);
  g_autoptr (CgCamera) camera = g_object_ref (cg_fleet_lookup (fleet, DID));
  g_signal_emit_by_name (camera, "stream-changed", report);
  g_assert_cmpuint (cg_clock_dummy_count_sources (clock), ==, n_resting + 1);

  cg_fleet_close_async (fleet, on_closed, &is_closed);
  cg_test_wait_for_flag (&is_closed, "the fleet to close");
  g_signal_emit_by_name (camera, "stream-changed", report);
  g_assert_cmpuint (cg_clock_dummy_count_sources (clock), ==, 0);
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
  add ("/camera/uplink-watch/small", test_it_looks_until_all_have_their_main_picture);
  add ("/camera/uplink-watch/left-alone", test_it_is_told_to_leave_it);
  g_test_add_func ("/camera/uplink-watch/fleet", test_a_fleet);
  return g_test_run ();
}
