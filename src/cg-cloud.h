/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-dispatcher.h"

G_BEGIN_DECLS

#define CG_TYPE_CLOUD (cg_cloud_get_type ())
G_DECLARE_FINAL_TYPE (CgCloud, cg_cloud, CG, CLOUD, GObject)

/* The way to the cloud that is configured, if any: one channel, and the door that serves it now. */

CgCloud *cg_cloud_new (CgDispatcher *dispatcher);
void cg_cloud_apply (CgCloud *self, CgConfig *config);
void cg_cloud_close_async (CgCloud *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_cloud_close_finish (CgCloud *self, GAsyncResult *result, GError **error);

G_END_DECLS
