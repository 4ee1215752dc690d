/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a simulated camera moves, tells and keeps presets when it is told to do it wrong. */
#include <math.h>
#include <string.h>

#include "sim-client.h"

#define PAN_TILT(x, y) "<tt:PanTilt x=\"" x "\" y=\"" y "\"/>"
#define ZOOM(x) "<tt:Zoom x=\"" x "\"/>"
#define MOVE(way) SIM_MAIN "<tptz:Velocity>" way "</tptz:Velocity>"
#define STEP(way) SIM_MAIN "<tptz:Translation>" way "</tptz:Translation>"
#define BRIEFLY "<tptz:Timeout>PT0.1S</tptz:Timeout>"
#define TOKEN(token) SIM_MAIN "<tptz:PresetToken>" token "</tptz:PresetToken>"
#define NAME(name) SIM_MAIN "<tptz:PresetName>" name "</tptz:PresetName>"

#define WSA "<a:To xmlns:a=\"http://www.w3.org/2005/08/addressing\">x</a:To>"

static const SimRow rows[] = {
    {"Q2/stop", "Q2", "stop", "tptz:Stop", SIM_MAIN WSA, "ter:InvalidArgVal", NULL},
    {"Q2/stop-without", "Q2", "stop", "tptz:Stop", SIM_MAIN, "StopResponse", NULL},
    {"Q2/others", "Q2", "stop", "tptz:GetStatus", SIM_MAIN WSA, "MoveStatus", NULL},
    {"Q2/all", "Q2", "all", "tptz:GetStatus", SIM_MAIN WSA, "ter:InvalidArgVal", NULL},
    {"Q31/slots", "Q31", "slots:300", "tptz:GetPresets", SIM_MAIN, "token=\"300\"", "\"301\""},
    {"Q31/empty-slot", "Q31", "slots", "tptz:GotoPreset", TOKEN ("17"), "GotoPresetResponse", NULL},
    {"Q31/no-slot", "Q31", "slots:16", "tptz:GotoPreset", TOKEN ("17"), "ter:NoToken", NULL},
    {"Q31/set-slot", "Q31", "slots", "tptz:SetPreset", TOKEN ("17"), "PresetToken>17<", NULL},
    {"Q31/opaque", "Q31", "opaque", "tptz:SetPreset", NAME ("a"), "PresetToken>Pos-", NULL},
    {"Q31/refuses", NULL, NULL, "tptz:SetPreset", TOKEN ("5"), "ter:NoToken", NULL},
    {"Q31/accepts", "Q31", "accepts", "tptz:SetPreset", TOKEN ("5"), "PresetToken>5<", NULL},
    {"Q31/other", "Q31", "other", "tptz:SetPreset", NAME ("a"), "PresetToken>Preset-new<", NULL},
    {"Q31/silent", "Q31", "silent", "tptz:SetPreset", NAME ("a"), "<tptz:PresetToken/>", NULL},
    {"Q31/named", "Q31", "named", "tptz:SetPreset", SIM_MAIN, "ter:InvalidArgVal", NULL},
    {"Q32/told", "Q32", NULL, "tptz:GetPresets", SIM_MAIN, "token=\"36\"", "token=\"37\""},
    {"Q32/set", "Q32", NULL, "tptz:SetPreset", TOKEN ("33"), "ter:InvalidArgVal", NULL},
    {"Q32/remove", "Q32", NULL, "tptz:RemovePreset", TOKEN ("33"), "ter:InvalidArgVal", NULL},
    {"Q33/relative", "Q33", "relative", "tptz:GetNodes", "", "RelativePanTilt",
     "ContinuousPanTilt"},
    {"Q33/relative-move", "Q33", "relative", "tptz:ContinuousMove", MOVE (PAN_TILT ("1", "0")),
     "ter:ActionNotSupported", NULL},
    {"Q33/relative-step", "Q33", "relative", "tptz:RelativeMove", STEP (PAN_TILT ("0.1", "0")),
     "RelativeMoveResponse", NULL},
    {"Q33/relative-configuration", "Q33", "relative", "tptz:GetConfigurations", "",
     "DefaultRelativeZoom", "DefaultContinuous"},
    {"Q33/neither", "Q33", "neither", "tptz:GetNodes", "", "AbsolutePanTilt", "RelativePanTilt"},
    {"Q33/neither-step", "Q33", "neither", "tptz:RelativeMove", STEP (PAN_TILT ("0.1", "0")),
     "ter:ActionNotSupported", NULL},
    {"Q33/pan-tilt", "Q33", "pan-tilt", "tptz:GetNodes", "", "ContinuousPanTilt", "Zoom"},
    {"Q33/pan-tilt-zoom", "Q33", "pan-tilt", "tptz:ContinuousMove", MOVE (ZOOM ("1")),
     "ter:SpaceNotSupported", NULL},
    {"Q33/pan-tilt-status", "Q33", "pan-tilt", "tptz:GetStatus", SIM_MAIN,
     "<tt:PanTilt x=", "<tt:Zoom x="},
    {"Q33/zoom-only", "Q33", "zoom-only", "tptz:GetNodes", "", "ContinuousZoom", "PanTilt"},
    {"Q33/zoom-only-move", "Q33", "zoom-only", "tptz:ContinuousMove", MOVE (PAN_TILT ("1", "0")),
     "ter:SpaceNotSupported", NULL},
    {"Q33/zero-range", "Q33", "zero-range", "tptz:GetNodes", "",
     "VelocityGenericSpace</tt:URI><tt:XRange><tt:Min>0</tt:Min><tt:Max>0</tt:Max>", NULL},
    {"Q34/all", "Q34", "all", "tptz:GetStatus", "<tptz:ProfileToken>sub</tptz:ProfileToken>",
     "ter:NoPTZProfile", NULL},
    {"Q34/profiles", "Q34", "all", "trt:GetProfiles", "", "token=\"sub\"", "PTZConfiguration"},
    {"Q36/no-position", "Q36", "no-position", "tptz:GetStatus", SIM_MAIN, "MoveStatus",
     "tt:Position"},
    {"Q36/both", "Q36", "absent+no-position", "tptz:GetStatus", SIM_MAIN, "UtcTime", "MoveStatus"},
    {"Q36/fails", "Q36", "fails", "tptz:GetStatus", SIM_MAIN, "ter:ActionNotSupported", NULL},
    {"Q36/degrees", "Q36", "degrees", "tptz:GetStatus", SIM_MAIN,
     "x=\"85\" y=\"66.25\" "
     "space=\"http://www.onvif.org/ver10/tptz/PanTiltSpaces/SphericalPositionSpaceDegrees\"",
     NULL},
    {"Q36/degrees-beside", "Q36", "degrees", "tptz:GetNodes", "", "PanTiltSpaces/PositionGeneric",
     NULL},
    {"Q36/degrees-told", "Q36", "degrees", "tptz:GetNodes", "",
     "<tt:Min>-5</tt:Min><tt:Max>90</tt:Max>", NULL},
    {"Q36/degrees-only", "Q36", "degrees-only", "tptz:GetNodes", "",
     "<tt:Min>-170</tt:Min><tt:Max>170</tt:Max>", "PanTiltSpaces/PositionGeneric"},
    {"Q36/degrees-limits", "Q36", "degrees-only", "tptz:GetConfigurations", "",
     "<tt:Min>-170</tt:Min><tt:Max>170</tt:Max>", "PanTiltSpaces/PositionGeneric"},
    {"Q36/unlimited", "Q36", "unlimited", "tptz:GetConfigurations", "",
     "<tt:Min>-INF</tt:Min><tt:Max>INF</tt:Max>", "<tt:Max>1</tt:Max>"},
    {"Q36/mirrored", "Q36", "mirrored", "tptz:GetStatus", SIM_MAIN, "x=\"-0.5\" y=\"0.5\"", NULL},
    {"Q36/frozen", "Q36", "frozen", "tptz:GetStatus", SIM_MAIN, "x=\"0\" y=\"0\"", NULL},
};

static void
start (SimClient *client)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  const CgSimVector place = {TRUE, TRUE, 0.5, 0.5, 0};

  sim_client_start (client, &options, SIM_LOGIN_NONE);
  cg_sim_set_position (client->sim, &place);
}

static void
test_row (gconstpointer data)
{
  g_auto (SimClient) client = {0};
  start (&client);

  sim_client_check_row (&client, data);
}

static void
call (SimClient *client, const char *op, const char *body)
{
  g_autoptr (SimAnswer) answer = sim_client_call (client, op, body);

  g_assert_cmpuint (answer->status, ==, 200);
}

/* Q1: each way to stop, and each camera that does not know it. */
static void
test_q1_stops (void)
{
  static const struct {
    const char *arg;
    gboolean by_axes, bare, by_velocity; /* whether it stops */
  } table[] = {
      {"stop", FALSE, FALSE, TRUE}, {"axes", FALSE, TRUE, TRUE},
      {"bare", TRUE, FALSE, TRUE},  {"velocity", TRUE, TRUE, FALSE},
      {"both", FALSE, FALSE, TRUE}, {"timeout+stop+velocity", FALSE, FALSE, FALSE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    const gboolean stops[] = {table[i].by_axes, table[i].bare, table[i].by_velocity};
    g_auto (SimClient) client = {0};
    start (&client);
    sim_client_set_fault (&client, "Q1", table[i].arg);

    for (gsize k = 0; k < G_N_ELEMENTS (stops); k++) {
      const CgSimVector home = {TRUE, TRUE, 0, 0, 0};
      const char *const ops[] = {"tptz:Stop", "tptz:Stop", "tptz:ContinuousMove"};
      const char *const bodies[] = {SIM_MAIN "<tptz:PanTilt>true</tptz:PanTilt>", SIM_MAIN,
                                    MOVE (PAN_TILT ("0", "0"))};

      g_test_message ("%s, form %zu", table[i].arg, k);
      cg_sim_set_position (client.sim, &home);
      call (&client, "tptz:ContinuousMove", MOVE (PAN_TILT ("1", "0")));
      call (&client, ops[k], bodies[k]);
      g_assert_cmpint (sim_client_is_moving (&client), ==, !stops[k]);
    }
  }
}

static void
test_q1_coasts (void)
{
  g_auto (SimClient) client = {0};
  CgSimPosition before, after;
  start (&client);
  sim_client_set_fault (&client, "Q1", "coasts:100");

  call (&client, "tptz:ContinuousMove", MOVE (PAN_TILT ("-1", "0")));
  call (&client, "tptz:Stop", SIM_MAIN);
  cg_sim_get_position (client.sim, &before);
  g_assert_true (before.moving_pan_tilt);

  after = sim_client_get_rest (&client);
  g_assert_cmpfloat (after.pan, <, before.pan);
  g_assert_cmpfloat (after.pan, >=, before.pan - 0.0501);
}

static void
test_q1_lost (void)
{
  g_auto (SimClient) client = {0};
  start (&client);
  sim_client_set_fault (&client, "Q1", "lost");
  call (&client, "tptz:ContinuousMove", MOVE (PAN_TILT ("-1", "0")));

  g_autoptr (SimAnswer) lost = sim_client_call (&client, "tptz:Stop", SIM_MAIN);
  g_assert_cmpuint (lost->status, ==, 0);
  g_assert_true (sim_client_is_moving (&client));

  call (&client, "tptz:Stop", SIM_MAIN);
  g_assert_false (sim_client_is_moving (&client));
}

/* Q31: names come back otherwise than they were written. */
static void
test_q31_names (void)
{
  static const struct {
    const char *arg;
    const char *told;
  } table[] = {
      {"empty", "<tt:Name/>"},           {"equal", ">Preset</tt:Name>"},
      {"latin1", ">T\xfcr ?</tt:Name>"}, {"ascii", ">T?r ?</tt:Name>"},
      {"cut:2", ">T\xc3</tt:Name>"},     {"no-position", ">Tür 门</tt:Name></tptz:Preset>"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_auto (SimClient) client = {0};
    start (&client);
    call (&client, "tptz:SetPreset", NAME ("Tür 门"));

    sim_client_set_fault (&client, "Q31", table[i].arg);

    sim_client_expect (&client, "tptz:GetPresets", SIM_MAIN, table[i].told);
  }
}

static void
test_q31_shifts (void)
{
  g_auto (SimClient) client = {0};
  start (&client);
  sim_client_set_fault (&client, "Q31", "shifts");
  call (&client, "tptz:SetPreset", NAME ("a"));
  call (&client, "tptz:SetPreset", NAME ("b"));

  call (&client, "tptz:RemovePreset", TOKEN ("1"));

  sim_client_expect (&client, "tptz:GetPresets", SIM_MAIN, "token=\"1\"><tt:Name>b<");
}

static void
test_q32_moves_by_itself (void)
{
  g_auto (SimClient) client = {0};
  start (&client);
  sim_client_set_fault (&client, "Q32", NULL);

  call (&client, "tptz:GotoPreset", TOKEN ("34"));

  g_assert_true (sim_client_is_moving (&client));
}

static void
test_q35_status (void)
{
  static const struct {
    const char *arg;
    guint status;
  } table[] = {{"fault", 400}, {"401", 401}, {"403", 403}};

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_auto (SimClient) client = {0};
    start (&client);
    sim_client_set_fault (&client, "Q35", table[i].arg);

    g_autoptr (SimAnswer) answer =
        sim_client_call (&client, "tptz:ContinuousMove", MOVE (PAN_TILT ("1", "0")));

    g_assert_cmpuint (answer->status, ==, table[i].status);
    g_assert_false (sim_client_is_moving (&client));
  }
}

/* Q36, Q38: where a move of a tenth of a second to the upper right goes. */
static void
test_ways (void)
{
  static const struct {
    const char *fault, *arg;
    double pan, tilt;
  } table[] = {
      {"Q36", "idle", 0.05, 0.05},     {"Q36", "inverted", -0.05, -0.05},
      {"Q36", "mirrored", 0.05, 0.05}, {"Q38", "pan", 0.05, 0},
      {"Q38", "tilt", 0, 0.05},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_auto (SimClient) client = {0};
    start (&client);
    sim_client_set_fault (&client, table[i].fault, table[i].arg);

    call (&client, "tptz:ContinuousMove", MOVE (PAN_TILT ("1", "1")) BRIEFLY);

    const CgSimPosition rest = sim_client_get_rest (&client);
    g_assert_cmpfloat_with_epsilon (rest.pan, 0.5 + table[i].pan, 1e-9);
    g_assert_cmpfloat_with_epsilon (rest.tilt, 0.5 + table[i].tilt, 1e-9);
  }
}

/* Q36: the ends are not where it says. */
static void
test_q36_reach (void)
{
  static const struct {
    const char *arg;
    double end;
  } table[] = {{"short", 0.8}, {"short:0.6", 0.6}, {"long", 1.2}};

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    const CgSimVector near = {TRUE, TRUE, table[i].end - 0.05, 0, 0};
    g_auto (SimClient) client = {0};
    start (&client);
    sim_client_set_fault (&client, "Q36", table[i].arg);
    cg_sim_set_position (client.sim, &near);

    call (&client, "tptz:ContinuousMove", MOVE (PAN_TILT ("1", "0")));

    g_assert_cmpfloat_with_epsilon (sim_client_get_rest (&client).pan, table[i].end, 1e-9);
    sim_client_expect (&client, "tptz:GetNodes", "", "<tt:Max>1</tt:Max>");
  }
}

static void
test_q36_pushing (void)
{
  const CgSimVector end = {TRUE, FALSE, 1, 0, 0};
  g_auto (SimClient) client = {0};
  start (&client);
  cg_sim_set_position (client.sim, &end);

  call (&client, "tptz:ContinuousMove", MOVE (PAN_TILT ("1", "0")));

  sim_client_expect (&client, "tptz:GetStatus", SIM_MAIN, "<tt:PanTilt>IDLE<");
  sim_client_set_fault (&client, "Q36", "pushing");
  sim_client_expect (&client, "tptz:GetStatus", SIM_MAIN, "<tt:PanTilt>MOVING<");
}

/* Longer ago than this test takes: it stood at 0.5 then. */
static void
test_q36_late (void)
{
  const CgSimVector place = {TRUE, FALSE, -0.25, 0, 0};
  g_auto (SimClient) client = {0};
  start (&client);
  sim_client_set_fault (&client, "Q36", "late:600000");
  cg_sim_set_position (client.sim, &place);

  sim_client_expect (&client, "tptz:GetStatus", SIM_MAIN, "x=\"0\" y=\"0\"");
  sim_client_set_fault (&client, "Q36", "late:0");
  sim_client_expect (&client, "tptz:GetStatus", SIM_MAIN, "x=\"-0.25\"");
}

static void
test_q36_slow (void)
{
  g_auto (SimClient) client = {0};
  start (&client);
  sim_client_set_fault (&client, "Q36", "slow:50");
  const gint64 asked_us = g_get_monotonic_time ();

  call (&client, "tptz:GetStatus", SIM_MAIN);

  g_assert_cmpint (g_get_monotonic_time () - asked_us, >=, 50 * 1000);
}

static void
test_q37_sleeps (void)
{
  g_auto (SimClient) client = {0};
  start (&client);
  sim_client_set_fault (&client, "Q37", "60");

  call (&client, "tptz:ContinuousMove", MOVE (PAN_TILT ("1", "0")));
  g_assert_false (sim_client_is_moving (&client));

  call (&client, "tptz:ContinuousMove", MOVE (PAN_TILT ("1", "0")));
  g_assert_true (sim_client_is_moving (&client));
}

/* Presets go, or get other tokens, and it looks ahead. */
static void
test_reset (void)
{
  g_auto (SimClient) client = {0};
  start (&client);
  call (&client, "tptz:SetPreset", NAME ("a"));

  cg_sim_reset (client.sim, TRUE);
  sim_client_expect (&client, "tptz:GetPresets", SIM_MAIN, "token=\"2\"><tt:Name>a<");
  cg_sim_reset (client.sim, FALSE);
  g_autoptr (SimAnswer) presets = sim_client_call (&client, "tptz:GetPresets", SIM_MAIN);
  const CgSimPosition rest = sim_client_get_rest (&client);

  g_assert_null (strstr (presets->text, "token="));
  g_assert_cmpfloat_with_epsilon (rest.pan, 0, 1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sim_add_rows ("/sim/ptz-faults/", rows, G_N_ELEMENTS (rows), test_row);
  g_test_add_func ("/sim/ptz-faults/Q1/stops", test_q1_stops);
  g_test_add_func ("/sim/ptz-faults/Q1/coasts", test_q1_coasts);
  g_test_add_func ("/sim/ptz-faults/Q1/lost", test_q1_lost);
  g_test_add_func ("/sim/ptz-faults/Q31/names", test_q31_names);
  g_test_add_func ("/sim/ptz-faults/Q31/shifts", test_q31_shifts);
  g_test_add_func ("/sim/ptz-faults/Q32/moves-by-itself", test_q32_moves_by_itself);
  g_test_add_func ("/sim/ptz-faults/Q35/status", test_q35_status);
  g_test_add_func ("/sim/ptz-faults/ways", test_ways);
  g_test_add_func ("/sim/ptz-faults/Q36/reach", test_q36_reach);
  g_test_add_func ("/sim/ptz-faults/Q36/pushing", test_q36_pushing);
  g_test_add_func ("/sim/ptz-faults/Q36/late", test_q36_late);
  g_test_add_func ("/sim/ptz-faults/Q36/slow", test_q36_slow);
  g_test_add_func ("/sim/ptz-faults/Q37", test_q37_sleeps);
  g_test_add_func ("/sim/ptz-faults/reset", test_reset);
  return g_test_run ();
}
