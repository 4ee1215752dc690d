/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

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

/* A place in degrees tells nothing to who knows the generic space only. */
static gboolean
is_generic (const char *space)
{
  return space == NULL || *space == '\0' || strstr (space, "PositionGenericSpace") != NULL;
}

static void
read_place (CgOnvifPtzStatus *place, const struct tt__PTZVector *value)
{
  if (value == NULL)
    return;
  if (value->PanTilt != NULL && is_generic (value->PanTilt->space) &&
      isfinite (value->PanTilt->x) && isfinite (value->PanTilt->y)) {
    place->has_position = TRUE;
    place->pan = value->PanTilt->x;
    place->tilt = value->PanTilt->y;
  }
  if (value->Zoom != NULL && is_generic (value->Zoom->space) && isfinite (value->Zoom->x)) {
    place->has_zoom = TRUE;
    place->zoom = value->Zoom->x;
  }
}

static void
add_preset (GPtrArray *presets, const struct tt__PTZPreset *value)
{
  g_autofree char *token = cg_onvif_text_dup_reference (value->token);
  g_autofree char *name = cg_onvif_text_dup_name (value->Name);

  if (token == NULL)
    return;
  CgOnvifPreset *preset = g_new0 (CgOnvifPreset, 1);
  preset->token = g_steal_pointer (&token);
  preset->name = cg_onvif_text_or_empty (g_steal_pointer (&name));
  read_place (&preset->place, value->PTZPosition);
  g_ptr_array_add (presets, preset);
}

/**
 * cg_onvif_ptz_get_presets_in_thread:
 * @self: a session
 * @profile_token: a profile with a PTZ configuration
 * @error: return location
 *
 * GetPresets: PTZ Service Specification, 5.4.2. Presets without a token, or with
 * one that is no token, are left out (Q31).
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

static gboolean
set_preset (CgOnvifSpan *span,
            const char *profile_token,
            const char *token,
            const char *name,
            char **set,
            GError **error)
{
  struct _tptz__SetPreset request = {.ProfileToken = (char *)profile_token,
                                     .PresetName = (char *)name,
                                     .PresetToken = (char *)token};
  struct _tptz__SetPresetResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_SetPreset, &request, &response, error))
    return FALSE;
  *set = cg_onvif_text_dup_reference (response.PresetToken);
  return TRUE;
}

/* Too long, of characters it does not know, or that of another preset (Q31). A camera that names
 * no more than the kind of fault may mean the name, too. */
static gboolean
was_name_refused (CgOnvifSpan *span)
{
  return cg_onvif_span_fault_has_code (span, "InvalidPresetName") ||
         cg_onvif_span_fault_has_code (span, "PresetExist") ||
         cg_onvif_span_fault_has_code (span, "InvalidArgVal");
}

/**
 * cg_onvif_ptz_set_preset_in_thread:
 * @self: a session
 * @profile_token: a profile with a PTZ configuration
 * @token: (nullable): the preset to overwrite; %NULL: a new one
 * @name: (nullable): its name; of a longer one the first 64 characters are sent
 * @error: return location; %CG_ERROR_TOO_MANY_PRESETS, %CG_ERROR_NO_SUCH_PRESET
 *
 * SetPreset: PTZ Service Specification, 5.4.1. A name that the camera refuses is left out (Q31).
 *
 * Returns: (transfer full) (nullable): the token by which the camera knows it; empty if it does not
 *   say how it calls a new one
 */
char *
cg_onvif_ptz_set_preset_in_thread (CgOnvifSession *self,
                                   const char *profile_token,
                                   const char *token,
                                   const char *name,
                                   GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  g_autoptr (GError) reason = NULL;
  g_autofree char *short_name = cg_onvif_text_shorten (name);
  g_autofree char *set = NULL;

  if (!set_preset (span, profile_token, token, short_name, &set, &reason)) {
    if (name == NULL || !g_error_matches (reason, CG_ERROR, CG_ERROR_PEER_FAULT) ||
        !was_name_refused (span)) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
    if (!set_preset (span, profile_token, token, NULL, &set, error))
      return NULL;
  }
  return set != NULL ? g_steal_pointer (&set) : g_strdup (token != NULL ? token : "");
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
