/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-model-camera.h"
#include "cg-ptz.h"

G_BEGIN_DECLS

/* What kind of camera it is that a random life gets, and what can be asked of such a one. */

/* A network in which nothing is overtaken for long. */
#define CG_MODEL_FAST_MS 20
/* The slowest: what is on its way longer than a second stop waits may be lost for good. */
#define CG_MODEL_SLOW_MS 600

void cg_model_nature_choose (CgModelNature *nature, GRand *random);
gboolean cg_model_nature_obeys_stops (const CgModelNature *nature);
gboolean cg_model_nature_can_be_stopped (const CgModelNature *nature);
gboolean cg_model_nature_can_be_seen (const CgModelNature *nature);
gboolean cg_model_nature_is_liar (const CgModelNature *nature);
gboolean cg_model_nature_ends_moves (const CgModelNature *nature);
gboolean cg_model_is_near (double value, double wanted);
gboolean cg_model_nature_is_end (const CgModelNature *nature,
                                 CgDirection direction,
                                 const CgSimPosition *at);
char *cg_model_nature_describe (const CgModelNature *nature);

G_END_DECLS
