/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-jobs.h"
#include "cg-ptz.h"
#include "cg-store.h"

G_BEGIN_DECLS

#define CG_TYPE_PRESETS (cg_presets_get_type ())
G_DECLARE_FINAL_TYPE (CgPresets, cg_presets, CG, PRESETS, GObject)

CgPresets *cg_presets_new (CgJobs *jobs, CgStore *store, CgClock *clock, const char *did);
void cg_presets_set_profile (CgPresets *self, const char *ptz_profile);

void cg_presets_set_async (CgPresets *self,
                           guint index,
                           const char *name,
                           guint timeout_ms,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
void cg_presets_find_async (CgPresets *self,
                            guint index,
                            guint timeout_ms,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
char *cg_presets_find_finish (CgPresets *self, GAsyncResult *result, GError **error);
void cg_presets_remove_async (CgPresets *self,
                              guint index,
                              guint timeout_ms,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cg_presets_finish (CgPresets *self, GAsyncResult *result, GError **error);
void cg_presets_list_async (CgPresets *self,
                            guint timeout_ms,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
GPtrArray *cg_presets_list_finish (CgPresets *self, GAsyncResult *result, GError **error);

G_END_DECLS
