/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

#include "cg-sim.h"

G_BEGIN_DECLS

typedef struct _CgSimClip CgSimClip;

CgSimClip *cg_sim_clip_load (const char *path, GError **error);
CgSimClip *cg_sim_clip_ref (CgSimClip *self);
void cg_sim_clip_unref (CgSimClip *self);

GstCaps *cg_sim_clip_get_caps (CgSimClip *self);
CgSimCodec cg_sim_clip_get_codec (CgSimClip *self);
void cg_sim_clip_get_size (CgSimClip *self, guint *width, guint *height, guint *fps);
GstBuffer *cg_sim_clip_make_frame (CgSimClip *self, guint64 number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimClip, cg_sim_clip_unref)

G_END_DECLS
