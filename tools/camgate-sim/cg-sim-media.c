/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The media service (ver10/media). */
#include "cg-sim-soap.h"

#include "onvifH.h"

#define SESSION_TIMEOUT "PT60S"

static struct tt__VideoSourceConfiguration *
make_source (struct soap *soap, const CgSimProfile *profile)
{
  struct tt__VideoSourceConfiguration *made = soap_malloc (soap, sizeof *made);

  soap_default_tt__VideoSourceConfiguration (soap, made);
  made->Name = soap_strdup (soap, "Source");
  made->UseCount = CG_SIM_N_PROFILES;
  made->token = soap_strdup (soap, "source0");
  made->SourceToken = soap_strdup (soap, "video0");
  made->Bounds = soap_malloc (soap, sizeof *made->Bounds);
  soap_default_tt__IntRectangle (soap, made->Bounds);
  made->Bounds->width = (int)profile->width;
  made->Bounds->height = (int)profile->height;
  return made;
}

static struct tt__VideoEncoderConfiguration *
make_video (struct soap *soap, const CgSimCall *call, const CgSimProfile *profile)
{
  const gboolean is_h264 = call->state->options.codec == CG_SIM_CODEC_H264;
  struct tt__VideoEncoderConfiguration *made = soap_malloc (soap, sizeof *made);

  soap_default_tt__VideoEncoderConfiguration (soap, made);
  made->Name = soap_strdup (soap, profile->name);
  made->UseCount = 1;
  made->token = soap_strdup (soap, profile->token);
  made->Encoding = soap_strdup (soap, is_h264 ? "H264" : "H265");
  made->Resolution = soap_malloc (soap, sizeof *made->Resolution);
  made->Resolution->Width = (int)profile->width;
  made->Resolution->Height = (int)profile->height;
  made->Quality = 4;
  made->RateControl = soap_malloc (soap, sizeof *made->RateControl);
  made->RateControl->FrameRateLimit = (float)profile->fps;
  made->RateControl->EncodingInterval = 1;
  made->RateControl->BitrateLimit = (float)profile->limit_kbps;
  if (is_h264) {
    made->H264 = soap_malloc (soap, sizeof *made->H264);
    made->H264->GovLength = (int)profile->gop;
    made->H264->H264Profile = soap_strdup (soap, "Baseline");
  }
  made->SessionTimeout = soap_strdup (soap, SESSION_TIMEOUT);
  return made;
}

static struct tt__AudioEncoderConfiguration *
make_audio (struct soap *soap, const CgSimCall *call)
{
  const gboolean is_aac = call->state->options.audio == CG_SIM_AUDIO_AAC;
  struct tt__AudioEncoderConfiguration *made;

  if (call->state->options.audio == CG_SIM_AUDIO_NONE)
    return NULL;
  made = soap_malloc (soap, sizeof *made);
  soap_default_tt__AudioEncoderConfiguration (soap, made);
  made->Name = soap_strdup (soap, "Audio");
  made->UseCount = CG_SIM_N_PROFILES;
  made->token = soap_strdup (soap, "audio0");
  made->Encoding = soap_strdup (soap, is_aac ? "AAC" : "G711");
  made->Bitrate = 64;
  made->SampleRate = is_aac ? 16 : 8;
  made->SessionTimeout = soap_strdup (soap, SESSION_TIMEOUT);
  return made;
}

int
__trt__GetProfiles (struct soap *soap,
                    struct _trt__GetProfiles *request,
                    struct _trt__GetProfilesResponse *response)
{
  const CgSimCall *call = soap->user;

  cg_sim_soap_record (soap, "GetProfiles", NULL);
  response->__sizeProfiles = CG_SIM_N_PROFILES;
  response->Profiles = soap_malloc (soap, sizeof (struct tt__Profile) * CG_SIM_N_PROFILES);
  for (gsize i = 0; i < CG_SIM_N_PROFILES; i++) {
    const CgSimProfile *profile = &call->state->profiles[i];
    struct tt__Profile *made = &response->Profiles[i];

    soap_default_tt__Profile (soap, made);
    made->Name = soap_strdup (soap, profile->name);
    made->token = soap_strdup (soap, profile->token);
    made->VideoSourceConfiguration = make_source (soap, &call->state->profiles[0]);
    made->VideoEncoderConfiguration = make_video (soap, call, profile);
    made->AudioEncoderConfiguration = make_audio (soap, call);
    if (cg_sim_soap_has_ptz (soap, profile))
      made->PTZConfiguration = cg_sim_soap_make_ptz_configuration (soap);
  }
  return SOAP_OK;
}

static gboolean
is_known_setup (const struct tt__StreamSetup *setup)
{
  const char *const protocols[] = {"UDP", "TCP", "RTSP", "HTTP", NULL};

  return g_strcmp0 (setup->Stream, "RTP-Unicast") == 0 && setup->Transport != NULL &&
         setup->Transport->Protocol != NULL &&
         g_strv_contains (protocols, setup->Transport->Protocol);
}

int
__trt__GetStreamUri (struct soap *soap,
                     struct _trt__GetStreamUri *request,
                     struct _trt__GetStreamUriResponse *response)
{
  const CgSimCall *call = soap->user;
  const struct tt__StreamSetup *setup = request->StreamSetup;
  const CgSimProfile *profile;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "profile", request->ProfileToken);
  json_object_set_string_member (args, "stream", setup != NULL ? setup->Stream : NULL);
  json_object_set_string_member (
      args, "protocol",
      setup != NULL && setup->Transport != NULL ? setup->Transport->Protocol : NULL);
  cg_sim_soap_record (soap, "GetStreamUri", args);
  if ((profile = cg_sim_soap_find_profile (soap, request->ProfileToken)) == NULL)
    return SOAP_FAULT;
  if (setup == NULL || !is_known_setup (setup))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_STREAM_SETUP,
                              "Stream or Transport is missing or not supported");

  g_autofree char *url = cg_sim_state_make_url (call->state, "rtsp", call->host,
                                                call->state->rtsp_port, profile->path);
  response->MediaUri = soap_malloc (soap, sizeof *response->MediaUri);
  response->MediaUri->Uri = soap_strdup (soap, url);
  response->MediaUri->InvalidAfterConnect = soap_strdup (soap, "false");
  response->MediaUri->InvalidAfterReboot = soap_strdup (soap, "false");
  response->MediaUri->Timeout = soap_strdup (soap, "PT0S");
  return SOAP_OK;
}

int
__trt__SetSynchronizationPoint (struct soap *soap,
                                struct _trt__SetSynchronizationPoint *request,
                                struct _trt__SetSynchronizationPointResponse *response)
{
  const CgSimCall *call = soap->user;
  const CgSimProfile *profile;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "profile", request->ProfileToken);
  cg_sim_soap_record (soap, "SetSynchronizationPoint", args);
  if ((profile = cg_sim_soap_find_profile (soap, request->ProfileToken)) == NULL)
    return SOAP_FAULT;
  cg_sim_rtsp_request_key_frame (call->rtsp, (guint)(profile - call->state->profiles));
  return SOAP_OK;
}
