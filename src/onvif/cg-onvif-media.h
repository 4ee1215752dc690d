/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-session.h"

G_BEGIN_DECLS

/* A media profile: what it streams, and whether it moves the camera. Numbers not told are 0. */
typedef struct {
  char *token;
  char *name;              /* may be empty */
  char *video_source;      /* (nullable) token of the picture it shows: a channel (Q60) */
  char *ptz_configuration; /* (nullable) token; NULL: this profile cannot move (Q34) */
  char *ptz_node;          /* (nullable) token */
  char *encoding;          /* (nullable) "H264", "H265", "JPEG", "MPEG4", in capitals */
  guint width;
  guint height;
  double fps;
  guint bitrate_kbps;
  guint gop;            /* frames from key frame to key frame */
  char *audio_encoding; /* (nullable) "AAC", "G711", "G726", in capitals */
} CgOnvifProfile;

GPtrArray *cg_onvif_media_get_profiles_in_thread (CgOnvifSession *self, GError **error);
char *cg_onvif_media_get_stream_uri_in_thread (CgOnvifSession *self,
                                               const char *profile_token,
                                               GError **error);
gboolean cg_onvif_media_set_synchronization_point_in_thread (CgOnvifSession *self,
                                                             const char *profile_token,
                                                             GError **error);

const CgOnvifProfile *cg_onvif_profile_choose (const GPtrArray *profiles, const char *wanted);
const CgOnvifProfile *cg_onvif_profile_choose_ptz (const GPtrArray *profiles);
CgOnvifProfile *cg_onvif_profile_copy (const CgOnvifProfile *self);
void cg_onvif_profile_free (CgOnvifProfile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifProfile, cg_onvif_profile_free)

G_END_DECLS
