/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtcp.h"

#include <string.h>

#define SENDER_REPORT 200
#define RECEIVER_REPORT 201
#define DESCRIPTION 202
#define GOODBYE 203
#define PICTURE_FEEDBACK 206
#define PICTURE_LOST 1

#define CNAME 1
#define OUR_NAME "camgate"

static guint32
read_u32 (const guint8 *data)
{
  return (guint32)data[0] << 24 | (guint32)data[1] << 16 | (guint32)data[2] << 8 | data[3];
}

static guint8 *
write_u32 (guint8 *data, guint32 value)
{
  data[0] = (guint8)(value >> 24);
  data[1] = (guint8)(value >> 16);
  data[2] = (guint8)(value >> 8);
  data[3] = (guint8)value;
  return data + 4;
}

/**
 * cg_rtcp_parse:
 * @data: bytes of one compound packet
 * @size: how many
 * @news: (out): what they say; nothing, if they make no sense
 */
void
cg_rtcp_parse (const guint8 *data, gsize size, CgRtcpNews *news)
{
  *news = (CgRtcpNews){0};
  while (size >= 8 && data[0] >> 6 == 2) {
    const gsize length = (((gsize)data[2] << 8 | data[3]) + 1) * 4;

    if (length > size)
      return;
    if (data[1] == SENDER_REPORT && length >= 20) {
      news->has_report = TRUE;
      news->source = read_u32 (data + 4);
      news->ntp = (guint64)read_u32 (data + 8) << 32 | read_u32 (data + 12);
      news->time = read_u32 (data + 16);
    }
    news->is_goodbye = news->is_goodbye || data[1] == GOODBYE;
    data += length;
    size -= length;
  }
}

/* Who we are: a compound packet needs it (RFC 3550, 6.1). */
static guint8 *
write_description (const CgRtcpReport *report, guint8 *data)
{
  const gsize item = 4 + 2 + strlen (OUR_NAME) + 1;
  const gsize length = (item + 3) / 4;
  guint8 *next = write_u32 (data, 0x81000000u | DESCRIPTION << 16 | (guint32)length);

  memset (next, 0, length * 4);
  write_u32 (next, report->self);
  next[4] = CNAME;
  next[5] = (guint8)strlen (OUR_NAME);
  memcpy (next + 6, OUR_NAME, strlen (OUR_NAME));
  return next + length * 4;
}

/**
 * cg_rtcp_write:
 * @report: what to tell
 * @data: (out): room for %CG_RTCP_MAX_SIZE bytes
 *
 * The sign of life that some cameras wait for (Q17). On TCP nothing is lost and nothing comes late.
 *
 * Returns: how many bytes it took
 */
gsize
cg_rtcp_write (const CgRtcpReport *report, guint8 *data)
{
  guint8 *next = write_u32 (data, 0x81000000u | RECEIVER_REPORT << 16 | 7);

  next = write_u32 (next, report->self);
  next = write_u32 (next, report->source);
  next = write_u32 (next, 0); /* lost */
  next = write_u32 (next, report->number);
  next = write_u32 (next, 0); /* jitter */
  next = write_u32 (next, report->last_ntp);
  next = write_u32 (next, report->delay);
  next = write_description (report, next);
  return (gsize)(next - data);
}

/**
 * cg_rtcp_write_loss:
 * @report: who tells, and whom
 * @data: (out): room for what is left of %CG_RTCP_MAX_SIZE bytes
 *
 * Picture loss indication (RFC 4585, 6.3.1), behind a report: the camera is to send a key frame.
 * Recommended to cameras by the Streaming Specification, "Synchronization Point".
 *
 * Returns: how many bytes it took
 */
gsize
cg_rtcp_write_loss (const CgRtcpReport *report, guint8 *data)
{
  guint8 *next = write_u32 (data, 0x80000000u | PICTURE_LOST << 24 | PICTURE_FEEDBACK << 16 | 2);

  next = write_u32 (next, report->self);
  next = write_u32 (next, report->source);
  return (gsize)(next - data);
}
