/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-preset-calls.h"

#include "cg-error.h"
#include "cg-onvif-ptz.h"

/**
 * cg_preset_request_free:
 * @data: (transfer full): a #CgPresetRequest
 */
void
cg_preset_request_free (gpointer data)
{
  CgPresetRequest *self = data;

  g_free (self->name);
  g_free (self->profile);
  g_free (self->token);
  g_free (self);
}

/**
 * cg_preset_outcome_free:
 * @data: (transfer full): a #CgPresetOutcome
 */
void
cg_preset_outcome_free (gpointer data)
{
  CgPresetOutcome *self = data;

  g_free (self->token);
  g_free (self->name);
  g_clear_pointer (&self->presets, g_ptr_array_unref);
  g_free (self);
}

static CgPresetOutcome *
read_presets (CgOnvifSession *session, const CgPresetRequest *request, GError **error)
{
  GPtrArray *presets = cg_onvif_ptz_get_presets_in_thread (session, request->profile, error);
  CgPresetOutcome *outcome;

  if (presets == NULL)
    return NULL;
  outcome = g_new0 (CgPresetOutcome, 1);
  outcome->presets = presets;
  return outcome;
}

/**
 * cg_preset_list_in_thread:
 * @session: lent
 * @data: a #CgPresetRequest
 * @error: return location
 *
 * Source: ONVIF PTZ 5.4.2 GetPresets.
 *
 * Returns: (transfer full) (nullable): a #CgPresetOutcome with the whole list
 */
gpointer
cg_preset_list_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  return read_presets (session, data, error);
}

static gboolean
has_token (GPtrArray *presets, const char *token)
{
  for (guint i = 0; i < presets->len; i++) {
    const CgOnvifPreset *preset = g_ptr_array_index (presets, i);

    if (g_str_equal (preset->token, token))
      return TRUE;
  }
  return FALSE;
}

static char *
set_preset (CgOnvifSession *session,
            const CgPresetRequest *request,
            const char *token,
            GError **error)
{
  return cg_onvif_ptz_set_preset_in_thread (session, request->profile, token, request->name, error);
}

static char *
set_new_preset (CgOnvifSession *session, const CgPresetRequest *request, GError **error)
{
  g_autofree char *number = g_strdup_printf ("%u", request->index);
  g_autoptr (CgPresetOutcome) found = read_presets (session, request, error);

  if (found == NULL)
    return NULL;
  return set_preset (session, request, has_token (found->presets, number) ? number : NULL, error);
}

/**
 * cg_preset_set_in_thread:
 * @session: lent
 * @data: a #CgPresetRequest
 * @error: return location
 *
 * An index that is not mapped takes the camera's preset of that number, else a new one without
 * token: some refuse a token of our choice (Q31). So does one whose preset is gone. Source:
 * PROTOCOL.md section 4, preset; ONVIF PTZ 5.4.1 SetPreset.
 *
 * Returns: (transfer full) (nullable): a #CgPresetOutcome with the token it has now
 */
gpointer
cg_preset_set_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const CgPresetRequest *request = data;
  g_autoptr (GError) reason = NULL;
  char *token =
      request->token != NULL ? set_preset (session, request, request->token, &reason) : NULL;
  CgPresetOutcome *outcome;

  if (reason != NULL && !g_error_matches (reason, CG_ERROR, CG_ERROR_NO_SUCH_PRESET)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  if (token == NULL)
    token = set_new_preset (session, request, error);
  if (token == NULL)
    return NULL;
  outcome = g_new0 (CgPresetOutcome, 1);
  outcome->token = token;
  outcome->name = g_strdup (request->name);
  return outcome;
}

/**
 * cg_preset_remove_in_thread:
 * @session: lent
 * @data: a #CgPresetRequest with a token
 * @error: return location
 *
 * Source: ONVIF PTZ 5.4.4 RemovePreset.
 *
 * Returns: (transfer full) (nullable): a #CgPresetOutcome
 */
gpointer
cg_preset_remove_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const CgPresetRequest *request = data;

  if (!cg_onvif_ptz_remove_preset_in_thread (session, request->profile, request->token, error))
    return NULL;
  return g_new0 (CgPresetOutcome, 1);
}
