/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-fault.h"

#include <string.h>

#include "cg-onvif-text.h"
#include "onvifH.h"

/* Long enough for any reason, short enough for a log line. */
#define MAX_TEXT 200

/* Where a code counts. */
typedef enum {
  ANYWHERE,
  ONLY_PTZ,
} Where;

/* Fault codes in order of weight: a fault carries up to four, and the first row that names one of
 * them wins. Core Specification, 5.8.2.2 "Generic faults"; PTZ Service Specification, 5.3 and 5.4.
 */
static const struct {
  const char *code;
  Where where;
  CgError error;
} by_code[] = {
    {"NotAuthorized", ANYWHERE, CG_ERROR_LOGIN_REFUSED},
    {"SenderNotAuthorized", ANYWHERE, CG_ERROR_LOGIN_REFUSED},
    {"FailedAuthentication", ANYWHERE, CG_ERROR_LOGIN_REFUSED},
    {"FailedCheck", ANYWHERE, CG_ERROR_LOGIN_REFUSED},
    {"InvalidSecurity", ANYWHERE, CG_ERROR_LOGIN_REFUSED},
    {"InvalidSecurityToken", ANYWHERE, CG_ERROR_LOGIN_REFUSED},
    {"UnsupportedSecurityToken", ANYWHERE, CG_ERROR_LOGIN_REFUSED},
    {"SecurityTokenUnavailable", ANYWHERE, CG_ERROR_LOGIN_REFUSED},
    {"MessageExpired", ANYWHERE, CG_ERROR_LOGIN_REFUSED},
    {"OperationProhibited", ANYWHERE, CG_ERROR_NOT_PERMITTED},
    {"TooManyPresets", ANYWHERE, CG_ERROR_TOO_MANY_PRESETS},
    {"NoPTZProfile", ANYWHERE, CG_ERROR_NO_PTZ},
    {"PTZNotSupported", ANYWHERE, CG_ERROR_NO_PTZ},
    {"NoToken", ONLY_PTZ, CG_ERROR_NO_SUCH_PRESET},
    {"OptionalActionNotSupported", ONLY_PTZ, CG_ERROR_NO_PTZ},
    {"OptionalActionNotImplemented", ONLY_PTZ, CG_ERROR_NO_PTZ},
    {"OptionalActionNotSupported", ANYWHERE, CG_ERROR_NOT_SUPPORTED},
    {"OptionalActionNotImplemented", ANYWHERE, CG_ERROR_NOT_SUPPORTED},
    {"ActionNotSupported", ANYWHERE, CG_ERROR_NOT_SUPPORTED},
    {"ActionNotImplemented", ANYWHERE, CG_ERROR_NOT_SUPPORTED},
    {"UnknownAction", ANYWHERE, CG_ERROR_NOT_SUPPORTED},
};

/* Cameras that say it in words only, in lower case. */
static const struct {
  const char *words;
  CgError error;
} by_text[] = {
    {"not authorized", CG_ERROR_LOGIN_REFUSED},
    {"unauthorized", CG_ERROR_LOGIN_REFUSED},
    {"authentication fail", CG_ERROR_LOGIN_REFUSED},
    {"not implemented", CG_ERROR_NOT_SUPPORTED},
    {"not supported", CG_ERROR_NOT_SUPPORTED},
    {"too many presets", CG_ERROR_TOO_MANY_PRESETS},
};

static const struct {
  guint status;
  CgError error;
} by_status[] = {
    {401, CG_ERROR_LOGIN_REFUSED}, {403, CG_ERROR_LOGIN_REFUSED}, {404, CG_ERROR_NOT_SUPPORTED},
    {405, CG_ERROR_NOT_SUPPORTED}, {501, CG_ERROR_NOT_SUPPORTED},
};

/* gSOAP writes a name as prefix:name or "uri":name. */
static char *
local_name (const char *qname)
{
  const char *colon = strrchr (qname, ':');

  return cg_onvif_text_dup (colon != NULL ? colon + 1 : qname);
}

static void
add_code (CgOnvifFault *self, guint *n, const char *qname)
{
  char *name = qname != NULL ? local_name (qname) : NULL;

  if (name != NULL)
    self->codes[(*n)++] = name;
}

static char *
dup_text (const char *text)
{
  g_autofree char *clean = cg_onvif_text_dup (text);

  if (clean == NULL)
    return NULL;
  g_strdelimit (clean, "\r\n\t", ' ');
  return g_utf8_strlen (clean, -1) > MAX_TEXT ? g_utf8_substring (clean, 0, MAX_TEXT)
                                              : g_steal_pointer (&clean);
}

/**
 * cg_onvif_fault_new:
 * @soap: a context that has just failed to read an answer
 * @http_status: that answer's status
 *
 * Collects the codes of a SOAP 1.2 or 1.1 fault, nested ones too, and its text.
 *
 * Returns: (transfer full): the fault; without codes if the answer held none
 */
CgOnvifFault *
cg_onvif_fault_new (const struct soap *soap, guint http_status)
{
  CgOnvifFault *self = g_new0 (CgOnvifFault, 1);
  const struct SOAP_ENV__Fault *fault = soap->fault;
  guint n = 0;

  self->http_status = http_status;
  self->is_empty = soap->error == SOAP_NO_DATA;
  self->is_endless = soap->error == SOAP_OCCURS;
  if (fault == NULL || (fault->SOAP_ENV__Code == NULL && fault->faultcode == NULL))
    return self;
  add_code (self, &n, fault->faultcode);
  for (const struct SOAP_ENV__Code *code = fault->SOAP_ENV__Code;
       code != NULL && n < CG_ONVIF_FAULT_DEPTH; code = code->SOAP_ENV__Subcode)
    add_code (self, &n, code->SOAP_ENV__Value);
  if (fault->SOAP_ENV__Reason != NULL)
    self->text = dup_text (fault->SOAP_ENV__Reason->SOAP_ENV__Text);
  if (self->text == NULL)
    self->text = dup_text (fault->faultstring);
  return self;
}

/**
 * cg_onvif_fault_free:
 * @self: (transfer full) (nullable): a fault
 */
void
cg_onvif_fault_free (CgOnvifFault *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < CG_ONVIF_FAULT_DEPTH; i++)
    g_free (self->codes[i]);
  g_free (self->text);
  g_free (self);
}

/**
 * cg_onvif_fault_has_code:
 * @self: (nullable): a fault
 * @code: a code without prefix
 *
 * Returns: whether it is one of the fault's, at any depth
 */
gboolean
cg_onvif_fault_has_code (const CgOnvifFault *self, const char *code)
{
  return self != NULL && g_strv_contains ((const char *const *)self->codes, code);
}

/**
 * cg_onvif_fault_is_bare:
 * @self: a fault
 *
 * Returns: whether it says nothing at all: 400 without SOAP, 200 without a body. Cameras that want
 *   another login answer like that (Q3).
 */
gboolean
cg_onvif_fault_is_bare (const CgOnvifFault *self)
{
  return self->codes[0] == NULL &&
         (self->http_status == 400 || (self->http_status == 200 && self->is_empty));
}

static gboolean
classify_by_code (const CgOnvifFault *self, CgOnvifService service, CgError *error)
{
  for (guint i = 0; i < G_N_ELEMENTS (by_code); i++) {
    if (by_code[i].where == ONLY_PTZ && service != CG_ONVIF_SERVICE_PTZ)
      continue;
    if (cg_onvif_fault_has_code (self, by_code[i].code)) {
      *error = by_code[i].error;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
classify_by_text (const CgOnvifFault *self, CgError *error)
{
  g_autofree char *lower = g_ascii_strdown (self->text != NULL ? self->text : "", -1);

  for (guint i = 0; i < G_N_ELEMENTS (by_text); i++) {
    if (strstr (lower, by_text[i].words) != NULL) {
      *error = by_text[i].error;
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * cg_onvif_fault_classify:
 * @self: a fault
 * @service: the service that sent it
 *
 * The one conversion of a camera's refusals: by code, else by its words, else by HTTP status.
 *
 * Returns: the error; %CG_ERROR_PEER_FAULT for what has no meaning of its own
 */
CgError
cg_onvif_fault_classify (const CgOnvifFault *self, CgOnvifService service)
{
  CgError error = CG_ERROR_PEER_FAULT;

  if (classify_by_code (self, service, &error) || classify_by_text (self, &error))
    return error;
  for (guint i = 0; i < G_N_ELEMENTS (by_status); i++) {
    if (by_status[i].status == self->http_status)
      return by_status[i].error;
  }
  return CG_ERROR_PEER_FAULT;
}

/**
 * cg_onvif_fault_to_error:
 * @self: a fault
 * @operation: what was asked
 * @code: what it means
 * @error: return location
 *
 * Words the fault: operation, codes, reason. What names no code has the cause
 * %CG_ERROR_CAUSE_GARBLED; %CG_ERROR_CAUSE_NO_MEMORY is ONVIF Core's OutofMemory.
 */
void
cg_onvif_fault_to_error (const CgOnvifFault *self,
                         const CgOnvifOperation *operation,
                         CgError code,
                         GError **error)
{
  g_autofree char *codes = g_strjoinv ("/", (char **)self->codes);

  if (self->is_endless)
    g_set_error (error, CG_ERROR, (int)code, "%s: the answer lists more than %u of a kind",
                 operation->name, CG_ONVIF_MAX_OCCURS);
  else if (self->codes[0] == NULL)
    g_set_error (error, CG_ERROR, (int)code, "%s: HTTP status %u without a usable answer",
                 operation->name, self->http_status);
  else
    g_set_error (error, CG_ERROR, (int)code, "%s: %s%s%s", operation->name, codes,
                 self->text != NULL ? ": " : "", self->text != NULL ? self->text : "");
  if (self->codes[0] == NULL)
    cg_error_set_cause (error, CG_ERROR_CAUSE_GARBLED);
  else if (cg_onvif_fault_has_code (self, "OutofMemory"))
    cg_error_set_cause (error, CG_ERROR_CAUSE_NO_MEMORY);
}
