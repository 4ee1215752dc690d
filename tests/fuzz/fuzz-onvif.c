/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz-main.h"

#include <string.h>

#include "cg-digest.h"
#include "cg-onvif-address.h"
#include "cg-onvif-discovery-message.h"
#include "cg-onvif-fault.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

CG_ONVIF_OPERATION (trt, GetProfiles, CG_ONVIF_SERVICE_MEDIA, TRUE);
CG_ONVIF_OPERATION (tptz, GetNodes, CG_ONVIF_SERVICE_PTZ, TRUE);
CG_ONVIF_OPERATION (tptz, GetStatus, CG_ONVIF_SERVICE_PTZ, TRUE);
CG_ONVIF_OPERATION (tds, GetServices, CG_ONVIF_SERVICE_DEVICE, TRUE);

/* A camera's answer, taken for the answer to each of several questions: it is read, or a fault
 * comes out of it that can be put into words. */
static void
read_answer (const char *text)
{
  static const CgOnvifOperation *const operations[] = {
      &operation_GetProfiles,
      &operation_GetNodes,
      &operation_GetStatus,
      &operation_GetServices,
  };
  union {
    struct _trt__GetProfilesResponse profiles;
    struct _tptz__GetNodesResponse nodes;
    struct _tptz__GetStatusResponse status;
    struct _tds__GetServicesResponse services;
  } response;

  for (guint i = 0; i < G_N_ELEMENTS (operations); i++) {
    struct soap *soap = cg_onvif_soap_new ();
    g_autoptr (GError) error = NULL;

    memset (&response, 0, sizeof response);
    if (!cg_onvif_operation_read (operations[i], soap, text, &response)) {
      g_autoptr (CgOnvifFault) fault = cg_onvif_fault_new (soap, 500);
      const CgError code = cg_onvif_fault_classify (fault, operations[i]->service);

      cg_onvif_fault_to_error (fault, operations[i], code, &error);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
    cg_onvif_soap_free (soap);
  }
}

static void
read_datagram (const char *text)
{
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_discovered_free);
  struct soap *soap = cg_onvif_soap_new ();

  gboolean is_leaving = FALSE;
  CgOnvifDiscovered *announced =
      cg_onvif_discovery_read_announcement (soap, text, "192.0.2.1", &is_leaving);

  if (announced != NULL)
    g_ptr_array_add (found, announced);
  cg_onvif_discovery_read_matches (soap, text, "192.0.2.1", found);
  for (guint i = 0; i < found->len; i++) {
    const CgOnvifDiscovered *camera = g_ptr_array_index (found, i);
    g_autofree char *url = cg_onvif_discovered_get_service_address (camera);

    g_assert_true (g_utf8_validate (camera->endpoint, -1, NULL));
    g_assert_true (g_str_has_prefix (url, "http"));
  }
  cg_onvif_soap_free (soap);
}

/* What comes in headers and single values. */
static void
read_values (const char *text)
{
  const char *const headers[] = {text, NULL};
  g_autoptr (CgDigest) challenge = cg_digest_parse (headers);
  g_autofree char *url = cg_onvif_address_normalise (text, NULL);
  g_autofree char *xaddr = cg_onvif_address_repair (text, "http://192.0.2.1/onvif/device_service");
  g_autofree char *uri = cg_onvif_address_repair_stream (text, "http://192.0.2.1/");
  g_autofree char *picture = cg_onvif_address_repair_snapshot (text, text, "http://192.0.2.1/");
  guint milliseconds = 0;

  if (challenge != NULL) {
    g_autofree char *answer = cg_digest_answer (challenge, "POST", "/", "u", "p", "c");

    g_assert_true (g_str_has_prefix (answer, "Digest username="));
  }
  g_assert_true (url == NULL || g_str_has_prefix (url, "http"));
  g_assert_nonnull (uri);
  g_assert_nonnull (picture);
  g_assert_cmpuint (cg_onvif_address_get_channel (text), <=, 4096);
  g_assert_true (g_str_has_prefix (xaddr, "http://192.0.2.1/"));
  cg_onvif_duration_parse (text, &milliseconds);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);

  read_answer (text);
  read_datagram (text);
  read_values (text);
  return 0;
}
