/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-session.h"

G_BEGIN_DECLS

/* Where a camera stands, as it says. */
typedef struct {
  double latitude;  /* degrees, north positive */
  double longitude; /* degrees, east positive */
  double altitude;  /* metres above the sea */
  gboolean has_altitude;
} CgOnvifPlace;

/* An upgrade that a camera is ready for. */
typedef struct {
  char *upload_uri; /* where the file is to be posted */
  guint delay_ms;   /* not sooner than this from now */
  guint down_ms;    /* how long it is likely to be away after that */
} CgOnvifUpgrade;

/* What of an encoder can be asked for; 0: as it is. */
typedef struct {
  guint width, height;
  guint fps;
  guint bitrate_kbps;
  guint gop; /* frames from key frame to key frame, H.264 */
} CgOnvifEncoderWish;

typedef void (*CgOnvifProgressFunc) (guint64 sent, guint64 length, gpointer user_data);

char **cg_onvif_device_get_macs_in_thread (CgOnvifSession *self, GError **error);
gboolean
cg_onvif_device_set_date_and_time_in_thread (CgOnvifSession *self, gint64 utc_ms, GError **error);
gboolean cg_onvif_device_reboot_in_thread (CgOnvifSession *self, GError **error);
gboolean cg_onvif_device_get_geo_location_in_thread (CgOnvifSession *self,
                                                     CgOnvifPlace *place,
                                                     GError **error);
CgOnvifUpgrade *cg_onvif_device_start_upgrade_in_thread (CgOnvifSession *self, GError **error);
gboolean cg_onvif_device_upload_in_thread (CgOnvifSession *self,
                                           const char *upload_uri,
                                           const char *path,
                                           CgOnvifProgressFunc progress,
                                           gpointer user_data,
                                           GError **error);
gboolean cg_onvif_media_set_encoder_in_thread (CgOnvifSession *self,
                                               const char *configuration_token,
                                               const CgOnvifEncoderWish *wish,
                                               GError **error);

void cg_onvif_upgrade_free (CgOnvifUpgrade *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifUpgrade, cg_onvif_upgrade_free)

G_END_DECLS
