/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-session.h"

G_BEGIN_DECLS

/* Where the camera of a session is: its address, and its port when nobody has told us. */

void cg_onvif_session_set_address (CgOnvifSession *self, const char *address);
void cg_onvif_session_doubt_address (CgOnvifSession *self);
void cg_onvif_session_suggest_port (CgOnvifSession *self, const char *address);
gboolean cg_onvif_session_find_port_in_thread (CgOnvifSession *self, GError **error);

G_END_DECLS
