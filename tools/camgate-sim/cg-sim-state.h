/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-events.h"
#include "cg-sim-faults.h"
#include "cg-sim-ptz.h"
#include "cg-sim-requests.h"
#include "cg-sim.h"

G_BEGIN_DECLS

/**
 * CgSimProfile:
 *
 * One media profile: what the camera says of it and what it streams.
 */
typedef struct {
  const char *token;
  const char *name;
  const char *path; /* of the RTSP address */
  guint channel;    /* which picture, from 1 (Q60) */
  guint stream;     /* which of the streams it plays */
  CgSimCodec codec;
  guint width, height, fps;
  guint gop; /* frames */
  guint limit_kbps;
  gboolean is_filled; /* the limit is met with filler data */
} CgSimProfile;

/* The streams there are; each is a profile of the first channel. */
#define CG_SIM_N_PROFILES 2
/* An NVR plays the same two streams on all its channels (Q60). */
#define CG_SIM_MAX_CHANNELS 16
/* Where it stands when it mistakes local time for UTC (Q5): eight hours east. */
#define CG_SIM_ZONE "CST-8"
#define CG_SIM_ZONE_MS (8 * 3600 * 1000)
#define CG_SIM_PTZ_CONFIGURATION "ptz0"
#define CG_SIM_PTZ_NODE "node0"
/* Where the slots begin that a camera keeps for itself, as many do (Q32). */
#define CG_SIM_FIRST_RESERVED 33

/**
 * CgSimEncoder:
 *
 * What was written to an encoder: told from then on; the picture stays as it is.
 */
typedef struct {
  gboolean is_written;
  int width, height, gop;
  float fps, bitrate_kbps;
} CgSimEncoder;

/**
 * CgSimState:
 *
 * What the services of one camera share. Constant but for what is marked.
 */
typedef struct {
  CgSimOptions options; /* with strings of its own */
  CgSimProfile profiles[CG_SIM_N_PROFILES * CG_SIM_MAX_CHANNELS];
  GStringChunk *names; /* (owned) of the profiles */
  char *serial;
  char *endpoint;
  guint16 onvif_port; /* set once, when bound */
  guint16 rtsp_port;
  CgSimFaults *faults;     /* (owned) locks itself */
  CgSimRequests *requests; /* (owned) locks itself */

  CgSimEvents *events; /* (owned) locks itself */

  /* Of the thread that serves it. */
  CgSimEncoder encoders[CG_SIM_N_PROFILES];
  gint64 last_snapshot_us;
  void (*reboot) (gpointer user_data); /* (nullable) while it is served */
  gpointer reboot_data;

  GMutex lock;
  guint reboot_ms;        /* under lock: how long it is away */
  CgSimPtz *ptz;          /* (owned) under lock: get it by cg_sim_state_get_head() */
  gint64 last_command_ms; /* under lock: that moved it, or was to */
  guint n_stops;          /* under lock: since every second one is lost (Q1) */
  double skew_s;          /* under lock */
} CgSimState;

CgSimState *cg_sim_state_new (const CgSimOptions *options);
CgSimState *cg_sim_state_ref (CgSimState *self);
void cg_sim_state_unref (CgSimState *self);

gint64 cg_sim_state_get_time_ms (CgSimState *self);
gint64 cg_sim_state_get_token_time_ms (CgSimState *self);
gint64 cg_sim_state_get_told_time_ms (CgSimState *self);
void cg_sim_state_set_skew (CgSimState *self, double skew_s);
void cg_sim_state_note_refusal (CgSimState *self, const char *kind, const char *op);
gboolean cg_sim_state_is_locked (CgSimState *self);
void cg_sim_state_reboot (CgSimState *self);
void cg_sim_state_set_reboot_ms (CgSimState *self, guint reboot_ms);
guint cg_sim_state_get_reboot_ms (CgSimState *self);
guint cg_sim_state_count_profiles (CgSimState *self);
CgSimPtz *cg_sim_state_get_head (CgSimState *self);
gboolean cg_sim_state_is_reserved (CgSimState *self, const char *token);
gboolean cg_sim_state_is_slot (CgSimState *self, const char *token);
void cg_sim_state_reset (CgSimState *self, gboolean keep_presets);
void cg_sim_state_read_position (CgSimState *self, CgSimPosition *position);
void
cg_sim_state_set_video (CgSimState *self, CgSimCodec codec, guint width, guint height, guint fps);
char *cg_sim_state_make_url (
    CgSimState *self, const char *scheme, const char *host, guint16 port, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimState, cg_sim_state_unref)

G_END_DECLS
