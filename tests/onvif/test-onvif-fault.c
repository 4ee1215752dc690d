/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-fault.h"
#include "fake-camera.h"
#include "onvifH.h"

CG_ONVIF_OPERATION (tptz, SetPreset, CG_ONVIF_SERVICE_PTZ, FALSE);

typedef struct {
  guint status;
  const char *code;
  const char *subcode;
  const char *nested;
  const char *text;
  CgOnvifService service;
  CgError error;
} Row;

/* PTZ unless said otherwise. */
#define PTZ CG_ONVIF_SERVICE_PTZ
#define MEDIA CG_ONVIF_SERVICE_MEDIA

static const Row rows[] = {
    {400, "Sender", "NotAuthorized", NULL, "x", PTZ, CG_ERROR_LOGIN_REFUSED},
    {500, "Sender", "NotAuthorized", NULL, "x", MEDIA, CG_ERROR_LOGIN_REFUSED},
    {200, "Sender", "FailedAuthentication", NULL, "x", MEDIA, CG_ERROR_LOGIN_REFUSED},
    {400, "Sender", NULL, NULL, "Sender not Authorized", PTZ, CG_ERROR_LOGIN_REFUSED},
    {400, "Sender", "OperationProhibited", NULL, "x", PTZ, CG_ERROR_NOT_PERMITTED},
    {500, "Receiver", "ActionNotSupported", NULL, "x", MEDIA, CG_ERROR_NOT_SUPPORTED},
    {500, "Receiver", "ActionNotSupported", "OptionalActionNotSupported", "x", MEDIA,
     CG_ERROR_NOT_SUPPORTED},
    {500, "Receiver", "ActionNotSupported", "OptionalActionNotSupported", "x", PTZ,
     CG_ERROR_NO_PTZ},
    {500, "Receiver", "ActionNotSupported", "PTZNotSupported", "x", PTZ, CG_ERROR_NO_PTZ},
    {500, "Receiver", "ActionNotSupported", NULL, "x", PTZ, CG_ERROR_NOT_SUPPORTED},
    {500, "Receiver", "InvalidDot11", "ActionNotSupported", "x", MEDIA, CG_ERROR_NOT_SUPPORTED},
    {500, "Sender", NULL, NULL, "Method 'tds:X' not implemented: method name not recognized", MEDIA,
     CG_ERROR_NOT_SUPPORTED},
    {400, "Sender", "InvalidArgVal", "NoPTZProfile", "x", PTZ, CG_ERROR_NO_PTZ},
    {400, "Sender", "InvalidArgVal", "NoToken", "x", PTZ, CG_ERROR_NO_SUCH_PRESET},
    {400, "Sender", "InvalidArgVal", "NoToken", "x", MEDIA, CG_ERROR_PEER_FAULT},
    {500, "Receiver", "Action", "TooManyPresets", "x", PTZ, CG_ERROR_TOO_MANY_PRESETS},
    {400, "Sender", "InvalidArgVal", "TooManyPresets", "x", PTZ, CG_ERROR_TOO_MANY_PRESETS},
    {400, "Sender", "InvalidArgVal", "NoProfile", "x", PTZ, CG_ERROR_PEER_FAULT},
    {500, "Receiver", "Action", "MovingPTZ", "x", PTZ, CG_ERROR_PEER_FAULT},
    {500, "Receiver", NULL, NULL, "", PTZ, CG_ERROR_PEER_FAULT},
    {403, "Receiver", NULL, NULL, "", PTZ, CG_ERROR_LOGIN_REFUSED},
};

static CgOnvifFault *
read_fault (const char *body, guint status)
{
  struct soap *soap = cg_onvif_soap_new ();
  struct _tptz__SetPresetResponse response = {0};

  g_assert_false (cg_onvif_operation_read (&operation_SetPreset, soap, body, &response));
  CgOnvifFault *fault = cg_onvif_fault_new (soap, status);
  cg_onvif_soap_free (soap);
  return fault;
}

static void
test_codes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    g_autofree char *body = fake_fault (row->code, row->subcode, row->nested, row->text);
    g_autoptr (GError) error = NULL;

    g_autoptr (CgOnvifFault) fault = read_fault (body, row->status);
    const CgError code = cg_onvif_fault_classify (fault, row->service);
    cg_onvif_fault_to_error (fault, &operation_SetPreset, code, &error);

    g_test_message ("row %u: %s", i, error->message);
    g_assert_error (error, CG_ERROR, (int)row->error);
    g_assert_true (g_str_has_prefix (error->message, "SetPreset: "));
    if (row->nested != NULL)
      g_assert_nonnull (strstr (error->message, row->nested));
    if (row->subcode != NULL)
      g_assert_true (cg_onvif_fault_has_code (fault, row->subcode));
  }
}

/* ONVIF Core: the device has not enough memory for what was asked. */
static void
test_out_of_memory (void)
{
  g_autofree char *body = fake_fault ("Receiver", "OutofMemory", NULL, "Out of Memory");
  g_autoptr (CgOnvifFault) fault = read_fault (body, 500);
  g_autoptr (GError) error = NULL;

  cg_onvif_fault_to_error (fault, &operation_SetPreset, CG_ERROR_PEER_FAULT, &error);

  g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_cmpint (cg_error_get_cause (error), ==, CG_ERROR_CAUSE_NO_MEMORY);
}

/* Shapes that are not SOAP 1.2 by the book. */
static const struct {
  guint status;
  const char *body;
  CgError error;
  gboolean is_bare;
} shapes[] = {
    /* SOAP 1.1 */
    {500,
     "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:ter=\"urn:x\">"
     "<s:Body><s:Fault><faultcode>ter:NotAuthorized</faultcode><faultstring>no</faultstring>"
     "</s:Fault></s:Body></s:Envelope>",
     CG_ERROR_LOGIN_REFUSED, FALSE},
    /* prefixes that were never declared, in a value */
    {400,
     "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><s:Fault><s:Code>"
     "<s:Value>env:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode>"
     "</s:Code><s:Reason><s:Text xml:lang=\"en\">no</s:Text></s:Reason></s:Fault></s:Body>"
     "</s:Envelope>",
     CG_ERROR_LOGIN_REFUSED, FALSE},
    /* no prefix at all, blanks round it */
    {400,
     "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><s:Fault><s:Code>"
     "<s:Value>s:Sender</s:Value><s:Subcode><s:Value> NotAuthorized </s:Value></s:Subcode>"
     "</s:Code></s:Fault></s:Body></s:Envelope>",
     CG_ERROR_LOGIN_REFUSED, FALSE},
    {401, "", CG_ERROR_LOGIN_REFUSED, FALSE},
    {403, "<html>Forbidden</html>", CG_ERROR_LOGIN_REFUSED, FALSE},
    {404, "<html>Not found</html>", CG_ERROR_NOT_SUPPORTED, FALSE},
    {400, "", CG_ERROR_PEER_FAULT, TRUE},
    {400, "<html>Bad</html>", CG_ERROR_PEER_FAULT, TRUE},
    {200, "", CG_ERROR_PEER_FAULT, TRUE},
    {200, "<html>Welcome</html>", CG_ERROR_PEER_FAULT, FALSE},
    {200, "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body/></s:Envelope>",
     CG_ERROR_PEER_FAULT, TRUE},
    {500, "", CG_ERROR_PEER_FAULT, FALSE},
    {503, "busy", CG_ERROR_PEER_FAULT, FALSE},
    {200, "<s:Envelope><s:Body><unclosed>", CG_ERROR_PEER_FAULT, FALSE},
};

static void
test_shapes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autoptr (CgOnvifFault) fault = read_fault (shapes[i].body, shapes[i].status);

    g_test_message ("shape %u", i);
    g_assert_cmpint (cg_onvif_fault_classify (fault, PTZ), ==, shapes[i].error);
    g_assert_cmpint (cg_onvif_fault_is_bare (fault), ==, shapes[i].is_bare);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/fault/codes", test_codes);
  g_test_add_func ("/onvif/fault/out-of-memory", test_out_of_memory);
  g_test_add_func ("/onvif/fault/shapes", test_shapes);
  return g_test_run ();
}
