/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-ptz.h"

#include "cg-ctl-moves.h"
#include "cg-json.h"
#include "cg-ptz-look.h"
#include "cg-ptz-move.h"

/* Wide enough for the words below. */
#define WORD_COLUMNS 10

static void
append_line (GString *text, const char *word, const char *value)
{
  g_string_append_printf (text, "%-*s%s\n", WORD_COLUMNS, word, value);
}

static gboolean
get_number (JsonObject *object, const char *member, double *number)
{
  return object != NULL && cg_json_read_number (object, member, number);
}

/* "pan 0.25, tilt 0, zoom 0.5 (2.1 s ago)" */
static void
append_position (GString *text, JsonObject *status)
{
  JsonObject *position = cg_ctl_json_object (status, "position");
  g_autoptr (GString) value = g_string_new (NULL);
  double number = 0;

  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    const char *axis = cg_ptz_axis_get_word (i);

    if (get_number (position, axis, &number))
      g_string_append_printf (value, "%s%s %.4g", value->len > 0 ? ", " : "", axis, number);
  }
  if (value->len == 0)
    g_string_append (value, "not told by the camera");
  else if (get_number (position, "age", &number) && number >= 1000)
    g_string_append_printf (value, " (%.0f s ago)", number / 1000);
  append_line (text, "position", value->str);
}

/* "left", of the speeds of a lease. */
static const char *
find_direction (JsonObject *lease)
{
  double pan = 0;
  double tilt = 0;
  double zoom = 0;

  get_number (lease, "pan", &pan);
  get_number (lease, "tilt", &tilt);
  get_number (lease, "zoom", &zoom);
  const CgDirection direction = cg_ptz_move_find_direction (pan, tilt, zoom);
  return direction < CG_N_DIRECTIONS ? cg_ctl_moves_get_word (direction) : NULL;
}

/* "yes, left by cloud for 4.2 s" */
static void
append_motion (GString *text, JsonObject *status)
{
  JsonObject *lease = cg_ctl_json_object (status, "lease");
  g_autofree char *source = cg_ctl_text_clean (cg_ctl_json_string (lease, "source") ?: "camgated");
  const char *direction = lease != NULL ? find_direction (lease) : NULL;
  g_autoptr (GString) value = g_string_new (NULL);
  double left_ms = 0;

  if (!json_object_has_member (status, "moving") && lease == NULL)
    g_string_append (value, "not told by the camera");
  else
    g_string_append (value, lease != NULL || cg_ctl_json_bool (status, "moving") ? "yes" : "no");
  if (lease != NULL)
    g_string_append_printf (value, ", %s%sby %s", direction != NULL ? direction : "",
                            direction != NULL ? " " : "", source);
  if (get_number (lease, "left", &left_ms))
    g_string_append_printf (value, " for %.1f s", left_ms / 1000);
  append_line (text, "moving", value->str);
}

/* "5 gate, on the way" */
static void
append_preset (GString *text, JsonObject *status)
{
  JsonObject *preset = cg_ctl_json_object (status, "preset");
  g_autofree char *name = cg_ctl_text_clean (cg_ctl_json_string (preset, "name") ?: "");
  const gint64 index = cg_ctl_json_int (preset, "index", 0);
  g_autoptr (GString) value = g_string_new (NULL);

  if (preset == NULL)
    return;
  if (index > 0)
    g_string_append_printf (value, "%" G_GINT64_FORMAT " ", index);
  if (*name != '\0')
    g_string_append_printf (value, "%s ", name);
  g_string_append_printf (
      value, "(%s)",
      g_strcmp0 (cg_ctl_json_string (preset, "state"), "calling") == 0 ? "on the way" : "there");
  append_line (text, "preset", value->str);
}

static void
append_end (GString *value, JsonObject *axis, const char *name, const char *known)
{
  g_autofree char *word = cg_ctl_text_clean (cg_ctl_json_string (axis, known) ?: "");
  double at = 0;

  if (get_number (axis, name, &at))
    g_string_append_printf (value, "%.4g", at);
  else
    g_string_append (value, "?");
  if (*word != '\0')
    g_string_append_printf (value, " (%s)", word);
}

/* "pan -1 (advertised) to 1 (verified)", one line for each axis */
static void
append_limits (GString *text, JsonObject *status)
{
  JsonObject *limits = cg_ctl_json_object (status, "limits");
  g_autoptr (GList) axes = limits != NULL ? json_object_get_members (limits) : NULL;

  for (GList *l = axes; l != NULL; l = l->next) {
    JsonObject *axis = cg_ctl_json_object (limits, l->data);
    g_autofree char *name = cg_ctl_text_clean (l->data);
    g_autoptr (GString) value = g_string_new (name);

    g_string_append_c (value, ' ');
    append_end (value, axis, "min", "minKnown");
    g_string_append (value, " to ");
    append_end (value, axis, "max", "maxKnown");
    append_line (text, l == axes ? "limits" : "", value->str);
  }
}

static void
append_fact (GString *text, guint *n_facts, const char *fact)
{
  append_line (text, (*n_facts)++ == 0 ? "learnt" : "", fact);
}

/* "counts pan the other way" */
static void
append_axis_facts (GString *text, guint *n_facts, JsonObject *learnt)
{
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    const char *word = cg_ptz_axis_get_word (i);
    JsonObject *axis = cg_ctl_json_object (learnt, word);
    g_autofree char *frozen = g_strdup_printf ("tells the same %s wherever it stands", word);
    g_autofree char *turned = g_strdup_printf ("counts %s the other way", word);

    if (g_strcmp0 (cg_ctl_json_string (axis, "position"), "frozen") == 0)
      append_fact (text, n_facts, frozen);
    if (cg_ctl_json_int (axis, "sign", 0) < 0)
      append_fact (text, n_facts, turned);
  }
}

/* What is odd about how the camera moves, in words: those of its state file are for --json. */
static void
append_learnt (GString *text, JsonObject *status)
{
  static const struct {
    const char *word; /* of the stop that works */
    const char *fact;
  } stops[] = {
      {"needed", "stops when only the axes that it has are named"},
      {"bare", "stops when no axis is named"},
      {"zero", "stops by a move without speed, not by Stop"},
  };
  JsonObject *learnt = cg_ctl_json_object (status, "learnt");
  const char *stop = cg_ctl_json_string (status, "stop");
  const char *word = cg_ctl_json_string (learnt, "move-status");
  guint n_facts = 0;

  if (learnt == NULL)
    return;
  if (!cg_ctl_json_bool (status, "measurable"))
    append_fact (text, &n_facts, "cannot be seen to move: what is said of it is assumed");
  append_axis_facts (text, &n_facts, learnt);
  if (g_strcmp0 (word, "frozen") == 0)
    append_fact (text, &n_facts, "says that it stands, also when it moves");
  if (g_strcmp0 (word, "restless") == 0)
    append_fact (text, &n_facts, "says that it moves, also when it stands");
  if (cg_ctl_json_bool (learnt, "one-axis-only"))
    append_fact (text, &n_facts, "moves one axis at a time: diagonals go in steps");
  if (cg_ctl_json_bool (learnt, "loses-first"))
    append_fact (text, &n_facts, "sleeps through the first command after a rest: it is sent twice");
  for (guint i = 0; i < G_N_ELEMENTS (stops); i++) {
    if (g_strcmp0 (stop, stops[i].word) == 0)
      append_fact (text, &n_facts, stops[i].fact);
  }
  if (n_facts == 0)
    append_fact (text, &n_facts, "nothing unusual");
}

/* A camera that is away is told of by what was seen last. */
static void
append_contact (GString *text, JsonObject *status)
{
  if (json_object_has_member (status, "contacted") && !cg_ctl_json_bool (status, "contacted"))
    append_line (text, "contact", "none: this is what was seen last");
}

/**
 * cg_ctl_ptz_to_text:
 * @status: what `ptz {"status":{}}` gave
 * @screen: where it goes
 *
 * Returns: (transfer full): it as a person reads it; members that are not known here follow as they
 *   came
 */
char *
cg_ctl_ptz_to_text (JsonObject *status, const CgCtlScreen *screen)
{
  static const char *const told[] = {"contacted", "position",   "moving", "lease", "preset",
                                     "limits",    "measurable", "learnt", "stop"};
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonObject) rest = json_object_new ();
  g_autoptr (GList) members = json_object_get_members (status);
  g_autofree char *more = NULL;

  append_contact (text, status);
  append_position (text, status);
  append_motion (text, status);
  append_preset (text, status);
  append_limits (text, status);
  append_learnt (text, status);
  for (GList *l = members; l != NULL; l = l->next)
    json_object_set_member (rest, l->data, json_object_dup_member (status, l->data));
  for (guint i = 0; i < G_N_ELEMENTS (told); i++) {
    if (json_object_has_member (rest, told[i]))
      json_object_remove_member (rest, told[i]);
  }
  more = cg_ctl_json_to_text (rest, screen);
  g_string_append (text, more);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
