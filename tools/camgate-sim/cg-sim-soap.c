/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-soap.h"

#include "onvifH.h"

typedef enum {
  ACCESS_PUBLIC,
  ACCESS_READ,
  ACCESS_ACTUATE, /* moves something */
} Access;

typedef struct {
  const char *tag; /* as the generated code names it */
  const char *path;
  Access access;
} OperationRow;

static const OperationRow operations[] = {
    {"tds:GetSystemDateAndTime", CG_SIM_DEVICE_PATH, ACCESS_PUBLIC},
    {"tds:GetServices", CG_SIM_DEVICE_PATH, ACCESS_READ},
    {"tds:GetCapabilities", CG_SIM_DEVICE_PATH, ACCESS_READ},
    {"tds:GetDeviceInformation", CG_SIM_DEVICE_PATH, ACCESS_READ},
    {"tds:SetSystemDateAndTime", CG_SIM_DEVICE_PATH, ACCESS_ACTUATE},
    {"tds:SystemReboot", CG_SIM_DEVICE_PATH, ACCESS_ACTUATE},
    {"tds:GetNetworkInterfaces", CG_SIM_DEVICE_PATH, ACCESS_READ},
    {"tds:StartFirmwareUpgrade", CG_SIM_DEVICE_PATH, ACCESS_ACTUATE},
    {"tds:GetGeoLocation", CG_SIM_DEVICE_PATH, ACCESS_READ},
    {"trt:GetProfiles", CG_SIM_MEDIA_PATH, ACCESS_READ},
    {"trt:GetStreamUri", CG_SIM_MEDIA_PATH, ACCESS_READ},
    {"trt:SetSynchronizationPoint", CG_SIM_MEDIA_PATH, ACCESS_READ},
    {"trt:GetSnapshotUri", CG_SIM_MEDIA_PATH, ACCESS_READ},
    {"tr2:GetProfiles", CG_SIM_MEDIA2_PATH, ACCESS_READ},
    {"tr2:GetStreamUri", CG_SIM_MEDIA2_PATH, ACCESS_READ},
    {"tr2:SetSynchronizationPoint", CG_SIM_MEDIA2_PATH, ACCESS_READ},
    {"tr2:GetSnapshotUri", CG_SIM_MEDIA2_PATH, ACCESS_READ},
    {"trt:GetVideoEncoderConfiguration", CG_SIM_MEDIA_PATH, ACCESS_READ},
    {"trt:SetVideoEncoderConfiguration", CG_SIM_MEDIA_PATH, ACCESS_ACTUATE},
    {"tev:CreatePullPointSubscription", CG_SIM_EVENTS_PATH, ACCESS_READ},
    {"tev:PullMessages", CG_SIM_SUBSCRIPTION_PATH, ACCESS_READ},
    {"tev:SetSynchronizationPoint", CG_SIM_SUBSCRIPTION_PATH, ACCESS_READ},
    {"wsnt:Renew", CG_SIM_SUBSCRIPTION_PATH, ACCESS_READ},
    {"wsnt:Unsubscribe", CG_SIM_SUBSCRIPTION_PATH, ACCESS_READ},
    {"tptz:GetConfigurations", CG_SIM_PTZ_PATH, ACCESS_READ},
    {"tptz:GetNodes", CG_SIM_PTZ_PATH, ACCESS_READ},
    {"tptz:GetStatus", CG_SIM_PTZ_PATH, ACCESS_READ},
    {"tptz:GetPresets", CG_SIM_PTZ_PATH, ACCESS_READ},
    {"tptz:SetPreset", CG_SIM_PTZ_PATH, ACCESS_ACTUATE},
    {"tptz:RemovePreset", CG_SIM_PTZ_PATH, ACCESS_ACTUATE},
    {"tptz:GotoPreset", CG_SIM_PTZ_PATH, ACCESS_ACTUATE},
    {"tptz:ContinuousMove", CG_SIM_PTZ_PATH, ACCESS_ACTUATE},
    {"tptz:RelativeMove", CG_SIM_PTZ_PATH, ACCESS_ACTUATE},
    {"tptz:Stop", CG_SIM_PTZ_PATH, ACCESS_ACTUATE},
};

typedef struct {
  const char *code;
  const char *subcode;
  const char *detail_code; /* (nullable) */
} FaultCodeRow;

/* Core Specification, 5.8.2 "Fault codes", and the fault lists of each operation. */
static const FaultCodeRow fault_codes[] = {
    [CG_SIM_FAULT_CODE_NOT_WELL_FORMED] = {"Sender", "WellFormed"},
    [CG_SIM_FAULT_CODE_NOT_AUTHORIZED] = {"Sender", "NotAuthorized"},
    [CG_SIM_FAULT_CODE_UNKNOWN_ACTION] = {"Receiver", "ActionNotSupported"},
    [CG_SIM_FAULT_CODE_NO_PTZ] = {"Receiver", "ActionNotSupported", "OptionalActionNotSupported"},
    [CG_SIM_FAULT_CODE_INVALID_ARGUMENT] = {"Sender", "InvalidArgVal"},
    [CG_SIM_FAULT_CODE_NO_PROFILE] = {"Sender", "InvalidArgVal", "NoProfile"},
    [CG_SIM_FAULT_CODE_NO_PTZ_PROFILE] = {"Sender", "InvalidArgVal", "NoPTZProfile"},
    [CG_SIM_FAULT_CODE_NO_TOKEN] = {"Sender", "InvalidArgVal", "NoToken"},
    [CG_SIM_FAULT_CODE_TOO_MANY_PRESETS] = {"Receiver", "Action", "TooManyPresets"},
    [CG_SIM_FAULT_CODE_INVALID_VELOCITY] = {"Sender", "InvalidArgVal", "InvalidVelocity"},
    [CG_SIM_FAULT_CODE_INVALID_TRANSLATION] = {"Sender", "InvalidArgVal", "InvalidTranslation"},
    [CG_SIM_FAULT_CODE_SPACE_NOT_SUPPORTED] = {"Sender", "InvalidArgVal", "SpaceNotSupported"},
    [CG_SIM_FAULT_CODE_TIMEOUT_NOT_SUPPORTED] = {"Sender", "InvalidArgVal", "TimeoutNotSupported"},
    [CG_SIM_FAULT_CODE_INVALID_STREAM_SETUP] = {"Sender", "InvalidArgVal", "InvalidStreamSetup"},
    [CG_SIM_FAULT_CODE_NO_CONFIG] = {"Sender", "InvalidArgVal", "NoConfig"},
    [CG_SIM_FAULT_CODE_INTERNAL] = {"Receiver", "Action"},
    [CG_SIM_FAULT_CODE_NO_SUBSCRIPTION] = {"Receiver", "ResourceUnknownFault"},
    [CG_SIM_FAULT_CODE_TOO_MANY_SUBSCRIPTIONS] = {"Receiver", "SubscribeCreationFailedFault"},
};
G_STATIC_ASSERT (G_N_ELEMENTS (fault_codes) == CG_SIM_N_FAULT_CODES);

#define FAULT_TEXT                                                                                 \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"                                                     \
  "<env:Envelope xmlns:env=\"http://www.w3.org/2003/05/soap-envelope\""                            \
  " xmlns:ter=\"http://www.onvif.org/ver10/error\"><env:Body><env:Fault>"                          \
  "<env:Code><env:Value>env:%s</env:Value><env:Subcode><env:Value>ter:%s</env:Value>%s"            \
  "</env:Subcode></env:Code>"                                                                      \
  "<env:Reason><env:Text xml:lang=\"en\">%s</env:Text></env:Reason>"                               \
  "</env:Fault></env:Body></env:Envelope>"

/* Core Specification, 5.8.2: Sender faults go out with 400, Receiver faults with 500. */
static void
answer_fault (CgSimCall *call, CgSimFaultCode code, const char *text)
{
  const FaultCodeRow *row = &fault_codes[code];
  g_autofree char *reason = g_markup_escape_text (text, -1);
  g_autofree char *inner = NULL;

  if (row->detail_code != NULL)
    inner = g_strdup_printf ("<env:Subcode><env:Value>ter:%s</env:Value></env:Subcode>",
                             row->detail_code);
  g_free (call->answer);
  call->answer =
      g_strdup_printf (FAULT_TEXT, row->code, row->subcode, inner != NULL ? inner : "", reason);
  call->status = g_str_equal (row->code, "Sender") ? 400 : 500;
}

static void
answer_challenge (CgSimCall *call, gboolean stale)
{
  const gint64 now_ms = g_get_monotonic_time () / 1000;
  CgSimFaults *faults = call->state->faults;
  const gboolean has_sha = cg_sim_faults_is_on (faults, CG_SIM_FAULT_Q27);

  call->status = 401;
  if (has_sha)
    call->challenge = cg_sim_login_challenge_sha256 (call->login, now_ms, stale);
  if (has_sha && !cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q27, "alone"))
    call->second_challenge = cg_sim_login_challenge (call->login, now_ms, stale);
  if (!has_sha)
    call->challenge = cg_sim_login_challenge (call->login, now_ms, stale);
}

static const struct wsse__UsernameTokenType *
find_token (struct soap *soap)
{
  if (soap->header == NULL || soap->header->wsse__Security == NULL)
    return NULL;
  return soap->header->wsse__Security->UsernameToken;
}

static gboolean
check_token (CgSimCall *call, const struct wsse__UsernameTokenType *came, const char *op)
{
  const CgSimToken token = {
      .username = came->Username,
      .password = came->Password != NULL ? came->Password->__item : NULL,
      .type = came->Password != NULL ? came->Password->Type : NULL,
      .nonce = came->Nonce != NULL ? came->Nonce->__item : NULL,
      .created = came->wsu__Created,
  };
  const gint64 clock_ms = cg_sim_state_get_token_time_ms (call->state);

  if (cg_sim_login_check_token (call->login, clock_ms, &token) == CG_SIM_LOGIN_OK &&
      !cg_sim_state_is_locked (call->state))
    return TRUE;
  cg_sim_state_note_refusal (call->state, "token", op);
  answer_fault (call, CG_SIM_FAULT_CODE_NOT_AUTHORIZED, "The action requested requires a login");
  return FALSE;
}

/* It never takes a digest, and says each time that only the nonce was old (Q3). */
static gboolean
is_always_stale (const CgSimCall *call)
{
  return cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q3, "stale");
}

/* Right or not: the account is locked (Q6), or SHA-256 is offered and fails (Q27). */
static gboolean
is_refused_anyway (const CgSimCall *call)
{
  return cg_sim_state_is_locked (call->state) || is_always_stale (call) ||
         (cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q27, "failing") &&
          strstr (call->authorization, "SHA-256") != NULL);
}

static gboolean
check_digest (CgSimCall *call, const char *op)
{
  const gint64 now_ms = g_get_monotonic_time () / 1000;
  CgSimLoginResult result;

  if (call->authorization == NULL) {
    answer_challenge (call, FALSE);
    return FALSE;
  }
  result = cg_sim_login_check_digest (call->login, now_ms, "POST", call->path, call->authorization);
  if (is_refused_anyway (call))
    result = CG_SIM_LOGIN_REFUSED;
  if (result == CG_SIM_LOGIN_OK)
    return TRUE;
  if (result == CG_SIM_LOGIN_REFUSED)
    cg_sim_state_note_refusal (call->state, "digest", op);
  answer_challenge (call, result == CG_SIM_LOGIN_STALE || is_always_stale (call));
  return FALSE;
}

/* Only what is asked for lets in, and a stranger is told little (Q3). */
static gboolean
check_strangely (CgSimCall *call, const struct wsse__UsernameTokenType *token, const char *op)
{
  static const struct {
    const char *arg;
    guint status;
  } rows[] = {{"empty", 200}, {"400", 400}, {"401", 401}};

  if (cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q3, "both") &&
      !check_digest (call, op))
    return FALSE;
  if (token != NULL)
    return check_token (call, token, op);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q3, rows[i].arg)) {
      call->status = rows[i].status;
      return FALSE;
    }
  }
  answer_fault (call, CG_SIM_FAULT_CODE_NOT_AUTHORIZED, "The action requested requires a login");
  return FALSE;
}

static gboolean
check_login (CgSimCall *call, struct soap *soap, const char *op)
{
  const CgSimAuth auth = call->state->options.auth;
  const struct wsse__UsernameTokenType *token = find_token (soap);

  if (auth == CG_SIM_AUTH_NONE)
    return TRUE;
  if (cg_sim_faults_is_on (call->state->faults, CG_SIM_FAULT_Q3) && !is_always_stale (call))
    return check_strangely (call, token, op);
  if (token != NULL && auth != CG_SIM_AUTH_DIGEST)
    return check_token (call, token, op);
  if (auth != CG_SIM_AUTH_TOKEN)
    return check_digest (call, op);
  answer_fault (call, CG_SIM_FAULT_CODE_NOT_AUTHORIZED, "The action requested requires a login");
  return FALSE;
}

/* What a camera lacks that has all the rest (Q28, Q45). */
static gboolean
is_missing (const CgSimCall *call, const OperationRow *operation)
{
  CgSimFaults *faults = call->state->faults;
  const gboolean has_q45 = cg_sim_faults_is_on (faults, CG_SIM_FAULT_Q45) &&
                           !cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q45, "login");

  if (g_str_equal (operation->path, CG_SIM_MEDIA_PATH))
    return cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q28, "absent");
  if (g_str_equal (operation->tag, "tds:GetServices"))
    return has_q45;
  return g_str_equal (operation->tag, "tds:GetCapabilities") && has_q45 &&
         !cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q45, "services");
}

/* Where an operation is served: some cameras have one path for all (Q45). */
static const char *
get_path (const CgSimCall *call, const OperationRow *operation)
{
  return cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q45, "elsewhere") &&
                 !g_str_equal (operation->path, CG_SIM_SUBSCRIPTION_PATH)
             ? CG_SIM_DEVICE_PATH
             : operation->path;
}

/* A pull point has a path of its own, behind that of its kind. */
static gboolean
is_at (const char *path, const char *called)
{
  return g_strcmp0 (path, called) == 0 || (g_str_equal (path, CG_SIM_SUBSCRIPTION_PATH) &&
                                           g_str_has_prefix (called, CG_SIM_SUBSCRIPTION_PATH));
}

static const OperationRow *
find_operation (CgSimCall *call, struct soap *soap)
{
  for (gsize i = 0; i < G_N_ELEMENTS (operations); i++) {
    if (soap_match_tag (soap, soap->tag, operations[i].tag) != SOAP_OK)
      continue;
    const char *path = get_path (call, &operations[i]);
    return is_at (path, call->path) && !is_missing (call, &operations[i]) ? &operations[i] : NULL;
  }
  return NULL;
}

/* Q35 */
static void
forbid (CgSimCall *call)
{
  CgSimFaults *faults = call->state->faults;

  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q35, "401") && call->login != NULL)
    answer_challenge (call, FALSE);
  else if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q35, "fault"))
    answer_fault (call, CG_SIM_FAULT_CODE_NOT_AUTHORIZED, "Sender not authorized");
  else
    call->status = cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q35, "403") ? 403 : 401;
}

static gboolean
is_allowed (CgSimCall *call, struct soap *soap, const OperationRow *operation)
{
  const char *op = strchr (operation->tag, ':') + 1;
  const gboolean is_public = operation->access == ACCESS_PUBLIC &&
                             !cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q45, "login");

  if (!is_public && call->waited_ms == 0 && !check_login (call, soap, op))
    return FALSE;
  if (operation->access == ACCESS_ACTUATE &&
      cg_sim_faults_is_on (call->state->faults, CG_SIM_FAULT_Q35)) {
    forbid (call);
    return FALSE;
  }
  if (g_str_equal (operation->path, CG_SIM_PTZ_PATH) && !call->state->options.ptz) {
    answer_fault (call, CG_SIM_FAULT_CODE_NO_PTZ, "This device has no PTZ");
    return FALSE;
  }
  return TRUE;
}

/* WS-Addressing, where it does not belong (Q2): "…/2005/08/addressing" and its elder of 2004. */
static gboolean
has_unwanted_headers (const CgSimCall *call, const OperationRow *operation)
{
  CgSimFaults *faults = call->state->faults;
  const gboolean is_of_events = g_str_equal (operation->path, CG_SIM_EVENTS_PATH) ||
                                g_str_equal (operation->path, CG_SIM_SUBSCRIPTION_PATH);

  if (is_of_events || strstr (call->body, "/addressing") == NULL)
    return FALSE;
  return cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q2, "all") ||
         (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q2, "stop") &&
          g_str_equal (operation->tag, "tptz:Stop"));
}

static void
serve_body (CgSimCall *call, struct soap *soap, const char **text)
{
  soap_peek_element (soap);
  const OperationRow *operation = find_operation (call, soap);
  if (operation == NULL) {
    g_autofree char *reason = g_strdup_printf ("No %s at %s", soap->tag, call->path);

    answer_fault (call, CG_SIM_FAULT_CODE_UNKNOWN_ACTION, reason);
    return;
  }
  if (has_unwanted_headers (call, operation)) {
    answer_fault (call, CG_SIM_FAULT_CODE_INVALID_ARGUMENT, "Unknown header");
    return;
  }
  if (!is_allowed (call, soap, operation))
    return;

  if (soap->header != NULL) {
    call->to = soap->header->wsa__To;
    call->action = soap->header->wsa__Action;
  }
  soap->header = NULL;
  if (soap_serve_request (soap) == SOAP_OK && *text != NULL) {
    call->status = 200;
    call->answer = g_strdup (*text);
  } else if (call->answer == NULL) {
    answer_fault (call, CG_SIM_FAULT_CODE_NOT_WELL_FORMED, "Unreadable request");
  }
}

/**
 * cg_sim_soap_serve:
 * @call: (inout): a call, whose answer is filled in
 *
 * Checks envelope, operation, service and login, then lets the service answer.
 */
void
cg_sim_soap_serve (CgSimCall *call)
{
  struct soap *soap = soap_new1 (SOAP_XML_TREE | SOAP_C_UTFSTRING | SOAP_ENC_PLAIN);
  const char *text = NULL;

  soap->user = call;
  soap->is = call->body;
  soap->os = &text;
  if (soap_begin_serve (soap) == SOAP_OK)
    serve_body (call, soap, &text);
  else
    answer_fault (call, CG_SIM_FAULT_CODE_NOT_WELL_FORMED, "Unreadable request");
  soap_destroy (soap);
  soap_end (soap);
  soap_free (soap);
}

/**
 * cg_sim_call_clear:
 * @call: a call that was served: frees what the answer owns
 */
void
cg_sim_call_clear (CgSimCall *call)
{
  g_clear_pointer (&call->answer, g_free);
  g_clear_pointer (&call->challenge, g_free);
  g_clear_pointer (&call->second_challenge, g_free);
}

/**
 * cg_sim_soap_fault:
 * @soap: in a service function
 * @code: what it is
 * @text: for people
 *
 * Returns: what the service function returns
 */
int
cg_sim_soap_fault (struct soap *soap, CgSimFaultCode code, const char *text)
{
  answer_fault (soap->user, code, text);
  return SOAP_FAULT;
}

/**
 * cg_sim_soap_record:
 * @soap: in a service function
 * @op: its name
 * @args: (transfer full) (nullable): what was asked
 */
void
cg_sim_soap_record (struct soap *soap, const char *op, JsonObject *args)
{
  const CgSimCall *call = soap->user;

  cg_sim_requests_add (call->state->requests, op, g_get_real_time () / 1000, args);
}

/**
 * cg_sim_soap_service_url:
 * @soap: in a service function
 * @path: of a service
 *
 * Returns: (transfer none): its address, in the memory of @soap
 */
char *
cg_sim_soap_service_url (struct soap *soap, const char *path)
{
  const CgSimCall *call = soap->user;
  g_autofree char *url =
      cg_sim_state_make_url (call->state, "http", call->host, call->state->onvif_port, path);

  return soap_strdup (soap, url);
}

/**
 * cg_sim_soap_find_profile:
 * @soap: in a service function
 * @token: (nullable): what was asked for
 *
 * Returns: (nullable): the profile; %NULL when there is none, and the fault is set
 */
const CgSimProfile *
cg_sim_soap_find_profile (struct soap *soap, const char *token)
{
  const CgSimCall *call = soap->user;

  for (guint i = 0; i < cg_sim_state_count_profiles (call->state); i++) {
    if (g_strcmp0 (call->state->profiles[i].token, token) == 0)
      return &call->state->profiles[i];
  }
  cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_NO_PROFILE, "The profile token does not exist");
  return NULL;
}

/**
 * cg_sim_soap_has_ptz:
 * @soap: in a service function
 * @profile: a profile
 *
 * Returns: whether it has a PTZ configuration (Q34); of an NVR, only every second channel has (Q60)
 */
gboolean
cg_sim_soap_has_ptz (struct soap *soap, const CgSimProfile *profile)
{
  const CgSimCall *call = soap->user;

  if (cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q34, "all") ||
      (profile->stream == 0 && cg_sim_faults_is_on (call->state->faults, CG_SIM_FAULT_Q34)))
    return FALSE;
  if (profile->channel % 2 != 0 && cg_sim_faults_is_on (call->state->faults, CG_SIM_FAULT_Q60))
    return FALSE;
  return call->state->options.ptz;
}

/**
 * cg_sim_soap_check_ptz_profile:
 * @soap: in a service function
 * @token: (nullable): what was asked for
 *
 * Returns: whether it is a profile with a PTZ configuration; else the fault is set
 */
gboolean
cg_sim_soap_check_ptz_profile (struct soap *soap, const char *token)
{
  const CgSimProfile *profile = cg_sim_soap_find_profile (soap, token);

  if (profile == NULL)
    return FALSE;
  if (cg_sim_soap_has_ptz (soap, profile))
    return TRUE;
  cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_NO_PTZ_PROFILE,
                     "The profile does not reference a PTZ configuration");
  return FALSE;
}
