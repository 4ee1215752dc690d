/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-profile.h"
#include "cg-onvif-session.h"

G_BEGIN_DECLS

GPtrArray *cg_onvif_media_get_profiles_in_thread (CgOnvifSession *self, GError **error);
char *cg_onvif_media_get_stream_uri_in_thread (CgOnvifSession *self,
                                               const char *profile_token,
                                               GError **error);
char *cg_onvif_media_get_snapshot_uri_in_thread (CgOnvifSession *self,
                                                 const char *profile_token,
                                                 GError **error);
gboolean cg_onvif_media_set_synchronization_point_in_thread (CgOnvifSession *self,
                                                             const char *profile_token,
                                                             GError **error);

G_END_DECLS
