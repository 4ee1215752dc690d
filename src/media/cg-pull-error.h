/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

#include "cg-error.h"

G_BEGIN_DECLS

guint cg_pull_error_get_status (GstMessage *message);
gboolean cg_pull_error_is_nothing_set_up (GstMessage *message);
GError *cg_pull_error_from_message (GstMessage *message);
GError *cg_pull_error_from_status (guint status);

G_END_DECLS
