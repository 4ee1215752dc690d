/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-profile.h"
#include "cg-onvif-session.h"

G_BEGIN_DECLS

/**
 * CgOnvifMediaKnown:
 *
 * Which media services of a camera tell its profiles, as bits: those that do not are asked only
 * when the others have nothing to tell (Q28).
 */
typedef enum {
  CG_ONVIF_MEDIA_UNKNOWN,
  CG_ONVIF_MEDIA_1,
  CG_ONVIF_MEDIA_2,
  CG_ONVIF_MEDIA_BOTH,
  CG_ONVIF_N_MEDIA_KNOWN
} CgOnvifMediaKnown;

const char *cg_onvif_media_known_get_word (CgOnvifMediaKnown known);

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
