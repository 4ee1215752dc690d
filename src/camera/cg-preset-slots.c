/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-preset-slots.h"

#include <string.h>

#include "cg-onvif-ptz.h"
#include "cg-ptz.h"

/* Nobody has set so many by hand: such a list shows the camera's slots, set or not. The shortest
 * recorded one has 100. */
#define SLOTS_MIN 64

/* Numbers of slots beyond any camera's. */
#define NUMBER_MAX 99999

static gboolean
parse_number (const char *text, guint64 *number)
{
  return g_ascii_isdigit (*text) &&
         g_ascii_string_to_unsigned (text, 10, 0, NUMBER_MAX, number, NULL);
}

/**
 * cg_preset_slots_get_number:
 * @token: of a preset
 *
 * Returns: the index 1…128 whose plain decimal number @token is; 0: none
 */
guint
cg_preset_slots_get_number (const char *token)
{
  guint64 number = 0;

  if (*token == '0' || !parse_number (token, &number) || number > CG_PRESET_INDEX_MAX)
    return 0;
  return (guint)number;
}

static gboolean
is_nowhere (const CgOnvifPreset *preset)
{
  const CgOnvifPtzStatus *place = &preset->place;

  return (!place->has_position || (place->pan == 0 && place->tilt == 0)) &&
         (!place->has_zoom || place->zoom == 0);
}

static gboolean
is_blank (const CgOnvifPreset *preset)
{
  return *preset->name == '\0' && !preset->place.has_position && !preset->place.has_zoom;
}

/* The number at the end of a text, 0 if there is none. */
static guint64
get_last_number (const char *text)
{
  const char *at = text + strlen (text);
  guint64 number = 0;

  while (at > text && g_ascii_isdigit (at[-1]))
    at--;
  return parse_number (at, &number) ? number : 0;
}

/* A name that says no more than the token: the same, its number, or that number behind a word such
 * as "Preset". */
static gboolean
is_generic (const CgOnvifPreset *preset)
{
  const guint64 number = get_last_number (preset->token);
  const gsize word = strcspn (preset->name, "0123456789");

  if (g_str_equal (preset->name, preset->token))
    return TRUE;
  return number > 0 && get_last_number (preset->name) == number &&
         strspn (preset->name + word, "0123456789") == strlen (preset->name + word) &&
         (word == 0 || g_ascii_strncasecmp (preset->name, "preset", strlen ("preset")) == 0);
}

static gboolean
has_blanks (GPtrArray *presets)
{
  for (guint i = 0; i < presets->len; i++) {
    if (is_blank (presets->pdata[i]))
      return TRUE;
  }
  return FALSE;
}

/**
 * cg_preset_slots_filter:
 * @presets: what GetPresets gave
 * @reserved: (nullable): slots that are none
 *
 * Some cameras list each slot they have, 100 to 300 of them. The empty ones have neither name nor
 * place; where all have a name, those whose name is their number and whose place is nowhere (Q31).
 * An empty slot looks like that, and so does one that was set without a name at the camera itself.
 *
 * Returns: (transfer container): those that are presets, in their order
 */
GPtrArray *
cg_preset_slots_filter (GPtrArray *presets, const char *reserved)
{
  GPtrArray *used = g_ptr_array_new ();
  const gboolean lists_slots = presets->len >= SLOTS_MIN;
  const gboolean blanks = lists_slots && has_blanks (presets);

  for (guint i = 0; i < presets->len; i++) {
    const CgOnvifPreset *preset = presets->pdata[i];
    const gboolean is_empty =
        blanks ? is_blank (preset) : is_generic (preset) && is_nowhere (preset);

    if ((lists_slots && is_empty) || cg_preset_slots_is_reserved (reserved, preset->token))
      continue;
    g_ptr_array_add (used, presets->pdata[i]);
  }
  return used;
}

/**
 * cg_preset_slots_contain:
 * @presets: what GetPresets gave
 * @token: of a preset
 *
 * Returns: whether it is among them
 */
gboolean
cg_preset_slots_contain (GPtrArray *presets, const char *token)
{
  for (guint i = 0; i < presets->len; i++) {
    const CgOnvifPreset *preset = presets->pdata[i];

    if (g_str_equal (preset->token, token))
      return TRUE;
  }
  return FALSE;
}

/**
 * cg_preset_slots_find_added:
 * @before: what GetPresets gave
 * @after: what it gave when one preset had been added
 *
 * Returns: (transfer none) (nullable): the token of the only one that is new
 */
const char *
cg_preset_slots_find_added (GPtrArray *before, GPtrArray *after)
{
  const char *added = NULL;

  for (guint i = 0; i < after->len; i++) {
    const CgOnvifPreset *preset = after->pdata[i];

    if (cg_preset_slots_contain (before, preset->token))
      continue;
    if (added != NULL)
      return NULL;
    added = preset->token;
  }
  return added;
}

static gboolean
is_in_range (const char *range, const char *token)
{
  g_auto (GStrv) ends = g_strsplit (range, "-", 2);
  guint64 first, last, number;

  return g_strv_length (ends) == 2 && parse_number (ends[0], &first) &&
         parse_number (ends[1], &last) && parse_number (token, &number) && number >= first &&
         number <= last;
}

/**
 * cg_preset_slots_is_reserved:
 * @reserved: (nullable): a reserved list
 * @token: of a preset
 *
 * Returns: whether the camera keeps that slot for something else (Q32)
 */
gboolean
cg_preset_slots_is_reserved (const char *reserved, const char *token)
{
  g_auto (GStrv) words = g_strsplit (reserved != NULL ? reserved : "", ";", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    const char *word = g_strstrip (words[i]);

    if (*word != '\0' && (g_str_equal (word, token) || is_in_range (word, token)))
      return TRUE;
  }
  return FALSE;
}

/**
 * cg_preset_slots_reserve:
 * @reserved: (nullable): a reserved list
 * @token: of a slot that the camera does not give away
 *
 * Returns: (transfer full): the list with it
 */
char *
cg_preset_slots_reserve (const char *reserved, const char *token)
{
  if (reserved == NULL || *reserved == '\0')
    return g_strdup (token);
  return cg_preset_slots_is_reserved (reserved, token) ? g_strdup (reserved)
                                                       : g_strconcat (reserved, ";", token, NULL);
}
