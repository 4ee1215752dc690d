/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By hand: one camera to one media server. Not installed.
 *
 *   media-relay RTSP-URL|test RTMP-URL [SECONDS [drop|pass|aac|silent]]
 */
#include <gio/gio.h>
#include <stdlib.h>

#include "cg-media.h"
#include "cg-pull.h"
#include "cg-push.h"
#include "fake-rtsp.h"

static const char *const policies[] = {"drop", "pass", "aac", "silent"};

static void
on_failed (GObject *object, GError *error, GMainLoop *loop)
{
  g_printerr ("%s failed: %s: %s\n", G_OBJECT_TYPE_NAME (object),
              cg_error_get_word ((CgError)error->code), error->message);
  g_main_loop_quit (loop);
}

static void
on_step (GObject *object, const char *step)
{
  g_printerr ("%s: %s\n", G_OBJECT_TYPE_NAME (object), step);
}

static gboolean
on_time (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_printerr ("%s stopped\n", G_OBJECT_TYPE_NAME (object));
  if (--*(int *)user_data == 0)
    g_main_context_wakeup (NULL);
}

static gboolean
print_stats (gpointer user_data)
{
  CgHubStats stats;

  cg_hub_get_stats (user_data, &stats);
  g_printerr ("%ux%u %.1f fps %u kbit/s gop %u ms, %" G_GUINT64_FORMAT " frames, %" G_GUINT64_FORMAT
              " audio, dropped %" G_GUINT64_FORMAT ", jumps %u%s\n",
              stats.width, stats.height, stats.fps, stats.bitrate_kbps, stats.gop_ms, stats.frames,
              stats.audio_frames, stats.dropped, stats.jumps, stats.reordered ? ", B-frames" : "");
  return G_SOURCE_CONTINUE;
}

static CgAudioPolicy
parse_policy (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (policies); i++) {
    if (g_strcmp0 (word, policies[i]) == 0)
      return (CgAudioPolicy)i;
  }
  return CG_AUDIO_PASS;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (CgClock) clock = cg_clock_new ();
  g_autoptr (CgHub) hub = cg_hub_new ();
  g_autoptr (FakeRtsp) fake = NULL;
  int running = 2;

  if (argc < 3 || !cg_media_init (NULL, &error) || !cg_media_check_rtmp_url (argv[2], &error)) {
    g_printerr ("usage: media-relay RTSP|test RTMP [SECONDS [AUDIO]]: %s\n",
                error != NULL ? error->message : "");
    return 2;
  }
  g_autofree char *location = g_strdup (argv[1]);
  if (g_str_has_prefix (location, "test")) {
    fake = fake_rtsp_new (g_str_has_suffix (location, "b") ? FAKE_RTSP_B_FRAMES FAKE_RTSP_AAC
                                                           : FAKE_RTSP_VIDEO FAKE_RTSP_PCMA);
    g_free (location);
    location = fake_rtsp_get_uri (fake);
  }
  g_autoptr (CgPull) pull =
      cg_pull_new (hub, &(CgPullOptions){.location = location,
                                         .username = g_getenv ("CAMERA_USER"),
                                         .password = g_getenv ("CAMERA_PASSWORD"),
                                         .audio = parse_policy (argc > 4 ? argv[4] : NULL),
                                         .start_timeout_ms = 10000,
                                         .stall_timeout_ms = 5000,
                                         .clock = clock});
  g_autoptr (CgPush) push = cg_push_new (hub, &(CgPushOptions){.url = argv[2],
                                                               .connect_timeout_ms = 5000,
                                                               .stall_timeout_ms = 5000,
                                                               .clock = clock});
  g_signal_connect (pull, "running", G_CALLBACK (on_step), (gpointer) "running");
  g_signal_connect (pull, "live", G_CALLBACK (on_step), (gpointer) "live");
  g_signal_connect (push, "publishing", G_CALLBACK (on_step), (gpointer) "publishing");
  g_signal_connect (pull, "failed", G_CALLBACK (on_failed), loop);
  g_signal_connect (push, "failed", G_CALLBACK (on_failed), loop);
  g_timeout_add_seconds (2, print_stats, hub);
  if (argc > 3)
    g_timeout_add_seconds ((guint)atoi (argv[3]), on_time, loop);

  cg_pull_start (pull);
  cg_push_start (push);
  g_main_loop_run (loop);
  cg_push_stop_async (push, on_stopped, &running);
  cg_pull_stop_async (pull, on_stopped, &running);
  while (running > 0)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
