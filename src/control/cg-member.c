/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-member.h"

#include <math.h>
#include <string.h>

/* Whole numbers up to here are exact as doubles. */
#define EXACT_DOUBLE 9007199254740992.0

static JsonNode *
find_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

static gboolean
read_double (double number, gint64 *value)
{
  if (isnan (number) || (fabs (number) < EXACT_DOUBLE && floor (number) != number))
    return FALSE;
  *value = (gint64)CLAMP (number, -EXACT_DOUBLE, EXACT_DOUBLE);
  return TRUE;
}

static gboolean
read_digits (const char *text, gint64 *value)
{
  if (*text == '\0' || strspn (text, "0123456789") != strlen (text))
    return FALSE;
  *value = g_ascii_strtoll (text, NULL, 10); /* stays at the largest if it is larger */
  return TRUE;
}

/**
 * cg_member_is_present:
 * @object: an object
 * @name: a member
 *
 * Returns: whether it is there and not null
 */
gboolean
cg_member_is_present (JsonObject *object, const char *name)
{
  return find_member (object, name) != NULL;
}

/**
 * cg_member_is_true:
 * @object: an object
 * @name: a member
 *
 * Returns: whether it is there and `true`
 */
gboolean
cg_member_is_true (JsonObject *object, const char *name)
{
  JsonNode *node = find_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

/**
 * cg_member_read_integer:
 * @object: an object
 * @name: a member
 * @value: (out): its value; what is larger than a gint64 comes as a very large one
 *
 * Returns: whether it is there and a whole number, or a string of digits
 */
gboolean
cg_member_read_integer (JsonObject *object, const char *name, gint64 *value)
{
  JsonNode *node = find_member (object, name);
  GType type;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return read_digits (json_node_get_string (node), value);
  if (type == G_TYPE_DOUBLE)
    return read_double (json_node_get_double (node), value);
  if (type != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return TRUE;
}

/**
 * cg_member_read_string:
 * @object: an object
 * @name: a member
 * @value: (out) (transfer none): its value
 *
 * Returns: whether it is there and a string without control characters, which no camera and no
 *   server takes in a name or an address
 */
gboolean
cg_member_read_string (JsonObject *object, const char *name, const char **value)
{
  JsonNode *node = find_member (object, name);
  const char *text;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  text = json_node_get_string (node);
  for (const char *at = text; *at != '\0'; at++) {
    if (g_ascii_iscntrl (*at))
      return FALSE;
  }
  *value = text;
  return TRUE;
}

/**
 * cg_member_get_object:
 * @object: (nullable): an object
 * @name: a member
 *
 * Returns: (transfer none) (nullable): it, if it is an object
 */
JsonObject *
cg_member_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object == NULL ? NULL : find_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * cg_member_set_text:
 * @object: an object
 * @name: a member
 * @text: (nullable): its value; nothing is set for %NULL: what is not known is left out. What is no
 *   UTF-8 in it is replaced: cameras and servers write anything
 */
void
cg_member_set_text (JsonObject *object, const char *name, const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid != NULL)
    json_object_set_string_member (object, name, valid);
}

/**
 * cg_member_set_time:
 * @object: an object
 * @name: a member
 * @time_ms: since 1970; nothing is set for 0: what is not known is left out
 */
void
cg_member_set_time (JsonObject *object, const char *name, gint64 time_ms)
{
  if (time_ms != 0)
    json_object_set_int_member (object, name, time_ms);
}
