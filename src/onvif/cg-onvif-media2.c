/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The media 2 service (ver20/media). */
#include "cg-onvif-media-private.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

CG_ONVIF_OPERATION (tr2, GetProfiles, CG_ONVIF_SERVICE_MEDIA2, TRUE);
CG_ONVIF_OPERATION (tr2, GetStreamUri, CG_ONVIF_SERVICE_MEDIA2, TRUE);
CG_ONVIF_OPERATION (tr2, GetSnapshotUri, CG_ONVIF_SERVICE_MEDIA2, TRUE);
CG_ONVIF_OPERATION (tr2, SetSynchronizationPoint, CG_ONVIF_SERVICE_MEDIA2, TRUE);

static void
read_video (CgOnvifProfile *self, const struct tt__VideoEncoder2Configuration *encoder)
{
  self->encoding = cg_onvif_encoding_dup (encoder->Encoding);
  if (encoder->Resolution != NULL) {
    self->width = cg_onvif_count_read (encoder->Resolution->Width);
    self->height = cg_onvif_count_read (encoder->Resolution->Height);
  }
  if (encoder->RateControl != NULL) {
    self->fps = encoder->RateControl->FrameRateLimit > 0 ? encoder->RateControl->FrameRateLimit : 0;
    self->bitrate_kbps = cg_onvif_count_read (encoder->RateControl->BitrateLimit);
  }
  if (encoder->GovLength != NULL)
    self->gop = cg_onvif_count_read (*encoder->GovLength);
}

/* (nullable): without a token nothing can be asked for it */
static CgOnvifProfile *
read_profile (const struct tr2__MediaProfile *value)
{
  g_autofree char *token = cg_onvif_text_dup_reference (value->token);
  const struct tr2__ConfigurationSet *set = value->Configurations;
  CgOnvifProfile *self;

  if (token == NULL)
    return NULL;
  self = g_new0 (CgOnvifProfile, 1);
  self->token = g_steal_pointer (&token);
  self->name = cg_onvif_text_or_empty (cg_onvif_text_dup_name (value->Name));
  if (set == NULL)
    return self;
  if (set->VideoSource != NULL)
    self->video_source = cg_onvif_text_dup_reference (set->VideoSource->SourceToken);
  if (set->VideoEncoder != NULL)
    read_video (self, set->VideoEncoder);
  if (set->AudioEncoder != NULL)
    self->audio_encoding = cg_onvif_encoding_dup (set->AudioEncoder->Encoding);
  if (set->PTZ != NULL) {
    self->ptz_configuration =
        cg_onvif_text_or_empty (cg_onvif_text_dup_reference (set->PTZ->token));
    self->ptz_node = cg_onvif_text_dup_reference (set->PTZ->NodeToken);
  }
  return self;
}

/* Media 2 Service Specification, "GetProfiles"; without a Type it tells no configurations. */
static GPtrArray *
get_profiles (CgOnvifSpan *span, GError **error)
{
  char *types[] = {(char *)"All"};
  struct _tr2__GetProfiles request = {.__sizeType = 1, .Type = types};
  struct _tr2__GetProfilesResponse response = {0};

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

/* Media 2 Service Specification, "GetStreamUri"; "RTSP" is RTP within the RTSP connection. */
static char *
get_stream_uri (CgOnvifSpan *span, const char *profile_token, GError **error)
{
  struct _tr2__GetStreamUri request = {.Protocol = (char *)"RTSP",
                                       .ProfileToken = (char *)profile_token};
  struct _tr2__GetStreamUriResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetStreamUri, &request, &response, error))
    return NULL;
  return g_strdup (response.Uri != NULL ? response.Uri : "");
}

/* Media 2 Service Specification, "GetSnapshotUri". */
static char *
get_snapshot_uri (CgOnvifSpan *span, const char *profile_token, GError **error)
{
  struct _tr2__GetSnapshotUri request = {.ProfileToken = (char *)profile_token};
  struct _tr2__GetSnapshotUriResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetSnapshotUri, &request, &response, error))
    return NULL;
  return g_strdup (response.Uri != NULL ? response.Uri : "");
}

/* Media 2 Service Specification, "SetSynchronizationPoint". */
static gboolean
set_synchronization_point (CgOnvifSpan *span, const char *profile_token, GError **error)
{
  struct _tr2__SetSynchronizationPoint request = {.ProfileToken = (char *)profile_token};
  struct _tr2__SetSynchronizationPointResponse response = {};

  return cg_onvif_span_call (span, &operation_SetSynchronizationPoint, &request, &response, error);
}

const CgOnvifMediaService cg_onvif_media2 = {
    .service = CG_ONVIF_SERVICE_MEDIA2,
    .get_profiles = get_profiles,
    .get_stream_uri = get_stream_uri,
    .get_snapshot_uri = get_snapshot_uri,
    .set_synchronization_point = set_synchronization_point,
};
