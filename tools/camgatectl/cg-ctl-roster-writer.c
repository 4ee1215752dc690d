/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-camera-member.h"
#include "cg-ctl-csv.h"
#include "cg-ctl-roster.h"
#include "cg-json.h"

static gboolean
has_member (JsonArray *cameras, const char *member)
{
  for (guint i = 0; i < json_array_get_length (cameras); i++) {
    if (json_object_has_member (json_array_get_object_element (cameras, i), member))
      return TRUE;
  }
  return FALSE;
}

/* Returns: (transfer full) (element-type utf8): titles of what the cameras have */
static char **
list_titles (JsonArray *cameras)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_strv_builder_add (builder, CG_CTL_ROSTER_GATEWAY);
  g_strv_builder_add (builder, CG_CTL_ROSTER_DID);
  for (const CgCameraMember *member = cg_camera_member_get_all (); member->name != NULL; member++) {
    if (!member->is_spelling || has_member (cameras, member->name))
      g_strv_builder_add (builder, member->name);
  }
  for (guint i = 0; i < json_array_get_length (cameras); i++) {
    g_autoptr (GList) names = json_object_get_members (json_array_get_object_element (cameras, i));

    for (GList *l = names; l != NULL; l = l->next) {
      g_autofree char *title = g_strconcat (CG_CTL_ROSTER_JSON, l->data, NULL);

      if ((!cg_ctl_roster_is_column (l->data) || strcmp (l->data, CG_CTL_ROSTER_GATEWAY) == 0) &&
          g_hash_table_add (seen, g_strdup (l->data)))
        g_strv_builder_add (builder, title);
    }
  }
  return g_strv_builder_end (builder);
}

static void
append_cell (GString *text, JsonObject *camera, const char *title, const char *gateway)
{
  const gboolean is_json = g_str_has_prefix (title, CG_CTL_ROSTER_JSON);
  const char *member = is_json ? title + strlen (CG_CTL_ROSTER_JSON) : title;
  JsonNode *node = json_object_get_member (camera, member);
  g_autofree char *json = NULL;

  if (strcmp (title, CG_CTL_ROSTER_GATEWAY) == 0) {
    cg_ctl_csv_append_text (text, gateway);
    return;
  }
  if (node == NULL)
    return;
  json = is_json ? cg_json_to_string (node, FALSE) : NULL;
  cg_ctl_csv_append_text (text, is_json ? json : json_node_get_string (node) ?: "");
}

/**
 * cg_ctl_roster_write_csv:
 * @cameras: as `config read` shows them
 * @gateway: whose they are
 *
 * Returns: (transfer full): a table from which cg_ctl_roster_read() makes the same
 */
char *
cg_ctl_roster_write_csv (JsonArray *cameras, const char *gateway)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) titles = list_titles (cameras);

  for (guint i = 0; titles[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    cg_ctl_csv_append_text (text, titles[i]);
  }
  g_string_append (text, "\r\n");
  for (guint i = 0; i < json_array_get_length (cameras); i++) {
    for (guint j = 0; titles[j] != NULL; j++) {
      if (j > 0)
        g_string_append_c (text, ',');
      append_cell (text, json_array_get_object_element (cameras, i), titles[j], gateway);
    }
    g_string_append (text, "\r\n");
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * cg_ctl_roster_write_json:
 * @cameras: as `config read` shows them
 * @gateway: whose they are
 *
 * Returns: (transfer full): an object from whose text cg_ctl_roster_read() makes the same
 */
JsonObject *
cg_ctl_roster_write_json (JsonArray *cameras, const char *gateway)
{
  JsonObject *root = json_object_new ();
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < json_array_get_length (cameras); i++) {
    JsonObject *camera = json_array_get_object_element (cameras, i);
    JsonObject *entry = json_object_new ();
    g_autoptr (GList) names = json_object_get_members (camera);

    json_object_set_string_member (entry, CG_CTL_ROSTER_GATEWAY, gateway);
    for (GList *l = names; l != NULL; l = l->next)
      json_object_set_member (entry, l->data, json_object_dup_member (camera, l->data));
    json_array_add_object_element (list, entry);
  }
  json_object_set_array_member (root, "camera", list);
  return root;
}
