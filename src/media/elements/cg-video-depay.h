/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-picture-builder.h"
#include "cg-rtp-packet.h"

G_BEGIN_DECLS

/**
 * CgVideoDepay:
 *
 * From RTP packets to NAL units: single ones, aggregates and fragments (RFC 6184, 5.6 to 5.8; RFC
 * 7798, 4.4). Interleaved modes, which no camera uses on TCP, are taken as if in order.
 */
typedef struct _CgVideoDepay CgVideoDepay;

CgVideoDepay *
cg_video_depay_new (CgNalCodec codec, CgParameterSets *sets, CgUnitFunc func, gpointer user_data);
void cg_video_depay_free (CgVideoDepay *self);

void cg_video_depay_push (CgVideoDepay *self, const CgRtpPacket *packet);
void cg_video_depay_lose (CgVideoDepay *self);
guint cg_video_depay_get_dropped (const CgVideoDepay *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgVideoDepay, cg_video_depay_free)

G_END_DECLS
