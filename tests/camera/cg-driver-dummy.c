/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-driver-dummy.h"

struct _CgDriverDummy {
  GObject parent_instance;

  gboolean automatic; /* answers at once */
  GQueue moves;       /* (element-type GTask) not answered yet */
  GQueue stops;
  GQueue looks;
  CgOnvifStopForm form; /* of the last stop */
  gboolean answers_looks;
  gboolean shows_looks; /* in the log */
  CgPtzLook look;       /* what is seen */
  CgPtzFacts facts;
  GString *log; /* "move(0.66,0.00) stop look" */
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
                   CgOnvifStopForm form,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CgDriverDummy *self = CG_DRIVER_DUMMY (driver);
  g_autofree char *word = NULL;

  if (form > CG_ONVIF_STOP_NAMED)
    word = g_strdup_printf ("stop-%s", cg_onvif_stop_form_get_word (form));
  note (self, word != NULL ? word : "stop");
  self->form = MAX (form, CG_ONVIF_STOP_NAMED);
  take (self, &self->stops, callback, user_data);
}

static gboolean
driver_move_finish (CgPtzDriver *driver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
driver_stop_finish (CgPtzDriver *driver,
                    GAsyncResult *result,
                    CgOnvifStopForm *taken,
                    GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *taken = CG_DRIVER_DUMMY (driver)->form;
  return TRUE;
}

static void
driver_look_async (CgPtzDriver *driver,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CgDriverDummy *self = CG_DRIVER_DUMMY (driver);

  if (self->shows_looks)
    note (self, "look");
  g_queue_push_tail (&self->looks, g_task_new (self, NULL, callback, user_data));
  if (self->answers_looks)
    answer (&self->looks, NULL);
}

static gboolean
driver_look_finish (CgPtzDriver *driver, GAsyncResult *result, CgPtzLook *look, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *look = CG_DRIVER_DUMMY (driver)->look;
  return TRUE;
}

static void
driver_get_facts (CgPtzDriver *driver, CgPtzFacts *facts)
{
  *facts = CG_DRIVER_DUMMY (driver)->facts;
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
  iface->move_finish = driver_move_finish;
  iface->stop_async = driver_stop_async;
  iface->stop_finish = driver_stop_finish;
  iface->look_async = driver_look_async;
  iface->look_finish = driver_look_finish;
  iface->get_facts = driver_get_facts;
  iface->cancel_moves = driver_cancel_moves;
}

static void
cg_driver_dummy_finalize (GObject *object)
{
  CgDriverDummy *self = CG_DRIVER_DUMMY (object);

  g_assert_true (g_queue_is_empty (&self->moves));
  g_assert_true (g_queue_is_empty (&self->stops));
  g_assert_true (g_queue_is_empty (&self->looks));
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
  self->answers_looks = TRUE;
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

/* What the camera says of itself at its next contact. */
void
cg_driver_dummy_set_facts (CgDriverDummy *self, const CgPtzFacts *facts)
{
  self->facts = *facts;
}

/* What every look sees from now on, and is answered with at once; %NULL: the test answers. */
void
cg_driver_dummy_set_look (CgDriverDummy *self, const CgPtzLook *look)
{
  self->answers_looks = look != NULL;
  self->shows_looks = TRUE;
  if (look != NULL)
    self->look = *look;
}

void
cg_driver_dummy_answer_look (CgDriverDummy *self, const GError *error)
{
  answer (&self->looks, error);
}

/* Returns: (transfer full): what was asked since last time, in order */
char *
cg_driver_dummy_take_log (CgDriverDummy *self)
{
  char *log = g_strdup (self->log->str);

  g_string_truncate (self->log, 0);
  return log;
}
