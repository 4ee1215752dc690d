/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A power cut, loaded into the daemon before libc: of the steps in which $CAMGATE_CRASH_FILE is
 * stored, the process is killed at the one of this number ($CAMGATE_CRASH_AT, from 1): before the
 * temporary file is made, before it is written, in the middle of writing, before it is synced,
 * before it is renamed, before the folder is synced, after all. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "open-hook.h"

enum {
  BEFORE_OPEN = 1,
  BEFORE_WRITE,
  WITHIN_WRITE,
  BEFORE_SYNC,
  BEFORE_RENAME,
  BEFORE_DIR,
  AT_END
};

static int watched = -1; /* descriptor of the temporary file */
static int renamed;      /* the folder is synced next */

static int
get_step (void)
{
  const char *step = getenv ("CAMGATE_CRASH_AT");

  return step != NULL ? atoi (step) : 0;
}

static void
crash_at (int step)
{
  if (get_step () == step)
    raise (SIGKILL);
}

static int
is_watched (const char *path)
{
  const char *file = getenv ("CAMGATE_CRASH_FILE");

  return file != NULL && strstr (path, file) != NULL;
}

static int
open_with (Open next, const char *path, int flags, mode_t mode)
{
  int fd;

  if (!is_watched (path) || (flags & O_CREAT) == 0)
    return next (path, flags, mode);
  crash_at (BEFORE_OPEN);
  fd = next (path, flags, mode);
  watched = fd;
  return fd;
}

ssize_t
write (int fd, const void *data, size_t length)
{
  ssize_t (*next) (int, const void *, size_t) =
      (ssize_t (*) (int, const void *, size_t))dlsym (RTLD_NEXT, "write");

  if (fd != watched || fd < 0)
    return next (fd, data, length);
  crash_at (BEFORE_WRITE);
  if (get_step () == WITHIN_WRITE && next (fd, data, length / 2) >= 0)
    crash_at (WITHIN_WRITE);
  return next (fd, data, length);
}

int
fsync (int fd)
{
  int (*next) (int) = (int (*) (int))dlsym (RTLD_NEXT, "fsync");
  int result;

  if (fd == watched && fd >= 0)
    crash_at (BEFORE_SYNC);
  if (!renamed)
    return next (fd);
  crash_at (BEFORE_DIR);
  result = next (fd);
  crash_at (AT_END);
  renamed = 0;
  return result;
}

int
rename (const char *from, const char *to)
{
  int (*next) (const char *, const char *) =
      (int (*) (const char *, const char *))dlsym (RTLD_NEXT, "rename");
  int result;

  if (!is_watched (from))
    return next (from, to);
  crash_at (BEFORE_RENAME);
  watched = -1;
  result = next (from, to);
  renamed = 1;
  return result;
}
