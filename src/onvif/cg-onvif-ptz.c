/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-ptz.h"

#include <math.h>
#include <string.h>

#include "cg-onvif-call.h"
#include "cg-onvif-session-private.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

CG_ONVIF_OPERATION (tptz, GetStatus, CG_ONVIF_SERVICE_PTZ, TRUE);
CG_ONVIF_OPERATION (tptz, ContinuousMove, CG_ONVIF_SERVICE_PTZ, FALSE);
CG_ONVIF_OPERATION (tptz, RelativeMove, CG_ONVIF_SERVICE_PTZ, FALSE);

static gboolean
is_number (const float *value)
{
  return isfinite (*value);
}

static void
read_space (char *space, const char *name)
{
  if (name != NULL && strlen (name) < CG_ONVIF_SPACE_MAX)
    g_strlcpy (space, name, CG_ONVIF_SPACE_MAX);
}

static void
read_position (CgOnvifPtzStatus *status, const struct tt__PTZVector *position)
{
  if (position == NULL)
    return;
  if (position->PanTilt != NULL && is_number (&position->PanTilt->x) &&
      is_number (&position->PanTilt->y)) {
    status->has_position = TRUE;
    status->pan = position->PanTilt->x;
    status->tilt = position->PanTilt->y;
    read_space (status->pan_tilt_space, position->PanTilt->space);
  }
  if (position->Zoom != NULL && is_number (&position->Zoom->x)) {
    status->has_zoom = TRUE;
    status->zoom = position->Zoom->x;
    read_space (status->zoom_space, position->Zoom->space);
  }
}

/* IDLE or MOVING tells something, UNKNOWN and anything else does not. */
static gboolean
read_moving (const char *value, gboolean *moving)
{
  g_autofree char *word = cg_onvif_text_dup_upper (value);

  *moving = g_strcmp0 (word, "MOVING") == 0;
  return *moving || g_strcmp0 (word, "IDLE") == 0;
}

static void
read_move_status (CgOnvifPtzStatus *status, const struct tt__PTZMoveStatus *move_status)
{
  if (move_status == NULL)
    return;
  const gboolean tells_pan_tilt = read_moving (move_status->PanTilt, &status->moving_pan_tilt);
  const gboolean tells_zoom = read_moving (move_status->Zoom, &status->moving_zoom);

  status->has_move_status = tells_pan_tilt || tells_zoom;
}

/**
 * cg_onvif_ptz_get_status_in_thread:
 * @self: a session
 * @profile_token: a profile with a PTZ configuration
 * @status: (out): where it stands and whether it moves, as far as the camera tells (Q36)
 * @error: return location
 *
 * GetStatus: PTZ Service Specification, 5.3.7.
 *
 * Returns: whether the camera has answered
 */
gboolean
cg_onvif_ptz_get_status_in_thread (CgOnvifSession *self,
                                   const char *profile_token,
                                   CgOnvifPtzStatus *status,
                                   GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tptz__GetStatus request = {.ProfileToken = (char *)profile_token};
  struct _tptz__GetStatusResponse response = {0};
  CgOnvifPtzStatus result = {0};

  if (!cg_onvif_span_call (span, &operation_GetStatus, &request, &response, error))
    return FALSE;
  if (response.PTZStatus != NULL) {
    read_position (&result, response.PTZStatus->Position);
    read_move_status (&result, response.PTZStatus->MoveStatus);
  }
  *status = result;
  return TRUE;
}

/* Whether a move was refused for how it was asked, not for what (Q33). */
static gboolean
was_form_refused (CgOnvifSpan *span)
{
  return cg_onvif_span_fault_has_code (span, "InvalidArgVal") ||
         cg_onvif_span_fault_has_code (span, "TimeoutNotSupported");
}

static gboolean
continuous_move (CgOnvifSpan *span,
                 const char *profile_token,
                 const CgOnvifVelocity *velocity,
                 guint timeout_ms,
                 GError **error)
{
  struct tt__Vector2D pan_tilt = {.x = (float)velocity->pan, .y = (float)velocity->tilt};
  struct tt__Vector1D zoom = {.x = (float)velocity->zoom};
  struct tt__PTZSpeed speed = {
      .PanTilt = velocity->move_pan_tilt ? &pan_tilt : NULL,
      .Zoom = velocity->move_zoom ? &zoom : NULL,
  };
  g_autofree char *timeout = timeout_ms > 0 ? cg_onvif_duration_format (timeout_ms) : NULL;
  struct _tptz__ContinuousMove request = {
      .ProfileToken = (char *)profile_token, .Velocity = &speed, .Timeout = timeout};
  struct _tptz__ContinuousMoveResponse response = {};

  return cg_onvif_span_call (span, &operation_ContinuousMove, &request, &response, error);
}

/**
 * cg_onvif_ptz_continuous_move_in_thread:
 * @self: a session
 * @profile_token: a profile with a PTZ configuration
 * @velocity: −1…1 in the generic velocity spaces; only the axes that are switched on are sent
 * @timeout_ms: when the camera should stop by itself, rounded up to seconds; 0: not said
 * @error: return location
 *
 * ContinuousMove: PTZ Service Specification, 5.3.3. A camera that refuses the timeout is asked once
 * more without it, and never with it again (Q33).
 *
 * Returns: whether the camera moves
 */
gboolean
cg_onvif_ptz_continuous_move_in_thread (CgOnvifSession *self,
                                        const char *profile_token,
                                        const CgOnvifVelocity *velocity,
                                        guint timeout_ms,
                                        GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  const guint sent_ms = span->refuses_timeout ? 0 : timeout_ms;
  g_autoptr (GError) reason = NULL;

  if (continuous_move (span, profile_token, velocity, sent_ms, &reason))
    return TRUE;
  if (sent_ms == 0 || !g_error_matches (reason, CG_ERROR, CG_ERROR_PEER_FAULT) ||
      !was_form_refused (span)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  if (!continuous_move (span, profile_token, velocity, 0, error))
    return FALSE;
  span->refuses_timeout = TRUE;
  return TRUE;
}

/**
 * cg_onvif_ptz_relative_move_in_thread:
 * @self: a session
 * @profile_token: a profile with a PTZ configuration
 * @step: −1…1 in the generic translation spaces; only the axes that are switched on are sent
 * @error: return location
 *
 * RelativeMove: PTZ Service Specification, 5.3.2.
 *
 * Returns: whether the camera moves
 */
gboolean
cg_onvif_ptz_relative_move_in_thread (CgOnvifSession *self,
                                      const char *profile_token,
                                      const CgOnvifVelocity *step,
                                      GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct tt__Vector2D pan_tilt = {.x = (float)step->pan, .y = (float)step->tilt};
  struct tt__Vector1D zoom = {.x = (float)step->zoom};
  struct tt__PTZVector translation = {
      .PanTilt = step->move_pan_tilt ? &pan_tilt : NULL,
      .Zoom = step->move_zoom ? &zoom : NULL,
  };
  struct _tptz__RelativeMove request = {.ProfileToken = (char *)profile_token,
                                        .Translation = &translation};
  struct _tptz__RelativeMoveResponse response = {};

  return cg_onvif_span_call (span, &operation_RelativeMove, &request, &response, error);
}
