/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

#include "cg-error.h"

G_BEGIN_DECLS

/* What the RTSP element tells when a camera takes none of the transports offered (Q18). */
gboolean cg_pull_error_is_transport (GstMessage *message);
GError *cg_pull_error_from_message (GstMessage *message);
GError *cg_pull_error_from_status (guint status);

G_END_DECLS
