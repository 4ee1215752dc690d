/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-config.h"
#include "cg-onvif-device.h"
#include "cg-onvif-learnt.h"
#include "cg-onvif-media.h"
#include "cg-onvif-ptz.h"
#include "cg-onvif-session.h"

G_BEGIN_DECLS

/**
 * CgContact:
 * @device: (owned) (nullable): %NULL if the camera does not tell
 * @media_profile: (owned) (nullable): token of the profile that is played; %NULL: protocol `rtsp`
 * @small_profile: (owned) (nullable): token of the profile that is played where the line is too
 * slow for @media_profile; %NULL: there is none
 * @ptz_profile: (owned) (nullable): token of the profile that moves; %NULL: no PTZ
 * @ptz: (owned) (nullable): with @ptz_profile
 * @location: (owned): RTSP address without credentials
 * @session: (owned) (nullable): a copy of the session, with what the contact has taught it
 * @learnt: (owned) (nullable): of that, what is kept over a restart
 *
 * What a whole contact with a camera brings.
 */
typedef struct {
  CgOnvifDeviceInformation *device;
  char *media_profile;
  char *small_profile;
  char *ptz_profile;
  CgOnvifPtzFacts *ptz;
  char *location;
  CgOnvifSession *session;
  CgOnvifLearnt *learnt;
} CgContact;

CgContact *cg_contact_in_thread (CgOnvifSession *session,
                                 const CgCameraConfig *camera,
                                 guint timeout_ms,
                                 GError **error);
gboolean cg_contact_check_in_thread (CgOnvifSession *session,
                                     const CgCameraConfig *camera,
                                     guint timeout_ms,
                                     GError **error);
void cg_contact_free (CgContact *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgContact, cg_contact_free)

G_END_DECLS
