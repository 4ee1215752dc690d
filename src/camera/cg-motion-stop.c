/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that stops the camera, and looks whether it does (Q1). */
#include "cg-motion-private.h"

/* A stop that failed is repeated until one is answered: a moving camera must not be left alone.
 * After so many the camera has been silent for minutes, and its own Timeout has long ended it. */
#define HALT_TRIES_MAX 12

/* A dome that turns fast takes this long to come to rest. */
#define REST_MS 500
/* From look to look: the slowest speed shows in it. */
#define LOOK_MS 250
/* One that is slow to come to rest is given a look more than the two that are compared. */
#define LOOKS_SEEN_MAX 3
/* Looks that are lost cost a try each. */
#define LOOKS_MAX 6

static gboolean
on_halt_retry (gpointer user_data)
{
  CgMotion *self = user_data;

  cg_clear_source (&self->halt_retry);
  cg_motion_send_stop (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
give_up (CgMotion *self, const char *reason)
{
  g_autofree char *text = g_strdup_printf ("%s could not be stopped: %s", self->name, reason);

  g_warning ("%s: could not be stopped: %s", self->name, reason);
  cg_motion_set_leased (self, FALSE);
  cg_motion_tell_not_stopped (self, text);
}

static void
retry_halt (CgMotion *self, const GError *error)
{
  if (++self->halt_tries >= HALT_TRIES_MAX) {
    give_up (self, error->message);
    return;
  }
  cg_clear_source (&self->halt_retry);
  self->halt_retry = cg_clock_add_timeout (
      self->clock, cg_backoff_next_ms (&self->halt_backoff, self->random), on_halt_retry, self);
}

/* The forms in which it may be asked again, the likeliest first. */
static gboolean
choose_other_form (CgMotion *self)
{
  static const CgOnvifStopForm others[] = {CG_ONVIF_STOP_ZERO, CG_ONVIF_STOP_BARE,
                                           CG_ONVIF_STOP_NAMED};

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    if ((self->forms & (1u << others[i])) != 0)
      continue;
    self->stop_form = others[i];
    return TRUE;
  }
  return FALSE;
}

/* Every form was tried. A camera that has said nothing but MOVING, in all its life, is not believed
 * (Q36). */
static void
give_up_forms (CgMotion *self, const CgPtzLook *look)
{
  self->stop_form = self->told_form;
  self->has_moved = FALSE;
  if (!cg_ptz_sense_note_unstoppable (&self->sense, look)) {
    give_up (self, "it agrees to every form of stop, and moves on");
    return;
  }
  g_info ("%s: says that it moves, whatever it is told: not believed any more", self->name);
  cg_motion_set_leased (self, FALSE);
  cg_motion_tell_learnt (self);
}

/* It moves on nobody's behalf: the stop is repeated until it is answered, as for a move of ours. */
static void
on_moves_on (CgMotion *self)
{
  if (!choose_other_form (self)) {
    give_up_forms (self, &self->first);
    return;
  }
  g_info ("%s: moves on after a stop: trying the form %s", self->name,
          cg_onvif_stop_form_get_word (self->stop_form));
  cg_motion_set_leased (self, TRUE);
  cg_motion_halt_now (self, NULL);
}

static void
on_stands (CgMotion *self, const CgPtzLook *look)
{
  cg_ptz_sense_note_rest (&self->sense, &self->first, look);
  cg_motion_note_place (self, look);
  self->has_moved = FALSE;
  self->told_form = self->stop_form;
  cg_motion_tell_learnt (self);
}

/* Returns: when to look again; 0: enough was seen */
static guint
judge_rest (CgMotion *self, const CgPtzLook *look)
{
  const CgPtzSeen seen = cg_ptz_sense_compare (&self->sense, &self->first, look);

  switch (seen) {
  case CG_PTZ_SEEN_STILL:
    on_stands (self, look);
    return 0;
  case CG_PTZ_SEEN_MOVING:
    self->first = *look;
    self->moves_on = TRUE;
    return self->looks < LOOKS_SEEN_MAX ? LOOK_MS : 0;
  case CG_PTZ_SEEN_NOTHING:
    self->has_moved = FALSE;
    return 0;
  }
  g_return_val_if_reached (0);
}

/* Returns: when to look again; 0: enough was seen */
static guint
see_rest (CgMotion *self, const CgPtzLook *look)
{
  self->looks++;
  if (self->has_first) {
    self->moves_on = FALSE;
    return judge_rest (self, look);
  }
  self->first = *look;
  self->has_first = TRUE;
  return LOOK_MS;
}

static guint
on_proof (const CgPtzLook *look, gpointer user_data)
{
  g_autoptr (CgMotion) self = g_object_ref (user_data);
  guint delay_ms = LOOK_MS;

  if (look != NULL)
    delay_ms = see_rest (self, look);
  else
    self->lost++;
  if (!cg_ptz_eye_is_worth (self->eye) || self->looks + self->lost >= LOOKS_MAX)
    delay_ms = 0;
  if (delay_ms > 0)
    return delay_ms;
  cg_motion_close_eye (self);
  if (self->moves_on)
    on_moves_on (self);
  cg_motion_check_rest (self);
  return 0;
}

/* The camera has agreed to stop. Whether it does is looked at while it has not shown it yet. */
static void
prove_stop (CgMotion *self)
{
  if (self->forms == (1u << self->stop_form)) {
    self->told_form = self->stop_form;
    cg_motion_tell_learnt (self);
  }
  if ((self->has_moved || !self->has_place) && cg_ptz_eye_try_again (self->eye))
    cg_motion_open_eye (self, CG_MOTION_PROOF, REST_MS, on_proof);
  self->moves_on = FALSE;
}

/* Where there is no PTZ, or none for us, no start of ours was taken either. */
static gboolean
is_refused (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_NO_PTZ) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_NOT_PERMITTED);
}

/* What answers a stop, when no start has come since. */
static void
settle_stop (CgMotion *self, const GError *error)
{
  if (error == NULL) {
    cg_motion_set_leased (self, self->halt_again);
    if (!self->halt_again)
      prove_stop (self);
  } else if (!self->leased && is_refused (error)) {
    self->has_moved = FALSE;
  } else if (self->leased || self->has_moved) {
    cg_motion_set_leased (self, TRUE);
    retry_halt (self, error);
  }
}

/* A start waits for the stop of a camera that was seen to stand: it begins from rest. */
static void
settle_before_start (CgMotion *self, const GError *error)
{
  if (error == NULL && self->stops_in_flight == 0 && !self->halt_again && self->has_place &&
      !self->has_moved)
    cg_motion_set_leased (self, FALSE);
}

static void
note_form (CgMotion *self, CgOnvifStopForm taken)
{
  self->forms |= 1u << taken;
  self->stop_form = taken;
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (CgMotion) self = g_object_ref (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  CgOnvifStopForm taken = CG_ONVIF_STOP_UNKNOWN;
  CgMotionStart *start;

  if (cg_ptz_driver_stop_finish (CG_PTZ_DRIVER (object), result, &taken, &error))
    note_form (self, taken);
  self->stops_in_flight--;
  if (self->pending != NULL)
    settle_before_start (self, error);
  else if (GPOINTER_TO_UINT (g_task_get_task_data (task)) == self->serial)
    settle_stop (self, error);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);

  start = self->stops_in_flight == 0 ? g_steal_pointer (&self->pending) : NULL;
  if (start != NULL)
    cg_motion_send_start (self, start);
  cg_motion_check_rest (self);
}

/**
 * cg_motion_send_stop:
 * @self: a camera's motion
 * @task: (transfer full) (nullable): told of the outcome
 *
 * Sends a stop in the form that is chosen, for the newest serial.
 */
void
cg_motion_send_stop (CgMotion *self, GTask *task)
{
  GTask *own = task != NULL ? task : g_task_new (self, NULL, NULL, NULL);

  g_task_set_task_data (own, GUINT_TO_POINTER (self->serial), NULL);
  self->stops_in_flight++;
  self->forms |= 1u << self->stop_form;
  cg_ptz_driver_stop_async (self->driver, self->stop_form, self->config.reply_timeout_ms,
                            on_stopped, own);
}

/**
 * cg_motion_stop_stray:
 * @self: a camera's motion
 *
 * The camera moves, as far as we know, and nobody has told us: it is stopped as if by a move of
 * ours.
 */
void
cg_motion_stop_stray (CgMotion *self)
{
  self->forms = 0;
  self->has_moved = TRUE;
  cg_motion_set_leased (self, TRUE);
  cg_motion_halt_now (self, NULL);
}
