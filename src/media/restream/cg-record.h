/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-format.h"

G_BEGIN_DECLS

/* More parameter sets than any camera has: VPS, SPS and a few PPS. */
#define CG_RECORD_MAX_SETS 32

/**
 * CgRecordSet:
 * @data: (not owned): a NAL unit, part of the format's record
 *
 * One parameter set of a picture's format.
 */
typedef struct {
  const guint8 *data;
  gsize size;
} CgRecordSet;

guint cg_record_read (const CgFormat *format, CgRecordSet *sets);

G_END_DECLS
