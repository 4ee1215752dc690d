/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock.h"
#include "cg-config.h"
#include "cg-hub.h"
#include "cg-pull.h"
#include "cg-push.h"
#include "cg-transcode.h"

G_BEGIN_DECLS

/**
 * CgStreamMedia:
 * @camera: (not owned)
 * @config: (not owned): as it is at each use
 * @clock: (not owned)
 * @hub: (owned): between the two ends
 * @transcode: (owned) (nullable): from it to what the media server takes, where it must be (Q11)
 *
 * What a stream is made of, beside its two ends: how they are made, and what lies between them.
 */
typedef struct {
  const CgCameraConfig *camera;
  const CgStreamConfig *config;
  CgClock *clock;
  CgHub *hub;
  CgTranscode *transcode;
} CgStreamMedia;

void cg_stream_media_clear (CgStreamMedia *self);
void cg_stream_media_prepare (const CgStreamMedia *self);
CgPull *cg_stream_media_make_pull (CgStreamMedia *self,
                                   const char *location,
                                   CgBreaker *breaker,
                                   CgTransport transport);
CgPush *cg_stream_media_make_push (CgStreamMedia *self, const char *url);
gboolean cg_stream_media_convert (CgStreamMedia *self, const GError *error);
void cg_stream_media_stop_converting (CgStreamMedia *self);

G_END_DECLS
