/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz-members.h"

#include "cg-member.h"

static void
add_lease (JsonObject *object, const CgPtzStatus *status)
{
  JsonObject *lease;

  if (!status->has_lease)
    return;
  lease = json_object_new ();
  json_object_set_int_member (lease, "left", status->lease_left_ms);
  cg_member_set_text (lease, "source", status->source);
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++)
    json_object_set_double_member (lease, cg_ptz_axis_get_word (i), status->speeds[i]);
  json_object_set_object_member (object, "lease", lease);
}

static void
add_position (JsonObject *object, const CgPtzStatus *status)
{
  JsonObject *position;

  if (!status->has_look)
    return;
  position = json_object_new ();
  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    double value;

    if (cg_ptz_look_get (&status->look, i, &value))
      json_object_set_double_member (position, cg_ptz_axis_get_word (i), value);
  }
  json_object_set_int_member (position, "age", status->look_age_ms);
  json_object_set_object_member (object, "position", position);
}

static void
add_end (JsonObject *limit, const char *name, double at, const char *known, const char *word)
{
  if (word == NULL)
    return;
  json_object_set_double_member (limit, name, at);
  json_object_set_string_member (limit, known, word);
}

/* Where the axes end, and how that is known. */
static void
add_limits (JsonObject *object, const CgPtzStatus *status)
{
  JsonObject *limits = json_object_new ();

  for (CgPtzAxis i = 0; i < CG_PTZ_N_AXES; i++) {
    const CgPtzLimits *known = &status->limits[i];
    JsonObject *limit = json_object_new ();

    add_end (limit, "min", known->range.min, "minKnown", known->min_known);
    add_end (limit, "max", known->range.max, "maxKnown", known->max_known);
    json_object_set_object_member (limits, cg_ptz_axis_get_word (i), limit);
  }
  json_object_set_object_member (object, "limits", limits);
}

static void
add_preset (JsonObject *object, const CgPtzStatus *status)
{
  JsonObject *preset;

  if (status->preset_state == CG_PTZ_PRESET_NONE)
    return;
  preset = json_object_new ();
  if (status->preset_index > 0)
    json_object_set_int_member (preset, "index", status->preset_index);
  cg_member_set_text (preset, "name", status->preset_name);
  json_object_set_string_member (preset, "state",
                                 status->preset_state == CG_PTZ_PRESET_CALLING ? "calling" : "at");
  json_object_set_object_member (object, "preset", preset);
}

/**
 * cg_ptz_members_new:
 * @status: how a camera moves
 *
 * Returns: (transfer full): members of the reply to `ptz {"status":{}}`: `contacted`, `moving`,
 *   `lease` (`left` in ms, `source`, speeds), `position` (`age` in ms), `preset`, `limits`,
 *   `measurable`, `stop` (the form that works), and `learnt` as in the camera's state file
 */
JsonObject *
cg_ptz_members_new (const CgPtzStatus *status)
{
  JsonObject *object = json_object_new ();

  json_object_set_boolean_member (object, "contacted", status->is_contacted);
  json_object_set_boolean_member (object, "moving", status->is_moving);
  add_lease (object, status);
  add_position (object, status);
  add_preset (object, status);
  add_limits (object, status);
  json_object_set_boolean_member (object, "measurable", status->is_measurable);
  if (status->learnt != NULL)
    json_object_set_member (object, "learnt", json_node_ref (status->learnt));
  cg_member_set_text (object, "stop", status->stop_form);
  return object;
}
