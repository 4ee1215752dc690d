/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-message.h"

#include <string.h>

#include "cg-member.h"

static CgMessage *
parse (const char *text, const char *default_did, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return cg_message_parse (bytes, default_did, error);
}

static char *
reply_with (const CgMessage *message, int code)
{
  g_autoptr (JsonObject) result = json_object_new ();
  g_autoptr (GBytes) reply = NULL;

  json_object_set_int_member (result, "code", code);
  reply = cg_message_build_reply (message, result);
  return g_strndup (g_bytes_get_data (reply, NULL), g_bytes_get_size (reply));
}

typedef struct {
  const char *text;
  const char *error; /* why it is dropped; NULL: it is not */
  const char *fault; /* why it is refused; NULL: it is not */
  const char *reply; /* to it, with code 7; NULL: not asked */
  CgMessageClass class;
} MessageRow;

static const MessageRow rows[] = {
    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\",\"data\":{\"stop\":{}}}", NULL, NULL,
     "{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\",\"result\":{\"code\":7}}"},
    {"{\"token\":\"t\",\"data\":{\"x\":1},\"mid\":\"1\",\"did\":\"d\",\"type\":\"action\"}", NULL,
     NULL,
     "{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\",\"token\":\"t\",\"result\":{\"code\":7}}"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"token\":\"\",\"data\":{\"x\":1}}", NULL, NULL,
     "{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\",\"token\":\"\",\"result\":{\"code\":7}}"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"token\":null,\"result\":null,\"data\":{\"x\":1}}", NULL, NULL,
     "{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\",\"result\":{\"code\":7}}"},
    {"{\"did\":\"d\",\"mid\":42,\"data\":{\"x\":1}}", NULL, NULL,
     "{\"did\":\"d\",\"mid\":42,\"type\":\"action\",\"result\":{\"code\":7}}"},
    {"{\"did\":7,\"mid\":-1,\"data\":{\"x\":1}}", NULL, NULL,
     "{\"did\":7,\"mid\":-1,\"type\":\"action\",\"result\":{\"code\":7}}"},
    /* more digits than an integer holds, and what the generator would spoil */
    {"{\"did\":\"d\",\"mid\":12345678901234567890,\"data\":{\"x\":99999999999999999999}}", NULL,
     NULL,
     "{\"did\":\"d\",\"mid\":\"12345678901234567890\",\"type\":\"action\",\"result\":{\"code\":7}"
     "}"},
    {"{\"did\":\"d\",\"mid\":1e30,\"data\":{\"x\":1}}", NULL, NULL,
     "{\"did\":\"d\",\"mid\":\"1e30\",\"type\":\"action\",\"result\":{\"code\":7}}"},
    {"{\"did\":\"d\",\"mid\":\"a\\u00e9\\\"\\n\",\"data\":{\"x\":1}}", NULL, NULL,
     "{\"did\":\"d\",\"mid\":\"a\303\251\\\"\\n\",\"type\":\"action\",\"result\":{\"code\":7}}"},

    {"", "not a JSON object"},
    {"nonsense", "not a JSON object"},
    {"[{\"did\":\"d\",\"mid\":\"1\"}]", "not a JSON object"},
    {"\"text\"", "not a JSON object"},
    {"{}", "no did"},
    {"{\"mid\":\"1\",\"data\":{\"stop\":{}}}", "no did"},
    {"{\"did\":\"\",\"mid\":\"1\",\"data\":{\"stop\":{}}}", "no did"},
    {"{\"did\":null,\"mid\":\"1\",\"data\":{\"stop\":{}}}", "no did"},
    {"{\"did\":\"\377\",\"mid\":\"1\",\"data\":{\"stop\":{}}}", "no did"},
    {"{\"did\":\"d\",\"data\":{\"stop\":{}}}", "no mid"},
    {"{\"did\":\"d\",\"mid\":{},\"data\":{\"stop\":{}}}", "no mid"},
    {"{\"did\":\"d\",\"mid\":true,\"data\":{\"stop\":{}}}", "no mid"},
    {"{\"data\":{\"did\":\"d\",\"mid\":\"1\"}}", "no did"},
    {"{\"did\":\"d\",,\"mid\":\"1\"}", "no mid"},

    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\",\"data\":{\"stop\":{}", NULL, "Invalid JSON",
     "{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\",\"result\":{\"code\":7}}"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"data\":{\"stop\":{}}} x", NULL, "Invalid JSON"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"data\":{\"x\":\"\\ud800\"}}", NULL, "Invalid JSON"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"data\":{\"x\":[1e30,1e999]}}", NULL, "Number out of range"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"data\":{\"x\":-1E309}}", NULL, "Number out of range"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"data\":{\"x\":[1e308,1e-999]}}", NULL, NULL},
    {"{\"did\":\"d\",\"mid\":\"1\",\"data\":{\"x\":\"\377\"}}", NULL, "Invalid UTF-8"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\"}", NULL, "Missing data"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\",\"data\":{}}", NULL, "Missing data"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\",\"data\":[]}", NULL, "Missing data"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":\"dance\",\"data\":{\"x\":1}}", NULL, "Invalid type",
     "{\"did\":\"d\",\"mid\":\"1\",\"type\":\"dance\",\"result\":{\"code\":7}}"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":5,\"data\":{\"x\":1}}", NULL, "Invalid type"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":\"\",\"data\":{\"x\":1}}", NULL, "Invalid type"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":[],\"data\":{\"x\":1}}", NULL, "Invalid type"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":true,\"data\":{\"x\":1}}", NULL, "Invalid type"},
    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":null,\"data\":{\"x\":1}}", NULL, NULL},

    {"{\"did\":\"d\",\"mid\":\"1\",\"type\":\"action\",\"result\":{}}", .class = CG_MESSAGE_REPLY},
    {"{\"did\":\"d\",\"mid\":\"1\",\"result\":{}", "Invalid JSON"}, /* answers are not answered */
    {"{\"did\":\"d\",\"type\":\"register\",\"result\":{}}", .class = CG_MESSAGE_REGISTER},
    {"{\"did\":\"d\",\"type\":\"register\",\"data\":{}}", .class = CG_MESSAGE_REGISTER},
    {"{\"did\":\"d\",\"type\":\"register\",\"data\":{}", "Invalid JSON"},
    {"{\"did\":\"d\",\"type\":\"register\",\"sign\":\"x:md5\",\"data\":{}}",
     "no mid"}, /* an echo */
};

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const MessageRow *row = &rows[i];
    g_autoptr (GError) error = NULL;
    g_autoptr (CgMessage) message = NULL;
    g_autofree char *shown = g_strescape (row->text, NULL);

    g_test_message ("%s", shown);
    message = parse (row->text, NULL, &error);

    g_assert_cmpstr (error != NULL ? error->message : NULL, ==, row->error);
    g_assert_cmpint (message == NULL, ==, row->error != NULL);
    if (message == NULL)
      continue;
    g_assert_cmpint (cg_message_get_class (message), ==, row->class);
    if (row->fault != NULL)
      g_assert_cmpstr (cg_message_get_fault (message)->message, ==, row->fault);
    else
      g_assert_no_error (cg_message_get_fault (message));
    if (row->reply != NULL) {
      g_autofree char *reply = reply_with (message, 7);

      g_assert_cmpstr (reply, ==, row->reply);
    }
  }
}

static void
test_default_did (void)
{
  g_autoptr (CgMessage) absent = parse ("{\"mid\":1,\"data\":{\"status\":{}}}", "gate", NULL);
  g_autoptr (CgMessage) unreadable = parse ("{\"did\":[],\"mid\":1,\"data\":{}}", "gate", NULL);
  g_autofree char *reply = reply_with (absent, 0);

  g_assert_cmpstr (cg_message_get_did (absent), ==, "gate");
  g_assert_null (unreadable);
  g_assert_cmpstr (reply, ==,
                   "{\"did\":\"gate\",\"mid\":1,\"type\":\"action\",\"result\":{\"code\":0}}");
}

/* A message of @length bytes whose did and mid stand first or last. */
static char *
make_large (gsize length, gboolean first)
{
  const char *head =
      first ? "{\"did\":\"d\",\"mid\":\"1\",\"data\":{\"x\":\"" : "{\"data\":{\"x\":\"";
  const char *tail = first ? "\"}}" : "\"}, \"did\":\"d\",\"mid\":\"1\"}";
  g_autofree char *filler = g_strnfill (length - strlen (head) - strlen (tail), 'x');

  return g_strconcat (head, filler, tail, NULL);
}

static void
test_size_limit (void)
{
  g_autofree char *fits = make_large (CG_MESSAGE_MAX_BYTES, TRUE);
  g_autofree char *large = make_large (CG_MESSAGE_MAX_BYTES + 1, TRUE);
  g_autofree char *late = make_large (65 * 1024, FALSE);
  g_autofree char *filler = g_strnfill (65 * 1024, 'm');
  g_autofree char *endless = g_strconcat ("{\"did\":\"d\",\"mid\":\"", filler, "\"}", NULL);
  g_autoptr (CgMessage) good = parse (fits, NULL, NULL);
  g_autoptr (CgMessage) refused = parse (large, NULL, NULL);
  g_autoptr (CgMessage) rescued = parse (late, NULL, NULL);
  g_autoptr (CgMessage) dropped = parse (endless, NULL, NULL);

  g_assert_no_error (cg_message_get_fault (good));
  g_assert_error (cg_message_get_fault (refused), CG_ERROR, CG_ERROR_BAD_REQUEST);
  g_assert_error (cg_message_get_fault (rescued), CG_ERROR, CG_ERROR_BAD_REQUEST);
  g_assert_null (dropped);
}

typedef struct {
  guint did_length; /* with the quotes */
  guint mid_length;
  guint type_length; /* 0: "action" */
  guint token_length;
  guint n_services;
  const char *error;
  const char *fault;
} BoundRow;

static const BoundRow bounds[] = {
    {256, 256, 0, 4096, 32, NULL, NULL},
    {257, 3, 0, 3, 1, "no did", NULL},
    {30000, 3, 0, 3, 1, "no did", NULL},
    {3, 257, 0, 3, 1, "no mid", NULL},
    {3, 30000, 0, 3, 3000, "no mid", NULL},
    {3, 3, 0, 4097, 1, NULL, "Token over 4096 bytes"},
    {3, 3, 257, 3, 1, NULL, "Invalid type"},
    {3, 3, 30000, 3, 1, NULL, "Invalid type"},
    {3, 3, 0, 3, 33, NULL, "Message over 32 services"},
    {3, 3, 0, 3, 3000, NULL, "Message over 32 services"},
};

static char *
make_bound (const BoundRow *row)
{
  g_autofree char *did = g_strnfill (row->did_length - 2, 'd');
  g_autofree char *mid = g_strnfill (row->mid_length - 2, 'm');
  g_autofree char *type =
      row->type_length == 0 ? g_strdup ("action") : g_strnfill (row->type_length - 2, 't');
  g_autofree char *token = g_strnfill (row->token_length - 2, 'k');
  GString *text = g_string_new (NULL);

  g_string_printf (text,
                   "{\"did\":\"%s\",\"mid\":\"%s\",\"type\":\"%s\",\"token\":\"%s\",\"data\":{",
                   did, mid, type, token);
  for (guint i = 0; i < row->n_services; i++)
    g_string_append_printf (text, "%s\"s%u\":{}", i > 0 ? "," : "", i);
  g_string_append (text, "}}");
  return g_string_free (text, FALSE);
}

/* What is echoed in each reply is bounded, and so is the number of replies. */
static void
test_bounds (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bounds); i++) {
    g_autofree char *text = make_bound (&bounds[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (CgMessage) message = parse (text, NULL, &error);
    g_autofree char *reply = message != NULL ? reply_with (message, 7) : NULL;
    const GError *fault = message != NULL ? cg_message_get_fault (message) : NULL;

    g_assert_cmpstr (error != NULL ? error->message : NULL, ==, bounds[i].error);
    g_assert_cmpstr (fault != NULL ? fault->message : NULL, ==, bounds[i].fault);
    g_assert_true (reply == NULL || strlen (reply) < 5000);
  }
}

static char *
make_deep (guint levels)
{
  GString *text = g_string_new ("{\"did\":\"d\",\"data\":{\"x\":");

  for (guint i = 2; i < levels; i++)
    g_string_append_c (text, '[');
  for (guint i = 2; i < levels; i++)
    g_string_append_c (text, ']');
  g_string_append (text, "},\"mid\":\"1\"}");
  return g_string_free (text, FALSE);
}

static void
test_depth_limit (void)
{
  g_autofree char *fits = make_deep (CG_MESSAGE_MAX_LEVELS);
  g_autofree char *deep = make_deep (CG_MESSAGE_MAX_LEVELS + 1);
  g_autofree char *abyss = make_deep (20000);
  g_autoptr (CgMessage) good = parse (fits, NULL, NULL);
  g_autoptr (CgMessage) refused = parse (deep, NULL, NULL);
  g_autoptr (CgMessage) rescued = parse (abyss, NULL, NULL);

  g_assert_no_error (cg_message_get_fault (good));
  g_assert_error (cg_message_get_fault (refused), CG_ERROR, CG_ERROR_BAD_REQUEST);
  g_assert_error (cg_message_get_fault (rescued), CG_ERROR, CG_ERROR_BAD_REQUEST);
}

static void
test_sign (void)
{
  g_autofree char *sign = cg_message_sign ("aa1122334455", "s3cret");

  /* printf 'aa1122334455:s3cret' | md5sum */
  g_assert_cmpstr (sign, ==, "7eac3a7e1411b7f6f321019ee345b9fc:md5");
}

typedef struct {
  const char *value;
  gboolean good;
  gint64 number;
} IntegerRow;

static const IntegerRow integers[] = {
    {"5", TRUE, 5},
    {"-5", TRUE, -5},
    {"5.0", TRUE, 5},
    {"1e3", TRUE, 1000},
    {"\"5\"", TRUE, 5},
    {"\"007\"", TRUE, 7},
    {"1e300", TRUE, G_GINT64_CONSTANT (9007199254740992)},
    {"99999999999999999999", TRUE, G_MAXINT64},
    {"5.5", FALSE},
    {"-18446744073709551615", FALSE},
    {"\"\"", FALSE},
    {"\"5.0\"", FALSE},
    {"\"-5\"", FALSE},
    {"\" 5\"", FALSE},
    {"\"up\"", FALSE},
    {"null", FALSE},
    {"true", FALSE},
    {"[5]", FALSE},
    {"{}", FALSE},
};

static void
test_integers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (integers); i++) {
    g_autofree char *text =
        g_strdup_printf ("{\"did\":\"d\",\"mid\":\"1\",\"data\":{\"x\":%s}}", integers[i].value);
    g_autoptr (CgMessage) message = parse (text, NULL, NULL);
    gint64 number = 0;

    g_test_message ("%s", integers[i].value);
    g_assert_cmpint (cg_member_read_integer (cg_message_get_data (message), "x", &number), ==,
                     integers[i].good);
    g_assert_cmpint (number, ==, integers[i].number);
  }
}

static void
test_will (void)
{
  g_autoptr (GBytes) will = cg_message_build_will ("gw");
  const char *expected =
      "{\"did\":\"gw\",\"type\":\"event\",\"data\":{\"connectivity\":{\"online\":false}}}";

  g_assert_cmpmem (g_bytes_get_data (will, NULL), g_bytes_get_size (will), expected,
                   strlen (expected));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/rows", test_rows);
  g_test_add_func ("/message/default-did", test_default_did);
  g_test_add_func ("/message/size-limit", test_size_limit);
  g_test_add_func ("/message/depth-limit", test_depth_limit);
  g_test_add_func ("/message/bounds", test_bounds);
  g_test_add_func ("/message/sign", test_sign);
  g_test_add_func ("/message/integers", test_integers);
  g_test_add_func ("/message/will", test_will);
  return g_test_run ();
}
