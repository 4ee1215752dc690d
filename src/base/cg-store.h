/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define CG_TYPE_STORE (cg_store_get_type ())
G_DECLARE_FINAL_TYPE (CgStore, cg_store, CG, STORE, GObject)

CgStore *cg_store_new (const char *dir);
const char *cg_store_get_dir (CgStore *self);

JsonNode *cg_store_load (CgStore *self, const char *name, GError **error);
gboolean cg_store_save_sync (CgStore *self, const char *name, JsonNode *node, GError **error);
void cg_store_save_async (CgStore *self,
                          const char *name,
                          JsonNode *node,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
void cg_store_note_async (CgStore *self,
                          const char *name,
                          JsonNode *node,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean cg_store_save_finish (CgStore *self, GAsyncResult *result, GError **error);
void cg_store_flush_async (CgStore *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_store_flush_finish (CgStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
