/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The media service (ver10/media). */
#include "cg-onvif-media-private.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

CG_ONVIF_OPERATION (trt, GetProfiles, CG_ONVIF_SERVICE_MEDIA, TRUE);
CG_ONVIF_OPERATION (trt, GetStreamUri, CG_ONVIF_SERVICE_MEDIA, TRUE);
CG_ONVIF_OPERATION (trt, GetSnapshotUri, CG_ONVIF_SERVICE_MEDIA, TRUE);
CG_ONVIF_OPERATION (trt, SetSynchronizationPoint, CG_ONVIF_SERVICE_MEDIA, TRUE);

static void
read_video (CgOnvifProfile *self, const struct tt__VideoEncoderConfiguration *encoder)
{
  if (encoder == NULL)
    return;
  self->encoding = cg_onvif_encoding_dup (encoder->Encoding);
  if (encoder->Resolution != NULL) {
    self->width = cg_onvif_count_read (encoder->Resolution->Width);
    self->height = cg_onvif_count_read (encoder->Resolution->Height);
  }
  if (encoder->RateControl != NULL) {
    self->fps = encoder->RateControl->FrameRateLimit > 0 ? encoder->RateControl->FrameRateLimit : 0;
    self->bitrate_kbps = cg_onvif_count_read (encoder->RateControl->BitrateLimit);
  }
  if (encoder->H264 != NULL)
    self->gop = cg_onvif_count_read (encoder->H264->GovLength);
}

/* (nullable): without a token nothing can be asked for it */
static CgOnvifProfile *
read_profile (const struct tt__Profile *value)
{
  g_autofree char *token = cg_onvif_text_dup_reference (value->token);
  CgOnvifProfile *self;

  if (token == NULL)
    return NULL;
  self = g_new0 (CgOnvifProfile, 1);
  self->token = g_steal_pointer (&token);
  self->name = cg_onvif_text_or_empty (cg_onvif_text_dup_name (value->Name));
  if (value->VideoSourceConfiguration != NULL)
    self->video_source = cg_onvif_text_dup_reference (value->VideoSourceConfiguration->SourceToken);
  read_video (self, value->VideoEncoderConfiguration);
  if (value->AudioEncoderConfiguration != NULL)
    self->audio_encoding = cg_onvif_encoding_dup (value->AudioEncoderConfiguration->Encoding);
  if (value->PTZConfiguration != NULL) {
    self->ptz_configuration =
        cg_onvif_text_or_empty (cg_onvif_text_dup_reference (value->PTZConfiguration->token));
    self->ptz_node = cg_onvif_text_dup_reference (value->PTZConfiguration->NodeToken);
  }
  return self;
}

/* Media Service Specification, 5.2.2 "GetProfiles". */
static GPtrArray *
get_profiles (CgOnvifSpan *span, GError **error)
{
  struct _trt__GetProfiles request = {};
  struct _trt__GetProfilesResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetProfiles, &request, &response, error))
    return NULL;
  GPtrArray *profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_profile_free);
  for (int i = 0; i < response.__sizeProfiles; i++) {
    CgOnvifProfile *profile = read_profile (&response.Profiles[i]);

    if (profile != NULL)
      g_ptr_array_add (profiles, profile);
  }
  return profiles;
}

/* Media Service Specification, 5.15.1 "GetStreamUri". */
static char *
get_stream_uri (CgOnvifSpan *span, const char *profile_token, GError **error)
{
  struct tt__Transport transport = {.Protocol = (char *)"RTSP"};
  struct tt__StreamSetup setup = {.Stream = (char *)"RTP-Unicast", .Transport = &transport};
  struct _trt__GetStreamUri request = {.StreamSetup = &setup,
                                       .ProfileToken = (char *)profile_token};
  struct _trt__GetStreamUriResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetStreamUri, &request, &response, error))
    return NULL;
  return response.MediaUri != NULL && response.MediaUri->Uri != NULL
             ? g_strdup (response.MediaUri->Uri)
             : g_strdup ("");
}

/* Media Service Specification, 5.16.1 "GetSnapshotUri". */
static char *
get_snapshot_uri (CgOnvifSpan *span, const char *profile_token, GError **error)
{
  struct _trt__GetSnapshotUri request = {.ProfileToken = (char *)profile_token};
  struct _trt__GetSnapshotUriResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetSnapshotUri, &request, &response, error))
    return NULL;
  return response.MediaUri != NULL && response.MediaUri->Uri != NULL
             ? g_strdup (response.MediaUri->Uri)
             : g_strdup ("");
}

/* Media Service Specification, 5.18.1 "SetSynchronizationPoint". */
static gboolean
set_synchronization_point (CgOnvifSpan *span, const char *profile_token, GError **error)
{
  struct _trt__SetSynchronizationPoint request = {.ProfileToken = (char *)profile_token};
  struct _trt__SetSynchronizationPointResponse response = {};

  return cg_onvif_span_call (span, &operation_SetSynchronizationPoint, &request, &response, error);
}

const CgOnvifMediaService cg_onvif_media1 = {
    .service = CG_ONVIF_SERVICE_MEDIA,
    .get_profiles = get_profiles,
    .get_stream_uri = get_stream_uri,
    .get_snapshot_uri = get_snapshot_uri,
    .set_synchronization_point = set_synchronization_point,
};
