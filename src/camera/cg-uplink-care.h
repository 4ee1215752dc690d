/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How often it is asked; what it counts in seconds holds for any other pace as well. */
#define CG_UPLINK_TICK_MS 2000

typedef enum {
  CG_UPLINK_FREE,   /* the main picture is sent */
  CG_UPLINK_SLOW,   /* the small one: the line does not carry more */
  CG_UPLINK_BUDGET, /* the small one: all together are more than the box may send */
} CgUplinkState;

/**
 * CgUplinkStream:
 * @did: whose
 * @importance: the least important one is made small first
 * @has_small: its camera has a smaller picture
 * @is_playing: pictures go out
 * @is_stuck: it does not play because the line took nothing
 * @rate_kbps: that its camera sends now
 * @dropped: units that did not go out, so far; may begin again at 0
 * @state: (out): what is to be sent
 *
 * One stream as it is now, and what is to become of it.
 */
typedef struct {
  const char *did;
  guint importance;
  gboolean has_small;
  gboolean is_playing;
  gboolean is_stuck;
  guint rate_kbps;
  guint64 dropped;
  CgUplinkState state;
} CgUplinkStream;

/**
 * CgUplinkCare:
 *
 * Decides which streams send the small picture of their camera because the line of the box is too
 * narrow for the main ones. It knows neither streams nor clocks: it is asked again and again.
 */
typedef struct _CgUplinkCare CgUplinkCare;

CgUplinkCare *cg_uplink_care_new (void);
void cg_uplink_care_free (CgUplinkCare *self);
void cg_uplink_care_apply (CgUplinkCare *self, guint budget_kbps, guint retry_ms);
void
cg_uplink_care_decide (CgUplinkCare *self, CgUplinkStream *streams, guint n_streams, gint64 now_ms);
const char *cg_uplink_state_get_word (CgUplinkState state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgUplinkCare, cg_uplink_care_free)

G_END_DECLS
