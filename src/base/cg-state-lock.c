/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-state-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "cg-error.h"

struct _CgStateLock {
  int fd; /* of the folder */
};

/**
 * cg_state_lock_take:
 * @dir: a state folder that exists
 * @error: return location: %CG_ERROR_INTERNAL names the folder
 *
 * Of two daemons on one folder each would take the marks of moving cameras from the other (Q61). A
 * file system that knows no locks leaves that to whoever starts them. Does not wait.
 *
 * Returns: (transfer full) (nullable): the lock; %NULL: another process has it
 */
CgStateLock *
cg_state_lock_take (const char *dir, GError **error)
{
  const int fd = g_open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  CgStateLock *self;

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      close (fd);
      g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL,
                   "the state folder %s is in use: camgated is running on it", dir);
      return NULL;
    }
    g_info ("%s: cannot be locked: %s", dir, g_strerror (errno));
  }
  self = g_new0 (CgStateLock, 1);
  self->fd = fd;
  return self;
}

/**
 * cg_state_lock_free:
 * @self: (transfer full) (nullable): a lock
 *
 * Gives the folder back.
 */
void
cg_state_lock_free (CgStateLock *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}
