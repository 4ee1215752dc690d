/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-hub.h"
#include "cg-push.h"
#include "cg-rtmp-url.h"

G_BEGIN_DECLS

typedef enum {
  CG_PUSH_WORKER_ACCEPTED,   /* the server takes the publisher */
  CG_PUSH_WORKER_PUBLISHING, /* the first picture went out */
  CG_PUSH_WORKER_DONE,       /* it is at its end; with an error unless it was told to stop */
} CgPushWorkerEvent;

/* Called on the main context that cg_push_worker_start() was called in. */
typedef void (*CgPushWorkerNotify) (CgPushWorkerEvent event,
                                    const GError *error,
                                    gpointer user_data);

/* As in CgPushOptions. */
typedef struct {
  guint stall_timeout_ms;
  gboolean insists_on_h265;
} CgPushWorkerOptions;

/**
 * CgPushWorker:
 *
 * What a push does in threads, and all that it shares with the main loop: one of its own to
 * connect, to wait for a slow server and to say goodbye, and the media thread while pictures go
 * out.
 */
typedef struct _CgPushWorker CgPushWorker;

CgPushWorker *cg_push_worker_start (CgHub *hub,
                                    CgRtmpUrl *url,
                                    const CgPushWorkerOptions *options,
                                    CgPushWorkerNotify notify,
                                    gpointer user_data);
void cg_push_worker_unref (CgPushWorker *self);
void cg_push_worker_detach (CgPushWorker *self);
void cg_push_worker_stop (CgPushWorker *self);
void cg_push_worker_abort (CgPushWorker *self, GError *error);
void cg_push_worker_get_stats (CgPushWorker *self, CgPushStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgPushWorker, cg_push_worker_unref)

G_END_DECLS
