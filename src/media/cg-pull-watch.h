/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgPullCount:
 * @packets: RTP packets that came so far; wraps
 * @frames: pictures that came so far; wraps
 * @is_described: the camera offers a picture that we take
 */
typedef struct {
  guint packets;
  guint frames;
  gboolean is_described;
} CgPullCount;

/**
 * CgPullWatch:
 *
 * The deadlines of a pull: to its first key frame, then of packets and of pictures (Q8). All
 * members are private.
 */
typedef struct {
  guint start_timeout_ms;
  guint packet_timeout_ms;
  guint picture_timeout_ms;
  gboolean is_live;
  gint64 started_ms;
  guint packets; /* at the last look */
  guint frames;
  gint64 packets_ms; /* when there was one more */
  gint64 frames_ms;
} CgPullWatch;

void cg_pull_watch_init (CgPullWatch *self, guint start_timeout_ms, guint stall_timeout_ms);
guint cg_pull_watch_get_pause_ms (const CgPullWatch *self);
void cg_pull_watch_begin (CgPullWatch *self, gint64 now_ms);
void cg_pull_watch_go_live (CgPullWatch *self, gint64 now_ms);
GError *cg_pull_watch_look (CgPullWatch *self, gint64 now_ms, const CgPullCount *count);

G_END_DECLS
