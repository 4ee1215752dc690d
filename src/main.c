/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib-unix.h>
#include <locale.h>
#include <sysexits.h>

#include "cg-error.h"
#include "cg-late.h"
#include "cg-log.h"
#include "cg-main.h"
#include "cg-media.h"
#include "cg-self-check.h"
#include "cg-service.h"
#include "cg-stop-moves.h"

#define DEFAULT_CONFIG "/etc/camgate/camgate.conf"
#define DEFAULT_STATE_DIR "/var/lib/camgate"
#define DEFAULT_RUNTIME_DIR "/run/camgate"

typedef struct {
  CgServicePaths paths;
  gboolean check_config;
  gboolean stop_moves;
  gboolean verbose;
  gboolean version;
} Options;

typedef struct {
  GMainLoop *loop;
  CgService *service;
  gboolean stopping;
} Program;

static void
options_clear (Options *self)
{
  g_free (self->paths.config);
  g_free (self->paths.state_dir);
  g_free (self->paths.socket);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* The service manager may give several directories, separated by colons: ours is the first. */
static char *
get_manager_dir (const char *variable, const char *fallback)
{
  const char *value = g_getenv (variable);

  if (value == NULL || *value == '\0')
    return g_strdup (fallback);
  return g_strndup (value, strcspn (value, ":"));
}

static void
fill_defaults (CgServicePaths *paths)
{
  if (paths->config == NULL)
    paths->config = g_strdup (DEFAULT_CONFIG);
  if (paths->state_dir == NULL)
    paths->state_dir = get_manager_dir ("STATE_DIRECTORY", DEFAULT_STATE_DIR);
  if (paths->socket == NULL) {
    g_autofree char *dir = get_manager_dir ("RUNTIME_DIRECTORY", DEFAULT_RUNTIME_DIR);

    paths->socket = g_build_filename (dir, "camgate.sock", NULL);
  }
}

static gboolean
parse_options (int *argc, char ***argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
      {"config", 0, 0, G_OPTION_ARG_FILENAME, &options->paths.config,
       "Read the configuration from FILE (default: " DEFAULT_CONFIG ")", "FILE"},
      {"state-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->paths.state_dir,
       "Keep state in DIR (default: $STATE_DIRECTORY or " DEFAULT_STATE_DIR ")", "DIR"},
      {"socket", 0, 0, G_OPTION_ARG_FILENAME, &options->paths.socket,
       "Listen on PATH (default: camgate.sock in $RUNTIME_DIRECTORY or " DEFAULT_RUNTIME_DIR ")",
       "PATH"},
      {"check-config", 0, 0, G_OPTION_ARG_NONE, &options->check_config,
       "Check the configuration and exit", NULL},
      {"stop-moves", 0, 0, G_OPTION_ARG_NONE, &options->stop_moves,
       "Stop the cameras that a killed camgated was moving, and exit", NULL},
      {"verbose", 0, 0, G_OPTION_ARG_NONE, &options->verbose, "Log every step", NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Show the version and exit", NULL},
      {0},
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Connects a site's ONVIF cameras to a cloud.");
  g_option_context_set_description (
      context, "Exit status: 0 done, 64 usage, 70 internal failure, 75 a camera may still be\n"
               "moving (--stop-moves), 78 faulty configuration.\n"
               "SIGHUP reads the configuration again, SIGTERM ends within five seconds.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "unexpected argument: %s",
                 (*argv)[1]);
    return FALSE;
  }
  fill_defaults (&options->paths);
  return TRUE;
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Program *program = user_data;

  cg_service_stop_finish (CG_SERVICE (object), result, NULL);
  g_main_loop_quit (program->loop);
}

static gboolean
on_terminate (gpointer user_data)
{
  Program *program = user_data;

  if (program->stopping)
    return G_SOURCE_CONTINUE;
  program->stopping = TRUE;
  g_message ("stopping");
  cg_service_stop_async (program->service, on_stopped, program);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_hangup (gpointer user_data)
{
  Program *program = user_data;

  if (!program->stopping)
    cg_service_reload (program->service);
  return G_SOURCE_CONTINUE;
}

static int
run (const Options *options, CgConfig *config)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (CgService) service = cg_service_new (&options->paths);
  g_autoptr (GError) error = NULL;
  Program program = {loop, service, FALSE};
  const guint sources[] = {
      g_unix_signal_add (SIGTERM, on_terminate, &program),
      g_unix_signal_add (SIGINT, on_terminate, &program),
      g_unix_signal_add (SIGHUP, on_hangup, &program),
  };

  if (!cg_late_open (&error) || !cg_service_start (service, config, &error)) {
    g_printerr ("camgated: %s\n", error->message);
    return g_error_matches (error, CG_ERROR, CG_ERROR_INVALID_CONFIG) ? EX_CONFIG : EX_SOFTWARE;
  }
  g_main_loop_run (loop);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  g_message ("stopped");
  return EX_OK;
}

/* For the unit's ExecStopPost: a daemon that was killed has left no time to stop its cameras. */
static int
stop_moves (const Options *options, CgConfig *config)
{
  g_autoptr (GError) error = NULL;

  if (cg_stop_moves (config, options->paths.state_dir, options->paths.socket, &error))
    return EX_OK;
  g_printerr ("camgated: %s\n", error->message);
  return g_error_matches (error, CG_ERROR, CG_ERROR_UNREACHABLE) ? EX_TEMPFAIL : EX_SOFTWARE;
}

/* All that can be wrong before anything runs. */
static int
check (const Options *options)
{
  g_autoptr (GError) error = NULL;

  if (cg_late_open (&error) && cg_late_load (&error) && cg_media_init (NULL, &error) &&
      cg_media_check (&error)) {
    g_print ("%s: good\n", options->paths.config);
    return EX_OK;
  }
  g_printerr ("camgated: %s\n", error->message);
  return g_error_matches (error, CG_ERROR, CG_ERROR_INVALID_CONFIG) ? EX_CONFIG : EX_SOFTWARE;
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = {0};
  g_autoptr (CgConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  if (!parse_options (&argc, &argv, &options, &error)) {
    g_printerr ("camgated: %s\nTry `camgated --help`.\n", error->message);
    return EX_USAGE;
  }
  if (options.version) {
    g_print ("camgated %s\n", CAMGATE_VERSION);
    return EX_OK;
  }
  cg_log_init (options.verbose);
  cg_main_claim ();
  signal (SIGPIPE, SIG_IGN);
  signal (SIGHUP, SIG_IGN); /* until there is something to read again */
  config = cg_service_load_config (options.paths.config, &error);
  if (config == NULL) {
    g_printerr ("camgated: %s\n", error->message);
    return EX_CONFIG;
  }
  if (options.check_config)
    return check (&options);
  if (options.stop_moves)
    return stop_moves (&options, config);
  if (!cg_self_check (options.paths.config, &error)) {
    g_printerr ("%s\n", error->message);
    return EX_CONFIG;
  }
  return run (&options, config);
}
