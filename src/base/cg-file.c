/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cg-error.h"

static gboolean
fail (GError **error, CgError code, const char *why)
{
  g_set_error_literal (error, CG_ERROR, (int)code, why);
  return FALSE;
}

static gboolean
fail_with_errno (GError **error, int number)
{
  g_set_error (error, CG_ERROR, number == ENOENT ? CG_ERROR_UNKNOWN_THING : CG_ERROR_INVALID_CONFIG,
               "cannot be read: %s", g_strerror (number));
  return FALSE;
}

static gboolean
read_all (int fd, gsize max_length, GString *text, GError **error)
{
  char buffer[4096];
  struct stat status;
  gssize n = 0;

  if (fd < 0 || fstat (fd, &status) != 0)
    return fail_with_errno (error, errno);
  if (!S_ISREG (status.st_mode))
    return fail (error, CG_ERROR_INVALID_CONFIG, "is no regular file");
  while ((n = read (fd, buffer, sizeof buffer)) > 0 && text->len <= max_length)
    g_string_append_len (text, buffer, n);
  if (n < 0)
    return fail_with_errno (error, errno);
  if (text->len <= max_length)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "is larger than %zu MiB",
               max_length / (1024 * 1024));
  return FALSE;
}

/**
 * cg_file_read:
 * @path: of a file that people may edit
 * @length: (out): of what is returned, in bytes
 * @error: return location: %CG_ERROR_UNKNOWN_THING if there is none, else
 *   %CG_ERROR_INVALID_CONFIG; the message does not name @path
 *
 * Reads a regular file of at most 1 MiB: a FIFO or a device would keep us waiting. Blocking.
 *
 * Returns: (transfer full) (nullable): its content, and a zero byte behind it
 */
char *
cg_file_read (const char *path, gsize *length, GError **error)
{
  return cg_file_read_up_to (path, CG_FILE_MAX_LENGTH, length, error);
}

/**
 * cg_file_read_up_to:
 * @path: of a file
 * @max_length: its bytes at most; whole MiB
 * @length: (out): of what is returned, in bytes
 * @error: return location: as for cg_file_read()
 *
 * As cg_file_read(), for files that may be longer than what people write.
 *
 * Returns: (transfer full) (nullable): its content, and a zero byte behind it
 */
char *
cg_file_read_up_to (const char *path, gsize max_length, gsize *length, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const int fd = g_open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
  const gboolean is_read = read_all (fd, max_length, text, error);

  if (fd >= 0)
    close (fd);
  if (!is_read)
    return NULL;
  *length = text->len;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
fail_to_write (GError **error, const char *doing, const char *path)
{
  const int number = errno;

  g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL, "cannot %s %s: %s", doing, path,
               g_strerror (number));
  return FALSE;
}

static gboolean
write_all (int fd, GBytes *content)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (content, &length);

  while (length > 0) {
    const gssize n = write (fd, data, length);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    data += n;
    length -= n;
  }
  return TRUE;
}

static gboolean
write_temporary (const char *path, GBytes *content, gboolean is_synced, GError **error)
{
  const int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    return fail_to_write (error, "create", path);
  if (fchmod (fd, 0600) != 0 || !write_all (fd, content) || (is_synced && fsync (fd) != 0)) {
    fail_to_write (error, "write", path);
    close (fd);
    g_unlink (path);
    return FALSE;
  }
  if (close (fd) != 0)
    return fail_to_write (error, "write", path);
  return TRUE;
}

/* A rename is on disk when its folder is. */
static gboolean
sync_dir (const char *dir, GError **error)
{
  const int fd = g_open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return fail_to_write (error, "open", dir);
  const gboolean ok = fsync (fd) == 0 || fail_to_write (error, "sync", dir);
  close (fd);
  return ok;
}

/**
 * cg_file_replace:
 * @path: of a file; its folder is made if need be
 * @content: (nullable): what it is to hold; %NULL: there is to be none
 * @is_synced: whether that is to survive a power cut
 * @error: return location: %CG_ERROR_INTERNAL
 *
 * At any instant the file holds the old content or the new one. Its mode is 0600. Blocking; any
 * thread, one at a time for each @path.
 *
 * Returns: whether it is so now
 */
gboolean
cg_file_replace (const char *path, GBytes *content, gboolean is_synced, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".tmp", NULL);
  g_autofree char *dir = g_path_get_dirname (path);

  if (g_mkdir_with_parents (dir, 0700) != 0)
    return fail_to_write (error, "create", dir);
  if (content == NULL) {
    if (g_unlink (path) != 0 && errno != ENOENT)
      return fail_to_write (error, "remove", path);
  } else {
    if (!write_temporary (temporary, content, is_synced, error))
      return FALSE;
    if (g_rename (temporary, path) != 0)
      return fail_to_write (error, "rename", temporary);
  }
  return !is_synced || sync_dir (dir, error);
}
