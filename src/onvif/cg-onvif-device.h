/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-session.h"

G_BEGIN_DECLS

/* What the camera says it is; members it does not fill are NULL. */
typedef struct {
  char *manufacturer;     /* (nullable) */
  char *model;            /* (nullable) */
  char *firmware_version; /* (nullable) */
  char *serial_number;    /* (nullable) */
  char *hardware_id;      /* (nullable) */
} CgOnvifDeviceInformation;

/* The camera's clock when it answered. */
typedef struct {
  gint64 utc_ms;  /* milliseconds since 1970, as the camera believes */
  char *timezone; /* (nullable) POSIX TZ */
} CgOnvifDateTime;

/* Where a service lives. */
typedef struct {
  char *namespace_uri;
  char *xaddr; /* as the camera gives it, not repaired */
} CgOnvifServiceEntry;

CgOnvifDeviceInformation *cg_onvif_session_take_information (CgOnvifSession *self);
CgOnvifDeviceInformation *cg_onvif_device_get_information_in_thread (CgOnvifSession *self,
                                                                     GError **error);
CgOnvifDateTime *cg_onvif_device_get_system_date_and_time_in_thread (CgOnvifSession *self,
                                                                     GError **error);
GPtrArray *cg_onvif_device_get_services_in_thread (CgOnvifSession *self, GError **error);
GPtrArray *cg_onvif_device_get_capabilities_in_thread (CgOnvifSession *self, GError **error);

void cg_onvif_device_information_free (CgOnvifDeviceInformation *self);
void cg_onvif_date_time_free (CgOnvifDateTime *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifDeviceInformation, cg_onvif_device_information_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifDateTime, cg_onvif_date_time_free)

G_END_DECLS
