/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What cg_rtcp_write() and cg_rtcp_write_loss() need at most, one after the other. */
#define CG_RTCP_MAX_SIZE 64

/**
 * CgRtcpNews:
 * @has_report: @ntp and @time were told, by @source
 * @ntp: seconds since 1900, 32 bits of them behind the point
 * @time: the same moment on the RTP clock
 * @is_goodbye: the sender leaves
 *
 * What we want to know of a sender's RTCP packet (RFC 3550, 6.4.1 and 6.6).
 */
typedef struct {
  gboolean has_report;
  guint32 source;
  guint64 ntp;
  guint32 time;
  gboolean is_goodbye;
} CgRtcpNews;

/**
 * CgRtcpReport:
 * @self: our own SSRC
 * @source: whose packets we get
 * @number: highest sequence number, with its cycles
 * @last_ntp: the middle 32 bits of its last report; 0: none
 * @delay: since then, in 1/65536 s
 *
 * What we tell a sender (RFC 3550, 6.4.2).
 */
typedef struct {
  guint32 self;
  guint32 source;
  guint32 number;
  guint32 last_ntp;
  guint32 delay;
} CgRtcpReport;

void cg_rtcp_parse (const guint8 *data, gsize size, CgRtcpNews *news);
gsize cg_rtcp_write (const CgRtcpReport *report, guint8 *data);
gsize cg_rtcp_write_loss (const CgRtcpReport *report, guint8 *data);

G_END_DECLS
