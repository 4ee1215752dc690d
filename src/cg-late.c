/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-late.h"

#include <fcntl.h>
#include <gmodule.h>
#include <sys/stat.h>

#include "cg-error.h"
#include "cg-late-calls.h"

/* This very program, whatever has become of its file. */
#define SELF "/proc/self/exe"
#define MODULE "camgate-late.so"

/* Both set once, at the start. */
static char *module_path; /* (owned) */
static int module_fd = -1;

/* Beside the program where both were built, else where they were installed. */
static char *
find_module (void)
{
  g_autofree char *self = g_file_read_link (SELF, NULL);
  g_autofree char *dir = g_path_get_dirname (self != NULL ? self : "/");
  g_autofree char *beside = g_build_filename (dir, MODULE, NULL);

  if (g_file_test (beside, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&beside);
  return g_canonicalize_filename (CG_MODULE_DIR G_DIR_SEPARATOR_S MODULE, dir);
}

/**
 * cg_late_open:
 * @error: return location
 *
 * Streams and downloads, and the libraries that only they need, are a module that comes with the
 * first call of them: a daemon that waits is a quarter smaller without it. This finds the module
 * and holds on to it: when it is loaded, a later release of camgate may have taken its place, which
 * does not go with this program. To be called once, in a process that may play.
 *
 * Returns: %TRUE, or %FALSE with #CG_ERROR_INVALID_CONFIG if it is not there
 */
gboolean
cg_late_open (GError **error)
{
  module_path = find_module ();
  module_fd = open (module_path, O_RDONLY | O_CLOEXEC);
  if (module_fd >= 0)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "%s: %s", module_path, g_strerror (errno));
  return FALSE;
}

/* By its own name where it still has that: so debuggers find it. */
static char *
get_name (void)
{
  struct stat held, named;

  if (fstat (module_fd, &held) == 0 && stat (module_path, &named) == 0 &&
      held.st_dev == named.st_dev && held.st_ino == named.st_ino)
    return g_strdup (module_path);
  return g_strdup_printf ("/proc/self/fd/%d", module_fd);
}

static const CgLateCalls *
load (GError **error)
{
  g_autofree char *name = get_name ();
  /* For all to see: some functions of GStreamer's are ours in this process (cg-rtsp-shield.c). */
  GModule *module = g_module_open (name, 0);
  gpointer calls;

  if (module == NULL || !g_module_symbol (module, "cg_late_calls", &calls)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, g_module_error ());
    return NULL;
  }
  g_module_make_resident (module);
  return calls;
}

static const CgLateCalls *
try_calls (GError **error)
{
  static GMutex lock;
  static const CgLateCalls *calls;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (calls == NULL)
    calls = load (error);
  return calls;
}

/**
 * cg_late_load:
 * @error: return location
 *
 * To be called after cg_late_open(), by a process that wants to know whether the module is good.
 *
 * Returns: %TRUE, or %FALSE with #CG_ERROR_INVALID_CONFIG if it cannot be loaded
 */
gboolean
cg_late_load (GError **error)
{
  return try_calls (error) != NULL;
}

/* The check at the start has loaded it, in a process of its own: what fails now is this process. */
static const CgLateCalls *
get_calls (void)
{
  g_autoptr (GError) error = NULL;
  const CgLateCalls *calls = try_calls (&error);

  if (calls == NULL)
    g_error ("%s", error->message);
  return calls;
}

/* The daemon's functions of these names: each hands on to that of the module. */
#define HAND_ON(type, name, parameters, arguments)                                                 \
  type name parameters                                                                             \
  {                                                                                                \
    return get_calls ()->name arguments;                                                           \
  }

CG_LATE_CALLS (HAND_ON)
