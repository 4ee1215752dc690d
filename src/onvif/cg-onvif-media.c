/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-media.h"

#include <string.h>

#include "cg-onvif-call.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

CG_ONVIF_OPERATION (trt, GetProfiles, CG_ONVIF_SERVICE_MEDIA, TRUE);
CG_ONVIF_OPERATION (trt, GetStreamUri, CG_ONVIF_SERVICE_MEDIA, TRUE);
CG_ONVIF_OPERATION (trt, SetSynchronizationPoint, CG_ONVIF_SERVICE_MEDIA, TRUE);

/**
 * cg_onvif_profile_copy:
 * @self: a profile
 *
 * Returns: (transfer full): a copy
 */
CgOnvifProfile *
cg_onvif_profile_copy (const CgOnvifProfile *self)
{
  CgOnvifProfile *copy = g_new0 (CgOnvifProfile, 1);

  *copy = *self;
  copy->token = g_strdup (self->token);
  copy->name = g_strdup (self->name);
  copy->video_source = g_strdup (self->video_source);
  copy->ptz_configuration = g_strdup (self->ptz_configuration);
  copy->ptz_node = g_strdup (self->ptz_node);
  copy->encoding = g_strdup (self->encoding);
  copy->audio_encoding = g_strdup (self->audio_encoding);
  return copy;
}

/**
 * cg_onvif_profile_free:
 * @self: (transfer full) (nullable): a profile
 */
void
cg_onvif_profile_free (CgOnvifProfile *self)
{
  if (self == NULL)
    return;
  g_free (self->token);
  g_free (self->name);
  g_free (self->video_source);
  g_free (self->ptz_configuration);
  g_free (self->ptz_node);
  g_free (self->encoding);
  g_free (self->audio_encoding);
  g_free (self);
}

static char *
dup_or_empty (const char *text)
{
  char *copy = cg_onvif_text_dup (text);

  return copy != NULL ? copy : g_strdup ("");
}

static guint
not_negative (double value)
{
  return value > 0 && value < (double)G_MAXINT ? (guint)value : 0;
}

static void
read_video (CgOnvifProfile *self, const struct tt__VideoEncoderConfiguration *encoder)
{
  if (encoder == NULL)
    return;
  self->encoding = cg_onvif_text_dup_upper (encoder->Encoding);
  if (encoder->Resolution != NULL) {
    self->width = not_negative (encoder->Resolution->Width);
    self->height = not_negative (encoder->Resolution->Height);
  }
  if (encoder->RateControl != NULL) {
    self->fps = encoder->RateControl->FrameRateLimit > 0 ? encoder->RateControl->FrameRateLimit : 0;
    self->bitrate_kbps = not_negative (encoder->RateControl->BitrateLimit);
  }
  if (encoder->H264 != NULL)
    self->gop = not_negative (encoder->H264->GovLength);
}

static CgOnvifProfile *
read_profile (const struct tt__Profile *value)
{
  CgOnvifProfile *self = g_new0 (CgOnvifProfile, 1);

  self->token = dup_or_empty (value->token);
  self->name = dup_or_empty (value->Name);
  if (value->VideoSourceConfiguration != NULL)
    self->video_source = cg_onvif_text_dup (value->VideoSourceConfiguration->SourceToken);
  read_video (self, value->VideoEncoderConfiguration);
  if (value->AudioEncoderConfiguration != NULL)
    self->audio_encoding = cg_onvif_text_dup_upper (value->AudioEncoderConfiguration->Encoding);
  if (value->PTZConfiguration != NULL) {
    self->ptz_configuration = dup_or_empty (value->PTZConfiguration->token);
    self->ptz_node = cg_onvif_text_dup (value->PTZConfiguration->NodeToken);
  }
  return self;
}

/**
 * cg_onvif_media_get_profiles_in_thread:
 * @self: a session
 * @error: return location
 *
 * GetProfiles: Media Service Specification, 5.2.2 "GetProfiles". Profiles without a token are
 * left out: nothing can be asked about them.
 *
 * Returns: (transfer full) (element-type CgOnvifProfile) (nullable): the profiles, in their order
 */
GPtrArray *
cg_onvif_media_get_profiles_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _trt__GetProfiles request = {};
  struct _trt__GetProfilesResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetProfiles, &request, &response, error))
    return NULL;
  GPtrArray *profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_profile_free);
  for (int i = 0; i < response.__sizeProfiles; i++) {
    if (response.Profiles[i].token != NULL && response.Profiles[i].token[0] != '\0')
      g_ptr_array_add (profiles, read_profile (&response.Profiles[i]));
  }
  return profiles;
}

/**
 * cg_onvif_media_get_stream_uri_in_thread:
 * @self: a session
 * @profile_token: a profile
 * @error: return location
 *
 * GetStreamUri for RTSP unicast: Media Service Specification, 5.15.1 "GetStreamUri". The host is
 * the one we reached the camera on (Q7, Q29), and there is no login in it (Q26).
 *
 * Returns: (transfer full) (nullable): an rtsp address
 */
char *
cg_onvif_media_get_stream_uri_in_thread (CgOnvifSession *self,
                                         const char *profile_token,
                                         GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct tt__Transport transport = {.Protocol = (char *)"RTSP"};
  struct tt__StreamSetup setup = {.Stream = (char *)"RTP-Unicast", .Transport = &transport};
  struct _trt__GetStreamUri request = {.StreamSetup = &setup,
                                       .ProfileToken = (char *)profile_token};
  struct _trt__GetStreamUriResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetStreamUri, &request, &response, error))
    return NULL;
  g_autofree char *uri =
      response.MediaUri != NULL ? cg_onvif_text_dup (response.MediaUri->Uri) : NULL;
  if (uri == NULL || g_ascii_strncasecmp (uri, "rtsp", strlen ("rtsp")) != 0) {
    g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                 "GetStreamUri: no RTSP address for profile %s", profile_token);
    return NULL;
  }
  return cg_onvif_span_repair_stream_uri (span, uri);
}

/**
 * cg_onvif_media_set_synchronization_point_in_thread:
 * @self: a session
 * @profile_token: a profile
 * @error: return location
 *
 * Asks for a key frame (Q13): Media Service Specification, 5.18.1 "SetSynchronizationPoint".
 *
 * Returns: whether the camera has agreed
 */
gboolean
cg_onvif_media_set_synchronization_point_in_thread (CgOnvifSession *self,
                                                    const char *profile_token,
                                                    GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _trt__SetSynchronizationPoint request = {.ProfileToken = (char *)profile_token};
  struct _trt__SetSynchronizationPointResponse response = {};

  return cg_onvif_span_call (span, &operation_SetSynchronizationPoint, &request, &response, error);
}

static gboolean
is_h264 (const CgOnvifProfile *profile)
{
  return g_strcmp0 (profile->encoding, "H264") == 0;
}

/* How well a profile suits RTMP: H.264 before what tells no codec, that before any other (Q11). */
static int
rank (const CgOnvifProfile *profile)
{
  if (is_h264 (profile))
    return 2;
  return profile->encoding == NULL ? 1 : 0;
}

static const CgOnvifProfile *
find_wanted (const GPtrArray *profiles, const char *wanted)
{
  const CgOnvifProfile *by_name = NULL;

  for (guint i = 0; i < profiles->len; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (strcmp (profile->token, wanted) == 0)
      return profile;
    if (by_name == NULL && strcmp (profile->name, wanted) == 0)
      by_name = profile;
  }
  return by_name;
}

/**
 * cg_onvif_profile_choose:
 * @profiles: (element-type CgOnvifProfile): the camera's profiles
 * @wanted: (nullable): token or name of the one to play
 *
 * Without a wish, or with one that does not exist: the first H.264 profile, else the first one that
 * tells no codec, else the first one.
 *
 * Returns: (nullable): a profile out of @profiles; %NULL if there is none
 */
const CgOnvifProfile *
cg_onvif_profile_choose (const GPtrArray *profiles, const char *wanted)
{
  const CgOnvifProfile *best = wanted != NULL ? find_wanted (profiles, wanted) : NULL;

  if (best != NULL)
    return best;
  for (guint i = 0; i < profiles->len; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (best == NULL || rank (profile) > rank (best))
      best = profile;
  }
  return best;
}

/**
 * cg_onvif_profile_choose_ptz:
 * @profiles: (element-type CgOnvifProfile): the camera's profiles
 *
 * Returns: (nullable): the first one with a PTZ configuration, whatever it streams (Q34)
 */
const CgOnvifProfile *
cg_onvif_profile_choose_ptz (const GPtrArray *profiles)
{
  for (guint i = 0; i < profiles->len; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (profile->ptz_configuration != NULL)
      return profile;
  }
  return NULL;
}
