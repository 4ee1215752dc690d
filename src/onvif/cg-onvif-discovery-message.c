/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-discovery-message.h"

#include <string.h>

#include "cg-onvif-repair.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

/* WS-Discovery of April 2005, 2.4 and 5.2. */
#define DISCOVERY_TO "urn:schemas-xmlsoap-org:ws:2005:04:discovery"
#define PROBE_ACTION "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe"

/* Core Specification, 7.3.2.2 "Scopes". */
#define SCOPE_NAME "onvif://www.onvif.org/name/"
#define SCOPE_HARDWARE "onvif://www.onvif.org/hardware/"

static const struct Namespace discovery_namespaces[] = {
    {"SOAP-ENV", "http://www.w3.org/2003/05/soap-envelope",
     "http://schemas.xmlsoap.org/soap/envelope/", NULL},
    {"SOAP-ENC", "http://www.w3.org/2003/05/soap-encoding",
     "http://schemas.xmlsoap.org/soap/encoding/", NULL},
    {"xsi", "http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/*/XMLSchema-instance",
     NULL},
    {"xsd", "http://www.w3.org/2001/XMLSchema", "http://www.w3.org/*/XMLSchema", NULL},
    {"wsa", "http://schemas.xmlsoap.org/ws/2004/08/addressing",
     "http://www.w3.org/2005/08/addressing", NULL},
    {"wsdd", "http://schemas.xmlsoap.org/ws/2005/04/discovery", NULL, NULL},
    {"dn", "http://www.onvif.org/ver10/network/wsdl", NULL, NULL},
    {"tds", "http://www.onvif.org/ver10/device/wsdl", NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static const char *const probe_types[] = {
    [CG_ONVIF_PROBE_VIDEO_TRANSMITTER] = "dn:NetworkVideoTransmitter",
    [CG_ONVIF_PROBE_DEVICE] = "tds:Device",
    [CG_ONVIF_PROBE_ANYTHING] = NULL,
};
G_STATIC_ASSERT (G_N_ELEMENTS (probe_types) == CG_ONVIF_N_PROBE_KINDS);

/**
 * cg_onvif_discovery_write_probe:
 * @soap: a context
 * @kind: what to ask for
 *
 * Core Specification, 7.3.3. Each message has its own MessageID; there are no line breaks within
 * the body (Q15).
 *
 * Returns: (transfer full): the datagram's text
 */
char *
cg_onvif_discovery_write_probe (struct soap *soap, CgOnvifProbeKind kind)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *message_id = g_strconcat ("uuid:", uuid, NULL);
  struct SOAP_ENV__Header header = {
      .wsa__MessageID = message_id,
      .wsa__To = (char *)DISCOVERY_TO,
      .wsa__Action = (char *)PROBE_ACTION,
  };
  struct _wsdd__Probe probe = {.Types = (char *)probe_types[kind]};
  const char *text = NULL;

  soap->header = &header;
  soap_set_namespaces (soap, discovery_namespaces);
  soap->os = &text;
  const int failure = soap_send___wsdd__Probe (soap, "", "", &probe);
  soap->os = NULL;
  soap->header = NULL;
  g_assert (failure == SOAP_OK && text != NULL);
  char *copy = g_strdup (text);
  cg_onvif_soap_clear (soap);
  return copy;
}

static char *
find_scope (char **scopes, const char *prefix)
{
  for (guint i = 0; scopes[i] != NULL; i++) {
    if (!g_str_has_prefix (scopes[i], prefix))
      continue;
    g_autofree char *value = g_uri_unescape_string (scopes[i] + strlen (prefix), NULL);
    char *clean = cg_onvif_text_dup_name (value != NULL ? value : scopes[i] + strlen (prefix));

    if (clean != NULL)
      return clean;
  }
  return NULL;
}

static CgOnvifDiscovered *
find_endpoint (GPtrArray *found, const char *endpoint)
{
  for (guint i = 0; i < found->len; i++) {
    CgOnvifDiscovered *discovered = g_ptr_array_index (found, i);

    if (strcmp (discovered->endpoint, endpoint) == 0)
      return discovered;
  }
  return NULL;
}

/* Adds to a list what it lacks. */
static void
merge_words (char ***list, const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = cg_onvif_text_split (text);
  g_auto (GStrv) old = *list;

  if (old != NULL)
    g_strv_builder_addv (builder, (const char **)old);
  for (guint i = 0; words[i] != NULL; i++) {
    if (old == NULL || !g_strv_contains ((const char *const *)old, words[i]))
      g_strv_builder_add (builder, words[i]);
  }
  *list = g_strv_builder_end (builder);
}

/* A camera is known by its endpoint; one that has none, by its addresses. */
static char *
get_endpoint (const struct wsdd__ProbeMatchType *match)
{
  char *endpoint = match->wsa__EndpointReference != NULL
                       ? cg_onvif_text_dup_reference (match->wsa__EndpointReference->Address)
                       : NULL;

  return endpoint != NULL ? endpoint : cg_onvif_text_dup_reference (match->XAddrs);
}

static void
take_match (const struct wsdd__ProbeMatchType *match, const char *address, GPtrArray *found)
{
  g_autofree char *endpoint = get_endpoint (match);

  if (endpoint == NULL)
    return;
  CgOnvifDiscovered *discovered = find_endpoint (found, endpoint);
  if (discovered == NULL) {
    discovered = g_new0 (CgOnvifDiscovered, 1);
    discovered->endpoint = g_steal_pointer (&endpoint);
    discovered->address = g_strdup (address);
    g_ptr_array_add (found, discovered);
  }
  if (strchr (discovered->address, ':') != NULL && strchr (address, ':') == NULL) {
    g_free (discovered->address);
    discovered->address = g_strdup (address);
  }
  merge_words (&discovered->xaddrs, match->XAddrs);
  merge_words (&discovered->types, match->Types);
  merge_words (&discovered->scopes, match->Scopes);
  if (discovered->name == NULL)
    discovered->name = find_scope (discovered->scopes, SCOPE_NAME);
  if (discovered->hardware == NULL)
    discovered->hardware = find_scope (discovered->scopes, SCOPE_HARDWARE);
}

/**
 * cg_onvif_discovery_read_matches:
 * @soap: a context
 * @text: a datagram
 * @address: where it came from
 * @found: (element-type CgOnvifDiscovered): the cameras so far, to which the new ones are added;
 *   cameras already there are completed
 *
 * Returns: whether the datagram was a ProbeMatches message
 */
gboolean
cg_onvif_discovery_read_matches (struct soap *soap,
                                 const char *text,
                                 const char *address,
                                 GPtrArray *found)
{
  g_autofree char *repaired = cg_onvif_repair_xml (text, strlen (text));
  const char *start = strchr (repaired, '<');
  struct __wsdd__ProbeMatches message = {0};

  if (start == NULL)
    return FALSE;
  soap_set_namespaces (soap, discovery_namespaces);
  soap->header = NULL;
  soap->is = start;
  const int failure = soap_recv___wsdd__ProbeMatches (soap, &message);
  soap->is = NULL;
  soap->header = NULL;
  const gboolean is_match = failure == SOAP_OK && message.wsdd__ProbeMatches != NULL;
  for (int i = 0; is_match && i < message.wsdd__ProbeMatches->__sizeProbeMatch; i++)
    take_match (&message.wsdd__ProbeMatches->ProbeMatch[i], address, found);
  cg_onvif_soap_clear (soap);
  return is_match;
}

/* A message that comes unasked; both kinds look like one match. */
static gboolean
read_hello (struct soap *soap, const char *start, const char *address, GPtrArray *found)
{
  struct __wsdd__Hello message = {0};

  soap->is = start;
  if (soap_recv___wsdd__Hello (soap, &message) == SOAP_OK && message.wsdd__Hello != NULL)
    take_match (message.wsdd__Hello, address, found);
  return found->len > 0;
}

static gboolean
read_bye (struct soap *soap, const char *start, const char *address, GPtrArray *found)
{
  struct __wsdd__Bye message = {0};

  soap->is = start;
  if (soap_recv___wsdd__Bye (soap, &message) == SOAP_OK && message.wsdd__Bye != NULL)
    take_match (message.wsdd__Bye, address, found);
  return found->len > 0;
}

/**
 * cg_onvif_discovery_read_announcement:
 * @soap: a context
 * @text: a datagram
 * @address: where it came from
 * @is_leaving: (out): whether it is a Bye
 *
 * Core Specification, 7.3.4 "Hello" and 7.3.5 "Bye".
 *
 * Returns: (transfer full) (nullable): who announces itself; %NULL for any other datagram
 */
CgOnvifDiscovered *
cg_onvif_discovery_read_announcement (struct soap *soap,
                                      const char *text,
                                      const char *address,
                                      gboolean *is_leaving)
{
  static gboolean (*const readers[]) (struct soap *, const char *, const char *, GPtrArray *) = {
      read_hello,
      read_bye,
  };
  g_autofree char *repaired = cg_onvif_repair_xml (text, strlen (text));
  const char *start = strchr (repaired, '<');
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  for (guint i = 0; start != NULL && found->len == 0 && i < G_N_ELEMENTS (readers); i++) {
    soap_set_namespaces (soap, discovery_namespaces);
    soap->header = NULL;
    *is_leaving = readers[i](soap, start, address, found) && readers[i] == read_bye;
    soap->is = NULL;
    soap->header = NULL;
    cg_onvif_soap_clear (soap);
  }
  return found->len > 0 ? g_ptr_array_index (found, 0) : NULL;
}
