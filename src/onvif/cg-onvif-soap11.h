/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-fault.h"
#include "cg-onvif-session.h"

G_BEGIN_DECLS

#define CG_ONVIF_SOAP11_CONTENT_TYPE "text/xml; charset=utf-8"

char *cg_onvif_soap11_convert (const char *message);
char *cg_onvif_soap11_get_action (const CgOnvifOperation *operation);

gboolean cg_onvif_soap11_switch (CgOnvifSession *session, gboolean has_login);
gboolean cg_onvif_soap11_switch_back (CgOnvifSession *session, CgOnvifFault **fault);
void cg_onvif_soap11_note (CgOnvifSession *session, gboolean ok);

G_END_DECLS
