/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PTZ service (ver20/ptz). */
#include "cg-sim-soap.h"

#include <math.h>

#include "cg-sim-duration.h"
#include "onvifH.h"

#define SPACES "http://www.onvif.org/ver10/tptz/"
#define PAN_TILT_VELOCITY SPACES "PanTiltSpaces/VelocityGenericSpace"
#define PAN_TILT_TRANSLATION SPACES "PanTiltSpaces/TranslationGenericSpace"
#define PAN_TILT_POSITION SPACES "PanTiltSpaces/PositionGenericSpace"
#define ZOOM_VELOCITY SPACES "ZoomSpaces/VelocityGenericSpace"
#define ZOOM_TRANSLATION SPACES "ZoomSpaces/TranslationGenericSpace"
#define ZOOM_POSITION SPACES "ZoomSpaces/PositionGenericSpace"

/* What a move without Timeout gets (PTZConfiguration/DefaultPTZTimeout), and the longest taken. */
#define DEFAULT_TIMEOUT_MS 10000
#define DEFAULT_TIMEOUT "PT10S"
#define MAX_TIMEOUT_MS 60000
/* Q36: as a real one did. */
#define SLOW_STATUS_MS 30000
/* Velocities travel as 32 bit floats. */
#define TOLERANCE 1e-6

static gint64
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

/* 0.66 went over the wire as a float and is to be read as 0.66. */
static double
tidy (float value)
{
  return round ((double)value * 1e6) / 1e6;
}

static struct tt__FloatRange *
make_range (struct soap *soap, float low, float high)
{
  struct tt__FloatRange *made = soap_malloc (soap, sizeof *made);

  made->Min = low;
  made->Max = high;
  return made;
}

static struct tt__Space2DDescription *
make_space_2d (struct soap *soap, const char *uri)
{
  struct tt__Space2DDescription *made = soap_malloc (soap, sizeof *made);

  made->URI = soap_strdup (soap, uri);
  made->XRange = make_range (soap, -1, 1);
  made->YRange = make_range (soap, -1, 1);
  return made;
}

static struct tt__Space1DDescription *
make_space_1d (struct soap *soap, const char *uri, float low)
{
  struct tt__Space1DDescription *made = soap_malloc (soap, sizeof *made);

  made->URI = soap_strdup (soap, uri);
  made->XRange = make_range (soap, low, 1);
  return made;
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
  made->DefaultRelativePanTiltTranslationSpace = soap_strdup (soap, PAN_TILT_TRANSLATION);
  made->DefaultRelativeZoomTranslationSpace = soap_strdup (soap, ZOOM_TRANSLATION);
  made->DefaultContinuousPanTiltVelocitySpace = soap_strdup (soap, PAN_TILT_VELOCITY);
  made->DefaultContinuousZoomVelocitySpace = soap_strdup (soap, ZOOM_VELOCITY);
  made->DefaultPTZTimeout = soap_strdup (soap, DEFAULT_TIMEOUT);
  made->PanTiltLimits = soap_malloc (soap, sizeof *made->PanTiltLimits);
  made->PanTiltLimits->Range = make_space_2d (soap, PAN_TILT_POSITION);
  made->ZoomLimits = soap_malloc (soap, sizeof *made->ZoomLimits);
  made->ZoomLimits->Range = make_space_1d (soap, ZOOM_POSITION, 0);
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

static struct tt__PTZSpaces *
make_spaces (struct soap *soap)
{
  struct tt__PTZSpaces *made = soap_malloc (soap, sizeof *made);

  made->__sizeAbsolutePanTiltPositionSpace = 1;
  made->AbsolutePanTiltPositionSpace = make_space_2d (soap, PAN_TILT_POSITION);
  made->__sizeAbsoluteZoomPositionSpace = 1;
  made->AbsoluteZoomPositionSpace = make_space_1d (soap, ZOOM_POSITION, 0);
  made->__sizeRelativePanTiltTranslationSpace = 1;
  made->RelativePanTiltTranslationSpace = make_space_2d (soap, PAN_TILT_TRANSLATION);
  made->__sizeRelativeZoomTranslationSpace = 1;
  made->RelativeZoomTranslationSpace = make_space_1d (soap, ZOOM_TRANSLATION, -1);
  made->__sizeContinuousPanTiltVelocitySpace = 1;
  made->ContinuousPanTiltVelocitySpace = make_space_2d (soap, PAN_TILT_VELOCITY);
  made->__sizeContinuousZoomVelocitySpace = 1;
  made->ContinuousZoomVelocitySpace = make_space_1d (soap, ZOOM_VELOCITY, -1);
  return made;
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
  made->SupportedPTZSpaces = make_spaces (soap);
  made->MaximumNumberOfPresets = (int)call->state->options.max_presets;
  made->HomeSupported = soap_strdup (soap, "false");
  response->__sizePTZNode = 1;
  response->PTZNode = made;
  return SOAP_OK;
}

static struct tt__PTZVector *
make_position (struct soap *soap, double pan, double tilt, double zoom)
{
  struct tt__PTZVector *made = soap_malloc (soap, sizeof *made);

  made->PanTilt = soap_malloc (soap, sizeof *made->PanTilt);
  made->PanTilt->x = (float)pan;
  made->PanTilt->y = (float)tilt;
  made->PanTilt->space = soap_strdup (soap, PAN_TILT_POSITION);
  made->Zoom = soap_malloc (soap, sizeof *made->Zoom);
  made->Zoom->x = (float)zoom;
  made->Zoom->space = soap_strdup (soap, ZOOM_POSITION);
  return made;
}

static struct tt__PTZMoveStatus *
make_move_status (struct soap *soap, const CgSimPosition *position)
{
  const CgSimCall *call = soap->user;
  CgSimFaults *faults = call->state->faults;
  const gboolean always = cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q36, "moving");
  const gboolean never = cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q36, "idle");
  const gboolean pan_tilt = always || (position->moving_pan_tilt && !never);
  const gboolean zoom = always || (position->moving_zoom && !never);

  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q36, "absent"))
    return NULL;
  struct tt__PTZMoveStatus *made = soap_malloc (soap, sizeof *made);
  made->PanTilt = soap_strdup (soap, pan_tilt ? "MOVING" : "IDLE");
  made->Zoom = soap_strdup (soap, zoom ? "MOVING" : "IDLE");
  return made;
}

static JsonObject *
profile_args (const char *token)
{
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "profile", token);
  return args;
}

int
__tptz__GetStatus (struct soap *soap,
                   struct _tptz__GetStatus *request,
                   struct _tptz__GetStatusResponse *response)
{
  CgSimCall *call = soap->user;
  CgSimPosition position;

  cg_sim_soap_record (soap, "GetStatus", profile_args (request->ProfileToken));
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken))
    return SOAP_FAULT;

  g_autoptr (GDateTime) time =
      g_date_time_new_from_unix_utc (cg_sim_state_get_time_ms (call->state) / 1000);
  g_autofree char *time_text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  struct tt__PTZStatus *made = soap_malloc (soap, sizeof *made);

  cg_sim_state_read_position (call->state, &position);
  made->Position = make_position (soap, position.pan, position.tilt, position.zoom);
  made->MoveStatus = make_move_status (soap, &position);
  made->Error = NULL;
  made->UtcTime = soap_strdup (soap, time_text);
  response->PTZStatus = made;
  if (cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q36, "slow"))
    call->delay_ms = SLOW_STATUS_MS;
  return SOAP_OK;
}

static gboolean
is_space (const char *space, const char *known)
{
  return space == NULL || g_str_equal (space, known);
}

static gboolean
is_in_range (double value)
{
  return fabs (value) <= 1 + TOLERANCE; /* false for what is no number */
}

static void
read_vector (const struct tt__Vector2D *pan_tilt, const struct tt__Vector1D *zoom, CgSimVector *to)
{
  *to = (CgSimVector){.has_pan_tilt = pan_tilt != NULL, .has_zoom = zoom != NULL};
  if (pan_tilt != NULL) {
    to->pan = tidy (pan_tilt->x);
    to->tilt = tidy (pan_tilt->y);
  }
  if (zoom != NULL)
    to->zoom = tidy (zoom->x);
}

static JsonObject *
vector_args (const CgSimVector *vector)
{
  JsonObject *args = json_object_new ();

  if (vector->has_pan_tilt) {
    json_object_set_double_member (args, "pan", vector->pan);
    json_object_set_double_member (args, "tilt", vector->tilt);
  } else {
    json_object_set_null_member (args, "pan");
    json_object_set_null_member (args, "tilt");
  }
  if (vector->has_zoom)
    json_object_set_double_member (args, "zoom", vector->zoom);
  else
    json_object_set_null_member (args, "zoom");
  return args;
}

static gboolean
is_vector_in_range (const CgSimVector *vector)
{
  return is_in_range (vector->pan) && is_in_range (vector->tilt) && is_in_range (vector->zoom) &&
         (vector->has_pan_tilt || vector->has_zoom);
}

static gboolean
read_timeout (struct soap *soap, const char *text, gint64 *timeout_ms)
{
  *timeout_ms = DEFAULT_TIMEOUT_MS;
  if (text == NULL)
    return TRUE;
  if (!cg_sim_duration_parse (text, timeout_ms)) {
    cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_ARGUMENT, "Timeout is no duration");
    return FALSE;
  }
  if (*timeout_ms > 0 && *timeout_ms <= MAX_TIMEOUT_MS)
    return TRUE;
  cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_TIMEOUT_NOT_SUPPORTED,
                     "Timeout is not within the supported range");
  return FALSE;
}

static void
record_move (struct soap *soap, const CgSimVector *velocity, const char *timeout)
{
  JsonObject *args = vector_args (velocity);
  gint64 timeout_ms;

  if (timeout != NULL && cg_sim_duration_parse (timeout, &timeout_ms))
    json_object_set_int_member (args, "timeout", timeout_ms);
  else
    json_object_set_null_member (args, "timeout");
  cg_sim_soap_record (soap, "ContinuousMove", args);
}

/* Q33: what another camera would just pass over. */
static gboolean
is_move_taken (struct soap *soap, const CgSimVector *velocity, const char *timeout)
{
  const CgSimCall *call = soap->user;
  CgSimFaults *faults = call->state->faults;

  if (timeout != NULL && cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q33, "timeout"))
    cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_TIMEOUT_NOT_SUPPORTED, "No Timeout here");
  else if (velocity->has_zoom && cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q33, "zoom"))
    cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_SPACE_NOT_SUPPORTED, "No zoom here");
  else
    return TRUE;
  return FALSE;
}

int
__tptz__ContinuousMove (struct soap *soap,
                        struct _tptz__ContinuousMove *request,
                        struct _tptz__ContinuousMoveResponse *response)
{
  const CgSimCall *call = soap->user;
  const struct tt__PTZSpeed *speed = request->Velocity;
  CgSimFaults *faults = call->state->faults;
  CgSimVector velocity;
  gint64 timeout_ms;

  read_vector (speed ? speed->PanTilt : NULL, speed ? speed->Zoom : NULL, &velocity);
  record_move (soap, &velocity, request->Timeout);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken) ||
      !read_timeout (soap, request->Timeout, &timeout_ms) ||
      !is_move_taken (soap, &velocity, request->Timeout))
    return SOAP_FAULT;
  if ((velocity.has_pan_tilt && !is_space (speed->PanTilt->space, PAN_TILT_VELOCITY)) ||
      (velocity.has_zoom && !is_space (speed->Zoom->space, ZOOM_VELOCITY)))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_SPACE_NOT_SUPPORTED, "Unknown space");
  if (!is_vector_in_range (&velocity))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_VELOCITY,
                              "The velocity is missing or out of bounds");

  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q1, "timeout") ||
      cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q1, "both"))
    timeout_ms = 0;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&call->state->lock);
  cg_sim_ptz_continuous (call->state->ptz, now_ms (), &velocity, timeout_ms);
  return SOAP_OK;
}

int
__tptz__RelativeMove (struct soap *soap,
                      struct _tptz__RelativeMove *request,
                      struct _tptz__RelativeMoveResponse *response)
{
  const CgSimCall *call = soap->user;
  const struct tt__PTZVector *way = request->Translation;
  CgSimVector translation;

  read_vector (way ? way->PanTilt : NULL, way ? way->Zoom : NULL, &translation);
  cg_sim_soap_record (soap, "RelativeMove", vector_args (&translation));
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken))
    return SOAP_FAULT;
  if ((translation.has_pan_tilt && !is_space (way->PanTilt->space, PAN_TILT_TRANSLATION)) ||
      (translation.has_zoom && !is_space (way->Zoom->space, ZOOM_TRANSLATION)))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_SPACE_NOT_SUPPORTED, "Unknown space");
  if (!is_vector_in_range (&translation))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_TRANSLATION,
                              "The translation is missing or out of bounds");

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&call->state->lock);
  cg_sim_ptz_relative (call->state->ptz, now_ms (), &translation);
  return SOAP_OK;
}

/* Q33: the same of a stop. */
static gboolean
is_stop_taken (struct soap *soap, const struct _tptz__Stop *request)
{
  const CgSimCall *call = soap->user;
  CgSimFaults *faults = call->state->faults;
  const gboolean is_bare = request->PanTilt == NULL && request->Zoom == NULL;

  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q33, "stop"))
    cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_UNKNOWN_ACTION, "No Stop here");
  else if (request->Zoom != NULL && cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q33, "zoom"))
    cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_ARGUMENT, "No zoom here");
  else if (!is_bare && cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q33, "axes"))
    cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_ARGUMENT, "No axes here");
  else
    return TRUE;
  return FALSE;
}

int
__tptz__Stop (struct soap *soap, struct _tptz__Stop *request, struct _tptz__StopResponse *response)
{
  const CgSimCall *call = soap->user;
  CgSimFaults *faults = call->state->faults;
  /* Neither named: both stop (PTZ Specification, Stop). */
  const gboolean is_bare = request->PanTilt == NULL && request->Zoom == NULL;
  const gboolean pan_tilt = is_bare || (request->PanTilt != NULL && *request->PanTilt == true_);
  const gboolean zoom = is_bare || (request->Zoom != NULL && *request->Zoom == true_);
  JsonObject *args = json_object_new ();

  json_object_set_boolean_member (args, "pan_tilt", pan_tilt);
  json_object_set_boolean_member (args, "zoom", zoom);
  cg_sim_soap_record (soap, "Stop", args);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken) ||
      !is_stop_taken (soap, request))
    return SOAP_FAULT;
  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q1, "stop") ||
      cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q1, "both"))
    return SOAP_OK;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&call->state->lock);
  cg_sim_ptz_stop (call->state->ptz, now_ms (), pan_tilt, zoom);
  return SOAP_OK;
}
