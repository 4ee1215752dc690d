/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-position.h"

G_BEGIN_DECLS

/**
 * CgSimPreset:
 *
 * A place with a token the camera chose and a name the client chose.
 */
typedef struct {
  char *token;
  char *name;
  double pan, tilt, zoom;
} CgSimPreset;

typedef enum {
  CG_SIM_PTZ_DONE,
  CG_SIM_PTZ_NO_TOKEN,
  CG_SIM_PTZ_TOO_MANY_PRESETS,
} CgSimPtzResult;

typedef struct _CgSimPtz CgSimPtz;

CgSimPtz *cg_sim_ptz_new (guint max_presets);
void cg_sim_ptz_free (CgSimPtz *self);

void cg_sim_ptz_set_reach (CgSimPtz *self, double reach);
void cg_sim_ptz_continuous (CgSimPtz *self,
                            gint64 now_ms,
                            const CgSimVector *velocity,
                            gint64 timeout_ms);
void cg_sim_ptz_relative (CgSimPtz *self, gint64 now_ms, const CgSimVector *translation);
void
cg_sim_ptz_stop (CgSimPtz *self, gint64 now_ms, gboolean pan_tilt, gboolean zoom, gint64 coast_ms);
void cg_sim_ptz_place (CgSimPtz *self, gint64 now_ms, const CgSimVector *position);
void cg_sim_ptz_read (CgSimPtz *self, gint64 now_ms, CgSimPosition *position);
gboolean cg_sim_ptz_is_driven (CgSimPtz *self, gint64 now_ms, gboolean zoom);

void cg_sim_ptz_set_opaque (CgSimPtz *self, gboolean is_opaque);
CgSimPtzResult cg_sim_ptz_add_preset (
    CgSimPtz *self, gint64 now_ms, const char *token, const char *name, const CgSimPreset **preset);
CgSimPtzResult cg_sim_ptz_set_preset (
    CgSimPtz *self, gint64 now_ms, const char *token, const char *name, const CgSimPreset **preset);
CgSimPtzResult cg_sim_ptz_goto_preset (CgSimPtz *self, gint64 now_ms, const char *token);
CgSimPtzResult cg_sim_ptz_remove_preset (CgSimPtz *self, const char *token);
void cg_sim_ptz_renumber (CgSimPtz *self, guint first);
void cg_sim_ptz_forget_presets (CgSimPtz *self);
const GPtrArray *cg_sim_ptz_get_presets (CgSimPtz *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimPtz, cg_sim_ptz_free)

G_END_DECLS
