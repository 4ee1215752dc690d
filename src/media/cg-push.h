/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-clock.h"
#include "cg-hub.h"

G_BEGIN_DECLS

/**
 * CgPushOptions:
 * @url: rtmp:// or rtmps:// address that passed cg_media_check_rtmp_url()
 * @connect_timeout_ms: from cg_push_start() until the server takes the publisher
 * @stall_timeout_ms: longest time in which the server may take no byte of what we have for it
 * @insists_on_h265: H.265 is sent to a server that does not say that it takes it, too (Q11)
 */
typedef struct {
  const char *url;
  guint connect_timeout_ms;
  guint stall_timeout_ms;
  gboolean insists_on_h265;
  CgClock *clock;
} CgPushOptions;

/**
 * CgPushStats:
 * @frames: pictures written
 * @bytes: of media written
 * @dropped: units lost because the server was too slow
 */
typedef struct {
  guint64 frames;
  guint64 bytes;
  guint64 dropped;
} CgPushStats;

#define CG_TYPE_PUSH (cg_push_get_type ())
G_DECLARE_FINAL_TYPE (CgPush, cg_push, CG, PUSH, GObject)

CgPush *cg_push_new (CgHub *hub, const CgPushOptions *options);
void cg_push_start (CgPush *self);
void cg_push_stop_async (CgPush *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_push_stop_finish (CgPush *self, GAsyncResult *result, GError **error);

void cg_push_get_stats (CgPush *self, CgPushStats *stats);

G_END_DECLS
