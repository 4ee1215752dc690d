/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-json.h"

#include <math.h>
#include <string.h>

#define INDENT 2

/* A text that is being written. */
typedef struct {
  GString *text;
  gboolean is_pretty;
  guint level;
} Writer;

static void
write_string (Writer *self, const char *string)
{
  static const char plain[] = "\"\\\b\f\n\r\t";
  static const char letters[] = "\"\\bfnrt";

  g_string_append_c (self->text, '"');
  for (const char *at = string; *at != '\0'; at++) {
    const char *found = strchr (plain, *at);

    if (found != NULL)
      g_string_append_printf (self->text, "\\%c", letters[found - plain]);
    else if ((guchar)*at < 0x20 || *at == 0x7f)
      g_string_append_printf (self->text, "\\u%04x", (guint)*at);
    else
      g_string_append_c (self->text, *at);
  }
  g_string_append_c (self->text, '"');
}

/* The shortest text that reads back the same: 15 digits are enough for what people write, 17 for
 * anything. A point or an exponent keeps it from being read as an integer. */
static void
write_double (Writer *self, double number)
{
  static const char *const formats[] = {"%.15g", "%.16g", "%.17g"};
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number)) {
    g_string_append (self->text, "null"); /* JSON has none */
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_ascii_formatd (text, sizeof text, formats[i], number);
    if (memcmp (&(double){g_ascii_strtod (text, NULL)}, &number, sizeof number) == 0)
      break;
  }
  g_string_append (self->text, text);
  if (strpbrk (text, ".e") == NULL)
    g_string_append (self->text, ".0");
}

static void
write_scalar (Writer *self, JsonNode *node)
{
  const GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING && json_node_get_string (node) != NULL)
    write_string (self, json_node_get_string (node));
  else if (type == G_TYPE_INT64)
    g_string_append_printf (self->text, "%" G_GINT64_FORMAT, json_node_get_int (node));
  else if (type == G_TYPE_DOUBLE)
    write_double (self, json_node_get_double (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (self->text, json_node_get_boolean (node) ? "true" : "false");
  else
    g_string_append (self->text, "null");
}

static void
break_line (Writer *self)
{
  if (!self->is_pretty)
    return;
  g_string_append_c (self->text, '\n');
  for (guint i = 0; i < self->level * INDENT; i++)
    g_string_append_c (self->text, ' ');
}

static void
begin_element (Writer *self, gboolean is_first)
{
  if (!is_first)
    g_string_append_c (self->text, ',');
  break_line (self);
}

static void
end_elements (Writer *self, char bracket, gboolean is_empty)
{
  self->level--;
  if (!is_empty)
    break_line (self);
  g_string_append_c (self->text, bracket);
}

static void write_node (Writer *self, JsonNode *node);

static void
write_array (Writer *self, JsonArray *array)
{
  const guint length = json_array_get_length (array);

  g_string_append_c (self->text, '[');
  self->level++;
  for (guint i = 0; i < length; i++) {
    begin_element (self, i == 0);
    write_node (self, json_array_get_element (array, i));
  }
  end_elements (self, ']', length == 0);
}

static void
write_object (Writer *self, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;
  gboolean is_first = TRUE;

  g_string_append_c (self->text, '{');
  self->level++;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    begin_element (self, is_first);
    is_first = FALSE;
    write_string (self, name);
    g_string_append (self->text, self->is_pretty ? ": " : ":");
    write_node (self, node);
  }
  end_elements (self, '}', is_first);
}

static void
write_node (Writer *self, JsonNode *node)
{
  switch (json_node_get_node_type (node)) {
  case JSON_NODE_OBJECT:
    write_object (self, json_node_get_object (node));
    break;
  case JSON_NODE_ARRAY:
    write_array (self, json_node_get_array (node));
    break;
  case JSON_NODE_VALUE:
    write_scalar (self, node);
    break;
  case JSON_NODE_NULL:
    g_string_append (self->text, "null");
    break;
  }
}

/**
 * cg_json_to_string:
 * @node: anything
 * @is_pretty: for people: a line for each member
 *
 * As json_to_string(), and always JSON (RFC 8259): that writes a number with an exponent as
 * `1e+30.0`, and 2.4 with 17 digits. A number that is not finite is told as null.
 *
 * Returns: (transfer full): its text, without a line break at the end
 */
char *
cg_json_to_string (JsonNode *node, gboolean is_pretty)
{
  Writer writer = {.text = g_string_new (NULL), .is_pretty = is_pretty};

  write_node (&writer, node);
  return g_string_free (writer.text, FALSE);
}

/**
 * cg_json_read_number:
 * @object: of a file or a message: anybody may have written it
 * @member: of @object
 * @number: (out): left alone unless it is there
 *
 * Returns: whether it is a number, whole or not
 */
gboolean
cg_json_read_number (JsonObject *object, const char *member, double *number)
{
  JsonNode *node = json_object_get_member (object, member);
  const GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if ((type != G_TYPE_DOUBLE && type != G_TYPE_INT64) || !isfinite (json_node_get_double (node)))
    return FALSE;
  *number = json_node_get_double (node);
  return TRUE;
}
