/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera.h"
#include "cg-progress.h"

G_BEGIN_DECLS

void cg_camera_upgrade_async (CgCamera *self,
                              const char *path,
                              const char *version,
                              CgProgressFunc on_percent,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cg_camera_upgrade_finish (CgCamera *self, GAsyncResult *result, GError **error);

G_END_DECLS
