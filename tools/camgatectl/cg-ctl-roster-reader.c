/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of cameras as it stands in a file: a table, or JSON. */
#include <string.h>

#include "cg-camera-member.h"
#include "cg-ctl-csv-reader.h"
#include "cg-ctl-csv.h"
#include "cg-ctl-error.h"
#include "cg-ctl-json.h"
#include "cg-ctl-roster-private.h"
#include "cg-ctl-screen.h"
#include "cg-json.h"
#include "cg-nearest.h"

#define GATEWAY CG_CTL_ROSTER_GATEWAY
#define DID CG_CTL_ROSTER_DID

/* Columns that say nothing of the camera itself. */
static const char *const own_titles[] = {GATEWAY, DID};

static CgCtlRosterRow *
add_row (CgCtlRoster *self, guint line)
{
  CgCtlRosterRow *row = g_new0 (CgCtlRosterRow, 1);

  row->entry = json_object_new ();
  row->line = line;
  row->index = self->rows->len;
  g_ptr_array_add (self->rows, row);
  return row;
}

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_REFUSED, text);
  return FALSE;
}

/**
 * cg_ctl_roster_is_column:
 * @title: of a column, in small letters
 *
 * Returns: whether there is such a one
 */
gboolean
cg_ctl_roster_is_column (const char *title)
{
  for (gsize i = 0; i < G_N_ELEMENTS (own_titles); i++) {
    if (strcmp (own_titles[i], title) == 0)
      return TRUE;
  }
  return cg_camera_member_find (title) != NULL || g_str_has_prefix (title, CG_CTL_ROSTER_JSON);
}

/* Returns: (transfer container) (element-type utf8): all but json: */
static GPtrArray *
list_titles (void)
{
  GPtrArray *titles = g_ptr_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (own_titles); i++)
    g_ptr_array_add (titles, (char *)own_titles[i]);
  for (const CgCameraMember *member = cg_camera_member_get_all (); member->name != NULL; member++)
    g_ptr_array_add (titles, (char *)member->name);
  return titles;
}

static gboolean
refuse_title (const CgCtlCsvRow *row, guint column, GError **error)
{
  g_autoptr (GPtrArray) titles = list_titles ();
  g_autofree char *title = cg_ctl_text_clean (row->cells[column]);
  const char *nearest = cg_nearest_find (title, (const char *const *)titles->pdata, titles->len);

  if (nearest != NULL)
    return refuse (error, "line %u, column %u: \"%s\" is unknown; did you mean %s?", row->line,
                   column + 1, title, nearest);
  return refuse (error,
                 "line %u, column %u: \"%s\" is unknown; columns are gateway, did, name, "
                 "protocol, address, username, password, secret, url and profile",
                 row->line, column + 1, title);
}

/* The names of members that are not ours keep their capitals. */
static gboolean
take_titles (CgCtlRoster *self, const CgCtlCsvRow *row, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; row->cells[i] != NULL; i++) {
    const gboolean is_json = g_str_has_prefix (row->cells[i], CG_CTL_ROSTER_JSON);
    g_autofree char *title =
        is_json ? g_strdup (row->cells[i]) : g_ascii_strdown (row->cells[i], -1);

    if (!is_json)
      g_strstrip (title);
    if (!cg_ctl_roster_is_column (title) && (*title != '\0' || row->cells[i + 1] != NULL))
      return refuse_title (row, i, error);
    g_strv_builder_add (builder, title);
  }
  self->titles = g_strv_builder_end (builder);
  for (guint i = 0; self->titles[i] != NULL; i++) {
    for (guint j = 0; j < i; j++) {
      if (strcmp (self->titles[i], self->titles[j]) == 0)
        return refuse (error, "line %u, column %u: \"%s\" stands twice, first in column %u",
                       row->line, i + 1, self->titles[i], j + 1);
    }
  }
  if (g_strv_contains ((const char *const *)self->titles, DID))
    return TRUE;
  return refuse (error, "line %u: there is no column did", row->line);
}

/* json-glib takes half a surrogate pair for a character. */
static gboolean
is_utf8 (JsonNode *node)
{
  g_autofree char *text = cg_json_to_string (node, FALSE);

  return g_utf8_validate (text, -1, NULL);
}

static gboolean
take_json_cell (const CgCtlRoster *self,
                CgCtlRosterRow *row,
                const char *member,
                const char *cell,
                GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (JsonNode) node = json_from_string (cell, &why);

  if (node == NULL || !is_utf8 (node))
    return cg_ctl_roster_refuse_row (self, row, member, "is no JSON", error);
  json_object_set_member (row->entry, member, g_steal_pointer (&node));
  return TRUE;
}

static gboolean
take_cell (
    const CgCtlRoster *self, CgCtlRosterRow *row, guint column, const char *cell, GError **error)
{
  const char *title = self->titles[column];

  if (*cell == '\0')
    return TRUE;
  cell = cg_ctl_csv_unprotect (cell);
  if (g_str_has_prefix (title, CG_CTL_ROSTER_JSON))
    return take_json_cell (self, row, title + strlen (CG_CTL_ROSTER_JSON), cell, error);
  if (strcmp (title, GATEWAY) == 0)
    row->gateway = g_strdup (cell);
  else
    json_object_set_string_member (row->entry, title, cell);
  return TRUE;
}

static gboolean
take_line (CgCtlRoster *self, const CgCtlCsvRow *line, GError **error)
{
  CgCtlRosterRow *row = add_row (self, line->line);
  const guint n_titles = g_strv_length (self->titles);

  for (guint i = 0; line->cells[i] != NULL; i++) {
    const gboolean has_title = i < n_titles && *self->titles[i] != '\0';

    if (!has_title && *line->cells[i] != '\0')
      return refuse (error, "line %u, column %u: the column has no title", line->line, i + 1);
    if (has_title && !take_cell (self, row, i, line->cells[i], error))
      return FALSE;
  }
  return TRUE;
}

/**
 * cg_ctl_roster_read_table:
 * @self: (inout): an empty list
 * @text: a table
 * @length: of it, in bytes
 * @error: return location: %CG_CTL_REFUSED names line and column
 *
 * Returns: whether it is one; what its cells say is not checked
 */
gboolean
cg_ctl_roster_read_table (CgCtlRoster *self, const char *text, gsize length, GError **error)
{
  g_autoptr (GPtrArray) lines = cg_ctl_csv_read (text, length, error);

  if (lines == NULL)
    return FALSE;
  if (lines->len == 0)
    return refuse (error, "is empty");
  if (!take_titles (self, lines->pdata[0], error))
    return FALSE;
  for (guint i = 1; i < lines->len; i++) {
    if (!take_line (self, lines->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

/* JSON */

static gboolean
take_object (CgCtlRoster *self, JsonNode *node, GError **error)
{
  CgCtlRosterRow *row = add_row (self, 0);
  JsonNode *gateway;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, "camera[%u]: is no object", row->index);
  if (!is_utf8 (node))
    return refuse (error, "camera[%u]: is no UTF-8 text", row->index);
  json_object_unref (row->entry);
  row->entry = json_object_new ();
  for (GList *names = json_object_get_members (json_node_get_object (node)); names != NULL;
       names = g_list_delete_link (names, names))
    json_object_set_member (row->entry, names->data,
                            json_object_dup_member (json_node_get_object (node), names->data));
  gateway = json_object_get_member (row->entry, GATEWAY);
  if (gateway == NULL)
    return TRUE;
  if (cg_ctl_json_string (row->entry, GATEWAY) == NULL && !JSON_NODE_HOLDS_NULL (gateway))
    return cg_ctl_roster_refuse_row (self, row, GATEWAY, "is no text", error);
  row->gateway = g_strdup (json_node_get_string (gateway));
  json_object_remove_member (row->entry, GATEWAY);
  return TRUE;
}

/**
 * cg_ctl_roster_find_list:
 * @document: a configuration, as PROTOCOL.md section 5 has it
 *
 * Returns: (transfer none) (nullable): its list of cameras, under whichever name
 */
JsonArray *
cg_ctl_roster_find_list (JsonObject *document)
{
  JsonArray *list = cg_ctl_json_array (document, "camera");

  if (list == NULL)
    list = cg_ctl_json_array (document, "cameras");
  return list != NULL ? list
                      : cg_ctl_json_array (cg_ctl_json_object (document, "peripherals"), "camera");
}

/**
 * cg_ctl_roster_read_json:
 * @self: (inout): an empty list
 * @text: JSON
 * @length: of it, in bytes
 * @error: return location: %CG_CTL_REFUSED names the path
 *
 * Returns: whether it is a list of objects; what their members say is not checked
 */
gboolean
cg_ctl_roster_read_json (CgCtlRoster *self, const char *text, gsize length, GError **error)
{
  g_autoptr (JsonObject) root = cg_ctl_json_parse (text, (gssize)length, error);
  JsonArray *list;

  if (root == NULL)
    return FALSE;
  list = cg_ctl_roster_find_list (root);
  if (list == NULL)
    return refuse (error, "camera: is missing, or no list");
  for (guint i = 0; i < json_array_get_length (list); i++) {
    if (!take_object (self, json_array_get_element (list, i), error))
      return FALSE;
  }
  return TRUE;
}
