/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-text.h"

typedef struct {
  const char *text;
  const char *shown; /* NULL: it is plain */
} Row;

static const Row rows[] = {
    {"", NULL},
    {"Hof\xc3\xb6 \xe2\x82\xac \xf0\x9f\x8e\xa5", NULL},
    {"\xef\xbf\xbd", NULL},             /* U+FFFD is a character */
    {"\xef\xb7\x8f\xef\xb7\xb0", NULL}, /* the neighbours of U+FDD0 ... U+FDEF */
    {"a\001b", "a?b"},
    {"a\tb\nc\x7f", "a?b?c?"},
    {"a\xc2\x85z", "a?z"}, /* U+0085 */
    {"\xc2\x80\xc2\x9f\xc2\xa0", "??\xc2\xa0"},
    {"a\xef\xb7\x90z\xef\xb7\xaf", "a?z?"}, /* U+FDD0, U+FDEF */
    {"a\xef\xbf\xbez", "a?z"},              /* U+FFFE */
    {"a\xf4\x8f\xbf\xbfz", "a?z"},          /* U+10FFFF */
    {"a\xffz", "a\xef\xbf\xbdz"},
    {"a\xed\xa0\x80z", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz"}, /* half a surrogate pair */
};

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *shown = cg_text_make_plain (rows[i].text);

    g_assert_cmpint (cg_text_is_plain (rows[i].text), ==, rows[i].shown == NULL);
    g_assert_cmpstr (shown, ==, rows[i].shown != NULL ? rows[i].shown : rows[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/rows", test_rows);
  return g_test_run ();
}
