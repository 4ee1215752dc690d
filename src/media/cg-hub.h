/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib-object.h>

#include "cg-access-unit.h"
#include "cg-hub-output.h"

G_BEGIN_DECLS

/* No input: what cg_hub_open_input() never returns. */
#define CG_HUB_NO_INPUT 0

/**
 * CgHubStats:
 * @frames: pictures that came in since the hub was made
 * @key_frames: of them, key frames
 * @bytes: of video and audio
 * @dropped: units that slow outputs did not get, present and past outputs together
 * @jumps: breaks of the camera's time stamps that were joined (Q20)
 * @inputs: how often an input was opened
 * @bitrate_kbps: over the last seconds
 * @fps: pictures a second over the same time
 * @gop_ms: distance of the input's last two key frames; 0: not known yet (Q14)
 * @reordered: the camera sends B-frames (Q22)
 */
typedef struct {
  guint64 frames;
  guint64 key_frames;
  guint64 audio_frames;
  guint64 bytes;
  guint64 dropped;
  guint jumps;
  guint inputs;
  guint outputs;
  guint bitrate_kbps;
  double fps;
  guint gop_ms;
  guint width;
  guint height;
  gboolean reordered;
} CgHubStats;

#define CG_TYPE_HUB (cg_hub_get_type ())
G_DECLARE_FINAL_TYPE (CgHub, cg_hub, CG, HUB, GObject)

CgHub *cg_hub_new (void);
void cg_hub_set_cache_max_bytes (CgHub *self, gsize max_bytes);

guint cg_hub_open_input (CgHub *self);
gboolean cg_hub_feed (CgHub *self, guint input, CgAccessUnit *unit, gint64 pts_us, gint64 now_us);
void cg_hub_close_input (CgHub *self, guint input);
void cg_hub_skip (CgHub *self);
void cg_hub_expect_sound (CgHub *self, guint input);

CgHubOutput *cg_hub_add_output (CgHub *self, CgHubWakeFunc wake, gpointer user_data);
void cg_hub_remove_output (CgHub *self, CgHubOutput *output);

gboolean cg_hub_expects_sound (CgHub *self);
CgAccessUnit *cg_hub_get_key_frame (CgHub *self);
void cg_hub_get_starvation (CgHub *self, CgHubStarvation *starvation);
void cg_hub_get_stats (CgHub *self, CgHubStats *stats);

G_END_DECLS
