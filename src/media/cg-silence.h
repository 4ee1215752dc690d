/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-access-unit.h"

G_BEGIN_DECLS

/**
 * CgSilence:
 *
 * AAC frames without a sound, paced by the pictures they go with (Q12).
 */
typedef struct _CgSilence CgSilence;

CgSilence *cg_silence_new (void);
void cg_silence_free (CgSilence *self);
gboolean cg_silence_next (CgSilence *self, gint64 video_us, gint64 *frame_us);
CgAccessUnit *cg_silence_make_unit (CgSilence *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSilence, cg_silence_free)

G_END_DECLS
