/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that calls presets, and knows when one is reached. */
#include "cg-motion-private.h"

/* From look to look. */
#define CALL_LOOK_MS 500
/* A dome that is slow to begin, or to tell, has begun by then: two seconds. */
#define UNBEGUN_LOOKS_MAX 4
/* How long a call counts as under way when nobody can tell. */
#define ASSUMED_MS 5000

/* @place: (nullable): where the preset is, as far as that is sure */
static void
finish_call (CgMotion *self, const CgPtzLook *place)
{
  const guint index = self->call.index;

  cg_motion_end_call (self);
  cg_motion_tell_arrived (self, index, place);
  cg_motion_check_rest (self);
}

static gboolean
on_call_end (gpointer user_data)
{
  g_autoptr (CgMotion) self = g_object_ref (user_data);

  g_debug ("%s: a preset that is called counts as reached", self->name);
  cg_clear_source (&self->call.timer);
  finish_call (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
set_call_end (CgMotion *self, guint delay_ms)
{
  cg_clear_source (&self->call.timer);
  self->call.timer = cg_clock_add_timeout (self->clock, delay_ms, on_call_end, self);
}

/* Nobody can see it: it is reached when its time is over (Q36). */
static guint
assume (CgMotion *self)
{
  const gint64 left_ms = self->call.ends_ms - cg_clock_get_monotonic_ms (self->clock);

  self->call.is_measured = FALSE;
  set_call_end (self, (guint)CLAMP (left_ms, 0, ASSUMED_MS));
  cg_motion_close_eye (self);
  return 0;
}

static void
on_called_again (CgMotion *self, const GError *error)
{
  self->call.is_answered = TRUE;
}

/* Q37: the call was slept through. */
static void
call_again (CgMotion *self)
{
  g_debug ("%s: is not on its way to preset %u: calling it once more", self->name,
           self->call.index);
  self->call.is_last = TRUE;
  self->call.is_answered = FALSE;
  self->call.unbegun_looks = 0;
  cg_motion_call_again (self, on_called_again);
}

static gboolean
is_at_target (CgMotion *self, const CgPtzLook *look)
{
  return self->call.has_target && cg_ptz_look_tells_same (look, &self->call.target) &&
         cg_ptz_sense_is_same_place (&self->sense, look, &self->call.target);
}

/* It stands where it was seen to stop; a camera that has slept through the call stands too. */
static guint
arrive (CgMotion *self, const CgPtzLook *look)
{
  const gboolean is_sure =
      is_at_target (self, look) || (self->call.has_begun && self->call.may_teach);

  cg_motion_note_stands (self, look);
  finish_call (self, is_sure ? look : NULL);
  return 0;
}

/* Returns: when to look again; 0: it is over */
static guint
judge_call (CgMotion *self, const CgPtzLook *look, CgPtzSeen seen)
{
  const gboolean is_still = seen == CG_PTZ_SEEN_STILL && !cg_motion_says_that_it_moves (self, look);

  if (is_still && (self->call.has_begun || is_at_target (self, look)))
    return arrive (self, look);
  if (!is_still)
    return CALL_LOOK_MS;
  self->call.unbegun_looks++;
  if (self->call.unbegun_looks < UNBEGUN_LOOKS_MAX)
    return CALL_LOOK_MS;
  if (self->call.is_last)
    return arrive (self, look);
  call_again (self);
  return CALL_LOOK_MS;
}

static guint
see_call (CgMotion *self, const CgPtzLook *look)
{
  const CgPtzSeen seen = self->sight.has_first
                             ? cg_ptz_sense_compare (&self->sense, &self->sight.first, look)
                             : CG_PTZ_SEEN_NOTHING;

  self->call.is_measured = TRUE;
  self->call.has_begun |= seen == CG_PTZ_SEEN_MOVING || cg_motion_says_that_it_moves (self, look);
  self->sight.first = *look;
  self->sight.has_first = TRUE;
  return self->call.is_answered ? judge_call (self, look, seen) : CALL_LOOK_MS;
}

static guint
on_call_look (const CgPtzLook *look, gpointer user_data)
{
  g_autoptr (CgMotion) self = g_object_ref (user_data);

  if (look == NULL)
    return cg_ptz_eye_is_worth (self->eye) && !self->call.is_uncertain ? CALL_LOOK_MS
                                                                       : assume (self);
  return cg_motion_is_measurable (self) ? see_call (self, look) : assume (self);
}

/**
 * cg_motion_make_busy:
 * @self: a camera's motion
 *
 * PROTOCOL.md section 3, 60009.
 *
 * Returns: (transfer full) (nullable): why nothing else is done now: a preset is being called
 */
GError *
cg_motion_make_busy (CgMotion *self)
{
  CgErrorBasis basis;

  if (!cg_motion_is_calling (self, &basis))
    return NULL;
  return cg_error_new_with_basis (CG_ERROR_PRESET_BUSY, basis, "%s is on its way to preset %u",
                                  self->name, self->call.index);
}

/**
 * cg_motion_refuse_busy:
 * @self: a camera's motion
 * @start: a start
 *
 * Returns: whether @start was taken over, refused
 */
gboolean
cg_motion_refuse_busy (CgMotion *self, CgMotionStart *start)
{
  if (self->config.goto_interrupt || !cg_motion_is_calling (self, NULL))
    return FALSE;
  cg_motion_answer_start (start, cg_motion_make_busy (self));
  return TRUE;
}

/* From where it goes is seen while the call goes out, or was a moment ago. */
static void
look_from_where (CgMotion *self)
{
  const gint64 age_ms = cg_clock_get_monotonic_ms (self->clock) - self->place.at_ms;
  const gboolean is_fresh = self->place.is_known && age_ms < CG_MOTION_PLACE_FRESH_MS;

  cg_motion_open_eye (self, CG_MOTION_CALL, is_fresh ? CALL_LOOK_MS : 0, on_call_look);
  self->sight.has_first = is_fresh;
  self->sight.first = self->place.look;
}

/**
 * cg_motion_begin_call:
 * @self: a camera's motion
 * @start: a start
 *
 * The camera is about to be asked for the preset.
 */
void
cg_motion_begin_call (CgMotion *self, const CgMotionStart *start)
{
  const gint64 now_ms = cg_clock_get_monotonic_ms (self->clock);
  CgPtzLook look;

  self->call = (CgMotionCall){
      .token = g_strdup (start->preset),
      .index = start->preset_index,
      .source = g_strdup (start->source),
      .has_target = start->has_target,
      .target = start->target,
      .is_measured = cg_motion_is_measurable (self) && cg_ptz_eye_get_last (self->eye, &look, NULL),
      .may_teach = !start->owes_stop && !start->had_moved && self->place.has_stood &&
                   now_ms >= self->stop.late_until_ms,
      .is_last = start->owes_stop, /* a camera that was stopped just now is awake */
      .ends_ms = now_ms + self->config.goto_timeout_ms,
  };
  set_call_end (self, self->config.goto_timeout_ms);
  if (!start->owes_stop && cg_motion_is_measurable (self))
    look_from_where (self);
}

/**
 * cg_motion_tokens_change:
 * @self: a camera's motion
 *
 * From now on the token by which a preset is being called may stand for another one (Q31): it is
 * not called a second time (Q37), and one that waits is not called at all: what it has waited for
 * is stopped.
 */
void
cg_motion_tokens_change (CgMotion *self)
{
  self->call.is_last = TRUE;
  if (self->pending == NULL || self->pending->preset == NULL)
    return;
  if (self->pending->wait == CG_MOTION_WAIT_STOP)
    cg_motion_drop_pending (self); /* that has been done, for it */
  else
    cg_motion_halt (self, NULL);
}

/**
 * cg_motion_call_answered:
 * @self: a camera's motion
 * @is_uncertain: the answer was lost: whoever asked was told so, and it is not called again
 *
 * The camera has agreed to go there, or may have.
 */
void
cg_motion_call_answered (CgMotion *self, gboolean is_uncertain)
{
  if (self->call.token == NULL)
    return;
  self->call.is_answered = TRUE;
  self->call.is_uncertain = is_uncertain;
  self->call.is_last |= is_uncertain;
  if (!cg_motion_is_measurable (self))
    assume (self);
  else if (self->sight.phase != CG_MOTION_CALL)
    cg_motion_open_eye (self, CG_MOTION_CALL, CALL_LOOK_MS, on_call_look);
}

/**
 * cg_motion_end_call:
 * @self: a camera's motion
 *
 * The preset is reached, or something else moves the camera now.
 */
void
cg_motion_end_call (CgMotion *self)
{
  if (self->call.token == NULL)
    return;
  g_clear_pointer (&self->call.token, g_free);
  g_clear_pointer (&self->call.source, g_free);
  cg_clear_source (&self->call.timer);
  if (self->sight.phase == CG_MOTION_CALL)
    cg_motion_close_eye (self);
}

/**
 * cg_motion_is_calling:
 * @self: a camera's motion
 * @basis: (out) (optional): whether the camera is being looked at, or is only given time
 *
 * Returns: whether the camera is on its way to a preset (PROTOCOL.md section 3, 60009)
 */
gboolean
cg_motion_is_calling (CgMotion *self, CgErrorBasis *basis)
{
  if (self->call.token == NULL)
    return FALSE;
  if (basis != NULL)
    *basis = self->call.is_measured ? CG_ERROR_BASIS_MEASURED : CG_ERROR_BASIS_ASSUMED;
  return TRUE;
}
