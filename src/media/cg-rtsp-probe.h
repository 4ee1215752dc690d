/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "cg-breaker.h"
#include "cg-config.h"

G_BEGIN_DECLS

/**
 * CgRtspProbeOptions:
 * @location: RTSP address without credentials (Q26)
 * @username: (nullable)
 * @password: (nullable)
 * @breaker: (nullable): asked before the login is shown, and told how it went (Q6)
 * @tls: which certificates are taken, for rtsps (Q57)
 * @tls_fingerprint: (nullable): of the only one that is
 * @timeout_ms: for each step of the dialogue
 * @drops_query: an address that the camera does not know is tried without its query (Q29)
 */
typedef struct {
  const char *location;
  const char *username;
  const char *password;
  CgBreaker *breaker;
  CgTlsPolicy tls;
  const char *tls_fingerprint;
  guint timeout_ms;
  gboolean drops_query;
} CgRtspProbeOptions;

char *
cg_rtsp_describe_in_thread (const CgRtspProbeOptions *options, char **location, GError **error);

G_END_DECLS
