/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-stages.h"

/* By CgMediaStep. */
static const char *const words[] = {"contact",  "described", "data",
                                    "keyframe", "publisher", "written"};
G_STATIC_ASSERT (G_N_ELEMENTS (words) == CG_N_STREAM_STAGES);

/**
 * cg_stream_stages_begin:
 * @self: (out caller-allocates): stages
 * @now_ms: monotonic time
 *
 * A picture is wanted from now on.
 */
void
cg_stream_stages_begin (CgStreamStages *self, gint64 now_ms)
{
  self->began_ms = now_ms;
  for (guint i = 0; i < CG_N_STREAM_STAGES; i++)
    self->took_ms[i] = -1;
}

/**
 * cg_stream_stages_reach:
 * @self: stages
 * @step: the #CgMediaStep that is done
 * @now_ms: monotonic time
 *
 * Of several tries the last counts.
 */
void
cg_stream_stages_reach (CgStreamStages *self, guint step, gint64 now_ms)
{
  self->took_ms[step] = now_ms - self->began_ms;
}

/**
 * cg_stream_stages_get_word:
 * @step: a #CgMediaStep
 *
 * Returns: its name in events and in `show`
 */
const char *
cg_stream_stages_get_word (guint step)
{
  return words[step];
}
