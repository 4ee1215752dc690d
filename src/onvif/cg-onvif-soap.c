/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-soap.h"

#include <string.h>
#include <sys/mman.h>

#include "cg-onvif-repair.h"
#include "onvifH.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#else
#define __lsan_register_root_region(memory, size)
#define __lsan_unregister_root_region(memory, size)
#endif

/* Deeper than any ONVIF answer, far from any stack's end. */
#define MAX_DEPTH 64

/* More kinds of numbers than any answer has. */
#define MAX_BAD_NUMBERS 8

#define COMMON_NAMESPACES                                                                          \
  {"SOAP-ENV", "http://www.w3.org/2003/05/soap-envelope",                                          \
   "http://schemas.xmlsoap.org/soap/envelope/", NULL},                                             \
      {"SOAP-ENC", "http://www.w3.org/2003/05/soap-encoding",                                      \
       "http://schemas.xmlsoap.org/soap/encoding/", NULL},                                         \
      {"xsi", "http://www.w3.org/2001/XMLSchema-instance",                                         \
       "http://www.w3.org/*/XMLSchema-instance", NULL},                                            \
      {"xsd", "http://www.w3.org/2001/XMLSchema", "http://www.w3.org/*/XMLSchema", NULL},          \
      {"wsse",                                                                                     \
       "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd", NULL,  \
       NULL},                                                                                      \
      {"wsu",                                                                                      \
       "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd", NULL, \
       NULL},                                                                                      \
  {                                                                                                \
    "tt", "http://www.onvif.org/ver10/schema", NULL, NULL                                          \
  }

/* Only the prefixes a service needs: no WS-Addressing in sight (Q2), and short messages. */
static const struct Namespace device_namespaces[] = {
    COMMON_NAMESPACES,
    {"tds", "http://www.onvif.org/ver10/device/wsdl", NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
static const struct Namespace media_namespaces[] = {
    COMMON_NAMESPACES,
    {"trt", "http://www.onvif.org/ver10/media/wsdl", NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
static const struct Namespace media2_namespaces[] = {
    COMMON_NAMESPACES,
    {"tr2", "http://www.onvif.org/ver20/media/wsdl", NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
static const struct Namespace ptz_namespaces[] = {
    COMMON_NAMESPACES,
    {"tptz", "http://www.onvif.org/ver20/ptz/wsdl", NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

/* The only one with WS-Addressing, of August 2005 (Core Specification, 9.2). */
static const struct Namespace event_namespaces[] = {
    COMMON_NAMESPACES,
    {"wsa", "http://www.w3.org/2005/08/addressing",
     "http://schemas.xmlsoap.org/ws/2004/08/addressing", NULL},
    {"wsnt", "http://docs.oasis-open.org/wsn/b-2", NULL, NULL},
    {"tev", "http://www.onvif.org/ver10/events/wsdl", NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct {
  const char *namespace_uri;
  const struct Namespace *namespaces;
} services[] = {
    [CG_ONVIF_SERVICE_DEVICE] = {"http://www.onvif.org/ver10/device/wsdl", device_namespaces},
    [CG_ONVIF_SERVICE_MEDIA] = {"http://www.onvif.org/ver10/media/wsdl", media_namespaces},
    [CG_ONVIF_SERVICE_MEDIA2] = {"http://www.onvif.org/ver20/media/wsdl", media2_namespaces},
    [CG_ONVIF_SERVICE_PTZ] = {"http://www.onvif.org/ver20/ptz/wsdl", ptz_namespaces},
    [CG_ONVIF_SERVICE_EVENTS] = {"http://www.onvif.org/ver10/events/wsdl", event_namespaces},
};
G_STATIC_ASSERT (G_N_ELEMENTS (services) == CG_ONVIF_N_SERVICES);

/* A header we do not know is no reason to refuse the answer, mustUnderstand or not. */
static int
on_ignore (struct soap *soap, const char *tag)
{
  return SOAP_OK;
}

static void
unmap (gpointer memory)
{
  __lsan_unregister_root_region (memory, sizeof (struct soap));
  munmap (memory, sizeof (struct soap));
}

/* A context is 160 KiB, of which half is touched, and is needed for the time of a call. A thread
 * keeps the memory of one, as pages of its own: they go back with it, when no job has come for a
 * while. */
static GPrivate spare = G_PRIVATE_INIT (unmap);

static struct soap *
take_memory (void)
{
  void *memory = g_private_get (&spare);

  if (memory != NULL) {
    g_private_set (&spare, NULL);
    return memory;
  }
  memory =
      mmap (NULL, sizeof (struct soap), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    g_error ("no memory for a SOAP context");
  __lsan_register_root_region (memory, sizeof (struct soap)); /* it looks into heaps only */
  return memory;
}

/**
 * cg_onvif_soap_new:
 *
 * Returns: (transfer full): a gSOAP context that reads and writes text only; strings are UTF-8, and
 *   id and href are ordinary attributes
 */
struct soap *
cg_onvif_soap_new (void)
{
  struct soap *soap = take_memory ();

  soap_init1 (soap, SOAP_XML_TREE | SOAP_C_UTFSTRING);
  soap->maxlevel = MAX_DEPTH;
  soap->maxoccurs = CG_ONVIF_MAX_OCCURS;
  soap->fignore = on_ignore;
  return soap;
}

/**
 * cg_onvif_soap_clear:
 * @soap: a context
 *
 * Frees all answers that were read with it.
 */
void
cg_onvif_soap_clear (struct soap *soap)
{
  soap_destroy (soap);
  soap_end (soap);
}

/**
 * cg_onvif_soap_free:
 * @soap: (transfer full): a context
 */
void
cg_onvif_soap_free (struct soap *soap)
{
  cg_onvif_soap_clear (soap);
  soap_done (soap);
  if (g_private_get (&spare) == NULL)
    g_private_set (&spare, soap);
  else
    unmap (soap);
}

/**
 * cg_onvif_service_get_namespace:
 * @service: a service
 *
 * Returns: its namespace, by which GetServices names it
 */
const char *
cg_onvif_service_get_namespace (CgOnvifService service)
{
  return services[service].namespace_uri;
}

/**
 * cg_onvif_operation_get_action:
 * @operation: an operation
 *
 * Returns: (transfer full): its action, as HTTP names it
 */
char *
cg_onvif_operation_get_action (const CgOnvifOperation *operation)
{
  return operation->action != NULL
             ? g_strdup (operation->action)
             : g_strconcat (services[operation->service].namespace_uri, "/", operation->name, NULL);
}

/**
 * cg_onvif_operation_get_content_type:
 * @operation: an operation
 *
 * SOAP 1.2 over HTTP with its action: some cameras answer nothing without (Q40).
 *
 * Returns: (transfer full): the value of the Content-Type header
 */
char *
cg_onvif_operation_get_content_type (const CgOnvifOperation *operation)
{
  g_autofree char *action = cg_onvif_operation_get_action (operation);

  return g_strdup_printf ("application/soap+xml; charset=utf-8; action=\"%s\"", action);
}

/**
 * cg_onvif_operation_write:
 * @operation: an operation
 * @soap: a context
 * @request: its generated request struct
 * @username: (nullable): who logs in
 * @token: (nullable): the login, if it goes into the message (Core Specification, 5.9.5)
 * @to: where it goes, for WS-Addressing
 *
 * Returns: (transfer full): the whole envelope
 */
char *
cg_onvif_operation_write (const CgOnvifOperation *operation,
                          struct soap *soap,
                          gpointer request,
                          const char *username,
                          const CgOnvifToken *token,
                          const char *to)
{
  struct wsse__PasswordString password = {0};
  struct wsse__EncodedString nonce = {0};
  struct wsse__UsernameTokenType user = {.Password = &password, .Nonce = &nonce};
  struct wsse__SecurityHeaderType security = {.UsernameToken = &user};
  struct SOAP_ENV__Header header = {.wsse__Security = &security};
  const char *text = NULL;

  if (token != NULL) {
    user.Username = (char *)username;
    user.wsu__Created = token->created;
    password.__item = token->digest;
    password.Type = (char *)CG_ONVIF_PASSWORD_DIGEST;
    nonce.__item = token->nonce;
    nonce.EncodingType = (char *)CG_ONVIF_BASE64_BINARY;
  }
  if (token == NULL)
    header.wsse__Security = NULL;
  if (operation->action != NULL) {
    header.wsa__To = (char *)to;
    header.wsa__Action = (char *)operation->action;
  }
  soap->header = token != NULL || operation->action != NULL ? &header : NULL;
  soap_set_namespaces (soap, services[operation->service].namespaces);
  soap->os = &text;
  const int failure = operation->send (soap, request);
  soap->os = NULL;
  soap->header = NULL;
  g_assert (failure == SOAP_OK && text != NULL); /* our own structs, into memory */
  return g_strdup (text);
}

/* gSOAP takes an empty Body for any response. For one that only says "done" so do we. */
static gboolean
has_response (const CgOnvifOperation *operation, const char *body)
{
  g_autofree char *element = g_strconcat (operation->name, "Response", NULL);

  return operation->is_silent || strstr (body, element) != NULL;
}

static void
read_text (const CgOnvifOperation *operation,
           struct soap *soap,
           const char *text,
           gpointer response)
{
  soap->fault = NULL;
  soap_set_namespaces (soap, services[operation->service].namespaces);
  soap->is = text;
  operation->receive (soap, response);
  soap->is = NULL;
  soap->header = NULL;
  if (soap->error == SOAP_NO_DATA) {
    soap->fault = NULL; /* gSOAP's own words, not the camera's */
    soap->error = SOAP_TAG_MISMATCH;
  }
}

/* Reads it again where a number was none: each time one more element is made one (Q39). */
static void
read_without_bad_numbers (const CgOnvifOperation *operation,
                          struct soap *soap,
                          const char *text,
                          gpointer response)
{
  g_autofree char *current = NULL;

  for (guint i = 0; i < MAX_BAD_NUMBERS; i++) {
    if (soap->error != SOAP_TYPE && soap->error != SOAP_EMPTY)
      return;
    char *repaired = cg_onvif_repair_numbers (current != NULL ? current : text, soap->tag);
    if (repaired == NULL)
      return;
    g_free (current);
    current = repaired;
    read_text (operation, soap, current, response);
  }
}

/**
 * cg_onvif_operation_read:
 * @operation: an operation
 * @soap: a context
 * @body: what the camera answered
 * @response: (out): its generated response struct; its members live until cg_onvif_soap_clear()
 *
 * Returns: whether @body is that response; else soap->fault, if set, is the fault in it, and
 *   soap->error is SOAP_NO_DATA if there is nothing in it at all
 */
gboolean
cg_onvif_operation_read (const CgOnvifOperation *operation,
                         struct soap *soap,
                         const char *body,
                         gpointer response)
{
  const char *start = strchr (body, '<');

  soap->fault = NULL;
  if (start == NULL) {
    soap->error = SOAP_NO_DATA;
    return FALSE;
  }
  read_text (operation, soap, start, response);
  read_without_bad_numbers (operation, soap, start, response);
  if (soap->error == SOAP_OK && !has_response (operation, start))
    soap->error = SOAP_NO_DATA;
  return soap->error == SOAP_OK;
}
