/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-clock.h"
#include "cg-config.h"
#include "cg-ptz-driver.h"
#include "cg-ptz.h"

G_BEGIN_DECLS

#define CG_TYPE_MOTION (cg_motion_get_type ())
G_DECLARE_FINAL_TYPE (CgMotion, cg_motion, CG, MOTION, GObject)

CgMotion *
cg_motion_new (CgPtzDriver *driver, CgClock *clock, const char *name, const CgPtzConfig *config);
void cg_motion_apply (CgMotion *self, const CgPtzConfig *config);
void cg_motion_start_async (CgMotion *self,
                            const CgMoveRequest *request,
                            gint64 asked_at_ms,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
guint cg_motion_take_turn (CgMotion *self);
void cg_motion_goto_async (CgMotion *self,
                           const char *preset,
                           guint turn,
                           gint64 asked_at_ms,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean cg_motion_start_finish (CgMotion *self, GAsyncResult *result, GError **error);
void cg_motion_halt_async (CgMotion *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_motion_halt_finish (CgMotion *self, GAsyncResult *result, GError **error);
void cg_motion_recover (CgMotion *self);
void cg_motion_link_lost (CgMotion *self, const char *source);
gboolean cg_motion_is_moving (CgMotion *self);

G_END_DECLS
