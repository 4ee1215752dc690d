/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was learnt of a camera's PTZ, as its state file keeps it and `ptz status` shows it. */
#include <math.h>

#include "cg-json.h"
#include "cg-ptz-sense.h"

/* Further out than any space in use (degrees, hundredths of degrees). */
#define VALUE_MAX 1e9

static const char *const side_words[] = {[CG_PTZ_LOW] = "low", [CG_PTZ_HIGH] = "high"};
static const char *const kind_words[] = {
    [CG_PTZ_END_NONE] = "none",     [CG_PTZ_END_ADVERTISED] = "advertised",
    [CG_PTZ_END_LEARNT] = "learnt", [CG_PTZ_END_VERIFIED] = "verified",
    [CG_PTZ_END_LYING] = "lying",
};
static const char *const truth_words[] = {
    [CG_PTZ_TRUTH_UNKNOWN] = "unknown",
    [CG_PTZ_TRUTH_HONEST] = "honest",
    [CG_PTZ_TRUTH_FROZEN] = "frozen",
    [CG_PTZ_TRUTH_RESTLESS] = "restless",
};

G_STATIC_ASSERT (G_N_ELEMENTS (side_words) == CG_PTZ_N_SIDES);
G_STATIC_ASSERT (G_N_ELEMENTS (kind_words) == CG_PTZ_N_END_KINDS);
G_STATIC_ASSERT (G_N_ELEMENTS (truth_words) == CG_PTZ_N_TRUTHS);

/**
 * cg_ptz_end_kind_get_word:
 * @kind: how an end is known
 *
 * Returns: (transfer none): in a word
 */
const char *
cg_ptz_end_kind_get_word (CgPtzEndKind kind)
{
  return kind_words[kind];
}

static JsonNode *
get_value (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == type ? node : NULL;
}

static gboolean
read_number (JsonObject *object, const char *name, double *value)
{
  double number;

  if (!cg_json_read_number (object, name, &number) || !(fabs (number) < VALUE_MAX))
    return FALSE;
  *value = number;
  return TRUE;
}

static gboolean
read_flag (JsonObject *object, const char *name)
{
  JsonNode *node = get_value (object, name, G_TYPE_BOOLEAN);

  return node != NULL && json_node_get_boolean (node);
}

/* What is no word that we know is as good as the first. */
static int
read_word (JsonObject *object, const char *name, const char *const *words, int n_words)
{
  JsonNode *node = get_value (object, name, G_TYPE_STRING);

  for (int i = 0; node != NULL && i < n_words; i++) {
    if (g_str_equal (words[i], json_node_get_string (node)))
      return i;
  }
  return 0;
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static void
read_end (CgPtzEnd *end, JsonObject *object)
{
  const CgPtzEndKind kind =
      (CgPtzEndKind)read_word (object, "kind", kind_words, CG_PTZ_N_END_KINDS);

  if (read_number (object, "at", &end->at))
    end->kind = kind;
}

static void
read_axis (CgPtzAxisSense *axis, JsonObject *object)
{
  double sign = 0;

  if (read_number (object, "sign", &sign))
    axis->sign = (sign > 0) - (sign < 0);
  axis->truth = (CgPtzTruth)read_word (object, "position", truth_words, CG_PTZ_TRUTH_RESTLESS);
  if (!read_number (object, "min", &axis->range.min) ||
      !read_number (object, "max", &axis->range.max))
    return;
  for (int side = 0; side < CG_PTZ_N_SIDES; side++) {
    JsonObject *end = get_object (object, side_words[side]);

    if (end != NULL)
      read_end (&axis->ends[side], end);
  }
}

/**
 * cg_ptz_sense_read:
 * @self: (out): what a state file keeps; what makes no sense there was not learnt
 * @node: (nullable): from cg_ptz_sense_write()
 */
void
cg_ptz_sense_read (CgPtzSense *self, JsonNode *node)
{
  cg_ptz_sense_init (self);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  JsonObject *object = json_node_get_object (node);
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    JsonObject *axis = get_object (object, cg_ptz_axis_get_word (i));

    if (axis != NULL)
      read_axis (&self->axes[i], axis);
  }
  self->move_status = (CgPtzTruth)read_word (object, "move-status", truth_words, CG_PTZ_N_TRUTHS);
  self->said_moving = self->move_status == CG_PTZ_TRUTH_HONEST;
  self->one_axis_only = read_flag (object, "one-axis-only");
  self->loses_first = read_flag (object, "loses-first");
}

static void
write_end (JsonObject *object, const char *name, const CgPtzEnd *end)
{
  JsonObject *member;

  if (end->kind == CG_PTZ_END_NONE)
    return;
  member = json_object_new ();
  json_object_set_double_member (member, "at", end->at);
  json_object_set_string_member (member, "kind", kind_words[end->kind]);
  json_object_set_object_member (object, name, member);
}

static JsonObject *
write_axis (const CgPtzAxisSense *axis)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "sign", axis->sign);
  json_object_set_string_member (object, "position", truth_words[axis->truth]);
  json_object_set_double_member (object, "min", axis->range.min);
  json_object_set_double_member (object, "max", axis->range.max);
  for (int side = 0; side < CG_PTZ_N_SIDES; side++)
    write_end (object, side_words[side], &axis->ends[side]);
  return object;
}

/**
 * cg_ptz_sense_write:
 * @self: what is known
 *
 * Returns: (transfer full): an object for a state file, or for people
 */
JsonNode *
cg_ptz_sense_write (const CgPtzSense *self)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++)
    json_object_set_object_member (object, cg_ptz_axis_get_word (i), write_axis (&self->axes[i]));
  json_object_set_string_member (object, "move-status", truth_words[self->move_status]);
  json_object_set_boolean_member (object, "one-axis-only", self->one_axis_only);
  json_object_set_boolean_member (object, "loses-first", self->loses_first);
  json_node_take_object (node, object);
  return node;
}

/* An advertised end is the camera's own word, which is read at each contact. */
static gboolean
is_same_end (const CgPtzEnd *a, const CgPtzEnd *b, double tolerance)
{
  if (a->kind <= CG_PTZ_END_ADVERTISED && b->kind <= CG_PTZ_END_ADVERTISED)
    return TRUE;
  return a->kind == b->kind && (a->kind == CG_PTZ_END_LYING || fabs (a->at - b->at) <= tolerance);
}

static gboolean
is_same_axis (const CgPtzAxisSense *a, const CgPtzAxisSense *b, double tolerance)
{
  return a->sign == b->sign && a->truth == b->truth &&
         is_same_end (&a->ends[CG_PTZ_LOW], &b->ends[CG_PTZ_LOW], tolerance) &&
         is_same_end (&a->ends[CG_PTZ_HIGH], &b->ends[CG_PTZ_HIGH], tolerance);
}

/**
 * cg_ptz_sense_equal:
 * @a: what was known
 * @b: what is known now
 *
 * Returns: whether nothing is new that is worth storing
 */
gboolean
cg_ptz_sense_equal (const CgPtzSense *a, const CgPtzSense *b)
{
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    if (!is_same_axis (&a->axes[i], &b->axes[i], cg_ptz_sense_get_tolerance (b, i)))
      return FALSE;
  }
  return a->move_status == b->move_status && a->one_axis_only == b->one_axis_only &&
         a->loses_first == b->loses_first;
}
