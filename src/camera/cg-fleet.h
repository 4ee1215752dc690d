/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-camera.h"
#include "cg-clock.h"
#include "cg-config.h"
#include "cg-store.h"

G_BEGIN_DECLS

#define CG_TYPE_FLEET (cg_fleet_get_type ())
G_DECLARE_FINAL_TYPE (CgFleet, cg_fleet, CG, FLEET, GObject)

/*
 * Signals:
 *   "camera-contact-changed" (CgCamera *camera)
 *   "camera-stream-changed"  (CgCamera *camera, CgStreamReport *report)
 *   "camera-alarm"           (CgCamera *camera, CgAlarm *alarm)
 *   "camera-reboot-ended"    (CgCamera *camera, GError *error)   %NULL: it is back
 *   "cameras-changed"        ()   cameras were bound or removed
 */

CgFleet *cg_fleet_new (CgStore *store, CgClock *clock);
void cg_fleet_apply (CgFleet *self, CgConfig *config);
CgCamera *cg_fleet_lookup (CgFleet *self, const char *did);
GPtrArray *cg_fleet_list (CgFleet *self);
guint cg_fleet_count_streams (CgFleet *self);
guint cg_fleet_count_viewers (CgFleet *self, const char *did);
const char *cg_fleet_get_restream (CgFleet *self, const char **trouble);
gboolean cg_fleet_play (CgFleet *self, CgCamera *camera, const char *url, GError **error);
void cg_fleet_stop (CgFleet *self, CgCamera *camera);
void cg_fleet_link_lost (CgFleet *self, const char *source);
void cg_fleet_close_async (CgFleet *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_fleet_close_finish (CgFleet *self, GAsyncResult *result, GError **error);

G_END_DECLS
