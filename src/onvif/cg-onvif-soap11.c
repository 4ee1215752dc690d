/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-soap11.h"

#include <string.h>

#include "cg-onvif-session-private.h"

/* The first of each is the one in the envelope's head. SOAP 1.1, 4.1.2 and 4.2.3. */
static const struct {
  const char *soap12;
  const char *soap11;
} changes[] = {
    {"\"http://www.w3.org/2003/05/soap-envelope\"",
     "\"http://schemas.xmlsoap.org/soap/envelope/\""},
    {"\"http://www.w3.org/2003/05/soap-encoding\"",
     "\"http://schemas.xmlsoap.org/soap/encoding/\""},
    {"mustUnderstand=\"true\"", "mustUnderstand=\"1\""},
};

static char *
replace_first (const char *text, const char *old, const char *new)
{
  const char *found = strstr (text, old);

  if (found == NULL)
    return g_strdup (text);
  return g_strdup_printf ("%.*s%s%s", (int)(found - text), text, new, found + strlen (old));
}

/**
 * cg_onvif_soap11_convert:
 * @message: a SOAP 1.2 envelope of ours
 *
 * Returns: (transfer full): the same as SOAP 1.1 (Q40)
 */
char *
cg_onvif_soap11_convert (const char *message)
{
  char *text = g_strdup (message);

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *old = text;

    text = replace_first (old, changes[i].soap12, changes[i].soap11);
  }
  return text;
}

/**
 * cg_onvif_soap11_get_action:
 * @operation: an operation
 *
 * Returns: (transfer full): the value of the SOAPAction header. SOAP 1.1, 6.1.1
 */
char *
cg_onvif_soap11_get_action (const CgOnvifOperation *operation)
{
  g_autofree char *action = cg_onvif_operation_get_action (operation);

  return g_strdup_printf ("\"%s\"", action);
}

/* Whether the camera says that it wants the other version, or says nothing that shows it has
 * understood a word. */
static gboolean
wants_other (const CgOnvifSession *session)
{
  const CgOnvifFault *fault = session->fault;

  if (fault == NULL)
    return cg_onvif_http_was_swallowed (session->http);
  if (fault->codes[0] != NULL)
    return cg_onvif_fault_has_code (fault, "VersionMismatch");
  return cg_onvif_fault_is_bare (fault) || fault->http_status == 415 || fault->http_status == 500;
}

/**
 * cg_onvif_soap11_switch:
 * @session: a session whose last call failed
 * @has_login: whether that call carried a login
 *
 * Switches to the other version of SOAP if that may be what the camera wants (Q40): it says so, or
 * it has never yet understood a word. A login goes out a second time only if it says so (Q6).
 *
 * Returns: whether the call is to be made once more
 */
gboolean
cg_onvif_soap11_switch (CgOnvifSession *session, gboolean has_login)
{
  const gboolean says_so = cg_onvif_fault_has_code (session->fault, "VersionMismatch");

  if (!says_so && (session->is_soap_known || has_login || !wants_other (session)))
    return FALSE;
  session->is_soap11 = !session->is_soap11;
  return TRUE;
}

/**
 * cg_onvif_soap11_switch_back:
 * @session: a session whose call has failed in both versions
 * @fault: (inout) (nullable): what the camera answered in the first
 *
 * Unless the camera has understood the second version better, everything is as it was before it.
 *
 * Returns: whether the first failure is the one that counts
 */
gboolean
cg_onvif_soap11_switch_back (CgOnvifSession *session, CgOnvifFault **fault)
{
  if (session->fault != NULL && !wants_other (session))
    return FALSE;
  session->is_soap11 = !session->is_soap11;
  cg_onvif_fault_free (session->fault);
  session->fault = g_steal_pointer (fault);
  return TRUE;
}

/**
 * cg_onvif_soap11_note:
 * @session: a session after a call
 * @ok: whether it was answered
 *
 * What was answered, or refused in words, was understood.
 */
void
cg_onvif_soap11_note (CgOnvifSession *session, gboolean ok)
{
  if (ok || (session->fault != NULL && session->fault->codes[0] != NULL))
    session->is_soap_known = !cg_onvif_fault_has_code (session->fault, "VersionMismatch");
}
