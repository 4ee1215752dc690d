/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gst/gst.h>
#include <librtmp/log.h>
#include <librtmp/rtmp.h>

#include "cg-elements.h"
#include "cg-error.h"
#include "cg-launch.h"
#include "cg-media.h"

/* Only its troubles: on lower levels librtmp tells addresses and keys. */
G_GNUC_PRINTF (2, 0)
static void
on_rtmp_log (int level, const char *format, va_list arguments)
{
  if (level > RTMP_LOGERROR)
    return;
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  g_debug ("librtmp: %s", text);
}

/* librtmp sets up its TLS when it is first used, and that is not safe in two threads. */
static void
init_rtmp (void)
{
  RTMP *rtmp = RTMP_Alloc ();

  RTMP_LogSetCallback (on_rtmp_log);
  RTMP_LogSetLevel (RTMP_LOGERROR);
  RTMP_Init (rtmp);
  RTMP_Free (rtmp);
}

static gboolean
load (GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (!gst_init_check (NULL, NULL, &cause)) {
    g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL, "GStreamer: %s",
                 cause != NULL ? cause->message : "does not start");
    return FALSE;
  }
  if (!cg_elements_register (NULL)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INTERNAL,
                         "GStreamer: takes no elements of ours");
    return FALSE;
  }
  init_rtmp ();
  return TRUE;
}

/**
 * cg_media_load:
 * @error: return location
 *
 * GStreamer and librtmp come with the first stream: together they hold as much memory as forty
 * cameras that do not play. Takes 10 ms, once. Any thread; called by whatever of this room needs
 * them.
 *
 * Returns: %TRUE, or %FALSE with #CG_ERROR_INTERNAL if GStreamer does not start
 */
gboolean
cg_media_load (GError **error)
{
  static GMutex lock;
  static gboolean is_loaded;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  is_loaded = is_loaded || load (error);
  return is_loaded;
}

/**
 * cg_media_init:
 * @pipelines_dir: (nullable): as for cg_media_prepare()
 * @error: return location
 *
 * Returns: whether cg_media_prepare() and cg_media_load() did
 */
gboolean
cg_media_init (const char *pipelines_dir, GError **error)
{
  return cg_media_load (error) && cg_media_prepare (pipelines_dir, error);
}

/**
 * cg_media_check:
 * @error: return location
 *
 * To be called after cg_media_init(), by a process that ends soon: tries each pipeline, and so
 * loads every plugin that one of them needs.
 *
 * Returns: whether all can be built; else #CG_ERROR_INVALID_CONFIG
 */
gboolean
cg_media_check (GError **error)
{
  return cg_launch_check (error);
}
