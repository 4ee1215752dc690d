/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-json.h"
#include "cg-ctl-screen.h"
#include "cg-ctl-table.h"

static void
test_clean (void)
{
  static const struct {
    const char *said;
    const char *shown;
  } rows[] = {
      {NULL, ""},
      {"gate 1", "gate 1"},
      {"T\303\274r", "T\303\274r"},
      {"\033[2Jx", "?[2Jx"},
      {"a\nb\tc\r", "a?b?c?"},
      {"a\302\233b", "a?b"},                /* a control sequence introducer of one letter */
      {"a\342\200\256b", "a?b"},            /* right-to-left override */
      {"a\342\200\250b", "a?b"},            /* line separator */
      {"a\342\200\215b", "a\342\200\215b"}, /* joiner: some scripts need it */
      {"a\377b", "a\357\277\275b"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *shown = cg_ctl_text_clean (rows[i].said);

    g_assert_cmpstr (shown, ==, rows[i].shown);
  }
}

/* An error has a line for what went wrong, and another for what to do; a table has more. */
static void
test_clean_lines (void)
{
  g_autofree char *shown = cg_ctl_text_clean_lines ("a\302\233b\nc\rd\r\n\342\200\256\033e\n");

  g_assert_cmpstr (shown, ==, "a?b\nc?d\r\n??e\n");
}

static void
test_wrap (void)
{
  static const struct {
    const char *text;
    guint indent;
    guint hang;
    guint width;
    const char *wrapped;
  } rows[] = {
      {"", 2, 0, 20, ""},
      {"one two three four five six", 0, 0, 20, "one two three four\nfive six\n"},
      {"one two three four five", 2, 4, 22, "  one two three four\n      five\n"},
      {"  own indent here and more", 0, 0, 22, "  own indent here and\n  more\n"},
      {"rtmp://a-word-that-is-too-long/for-the-line x", 0, 0, 20,
       "rtmp://a-word-that-is-too-long/for-the-line\nx\n"},
      {"a\n\nb", 1, 0, 20, " a\n\n b\n"},
      {"\351\227\250\345\217\243\351\227\250\345\217\243 \351\227\250\345\217\243\351\227\250 "
       "abcdefg",
       0, 0, 20,
       "\351\227\250\345\217\243\351\227\250\345\217\243 \351\227\250\345\217\243\351\227\250\n"
       "abcdefg\n"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GString) to = g_string_new (NULL);

    cg_ctl_text_wrap (to, rows[i].text, rows[i].indent, rows[i].hang, rows[i].width);
    g_assert_cmpstr (to->str, ==, rows[i].wrapped);
  }
}

static CgCtlTable *
make_table (void)
{
  static const char *const titles[] = {"did", "name", NULL};
  CgCtlTable *table = cg_ctl_table_new (titles);

  cg_ctl_table_add_row (table, (const char *const[]){"0011", "\351\227\250\345\217\243"});
  cg_ctl_table_add_row (table, (const char *const[]){"22", NULL});
  return table;
}

static void
test_table_aligns_wide_letters (void)
{
  static const char *const titles[] = {"name", "x", NULL};
  g_autoptr (CgCtlTable) table = cg_ctl_table_new (titles);
  const CgCtlScreen screen = {0};
  g_autofree char *text = NULL;

  cg_ctl_table_add_row (table, (const char *const[]){"\351\227\250\345\217\243\351\227\250", "1"});
  cg_ctl_table_add_row (table, (const char *const[]){"a", "2"});

  text = cg_ctl_table_to_string (table, &screen);

  g_assert_cmpstr (text, ==, "NAME    X\n\351\227\250\345\217\243\351\227\250  1\na       2\n");
}

static void
test_table_without_end_of_width (void)
{
  g_autoptr (CgCtlTable) table = make_table ();
  const CgCtlScreen screen = {0};

  g_autofree char *text = cg_ctl_table_to_string (table, &screen);

  g_assert_cmpstr (text, ==, "DID   NAME\n0011  \351\227\250\345\217\243\n22    -\n");
}

static void
test_table_on_a_narrow_screen (void)
{
  g_autoptr (CgCtlTable) table = make_table ();
  const CgCtlScreen fits = {.width = 10, .is_terminal = TRUE};
  const CgCtlScreen narrow = {.width = 9, .is_terminal = TRUE};

  g_autofree char *columns = cg_ctl_table_to_string (table, &fits);
  g_autofree char *cards = cg_ctl_table_to_string (table, &narrow);

  g_assert_cmpstr (columns, ==, "DID   NAME\n0011  \351\227\250\345\217\243\n22    -\n");
  g_assert_cmpstr (cards, ==, "did   0011\nname  \351\227\250\345\217\243\n\ndid   22\n");
}

static void
test_json_as_text (void)
{
  const CgCtlScreen screen = {0};
  g_autoptr (JsonObject) object = cg_ctl_json_parse (
      "{\"did\":\"x\\u001b\",\"n\":1.5,\"on\":true,\"no\":null,\"empty\":[],\"list\":[1,\"a\"],"
      "\"inner\":{\"longer\":1},\"rows\":[{\"a\":1},{\"a\":2}]}",
      -1, NULL);

  g_autofree char *text = cg_ctl_json_to_text (object, &screen);

  g_assert_cmpstr (text, ==,
                   "did    x?\nn      1.5\non     yes\nno     -\nempty  -\nlist   1, a\n"
                   "inner\n  longer  1\nrows\n  a  1\n\n  a  2\n");
}

/* What goes on to a program says what the camera said, and steers no terminal on its way. */
static void
test_json_steers_no_terminal (void)
{
  static const struct {
    const char *said;
    const char *line;
  } rows[] = {
      {"T\303\274r \351\227\250 \360\237\230\200", "T\303\274r \351\227\250 \360\237\230\200"},
      {"\033[2J\177", "\\u001b[2J\\u007f"},
      {"\302\2332J\302\200\302\237", "\\u009b2J\\u0080\\u009f"},
      {"\342\200\252\342\200\256", "\\u202a\\u202e"}, /* embeds, overrides */
      {"\342\201\246\342\201\251", "\\u2066\\u2069"}, /* isolates */
      {"\342\200\250", "\\u2028"},                    /* a line */
      {"\363\240\200\201", "\\udb40\\udc01"},         /* a tag, beyond four digits */
      {"a\342\200\215b", "a\342\200\215b"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *expected = g_strdup_printf ("{\"name\":\"%s\"}", rows[i].line);
    g_autoptr (JsonObject) object = json_object_new ();
    g_autofree char *line = NULL;
    g_autoptr (JsonObject) again = NULL;

    json_object_set_string_member (object, "name", rows[i].said);
    line = cg_ctl_json_to_line (object);
    again = cg_ctl_json_parse (line, -1, NULL);

    g_assert_cmpstr (line, ==, expected);
    g_assert_cmpstr (cg_ctl_json_string (again, "name"), ==, rows[i].said);
  }
}

static void
test_json_of_the_wrong_kind (void)
{
  g_autoptr (JsonObject) object =
      cg_ctl_json_parse ("{\"n\":7,\"digits\":\"8\",\"s\":\"x\",\"o\":{},\"a\":[]}", -1, NULL);

  g_assert_null (cg_ctl_json_string (object, "n"));
  g_assert_null (cg_ctl_json_string (object, "nothing"));
  g_assert_null (cg_ctl_json_object (object, "a"));
  g_assert_null (cg_ctl_json_array (object, "o"));
  g_assert_null (cg_ctl_json_array (NULL, "o"));
  g_assert_cmpint (cg_ctl_json_int (object, "n", 1), ==, 7);
  g_assert_cmpint (cg_ctl_json_int (object, "digits", 1), ==, 8);
  g_assert_cmpint (cg_ctl_json_int (object, "s", 1), ==, 1);
  g_assert_cmpint (cg_ctl_json_int (object, "o", 1), ==, 1);
  g_assert_false (cg_ctl_json_bool (object, "n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/text/clean", test_clean);
  g_test_add_func ("/ctl/text/clean-lines", test_clean_lines);
  g_test_add_func ("/ctl/text/wrap", test_wrap);
  g_test_add_func ("/ctl/table/wide-letters", test_table_aligns_wide_letters);
  g_test_add_func ("/ctl/table/no-end", test_table_without_end_of_width);
  g_test_add_func ("/ctl/table/narrow", test_table_on_a_narrow_screen);
  g_test_add_func ("/ctl/json/text", test_json_as_text);
  g_test_add_func ("/ctl/json/steers-no-terminal", test_json_steers_no_terminal);
  g_test_add_func ("/ctl/json/wrong-kind", test_json_of_the_wrong_kind);
  return g_test_run ();
}
