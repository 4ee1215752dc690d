/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-json.h"

#include "cg-ctl-error.h"
#include "cg-json.h"

#define INDENT 2

static JsonNode *
find_member (JsonObject *object, const char *member, JsonNodeType type)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && json_node_get_node_type (node) == type ? node : NULL;
}

/**
 * cg_ctl_json_string:
 * @object: (nullable): an object
 * @member: of it
 *
 * Returns: (transfer none) (nullable): the text there, if there is one
 */
const char *
cg_ctl_json_string (JsonObject *object, const char *member)
{
  JsonNode *node = find_member (object, member, JSON_NODE_VALUE);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/**
 * cg_ctl_json_object:
 * @object: (nullable): an object
 * @member: of it
 *
 * Returns: (transfer none) (nullable): the object there, if there is one
 */
JsonObject *
cg_ctl_json_object (JsonObject *object, const char *member)
{
  JsonNode *node = find_member (object, member, JSON_NODE_OBJECT);

  return node != NULL ? json_node_get_object (node) : NULL;
}

/**
 * cg_ctl_json_array:
 * @object: (nullable): an object
 * @member: of it
 *
 * Returns: (transfer none) (nullable): the array there, if there is one
 */
JsonArray *
cg_ctl_json_array (JsonObject *object, const char *member)
{
  JsonNode *node = find_member (object, member, JSON_NODE_ARRAY);

  return node != NULL ? json_node_get_array (node) : NULL;
}

/**
 * cg_ctl_json_int:
 * @object: (nullable): an object
 * @member: of it
 * @otherwise: when there is no number, nor a string of digits
 *
 * Returns: the number there
 */
gint64
cg_ctl_json_int (JsonObject *object, const char *member, gint64 otherwise)
{
  JsonNode *node = find_member (object, member, JSON_NODE_VALUE);
  gint64 number;

  if (node == NULL)
    return otherwise;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return json_node_get_int (node);
  return g_ascii_string_to_signed (json_node_get_string (node), 10, G_MININT64, G_MAXINT64, &number,
                                   NULL)
             ? number
             : otherwise;
}

/**
 * cg_ctl_json_bool:
 * @object: (nullable): an object
 * @member: of it
 *
 * Returns: %TRUE if it says so
 */
gboolean
cg_ctl_json_bool (JsonObject *object, const char *member)
{
  JsonNode *node = find_member (object, member, JSON_NODE_VALUE);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN &&
         json_node_get_boolean (node);
}

/**
 * cg_ctl_json_set_string:
 * @object: an object
 * @member: its name
 * @value: (nullable): %NULL is told as null
 */
void
cg_ctl_json_set_string (JsonObject *object, const char *member, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, member, value);
  else
    json_object_set_null_member (object, member);
}

/**
 * cg_ctl_json_parse:
 * @text: JSON
 * @length: of @text, or -1
 *
 * Returns: (transfer full): the object, or %NULL with a %CG_CTL_USAGE error
 */
JsonObject *
cg_ctl_json_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) local_error = NULL;
  JsonNode *root;

  if (!json_parser_load_from_data (parser, text, length, &local_error)) {
    g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE, "no valid JSON: %s", local_error->message);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_USAGE, "this JSON is no object {...}");
    return NULL;
  }
  return json_node_dup_object (root);
}

/**
 * cg_ctl_json_to_line:
 * @object: an object
 *
 * Returns: (transfer full): it on one line, without newline and without what steers a terminal
 */
char *
cg_ctl_json_to_line (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *line = cg_json_to_string (node, FALSE);

  return cg_ctl_text_escape (line);
}

static char *
array_to_text (JsonArray *array)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree char *item = cg_ctl_json_value_to_text (json_array_get_element (array, i));

    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", item);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* As a person would write it: 59.3251 is stored as 59.325099999999999. */
static char *
double_to_text (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.12g", number));
}

/**
 * cg_ctl_json_value_to_text:
 * @node: (nullable): anything
 *
 * Returns: (transfer full): it as a person reads it, on one line
 */
char *
cg_ctl_json_value_to_text (JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("");
  if (JSON_NODE_HOLDS_ARRAY (node))
    return array_to_text (json_node_get_array (node));
  if (JSON_NODE_HOLDS_OBJECT (node))
    return cg_ctl_json_to_line (json_node_get_object (node));
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return cg_ctl_text_clean (json_node_get_string (node));
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "yes" : "no");
  if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    return double_to_text (json_node_get_double (node));
  return cg_json_to_string (node, FALSE);
}

static gboolean
is_block (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return TRUE;
  return JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) > 0 &&
         JSON_NODE_HOLDS_OBJECT (json_array_get_element (json_node_get_array (node), 0));
}

static void
append_object (GString *to, JsonObject *object, guint indent, const CgCtlScreen *screen);

static void
append_block (
    GString *to, const char *name, JsonNode *node, guint indent, const CgCtlScreen *screen)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  g_string_append_printf (to, "%*s%s%s%s\n", (int)indent, "",
                          cg_ctl_screen_ink (screen, CG_CTL_INK_TITLE), name,
                          cg_ctl_screen_ink (screen, CG_CTL_INK_PLAIN));
  if (array == NULL) {
    append_object (to, json_node_get_object (node), indent + INDENT, screen);
    return;
  }
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *item = json_array_get_element (array, i);

    if (i > 0)
      g_string_append_c (to, '\n');
    if (JSON_NODE_HOLDS_OBJECT (item))
      append_object (to, json_node_get_object (item), indent + INDENT, screen);
  }
}

static void
append_object (GString *to, JsonObject *object, guint indent, const CgCtlScreen *screen)
{
  g_autoptr (GList) members = json_object_get_members (object);
  guint widest = 0;

  for (GList *l = members; l != NULL; l = l->next) {
    if (!is_block (json_object_get_member (object, l->data)))
      widest = MAX (widest, cg_ctl_text_columns (l->data));
  }
  for (GList *l = members; l != NULL; l = l->next) {
    JsonNode *node = json_object_get_member (object, l->data);
    g_autofree char *name = cg_ctl_text_clean (l->data);
    g_autofree char *value = NULL;

    if (is_block (node)) {
      append_block (to, name, node, indent, screen);
      continue;
    }
    value = cg_ctl_json_value_to_text (node);
    g_string_append_printf (to, "%*s%s", (int)indent, "", name);
    g_string_append_printf (
        to, "%*s%s\n",
        (int)(MAX (widest, cg_ctl_text_columns (name)) + 2 - cg_ctl_text_columns (name)), "",
        *value != '\0' ? value : "-");
  }
}

/**
 * cg_ctl_json_to_text:
 * @object: an object
 * @screen: where it goes
 *
 * Returns: (transfer full): a line for each member, those of inner objects indented
 */
char *
cg_ctl_json_to_text (JsonObject *object, const CgCtlScreen *screen)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_object (text, object, 0, screen);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
