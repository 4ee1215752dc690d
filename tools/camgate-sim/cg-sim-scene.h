/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-font.h"
#include "cg-sim-position.h"

G_BEGIN_DECLS

/**
 * CgSimMoment:
 *
 * What a picture is to show.
 */
typedef struct {
  CgSimPosition position;
  gint64 clock_ms; /* since 1970 */
  guint64 frame;
} CgSimMoment;

typedef struct _CgSimScene CgSimScene;

CgSimScene *cg_sim_scene_new (const char *name, guint width, guint height, guint fps);
void cg_sim_scene_free (CgSimScene *self);
void cg_sim_scene_paint (CgSimScene *self, const CgSimPlane planes[3], const CgSimMoment *moment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimScene, cg_sim_scene_free)

G_END_DECLS
