/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-driver-model.h"

#include "cg-error.h"
#include "cg-sim-ptz.h"

/* What one relative step covers at full speed, as the ONVIF driver has it. */
#define STEP_FRACTION 0.1
/* A connection that is refused or broken is noticed this late. */
#define BROKEN_MS 5
#define MAX_PRESETS 16

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
  CgModelCamera *camera; /* (unowned) keeps this */
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

struct _CgModelCamera {
  CgClock *clock; /* (owned) */
  CgModelNature nature;
  GRand *random;
  CgSimPtz *head;
  gint64 last_command_ms;
  GPtrArray *commands; /* (owned) (element-type Command) all there ever were */
};

struct _CgDriverModel {
  GObject parent_instance;

  CgModelCamera *camera; /* (unowned) outlives this */
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

/* The camera's side. */

static gint64
now_ms (CgModelCamera *self)
{
  return cg_clock_get_monotonic_ms (self->clock);
}

static CgSimVector
get_vector (CgModelCamera *self, const CgPtzMove *move)
{
  const double sign = self->nature.inverted ? -1 : 1;
  CgSimVector vector = {
      .has_pan_tilt = move->pan_tilt,
      .has_zoom = move->zooming,
      .pan = sign * move->pan,
      .tilt = sign * move->tilt,
      .zoom = move->zoom,
  };

  if (self->nature.one_axis && vector.pan != 0)
    vector.tilt = 0;
  return vector;
}

/* Q37 */
static gboolean
is_awake (CgModelCamera *self)
{
  const gint64 rested_ms = now_ms (self) - self->last_command_ms;

  self->last_command_ms = now_ms (self);
  return self->nature.sleeps_ms == 0 || rested_ms < self->nature.sleeps_ms;
}

/* As src/onvif does: what is refused is followed by the next form (Q33). */
static CgOnvifStopForm
choose_form (CgModelCamera *self, CgOnvifStopForm form)
{
  if (form == CG_ONVIF_STOP_UNKNOWN)
    form = CG_ONVIF_STOP_NAMED;
  while (form < CG_ONVIF_STOP_ZERO && self->nature.refuses_stop[form])
    form++;
  return form;
}

static void
do_stop (CgModelCamera *self, CgOnvifStopForm form)
{
  is_awake (self);
  if (!self->nature.ignores_stop[form])
    cg_sim_ptz_stop (self->head, now_ms (self), TRUE, TRUE, self->nature.coast_ms);
}

static void
do_move (CgModelCamera *self, const CgPtzMove *move)
{
  CgSimVector vector = get_vector (self, move);

  if (move->stop_others && !self->nature.ignores_stop[choose_form (self, move->stop_form)])
    cg_sim_ptz_stop (self->head, now_ms (self), !move->pan_tilt, !move->zooming, 0);
  if (!is_awake (self))
    return;
  if (self->nature.relative) {
    vector.pan *= STEP_FRACTION;
    vector.tilt *= STEP_FRACTION;
    vector.zoom *= STEP_FRACTION;
    cg_sim_ptz_relative (self->head, now_ms (self), &vector);
    return;
  }
  cg_sim_ptz_continuous (self->head, now_ms (self), &vector,
                         self->nature.ignores_timeout ? 0 : move->lease_ms);
}

static void
do_look (CgModelCamera *self, CgPtzLook *look)
{
  const CgModelNature *nature = &self->nature;
  CgSimPosition now, then;

  cg_sim_ptz_read (self->head, now_ms (self), &now);
  cg_sim_ptz_read (self->head, now_ms (self) - nature->late_ms, &then);
  if (nature->frozen)
    then.pan = then.tilt = then.zoom = 0;
  *look = (CgPtzLook){
      .has_position = !nature->no_position,
      .has_zoom = !nature->no_position,
      .has_move_status = !nature->no_move_status,
      .pan = nature->mirrored ? -then.pan : then.pan,
      .tilt = then.tilt,
      .zoom = then.zoom,
      .moving_pan_tilt = nature->always_moving || (now.moving_pan_tilt && !nature->always_idle),
      .moving_zoom = nature->always_moving || (now.moving_zoom && !nature->always_idle),
  };
}

static void
command_fail (Command *self, CgError code, const char *text)
{
  if (self->error == NULL)
    self->error = g_error_new_literal (CG_ERROR, (int)code, text);
}

static void
do_goto (CgModelCamera *self, Command *command)
{
  if (is_awake (self) &&
      cg_sim_ptz_goto_preset (self->head, now_ms (self), command->preset) != CG_SIM_PTZ_DONE)
    command_fail (command, CG_ERROR_NO_SUCH_PRESET, "no such preset");
}

/* It is at the camera. */
static void
command_act (Command *self)
{
  CgModelCamera *camera = self->camera;

  switch (self->call) {
  case CG_MODEL_MOVE:
    do_move (camera, &self->move);
    break;
  case CG_MODEL_GOTO:
    do_goto (camera, self);
    break;
  case CG_MODEL_STOP:
    self->form = choose_form (camera, self->form);
    do_stop (camera, self->form);
    break;
  case CG_MODEL_LOOK:
    if (camera->nature.fails_status)
      command_fail (self, CG_ERROR_PEER_FAULT, "no GetStatus here");
    else
      do_look (camera, &self->look);
    break;
  }
}

/* The network between them. */
static gboolean
happens (CgModelCamera *self, double probability)
{
  return g_rand_double (self->random) < probability;
}

static guint
get_latency_ms (CgModelCamera *self)
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
  if (self->sent_ms == now_ms (self->camera))
    cg_clear_source (&self->arrival); /* it had not even a connection */
  command_answer (self);
  return G_SOURCE_REMOVE;
}

static void
plan_reply (Command *self, guint delay_ms)
{
  if (self->task != NULL)
    self->reply = cg_clock_add_timeout (self->camera->clock, delay_ms, on_reply, self);
}

/* It was done, and nobody is told, or nobody can read it. */
static void
command_lose_answer (Command *self)
{
  const gboolean is_garbled = self->call != CG_MODEL_LOOK && happens (self->camera, 0.2);

  g_clear_error (&self->error);
  command_fail (self, is_garbled ? CG_ERROR_PEER_FAULT : CG_ERROR_UNREACHABLE, "no such answer");
  cg_error_set_cause (&self->error, is_garbled ? CG_ERROR_CAUSE_GARBLED : CG_ERROR_CAUSE_NONE);
}

/* A call whose time is up may arrive all the same. */
static gboolean
on_arrival (gpointer user_data)
{
  Command *self = user_data;
  const guint back_ms = get_latency_ms (self->camera) +
                        (self->call == CG_MODEL_LOOK ? self->camera->nature.look_ms : 0);

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
  CgModelCamera *camera = self->camera;

  if (happens (camera, camera->nature.lost_requests)) {
    command_fail (self, CG_ERROR_UNREACHABLE, "the request was lost");
    plan_reply (self, BROKEN_MS);
    return;
  }
  self->sent_ms = now_ms (camera);
  self->is_answer_lost = happens (camera, camera->nature.lost_answers);
  self->is_hanging = happens (camera, camera->nature.hanging);
  self->arrival = cg_clock_add_timeout (camera->clock, get_latency_ms (camera), on_arrival, self);
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
  command->camera = self->camera;
  command->driver = self;
  command->task = g_task_new (driver, NULL, callback, user_data);
  g_ptr_array_add (self->camera->commands, command);
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
  command->deadline = cg_clock_add_timeout (self->camera->clock, timeout_ms, on_deadline, command);
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
  const CgModelNature *nature = &CG_DRIVER_MODEL (driver)->camera->nature;

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
cg_driver_model_new (CgModelCamera *camera, CgModelWatchFunc watch, gpointer user_data)
{
  CgDriverModel *self = g_object_new (CG_TYPE_DRIVER_MODEL, NULL);

  self->camera = camera;
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
  for (guint i = 0; i < self->camera->commands->len; i++) {
    Command *command = g_ptr_array_index (self->camera->commands, i);

    if (command->driver != self)
      continue;
    g_clear_error (&command->error);
    command_fail (command, CG_ERROR_CANCELLED, "killed");
    g_queue_remove (&self->waiting[lanes_of[command->call]], command);
    command_answer (command);
  }
}

/* Returns: (transfer full): a camera that looks at 0, 0, 0 */
CgModelCamera *
cg_model_camera_new (CgClock *clock, const CgModelNature *nature, guint32 seed)
{
  CgModelCamera *self = g_new0 (CgModelCamera, 1);

  self->clock = g_object_ref (clock);
  self->nature = *nature;
  self->random = g_rand_new_with_seed (seed);
  self->head = cg_sim_ptz_new (MAX_PRESETS);
  self->commands = g_ptr_array_new_with_free_func (command_free);
  if (nature->reach > 0)
    cg_sim_ptz_set_reach (self->head, nature->reach);
  return self;
}

void
cg_model_camera_free (CgModelCamera *self)
{
  g_ptr_array_unref (self->commands);
  cg_sim_ptz_free (self->head);
  g_rand_free (self->random);
  g_object_unref (self->clock);
  g_free (self);
}

/* From now on nothing is lost, and everything is answered. */
void
cg_model_camera_heal_network (CgModelCamera *self)
{
  self->nature.lost_requests = self->nature.lost_answers = self->nature.hanging = 0;
}

void
cg_model_camera_place (CgModelCamera *self, double pan, double tilt, double zoom)
{
  const CgSimVector place = {TRUE, TRUE, pan, tilt, zoom};

  cg_sim_ptz_place (self->head, now_ms (self), &place);
}

/* As a preset with this token. */
void
cg_model_camera_keep_place (CgModelCamera *self, const char *preset)
{
  const CgSimPreset *made;

  cg_sim_ptz_add_preset (self->head, now_ms (self), preset, NULL, &made);
}

void
cg_model_camera_read (CgModelCamera *self, CgSimPosition *position)
{
  cg_sim_ptz_read (self->head, now_ms (self), position);
}
