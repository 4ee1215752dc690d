/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As many as there are steps in CgMediaStep, which is not known upstairs. */
#define CG_N_STREAM_STAGES 6

/**
 * CgStreamStages:
 * @began_ms: monotonic time of the `play`, or of the loss of the picture
 * @took_ms: from there to each step; −1: not needed this time, or not yet done
 *
 * Where the time to the first picture goes (Q13). A plain value.
 */
typedef struct {
  gint64 began_ms;
  gint64 took_ms[CG_N_STREAM_STAGES];
} CgStreamStages;

void cg_stream_stages_begin (CgStreamStages *self, gint64 now_ms);
void cg_stream_stages_reach (CgStreamStages *self, guint step, gint64 now_ms);
const char *cg_stream_stages_get_word (guint step);

G_END_DECLS
