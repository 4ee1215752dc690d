/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "cg-format.h"

G_BEGIN_DECLS

typedef enum {
  CG_TRACK_VIDEO,
  CG_TRACK_AUDIO,
  CG_N_TRACKS,
} CgTrack;

/**
 * CgAccessUnit:
 * @format: (owned): how to decode it
 * @data: (owned): the bytes, never copied on their way through the hub
 * @dts_us: decoding time; strictly rises within a track
 * @pts_us: presentation time; never before @dts_us
 * @key: decoding can start here; always %TRUE for audio
 *
 * One picture or one audio frame. Immutable once it is in the hub, and reference-counted.
 */
typedef struct {
  CgTrack track;
  gboolean key;
  gint64 dts_us;
  gint64 pts_us;
  CgFormat *format;
  GBytes *data;
  /*< private >*/
  gatomicrefcount references;
} CgAccessUnit;

CgAccessUnit *cg_access_unit_new (CgTrack track, CgFormat *format, GBytes *data, gboolean key);
CgAccessUnit *cg_access_unit_ref (CgAccessUnit *self);
void cg_access_unit_unref (CgAccessUnit *self);
gsize cg_access_unit_get_size (const CgAccessUnit *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgAccessUnit, cg_access_unit_unref)

G_END_DECLS
