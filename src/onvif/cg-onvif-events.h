/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-session.h"

G_BEGIN_DECLS

/* A subscription at the camera. */
typedef struct {
  char *address; /* where it is pulled, renewed and ended */
  char *headers; /* (nullable) elements that it wants back in each call */
  guint life_ms; /* how long it lives from when it was made or renewed last */
} CgOnvifPullPoint;

typedef struct {
  char *name;
  char *value; /* as the camera wrote it; may be empty */
} CgOnvifItem;

/* One thing that happened. */
typedef struct {
  char *topic;       /* as the camera wrote it: "tns1:VideoSource/MotionAlarm" */
  gint64 at_ms;      /* since 1970, by our clock */
  gboolean is_first; /* a state told to a newcomer, not a change */
  GPtrArray *source; /* (owned) (element-type CgOnvifItem) where it happened, Key included */
  GPtrArray *data;   /* (owned) (element-type CgOnvifItem) what is so now */
} CgOnvifNotification;

CgOnvifPullPoint *
cg_onvif_events_subscribe_in_thread (CgOnvifSession *self, guint life_ms, GError **error);
GPtrArray *cg_onvif_events_pull_in_thread (CgOnvifSession *self,
                                           const CgOnvifPullPoint *point,
                                           guint wait_ms,
                                           guint limit,
                                           GError **error);
gboolean cg_onvif_events_renew_in_thread (CgOnvifSession *self,
                                          CgOnvifPullPoint *point,
                                          guint life_ms,
                                          GError **error);
gboolean cg_onvif_events_unsubscribe_in_thread (CgOnvifSession *self,
                                                const CgOnvifPullPoint *point,
                                                GError **error);

CgOnvifPullPoint *cg_onvif_pull_point_copy (const CgOnvifPullPoint *self);
void cg_onvif_pull_point_free (CgOnvifPullPoint *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifPullPoint, cg_onvif_pull_point_free)

G_END_DECLS
