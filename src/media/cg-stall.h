/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgStallPoint:
 * @CG_STALL_PACKETS: RTP packets, whatever is in them, come from the camera
 * @CG_STALL_PICTURES: whole pictures come out of them
 * @CG_STALL_SERVER: the media server takes bytes
 *
 * Where a stream that is connected can stand still (Q8).
 */
typedef enum {
  CG_STALL_PACKETS,
  CG_STALL_PICTURES,
  CG_STALL_SERVER,
  CG_N_STALL_POINTS,
} CgStallPoint;

guint cg_stall_get_timeout_ms (CgStallPoint point, guint stall_timeout_ms);

G_END_DECLS
