/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-channel.h"
#include "cg-door.h"

G_BEGIN_DECLS

/* A door and its channel know nothing of each other: they are joined here, and nowhere else. */

void cg_join (CgDoor *door, CgChannel *channel);
void cg_part (CgDoor *door, CgChannel *channel);
void cg_part_outgoing (CgDoor *door, CgChannel *channel);
void cg_part_incoming (CgDoor *door, CgChannel *channel);

G_END_DECLS
