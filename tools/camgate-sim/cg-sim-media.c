/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The media service (ver10/media). */
#include "cg-sim-soap.h"

#include "onvifH.h"

#define SESSION_TIMEOUT "PT60S"

/**
 * cg_sim_soap_make_source:
 * @soap: in a service function
 * @profile: whose picture
 *
 * Returns: (transfer none): what it is a picture of: one source for each channel
 */
struct tt__VideoSourceConfiguration *
cg_sim_soap_make_source (struct soap *soap, const CgSimProfile *profile)
{
  const CgSimCall *call = soap->user;
  const CgSimProfile *main_profile = &call->state->profiles[0];
  g_autofree char *token = g_strdup_printf ("source%u", profile->channel - 1);
  g_autofree char *source = g_strdup_printf ("video%u", profile->channel - 1);
  struct tt__VideoSourceConfiguration *made = soap_malloc (soap, sizeof *made);

  soap_default_tt__VideoSourceConfiguration (soap, made);
  made->Name = soap_strdup (soap, "Source");
  made->UseCount = CG_SIM_N_PROFILES;
  made->token = soap_strdup (soap, token);
  made->SourceToken = soap_strdup (soap, source);
  made->Bounds = soap_malloc (soap, sizeof *made->Bounds);
  soap_default_tt__IntRectangle (soap, made->Bounds);
  made->Bounds->width = (int)main_profile->width;
  made->Bounds->height = (int)main_profile->height;
  return made;
}

/* It has none, but the member is mandatory. */
static struct tt__MulticastConfiguration *
make_multicast (struct soap *soap)
{
  struct tt__MulticastConfiguration *made = soap_malloc (soap, sizeof *made);

  soap_default_tt__MulticastConfiguration (soap, made);
  made->Address = soap_malloc (soap, sizeof *made->Address);
  soap_default_tt__IPAddress (soap, made->Address);
  made->Address->Type = soap_strdup (soap, "IPv4");
  made->Address->IPv4Address = soap_strdup (soap, "0.0.0.0");
  made->TTL = 1;
  made->AutoStart = soap_strdup (soap, "false");
  return made;
}

/**
 * cg_sim_soap_make_encoder:
 * @soap: in a service function
 * @profile: whose encoder
 *
 * Returns: (transfer none): its configuration
 */
struct tt__VideoEncoderConfiguration *
cg_sim_soap_make_encoder (struct soap *soap, const CgSimProfile *profile)
{
  const gboolean is_h264 = profile->codec == CG_SIM_CODEC_H264;
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
  made->Multicast = make_multicast (soap);
  made->SessionTimeout = soap_strdup (soap, SESSION_TIMEOUT);
  cg_sim_soap_apply_encoder (soap, profile->stream, made);
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

/* H.265 is no encoding of media 1 (Q28). */
static gboolean
is_hidden (const CgSimCall *call, const CgSimProfile *profile)
{
  return profile->codec == CG_SIM_CODEC_H265 &&
         cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q28, "hidden");
}

int
__trt__GetProfiles (struct soap *soap,
                    struct _trt__GetProfiles *request,
                    struct _trt__GetProfilesResponse *response)
{
  const CgSimCall *call = soap->user;

  const guint count = cg_sim_state_count_profiles (call->state);

  cg_sim_soap_record (soap, "GetProfiles", NULL);
  if (cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q28, "fails"))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_UNKNOWN_ACTION, "Internal error");
  response->Profiles = soap_malloc (soap, sizeof (struct tt__Profile) * count);
  for (guint i = 0; i < count; i++) {
    const CgSimProfile *profile = &call->state->profiles[i];
    struct tt__Profile *made = &response->Profiles[response->__sizeProfiles];

    if (is_hidden (call, profile))
      continue;
    response->__sizeProfiles++;
    soap_default_tt__Profile (soap, made);
    made->Name = soap_strdup (soap, profile->name);
    made->token = soap_strdup (soap, profile->token);
    made->VideoSourceConfiguration = cg_sim_soap_make_source (soap, profile);
    made->VideoEncoderConfiguration = cg_sim_soap_make_encoder (soap, profile);
    made->AudioEncoderConfiguration = make_audio (soap, call);
    if (cg_sim_soap_has_ptz (soap, profile))
      made->PTZConfiguration = cg_sim_soap_make_ptz_configuration (soap);
  }
  return SOAP_OK;
}

static struct tt__MediaUri *
make_media_uri (struct soap *soap, char *url)
{
  struct tt__MediaUri *made = soap_malloc (soap, sizeof *made);

  made->Uri = url;
  made->InvalidAfterConnect = soap_strdup (soap, "false");
  made->InvalidAfterReboot = soap_strdup (soap, "false");
  made->Timeout = soap_strdup (soap, "PT0S");
  return made;
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

  response->MediaUri = make_media_uri (soap, cg_sim_soap_stream_url (soap, profile));
  return SOAP_OK;
}

int
__trt__GetSnapshotUri (struct soap *soap,
                       struct _trt__GetSnapshotUri *request,
                       struct _trt__GetSnapshotUriResponse *response)
{
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "profile", request->ProfileToken);
  cg_sim_soap_record (soap, "GetSnapshotUri", args);
  if (cg_sim_soap_find_profile (soap, request->ProfileToken) == NULL)
    return SOAP_FAULT;
  response->MediaUri = make_media_uri (soap, cg_sim_soap_snapshot_url (soap));
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
  cg_sim_rtsp_request_key_frame (call->rtsp, profile->stream);
  return SOAP_OK;
}
