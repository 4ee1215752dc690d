/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib-object.h>

#include "cg-backoff.h"
#include "cg-clock.h"
#include "cg-stream-report.h"

G_BEGIN_DECLS

/**
 * CgStreamEnd:
 * @object: (owned) (nullable): the #CgPull or #CgPush of this try
 * @live: it works
 * @error: (nullable): of the last try, until the end is live again
 * @retry: (nullable): when the next try begins
 * @soonest_ms: monotonic: nobody tries before that, whoever asks
 * @next_ms: then, in ms since 1970
 * @closing: earlier tries that have not said goodbye yet
 *
 * One end of a stream, the pull or the push. They fail and heal apart (Q9), by the same rules.
 */
typedef struct {
  GObject *object;
  gboolean live;
  gint64 live_since_ms;
  GError *error;
  CgBackoff backoff;
  GSource *retry;
  gint64 soonest_ms;
  gint64 next_ms;
  guint closing;
} CgStreamEnd;

/**
 * CgStreamEndWaits:
 * @login_ms: after a refused login of the camera (Q6); 0: as after any failure
 * @publisher_ms: how long a media server holds a dead publisher (Q10)
 * @session_ms: after the camera had no session left (Q19); 0: as after any failure
 */
typedef struct {
  guint login_ms;
  guint publisher_ms;
  guint session_ms;
} CgStreamEndWaits;

void cg_stream_end_init (CgStreamEnd *self, guint retry_max_ms);
void cg_stream_end_clear (CgStreamEnd *self);
gboolean cg_stream_end_may_begin (const CgStreamEnd *self);
void cg_stream_end_come_alive (CgStreamEnd *self, gint64 now_ms);
guint cg_stream_end_fail (CgStreamEnd *self,
                          const GError *error,
                          gint64 now_ms,
                          const CgStreamEndWaits *waits);
guint64 cg_stream_end_count_sent (GObject *object);
CgStreamReport *
cg_stream_end_report (const CgStreamEnd *pull, const CgStreamEnd *push, const char *url);

G_END_DECLS
