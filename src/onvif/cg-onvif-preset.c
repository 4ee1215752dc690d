/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-call.h"
#include "cg-onvif-ptz.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

CG_ONVIF_OPERATION (tptz, GetPresets, CG_ONVIF_SERVICE_PTZ, TRUE);
CG_ONVIF_OPERATION (tptz, SetPreset, CG_ONVIF_SERVICE_PTZ, FALSE);
CG_ONVIF_OPERATION (tptz, GotoPreset, CG_ONVIF_SERVICE_PTZ, FALSE);
CG_ONVIF_OPERATION (tptz, RemovePreset, CG_ONVIF_SERVICE_PTZ, FALSE);

/**
 * cg_onvif_preset_free:
 * @self: (transfer full) (nullable): a preset
 */
void
cg_onvif_preset_free (CgOnvifPreset *self)
{
  if (self == NULL)
    return;
  g_free (self->token);
  g_free (self->name);
  g_free (self);
}

static void
add_preset (GPtrArray *presets, const struct tt__PTZPreset *value)
{
  g_autofree char *token = cg_onvif_text_dup (value->token);
  g_autofree char *name = cg_onvif_text_dup (value->Name);

  if (token == NULL)
    return;
  CgOnvifPreset *preset = g_new0 (CgOnvifPreset, 1);
  preset->token = g_steal_pointer (&token);
  preset->name = name != NULL ? g_steal_pointer (&name) : g_strdup ("");
  g_ptr_array_add (presets, preset);
}

/**
 * cg_onvif_ptz_get_presets_in_thread:
 * @self: a session
 * @profile_token: a profile with a PTZ configuration
 * @error: return location
 *
 * GetPresets: PTZ Service Specification, 5.4.2. Presets without a token are left out (Q31).
 *
 * Returns: (transfer full) (element-type CgOnvifPreset) (nullable): the presets, in their order
 */
GPtrArray *
cg_onvif_ptz_get_presets_in_thread (CgOnvifSession *self, const char *profile_token, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tptz__GetPresets request = {.ProfileToken = (char *)profile_token};
  struct _tptz__GetPresetsResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetPresets, &request, &response, error))
    return NULL;
  GPtrArray *presets = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_preset_free);
  for (int i = 0; i < response.__sizePreset; i++)
    add_preset (presets, &response.Preset[i]);
  return presets;
}

/**
 * cg_onvif_ptz_set_preset_in_thread:
 * @self: a session
 * @profile_token: a profile with a PTZ configuration
 * @token: (nullable): the preset to overwrite; %NULL: a new one
 * @name: (nullable): its name
 * @error: return location; %CG_ERROR_TOO_MANY_PRESETS, %CG_ERROR_NO_SUCH_PRESET
 *
 * SetPreset: PTZ Service Specification, 5.4.1.
 *
 * Returns: (transfer full) (nullable): the token by which the camera knows it
 */
char *
cg_onvif_ptz_set_preset_in_thread (CgOnvifSession *self,
                                   const char *profile_token,
                                   const char *token,
                                   const char *name,
                                   GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tptz__SetPreset request = {.ProfileToken = (char *)profile_token,
                                     .PresetName = (char *)name,
                                     .PresetToken = (char *)token};
  struct _tptz__SetPresetResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_SetPreset, &request, &response, error))
    return NULL;
  g_autofree char *set = cg_onvif_text_dup (response.PresetToken);
  if (set == NULL && token == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                         "SetPreset: the camera does not say which preset it has set");
    return NULL;
  }
  return set != NULL ? g_steal_pointer (&set) : g_strdup (token);
}

/**
 * cg_onvif_ptz_goto_preset_in_thread:
 * @self: a session
 * @profile_token: a profile with a PTZ configuration
 * @token: a preset
 * @error: return location; %CG_ERROR_NO_SUCH_PRESET
 *
 * GotoPreset: PTZ Service Specification, 5.4.3, at the camera's own speed. It answers when the
 * camera sets off, not when it arrives.
 *
 * Returns: whether the camera is on its way
 */
gboolean
cg_onvif_ptz_goto_preset_in_thread (CgOnvifSession *self,
                                    const char *profile_token,
                                    const char *token,
                                    GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tptz__GotoPreset request = {.ProfileToken = (char *)profile_token,
                                      .PresetToken = (char *)token};
  struct _tptz__GotoPresetResponse response = {};

  return cg_onvif_span_call (span, &operation_GotoPreset, &request, &response, error);
}

/**
 * cg_onvif_ptz_remove_preset_in_thread:
 * @self: a session
 * @profile_token: a profile with a PTZ configuration
 * @token: a preset
 * @error: return location; %CG_ERROR_NO_SUCH_PRESET
 *
 * RemovePreset: PTZ Service Specification, 5.4.4.
 *
 * Returns: whether it is gone
 */
gboolean
cg_onvif_ptz_remove_preset_in_thread (CgOnvifSession *self,
                                      const char *profile_token,
                                      const char *token,
                                      GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tptz__RemovePreset request = {.ProfileToken = (char *)profile_token,
                                        .PresetToken = (char *)token};
  struct _tptz__RemovePresetResponse response = {};

  return cg_onvif_span_call (span, &operation_RemovePreset, &request, &response, error);
}
