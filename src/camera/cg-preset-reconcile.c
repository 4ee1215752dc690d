/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A preset map and what the camera lists. */
#include <string.h>

#include "cg-onvif-ptz.h"
#include "cg-preset-map-private.h"
#include "cg-preset-slots.h"

/* Cameras print places with three decimals of the generic range. */
#define TOLD_PART 0.05

static guint
lowest_free (CgPresetMap *self)
{
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    if (self->slots[i].token == NULL)
      return i;
  }
  return 0;
}

/* What was asked for counts until the camera shows another name than it made of it then. */
static void
take_name (CgPresetSlot *self, const char *shown)
{
  if (g_strcmp0 (self->shown, shown) == 0)
    return;
  if (self->shown != NULL)
    g_clear_pointer (&self->name, g_free);
  g_free (self->shown);
  self->shown = g_strdup (shown);
}

static CgPresetPlace
read_place (const CgOnvifPreset *preset)
{
  const CgOnvifPtzStatus *place = &preset->place;

  return (CgPresetPlace){place->has_position, place->has_zoom, place->pan, place->tilt,
                         place->zoom};
}

static gboolean
is_told_again (const CgPresetSlot *self, const CgPresetPlace *place)
{
  return cg_preset_place_is_same (&self->told, place, &cg_preset_place_generic_tolerance,
                                  TOLD_PART);
}

/* Somebody else has set it anew if the camera tells another place than before. */
static void
take_place (CgPresetSlot *self, const CgOnvifPreset *preset)
{
  const CgPresetPlace told = read_place (preset);

  if (cg_preset_place_is_known (&self->told) && !is_told_again (self, &told))
    self->noted = (CgPresetPlace){0};
  self->told = told;
}

static void
take_preset (CgPresetMap *self, guint index, const CgOnvifPreset *preset)
{
  CgPresetSlot *slot = &self->slots[index];

  if (slot->token == NULL)
    slot->token = g_strdup (preset->token);
  take_name (slot, preset->name);
  take_place (slot, preset);
}

static const CgOnvifPreset *
find_preset (GPtrArray *presets, const char *token)
{
  for (guint i = 0; i < presets->len; i++) {
    const CgOnvifPreset *preset = presets->pdata[i];

    if (g_str_equal (preset->token, token))
      return preset;
  }
  return NULL;
}

/* A slot that looks empty is still ours if we have set it, unless the camera shows it otherwise
 * than then: it was reset. */
static gboolean
is_gone (const CgPresetSlot *slot,
         const CgOnvifPreset *preset,
         GPtrArray *used,
         const char *reserved)
{
  if (preset == NULL || cg_preset_slots_is_reserved (reserved, slot->token))
    return TRUE;
  return find_preset (used, slot->token) == NULL && slot->shown != NULL &&
         !g_str_equal (slot->shown, preset->name);
}

/* Whether that is what the camera showed behind the slot's token before. */
static gboolean
is_as_before (const CgPresetSlot *slot, const CgOnvifPreset *preset)
{
  const CgPresetPlace told = read_place (preset);

  return slot->shown != NULL && g_str_equal (slot->shown, preset->name) &&
         is_told_again (slot, &told);
}

/* The only preset that is as the slot's was: it has another token now. What has neither name nor
 * place is like any other. */
static const char *
find_moved (const CgPresetSlot *slot, GPtrArray *presets, GPtrArray *used)
{
  const CgOnvifPreset *preset = slot->token != NULL ? find_preset (presets, slot->token) : NULL;
  const char *moved = NULL;

  if (slot->token == NULL || (preset != NULL && is_as_before (slot, preset)) ||
      (g_strcmp0 (slot->shown, "") == 0 && !cg_preset_place_is_known (&slot->told)))
    return NULL;
  for (guint i = 0; i < used->len; i++) {
    const CgOnvifPreset *candidate = used->pdata[i];

    if (!is_as_before (slot, candidate))
      continue;
    if (moved != NULL)
      return NULL;
    moved = candidate->token;
  }
  return moved;
}

/* Whether no other slot has that token, or will have it. */
static gboolean
is_free_for (CgPresetMap *self, const char *const *moved, guint index)
{
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    const char *token = moved[i] != NULL ? moved[i] : self->slots[i].token;

    if (i != index && g_strcmp0 (token, moved[index]) == 0)
      return FALSE;
  }
  return TRUE;
}

/* Some cameras close the gap when a preset is removed, and one that was set up anew counts anew
 * (Q31): then tokens stand for other presets than before. */
static void
follow_moved (CgPresetMap *self, GPtrArray *presets, GPtrArray *used)
{
  const char *moved[CG_PRESET_INDEX_MAX + 1] = {NULL};
  gboolean is_free[CG_PRESET_INDEX_MAX + 1] = {FALSE};

  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++)
    moved[i] = find_moved (&self->slots[i], presets, used);
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++)
    is_free[i] = moved[i] != NULL && is_free_for (self, moved, i);
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    if (!is_free[i])
      continue;
    g_free (self->slots[i].token);
    self->slots[i].token = g_strdup (moved[i]);
  }
}

static void
keep_known (CgPresetMap *self, GPtrArray *presets, GPtrArray *used, const char *reserved)
{
  for (guint i = 1; i <= CG_PRESET_INDEX_MAX; i++) {
    CgPresetSlot *slot = &self->slots[i];
    const CgOnvifPreset *preset = slot->token != NULL ? find_preset (presets, slot->token) : NULL;

    if (slot->token == NULL)
      continue;
    if (is_gone (slot, preset, used, reserved))
      cg_preset_slot_clear (slot);
    else
      take_preset (self, i, preset);
  }
}

/* Numbers take theirs before the others fill the gaps. */
static void
place_new (CgPresetMap *self, GPtrArray *used, gboolean numbers)
{
  for (guint i = 0; i < used->len; i++) {
    const CgOnvifPreset *preset = used->pdata[i];
    guint index;

    if (cg_preset_map_find (self, preset->token) != 0)
      continue;
    index = numbers ? cg_preset_slots_get_number (preset->token) : lowest_free (self);
    if (index == 0 || self->slots[index].token != NULL)
      continue;
    take_preset (self, index, preset);
  }
}

static void
note_slots (CgPresetMap *self, GPtrArray *presets, const char *reserved)
{
  memset (self->is_there, 0, sizeof self->is_there);
  for (guint i = 0; i < presets->len; i++) {
    const CgOnvifPreset *preset = presets->pdata[i];

    if (!cg_preset_slots_is_reserved (reserved, preset->token))
      self->is_there[cg_preset_slots_get_number (preset->token)] = TRUE;
  }
}

/**
 * cg_preset_map_reconcile:
 * @self: a map
 * @presets: (element-type CgOnvifPreset): all the camera has, in its order
 * @reserved: (nullable): slots that are no presets, see cg_preset_slots_is_reserved()
 *
 * Brings the map in line with GetPresets: what is known keeps its index, also under another token;
 * tokens that are numbers
 * 1…128 take that index, the others the lowest free one, what is gone is dropped, what finds no
 * place is left out, and so are slots that are empty or reserved. Source: PROTOCOL.md section 4,
 * preset; Q31, Q32.
 */
void
cg_preset_map_reconcile (CgPresetMap *self, GPtrArray *presets, const char *reserved)
{
  g_autoptr (GPtrArray) used = cg_preset_slots_filter (presets, reserved);

  note_slots (self, presets, reserved);
  follow_moved (self, presets, used);
  keep_known (self, presets, used, reserved);
  place_new (self, used, TRUE);
  place_new (self, used, FALSE);
}
