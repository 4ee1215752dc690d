/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the head obeys, and what it tells of itself: here the quirks of motion act. */
#include "cg-sim-driving.h"

/* What a function of its own does when its slot is called (Q32). */
#define PATROL_SPEED 0.5
#define PATROL_MS 3000

static gint64
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

static gboolean
is_so (CgSimState *state, CgSimFault fault, const char *arg)
{
  return cg_sim_faults_is_arg (state->faults, fault, arg);
}

/**
 * cg_sim_driving_has_pan_tilt:
 * @state: a camera
 *
 * Returns: whether it pans and tilts (Q33)
 */
gboolean
cg_sim_driving_has_pan_tilt (CgSimState *state)
{
  return !is_so (state, CG_SIM_FAULT_Q33, "zoom-only");
}

/**
 * cg_sim_driving_has_zoom:
 * @state: a camera
 *
 * Returns: whether it zooms (Q33)
 */
gboolean
cg_sim_driving_has_zoom (CgSimState *state)
{
  return !is_so (state, CG_SIM_FAULT_Q33, "pan-tilt");
}

/**
 * cg_sim_driving_has_continuous:
 * @state: a camera
 *
 * Returns: whether it knows ContinuousMove (Q33)
 */
gboolean
cg_sim_driving_has_continuous (CgSimState *state)
{
  return !is_so (state, CG_SIM_FAULT_Q33, "relative") &&
         !is_so (state, CG_SIM_FAULT_Q33, "neither");
}

/**
 * cg_sim_driving_has_relative:
 * @state: a camera
 *
 * Returns: whether it knows RelativeMove (Q33)
 */
gboolean
cg_sim_driving_has_relative (CgSimState *state)
{
  return !is_so (state, CG_SIM_FAULT_Q33, "neither");
}

/* Under lock. After a pause the first command only wakes it (Q37). */
static gboolean
is_awake (CgSimState *state, gint64 at_ms)
{
  const double pause_s = cg_sim_faults_get_number (state->faults, CG_SIM_FAULT_Q37);
  const gint64 last_ms = state->last_command_ms;

  state->last_command_ms = at_ms;
  return pause_s == 0 || (last_ms > 0 && at_ms - last_ms < (gint64)(pause_s * 1000));
}

/* Axes the wrong way round (Q36), or one of two alone (Q38). */
static CgSimVector
bend (CgSimState *state, const CgSimVector *wanted)
{
  CgSimVector bent = *wanted;

  if (is_so (state, CG_SIM_FAULT_Q36, "inverted")) {
    bent.pan = -bent.pan;
    bent.tilt = -bent.tilt;
  }
  if (bent.pan != 0 && bent.tilt != 0) {
    if (is_so (state, CG_SIM_FAULT_Q38, "pan"))
      bent.tilt = 0;
    if (is_so (state, CG_SIM_FAULT_Q38, "tilt"))
      bent.pan = 0;
  }
  return bent;
}

static gint64
get_coast_ms (CgSimState *state)
{
  return (gint64)cg_sim_faults_get_word_number (state->faults, CG_SIM_FAULT_Q1, "coasts");
}

static gboolean
is_zero (const CgSimVector *velocity)
{
  return (!velocity->has_pan_tilt || (velocity->pan == 0 && velocity->tilt == 0)) &&
         (!velocity->has_zoom || velocity->zoom == 0);
}

/**
 * cg_sim_driving_continuous:
 * @state: a camera
 * @velocity: one that is in order
 * @timeout_ms: ends it
 *
 * ContinuousMove of the PTZ Specification, as this camera understands it (Q1, Q36, Q37, Q38).
 */
void
cg_sim_driving_continuous (CgSimState *state, const CgSimVector *velocity, gint64 timeout_ms)
{
  const gint64 at_ms = now_ms ();
  const CgSimVector bent = bend (state, velocity);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&state->lock);
  CgSimPtz *head = cg_sim_state_get_head (state);

  if (!is_awake (state, at_ms))
    return;
  if (is_zero (velocity)) {
    if (!is_so (state, CG_SIM_FAULT_Q1, "velocity"))
      cg_sim_ptz_stop (head, at_ms, velocity->has_pan_tilt, velocity->has_zoom,
                       get_coast_ms (state));
    return;
  }
  if (is_so (state, CG_SIM_FAULT_Q1, "timeout") || is_so (state, CG_SIM_FAULT_Q1, "both"))
    timeout_ms = 0;
  cg_sim_ptz_continuous (head, at_ms, &bent, timeout_ms);
}

/**
 * cg_sim_driving_relative:
 * @state: a camera
 * @translation: one that is in order
 *
 * RelativeMove of the PTZ Specification, as this camera understands it (Q36, Q37, Q38).
 */
void
cg_sim_driving_relative (CgSimState *state, const CgSimVector *translation)
{
  const gint64 at_ms = now_ms ();
  const CgSimVector bent = bend (state, translation);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&state->lock);

  if (is_awake (state, at_ms))
    cg_sim_ptz_relative (cg_sim_state_get_head (state), at_ms, &bent);
}

/**
 * cg_sim_driving_stop:
 * @state: a camera
 * @is_bare: no axis was named
 * @pan_tilt: pan and tilt are to stop
 * @zoom: zoom is to stop
 *
 * Stop of the PTZ Specification, as this camera understands it (Q1).
 *
 * Returns: %FALSE: the message was lost on its way
 */
gboolean
cg_sim_driving_stop (CgSimState *state, gboolean is_bare, gboolean pan_tilt, gboolean zoom)
{
  const gint64 at_ms = now_ms ();
  const gboolean is_ignored = is_so (state, CG_SIM_FAULT_Q1, "stop") ||
                              is_so (state, CG_SIM_FAULT_Q1, "both") ||
                              is_so (state, CG_SIM_FAULT_Q1, is_bare ? "bare" : "axes");
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&state->lock);

  if (is_so (state, CG_SIM_FAULT_Q1, "lost") && state->n_stops++ % 2 == 0)
    return FALSE;
  is_awake (state, at_ms);
  if (!is_ignored)
    cg_sim_ptz_stop (cg_sim_state_get_head (state), at_ms, pan_tilt, zoom, get_coast_ms (state));
  return TRUE;
}

/**
 * cg_sim_driving_goto:
 * @state: a camera
 * @token: a preset
 *
 * GotoPreset of the PTZ Specification: an empty slot moves nothing (Q31), and one of its own does
 * what it likes (Q32).
 */
CgSimPtzResult
cg_sim_driving_goto (CgSimState *state, const char *token)
{
  const gint64 at_ms = now_ms ();
  const CgSimVector patrol = {.has_pan_tilt = TRUE, .pan = PATROL_SPEED};
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&state->lock);
  CgSimPtz *head = cg_sim_state_get_head (state);
  CgSimPtzResult result;

  if (cg_sim_state_is_reserved (state, token)) {
    cg_sim_ptz_continuous (head, at_ms, &patrol, PATROL_MS);
    return CG_SIM_PTZ_DONE;
  }
  if (!is_awake (state, at_ms))
    return CG_SIM_PTZ_DONE;
  result = cg_sim_ptz_goto_preset (head, at_ms, token);
  return result == CG_SIM_PTZ_NO_TOKEN && cg_sim_state_is_slot (state, token) ? CG_SIM_PTZ_DONE
                                                                              : result;
}

/* In the units that it tells: another space, or one that is mirrored (Q36). */
static void
tell_place (CgSimState *state, double pan, double tilt, double zoom, CgSimTold *told)
{
  const double tilt_range = CG_SIM_TILT_HIGH_DEGREES - CG_SIM_TILT_LOW_DEGREES;

  told->has_pan_tilt = cg_sim_driving_has_pan_tilt (state);
  told->has_zoom = cg_sim_driving_has_zoom (state);
  told->pan = is_so (state, CG_SIM_FAULT_Q36, "mirrored") ? -pan : pan;
  told->tilt = tilt;
  told->zoom = zoom;
  told->in_degrees =
      is_so (state, CG_SIM_FAULT_Q36, "degrees") || is_so (state, CG_SIM_FAULT_Q36, "degrees-only");
  if (!told->in_degrees)
    return;
  told->pan *= CG_SIM_PAN_DEGREES;
  told->tilt = CG_SIM_TILT_LOW_DEGREES + (told->tilt + 1) / 2 * tilt_range;
}

static void
tell_motion (CgSimState *state, const CgSimPosition *now, CgSimTold *told)
{
  const gboolean always = is_so (state, CG_SIM_FAULT_Q36, "moving");
  const gboolean never = is_so (state, CG_SIM_FAULT_Q36, "idle");

  told->has_move_status = !is_so (state, CG_SIM_FAULT_Q36, "absent");
  told->moving_pan_tilt = always || (now->moving_pan_tilt && !never);
  told->moving_zoom = always || (now->moving_zoom && !never);
}

/**
 * cg_sim_driving_tell:
 * @state: a camera
 * @told: (out caller-allocates): what it tells in GetStatus (Q36)
 */
void
cg_sim_driving_tell (CgSimState *state, CgSimTold *told)
{
  const gint64 at_ms = now_ms ();
  const gint64 late_ms =
      (gint64)cg_sim_faults_get_word_number (state->faults, CG_SIM_FAULT_Q36, "late");
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&state->lock);
  CgSimPtz *head = cg_sim_state_get_head (state);
  CgSimPosition now, then;

  cg_sim_ptz_read (head, at_ms, &now);
  cg_sim_ptz_read (head, at_ms - late_ms, &then);
  if (is_so (state, CG_SIM_FAULT_Q36, "pushing")) {
    now.moving_pan_tilt = cg_sim_ptz_is_driven (head, at_ms, FALSE);
    now.moving_zoom = cg_sim_ptz_is_driven (head, at_ms, TRUE);
  }
  if (is_so (state, CG_SIM_FAULT_Q36, "frozen"))
    then = (CgSimPosition){0};
  tell_place (state, then.pan, then.tilt, then.zoom, told);
  tell_motion (state, &now, told);
  if (is_so (state, CG_SIM_FAULT_Q36, "no-position"))
    told->has_pan_tilt = told->has_zoom = FALSE;
}

/**
 * cg_sim_driving_tell_preset:
 * @state: a camera
 * @preset: one of its presets
 * @told: (out caller-allocates): where it says that it is
 */
void
cg_sim_driving_tell_preset (CgSimState *state, const CgSimPreset *preset, CgSimTold *told)
{
  *told = (CgSimTold){0};
  tell_place (state, preset->pan, preset->tilt, preset->zoom, told);
  if (!is_so (state, CG_SIM_FAULT_Q31, "generic"))
    return;
  told->in_degrees = FALSE;
  told->pan = preset->pan;
  told->tilt = preset->tilt;
}
