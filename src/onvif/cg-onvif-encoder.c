/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an encoder is told, and whether it listens. */
#include "cg-onvif-call.h"
#include "cg-onvif-care.h"
#include "onvifH.h"

CG_ONVIF_OPERATION (trt, GetVideoEncoderConfiguration, CG_ONVIF_SERVICE_MEDIA, TRUE);
CG_ONVIF_OPERATION (trt, SetVideoEncoderConfiguration, CG_ONVIF_SERVICE_MEDIA, TRUE);

static struct tt__VideoEncoderConfiguration *
read_configuration (CgOnvifSpan *span, const char *token, GError **error)
{
  struct _trt__GetVideoEncoderConfiguration request = {.ConfigurationToken = (char *)token};
  struct _trt__GetVideoEncoderConfigurationResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetVideoEncoderConfiguration, &request, &response,
                           error))
    return NULL;
  if (response.Configuration != NULL && response.Configuration->Resolution != NULL)
    return response.Configuration;
  g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT,
               "GetVideoEncoderConfiguration: nothing about configuration %s", token);
  return NULL;
}

/* One setting: where it stands, and what is wanted. */
typedef struct {
  const char *name;
  int *whole;    /* (nullable) */
  float *broken; /* (nullable) */
  guint wanted;
} Setting;

#define N_SETTINGS 5

static void
list_settings (struct tt__VideoEncoderConfiguration *value,
               const CgOnvifEncoderWish *wish,
               Setting settings[N_SETTINGS])
{
  const Setting list[N_SETTINGS] = {
      {"width", &value->Resolution->Width, NULL, wish->width},
      {"height", &value->Resolution->Height, NULL, wish->height},
      {"frame rate", NULL, value->RateControl != NULL ? &value->RateControl->FrameRateLimit : NULL,
       wish->fps},
      {"bit rate", NULL, value->RateControl != NULL ? &value->RateControl->BitrateLimit : NULL,
       wish->bitrate_kbps},
      {"GOP", value->H264 != NULL ? &value->H264->GovLength : NULL, NULL, wish->gop},
  };

  for (guint i = 0; i < N_SETTINGS; i++)
    settings[i] = list[i];
}

static gboolean
apply (const Setting settings[N_SETTINGS], GError **error)
{
  for (guint i = 0; i < N_SETTINGS; i++) {
    const Setting *setting = &settings[i];

    if (setting->wanted == 0)
      continue;
    if (setting->whole == NULL && setting->broken == NULL) {
      g_set_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED, "this encoder has no %s to be set",
                   setting->name);
      return FALSE;
    }
    if (setting->whole != NULL)
      *setting->whole = (int)setting->wanted;
    else
      *setting->broken = (float)setting->wanted;
  }
  return TRUE;
}

static gboolean
compare (const Setting settings[N_SETTINGS], GError **error)
{
  for (guint i = 0; i < N_SETTINGS; i++) {
    const Setting *setting = &settings[i];
    const double now = setting->whole != NULL    ? *setting->whole
                       : setting->broken != NULL ? *setting->broken
                                                 : 0;

    if (setting->wanted == 0 || (now > setting->wanted - 0.5 && now < setting->wanted + 0.5))
      continue;
    g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                 "SetVideoEncoderConfiguration: accepted, but the %s is %g and not %u",
                 setting->name, now, setting->wanted);
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_configuration (CgOnvifSpan *span, struct tt__VideoEncoderConfiguration *value, GError **error)
{
  struct _trt__SetVideoEncoderConfiguration request = {.Configuration = value,
                                                       .ForcePersistence = true_};
  struct _trt__SetVideoEncoderConfigurationResponse response = {};

  return cg_onvif_span_call (span, &operation_SetVideoEncoderConfiguration, &request, &response,
                             error);
}

/**
 * cg_onvif_media_set_encoder_in_thread:
 * @self: a session
 * @configuration_token: of a video encoder configuration
 * @wish: what is to be changed
 * @error: return location; %CG_ERROR_NOT_SUPPORTED: it has no such setting; %CG_ERROR_PEER_FAULT:
 *   refused, or accepted and ignored, with the first setting that is another (Q59)
 *
 * Reads the configuration, writes it back changed, and reads it again: Media Service
 * Specification, 5.5.5 "SetVideoEncoderConfiguration".
 *
 * Returns: whether the encoder is now as wanted
 */
gboolean
cg_onvif_media_set_encoder_in_thread (CgOnvifSession *self,
                                      const char *configuration_token,
                                      const CgOnvifEncoderWish *wish,
                                      GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct tt__VideoEncoderConfiguration *value =
      read_configuration (span, configuration_token, error);
  Setting settings[N_SETTINGS];

  if (value == NULL)
    return FALSE;
  list_settings (value, wish, settings);
  if (!apply (settings, error) || !write_configuration (span, value, error))
    return FALSE;
  value = read_configuration (span, configuration_token, error);
  if (value == NULL)
    return FALSE;
  list_settings (value, wish, settings);
  return compare (settings, error);
}
