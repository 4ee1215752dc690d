/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-session.h"

G_BEGIN_DECLS

/**
 * CgPresetRequest:
 * @index: 1…128; 0: of the whole list
 * @name: (nullable): that a preset shall have
 * @profile: token of the profile that moves
 * @token: (nullable): of the preset; %NULL: @index is not mapped
 * @is_ours: that preset was set by us before
 * @taken: (nullable) (array zero-terminated=1): tokens that are mapped
 * @reserved: (nullable): slots that are no presets (Q32)
 * @max_presets: how many the camera says it takes; 0: it does not say
 *
 * Copies for the worker.
 */
typedef struct {
  guint index;
  char *name;
  char *profile;
  char *token;
  gboolean is_ours;
  GStrv taken;
  char *reserved;
  guint max_presets;
} CgPresetRequest;

/**
 * CgPresetOutcome:
 * @token: (nullable): of the preset that was set
 * @refused: (nullable): of a slot that the camera has and does not give away (Q32)
 * @presets: (nullable) (element-type CgOnvifPreset): all there are, if they were read; of a preset
 *   that is new: all there were before
 *
 * What a worker brings back.
 */
typedef struct {
  char *token;
  char *refused;
  GPtrArray *presets;
} CgPresetOutcome;

void cg_preset_request_free (gpointer data);
void cg_preset_outcome_free (gpointer data);

/* Jobs (CgJobFunc) on a CgPresetRequest; each gives a CgPresetOutcome. */
gpointer cg_preset_list_in_thread (CgOnvifSession *session, gpointer data, GError **error);
gpointer cg_preset_set_in_thread (CgOnvifSession *session, gpointer data, GError **error);
gpointer cg_preset_remove_in_thread (CgOnvifSession *session, gpointer data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgPresetOutcome, cg_preset_outcome_free)

G_END_DECLS
