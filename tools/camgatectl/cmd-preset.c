/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-json.h"
#include "cg-ctl-table.h"
#include "cg-ctl-target.h"
#include "cg-nearest.h"

/* PROTOCOL.md section 4, preset. */
#define MAX_INDEX 128

static gboolean
print_list (CgCtl *self, const CgCtlAnswer *answer)
{
  static const char *const titles[] = {"index", "name", NULL};
  g_autoptr (CgCtlTable) table = cg_ctl_table_new (titles);
  g_autofree char *text = NULL;
  JsonArray *presets = cg_ctl_json_array (answer->body, "presets");
  const guint n_presets = presets != NULL ? json_array_get_length (presets) : 0;

  for (guint i = 0; i < n_presets; i++) {
    JsonNode *node = json_array_get_element (presets, i);
    JsonObject *preset = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    g_autofree char *index =
        g_strdup_printf ("%" G_GINT64_FORMAT, cg_ctl_json_int (preset, "index", 0));

    cg_ctl_table_add_row (table, (const char *const[]){index, cg_ctl_json_string (preset, "name")});
  }
  text = cg_ctl_table_to_string (table, &self->screen);
  cg_ctl_say (self, "%s", n_presets > 0 ? text : "no presets\n");
  return TRUE;
}

static gboolean
print_set (CgCtl *self, const CgCtlAnswer *answer)
{
  guint64 index = 0;
  const gint64 kept = cg_ctl_json_int (answer->body, "index", 0);

  g_ascii_string_to_unsigned (self->words[1], 10, 1, MAX_INDEX, &index, NULL);
  if (kept > 0 && (guint64)kept != index)
    cg_ctl_say (self,
                "preset %" G_GINT64_FORMAT " is where the camera stands now: it has given it that "
                "number, not %s\n",
                kept, self->words[1]);
  else
    cg_ctl_say (self, "preset %s is where the camera stands now\n", self->words[1]);
  return TRUE;
}

static gboolean
print_goto (CgCtl *self, const CgCtlAnswer *answer)
{
  cg_ctl_say (self, "going to preset %s\n", self->words[1]);
  return TRUE;
}

static gboolean
print_remove (CgCtl *self, const CgCtlAnswer *answer)
{
  cg_ctl_say (self, "preset %s is removed\n", self->words[1]);
  return TRUE;
}

static const struct {
  const char *method;
  guint min_words;
  guint max_words;
  gboolean (*print) (CgCtl *self, const CgCtlAnswer *answer);
} verbs[] = {
    {"list", 1, 1, print_list},
    {"set", 2, 3, print_set},
    {"goto", 2, 2, print_goto},
    {"remove", 2, 2, print_remove},
};

static int
find_verb (CgCtl *self, GError **error)
{
  const char *words[G_N_ELEMENTS (verbs)];
  const char *nearest;

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    words[i] = verbs[i].method;
    if (strcmp (self->words[0], verbs[i].method) != 0)
      continue;
    if (self->n_words >= verbs[i].min_words && self->n_words <= verbs[i].max_words)
      return (int)i;
    cg_ctl_fail_usage (self, error, "%s takes %s", verbs[i].method,
                       verbs[i].max_words == 1 ? "nothing more" : "the number of a preset");
    return -1;
  }
  nearest = cg_nearest_find (self->words[0], words, G_N_ELEMENTS (words));
  cg_ctl_fail_usage (self, error, "list, set, goto or remove, not %s%s%s%s", self->words[0],
                     nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "?" : "");
  return -1;
}

/**
 * cg_cmd_preset:
 * @self: a run
 *
 * Lists, sets, calls and removes the places that a camera remembers.
 *
 * Returns: %FALSE with error if not done
 */
gboolean
cg_cmd_preset (CgCtl *self, GError **error)
{
  const int verb = find_verb (self, error);
  g_autoptr (JsonObject) parameters = json_object_new ();
  g_autoptr (CgCtlTarget) target = NULL;
  g_autoptr (CgCtlAnswer) answer = NULL;
  guint64 index;

  if (verb < 0)
    return FALSE;
  if (self->n_words > 1) {
    if (!g_ascii_string_to_unsigned (self->words[1], 10, 1, MAX_INDEX, &index, NULL))
      return cg_ctl_fail_usage (self, error, "a preset is a number from 1 to %d, not \"%s\"",
                                MAX_INDEX, self->words[1]);
    json_object_set_int_member (parameters, "index", (gint64)index);
  }
  if (self->n_words > 2)
    json_object_set_string_member (parameters, "name", self->words[2]);

  target = cg_ctl_target_open (self, error);
  if (target == NULL)
    return FALSE;
  answer = cg_ctl_target_ask (target, "preset", verbs[verb].method, g_steal_pointer (&parameters),
                              error);
  return answer != NULL && cg_ctl_finish (self, answer, error) && verbs[verb].print (self, answer);
}
