/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

void
cg_reaper_release_async (GstElement *pipeline, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_reaper_release_finish (GAsyncResult *result, GError **error);

G_END_DECLS
