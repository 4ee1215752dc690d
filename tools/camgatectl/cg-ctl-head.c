/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-head.h"

#include <math.h>

/* A quarter of full speed: 5 to 30 degrees in the time of the test. */
#define MOVE_FRACTION 0.25
#define BACK_FRACTION 0.1
/* Of the longest step: 4 to 9 degrees. */
#define STEP_FRACTION 0.05
/* If we are killed, the camera stops by itself (Q61). */
#define LEASE_MS 3000
#define LOOK_MS 50
/* It moves at least so long, and at most so long until it is seen to (Q37). */
#define MOVE_MIN_MS 400
#define MOVE_MAX_MS 1200
#define MOVE_TRIES 2
/* How long it may take to stand after a stop. */
#define STAND_MS 1000
#define STAND_LOOK_MS 120
#define STOP_TRIES 4
#define BACK_TRIES 3
#define BACK_MAX_MS 4000
/* Positions that differ by less are the same: noise of the encoders. */
#define SAME_POSITION 0.002
/* Nobody sees in the picture that it is off by so much of the range. */
#define BACK_TOLERANCE 0.01

static gboolean
says_moving (const CgCtlHead *self, const CgOnvifPtzStatus *status)
{
  return self->is_zoom ? status->moving_zoom : status->moving_pan_tilt;
}

static gint64
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

/* The axis that is tried. */
static gboolean
read_place (CgCtlHead *self, double *place, CgOnvifPtzStatus *status)
{
  *status = (CgOnvifPtzStatus){0};
  if (self->is_blind ||
      !cg_onvif_ptz_get_status_in_thread (self->probe->session, self->token, status, NULL))
    return FALSE;
  self->tells_moving = self->tells_moving || status->has_move_status;
  *place = self->is_zoom ? status->zoom : status->pan;
  return self->is_zoom ? status->has_zoom : status->has_position;
}

/* How far from @from to @to, the short way round where a head turns for ever. */
static double
get_way (const CgCtlHead *self, double from, double to)
{
  const CgOnvifRange *range = &self->facts->pan_position;
  const double width = range->max - range->min;
  const double way = to - from;

  if (self->is_zoom || width <= 0 || fabs (way) <= width / 2)
    return way;
  return way > 0 ? way - width : way + width;
}

static double
scale (double fraction, const CgOnvifRange *range)
{
  if (range->max <= 0 || range->min >= 0)
    return fraction;
  return fraction >= 0 ? fraction * range->max : fraction * -range->min;
}

static gboolean
send_move (CgCtlHead *self, double fraction, GError **error)
{
  const CgOnvifPtzFacts *facts = self->facts;
  const CgOnvifRange *pan = self->is_stepping ? &facts->pan_step : &facts->pan_velocity;
  const CgOnvifRange *zoom = self->is_stepping ? &facts->zoom_step : &facts->zoom_velocity;
  const CgOnvifVelocity move = {
      .move_pan_tilt = !self->is_zoom,
      .move_zoom = self->is_zoom,
      .pan = self->is_zoom ? 0 : scale (fraction, pan),
      .zoom = self->is_zoom ? scale (fraction, zoom) : 0,
  };

  if (self->is_stepping)
    return cg_onvif_ptz_relative_move_in_thread (self->probe->session, self->token, &move, error);
  return cg_onvif_ptz_continuous_move_in_thread (self->probe->session, self->token, &move,
                                                 fraction != 0 ? LEASE_MS : 0, error);
}

static gboolean
send_stop (CgCtlHead *self, gboolean as_velocity, GError **error)
{
  if (as_velocity)
    return send_move (self, 0, error);
  return cg_onvif_ptz_stop_in_thread (self->probe->session, self->token, !self->is_zoom,
                                      self->is_zoom, error);
}

/* Whether it stands within a second. A camera that tells no position is believed what it says. */
static gboolean
wait_until_still (CgCtlHead *self)
{
  const gint64 until_ms = now_ms () + STAND_MS;
  CgOnvifPtzStatus status;
  double before = 0, place = 0;
  gboolean is_known = read_place (self, &before, &status);

  while (now_ms () < until_ms) {
    g_usleep (STAND_LOOK_MS * 1000);
    is_known = read_place (self, &place, &status) && is_known;
    self->stopped_us = g_get_monotonic_time ();
    self->says_moving_still = says_moving (self, &status);
    if (is_known ? fabs (place - before) < SAME_POSITION
                 : self->lies_moving || !self->says_moving_still)
      return TRUE;
    before = place;
  }
  return FALSE;
}

/* Stop, and speed zero where that does not help, in turns (Q1). */
static const char *
stop_and_wait (CgCtlHead *self, GError **error)
{
  g_autoptr (GError) reason = NULL;

  for (guint i = 0; i < STOP_TRIES; i++) {
    const gboolean as_velocity = !self->is_stepping && (i % 2 == 1) != self->stops_by_speed;

    g_clear_error (&reason);
    if (!send_stop (self, as_velocity, &reason) || !wait_until_still (self)) {
      if (g_error_matches (reason, CG_ERROR, CG_ERROR_NOT_PERMITTED))
        break;
      continue;
    }
    self->stops_by_speed = as_velocity;
    return as_velocity ? "velocity" : "stop";
  }
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

/* Looks until it has moved, and for the least time in any case. */
static gboolean
watch_move (CgCtlHead *self, double fraction)
{
  gboolean has_moved = FALSE;

  for (gint64 spent_ms = 0; spent_ms < MOVE_MAX_MS; spent_ms = now_ms () - self->started_ms) {
    CgOnvifPtzStatus status;
    double place = self->start;

    if ((has_moved || self->is_blind) && spent_ms >= MOVE_MIN_MS)
      break;
    if (!cg_ctl_probe_pause (self->probe, LOOK_MS))
      break;
    const gboolean is_known = read_place (self, &place, &status);
    const double way = get_way (self, self->start, place);
    const gboolean is_told = !self->lies_moving && says_moving (self, &status);

    has_moved = has_moved || (is_known ? fabs (way) > SAME_POSITION : is_told);
    self->said_moving = self->said_moving || is_told;
    if (is_known && has_moved)
      self->gain = way * 1000 / (double)(now_ms () - self->started_ms) / fraction;
  }
  return has_moved;
}

/* Away from the nearer end. */
static double
choose_direction (const CgCtlHead *self)
{
  const CgOnvifRange *range =
      self->is_zoom ? &self->facts->zoom_position : &self->facts->pan_position;
  const double fraction = self->is_stepping ? STEP_FRACTION : MOVE_FRACTION;

  if (!self->tells_position)
    return fraction;
  return self->start > (range->min + range->max) / 2 ? -fraction : fraction;
}

static gboolean
get_rest (CgCtlHead *self, double *rest)
{
  CgOnvifPtzStatus status;
  double place;

  if (!read_place (self, &place, &status))
    return FALSE;
  *rest = get_way (self, place, self->start);
  return TRUE;
}

/* It stands by itself after each step; Stop is tried all the same, since an operator may say it. */
static const char *
end_step (CgCtlHead *self, GError **error)
{
  double rest = 0;

  if (!wait_until_still (self))
    return stop_and_wait (self, error);
  self->refuses_stop = !send_stop (self, FALSE, NULL);
  if (get_rest (self, &rest))
    self->gain = -rest / self->direction;
  return "itself";
}

/* Goes back over what is left, and stops as soon as the next look would be too late. */
static void
go_back_once (CgCtlHead *self, double left, double fraction)
{
  const gint64 until_ms = now_ms () + BACK_MAX_MS;
  const double sign = (left > 0) == (self->gain > 0) ? 1 : -1;
  const double step = fabs (self->gain) * fraction * LOOK_MS / 1000;
  CgOnvifPtzStatus status;
  double place;

  if (!send_move (self, sign * fraction, NULL))
    return;
  while (now_ms () < until_ms && cg_ctl_probe_pause (self->probe, LOOK_MS / 2)) {
    if (!read_place (self, &place, &status))
      break;
    const double rest = get_way (self, place, self->start);
    if (rest * left <= 0 || fabs (rest) < step / 2)
      break;
  }
  stop_and_wait (self, NULL);
}

static void
step_back_once (CgCtlHead *self, double left)
{
  const double fraction = CLAMP (left / self->gain, -2 * STEP_FRACTION, 2 * STEP_FRACTION);

  if (send_move (self, fraction, NULL))
    wait_until_still (self);
}

/* By position, first fast, then slowly. */
static gboolean
go_back_by_position (CgCtlHead *self, double *rest)
{
  if (!get_rest (self, rest))
    return FALSE;
  for (guint i = 0; i < BACK_TRIES && fabs (*rest) > BACK_TOLERANCE; i++) {
    if (cg_ctl_probe_is_cancelled (self->probe))
      return FALSE;
    if (self->is_stepping)
      step_back_once (self, *rest);
    else
      go_back_once (self, *rest, i == 0 ? MOVE_FRACTION : BACK_FRACTION);
    if (!get_rest (self, rest))
      return FALSE;
  }
  return fabs (*rest) <= BACK_TOLERANCE;
}

/* As long the other way, or as far. */
static void
go_back_blindly (CgCtlHead *self)
{
  if (cg_ctl_probe_is_cancelled (self->probe) || !send_move (self, -self->direction, NULL))
    return;
  if (self->is_stepping) {
    wait_until_still (self);
    return;
  }
  g_usleep ((gulong)self->moved_ms * 1000);
  stop_and_wait (self, NULL);
}

/**
 * cg_ctl_head_look:
 * @self: a head that was not touched yet
 *
 * Where it stands, what it says of that, and on which axis and in which way it is tried.
 */
void
cg_ctl_head_look (CgCtlHead *self)
{
  const CgOnvifPtzFacts *facts = self->facts;
  CgOnvifPtzStatus status;

  self->is_zoom = !facts->has_continuous_pan_tilt && !facts->has_relative_pan_tilt;
  self->is_stepping = self->is_zoom ? !facts->has_continuous_zoom : !facts->has_continuous_pan_tilt;
  self->is_blind =
      !cg_onvif_ptz_get_status_in_thread (self->probe->session, self->token, &status, NULL);
  self->tells_position = read_place (self, &self->start, &status);
  self->lies_moving = says_moving (self, &status);
}

/**
 * cg_ctl_head_can_tell:
 * @self: a head
 *
 * Returns: whether the bridge can tell that it moves; without any sign of it, nobody knows (Q36)
 */
gboolean
cg_ctl_head_can_tell (const CgCtlHead *self)
{
  return self->tells_position || (self->tells_moving && !self->lies_moving);
}

/**
 * cg_ctl_head_move:
 * @self: a head that was looked at
 * @error: return location: %CG_ERROR_PEER_FAULT if it agrees and does not move
 *
 * Some need a second call (Q37); one that stands at an end goes the other way.
 *
 * Returns: whether it has moved, as far as anybody can tell; it may be moving still
 */
gboolean
cg_ctl_head_move (CgCtlHead *self, GError **error)
{
  self->direction = choose_direction (self);
  for (guint i = 0; i < MOVE_TRIES && !cg_ctl_probe_is_cancelled (self->probe); i++) {
    self->started_ms = now_ms ();
    if (!send_move (self, self->direction, error))
      return FALSE;
    if (watch_move (self, self->direction) || !cg_ctl_head_can_tell (self))
      return TRUE;
    self->direction = -self->direction;
  }
  g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT, "it says yes, but does not move");
  return FALSE;
}

/**
 * cg_ctl_head_stop:
 * @self: a head, moving or not
 * @error: return location
 *
 * Returns: (nullable): what made it stand: `stop`, `velocity`, or `itself` after a step; %NULL with
 *   or without error: nothing did
 */
const char *
cg_ctl_head_stop (CgCtlHead *self, GError **error)
{
  self->moved_ms = now_ms () - self->started_ms;
  return self->is_stepping ? end_step (self, error) : stop_and_wait (self, error);
}

/**
 * cg_ctl_head_go_back:
 * @self: a head that has moved and stands
 * @rest: (out): by how much it is off; 0 where it tells no position
 *
 * Returns: whether it looks where it did before; believed where it tells no position
 */
gboolean
cg_ctl_head_go_back (CgCtlHead *self, double *rest)
{
  *rest = 0;
  if (self->tells_position && self->gain != 0)
    return go_back_by_position (self, rest);
  go_back_blindly (self);
  return TRUE;
}
