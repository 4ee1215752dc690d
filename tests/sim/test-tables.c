/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is pure: faults, the record of requests, durations, probes. */
#include "cg-sim-duration.h"
#include "cg-sim-faults.h"
#include "cg-sim-probe.h"
#include "cg-sim-requests.h"

static void
test_faults_taken (void)
{
  const struct {
    const char *name, *arg;
    CgSimFault fault;
    const char *word;
    double number;
  } table[] = {
      {"Q1", NULL, CG_SIM_FAULT_Q1, "timeout", 0},  {"Q1", "stop", CG_SIM_FAULT_Q1, "stop", 0},
      {"q1", "both", CG_SIM_FAULT_Q1, "both", 0},   {"Q4", "-90.5", CG_SIM_FAULT_Q4, NULL, -90.5},
      {"Q19", NULL, CG_SIM_FAULT_Q19, NULL, 2},     {"hang", "50", CG_SIM_FAULT_HANG, NULL, 50},
      {"Q36", "slow", CG_SIM_FAULT_Q36, "slow", 0}, {"Q8", NULL, CG_SIM_FAULT_Q8, NULL, 0},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (CgSimFaults) faults = cg_sim_faults_new ();
    g_autoptr (GError) error = NULL;

    g_assert_false (cg_sim_faults_is_on (faults, table[i].fault));
    g_assert_true (cg_sim_faults_set (faults, table[i].name, table[i].arg, &error));
    g_assert_no_error (error);
    g_assert_true (cg_sim_faults_is_on (faults, table[i].fault));
    g_assert_true (cg_sim_faults_is_arg (faults, table[i].fault, table[i].word));
    g_assert_cmpfloat (cg_sim_faults_get_number (faults, table[i].fault), ==, table[i].number);

    g_assert_true (cg_sim_faults_clear (faults, table[i].name, &error));
    g_assert_false (cg_sim_faults_is_on (faults, table[i].fault));
    g_assert_cmpfloat (cg_sim_faults_get_number (faults, table[i].fault), ==, 0);
  }
}

/* Words may be joined, and some have a number. */
static void
test_faults_joined (void)
{
  g_autoptr (CgSimFaults) faults = cg_sim_faults_new ();
  const CgSimFault q36 = CG_SIM_FAULT_Q36;

  g_assert_true (cg_sim_faults_set (faults, "Q36", "idle+short:0.5+late", NULL));

  g_assert_true (cg_sim_faults_is_arg (faults, q36, "idle"));
  g_assert_true (cg_sim_faults_is_arg (faults, q36, "short"));
  g_assert_false (cg_sim_faults_is_arg (faults, q36, "absent"));
  g_assert_cmpfloat (cg_sim_faults_get_word_number (faults, q36, "short"), ==, 0.5);
  g_assert_cmpfloat (cg_sim_faults_get_word_number (faults, q36, "late"), ==, 1500);
  g_assert_cmpfloat (cg_sim_faults_get_word_number (faults, q36, "long"), ==, 0);
}

static void
test_faults_refused (void)
{
  const struct {
    const char *name, *arg, *says;
  } table[] = {
      {"Q99", NULL, "Q35"},     {"", NULL, "no fault"},         {"Q1", "never", "never"},
      {"Q4", "soon", "number"}, {"Q4", "", "number"},           {"Q8", "1", "no argument"},
      {"Q19", "-1", "from 0"},  {"hang", "99999999", "number"}, {"Q36", "short:x", "short:x"},
      {"Q36", "idle+", "\"\""}, {"Q36", "idle:5", "idle:5"},    {"Q36", "", "\"\""},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (CgSimFaults) faults = cg_sim_faults_new ();
    g_autoptr (GError) error = NULL;

    g_assert_false (cg_sim_faults_set (faults, table[i].name, table[i].arg, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_nonnull (strstr (error->message, table[i].says));
    for (int fault = 0; fault < CG_SIM_N_FAULTS; fault++)
      g_assert_false (cg_sim_faults_is_on (faults, (CgSimFault)fault));
  }
}

static void
test_requests_are_taken_once (void)
{
  g_autoptr (CgSimRequests) requests = cg_sim_requests_new ();
  JsonObject *args = json_object_new ();

  json_object_set_double_member (args, "pan", 1);
  cg_sim_requests_add (requests, "ContinuousMove", 1000, args);
  cg_sim_requests_add (requests, "Stop", 1001, NULL);
  g_autoptr (JsonArray) first = cg_sim_requests_take (requests);
  g_autoptr (JsonArray) second = cg_sim_requests_take (requests);
  g_autoptr (JsonNode) node = json_node_alloc ();
  gint64 last_us = 0;
  for (guint i = 0; i < json_array_get_length (first); i++) {
    JsonObject *request = json_array_get_object_element (first, i);

    g_assert_cmpint (json_object_get_int_member (request, "us"), >=, last_us);
    last_us = json_object_get_int_member (request, "us");
    json_object_remove_member (request, "us");
  }
  json_node_init_array (node, first);
  g_autofree char *text = json_to_string (node, FALSE);

  g_assert_cmpstr (text, ==,
                   "[{\"op\":\"ContinuousMove\",\"at\":1000,\"args\":{\"pan\":1.0}},"
                   "{\"op\":\"Stop\",\"at\":1001,\"args\":{}}]");
  g_assert_cmpuint (json_array_get_length (second), ==, 0);
  g_assert_cmpuint (cg_sim_requests_count (requests, "Stop"), ==, 1);
  g_assert_cmpuint (cg_sim_requests_count (requests, "GetStatus"), ==, 0);
}

static void
test_requests_are_bounded (void)
{
  g_autoptr (CgSimRequests) requests = cg_sim_requests_new ();

  for (int i = 0; i < 10001; i++)
    cg_sim_requests_add (requests, "GetStatus", i, NULL);
  g_autoptr (JsonArray) taken = cg_sim_requests_take (requests);

  g_assert_cmpuint (json_array_get_length (taken), ==, 10000);
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (taken, 0), "at"), ==,
                   1);
  g_assert_cmpuint (cg_sim_requests_count (requests, "GetStatus"), ==, 10001);
}

static void
test_durations (void)
{
  const struct {
    const char *text;
    gint64 ms; /* −1: refused */
  } table[] = {
      {"PT5S", 5000}, {"PT0.5S", 500}, {"PT1M30S", 90000}, {"P1DT1H", 90000000},
      {"PT0S", 0},    {"", -1},        {"P", -1},          {"5", -1},
      {"PT", -1},     {"PT5", -1},     {"PTS", -1},        {"PT5S1M", -1},
      {"P1M", -1},    {"PT-5S", -1},   {"PT5Sx", -1},      {"P5S", -1},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    gint64 ms = -1;

    g_assert_cmpint (cg_sim_duration_parse (table[i].text, &ms), ==, table[i].ms >= 0);
    g_assert_cmpint (ms, ==, table[i].ms);
  }
}

static char *
make_probe (const char *types, const char *scopes)
{
  return g_strdup_printf (
      "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
      " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
      " xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><s:Header>"
      "<a:MessageID>uuid:4&amp;2</a:MessageID>"
      "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header>"
      "<s:Body><d:Probe>%s%s</d:Probe></s:Body></s:Envelope>",
      types, scopes);
}

static void
test_probes (void)
{
  const struct {
    const char *types, *scopes;
    gboolean is_answered;
  } table[] = {
      {"", "", TRUE},
      {"<d:Types/>", "<d:Scopes/>", TRUE},
      {"<d:Types>x:NetworkVideoTransmitter</d:Types>", "", TRUE},
      {"<d:Types> tds:Device\n dn:NetworkVideoTransmitter </d:Types>", "", TRUE},
      {"<d:Types>tds:Device dn:Printer</d:Types>", "", FALSE},
      {"", "<d:Scopes>onvif://www.onvif.org/name/Gate%20%3C1%3E</d:Scopes>", TRUE},
      {"", "<d:Scopes>onvif://www.onvif.org/name</d:Scopes>", TRUE},
      {"", "<d:Scopes>onvif://www.onvif.org/nam</d:Scopes>", FALSE},
      {"", "<d:Scopes>onvif://www.onvif.org/ onvif://other/</d:Scopes>", FALSE},
  };
  const CgSimOptions options = {.listen = "127.0.0.1", .name = "Gate <1>", .ptz = TRUE, .fps = 1};
  g_autoptr (CgSimState) state = cg_sim_state_new (&options);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autofree char *text = make_probe (table[i].types, table[i].scopes);
    g_autoptr (CgSimProbe) probe = cg_sim_probe_parse (text);
    g_autofree char *answer = NULL;

    g_assert_nonnull (probe);
    g_assert_cmpstr (probe->message_id, ==, "uuid:4&2");
    answer = cg_sim_probe_answer (probe, state);
    g_assert_cmpint (answer != NULL, ==, table[i].is_answered);
    if (answer != NULL)
      g_assert_nonnull (strstr (answer, "<a:RelatesTo>uuid:4&amp;2</a:RelatesTo>"));
  }
}

static void
test_probes_refused (void)
{
  const char *const table[] = {"", "x", "<a/>", "<s:Envelope>", "{\"probe\":1}"};

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_null (cg_sim_probe_parse (table[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/faults/taken", test_faults_taken);
  g_test_add_func ("/sim/faults/joined", test_faults_joined);
  g_test_add_func ("/sim/faults/refused", test_faults_refused);
  g_test_add_func ("/sim/requests/taken-once", test_requests_are_taken_once);
  g_test_add_func ("/sim/requests/bounded", test_requests_are_bounded);
  g_test_add_func ("/sim/durations", test_durations);
  g_test_add_func ("/sim/probes/answered", test_probes);
  g_test_add_func ("/sim/probes/refused", test_probes_refused);
  return g_test_run ();
}
