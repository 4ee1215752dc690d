/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ptz-sense.h"

G_BEGIN_DECLS

/* What cg-ptz-sense.c (questions) and cg-ptz-sense-learn.c (answers) share. */

double cg_ptz_axis_get_width (const CgPtzAxisSense *axis);
double cg_ptz_axis_get_step (const CgPtzAxisSense *axis);
void cg_ptz_axis_reset_end (CgPtzAxisSense *axis, CgPtzSide side);
double cg_ptz_move_get_axis (const CgPtzMove *move, CgPtzAxis axis);
gboolean
cg_ptz_look_get_way (CgPtzAxis axis, const CgPtzLook *from, const CgPtzLook *to, double *way);
gboolean cg_ptz_sense_is_frozen (const CgPtzSense *self, CgPtzAxis axis);
gboolean cg_ptz_end_is_known (const CgPtzEnd *end);
gboolean
cg_ptz_axis_is_at_end (const CgPtzAxisSense *axis, CgPtzSide side, double value, double margin);
gboolean cg_ptz_axis_find_side (
    const CgPtzAxisSense *axis, double command, double value, double margin, CgPtzSide *side);
gboolean cg_ptz_sense_is_axis_at_limit (const CgPtzSense *self,
                                        CgPtzAxis axis,
                                        const CgPtzLook *look,
                                        double command,
                                        double margin,
                                        CgPtzSide *side);

G_END_DECLS
