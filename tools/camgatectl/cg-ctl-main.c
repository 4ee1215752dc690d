/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-help.h"
#include "cg-ctl-json.h"

/* PROTOCOL.md section 4: a move is answered within 3 s; what is wrong shows well before 10 s. */
#define REPLY_TIMEOUT_MS 10000

/**
 * cg_ctl_fail_usage:
 * @self: a run
 * @error: (out): set to %CG_CTL_USAGE
 * @format: what is wrong; the command's usage is added
 *
 * Returns: %FALSE
 */
gboolean
cg_ctl_fail_usage (CgCtl *self, GError **error, const char *format, ...)
{
  g_autofree char *usage = cg_ctl_help_get_usage (self->command);
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE, "%s\n%s", text, usage);
  return FALSE;
}

/**
 * cg_ctl_get_timeout_ms:
 * @self: a run
 * @otherwise_ms: when `--timeout` was not given
 *
 * Returns: milliseconds
 */
gint64
cg_ctl_get_timeout_ms (CgCtl *self, gint64 otherwise_ms)
{
  return self->options->timeout_s > 0 ? (gint64)(self->options->timeout_s * 1000) : otherwise_ms;
}

/**
 * cg_ctl_open_client:
 * @self: a run
 *
 * Returns: (transfer full): a connection to camgated, or %NULL with a %CG_CTL_NO_DAEMON error
 */
CgCtlClient *
cg_ctl_open_client (CgCtl *self, GError **error)
{
  const char *path = self->options->socket;

  if (path == NULL)
    path = g_getenv ("CAMGATE_SOCKET");
  return cg_ctl_client_open (path != NULL ? path : CG_CTL_DEFAULT_SOCKET, error);
}

/**
 * cg_ctl_ask_gateway:
 * @self: a run
 * @service: one of the local socket's own: `cameras`, `status`
 *
 * Returns: (transfer full): the answer, or %NULL with error; also when a code came back
 */
CgCtlAnswer *
cg_ctl_ask_gateway (CgCtl *self, const char *service, GError **error)
{
  const gint64 timeout_ms = cg_ctl_get_timeout_ms (self, REPLY_TIMEOUT_MS);
  g_autoptr (CgCtlClient) client = cg_ctl_open_client (self, error);
  g_autoptr (JsonObject) data = json_object_new ();
  g_autoptr (JsonObject) reply = NULL;
  g_autoptr (CgCtlAnswer) answer = NULL;
  g_autofree char *mid = NULL;

  if (client == NULL)
    return NULL;
  json_object_set_object_member (data, service, json_object_new ());
  mid = cg_ctl_client_send (client, NULL, data, error);
  if (mid == NULL)
    return NULL;
  reply = cg_ctl_client_wait_reply (client, mid, timeout_ms, error);
  if (reply == NULL)
    return NULL;
  answer = cg_ctl_answer_from_message (reply, service, NULL);
  return cg_ctl_answer_check (answer, error) ? g_steal_pointer (&answer) : NULL;
}

/**
 * cg_ctl_say:
 * @self: a run
 * @format: lines for a person
 *
 * Prints them in the terminal's character set, unless JSON or CSV was asked for.
 */
void
cg_ctl_say (CgCtl *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  if (self->options->json || self->options->csv)
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_print ("%s", text);
}

/**
 * cg_ctl_print_json:
 * @self: a run
 * @object: a result
 *
 * Prints it on one line, if JSON was asked for. JSON is UTF-8, whatever the terminal speaks.
 */
void
cg_ctl_print_json (CgCtl *self, JsonObject *object)
{
  g_autofree char *line = NULL;

  if (!self->options->json)
    return;
  line = cg_ctl_json_to_line (object);
  fputs (line, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
  self->answered = TRUE;
}

/**
 * cg_ctl_print_csv:
 * @self: a run
 * @text: a table
 *
 * Prints it: as it is for a program or a file, without what steers it for a terminal.
 */
void
cg_ctl_print_csv (CgCtl *self, const char *text)
{
  g_autofree char *clean = cg_ctl_text_clean_lines (text);

  fputs (self->screen.is_terminal ? clean : text, stdout);
  fflush (stdout);
}

/**
 * cg_ctl_finish:
 * @self: a run
 * @answer: what came back
 *
 * Prints it, if JSON was asked for.
 *
 * Returns: %FALSE with a %CG_CTL_REFUSED error if a code came back
 */
gboolean
cg_ctl_finish (CgCtl *self, const CgCtlAnswer *answer, GError **error)
{
  g_autoptr (JsonObject) object = cg_ctl_answer_to_json (answer);

  cg_ctl_print_json (self, object);
  return cg_ctl_answer_check (answer, error);
}

static gboolean
check_flags (CgCtl *self, GError **error)
{
  const guint stray =
      self->options->given & ~(self->command->flags | CG_CTL_FLAGS_ALWAYS | CG_CTL_FLAGS_DAEMON);
  gsize n_rows;
  const CgCtlOptionRow *rows = cg_ctl_options_get_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++) {
    if ((stray & rows[i].flag) != 0)
      return cg_ctl_fail_usage (self, error, "--%s is not for %s", rows[i].name,
                                self->command->name);
  }
  if (self->options->camera == NULL && (self->options->given & CG_CTL_FLAGS_LOGIN) != 0 &&
      (self->command->flags & CG_CTL_FLAG_CAMERA) != 0)
    return cg_ctl_fail_usage (self, error, "--user and --password-file go with --camera");
  if (self->options->user == NULL && self->options->password_file != NULL)
    return cg_ctl_fail_usage (self, error, "--password-file goes with --user");
  return TRUE;
}

static gboolean
take_words (CgCtl *self, GError **error)
{
  const gboolean wants_did = self->command->takes_did && self->options->camera == NULL;
  const char *const *words = (const char *const *)self->options->words->pdata + 1;
  const guint n_words = self->options->words->len - 1;

  if (wants_did && n_words == 0)
    return cg_ctl_fail_usage (self, error, "which camera? Its DID is missing; try: %s",
                              "camgatectl cameras");
  if (wants_did && strcmp (words[0], "gateway") != 0)
    self->did = words[0];
  self->words = words + (wants_did ? 1 : 0);
  self->n_words = n_words - (wants_did ? 1 : 0);
  if (self->n_words < self->command->min_words)
    return cg_ctl_fail_usage (self, error, "something is missing after \"%s\"",
                              words[(gssize)n_words - 1]);
  if (self->n_words > self->command->max_words)
    return cg_ctl_fail_usage (self, error, "\"%s\" is too much",
                              self->words[self->command->max_words]);
  return TRUE;
}

static gboolean
find_command (CgCtl *self, GError **error)
{
  const char *name = self->options->words->pdata[0];
  const char *nearest;

  self->command = cg_ctl_commands_find (name);
  if (self->command != NULL)
    return TRUE;
  nearest = cg_ctl_commands_get_nearest (name);
  if (nearest != NULL)
    g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE, "unknown command %s; did you mean %s?", name,
                 nearest);
  else
    g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE,
                 "unknown command %s; camgatectl --help lists them all", name);
  return FALSE;
}

static gboolean
run_command (CgCtl *self, GError **error)
{
  if (self->options->version) {
    g_print ("camgatectl %s\n", CG_VERSION);
    return TRUE;
  }
  if (self->options->words->len == 0 && self->options->help) {
    cg_ctl_help_print_program (&self->screen);
    return TRUE;
  }
  if (self->options->words->len == 0) {
    g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_USAGE,
                         "what is to be done? camgatectl --help lists all commands");
    return FALSE;
  }
  if (!find_command (self, error))
    return FALSE;
  if (self->options->help) {
    cg_ctl_help_print_command (self->command, &self->screen);
    return TRUE;
  }
  return check_flags (self, error) && take_words (self, error) && self->command->run (self, error);
}

static int
report (CgCtl *self, gboolean json, const GError *error)
{
  const int status = error->domain == CG_CTL_ERROR ? error->code : CG_CTL_REFUSED;
  g_autofree char *text = cg_ctl_text_clean_lines (error->message);
  CgCtlScreen screen;

  cg_ctl_screen_init (&screen, STDERR_FILENO);
  fflush (stdout);
  g_printerr ("%s%s%s\n", cg_ctl_screen_ink (&screen, CG_CTL_INK_BAD), text,
              cg_ctl_screen_ink (&screen, CG_CTL_INK_PLAIN));
  if (json && !self->answered) {
    g_autoptr (JsonObject) object = json_object_new ();
    g_autofree char *line = NULL;

    json_object_set_int_member (object, "exit", status);
    json_object_set_string_member (object, "error", error->message);
    line = cg_ctl_json_to_line (object);
    printf ("%s\n", line);
  }
  return status;
}

/* What could not be written was not told: a full disk, for example. */
static int
check_output (void)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return CG_CTL_DONE;
  g_printerr ("cannot write the output: %s\n", g_strerror (errno));
  return CG_CTL_REFUSED;
}

/**
 * cg_ctl_run:
 * @argc: length of @argv
 * @argv: the command line, program name first
 *
 * The whole program.
 *
 * Returns: its status, a #CgCtlExit
 */
int
cg_ctl_run (int argc, char **argv)
{
  g_autoptr (CgCtlOptions) options = NULL;
  g_autoptr (GError) error = NULL;
  CgCtl self = {0};

  setlocale (LC_ALL, "");
  cg_ctl_screen_init (&self.screen, STDOUT_FILENO);
  options = cg_ctl_options_parse (argc, argv, &error);
  self.options = options;
  if (options == NULL || !run_command (&self, &error))
    return report (&self, options != NULL && options->json, error);
  return check_output ();
}
