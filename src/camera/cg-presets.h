/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-jobs.h"
#include "cg-preset-map.h"
#include "cg-store.h"

G_BEGIN_DECLS

#define CG_TYPE_PRESETS (cg_presets_get_type ())
G_DECLARE_FINAL_TYPE (CgPresets, cg_presets, CG, PRESETS, GObject)

/*
 * Signals:
 *   "learnt"   ()             that the camera keeps a slot for itself (Q32)
 *   "settled"  (guint index)  the list was read again after that preset was set
 *   "removing" ()             the camera is about to remove one: tokens that are known already may
 *                             stand for others from now on (Q31)
 */

/**
 * CgPresetsGuard:
 * @user_data: of whoever knows what moves the camera
 *
 * Asked at the last moment before the camera is told to keep where it stands.
 *
 * Returns: (transfer full) (nullable): why not now
 */
typedef GError *(*CgPresetsGuard) (gpointer user_data);

CgPresets *cg_presets_new (CgJobs *jobs, CgStore *store, CgClock *clock, const char *did);
void cg_presets_set_guard (CgPresets *self, CgPresetsGuard guard, gpointer user_data);
void cg_presets_set_profile (CgPresets *self, const char *ptz_profile, guint max_presets);
void cg_presets_set_reserved (CgPresets *self, const char *reserved);
const char *cg_presets_get_reserved (CgPresets *self);
const char *cg_presets_get_name (CgPresets *self, guint index);
void cg_presets_set_tolerance (CgPresets *self, const CgPresetPlace *tolerance);
gboolean cg_presets_get_place (CgPresets *self, guint index, CgPresetPlace *place);
void cg_presets_note_place (CgPresets *self, guint index, const CgPresetPlace *place);
void cg_presets_read_again (CgPresets *self);

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
