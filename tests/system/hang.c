/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A disk that hangs, loaded into the daemon before libc: while there is the pipe $CAMGATE_HANG,
 * opening anything called camgate.conf waits until somebody opens the pipe for writing. That
 * somebody waits is told by the file $CAMGATE_HANG.reached. */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int (*Open) (const char *path, int flags, ...);

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
open_with (const char *name, const char *path, int flags, mode_t mode)
{
  const Open next = (Open)dlsym (RTLD_NEXT, name);

  hang (next, path);
  return next (path, flags, mode);
}

int
open (const char *path, int flags, ...)
{
  va_list arguments;

  va_start (arguments, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg (arguments, mode_t) : 0;
  va_end (arguments);
  return open_with ("open", path, flags, mode);
}

int
open64 (const char *path, int flags, ...)
{
  va_list arguments;

  va_start (arguments, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg (arguments, mode_t) : 0;
  va_end (arguments);
  return open_with ("open64", path, flags, mode);
}
