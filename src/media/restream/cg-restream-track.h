/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/rtsp/gstrtsptransport.h>

#include "cg-rtp-packer.h"

G_BEGIN_DECLS

/**
 * CgRestreamTrack:
 * @is_set_up: the viewer wants it
 * @is_udp: and by UDP, between the sockets here and those addresses; else by the connection
 * @format: (owned) (nullable): as it was described
 * @reported_us: when the last report went, monotonic
 *
 * Picture or sound on its way to one viewer.
 */
typedef struct {
  gboolean is_set_up;
  gboolean is_udp;
  CgFormat *format;
  CgRtpPacker packer;
  GSocket *rtp;            /* (owned) (nullable) */
  GSocket *rtcp;           /* (owned) (nullable) */
  GSocketAddress *rtp_to;  /* (owned) (nullable) */
  GSocketAddress *rtcp_to; /* (owned) (nullable) */
  gint64 reported_us;
} CgRestreamTrack;

void cg_restream_track_clear (CgRestreamTrack *self);
char *cg_restream_track_set_up (CgRestreamTrack *self,
                                const char *wanted,
                                guint number,
                                GSocket *connection);
void cg_restream_track_send (CgRestreamTrack *self, const GByteArray *frames);
gboolean cg_restream_track_has_word (CgRestreamTrack *self);

G_END_DECLS
