/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-clock.h"
#include "cg-config.h"
#include "cg-download.h"
#include "cg-store.h"

G_BEGIN_DECLS

/* PROTOCOL.md section 4, firmware, in its order. */
typedef enum {
  CG_FIRMWARE_IDLE,
  CG_FIRMWARE_DOWNLOADING,
  CG_FIRMWARE_DOWNLOADED,
  CG_FIRMWARE_UPDATING,
} CgFirmwareState;

/**
 * CgFirmwareOrder:
 * @uri: (owned): where it is
 * @md5: (owned): of it
 * @version: (owned) (nullable): what the device says of itself when it is done
 * @state: how far it is
 * @result: what became of it
 *
 * New firmware for one device.
 */
typedef struct {
  char *uri;
  char *md5;
  char *version;
  CgFirmwareState state;
  CgFirmwareResult result;
} CgFirmwareOrder;

#define CG_TYPE_FIRMWARE (cg_firmware_get_type ())
G_DECLARE_FINAL_TYPE (CgFirmware, cg_firmware, CG, FIRMWARE, GObject)

/*
 * New firmware for gateway and cameras: gets one file at a time, and lets others install it. What
 * is under way survives a restart.
 *
 * Signals:
 *   "changed" (const char *did, CgFirmwareOrder *order)   its state or result is another one
 *   "install" (const char *did, const char *path, const char *version)
 *                                   answer with cg_firmware_end(); its state is "updating" by then
 *   "resume"  (const char *did, const char *version)   we were restarted while it was installed:
 *                                   look which version it has and answer with cg_firmware_end()
 */

CgFirmware *cg_firmware_new (CgStore *store, CgClock *clock);
void cg_firmware_apply (CgFirmware *self, const CgFirmwareConfig *config);
void cg_firmware_open (CgFirmware *self);
void cg_firmware_close (CgFirmware *self);

gboolean
cg_firmware_order (CgFirmware *self, const char *did, const CgFirmwareOrder *order, GError **error);
const CgFirmwareOrder *cg_firmware_find (CgFirmware *self, const char *did);
void
cg_firmware_end (CgFirmware *self, const char *did, CgFirmwareResult result, const GError *error);

void cg_firmware_order_free (CgFirmwareOrder *self);

G_END_DECLS
