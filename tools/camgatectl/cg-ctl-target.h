/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl.h"

G_BEGIN_DECLS

/**
 * CgCtlTarget:
 *
 * Who does what a command asks: camgated for the DID, or a camera straight (`--camera`). Both take
 * the same actions and give the same answers (PROTOCOL.md section 4), so that a command need not
 * know.
 */
typedef struct _CgCtlTarget CgCtlTarget;

CgCtlTarget *cg_ctl_target_open (CgCtl *ctl, GError **error);
void cg_ctl_target_free (CgCtlTarget *self);
const char *cg_ctl_target_get_name (CgCtlTarget *self);
gboolean cg_ctl_target_is_camera (CgCtlTarget *self);
CgCtlAnswer *cg_ctl_target_ask (CgCtlTarget *self,
                                const char *service,
                                const char *method,
                                JsonObject *parameters,
                                GError **error);

int cg_ctl_target_get_fd (CgCtlTarget *self);
gboolean cg_ctl_target_post (CgCtlTarget *self,
                             const char *service,
                             const char *method,
                             JsonObject *parameters,
                             GError **error);
gboolean cg_ctl_target_take (CgCtlTarget *self, CgCtlAnswer **answer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCtlTarget, cg_ctl_target_free)

G_END_DECLS
