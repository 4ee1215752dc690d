/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-services.h"

/* PROTOCOL.md section 2: every service of the contract, handled or not, has its place in a reply.
 */
static const CgServiceRow services[] = {
    {"play", .is_wrapped = FALSE, .has_methods = FALSE, .errors = CG_ERROR_SCOPE_GENERAL},
    {"stop", .is_wrapped = FALSE, .has_methods = FALSE, .errors = CG_ERROR_SCOPE_GENERAL},
    {"snapshot", .is_wrapped = FALSE, .has_methods = FALSE, .errors = CG_ERROR_SCOPE_GENERAL},
    {"ptz", .is_wrapped = FALSE, .has_methods = TRUE, .errors = CG_ERROR_SCOPE_PTZ},
    {"preset", .is_wrapped = FALSE, .has_methods = TRUE, .errors = CG_ERROR_SCOPE_PTZ},
    {"device", .is_wrapped = TRUE, .has_methods = TRUE, .errors = CG_ERROR_SCOPE_GENERAL},
    {"connectivity", .is_wrapped = TRUE, .has_methods = TRUE, .errors = CG_ERROR_SCOPE_GENERAL},
    {"firmware", .is_wrapped = TRUE, .has_methods = TRUE, .errors = CG_ERROR_SCOPE_GENERAL,
     .is_slow = TRUE},
    {"location", .is_wrapped = TRUE, .has_methods = TRUE, .errors = CG_ERROR_SCOPE_GENERAL},
    {"statistics", .is_wrapped = TRUE, .has_methods = TRUE, .errors = CG_ERROR_SCOPE_GENERAL},
    {"config", .is_wrapped = TRUE, .has_methods = TRUE, .errors = CG_ERROR_SCOPE_GENERAL,
     .is_slow = TRUE},
    {"peripheral", .is_wrapped = TRUE, .has_methods = TRUE, .errors = CG_ERROR_SCOPE_GENERAL,
     .is_slow = TRUE},
    {"cameras", .is_wrapped = FALSE, .has_methods = FALSE, .errors = CG_ERROR_SCOPE_GENERAL},
    {"status", .is_wrapped = FALSE, .has_methods = FALSE, .errors = CG_ERROR_SCOPE_GENERAL},
    {"trace", .is_wrapped = FALSE, .has_methods = FALSE, .errors = CG_ERROR_SCOPE_GENERAL},
};

static const CgHandlerRow handlers[] = {
    {"play", NULL, CG_SCOPE_CAMERA, cg_handle_play},
    {"stop", NULL, CG_SCOPE_CAMERA, cg_handle_stop},
    {"snapshot", NULL, CG_SCOPE_LOCAL_CAMERA, cg_handle_snapshot},
    {"ptz", "start", CG_SCOPE_CAMERA, cg_handle_ptz_start},
    {"ptz", "stop", CG_SCOPE_CAMERA, cg_handle_ptz_stop, .never_late = TRUE},
    {"ptz", "status", CG_SCOPE_LOCAL_CAMERA, cg_handle_ptz_status},
    {"preset", "set", CG_SCOPE_CAMERA, cg_handle_preset_set},
    {"preset", "list", CG_SCOPE_CAMERA, cg_handle_preset_list},
    {"preset", "read", CG_SCOPE_CAMERA, cg_handle_preset_list},
    {"preset", "get", CG_SCOPE_CAMERA, cg_handle_preset_list},
    {"preset", "goto", CG_SCOPE_CAMERA, cg_handle_preset_goto},
    {"preset", "remove", CG_SCOPE_CAMERA, cg_handle_preset_remove},
    {"device", "read", CG_SCOPE_ANY, cg_handle_device_read},
    {"device", "write", CG_SCOPE_ANY, cg_handle_device_write},
    {"device", "reboot", CG_SCOPE_ANY, cg_handle_device_reboot},
    {"device", "reset", CG_SCOPE_ANY, cg_handle_device_reset},
    {"connectivity", "read", CG_SCOPE_ANY, cg_handle_connectivity_read},
    {"location", "read", CG_SCOPE_ANY, cg_handle_location_read},
    {"statistics", "read", CG_SCOPE_ANY, cg_handle_statistics_read},
    {"firmware", "update", CG_SCOPE_ANY, cg_handle_firmware_update},
    {"firmware", "read", CG_SCOPE_ANY, cg_handle_firmware_read},
    {"config", "read", CG_SCOPE_ANY, cg_handle_config_read},
    {"config", "write", CG_SCOPE_ANY, cg_handle_config_write},
    {"config", "merge", CG_SCOPE_LOCAL, cg_handle_config_merge},
    {"peripheral", "read", CG_SCOPE_GATEWAY, cg_handle_peripheral_read},
    {"peripheral", "write", CG_SCOPE_GATEWAY, cg_handle_peripheral_write},
    {"cameras", NULL, CG_SCOPE_LOCAL, cg_handle_cameras},
    {"status", NULL, CG_SCOPE_LOCAL, cg_handle_status},
    {"trace", NULL, CG_SCOPE_LOCAL, cg_handle_trace},
};

/**
 * cg_services_find:
 * @name: a service
 *
 * Returns: (nullable): what there is to know of it; %NULL for one that no contract names
 */
const CgServiceRow *
cg_services_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (services); i++) {
    if (g_strcmp0 (services[i].name, name) == 0)
      return &services[i];
  }
  return NULL;
}

/**
 * cg_services_find_handler:
 * @service: a service
 * @method: (nullable): a method, %NULL for a service without methods
 * @scopes: whose handlers count
 *
 * Returns: (nullable): its row
 */
const CgHandlerRow *
cg_services_find_handler (const char *service, const char *method, CgScopes scopes)
{
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (g_strcmp0 (handlers[i].service, service) == 0 &&
        g_strcmp0 (handlers[i].method, method) == 0 && (handlers[i].scopes & scopes) != 0)
      return &handlers[i];
  }
  return NULL;
}

/**
 * cg_services_is_offered:
 * @service: a service
 * @scopes: whose handlers count
 *
 * Returns: whether it has any method there
 */
gboolean
cg_services_is_offered (const char *service, CgScopes scopes)
{
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (g_str_equal (handlers[i].service, service) && (handlers[i].scopes & scopes) != 0)
      return TRUE;
  }
  return FALSE;
}
