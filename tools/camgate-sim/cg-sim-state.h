/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

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
  guint width, height, fps;
  guint gop; /* frames */
  guint limit_kbps;
  gboolean is_filled; /* the limit is met with filler data */
} CgSimProfile;

#define CG_SIM_N_PROFILES 2
#define CG_SIM_PTZ_CONFIGURATION "ptz0"
#define CG_SIM_PTZ_NODE "node0"

/**
 * CgSimState:
 *
 * What the services of one camera share. Constant but for what is marked.
 */
typedef struct {
  CgSimOptions options; /* with strings of its own */
  CgSimProfile profiles[CG_SIM_N_PROFILES];
  char *serial;
  char *endpoint;
  guint16 onvif_port; /* set once, when bound */
  guint16 rtsp_port;
  CgSimFaults *faults;     /* (owned) locks itself */
  CgSimRequests *requests; /* (owned) locks itself */

  GMutex lock;
  CgSimPtz *ptz; /* (owned) under lock */
  double skew_s; /* under lock */
} CgSimState;

CgSimState *cg_sim_state_new (const CgSimOptions *options);
CgSimState *cg_sim_state_ref (CgSimState *self);
void cg_sim_state_unref (CgSimState *self);

gint64 cg_sim_state_get_time_ms (CgSimState *self);
void cg_sim_state_set_skew (CgSimState *self, double skew_s);
void cg_sim_state_read_position (CgSimState *self, CgSimPosition *position);
void
cg_sim_state_set_video (CgSimState *self, CgSimCodec codec, guint width, guint height, guint fps);
char *cg_sim_state_make_url (
    CgSimState *self, const char *scheme, const char *host, guint16 port, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimState, cg_sim_state_unref)

G_END_DECLS
