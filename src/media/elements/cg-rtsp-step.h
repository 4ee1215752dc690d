/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CgRtspStep:
 * @cancellable: (owned): what GIO's function is given
 * @result: (owned) (nullable): what it has come to
 *
 * One asynchronous function of GIO's that a thread waits for, in a context of its own. Made by
 * cg_rtsp_step_init(), given to cg_rtsp_step_on_result(), awaited, cleared.
 */
typedef struct {
  GCancellable *cancellable;
  GAsyncResult *result;
  /*< private >*/
  gboolean is_late;
  gboolean is_interrupted;
} CgRtspStep;

void cg_rtsp_step_init (CgRtspStep *self);
void cg_rtsp_step_clear (CgRtspStep *self);
void cg_rtsp_step_on_result (GObject *object, GAsyncResult *result, gpointer user_data);
gboolean cg_rtsp_step_await_in_thread (
    CgRtspStep *self, GMainContext *context, int wake_fd, gint64 deadline_us, GError **error);

void cg_rtsp_step_set_timed_out (GError **error);
void cg_rtsp_step_set_cancelled (GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CgRtspStep, cg_rtsp_step_clear)

G_END_DECLS
