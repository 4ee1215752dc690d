/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the PTZ service tells of its node and its configuration (ver20/ptz). */
#include <math.h>

#include "cg-sim-driving.h"
#include "cg-sim-ptz-spaces.h"
#include "cg-sim-soap.h"
#include "onvifH.h"

/* PTZConfiguration/DefaultPTZTimeout. */
#define DEFAULT_TIMEOUT "PT10S"

typedef struct {
  float low, high;
} Range;

static const Range whole = {-1, 1};
static const Range half = {0, 1};
static const Range endless = {-INFINITY, INFINITY};
static const Range pan_degrees = {-CG_SIM_PAN_DEGREES, CG_SIM_PAN_DEGREES};
static const Range tilt_degrees = {CG_SIM_TILT_LOW_DEGREES, CG_SIM_TILT_HIGH_DEGREES};

static struct tt__FloatRange *
make_range (struct soap *soap, Range range)
{
  struct tt__FloatRange *made = soap_malloc (soap, sizeof *made);

  made->Min = range.low;
  made->Max = range.high;
  return made;
}

static void
fill_2d (struct soap *soap, struct tt__Space2DDescription *made, const char *uri, Range x, Range y)
{
  made->URI = soap_strdup (soap, uri);
  made->XRange = make_range (soap, x);
  made->YRange = make_range (soap, y);
}

static struct tt__Space2DDescription *
make_2d (struct soap *soap, const char *uri, Range range)
{
  struct tt__Space2DDescription *made = soap_malloc (soap, sizeof *made);

  fill_2d (soap, made, uri, range, range);
  return made;
}

static struct tt__Space1DDescription *
make_1d (struct soap *soap, const char *uri, Range range)
{
  struct tt__Space1DDescription *made = soap_malloc (soap, sizeof *made);

  made->URI = soap_strdup (soap, uri);
  made->XRange = make_range (soap, range);
  return made;
}

static gboolean
is_so (struct soap *soap, CgSimFault fault, const char *arg)
{
  const CgSimCall *call = soap->user;

  return cg_sim_faults_is_arg (call->state->faults, fault, arg);
}

/* What it advertises of moves (Q33). */
static Range
get_move_range (struct soap *soap)
{
  const Range nothing = {0, 0};

  return is_so (soap, CG_SIM_FAULT_Q33, "zero-range") ? nothing : whole;
}

static void
fill_pan_tilt_limits (struct soap *soap, struct tt__PTZConfiguration *made)
{
  made->PanTiltLimits = soap_malloc (soap, sizeof *made->PanTiltLimits);
  made->PanTiltLimits->Range = make_2d (soap, CG_SIM_PAN_TILT_POSITION, whole);
  if (is_so (soap, CG_SIM_FAULT_Q36, "degrees-only"))
    fill_2d (soap, made->PanTiltLimits->Range, CG_SIM_PAN_TILT_DEGREES, pan_degrees, tilt_degrees);
  if (is_so (soap, CG_SIM_FAULT_Q36, "unlimited"))
    fill_2d (soap, made->PanTiltLimits->Range, CG_SIM_PAN_TILT_POSITION, endless, endless);
}

static void
fill_pan_tilt (struct soap *soap, struct tt__PTZConfiguration *made)
{
  const CgSimCall *call = soap->user;

  if (!cg_sim_driving_has_pan_tilt (call->state))
    return;
  if (cg_sim_driving_has_relative (call->state))
    made->DefaultRelativePanTiltTranslationSpace = soap_strdup (soap, CG_SIM_PAN_TILT_TRANSLATION);
  if (cg_sim_driving_has_continuous (call->state))
    made->DefaultContinuousPanTiltVelocitySpace = soap_strdup (soap, CG_SIM_PAN_TILT_VELOCITY);
  fill_pan_tilt_limits (soap, made);
}

static void
fill_zoom (struct soap *soap, struct tt__PTZConfiguration *made)
{
  const CgSimCall *call = soap->user;

  if (!cg_sim_driving_has_zoom (call->state))
    return;
  if (cg_sim_driving_has_relative (call->state))
    made->DefaultRelativeZoomTranslationSpace = soap_strdup (soap, CG_SIM_ZOOM_TRANSLATION);
  if (cg_sim_driving_has_continuous (call->state))
    made->DefaultContinuousZoomVelocitySpace = soap_strdup (soap, CG_SIM_ZOOM_VELOCITY);
  made->ZoomLimits = soap_malloc (soap, sizeof *made->ZoomLimits);
  made->ZoomLimits->Range = make_1d (soap, CG_SIM_ZOOM_POSITION,
                                     is_so (soap, CG_SIM_FAULT_Q36, "unlimited") ? endless : half);
}

/**
 * cg_sim_soap_make_ptz_configuration:
 * @soap: in a service function
 *
 * Returns: (transfer none): the one PTZ configuration, in the memory of @soap
 */
struct tt__PTZConfiguration *
cg_sim_soap_make_ptz_configuration (struct soap *soap)
{
  struct tt__PTZConfiguration *made = soap_malloc (soap, sizeof *made);

  soap_default_tt__PTZConfiguration (soap, made);
  made->Name = soap_strdup (soap, "PTZ");
  made->UseCount = CG_SIM_N_PROFILES;
  made->token = soap_strdup (soap, CG_SIM_PTZ_CONFIGURATION);
  made->NodeToken = soap_strdup (soap, CG_SIM_PTZ_NODE);
  made->DefaultPTZTimeout = soap_strdup (soap, DEFAULT_TIMEOUT);
  fill_pan_tilt (soap, made);
  fill_zoom (soap, made);
  return made;
}

int
__tptz__GetConfigurations (struct soap *soap,
                           struct _tptz__GetConfigurations *request,
                           struct _tptz__GetConfigurationsResponse *response)
{
  cg_sim_soap_record (soap, "GetConfigurations", NULL);
  response->__sizePTZConfiguration = 1;
  response->PTZConfiguration = cg_sim_soap_make_ptz_configuration (soap);
  return SOAP_OK;
}

/* The generic space, degrees, or both (Q36). */
static void
fill_positions (struct soap *soap, struct tt__PTZSpaces *made)
{
  const gboolean has_both = is_so (soap, CG_SIM_FAULT_Q36, "degrees");
  struct tt__Space2DDescription *spaces = soap_malloc (soap, 2 * sizeof *spaces);

  fill_2d (soap, &spaces[0], CG_SIM_PAN_TILT_POSITION, whole, whole);
  if (has_both || is_so (soap, CG_SIM_FAULT_Q36, "degrees-only"))
    fill_2d (soap, &spaces[has_both ? 1 : 0], CG_SIM_PAN_TILT_DEGREES, pan_degrees, tilt_degrees);
  made->__sizeAbsolutePanTiltPositionSpace = has_both ? 2 : 1;
  made->AbsolutePanTiltPositionSpace = spaces;
}

static void
fill_pan_tilt_spaces (struct soap *soap, struct tt__PTZSpaces *made)
{
  const CgSimCall *call = soap->user;
  const Range range = get_move_range (soap);

  if (!cg_sim_driving_has_pan_tilt (call->state))
    return;
  fill_positions (soap, made);
  if (cg_sim_driving_has_relative (call->state)) {
    made->__sizeRelativePanTiltTranslationSpace = 1;
    made->RelativePanTiltTranslationSpace = make_2d (soap, CG_SIM_PAN_TILT_TRANSLATION, range);
  }
  if (cg_sim_driving_has_continuous (call->state)) {
    made->__sizeContinuousPanTiltVelocitySpace = 1;
    made->ContinuousPanTiltVelocitySpace = make_2d (soap, CG_SIM_PAN_TILT_VELOCITY, range);
  }
}

static void
fill_zoom_spaces (struct soap *soap, struct tt__PTZSpaces *made)
{
  const CgSimCall *call = soap->user;
  const Range range = get_move_range (soap);

  if (!cg_sim_driving_has_zoom (call->state))
    return;
  made->__sizeAbsoluteZoomPositionSpace = 1;
  made->AbsoluteZoomPositionSpace = make_1d (soap, CG_SIM_ZOOM_POSITION, half);
  if (cg_sim_driving_has_relative (call->state)) {
    made->__sizeRelativeZoomTranslationSpace = 1;
    made->RelativeZoomTranslationSpace = make_1d (soap, CG_SIM_ZOOM_TRANSLATION, range);
  }
  if (cg_sim_driving_has_continuous (call->state)) {
    made->__sizeContinuousZoomVelocitySpace = 1;
    made->ContinuousZoomVelocitySpace = make_1d (soap, CG_SIM_ZOOM_VELOCITY, range);
  }
}

int
__tptz__GetNodes (struct soap *soap,
                  struct _tptz__GetNodes *request,
                  struct _tptz__GetNodesResponse *response)
{
  const CgSimCall *call = soap->user;
  struct tt__PTZNode *made = soap_malloc (soap, sizeof *made);

  cg_sim_soap_record (soap, "GetNodes", NULL);
  soap_default_tt__PTZNode (soap, made);
  made->Name = soap_strdup (soap, "Dome");
  made->token = soap_strdup (soap, CG_SIM_PTZ_NODE);
  made->SupportedPTZSpaces = soap_malloc (soap, sizeof *made->SupportedPTZSpaces);
  soap_default_tt__PTZSpaces (soap, made->SupportedPTZSpaces);
  fill_pan_tilt_spaces (soap, made->SupportedPTZSpaces);
  fill_zoom_spaces (soap, made->SupportedPTZSpaces);
  made->MaximumNumberOfPresets = (int)call->state->options.max_presets;
  made->HomeSupported = soap_strdup (soap, "false");
  response->__sizePTZNode = 1;
  response->PTZNode = made;
  return SOAP_OK;
}
