/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of cameras: whatever stands there, a list that comes back as it is when it is written, or
 * one line that refuses it. */
#include "fuzz-main.h"

#include <string.h>

#include "cg-ctl-error.h"
#include "cg-ctl-json.h"
#include "cg-ctl-roster.h"

/* An empty text and null say nothing in a table, and so are not there when they come back. */
static JsonObject *
copy_what_counts (JsonObject *entry)
{
  JsonObject *copy = json_object_new ();
  g_autoptr (GList) names = json_object_get_members (entry);

  for (GList *l = names; l != NULL; l = l->next) {
    const char *text = cg_ctl_json_string (entry, l->data);
    const gboolean is_empty = JSON_NODE_HOLDS_NULL (json_object_get_member (entry, l->data)) ||
                              (text != NULL && *text == '\0');

    if (!is_empty || !cg_ctl_roster_is_column (l->data))
      json_object_set_member (copy, l->data, json_object_dup_member (entry, l->data));
  }
  return copy;
}

static JsonArray *
list_entries (const CgCtlRoster *roster)
{
  JsonArray *entries = json_array_new ();

  for (guint i = 0; i < cg_ctl_roster_get_n (roster); i++)
    json_array_add_object_element (entries, copy_what_counts (cg_ctl_roster_get (roster, i)));
  return entries;
}

static void
check_round_trip (CgCtlRoster *roster)
{
  g_autoptr (JsonArray) entries = list_entries (roster);
  g_autofree char *text = cg_ctl_roster_write_csv (entries, "aa");
  g_autoptr (GError) error = NULL;
  g_autoptr (CgCtlRoster) again = cg_ctl_roster_read (text, strlen (text), &error);
  g_autoptr (JsonArray) seen = NULL;
  g_autoptr (JsonNode) one = json_node_init_array (json_node_alloc (), entries);
  g_autoptr (JsonNode) other = NULL;

  if (again == NULL)
    g_error ("%s, written as:\n%s", error->message, text);
  g_assert_cmpuint (cg_ctl_roster_keep (again, "aa"), ==, 0);
  seen = list_entries (again);
  other = json_node_init_array (json_node_alloc (), seen);
  if (!json_node_equal (one, other))
    g_error ("it does not come back as it is:\n%s", text);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CgCtlRoster) roster = cg_ctl_roster_read (text, size, &error);

  if (roster == NULL) {
    g_assert_nonnull (error);
    g_assert_cmpuint (error->domain, ==, CG_CTL_ERROR);
    return 0;
  }
  g_assert_no_error (error);
  cg_ctl_roster_keep (roster, "aa");
  check_round_trip (roster);
  return 0;
}
