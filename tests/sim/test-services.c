/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a simulated camera tells of its services, and how it is told to lie about them. */
#include "sim-client.h"

#define STREAM_SETUP                                                                               \
  "<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream>"                                            \
  "<tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></trt:StreamSetup>"
#define MAIN_STREAM STREAM_SETUP "<trt:ProfileToken>main</trt:ProfileToken>"
#define MAIN_STREAM2 "<tr2:Protocol>RTSP</tr2:Protocol><tr2:ProfileToken>main</tr2:ProfileToken>"
#define ALL "<tr2:Type>All</tr2:Type>"
#define MEDIA1 ">http://www.onvif.org/ver10/media/wsdl<"
#define MEDIA2 ">http://www.onvif.org/ver20/media/wsdl<"

static const SimRow rows[] = {
    {"media2/told", NULL, NULL, "tds:GetServices", "", MEDIA2, NULL},
    {"media2/profiles", NULL, NULL, "tr2:GetProfiles", ALL, "<tt:Encoding>H265", NULL},
    {"media2/no-type", NULL, NULL, "tr2:GetProfiles", "", "token=\"sub\"", "<tt:Encoding>"},
    {"media2/one", NULL, NULL, "tr2:GetProfiles", "<tr2:Token>sub</tr2:Token>" ALL, "Sub", "Main"},
    {"media2/ptz", NULL, NULL, "tr2:GetProfiles", "<tr2:Type>PTZ</tr2:Type>", "token=\"ptz0\"",
     "<tt:Encoding>"},
    {"media2/stream", NULL, NULL, "tr2:GetStreamUri", MAIN_STREAM2, "/main</tr2:Uri>", NULL},
    {"media2/no-protocol", NULL, NULL, "tr2:GetStreamUri",
     "<tr2:ProfileToken>main</tr2:ProfileToken>", "ter:InvalidStreamSetup", NULL},
    {"media2/no-profile", NULL, NULL, "tr2:SetSynchronizationPoint", "", "ter:NoProfile", NULL},
    {"media2/snapshot", NULL, NULL, "tr2:GetSnapshotUri",
     "<tr2:ProfileToken>main</tr2:ProfileToken>", "/snapshot.jpg</tr2:Uri>", NULL},
    {"Q7/snapshot", "Q7", NULL, "trt:GetSnapshotUri", "<trt:ProfileToken>main</trt:ProfileToken>",
     "http://127.99.1.64/snapshot.jpg", NULL},
    {"Q28/hidden", "Q28", "hidden", "trt:GetProfiles", "", "GetProfilesResponse", "token="},
    {"Q28/shown", "Q28", "hidden", "tr2:GetProfiles", ALL, "<tt:Encoding>H265", NULL},
    {"Q28/absent", "Q28", "absent", "trt:GetProfiles", "", "ter:ActionNotSupported", NULL},
    {"Q28/untold", "Q28", "absent", "tds:GetServices", "", MEDIA2, MEDIA1},
    {"Q28/fails", "Q28", "fails", "trt:GetProfiles", "", "Fault", NULL},
    {"Q28/fails2", "Q28", "fails2", "tr2:GetProfiles", ALL, "Fault", NULL},
    {"Q29/port80", "Q29", "port80", "trt:GetStreamUri", MAIN_STREAM, "rtsp://127.0.0.1:80/main",
     NULL},
    {"Q29/loopback", "Q29", "loopback", "tr2:GetStreamUri", MAIN_STREAM2,
     "rtsp://127.0.1.1:", NULL},
    {"Q29/doubled", "Q29", "doubled", "trt:GetStreamUri", MAIN_STREAM,
     "rtsp://rtsp://127.0.0.1:", NULL},
    {"Q29/query", "Q29", "query", "trt:GetStreamUri", MAIN_STREAM,
     "/main?transportmode=unicast&amp;profile=main", NULL},
    {"Q44/services", "Q44", NULL, "tds:GetServices", "", ">http://www.onvif.org/ver10/device/wsdl<",
     MEDIA1},
    {"Q44/capabilities", "Q44", NULL, "tds:GetCapabilities", "", "Device", "PTZ"},
    {"Q44/has-it", "Q44", NULL, "tptz:GetStatus", SIM_MAIN, "UtcTime", NULL},
    {"Q45/services", "Q45", "services", "tds:GetServices", "", "ter:ActionNotSupported", NULL},
    {"Q45/capabilities", "Q45", "services", "tds:GetCapabilities", "", "/media_service", NULL},
    {"Q45/both", "Q45", "both", "tds:GetCapabilities", "", "ter:ActionNotSupported", NULL},
    {"Q45/elsewhere", "Q45", "elsewhere", "trt:GetProfiles", "", "ter:ActionNotSupported", NULL},
    {"Q60/profiles", "Q60", "3", "trt:GetProfiles", "", "token=\"sub-3\"", "token=\"sub-4\""},
    {"Q60/sources", "Q60", "3", "tr2:GetProfiles", ALL, "<tt:SourceToken>video2", "video3"},
    {"Q60/stream", "Q60", "3", "trt:GetStreamUri",
     STREAM_SETUP "<trt:ProfileToken>main-3</trt:ProfileToken>", "/main</tt:Uri>", NULL},
    {"Q60/ptz", "Q60", "2", "tptz:GetStatus", "<tptz:ProfileToken>main-2</tptz:ProfileToken>",
     "UtcTime", NULL},
    {"Q60/no-ptz", "Q60", "2", "tptz:GetStatus", SIM_MAIN, "ter:NoPTZProfile", NULL},
};

static void
test_row (gconstpointer data)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (SimClient) client = {0};
  options.codec = CG_SIM_CODEC_H265;
  sim_client_start (&client, &options, SIM_LOGIN_NONE);

  sim_client_check_row (&client, data);
}

/* The time, too, is told only after a login. */
static void
test_q45_login (void)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (SimClient) client = {0};
  options.password = SIM_PASSWORD;
  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_client_set_fault (&client, "Q45", "login");

  g_autoptr (SimAnswer) refused = sim_client_call (&client, "tds:GetSystemDateAndTime", "");
  client.login = SIM_LOGIN_DIGEST;
  g_autoptr (SimAnswer) told = sim_client_call (&client, "tds:GetSystemDateAndTime", "");

  g_assert_cmpuint (refused->status, ==, 401);
  g_assert_cmpuint (told->status, ==, 200);
}

static void
test_q46_second (void)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  const guint statuses[] = {200, 0, 200, 0};
  g_auto (SimClient) client = {0};
  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_client_set_fault (&client, "Q46", "second");

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++) {
    /* a connection each: libsoup, too, repeats on one that was closed */
    g_autoptr (SoupSession) session = soup_session_new ();
    SimClient once = {client.sim, session, SIM_LOGIN_NONE, NULL};
    g_autoptr (SimAnswer) answer = sim_client_call (&once, "tds:GetDeviceInformation", "");

    g_assert_cmpuint (answer->status, ==, statuses[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sim_add_rows ("/sim/services/", rows, G_N_ELEMENTS (rows), test_row);
  g_test_add_func ("/sim/services/Q45/login", test_q45_login);
  g_test_add_func ("/sim/services/Q46/second", test_q46_second);
  return g_test_run ();
}
