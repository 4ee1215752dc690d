/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A disk that hangs, loaded into the daemon before libc: while there is the pipe $CAMGATE_HANG,
 * opening anything called camgate.conf waits until somebody opens the pipe for writing. That
 * somebody waits is told by the file $CAMGATE_HANG.reached. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "open-hook.h"

static void
hang (Open next, const char *path)
{
  const char *pipe = getenv ("CAMGATE_HANG");
  char reached[4096];

  if (pipe == NULL || strstr (path, "/camgate.conf") == NULL || access (pipe, F_OK) != 0)
    return;
  snprintf (reached, sizeof reached, "%s.reached", pipe);
  fclose (fopen (reached, "w"));
  close (next (pipe, O_RDONLY));
}

static int
open_with (Open next, const char *path, int flags, mode_t mode)
{
  hang (next, path);
  return next (path, flags, mode);
}
