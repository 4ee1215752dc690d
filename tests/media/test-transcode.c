/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Q11: H.265 made H.264, for media servers that take nothing else. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "cg-error.h"
#include "cg-media.h"
#include "cg-transcode.h"
#include "media-fixture.h"
#include "pull-fixture.h"

typedef struct {
  PullFixture pull;
  CgTranscode *transcode;
  CgHubOutput *output; /* what it makes */
  GError *error;
} Fixture;

static void
on_failed (CgTranscode *transcode, const GError *error, Fixture *fixture)
{
  g_assert_null (fixture->error);
  fixture->error = g_error_copy (error);
}

static void
fixture_init (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  *fixture = (Fixture){0};
  pull_fixture_init (&fixture->pull);
  fixture->transcode = cg_transcode_new (fixture->pull.hub, "cam", &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->transcode, "failed", G_CALLBACK (on_failed), fixture);
  fixture->output = cg_hub_add_output (cg_transcode_get_hub (fixture->transcode), NULL, NULL);
}

static void
fixture_clear (Fixture *fixture)
{
  cg_hub_remove_output (cg_transcode_get_hub (fixture->transcode), fixture->output);
  g_clear_object (&fixture->transcode);
  pull_fixture_clear (&fixture->pull);
  g_clear_error (&fixture->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static gboolean
has_made (Fixture *fixture, guint64 frames, guint64 sounds)
{
  CgHubStats stats;

  cg_hub_get_stats (cg_transcode_get_hub (fixture->transcode), &stats);
  return fixture->error != NULL || fixture->pull.failed > 0 ||
         (stats.frames >= frames && stats.audio_frames >= sounds);
}

static void
test_pictures_and_sound (void)
{
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_H265 FAKE_RTSP_AAC);
  g_auto (Fixture) fixture;
  gint64 dts_us, pts_us, before_us = -1, sound_us = -1;
  guint pictures = 0;

  fixture_init (&fixture);
  pull_fixture_start (&fixture.pull, fake, (CgPullOptions){.audio = CG_AUDIO_PASS});
  media_wait_until (has_made (&fixture, 30, 30));
  g_assert_no_error (fixture.error);
  g_assert_no_error (fixture.pull.error);

  for (;;) {
    g_autoptr (CgAccessUnit) unit = cg_hub_output_pop (fixture.output, &dts_us, &pts_us);

    if (unit == NULL)
      break;
    if (unit->track == CG_TRACK_AUDIO) {
      sound_us = pts_us;
      continue;
    }
    g_assert_cmpint (unit->format->codec, ==, CG_CODEC_H264);
    g_assert_cmpuint (unit->format->width, ==, 320);
    g_assert_cmpint (unit->key, ==, pictures == 0);
    g_assert_cmpint (pts_us, >, before_us);
    before_us = pts_us;
    if (++pictures == 30)
      break;
  }
  g_assert_cmpuint (pictures, ==, 30);
  g_assert_cmpint (before_us, >, 29 * 30000); /* 25 a second, give or take */
  g_assert_cmpint (ABS (sound_us - before_us), <, G_USEC_PER_SEC);
  pull_fixture_stop (&fixture.pull);
}

/* Q25 */
static void
test_codec_changes (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  media_feed_pictures (fixture.pull.hub, cg_hub_open_input (fixture.pull.hub), 0, 3, 10, 100);
  media_wait_until (fixture.error != NULL);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
}

static guint
count_outputs (CgHub *hub)
{
  CgHubStats stats;

  cg_hub_get_stats (hub, &stats);
  return stats.outputs;
}

static void
on_gone (gpointer user_data, GObject *object)
{
  g_atomic_int_inc ((int *)user_data);
}

/* Q54 */
static void
test_leaves_nothing (void)
{
  const guint before = media_count_threads ();
  g_autoptr (CgHub) hub = cg_hub_new ();
  int gone = 0;

  for (guint i = 0; i < 20; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CgTranscode) transcode = cg_transcode_new (hub, "cam", &error);

    g_assert_no_error (error);
    g_object_weak_ref (G_OBJECT (cg_transcode_get_hub (transcode)), on_gone, &gone);
  }
  media_wait_until (count_outputs (hub) == 0);
  media_wait_until (g_atomic_int_get (&gone) == 20);
  media_wait_until (media_count_threads () <= before + 2);
}

/* A machine without the encoder: told where it is needed, and no sooner. */
static void
test_no_encoder (void)
{
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  g_autofree char *path = g_build_filename (folder, "video-transcode.launch", NULL);
  const char *from = g_getenv ("CAMGATE_PIPELINES_DIR");
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  g_autoptr (CgHub) hub = cg_hub_new ();
  g_autoptr (GError) error = NULL;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *target = g_build_filename (from, name, NULL);
    g_autofree char *link = g_build_filename (folder, name, NULL);

    if (g_str_has_suffix (name, ".launch") && strcmp (link, path) != 0)
      g_assert_cmpint (symlink (target, link), ==, 0);
  }
  g_assert_true (g_file_set_contents (path, "h265parse name=source ! nothing264enc", -1, NULL));

  g_assert_true (cg_media_init (folder, &error));
  g_assert_null (cg_transcode_new (hub, "cam", &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  g_assert_nonnull (strstr (error->message, "nothing264enc"));

  g_assert_true (cg_media_init (NULL, NULL));
  g_autoptr (GDir) made = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (made)) != NULL) {
    g_autofree char *link = g_build_filename (folder, name, NULL);

    g_remove (link);
  }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/transcode/q11-pictures-and-sound", test_pictures_and_sound);
  g_test_add_func ("/transcode/q25-codec-changes", test_codec_changes);
  g_test_add_func ("/transcode/q54-leaves-nothing", test_leaves_nothing);
  g_test_add_func ("/transcode/no-encoder", test_no_encoder);
  return media_test_run ();
}
