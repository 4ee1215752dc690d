/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-scanner.h"

#include <string.h>

typedef struct {
  const char *text;
  gboolean complete;
  guint levels;
} ScannerRow;

static const ScannerRow rows[] = {
    {"{}", TRUE, 1},
    {" [ 1 , -0.5e+3 , \"a\\u00e9\\n\" , true , false , null ] \r\n", TRUE, 1},
    {"{\"a\":{\"b\":[{}]}}", TRUE, 4},
    {"\"alone\"", TRUE, 0},
    {"", FALSE, 0},
    {"   ", FALSE, 0},
    {"{", FALSE, 1},
    {"{\"a\"", FALSE, 1},
    {"{\"a\":", FALSE, 1},
    {"{\"a\":}", FALSE, 1},
    {"{\"a\":1,}", FALSE, 1},
    {"{\"a\" 1}", FALSE, 1},
    {"{\"a\":1 \"b\":2}", FALSE, 1},
    {"{a:1}", FALSE, 1},
    {"{'a':1}", FALSE, 1},
    {"[1,]", FALSE, 1},
    {"[,1]", FALSE, 1},
    {"[1}", FALSE, 1},
    {"{}{}", FALSE, 1},
    {"{} x", FALSE, 1},
    {"/*c*/{}", FALSE, 0},
    {"var x={};", FALSE, 0},
    {"[01]", FALSE, 1},
    {"[1.]", FALSE, 1},
    {"[.5]", FALSE, 1},
    {"[1e]", FALSE, 1},
    {"[-]", FALSE, 1},
    {"[+1]", FALSE, 1},
    {"[0x10]", FALSE, 1},
    {"[NaN]", FALSE, 1},
    {"[truely]", FALSE, 1},
    {"[tru", FALSE, 1},
    {"[\"a\nb\"]", FALSE, 1},
    {"[\"\\x\"]", FALSE, 1},
    {"[\"\\u12\"]", FALSE, 1},
    {"[\"\\u0000\"]", FALSE, 1},
    {"[\"open]", FALSE, 1},
    {"[\"\\", FALSE, 1},
};

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (CgScanner) scanner = {0};
    CgToken token;

    g_test_message ("%s", rows[i].text);
    cg_scanner_init (&scanner, rows[i].text, strlen (rows[i].text));
    while (cg_scanner_next (&scanner, &token))
      ;

    g_assert_cmpint (cg_scanner_is_complete (&scanner), ==, rows[i].complete);
    g_assert_cmpuint (scanner.deepest, ==, rows[i].levels);
  }
}

static void
test_tokens (void)
{
  const char *const expected[] = {"{", "\"a\"", "[", "1", "\"x\"", "]", "\"b\"", "null", "}"};
  const guint depths[] = {0, 1, 1, 2, 2, 1, 1, 1, 0};
  const char *text = "{ \"a\" : [1,\"x\"] , \"b\":null}";
  g_auto (CgScanner) scanner = {0};
  CgToken token;

  cg_scanner_init (&scanner, text, strlen (text));

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_true (cg_scanner_next (&scanner, &token));
    g_assert_cmpmem (token.text, token.length, expected[i], strlen (expected[i]));
    g_assert_cmpuint (token.depth, ==, depths[i]);
    g_assert_cmpint (cg_token_is_key (&token, "a"), ==, i == 1);
  }
  g_assert_false (cg_scanner_next (&scanner, &token));
  g_assert_true (cg_scanner_is_complete (&scanner));
}

/* What would make a recursive reader fall over. */
static void
test_deep (void)
{
  const gsize depth = 1000 * 1000;
  g_autofree char *text = g_malloc (depth);
  g_auto (CgScanner) scanner = {0};
  CgToken token;

  memset (text, '[', depth);
  cg_scanner_init (&scanner, text, depth);
  while (cg_scanner_next (&scanner, &token))
    ;

  g_assert_cmpuint (scanner.deepest, ==, depth);
  g_assert_false (cg_scanner_is_complete (&scanner));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scanner/rows", test_rows);
  g_test_add_func ("/scanner/tokens", test_tokens);
  g_test_add_func ("/scanner/deep", test_deep);
  return g_test_run ();
}
