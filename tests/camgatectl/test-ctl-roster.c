/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of cameras: RFC 4180, and what spreadsheets make of it. */
#include <string.h>

#include "cg-ctl-csv-reader.h"
#include "cg-ctl-error.h"
#include "cg-ctl-json.h"
#include "cg-ctl-roster.h"

static void
test_tables (void)
{
  static const struct {
    const char *text;
    const char *cells; /* rows by /, cells by | */
  } rows[] = {
      {"a,b\r\n1,2\r\n", "a|b/1|2"},
      {"a;b\n1,5;2\n", "a|b/1,5|2"},
      {"a\tb\n1\t2", "a|b/1|2"},
      {"\xef\xbb\xbf"
       "a,b\n1,2",
       "a|b/1|2"},
      {"a,b\r1,2\r", "a|b/1|2"},
      {"\"a;x\",b\n\"1,\"\"2\"\"\",\"\"\n", "a;x|b/1,\"2\"|"},
      {"a\n\"1\r\n2\"\n3\n", "a/1\r\n2/3"},
      {"a,b\n\n,\n1,2\n,,\n", "a|b/1|2"},
      {"a,b\n 1 , 2\n", "a|b/ 1 | 2"},
      {"a,b\nT\xc3\xbcr 5\",x\n", "a|b/T\xc3\xbcr 5\"|x"},
      {"", ""},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) table = cg_ctl_csv_read (rows[i].text, strlen (rows[i].text), &error);
    g_autoptr (GString) seen = g_string_new (NULL);

    g_assert_no_error (error);
    for (guint row = 0; row < table->len; row++) {
      g_autofree char *cells = g_strjoinv ("|", ((CgCtlCsvRow *)table->pdata[row])->cells);

      g_string_append_printf (seen, "%s%s", row > 0 ? "/" : "", cells);
    }
    g_assert_cmpstr (seen->str, ==, rows[i].cells);
  }
}

/* Each fault is told where somebody finds it. */
static void
test_faults (void)
{
  static const struct {
    const char *text;
    const char *fault;
  } rows[] = {
      {"", "is empty"},
      {"name,address\n", "line 1: there is no column did"},
      {"did,pasword\n", "line 1, column 2: \"pasword\" is unknown; did you mean password?"},
      {"did,remarks of the owner\n", "line 1, column 2: \"remarks of the owner\" is unknown; col"},
      {"did,,name\n", "line 1, column 2: \"\" is unknown"},
      {"did,name,DID\n", "line 1, column 3: \"did\" stands twice, first in column 1"},
      {"did,address\nc,h\n\nd,a b\n", "line 4, column 2 (address): contains a space"},
      {"did,name\nc,\"x\ny\"\nd,\"x\"y\n", "line 4, column 2: something follows the closing quote"},
      {"did,name\nc,\"x\n\n", "line 2, column 2: a quote is opened and never closed"},
      {"did,name\nc,x,y\n", "line 2, column 3: the column has no title"},
      {"did,name\nc,x\n,y\n", "line 3, column 1 (did): is missing"},
      {"did,name\na/b,x\n", "line 2, column 1 (did): did must not"},
      {"did,protocol\nc,gb28181\n", "line 2, column 2 (protocol): is not onvif|rtsp"},
      {"did;url\nc;http://h/\n", "line 2, column 2 (url): is no address"},
      {"did,ip\nc,ftp://h\n", "line 2, column 2 (ip): is no address"},
      {"did,json:own\nc,\"{\"\n", "line 2, column 2 (own): is no JSON"},
      {"gateway,did\n,c\ng,c\n,c\n", "line 4, column 2 (did): c stands twice, first in line 2, c"},
      {"did,name\nc,T\xfcr\n", "line 2: is no UTF-8 text"},
      {"\xff\xfe"
       "d",
       "line 1: is no UTF-8 text"},
      {"{\"camera\":5}", "camera: is missing, or no list"},
      {"{\"camera\":[{\"did\":\"c\"},5]}", "camera[1]: is no object"},
      {"{\"camera\":[{\"did\":7}]}", "camera[0].did: is missing"},
      {"{\"camera\":[{\"did\":\"c\",\"name\":7}]}", "camera[0].name: is no text"},
      {"{\"camera\":[{\"did\":\"c\",\"gateway\":7}]}", "camera[0].gateway: is no text"},
      {"{\"camera\":[{\"did\":\"c\",}]}", "no valid JSON: <data>:1:"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CgCtlRoster) roster =
        cg_ctl_roster_read (rows[i].text, strlen (rows[i].text), &error);

    g_test_message ("%s: %s", rows[i].text, error != NULL ? error->message : "taken");
    g_assert_null (roster);
    g_assert_true (g_str_has_prefix (error->message, rows[i].fault));
  }
}

static CgCtlRoster *
read_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  CgCtlRoster *roster = cg_ctl_roster_read (text, strlen (text), &error);

  g_assert_no_error (error);
  return roster;
}

static void
assert_entry (const CgCtlRoster *roster, guint index, const char *expected)
{
  g_autofree char *line = cg_ctl_json_to_line (cg_ctl_roster_get (roster, index));

  g_assert_cmpstr (line, ==, expected);
}

static void
test_rows (void)
{
  g_autoptr (CgCtlRoster) roster =
      read_good ("Gateway;DID;Address;password;json:Own\r\n"
                 "aa;c;10.0.0.1/2;'=x;\"{\"\"a\"\":[1,true]}\"\r\nbb;d;h;;\r\n;e;i;******;5\r\n");

  g_assert_cmpuint (cg_ctl_roster_keep (roster, "aa"), ==, 1);

  g_assert_cmpuint (cg_ctl_roster_get_n (roster), ==, 2);
  assert_entry (roster, 0,
                "{\"did\":\"c\",\"address\":\"10.0.0.1/2\",\"password\":\"=x\","
                "\"Own\":{\"a\":[1,true]}}");
  assert_entry (roster, 1, "{\"did\":\"e\",\"address\":\"i\",\"password\":\"******\",\"Own\":5}");
}

/* What camgated finds is told where it stands in the file; rows of others are counted too. */
static void
test_places (void)
{
  g_autoptr (CgCtlRoster) roster =
      read_good ("gateway,did,password\nbb,a,\naa,c,x\n\naa,d,******\n");
  g_autoptr (CgCtlRoster) json = read_good ("{\"cameras\":[{\"did\":\"a\",\"gateway\":\"bb\"},"
                                            "{\"did\":\"c\"}]}");
  g_autofree char *first = NULL;
  g_autofree char *cut = NULL;
  g_autofree char *other = NULL;
  g_autofree char *far = NULL;

  cg_ctl_roster_keep (roster, "aa");
  cg_ctl_roster_keep (json, "aa");
  first = cg_ctl_roster_explain (roster, 0, "camera[1].password: is stars: really");
  cut = cg_ctl_roster_explain (roster, 1, "camera[0].address: is missing");
  other = cg_ctl_roster_explain (json, 0, "camera[0].address: is missing");
  far = cg_ctl_roster_explain (roster, 0, "camera[9].address: is missing");

  g_assert_cmpstr (first, ==, "line 5, column 3 (password): is stars: really");
  g_assert_cmpstr (cut, ==, "line 5 (address): is missing");
  g_assert_cmpstr (other, ==, "camera[1].address: is missing");
  g_assert_cmpstr (far, ==, "camera[9].address: is missing");
}

static void
test_messages_are_short (void)
{
  g_autoptr (GString) text = g_string_new ("did,name\n");
  g_autoptr (CgCtlRoster) roster = NULL;
  guint n_sent = 0;
  guint n_messages = 0;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "%u,%0100u\n", i, i);
  roster = read_good (text->str);

  while (n_sent < 1000) {
    g_autoptr (JsonArray) cameras = cg_ctl_roster_cut (roster, n_sent, 10000);
    g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), cameras);
    g_autofree char *line = json_to_string (node, FALSE);

    g_assert_cmpuint (strlen (line), <, 10100);
    g_assert_cmpstr (cg_ctl_json_string (json_array_get_object_element (cameras, 0), "did"), ==,
                     cg_ctl_json_string (cg_ctl_roster_get (roster, n_sent), "did"));
    n_sent += json_array_get_length (cameras);
    n_messages++;
  }
  g_assert_cmpuint (n_sent, ==, 1000);
  g_assert_cmpuint (n_messages, ==, 13);
}

/* Whatever a camera's members hold: written and read, they are the same. */
static void
test_round_trip (void)
{
  const char *document =
      "{\"camera\":[{\"did\":\"c\",\"address\":\"h:8000/2\",\"username\":\"=a\\\"b;c,d\","
      "\"password\":\"'-x\",\"name\":\" T\xc3\xbcr\",\"zone\":{\"x\":[1.5,null]},\"n\":-7,"
      "\"t\":\"7\"},{\"did\":\"-d\",\"ip\":\"i\",\"password\":\"''+y\",\"secret\":\"******\","
      "\"empty\":null,\"Json\":\"'\"}]}";
  g_autoptr (JsonObject) root = cg_ctl_json_parse (document, -1, NULL);
  JsonArray *cameras = cg_ctl_roster_find_list (root);
  g_autofree char *csv = cg_ctl_roster_write_csv (cameras, "aa");
  g_autoptr (JsonObject) object = cg_ctl_roster_write_json (cameras, "aa");
  g_autofree char *json = cg_ctl_json_to_line (object);
  const char *const texts[] = {csv, json};

  g_test_message ("%s", csv);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (CgCtlRoster) roster = NULL;
    g_autoptr (GError) error = NULL;

    roster = cg_ctl_roster_read (texts[i], strlen (texts[i]), &error);
    if (error != NULL)
      g_test_message ("%s", error->message);
    g_assert_no_error (error);
    g_assert_cmpuint (cg_ctl_roster_keep (roster, "aa"), ==, 0);
    g_assert_cmpuint (cg_ctl_roster_get_n (roster), ==, 2);
    for (guint c = 0; c < 2; c++) {
      g_autoptr (JsonNode) seen =
          json_node_init_object (json_node_alloc (), cg_ctl_roster_get (roster, c));
      JsonNode *wanted = json_array_get_element (cameras, c);

      g_assert_true (json_node_equal (seen, wanted));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/roster/tables", test_tables);
  g_test_add_func ("/ctl/roster/faults", test_faults);
  g_test_add_func ("/ctl/roster/rows", test_rows);
  g_test_add_func ("/ctl/roster/places", test_places);
  g_test_add_func ("/ctl/roster/messages-are-short", test_messages_are_short);
  g_test_add_func ("/ctl/roster/round-trip", test_round_trip);
  return g_test_run ();
}
