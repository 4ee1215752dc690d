/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-moves.h"

#include <string.h>

#include "cg-nearest.h"

/* PROTOCOL.md section 4, ptz. */
static const char *const moves[] = {
    [CG_DIRECTION_UP] = "up",
    [CG_DIRECTION_DOWN] = "down",
    [CG_DIRECTION_LEFT] = "left",
    [CG_DIRECTION_RIGHT] = "right",
    [CG_DIRECTION_UP_LEFT] = "up-left",
    [CG_DIRECTION_DOWN_LEFT] = "down-left",
    [CG_DIRECTION_UP_RIGHT] = "up-right",
    [CG_DIRECTION_DOWN_RIGHT] = "down-right",
    [CG_DIRECTION_ZOOM_IN] = "zoom-in",
    [CG_DIRECTION_ZOOM_OUT] = "zoom-out",
};
G_STATIC_ASSERT (G_N_ELEMENTS (moves) == CG_N_DIRECTIONS);

static const char *const speeds[] = {
    [CG_SPEED_SLOW] = "slow", [CG_SPEED_MEDIUM] = "medium", [CG_SPEED_FAST] = "fast"};
G_STATIC_ASSERT (G_N_ELEMENTS (speeds) == CG_N_SPEEDS);

/**
 * cg_ctl_moves_get_word:
 * @direction: 0…9
 *
 * Returns: (transfer none): `up-left`
 */
const char *
cg_ctl_moves_get_word (guint direction)
{
  g_return_val_if_fail (direction < CG_N_DIRECTIONS, "");

  return moves[direction];
}

/**
 * cg_ctl_moves_find:
 * @word: `up-left`
 *
 * Returns: the direction 0…9; -1 if @word is none
 */
int
cg_ctl_moves_find (const char *word)
{
  for (guint i = 0; i < CG_N_DIRECTIONS; i++) {
    if (strcmp (moves[i], word) == 0)
      return (int)i;
  }
  return -1;
}

/**
 * cg_ctl_moves_get_nearest:
 * @word: what was typed after a DID
 *
 * Returns: (nullable): what was probably meant
 */
const char *
cg_ctl_moves_get_nearest (const char *word)
{
  const char *words[CG_N_DIRECTIONS + 3] = {[CG_N_DIRECTIONS] = "stop", "keys", "status"};

  for (guint i = 0; i < CG_N_DIRECTIONS; i++)
    words[i] = moves[i];
  return cg_nearest_find (word, words, G_N_ELEMENTS (words));
}

/**
 * cg_ctl_speeds_find:
 * @word: `slow`
 *
 * Returns: the speed 0…2; -1 if @word is none
 */
int
cg_ctl_speeds_find (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++) {
    if (strcmp (speeds[i], word) == 0)
      return (int)i;
  }
  return -1;
}

/**
 * cg_ctl_speeds_get_word:
 * @speed: 0…2
 *
 * Returns: `slow`, `medium` or `fast`
 */
const char *
cg_ctl_speeds_get_word (guint speed)
{
  return speeds[MIN (speed, G_N_ELEMENTS (speeds) - 1)];
}
