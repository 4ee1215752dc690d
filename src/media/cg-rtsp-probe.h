/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cg_rtsp_probe_in_thread (const char *location,
                                  const char *username,
                                  const char *password,
                                  guint timeout_ms,
                                  GError **error);

G_END_DECLS
