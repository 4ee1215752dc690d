/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The push against the media server that most of the world runs: nginx with its RTMP module. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>

#include "cg-error.h"
#include "cg-media.h"
#include "media-fixture.h"
#include "pull-fixture.h"
#include "push-fixture.h"

#define MODULE "/usr/lib/nginx/modules/ngx_rtmp_module.so"

static const char configuration[] =
    "load_module " MODULE ";\n"
    "daemon off; master_process off; worker_processes 1;\n"
    "pid %s/nginx.pid; error_log stderr error;\n"
    "events { worker_connections 64; }\n"
    "rtmp { server { listen 127.0.0.1:%u; application live { live on; } } }\n";

typedef struct {
  char *folder;
  guint16 port;
  GSubprocess *process;
} Nginx;

/* A port that was free a moment ago; nginx cannot choose one itself. */
static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

static gboolean
answers (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);

  return connection != NULL;
}

/* A test that is aborted leaves no server behind. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Returns: %FALSE, and the test is skipped, where there is none */
static gboolean
nginx_start (Nginx *nginx)
{
  g_autofree char *program = g_find_program_in_path ("nginx");
  g_autoptr (GError) error = NULL;

  *nginx = (Nginx){.port = find_port ()};
  if (program == NULL)
    program = g_strdup ("/usr/sbin/nginx");
  if (!g_file_test (program, G_FILE_TEST_IS_EXECUTABLE) ||
      !g_file_test (MODULE, G_FILE_TEST_EXISTS)) {
    g_test_skip ("no nginx with RTMP module");
    return FALSE;
  }
  nginx->folder = g_dir_make_tmp ("camgate-nginx-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (nginx->folder, "nginx.conf", NULL);
  g_autofree char *text = g_strdup_printf (configuration, nginx->folder, nginx->port);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  nginx->process = g_subprocess_launcher_spawn (launcher, &error, program, "-p", nginx->folder,
                                                "-c", path, NULL);
  g_assert_no_error (error);
  media_wait_until (answers (nginx->port));
  return TRUE;
}

static void
nginx_clear (Nginx *nginx)
{
  static const char *const files[] = {"nginx.conf", "nginx.pid"};

  if (nginx->process == NULL)
    return;
  g_subprocess_send_signal (nginx->process, SIGTERM);
  g_subprocess_wait (nginx->process, NULL, NULL);
  g_clear_object (&nginx->process);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (nginx->folder, files[i], NULL);
    g_remove (path);
  }
  g_rmdir (nginx->folder);
  g_free (nginx->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Nginx, nginx_clear)

static char *
nginx_get_url (Nginx *nginx, const char *path)
{
  return g_strdup_printf ("rtmp://127.0.0.1:%u/%s", nginx->port, path);
}

static void
start_push (PushFixture *push, const char *url)
{
  push_fixture_start_options (
      push, (CgPushOptions){.url = url, .connect_timeout_ms = 10000, .stall_timeout_ms = 10000});
}

/* Another may follow. */
static void
stop_push (PushFixture *push)
{
  push_fixture_stop (push);
  g_clear_object (&push->push);
  push->published = 0;
}

static void
stop_pull (PullFixture *pull)
{
  pull_fixture_stop (pull);
  g_clear_object (&pull->pull);
}

/* Returns when the server takes what is pulled. */
static void
publish (PullFixture *pull, PushFixture *push, const char *url)
{
  start_push (push, url);
  media_wait_until (push->published == 1 || push->failed == 1 || pull->failed == 1);
  g_assert_no_error (push->error);
  g_assert_no_error (pull->error);
}

/* What is pulled is what is pushed. */
static void
join (PullFixture *pull, PushFixture *push)
{
  pull_fixture_init (pull);
  push_fixture_init (push);
  g_set_object (&push->hub, pull->hub);
}

/* Q10: while one publishes no other may; once it has said goodbye, at once. */
static void
test_busy (void)
{
  g_auto (Nginx) nginx = {0};
  g_auto (PushFixture) first;
  g_auto (PushFixture) second;

  push_fixture_init (&first);
  push_fixture_init (&second);
  if (!nginx_start (&nginx))
    return;
  g_autofree char *url = nginx_get_url (&nginx, "live/cam?x=y");
  push_fixture_feed (&first, 0, 5, 1000);
  push_fixture_feed (&second, 0, 5, 1000);
  start_push (&first, url);
  media_wait_until (first.published == 1);
  start_push (&second, url);
  media_wait_until (second.failed == 1);
  g_assert_error (second.error, CG_ERROR, CG_ERROR_STREAM_BUSY);
  push_fixture_stop (&second);
  g_assert_cmpuint (second.published, ==, 0);

  for (guint i = 0; i < 20; i++) {
    stop_push (&first);
    start_push (&first, url);
    push_fixture_wait (&first);
    g_assert_no_error (first.error);
  }
  stop_push (&first);
}

static void
test_unknown_application (void)
{
  g_auto (Nginx) nginx = {0};
  g_auto (PushFixture) fixture;

  push_fixture_init (&fixture);
  if (!nginx_start (&nginx))
    return;
  g_autofree char *url = nginx_get_url (&nginx, "none/cam");
  start_push (&fixture, url);
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
}

static void
test_killed (void)
{
  g_auto (Nginx) nginx = {0};
  g_auto (PushFixture) fixture;

  push_fixture_init (&fixture);
  if (!nginx_start (&nginx))
    return;
  g_autofree char *url = nginx_get_url (&nginx, "live/cam");
  push_fixture_feed (&fixture, 0, 5, 1000);
  start_push (&fixture, url);
  media_wait_until (fixture.published == 1);
  g_subprocess_force_exit (nginx.process);
  media_wait_until (fixture.failed == 1);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_UNREACHABLE);
}

static void
on_output (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (
      g_subprocess_communicate_utf8_finish (G_SUBPROCESS (object), result, NULL, user_data, NULL));
}

/* Fifty pictures and the sound that goes with them must decode without a word, at the times they
 * came with. */
static void
check_decodes (const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GSubprocess) decoder = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, "ffmpeg", "-hide_banner", "-nostdin", "-loglevel",
      "warning", "-i", url, "-frames:v", "50", "-fps_mode", "passthrough", "-enc_time_base",
      "1:1000", "-f", "null", "-", NULL);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (decoder, NULL, NULL, on_output, &output);
  media_wait_until (output != NULL);
  g_assert_cmpstr (output, ==, "");
  g_assert_true (g_subprocess_get_successful (decoder));
}

typedef struct {
  const char *description;
  CgAudioPolicy audio;
} RelayRow;

/* The whole way, with what else is in the world at both ends. */
static void
test_relay (void)
{
  static const RelayRow rows[] = {
      {FAKE_RTSP_VIDEO, CG_AUDIO_DROP},
      {FAKE_RTSP_VIDEO FAKE_RTSP_AAC, CG_AUDIO_PASS},
      {FAKE_RTSP_VIDEO FAKE_RTSP_PCMA, CG_AUDIO_AAC},
      {FAKE_RTSP_VIDEO, CG_AUDIO_SILENT},
      {FAKE_RTSP_B_FRAMES FAKE_RTSP_AAC, CG_AUDIO_PASS},
  };
  g_auto (Nginx) nginx = {0};
  g_autofree char *ffmpeg = g_find_program_in_path ("ffmpeg");

  if (ffmpeg == NULL) {
    g_test_skip ("no ffmpeg");
    return;
  }
  if (!nginx_start (&nginx))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (FakeRtsp) fake = fake_rtsp_new (rows[i].description);
    g_autofree char *path = g_strdup_printf ("live/cam%u", i);
    g_autofree char *url = nginx_get_url (&nginx, path);
    g_auto (PullFixture) pull;
    g_auto (PushFixture) push;

    g_test_message ("row %u", i);
    join (&pull, &push);
    pull_fixture_start (&pull, fake, (CgPullOptions){.audio = rows[i].audio});
    publish (&pull, &push, url);
    check_decodes (url);
    stop_push (&push);
    stop_pull (&pull);
    g_assert_no_error (push.error);
    g_assert_no_error (pull.error);
  }
}

/* Q54, in little; `CAMGATE_TEST_CYCLES=10000` for more. */
static void
test_cycles (void)
{
  const CgPullOptions options = {.audio = CG_AUDIO_PASS};
  const char *wanted = g_getenv ("CAMGATE_TEST_CYCLES");
  const guint cycles = wanted != NULL ? (guint)g_ascii_strtoull (wanted, NULL, 10) : 15;
  g_autoptr (FakeRtsp) fake = fake_rtsp_new (FAKE_RTSP_VIDEO FAKE_RTSP_AAC);
  g_auto (Nginx) nginx = {0};
  g_auto (PullFixture) pull;
  g_auto (PushFixture) push;
  guint fds = 0, threads = 0;

  join (&pull, &push);
  if (!nginx_start (&nginx))
    return;
  g_autofree char *url = nginx_get_url (&nginx, "live/cam");
  /* a viewer of our own, so that the camera's encoder runs on and each cycle is short */
  g_auto (PullFixture) viewer;
  pull_fixture_init (&viewer);
  pull_fixture_start (&viewer, fake, options);
  for (guint i = 0; i < cycles; i++) {
    pull_fixture_start (&pull, fake, options);
    publish (&pull, &push, url);
    stop_push (&push);
    stop_pull (&pull);
    if (i == 4) {
      fds = media_count_fds ();
      threads = media_count_threads ();
    }
  }

  media_wait_until (media_count_fds () <= fds);
  media_wait_until (media_count_threads () <= threads);
  stop_pull (&viewer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/nginx/q10-busy", test_busy);
  g_test_add_func ("/nginx/unknown-application", test_unknown_application);
  g_test_add_func ("/nginx/killed", test_killed);
  g_test_add_func ("/nginx/relay", test_relay);
  g_test_add_func ("/nginx/q54-cycles", test_cycles);
  return media_test_run ();
}
