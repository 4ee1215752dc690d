/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that tells what has happened: by signals, and to those who wait for the
 * camera to stand. */
#include "cg-motion-private.h"

#include "cg-main.h"

enum {
  SIGNAL_LEASED,
  SIGNAL_HELD,
  SIGNAL_LEARNT,
  SIGNAL_SILENT,
  SIGNAL_NOT_STOPPED,
  SIGNAL_ARRIVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/**
 * cg_motion_add_signals:
 * @klass: of CgMotion
 *
 * For class_init.
 */
void
cg_motion_add_signals (CgMotionClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);

  signals[SIGNAL_LEASED] = g_signal_new ("leased", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_HELD] = g_signal_new ("held", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_LEARNT] =
      g_signal_new ("learnt", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SILENT] = g_signal_new ("silent", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_NOT_STOPPED] = g_signal_new ("not-stopped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_ARRIVED] = g_signal_new ("arrived", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_POINTER);
}

/**
 * cg_motion_tell_leased:
 * @self: a camera's motion
 *
 * Emits #CgMotion::leased.
 */
void
cg_motion_tell_leased (CgMotion *self)
{
  g_signal_emit (self, signals[SIGNAL_LEASED], 0, self->leased);
}

/**
 * cg_motion_tell_held:
 * @self: a camera's motion
 *
 * Emits #CgMotion::held.
 */
void
cg_motion_tell_held (CgMotion *self)
{
  g_signal_emit (self, signals[SIGNAL_HELD], 0, self->is_held);
}

/**
 * cg_motion_tell_silent:
 * @self: a camera's motion
 * @error: what became of a stop
 *
 * Emits #CgMotion::silent.
 */
void
cg_motion_tell_silent (CgMotion *self, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_SILENT], 0, error);
}

/**
 * cg_motion_tell_not_stopped:
 * @self: a camera's motion
 * @message: for people
 *
 * Emits #CgMotion::not-stopped.
 */
void
cg_motion_tell_not_stopped (CgMotion *self, const char *message)
{
  g_signal_emit (self, signals[SIGNAL_NOT_STOPPED], 0, message);
}

/**
 * cg_motion_tell_arrived:
 * @self: a camera's motion
 * @index: of a preset
 * @look: (nullable): where, as far as it tells
 *
 * Emits #CgMotion::arrived.
 */
void
cg_motion_tell_arrived (CgMotion *self, guint index, const CgPtzLook *look)
{
  g_signal_emit (self, signals[SIGNAL_ARRIVED], 0, index, look);
}

/**
 * cg_motion_tell_learnt:
 * @self: a camera's motion
 *
 * Emits #CgMotion::learnt if anything is new: nothing is written for a move that teaches nothing.
 */
void
cg_motion_tell_learnt (CgMotion *self)
{
  if (cg_ptz_sense_equal (&self->told, &self->sense) && self->form.works == self->form.told)
    return;
  self->told = self->sense;
  self->form.told = self->form.works;
  g_signal_emit (self, signals[SIGNAL_LEARNT], 0);
}

/* A look that is on its way is worth waiting for, unless one was lost. */
static gboolean
is_being_seen (CgMotion *self)
{
  return self->sight.phase == CG_MOTION_PROOF ||
         (self->sight.phase == CG_MOTION_CONTACT && self->sight.lost == 0);
}

/**
 * cg_motion_is_at_rest:
 * @self: a camera's motion
 *
 * Returns: whether nothing moves the camera on our behalf, and nobody is about to see whether it
 *   stands
 */
gboolean
cg_motion_is_at_rest (CgMotion *self)
{
  return !cg_motion_is_moving (self) && self->call.token == NULL && !is_being_seen (self);
}

static void
tell_rest (GTask *task)
{
  cg_clear_source ((GSource **)g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/**
 * cg_motion_check_rest:
 * @self: a camera's motion
 *
 * Whatever may have come to its end calls this.
 */
void
cg_motion_check_rest (CgMotion *self)
{
  while (!g_queue_is_empty (&self->waiting) && cg_motion_is_at_rest (self))
    tell_rest (g_queue_pop_head (&self->waiting));
}

static gboolean
on_rest_timeout (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgMotion *self = g_task_get_source_object (task);

  g_queue_remove (&self->waiting, task);
  if (self->sight.phase == CG_MOTION_CONTACT && !self->place.is_seen_moving) {
    tell_rest (g_steal_pointer (&task));
    return G_SOURCE_REMOVE;
  }
  cg_clear_source ((GSource **)g_task_get_task_data (task));
  g_task_return_new_error (task, CG_ERROR, CG_ERROR_TIMED_OUT, "%s still moves", self->name);
  return G_SOURCE_REMOVE;
}

/**
 * cg_motion_dispose_rest:
 * @self: a camera's motion
 *
 * For dispose().
 */
void
cg_motion_dispose_rest (CgMotion *self)
{
  GTask *task;

  cg_motion_end_call (self);
  cg_motion_close_eye (self);
  while ((task = g_queue_pop_head (&self->waiting)) != NULL) {
    cg_clear_source ((GSource **)g_task_get_task_data (task));
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_CANCELLED, "%s is being removed", self->name);
    g_object_unref (task);
  }
}

static void
free_timer (gpointer data)
{
  GSource **timer = data;

  cg_clear_source (timer);
  g_free (timer);
}

/**
 * cg_motion_await_rest_async:
 * @self: a camera's motion
 * @timeout_ms: for the camera to come to rest
 * @callback: finish with cg_motion_await_rest_finish(); may be called before this returns
 * @user_data: for @callback
 *
 * Waits until nothing moves the camera on our behalf and, as far as it can be seen, it stands.
 */
void
cg_motion_await_rest_async (CgMotion *self,
                            guint timeout_ms,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  GSource **timer = g_new0 (GSource *, 1);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_motion_await_rest_async);
  g_task_set_task_data (task, timer, free_timer);
  if (cg_motion_is_at_rest (self)) {
    tell_rest (task);
    return;
  }
  *timer = cg_clock_add_timeout (self->clock, timeout_ms, on_rest_timeout, task);
  g_queue_push_tail (&self->waiting, task);
}

/**
 * cg_motion_await_rest_finish:
 * @self: a camera's motion
 * @result: what the callback got
 * @error: return location: %CG_ERROR_TIMED_OUT: it still moves
 *
 * Returns: whether the camera stands; where nobody can tell, whether nothing moves it
 */
gboolean
cg_motion_await_rest_finish (CgMotion *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
