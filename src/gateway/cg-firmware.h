/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-clock.h"
#include "cg-config.h"
#include "cg-firmware-order.h"
#include "cg-store.h"

G_BEGIN_DECLS

#define CG_TYPE_FIRMWARE (cg_firmware_get_type ())
G_DECLARE_FINAL_TYPE (CgFirmware, cg_firmware, CG, FIRMWARE, GObject)

/*
 * New firmware for gateway and cameras: gets one file at a time, and lets others install it; what
 * is ordered meanwhile for other devices waits. What is under way, and what waits, survives a
 * restart.
 *
 * Signals:
 *   "changed" (const char *did, CgFirmwareOrder *order)
 *       its state, result or percent is another one
 *   "prepare" (const char *did, CgFirmwareOrder *order)
 *       it is about to be installed: fill in `before`, what that device says of itself now, and
 *       `is_handed` if cg_firmware_hand() will not be called
 *   "install" (const char *did, const char *path, const char *version)
 *       answer with cg_firmware_end(); its state is "updating" by then
 *   "resume" (const char *did, CgFirmwareOrder *order)
 *       we were restarted when the device had got something of it: look which version it has and
 *       answer with cg_firmware_end()
 */

CgFirmware *cg_firmware_new (CgStore *store, CgClock *clock);
void cg_firmware_apply (CgFirmware *self, const CgFirmwareConfig *config);
void cg_firmware_open (CgFirmware *self);
void cg_firmware_forget (CgFirmware *self, const char *did);
GList *cg_firmware_list (CgFirmware *self);
void cg_firmware_close (CgFirmware *self);

gboolean
cg_firmware_order (CgFirmware *self, const char *did, const CgFirmwareOrder *order, GError **error);
void cg_firmware_tell_percent (CgFirmware *self, const char *did, guint percent);
void cg_firmware_hand (CgFirmware *self, const char *did);
const CgFirmwareOrder *cg_firmware_find (CgFirmware *self, const char *did);
void
cg_firmware_end (CgFirmware *self, const char *did, CgFirmwareResult result, const GError *error);

G_END_DECLS
