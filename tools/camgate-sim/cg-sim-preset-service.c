/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The presets of the PTZ service (ver20/ptz). */
#include <string.h>

#include "cg-sim-ptz-spaces.h"
#include "cg-sim-soap.h"
#include "onvifH.h"

static int
answer_result (struct soap *soap, CgSimPtzResult result)
{
  switch (result) {
  case CG_SIM_PTZ_DONE:
    break;
  case CG_SIM_PTZ_NO_TOKEN:
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_NO_TOKEN, "The preset token does not exist");
  case CG_SIM_PTZ_TOO_MANY_PRESETS:
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_TOO_MANY_PRESETS,
                              "Maximum number of presets reached");
  }
  return SOAP_OK;
}

static gboolean
is_so (struct soap *soap, const char *arg)
{
  const CgSimCall *call = soap->user;

  return cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q31, arg);
}

/* What is not in Latin-1 becomes a question mark; what is not in ASCII too, if @top is 0x7f. */
static char *
to_bytes (const char *name, gunichar top)
{
  GString *bytes = g_string_new (NULL);

  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c)) {
    const gunichar letter = g_utf8_get_char (c);

    g_string_append_c (bytes, letter <= top ? (char)letter : '?');
  }
  return g_string_free (bytes, FALSE);
}

/* The name as it comes back: not what was written (Q31). It may be no UTF-8 any more. */
static char *
tell_name (struct soap *soap, const char *name)
{
  const CgSimCall *call = soap->user;
  const double longest =
      cg_sim_faults_get_word_number (call->state->faults, CG_SIM_FAULT_Q31, "cut");
  char *told;

  if (is_so (soap, "empty") || is_so (soap, "equal"))
    return g_strdup (is_so (soap, "equal") ? "Preset" : "");
  if (is_so (soap, "latin1") || is_so (soap, "ascii"))
    told = to_bytes (name, is_so (soap, "ascii") ? 0x7f : 0xff);
  else
    told = g_strdup (name);
  if (longest > 0 && strlen (told) > (gsize)longest)
    told[(gsize)longest] = '\0';
  return told;
}

static void
tell_preset (struct soap *soap, struct tt__PTZPreset *made, const char *token, const char *name)
{
  g_autofree char *told = tell_name (soap, name);

  made->token = soap_strdup (soap, token);
  made->Name = soap_strdup (soap, told);
  made->PTZPosition = NULL;
}

static void
tell_set_preset (struct soap *soap, struct tt__PTZPreset *made, const CgSimPreset *preset)
{
  const CgSimCall *call = soap->user;
  CgSimTold told;

  tell_preset (soap, made, preset->token, preset->name);
  cg_sim_driving_tell_preset (call->state, preset, &told);
  if (is_so (soap, "no-zoom"))
    told.has_zoom = FALSE;
  if (!is_so (soap, "no-position"))
    made->PTZPosition = cg_sim_soap_make_place (soap, &told);
}

static gboolean
has_preset (const GPtrArray *presets, const char *token)
{
  for (guint i = 0; i < presets->len; i++) {
    const CgSimPreset *preset = g_ptr_array_index (presets, i);

    if (g_str_equal (preset->token, token))
      return TRUE;
  }
  return FALSE;
}

/* Empty slots (Q31) and those of its own functions (Q32), as presets that nobody has set. */
static void
tell_slots (struct soap *soap,
            const GPtrArray *presets,
            guint first,
            guint count,
            struct _tptz__GetPresetsResponse *response)
{
  for (guint number = first; number < first + count; number++) {
    g_autofree char *token = g_strdup_printf ("%u", number);
    g_autofree char *name = g_strdup_printf ("Preset %u", number);

    if (!has_preset (presets, token))
      tell_preset (soap, &response->Preset[response->__sizePreset++], token, name);
  }
}

int
__tptz__GetPresets (struct soap *soap,
                    struct _tptz__GetPresets *request,
                    struct _tptz__GetPresetsResponse *response)
{
  const CgSimCall *call = soap->user;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "profile", request->ProfileToken);
  cg_sim_soap_record (soap, "GetPresets", args);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken))
    return SOAP_FAULT;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&call->state->lock);
  const GPtrArray *presets = cg_sim_ptz_get_presets (cg_sim_state_get_head (call->state));
  CgSimFaults *faults = call->state->faults;
  const guint slots = (guint)cg_sim_faults_get_word_number (faults, CG_SIM_FAULT_Q31, "slots");
  const guint reserved = (guint)cg_sim_faults_get_number (faults, CG_SIM_FAULT_Q32);
  const guint most = presets->len + slots + reserved;

  response->Preset = soap_malloc (soap, sizeof (struct tt__PTZPreset) * MAX (most, 1));
  for (guint i = 0; i < presets->len; i++)
    tell_set_preset (soap, &response->Preset[i], g_ptr_array_index (presets, i));
  response->__sizePreset = (int)presets->len;
  tell_slots (soap, presets, 1, slots, response);
  if (slots < CG_SIM_FIRST_RESERVED)
    tell_slots (soap, presets, CG_SIM_FIRST_RESERVED, reserved, response);
  return SOAP_OK;
}

/* It has less room than it tells (Q31). */
static gboolean
has_room (struct soap *soap, const struct _tptz__SetPreset *request)
{
  const CgSimCall *call = soap->user;
  const double room = cg_sim_faults_get_word_number (call->state->faults, CG_SIM_FAULT_Q31, "full");
  const GPtrArray *presets = cg_sim_ptz_get_presets (cg_sim_state_get_head (call->state));

  return request->PresetToken != NULL || !is_so (soap, "full") || presets->len < room;
}

/* What SetPreset does with its token and its name (Q31). */
static CgSimPtzResult
set_preset (struct soap *soap, const struct _tptz__SetPreset *request, const CgSimPreset **preset)
{
  const CgSimCall *call = soap->user;
  const gint64 now_ms = g_get_monotonic_time () / 1000;
  const char *token = request->PresetToken;
  CgSimPtz *head = cg_sim_state_get_head (call->state);

  if (!has_room (soap, request))
    return CG_SIM_PTZ_TOO_MANY_PRESETS;
  if (token != NULL && !has_preset (cg_sim_ptz_get_presets (head), token) &&
      (is_so (soap, "accepts") || cg_sim_state_is_slot (call->state, token)))
    return cg_sim_ptz_add_preset (head, now_ms, token, request->PresetName, preset);
  return cg_sim_ptz_set_preset (head, now_ms, token, request->PresetName, preset);
}

/* Under which token the new one is told to be, true or not (Q31). */
static const char *
tell_token (struct soap *soap, const char *token)
{
  return is_so (soap, "silent") ? "" : is_so (soap, "other") ? "Preset-new" : token;
}

/* A slot of its own is not ours to change (Q32). */
static gboolean
is_ours (struct soap *soap, const char *token)
{
  const CgSimCall *call = soap->user;

  if (!cg_sim_state_is_reserved (call->state, token))
    return TRUE;
  cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_ARGUMENT, "This preset is reserved");
  return FALSE;
}

int
__tptz__SetPreset (struct soap *soap,
                   struct _tptz__SetPreset *request,
                   struct _tptz__SetPresetResponse *response)
{
  const CgSimCall *call = soap->user;
  const CgSimPreset *preset;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "token", request->PresetToken);
  json_object_set_string_member (args, "name", request->PresetName);
  cg_sim_soap_record (soap, "SetPreset", args);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken) ||
      !is_ours (soap, request->PresetToken))
    return SOAP_FAULT;
  if (request->PresetName == NULL && is_so (soap, "named"))
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INVALID_ARGUMENT, "A preset has a name");

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&call->state->lock);
  const CgSimPtzResult result = set_preset (soap, request, &preset);

  if (result == CG_SIM_PTZ_DONE)
    response->PresetToken = soap_strdup (soap, tell_token (soap, preset->token));
  return answer_result (soap, result);
}

int
__tptz__GotoPreset (struct soap *soap,
                    struct _tptz__GotoPreset *request,
                    struct _tptz__GotoPresetResponse *response)
{
  const CgSimCall *call = soap->user;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "token", request->PresetToken);
  cg_sim_soap_record (soap, "GotoPreset", args);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken))
    return SOAP_FAULT;
  return answer_result (soap, cg_sim_driving_goto (call->state, request->PresetToken));
}

int
__tptz__RemovePreset (struct soap *soap,
                      struct _tptz__RemovePreset *request,
                      struct _tptz__RemovePresetResponse *response)
{
  const CgSimCall *call = soap->user;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "token", request->PresetToken);
  cg_sim_soap_record (soap, "RemovePreset", args);
  if (!cg_sim_soap_check_ptz_profile (soap, request->ProfileToken) ||
      !is_ours (soap, request->PresetToken))
    return SOAP_FAULT;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&call->state->lock);
  CgSimPtz *head = cg_sim_state_get_head (call->state);
  const CgSimPtzResult result = cg_sim_ptz_remove_preset (head, request->PresetToken);

  if (result == CG_SIM_PTZ_DONE && is_so (soap, "shifts"))
    cg_sim_ptz_renumber (head, 1);
  if (result == CG_SIM_PTZ_NO_TOKEN && cg_sim_state_is_slot (call->state, request->PresetToken))
    return SOAP_OK;
  return answer_result (soap, result);
}
