/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-restream.h"
#include "rtsp-viewer.h"

G_BEGIN_DECLS

/* Pictures from one key frame to the next; 25 a second, of 20,000 bytes each. */
#define RESTREAM_GOP 25

/* A server with one camera, `cam`, and what it has said of its viewers. */
typedef struct {
  CgRestream *restream;
  CgHub *hub;
  guint input;
  CgFormat *video;
  CgFormat *audio;
  guint fed;
  GString *watched; /* "+cam -cam ": somebody, nobody */
  gboolean closed;
  gboolean is_ipv6;
} RestreamFixture;

/* What a viewer has seen; `is_key`: the last one. */
typedef struct {
  gboolean is_key;
  guint pictures;
  guint keys;
  guint sets;
  guint broken; /* groups that did not begin with a key frame, or have a gap */
  gboolean has_number;
  guint16 number;
  gboolean has_time;
  guint32 time;
  guint8 sps[64]; /* the last one */
  gsize sps_size;
} RestreamSeen;

/* What is not given: on loopback of IPv4, ten seconds for an answer, a minute for a session. */
void restream_fixture_init_options (RestreamFixture *fixture, CgRestreamOptions options);
void restream_fixture_init (RestreamFixture *fixture);
void restream_fixture_close (RestreamFixture *fixture);
void restream_fixture_clear (RestreamFixture *fixture);

/* So many pictures more. */
void restream_feed (RestreamFixture *fixture, guint count);
void restream_feed_sound (RestreamFixture *fixture);

void restream_open_viewer (RestreamFixture *fixture, RtspViewer *viewer);
void restream_see (RestreamSeen *seen, const CgRtpPacket *packet);
/* Until it has seen so many pictures in all. */
void restream_watch (RtspViewer *viewer, RestreamSeen *seen, guint pictures);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RestreamFixture, restream_fixture_clear)

G_END_DECLS
