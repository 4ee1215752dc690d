/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cameras answer instead of what the standard wants (Q39, Q40): one row is one canned answer
 * and what comes of it. */
#include <gio/gio.h>
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-learnt.h"
#include "cg-onvif-ptz.h"
#include "onvif-fixture.h"

#define TIMEOUT_MS 300
#define PATIENCE_US (10 * G_USEC_PER_SEC)

#define SOAP12 "http://www.w3.org/2003/05/soap-envelope"
#define SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define NAMESPACES                                                                                 \
  " xmlns:tt=\"http://www.onvif.org/ver10/schema\""                                                \
  " xmlns:trt=\"http://www.onvif.org/ver10/media/wsdl\" xmlns:ter=\"urn:any\""
#define IN(uri, namespaces, body)                                                                  \
  "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"" uri "\"" namespaces "><s:Body>" body             \
  "</s:Body></s:Envelope>"
#define SOAP(body) IN (SOAP12, NAMESPACES, body)
#define PROFILES(inner)                                                                            \
  "<trt:GetProfilesResponse><trt:Profiles token=\"p1\" fixed=\"true\">" inner                      \
  "</trt:Profiles></trt:GetProfilesResponse>"
#define NAME "<tt:Name>main</tt:Name>"
#define SIZE "<tt:Resolution><tt:Width>1920</tt:Width><tt:Height>1080</tt:Height></tt:Resolution>"
#define RATE                                                                                       \
  "<tt:RateControl><tt:FrameRateLimit>25</tt:FrameRateLimit>"                                      \
  "<tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>2048</tt:BitrateLimit>"            \
  "</tt:RateControl>"
#define VIDEO(inner)                                                                               \
  "<tt:VideoEncoderConfiguration token=\"v\">" inner "</tt:VideoEncoderConfiguration>"
#define H264 "<tt:Encoding>H264</tt:Encoding>"
#define WHOLE NAME VIDEO (H264 SIZE RATE)
#define EXTRA "<x:y xmlns:x=\"urn:x\" x:z=\"1\"><x:y>?</x:y></x:y>"

/* A profile that is read: what of it could be. */
typedef struct {
  const char *title;
  const char *body;
  const char *name;
  const char *encoding;
  guint width;
  guint bitrate_kbps;
} Readable;

static const Readable readable[] = {
    {"by the book", SOAP (PROFILES (WHOLE)), "main", "H264", 1920, 2048},
    {"SOAP 1.1", IN (SOAP11, NAMESPACES, PROFILES (WHOLE)), "main", "H264", 1920, 2048},
    {"undeclared prefixes", IN (SOAP12, "", PROFILES (WHOLE)), "main", "H264", 1920, 2048},
    {"undeclared envelope", "<s:Envelope><s:Body>" PROFILES (WHOLE) "</s:Body></s:Envelope>",
     "main", "H264", 1920, 2048},
    {"blanks and a mark before", "\r\n\xef\xbb\xbf " SOAP (PROFILES (WHOLE)), "main", "H264", 1920,
     2048},
    {"rubbish behind", SOAP (PROFILES (WHOLE)) "\r\n<html>", "main", "H264", 1920, 2048},
    {"comments", SOAP ("<!-- & -->" PROFILES ("<!-- <a> -->" WHOLE)), "main", "H264", 1920, 2048},
    {"document type", "<!DOCTYPE a [<!ENTITY b \"c\">]>" SOAP (PROFILES (WHOLE)), "main", "H264",
     1920, 2048},
    {"broken UTF-8", SOAP (PROFILES ("<tt:Name>a\xff(</tt:Name>" VIDEO (H264 SIZE RATE))),
     "a\xef\xbf\xbd(", "H264", 1920, 2048},
    {"bare ampersand", SOAP (PROFILES ("<tt:Name>a & b &nbsp;</tt:Name>")), "a & b &nbsp;", NULL, 0,
     0},
    {"unknown elements",
     SOAP (PROFILES (EXTRA NAME EXTRA VIDEO (EXTRA H264 EXTRA SIZE RATE EXTRA))), "main", "H264",
     1920, 2048},
    {"unknown header",
     IN (SOAP12,
         NAMESPACES,
         "</s:Body><s:Header><x:a xmlns:x=\"u\" "
         "s:mustUnderstand=\"1\"/></s:Header><s:Body>" PROFILES (WHOLE)),
     NULL, NULL, 0, 0},
    {"wrong order", SOAP (PROFILES (VIDEO (RATE SIZE H264) NAME)), "main", "H264", 1920, 2048},
    {"optional members missing", SOAP (PROFILES (NAME)), "main", NULL, 0, 0},
    {"mandatory members missing", SOAP (PROFILES (VIDEO (RATE))), "", NULL, 0, 2048},
    {"mandatory members empty",
     SOAP (PROFILES ("<tt:Name/>" VIDEO ("<tt:Encoding></tt:Encoding><tt:Resolution/>" RATE))), "",
     NULL, 0, 2048},
    {"members twice", SOAP (PROFILES (NAME NAME VIDEO (H264 SIZE RATE) VIDEO (H264 SIZE RATE))),
     "main", "H264", 1920, 2048},
    {"nil",
     SOAP (PROFILES (NAME "<tt:VideoEncoderConfiguration xmlns:xsi=\"http://www.w3.org/2001/"
                          "XMLSchema-instance\" xsi:nil=\"true\"/>")),
     "main", NULL, 0, 0},
    {"fractions",
     SOAP (PROFILES (NAME VIDEO (H264 "<tt:Resolution><tt:Width>1920.0</tt:Width>"
                                      "</tt:Resolution>" RATE))),
     "main", "H264", 1920, 2048},
    {"no numbers",
     SOAP (PROFILES (NAME VIDEO (H264 "<tt:Resolution><tt:Width>wide</tt:Width><tt:Height/>"
                                      "</tt:Resolution>" RATE))),
     "main", "H264", 0, 2048},
    {"far too large numbers",
     SOAP (PROFILES (NAME VIDEO (H264 "<tt:Resolution><tt:Width>99999999999999999999</tt:Width>"
                                      "</tt:Resolution>" RATE))),
     "main", "H264", 0, 2048},
    {"token missing",
     SOAP ("<trt:GetProfilesResponse><trt:Profiles>" WHOLE
           "</trt:Profiles></trt:GetProfilesResponse>"),
     NULL, NULL, 0, 0},
};

#define FAULT12(code, reason)                                                                      \
  SOAP ("<s:Fault><s:Code>" code "</s:Code><s:Reason>" reason "</s:Reason></s:Fault>")
#define FAULT11(code, reason)                                                                      \
  IN (SOAP11, " xmlns:ter=\"urn:any\"",                                                            \
      "<s:Fault><faultcode>" code "</faultcode><faultstring>" reason "</faultstring></s:Fault>")
#define SUBCODE(code)                                                                              \
  "<s:Value>s:Sender</s:Value><s:Subcode><s:Value>" code "</s:Value></s:Subcode>"

/* What is no answer, and the error that says so. */
typedef struct {
  const char *title;
  guint status;
  const char *body;
  CgError error;
  const char *words; /* that stand in the message */
} Unreadable;

static const Unreadable unreadable[] = {
    /* faults in every shape */
    {"no subcode", 500, FAULT12 ("<s:Value>s:Receiver</s:Value>", "<s:Text>busy</s:Text>"),
     CG_ERROR_PEER_FAULT, "Receiver: busy"},
    {"no reason", 500, SOAP ("<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code></s:Fault>"),
     CG_ERROR_PEER_FAULT, "Receiver"},
    {"empty fault", 500, SOAP ("<s:Fault/>"), CG_ERROR_PEER_FAULT, "500"},
    {"fault with 200", 200, FAULT12 (SUBCODE ("ter:ActionNotSupported"), "<s:Text>x</s:Text>"),
     CG_ERROR_NOT_SUPPORTED, "ActionNotSupported"},
    {"fault with 400", 400, FAULT12 (SUBCODE ("ter:ActionNotSupported"), "<s:Text>x</s:Text>"),
     CG_ERROR_NOT_SUPPORTED, "ActionNotSupported"},
    {"fault with 500", 500, FAULT12 (SUBCODE ("ter:ActionNotSupported"), "<s:Text>x</s:Text>"),
     CG_ERROR_NOT_SUPPORTED, "ActionNotSupported"},
    {"unknown namespace", 500, FAULT12 (SUBCODE ("qq:ActionNotSupported"), "<s:Text>x</s:Text>"),
     CG_ERROR_NOT_SUPPORTED, "ActionNotSupported"},
    {"undeclared prefixes", 500,
     "<s:Envelope><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>"
     "<s:Subcode><s:Value>ter:ActionNotSupported</s:Value></s:Subcode>"
     "</s:Code></s:Fault></s:Body></s:Envelope>",
     CG_ERROR_NOT_SUPPORTED, "ActionNotSupported"},
    {"SOAP 1.1 with 500", 500, FAULT11 ("ter:ActionNotSupported", "no"), CG_ERROR_NOT_SUPPORTED,
     "ActionNotSupported: no"},
    {"SOAP 1.1 with 200", 200, FAULT11 ("SOAP-ENV:Server", "out of memory"), CG_ERROR_PEER_FAULT,
     "Server: out of memory"},
    {"broken UTF-8 in the reason", 500,
     FAULT12 ("<s:Value>s:Receiver</s:Value>", "<s:Text>\xff</s:Text>"), CG_ERROR_PEER_FAULT,
     "Receiver"},
    {"text without end", 500, FAULT12 ("<s:Value>s:Receiver</s:Value>", "<s:Text>x"),
     CG_ERROR_PEER_FAULT, "GetProfiles"},
    /* no SOAP */
    {"empty", 200, "", CG_ERROR_PEER_FAULT, "200"},
    {"empty body", 200, SOAP (""), CG_ERROR_PEER_FAULT, "200"},
    {"web page", 200, "<html><body>Welcome</body></html>", CG_ERROR_PEER_FAULT, "200"},
    {"text", 200, "OK", CG_ERROR_PEER_FAULT, "200"},
    {"half an answer", 200, "<s:Envelope xmlns:s=\"" SOAP12 "\"><s:Body><trt:GetProfilesRes",
     CG_ERROR_PEER_FAULT, "200"},
    {"another answer", 200, SOAP ("<trt:GetStreamUriResponse/>"), CG_ERROR_PEER_FAULT, "200"},
    {"another XML", 200, "<a xmlns=\"urn:b\"><c/></a>", CG_ERROR_PEER_FAULT, "200"},
    {"redirected", 302, "", CG_ERROR_PEER_FAULT, "302"},
    {"not there", 404, "<html>Not found</html>", CG_ERROR_NOT_SUPPORTED, "404"},
    {"not implemented", 501, "", CG_ERROR_NOT_SUPPORTED, "501"},
    {"overloaded", 503, "", CG_ERROR_PEER_FAULT, "503"},
};

static void
set_up (OnvifFixture *fixture, gconstpointer data)
{
  onvif_fixture_open (fixture, NULL, NULL);
  fake_camera_answer (fixture->camera, "GetProfiles", 200, SOAP (PROFILES (WHOLE)));
}

static void
check_profile (const CgOnvifProfile *profile, const Readable *row)
{
  g_assert_cmpstr (profile->token, ==, "p1");
  g_assert_cmpstr (profile->name, ==, row->name);
  g_assert_cmpstr (profile->encoding, ==, row->encoding);
  g_assert_cmpuint (profile->width, ==, row->width);
  g_assert_cmpuint (profile->bitrate_kbps, ==, row->bitrate_kbps);
}

static void
test_readable (OnvifFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (readable); i++) {
    const Readable *row = &readable[i];
    g_autoptr (GError) error = NULL;
    fake_camera_answer (fixture->camera, "GetProfiles", 200, row->body);

    g_autoptr (GPtrArray) profiles =
        cg_onvif_media_get_profiles_in_thread (fixture->session, &error);

    g_test_message ("%s", row->title);
    g_assert_no_error (error);
    g_assert_cmpuint (profiles->len, ==, row->name != NULL ? 1 : 0);
    if (row->name != NULL)
      check_profile (g_ptr_array_index (profiles, 0), row);
  }
}

static void
test_unreadable (OnvifFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (unreadable); i++) {
    const Unreadable *row = &unreadable[i];
    g_autoptr (GError) error = NULL;
    fake_camera_answer (fixture->camera, "GetProfiles", row->status, row->body);

    g_autoptr (GPtrArray) profiles =
        cg_onvif_media_get_profiles_in_thread (fixture->session, &error);

    g_test_message ("%s: %s", row->title, error != NULL ? error->message : "was read");
    g_assert_null (profiles);
    g_assert_error (error, CG_ERROR, (int)row->error);
    g_assert_nonnull (strstr (error->message, row->words));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

/* Nobody takes the connection up, or one does and never says a word. */
static void
test_silent_peer (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  const guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);
  g_autoptr (CgOnvifSession) session = cg_onvif_session_new (address, "admin", "x");
  g_autoptr (GError) error = NULL;
  cg_onvif_session_set_timeout_ms (session, TIMEOUT_MS);
  const gint64 start_us = g_get_monotonic_time ();

  const gboolean ok = cg_onvif_session_connect_in_thread (session, &error);

  g_assert_false (ok);
  g_assert_error (error, CG_ERROR, CG_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, PATIENCE_US);
}

/* How a camera that speaks SOAP 1.1 only treats SOAP 1.2; it answers our second try. */
typedef struct {
  const char *title;
  guint status;
  const char *body;
} Refusal11;

static const Refusal11 refusals11[] = {
    {"nothing", 200, ""},
    {"400", 400, ""},
    {"415", 415, "<html>Unsupported</html>"},
    {"500", 500, ""},
    {"VersionMismatch", 500, FAULT11 ("s:VersionMismatch", "no")},
    {"VersionMismatch of SOAP 1.2", 400,
     FAULT12 ("<s:Value>s:VersionMismatch</s:Value>", "<s:Text>no</s:Text>")},
};

static void
test_soap11 (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals11); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    guint status = 0;
    g_autofree char *time = fake_default_answer ("GetSystemDateAndTime", 0, &status);
    set_up (&fixture, NULL);
    fake_camera_answer_once (fixture.camera, "GetSystemDateAndTime", refusals11[i].status,
                             refusals11[i].body);
    fake_camera_answer_once (fixture.camera, "GetSystemDateAndTime", 200, time);

    const gboolean ok = cg_onvif_session_connect_in_thread (fixture.session, &error);

    g_test_message ("%s", refusals11[i].title);
    g_assert_no_error (error);
    g_assert_true (ok);
    g_assert_cmpuint (fake_camera_count (fixture.camera, "GetSystemDateAndTime"), ==, 2);
    g_autoptr (FakeRequest) first = fake_camera_pop (fixture.camera);
    g_autoptr (FakeRequest) second = fake_camera_pop (fixture.camera);
    g_autoptr (FakeRequest) third = fake_camera_pop (fixture.camera);
    g_assert_true (g_str_has_prefix (first->content_type, "application/soap+xml"));
    g_assert_nonnull (strstr (first->body, SOAP12));
    g_assert_cmpstr (second->content_type, ==, "text/xml; charset=utf-8");
    g_assert_nonnull (strstr (second->body, SOAP11));
    g_assert_null (strstr (second->body, SOAP12));
    g_assert_cmpstr (third->content_type, ==, "text/xml; charset=utf-8");
    g_autoptr (CgOnvifLearnt) learnt = cg_onvif_session_get_learnt (fixture.session);
    g_assert_true (learnt->soap11);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

/* What was learnt spares the first try; what no longer holds is learnt anew. */
static void
test_soap11_learnt (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (CgOnvifLearnt) learnt = cg_onvif_learnt_new ();
  learnt->soap11 = TRUE;
  cg_onvif_session_set_learnt (fixture->session, learnt);

  g_assert_true (cg_onvif_session_connect_in_thread (fixture->session, NULL));
  g_autoptr (FakeRequest) request = fake_camera_pop (fixture->camera);
  g_assert_cmpstr (request->content_type, ==, "text/xml; charset=utf-8");
  fake_camera_answer_once (fixture->camera, "GetProfiles", 500, refusals11[4].body);
  fake_camera_answer (fixture->camera, "GetProfiles", 500, refusals11[4].body);
  fake_camera_answer_once (fixture->camera, "GetProfiles", 200, SOAP (PROFILES (WHOLE)));
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (fixture->session, NULL);

  g_assert_nonnull (profiles);
  g_autoptr (CgOnvifLearnt) later = cg_onvif_session_get_learnt (fixture->session);
  g_assert_false (later->soap11);
}

/* What is answered in neither is asked once in each, and what came first counts; it is asked in one
 * once the camera has understood other calls. */
static void
test_soap11_in_vain (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fake_camera_answer_once (fixture->camera, "GetSystemDateAndTime", 400, "");
  fake_camera_answer_once (fixture->camera, "GetSystemDateAndTime", 500, "");
  fake_camera_answer_once (fixture->camera, "GetSystemDateAndTime", 400, "");

  g_autoptr (CgOnvifDateTime) time =
      cg_onvif_device_get_system_date_and_time_in_thread (fixture->session, &error);

  g_assert_null (time);
  g_assert_nonnull (strstr (error->message, "400"));
  g_assert_cmpuint (fake_camera_count (fixture->camera, "GetSystemDateAndTime"), ==, 3);
  g_autoptr (CgOnvifLearnt) learnt = cg_onvif_session_get_learnt (fixture->session);
  g_assert_false (learnt->soap11);
}

#define ADD(path, function)                                                                        \
  g_test_add (path, OnvifFixture, NULL, set_up, function, onvif_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/onvif/tolerance/q39-readable", test_readable);
  ADD ("/onvif/tolerance/q39-unreadable", test_unreadable);
  g_test_add_func ("/onvif/tolerance/q39-silent-peer", test_silent_peer);
  g_test_add_func ("/onvif/tolerance/q40-soap11", test_soap11);
  ADD ("/onvif/tolerance/q40-learnt", test_soap11_learnt);
  ADD ("/onvif/tolerance/q40-in-vain", test_soap11_in_vain);
  return g_test_run ();
}
