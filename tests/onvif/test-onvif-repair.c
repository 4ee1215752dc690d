/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-repair.h"

#include <string.h>

/* Bytes as a literal, zero bytes too. */
#define BYTES(literal) literal, sizeof (literal) - 1

static const struct {
  const char *name;
  const char *bytes;
  gsize length;
  const char *text;
} rows[] = {
    {"empty", BYTES (""), ""},
    {"no XML", BYTES ("hello & goodbye"), ""},
    {"right", BYTES ("<a b=\"c\"><d/>e</a>"), "<a b=\"c\"><d/>e</a>"},
    {"blanks before", BYTES ("\r\n \xef\xbb\xbf<a/>"), "<a/>"},
    {"declaration", BYTES ("<?xml version=\"1.0\" encoding=\"utf-8\"?><a/>"), "<a/>"},
    {"comment", BYTES ("<a><!-- <b> & --></a>"), "<a></a>"},
    {"open comment", BYTES ("<a><!-- <b>"), "<a>"},
    {"doctype", BYTES ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), "<a>&amp;b;</a>"},
    {"CDATA", BYTES ("<a><![CDATA[<&>]]></a>"), "<a><![CDATA[<&>]]></a>"},
    {"open CDATA", BYTES ("<a><![CDATA[<&>"), "<a><![CDATA[<&>"},
    /* encodings */
    {"broken UTF-8", BYTES ("<a>x\xff\xc3(</a>"), "<a>x\xef\xbf\xbd\xef\xbf\xbd(</a>"},
    {"cut UTF-8", BYTES ("<a>x\xe4\xbd"), "<a>x\xef\xbf\xbd\xef\xbf\xbd"},
    {"zero byte", BYTES ("<a>x\0y</a>"), "<a>x\xef\xbf\xbdy</a>"},
    {"control", BYTES ("<a>x\001\x1fy\tz</a>"), "<a>x  y\tz</a>"},
    {"UTF-16", BYTES ("\xff\xfe<\0a\0/\0>\0"), "<a/>"},
    {"UTF-16 without mark", BYTES ("<\0a\0/\0>\0"), "<a/>"},
    {"UTF-16, big end first", BYTES ("\xfe\xff\0<\0a\0/\0>"), "<a/>"},
    {"Latin 1", BYTES ("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>"),
     "<a>\xc3\xa4</a>"},
    {"Chinese", BYTES ("<?xml version=\"1.0\" encoding=\"GB2312\"?><a>\xc4\xe3</a>"),
     "<a>\xe4\xbd\xa0</a>"},
    {"not what it says", BYTES ("<?xml version=\"1.0\" encoding=\"GB2312\"?><a>\xe4\xbd\xa0</a>"),
     "<a>\xe4\xbd\xa0</a>"},
    /* what should have been escaped */
    {"ampersand", BYTES ("<a b=\"c&d=1\">e&f=2&amp;&#x41;&#65;&lt;&#;&</a>"),
     "<a b=\"c&amp;d=1\">e&amp;f=2&amp;&#x41;&#65;&lt;&amp;#;&amp;</a>"},
    {"bracket", BYTES ("<a b=\"<\">1 < 2 <3</a>"), "<a b=\"&lt;\">1 &lt; 2 &lt;3</a>"},
    /* prefixes */
    {"known prefix", BYTES ("<r><tt:a/></r>"),
     "<r xmlns:tt=\"http://www.onvif.org/ver10/schema\"><tt:a/></r>"},
    {"unknown prefix", BYTES ("<r><q:a/></r>"), "<r xmlns:q=\"urn:undeclared\"><q:a/></r>"},
    {"of an attribute", BYTES ("<r q:a='1' xml:lang=\"en\"/>"),
     "<r xmlns:q=\"urn:undeclared\" q:a='1' xml:lang=\"en\"/>"},
    {"of the root", BYTES ("<s:r/>"), "<s:r xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"/>"},
    {"declared", BYTES ("<q:r xmlns:q=\"urn:a\"><q:a/></q:r>"),
     "<q:r xmlns:q=\"urn:a\"><q:a/></q:r>"},
    {"declared behind", BYTES ("<r><q:a q:b=\"1\" xmlns:q=\"urn:a\"/></r>"),
     "<r><q:a q:b=\"1\" xmlns:q=\"urn:a\"/></r>"},
    {"declared elsewhere", BYTES ("<r><q:a xmlns:q=\"urn:a\"><q:b/></q:a><q:c/></r>"),
     "<r xmlns:q=\"urn:undeclared\"><q:a xmlns:q=\"urn:a\"><q:b/></q:a><q:c/></r>"},
    {"declared twice", BYTES ("<q:r xmlns:q=\"u:a\"><q:a xmlns:q=\"u:b\"/><q:c/></q:r>"),
     "<q:r xmlns:q=\"u:a\"><q:a xmlns:q=\"u:b\"/><q:c/></q:r>"},
    /* what no repair helps */
    {"open tag", BYTES ("<a b"), "<a b"},
    {"open value", BYTES ("<a b=\"c"), "<a b=\"c"},
    {"only ends", BYTES ("</a></b></c"), "</a></b></c"},
    {"colons", BYTES ("<a:>:</:b>"), "<a: xmlns:a=\"urn:undeclared\">:</:b>"},
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = cg_onvif_repair_xml (rows[i].bytes, rows[i].length);

    g_test_message ("%s", rows[i].name);
    g_assert_cmpstr (text, ==, rows[i].text);
    g_assert_true (g_utf8_validate (text, -1, NULL));
  }
}

/* What was repaired needs no repair. */
static void
test_again (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *once = cg_onvif_repair_xml (rows[i].bytes, rows[i].length);

    g_autofree char *twice = cg_onvif_repair_xml (once, strlen (once));

    g_test_message ("%s", rows[i].name);
    g_assert_cmpstr (twice, ==, once);
  }
}

/* Each of these grows the tables a reader keeps; none is worth its time. */
static void
test_absurd (void)
{
  static const char *const patterns[] = {
      "<p%u:a/>",
      "<a xmlns:p%u=\"u\">",
      "<a b%u=\"c\"/>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++) {
    g_autoptr (GString) bytes = g_string_new ("<r>");
    for (guint n = 0; n < 100000; n++) {
      g_autofree char *number = g_strdup_printf ("%u", n);
      g_auto (GStrv) halves = g_strsplit (patterns[i], "%u", 2);
      g_string_append_printf (bytes, "%s%s%s", halves[0], number, halves[1]);
    }

    g_autofree char *text = cg_onvif_repair_xml (bytes->str, bytes->len);

    g_test_message ("%s", patterns[i]);
    g_assert_cmpstr (text, ==, "<");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/repair/q39-rows", test_rows);
  g_test_add_func ("/onvif/repair/q39-again", test_again);
  g_test_add_func ("/onvif/repair/q39-absurd", test_absurd);
  return g_test_run ();
}
