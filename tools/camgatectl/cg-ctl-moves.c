/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-moves.h"

#include <string.h>

#include "cg-nearest.h"

static const CgCtlMove moves[] = {
    {"up", 0, 1, 0},        {"down", 0, -1, 0},       {"left", -1, 0, 0},
    {"right", 1, 0, 0},     {"up-left", -1, 1, 0},    {"down-left", -1, -1, 0},
    {"up-right", 1, 1, 0},  {"down-right", 1, -1, 0}, {"zoom-in", 0, 0, 1},
    {"zoom-out", 0, 0, -1},
};
G_STATIC_ASSERT (G_N_ELEMENTS (moves) == CG_CTL_N_MOVES);

/* PROTOCOL.md section 4, ptz: fractions of the camera's velocity range. */
static const struct {
  const char *word;
  double fraction;
} speeds[] = {
    {"slow", 0.33},
    {"medium", 0.66},
    {"fast", 1.0},
};

/**
 * cg_ctl_moves_get:
 * @direction: 0…9
 *
 * Returns: (transfer none): that move
 */
const CgCtlMove *
cg_ctl_moves_get (guint direction)
{
  g_return_val_if_fail (direction < CG_CTL_N_MOVES, &moves[0]);

  return &moves[direction];
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
  for (guint i = 0; i < CG_CTL_N_MOVES; i++) {
    if (strcmp (moves[i].word, word) == 0)
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
  const char *words[CG_CTL_N_MOVES + 3] = {[CG_CTL_N_MOVES] = "stop", "keys", "status"};

  for (guint i = 0; i < CG_CTL_N_MOVES; i++)
    words[i] = moves[i].word;
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
    if (strcmp (speeds[i].word, word) == 0)
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
  return speeds[MIN (speed, G_N_ELEMENTS (speeds) - 1)].word;
}

/**
 * cg_ctl_speeds_get_fraction:
 * @speed: 0…2; above is fast
 *
 * Returns: the part of the camera's velocity range
 */
double
cg_ctl_speeds_get_fraction (guint speed)
{
  return speeds[MIN (speed, G_N_ELEMENTS (speeds) - 1)].fraction;
}
