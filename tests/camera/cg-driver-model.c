/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-driver-model.h"

#include "cg-error.h"

/* A connection that is refused or broken is noticed this late. */
#define BROKEN_MS 5

/* As in CgJobs: moves wait for each other; stops and looks have a way of their own. */
typedef enum { LANE_MOVE, LANE_STOP, LANE_LOOK, N_LANES } LaneId;

static const LaneId lanes_of[] = {
    [CG_MODEL_MOVE] = LANE_MOVE,
    [CG_MODEL_GOTO] = LANE_MOVE,
    [CG_MODEL_STOP] = LANE_STOP,
    [CG_MODEL_LOOK] = LANE_LOOK,
};

/* One call: it reaches the camera, or does not, and is answered once. */
typedef struct {
  CgModelCall call;
  CgPtzMove move;
  CgOnvifStopForm form;
  char *preset;
  CgModelLine *line;     /* (unowned) keeps this */
  CgDriverModel *driver; /* (unowned) (nullable) while somebody waits for the answer */
  GTask *task;           /* (owned) (nullable) the same */
  gint64 sent_ms;
  GSource *deadline;
  GSource *arrival;
  GSource *reply;
  gboolean is_answer_lost;
  gboolean is_hanging;
  CgPtzLook look;
  GError *error; /* (owned) (nullable) the answer */
} Command;

struct _CgModelLine {
  CgModelCamera *camera; /* (unowned) outlives this */
  CgClock *clock;        /* (unowned) that of the camera */
  CgModelNature nature;  /* its network, until that is healed */
  GRand *random;
  GPtrArray *commands; /* (owned) (element-type Command) all there ever were */
};

struct _CgDriverModel {
  GObject parent_instance;

  CgModelLine *line; /* (unowned) outlives this */
  CgModelWatchFunc watch;
  gpointer user_data;
  gboolean is_dead;
  GQueue waiting[N_LANES];   /* (element-type Command) */
  Command *running[N_LANES]; /* (unowned) (nullable) */
};

static void driver_iface_init (CgPtzDriverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CgDriverModel,
                               cg_driver_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CG_TYPE_PTZ_DRIVER, driver_iface_init))

static void lane_pump (CgDriverModel *self, LaneId lane);

static void
command_free (gpointer data)
{
  Command *self = data;

  cg_clear_source (&self->deadline);
  cg_clear_source (&self->arrival);
  cg_clear_source (&self->reply);
  g_clear_error (&self->error);
  g_free (self->preset);
  g_free (self);
}

static void
command_fail (Command *self, CgError code, const char *text)
{
  if (self->error == NULL)
    self->error = g_error_new_literal (CG_ERROR, (int)code, text);
}

/* It is at the camera. */
static void
command_act (Command *self)
{
  CgModelCamera *camera = self->line->camera;

  switch (self->call) {
  case CG_MODEL_MOVE:
    cg_model_camera_move (camera, &self->move);
    break;
  case CG_MODEL_GOTO:
    if (!cg_model_camera_goto (camera, self->preset))
      command_fail (self, CG_ERROR_NO_SUCH_PRESET, "no such preset");
    break;
  case CG_MODEL_STOP:
    self->form = cg_model_camera_stop (camera, self->form);
    break;
  case CG_MODEL_LOOK:
    if (self->line->nature.fails_status)
      command_fail (self, CG_ERROR_PEER_FAULT, "no GetStatus here");
    else
      cg_model_camera_look (camera, &self->look);
    break;
  }
}

/* The network between them. */
static gboolean
happens (CgModelLine *self, double probability)
{
  return g_rand_double (self->random) < probability;
}

static guint
get_latency_ms (CgModelLine *self)
{
  const guint min_ms = self->nature.latency_min_ms;

  return (guint)g_rand_int_range (self->random, (gint32)min_ms,
                                  (gint32)MAX (self->nature.latency_max_ms, min_ms) + 1);
}

/* Answers once; what comes later finds nobody. */
static void
command_answer (Command *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  g_autoptr (CgDriverModel) driver = NULL;
  const LaneId lane = lanes_of[self->call];

  if (task == NULL)
    return;
  driver = g_object_ref (g_steal_pointer (&self->driver));
  cg_clear_source (&self->deadline);
  cg_clear_source (&self->reply);
  if (self->error != NULL)
    g_task_return_error (task, g_error_copy (self->error));
  else if (self->call == CG_MODEL_LOOK)
    g_task_return_pointer (task, g_memdup2 (&self->look, sizeof self->look), g_free);
  else
    g_task_return_int (task, self->call == CG_MODEL_STOP ? (gssize)self->form : TRUE);
  if (driver->running[lane] == self)
    driver->running[lane] = NULL;
  else
    g_queue_remove (&driver->waiting[lane], self);
  lane_pump (driver, lane);
}

static gboolean
on_reply (gpointer user_data)
{
  command_answer (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_deadline (gpointer user_data)
{
  Command *self = user_data;

  g_clear_error (&self->error);
  command_fail (self, CG_ERROR_TIMED_OUT, "no answer in time");
  if (self->sent_ms == cg_clock_get_monotonic_ms (self->line->clock))
    cg_clear_source (&self->arrival); /* it had not even a connection */
  command_answer (self);
  return G_SOURCE_REMOVE;
}

static void
plan_reply (Command *self, guint delay_ms)
{
  if (self->task != NULL)
    self->reply = cg_clock_add_timeout (self->line->clock, delay_ms, on_reply, self);
}

/* It was done, and nobody is told, or nobody can read it. */
static void
command_lose_answer (Command *self)
{
  const gboolean is_garbled = self->call != CG_MODEL_LOOK && happens (self->line, 0.2);

  g_clear_error (&self->error);
  command_fail (self, is_garbled ? CG_ERROR_PEER_FAULT : CG_ERROR_UNREACHABLE, "no such answer");
  cg_error_set_cause (&self->error, is_garbled ? CG_ERROR_CAUSE_GARBLED : CG_ERROR_CAUSE_NONE);
}

/* A call whose time is up may arrive all the same. */
static gboolean
on_arrival (gpointer user_data)
{
  Command *self = user_data;
  const guint back_ms =
      get_latency_ms (self->line) + (self->call == CG_MODEL_LOOK ? self->line->nature.look_ms : 0);

  cg_clear_source (&self->arrival);
  command_act (self);
  if (self->is_answer_lost)
    command_lose_answer (self);
  if (!self->is_hanging)
    plan_reply (self, back_ms);
  return G_SOURCE_REMOVE;
}

static void
command_send (Command *self)
{
  CgModelLine *line = self->line;

  if (happens (line, line->nature.lost_requests)) {
    command_fail (self, CG_ERROR_UNREACHABLE, "the request was lost");
    plan_reply (self, BROKEN_MS);
    return;
  }
  self->sent_ms = cg_clock_get_monotonic_ms (line->clock);
  self->is_answer_lost = happens (line, line->nature.lost_answers);
  self->is_hanging = happens (line, line->nature.hanging);
  self->arrival = cg_clock_add_timeout (line->clock, get_latency_ms (line), on_arrival, self);
}

static void
lane_pump (CgDriverModel *self, LaneId lane)
{
  if (self->is_dead || self->running[lane] != NULL || g_queue_is_empty (&self->waiting[lane]))
    return;
  self->running[lane] = g_queue_pop_head (&self->waiting[lane]);
  command_send (self->running[lane]);
}

/* The driver's side. */

static Command *
command_new (CgPtzDriver *driver,
             CgModelCall call,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  CgDriverModel *self = CG_DRIVER_MODEL (driver);
  Command *command = g_new0 (Command, 1);

  command->call = call;
  command->line = self->line;
  command->driver = self;
  command->task = g_task_new (driver, NULL, callback, user_data);
  g_ptr_array_add (self->line->commands, command);
  return command;
}

static void
run (CgDriverModel *self, Command *command, guint timeout_ms, const char *words)
{
  const LaneId lane = lanes_of[command->call];

  if (self->is_dead) {
    command_fail (command, CG_ERROR_CANCELLED, "killed");
    command_answer (command);
    return;
  }
  self->watch (command->call, words, self->user_data);
  command->deadline = cg_clock_add_timeout (self->line->clock, timeout_ms, on_deadline, command);
  g_queue_push_tail (&self->waiting[lane], command);
  lane_pump (self, lane);
}

static void
driver_move_async (CgPtzDriver *driver,
                   const CgPtzMove *move,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  Command *command = command_new (driver, CG_MODEL_MOVE, callback, user_data);
  g_autofree char *words = g_strdup_printf ("move(%.2f,%.2f,%.2f%s)", move->pan, move->tilt,
                                            move->zoom, move->stop_others ? ",others" : "");

  command->move = *move;
  run (CG_DRIVER_MODEL (driver), command, timeout_ms, words);
}

static void
driver_goto_async (CgPtzDriver *driver,
                   const char *preset,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  Command *command = command_new (driver, CG_MODEL_GOTO, callback, user_data);
  g_autofree char *words = g_strdup_printf ("goto(%s)", preset);

  command->preset = g_strdup (preset);
  run (CG_DRIVER_MODEL (driver), command, timeout_ms, words);
}

static void
driver_stop_async (CgPtzDriver *driver,
                   CgOnvifStopForm form,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  Command *command = command_new (driver, CG_MODEL_STOP, callback, user_data);
  g_autofree char *words = g_strdup_printf ("stop(%d)", form);

  command->form = form;
  run (CG_DRIVER_MODEL (driver), command, timeout_ms, words);
}

static void
driver_look_async (CgPtzDriver *driver,
                   guint timeout_ms,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  Command *command = command_new (driver, CG_MODEL_LOOK, callback, user_data);

  run (CG_DRIVER_MODEL (driver), command, timeout_ms, "look");
}

static gboolean
driver_move_finish (CgPtzDriver *driver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error) == TRUE;
}

static gboolean
driver_stop_finish (CgPtzDriver *driver,
                    GAsyncResult *result,
                    CgOnvifStopForm *taken,
                    GError **error)
{
  const gssize form = g_task_propagate_int (G_TASK (result), error);

  if (form < 0)
    return FALSE;
  if (taken != NULL)
    *taken = (CgOnvifStopForm)form;
  return TRUE;
}

static gboolean
driver_look_finish (CgPtzDriver *driver, GAsyncResult *result, CgPtzLook *look, GError **error)
{
  g_autofree CgPtzLook *seen = g_task_propagate_pointer (G_TASK (result), error);

  if (seen == NULL)
    return FALSE;
  *look = *seen;
  return TRUE;
}

static void
driver_get_facts (CgPtzDriver *driver, CgPtzFacts *facts)
{
  const CgModelNature *nature = &CG_DRIVER_MODEL (driver)->line->nature;

  *facts = (CgPtzFacts){
      .position = {{-1, 1}, {-1, 1}, {0, 1}},
      .is_told = {!nature->untold, !nature->untold, !nature->untold},
      .continuous_pan_tilt = !nature->relative,
      .continuous_zoom = !nature->relative,
      .relative_pan_tilt = TRUE,
      .relative_zoom = TRUE,
  };
}

/* Those that have not begun. */
static void
driver_cancel_moves (CgPtzDriver *driver)
{
  CgDriverModel *self = CG_DRIVER_MODEL (driver);
  Command *command;

  while ((command = g_queue_peek_head (&self->waiting[LANE_MOVE])) != NULL) {
    command_fail (command, CG_ERROR_CANCELLED, "overtaken by a later command");
    command_answer (command);
  }
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
cg_driver_model_class_init (CgDriverModelClass *klass)
{
}

static void
cg_driver_model_init (CgDriverModel *self)
{
}

/* @watch: told of each call */
CgDriverModel *
cg_driver_model_new (CgModelLine *line, CgModelWatchFunc watch, gpointer user_data)
{
  CgDriverModel *self = g_object_new (CG_TYPE_DRIVER_MODEL, NULL);

  self->line = line;
  self->watch = watch;
  self->user_data = user_data;
  return self;
}

/* Its process is gone: nobody hears the answers, and nothing goes out any more; what is on its way
 * arrives. */
void
cg_driver_model_kill (CgDriverModel *self)
{
  self->is_dead = TRUE;
  for (guint i = 0; i < self->line->commands->len; i++) {
    Command *command = g_ptr_array_index (self->line->commands, i);

    if (command->driver != self)
      continue;
    g_clear_error (&command->error);
    command_fail (command, CG_ERROR_CANCELLED, "killed");
    g_queue_remove (&self->waiting[lanes_of[command->call]], command);
    command_answer (command);
  }
}

/* Returns: (transfer full): the network that this camera has */
CgModelLine *
cg_model_line_new (CgModelCamera *camera, guint32 seed)
{
  CgModelLine *self = g_new0 (CgModelLine, 1);

  self->camera = camera;
  self->clock = cg_model_camera_get_clock (camera);
  self->nature = *cg_model_camera_get_nature (camera);
  self->random = g_rand_new_with_seed (seed);
  self->commands = g_ptr_array_new_with_free_func (command_free);
  return self;
}

void
cg_model_line_free (CgModelLine *self)
{
  g_ptr_array_unref (self->commands);
  g_rand_free (self->random);
  g_free (self);
}

/* From now on nothing is lost, and everything is answered. */
void
cg_model_line_heal (CgModelLine *self)
{
  self->nature.lost_requests = self->nature.lost_answers = self->nature.hanging = 0;
}
