/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-probe.h"

#include "onvifH.h"

#define SCOPE "onvif://www.onvif.org/"

#define ENVELOPE_START                                                                             \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"                                                     \
  "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""                                \
  " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""                                  \
  " xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\""                                   \
  " xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\""                                          \
  " xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\"><s:Header>"                               \
  "<a:MessageID>urn:uuid:%s</a:MessageID>"

#define ENDPOINT "<a:EndpointReference><a:Address>%s</a:Address></a:EndpointReference>"

#define DESCRIPTION                                                                                \
  ENDPOINT "<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>%s</d:Scopes>"       \
           "<d:XAddrs>%s</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"

#define ANSWER_TEXT                                                                                \
  ENVELOPE_START                                                                                   \
  "<a:RelatesTo>%s</a:RelatesTo>"                                                                  \
  "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"                   \
  "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action>"              \
  "</s:Header><s:Body><d:ProbeMatches><d:ProbeMatch>" DESCRIPTION                                  \
  "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"

#define ANNOUNCEMENT_START(name)                                                                   \
  ENVELOPE_START                                                                                   \
  "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"                                      \
  "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/" name "</a:Action>"                  \
  "</s:Header><s:Body>"

#define HELLO_TEXT                                                                                 \
  ANNOUNCEMENT_START ("Hello") "<d:Hello>" DESCRIPTION "</d:Hello></s:Body></s:Envelope>"

#define BYE_TEXT ANNOUNCEMENT_START ("Bye") "<d:Bye>" ENDPOINT "</d:Bye></s:Body></s:Envelope>"

/* Of a network that the camera is not on any more (RFC 5737). */
#define STALE_HOST "192.0.2.16"

/* What a stranger at the camera's place says it is. */
#define STRANGER "urn:uuid:5742a46e-0000-4000-8000-000000000016"

/* Called by the generated code; soap->user is the probe that is being read. */
int
__wsdd__Probe (struct soap *soap, struct _wsdd__Probe *request)
{
  CgSimProbe *probe = soap->user;

  probe->types = g_strdup (request->Types);
  probe->scopes = g_strdup (request->Scopes);
  return SOAP_OK;
}

int
__wsdd__ProbeMatches (struct soap *soap, struct _wsdd__ProbeMatches *request)
{
  return SOAP_NO_METHOD;
}

int
__wsdd__Hello (struct soap *soap, struct wsdd__ProbeMatchType *request)
{
  return SOAP_NO_METHOD;
}

int
__wsdd__Bye (struct soap *soap, struct wsdd__ProbeMatchType *request)
{
  return SOAP_NO_METHOD;
}

/**
 * cg_sim_probe_parse:
 * @text: a datagram
 *
 * Returns: (transfer full) (nullable): the probe in it
 */
CgSimProbe *
cg_sim_probe_parse (const char *text)
{
  struct soap *soap = soap_new1 (SOAP_XML_TREE | SOAP_C_UTFSTRING | SOAP_ENC_PLAIN);
  CgSimProbe *probe = g_new0 (CgSimProbe, 1);
  const char *said = NULL; /* what gSOAP says to nonsense; nobody hears it */

  soap->user = probe;
  soap->is = text;
  soap->os = &said;
  if (soap_begin_serve (soap) == SOAP_OK && soap->header != NULL &&
      soap->header->wsa__MessageID != NULL) {
    g_autofree char *message_id = g_strdup (soap->header->wsa__MessageID);

    soap_peek_element (soap);
    if (soap_match_tag (soap, soap->tag, "wsdd:Probe") == SOAP_OK &&
        soap_serve_request (soap) == SOAP_OK)
      probe->message_id = g_steal_pointer (&message_id);
  }
  soap_destroy (soap);
  soap_end (soap);
  soap_free (soap);
  if (probe->message_id == NULL)
    g_clear_pointer (&probe, cg_sim_probe_free);
  return probe;
}

/**
 * cg_sim_probe_free:
 * @self: (transfer full) (nullable): a probe
 */
void
cg_sim_probe_free (CgSimProbe *self)
{
  if (self == NULL)
    return;
  g_free (self->message_id);
  g_free (self->types);
  g_free (self->scopes);
  g_free (self);
}

/* All types that are asked for must be ours; prefixes are the asker's own. */
static gboolean
has_types (const char *asked)
{
  const char *const ours[] = {"NetworkVideoTransmitter", "Device", NULL};
  g_auto (GStrv) types = g_strsplit_set (asked != NULL ? asked : "", " \t\r\n", -1);

  for (char **type = types; *type != NULL; type++) {
    const char *colon = strrchr (*type, ':');

    if (**type != '\0' && !g_strv_contains (ours, colon != NULL ? colon + 1 : *type))
      return FALSE;
  }
  return TRUE;
}

/* A scope that is asked for matches ours by whole segments of its path (WS-Discovery, 5.1). */
static gboolean
has_scopes (const char *asked, char **ours)
{
  g_auto (GStrv) scopes = g_strsplit_set (asked != NULL ? asked : "", " \t\r\n", -1);

  for (char **scope = scopes; *scope != NULL; scope++) {
    const gsize length = strlen (*scope);
    gboolean is_found = length == 0;

    for (char **own = ours; *own != NULL && !is_found; own++)
      is_found = g_str_has_prefix (*own, *scope) &&
                 ((*own)[length] == '\0' || (*own)[length] == '/' || (*scope)[length - 1] == '/');
    if (!is_found)
      return FALSE;
  }
  return TRUE;
}

static char *
make_scopes (CgSimState *state)
{
  g_autofree char *name = g_uri_escape_string (state->options.name, NULL, FALSE);

  return g_strdup_printf (SCOPE "type/video_encoder " SCOPE "type/Network_Video_Transmitter "
                                "%s" SCOPE "Profile/Streaming " SCOPE "hardware/camgate-sim " SCOPE
                                "name/%s " SCOPE "location/",
                          state->options.ptz ? SCOPE "type/ptz " : "", name);
}

/* What some cameras answer and others do not (Q15). */
static gboolean
is_deaf (const CgSimProbe *self, CgSimState *state)
{
  const char *types = self->types != NULL ? self->types : "";

  if (cg_sim_faults_is_arg (state->faults, CG_SIM_FAULT_Q15, "video"))
    return strstr (types, "NetworkVideoTransmitter") == NULL;
  if (cg_sim_faults_is_arg (state->faults, CG_SIM_FAULT_Q15, "device"))
    return strstr (types, "Device") == NULL;
  if (cg_sim_faults_is_arg (state->faults, CG_SIM_FAULT_Q15, "empty"))
    return types[0] != '\0';
  return cg_sim_faults_is_arg (state->faults, CG_SIM_FAULT_Q15, "unicast") && self->is_to_group;
}

static const char *
get_endpoint (CgSimState *state)
{
  return cg_sim_faults_is_arg (state->faults, CG_SIM_FAULT_Q16, "stranger") ? STRANGER
                                                                            : state->endpoint;
}

static char *
make_xaddr (CgSimState *state)
{
  if (cg_sim_faults_is_arg (state->faults, CG_SIM_FAULT_Q16, "stale"))
    return g_strdup ("http://" STALE_HOST "/onvif/device_service");
  return cg_sim_state_make_url (state, "http", NULL, state->onvif_port, "/onvif/device_service");
}

/**
 * cg_sim_probe_answer:
 * @self: what was asked
 * @state: a camera
 *
 * Returns: (transfer full) (nullable): its ProbeMatches; %NULL when it was not meant
 */
char *
cg_sim_probe_answer (const CgSimProbe *self, CgSimState *state)
{
  g_autofree char *scopes = make_scopes (state);
  g_auto (GStrv) scope_list = g_strsplit (scopes, " ", -1);
  g_autofree char *message_id = g_uuid_string_random ();
  g_autofree char *relates_to = g_markup_escape_text (self->message_id, -1);
  g_autofree char *xaddr = make_xaddr (state);

  if (is_deaf (self, state) || !has_types (self->types) || !has_scopes (self->scopes, scope_list))
    return NULL;
  return g_strdup_printf (ANSWER_TEXT, message_id, relates_to, get_endpoint (state), scopes, xaddr);
}

/**
 * cg_sim_probe_hello:
 * @state: a camera
 *
 * Returns: (transfer full): what it says when it comes
 */
char *
cg_sim_probe_hello (CgSimState *state)
{
  g_autofree char *scopes = make_scopes (state);
  g_autofree char *message_id = g_uuid_string_random ();
  g_autofree char *xaddr = make_xaddr (state);

  return g_strdup_printf (HELLO_TEXT, message_id, get_endpoint (state), scopes, xaddr);
}

/**
 * cg_sim_probe_bye:
 * @state: a camera
 *
 * Returns: (transfer full): what it says when it goes
 */
char *
cg_sim_probe_bye (CgSimState *state)
{
  g_autofree char *message_id = g_uuid_string_random ();

  return g_strdup_printf (BYE_TEXT, message_id, get_endpoint (state));
}
