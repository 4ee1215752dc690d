/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cg_rtsp_describe_in_thread (const char *location,
                                  const char *username,
                                  const char *password,
                                  guint timeout_ms,
                                  GError **error);
gboolean cg_rtsp_probe_in_thread (const char *location,
                                  const char *username,
                                  const char *password,
                                  guint timeout_ms,
                                  GError **error);

G_END_DECLS
