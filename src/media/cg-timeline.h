/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* H.264 allows 16 reference frames; no decoder reorders deeper (ITU-T H.264 A.3.1). */
#define CG_TIMELINE_MAX_DEPTH 16

/**
 * CgTimeline:
 *
 * The time stamps of one track, repaired: joined where they jump, restamped where a single one is
 * off (Q20), with decoding times that strictly rise also when pictures are reordered (Q22).
 * Pure: a value without references. All members are private.
 */
typedef struct {
  gboolean started;
  gint64 offset_us; /* what the hub adds to the input's time */
  gint64 last_in_us;
  gint64 last_now_us;
  gint64 step_us; /* distance of two units, for guessing */
  gboolean has_suspect;
  gint64 suspect_us; /* where the input jumped to, if it stays there */
  gboolean has_dts;
  gint64 last_dts_us;
  gint64 last_popped_us;
  gboolean keeps_order;
  guint depth; /* how far pictures are reordered, told or learnt */
  gboolean is_reordered;
  gint64 highest_us;
  guint n_pending;
  gint64 pending_us[CG_TIMELINE_MAX_DEPTH + 2]; /* sorted */
  guint jumps;
} CgTimeline;

void cg_timeline_init (CgTimeline *self);
void cg_timeline_expect_depth (CgTimeline *self, guint depth);
void cg_timeline_expect_order (CgTimeline *self);
void cg_timeline_restart (CgTimeline *self, gint64 offset_us);
void
cg_timeline_stamp (CgTimeline *self, gint64 in_us, gint64 now_us, gint64 *dts_us, gint64 *pts_us);

G_END_DECLS
