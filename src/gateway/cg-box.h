/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgBoxFacts:
 * @manufacturer: (owned) (nullable)
 * @model: (owned) (nullable)
 * @serial_number: (owned) (nullable)
 * @hardware_version: (owned) (nullable)
 * @timezone: (owned) (nullable): as in "Europe/Berlin"
 * @offset_s: by how much local time is ahead of UTC
 * @addresses: (owned): IP addresses that others may reach it at; may be empty
 * @mac: (owned) (nullable): of the interface that leads outside
 * @uptime_s: since it was switched on
 * @cpu_busy: time that its processors worked, in ticks; only the difference of two has a meaning
 * @cpu_total: and the whole time
 * @memory_total: in bytes; 0: not known
 * @memory_free: that programs may still have
 * @storage_total: of where state is kept; 0: not known
 * @storage_free: of that, for us
 * @rx_bytes: received by all interfaces since @uptime_s
 * @tx_bytes: sent
 *
 * What the machine says of itself, reference-counted and not changed any more.
 */
typedef struct {
  char *manufacturer;
  char *model;
  char *serial_number;
  char *hardware_version;
  char *timezone;
  int offset_s;
  char **addresses;
  char *mac;
  guint64 uptime_s;
  guint64 cpu_busy;
  guint64 cpu_total;
  guint64 memory_total;
  guint64 memory_free;
  guint64 storage_total;
  guint64 storage_free;
  guint64 rx_bytes;
  guint64 tx_bytes;
} CgBoxFacts;

CgBoxFacts *cg_box_read_in_thread (const char *root, const char *storage);
CgBoxFacts *cg_box_facts_ref (CgBoxFacts *self);
void cg_box_facts_unref (CgBoxFacts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgBoxFacts, cg_box_facts_unref)

G_END_DECLS
