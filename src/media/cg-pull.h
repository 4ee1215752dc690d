/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-breaker.h"
#include "cg-clock.h"
#include "cg-config.h"
#include "cg-hub.h"

G_BEGIN_DECLS

/**
 * CgPullOptions:
 * @name: (nullable): of the camera, for the log
 * @location: rtsp:// address without credentials (Q26)
 * @username: (nullable)
 * @password: (nullable)
 * @breaker: (nullable): asked before the login is shown again where the camera cannot do the kind
 *   it prefers (Q27)
 * @tls: which certificate is taken, without a pin (Q57)
 * @tls_fingerprint: (nullable): of the only one that is taken
 * @start_timeout_ms: from cg_pull_start() to the first key frame
 * @stall_timeout_ms: longest silence between two pictures; shares of it for other points (Q8)
 */
typedef struct {
  const char *name;
  const char *location;
  const char *username;
  const char *password;
  CgBreaker *breaker;
  CgTlsPolicy tls;
  const char *tls_fingerprint;
  CgTransport transport;
  CgAudioPolicy audio;
  guint start_timeout_ms;
  guint stall_timeout_ms;
  CgClock *clock;
} CgPullOptions;

#define CG_TYPE_PULL (cg_pull_get_type ())
G_DECLARE_FINAL_TYPE (CgPull, cg_pull, CG, PULL, GObject)

CgPull *cg_pull_new (CgHub *hub, const CgPullOptions *options);
void cg_pull_start (CgPull *self);
void cg_pull_stop_async (CgPull *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_pull_stop_finish (CgPull *self, GAsyncResult *result, GError **error);

void cg_pull_request_key (CgPull *self);
CgTransport cg_pull_get_transport (CgPull *self);

G_END_DECLS
