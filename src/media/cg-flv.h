/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-access-unit.h"

G_BEGIN_DECLS

/* Bodies of FLV tags, which are those of RTMP messages as well (Adobe, Video File Format
 * Specification 10.1, E.4); H.265 as Enhanced RTMP v1 has it (Q11). All append to an array. */

void cg_flv_append_metadata (GByteArray *array, const CgFormat *video, const CgFormat *audio);
void cg_flv_append_config (GByteArray *array, const CgFormat *format);
void cg_flv_append_unit_head (GByteArray *array, const CgAccessUnit *unit, guint32 composition_ms);

G_END_DECLS
