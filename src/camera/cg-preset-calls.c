/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-preset-calls.h"

#include "cg-error.h"
#include "cg-onvif-ptz.h"
#include "cg-preset-slots.h"

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
  g_strfreev (self->taken);
  g_free (self->reserved);
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
  g_free (self->refused);
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

/* Some want a name, whatever it is (Q31). */
static char *
set_preset (CgOnvifSession *session,
            const CgPresetRequest *request,
            const char *token,
            GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *number = g_strdup_printf ("Preset %u", request->index);
  char *set =
      cg_onvif_ptz_set_preset_in_thread (session, request->profile, token, request->name, &reason);

  if (set != NULL)
    return set;
  if (request->name == NULL && g_error_matches (reason, CG_ERROR, CG_ERROR_PEER_FAULT))
    return cg_onvif_ptz_set_preset_in_thread (session, request->profile, token, number, error);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

/* Sets one that is there anew. Some tell another token for it than they list it by. */
static char *
set_again (CgOnvifSession *session,
           const CgPresetRequest *request,
           const char *token,
           GError **error)
{
  g_autofree char *told = set_preset (session, request, token, error);
  g_autoptr (CgPresetOutcome) after = NULL;

  if (told == NULL || g_str_equal (told, token))
    return g_steal_pointer (&told);
  after = read_presets (session, request, NULL);
  if (after != NULL && cg_preset_slots_contain (after->presets, told))
    return g_steal_pointer (&told);
  return g_strdup (token);
}

/* The camera has understood, and does not do it with this slot. */
static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_PEER_FAULT) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_NOT_PERMITTED) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_NO_SUCH_PRESET);
}

/* A new preset whose token the camera chooses; some do not say which that is. */
static char *
add_preset (CgOnvifSession *session,
            const CgPresetRequest *request,
            GPtrArray *before,
            GError **error)
{
  g_autofree char *token = set_preset (session, request, NULL, error);
  g_autoptr (CgPresetOutcome) after = NULL;
  const char *added;

  if (token == NULL || *token != '\0')
    return g_steal_pointer (&token);
  after = read_presets (session, request, error);
  if (after == NULL)
    return NULL;
  added = cg_preset_slots_find_added (before, after->presets);
  if (added == NULL)
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                         "SetPreset: the camera does not say which preset it has set");
  return g_strdup (added);
}

/* Of a camera that lists each slot it has: the first that nobody uses. */
static const char *
find_empty (const CgPresetRequest *request, GPtrArray *presets)
{
  g_autoptr (GPtrArray) used = cg_preset_slots_filter (presets, request->reserved);

  for (guint i = 0; i < presets->len; i++) {
    const CgOnvifPreset *preset = presets->pdata[i];

    if (!cg_preset_slots_contain (used, preset->token) &&
        !cg_preset_slots_is_reserved (request->reserved, preset->token) &&
        !g_strv_contains ((const char *const *)request->taken, preset->token))
      return preset->token;
  }
  return NULL;
}

static gboolean
is_full (const CgPresetRequest *request, GPtrArray *presets)
{
  return request->max_presets > 0 && presets->len >= request->max_presets;
}

/* Beside those that are there. */
static char *
set_beside (CgOnvifSession *session,
            const CgPresetRequest *request,
            GPtrArray *presets,
            GError **error)
{
  g_autoptr (GError) reason = NULL;
  char *token = add_preset (session, request, presets, &reason);
  const char *empty;

  if (token != NULL)
    return token;
  empty = is_refusal (reason) || g_error_matches (reason, CG_ERROR, CG_ERROR_TOO_MANY_PRESETS)
              ? find_empty (request, presets)
              : NULL;
  if (empty != NULL)
    return set_again (session, request, empty, error);
  if (is_refusal (reason) && is_full (request, presets))
    g_set_error (error, CG_ERROR, CG_ERROR_TOO_MANY_PRESETS, "the camera takes %u presets: %s",
                 request->max_presets, reason->message);
  else
    g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

/* The slot of that number, if the camera has one and nobody else uses it. */
static const char *
find_numbered (const CgPresetRequest *request, GPtrArray *presets)
{
  for (guint i = 0; i < presets->len; i++) {
    const CgOnvifPreset *preset = presets->pdata[i];

    if (cg_preset_slots_get_number (preset->token) == request->index &&
        !cg_preset_slots_is_reserved (request->reserved, preset->token) &&
        !g_strv_contains ((const char *const *)request->taken, preset->token))
      return preset->token;
  }
  return NULL;
}

/* A slot that the camera has, that nobody has set for us, and that it does not give away is one of
 * its own (Q32): if another place is found. */
static char *
set_elsewhere (CgOnvifSession *session,
               const CgPresetRequest *request,
               const char *refused,
               CgPresetOutcome *outcome,
               GError **error)
{
  g_autoptr (CgPresetOutcome) found = read_presets (session, request, error);
  g_autoptr (GError) reason = NULL;
  const char *numbered;
  char *token = NULL;

  if (found == NULL)
    return NULL;
  numbered = refused == NULL ? find_numbered (request, found->presets) : NULL;
  if (numbered != NULL)
    token = set_again (session, request, numbered, &reason);
  if (token != NULL)
    return token;
  if (reason != NULL && !is_refusal (reason)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  token = set_beside (session, request, found->presets, error);
  if (token == NULL)
    return NULL;
  outcome->refused = g_strdup (refused != NULL ? refused : numbered);
  outcome->presets = g_steal_pointer (&found->presets);
  return token;
}

/**
 * cg_preset_set_in_thread:
 * @session: lent
 * @data: a #CgPresetRequest
 * @error: return location
 *
 * An index that is not mapped takes the camera's preset of that number, else a new one without
 * token: some refuse a token of our choice; else an empty slot, where the camera lists those (Q31).
 * So does one whose preset is gone, or is the camera's own (Q32). Source: PROTOCOL.md section 4,
 * preset; ONVIF PTZ 5.4.1 SetPreset.
 *
 * Returns: (transfer full) (nullable): a #CgPresetOutcome with the token it has now
 */
gpointer
cg_preset_set_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const CgPresetRequest *request = data;
  g_autoptr (CgPresetOutcome) outcome = g_new0 (CgPresetOutcome, 1);
  g_autoptr (GError) reason = NULL;
  gboolean is_gone;

  if (request->token != NULL)
    outcome->token = set_again (session, request, request->token, &reason);
  if (outcome->token != NULL)
    return g_steal_pointer (&outcome);
  is_gone = reason == NULL || g_error_matches (reason, CG_ERROR, CG_ERROR_NO_SUCH_PRESET);
  if (!is_gone && (request->is_ours || !is_refusal (reason))) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  outcome->token =
      set_elsewhere (session, request, is_gone ? NULL : request->token, outcome, error);
  return outcome->token != NULL ? g_steal_pointer (&outcome) : NULL;
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
