/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-members.h"

#include "cg-member.h"

/**
 * cg_stream_members_add_stages:
 * @object: an event, what is shown of a camera, or its figures
 * @stages: how long its first picture took; those that were not reached are left out
 */
void
cg_stream_members_add_stages (JsonObject *object, const CgStreamStages *stages)
{
  g_autoptr (JsonObject) steps = json_object_new ();

  for (guint i = 0; i < CG_N_STREAM_STAGES; i++) {
    if (stages->took_ms[i] >= 0)
      json_object_set_int_member (steps, cg_stream_stages_get_word (i), stages->took_ms[i]);
  }
  if (json_object_get_size (steps) > 0)
    json_object_set_object_member (object, "stages", g_steal_pointer (&steps));
}

/**
 * cg_stream_members_add:
 * @object: an event, or what is shown of a camera
 * @report: how its stream stands
 * @url: (nullable): its address, as much of it as may be seen there
 *
 * Source: PROTOCOL.md section 4, play; ours are since, next and stages.
 */
void
cg_stream_members_add (JsonObject *object, const CgStreamReport *report, const char *url)
{
  json_object_set_string_member (object, "state", cg_stream_state_get_word (report->state));
  cg_member_set_text (object, "url", url);
  cg_member_set_text (object, "reason", report->reason);
  cg_member_set_text (object, "error", report->text);
  cg_member_set_time (object, "since", report->since_ms);
  cg_member_set_time (object, "next", report->next_ms);
  cg_stream_members_add_stages (object, &report->stages);
}
