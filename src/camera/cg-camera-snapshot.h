/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera-answer.h"
#include "cg-camera.h"

G_BEGIN_DECLS

void cg_camera_snapshot_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
CgCameraPicture *cg_camera_snapshot_finish (CgCamera *self, GAsyncResult *result, GError **error);

G_END_DECLS
