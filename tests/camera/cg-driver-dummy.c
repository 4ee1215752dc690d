/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-driver-dummy.h"

struct _CgDriverDummy {
  GObject parent_instance;

  gboolean automatic; /* answers at once */
  GQueue moves;       /* (element-type GTask) not answered yet */
  GQueue stops;
  GString *log; /* "move(0.66,0.00) stop cancel" */
};

static void driver_iface_init (CgPtzDriverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CgDriverDummy,
                               cg_driver_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CG_TYPE_PTZ_DRIVER, driver_iface_init))

static void
note (CgDriverDummy *self, const char *word)
{
  if (self->log->len > 0)
    g_string_append_c (self->log, ' ');
  g_string_append (self->log, word);
}

static void
answer (GQueue *queue, const GError *error)
{
  g_autoptr (GTask) task = g_queue_pop_head (queue);

  g_assert_nonnull (task);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
take (CgDriverDummy *self, GQueue *queue, GAsyncReadyCallback callback, gpointer user_data)
{
  g_queue_push_tail (queue, g_task_new (self, NULL, callback, user_data));
  if (self->automatic)
    answer (queue, NULL);
}

static void
driver_move_async (CgPtzDriver *driver,
                   const CgPtzMove *move,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CgDriverDummy *self = CG_DRIVER_DUMMY (driver);
  g_autofree char *word = NULL;

  if (move->zooming)
    word = g_strdup_printf ("%szoom(%.2f)", move->stop_others ? "others-" : "", move->zoom);
  else
    word = g_strdup_printf ("%smove(%.2f,%.2f)", move->stop_others ? "others-" : "", move->pan,
                            move->tilt);
  note (self, word);
  take (self, &self->moves, callback, user_data);
}

static void
driver_goto_async (CgPtzDriver *driver,
                   const char *preset,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CgDriverDummy *self = CG_DRIVER_DUMMY (driver);
  g_autofree char *word = g_strdup_printf ("goto(%s)", preset);

  note (self, word);
  take (self, &self->moves, callback, user_data);
}

static void
driver_stop_async (CgPtzDriver *driver,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CgDriverDummy *self = CG_DRIVER_DUMMY (driver);

  note (self, "stop");
  take (self, &self->stops, callback, user_data);
}

static gboolean
driver_finish (CgPtzDriver *driver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
driver_cancel_moves (CgPtzDriver *driver)
{
}

static void
driver_iface_init (CgPtzDriverInterface *iface)
{
  iface->move_async = driver_move_async;
  iface->goto_async = driver_goto_async;
  iface->move_finish = driver_finish;
  iface->stop_async = driver_stop_async;
  iface->stop_finish = driver_finish;
  iface->cancel_moves = driver_cancel_moves;
}

static void
cg_driver_dummy_finalize (GObject *object)
{
  CgDriverDummy *self = CG_DRIVER_DUMMY (object);

  g_assert_true (g_queue_is_empty (&self->moves));
  g_assert_true (g_queue_is_empty (&self->stops));
  g_string_free (self->log, TRUE);
  G_OBJECT_CLASS (cg_driver_dummy_parent_class)->finalize (object);
}

static void
cg_driver_dummy_class_init (CgDriverDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cg_driver_dummy_finalize;
}

static void
cg_driver_dummy_init (CgDriverDummy *self)
{
  self->log = g_string_new (NULL);
}

CgDriverDummy *
cg_driver_dummy_new (void)
{
  return g_object_new (CG_TYPE_DRIVER_DUMMY, NULL);
}

/* From now on everything is answered with success at once. */
void
cg_driver_dummy_set_automatic (CgDriverDummy *self, gboolean automatic)
{
  self->automatic = automatic;
}

/* Answers the oldest move that has no answer yet. */
void
cg_driver_dummy_answer_move (CgDriverDummy *self, const GError *error)
{
  answer (&self->moves, error);
}

void
cg_driver_dummy_answer_stop (CgDriverDummy *self, const GError *error)
{
  answer (&self->stops, error);
}

/* Returns: (transfer full): what was asked since last time, in order */
char *
cg_driver_dummy_take_log (CgDriverDummy *self)
{
  char *log = g_strdup (self->log->str);

  g_string_truncate (self->log, 0);
  return log;
}
