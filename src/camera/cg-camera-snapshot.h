/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera.h"

G_BEGIN_DECLS

/**
 * CgCameraPicture:
 * @jpeg: (owned): what one sees
 * @is_from_stream: the last key frame of the stream that runs; else the camera has made it
 */
typedef struct {
  GBytes *jpeg;
  gboolean is_from_stream;
} CgCameraPicture;

void cg_camera_picture_free (CgCameraPicture *self);

void cg_camera_snapshot_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
CgCameraPicture *cg_camera_snapshot_finish (CgCamera *self, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCameraPicture, cg_camera_picture_free)

G_END_DECLS
