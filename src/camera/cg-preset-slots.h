/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What of a camera's list of presets are presets (Q31, Q32). Pure.
 *
 * Lists are (element-type CgOnvifPreset). A reserved list is text, as it stands in the learnt
 * profile: tokens and ranges of numbers, separated by ";", such as "92-105;tour".
 */

guint cg_preset_slots_get_number (const char *token);
GPtrArray *cg_preset_slots_filter (GPtrArray *presets, const char *reserved);
gboolean cg_preset_slots_contain (GPtrArray *presets, const char *token);
const char *cg_preset_slots_find_added (GPtrArray *before, GPtrArray *after);
gboolean cg_preset_slots_is_reserved (const char *reserved, const char *token);
char *cg_preset_slots_reserve (const char *reserved, const char *token);

G_END_DECLS
