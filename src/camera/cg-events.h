/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-alarm.h"
#include "cg-clock.h"
#include "cg-config.h"
#include "cg-onvif-session.h"

G_BEGIN_DECLS

#define CG_TYPE_EVENTS (cg_events_get_type ())
G_DECLARE_FINAL_TYPE (CgEvents, cg_events, CG, EVENTS, GObject)

/*
 * What one camera notices, pulled from it over a connection of its own.
 *
 * Signals:
 *   "alarm" (CgAlarm *alarm)
 */

CgEvents *cg_events_new (GThreadPool *workers, CgClock *clock, const CgCameraConfig *config);
gboolean cg_events_is_wanted (CgEvents *self);
void cg_events_open (CgEvents *self, CgOnvifSession *session);
void cg_events_suspend (CgEvents *self);
void cg_events_close_async (CgEvents *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_events_close_finish (CgEvents *self, GAsyncResult *result, GError **error);

G_END_DECLS
