/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

#include "cg-access-unit.h"

G_BEGIN_DECLS

/**
 * CgPullTrack:
 *
 * How the buffers of one track become access units. For the one thread that brings them; begins as
 * zeroes. All members are private.
 */
typedef struct {
  GstCaps *caps;    /* (owned) (nullable) of the buffer before */
  CgFormat *format; /* (owned) (nullable) */
} CgPullTrack;

void cg_pull_track_clear (CgPullTrack *self);
CgAccessUnit *
cg_pull_track_take (CgPullTrack *self, CgTrack track, GstCaps *caps, GstBuffer *buffer);
gint64 cg_pull_track_get_pts_us (const GstBuffer *buffer, gint64 now_us);

G_END_DECLS
