/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera-answer.h"
#include "cg-camera.h"
#include "cg-place.h"

G_BEGIN_DECLS

/* What of a camera is looked after beyond pictures and moves. Those that ask the camera try to
 * reach it first, for as long as a reply may take. */

void cg_camera_read_clock_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
CgCameraClock *cg_camera_read_clock_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_set_clock_async (CgCamera *self,
                                gint64 utc_ms,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean cg_camera_set_clock_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_read_link_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
CgCameraLink *cg_camera_read_link_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_read_place_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean
cg_camera_read_place_finish (CgCamera *self, GAsyncResult *result, CgPlace *place, GError **error);

gboolean cg_camera_plan_reboot (CgCamera *self, guint delay_ms, GError **error);
void cg_camera_forget_reboot (CgCamera *self);
void cg_camera_inherit_reboot (CgCamera *self, CgCamera *before);

G_END_DECLS
