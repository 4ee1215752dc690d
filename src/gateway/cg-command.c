/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-command.h"

#include "cg-error.h"

static void
on_ended (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GSubprocess *process = G_SUBPROCESS (object);
  const char *command = g_task_get_task_data (task);
  g_autoptr (GError) why = NULL;

  if (!g_subprocess_wait_finish (process, result, &why))
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_CANCELLED, "%s: %s", command, why->message);
  else if (g_subprocess_get_successful (process))
    g_task_return_boolean (task, TRUE);
  else if (g_subprocess_get_if_exited (process))
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_INTERNAL, "%s ended with status %d", command,
                             g_subprocess_get_exit_status (process));
  else
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_INTERNAL, "%s was ended by signal %d",
                             command, g_subprocess_get_term_sig (process));
}

/**
 * cg_command_run_async:
 * @command: a program with its arguments, quoted as for a shell, of which there is none
 * @argument: (nullable): one more
 * @cancellable: (nullable): ends the waiting, not the program
 * @callback: finish with cg_command_run_finish()
 * @user_data: for @callback
 *
 * What the integrator has configured, run as our user. Its words go to our log.
 */
void
cg_command_run_async (const char *command,
                      const char *argument,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) why = NULL;
  g_auto (GStrv) parsed = NULL;

  g_task_set_source_tag (task, cg_command_run_async);
  g_task_set_task_data (task, g_strdup (command), g_free);
  if (g_shell_parse_argv (command, NULL, &parsed, &why)) {
    for (guint i = 0; parsed[i] != NULL; i++)
      g_ptr_array_add (words, parsed[i]);
    if (argument != NULL)
      g_ptr_array_add (words, (char *)argument);
    g_ptr_array_add (words, NULL);
    process = g_subprocess_newv ((const char *const *)words->pdata, G_SUBPROCESS_FLAGS_NONE, &why);
  }
  if (process == NULL) {
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_INTERNAL, "%s: %s", command, why->message);
    return;
  }
  g_subprocess_wait_async (process, cancellable, on_ended, g_steal_pointer (&task));
}

/**
 * cg_command_run_finish:
 * @result: what the callback got
 * @error: return location for a #CG_ERROR: %CG_ERROR_INTERNAL if it could not run, or failed
 *
 * Returns: whether it ended with status 0
 */
gboolean
cg_command_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
