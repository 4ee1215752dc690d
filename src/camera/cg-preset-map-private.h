/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-preset-map.h"

G_BEGIN_DECLS

/* What cg-preset-map.c (the map) and cg-preset-reconcile.c (the camera's list) share. */

typedef struct {
  char *token;        /* (nullable): %NULL where the index is free */
  char *name;         /* (nullable): that was asked for, empty: it was set without one; wins as
                       * long as @shown does not change */
  char *shown;        /* (nullable): that the camera shows; %NULL: not looked at since it was set */
  CgPresetPlace told; /* that the camera tells of it */
  CgPresetPlace noted; /* where the camera came to rest */
} CgPresetSlot;

struct _CgPresetMap {
  CgPresetSlot slots[CG_PRESET_INDEX_MAX + 1]; /* by index; 0 is never used */
  gboolean is_there[CG_PRESET_INDEX_MAX + 1];  /* the camera has a slot of that number */
  CgPresetPlace tolerance; /* within which places may be one that a gear came to twice */
};

extern const CgPresetPlace cg_preset_place_generic_tolerance;

void cg_preset_slot_clear (CgPresetSlot *self);
gboolean cg_preset_place_is_known (const CgPresetPlace *self);
gboolean cg_preset_place_is_same (const CgPresetPlace *a,
                                  const CgPresetPlace *b,
                                  const CgPresetPlace *tolerance,
                                  double part);

G_END_DECLS
