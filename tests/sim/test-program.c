/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program as scripts use it (INTERFACES.md, camgate-sim). Its path comes in CAMGATE_SIM. */
#include <signal.h>
#include <string.h>

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "sim-viewer.h"

typedef struct {
  GSubprocess *process;
  GDataInputStream *output;
  char *dir;
  char *control_path;
  GSocketConnection *control;
  GDataInputStream *answers;
} Fixture;

static void
start (Fixture *self, const char *const *arguments)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("camgate-sim-XXXXXX", NULL);
  self->control_path = g_build_filename (self->dir, "control", NULL);
  g_ptr_array_add (argv, (gpointer)g_getenv ("CAMGATE_SIM"));
  for (gsize i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer)arguments[i]);
  g_ptr_array_add (argv, (gpointer) "--control");
  g_ptr_array_add (argv, self->control_path);
  g_ptr_array_add (argv, NULL);
  self->process =
      g_subprocess_newv ((const char *const *)argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
}

static JsonObject *
read_line (GDataInputStream *input)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line (input, NULL, NULL, &error);
  g_autoptr (JsonNode) node = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (line);
  node = json_from_string (line, &error);
  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (node));
}

static void
connect_control (Fixture *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->control_path);
  g_autoptr (GError) error = NULL;

  self->control = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  self->answers =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (self->control)));
}

static JsonObject *
ask (Fixture *self, const char *request)
{
  g_autofree char *line = g_strconcat (request, "\n", NULL);
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (self->control));

  g_assert_true (g_output_stream_write_all (output, line, strlen (line), NULL, NULL, NULL));
  return read_line (self->answers);
}

static void
expect (Fixture *self, const char *request, const char *wanted)
{
  g_autoptr (JsonObject) answer = ask (self, request);
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), answer);
  g_autofree char *text = json_to_string (node, FALSE);

  g_assert_cmpstr (text, ==, wanted);
}

/* The program must have ended well, and have left no socket behind. */
static void
end (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (self->process));
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), ==, 0);
  g_assert_false (g_file_test (self->control_path, G_FILE_TEST_EXISTS));
  g_rmdir (self->dir);
  g_clear_object (&self->answers);
  g_clear_object (&self->control);
  g_clear_object (&self->output);
  g_clear_object (&self->process);
  g_free (self->control_path);
  g_free (self->dir);
}

static void
test_line_picture_and_control (void)
{
  const char *const arguments[] = {"--name",     "Gate 7", "--user",  "viewer", "--password",
                                   "a@b:c/d?#%", "--size", "320x240", NULL};
  Fixture fixture = {0};
  g_auto (SimViewer) viewer = {0};

  start (&fixture, arguments);
  g_autoptr (JsonObject) line = read_line (fixture.output);
  const char *url = json_object_get_string_member (line, "rtsp");

  g_assert_cmpstr (json_object_get_string_member (line, "name"), ==, "Gate 7");
  g_assert_true (
      g_str_has_prefix (json_object_get_string_member (line, "onvif"), "http://127.0.0.1:"));
  g_assert_true (g_str_has_prefix (url, "rtsp://127.0.0.1:"));
  g_assert_true (g_str_has_prefix (json_object_get_string_member (line, "endpoint"), "urn:uuid:"));
  connect_control (&fixture);
  expect (&fixture, "{\"stream\":{}}", "{\"stream\":{\"sessions\":0,\"ever\":0}}");
  sim_viewer_open_url (&viewer, url, CG_SIM_CODEC_H264, "viewer", "a@b:c/d?#%");
  gst_sample_unref (sim_viewer_next (&viewer));
  expect (&fixture, "{\"stream\":{}}", "{\"stream\":{\"sessions\":1,\"ever\":1}}");

  expect (&fixture, "{\"quit\":{}}", "{\"ok\":true}");
  end (&fixture);
  sim_viewer_wait_for_end (&viewer);
}

static const struct {
  const char *request, *answer;
} requests[] = {
    {"{\"fault\":\"Q1\",\"on\":true,\"arg\":\"stop\"}", "{\"ok\":true}"},
    {"{\"fault\":\"hang\",\"arg\":5}", "{\"ok\":true}"},
    {"{\"fault\":\"Q1\",\"on\":false}", "{\"ok\":true}"},
    {"{\"requests\":{}}", "{\"requests\":[]}"},
    {"{\"presets\":{}}", "{\"presets\":[]}"},
    {"{\"clock\":{\"skew\":-20.5}}", "{\"ok\":true}"},
    {"{\"position\":{\"pan\":1}}",
     "{\"position\":{\"pan\":1.0,\"tilt\":0.0,\"zoom\":0.0,\"moving\":false}}"},
    {"{\"position\":{\"tilt\":-0.5,\"zoom\":0.25},\"camera\":0}",
     "{\"position\":{\"pan\":1.0,\"tilt\":-0.5,\"zoom\":0.25,\"moving\":false}}"},
    {"{\"position\":{},\"camera\":1}",
     "{\"position\":{\"pan\":0.0,\"tilt\":0.0,\"zoom\":0.0,\"moving\":false}}"},
};
static const char *const refused[] = {"x",
                                      "[]",
                                      "{}",
                                      "{\"position\":1}",
                                      "{\"position\":{\"pan\":\"left\"}}",
                                      "{\"fault\":\"Q99\"}",
                                      "{\"fault\":8}",
                                      "{\"clock\":{}}",
                                      "{\"stream\":{},\"camera\":2}",
                                      "{\"stream\":{},\"camera\":-1}",
                                      "{\"stream\":{},\"camera\":\"x\"}",
                                      "{\"dance\":{}}"};

static void
test_control_verbs (void)
{
  const char *const arguments[] = {"--count", "2", NULL};
  Fixture fixture = {0};

  start (&fixture, arguments);
  g_autoptr (JsonObject) one = read_line (fixture.output);
  g_autoptr (JsonObject) two = read_line (fixture.output);
  connect_control (&fixture);

  g_assert_cmpstr (json_object_get_string_member (one, "name"), ==, "Camera 1");
  g_assert_cmpstr (json_object_get_string_member (two, "name"), ==, "Camera 2");
  g_assert_cmpstr (json_object_get_string_member (one, "onvif"), !=,
                   json_object_get_string_member (two, "onvif"));
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    expect (&fixture, requests[i].request, requests[i].answer);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (JsonObject) answer = ask (&fixture, refused[i]);

    g_assert_false (json_object_get_boolean_member (answer, "ok"));
    g_assert_true (json_object_has_member (answer, "error"));
  }

  g_subprocess_send_signal (fixture.process, SIGTERM);
  end (&fixture);
}

static void
test_interrupt_ends_it (void)
{
  const char *const arguments[] = {NULL};
  Fixture fixture = {0};

  start (&fixture, arguments);
  g_autoptr (JsonObject) line G_GNUC_UNUSED = read_line (fixture.output);

  g_subprocess_send_signal (fixture.process, SIGINT);
  end (&fixture);
}

static void
test_usage (void)
{
  const struct {
    const char *arguments[4];
    int status;
    const char *says;
  } table[] = {
      {{"--version"}, 0, "camgate-sim "},
      {{"--help"}, 0, "--fault"},
      {{"--fault", "Q99"}, 64, "Q36"},
      {{"--fault", "Q4=soon"}, 64, "number"},
      {{"--size", "1281x720"}, 64, "--size"},
      {{"--size", "big"}, 64, "--size"},
      {{"--codec", "mjpeg"}, 64, "h265"},
      {{"--auth", "digest"}, 64, "--password"},
      {{"--fps", "0"}, 64, "--fps"},
      {{"--port", "70000"}, 64, "--port"},
      {{"--listen", "localhost"}, 64, "numeric"},
      {{"--nonsense"}, 64, "--nonsense"},
      {{"gate"}, 64, "gate"},
      {{"--file", "/nowhere.mp4"}, 70, "/nowhere.mp4"},
      {{"--control", "/nowhere/socket"}, 70, "/nowhere/socket"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    const char *const *arguments = table[i].arguments;
    g_autoptr (GError) error = NULL;
    g_autofree char *output = NULL;
    g_autoptr (GSubprocess) process =
        g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error,
                          g_getenv ("CAMGATE_SIM"), arguments[0], arguments[1], arguments[2], NULL);

    g_assert_no_error (error);
    g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error));
    g_assert_cmpint (g_subprocess_get_exit_status (process), ==, table[i].status);
    g_assert_nonnull (strstr (output, table[i].says));
  }
}

/* A line may be longer only where it is one word, which is to be copied as it is. */
static void
test_help_fits (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                      g_getenv ("CAMGATE_SIM"), "--help", NULL);
  guint n_hanging = 0;

  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error));
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    n_hanging += g_str_has_prefix (lines[i], "                                   ");
    if (g_utf8_strlen (lines[i], -1) > 100 && strchr (g_strstrip (lines[i]), ' ') != NULL)
      g_error ("this line of the help is too long: %s", lines[i]);
  }
  g_assert_cmpuint (n_hanging, >, 0);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/program/line-picture-control", test_line_picture_and_control);
  g_test_add_func ("/sim/program/verbs", test_control_verbs);
  g_test_add_func ("/sim/program/interrupt", test_interrupt_ends_it);
  g_test_add_func ("/sim/program/usage", test_usage);
  g_test_add_func ("/sim/program/help-fits", test_help_fits);
  return g_test_run ();
}
