/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "cg-sim-position.h"

G_BEGIN_DECLS

typedef enum {
  CG_SIM_AUTH_BOTH,   /* HTTP digest or WS-UsernameToken, whichever comes */
  CG_SIM_AUTH_DIGEST, /* HTTP digest alone */
  CG_SIM_AUTH_TOKEN,  /* WS-UsernameToken alone, and no challenge */
  CG_SIM_AUTH_NONE,
} CgSimAuth;

typedef enum {
  CG_SIM_CODEC_H264,
  CG_SIM_CODEC_H265,
} CgSimCodec;

typedef enum {
  CG_SIM_AUDIO_NONE,
  CG_SIM_AUDIO_AAC,
  CG_SIM_AUDIO_PCMA,
} CgSimAudio;

/**
 * CgSimOptions:
 *
 * What one camera is to be. Begin with %CG_SIM_OPTIONS_INIT; cg_sim_new() copies what it keeps.
 */
typedef struct {
  const char *listen; /* numeric address: nothing else is bound */
  guint16 port;       /* ONVIF; 0: a free one */
  guint16 rtsp_port;  /* 0: a free one */
  const char *name;
  const char *user;
  const char *password; /* (nullable) %NULL: no login is asked for */
  CgSimAuth auth;
  CgSimCodec codec;
  gboolean has_sub_codec; /* else the small picture is as the large one */
  CgSimCodec sub_codec;
  CgSimAudio audio;
  guint width, height, fps;
  double gop_s;       /* seconds between key frames */
  guint bitrate_kbps; /* 0: as the picture needs it, at most 4 Mbit/s; else met with filler data */
  const char *file;   /* (nullable) H.264 or H.265 clip, looped without encoding */
  gboolean stamp;     /* each frame of H.264 tells when it was sent */
  gboolean ptz;
  guint max_presets;
  gboolean discovery;     /* answer WS-Discovery probes on @listen */
  guint16 discovery_port; /* 3702 but in tests */
} CgSimOptions;

#define CG_SIM_OPTIONS_INIT                                                                        \
  {                                                                                                \
    .listen = "127.0.0.1", .name = "Camera", .user = "admin", .width = 1280, .height = 720,        \
    .fps = 25, .gop_s = 2, .ptz = TRUE, .max_presets = 16, .discovery_port = 3702                  \
  }

typedef struct _CgSim CgSim;

CgSim *cg_sim_new (const CgSimOptions *options);
void cg_sim_free (CgSim *self);
gboolean cg_sim_start (CgSim *self, GError **error);
void cg_sim_stop (CgSim *self);

const char *cg_sim_get_name (CgSim *self);
const char *cg_sim_get_onvif_url (CgSim *self);
const char *cg_sim_get_rtsp_url (CgSim *self);
const char *cg_sim_get_endpoint (CgSim *self);

gboolean cg_sim_set_fault (CgSim *self, const char *name, const char *arg, GError **error);
gboolean cg_sim_clear_fault (CgSim *self, const char *name, GError **error);
void cg_sim_raise_alarm (CgSim *self, const char *topic, const char *value);
guint cg_sim_count_pull_points (CgSim *self);
void cg_sim_reboot (CgSim *self);
void cg_sim_set_reboot_ms (CgSim *self, guint reboot_ms);
void cg_sim_reset (CgSim *self, gboolean keep_presets);
void cg_sim_set_clock_skew (CgSim *self, double skew_s);

JsonArray *cg_sim_take_requests (CgSim *self);
guint cg_sim_count_requests (CgSim *self, const char *op);

void cg_sim_get_position (CgSim *self, CgSimPosition *position);
void cg_sim_set_position (CgSim *self, const CgSimVector *position);
JsonArray *cg_sim_list_presets (CgSim *self);
void cg_sim_get_sessions (CgSim *self, guint *now, guint *ever);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSim, cg_sim_free)

G_END_DECLS
