/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgRtpPacket:
 * @marker: as the profile means it
 * @number: the sequence number
 * @time: on the clock of the payload type
 * @source: SSRC
 * @data: (transfer none): the payload; points into what was parsed
 *
 * RFC 3550, 5.1.
 */
typedef struct {
  gboolean marker;
  guint payload_type;
  guint16 number;
  guint32 time;
  guint32 source;
  const guint8 *data;
  gsize size;
} CgRtpPacket;

gboolean cg_rtp_packet_parse (const guint8 *data, gsize size, CgRtpPacket *packet);

G_END_DECLS
