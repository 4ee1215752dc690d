/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/rtsp-server/rtsp-server.h>

G_BEGIN_DECLS

/* Multicast that does not leave this machine: a group of its own for each camera. */
void cg_sim_group_add_to (GstRTSPAddressPool *pool, guint16 rtsp_port);
void cg_sim_group_configure (GstRTSPMediaFactory *factory);

G_END_DECLS
