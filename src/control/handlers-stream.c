/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-handlers.h"
#include "cg-member.h"

#define INVALID_URL "Invalid RTMP URL"

static gboolean
is_rtmp_url (const char *url)
{
  g_autofree char *scheme = NULL;
  g_autofree char *host = NULL;
  g_autofree char *path = NULL;

  if (!g_uri_split (url, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED, &scheme, NULL, &host,
                    NULL, &path, NULL, NULL, NULL))
    return FALSE;
  if (g_strcmp0 (scheme, "rtmp") != 0 && g_strcmp0 (scheme, "rtmps") != 0)
    return FALSE;
  return host != NULL && *host != '\0' && path != NULL && path[0] == '/' && path[1] != '\0';
}

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

  if (!cg_member_read_string (params, "url", &url) || !is_rtmp_url (url)) {
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, INVALID_URL);
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
