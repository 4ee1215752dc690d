/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pull-fixture.h"

#include "media-fixture.h"

static void
on_running (CgPull *pull, PullFixture *fixture)
{
  fixture->running++;
}

static void
on_live (CgPull *pull, PullFixture *fixture)
{
  fixture->live++;
}

static void
on_failed (CgPull *pull, const GError *error, PullFixture *fixture)
{
  g_assert_null (fixture->error);
  fixture->failed++;
  fixture->error = g_error_copy (error);
}

static gboolean
on_login_again (CgPull *pull, PullFixture *fixture)
{
  return fixture->may_login_again;
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (cg_pull_stop_finish (CG_PULL (object), result, NULL));
  *(gboolean *)user_data = TRUE;
}

void
pull_fixture_init (PullFixture *fixture)
{
  media_forgive_gstreamer ();
  *fixture = (PullFixture){.clock = cg_clock_new (), .hub = cg_hub_new ()};
  fixture->output = cg_hub_add_output (fixture->hub, NULL, NULL);
}

void
pull_fixture_clear (PullFixture *fixture)
{
  cg_hub_remove_output (fixture->hub, fixture->output);
  g_clear_object (&fixture->pull);
  g_clear_object (&fixture->hub);
  g_clear_object (&fixture->clock);
  g_clear_error (&fixture->error);
}

void
pull_fixture_start_options (PullFixture *fixture, CgPullOptions options)
{
  options.clock = fixture->clock;
  options.start_timeout_ms = options.start_timeout_ms > 0 ? options.start_timeout_ms : 20000;
  options.stall_timeout_ms = options.stall_timeout_ms > 0 ? options.stall_timeout_ms : 20000;
  fixture->pull = cg_pull_new (fixture->hub, &options);
  g_signal_connect (fixture->pull, "running", G_CALLBACK (on_running), fixture);
  g_signal_connect (fixture->pull, "live", G_CALLBACK (on_live), fixture);
  g_signal_connect (fixture->pull, "failed", G_CALLBACK (on_failed), fixture);
  g_signal_connect (fixture->pull, "login-again", G_CALLBACK (on_login_again), fixture);
  cg_pull_start (fixture->pull);
}

void
pull_fixture_start (PullFixture *fixture, FakeRtsp *fake, CgPullOptions options)
{
  g_autofree char *location = fake_rtsp_get_uri (fake);

  options.location = location;
  pull_fixture_start_options (fixture, options);
}

void
pull_fixture_stop (PullFixture *fixture)
{
  fixture->stopped = FALSE;
  cg_pull_stop_async (fixture->pull, on_stopped, &fixture->stopped);
  media_wait_until (fixture->stopped);
  g_assert_false (media_has_key_frame (fixture->hub));
}

static gboolean
has_frames (PullFixture *fixture, guint64 video, guint64 audio)
{
  CgHubStats stats;

  cg_hub_get_stats (fixture->hub, &stats);
  return fixture->failed > 0 || (stats.frames >= video && stats.audio_frames >= audio);
}

void
pull_fixture_wait_for_frames (PullFixture *fixture, guint64 video, guint64 audio)
{
  media_wait_until (has_frames (fixture, video, audio));
  g_assert_no_error (fixture->error);
}

/* Pops the first unit of a track. */
CgAccessUnit *
pull_fixture_pop (PullFixture *fixture, CgTrack track)
{
  gint64 dts_us, pts_us;

  for (;;) {
    CgAccessUnit *unit = cg_hub_output_pop (fixture->output, &dts_us, &pts_us);
    if (unit == NULL || unit->track == track)
      return unit;
    cg_access_unit_unref (unit);
  }
}
