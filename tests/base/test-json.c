/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-json.h"

#include <math.h>

/* RFC 8259 section 6: what came as a number goes out as one, and reads back the same. */
static void
test_numbers (void)
{
  static const struct {
    const char *text;
    const char *expected;
  } rows[] = {
      {"1e30", "1e+30"},
      {"-1E-30", "-1e-30"},
      {"1.5e+300", "1.5e+300"},
      {"123456789012345678901234.5", "1.2345678901234569e+23"},
      {"0e5", "0.0"},
      {"0.0", "0.0"},
      {"0", "0"},
      {"2.4", "2.4"},
      {"59.3", "59.3"},
      {"3.0", "3.0"},
      {"0.1", "0.1"},
      {"0.30000000000000004", "0.30000000000000004"},
      {"1e15", "1e+15"},
      {"100000.0", "100000.0"},
      {"4.9e-324", "4.94065645841247e-324"},
      {"1.7976931348623157e308", "1.7976931348623157e+308"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775807", "-9223372036854775807"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *list = g_strdup_printf ("[%s]", rows[i].text);
    g_autofree char *expected = g_strdup_printf ("[%s]", rows[i].expected);
    g_autoptr (JsonNode) node = json_from_string (list, NULL);
    g_autofree char *text = NULL;
    g_autoptr (JsonNode) again = NULL;

    g_test_message ("%s", rows[i].text);
    g_assert_nonnull (node);
    g_assert_cmpfloat (json_array_get_double_element (json_node_get_array (node), 0), ==,
                       g_ascii_strtod (rows[i].text, NULL));
    text = cg_json_to_string (node, FALSE);
    g_assert_cmpstr (text, ==, expected);
    again = json_from_string (text, NULL);
    g_assert_nonnull (again);
    g_assert_true (json_node_equal (node, again));
  }
}

static void
test_no_number (void)
{
  g_autoptr (JsonNode) node = json_node_init_double (json_node_alloc (), INFINITY);
  g_autofree char *text = cg_json_to_string (node, FALSE);

  g_assert_cmpstr (text, ==, "null");
}

/* What anybody may have written is a number, or is left alone. */
static void
test_read_number (void)
{
  static const struct {
    const char *text;
    double number;
  } rows[] = {
      {"2.5", 2.5}, {"-3", -3}, {"1e999", 7}, {"\"2\"", 7},
      {"null", 7},  {"[2]", 7}, {"{}", 7},    {"true", 7},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strdup_printf ("{\"a\":%s}", rows[i].text);
    g_autoptr (JsonNode) node = json_from_string (text, NULL);
    double number = 7;

    g_test_message ("%s", text);
    g_assert_nonnull (node);
    g_assert_cmpint (cg_json_read_number (json_node_get_object (node), "a", &number), ==,
                     rows[i].number != 7);
    g_assert_cmpfloat (number, ==, rows[i].number);
    g_assert_false (cg_json_read_number (json_node_get_object (node), "b", &number));
  }
}

/* All else as json-glib has it, which is what has always gone out. */
static void
test_all_else (void)
{
  static const char *const rows[] = {
      "{}",
      "[]",
      "[[],{},[{}]]",
      "{\"b\":[1,-2,true,false,null,\"\"],\"a\":{\"c\":[[1],[2]],\"d\":{}}}",
      "{\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\":\"\\u00e9\\ud83d\\ude00/\"}",
      "\"text\"",
      "true",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonNode) node = json_from_string (rows[i], NULL);
    g_autofree char *text = cg_json_to_string (node, FALSE);
    g_autofree char *expected = json_to_string (node, FALSE);
    g_autofree char *pretty = cg_json_to_string (node, TRUE);
    g_autoptr (JsonNode) again = json_from_string (pretty, NULL);

    g_assert_cmpstr (text, ==, expected);
    g_assert_true (json_node_equal (node, again));
  }
}

static void
test_pretty (void)
{
  g_autoptr (JsonNode) node = json_from_string ("{\"a\":[1,{}],\"b\":[]}", NULL);
  g_autofree char *text = cg_json_to_string (node, TRUE);

  g_assert_cmpstr (text, ==, "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/numbers", test_numbers);
  g_test_add_func ("/json/no-number", test_no_number);
  g_test_add_func ("/json/read-number", test_read_number);
  g_test_add_func ("/json/all-else", test_all_else);
  g_test_add_func ("/json/pretty", test_pretty);
  return g_test_run ();
}
