/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl.h"
#include "cg-onvif-session.h"

G_BEGIN_DECLS

/**
 * CgCtlCamera:
 *
 * A camera without camgated: does the actions of PROTOCOL.md section 4 that make sense so (ptz,
 * preset, device) through src/onvif and answers them alike. Blocking.
 */
typedef struct _CgCtlCamera CgCtlCamera;

CgCtlCamera *cg_ctl_camera_open (CgCtl *ctl, GError **error);
void cg_ctl_camera_free (CgCtlCamera *self);
const char *cg_ctl_camera_get_address (CgCtlCamera *self);
CgCtlAnswer *cg_ctl_camera_do (CgCtlCamera *self,
                               const char *service,
                               const char *method,
                               JsonObject *parameters,
                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCtlCamera, cg_ctl_camera_free)

G_END_DECLS
