/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cg_media_prepare (const char *pipelines_dir, GError **error);
gboolean cg_media_load (GError **error);
gboolean cg_media_init (const char *pipelines_dir, GError **error);
gboolean cg_media_check (GError **error);
gboolean cg_media_check_rtmp_url (const char *url, GError **error);

G_END_DECLS
