/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PTZ service (ver20/ptz). */
#include "cg-sim-soap.h"

#include <math.h>

#include "cg-sim-driving.h"
#include "cg-sim-duration.h"
#include "cg-sim-ptz-spaces.h"
#include "onvifH.h"

/* What a move without Timeout gets, and the longest taken. */
#define DEFAULT_TIMEOUT_MS 10000
#define MAX_TIMEOUT_MS 60000
/* Velocities travel as 32 bit floats. */
#define TOLERANCE 1e-6

/* 0.66 went over the wire as a float and is to be read as 0.66. */
static double
tidy (float value)
{
  return round ((double)value * 1e6) / 1e6;
}

/**
 * cg_sim_soap_make_place:
 * @soap: in a service function
 * @told: what is told of it
 *
 * Returns: (transfer none) (nullable): the same for an answer; %NULL if there is nothing
 */
struct tt__PTZVector *
cg_sim_soap_make_place (struct soap *soap, const CgSimTold *told)
{
  struct tt__PTZVector *made = soap_malloc (soap, sizeof *made);

  if (!told->has_pan_tilt && !told->has_zoom)
    return NULL;
  soap_default_tt__PTZVector (soap, made);
  if (told->has_pan_tilt) {
    made->PanTilt = soap_malloc (soap, sizeof *made->PanTilt);
    made->PanTilt->x = (float)told->pan;
    made->PanTilt->y = (float)told->tilt;
    made->PanTilt->space =
        soap_strdup (soap, told->in_degrees ? CG_SIM_PAN_TILT_DEGREES : CG_SIM_PAN_TILT_POSITION);
  }
  if (told->has_zoom) {
    made->Zoom = soap_malloc (soap, sizeof *made->Zoom);
    made->Zoom->x = (float)told->zoom;
    made->Zoom->space = soap_strdup (soap, CG_SIM_ZOOM_POSITION);
  }
  return made;
}

static struct tt__PTZMoveStatus *
make_move_status (struct soap *soap, const CgSimTold *told)
{
  struct tt__PTZMoveStatus *made = soap_malloc (soap, sizeof *made);

  if (!told->has_move_status)
    return NULL;
  made->PanTilt = soap_strdup (soap, told->moving_pan_tilt ? "MOVING" : "IDLE");
  made->Zoom = soap_strdup (soap, told->moving_zoom ? "MOVING" : "IDLE");
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
  CgSimFaults *faults = call->state->faults;
  CgSimTold told;

  cg_sim_soap_record (soap, "GetStatus", profile_args (request->ProfileToken));
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken))
    return SOAP_FAULT;
  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q36, "fails"))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_UNKNOWN_ACTION, "No GetStatus here");

  g_autoptr (GDateTime) time =
      g_date_time_new_from_unix_utc (cg_sim_state_get_time_ms (call->state) / 1000);
  g_autofree char *time_text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  struct tt__PTZStatus *made = soap_malloc (soap, sizeof *made);

  cg_sim_driving_tell (call->state, &told);
  made->Position = cg_sim_soap_make_place (soap, &told);
  made->MoveStatus = make_move_status (soap, &told);
  made->Error = NULL;
  made->UtcTime = soap_strdup (soap, time_text);
  response->PTZStatus = made;
  call->delay_ms += (gint64)cg_sim_faults_get_word_number (faults, CG_SIM_FAULT_Q36, "slow");
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

/* What moves an axis that it lacks, or in a way that it lacks (Q33). */
static gboolean
is_possible (struct soap *soap, const CgSimVector *vector, gboolean is_known)
{
  const CgSimCall *call = soap->user;

  if (!is_known)
    cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_UNKNOWN_ACTION, "This node does not move so");
  else if ((vector->has_pan_tilt && !cg_sim_driving_has_pan_tilt (call->state)) ||
           (vector->has_zoom && !cg_sim_driving_has_zoom (call->state)))
    cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_SPACE_NOT_SUPPORTED, "No such axis here");
  else
    return TRUE;
  return FALSE;
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
  CgSimVector velocity;
  gint64 timeout_ms;

  read_vector (speed ? speed->PanTilt : NULL, speed ? speed->Zoom : NULL, &velocity);
  record_move (soap, &velocity, request->Timeout);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken) ||
      !is_possible (soap, &velocity, cg_sim_driving_has_continuous (call->state)) ||
      !read_timeout (soap, request->Timeout, &timeout_ms) ||
      !is_move_taken (soap, &velocity, request->Timeout))
    return SOAP_FAULT;
  if ((velocity.has_pan_tilt && !is_space (speed->PanTilt->space, CG_SIM_PAN_TILT_VELOCITY)) ||
      (velocity.has_zoom && !is_space (speed->Zoom->space, CG_SIM_ZOOM_VELOCITY)))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_SPACE_NOT_SUPPORTED, "Unknown space");
  if (!is_vector_in_range (&velocity))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_VELOCITY,
                              "The velocity is missing or out of bounds");

  cg_sim_driving_continuous (call->state, &velocity, timeout_ms);
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
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken) ||
      !is_possible (soap, &translation, cg_sim_driving_has_relative (call->state)))
    return SOAP_FAULT;
  if ((translation.has_pan_tilt && !is_space (way->PanTilt->space, CG_SIM_PAN_TILT_TRANSLATION)) ||
      (translation.has_zoom && !is_space (way->Zoom->space, CG_SIM_ZOOM_TRANSLATION)))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_SPACE_NOT_SUPPORTED, "Unknown space");
  if (!is_vector_in_range (&translation))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_TRANSLATION,
                              "The translation is missing or out of bounds");

  cg_sim_driving_relative (call->state, &translation);
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
  CgSimCall *call = soap->user;
  /* Neither named: both stop (PTZ Specification, Stop). */
  const gboolean is_bare = request->PanTilt == NULL && request->Zoom == NULL;
  const gboolean pan_tilt = is_bare || (request->PanTilt != NULL && *request->PanTilt == true_);
  const gboolean zoom = is_bare || (request->Zoom != NULL && *request->Zoom == true_);
  JsonObject *args = json_object_new ();

  json_object_set_boolean_member (args, "pan_tilt", pan_tilt);
  json_object_set_boolean_member (args, "zoom", zoom);
  json_object_set_boolean_member (args, "bare", is_bare);
  cg_sim_soap_record (soap, "Stop", args);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken) ||
      !is_stop_taken (soap, request))
    return SOAP_FAULT;
  call->is_lost = !cg_sim_driving_stop (call->state, is_bare, pan_tilt, zoom);
  return SOAP_OK;
}
