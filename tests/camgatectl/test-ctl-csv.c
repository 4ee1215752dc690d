/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-csv.h"
#include "cg-ctl-json.h"

static const CgCtlCsvColumn columns[] = {
    {"name", NULL, "name"},
    {"width", "stream", "width"},
    {"ok", "stream", "ok"},
};

static void
test_titles (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  cg_ctl_csv_append_titles (text, columns, G_N_ELEMENTS (columns));

  g_assert_cmpstr (text->str, ==, "name,width,ok\r\n");
}

static void
test_rows (void)
{
  const struct {
    const char *row;
    const char *line;
  } table[] = {
      {"{\"name\":\"gate\",\"stream\":{\"width\":640,\"ok\":true}}", "gate,640,yes\r\n"},
      {"{}", ",,\r\n"},
      {"{\"name\":null,\"stream\":null}", ",,\r\n"},
      {"{\"name\":\"a,b\"}", "\"a,b\",,\r\n"},
      {"{\"name\":\"a;b\"}", "\"a;b\",,\r\n"},
      {"{\"name\":\"say \\\"hi\\\"\"}", "\"say \"\"hi\"\"\",,\r\n"},
      {"{\"name\":\"two\\nlines\"}", "two?lines,,\r\n"}, /* no cell moves a cursor */
      {"{\"name\":\"T\xc3\xbcr\"}", "T\xc3\xbcr,,\r\n"},
      {"{\"name\":\"=1+2\"}", "'=1+2,,\r\n"}, /* no formula */
      {"{\"name\":\"@a,b\"}", "\"'@a,b\",,\r\n"},
      {"{\"name\":[\"a\",\"b\"]}", "\"a, b\",,\r\n"},
      {"{\"stream\":{\"width\":-0.25,\"ok\":false}}", ",-0.25,no\r\n"},
      {"{\"stream\":{\"width\":1700000000}}", ",1700000000,\r\n"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonObject) row = cg_ctl_json_parse (table[i].row, -1, &error);
    g_autoptr (GString) text = g_string_new (NULL);

    g_assert_no_error (error);
    cg_ctl_csv_append_row (text, columns, G_N_ELEMENTS (columns), row);
    g_assert_cmpstr (text->str, ==, table[i].line);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/csv/titles", test_titles);
  g_test_add_func ("/ctl/csv/rows", test_rows);
  return g_test_run ();
}
