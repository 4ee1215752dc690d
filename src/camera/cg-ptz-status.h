/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-ptz-look.h"

G_BEGIN_DECLS

/**
 * CgPtzPresetState:
 * @CG_PTZ_PRESET_NONE: the camera stands at none that is known
 * @CG_PTZ_PRESET_AT: it stands there
 * @CG_PTZ_PRESET_CALLING: it is on its way there
 */
typedef enum { CG_PTZ_PRESET_NONE, CG_PTZ_PRESET_AT, CG_PTZ_PRESET_CALLING } CgPtzPresetState;

/**
 * CgPtzLimits:
 * @range: where an axis ends
 * @min_known: (nullable): word that tells how the lower end is known; %NULL: it is not
 * @max_known: (nullable): the same of the upper one
 */
typedef struct {
  CgPtzRange range;
  const char *min_known;
  const char *max_known;
} CgPtzLimits;

/**
 * CgPtzStatus:
 * @is_contacted: whether the camera answers now
 * @is_moving: whoever moves it, as far as is known
 * @is_measurable: whether looking at it can tell that it stands
 * @has_lease: it moves under a lease of ours
 * @lease_left_ms: of it
 * @source: (owned) (nullable): link that it came by
 * @speeds: what was asked for, of each axis
 * @has_look: the camera has been seen
 * @look: then; and
 * @look_age_ms: how long ago
 * @preset_state: whether the next two tell anything
 * @preset_index: 0: none of ours
 * @preset_name: (owned) (nullable)
 * @limits: of each axis
 * @learnt: (owned): what its moves have taught, as in its state file
 * @stop_form: word of the form of stop that works
 *
 * What is known of how a camera moves, in one look.
 */
typedef struct {
  gboolean is_contacted;
  gboolean is_moving;
  gboolean is_measurable;
  gboolean has_lease;
  gint64 lease_left_ms;
  char *source;
  double speeds[CG_PTZ_N_AXES];
  gboolean has_look;
  CgPtzLook look;
  gint64 look_age_ms;
  CgPtzPresetState preset_state;
  guint preset_index;
  char *preset_name;
  CgPtzLimits limits[CG_PTZ_N_AXES];
  JsonNode *learnt;
  const char *stop_form;
} CgPtzStatus;

void cg_ptz_status_free (CgPtzStatus *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgPtzStatus, cg_ptz_status_free)

G_END_DECLS
