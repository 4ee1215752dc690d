/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-deadline.h"

#include "cg-member.h"

/**
 * cg_deadline_check:
 * @action: what is to be done; refused if it is too late for it
 * @clock: what time it is
 *
 * PROTOCOL.md section 1, offline. The page names no place for the member: parameters, service, then
 * message.
 *
 * Returns: whether it may still be done
 */
gboolean
cg_deadline_check (CgAction *action, CgClock *clock)
{
  CgMessage *message = cg_action_get_message (action);
  JsonObject *data = cg_message_get_data (message);
  JsonObject *const places[] = {
      cg_action_get_params (action),
      cg_member_get_object (data, cg_action_get_service (action)),
      cg_message_get_root (message),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    gint64 deadline_ms;

    if (places[i] == NULL || !cg_member_is_present (places[i], "deadline"))
      continue;
    if (!cg_member_read_integer (places[i], "deadline", &deadline_ms)) {
      cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid deadline");
      return FALSE;
    }
    if (deadline_ms < cg_clock_get_real_ms (clock)) {
      cg_action_refuse (action, CG_ERROR_EXPIRED, "expired");
      return FALSE;
    }
    return TRUE;
  }
  return TRUE;
}
