/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that looks whether a stop has stopped the camera (Q1). */
#include "cg-motion-private.h"

/* A dome that turns fast takes this long to come to rest. */
#define REST_MS 500
/* From look to look: the slowest speed shows in it. */
#define LOOK_MS 250
/* One that is slow to come to rest is given a look more than the two that are compared. */
#define LOOKS_SEEN_MAX 3
/* Looks that are lost cost a try each. */
#define LOOKS_MAX 6
/* One that has answered none of so many is asked again later. */
#define LOST_MAX 3
/* A network that was bad may be good again by then; so often, and no more: five minutes. */
#define LATER_MS 30000
#define LATERS_MAX 10
/* A move that was not answered in time may come from a queue by then, or by the look after that. */
#define STRAY_MS 5000
#define STRAY_LOOKS 2

/* The forms in which it may be asked again, the likeliest first. */
static gboolean
choose_other_form (CgMotionForm *self)
{
  static const CgOnvifStopForm others[] = {CG_ONVIF_STOP_ZERO, CG_ONVIF_STOP_BARE,
                                           CG_ONVIF_STOP_NAMED};

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    if ((self->tried & (1u << others[i])) != 0)
      continue;
    self->chosen = others[i];
    return TRUE;
  }
  return FALSE;
}

/* Every form was tried. A camera that has said nothing but MOVING, in all its life, is not believed
 * (Q36). */
static void
give_up_forms (CgMotion *self, const CgPtzLook *look)
{
  self->form.chosen = self->form.works;
  self->place.has_moved = self->place.has_stood = FALSE;
  cg_motion_set_unproven (self, FALSE);
  if (!cg_ptz_sense_note_unstoppable (&self->sense, look)) {
    cg_motion_give_up (self, "it agrees to every form of stop, and moves on");
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
  if (!choose_other_form (&self->form)) {
    give_up_forms (self, &self->sight.first);
    return;
  }
  g_info ("%s: moves on after a stop: trying the form %s", self->name,
          cg_onvif_stop_form_get_word (self->form.chosen));
  cg_motion_set_leased (self, TRUE);
  cg_motion_halt_now (self, NULL);
}

/* A camera without position that has never said anything but IDLE may say so for ever, and one that
 * has never told but one position (Q36). */
static void
on_stands (CgMotion *self, const CgPtzLook *look)
{
  cg_ptz_sense_note_rest (&self->sense, &self->sight.first, look);
  if (self->watch.record.has_last)
    cg_ptz_sense_note_change (&self->sense, &self->watch.record.last, look);
  self->proof.is_unseen = !cg_ptz_sense_has_place (&self->sense, look) &&
                          self->sense.move_status != CG_PTZ_TRUTH_HONEST;
  self->proof.proves_nothing = !cg_ptz_sense_proves_rest (&self->sense, look, &self->move);
  cg_motion_note_stands (self, look);
  if (!self->proof.proves_nothing || !self->form.is_blind)
    self->form.works = self->form.chosen; /* that it agreed to, and nothing speaks against it */
  cg_motion_tell_learnt (self);
}

/* Returns: when to look again; 0: enough was seen */
static guint
judge_rest (CgMotion *self, const CgPtzLook *look)
{
  const CgPtzSeen seen = cg_ptz_sense_compare (&self->sense, &self->sight.first, look);

  switch (seen) {
  case CG_PTZ_SEEN_STILL:
    on_stands (self, look);
    return 0;
  case CG_PTZ_SEEN_MOVING:
    self->sight.first = *look;
    self->proof.moves_on = TRUE;
    return self->sight.looks < LOOKS_SEEN_MAX ? LOOK_MS : 0;
  case CG_PTZ_SEEN_NOTHING:
    self->place.has_moved = FALSE;
    self->proof.is_unseen = self->proof.proves_nothing = TRUE;
    return 0;
  }
  g_return_val_if_reached (0);
}

/* Returns: when to look again; 0: enough was seen */
static guint
see_rest (CgMotion *self, const CgPtzLook *look)
{
  self->sight.looks++;
  if (self->sight.has_first) {
    self->proof.moves_on = FALSE;
    return judge_rest (self, look);
  }
  self->sight.first = *look;
  self->sight.has_first = TRUE;
  return LOOK_MS;
}

/* Nobody can see whether it stands: it is told by a move of no speed as well, which is the same
 * (PTZ Service Specification, 5.3.3), and costs one message.
 *
 * Returns: whether it is being told */
static gboolean
stop_blindly (CgMotion *self)
{
  const CgOnvifStopForm other =
      self->form.chosen == CG_ONVIF_STOP_ZERO ? CG_ONVIF_STOP_NAMED : CG_ONVIF_STOP_ZERO;

  const gboolean knows_speeds = self->facts.continuous_pan_tilt || self->facts.continuous_zoom;

  if (!knows_speeds || !self->is_unproven || self->form.is_blind ||
      (self->form.tried & (1u << other)) != 0)
    return FALSE;
  self->form.is_blind = self->place.has_moved = TRUE;
  self->form.chosen = other;
  cg_motion_halt_now (self, NULL);
  return TRUE;
}

/* The form in which it was told blindly is none that is known to work. */
static void
end_blindness (CgMotionForm *self)
{
  if (self->is_blind)
    self->chosen = self->works;
}

/**
 * cg_motion_renew_forms:
 * @self: a camera's motion
 *
 * It is to be stopped anew: each form of stop may be tried again.
 */
void
cg_motion_renew_forms (CgMotion *self)
{
  end_blindness (&self->form);
  self->form.tried = 0;
  self->form.is_blind = FALSE;
}

/* It stood, and a move that nobody knows of any more has come after all. */
static gboolean
is_stray (CgMotion *self)
{
  return self->doubt.may_stray && self->proof.moves_on && !self->place.has_moved;
}

static gboolean
is_worth_later (CgMotion *self)
{
  return self->place.has_moved ||
         (self->doubt.may_stray && !self->proof.is_unseen && self->proof.laters < STRAY_LOOKS);
}

/* What the looks have shown of the proof is all there is. */
static void
settle_proof (CgMotion *self)
{
  if (is_stray (self)) {
    self->doubt.may_stray = FALSE;
    cg_motion_stop_stray (self);
  } else if (self->proof.moves_on) {
    on_moves_on (self);
  } else if (self->proof.proves_nothing && stop_blindly (self)) {
    return;
  } else if (is_worth_later (self)) {
    cg_motion_look_later (self);
  } else {
    end_blindness (&self->form);
    self->doubt.may_stray = FALSE;
    cg_motion_set_unproven (self, FALSE);
  }
}

/* Where nobody waits, a look that is lost costs no more than itself. */
static gboolean
is_look_worth (CgMotion *self)
{
  if (self->sight.looks + self->sight.lost >= LOOKS_MAX)
    return FALSE;
  if (self->sight.phase == CG_MOTION_LATER)
    return !cg_ptz_eye_is_blind (self->eye) &&
           (self->sight.looks > 0 || self->sight.lost < LOST_MAX);
  return cg_ptz_eye_is_worth (self->eye);
}

static guint
on_proof (const CgPtzLook *look, gpointer user_data)
{
  g_autoptr (CgMotion) self = g_object_ref (user_data);
  guint delay_ms = LOOK_MS;

  if (look != NULL)
    delay_ms = see_rest (self, look);
  else
    self->sight.lost++;
  if (delay_ms > 0 && is_look_worth (self))
    return delay_ms;
  cg_motion_close_eye (self);
  settle_proof (self);
  cg_motion_check_rest (self);
  return 0;
}

/* Whether what the camera tells has been seen to change, so that looking at it is worth waiting
 * for. */
static gboolean
can_prove (CgMotion *self)
{
  CgPtzLook last;

  return cg_ptz_eye_get_last (self->eye, &last, NULL) &&
         cg_ptz_sense_proves_rest (&self->sense, &last, &self->move);
}

/* A camera that is slow to tell is waited for, once that is known, and where nobody waits. */
static void
open_eye (CgMotion *self, CgMotionPhase phase, guint delay_ms)
{
  self->proof.moves_on = self->proof.is_unseen = FALSE;
  self->proof.proves_nothing = !can_prove (self);
  cg_motion_open_eye (self, phase, delay_ms, on_proof);
  if (phase == CG_MOTION_LATER || cg_ptz_eye_is_slow (self->eye))
    cg_ptz_eye_be_patient (self->eye);
}

static gboolean
on_later (gpointer user_data)
{
  CgMotion *self = user_data;

  cg_clear_source (&self->proof.later);
  if (self->sight.phase == CG_MOTION_BLIND && !cg_motion_is_moving (self) &&
      self->call.token == NULL && !cg_ptz_eye_is_blind (self->eye))
    open_eye (self, CG_MOTION_LATER, 0);
  else
    cg_motion_look_later (self);
  return G_SOURCE_REMOVE;
}

/* One that is slow to tell may need but more patience (Q36): it is given that at once. Not one that
 * has not taken a stop either. */
static guint
get_later_ms (CgMotion *self)
{
  const gboolean needs_time = self->stop.tries > 0 || cg_ptz_eye_is_late (self->eye);

  if (self->proof.laters > 0 || (self->place.has_moved && needs_time))
    return LATER_MS;
  return self->place.has_moved ? REST_MS : STRAY_MS;
}

/**
 * cg_motion_look_later:
 * @self: a camera's motion
 *
 * The camera could not be looked at, or may begin to move again. Nobody waits for it, but one that
 * moves is still ours to stop: it is looked at after a while, unless it tells nothing. One that is
 * always too late to tell is given up; one that cannot be asked, or lets us tell it
 * nothing, is stopped at its next contact.
 */
void
cg_motion_look_later (CgMotion *self)
{
  const guint delay_ms = get_later_ms (self);

  cg_clear_source (&self->proof.later);
  if (!self->is_unproven)
    return;
  if (self->proof.laters++ < LATERS_MAX && !cg_ptz_eye_is_blind (self->eye))
    self->proof.later = cg_clock_add_timeout (self->clock, delay_ms, on_later, self);
  else if (!cg_ptz_eye_is_worth (self->eye) && !self->stop.refuses_us)
    cg_motion_set_unproven (self, FALSE);
}

/**
 * cg_motion_prove_stop:
 * @self: a camera's motion
 *
 * The camera has agreed to stop. Whether it does is looked at while it has not shown it yet.
 */
void
cg_motion_prove_stop (CgMotion *self)
{
  if (self->form.tried == (1u << self->form.chosen) && self->stop.tries == 0) {
    self->form.works = self->form.chosen;
    cg_motion_tell_learnt (self);
  }
  self->proof.laters = 0;
  cg_motion_set_unproven (self, self->place.has_moved);
  if (!self->place.has_moved && self->place.is_known)
    return;
  if (cg_ptz_eye_try_again (self->eye)) {
    open_eye (self, CG_MOTION_PROOF, REST_MS);
  } else if (!stop_blindly (self)) {
    end_blindness (&self->form);
    cg_motion_look_later (self);
  }
}

/**
 * cg_motion_end_proof:
 * @self: a camera's motion
 *
 * Something else moves the camera now, or stops it.
 */
void
cg_motion_end_proof (CgMotion *self)
{
  cg_clear_source (&self->proof.later);
  if (self->sight.phase == CG_MOTION_PROOF || self->sight.phase == CG_MOTION_LATER)
    cg_motion_close_eye (self);
}
