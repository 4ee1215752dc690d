/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-nal.h"
#include "cg-sps.h"

G_BEGIN_DECLS

/**
 * CgParameterSets:
 *
 * What a decoder must know before the first picture, gathered from the description and from the
 * stream. What came in the stream wins (Q24); a change in mid-stream is noticed (Q25).
 */
typedef struct _CgParameterSets CgParameterSets;

CgParameterSets *cg_parameter_sets_new (CgNalCodec codec);
void cg_parameter_sets_free (CgParameterSets *self);

void cg_parameter_sets_add (CgParameterSets *self, const guint8 *nal, gsize size);
void cg_parameter_sets_add_described (CgParameterSets *self, const char *list);

guint cg_parameter_sets_get_serial (const CgParameterSets *self);
const CgSps *cg_parameter_sets_get_sps (const CgParameterSets *self);
GBytes *cg_parameter_sets_make_record (const CgParameterSets *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgParameterSets, cg_parameter_sets_free)

G_END_DECLS
