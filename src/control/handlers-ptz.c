/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-handlers.h"
#include "cg-member.h"
#include "cg-ptz-members.h"

static gboolean
read_direction (JsonObject *params, CgDirection *direction)
{
  gint64 number;

  if (!cg_member_read_integer (params, "direction", &number) || number < 0 ||
      number >= CG_N_DIRECTIONS)
    return FALSE;
  *direction = (CgDirection)number;
  return TRUE;
}

/* PROTOCOL.md section 4, ptz: absent is medium, above fast is fast. */
static gboolean
read_speed (JsonObject *params, CgSpeed *speed)
{
  gint64 number = CG_SPEED_MEDIUM;

  if (cg_member_is_present (params, "speed") && !cg_member_read_integer (params, "speed", &number))
    return FALSE;
  if (number < 0)
    return FALSE;
  *speed = (CgSpeed)MIN (number, CG_SPEED_FAST);
  return TRUE;
}

static void
on_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;

  cg_camera_move_finish (CG_CAMERA (source), result, &error);
  cg_action_settle (action, error);
}

/**
 * cg_handle_ptz_start:
 * @dispatcher: who calls
 * @action: `ptz {"start":{"direction", "speed"}}`
 *
 * PROTOCOL.md section 4, ptz: answered when the camera has answered.
 */
void
cg_handle_ptz_start (CgDispatcher *dispatcher, CgAction *action)
{
  JsonObject *params = cg_action_get_params (action);
  CgMoveRequest request = {.source = cg_action_get_origin (action)->name};

  if (!read_direction (params, &request.direction))
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid direction");
  else if (!read_speed (params, &request.speed))
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid speed");
  else
    cg_camera_move_async (cg_action_get_camera (action), &request, on_moved, g_object_ref (action));
}

static void
on_halted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;

  cg_camera_halt_finish (CG_CAMERA (source), result, &error);
  cg_action_settle (action, error);
}

/**
 * cg_handle_ptz_stop:
 * @dispatcher: who calls
 * @action: `ptz {"stop":{}}`
 *
 * PROTOCOL.md section 4, ptz: overtakes everything that waits for this camera.
 */
void
cg_handle_ptz_stop (CgDispatcher *dispatcher, CgAction *action)
{
  cg_camera_halt_async (cg_action_get_camera (action), on_halted, g_object_ref (action));
}

static void
on_status (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CgPtzStatus) status = cg_camera_ptz_status_finish (CG_CAMERA (source), result, &error);
  g_autoptr (JsonObject) members = status != NULL ? cg_ptz_members_new (status) : NULL;

  if (members != NULL)
    cg_action_reply (action, members);
  else
    cg_action_fail (action, error);
}

/**
 * cg_handle_ptz_status:
 * @dispatcher: who calls
 * @action: `ptz {"status":{}}`
 *
 * All that is known of how the camera moves. Over the local socket only, as its row of the services
 * says: the contract of the cloud has no such method (60020).
 */
void
cg_handle_ptz_status (CgDispatcher *dispatcher, CgAction *action)
{
  cg_camera_ptz_status_async (cg_action_get_camera (action), on_status, g_object_ref (action));
}
