/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-call.h"
#include "cg-onvif-media.h"

G_BEGIN_DECLS

/* What both media services can be asked; cg-onvif-media.c decides which is. */
typedef struct {
  CgOnvifService service;
  GPtrArray *(*get_profiles) (CgOnvifSpan *span, GError **error);
  char *(*get_stream_uri) (CgOnvifSpan *span, const char *profile_token, GError **error);
  char *(*get_snapshot_uri) (CgOnvifSpan *span, const char *profile_token, GError **error);
  gboolean (*set_synchronization_point) (CgOnvifSpan *span,
                                         const char *profile_token,
                                         GError **error);
} CgOnvifMediaService;

extern const CgOnvifMediaService cg_onvif_media1;
extern const CgOnvifMediaService cg_onvif_media2;

G_END_DECLS
