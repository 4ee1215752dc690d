/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl-probe.h"
#include "cg-onvif-ptz.h"

G_BEGIN_DECLS

/* One probe, shared by its parts: whom it asks (cg-ctl-probe.c), what the stream is
 * (cg-ctl-probe-stream.c), and how it moves (cg-ctl-probe-ptz.c). */
typedef struct {
  const CgCtlProbeOptions *options;
  CgCtlReport *report;          /* (owned) */
  CgOnvifSession *session;      /* (owned) */
  guint channel;                /* of a recorder, from 1; 0: any (Q60) */
  GPtrArray *profiles;          /* (owned) (nullable) (element-type CgOnvifProfile) */
  const CgOnvifProfile *played; /* (nullable) of them, which the bridge would play */
  char *location;               /* (nullable) its stream */
  gboolean is_rtsp;             /* there is no ONVIF, only this stream */
  gboolean is_rtsp_shut;        /* nobody is at its port */
} CgCtlProbe;

gboolean cg_ctl_probe_is_cancelled (const CgCtlProbe *self);
gboolean cg_ctl_probe_pause (const CgCtlProbe *self, guint pause_ms);
void cg_ctl_probe_step (const CgCtlProbe *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void cg_ctl_probe_set_text (JsonObject *object, const char *member, const char *text);

void cg_ctl_probe_streams (CgCtlProbe *self);
void cg_ctl_probe_ptz (CgCtlProbe *self);

G_END_DECLS
