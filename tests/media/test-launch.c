/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>

#include "cg-error.h"
#include "cg-launch.h"
#include "cg-media.h"
#include "media-fixture.h"

static void
copy_pipelines (const char *folder)
{
  const char *from = g_getenv ("CAMGATE_PIPELINES_DIR");
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *source = g_build_filename (from, name, NULL);
    g_autofree char *target = g_build_filename (folder, name, NULL);
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (source, &text, NULL, NULL));
    g_assert_true (g_file_set_contents (target, text, -1, NULL));
  }
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_remove (path);
  }
  g_rmdir (folder);
}

/* Said by who checks them, with the name of the file. */
static void
test_bad_pipeline (void)
{
  static const struct {
    const char *file;
    const char *text; /* NULL: is not there */
    const char *says;
  } rows[] = {
      {"pull-rtsp-udp.launch", "# broken\nrtspsrc name=source ! nonsense", "nonsense"},
      {"pull-rtsp-udp.launch", "rtspsrc name=camera", "source"},
      {"video-h264.launch", "rtph264depay name=source ! fakesink name=sink", "video"},
      {"audio-pass.launch", "rtpmp4gdepay ! appsink name=audio", "is no pipeline"},
      {"audio-aac.launch", "", "audio-aac"},
      {"video-h264.launch", NULL, "video-h264"},
      {"pull-rtsp-http.launch", NULL, "pull-rtsp-http"},
      {"pull-rtsp-multicast.launch", NULL, "pull-rtsp-multicast"},
      {"video-h265.launch", NULL, "video-h265"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
    g_autofree char *path = g_build_filename (folder, rows[i].file, NULL);
    g_autoptr (GError) error = NULL;

    copy_pipelines (folder);
    g_remove (path);
    if (rows[i].text != NULL)
      g_assert_true (g_file_set_contents (path, rows[i].text, -1, NULL));

    g_assert_false (cg_media_init (folder, &error) && cg_media_check (&error));
    g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
    g_assert_nonnull (strstr (error->message, rows[i].says));
    remove_folder (folder);
  }
  g_autoptr (GError) error = NULL;
  g_assert_true (cg_media_init (NULL, NULL));
  g_assert_true (cg_media_check (NULL));
  g_autoptr (GstElement) pipeline = cg_launch_build ("pull-tcp", &error);
  g_assert_no_error (error);
  g_assert_nonnull (pipeline);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/launch/bad-pipeline", test_bad_pipeline);
  return media_test_run ();
}
