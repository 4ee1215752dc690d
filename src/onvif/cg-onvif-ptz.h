/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-media.h"
#include "cg-onvif-stop.h"

G_BEGIN_DECLS

/* A speed or a step: −1…1 on each axis; only the axes that are switched on are sent (Q33). */
typedef struct {
  gboolean move_pan_tilt;
  gboolean move_zoom;
  double pan;
  double tilt;
  double zoom;
} CgOnvifVelocity;

typedef struct {
  double min;
  double max;
} CgOnvifRange;

/* Longer than the name of any space; a longer one is as good as none. */
#define CG_ONVIF_SPACE_MAX 128
/* More position spaces than any camera has for an axis. */
#define CG_ONVIF_N_SPACES 4

/* A space in which a camera tells where it stands: PTZ Service Specification, 5.7. */
typedef struct {
  char name[CG_ONVIF_SPACE_MAX];
  CgOnvifRange x; /* pan, or zoom */
  CgOnvifRange y; /* tilt */
} CgOnvifSpace;

/* What a camera's PTZ can do. A range that was not told is the standard's generic one (PTZ 5.7). */
typedef struct {
  gboolean has_continuous_pan_tilt;
  gboolean has_continuous_zoom;
  gboolean has_relative_pan_tilt;
  gboolean has_relative_zoom;
  gboolean has_pan_tilt_limits; /* the position ranges below were told */
  gboolean has_zoom_limits;
  CgOnvifRange pan_velocity;
  CgOnvifRange tilt_velocity;
  CgOnvifRange zoom_velocity;
  CgOnvifRange pan_step;
  CgOnvifRange tilt_step;
  CgOnvifRange zoom_step;
  CgOnvifRange pan_position;
  CgOnvifRange tilt_position;
  CgOnvifRange zoom_position;
  CgOnvifSpace pan_tilt_spaces[CG_ONVIF_N_SPACES]; /* all that were told; empty name: none */
  CgOnvifSpace zoom_spaces[CG_ONVIF_N_SPACES];
  guint max_presets; /* 0: not told */
} CgOnvifPtzFacts;

/* Where the camera stands; what it does not tell is FALSE in has_… (Q36). */
typedef struct {
  gboolean has_position; /* pan and tilt */
  gboolean has_zoom;
  gboolean has_move_status;
  double pan;
  double tilt;
  double zoom;
  gboolean moving_pan_tilt;
  gboolean moving_zoom;
  char pan_tilt_space[CG_ONVIF_SPACE_MAX]; /* of pan and tilt; empty: not told */
  char zoom_space[CG_ONVIF_SPACE_MAX];
} CgOnvifPtzStatus;

/* Its place as far as the camera tells it, in the generic spaces. */
typedef struct {
  char *token;
  char *name; /* may be empty */
  CgOnvifPtzStatus place;
} CgOnvifPreset;

CgOnvifPtzFacts *cg_onvif_ptz_get_facts_in_thread (CgOnvifSession *self,
                                                   const CgOnvifProfile *profile,
                                                   GError **error);
gboolean cg_onvif_ptz_get_status_in_thread (CgOnvifSession *self,
                                            const char *profile_token,
                                            CgOnvifPtzStatus *status,
                                            GError **error);
gboolean cg_onvif_ptz_continuous_move_in_thread (CgOnvifSession *self,
                                                 const char *profile_token,
                                                 const CgOnvifVelocity *velocity,
                                                 guint timeout_ms,
                                                 GError **error);
gboolean cg_onvif_ptz_relative_move_in_thread (CgOnvifSession *self,
                                               const char *profile_token,
                                               const CgOnvifVelocity *step,
                                               GError **error);

GPtrArray *cg_onvif_ptz_get_presets_in_thread (CgOnvifSession *self,
                                               const char *profile_token,
                                               GError **error);
char *cg_onvif_ptz_set_preset_in_thread (CgOnvifSession *self,
                                         const char *profile_token,
                                         const char *token,
                                         const char *name,
                                         GError **error);
gboolean cg_onvif_ptz_goto_preset_in_thread (CgOnvifSession *self,
                                             const char *profile_token,
                                             const char *token,
                                             GError **error);
gboolean cg_onvif_ptz_remove_preset_in_thread (CgOnvifSession *self,
                                               const char *profile_token,
                                               const char *token,
                                               GError **error);

gboolean cg_onvif_ptz_facts_use_spaces (CgOnvifPtzFacts *self, const CgOnvifPtzStatus *status);
void cg_onvif_ptz_facts_free (CgOnvifPtzFacts *self);
void cg_onvif_preset_free (CgOnvifPreset *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifPtzFacts, cg_onvif_ptz_facts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifPreset, cg_onvif_preset_free)

G_END_DECLS
