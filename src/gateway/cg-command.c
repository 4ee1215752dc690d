/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-command.h"

#include <signal.h>
#include <unistd.h>

#include "cg-error.h"

/* Who has been asked to end, and has not, is ended. */
#define KILL_MS 5000

/* One program that runs. */
typedef struct {
  char *command;
  CgClock *clock;       /* (owned) */
  GSubprocess *process; /* (owned) (nullable): it could not begin */
  GSource *limit;       /* (owned) (nullable) */
  guint limit_ms;
  gboolean is_late;
} Run;

static void
run_free (gpointer data)
{
  Run *self = data;

  cg_clear_source (&self->limit);
  g_clear_object (&self->process);
  g_object_unref (self->clock);
  g_free (self->command);
  g_free (self);
}

/* With all that it has started. */
static void
send_signal (Run *self, int signal)
{
  const char *pid = g_subprocess_get_identifier (self->process);

  if (pid != NULL)
    kill (-(pid_t)g_ascii_strtoll (pid, NULL, 10), signal);
}

static gboolean
on_ignored (gpointer user_data)
{
  Run *self = user_data;

  cg_clear_source (&self->limit);
  send_signal (self, SIGKILL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_limit (gpointer user_data)
{
  Run *self = user_data;

  cg_clear_source (&self->limit);
  self->is_late = TRUE;
  send_signal (self, SIGTERM);
  self->limit = cg_clock_add_timeout (self->clock, KILL_MS, on_ignored, self);
  return G_SOURCE_REMOVE;
}

static void
on_ended (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GSubprocess *process = G_SUBPROCESS (object);
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) why = NULL;

  cg_clear_source (&run->limit);
  if (!g_subprocess_wait_finish (process, result, &why))
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_CANCELLED, "%s: %s", run->command,
                             why->message);
  else if (run->is_late)
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_INTERNAL, "%s was not done in %u s",
                             run->command, run->limit_ms / 1000);
  else if (g_subprocess_get_successful (process))
    g_task_return_boolean (task, TRUE);
  else if (g_subprocess_get_if_exited (process))
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_INTERNAL, "%s ended with status %d",
                             run->command, g_subprocess_get_exit_status (process));
  else
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_INTERNAL, "%s was ended by signal %d",
                             run->command, g_subprocess_get_term_sig (process));
}

/* In the child: a group of its own, to be ended as a whole. */
static void
lead_group (gpointer user_data)
{
  setpgid (0, 0);
}

/* Returns: (transfer full) (nullable): it runs */
static GSubprocess *
spawn (const char *command, const char *argument, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_auto (GStrv) parsed = NULL;

  if (!g_shell_parse_argv (command, NULL, &parsed, error))
    return NULL;
  for (guint i = 0; parsed[i] != NULL; i++)
    g_ptr_array_add (words, parsed[i]);
  if (argument != NULL)
    g_ptr_array_add (words, (char *)argument);
  g_ptr_array_add (words, NULL);
  g_subprocess_launcher_set_child_setup (launcher, lead_group, NULL, NULL);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *)words->pdata, error);
}

/**
 * cg_command_run_async:
 * @command: a program with its arguments, quoted as for a shell, of which there is none
 * @argument: (nullable): one more
 * @clock: the time
 * @limit_ms: after so long it is ended, with all that it has started; 0: never
 * @callback: finish with cg_command_run_finish()
 * @user_data: for @callback
 *
 * What the integrator has configured, run as our user. Its words go to our log.
 */
void
cg_command_run_async (const char *command,
                      const char *argument,
                      CgClock *clock,
                      guint limit_ms,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Run *run = g_new0 (Run, 1);
  g_autoptr (GError) why = NULL;

  g_task_set_source_tag (task, cg_command_run_async);
  g_task_set_task_data (task, run, run_free);
  run->command = g_strdup (command);
  run->clock = g_object_ref (clock);
  run->limit_ms = limit_ms;
  run->process = spawn (command, argument, &why);
  if (run->process == NULL) {
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_INTERNAL, "%s: %s", command, why->message);
    return;
  }
  if (limit_ms > 0)
    run->limit = cg_clock_add_timeout (clock, limit_ms, on_limit, run);
  g_subprocess_wait_async (run->process, NULL, on_ended, g_steal_pointer (&task));
}

/**
 * cg_command_run_finish:
 * @result: what the callback got
 * @error: return location for a #CG_ERROR: %CG_ERROR_INTERNAL if it could not run, failed, or took
 *   too long
 *
 * Returns: whether it ended with status 0
 */
gboolean
cg_command_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
