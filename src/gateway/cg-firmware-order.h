/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

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
 * @before: (owned) (nullable): what it said before it was installed
 * @place: in the queue, of a restart too; 0: it does not wait
 * @percent: of the state, where that takes its time; 0: not known
 * @state: how far it is
 * @result: what became of it
 * @is_handed: the device may have something of it: it is not given to it once more
 *
 * New firmware for one device.
 */
typedef struct {
  char *uri;
  char *md5;
  char *version;
  char *before;
  guint place;
  guint percent;
  CgFirmwareState state;
  CgFirmwareResult result;
  gboolean is_handed;
} CgFirmwareOrder;

CgFirmwareOrder *cg_firmware_order_copy (const CgFirmwareOrder *self);
void cg_firmware_order_free (CgFirmwareOrder *self);
gboolean cg_firmware_order_check (const CgFirmwareOrder *self, GError **error);
gboolean cg_firmware_order_is_same (const CgFirmwareOrder *self, const CgFirmwareOrder *other);

char *cg_firmware_order_get_path (const CgFirmwareOrder *self, const char *dir);

JsonNode *cg_firmware_orders_to_json (GHashTable *orders);
void cg_firmware_orders_from_json (JsonObject *root, GHashTable *orders);
const char *cg_firmware_orders_find_next (GHashTable *orders);
const char *cg_firmware_orders_find_open (GHashTable *orders);
void cg_firmware_orders_remove_orphans (const char *dir, GHashTable *orders);

G_END_DECLS
