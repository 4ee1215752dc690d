/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that calls presets, and knows when one is reached. */
#include "cg-motion-private.h"

/* After the camera has agreed, and from look to look: a slow dome has begun to move by then. */
#define CALL_LOOK_MS 500
/* How long a call counts as under way when nobody can tell. */
#define ASSUMED_MS 5000

static void
finish_call (CgMotion *self, const CgPtzLook *look)
{
  g_autofree char *preset = g_strdup (self->called);

  cg_motion_end_call (self);
  if (look != NULL) {
    cg_motion_note_place (self, look);
    self->has_moved = FALSE;
  }
  cg_motion_tell_arrived (self, preset, look);
  cg_motion_check_rest (self);
}

/* What is seen to move after all that time is the move that was under way before, and whose lease
 * has ended with the call: the camera has slept through the call (Q37). */
static gboolean
on_call_end (gpointer user_data)
{
  g_autoptr (CgMotion) self = g_object_ref (user_data);
  const gboolean was_moving = self->was_moving && self->phase == CG_MOTION_CALL;

  g_debug ("%s: a preset that is called counts as reached", self->name);
  cg_clear_source (&self->call_end);
  finish_call (self, NULL);
  if (was_moving)
    cg_motion_stop_stray (self);
  return G_SOURCE_REMOVE;
}

static void
set_call_end (CgMotion *self, guint delay_ms)
{
  cg_clear_source (&self->call_end);
  self->call_end = cg_clock_add_timeout (self->clock, delay_ms, on_call_end, self);
}

/* Nobody can see it: it is reached when its time is over (Q36). */
static guint
assume (CgMotion *self)
{
  self->is_call_measured = FALSE;
  set_call_end (self, MIN (ASSUMED_MS, self->config.goto_timeout_ms));
  cg_motion_close_eye (self);
  return 0;
}

static gboolean
is_there (CgMotion *self, const CgPtzLook *look)
{
  if (self->has_target && cg_ptz_sense_is_same_place (&self->sense, look, &self->target))
    return TRUE;
  if (look->has_move_status && self->sense.move_status == CG_PTZ_TRUTH_HONEST)
    return !cg_ptz_look_is_moving (look);
  return self->has_first &&
         cg_ptz_sense_compare (&self->sense, &self->first, look) == CG_PTZ_SEEN_STILL;
}

static guint
on_call_look (const CgPtzLook *look, gpointer user_data)
{
  g_autoptr (CgMotion) self = g_object_ref (user_data);

  if (look == NULL)
    return cg_ptz_eye_is_worth (self->eye) ? CALL_LOOK_MS : assume (self);
  if (!cg_motion_is_measurable (self))
    return assume (self);
  if (is_there (self, look)) {
    finish_call (self, look);
    return 0;
  }
  self->first = *look;
  self->has_first = TRUE;
  return CALL_LOOK_MS;
}

/**
 * cg_motion_refuse_busy:
 * @self: a camera's motion
 * @start: a start
 *
 * PROTOCOL.md section 3, 60009.
 *
 * Returns: whether @start was taken over, refused
 */
gboolean
cg_motion_refuse_busy (CgMotion *self, CgMotionStart *start)
{
  CgErrorBasis basis;

  if (!cg_motion_is_calling (self, &basis))
    return FALSE;
  if (self->config.goto_interrupt) {
    cg_motion_end_call (self);
    return FALSE;
  }
  cg_motion_answer_start (start, cg_error_new_with_basis (CG_ERROR_PRESET_BUSY, basis,
                                                          "%s is on its way to preset %s",
                                                          self->name, self->called));
  return TRUE;
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
  self->called = g_strdup (start->preset);
  self->has_target = start->has_target;
  self->target = start->target;
  self->was_moving = start->was_moving;
  self->is_call_measured = cg_motion_is_measurable (self);
  set_call_end (self, self->config.goto_timeout_ms);
}

/**
 * cg_motion_call_answered:
 * @self: a camera's motion
 *
 * The camera has agreed to go there.
 */
void
cg_motion_call_answered (CgMotion *self)
{
  if (self->called == NULL)
    return;
  if (cg_motion_is_measurable (self))
    cg_motion_open_eye (self, CG_MOTION_CALL, CALL_LOOK_MS, on_call_look);
  else
    assume (self);
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
  if (self->called == NULL)
    return;
  g_clear_pointer (&self->called, g_free);
  cg_clear_source (&self->call_end);
  if (self->phase == CG_MOTION_CALL)
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
  if (self->called == NULL)
    return FALSE;
  if (basis != NULL)
    *basis = self->is_call_measured ? CG_ERROR_BASIS_MEASURED : CG_ERROR_BASIS_ASSUMED;
  return TRUE;
}
