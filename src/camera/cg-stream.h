/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-breaker.h"
#include "cg-clock.h"
#include "cg-config.h"
#include "cg-hub.h"
#include "cg-stream-report.h"
#include "cg-stream-transport.h"

G_BEGIN_DECLS

/**
 * CgStreamHold:
 * @CG_STREAM_HOLD_VIEWERS: somebody on the LAN watches
 * @CG_STREAM_HOLD_STANDBY: so that the first picture is there at once (Q13)
 *
 * Who wants the camera's picture in the hub, beside a push.
 */
typedef enum {
  CG_STREAM_HOLD_VIEWERS,
  CG_STREAM_HOLD_STANDBY,
  CG_N_STREAM_HOLDS,
} CgStreamHold;

#define CG_TYPE_STREAM (cg_stream_get_type ())
G_DECLARE_FINAL_TYPE (CgStream, cg_stream, CG, STREAM, GObject)

/*
 * Signals:
 *   "source-wanted"  ()  answer with cg_stream_set_source() or cg_stream_source_failed()
 *   "key-wanted"     ()  the camera sends: it should be asked for a key frame
 *   "source-lost"    (GError *error)  the camera's side failed; it will be tried again
 *   "changed"        (CgStreamReport *report)  an event for those who asked for the stream
 */

CgStream *cg_stream_new (const CgCameraConfig *camera,
                         const CgStreamConfig *config,
                         CgClock *clock,
                         CgBreaker *breaker,
                         CgStreamTransport *transport);
void cg_stream_apply (CgStream *self, const CgStreamConfig *config);
void cg_stream_play (CgStream *self, const char *url);
void cg_stream_stop (CgStream *self);
void cg_stream_hold (CgStream *self, CgStreamHold hold, gboolean is_held_now);
void cg_stream_close_async (CgStream *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_stream_close_finish (CgStream *self, GAsyncResult *result, GError **error);

void cg_stream_change_source (CgStream *self, const char *word, const char *text);
void cg_stream_set_source (CgStream *self, const char *location);
void cg_stream_source_failed (CgStream *self, const GError *error);
void cg_stream_request_key (CgStream *self);

CgHub *cg_stream_get_hub (CgStream *self);
gboolean cg_stream_is_active (CgStream *self);
const CgStreamReport *cg_stream_get_report (CgStream *self);
void cg_stream_get_counters (CgStream *self, CgStreamCounters *counters);

G_END_DECLS
