/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-firmware-desk.h"
#include "cg-handlers.h"
#include "cg-log.h"
#include "cg-member.h"

/* PROTOCOL.md section 4, firmware: HTTP, fetched by us. */
#define PROTOCOL_HTTP 2
#define DELIVERY_PULL 0

/* What takes no firmware need not be sent any. */
static gboolean
takes_firmware (CgDispatcher *dispatcher, CgAction *action)
{
  CgCamera *camera = cg_action_get_camera (action);

  if (camera != NULL)
    return cg_camera_get_config (camera)->protocol == CG_PROTOCOL_ONVIF;
  return cg_dispatcher_get_config (dispatcher)->firmware.command != NULL;
}

/**
 * cg_handle_firmware_update:
 * @dispatcher: who calls
 * @action: `firmware {"update":{"uri", "md5sum", "version"}}`
 *
 * PROTOCOL.md section 4, firmware: answered at once; events tell what becomes of it.
 */
void
cg_handle_firmware_update (CgDispatcher *dispatcher, CgAction *action)
{
  CgFirmware *firmware = cg_dispatcher_get_firmware (dispatcher);
  JsonObject *params = cg_action_get_params (action);
  const char *uri = "";
  const char *md5 = "";
  const char *version = NULL;
  CgFirmwareOrder order = {0};
  g_autoptr (GError) error = NULL;

  cg_member_read_string (params, "uri", &uri);
  cg_member_read_string (params, "md5sum", &md5);
  if (cg_member_is_present (params, "version") &&
      !cg_member_read_string (params, "version", &version)) {
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid version");
    return;
  }
  order = (CgFirmwareOrder){.uri = (char *)uri, .md5 = (char *)md5, .version = (char *)version};
  cg_firmware_order (firmware, cg_action_get_did (action), &order, &error);
  cg_action_settle (action, error);
  if (error != NULL || takes_firmware (dispatcher, action))
    return;
  error = g_error_new_literal (CG_ERROR, CG_ERROR_NOT_SUPPORTED, "it takes no firmware");
  cg_firmware_end (firmware, cg_action_get_did (action), CG_FIRMWARE_NOT_SUPPORTED, error);
}

/**
 * cg_handle_firmware_read:
 * @dispatcher: who calls
 * @action: `firmware {"read":{}}`
 *
 * PROTOCOL.md section 4, firmware.
 */
void
cg_handle_firmware_read (CgDispatcher *dispatcher, CgAction *action)
{
  const char *did = cg_action_get_did (action);
  const CgFirmwareOrder *order = cg_firmware_find (cg_dispatcher_get_firmware (dispatcher), did);
  g_autoptr (JsonObject) members = cg_firmware_desk_describe (dispatcher, did);
  g_autofree char *uri = NULL;

  json_object_set_int_member (members, "protocol", PROTOCOL_HTTP);
  json_object_set_int_member (members, "delivery", DELIVERY_PULL);
  if (order != NULL) {
    uri = cg_action_get_origin (action)->is_local ? cg_log_uri (order->uri) : g_strdup (order->uri);
    json_object_set_string_member (members, "uri", uri);
    json_object_set_string_member (members, "md5sum", order->md5);
    cg_member_set_text (members, "version", order->version);
    if (order->percent > 0)
      json_object_set_int_member (members, "progress", order->percent);
  }
  cg_action_tell (action, members);
}
