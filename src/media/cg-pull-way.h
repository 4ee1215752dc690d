/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

#include "cg-config.h"

G_BEGIN_DECLS

/* How each transport is asked for; %CG_TRANSPORT_AUTO begins as TCP. */
const char *cg_pull_way_get_name (CgTransport transport);
gboolean cg_pull_way_is_tunnel (CgTransport transport);
GstElement *cg_pull_way_build (CgTransport transport, GError **error);
void cg_pull_way_apply (CgTransport transport, GstElement *source, const char *location);
gboolean cg_pull_way_request_key (GstElement *source);

G_END_DECLS
