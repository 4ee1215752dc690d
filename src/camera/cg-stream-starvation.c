/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-error.h"
#include "cg-stall.h"
#include "cg-stream-private.h"

/* What comes in goes out, or somebody is told: who comes into the middle of a long group of
 * pictures, or has lost one, gets nothing until the next key frame (Q13, Q14). The camera is asked
 * for one, and where that does not help, the pull is built anew: a session begins with one. */

#define LOOK_MS 1000

/* So often a camera may be asked for a key frame: each one costs the line what ten others do. */
#define KEY_PAUSE_MS 5000

/* A slow consumer in short groups waits for less than this. */
#define MIN_STARVATION_US G_USEC_PER_SEC

/**
 * cg_stream_want_key:
 * @self: a stream with a pull that runs
 *
 * Asks for a key frame, unless that was done a moment ago.
 */
void
cg_stream_want_key (CgStream *self)
{
  const gint64 now_ms = cg_clock_get_monotonic_ms (self->clock);

  if (self->has_asked_key && now_ms - self->key_asked_ms < KEY_PAUSE_MS)
    return;
  self->has_asked_key = TRUE;
  self->key_asked_ms = now_ms;
  g_signal_emit_by_name (self, "key-wanted");
}

/**
 * cg_stream_request_key:
 * @self: a stream
 *
 * Asks by RTCP: what is left where the camera takes no SetSynchronizationPoint.
 */
void
cg_stream_request_key (CgStream *self)
{
  if (self->ends[END_PULL].object != NULL)
    cg_pull_request_key (CG_PULL (self->ends[END_PULL].object));
}

/**
 * cg_stream_want_picture:
 * @self: a stream
 *
 * Somebody has come who wants to see something at once.
 */
void
cg_stream_want_picture (CgStream *self)
{
  g_autoptr (CgAccessUnit) frame = NULL;

  if (!self->ends[END_PULL].live)
    return;
  frame = cg_hub_get_key_frame (self->media.hub);
  if (frame == NULL)
    cg_stream_want_key (self);
}

static gint64
get_patience_us (CgStream *self, CgStallPoint point)
{
  return (gint64)cg_stall_get_timeout_ms (point, self->config.stall_timeout_ms) * 1000;
}

/* Returns: whether the pull is still there */
static gboolean
check_starvation (CgStream *self)
{
  g_autoptr (GError) error = NULL;
  CgHubStarvation starvation;

  cg_hub_get_starvation (self->media.hub, &starvation);
  if (starvation.fresh_us >= 0 || starvation.any_us >= MIN_STARVATION_US)
    cg_stream_want_key (self);
  /* A viewer's patience ends sooner: it asks with a time-out of its own. */
  const gboolean is_lost = self->url != NULL
                               ? starvation.urgent_us >= get_patience_us (self, CG_STALL_PICTURES)
                               : starvation.fresh_us >= get_patience_us (self, CG_STALL_PACKETS);
  if (!is_lost)
    return TRUE;
  error = g_error_new (CG_ERROR, CG_ERROR_STREAM_STALLED,
                       "what the camera sends cannot be shown without a key frame, and none has "
                       "come for %.1f s",
                       (double)MAX (starvation.urgent_us, starvation.fresh_us) / G_USEC_PER_SEC);
  cg_error_set_cause (&error, CG_ERROR_CAUSE_NO_KEY_FRAME);
  cg_stream_lose_source (self, error);
  return FALSE;
}

/* A transcode that hangs says nothing. Its first picture may take as long as the camera's. */
static void
check_transcode (CgStream *self)
{
  const gint64 patience_us =
      MAX (get_patience_us (self, CG_STALL_SERVER), (gint64)self->config.start_timeout_ms * 1000);
  const gint64 now_ms = cg_clock_get_monotonic_ms (self->clock);
  g_autoptr (GError) error = NULL;
  CgHubStats stats = {0};

  if (self->media.transcode == NULL) {
    self->coded_ms = now_ms;
    return;
  }
  cg_hub_get_stats (cg_transcode_get_hub (self->media.transcode), &stats);
  if (stats.frames != self->coded)
    self->coded_ms = now_ms;
  self->coded = stats.frames;
  if ((now_ms - self->coded_ms) * 1000 < patience_us)
    return;
  self->coded_ms = now_ms;
  error = g_error_new (CG_ERROR, CG_ERROR_STREAM_STALLED,
                       "no picture comes out of the transcode, though the camera sends");
  cg_error_set_cause (&error, CG_ERROR_CAUSE_NO_PICTURE);
  cg_stream_fail_transcode (self, error);
}

static gboolean
on_look (gpointer user_data)
{
  g_autoptr (CgStream) self = g_object_ref (CG_STREAM (user_data));

  if (check_starvation (self))
    check_transcode (self);
  return self->look != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/**
 * cg_stream_begin_look:
 * @self: a stream whose pull has pictures
 */
void
cg_stream_begin_look (CgStream *self)
{
  cg_clear_source (&self->look);
  self->coded_ms = cg_clock_get_monotonic_ms (self->clock);
  self->look = cg_clock_add_look (self->clock, LOOK_MS, on_look, self);
}
