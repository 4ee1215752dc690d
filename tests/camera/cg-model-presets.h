/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-model-camera.h"

G_BEGIN_DECLS

/* The presets that a camera of the model keeps. */

#define CG_MODEL_N_PRESETS 3

extern const char *const cg_model_preset_tokens[CG_MODEL_N_PRESETS];

void cg_model_presets_keep (CgModelCamera *camera);
gboolean
cg_model_presets_are_at (const char *token, const CgModelNature *nature, const CgSimPosition *at);
CgPtzLook cg_model_presets_get_told (int i, const CgModelNature *nature);

G_END_DECLS
