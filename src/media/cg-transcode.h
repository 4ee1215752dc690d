/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-hub.h"

G_BEGIN_DECLS

/**
 * CgTranscode:
 *
 * Takes what one hub has and fills another with it, pictures as H.264: for media servers that take
 * nothing else, where the configuration asks for it (Q11, Q55). Ends with its last reference.
 */
#define CG_TYPE_TRANSCODE (cg_transcode_get_type ())
G_DECLARE_FINAL_TYPE (CgTranscode, cg_transcode, CG, TRANSCODE, GObject)

/*
 * Signals:
 *   "failed"  (GError *error)  it is over, and only good for being dropped
 */

void cg_transcode_prepare (void);
CgTranscode *cg_transcode_new (CgHub *hub, const char *name, GError **error);
CgHub *cg_transcode_get_hub (CgTranscode *self);

G_END_DECLS
