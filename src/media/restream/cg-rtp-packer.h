/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-access-unit.h"

G_BEGIN_DECLS

/* Before each packet: `$`, the channel, and how long the packet is (RFC 2326, 10.12). */
#define CG_RTP_FRAME_HEAD 4

/**
 * CgRtpPacker:
 * @channel: of the packets; reports go by the next one
 * @payload_type: as the description says
 * @clock: ticks a second of the time stamps
 * @source: SSRC
 * @number: of the next packet
 * @first_time: the time stamp of time 0
 *
 * Makes RTP packets of access units: RFC 6184 (H.264), RFC 7798 (H.265), RFC 3640 (AAC). A plain
 * value.
 */
typedef struct {
  guint8 channel;
  guint8 payload_type;
  guint clock;
  guint32 source;
  guint16 number;
  guint32 first_time;
  /*< private >*/
  guint32 n_packets;
  guint32 n_bytes;
} CgRtpPacker;

void cg_rtp_packer_init (CgRtpPacker *self, guint8 payload_type, guint clock);
guint32 cg_rtp_packer_get_time (const CgRtpPacker *self, gint64 pts_us);
void
cg_rtp_packer_add (CgRtpPacker *self, const CgAccessUnit *unit, gint64 pts_us, GByteArray *frames);
void
cg_rtp_packer_add_report (CgRtpPacker *self, gint64 pts_us, gint64 real_us, GByteArray *frames);
gsize cg_rtp_frame_get_size (const guint8 *frame);

G_END_DECLS
