/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-answer.h"
#include "cg-ctl-error.h"
#include "cg-ctl-json.h"

#define NOTHING "the reply says nothing of ptz"

/* PROTOCOL.md section 2: flat and wrapped services, errors at the same place. */
static void
test_where_the_code_stands (void)
{
  static const struct {
    const char *service;
    const char *method;
    const char *message;
    int code;
    const char *error;
  } rows[] = {
      {"ptz", "stop", "{\"result\":{\"ptz\":{\"code\":0}}}", 0, NULL},
      {"ptz", "stop", "{\"result\":{\"ptz\":{\"code\":\"60006\",\"error\":\"x\"}}}", 60006, "x"},
      {"play", NULL, "{\"result\":{\"play\":{\"code\":400}}}", 400, NULL},
      {"device", "reboot", "{\"result\":{\"device\":{\"reboot\":{\"code\":18003}}}}", 18003, NULL},
      {"device", "reboot", "{\"result\":{\"device\":{\"code\":18003}}}", 18003, NULL},
      {"device", "read", "{\"result\":{\"device\":{\"read\":{\"modelNumber\":\"m\"}}}}", 0, NULL},
      {"dance", "on", "{\"result\":{\"code\":404,\"error\":\"no\"}}", 404, "no"},
      {"cameras", NULL, "{\"result\":{\"cameras\":{\"cameras\":[]}}}", 0, NULL},
      {"ptz", "stop", "{\"result\":{}}", 500, NOTHING},
      {"ptz", "stop", "{\"result\":{\"ptz\":{}}}", 500, NOTHING},
      {"ptz", "stop", "{\"result\":{\"ptz\":{\"x\":1}}}", 500, NOTHING},
      {"ptz", "stop", "{\"result\":{\"ptz\":{\"code\":\"x\"}}}", 500, NOTHING},
      {"ptz", "stop", "{\"result\":{\"zoom\":{\"code\":\"x\"}}}", 500, NOTHING},
      {"ptz", "stop", "{\"result\":7}", 500, NOTHING},
      {"ptz", "stop", "{}", 500, NOTHING},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonObject) message = cg_ctl_json_parse (rows[i].message, -1, NULL);
    g_autoptr (CgCtlAnswer) answer =
        cg_ctl_answer_from_message (message, rows[i].service, rows[i].method);
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (answer->code, ==, rows[i].code);
    g_assert_cmpstr (answer->error, ==, rows[i].error);
    g_assert_cmpint (cg_ctl_answer_check (answer, &error), ==, rows[i].code == 0);
    if (rows[i].code != 0)
      g_assert_error (error, CG_CTL_ERROR, CG_CTL_REFUSED);
  }
}

static void
test_a_code_in_words (void)
{
  static const struct {
    int code;
    const char *detail;
    const char *basis;
    const char *text;
  } rows[] = {
      {60004, NULL, NULL, "60004 left limit reached\n  move in another direction"},
      {60004, "Left limit reached", NULL, "60004 left limit reached\n  move in another direction"},
      {60004, "it stands there", "assumed",
       "60004 left limit reached\n  it stands there (assumed)\n  move in another direction"},
      {60004, NULL, "measured",
       "60004 left limit reached\n  measured\n  move in another direction"},
      {4711, "odd\033", NULL, "4711 unknown code\n  odd?"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = cg_ctl_code_to_text (rows[i].code, rows[i].detail, rows[i].basis);

    g_assert_cmpstr (text, ==, rows[i].text);
  }
}

static void
test_a_refusal_of_our_own (void)
{
  g_autoptr (CgCtlAnswer) answer = cg_ctl_answer_new (NULL, "ptz", "start");
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *line = NULL;

  cg_ctl_answer_set_code (answer, 60000, "none");
  object = cg_ctl_answer_to_json (answer);
  line = cg_ctl_json_to_line (object);

  g_assert_cmpstr (line, ==,
                   "{\"did\":null,\"service\":\"ptz\",\"method\":\"start\",\"code\":60000,"
                   "\"error\":\"none\",\"result\":{\"code\":60000,\"error\":\"none\"}}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/answer/places", test_where_the_code_stands);
  g_test_add_func ("/ctl/answer/words", test_a_code_in_words);
  g_test_add_func ("/ctl/answer/own", test_a_refusal_of_our_own);
  return g_test_run ();
}
