/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device service does beyond telling what it is: clock, restart, network, place, firmware;
 * and the encoder settings of media 1. */
#include <string.h>

#include "cg-sim-soap.h"
#include "onvifH.h"

#define DOWN_TIME "PT2S"

int
__tds__SetSystemDateAndTime (struct soap *soap,
                             struct _tds__SetSystemDateAndTime *request,
                             struct _tds__SetSystemDateAndTimeResponse *response)
{
  const CgSimCall *call = soap->user;
  const struct tt__DateTime *utc = request->UTCDateTime;
  JsonObject *args = json_object_new ();
  g_autoptr (GDateTime) time = NULL;

  json_object_set_string_member (args, "type", request->DateTimeType);
  json_object_set_string_member (args, "zone",
                                 request->TimeZone != NULL ? request->TimeZone->TZ : NULL);
  cg_sim_soap_record (soap, "SetSystemDateAndTime", args);
  if (utc != NULL && utc->Date != NULL && utc->Time != NULL)
    time = g_date_time_new_utc (utc->Date->Year, utc->Date->Month, utc->Date->Day, utc->Time->Hour,
                                utc->Time->Minute, utc->Time->Second);
  if (time == NULL)
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_ARGUMENT, "No valid date and time");
  if (!cg_sim_faults_is_on (call->state->faults, CG_SIM_FAULT_Q59))
    cg_sim_state_set_skew (call->state, (double)g_date_time_to_unix (time) -
                                            (double)g_get_real_time () / G_USEC_PER_SEC);
  return SOAP_OK;
}

int
__tds__SystemReboot (struct soap *soap,
                     struct _tds__SystemReboot *request,
                     struct _tds__SystemRebootResponse *response)
{
  const CgSimCall *call = soap->user;

  cg_sim_soap_record (soap, "SystemReboot", NULL);
  cg_sim_state_reboot (call->state);
  response->Message = soap_strdup (soap, "Rebooting");
  return SOAP_OK;
}

int
__tds__GetNetworkInterfaces (struct soap *soap,
                             struct _tds__GetNetworkInterfaces *request,
                             struct _tds__GetNetworkInterfacesResponse *response)
{
  const CgSimCall *call = soap->user;
  const char *serial = call->state->serial;
  g_autofree char *mac = g_strdup_printf ("02:%.2s:%.2s:%.2s:%.2s:%.2s", serial, serial + 2,
                                          serial + 4, serial + 6, serial + 8);
  struct tt__NetworkInterface *made = soap_malloc (soap, sizeof *made);

  cg_sim_soap_record (soap, "GetNetworkInterfaces", NULL);
  made->token = soap_strdup (soap, "eth0");
  made->Enabled = soap_strdup (soap, "true");
  made->Info = soap_malloc (soap, sizeof *made->Info);
  made->Info->Name = soap_strdup (soap, "eth0");
  made->Info->HwAddress = soap_strdup (soap, mac);
  response->__sizeNetworkInterfaces = 1;
  response->NetworkInterfaces = made;
  return SOAP_OK;
}

int
__tds__StartFirmwareUpgrade (struct soap *soap,
                             struct _tds__StartFirmwareUpgrade *request,
                             struct _tds__StartFirmwareUpgradeResponse *response)
{
  cg_sim_soap_record (soap, "StartFirmwareUpgrade", NULL);
  response->UploadUri = cg_sim_soap_service_url (soap, CG_SIM_FIRMWARE_PATH);
  response->UploadDelay = soap_strdup (soap, "PT0S");
  response->ExpectedDownTime = soap_strdup (soap, DOWN_TIME);
  return SOAP_OK;
}

int
__tds__GetGeoLocation (struct soap *soap,
                       struct _tds__GetGeoLocation *request,
                       struct _tds__GetGeoLocationResponse *response)
{
  struct tt__LocationEntity *made = soap_malloc (soap, sizeof *made);

  cg_sim_soap_record (soap, "GetGeoLocation", NULL);
  made->Entity = soap_strdup (soap, "Device");
  made->GeoLocation = soap_malloc (soap, sizeof *made->GeoLocation);
  made->GeoLocation->lat = soap_strdup (soap, "59.3251");
  made->GeoLocation->lon = soap_strdup (soap, "18.0711");
  made->GeoLocation->elevation = soap_strdup (soap, "28.5");
  response->__sizeLocation = 1;
  response->Location = made;
  return SOAP_OK;
}

/**
 * cg_sim_soap_apply_encoder:
 * @soap: in a service function
 * @stream: whose configuration
 * @made: (inout): what is told of it: with what was written to it since, if anything was
 */
void
cg_sim_soap_apply_encoder (struct soap *soap,
                           guint stream,
                           struct tt__VideoEncoderConfiguration *made)
{
  const CgSimCall *call = soap->user;
  const CgSimEncoder *encoder = &call->state->encoders[stream];

  if (!encoder->is_written)
    return;
  made->Resolution->Width = encoder->width;
  made->Resolution->Height = encoder->height;
  made->RateControl->FrameRateLimit = encoder->fps;
  made->RateControl->BitrateLimit = encoder->bitrate_kbps;
  if (made->H264 != NULL)
    made->H264->GovLength = encoder->gop;
}

static const CgSimProfile *
find_encoder (struct soap *soap, const char *token)
{
  const CgSimCall *call = soap->user;

  for (guint i = 0; i < CG_SIM_N_PROFILES; i++) {
    if (g_strcmp0 (call->state->profiles[i].token, token) == 0)
      return &call->state->profiles[i];
  }
  cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_NO_CONFIG, "The configuration does not exist");
  return NULL;
}

int
__trt__GetVideoEncoderConfiguration (struct soap *soap,
                                     struct _trt__GetVideoEncoderConfiguration *request,
                                     struct _trt__GetVideoEncoderConfigurationResponse *response)
{
  const CgSimProfile *profile = find_encoder (soap, request->ConfigurationToken);

  cg_sim_soap_record (soap, "GetVideoEncoderConfiguration", NULL);
  if (profile == NULL)
    return SOAP_FAULT;
  response->Configuration = cg_sim_soap_make_encoder (soap, profile);
  return SOAP_OK;
}

int
__trt__SetVideoEncoderConfiguration (struct soap *soap,
                                     struct _trt__SetVideoEncoderConfiguration *request,
                                     struct _trt__SetVideoEncoderConfigurationResponse *response)
{
  CgSimCall *call = soap->user;
  const struct tt__VideoEncoderConfiguration *wanted = request->Configuration;
  const CgSimProfile *profile = find_encoder (soap, wanted != NULL ? wanted->token : NULL);

  cg_sim_soap_record (soap, "SetVideoEncoderConfiguration", NULL);
  if (profile == NULL)
    return SOAP_FAULT;
  if (wanted->Resolution == NULL || wanted->RateControl == NULL || wanted->Multicast == NULL)
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_ARGUMENT,
                              "Resolution, RateControl or Multicast is missing");
  if (cg_sim_faults_is_on (call->state->faults, CG_SIM_FAULT_Q59))
    return SOAP_OK;
  call->state->encoders[profile->stream] = (CgSimEncoder){
      .is_written = TRUE,
      .width = wanted->Resolution->Width,
      .height = wanted->Resolution->Height,
      .fps = wanted->RateControl->FrameRateLimit,
      .bitrate_kbps = wanted->RateControl->BitrateLimit,
      .gop = wanted->H264 != NULL ? wanted->H264->GovLength : 0,
  };
  return SOAP_OK;
}
