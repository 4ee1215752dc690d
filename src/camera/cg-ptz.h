/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The numbers are those of PROTOCOL.md section 4, ptz. */
typedef enum {
  CG_DIRECTION_UP,
  CG_DIRECTION_DOWN,
  CG_DIRECTION_LEFT,
  CG_DIRECTION_RIGHT,
  CG_DIRECTION_UP_LEFT,
  CG_DIRECTION_DOWN_LEFT,
  CG_DIRECTION_UP_RIGHT,
  CG_DIRECTION_DOWN_RIGHT,
  CG_DIRECTION_ZOOM_IN,
  CG_DIRECTION_ZOOM_OUT,
  CG_N_DIRECTIONS
} CgDirection;

typedef enum { CG_SPEED_SLOW, CG_SPEED_MEDIUM, CG_SPEED_FAST, CG_N_SPEEDS } CgSpeed;

/**
 * CgMoveRequest:
 * @direction: where to
 * @speed: one of three fractions of the camera's velocity range
 * @source: who asks: the name of the link it came by; the move ends when that link is lost
 */
typedef struct {
  CgDirection direction;
  CgSpeed speed;
  const char *source;
} CgMoveRequest;

/**
 * CgPresetEntry:
 * @index: 1…128
 * @name: (nullable): as the camera tells it
 */
typedef struct {
  guint index;
  char *name;
} CgPresetEntry;

#define CG_PRESET_INDEX_MAX 128

void cg_preset_entry_free (CgPresetEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgPresetEntry, cg_preset_entry_free)

G_END_DECLS
