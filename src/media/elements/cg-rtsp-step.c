/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-step.h"

#include <glib-unix.h>

#include "cg-error.h"

/**
 * cg_rtsp_step_init:
 * @self: (out caller-allocates): a step that has not begun
 */
void
cg_rtsp_step_init (CgRtspStep *self)
{
  *self = (CgRtspStep){.cancellable = g_cancellable_new ()};
}

/**
 * cg_rtsp_step_clear:
 * @self: a step that has ended
 */
void
cg_rtsp_step_clear (CgRtspStep *self)
{
  g_clear_object (&self->result);
  g_clear_object (&self->cancellable);
}

/**
 * cg_rtsp_step_on_result:
 * @object: (nullable): whose function it was
 * @result: what it has come to
 * @user_data: a #CgRtspStep
 *
 * A #GAsyncReadyCallback.
 */
void
cg_rtsp_step_on_result (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ((CgRtspStep *)user_data)->result = g_object_ref (result);
}

/**
 * cg_rtsp_step_set_timed_out:
 * @error: return location: #CG_ERROR_TIMED_OUT
 */
void
cg_rtsp_step_set_timed_out (GError **error)
{
  g_set_error_literal (error, CG_ERROR, CG_ERROR_TIMED_OUT, "camera did not answer in time");
}

/**
 * cg_rtsp_step_set_cancelled:
 * @error: return location: #CG_ERROR_CANCELLED
 */
void
cg_rtsp_step_set_cancelled (GError **error)
{
  g_set_error_literal (error, CG_ERROR, CG_ERROR_CANCELLED, "the stream was stopped");
}

static gboolean
on_deadline (gpointer user_data)
{
  ((CgRtspStep *)user_data)->is_late = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
on_wake (int fd, GIOCondition condition, gpointer user_data)
{
  ((CgRtspStep *)user_data)->is_interrupted = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for_end (CgRtspStep *self, GMainContext *context, int wake_fd, gint64 deadline_us)
{
  const gint64 left_us = MAX (deadline_us - g_get_monotonic_time (), 0);
  g_autoptr (GSource) timer = g_timeout_source_new ((guint)(left_us / 1000));
  g_autoptr (GSource) wake = g_unix_fd_source_new (wake_fd, G_IO_IN);

  g_source_set_callback (timer, on_deadline, self, NULL);
  g_source_set_callback (wake, G_SOURCE_FUNC (on_wake), self, NULL);
  g_source_attach (timer, context);
  g_source_attach (wake, context);
  while (self->result == NULL && !self->is_late && !self->is_interrupted)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (timer);
  g_source_destroy (wake);
}

/**
 * cg_rtsp_step_await_in_thread:
 * @self: a step that was begun
 * @context: the thread's own, in which it was
 * @wake_fd: readable: it is interrupted
 * @deadline_us: on the monotonic clock
 * @error: return location: #CG_ERROR_TIMED_OUT, #CG_ERROR_CANCELLED
 *
 * One that is given up still ends, at once: there is a result in any case.
 *
 * Returns: whether it ended by itself
 */
gboolean
cg_rtsp_step_await_in_thread (
    CgRtspStep *self, GMainContext *context, int wake_fd, gint64 deadline_us, GError **error)
{
  wait_for_end (self, context, wake_fd, deadline_us);
  if (self->result != NULL)
    return TRUE;
  g_cancellable_cancel (self->cancellable);
  while (self->result == NULL)
    g_main_context_iteration (context, TRUE);
  if (self->is_interrupted)
    cg_rtsp_step_set_cancelled (error);
  else
    cg_rtsp_step_set_timed_out (error);
  return FALSE;
}
