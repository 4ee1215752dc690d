/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-contact.h"
#include "cg-jobs.h"
#include "cg-ptz-driver.h"

G_BEGIN_DECLS

#define CG_TYPE_ONVIF_DRIVER (cg_onvif_driver_get_type ())
G_DECLARE_FINAL_TYPE (CgOnvifDriver, cg_onvif_driver, CG, ONVIF_DRIVER, GObject)

/*
 * Signals:
 *   "learnt"  ()  whether Timeout is refused
 */

CgOnvifDriver *cg_onvif_driver_new (CgJobs *jobs, const char *did);
void cg_onvif_driver_set_learnt (CgOnvifDriver *self, const CgOnvifLearnt *learnt);
gboolean cg_onvif_driver_refuses_timeout (CgOnvifDriver *self);
void cg_onvif_driver_set_contact (CgOnvifDriver *self, const CgContact *contact);

G_END_DECLS
