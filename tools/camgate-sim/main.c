/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include <glib-unix.h>
#include <gst/gst.h>

#include "cg-sim-control.h"
#include "cg-sim-faults.h"
#include "cg-sim.h"

#define EXIT_USAGE 64
#define EXIT_INTERNAL 70

typedef struct {
  const char *word;
  int value;
} Word;

static const Word auth_words[] = {
    {"both", CG_SIM_AUTH_BOTH},
    {"digest", CG_SIM_AUTH_DIGEST},
    {"token", CG_SIM_AUTH_TOKEN},
    {"none", CG_SIM_AUTH_NONE},
};
static const Word codec_words[] = {
    {"h264", CG_SIM_CODEC_H264},
    {"h265", CG_SIM_CODEC_H265},
};
static const Word audio_words[] = {
    {"none", CG_SIM_AUDIO_NONE},
    {"aac", CG_SIM_AUDIO_AAC},
    {"pcma", CG_SIM_AUDIO_PCMA},
};

/* What the option parser fills in, before it is checked. */
static struct {
  char *listen, *name, *user, *password, *auth, *codec, *sub_codec, *audio, *size, *file, *control;
  char **faults;
  int count, port, rtsp_port, fps, bitrate, max_presets, discovery_port;
  double gop;
  gboolean discovery, no_ptz, stamp, version;
} given;

static gboolean
read_word (const char *option,
           const char *text,
           const Word *words,
           gsize count,
           int *value,
           GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (gsize i = 0; i < count; i++) {
    if (text == NULL || g_str_equal (words[i].word, text)) {
      *value = words[i].value;
      return TRUE;
    }
    g_string_append_printf (known, " %s", words[i].word);
  }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s=%s: it is one of%s", option,
               text, known->str);
  return FALSE;
}

static gboolean
check_range (const char *option, double value, double low, double high, GError **error)
{
  if (value >= low && value <= high)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s=%g: it goes from %g to %g",
               option, value, low, high);
  return FALSE;
}

static gboolean
read_size (const char *text, guint *width, guint *height, GError **error)
{
  int end = 0;

  if (text == NULL)
    return TRUE;
  if (sscanf (text, "%ux%u%n", width, height, &end) == 2 && text[end] == '\0' && *width >= 64 &&
      *height >= 64 && *width <= 7680 && *height <= 4320 && *width % 2 == 0 && *height % 2 == 0)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--size=%s: it is WIDTHxHEIGHT, even numbers from 64x64 to 7680x4320", text);
  return FALSE;
}

static gboolean
read_words (CgSimOptions *options, GError **error)
{
  int auth, codec, sub_codec, audio;

  if (!read_word ("--auth", given.auth, auth_words, G_N_ELEMENTS (auth_words), &auth, error) ||
      !read_word ("--codec", given.codec, codec_words, G_N_ELEMENTS (codec_words), &codec, error) ||
      !read_word ("--sub-codec", given.sub_codec, codec_words, G_N_ELEMENTS (codec_words),
                  &sub_codec, error) ||
      !read_word ("--audio", given.audio, audio_words, G_N_ELEMENTS (audio_words), &audio, error))
    return FALSE;
  options->auth = given.password == NULL && given.auth == NULL ? CG_SIM_AUTH_NONE : (CgSimAuth)auth;
  options->codec = (CgSimCodec)codec;
  options->has_sub_codec = given.sub_codec != NULL;
  options->sub_codec = (CgSimCodec)sub_codec;
  options->audio = (CgSimAudio)audio;
  if (options->auth == CG_SIM_AUTH_NONE || given.password != NULL)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--auth=%s needs --password",
               given.auth);
  return FALSE;
}

static gboolean
check_numbers (GError **error)
{
  const double last_port = 65535 - (given.count - 1);

  return check_range ("--count", given.count, 1, 1000, error) &&
         check_range ("--port", given.port, 0, last_port, error) &&
         check_range ("--rtsp-port", given.rtsp_port, 0, last_port, error) &&
         check_range ("--discovery-port", given.discovery_port, 1, 65535, error) &&
         check_range ("--fps", given.fps, 1, 120, error) &&
         check_range ("--gop", given.gop, 0.01, 3600, error) &&
         check_range ("--bitrate", given.bitrate, 0, 100000, error) &&
         check_range ("--max-presets", given.max_presets, 0, 10000, error);
}

static gboolean
check_listen (const char *listen, GError **error)
{
  if (g_hostname_is_ip_address (listen))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--listen=%s: it is a numeric address", listen);
  return FALSE;
}

static gboolean
read_given (CgSimOptions *options, GError **error)
{
  options->listen = given.listen != NULL ? given.listen : options->listen;
  options->name = given.name != NULL ? given.name : options->name;
  options->user = given.user != NULL ? given.user : options->user;
  options->password = given.password;
  options->file = given.file;
  options->stamp = given.stamp;
  options->ptz = !given.no_ptz;
  options->discovery = given.discovery;
  if (!check_listen (options->listen, error) || !check_numbers (error) ||
      !read_words (options, error) ||
      !read_size (given.size, &options->width, &options->height, error))
    return FALSE;
  options->port = (guint16)given.port;
  options->rtsp_port = (guint16)given.rtsp_port;
  options->discovery_port = (guint16)given.discovery_port;
  options->fps = (guint)given.fps;
  options->gop_s = given.gop;
  options->bitrate_kbps = (guint)given.bitrate;
  options->max_presets = (guint)given.max_presets;
  return TRUE;
}

static void
set_defaults (CgSimOptions *options)
{
  *options = (CgSimOptions)CG_SIM_OPTIONS_INIT;
  given.count = 1;
  given.fps = (int)options->fps;
  given.gop = options->gop_s;
  given.max_presets = (int)options->max_presets;
  given.discovery_port = options->discovery_port;
}

static const GOptionEntry entries[] = {
    {"listen", 0, 0, G_OPTION_ARG_STRING, &given.listen, "What to bind (127.0.0.1)", "ADDRESS"},
    {"port", 0, 0, G_OPTION_ARG_INT, &given.port, "ONVIF port; 0: a free one (0)", "N"},
    {"rtsp-port", 0, 0, G_OPTION_ARG_INT, &given.rtsp_port, "RTSP port; 0: a free one (0)", "N"},
    {"count", 0, 0, G_OPTION_ARG_INT, &given.count,
     "So many cameras; fixed ports count up, names get a number (1)", "N"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &given.name, "Its name, also in the picture (Camera)",
     "NAME"},
    {"user", 0, 0, G_OPTION_ARG_STRING, &given.user, "Who may log in (admin)", "NAME"},
    {"password", 0, 0, G_OPTION_ARG_STRING, &given.password, "Without it no login is asked for",
     "PW"},
    {"auth", 0, 0, G_OPTION_ARG_STRING, &given.auth, "both, digest, token or none (both)", "KIND"},
    {"codec", 0, 0, G_OPTION_ARG_STRING, &given.codec, "h264 or h265 (h264)", "CODEC"},
    {"sub-codec", 0, 0, G_OPTION_ARG_STRING, &given.sub_codec,
     "Of its small picture; without it as the large one", "CODEC"},
    {"audio", 0, 0, G_OPTION_ARG_STRING, &given.audio, "none, aac or pcma (none)", "CODEC"},
    {"size", 0, 0, G_OPTION_ARG_STRING, &given.size, "Of the main picture (1280x720)", "WxH"},
    {"fps", 0, 0, G_OPTION_ARG_INT, &given.fps, "Frames a second (25)", "N"},
    {"gop", 0, 0, G_OPTION_ARG_DOUBLE, &given.gop, "From key frame to key frame (2)", "SECONDS"},
    {"bitrate", 0, 0, G_OPTION_ARG_INT, &given.bitrate,
     "Met with filler data; without it as the picture needs", "KBPS"},
    {"file", 0, 0, G_OPTION_ARG_FILENAME, &given.file,
     "Loop this H.264 or H.265 clip and encode nothing", "CLIP"},
    {"stamp", 0, 0, G_OPTION_ARG_NONE, &given.stamp,
     "Each frame of H.264 tells when it was sent, for measurements", NULL},
    {"no-ptz", 0, 0, G_OPTION_ARG_NONE, &given.no_ptz, "It cannot move", NULL},
    {"max-presets", 0, 0, G_OPTION_ARG_INT, &given.max_presets, "So many presets (16)", "N"},
    {"fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &given.faults, "Misbehave; see below", "Qn[=ARG]"},
    {"control", 0, 0, G_OPTION_ARG_FILENAME, &given.control, "Unix socket for JSON lines", "PATH"},
    {"discovery", 0, 0, G_OPTION_ARG_NONE, &given.discovery, "Answer WS-Discovery probes", NULL},
    {"discovery-port", 0, 0, G_OPTION_ARG_INT, &given.discovery_port, "For tests (3702)", "N"},
    {"version", 0, 0, G_OPTION_ARG_NONE, &given.version, "Show the version", NULL},
    {NULL},
};

static gboolean
parse_arguments (CgSimOptions *options, int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- a simulated ONVIF camera");
  g_autofree char *faults = cg_sim_faults_describe ();
  g_autofree char *text =
      g_strdup_printf ("Prints one JSON line a camera when it is ready.\n\nFaults:\n%s", faults);

  set_defaults (options);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, text);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "unexpected %s", (*argv)[1]);
    return FALSE;
  }
  return given.version || read_given (options, error);
}

static gboolean
set_faults (CgSim *camera, char **faults, GError **error)
{
  for (char **fault = faults; fault != NULL && *fault != NULL; fault++) {
    g_auto (GStrv) parts = g_strsplit (*fault, "=", 2);

    if (!cg_sim_set_fault (camera, parts[0], parts[1], error))
      return FALSE;
  }
  return TRUE;
}

static GPtrArray *
make_cameras (const CgSimOptions *wanted, GError **error)
{
  g_autoptr (GPtrArray) cameras = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_sim_free);

  for (int i = 0; i < given.count; i++) {
    CgSimOptions options = *wanted;
    g_autofree char *numbered = g_strdup_printf ("%s %d", options.name, i + 1);

    options.name = given.count > 1 ? numbered : options.name;
    options.port = options.port > 0 ? (guint16)(options.port + i) : 0;
    options.rtsp_port = options.rtsp_port > 0 ? (guint16)(options.rtsp_port + i) : 0;
    g_ptr_array_add (cameras, cg_sim_new (&options));
    if (!set_faults (g_ptr_array_index (cameras, (guint)i), given.faults, error))
      return NULL;
  }
  return g_steal_pointer (&cameras);
}

static void
print_ready (CgSim *camera)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonObject) line = json_object_new ();

  json_object_set_string_member (line, "name", cg_sim_get_name (camera));
  json_object_set_string_member (line, "onvif", cg_sim_get_onvif_url (camera));
  json_object_set_string_member (line, "rtsp", cg_sim_get_rtsp_url (camera));
  json_object_set_string_member (line, "endpoint", cg_sim_get_endpoint (camera));
  json_node_set_object (node, line);

  g_autofree char *text = json_to_string (node, FALSE);
  g_print ("%s\n", text);
}

static gboolean
start_cameras (GPtrArray *cameras, GError **error)
{
  for (guint i = 0; i < cameras->len; i++) {
    if (!cg_sim_start (g_ptr_array_index (cameras, i), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static int
serve (GPtrArray *cameras, const char *control_path, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (CgSimControl) control = cg_sim_control_new (cameras, on_quit, loop);
  const guint term_id = g_unix_signal_add (SIGTERM, on_signal, loop);
  const guint int_id = g_unix_signal_add (SIGINT, on_signal, loop);
  const gboolean is_ready =
      start_cameras (cameras, error) &&
      (control_path == NULL || cg_sim_control_listen (control, control_path, error));

  if (is_ready) {
    g_ptr_array_foreach (cameras, (GFunc)(void (*) (void))print_ready, NULL);
    fflush (stdout);
    g_main_loop_run (loop);
  }
  g_source_remove (term_id);
  g_source_remove (int_id);
  return is_ready ? EXIT_SUCCESS : EXIT_INTERNAL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) cameras = NULL;
  CgSimOptions options;
  int status = EXIT_USAGE;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  if (parse_arguments (&options, &argc, &argv, &error) && given.version) {
    g_print ("camgate-sim %s\n", CG_VERSION);
    return EXIT_SUCCESS;
  }
  if (error == NULL)
    cameras = make_cameras (&options, &error);
  if (cameras != NULL)
    status = serve (cameras, given.control, &error);
  if (error != NULL)
    g_printerr ("camgate-sim: %s\n", error->message);
  g_clear_pointer (&cameras, g_ptr_array_unref);
  return status;
}
