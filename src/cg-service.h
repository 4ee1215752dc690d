/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-config.h"

G_BEGIN_DECLS

/**
 * CgServicePaths:
 * @config: key file
 * @state_dir: where state files are kept
 * @socket: of the local door
 */
typedef struct {
  char *config;
  char *state_dir;
  char *socket;
} CgServicePaths;

#define CG_TYPE_SERVICE (cg_service_get_type ())
G_DECLARE_FINAL_TYPE (CgService, cg_service, CG, SERVICE, GObject)

CgConfig *cg_service_load_config (const char *path, GError **error);

CgService *cg_service_new (const CgServicePaths *paths);
gboolean cg_service_start (CgService *self, CgConfig *config, GError **error);
void cg_service_reload (CgService *self);
void cg_service_stop_async (CgService *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_service_stop_finish (CgService *self, GAsyncResult *result, GError **error);

G_END_DECLS
