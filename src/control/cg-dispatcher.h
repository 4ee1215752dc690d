/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-action.h"
#include "cg-clock.h"
#include "cg-config.h"
#include "cg-firmware.h"
#include "cg-fleet.h"
#include "cg-gateway.h"
#include "cg-lag.h"
#include "cg-settings.h"

G_BEGIN_DECLS

#define CG_TYPE_DISPATCHER (cg_dispatcher_get_type ())
G_DECLARE_FINAL_TYPE (CgDispatcher, cg_dispatcher, CG, DISPATCHER, GObject)

/*
 * Leads each action to its handler, and what happens at the cameras to whoever wants to know.
 *
 * Signals:
 *   "event"           (const char *did, const char *service, JsonObject *content)
 *   "traced"          (const char *door, gboolean incoming, GBytes *message)   secrets hidden
 *   "config-changed"  ()
 *   "describe-camera" (const char *did, JsonObject *object)   add what you know of it
 *   "describe-doors"  (JsonArray *doors)                      add yourself
 */

CgDispatcher *cg_dispatcher_new (CgFleet *fleet, CgConfig *config, CgClock *clock);
void cg_dispatcher_set_gateway (CgDispatcher *self, CgGateway *gateway);
void cg_dispatcher_set_settings (CgDispatcher *self, CgSettings *settings);
void cg_dispatcher_set_firmware (CgDispatcher *self, CgFirmware *firmware);
void cg_dispatcher_set_lag (CgDispatcher *self, CgLag *lag);
void cg_dispatcher_set_config (CgDispatcher *self, CgConfig *config);

CgFleet *cg_dispatcher_get_fleet (CgDispatcher *self);
CgGateway *cg_dispatcher_get_gateway (CgDispatcher *self);
CgSettings *cg_dispatcher_get_settings (CgDispatcher *self);
CgFirmware *cg_dispatcher_get_firmware (CgDispatcher *self);
CgLag *cg_dispatcher_get_lag (CgDispatcher *self);
CgConfig *cg_dispatcher_get_config (CgDispatcher *self);
CgClock *cg_dispatcher_get_clock (CgDispatcher *self);

void cg_dispatcher_run (CgDispatcher *self, CgAction *action);
JsonObject *cg_dispatcher_shape_result (CgDispatcher *self, CgAction *action, JsonObject *body);

void cg_dispatcher_drop (CgDispatcher *self, const char *door, const char *reason);
guint cg_dispatcher_count_dropped (CgDispatcher *self);
void cg_dispatcher_trace (CgDispatcher *self, const char *door, gboolean incoming, GBytes *message);

G_END_DECLS
