/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgSimPlane:
 *
 * Eight bits a pixel of somebody else's memory.
 */
typedef struct {
  guint8 *pixels;
  guint width;
  guint height;
  gsize stride;
} CgSimPlane;

typedef struct _CgSimFont CgSimFont;

CgSimFont *cg_sim_font_new (guint line_height);
void cg_sim_font_free (CgSimFont *self);
void
cg_sim_font_draw (CgSimFont *self, const CgSimPlane *plane, guint x, guint y, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimFont, cg_sim_font_free)

G_END_DECLS
