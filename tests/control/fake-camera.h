/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera-snapshot.h"
#include "cg-fleet.h"

G_BEGIN_DECLS

/*
 * Cameras and a fleet that do nothing but remember what they were asked, linked in place of the
 * camera room. A call answers at once with success, unless the test holds it back or wants an
 * error.
 */

CgFleet *fake_fleet_new (void);
CgCamera *fake_fleet_add (CgFleet *self, const char *did);
void fake_fleet_remove (CgFleet *self, const char *did);
char *fake_fleet_pop_lost_link (CgFleet *self);

char *fake_camera_pop_call (CgCamera *self);
void fake_camera_set_contacted (CgCamera *self, const char *firmware_version);
void fake_camera_set_secret (CgCamera *self, const char *secret);
void fake_camera_hold (CgCamera *self, gboolean hold);
guint fake_camera_release (CgCamera *self);
GError **fake_camera_fail_next (CgCamera *self, CgError code, const char *text);
void fake_camera_add_preset (CgCamera *self, guint index, const char *name);
void fake_camera_end_reboot (CgCamera *self, GError *error);
void fake_camera_raise_alarm (CgCamera *self, CgAlarm *alarm);
void fake_camera_report_stream (CgCamera *self,
                                CgStreamState state,
                                const char *url,
                                const GError *error);

CgCameraPicture *fake_picture_new (void);
CgPtzStatus *fake_ptz_status_new (void);

G_END_DECLS
