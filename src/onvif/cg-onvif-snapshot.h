/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-session.h"

G_BEGIN_DECLS

/**
 * CgOnvifSnapshotLimit:
 * @min_ms: the shortest pause between two pictures
 * @pause_ms: the pause now
 * @next_ms: no picture before this, by the caller's clock
 *
 * Keeps a camera from being overloaded by pictures (Q58): a pause between them, longer after each
 * failure. A plain value.
 */
typedef struct {
  guint min_ms;
  guint pause_ms;
  gint64 next_ms;
} CgOnvifSnapshotLimit;

#define CG_ONVIF_SNAPSHOT_LIMIT_INIT(min)                                                          \
  {                                                                                                \
    (min), (min), G_MININT64                                                                       \
  }

GBytes *cg_onvif_snapshot_get_in_thread (CgOnvifSession *self,
                                         const char *uri,
                                         gsize max_bytes,
                                         GError **error);
guint cg_onvif_snapshot_limit_begin (CgOnvifSnapshotLimit *self, gint64 now_ms);
void cg_onvif_snapshot_limit_end (CgOnvifSnapshotLimit *self, gint64 now_ms, gboolean is_done);

G_END_DECLS
