/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The presets of the PTZ service (ver20/ptz). */
#include "cg-sim-soap.h"

#include "onvifH.h"

static int
answer_result (struct soap *soap, CgSimPtzResult result)
{
  switch (result) {
  case CG_SIM_PTZ_DONE:
    break;
  case CG_SIM_PTZ_NO_TOKEN:
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_NO_TOKEN, "The preset token does not exist");
  case CG_SIM_PTZ_TOO_MANY_PRESETS:
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_TOO_MANY_PRESETS,
                              "Maximum number of presets reached");
  }
  return SOAP_OK;
}

static struct tt__PTZVector *
make_place (struct soap *soap, const CgSimPreset *preset)
{
  struct tt__PTZVector *made = soap_malloc (soap, sizeof *made);

  made->PanTilt = soap_malloc (soap, sizeof *made->PanTilt);
  *made->PanTilt = (struct tt__Vector2D){.x = (float)preset->pan, .y = (float)preset->tilt};
  made->Zoom = soap_malloc (soap, sizeof *made->Zoom);
  *made->Zoom = (struct tt__Vector1D){.x = (float)preset->zoom};
  return made;
}

int
__tptz__GetPresets (struct soap *soap,
                    struct _tptz__GetPresets *request,
                    struct _tptz__GetPresetsResponse *response)
{
  const CgSimCall *call = soap->user;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "profile", request->ProfileToken);
  cg_sim_soap_record (soap, "GetPresets", args);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken))
    return SOAP_FAULT;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&call->state->lock);
  const GPtrArray *presets = cg_sim_ptz_get_presets (call->state->ptz);

  response->__sizePreset = (int)presets->len;
  response->Preset = soap_malloc (soap, sizeof (struct tt__PTZPreset) * MAX (presets->len, 1));
  for (guint i = 0; i < presets->len; i++) {
    const CgSimPreset *preset = g_ptr_array_index (presets, i);
    struct tt__PTZPreset *made = &response->Preset[i];

    made->token = soap_strdup (soap, preset->token);
    made->Name = soap_strdup (soap, preset->name);
    made->PTZPosition = make_place (soap, preset);
  }
  return SOAP_OK;
}

int
__tptz__SetPreset (struct soap *soap,
                   struct _tptz__SetPreset *request,
                   struct _tptz__SetPresetResponse *response)
{
  const CgSimCall *call = soap->user;
  const CgSimPreset *preset;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "token", request->PresetToken);
  json_object_set_string_member (args, "name", request->PresetName);
  cg_sim_soap_record (soap, "SetPreset", args);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken))
    return SOAP_FAULT;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&call->state->lock);
  const CgSimPtzResult result =
      cg_sim_ptz_set_preset (call->state->ptz, g_get_monotonic_time () / 1000, request->PresetToken,
                             request->PresetName, &preset);

  if (result == CG_SIM_PTZ_DONE)
    response->PresetToken = soap_strdup (soap, preset->token);
  return answer_result (soap, result);
}

int
__tptz__GotoPreset (struct soap *soap,
                    struct _tptz__GotoPreset *request,
                    struct _tptz__GotoPresetResponse *response)
{
  const CgSimCall *call = soap->user;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "token", request->PresetToken);
  cg_sim_soap_record (soap, "GotoPreset", args);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken))
    return SOAP_FAULT;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&call->state->lock);
  return answer_result (soap,
                        cg_sim_ptz_goto_preset (call->state->ptz, g_get_monotonic_time () / 1000,
                                                request->PresetToken));
}

int
__tptz__RemovePreset (struct soap *soap,
                      struct _tptz__RemovePreset *request,
                      struct _tptz__RemovePresetResponse *response)
{
  const CgSimCall *call = soap->user;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "token", request->PresetToken);
  cg_sim_soap_record (soap, "RemovePreset", args);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken))
    return SOAP_FAULT;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&call->state->lock);
  return answer_result (soap, cg_sim_ptz_remove_preset (call->state->ptz, request->PresetToken));
}
