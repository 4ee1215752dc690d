/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "cg-binding-patch.h"
#include "cg-config.h"
#include "cg-store.h"

G_BEGIN_DECLS

#define CG_TYPE_SETTINGS (cg_settings_get_type ())
G_DECLARE_FINAL_TYPE (CgSettings, cg_settings, CG, SETTINGS, GObject)

/*
 * What is configured: by the key file, and by the cloud, which is kept in the state folder.
 *
 * Signal "changed" (): cg_settings_get_config() is another one: apply it.
 */

CgSettings *cg_settings_new (CgStore *store, CgConfig *file);
void cg_settings_set_file (CgSettings *self, CgConfig *file);
CgConfig *cg_settings_get_config (CgSettings *self);

JsonObject *cg_settings_read (CgSettings *self, gboolean reveal);
JsonObject *cg_settings_read_one (CgSettings *self, const char *did, gboolean reveal);
const char *cg_settings_get_source (CgSettings *self, const char *did);

void cg_settings_write_async (CgSettings *self,
                              const char *did,
                              JsonObject *params,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cg_settings_write_finish (CgSettings *self, GAsyncResult *result, GError **error);
void cg_settings_add_async (CgSettings *self,
                            JsonObject *params,
                            gboolean only_checks,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean
cg_settings_add_finish (CgSettings *self, GAsyncResult *result, CgBindingSum *sum, GError **error);

G_END_DECLS
