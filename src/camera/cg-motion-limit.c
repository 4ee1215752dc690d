/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a motion that refuses what would not move the camera: limits, and presets at which it
 * stands. */
#include "cg-motion-private.h"

/* A start waits no longer for a look; without one it goes out. */
#define LOOK_TIMEOUT_MS 1000
/* Of this the camera's answer to the move itself may need something. */
#define LOOK_PART 2
/* At which limit a camera without position stands is remembered for so long: by then somebody else
 * may have moved it. */
#define END_REMEMBERED_MS 60000
/* Presets nearer than this many tolerances are looked at. */
#define NEAR_TARGET 4

/* A start that waits for a look. */
typedef struct {
  CgMotion *motion; /* (owned) */
  guint serial;
} Waiting;

static const char *
get_side (CgError code)
{
  switch ((int)code) {
  case CG_ERROR_LIMIT_UP:
    return "upper";
  case CG_ERROR_LIMIT_DOWN:
    return "lower";
  case CG_ERROR_LIMIT_LEFT:
    return "left";
  default:
    return "right";
  }
}

/* Takes @start and @error over. What moved before has been replaced, and ends. */
static void
refuse (CgMotion *self, CgMotionStart *start, GError *error)
{
  if (self->leased || self->is_unproven)
    cg_motion_halt (self, NULL);
  cg_motion_answer_start (start, error);
}

/**
 * cg_motion_refuse_at_limit:
 * @self: a camera's motion
 * @start: (transfer full): a start
 * @code: one of the four limits
 * @basis: what that is known from
 *
 * Takes @start over. What moved before has been replaced, and ends.
 */
void
cg_motion_refuse_at_limit (CgMotion *self, CgMotionStart *start, CgError code, CgErrorBasis basis)
{
  refuse (self, start,
          cg_error_new_with_basis (code, basis, "%s stands at its %s limit", self->name,
                                   get_side (code)));
}

static CgPtzMove
get_move (CgMotion *self, const CgMotionStart *start)
{
  CgPtzMove move;

  cg_ptz_move_from_request (&move, &start->request, &self->config);
  return move;
}

/* After a move that was seen not to move it, the camera stands while it is being told to stop. */
static gboolean
is_resting (CgMotion *self)
{
  return self->call.token == NULL &&
         (!self->leased || self->lease.stands || (self->place.is_known && !self->place.has_moved));
}

/**
 * cg_motion_refuse_start:
 * @self: a camera's motion
 * @start: a start
 *
 * Refuses what a camera without position was seen, by MoveStatus, to have come to the end of
 * (Q36).
 *
 * Returns: whether @start was taken over
 */
gboolean
cg_motion_refuse_start (CgMotion *self, CgMotionStart *start)
{
  const gint64 age_ms = cg_clock_get_monotonic_ms (self->clock) - self->end.at_ms;

  if (start->preset != NULL || self->end.code == CG_N_ERRORS || !is_resting (self) ||
      age_ms > END_REMEMBERED_MS)
    return FALSE;
  const CgPtzMove move = get_move (self, start);
  if (cg_ptz_sense_get_code (&move) != self->end.code ||
      !cg_ptz_move_is_like (&move, &self->end.move))
    return FALSE;
  cg_motion_refuse_at_limit (self, start, self->end.code, CG_ERROR_BASIS_ASSUMED);
  return TRUE;
}

static gboolean
is_near_target (CgMotion *self, const CgMotionStart *start)
{
  if (!start->has_target)
    return FALSE;
  if (!self->place.is_known)
    return !self->place.has_moved;
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    double here;
    double there;

    if (!cg_ptz_look_get (&self->place.look, i, &here) ||
        !cg_ptz_look_get (&start->target, i, &there))
      continue;
    const double way = here - there;
    if (ABS (way) > NEAR_TARGET * cg_ptz_sense_get_tolerance (&self->sense, i))
      return FALSE;
  }
  return TRUE;
}

/**
 * cg_motion_wants_look:
 * @self: a camera's motion
 * @start: a start
 *
 * The camera may stand where @start leads, as far as is known.
 *
 * Returns: whether it is to be looked at before @start is sent
 */
gboolean
cg_motion_wants_look (CgMotion *self, const CgMotionStart *start)
{
  if (start->is_looked || !is_resting (self) || !cg_ptz_eye_is_worth (self->eye))
    return FALSE;
  if (start->preset != NULL)
    return is_near_target (self, start);
  const CgPtzMove move = get_move (self, start);
  return self->place.is_known &&
         cg_ptz_sense_is_near_limit (&self->sense, &self->place.look, &move);
}

/* Takes @start over when the camera stands where it leads. */
static gboolean
refuse_here (CgMotion *self, CgMotionStart *start, const CgPtzLook *look)
{
  CgPtzMove move;
  CgPtzLimit limit;

  if (start->preset != NULL) {
    if (!start->has_target || cg_motion_says_that_it_moves (self, look) ||
        !cg_ptz_look_tells_same (look, &start->target) ||
        !cg_ptz_sense_is_same_place (&self->sense, look, &start->target))
      return FALSE;
    refuse (self, start,
            cg_error_new_with_basis (CG_ERROR_AT_PRESET, CG_ERROR_BASIS_MEASURED,
                                     "%s stands at preset %u already", self->name,
                                     start->preset_index));
    return TRUE;
  }
  move = get_move (self, start);
  limit = cg_ptz_sense_get_limit (&self->sense, look, &move);
  if (limit.code == CG_N_ERRORS || !limit.is_sure)
    return FALSE;
  cg_motion_refuse_at_limit (self, start, limit.code, CG_ERROR_BASIS_MEASURED);
  return TRUE;
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Waiting *waiting = user_data;
  g_autoptr (CgMotion) self = waiting->motion;
  CgMotionStart *start;
  CgPtzLook look;
  const gboolean is_seen = cg_ptz_eye_look_finish (CG_PTZ_EYE (object), result, &look, NULL);

  if (self->pending == NULL || self->pending->serial != waiting->serial ||
      self->serial != waiting->serial)
    return;
  start = g_steal_pointer (&self->pending);
  if (is_seen) {
    cg_motion_note_place (self, &look);
    if (refuse_here (self, start, &look)) {
      cg_motion_check_rest (self);
      return;
    }
  }
  cg_motion_send_start (self, start);
}

/**
 * cg_motion_look_first:
 * @self: a camera's motion
 * @start: (transfer full): a start
 *
 * Takes @start over: it is sent when the camera has been looked at, or did not answer in time.
 */
void
cg_motion_look_first (CgMotion *self, CgMotionStart *start)
{
  const gint64 left_ms = cg_motion_get_left_ms (self, start);
  Waiting *waiting = g_new (Waiting, 1);

  *waiting = (Waiting){g_object_ref (self), start->serial};
  start->is_looked = TRUE;
  start->wait = CG_MOTION_WAIT_LOOK;
  self->pending = start;
  cg_motion_end_watch (self);
  cg_motion_end_proof (self);
  cg_motion_end_lease (self);
  cg_ptz_eye_look_async (self->eye, (guint)CLAMP (left_ms / LOOK_PART, 1, LOOK_TIMEOUT_MS),
                         on_looked, waiting);
}
