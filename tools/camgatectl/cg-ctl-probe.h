/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-ctl-report.h"

G_BEGIN_DECLS

typedef void (*CgCtlStepFunc) (const char *step, gpointer user_data);

/**
 * CgCtlProbeOptions:
 * @address: host, host:port, either with /channel, or URL; an RTSP one where there is no ONVIF
 * @username: (nullable)
 * @password: (nullable)
 * @timeout_ms: for each call
 * @no_move: leave the camera where it looks
 * @no_media: (nullable): why no stream can be looked at, if that is so
 * @on_finding: (nullable): called for each finding
 * @on_step: (nullable): called with what is done next
 * @user_data: for both; they are called in the thread that probes
 */
typedef struct {
  const char *address;
  const char *username;
  const char *password;
  guint timeout_ms;
  gboolean no_move;
  const GError *no_media;
  GCancellable *cancellable;
  CgCtlFindingFunc on_finding;
  CgCtlStepFunc on_step;
  gpointer user_data;
} CgCtlProbeOptions;

gboolean cg_ctl_probe_is_rtsp (const char *address);
CgCtlReport *cg_ctl_probe_in_thread (const CgCtlProbeOptions *options);

G_END_DECLS
