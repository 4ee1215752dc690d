/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-self-check.h"

#include <sysexits.h>

#include "cg-error.h"

/* This very program, whatever has become of its file. */
#define SELF "/proc/self/exe"

/**
 * cg_self_check:
 * @config: path of the configuration
 * @error: return location: #CG_ERROR_INVALID_CONFIG with what the check has said
 *
 * Lets a process of its own look whether everything can be built that a stream may need. Pipelines
 * are tried by building them, which loads far more than a daemon needs that plays nothing yet, and
 * never gives it back. Where the check cannot be made, a stream that cannot be built says so.
 * Blocks for the blink of an eye.
 *
 * Returns: %FALSE if the check has found something wrong
 */
gboolean
cg_self_check (const char *config, GError **error)
{
  const char *const argv[] = {SELF, "--check-config", "--config", config, NULL};
  g_autoptr (GError) cause = NULL;
  g_autofree char *said = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said,
                     &status, &cause)) {
    g_warning ("the pipelines are not checked: %s", cause->message);
    return TRUE;
  }
  if (g_spawn_check_wait_status (status, &cause))
    return TRUE;
  if (g_error_matches (cause, G_SPAWN_EXIT_ERROR, EX_CONFIG)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, g_strchomp (said));
    return FALSE;
  }
  g_warning ("the pipelines are not checked: %s", cause->message);
  return TRUE;
}
