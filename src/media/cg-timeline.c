/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-timeline.h"

#include <string.h>

/* Two units of a track are at least so far apart: FLV counts milliseconds. */
#define MIN_STEP_US 1000

/* Guess until two units are known: 25 pictures a second. */
#define DEFAULT_STEP_US 40000

/* Pictures are reordered by less than this; a longer way back is a break. */
#define BACKWARD_LIMIT_US G_USEC_PER_SEC

/* Time stamps that run ahead of the clock by more than this are a break. A network that
 * held data back is none: there the clock has gone on as well. */
#define FORWARD_LIMIT_US (2 * G_USEC_PER_SEC)

static gboolean
is_jump (const CgTimeline *self, gint64 in_us, gint64 now_us)
{
  const gint64 delta_us = in_us - self->last_in_us;
  const gint64 elapsed_us = now_us - self->last_now_us;

  if (delta_us < -BACKWARD_LIMIT_US)
    return TRUE;
  return delta_us > FORWARD_LIMIT_US && delta_us - elapsed_us > FORWARD_LIMIT_US;
}

/* A break that lasts is joined; a single odd one is restamped (Q20). Returns the unit's
 * time as the input should have told it. */
static gint64
repair_jump (CgTimeline *self, gint64 in_us)
{
  const gint64 expected_us = self->last_in_us + self->step_us;

  if (!self->has_suspect || ABS (in_us - self->suspect_us) > BACKWARD_LIMIT_US) {
    self->has_suspect = TRUE;
    self->suspect_us = in_us;
    return expected_us;
  }
  self->has_suspect = FALSE;
  self->jumps++;
  self->offset_us += expected_us - in_us;
  return in_us;
}

static gint64
repair_input (CgTimeline *self, gint64 in_us, gint64 now_us)
{
  gint64 good_us = in_us;

  if (!self->started)
    self->step_us = DEFAULT_STEP_US;
  else if (is_jump (self, in_us, now_us))
    good_us = repair_jump (self, in_us);
  else
    self->has_suspect = FALSE;

  if (self->started && good_us > self->last_in_us && good_us - self->last_in_us < G_USEC_PER_SEC)
    self->step_us = MAX (good_us - self->last_in_us, MIN_STEP_US);
  self->started = TRUE;
  self->last_in_us = good_us;
  self->last_now_us = now_us;
  return good_us;
}

static void
insert_pending (CgTimeline *self, gint64 pts_us)
{
  guint i = self->n_pending++;

  g_assert (self->n_pending <= G_N_ELEMENTS (self->pending_us));
  for (; i > 0 && self->pending_us[i - 1] > pts_us; i--)
    self->pending_us[i] = self->pending_us[i - 1];
  self->pending_us[i] = pts_us;
}

static gint64
pop_pending (CgTimeline *self)
{
  const gint64 first_us = self->pending_us[0];

  self->n_pending--;
  memmove (self->pending_us, self->pending_us + 1, self->n_pending * sizeof first_us);
  return first_us;
}

/* Decoding times are the presentation times in ascending order, late by as many pictures as
 * the camera reorders. Where it was not told, that number shows when a picture comes that should
 * have gone before. */
static gint64
derive_dts (CgTimeline *self, gint64 pts_us)
{
  if (self->keeps_order)
    return pts_us;
  self->is_reordered = self->is_reordered || pts_us < self->highest_us;
  self->highest_us = MAX (self->highest_us, pts_us);
  if (self->has_dts && pts_us < self->last_popped_us && self->depth < CG_TIMELINE_MAX_DEPTH) {
    self->depth++;
    insert_pending (self, self->last_popped_us);
  }
  insert_pending (self, pts_us);
  if (self->n_pending > self->depth)
    return self->last_popped_us = pop_pending (self);
  return self->pending_us[0] - (gint64)(self->depth + 1 - self->n_pending) * self->step_us;
}

/**
 * cg_timeline_init:
 * @self: (out caller-allocates): a timeline
 */
void
cg_timeline_init (CgTimeline *self)
{
  memset (self, 0, sizeof *self);
  self->last_popped_us = G_MININT64;
  self->highest_us = G_MININT64;
}

/**
 * cg_timeline_expect_depth:
 * @self: a timeline
 * @depth: so many pictures at most come before one that is shown before them
 *
 * Without this, the first such pictures are shown late (Q22).
 */
void
cg_timeline_expect_depth (CgTimeline *self, guint depth)
{
  self->depth = MAX (self->depth, MIN (depth, CG_TIMELINE_MAX_DEPTH));
}

/**
 * cg_timeline_expect_order:
 * @self: a timeline
 *
 * Units come in the order in which they are played, as those of sound do: one that goes back in
 * time is damage, and nothing is learnt from it.
 */
void
cg_timeline_expect_order (CgTimeline *self)
{
  self->keeps_order = TRUE;
}

/**
 * cg_timeline_restart:
 * @self: a timeline
 * @offset_us: what is added to the new input's time
 *
 * Another input begins. Decoding times go on rising from where they were, and what was learnt
 * about reordering stays.
 */
void
cg_timeline_restart (CgTimeline *self, gint64 offset_us)
{
  self->started = FALSE;
  self->has_suspect = FALSE;
  self->n_pending = 0;
  self->last_popped_us = G_MININT64;
  self->highest_us = G_MININT64;
  self->offset_us = offset_us;
}

/**
 * cg_timeline_stamp:
 * @self: a timeline
 * @in_us: presentation time as the input tells it
 * @now_us: when the unit arrived, on a monotonic clock
 * @dts_us: (out): decoding time; greater than the one before by at least a millisecond
 * @pts_us: (out): presentation time, not before @dts_us
 */
void
cg_timeline_stamp (CgTimeline *self, gint64 in_us, gint64 now_us, gint64 *dts_us, gint64 *pts_us)
{
  const gint64 good_us = repair_input (self, in_us, now_us);
  const gint64 wanted_us = good_us + self->offset_us;
  gint64 dts = derive_dts (self, wanted_us);

  if (self->has_dts)
    dts = MAX (dts, self->last_dts_us + MIN_STEP_US);
  self->has_dts = TRUE;
  self->last_dts_us = dts;
  *dts_us = dts;
  *pts_us = MAX (wanted_us, dts);
}
