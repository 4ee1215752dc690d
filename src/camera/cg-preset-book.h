/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-preset-calls.h"
#include "cg-preset-map.h"
#include "cg-store.h"

G_BEGIN_DECLS

/**
 * CgPresetBook:
 * @store: (nullable): where it is kept
 * @did: of the camera
 * @map: which preset is which
 * @reserved: (nullable): slots that are no presets (Q32)
 * @max_presets: how many the camera says it takes; 0: it does not say
 * @before: (nullable): what there was before the preset of index @added was new
 * @added: see @before
 * @kept: (nullable): what was stored last: the same again is not written again
 * @is_shaky: one was removed: others may have other tokens until the list was read again
 *
 * What CgPresets knows of a camera's presets; its own, and nobody else's.
 */
typedef struct {
  CgStore *store;
  char *did;
  CgPresetMap *map;
  char *reserved;
  guint max_presets;
  GPtrArray *before;
  guint added;
  char *kept;
  gboolean is_shaky;
} CgPresetBook;

void cg_preset_book_open (CgPresetBook *self, CgStore *store, const char *did);
void cg_preset_book_close (CgPresetBook *self);
void cg_preset_book_save (CgPresetBook *self);
void cg_preset_book_reconcile (CgPresetBook *self, GPtrArray *presets);
void
cg_preset_book_fill (CgPresetBook *self, CgPresetRequest *request, guint index, const char *name);
void
cg_preset_book_put (CgPresetBook *self, guint index, const char *name, CgPresetOutcome *outcome);
gboolean cg_preset_book_reserve (CgPresetBook *self, const char *token);

G_END_DECLS
