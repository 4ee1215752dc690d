/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that knows where the camera stands, and what its looks have taught. */
#include "cg-motion-private.h"

#include "cg-main.h"

/* A camera that has just been reached is looked at again when the look was lost. */
#define CONTACT_RETRY_MS 1000
/* And once more to see whether it stands. */
#define CONTACT_LOOK_MS 250
/* Somebody else may move it: that is followed for so many looks, ten seconds. */
#define CONTACT_LOOKS_MAX 40

/**
 * cg_motion_open_eye:
 * @self: a camera's motion
 * @phase: what it is to look for
 * @delay_ms: until the first look
 * @func: gets each look
 *
 * The eye does one thing at a time: the newest.
 */
void
cg_motion_open_eye (CgMotion *self, CgMotionPhase phase, guint delay_ms, CgPtzEyeFunc func)
{
  self->sight.phase = phase;
  self->sight.looks = self->sight.lost = 0;
  self->sight.has_first = FALSE;
  cg_ptz_eye_open (self->eye, delay_ms, func, self);
}

/**
 * cg_motion_close_eye:
 * @self: a camera's motion
 *
 * Whatever the eye was open for is over.
 */
void
cg_motion_close_eye (CgMotion *self)
{
  self->sight.phase = CG_MOTION_BLIND;
  cg_ptz_eye_close (self->eye);
}

/**
 * cg_motion_note_place:
 * @self: a camera's motion
 * @look: what was seen
 *
 * The camera stands there.
 */
void
cg_motion_note_place (CgMotion *self, const CgPtzLook *look)
{
  self->place.is_known = TRUE;
  self->place.look = *look;
  self->place.at_ms = cg_clock_get_monotonic_ms (self->clock);
}

/**
 * cg_motion_note_stands:
 * @self: a camera's motion
 * @look: what was seen
 *
 * The camera was seen to stand there.
 */
void
cg_motion_note_stands (CgMotion *self, const CgPtzLook *look)
{
  cg_motion_note_place (self, look);
  self->place.has_moved = FALSE;
  self->place.has_stood = TRUE;
}

/**
 * cg_motion_forget_place:
 * @self: a camera's motion
 *
 * Something is about to move the camera.
 */
void
cg_motion_forget_place (CgMotion *self)
{
  self->place.is_known = FALSE;
  self->place.has_moved = TRUE;
  self->stop.holds_until_ms = 0;
  self->end.code = CG_N_ERRORS;
}

/**
 * cg_motion_is_measurable:
 * @self: a camera's motion
 *
 * Returns: whether looking can tell that the camera stands, as far as is known
 */
gboolean
cg_motion_is_measurable (CgMotion *self)
{
  CgPtzLook look;

  if (!cg_ptz_eye_is_worth (self->eye))
    return FALSE;
  if (!cg_ptz_eye_get_last (self->eye, &look, NULL) || cg_ptz_sense_has_place (&self->sense, &look))
    return TRUE;
  return look.has_move_status && self->sense.move_status == CG_PTZ_TRUTH_HONEST;
}

/**
 * cg_motion_says_that_it_moves:
 * @self: a camera's motion
 * @look: what was seen
 *
 * Returns: whether the camera says so, and is to be believed (Q36)
 */
gboolean
cg_motion_says_that_it_moves (CgMotion *self, const CgPtzLook *look)
{
  return self->sense.move_status == CG_PTZ_TRUTH_HONEST && cg_ptz_look_is_moving (look);
}

/* One that moves stands nowhere; one that was just reached may be moved by anybody.
 * Returns: when to look again; 0: enough was seen */
static guint
see_contact (CgMotion *self, const CgPtzLook *look)
{
  const CgPtzSeen seen = self->sight.has_first
                             ? cg_ptz_sense_compare (&self->sense, &self->sight.first, look)
                             : CG_PTZ_SEEN_NOTHING;

  if (self->place.has_moved)
    return 0;
  if (seen == CG_PTZ_SEEN_STILL)
    cg_motion_note_stands (self, look);
  else
    cg_motion_note_place (self, look);
  const gboolean says_moving = cg_motion_says_that_it_moves (self, look);
  if (seen == CG_PTZ_SEEN_MOVING || says_moving)
    self->place.is_known = FALSE;
  self->place.is_seen_moving = cg_ptz_sense_has_place (&self->sense, look) &&
                               (self->sight.has_first ? seen == CG_PTZ_SEEN_MOVING : says_moving);
  if (self->sight.has_first &&
      (!self->place.is_seen_moving || ++self->sight.looks >= CONTACT_LOOKS_MAX))
    return 0;
  self->sight.first = *look;
  self->sight.has_first = TRUE;
  return CONTACT_LOOK_MS;
}

static guint
on_contact_look (const CgPtzLook *look, gpointer user_data)
{
  CgMotion *self = user_data;
  guint delay_ms = CONTACT_RETRY_MS;

  if (look != NULL)
    delay_ms = see_contact (self, look);
  else
    self->sight.lost++;
  if (!cg_ptz_eye_is_worth (self->eye))
    delay_ms = 0;
  if (delay_ms == 0)
    cg_motion_close_eye (self);
  cg_motion_check_rest (self);
  return delay_ms;
}

/**
 * cg_motion_take_facts:
 * @self: a camera's motion
 *
 * What the camera says of itself may depend on the space in which it tells its place.
 */
void
cg_motion_take_facts (CgMotion *self)
{
  cg_ptz_driver_get_facts (self->driver, &self->facts);
  cg_ptz_sense_set_facts (&self->sense, &self->facts);
  cg_ptz_sense_set_facts (&self->told, &self->facts);
}

/**
 * cg_motion_contacted:
 * @self: the motion of a camera that has just been reached
 *
 * Takes what the camera says of itself, and looks where it stands, or stops it if nobody has seen
 * it stand since it was moved. In which space it tells its place is known after the look: until
 * then what was known of its ends holds.
 */
void
cg_motion_contacted (CgMotion *self)
{
  const CgPtzFacts *facts = &self->facts;

  CG_ON_MAIN ();
  cg_ptz_driver_get_facts (self->driver, &self->facts);
  if (!cg_ptz_sense_has_facts (&self->sense))
    cg_motion_take_facts (self);
  cg_ptz_eye_renew (self->eye);
  cg_motion_hurry_stop (self);
  if (!cg_motion_is_at_rest (self) || self->sight.phase != CG_MOTION_BLIND)
    return;
  self->place.is_known = self->place.has_stood = self->place.is_seen_moving = FALSE;
  if (facts->continuous_pan_tilt || facts->continuous_zoom || facts->relative_pan_tilt ||
      facts->relative_zoom)
    cg_motion_open_eye (self, CG_MOTION_CONTACT, 0, on_contact_look);
}

/**
 * cg_motion_set_learnt:
 * @self: a camera's motion
 * @stop_form: the form of stop that has worked (Q1, Q33)
 * @ptz: (nullable): from cg_motion_get_learnt(), in another life perhaps
 *
 * While the camera moves, or is looked at, what it does teaches more: then nothing changes.
 */
void
cg_motion_set_learnt (CgMotion *self, CgOnvifStopForm stop_form, JsonNode *ptz)
{
  CG_ON_MAIN ();
  if (cg_motion_is_moving (self) || self->sight.phase != CG_MOTION_BLIND)
    return;
  self->form.chosen = self->form.works = self->form.told = stop_form;
  cg_ptz_sense_read (&self->sense, ptz);
  self->told = self->sense;
}

/**
 * cg_motion_get_stop_form:
 * @self: a camera's motion
 *
 * Returns: the form of stop that the camera has taken and, as far as it tells, obeyed
 */
CgOnvifStopForm
cg_motion_get_stop_form (CgMotion *self)
{
  return self->form.works;
}

/**
 * cg_motion_get_learnt:
 * @self: a camera's motion
 *
 * Returns: (transfer full): what its moves have taught, to be stored
 */
JsonNode *
cg_motion_get_learnt (CgMotion *self)
{
  return cg_ptz_sense_write (&self->sense);
}

/**
 * cg_motion_get_place:
 * @self: a camera's motion
 * @look: (out): what was seen last
 * @age_ms: (out) (optional): how long ago
 *
 * Returns: whether the camera has been seen since it was reached
 */
gboolean
cg_motion_get_place (CgMotion *self, CgPtzLook *look, gint64 *age_ms)
{
  return cg_ptz_eye_get_last (self->eye, look, age_ms);
}

/**
 * cg_motion_get_eye:
 * @self: a camera's motion
 *
 * Returns: (transfer none): who looks at the camera, for cg_ptz_eye_look_async()
 */
CgPtzEye *
cg_motion_get_eye (CgMotion *self)
{
  return self->eye;
}

/**
 * cg_motion_is_same_place:
 * @self: a camera's motion
 * @a: a place
 * @b: another
 *
 * Returns: whether the two are the same within this camera's tolerance
 */
gboolean
cg_motion_is_same_place (CgMotion *self, const CgPtzLook *a, const CgPtzLook *b)
{
  return cg_ptz_sense_is_same_place (&self->sense, a, b);
}
