/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The media 2 service (ver20/media), and the addresses that both media services give. */
#include "cg-sim-soap.h"

#include "onvifH.h"

/**
 * cg_sim_soap_stream_url:
 * @soap: in a service function
 * @profile: a profile
 *
 * Returns: (transfer none): its RTSP address, in the memory of @soap; wrong if told so (Q29)
 */
char *
cg_sim_soap_stream_url (struct soap *soap, const CgSimProfile *profile)
{
  const CgSimCall *call = soap->user;
  const guint16 port = call->state->rtsp_port;
  CgSimFaults *faults = call->state->faults;
  g_autofree char *url =
      cg_sim_state_make_url (call->state, "rtsp", call->host, port, profile->path);
  g_autofree char *wrong = NULL;

  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q29, "port80"))
    wrong = cg_sim_state_make_url (call->state, "rtsp", call->host, 80, profile->path);
  else if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q29, "loopback"))
    wrong = g_strdup_printf ("rtsp://127.0.1.1:%u%s", port, profile->path);
  else if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q29, "doubled"))
    wrong = g_strdup_printf ("rtsp://rtsp://127.0.0.1:%u:%u%s", port, port, profile->path);
  else if (cg_sim_faults_is_on (faults, CG_SIM_FAULT_Q29))
    wrong = g_strconcat (url, "?transportmode=unicast&profile=", profile->token, NULL);
  return soap_strdup (soap, wrong != NULL ? wrong : url);
}

/**
 * cg_sim_soap_snapshot_url:
 * @soap: in a service function
 *
 * Returns: (transfer none): where a picture would be, in the memory of @soap
 */
char *
cg_sim_soap_snapshot_url (struct soap *soap)
{
  return cg_sim_soap_service_url (soap, CG_SIM_SNAPSHOT_PATH);
}

static gboolean
is_wanted (const struct _tr2__GetProfiles *request, const char *type)
{
  for (int i = 0; i < request->__sizeType; i++) {
    if (g_strcmp0 (request->Type[i], type) == 0 || g_strcmp0 (request->Type[i], "All") == 0)
      return TRUE;
  }
  return FALSE;
}

static struct tt__VideoEncoder2Configuration *
make_video (struct soap *soap, const CgSimProfile *profile)
{
  struct tt__VideoEncoder2Configuration *made = soap_malloc (soap, sizeof *made);

  soap_default_tt__VideoEncoder2Configuration (soap, made);
  made->Name = soap_strdup (soap, profile->name);
  made->UseCount = 1;
  made->token = soap_strdup (soap, profile->token);
  made->Encoding = soap_strdup (soap, profile->codec == CG_SIM_CODEC_H264 ? "H264" : "H265");
  made->Resolution = soap_malloc (soap, sizeof *made->Resolution);
  made->Resolution->Width = (int)profile->width;
  made->Resolution->Height = (int)profile->height;
  made->RateControl = soap_malloc (soap, sizeof *made->RateControl);
  made->RateControl->FrameRateLimit = (float)profile->fps;
  made->RateControl->BitrateLimit = (float)profile->limit_kbps;
  made->Quality = 4;
  made->GovLength = soap_malloc (soap, sizeof *made->GovLength);
  *made->GovLength = (int)profile->gop;
  return made;
}

static struct tt__AudioEncoder2Configuration *
make_audio (struct soap *soap, const CgSimCall *call)
{
  const gboolean is_aac = call->state->options.audio == CG_SIM_AUDIO_AAC;
  struct tt__AudioEncoder2Configuration *made;

  if (call->state->options.audio == CG_SIM_AUDIO_NONE)
    return NULL;
  made = soap_malloc (soap, sizeof *made);
  soap_default_tt__AudioEncoder2Configuration (soap, made);
  made->Name = soap_strdup (soap, "Audio");
  made->UseCount = CG_SIM_N_PROFILES;
  made->token = soap_strdup (soap, "audio0");
  made->Encoding = soap_strdup (soap, is_aac ? "MP4A-LATM" : "PCMA");
  made->Bitrate = 64;
  made->SampleRate = is_aac ? 16 : 8;
  return made;
}

static struct tr2__ConfigurationSet *
make_configurations (struct soap *soap,
                     const struct _tr2__GetProfiles *request,
                     const CgSimProfile *profile)
{
  const CgSimCall *call = soap->user;
  struct tr2__ConfigurationSet *made = soap_malloc (soap, sizeof *made);

  soap_default_tr2__ConfigurationSet (soap, made);
  if (is_wanted (request, "VideoSource"))
    made->VideoSource = cg_sim_soap_make_source (soap, profile);
  if (is_wanted (request, "VideoEncoder"))
    made->VideoEncoder = make_video (soap, profile);
  if (is_wanted (request, "AudioEncoder"))
    made->AudioEncoder = make_audio (soap, call);
  if (is_wanted (request, "PTZ") && cg_sim_soap_has_ptz (soap, profile))
    made->PTZ = cg_sim_soap_make_ptz_configuration (soap);
  return made;
}

int
__tr2__GetProfiles (struct soap *soap,
                    struct _tr2__GetProfiles *request,
                    struct _tr2__GetProfilesResponse *response)
{
  const CgSimCall *call = soap->user;
  const guint count = cg_sim_state_count_profiles (call->state);

  cg_sim_soap_record (soap, "GetProfiles2", NULL);
  if (cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q28, "fails2"))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_UNKNOWN_ACTION, "Internal error");
  response->Profiles = soap_malloc (soap, sizeof (struct tr2__MediaProfile) * count);
  for (guint i = 0; i < count; i++) {
    const CgSimProfile *profile = &call->state->profiles[i];
    struct tr2__MediaProfile *made = &response->Profiles[response->__sizeProfiles];

    if (request->Token != NULL && g_strcmp0 (request->Token, profile->token) != 0)
      continue;
    soap_default_tr2__MediaProfile (soap, made);
    made->Name = soap_strdup (soap, profile->name);
    made->token = soap_strdup (soap, profile->token);
    made->Configurations = make_configurations (soap, request, profile);
    response->__sizeProfiles++;
  }
  return SOAP_OK;
}

int
__tr2__GetStreamUri (struct soap *soap,
                     struct _tr2__GetStreamUri *request,
                     struct _tr2__GetStreamUriResponse *response)
{
  const char *const protocols[] = {"RtspUnicast", "RTSP", "RtspOverHttp", NULL};
  const CgSimProfile *profile;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "profile", request->ProfileToken);
  json_object_set_string_member (args, "protocol", request->Protocol);
  cg_sim_soap_record (soap, "GetStreamUri2", args);
  if ((profile = cg_sim_soap_find_profile (soap, request->ProfileToken)) == NULL)
    return SOAP_FAULT;
  if (request->Protocol == NULL || !g_strv_contains (protocols, request->Protocol))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_STREAM_SETUP,
                              "Protocol is missing or not supported");
  response->Uri = cg_sim_soap_stream_url (soap, profile);
  return SOAP_OK;
}

int
__tr2__SetSynchronizationPoint (struct soap *soap,
                                struct _tr2__SetSynchronizationPoint *request,
                                struct _tr2__SetSynchronizationPointResponse *response)
{
  const CgSimCall *call = soap->user;
  const CgSimProfile *profile;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "profile", request->ProfileToken);
  cg_sim_soap_record (soap, "SetSynchronizationPoint", args);
  if ((profile = cg_sim_soap_find_profile (soap, request->ProfileToken)) == NULL)
    return SOAP_FAULT;
  cg_sim_rtsp_request_key_frame (call->rtsp, profile->stream);
  return SOAP_OK;
}

int
__tr2__GetSnapshotUri (struct soap *soap,
                       struct _tr2__GetSnapshotUri *request,
                       struct _tr2__GetSnapshotUriResponse *response)
{
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "profile", request->ProfileToken);
  cg_sim_soap_record (soap, "GetSnapshotUri", args);
  if (cg_sim_soap_find_profile (soap, request->ProfileToken) == NULL)
    return SOAP_FAULT;
  response->Uri = cg_sim_soap_snapshot_url (soap);
  return SOAP_OK;
}
