/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-http.h"
#include "cg-onvif-session.h"

G_BEGIN_DECLS

/* What cameras serve and take beside SOAP, with a login of its own (Q58). */
GBytes *cg_onvif_file_get_in_thread (CgOnvifSession *self, const char *uri, GError **error);
gboolean cg_onvif_file_post_in_thread (CgOnvifSession *self,
                                       const char *uri,
                                       const CgOnvifUpload *upload,
                                       GError **error);

G_END_DECLS
