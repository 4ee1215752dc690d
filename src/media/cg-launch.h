/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

#include "cg-launch-text.h"

G_BEGIN_DECLS

gboolean cg_launch_check (GError **error);
GstElement *cg_launch_build (const char *name, GError **error);
GstElement *cg_launch_build_branch (const char *name, GError **error);

G_END_DECLS
