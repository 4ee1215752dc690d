/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-handlers.h"
#include "cg-member.h"

/**
 * cg_handle_play:
 * @dispatcher: who calls
 * @action: `play {"url", "players"}`
 *
 * PROTOCOL.md section 4, play: accepted at once; what becomes of it is told by event.
 */
void
cg_handle_play (CgDispatcher *dispatcher, CgAction *action)
{
  JsonObject *params = cg_action_get_params (action);
  CgFleet *fleet = cg_dispatcher_get_fleet (dispatcher);
  const char *url;
  gint64 players;
  g_autoptr (GError) error = NULL;

  if (!cg_member_read_string (params, "url", &url)) {
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid RTMP URL");
    return;
  }
  if (cg_member_is_present (params, "players") &&
      !cg_member_read_integer (params, "players", &players)) {
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid players");
    return;
  }
  cg_fleet_play (fleet, cg_action_get_camera (action), url, &error);
  cg_action_settle (action, error);
}

/**
 * cg_handle_stop:
 * @dispatcher: who calls
 * @action: `stop {"reason"}`
 *
 * PROTOCOL.md section 4, stop: done also when nothing runs, and whatever the reason looks like.
 */
void
cg_handle_stop (CgDispatcher *dispatcher, CgAction *action)
{
  cg_fleet_stop (cg_dispatcher_get_fleet (dispatcher), cg_action_get_camera (action));
  cg_action_reply (action, NULL);
}
