/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CG_CTL_N_MOVES 10

/**
 * CgCtlMove:
 * @word: as it is typed; its place in the table is the direction of PROTOCOL.md section 4, ptz
 * @pan: -1 left, 0, 1 right
 * @tilt: -1 down, 0, 1 up
 * @zoom: -1 out, 0, 1 in
 */
typedef struct {
  const char *word;
  int pan;
  int tilt;
  int zoom;
} CgCtlMove;

const CgCtlMove *cg_ctl_moves_get (guint direction);
int cg_ctl_moves_find (const char *word);
const char *cg_ctl_moves_get_nearest (const char *word);
int cg_ctl_speeds_find (const char *word);
const char *cg_ctl_speeds_get_word (guint speed);
double cg_ctl_speeds_get_fraction (guint speed);

G_END_DECLS
