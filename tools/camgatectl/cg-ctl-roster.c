/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-roster.h"

#include <stdio.h>
#include <string.h>

#include "cg-camera-member.h"
#include "cg-config.h"
#include "cg-ctl-csv-reader.h"
#include "cg-ctl-csv.h"
#include "cg-ctl-error.h"
#include "cg-ctl-json.h"
#include "cg-ctl-screen.h"
#include "cg-json.h"
#include "cg-log.h"
#include "cg-nearest.h"

#define GATEWAY CG_CTL_ROSTER_GATEWAY
#define DID CG_CTL_ROSTER_DID

/* Stands for an address that the row does not name, since camgated may know it. */
#define SOME_ADDRESS "host"
#define SOME_URL "rtsp://host/"

/* Columns that say nothing of the camera itself. */
static const char *const own_titles[] = {GATEWAY, DID};

/* One camera. */
typedef struct {
  JsonObject *entry; /* (owned): as camgated takes it */
  char *gateway;     /* (owned) (nullable): whose it is; %NULL: of whoever reads it */
  guint line;        /* of a table; 0: JSON */
  guint index;       /* in the file, from 0 */
} Row;

struct _CgCtlRoster {
  GPtrArray *rows; /* (owned) (element-type Row) */
  char **titles;   /* (owned) (nullable): of a table, in small letters */
};

static void
row_free (gpointer data)
{
  Row *self = data;

  json_object_unref (self->entry);
  g_free (self->gateway);
  g_free (self);
}

static Row *
add_row (CgCtlRoster *self, guint line)
{
  Row *row = g_new0 (Row, 1);

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

/* Returns: (transfer full): where somebody finds it: "line 5, column 3 (address)" */
static char *
describe_place (const CgCtlRoster *self, const Row *row, const char *member)
{
  g_autofree char *title = g_strconcat (CG_CTL_ROSTER_JSON, member, NULL);

  if (self->titles == NULL)
    return g_strdup_printf ("camera[%u].%s", row->index, member);
  for (guint i = 0; self->titles[i] != NULL; i++) {
    if (strcmp (self->titles[i], member) == 0 || strcmp (self->titles[i], title) == 0)
      return g_strdup_printf ("line %u, column %u (%s)", row->line, i + 1, member);
  }
  return g_strdup_printf ("line %u (%s)", row->line, member);
}

static gboolean
refuse_row (
    const CgCtlRoster *self, const Row *row, const char *member, const char *why, GError **error)
{
  g_autofree char *place = describe_place (self, row, member);

  return refuse (error, "%s: %s", place, why);
}

/* Checks of values, as far as they go without camgated */

/* A login that does not stand here may be stored: it is looked at where it is. */
static gboolean
set_value (CgCameraConfig *camera, const CgCameraMember *member, const char *value, GError **error)
{
  return strcmp (value, CG_LOG_HIDDEN) == 0 ||
         cg_key_set (cg_camera_member_get_key (member), camera, value, error);
}

static gboolean
is_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

static gboolean
check_values (const CgCtlRoster *self, const Row *row, CgCameraConfig *camera, GError **error)
{
  for (const CgCameraMember *member = cg_camera_member_get_all (); member->name != NULL; member++) {
    JsonNode *node = json_object_get_member (row->entry, member->name);
    g_autoptr (GError) why = NULL;

    if (node == NULL || JSON_NODE_HOLDS_NULL (node))
      continue;
    if (!is_text (node))
      return refuse_row (self, row, member->name, "is no text", error);
    if (!set_value (camera, member, json_node_get_string (node), &why))
      return refuse_row (self, row, member->name, why->message, error);
  }
  return TRUE;
}

static const char *
find_title (const Row *row, const char *key)
{
  for (const CgCameraMember *member = cg_camera_member_get_all (); member->name != NULL; member++) {
    if (strcmp (member->key, key) == 0 && json_object_has_member (row->entry, member->name))
      return member->name;
  }
  return key;
}

static gboolean
check_camera (const CgCtlRoster *self, const Row *row, GError **error)
{
  const char *did = cg_ctl_json_string (row->entry, DID);
  g_autoptr (CgCameraConfig) camera = NULL;
  g_autoptr (GError) why = NULL;
  const char *key = NULL;

  if (did == NULL || *did == '\0')
    return refuse_row (self, row, DID, "is missing", error);
  if (!cg_config_check_did (did, &why))
    return refuse_row (self, row, DID, why->message, error);
  camera = cg_camera_config_new (did);
  if (!check_values (self, row, camera, error))
    return FALSE;
  if (camera->address == NULL)
    camera->address = g_strdup (SOME_ADDRESS);
  if (camera->url == NULL && camera->protocol == CG_PROTOCOL_RTSP)
    camera->url = g_strdup (SOME_URL);
  return cg_camera_config_settle (camera, &key, &why) ||
         refuse_row (self, row, find_title (row, key), why->message, error);
}

static gboolean
check_all (const CgCtlRoster *self, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->rows->len; i++) {
    const Row *row = self->rows->pdata[i];
    const char *did;
    g_autofree char *name = NULL;
    g_autofree char *why = NULL;
    const Row *other;

    if (!check_camera (self, row, error))
      return FALSE;
    did = cg_ctl_json_string (row->entry, DID);
    name = g_strdup_printf ("%s\n%s", row->gateway != NULL ? row->gateway : "", did);
    other = g_hash_table_lookup (seen, name);
    if (other != NULL) {
      g_autofree char *place = describe_place (self, other, DID);

      why = g_strdup_printf ("%s stands twice, first in %s", did, place);
      return refuse_row (self, row, DID, why, error);
    }
    g_hash_table_insert (seen, g_steal_pointer (&name), (gpointer)row);
  }
  return TRUE;
}

/* Tables */

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
take_json_cell (
    const CgCtlRoster *self, Row *row, const char *member, const char *cell, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (JsonNode) node = json_from_string (cell, &why);

  if (node == NULL || !is_utf8 (node))
    return refuse_row (self, row, member, "is no JSON", error);
  json_object_set_member (row->entry, member, g_steal_pointer (&node));
  return TRUE;
}

static gboolean
take_cell (const CgCtlRoster *self, Row *row, guint column, const char *cell, GError **error)
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
  Row *row = add_row (self, line->line);
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

static gboolean
read_table (CgCtlRoster *self, const char *text, gsize length, GError **error)
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
  Row *row = add_row (self, 0);
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
  if (!is_text (gateway) && !JSON_NODE_HOLDS_NULL (gateway))
    return refuse_row (self, row, GATEWAY, "is no text", error);
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

static gboolean
read_json (CgCtlRoster *self, const char *text, gsize length, GError **error)
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

/**
 * cg_ctl_roster_read:
 * @text: a table, or JSON
 * @length: of it, in bytes; a zero byte stands behind it
 * @error: return location: %CG_CTL_REFUSED names line and column, or the path
 *
 * Reads a list of cameras and checks each, as far as that goes without camgated.
 *
 * Returns: (transfer full) (nullable): all of it
 */
CgCtlRoster *
cg_ctl_roster_read (const char *text, gsize length, GError **error)
{
  g_autoptr (CgCtlRoster) self = g_new0 (CgCtlRoster, 1);
  const gboolean is_json = text[strspn (text, " \t\r\n")] == '{';

  self->rows = g_ptr_array_new_with_free_func (row_free);
  if (!(is_json ? read_json : read_table) (self, text, length, error) || !check_all (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cg_ctl_roster_free:
 * @self: (transfer full): a list
 */
void
cg_ctl_roster_free (CgCtlRoster *self)
{
  g_ptr_array_unref (self->rows);
  g_strfreev (self->titles);
  g_free (self);
}

/**
 * cg_ctl_roster_keep:
 * @self: a list
 * @gateway: did of the gateway that counts
 *
 * Leaves out what is for others.
 *
 * Returns: how many those were
 */
guint
cg_ctl_roster_keep (CgCtlRoster *self, const char *gateway)
{
  const guint n_all = self->rows->len;

  for (guint i = n_all; i-- > 0;) {
    const Row *row = self->rows->pdata[i];

    if (row->gateway != NULL && *row->gateway != '\0' && strcmp (row->gateway, gateway) != 0)
      g_ptr_array_remove_index (self->rows, i);
  }
  return n_all - self->rows->len;
}

/**
 * cg_ctl_roster_get_n:
 * @self: a list
 *
 * Returns: how many cameras it has
 */
guint
cg_ctl_roster_get_n (const CgCtlRoster *self)
{
  return self->rows->len;
}

/**
 * cg_ctl_roster_get:
 * @self: a list
 * @index: below cg_ctl_roster_get_n()
 *
 * Returns: (transfer none): that camera, with a did
 */
JsonObject *
cg_ctl_roster_get (const CgCtlRoster *self, guint index)
{
  return ((const Row *)self->rows->pdata[index])->entry;
}

/**
 * cg_ctl_roster_cut:
 * @self: a list
 * @first: of its cameras
 * @max_bytes: of JSON
 *
 * Returns: (transfer full): as many cameras from there as go into one message, and at least one
 */
JsonArray *
cg_ctl_roster_cut (const CgCtlRoster *self, guint first, gsize max_bytes)
{
  JsonArray *cameras = json_array_new ();
  gsize n_bytes = 0;

  for (guint i = first; i < self->rows->len; i++) {
    JsonObject *entry = cg_ctl_roster_get (self, i);
    g_autofree char *line = cg_ctl_json_to_line (entry);

    n_bytes += strlen (line) + 1;
    if (i > first && n_bytes > max_bytes)
      break;
    json_array_add_object_element (cameras, json_object_ref (entry));
  }
  return cameras;
}

/**
 * cg_ctl_roster_explain:
 * @self: a list
 * @first: of the cameras that were sent
 * @fault: what camgated says of them: `camera[2].address: …`
 *
 * Returns: (transfer full): the same, with the place in the file
 */
char *
cg_ctl_roster_explain (const CgCtlRoster *self, guint first, const char *fault)
{
  char member[64] = "";
  guint index = 0;
  int length = 0;

  if (sscanf (fault, "camera[%u].%63[^:]: %n", &index, member, &length) < 2 || length == 0 ||
      index >= self->rows->len - first)
    return g_strdup (fault);
  g_autofree char *place = describe_place (self, self->rows->pdata[first + index], member);
  return g_strdup_printf ("%s: %s", place, fault + length);
}
