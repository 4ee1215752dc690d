/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-door.h"

G_BEGIN_DECLS

#define CG_TYPE_LOCAL_DOOR (cg_local_door_get_type ())
G_DECLARE_FINAL_TYPE (CgLocalDoor, cg_local_door, CG, LOCAL_DOOR, GObject)

CgDoor *cg_local_door_new (GSocketConnection *connection);
gboolean cg_local_door_is_owner (CgLocalDoor *self);

G_END_DECLS
