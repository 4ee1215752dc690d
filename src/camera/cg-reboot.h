/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-jobs.h"
#include "cg-presence.h"

G_BEGIN_DECLS

#define CG_TYPE_REBOOT (cg_reboot_get_type ())
G_DECLARE_FINAL_TYPE (CgReboot, cg_reboot, CG, REBOOT, GObject)

/*
 * Restarts one camera and looks whether it comes back.
 *
 * Signals:
 *   "ended" (GError *error)   once for each restart that was accepted or planned; %NULL: it is in
 *                             contact anew
 */

CgReboot *cg_reboot_new (CgJobs *jobs, CgPresence *presence, CgClock *clock, const char *did);
void cg_reboot_plan (CgReboot *self, guint delay_ms);
void cg_reboot_inherit (CgReboot *self, CgReboot *before);
void cg_reboot_expect (CgReboot *self, guint going_ms, guint down_ms);
void cg_reboot_forget_plan (CgReboot *self);
gboolean cg_reboot_is_under_way (CgReboot *self);

G_END_DECLS
