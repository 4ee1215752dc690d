/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ptz.h"

G_BEGIN_DECLS

const char *cg_ctl_moves_get_word (guint direction);
int cg_ctl_moves_find (const char *word);
const char *cg_ctl_moves_get_nearest (const char *word);
int cg_ctl_speeds_find (const char *word);
const char *cg_ctl_speeds_get_word (guint speed);

G_END_DECLS
