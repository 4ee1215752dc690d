/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-dispatcher.h"
#include "cg-firmware.h"

G_BEGIN_DECLS

#define CG_TYPE_FIRMWARE_DESK (cg_firmware_desk_get_type ())
G_DECLARE_FINAL_TYPE (CgFirmwareDesk, cg_firmware_desk, CG, FIRMWARE_DESK, GObject)

/* Takes orders of new firmware to whoever they are for, and tells what becomes of them. */

CgFirmwareDesk *cg_firmware_desk_new (CgDispatcher *dispatcher);
JsonObject *cg_firmware_desk_describe (CgDispatcher *dispatcher, const char *did);

G_END_DECLS
