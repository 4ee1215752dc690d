/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-repair.h"

#include <string.h>

#define ENVELOPE_URI "http://www.w3.org/2003/05/soap-envelope"

/* What no table knows is declared as this: the reader then skips it. */
#define UNKNOWN_URI "urn:undeclared"

/* A camera's answer has two dozen prefixes and as many names of attributes. The reader's work grows
 * with the square of their number: an answer with more than this is none. */
#define MAX_NAMES 512

/* What fits any number the descriptions know. */
#define MAX_DIGITS 9

/* Far from the name's end, and near enough to the start to be the XML declaration. */
#define DECLARATION_LENGTH 100

/* Prefixes as camera makers use them, though nothing but the declaration gives them a meaning. */
static const struct {
  const char *prefix;
  const char *uri;
} known_prefixes[] = {
    {"s", ENVELOPE_URI},
    {"env", ENVELOPE_URI},
    {"soap", ENVELOPE_URI},
    {"soapenv", ENVELOPE_URI},
    {"SOAP-ENV", ENVELOPE_URI},
    {"SOAP", ENVELOPE_URI},
    {"xsi", "http://www.w3.org/2001/XMLSchema-instance"},
    {"xsd", "http://www.w3.org/2001/XMLSchema"},
    {"xs", "http://www.w3.org/2001/XMLSchema"},
    {"tt", "http://www.onvif.org/ver10/schema"},
    {"tds", "http://www.onvif.org/ver10/device/wsdl"},
    {"trt", "http://www.onvif.org/ver10/media/wsdl"},
    {"tr2", "http://www.onvif.org/ver20/media/wsdl"},
    {"tptz", "http://www.onvif.org/ver20/ptz/wsdl"},
    {"tev", "http://www.onvif.org/ver10/events/wsdl"},
    {"timg", "http://www.onvif.org/ver20/imaging/wsdl"},
    {"ter", "http://www.onvif.org/ver10/error"},
    {"dn", "http://www.onvif.org/ver10/network/wsdl"},
    {"d", "http://schemas.xmlsoap.org/ws/2005/04/discovery"},
    {"wsdd", "http://schemas.xmlsoap.org/ws/2005/04/discovery"},
    {"wsa", "http://schemas.xmlsoap.org/ws/2004/08/addressing"},
    {"wsa5", "http://www.w3.org/2005/08/addressing"},
    {"wsnt", "http://docs.oasis-open.org/wsn/b-2"},
};

/* Encodings that are declared, and what is meant. */
static const struct {
  const char *declared;
  const char *meant;
} encodings[] = {
    {"gb2312", "GB18030"},      {"gbk", "GB18030"},
    {"gb18030", "GB18030"},     {"iso-8859-1", "WINDOWS-1252"},
    {"latin1", "WINDOWS-1252"}, {"windows-1252", "WINDOWS-1252"},
    {"big5", "BIG5"},           {"shift_jis", "SHIFT_JIS"},
    {"euc-kr", "EUC-KR"},       {"iso-8859-15", "ISO-8859-15"},
    {"euc-jp", "EUC-JP"},
};

typedef struct {
  const char *next; /* (unowned) what is not read yet */
  GString *output;  /* (owned) */
  gssize root_at;   /* in the output: behind the root's name; -1: no root yet */

  GHashTable *declared;    /* (owned) prefix → how many times it is in scope */
  GHashTable *missing;     /* (owned) set of prefix */
  GHashTable *attributes;  /* (owned) set of name */
  GPtrArray *declarations; /* (owned) prefixes in scope, in order; NULL: an element begins */
  GPtrArray *used;         /* (owned) prefixes of this tag */
} Repair;

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static gboolean
is_name_start (char c)
{
  return g_ascii_isalpha (c) || c == '_' || (guchar)c >= 0x80;
}

static gboolean
ends_name (char c)
{
  return c == '\0' || is_blank (c) || strchr ("/>=<\"'", c) != NULL;
}

static char *
convert (const char *bytes, gsize length, const char *encoding)
{
  return g_convert (bytes, (gssize)length, "UTF-8", encoding, NULL, NULL, NULL);
}

/* The encoding in the XML declaration, as far as it is worth trying. */
static const char *
find_encoding (const char *bytes, gsize length)
{
  g_autofree char *start = g_ascii_strdown (bytes, (gssize)MIN (length, DECLARATION_LENGTH));
  const char *value = strstr (start, "encoding=");

  if (value == NULL || value[strlen ("encoding=")] == '\0')
    return NULL;
  value += strlen ("encoding=") + 1;
  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++) {
    const char *end = value + strlen (encodings[i].declared);

    if (g_str_has_prefix (value, encodings[i].declared) && (*end == '"' || *end == '\''))
      return encodings[i].meant;
  }
  return NULL;
}

static const char *
find_wide_encoding (const char *bytes, gsize length)
{
  if (length < 4)
    return NULL;
  if (memcmp (bytes, "\xff\xfe", 2) == 0 || memcmp (bytes, "<\0", 2) == 0)
    return "UTF-16LE";
  if (memcmp (bytes, "\xfe\xff", 2) == 0 || memcmp (bytes, "\0<", 2) == 0)
    return "UTF-16BE";
  return NULL;
}

/* Bytes of whatever encoding as UTF-8 without zero bytes. */
static char *
decode (const char *bytes, gsize length)
{
  const char *wide = find_wide_encoding (bytes, length);
  char *text = wide != NULL ? convert (bytes, length, wide) : NULL;

  if (text != NULL)
    return text;
  if (!g_utf8_validate (bytes, (gssize)length, NULL)) {
    const char *encoding = find_encoding (bytes, length);

    text = encoding != NULL ? convert (bytes, length, encoding) : NULL;
  }
  return text != NULL ? text : g_utf8_make_valid (bytes, (gssize)length);
}

/* Whether an ampersand begins what XML knows: a character's number or one of five names. */
static gboolean
is_reference (const char *text)
{
  static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_has_prefix (text, names[i]))
      return TRUE;
  }
  if (text[1] != '#')
    return FALSE;
  const gboolean is_hex = text[2] == 'x';
  const char *digits = text + (is_hex ? 3 : 2);
  const gsize n = strspn (digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789");
  return n > 0 && n <= 8 && digits[n] == ';';
}

/* One character of a text or a value: cameras forget to escape them. */
static void
copy_character (Repair *self)
{
  const char c = *self->next;

  if (c == '&' && !is_reference (self->next))
    g_string_append (self->output, "&amp;");
  else if (c == '<')
    g_string_append (self->output, "&lt;");
  else
    g_string_append_c (self->output, (guchar)c < ' ' && !is_blank (c) ? ' ' : c);
  self->next++;
}

/* Copies what is neither character nor value. */
static void
copy_to (Repair *self, const char *end)
{
  g_string_append_len (self->output, self->next, end - self->next);
  self->next = end;
}

static void
skip_behind (Repair *self, const char *word)
{
  const char *found = strstr (self->next, word);

  self->next = found != NULL ? found + strlen (word) : self->next + strlen (self->next);
}

/* Declarations of the document type end outside their brackets. */
static void
skip_doctype (Repair *self)
{
  self->next += strcspn (self->next, "[>");
  if (*self->next == '[')
    skip_behind (self, "]");
  skip_behind (self, ">");
}

static void
copy_cdata (Repair *self)
{
  const char *found = strstr (self->next, "]]>");

  copy_to (self, found != NULL ? found + strlen ("]]>") : self->next + strlen (self->next));
}

static void
declare (Repair *self, char *prefix)
{
  const guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->declared, prefix));

  g_hash_table_insert (self->declared, g_strdup (prefix), GUINT_TO_POINTER (n + 1));
  g_ptr_array_add (self->declarations, prefix);
}

/* The element ends, and with it what it declared. */
static void
leave_element (Repair *self)
{
  while (self->declarations->len > 0) {
    g_autofree char *prefix =
        g_ptr_array_steal_index (self->declarations, self->declarations->len - 1);

    if (prefix == NULL)
      return;
    const guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->declared, prefix));
    if (n > 1)
      g_hash_table_insert (self->declared, g_strdup (prefix), GUINT_TO_POINTER (n - 1));
    else
      g_hash_table_remove (self->declared, prefix);
  }
}

static gboolean
is_sane (const Repair *self)
{
  return g_hash_table_size (self->declared) + g_hash_table_size (self->missing) +
             g_hash_table_size (self->attributes) <=
         MAX_NAMES;
}

/* The name of an element or attribute, whose prefix is declared or used by it. */
static void
copy_name (Repair *self)
{
  const char *start = self->next;
  const char *end = start;

  while (!ends_name (*end))
    end++;
  const char *colon = memchr (start, ':', (gsize)(end - start));
  if (colon != NULL && g_str_has_prefix (start, "xmlns:"))
    declare (self, g_strndup (colon + 1, (gsize)(end - colon - 1)));
  else if (colon != NULL && colon > start)
    g_ptr_array_add (self->used, g_strndup (start, (gsize)(colon - start)));
  copy_to (self, end);
}

static void
copy_attribute_name (Repair *self)
{
  const gsize start = self->output->len;

  copy_name (self);
  g_hash_table_add (self->attributes, g_strdup (self->output->str + start));
}

static void
copy_value (Repair *self)
{
  const char quote = *self->next;

  copy_to (self, self->next + 1);
  while (*self->next != '\0' && *self->next != quote)
    copy_character (self);
  if (*self->next == quote)
    copy_to (self, self->next + 1);
}

/* The rest of a start tag. Returns: whether it was an empty element */
static gboolean
copy_attributes (Repair *self)
{
  for (;;) {
    const char c = *self->next;

    if (c == '\0' || !is_sane (self))
      return FALSE;
    if (c == '>') {
      const gboolean is_empty = self->next[-1] == '/';

      copy_to (self, self->next + 1);
      return is_empty;
    }
    if (c == '"' || c == '\'')
      copy_value (self);
    else if (ends_name (c))
      copy_to (self, self->next + 1);
    else
      copy_attribute_name (self);
  }
}

static void
check_prefixes (Repair *self)
{
  for (guint i = 0; i < self->used->len; i++) {
    const char *prefix = g_ptr_array_index (self->used, i);

    if (strcmp (prefix, "xml") != 0 && !g_hash_table_contains (self->declared, prefix))
      g_hash_table_add (self->missing, g_strdup (prefix));
  }
  g_ptr_array_set_size (self->used, 0);
}

static void
copy_start_tag (Repair *self)
{
  g_ptr_array_add (self->declarations, NULL);
  copy_to (self, self->next + 1);
  copy_name (self);
  if (self->root_at < 0)
    self->root_at = (gssize)self->output->len;
  const gboolean is_empty = copy_attributes (self);
  check_prefixes (self);
  if (is_empty)
    leave_element (self);
}

static void
copy_end_tag (Repair *self)
{
  leave_element (self);
  copy_to (self, self->next + strcspn (self->next, ">"));
  if (*self->next == '>')
    copy_to (self, self->next + 1);
}

/* What begins with "<". */
static void
copy_markup (Repair *self)
{
  const char *text = self->next;

  if (g_str_has_prefix (text, "<!--"))
    skip_behind (self, "-->");
  else if (g_str_has_prefix (text, "<![CDATA["))
    copy_cdata (self);
  else if (text[1] == '!')
    skip_doctype (self);
  else if (text[1] == '?')
    skip_behind (self, "?>");
  else if (text[1] == '/')
    copy_end_tag (self);
  else if (is_name_start (text[1]))
    copy_start_tag (self);
  else
    copy_character (self);
}

static const char *
find_uri (const char *prefix)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_prefixes); i++) {
    if (strcmp (known_prefixes[i].prefix, prefix) == 0)
      return known_prefixes[i].uri;
  }
  return UNKNOWN_URI;
}

/* Declares in the root what nobody has declared: any inner declaration still comes first. */
static void
declare_missing (Repair *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer prefix = NULL;

  g_hash_table_iter_init (&iter, self->missing);
  while (g_hash_table_iter_next (&iter, &prefix, NULL))
    g_string_append_printf (text, " xmlns:%s=\"%s\"", (char *)prefix, find_uri (prefix));
  if (self->root_at >= 0)
    g_string_insert (self->output, self->root_at, text->str);
}

/**
 * cg_onvif_repair_xml:
 * @bytes: what a camera sent; may hold anything, zero bytes too
 * @length: how much of it
 *
 * Makes text that an XML parser takes out of what cameras take for XML (Q39): one encoding, no
 * characters that XML forbids, ampersands and brackets escaped, each prefix declared. What was
 * right keeps its meaning; the XML declaration, comments and the document type are left out. What
 * comes before the first "<" is dropped. Pure; takes time and memory in proportion to @length, and
 * leaves nothing that takes the parser longer.
 *
 * Returns: (transfer full): valid UTF-8, not necessarily XML
 */
char *
cg_onvif_repair_xml (const char *bytes, gsize length)
{
  g_autofree char *text = decode (bytes, length);
  Repair self = {
      .next = strchr (text, '<'),
      .output = g_string_sized_new (length),
      .root_at = -1,
      .declared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
      .missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
      .attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
      .declarations = g_ptr_array_new_with_free_func (g_free),
      .used = g_ptr_array_new_with_free_func (g_free),
  };

  while (self.next != NULL && *self.next != '\0' && is_sane (&self)) {
    if (*self.next == '<')
      copy_markup (&self);
    else
      copy_character (&self);
  }
  if (is_sane (&self))
    declare_missing (&self);
  else
    g_string_assign (self.output, "<");
  g_hash_table_unref (self.declared);
  g_hash_table_unref (self.missing);
  g_hash_table_unref (self.attributes);
  g_ptr_array_unref (self.declarations);
  g_ptr_array_unref (self.used);
  return g_string_free (self.output, FALSE);
}

/* The digits a camera meant: "1920.0" and " 25,5" are numbers to it; the rest is 0. */
static void
append_number (GString *output, const char *value, gsize length)
{
  gsize start = 0;

  while (start < length && is_blank (value[start]))
    start++;
  gsize end = start < length && value[start] == '-' ? start + 1 : start;
  const gsize first = end;
  while (end < length && g_ascii_isdigit (value[end]))
    end++;
  if (end == first || end - first > MAX_DIGITS)
    g_string_append_c (output, '0');
  else
    g_string_append_len (output, value + start, (gssize)(end - start));
}

/**
 * cg_onvif_repair_numbers:
 * @xml: what cg_onvif_repair_xml() made
 * @tag: the name of an element, as it stands there, that should hold a number
 *
 * Makes whole numbers of what stands in all elements of that name (Q39).
 *
 * Returns: (transfer full) (nullable): the new text; %NULL if it is the old one
 */
char *
cg_onvif_repair_numbers (const char *xml, const char *tag)
{
  g_autofree char *open = g_strconcat ("<", tag, NULL);
  g_autoptr (GString) output = g_string_sized_new (strlen (xml));
  const char *next = xml;

  for (const char *found = strstr (next, open); found != NULL; found = strstr (next, open)) {
    const char *behind = found + strlen (open);
    const char *end = behind + strcspn (behind, "<>");

    g_string_append_len (output, next, end - next);
    next = end;
    if (*end != '>' || !ends_name (*behind))
      continue;
    if (end[-1] == '/') {
      g_string_truncate (output, output->len - 1);
      g_string_append_printf (output, ">0</%s>", tag);
      next = end + 1;
      continue;
    }
    const gsize length = strcspn (end + 1, "<");
    g_string_append_c (output, '>');
    append_number (output, end + 1, length);
    next = end + 1 + length;
  }
  g_string_append (output, next);
  return strcmp (output->str, xml) != 0 ? g_string_free (g_steal_pointer (&output), FALSE) : NULL;
}
