/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

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

/**
 * CgOnvifWish:
 * @wanted: (nullable): token or name of the profile to play
 * @channel: n-th video source in the order of the profiles, from 1 (Q60); 0: any
 * @max_width: the picture is to be no wider; 0: as wide as it likes
 * @max_height: the picture is to be no higher; 0: as high as it likes
 *
 * What is looked for among the profiles; all zero: nothing in particular.
 */
typedef struct {
  const char *wanted;
  guint channel;
  guint max_width;
  guint max_height;
} CgOnvifWish;

const CgOnvifProfile *cg_onvif_profile_choose (const GPtrArray *profiles, const CgOnvifWish *wish);
const CgOnvifProfile *cg_onvif_profile_choose_ptz (const GPtrArray *profiles);
const CgOnvifProfile *cg_onvif_profile_choose_ptz_beside (const GPtrArray *profiles,
                                                          const CgOnvifProfile *seen,
                                                          const CgOnvifWish *wish);
const CgOnvifProfile *cg_onvif_profile_choose_small (const GPtrArray *profiles,
                                                     const CgOnvifProfile *main,
                                                     const char *wanted);
void cg_onvif_profiles_merge (GPtrArray *profiles, const GPtrArray *others);

char *cg_onvif_encoding_dup (const char *text);
CgOnvifProfile *cg_onvif_profile_copy (const CgOnvifProfile *self);
void cg_onvif_profile_free (CgOnvifProfile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifProfile, cg_onvif_profile_free)

G_END_DECLS
