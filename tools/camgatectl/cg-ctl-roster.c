/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-roster-private.h"

#include <stdio.h>
#include <string.h>

#include "cg-camera-member.h"
#include "cg-config.h"
#include "cg-ctl-error.h"
#include "cg-ctl-json.h"
#include "cg-log.h"

#define DID CG_CTL_ROSTER_DID

/* Stands for an address that the row does not name, since camgated may know it. */
#define SOME_ADDRESS "host"
#define SOME_URL "rtsp://host/"

static void
row_free (gpointer data)
{
  CgCtlRosterRow *self = data;

  json_object_unref (self->entry);
  g_free (self->gateway);
  g_free (self);
}

/* Returns: (transfer full): where somebody finds it: "line 5, column 3 (address)" */
static char *
describe_place (const CgCtlRoster *self, const CgCtlRosterRow *row, const char *member)
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

/**
 * cg_ctl_roster_refuse_row:
 * @self: a list
 * @row: of it
 * @member: what is wrong in it
 * @why: what is wrong with it
 * @error: return location: %CG_CTL_REFUSED
 *
 * Returns: %FALSE
 */
gboolean
cg_ctl_roster_refuse_row (const CgCtlRoster *self,
                          const CgCtlRosterRow *row,
                          const char *member,
                          const char *why,
                          GError **error)
{
  g_autofree char *place = describe_place (self, row, member);

  g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED, "%s: %s", place, why);
  return FALSE;
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
check_values (const CgCtlRoster *self,
              const CgCtlRosterRow *row,
              CgCameraConfig *camera,
              GError **error)
{
  for (const CgCameraMember *member = cg_camera_member_get_all (); member->name != NULL; member++) {
    JsonNode *node = json_object_get_member (row->entry, member->name);
    const char *value = cg_ctl_json_string (row->entry, member->name);
    g_autoptr (GError) why = NULL;

    if (node == NULL || JSON_NODE_HOLDS_NULL (node))
      continue;
    if (value == NULL)
      return cg_ctl_roster_refuse_row (self, row, member->name, "is no text", error);
    if (!set_value (camera, member, value, &why))
      return cg_ctl_roster_refuse_row (self, row, member->name, why->message, error);
  }
  return TRUE;
}

static const char *
find_title (const CgCtlRosterRow *row, const char *key)
{
  for (const CgCameraMember *member = cg_camera_member_get_all (); member->name != NULL; member++) {
    if (strcmp (member->key, key) == 0 && json_object_has_member (row->entry, member->name))
      return member->name;
  }
  return key;
}

static gboolean
check_camera (const CgCtlRoster *self, const CgCtlRosterRow *row, GError **error)
{
  const char *did = cg_ctl_json_string (row->entry, DID);
  g_autoptr (CgCameraConfig) camera = NULL;
  g_autoptr (GError) why = NULL;
  const char *key = NULL;

  if (did == NULL || *did == '\0')
    return cg_ctl_roster_refuse_row (self, row, DID, "is missing", error);
  if (!cg_config_check_did (did, &why))
    return cg_ctl_roster_refuse_row (self, row, DID, why->message, error);
  camera = cg_camera_config_new (did);
  if (!check_values (self, row, camera, error))
    return FALSE;
  if (camera->address == NULL)
    camera->address = g_strdup (SOME_ADDRESS);
  if (camera->url == NULL && camera->protocol == CG_PROTOCOL_RTSP)
    camera->url = g_strdup (SOME_URL);
  return cg_camera_config_settle (camera, &key, &why) ||
         cg_ctl_roster_refuse_row (self, row, find_title (row, key), why->message, error);
}

static gboolean
check_all (const CgCtlRoster *self, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->rows->len; i++) {
    const CgCtlRosterRow *row = self->rows->pdata[i];
    const char *did;
    g_autofree char *name = NULL;
    g_autofree char *why = NULL;
    const CgCtlRosterRow *other;

    if (!check_camera (self, row, error))
      return FALSE;
    did = cg_ctl_json_string (row->entry, DID);
    name = g_strdup_printf ("%s\n%s", row->gateway != NULL ? row->gateway : "", did);
    other = g_hash_table_lookup (seen, name);
    if (other != NULL) {
      g_autofree char *place = describe_place (self, other, DID);

      why = g_strdup_printf ("%s stands twice, first in %s", did, place);
      return cg_ctl_roster_refuse_row (self, row, DID, why, error);
    }
    g_hash_table_insert (seen, g_steal_pointer (&name), (gpointer)row);
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
  const gboolean is_read = is_json ? cg_ctl_roster_read_json (self, text, length, error)
                                   : cg_ctl_roster_read_table (self, text, length, error);
  if (!is_read || !check_all (self, error))
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
    const CgCtlRosterRow *row = self->rows->pdata[i];

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
  return ((const CgCtlRosterRow *)self->rows->pdata[index])->entry;
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
