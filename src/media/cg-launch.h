/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

gboolean cg_launch_read (const char *directory, GError **error);
gboolean cg_launch_check (GError **error);
char *cg_launch_load (const char *name, GError **error);
GstElement *cg_launch_build (const char *name, GError **error);
GstElement *cg_launch_build_branch (const char *name, GError **error);

G_END_DECLS
