/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtp-packet.h"

#define HEAD 12

static guint32
read_u32 (const guint8 *data)
{
  return (guint32)data[0] << 24 | (guint32)data[1] << 16 | (guint32)data[2] << 8 | data[3];
}

/**
 * cg_rtp_packet_parse:
 * @data: bytes of one packet
 * @size: how many
 * @packet: (out): what they say
 *
 * Returns: whether it is an RTP packet; one without payload is one too
 */
gboolean
cg_rtp_packet_parse (const guint8 *data, gsize size, CgRtpPacket *packet)
{
  if (size < HEAD || data[0] >> 6 != 2)
    return FALSE;
  gsize start = HEAD + (data[0] & 0x0fu) * 4u;
  if ((data[0] & 0x10) != 0) {
    if (size < start + 4)
      return FALSE;
    start += 4 + ((gsize)data[start + 2] << 8 | data[start + 3]) * 4;
  }
  const gsize padding = (data[0] & 0x20) != 0 ? data[size - 1] : 0;
  if (size < start || size - start < padding)
    return FALSE;
  *packet = (CgRtpPacket){
      .marker = (data[1] & 0x80) != 0,
      .payload_type = data[1] & 0x7f,
      .number = (guint16)(data[2] << 8 | data[3]),
      .time = read_u32 (data + 4),
      .source = read_u32 (data + 8),
      .data = data + start,
      .size = size - start - padding,
  };
  return TRUE;
}
