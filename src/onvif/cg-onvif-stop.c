/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-stop.h"

#include "cg-onvif-call.h"
#include "cg-onvif-session-private.h"
#include "onvifH.h"

/* A stop is no move: twice is as good as once, in each form. */
CG_ONVIF_OPERATION (tptz, Stop, CG_ONVIF_SERVICE_PTZ, TRUE);
CG_ONVIF_OPERATION (tptz, ContinuousMove, CG_ONVIF_SERVICE_PTZ, TRUE);

typedef struct {
  const char *profile_token;
  gboolean pan_tilt;
  gboolean zoom;
} Axes;

typedef gboolean (*StopFunc) (CgOnvifSpan *span, const Axes *axes, GError **error);

static gboolean
send_stop (CgOnvifSpan *span,
           const Axes *axes,
           enum xsd__boolean *pan_tilt,
           enum xsd__boolean *zoom,
           GError **error)
{
  struct _tptz__Stop request = {
      .ProfileToken = (char *)axes->profile_token, .PanTilt = pan_tilt, .Zoom = zoom};
  struct _tptz__StopResponse response = {};

  return cg_onvif_span_call (span, &operation_Stop, &request, &response, error);
}

static gboolean
stop_named (CgOnvifSpan *span, const Axes *axes, GError **error)
{
  enum xsd__boolean pan_tilt = axes->pan_tilt ? true_ : false_;
  enum xsd__boolean zoom = axes->zoom ? true_ : false_;

  return send_stop (span, axes, &pan_tilt, &zoom, error);
}

static gboolean
stop_needed (CgOnvifSpan *span, const Axes *axes, GError **error)
{
  enum xsd__boolean yes = true_;

  return send_stop (span, axes, axes->pan_tilt ? &yes : NULL, axes->zoom ? &yes : NULL, error);
}

static gboolean
stop_bare (CgOnvifSpan *span, const Axes *axes, GError **error)
{
  return send_stop (span, axes, NULL, NULL, error);
}

static gboolean
stop_zero (CgOnvifSpan *span, const Axes *axes, GError **error)
{
  struct tt__Vector2D pan_tilt = {};
  struct tt__Vector1D zoom = {};
  struct tt__PTZSpeed speed = {
      .PanTilt = axes->pan_tilt ? &pan_tilt : NULL,
      .Zoom = axes->zoom ? &zoom : NULL,
  };
  struct _tptz__ContinuousMove request = {.ProfileToken = (char *)axes->profile_token,
                                          .Velocity = &speed};
  struct _tptz__ContinuousMoveResponse response = {};

  return cg_onvif_span_call (span, &operation_ContinuousMove, &request, &response, error);
}

static const struct {
  const char *word;
  StopFunc stop;
} forms[] = {
    [CG_ONVIF_STOP_UNKNOWN] = {"unknown", stop_named},
    [CG_ONVIF_STOP_NAMED] = {"named", stop_named},
    [CG_ONVIF_STOP_NEEDED] = {"needed", stop_needed},
    [CG_ONVIF_STOP_BARE] = {"bare", stop_bare},
    [CG_ONVIF_STOP_ZERO] = {"zero", stop_zero},
};
G_STATIC_ASSERT (G_N_ELEMENTS (forms) == CG_ONVIF_N_STOP_FORMS);

/* Whether the camera has answered, and another form may please it. */
static gboolean
may_try_other (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_PEER_FAULT) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_NO_PTZ);
}

/* Naming what is needed is no other form when that is both. */
static gboolean
is_pointless (CgOnvifStopForm form, CgOnvifStopForm first, const Axes *axes)
{
  return form == first ||
         (form == CG_ONVIF_STOP_NEEDED && first != form && axes->pan_tilt && axes->zoom);
}

/**
 * cg_onvif_stop_form_get_word:
 * @form: a form
 *
 * Returns: its name in state files
 */
const char *
cg_onvif_stop_form_get_word (CgOnvifStopForm form)
{
  return forms[form].word;
}

/**
 * cg_onvif_session_get_stop_form:
 * @self: a session that is not in use
 *
 * Returns: the form of the last stop that the camera has taken
 */
CgOnvifStopForm
cg_onvif_session_get_stop_form (const CgOnvifSession *self)
{
  return self->stop_form;
}

/**
 * cg_onvif_session_set_stop_form:
 * @self: a session that is not in use
 * @form: which is to be tried first
 */
void
cg_onvif_session_set_stop_form (CgOnvifSession *self, CgOnvifStopForm form)
{
  self->stop_form = form;
}

/**
 * cg_onvif_ptz_stop_in_thread:
 * @self: a session
 * @profile_token: a profile with a PTZ configuration
 * @pan_tilt: whether to stop panning and tilting
 * @zoom: whether to stop zooming
 * @error: return location: why the first form was refused
 *
 * Stop: PTZ Service Specification, 5.3.5; and ContinuousMove with no speed, which it calls the same
 * in 5.3.3. A camera that refuses one form is asked in the others; the one it takes is remembered
 * (Q33).
 *
 * Returns: whether the camera has agreed; some do without stopping (Q1)
 */
gboolean
cg_onvif_ptz_stop_in_thread (CgOnvifSession *self,
                             const char *profile_token,
                             gboolean pan_tilt,
                             gboolean zoom,
                             GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  const Axes axes = {profile_token, pan_tilt, zoom};
  const CgOnvifStopForm first = MAX (self->stop_form, CG_ONVIF_STOP_NAMED);
  g_autoptr (GError) reason = NULL;
  CgOnvifStopForm form = first;

  gboolean is_taken = forms[first].stop (span, &axes, &reason);
  for (int i = CG_ONVIF_STOP_NAMED; !is_taken && i < CG_ONVIF_N_STOP_FORMS; i++) {
    g_autoptr (GError) other = NULL;

    form = (CgOnvifStopForm)i;
    if (is_pointless (form, first, &axes))
      continue;
    if (!may_try_other (reason))
      break;
    is_taken = forms[form].stop (span, &axes, &other);
    if (other != NULL && !may_try_other (other)) {
      g_clear_error (&reason);
      reason = g_steal_pointer (&other);
    }
  }
  if (is_taken)
    self->stop_form = form;
  else
    g_propagate_error (error, g_steal_pointer (&reason));
  return is_taken;
}
